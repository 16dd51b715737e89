//! What there is to see of the rig: every port, how late messages leave, ticks and rights.

use super::meter::Timing;
use super::settings::Switches;

/// One port as the player sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortState {
    /// Its full name, or what was asked for where it is missing.
    pub name: String,
    /// What was asked for.
    pub wish: String,
    /// It is open.
    pub open: bool,
    /// What it is sent and when, or what it is heard for.
    pub note: String,
    /// What an output is sent; inputs have none.
    pub switches: Option<Switches>,
    /// An input whose clock leads.
    pub leads: bool,
}

/// What there is to see of the rig.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panel {
    /// Outputs in the order of the settings.
    pub outputs: Vec<PortState>,
    /// Inputs in the order of the settings.
    pub inputs: Vec<PortState>,
    /// How late messages left in the last minute.
    pub out: Timing,
    /// How long keys took to leave in the last minute.
    pub live: Timing,
    /// Messages for which there was no room, ever.
    pub lost: u32,
    /// Clock ticks that have left, ever.
    pub ticks: u64,
    /// When the latest of them is heard, host nanoseconds; 0 before the first.
    pub tick_at: u64,
    /// The MIDI thread has real-time priority.
    pub real_time: bool,
    /// The output that changes of the wiring are about: whoever makes them says which.
    pub chosen: usize,
}
