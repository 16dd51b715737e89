//! The system's own MIDI through midir: ALSA, CoreMIDI, WinMM.

use midir::{Ignore, MidiInput, MidiInputConnection, MidiOutput, MidiOutputConnection};

use super::packet::Packet;
use super::ports::{Backend, Ear, Gone, Held, Port, PortError};
use super::stamps::Stamps;
use crate::engine::host;

/// The name we go by.
const CLIENT: &str = "mvae-tui";

#[cfg(target_os = "linux")]
const SYSTEM: &str = "ALSA";
#[cfg(target_os = "macos")]
const SYSTEM: &str = "CoreMIDI";
#[cfg(target_os = "windows")]
const SYSTEM: &str = "WinMM";
#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
const SYSTEM: &str = "MIDI";

/// The system's ports.
#[derive(Debug)]
pub struct System;

/// An open output.
struct Out(MidiOutputConnection);

impl std::fmt::Debug for Out {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Out")
    }
}

impl Port for Out {
    fn send(&mut self, _at: u64, packet: Packet) -> Result<(), Gone> {
        self.0.send(packet.bytes()).map_err(|_| Gone)
    }
}

/// An open input.
struct In(
    #[expect(dead_code, reason = "kept: dropping it closes the port")] MidiInputConnection<(Stamps, Ear)>,
);

impl Held for In {}

fn no_system(cause: &midir::InitError) -> PortError {
    let cause = if cfg!(target_os = "linux") {
        format!("{cause}; load the module snd-seq (`sudo modprobe snd-seq`), or use JACK")
    } else {
        cause.to_string()
    };
    PortError::NoSystem { system: SYSTEM, cause }
}

fn output() -> Result<MidiOutput, PortError> {
    crate::audio::hush_alsa();
    MidiOutput::new(CLIENT).map_err(|cause| no_system(&cause))
}

fn input() -> Result<MidiInput, PortError> {
    crate::audio::hush_alsa();
    let mut input = MidiInput::new(CLIENT).map_err(|cause| no_system(&cause))?;
    // Clocks are wanted; long dumps and active sensing are not.
    input.ignore(Ignore::SysexAndActiveSense);
    Ok(input)
}

/// Takes a message in with the time at which the system had it, not the reader's thread, which waits for its turn like any
/// other. Windows counts in milliseconds: there the thread is the better clock.
fn hear(stamp: u64, bytes: &[u8], (stamps, ear): &mut (Stamps, Ear)) {
    let now = host::now();
    ear.hear(if cfg!(windows) { now } else { stamps.came(now, stamp) }, bytes);
}

fn refused(name: &str) -> impl Fn(String) -> PortError + '_ {
    move |cause| PortError::Refused { name: name.to_owned(), cause }
}

/// Our own ports are no instruments of ours.
fn foreign(name: &str) -> bool {
    !name.starts_with(CLIENT)
}

impl Backend for System {
    fn name(&self) -> &'static str {
        SYSTEM
    }

    fn outputs(&mut self) -> Result<Vec<String>, PortError> {
        let output = output()?;
        let ports = output.ports();
        let names = ports.iter().filter_map(|port| output.port_name(port).ok());
        Ok(names.filter(|name| foreign(name)).collect())
    }

    fn inputs(&mut self) -> Result<Vec<String>, PortError> {
        let input = input()?;
        let ports = input.ports();
        let names = ports.iter().filter_map(|port| input.port_name(port).ok());
        Ok(names.filter(|name| foreign(name)).collect())
    }

    fn open_output(&mut self, name: &str, own: bool) -> Result<Box<dyn Port>, PortError> {
        let output = output()?;
        if own {
            return own_output(output, name);
        }
        let port = output
            .ports()
            .into_iter()
            .find(|port| output.port_name(port).is_ok_and(|n| n == name))
            .ok_or_else(|| PortError::NoPort(name.to_owned()))?;
        let open = output.connect(&port, "out").map_err(|e| refused(name)(e.to_string()))?;
        Ok(Box::new(Out(open)))
    }

    fn open_input(&mut self, name: &str, own: bool, ear: Ear) -> Result<Box<dyn Held>, PortError> {
        let input = input()?;
        if own {
            return own_input(input, name, ear);
        }
        let port = input
            .ports()
            .into_iter()
            .find(|port| input.port_name(port).is_ok_and(|n| n == name))
            .ok_or_else(|| PortError::NoPort(name.to_owned()))?;
        let open = input
            .connect(&port, "in", hear, (Stamps::default(), ear))
            .map_err(|e| refused(name)(e.to_string()))?;
        Ok(Box::new(In(open)))
    }
}

#[cfg(unix)]
fn own_output(output: MidiOutput, name: &str) -> Result<Box<dyn Port>, PortError> {
    use midir::os::unix::VirtualOutput;
    let open = output.create_virtual(name).map_err(|e| refused(name)(e.to_string()))?;
    Ok(Box::new(Out(open)))
}

#[cfg(unix)]
fn own_input(input: MidiInput, name: &str, ear: Ear) -> Result<Box<dyn Held>, PortError> {
    use midir::os::unix::VirtualInput;
    let open = input
        .create_virtual(name, hear, (Stamps::default(), ear))
        .map_err(|e| refused(name)(e.to_string()))?;
    Ok(Box::new(In(open)))
}

#[cfg(not(unix))]
fn own_output(_: MidiOutput, name: &str) -> Result<Box<dyn Port>, PortError> {
    Err(refused(name)("this system has no virtual ports: install one such as loopMIDI".into()))
}

#[cfg(not(unix))]
fn own_input(_: MidiInput, name: &str, _: Ear) -> Result<Box<dyn Held>, PortError> {
    Err(refused(name)("this system has no virtual ports: install one such as loopMIDI".into()))
}
