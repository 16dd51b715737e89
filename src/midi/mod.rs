//! MIDI: ports of the system and of JACK, the thread that writes at absolute deadlines, routing, hot-plug.
//!
//! ```text
//! engine -- Timed events (ring) --> hub thread --> ports (ALSA, CoreMIDI, WinMM, JACK)
//!    ^----- clock, played notes ------'  ^ `------ news (ring) -----> rig thread --> player's side
//!                                        `-- ports that came or went, routes --'
//! ```
//!
//! The hub allocates nothing and locks nothing; ports are opened and closed by the rig thread beside it.

mod double;
mod entry;
#[cfg(test)]
mod given_tests;
#[cfg(test)]
mod hanging_tests;
mod hub;
#[cfg(test)]
mod hub_tests;
#[cfg(feature = "jack")]
mod jack;
#[cfg(test)]
mod joining_tests;
mod keys;
mod measure;
mod meter;
mod order;
mod packet;
mod panel;
mod ports;
mod queue;
mod rig;
#[cfg(test)]
mod rig_tests;
mod route;
mod settings;
mod sounding;
mod stamps;
mod system;
#[cfg(feature = "jack")]
mod zero;

pub use double::{Sent, Tape};
pub use hub::{Hub, WAKE};
#[cfg(feature = "jack")]
pub use jack::{Around, Jack};
pub use measure::{EDGES_US, Report, Trial, measure};
pub use meter::{Meter, Timing};
pub use order::{HubEnds, INPUTS, News, OUTPUTS, Order, Retired, hub_channel};
pub use packet::{Heard, Packet};
pub use panel::{Panel, PortState};
pub use ports::{Backend, Ear, Gone, Held, Listed, Port, PortError, backends, ear, list};
pub use rig::{Rig, RigNews, Wish};
pub use route::Route;
pub use settings::{
    InputSettings, KitSettings, LONGEST_MS, OutputSettings, RouteSettings, Settings, SettingsError, Switches,
    matches,
};
