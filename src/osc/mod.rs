//! OSC over UDP: other programs play the jam, and hear what it plays. The table of addresses is in the README.

mod address;
mod packet;
mod socket;

pub use address::{intent, notes};
pub use socket::{Osc, OscError, open};
