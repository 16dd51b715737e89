//! Ports as the rest of the room sees them, whoever provides them.

use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

use super::packet::{Heard, Packet};
use crate::engine::host;

/// Messages of an input that the MIDI thread has not taken yet.
const HEARD: usize = 1024;

/// The port does not take messages any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// An open output. Called on the MIDI thread: allocates nothing, and waits no longer than the system does.
pub trait Port: std::fmt::Debug + Send {
    /// Writes a message that is to leave at host time `at` (nanoseconds).
    ///
    /// # Errors
    /// [`Gone`], when the port has.
    fn send(&mut self, at: u64, packet: Packet) -> Result<(), Gone>;

    /// How long before its time a message is to be handed over, nanoseconds: 0 for a port that sends at once.
    fn ahead(&self) -> u64 {
        0
    }
}

/// What keeps an input open; dropping it closes it.
pub trait Held: Send {
    /// False where the port has gone and said so.
    fn is_alive(&self) -> bool {
        true
    }
}

/// Why a port cannot be opened, or ports cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The system has no MIDI.
    #[error("{system}: {cause}")]
    NoSystem {
        /// ALSA, JACK, ...
        system: &'static str,
        /// What it says, and what to do.
        cause: String,
    },
    /// No port has that name.
    #[error("no MIDI port is called like {0:?}; `mvae-tui ports` lists all there are")]
    NoPort(String),
    /// The port refuses.
    #[error("MIDI port {name}: {cause}")]
    Refused {
        /// The port.
        name: String,
        /// What the system says.
        cause: String,
    },
}

/// One system of ports.
pub trait Backend: Send {
    /// ALSA, CoreMIDI, WinMM, JACK.
    fn name(&self) -> &'static str;

    /// Names of the ports we can write to.
    ///
    /// # Errors
    /// Where the system does not answer.
    fn outputs(&mut self) -> Result<Vec<String>, PortError>;

    /// Names of the ports we can listen to.
    ///
    /// # Errors
    /// Where the system does not answer.
    fn inputs(&mut self) -> Result<Vec<String>, PortError>;

    /// Opens the output of exactly this name, or a port of our own of this name that others connect to.
    ///
    /// # Errors
    /// [`PortError`].
    fn open_output(&mut self, name: &str, own: bool) -> Result<Box<dyn Port>, PortError>;

    /// Opens the input of exactly this name, or a port of our own; `ear` hears it.
    ///
    /// # Errors
    /// [`PortError`].
    fn open_input(&mut self, name: &str, own: bool, ear: Ear) -> Result<Box<dyn Held>, PortError>;
}

/// Where an input puts what it hears: allocates nothing.
#[derive(Debug)]
pub struct Ear {
    heard: Producer<(u64, Heard)>,
    hub: Option<Thread>,
}

impl Ear {
    /// Takes one message that came at host time `at`, and wakes the MIDI thread.
    pub fn hear(&mut self, at: u64, bytes: &[u8]) {
        let Some(heard) = Heard::parse(bytes) else { return };
        // A full ring means that the MIDI thread has gone.
        let _ = self.heard.push((at, heard));
        if let Some(hub) = &self.hub {
            hub.unpark();
        }
    }

    /// Takes one message that has come just now.
    pub fn hear_now(&mut self, bytes: &[u8]) {
        self.hear(host::now(), bytes);
    }
}

/// An ear and the other end of its ring; `hub` is woken by what is heard.
pub fn ear(hub: Option<Thread>) -> (Ear, Consumer<(u64, Heard)>) {
    let (heard, end) = RingBuffer::new(HEARD);
    (Ear { heard, hub }, end)
}

/// All systems of ports this program knows: the system's own first, JACK after it.
pub fn backends() -> Vec<Box<dyn Backend>> {
    let system: Box<dyn Backend> = Box::new(super::system::System);
    #[cfg(feature = "jack")]
    let all = vec![system, Box::new(super::jack::Jack::default()) as Box<dyn Backend>];
    #[cfg(not(feature = "jack"))]
    let all = vec![system];
    all
}

/// A port that was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// ALSA, CoreMIDI, WinMM, JACK.
    pub system: &'static str,
    /// Its name.
    pub name: String,
    /// `output`: we write to it. `input`: we listen to it.
    pub direction: &'static str,
}

/// All ports of all systems, and why some could not be asked.
pub fn list() -> (Vec<Listed>, Vec<PortError>) {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for mut backend in backends() {
        let system = backend.name();
        let mut take = |names: Result<Vec<String>, PortError>, direction| match names {
            Ok(names) => found.extend(names.into_iter().map(|name| Listed { system, name, direction })),
            Err(error) if errors.contains(&error) => {}
            Err(error) => errors.push(error),
        };
        take(backend.outputs(), "output");
        take(backend.inputs(), "input");
    }
    (found, errors)
}
