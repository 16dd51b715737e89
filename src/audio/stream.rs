//! The output stream: a device, a format, and the callback that fills its buffers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};

use super::font::{Font, FontError};
use super::machine::{Machine, Shared};
use super::quiet::hush_alsa;

/// Buffer asked for where the device leaves the choice, frames: 10.7 ms at 48 kHz.
const USUAL_BUFFER: u32 = 512;

/// Why no stream runs.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The system has no device, or none by that name.
    #[error("no audio device{0}")]
    NoDevice(String),
    /// The device refuses.
    #[error("{device}: {cause}")]
    Refused {
        /// The device.
        device: String,
        /// What the system says.
        cause: String,
    },
    /// No voice at the device's rate.
    #[error(transparent)]
    Font(#[from] FontError),
}

/// Which stream to open.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Part of the device's name; `None` is the system's default.
    pub device: Option<String>,
    /// Frames a second; `None` is the device's choice.
    pub rate: Option<u32>,
    /// Frames in a buffer; `None` is 512 or the device's choice.
    pub buffer: Option<u32>,
}

/// A running stream.
pub struct Running {
    // Dropped first: joins the audio thread, which sends the machine home.
    stream: cpal::Stream,
    home: Receiver<Box<Machine>>,
    /// Device, rate, buffer, for the status line.
    pub description: String,
}

impl Running {
    /// Ends the stream and gives back the machine.
    pub fn end(self) -> Option<Box<Machine>> {
        drop(self.stream);
        self.home.recv().ok()
    }
}

/// The machine inside the callback; goes home when the callback is dropped, however that comes about.
struct Carrier {
    machine: Option<Box<Machine>>,
    home: Sender<Box<Machine>>,
}

impl Drop for Carrier {
    fn drop(&mut self) {
        if let Some(machine) = self.machine.take() {
            // Nobody waits for it only when the whole session has gone.
            let _ = self.home.send(machine);
        }
    }
}

/// Opens a stream that plays `machine`, or gives both the machine and the reason why not.
///
/// `lost` is told the reason when the device goes away.
pub fn open(
    request: &Request,
    mut machine: Box<Machine>,
    font: &Font,
    shared: &Arc<Shared>,
    lost: &Sender<String>,
) -> Result<Running, (Option<Box<Machine>>, StreamError)> {
    hush_alsa();
    let (device, config, format) = match choose(request) {
        Ok(chosen) => chosen,
        Err(error) => return Err((Some(machine), error)),
    };
    if let Err(error) = machine.set_rate(config.sample_rate, font) {
        return Err((Some(machine), error.into()));
    }
    let name = device.to_string();
    // The size asked for first; a device that refuses it may take its own.
    let sizes: &[BufferSize] = match config.buffer_size {
        BufferSize::Default => &[BufferSize::Default],
        fixed => &[fixed, BufferSize::Default],
    };
    let mut refusal = String::new();
    for &buffer_size in sizes {
        let (home, home_end) = channel();
        let carrier = Carrier { machine: Some(machine), home };
        let config = StreamConfig { buffer_size, ..config };
        let built = build(&device, config, format, carrier, shared, lost)
            .and_then(|stream| stream.play().map(|()| stream));
        match built {
            Ok(stream) => {
                let frames = stream.buffer_size().ok();
                let description = describe(&name, config, format, frames);
                return Ok(Running { stream, home: home_end, description });
            }
            Err(error) => refusal = error.to_string(),
        }
        let Ok(back) = home_end.recv() else {
            return Err((None, StreamError::Refused { device: name, cause: refusal }));
        };
        machine = back;
    }
    Err((Some(machine), StreamError::Refused { device: name, cause: refusal }))
}

type Choice = (cpal::Device, StreamConfig, SampleFormat);

fn choose(request: &Request) -> Result<Choice, StreamError> {
    let host = cpal::default_host();
    let device = match &request.device {
        None => host.default_output_device().ok_or_else(|| StreamError::NoDevice(String::new()))?,
        Some(wanted) => find(&host, wanted)?,
    };
    let refused =
        |cause: cpal::Error| StreamError::Refused { device: device.to_string(), cause: cause.to_string() };
    let mut supported = device.default_output_config().map_err(refused)?;
    if let Some(rate) = request.rate.filter(|rate| *rate != supported.sample_rate()) {
        let ranges = device.supported_output_configs().map_err(refused)?;
        supported = ranges
            .filter(|range| range.contains_rate(rate))
            .max_by(|a, b| a.cmp_default_heuristics(b))
            .map(|range| range.with_sample_rate(rate))
            .ok_or_else(|| StreamError::Refused {
                device: device.to_string(),
                cause: format!("it does not run at {rate} frames a second; leave --rate out for its own"),
            })?;
    }
    let wanted = request.buffer.unwrap_or(USUAL_BUFFER);
    let mut config = supported.config();
    config.buffer_size = match *supported.buffer_size() {
        SupportedBufferSize::Range { min, max } => BufferSize::Fixed(wanted.clamp(min, max)),
        SupportedBufferSize::Unknown => request.buffer.map_or(BufferSize::Default, BufferSize::Fixed),
    };
    Ok((device, config, supported.sample_format()))
}

fn find(host: &cpal::Host, wanted: &str) -> Result<cpal::Device, StreamError> {
    let none = |more: String| StreamError::NoDevice(format!(" named like {wanted:?}{more}"));
    let devices = host.output_devices().map_err(|e| none(format!(": {e}")))?;
    let mut names = Vec::new();
    for device in devices {
        let name = device.to_string();
        let id = device.id().map(|id| id.id().to_owned()).unwrap_or_default();
        if id == wanted || name.to_lowercase().contains(&wanted.to_lowercase()) {
            return Ok(device);
        }
        names.push(name);
    }
    Err(none(if names.is_empty() { String::new() } else { format!("; there are {}", names.join(", ")) }))
}

fn describe(name: &str, config: StreamConfig, format: SampleFormat, frames: Option<u32>) -> String {
    let buffer = frames.map_or(String::new(), |frames| {
        let ms = f64::from(frames) * 1000.0 / f64::from(config.sample_rate);
        format!(", {frames} frames ({ms:.1} ms)")
    });
    let channels = match config.channels {
        1 => "mono".into(),
        2 => "stereo".into(),
        n => format!("{n} channels"),
    };
    format!("{name}, {} Hz, {channels}, {format}{buffer}", config.sample_rate)
}

/// Builds the stream in the device's own sample format.
fn build(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    carrier: Carrier,
    shared: &Arc<Shared>,
    lost: &Sender<String>,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::F32 => typed::<f32>(device, config, carrier, shared, lost),
        SampleFormat::F64 => typed::<f64>(device, config, carrier, shared, lost),
        SampleFormat::I8 => typed::<i8>(device, config, carrier, shared, lost),
        SampleFormat::I16 => typed::<i16>(device, config, carrier, shared, lost),
        SampleFormat::I24 => typed::<cpal::I24>(device, config, carrier, shared, lost),
        SampleFormat::I32 => typed::<i32>(device, config, carrier, shared, lost),
        SampleFormat::U8 => typed::<u8>(device, config, carrier, shared, lost),
        SampleFormat::U16 => typed::<u16>(device, config, carrier, shared, lost),
        SampleFormat::U32 => typed::<u32>(device, config, carrier, shared, lost),
        other => Err(cpal::Error::with_message(
            ErrorKind::UnsupportedConfig,
            format!("it takes only samples of type {other}, which are not supported"),
        )),
    }
}

fn typed<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut carrier: Carrier,
    shared: &Arc<Shared>,
    lost: &Sender<String>,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    let (shared, lost) = (Arc::clone(shared), lost.clone());
    let play = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        if let Some(machine) = &mut carrier.machine {
            machine.fill(data, channels, T::from_sample);
        }
    };
    let fail = move |error: cpal::Error| match error.kind() {
        ErrorKind::Xrun => {
            shared.xruns.fetch_add(1, Ordering::Relaxed);
        }
        // The sound goes on.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::DeviceBusy => {}
        _ => {
            // Without a listener there is nobody to act on it.
            let _ = lost.send(error.to_string());
        }
    };
    device.build_output_stream(config, play, fail, None)
}
