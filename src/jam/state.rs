//! The whole state of a jam, as plain data.

use std::path::PathBuf;
use std::sync::Arc;

use super::chain::Chain;
use super::fill::Fills;
use super::gear;
use super::history::{Edit, History};
use super::learn::{Map, Target};
use super::message::{Log, Tone};
use super::progress::Progress;
use super::quantise::Quantise;
use super::sliders::Sliders;
use super::slot::{COLUMNS, ROWS, Slot, SlotId};
use super::take::{Struck, Take};
use super::track::{self, Known, Track, Voice};
use crate::engine::Command;
use crate::model::Kind;
use crate::music::pattern::Part;

/// A pattern that was handed to the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// Number of the launch, rising.
    pub id: u32,
    /// Where the pattern stood; of no meaning where a script plays.
    pub place: SlotId,
    /// A script plays it: it stands nowhere in the bank.
    pub script: bool,
    /// The pattern as it was at the launch; the place may hold another one by now.
    pub slot: Arc<Slot>,
    /// Which of its parts play on which tracks.
    pub voices: Vec<Voice>,
    /// Its boundary.
    pub at: Quantise,
}

impl Launch {
    /// True where it came from this place of the bank.
    pub fn is_from(&self, place: SlotId) -> bool {
        !self.script && self.place == place
    }

    /// The part that plays on `track`.
    pub fn voice(&self, track: usize) -> Option<&Voice> {
        self.voices.iter().find(|voice| usize::from(voice.track) == track)
    }
}

/// What a script asked of a track while that was frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct Withheld {
    /// The order for the engine: a launch, or a halt.
    pub command: Command,
    /// What there is to see of a launch.
    pub seen: Option<(Arc<Slot>, Part)>,
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
    /// Brings a pattern that is there already to its point, and makes no music.
    pub encodes: bool,
    /// Part of the opening of the jam.
    pub opening: Option<Opening>,
    /// How far it is.
    pub progress: Progress,
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
    /// What undo covers: bank, tracks, tempo, swing, temperature, mutes.
    pub edit: Edit,
    /// What can be taken back and done again.
    pub history: History,
    /// The transport runs.
    pub playing: bool,
    /// The metronome clicks.
    pub metronome: bool,
    /// Where launches take effect.
    pub quantise: Quantise,
    /// Bars counted in before the music starts, [`super::limits::COUNT_IN`].
    pub count_in: u8,
    /// The selected place.
    pub cursor: SlotId,
    /// The first end of an interpolation, once marked.
    pub mark: Option<SlotId>,
    /// The attribute sliders.
    pub sliders: Sliders,
    /// What was copied.
    pub clipboard: Option<Arc<Slot>>,
    /// The models there are, for [`super::Intent::NextModel`].
    pub models: Vec<Known>,
    /// What makes the first pattern where the jam's own model takes a while to be read.
    pub stand_in: Option<String>,
    /// The selected track: what is launched plays here where it can, and its model makes new patterns.
    pub track: usize,
    /// Seed of the next request; counts up.
    pub seed: u64,
    /// Requests without an answer, oldest first.
    pub pending: Vec<Pending>,
    /// What was handed to the engine and may still sound, oldest first.
    pub launches: Vec<Launch>,
    /// The launch that sounds on each track.
    pub sounding: [Option<u32>; track::MOST],
    /// The launch that waits for its boundary on each track.
    pub queued: [Option<u32>; track::MOST],
    /// The quarter that the transport has come to, as last heard.
    pub beat: u32,
    /// Fills: those that were played, and the next ones.
    pub fills: Fills,
    /// What scripts would play by now on tracks that are frozen.
    pub withheld: [Option<Withheld>; track::MOST],
    /// A row that is played point after point.
    pub chain: Chain,
    /// Names of the MIDI outputs there are.
    pub ports: Vec<String>,
    /// Kits of gear outside that number their drums otherwise than General MIDI.
    pub kits: Vec<gear::Kit>,
    /// What was said.
    pub log: Log,
    /// The set is being written.
    pub saving: bool,
    /// The number of the rendering under way, and how far it is.
    pub rendering: Option<(u64, Progress)>,
    /// The session's own file, once it has one.
    pub file: Option<PathBuf>,
    /// Where the set was written last.
    pub saved: Option<PathBuf>,
    /// The clock outside leads.
    pub following: bool,
    /// What knobs and pads of controllers do.
    pub learned: Map,
    /// The next knob that moves will do this.
    pub learning: Option<Target>,
    /// Keys are recorded into a place.
    pub recording: Option<Take>,
    /// Notes of the computer's keyboard that sound.
    pub struck: Vec<Struck>,
    /// Recorded notes keep their timing.
    pub record_free: bool,
    /// Ticket of the newest order or edit of each place: answers to older requests come too late for it.
    pub(super) stamps: [u64; ROWS as usize * COLUMNS as usize],
    /// Times of the last taps, in seconds.
    pub(super) taps: Vec<f64>,
    /// The track that was selected before one was added.
    pub(super) before_added: usize,
    /// When it was asked to leave by the key that must be pressed twice, in seconds.
    pub(super) interrupted: Option<f64>,
    pub(super) next_ticket: u64,
    pub(super) next_launch: u32,
}

impl State {
    /// An empty, stopped jam whose patterns are made by `model`, with `seed` for the first of them.
    pub fn new(model: impl Into<String>, seed: u64) -> Self {
        let model = model.into();
        Self {
            models: vec![Known::drums(model.clone())],
            stand_in: None,
            track: 0,
            edit: Edit::new(model),
            history: History::default(),
            playing: false,
            metronome: false,
            quantise: Quantise::default(),
            count_in: 0,
            cursor: SlotId::FIRST,
            mark: None,
            sliders: Sliders::default(),
            clipboard: None,
            seed,
            pending: Vec::new(),
            launches: Vec::new(),
            sounding: [None; track::MOST],
            queued: [None; track::MOST],
            beat: 0,
            fills: Fills::default(),
            withheld: Default::default(),
            chain: Chain::default(),
            ports: Vec::new(),
            kits: gear::common(),
            log: Log::default(),
            saving: false,
            rendering: None,
            file: None,
            saved: None,
            following: false,
            learned: Map::default(),
            learning: None,
            recording: None,
            struck: Vec::new(),
            record_free: false,
            stamps: [0; ROWS as usize * COLUMNS as usize],
            taps: Vec::new(),
            before_added: 0,
            interrupted: None,
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

    /// The pattern that sounds on the selected track, or stands ready to sound while the transport stands still.
    pub fn sounding(&self) -> Option<&Launch> {
        self.sounding_on(self.track)
    }

    /// The pattern that waits for its boundary on the selected track.
    pub fn queued(&self) -> Option<&Launch> {
        self.queued_on(self.track)
    }

    /// As [`State::sounding`], on any track.
    pub fn sounding_on(&self, track: usize) -> Option<&Launch> {
        self.launch(self.sounding.get(track).copied().flatten())
    }

    /// As [`State::queued`], on any track.
    pub fn queued_on(&self, track: usize) -> Option<&Launch> {
        self.launch(self.queued.get(track).copied().flatten())
    }

    /// True while the pattern of `place` sounds, or stands ready to, on some track.
    pub fn is_sounding(&self, place: SlotId) -> bool {
        (0..track::MOST).any(|at| self.sounding_on(at).is_some_and(|launch| launch.is_from(place)))
    }

    /// True while the pattern of `place` waits for its boundary on some track.
    pub fn is_queued(&self, place: SlotId) -> bool {
        (0..track::MOST).any(|at| self.queued_on(at).is_some_and(|launch| launch.is_from(place)))
    }

    /// The selected track. There is always one.
    pub fn track(&self) -> &Track {
        &self.edit.tracks[self.track.min(self.edit.tracks.len() - 1)]
    }

    /// The name of the model that makes new patterns: that of the selected track.
    pub fn model(&self) -> &str {
        &self.track().model
    }

    /// The model called `name`; one for two bars of drums where nothing is known of it.
    pub fn known(&self, name: &str) -> Known {
        self.models.iter().find(|known| known.name == name).cloned().unwrap_or_else(|| Known::drums(name))
    }

    /// Tells the jam which models there are; each track that has none of its own kind takes the first that suits it.
    pub fn know(&mut self, models: Vec<Known>) {
        self.models = models;
        for at in 0..self.edit.tracks.len() {
            let part = self.edit.tracks[at].part;
            if self.known(&self.edit.tracks[at].model).suits(part) {
                continue;
            }
            // A model of the track's own kind before one that makes trios.
            let suits = |known: &&Known| known.suits(part);
            let plain = |known: &&Known| known.suits(part) && known.kind != Kind::Trio;
            let found = self.models.iter().find(plain).or_else(|| self.models.iter().find(suits));
            if let Some(known) = found {
                self.edit.tracks[at].model.clone_from(&known.name);
            }
        }
    }

    /// The tracks for drums, as a mask (bit = track).
    pub fn drum_tracks(&self) -> u8 {
        let drums = |(at, track): (usize, &Track)| if track.part == Part::Drums { 1 << at } else { 0 };
        self.edit.tracks.iter().enumerate().map(drums).fold(0, |mask, bit| mask | bit)
    }

    /// True when track `at` is not heard: muted, or another one is alone.
    pub fn is_silenced(&self, at: usize) -> bool {
        let any_solo = self.edit.tracks.iter().any(|track| track.solo);
        self.edit.tracks.get(at).is_some_and(|track| track.muted || any_solo && !track.solo)
    }

    /// True while a pattern for `place` is being made.
    pub fn is_pending(&self, place: SlotId) -> bool {
        let mut making = self.pending.iter().filter(|pending| !pending.encodes);
        making.any(|pending| pending.concerns(place) && self.is_awaited(place, pending.ticket))
    }

    /// True while nothing newer than request `ticket` has been ordered for `place` or put there.
    pub(super) fn is_awaited(&self, place: SlotId, ticket: u64) -> bool {
        self.stamps[place.index()] <= ticket
    }

    /// True when drum class `class` (0..9) is muted.
    pub fn is_muted(&self, class: u8) -> bool {
        self.edit.muted >> class & 1 == 1
    }

    pub(super) fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.log.say(tone, text);
    }
}
