//! What scripts play on: tracks by name, the bank, and the way of everything to the host with its beat.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::conductor::Conductor;
use super::ear::{Ear, Ears, Heard};
use super::error::{Outcome, ScriptError, fail};
use super::value::{Model, Tune};
use crate::codec::Tokens;
use crate::engine::{Clip, ClipNote, Command, DRUM_CHANNEL, Order, Quantise, TRACKS};
use crate::jam::{Fault, Intent, ScriptNews, Slot, SlotId, Tone};
use crate::latent::generate::Generated;
use crate::latent::recipe::{Origin, Recipe};
use crate::model;
use crate::music::pattern::{Part, Pattern, PatternNote, STEPS_PER_QUARTER};

/// Launches of scripts are numbered from here, so that the jam does not take them for its own.
const FIRST_LAUNCH: u32 = 0x8000_0000;

/// Beats after its place from which a launch has begun for certain.
const BEGUN: f64 = 0.005;

/// How scripts are run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Seed of all chance.
    pub seed: u64,
    /// Every task is waited for, however long it takes: for renders.
    pub strict: bool,
}

/// One thing that a script does.
#[derive(Debug, Clone)]
pub enum Act {
    /// A pattern takes over a track.
    Play {
        /// The track.
        track: u8,
        /// The pattern.
        tune: Tune,
    },
    /// A track's pattern ends.
    Halt(u8),
    /// Something for the engine, so many beats from now.
    Order {
        /// The track.
        track: u8,
        /// Beats from now.
        after: f64,
        /// What happens.
        what: Order,
    },
    /// Something for the jam, at once.
    Intent(Intent),
    /// Something for the jam, when its beat comes.
    Timed(Intent),
    /// A pattern follows those on its track when their rounds are over.
    Queue {
        /// The track.
        track: u8,
        /// The pattern.
        tune: Tune,
    },
    /// The transport stops.
    Stop,
}

impl std::fmt::Debug for Tune {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// What waits for its beat before the host hears of it.
struct Waiting {
    beat: f64,
    intent: Intent,
}

/// A pattern that goes round: since when, and how long a round is.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    from: f64,
    length: f64,
}

impl Round {
    /// The first beat from `beat` on at which a round is over; one that has not begun plays once.
    fn end(self, beat: f64) -> f64 {
        if self.length <= 0.0 {
            return beat;
        }
        let rounds = ((beat - self.from) / self.length - 1e-6).ceil().max(1.0);
        self.from + rounds * self.length
    }
}

#[derive(Default)]
struct Inner {
    tracks: Vec<String>,
    programs: [[Option<u8>; 2]; TRACKS],
    /// Beat of the last launch of each track.
    launched: [f64; TRACKS],
    /// What goes round on each track.
    rounds: [Round; TRACKS],
    ears: Ears,
    launches: u32,
    bank: HashMap<SlotId, Tune>,
    models: HashMap<String, Model>,
    waiting: Vec<Waiting>,
    generation: u64,
    playing: bool,
}

/// The stage: shared by all scripts of a host.
pub struct Stage {
    /// The tasks.
    pub conductor: Conductor,
    /// How scripts are run.
    pub settings: Settings,
    inner: Mutex<Inner>,
    /// Bits of the beat at which the transport is.
    now: AtomicU64,
    sink: Box<dyn Fn(Intent) + Send + Sync>,
}

impl Stage {
    /// An empty stage; `sink` is handed everything in the order in which it is to be done.
    pub fn new(settings: Settings, sink: impl Fn(Intent) + Send + Sync + 'static) -> Self {
        let tracks = ["drums", "lead", "bass"].map(str::to_owned).to_vec();
        let inner = Inner { tracks, launched: [f64::NEG_INFINITY; TRACKS], ..Inner::default() };
        Self {
            conductor: Conductor::default(),
            settings,
            inner: Mutex::new(inner),
            now: AtomicU64::new(0f64.to_bits()),
            sink: Box::new(sink),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The beat at which the transport is.
    pub fn now(&self) -> f64 {
        f64::from_bits(self.now.load(Ordering::Relaxed))
    }

    /// True while the transport runs.
    pub fn is_playing(&self) -> bool {
        self.lock().playing
    }

    /// The transport is at `beat`: what waited for it goes to the host.
    pub fn set_now(&self, beat: f64, playing: bool) {
        self.now.store(beat.to_bits(), Ordering::Relaxed);
        let mut inner = self.lock();
        inner.playing = playing;
        let mut due = Vec::new();
        inner.waiting.retain_mut(|waiting| {
            let wait = waiting.beat > beat + 1e-9;
            if !wait {
                due.push(std::mem::replace(&mut waiting.intent, Intent::Dismiss));
            }
            wait
        });
        drop(inner);
        due.into_iter().for_each(&*self.sink);
    }

    /// The transport was moved: what waited, waits no more.
    pub fn forget(&self) {
        let mut inner = self.lock();
        inner.waiting.clear();
        inner.launched = [f64::NEG_INFINITY; TRACKS];
        inner.rounds = [Round::default(); TRACKS];
    }

    /// The number of another version.
    pub fn next_generation(&self) -> u64 {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.generation
    }

    /// The track called `name`: `drums`, `lead`, `bass`, a number from 1 to 8, or a name of the script's own, which
    /// takes the next free track.
    ///
    /// # Errors
    /// All tracks are taken.
    pub fn track(&self, name: &str) -> Outcome<u8> {
        if let Ok(number) = name.parse::<usize>() {
            return match number {
                1..=TRACKS => Ok(number as u8 - 1),
                _ => fail(format!("track {number}: there are tracks 1 to {TRACKS}")),
            };
        }
        let mut inner = self.lock();
        if let Some(at) = inner.tracks.iter().position(|track| track == name) {
            return Ok(at as u8);
        }
        if inner.tracks.len() == TRACKS {
            let taken = inner.tracks.join(", ");
            return fail(format!(
                "track \"{name}\": all {TRACKS} tracks are taken ({taken}); use one of them"
            ));
        }
        inner.tracks.push(name.to_owned());
        Ok(inner.tracks.len() as u8 - 1)
    }

    /// The model called `name`, kept from now on.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn model(&self, name: &str) -> Outcome<Model> {
        if let Some(model) = self.lock().models.get(name) {
            return Ok(model.clone());
        }
        // A path would lead out of the script's folder.
        if name.contains(['/', '\\', '.']) {
            return fail(format!("model \"{name}\": a script takes models by name; `models()` lists them"));
        }
        match model::find(name) {
            Ok(found) => {
                let model = Model(found);
                self.lock().models.insert(name.to_owned(), model.clone());
                Ok(model)
            }
            Err(error) => fail(error),
        }
    }

    /// Task `id` listens from now on.
    pub fn listen(&self, id: u64, ear: Ear) {
        let mut inner = self.lock();
        inner.ears.add(id, ear);
        self.tell_keys(inner);
    }

    /// Task `id` listens no more.
    pub fn unlisten(&self, id: u64) {
        let mut inner = self.lock();
        if inner.ears.remove(id) {
            self.tell_keys(inner);
        }
    }

    fn tell_keys(&self, inner: MutexGuard<'_, Inner>) {
        let mut keys = inner.ears.keys();
        drop(inner);
        keys.sort();
        keys.dedup();
        self.send(Intent::ScriptSays(ScriptNews::Listens(keys)));
    }

    /// Something came from outside: whoever listens is woken now.
    pub fn hear(&self, heard: &Heard) {
        let woken = self.lock().ears.hear(heard);
        let now = self.now();
        woken.into_iter().for_each(|id| self.conductor.wake(id, now));
    }

    /// The oldest event that task `id` has not answered.
    pub fn heard(&self, id: u64) -> Option<Heard> {
        self.lock().ears.take(id)
    }

    /// The keys of the computer that are listened to.
    pub fn keys(&self) -> Vec<String> {
        self.lock().ears.keys()
    }

    /// Where a controller was seen last.
    pub fn control(&self, number: u8) -> Option<u8> {
        self.lock().ears.control(number)
    }

    /// The pattern at a place of the bank.
    pub fn bank(&self, place: SlotId) -> Option<Tune> {
        self.lock().bank.get(&place).cloned()
    }

    /// Puts a pattern into the bank, for scripts; the jam is told by an intent of its own.
    pub fn put(&self, place: SlotId, tune: Tune) {
        self.lock().bank.insert(place, tune);
    }

    /// Sets the program of the lead's or the bass's notes of a track.
    pub fn set_program(&self, track: u8, part: Part, program: u8) {
        let at = usize::from(part == Part::Bass);
        self.lock().programs[usize::from(track)][at] = Some(program);
    }

    /// The channel on which a track plays the notes of a part.
    pub fn channel(track: u8, part: Part) -> u8 {
        match part {
            Part::Drums => DRUM_CHANNEL,
            Part::Lead => track,
            // Ten and up: never the drums', never another track's lead.
            Part::Bass => 10 + track % 6,
        }
    }

    /// A message for the player.
    pub fn say(&self, tone: Tone, text: String) {
        (self.sink)(Intent::Say(tone, text));
    }

    /// Something is wrong with a script; `then` tells what goes on.
    pub fn fail(&self, error: &ScriptError, then: &str) {
        let fault = Fault {
            source: error.source.clone(),
            line: error.line,
            column: error.column,
            text: format!("{error}{then}"),
        };
        (self.sink)(Intent::ScriptSays(ScriptNews::Failed(fault)));
    }

    /// A remark that something is not as it should be.
    pub fn hint(&self, text: String) {
        self.say(Tone::Hint, text);
    }

    /// Hands the host something at once.
    pub fn send(&self, intent: Intent) {
        (self.sink)(intent);
    }

    /// Does something at `beat`. What the engine can do on time by itself goes ahead at once.
    pub fn perform(&self, beat: f64, act: Act) {
        match act {
            Act::Play { track, tune } => self.launch(beat, track, &tune),
            Act::Halt(track) => {
                self.lock().rounds[usize::from(track)] = Round::default();
                self.send(Intent::Perform(Command::Halt { track, at: Quantise::at(beat) }));
            }
            Act::Order { track, after, what } => {
                self.send(Intent::Perform(Command::At { beat: beat + after, track, what }));
            }
            Act::Intent(intent) => self.send(intent),
            Act::Timed(intent) => self.lock().waiting.push(Waiting { beat, intent }),
            Act::Queue { track, tune } => {
                let at = self.lock().rounds[usize::from(track)].end(beat);
                self.launch(at, track, &tune);
            }
            Act::Stop => self.lock().waiting.push(Waiting { beat, intent: Intent::Stop }),
        }
    }

    fn launch(&self, beat: f64, track: u8, tune: &Tune) {
        let mut inner = self.lock();
        inner.rounds[usize::from(track)] = Round { from: beat, length: super::chain::beats(tune) };
        inner.launches = inner.launches.wrapping_add(1) & (FIRST_LAUNCH - 1);
        let at = usize::from(track);
        let clip = Arc::new(clip(track, tune, beat, inner.programs[at]));
        let slot = FIRST_LAUNCH + inner.launches;
        let command = Command::Launch { track, slot, clip, at: Quantise::at(beat) };
        let name = inner.tracks.get(at).cloned().unwrap_or_else(|| format!("track {}", track + 1));
        let (seen, part) = seen(name, tune, beat);
        let intent = Intent::Plays { command, slot: Arc::new(seen), part };
        // The engine keeps one launch a track in waiting: a second one is told when the first has begun.
        let before = std::mem::replace(&mut inner.launched[at], beat);
        if before > self.now() + 1e-9 && before < beat {
            // On its very beat the first one may not have begun yet.
            inner.waiting.push(Waiting { beat: before + BEGUN, intent });
            return;
        }
        drop(inner);
        self.send(intent);
    }
}

/// What the screen shows of a pattern that begins at `beat`: its notes in phase with the transport.
fn seen(name: String, tune: &Tune, beat: f64) -> (Slot, Part) {
    let old = tune.pattern();
    let turn = (beat * f64::from(STEPS_PER_QUARTER)).round().rem_euclid(f64::from(old.steps)) as u32;
    let moved = |note: &PatternNote| PatternNote { start: (note.start + turn) % old.steps, ..*note };
    let pattern = Pattern::new(old.steps, old.notes.iter().map(moved).collect());
    let part = match old.notes.iter().find(|note| note.part == Part::Drums).or(old.notes.first()) {
        Some(note) => note.part,
        None => Part::Drums,
    };
    let tokens = match part {
        Part::Drums => Tokens::Drums(Vec::new()),
        Part::Lead | Part::Bass => Tokens::Melody(Vec::new()),
    };
    let (z, recipe) = match tune.origin() {
        Some((made, _)) => (made.z.clone(), made.recipe.clone()),
        None => (Vec::new(), by_hand(old.steps)),
    };
    (Slot::new(name, Generated { pattern, tokens, z, recipe }), part)
}

/// The recipe of what no model made.
fn by_hand(steps: u32) -> Recipe {
    Recipe {
        model: "script".to_owned(),
        seed: 0,
        index: 0,
        temperature: 0.0,
        steps,
        origin: Origin::Reconstruct,
        controls: None,
    }
}

/// The loop of a pattern that begins at `beat`: clips stand in phase with the transport, so it is turned by what the
/// beat is off.
fn clip(track: u8, tune: &Tune, beat: f64, programs: [Option<u8>; 2]) -> Clip {
    let pattern = tune.pattern();
    let beats = |steps: f64| steps / f64::from(STEPS_PER_QUARTER);
    let length = beats(f64::from(pattern.steps));
    let phase = beat.rem_euclid(length);
    let mut of_channel = [None; 16];
    let notes = pattern.notes.iter().map(|note| {
        let channel = Stage::channel(track, note.part);
        of_channel[usize::from(channel)] = Some(match note.part {
            Part::Drums => 0,
            Part::Lead => programs[0].unwrap_or(0),
            Part::Bass => programs[1].unwrap_or(33),
        });
        let mut grid = beats(f64::from(note.start)) + phase;
        if grid >= length - 1e-9 {
            grid = (grid - length).max(0.0);
        }
        let offset = if note.offset.is_finite() { note.offset.clamp(-0.5, 0.5) } else { 0.0 };
        ClipNote {
            sound: grid + beats(f64::from(offset)),
            grid,
            length: beats(f64::from(note.length.max(1))),
            channel,
            key: note.pitch,
            velocity: note.velocity,
            chance: note.chance,
        }
    });
    let notes: Vec<ClipNote> = notes.collect();
    Clip::new(length, notes, of_channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn tune(steps: u32, start: u32) -> Tune {
        let note = PatternNote {
            start,
            length: 1,
            pitch: 36,
            velocity: 90,
            part: Part::Drums,
            offset: 0.0,
            chance: 100,
        };
        Tune::new(Pattern::new(steps, vec![note])).unwrap()
    }

    #[test]
    fn a_pattern_begins_where_it_is_launched_whatever_its_length() {
        // Twelve steps are three beats; launched at beat 4 its first step falls on 4, 7, 10, ...
        let clip = clip(0, &tune(12, 0), 4.0, [None; 2]);
        assert_eq!((clip.length(), clip.notes()[0].grid), (3.0, 1.0));
    }

    #[test]
    fn names_take_tracks_in_order_and_the_ninth_is_refused_with_the_list() {
        let stage = Stage::new(Settings::default(), |_| ());
        assert_eq!(
            (stage.track("bass").unwrap(), stage.track("pad").unwrap(), stage.track("8").unwrap()),
            (2, 3, 7)
        );
        for name in ["a", "b", "c", "d"] {
            stage.track(name).unwrap();
        }
        assert!(stage.track("e").unwrap_err().to_string().contains("drums, lead, bass, pad"));
        assert!(stage.track("9").is_err());
    }

    #[test]
    fn a_second_launch_on_a_track_waits_for_the_first_and_a_stop_for_its_beat() {
        let (send, heard) = channel();
        let stage = Stage::new(Settings::default(), move |intent| drop(send.send(intent)));
        stage.perform(1.0, Act::Play { track: 0, tune: tune(16, 0) });
        stage.perform(1.5, Act::Play { track: 0, tune: tune(16, 0) });
        stage.perform(2.0, Act::Stop);
        assert_eq!(heard.try_iter().count(), 1);
        stage.set_now(1.0, true);
        assert_eq!(heard.try_iter().count(), 0);
        stage.set_now(1.01, true);
        assert_eq!(heard.try_iter().count(), 1);
        stage.set_now(2.0, true);
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [Intent::Stop]);
    }
}
