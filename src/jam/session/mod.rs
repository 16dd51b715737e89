//! Sessions: everything that makes a jam, as a TOML file that people can read and compare.
//!
//! ```text
//! State -> Session (plain data) -> TOML text -> written aside, renamed
//! TOML text -> migrations -> Session -> State
//! ```

mod code;
mod field;
mod file;
#[cfg(test)]
mod files;
mod migrate;
pub mod seen;
pub mod store;

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use super::history::Edit;
use super::palette::Field;
use super::quantise::Quantise;
use super::slot::{Slot, SlotId};
use super::state::State;
use super::track::{Known, Track};

/// Version of the files that this program writes.
pub const VERSION: i64 = 2;

/// What a session file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Tempo, quarters a minute.
    pub bpm: f64,
    /// Swing, 0.5 to 0.75.
    pub swing: f32,
    /// Sampling temperature.
    pub temperature: f32,
    /// Muted drum classes (bit = class).
    pub muted: u16,
    /// Launch boundary.
    pub quantise: Quantise,
    /// Bars counted in before the music starts.
    pub count_in: u8,
    /// Seed of the next request.
    pub seed: u64,
    /// The selected track.
    pub track: usize,
    /// The selected place.
    pub cursor: SlotId,
    /// Loops of each point of a chain.
    pub rounds: u8,
    /// A chain begins anew at its end.
    pub around: bool,
    /// The palette, without the way that its dot came.
    pub palette: Field,
    /// The tracks, each with the place of the pattern that plays on it.
    pub tracks: Vec<(Track, Option<SlotId>)>,
    /// The filled places in reading order.
    pub slots: Vec<(SlotId, Arc<Slot>)>,
}

/// What helps where `path` cannot be written.
fn remedy(path: &std::path::Path) -> String {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => format!("there is no folder {}: make it first", folder.display()),
        None => "free some room, or start mvae-tui in a folder that you can write to".to_owned(),
    }
}

/// Why a session was not read or written. The messages name the file, the cause and the remedy.
#[derive(Debug, Error)]
pub enum SessionError {
    /// No such file, no right to read it.
    #[error("{} cannot be read ({cause}); `mvae-tui` alone starts a fresh jam, ctrl-s in it writes a session", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The disk is full, the folder is not there, ...
    #[error("{} cannot be written ({cause}); {}", path.display(), remedy(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A new name that is none.
    #[error("{} is there already. Save under another name, or open it first and save into it", path.display())]
    Taken {
        /// The file.
        path: PathBuf,
    },
    /// Another program wrote into the file since it was opened or saved here.
    #[error(
        "{} was changed by another program. Saving again replaces it; `:save NAME` saves under another name", path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// No TOML, or a value of the wrong type.
    #[error("{file}, line {line}: {cause}. Mend the line, or open an older copy of the session")]
    Syntax {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        cause: String,
    },
    /// A value that makes no sense.
    #[error("{file}: {what}. Mend it in the file, or open an older copy of the session")]
    Value {
        /// The file.
        file: String,
        /// What is wrong, with its place.
        what: String,
    },
    /// From the future.
    #[error(
        "{file} is version {version} and this program reads up to {VERSION}: a newer mvae-tui wrote it. Open it with that one"
    )]
    Newer {
        /// The file.
        file: String,
        /// Its version.
        version: i64,
    },
    /// All numbered names are taken.
    #[error("{} holds a session of every number; move some away", folder.display())]
    Full {
        /// The folder.
        folder: PathBuf,
    },
}

impl Session {
    /// The session of a jam as it is now.
    pub fn of(state: &State) -> Self {
        let edit = &state.edit;
        let playing = |at: usize| {
            let launch = state.queued_on(at).or(state.sounding_on(at))?;
            (!launch.script && edit.bank.get(launch.place).is_some()).then_some(launch.place)
        };
        Self {
            bpm: edit.bpm,
            swing: edit.swing,
            temperature: edit.temperature,
            muted: edit.muted,
            quantise: state.quantise,
            count_in: state.count_in,
            seed: state.seed,
            track: state.track,
            cursor: state.cursor,
            rounds: edit.rounds,
            around: edit.around,
            palette: Field { trail: Vec::new(), ..edit.palette.clone() },
            tracks: edit.tracks.iter().enumerate().map(|(at, track)| (track.clone(), playing(at))).collect(),
            slots: edit.bank.filled().map(|(place, slot)| (place, slot.clone())).collect(),
        }
    }

    /// A stopped jam with what the session holds; `models` are those at hand.
    pub fn state(&self, models: Vec<Known>) -> State {
        let model = self.tracks.first().map_or_else(String::new, |(track, _)| track.model.clone());
        let mut state = State::new(model, self.seed);
        state.models = models;
        self.put_into(&mut state);
        state
    }

    /// Puts what the session holds in place of what `state` has; undo, log and models stay.
    pub fn put_into(&self, state: &mut State) {
        let mut edit = Edit::new(String::new());
        edit.bpm = self.bpm;
        edit.swing = self.swing;
        edit.temperature = self.temperature;
        edit.muted = self.muted;
        (edit.rounds, edit.around) = (self.rounds, self.around);
        edit.palette = self.palette.clone();
        edit.tracks = self.tracks.iter().map(|(track, _)| track.clone()).collect();
        for (place, slot) in &self.slots {
            edit.bank.put(*place, Some(slot.clone()));
        }
        state.edit = edit;
        state.quantise = self.quantise;
        state.count_in = self.count_in;
        state.seed = self.seed;
        state.track = self.track.min(self.tracks.len().saturating_sub(1));
        state.cursor = self.cursor;
    }

    /// The models of its tracks that cannot be read, each with why.
    pub fn unreadable_models(&self) -> Vec<(String, String)> {
        let mut names: Vec<&String> = self.tracks.iter().map(|(track, _)| &track.model).collect();
        names.sort();
        names.dedup();
        let fault = |name: &String| Some((name.clone(), crate::model::look(name).err()?.to_string()));
        names.into_iter().filter_map(fault).collect()
    }

    /// The session as text. The same session gives the same text.
    pub fn to_toml(&self) -> String {
        file::write(self)
    }

    /// Reads a session; `name` is the file's, for messages. Also gives what was passed over, in words.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn from_toml(text: &str, name: &str) -> Result<(Self, Vec<String>), SessionError> {
        file::read(text, name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, give, groove, melody, trio, with_all_kinds};
    use super::super::{Frozen, Intent, Output, Slot};
    use super::{Session, SessionError, VERSION};
    use crate::music::pattern::Part;
    use std::sync::Arc;

    fn full() -> Session {
        let mut state = with_all_kinds();
        give(&mut state, Intent::Begin);
        let mut chancy = melody(1);
        chancy.pattern.notes[3].chance = 40;
        for (place, made) in [("B1", chancy), ("C3", trio(2)), ("H8", groove(3))] {
            state.edit.bank.put(at(place), Some(Arc::new(Slot::new(format!("a \"{place}\""), made))));
        }
        state.edit.tracks[1].level = -7.5;
        state.edit.tracks[2].octave = -1;
        state.edit.tracks[1].pan = -0.3;
        state.edit.tracks[1].steps = Some(12);
        state.edit.tracks[1].output = Output::Port("volca".into());
        state.edit.tracks[1].gear.channel = Some(4);
        state.edit.tracks[1].gear.bank = Some(396);
        state.edit.tracks[1].gear.program = Some(11);
        state.edit.tracks[0].gear.keys = Some([36, 37, 38, 39, 40, 41, 42, 43, 44]);
        state.edit.tracks[2].output = Output::BuiltIn;
        let slot = Arc::new(Slot::new("printed", melody(3)));
        let frozen = Frozen { place: at("B2"), part: Part::Lead, slot };
        state.edit.tracks[2].frozen = Some(Arc::new(frozen));
        state.count_in = 2;
        (state.edit.rounds, state.edit.around) = (3, true);
        state.edit.muted = 0b101;
        state.edit.swing = 0.62;
        give(&mut state, Intent::SelectTrack(1));
        Session::of(&state)
    }

    #[test]
    fn a_session_is_read_back_to_the_last_bit() {
        let session = full();
        let text = session.to_toml();
        let (again, warnings) = Session::from_toml(&text, "x.toml").unwrap();
        assert_eq!(again, session);
        assert_eq!(warnings, [] as [String; 0]);
        assert_eq!(again.to_toml(), text);
    }

    #[test]
    fn it_is_text_that_a_change_moves_little_of() {
        let session = full();
        let mut changed = session.clone();
        changed.bpm = 133.0;
        let (a, b) = (session.to_toml(), changed.to_toml());
        let differ = a.lines().zip(b.lines()).filter(|(a, b)| a != b).count();
        assert_eq!((differ, a.lines().count()), (1, b.lines().count()));
        assert!(a.lines().all(|line| line.len() < 9000));
        insta::assert_snapshot!(
            a.lines().filter(|line| line.len() < 100).take(60).collect::<Vec<_>>().join("\n")
        );
    }

    #[test]
    fn what_a_session_does_not_know_is_passed_over_with_a_word_and_the_near_one() {
        let text = full().to_toml().replacen("bpm = ", "bmp = 3\nbpm = ", 1);
        let (_, warnings) = Session::from_toml(&text, "x.toml").unwrap();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("bmp") && warnings[0].contains("bpm"), "{warnings:?}");
    }

    #[test]
    fn faults_are_told_with_file_and_line_and_nothing_is_read_by_halves() {
        let text = full().to_toml();
        let fault = |text: &str| Session::from_toml(text, "set.toml").unwrap_err().to_string();
        let broken = fault(&text.replacen("swing = ", "swing = [", 1));
        assert!(broken.starts_with("set.toml, line "), "{broken}");
        assert!(fault(&text.replacen("place = \"A1\"", "place = \"Z9\"", 1)).contains("Z9"));
        assert!(fault(&text[..text.len() / 2]).starts_with("set.toml"));
        let newer = text.replacen(&format!("version = {VERSION}"), "version = 99", 1);
        assert!(matches!(Session::from_toml(&newer, "x"), Err(SessionError::Newer { version: 99, .. })));
        assert!(fault("").contains("version"));
    }

    #[test]
    fn settings_outside_their_range_are_brought_into_it_with_a_word() {
        let text =
            full().to_toml().replacen("bpm = 120.0", "bpm = 9000.0", 1).replacen("pan = ", "pan = 4", 1);
        let (session, told) = Session::from_toml(&text, "x").unwrap();
        assert_eq!((session.bpm, session.tracks[0].0.pan), (300.0, 1.0));
        let [pan, bpm] = told.try_into().unwrap();
        assert_eq!(bpm, "bpm = 9000: 20 to 300 are possible, 300 is taken");
        assert!(pan.starts_with("track \"drums\": pan = 4") && pan.ends_with("1 is taken"), "{pan}");
    }

    #[test]
    fn so_are_the_chain_s_rounds_and_the_chosen_track() {
        let last = full().tracks.len() - 1;
        let far = full().to_toml().replacen("rounds = 3", "rounds = 200", 1).replacen(
            "selected_track = 2",
            "selected_track = 99",
            1,
        );
        let (session, told) = Session::from_toml(&far, "x").unwrap();
        assert_eq!((session.rounds, session.track), (8, last));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|line| line.starts_with("chain: rounds = 200: 1 to 8")), "{told:?}");
        assert!(told.iter().any(|line| line.starts_with("selected_track = 99")), "{told:?}");
    }
}
