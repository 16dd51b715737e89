//! What scripts play on: tracks by name, the bank, and the way of everything to the host with its beat.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::clip;
use super::conductor::Conductor;
use super::ear::{Ear, Ears, Heard};
use super::error::{Outcome, ScriptError, fail};
use super::strip::Strip;
use super::value::{Model, Tune};
use crate::engine::{DRUM_CHANNEL, Order, TRACKS};
use crate::jam::{Fault, Intent, ScriptNews, SlotId, Tone};
use crate::model;
use crate::music::pattern::Part;

mod perform;

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
    /// A bar of fill over what plays on a track, or on all of them.
    Fill(Option<u8>),
    /// The loops of a track are so many steps long; 0: each its own.
    Length {
        /// The track.
        track: u8,
        /// Steps.
        steps: u32,
    },
    /// A track keeps what it plays.
    Freeze(u8),
    /// A track moves again.
    Thaw(u8),
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

#[derive(Default)]
struct Inner {
    /// Their names; a script may add to them.
    tracks: Vec<String>,
    strips: [Strip; TRACKS],
    ears: Ears,
    launches: u32,
    bank: HashMap<SlotId, Tune>,
    models: HashMap<String, Model>,
    waiting: Vec<Waiting>,
    generation: u64,
    playing: bool,
}

impl Inner {
    /// What a track is called.
    fn name(&self, track: u8) -> String {
        self.tracks.get(usize::from(track)).cloned().unwrap_or_else(|| format!("track {}", track + 1))
    }
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
        let inner = Inner { tracks, ..Inner::default() };
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
        inner.strips.iter_mut().for_each(Strip::rewind);
    }

    /// The number of another version.
    pub fn next_generation(&self) -> u64 {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.generation
    }

    /// The track called `name`: `drums`, `lead`, `bass`, a number from 1 to 8, or a name of the script's own, which
    /// takes the next free track, or else the one that scripts have not used for longest before version `version`.
    ///
    /// # Errors
    /// All tracks are taken.
    pub fn track(&self, name: &str, version: u64) -> Outcome<u8> {
        if let Ok(number) = name.parse::<usize>() {
            return match number {
                1..=TRACKS => Ok(number as u8 - 1),
                _ => fail(format!("track {number}: there are tracks 1 to {TRACKS}")),
            };
        }
        let mut inner = self.lock();
        if let Some(at) = inner.tracks.iter().position(|track| track == name) {
            let used = inner.strips[at].used.map(|used| used.max(version));
            inner.strips[at].used = used;
            return Ok(at as u8);
        }
        let at = match inner.tracks.len() {
            TRACKS => {
                let old = |at: &usize| inner.strips[*at].used.is_some_and(|used| used < version);
                let Some(at) = (0..TRACKS).filter(old).min_by_key(|at| inner.strips[*at].used) else {
                    let taken = inner.tracks.join(", ");
                    return fail(format!(
                        "track \"{name}\": all {TRACKS} tracks are taken ({taken}); use one of them"
                    ));
                };
                inner.tracks[at] = name.to_owned();
                at
            }
            free => {
                inner.tracks.push(name.to_owned());
                free
            }
        };
        inner.strips[at].used = Some(version);
        let names = inner.tracks.clone();
        drop(inner);
        self.send(Intent::ScriptSays(ScriptNews::Tracks(names)));
        Ok(at as u8)
    }

    /// The tracks on which patterns of scripts go round.
    pub fn busy(&self) -> Vec<u8> {
        let inner = self.lock();
        (0..TRACKS as u8).filter(|track| inner.strips[usize::from(*track)].round.is_some()).collect()
    }

    /// The jam has tracks of these names: those that scripts do not know yet are theirs as well.
    pub fn know_tracks(&self, names: &[String]) {
        let mut inner = self.lock();
        let known = inner.tracks.len();
        inner.tracks.extend(names.iter().take(TRACKS).skip(known).cloned());
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
        self.lock().strips[usize::from(track)].programs[at] = Some(program);
    }

    /// The channel that a track is known by: that of what goes round on it, else of its single notes.
    pub fn main_channel(&self, track: u8) -> u8 {
        let inner = self.lock();
        let round = inner.strips[usize::from(track)].round.as_ref();
        let part = match round {
            Some(round) => clip::part(round.tune.pattern()),
            None if track == 0 => Part::Drums,
            None => Part::Lead,
        };
        Self::channel(track, part)
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
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::tune;
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn names_take_tracks_in_order_and_the_ninth_is_refused_with_the_list() {
        let stage = Stage::new(Settings::default(), |_| ());
        assert_eq!(
            (stage.track("bass", 1).unwrap(), stage.track("pad", 1).unwrap(), stage.track("8", 1).unwrap()),
            (2, 3, 7)
        );
        for name in ["a", "b", "c", "d"] {
            stage.track(name, 1).unwrap();
        }
        assert!(stage.track("e", 1).unwrap_err().to_string().contains("drums, lead, bass, pad"));
        assert!(stage.track("9", 1).is_err());
        // Another script has tracks of its own: those that nobody uses any more, never the jam's.
        assert_eq!((stage.track("a", 2).unwrap(), stage.track("e", 2).unwrap()), (4, 3));
        let taken: Vec<u8> = ["f", "g", "h"].iter().map(|name| stage.track(name, 2).unwrap()).collect();
        assert_eq!(taken, [5, 6, 7]);
        assert!(stage.track("i", 2).is_err() && stage.track("a", 2).is_ok());
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
