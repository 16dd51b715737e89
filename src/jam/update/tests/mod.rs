//! What a player does and what comes of it.

mod bank;
mod edit;
mod gear;
mod make;
mod midi;
mod opening;
mod palette;
mod perform;
mod record;
mod save;
mod scene;
mod session;
mod sliders;
mod tracks;
mod transport;
mod work;

use super::super::fixtures::{at, begun, fresh, give};
use super::super::{Effect, Intent, Quantise, State, Tone, update};

/// The newest message.
fn said(state: &State) -> &str {
    state.log.last().map_or("", |message| message.text.as_str())
}
