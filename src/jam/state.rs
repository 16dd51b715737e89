//! The whole state of a jam, as plain data.

use std::path::PathBuf;
use std::sync::Arc;

use super::history::{Edit, History};
use super::message::{Log, Tone};
use super::quantise::Quantise;
use super::save::Set;
use super::slot::{COLUMNS, ROWS, Slot, SlotId};

/// A pattern that was handed to the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// Number of the launch, rising.
    pub id: u32,
    /// Where the pattern stood.
    pub place: SlotId,
    /// The pattern as it was at the launch; the place may hold another one by now.
    pub slot: Arc<Slot>,
}

/// What the jam makes by itself before the player does anything. No step of undo: the way back ends here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The first beat: it starts the transport, and the row is filled behind it.
    Beat,
    /// The row behind the first beat.
    Row,
}

/// A request that is not answered yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Number of the request.
    pub ticket: u64,
    /// The places that wait.
    pub slots: Vec<SlotId>,
    /// Names for the patterns to come, one a place.
    pub names: Vec<String>,
    /// Copies that go into the bank together with the patterns: the ends of an interpolation in a row of its own.
    pub ends: Vec<(SlotId, Arc<Slot>)>,
    /// What undo calls it.
    pub label: String,
    /// Launch this place as soon as its pattern is there. One request at most has such a wish: the newest.
    pub launch: Option<SlotId>,
    /// Part of the opening of the jam.
    pub opening: Option<Opening>,
    /// [`History::position`] at which it was ordered.
    pub position: u64,
}

impl Pending {
    /// True when the answer brings something for `place`.
    pub fn concerns(&self, place: SlotId) -> bool {
        self.slots.contains(&place) || self.ends.iter().any(|(end, _)| *end == place)
    }
}

/// What a player plays with. Changed by [`super::update`] only.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// What undo covers: bank, tempo, swing, temperature, mutes, model.
    pub edit: Edit,
    /// What can be taken back and done again.
    pub history: History,
    /// The transport runs.
    pub playing: bool,
    /// The metronome clicks.
    pub metronome: bool,
    /// Where launches take effect.
    pub quantise: Quantise,
    /// The selected place.
    pub cursor: SlotId,
    /// The first end of an interpolation, once marked.
    pub mark: Option<SlotId>,
    /// What was copied.
    pub clipboard: Option<Arc<Slot>>,
    /// Names of the models there are, for [`super::Intent::NextModel`].
    pub models: Vec<String>,
    /// Seed of the next request; counts up.
    pub seed: u64,
    /// Requests without an answer, oldest first.
    pub pending: Vec<Pending>,
    /// What was handed to the engine and may still sound, oldest first.
    pub launches: Vec<Launch>,
    /// The launch that sounds.
    pub sounding: Option<u32>,
    /// The launch that waits for its boundary.
    pub queued: Option<u32>,
    /// What was said.
    pub log: Log,
    /// The set is being written.
    pub saving: bool,
    /// Where the set was written last.
    pub saved: Option<PathBuf>,
    /// Ticket of the newest order or edit of each place: answers to older requests come too late for it.
    pub(super) stamps: [u64; ROWS as usize * COLUMNS as usize],
    /// Times of the last taps, in seconds.
    pub(super) taps: Vec<f64>,
    pub(super) next_ticket: u64,
    pub(super) next_launch: u32,
}

impl State {
    /// An empty, stopped jam whose patterns are made by `model`, with `seed` for the first of them.
    pub fn new(model: impl Into<String>, seed: u64) -> Self {
        let model = model.into();
        Self {
            models: vec![model.clone()],
            edit: Edit::new(model),
            history: History::default(),
            playing: false,
            metronome: false,
            quantise: Quantise::default(),
            cursor: SlotId::FIRST,
            mark: None,
            clipboard: None,
            seed,
            pending: Vec::new(),
            launches: Vec::new(),
            sounding: None,
            queued: None,
            log: Log::default(),
            saving: false,
            saved: None,
            stamps: [0; ROWS as usize * COLUMNS as usize],
            taps: Vec::new(),
            next_ticket: 1,
            next_launch: 1,
        }
    }

    /// The selected place's pattern.
    pub fn selected(&self) -> Option<&Arc<Slot>> {
        self.edit.bank.get(self.cursor)
    }

    /// The launch with this number.
    pub fn launch(&self, id: Option<u32>) -> Option<&Launch> {
        self.launches.iter().rev().find(|launch| Some(launch.id) == id)
    }

    /// The pattern that sounds, or stands ready to sound while the transport stands still.
    pub fn sounding(&self) -> Option<&Launch> {
        self.launch(self.sounding)
    }

    /// The pattern that waits for its boundary.
    pub fn queued(&self) -> Option<&Launch> {
        self.launch(self.queued)
    }

    /// True while a pattern for `place` is being made.
    pub fn is_pending(&self, place: SlotId) -> bool {
        self.pending.iter().any(|pending| pending.concerns(place) && self.is_awaited(place, pending.ticket))
    }

    /// True while nothing newer than request `ticket` has been ordered for `place` or put there.
    pub(super) fn is_awaited(&self, place: SlotId, ticket: u64) -> bool {
        self.stamps[place.index()] <= ticket
    }

    /// The set as it would be written now.
    pub fn set(&self) -> Set {
        let slots = self.edit.bank.filled().map(|(place, slot)| (place, slot.clone())).collect();
        Set { bpm: self.edit.bpm, swing: self.edit.swing, slots }
    }

    /// True when drum class `class` (0..9) is muted.
    pub fn is_muted(&self, class: u8) -> bool {
        self.edit.muted >> class & 1 == 1
    }

    pub(super) fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.log.say(tone, text);
    }
}
