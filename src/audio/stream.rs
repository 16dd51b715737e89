//! The output stream: a device, a format, and the callback that fills its buffers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};

use super::font::{Font, FontError};
use super::hardware;
use super::machine::{Machine, Shared};
use super::quiet::hush_alsa;
use super::synth::Rack;
use crate::engine::raise;

/// Buffer asked for where the device leaves the choice, frames: 10.7 ms at 48 kHz.
const USUAL_BUFFER: u32 = 512;
/// Longest way from the callback to the ear that is believed.
const LONGEST: Duration = Duration::from_millis(500);
/// How often it is looked whether another device has become the system's default.
const DEFAULT: Duration = Duration::from_secs(2);
/// Real-time priority of a callback that has none: above the silent engine's, below the MIDI thread's, which waits less.
const PRIORITY: u8 = 45;
/// How long a device may take to ask for its first sound.
const FIRST: Duration = Duration::from_secs(2);

/// How long a device that was lost is left alone: the thread of its server on which the loss was told has to have
/// returned before it is cancelled, or libjack takes the whole program along. Less than what is sent ahead, so that MIDI
/// does not notice.
const GRACE: Duration = Duration::from_millis(50);

/// What is done around a callback, for an eye on what the real-time thread does. It calls what it is given, once.
pub type Around = fn(&mut dyn FnMut());

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
    /// What is done around our part of every callback.
    pub around: Option<Around>,
}

/// A device that has answered: it asks for sound, and hears silence until it is given the machine.
pub struct Opened {
    /// Device, rate, buffer, for the status line.
    pub description: String,
    /// Frames a second.
    pub rate: u32,
    /// Frames in one of its buffers, where it tells.
    pub period: Option<u32>,
    /// Voices for its rate.
    pub rack: Rack,
    /// Where the machine goes in and comes back.
    pub seat: Seat,
    /// Why it was lost, once it is.
    pub lost: Receiver<String>,
    /// Cut to end the stream, which lives on a thread of its own because ending it may take as long as it likes.
    pub end: Sender<()>,
}

/// The watcher's side of the way into the callback and back.
pub struct Seat {
    gift: rtrb::Producer<Box<Machine>>,
    /// The machine comes back here when the callback is dropped, however that comes about.
    pub home: Receiver<Box<Machine>>,
}

impl Seat {
    /// Hands the machine to the callback, or gives it back where the callback has gone already.
    pub fn give(&mut self, machine: Box<Machine>) -> Result<(), Box<Machine>> {
        if self.gift.is_abandoned() {
            return Err(machine);
        }
        self.gift.push(machine).map_err(|rtrb::PushError::Full(machine)| machine)
    }
}

/// The machine inside the callback.
pub struct Carrier {
    machine: Option<Box<Machine>>,
    gift: rtrb::Consumer<Box<Machine>>,
    home: Sender<Box<Machine>>,
}

impl Carrier {
    /// Fills interleaved `data`, heard `latency` nanoseconds from now: with silence until the machine is here.
    /// Allocates nothing.
    pub fn fill<T: Copy>(
        &mut self,
        data: &mut [T],
        channels: usize,
        latency: u64,
        convert: impl Fn(f32) -> T,
    ) {
        if self.machine.is_none() {
            self.machine = self.gift.pop().ok();
        }
        match &mut self.machine {
            Some(machine) => machine.fill(data, channels, latency, convert),
            None => data.fill(convert(0.0)),
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        if let Some(machine) = self.machine.take().or_else(|| self.gift.pop().ok()) {
            // Nobody waits for it only when the whole session has gone.
            let _ = self.home.send(machine);
        }
    }
}

/// Both sides of the way into a callback.
pub fn seat() -> (Seat, Carrier) {
    let (gift, gift_end) = rtrb::RingBuffer::new(1);
    let (home, home_end) = channel();
    (Seat { gift, home: home_end }, Carrier { machine: None, gift: gift_end, home })
}

/// Opens a stream, tells `answer` what has come of it, and keeps the stream until it is to end.
///
/// For a thread of its own: devices may take seconds to open, to refuse or to close, or never come back from it.
pub fn open(request: &Request, font: &Font, shared: &Arc<Shared>, answer: &Sender<Answer>) {
    match try_open(request, font, shared) {
        Ok((stream, opened, Stay { name, lost, ended, broken })) => {
            // Without a listener, or when the line is cut, the stream ends.
            if answer.send(Ok(Box::new(opened))).is_ok() {
                stay(&ended, DEFAULT, &lost, || other_default(request, &name));
            }
            if broken.load(Ordering::Acquire) {
                std::thread::sleep(GRACE);
            }
            drop(stream);
        }
        Err(error) => {
            let _ = answer.send(Err(error));
        }
    }
}

/// What the thread of a stream stays for.
struct Stay {
    /// The device's name.
    name: String,
    /// Where a loss is told.
    lost: Sender<String>,
    /// Cut to end the stream.
    ended: Receiver<()>,
    /// It was lost by itself.
    broken: Arc<AtomicBool>,
}

/// What a callback owns.
struct Watched {
    carrier: Carrier,
    around: Around,
}

/// Waits for the end of a stream; looks `every` so often whether it should play elsewhere, and says so.
fn stay(
    ended: &Receiver<()>,
    every: Duration,
    lost: &Sender<String>,
    mut elsewhere: impl FnMut() -> Option<String>,
) {
    while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
        if let Some(other) = elsewhere() {
            // Whoever listens takes the new default, and cuts the line.
            let _ = lost.send(format!("{other} has become the system's default"));
            let _ = ended.recv();
            return;
        }
    }
}

/// The system's default output, where that was asked for and is not `playing` any more.
fn other_default(request: &Request, playing: &str) -> Option<String> {
    // On Linux it is always called `default`, and the sound server moves it by itself.
    if cfg!(target_os = "linux") || request.device.is_some() {
        return None;
    }
    let now = cpal::default_host().default_output_device()?.to_string();
    (now != playing).then_some(now)
}

/// What came of opening a device.
pub type Answer = Result<Box<Opened>, StreamError>;

fn try_open(
    request: &Request,
    font: &Font,
    shared: &Arc<Shared>,
) -> Result<(cpal::Stream, Opened, Stay), StreamError> {
    hush_alsa();
    let (device, config, format) = choose(request)?;
    let rate = config.sample_rate;
    let rack = Rack::new(font, rate)?;
    let name = device.to_string();
    // The size asked for first; a device that refuses it may take its own.
    let sizes: &[BufferSize] = match config.buffer_size {
        BufferSize::Default => &[BufferSize::Default],
        fixed => &[fixed, BufferSize::Default],
    };
    let mut cause = String::new();
    for &buffer_size in sizes {
        let (seat, carrier) = seat();
        let (lost_in, lost) = channel();
        let ears = Ears {
            lost: lost_in.clone(),
            broken: Arc::default(),
            called: Arc::default(),
            raised: hardware::is(&device),
        };
        let config = StreamConfig { buffer_size, ..config };
        let carrier = Watched { carrier, around: request.around.unwrap_or(|callback| callback()) };
        let built = build(&device, config, format, carrier, shared, &ears)
            .and_then(|stream| stream.play().map(|()| stream));
        match built {
            Ok(stream) if ears.hear() => {
                let period = stream.buffer_size().ok();
                let description = describe(&name, config, format, period);
                let (end, ended) = channel();
                let opened = Opened { description, rate, period, rack, seat, lost, end };
                return Ok((stream, opened, Stay { name, lost: lost_in, ended, broken: ears.broken }));
            }
            Ok(_) => cause = lost.try_recv().unwrap_or_else(|_| "it asks for no sound".into()),
            Err(error) => cause = error.to_string(),
        }
    }
    Err(StreamError::Refused { device: name, cause })
}

/// What a stream tells from its own threads.
struct Ears {
    /// It was lost, and why.
    lost: Sender<String>,
    /// It was lost by itself, and not because another device is to play.
    broken: Arc<AtomicBool>,
    /// It has asked for sound.
    called: Arc<AtomicBool>,
    /// Its callback is to have real-time priority.
    raised: bool,
}

impl Ears {
    /// Waits for the first call; false where none comes.
    fn hear(&self) -> bool {
        let began = Instant::now();
        while !self.called.load(Ordering::Acquire) {
            if began.elapsed() > FIRST {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }
}

type Choice = (cpal::Device, StreamConfig, SampleFormat);

/// The name under which the server of JACK is one of our devices.
pub const JACK: &str = "jack";

/// JACK as a host of devices; `None` where this program was built without it.
fn jack() -> Option<cpal::Host> {
    #[cfg(feature = "jack")]
    return cpal::host_from_id(cpal::HostId::Jack).ok();
    #[cfg(not(feature = "jack"))]
    None
}

/// The host that has the device asked for: JACK where it is called by its name, else the system's own.
fn host_of(wanted: Option<&str>) -> Result<(cpal::Host, Option<&str>), StreamError> {
    if !wanted.is_some_and(|name| name.eq_ignore_ascii_case(JACK)) {
        return Ok((cpal::default_host(), wanted));
    }
    let no_server = || StreamError::NoDevice(" of JACK: no server runs; start jackd or PipeWire".into());
    let host =
        jack().ok_or_else(|| StreamError::NoDevice(" of JACK: this program was built without it".into()))?;
    if host.default_output_device().is_some() { Ok((host, None)) } else { Err(no_server()) }
}

fn choose(request: &Request) -> Result<Choice, StreamError> {
    let (host, wanted) = host_of(request.device.as_deref())?;
    let device = match wanted {
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

/// An output device of the system.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// It is taken where none is asked for.
    pub default: bool,
}

/// All output devices of the system.
///
/// # Errors
/// When the system does not answer.
pub fn devices() -> Result<Vec<Device>, StreamError> {
    hush_alsa();
    let host = cpal::default_host();
    let default = host.default_output_device().map(|device| device.to_string());
    let found = host.output_devices().map_err(|e| StreamError::NoDevice(format!(": {e}")))?;
    let device = |name: String| Device { default: default.as_ref() == Some(&name), name };
    let server = jack().and_then(|host| host.default_output_device());
    let server = server.map(|_| Device { name: JACK.to_owned(), default: false });
    Ok(found.map(|found| device(found.to_string())).chain(server).collect())
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
    watched: Watched,
    shared: &Arc<Shared>,
    ears: &Ears,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::F32 => typed::<f32>(device, config, watched, shared, ears),
        SampleFormat::F64 => typed::<f64>(device, config, watched, shared, ears),
        SampleFormat::I8 => typed::<i8>(device, config, watched, shared, ears),
        SampleFormat::I16 => typed::<i16>(device, config, watched, shared, ears),
        SampleFormat::I24 => typed::<cpal::I24>(device, config, watched, shared, ears),
        SampleFormat::I32 => typed::<i32>(device, config, watched, shared, ears),
        SampleFormat::U8 => typed::<u8>(device, config, watched, shared, ears),
        SampleFormat::U16 => typed::<u16>(device, config, watched, shared, ears),
        SampleFormat::U32 => typed::<u32>(device, config, watched, shared, ears),
        other => Err(cpal::Error::with_message(
            ErrorKind::UnsupportedConfig,
            format!("it takes only samples of type {other}, which are not supported"),
        )),
    }
}

fn typed<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    watched: Watched,
    shared: &Arc<Shared>,
    ears: &Ears,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    let (shared, lost) = (Arc::clone(shared), ears.lost.clone());
    let (called, broken) = (Arc::clone(&ears.called), Arc::clone(&ears.broken));
    let mut raised = ears.raised;
    let Watched { mut carrier, around } = watched;
    let mut block = move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
        if std::mem::take(&mut raised) {
            // Without it the sound is as steady as the machine is idle; the MIDI room tells the player how to get it.
            let _ = raise(PRIORITY);
        }
        let stamp = info.timestamp();
        let latency = stamp.playback.saturating_duration_since(stamp.callback).min(LONGEST);
        carrier.fill(data, channels, latency.as_nanos() as u64, T::from_sample);
        called.store(true, Ordering::Release);
    };
    let play = move |data: &mut [T], info: &cpal::OutputCallbackInfo| around(&mut || block(data, info));
    let fail = move |error: cpal::Error| match error.kind() {
        ErrorKind::Xrun => {
            shared.xruns.fetch_add(1, Ordering::Relaxed);
        }
        // The sound goes on.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::DeviceBusy => {}
        _ => {
            broken.store(true, Ordering::Release);
            // Without a listener there is nobody to act on it.
            let _ = lost.send(error.to_string());
        }
    };
    device.build_output_stream(config, play, fail, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_lost_once_another_device_is_the_default_and_ends_when_it_is_told_to() {
        let ((end, ended), (lost, told)) = (channel::<()>(), channel());
        let mut looks = 0;
        let thread = std::thread::spawn(move || {
            stay(&ended, Duration::from_millis(1), &lost, || {
                looks += 1;
                (looks == 3).then(|| "headphones".to_owned())
            });
            looks
        });
        let said = told.recv_timeout(Duration::from_secs(20)).expect("it is told");
        assert!(said.contains("headphones"), "{said}");
        drop(end);
        assert_eq!(thread.join().expect("ends"), 3, "it is told once");

        let (end, ended) = channel::<()>();
        drop(end);
        stay(&ended, Duration::from_secs(60), &channel().0, || None);
    }
}
