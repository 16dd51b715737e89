//! Letters as a keyboard: notes of the selected track, heard at once and recorded as those of a MIDI keyboard are.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::app::App;
use super::command::Moment;
use super::editor::LETTERS;
use crate::jam::{Effect, Intent, Tone, kit};
use crate::music::gm;
use crate::music::pattern::Part;

/// How long a note is held where the terminal does not tell when its key is let go, seconds.
const HOLD: f64 = 0.3;
/// A key that comes again so soon is held down, seconds: no finger is as fast, and terminals repeat at twice the rate.
const REPEAT: f64 = 0.09;
/// Octaves that the letter `a` can stand on: C0 to C8.
const OCTAVES: std::ops::RangeInclusive<i8> = 0..=8;
/// Velocities go in steps of this much.
const VELOCITY: i16 = 10;

/// Letters play notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Piano {
    /// Octave of the letter `a`: 4 is middle C.
    pub octave: i8,
    /// Velocity of the notes, 1..=127.
    pub velocity: u8,
    down: Vec<Down>,
    /// The terminal tells when keys are let go.
    tells: bool,
}

/// A letter that is down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Down {
    letter: char,
    key: u8,
    /// When it was pressed or repeated last, seconds.
    at: f64,
}

impl Default for Piano {
    fn default() -> Self {
        Self { octave: 4, velocity: 100, down: Vec::new(), tells: false }
    }
}

impl Piano {
    /// The MIDI key of a letter on a track of `part`; `None` for one that plays nothing there.
    pub fn key(&self, letter: char, part: Part) -> Option<u8> {
        let by = LETTERS.find(letter)? as u8;
        match part {
            Part::Drums => kit::key_of(by),
            Part::Lead | Part::Bass => {
                let octave = self.octave + if part == Part::Bass { -2 } else { 0 };
                u8::try_from(12 * (i16::from(octave) + 1) + i16::from(by)).ok().filter(|key| *key < 128)
            }
        }
    }

    /// Letters that play something on a track of `part`, each with what it plays in a word.
    pub fn letters(&self, part: Part) -> Vec<(char, String)> {
        let word = |key: u8| match part {
            Part::Drums => kit::class_of(key).and_then(kit::name).unwrap_or_default().to_owned(),
            Part::Lead | Part::Bass => {
                let name = gm::note_name(key);
                name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-').to_owned()
            }
        };
        LETTERS.chars().filter_map(|letter| Some((letter, word(self.key(letter, part)?)))).collect()
    }

    /// What stands before the letters: where they play and how hard.
    pub fn title(&self, part: Part) -> String {
        match (part, self.key('a', part)) {
            (Part::Drums, _) | (_, None) => format!("letters play, velocity {}", self.velocity),
            (_, Some(key)) => format!("letters play from {}, velocity {}", gm::note_name(key), self.velocity),
        }
    }

    /// True while a note is down that its time ends.
    pub fn is_timed(&self) -> bool {
        !self.tells && !self.down.is_empty()
    }
}

impl App {
    /// Letters play notes, or mean again what they always do.
    pub(super) fn toggle_piano(&mut self) -> Vec<Effect> {
        if self.piano.is_some() {
            let mut effects = self.lift_all();
            self.piano = None;
            effects.extend(self.intent(Intent::Say(Tone::Said, "Letters are commands again".to_owned())));
            return effects;
        }
        self.editor = None;
        self.piano = Some(Piano::default());
        let text =
            "Letters from a to p play the track: z x octave, c v velocity, {record} records, {close} ends it";
        self.intent(Intent::Say(Tone::Said, text.to_owned()))
    }

    /// A key while letters play; `None` where it means what it always does.
    pub(super) fn played(&mut self, event: KeyEvent, moment: &Moment) -> Option<Vec<Effect>> {
        let piano = self.piano.as_mut()?;
        if self.cramped || self.help.is_some() {
            return None;
        }
        if event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return None;
        }
        let letter = match event.code {
            KeyCode::Esc => return Some(self.toggle_piano()),
            KeyCode::Char(letter) if letter.is_ascii_lowercase() => letter,
            _ => return None,
        };
        let text = match letter {
            'z' | 'x' => return Some(self.lift_octave(if letter == 'x' { 1 } else { -1 })),
            'c' | 'v' => {
                let by = if letter == 'v' { VELOCITY } else { -VELOCITY };
                piano.velocity = (i16::from(piano.velocity) + by).clamp(1, 127) as u8;
                piano.title(self.jam.track().part)
            }
            // The one letter that is needed meanwhile.
            'r' => return None,
            letter => return Some(self.press_letter(letter, event.kind == KeyEventKind::Repeat, moment)),
        };
        Some(self.intent(Intent::Say(Tone::Said, text)))
    }

    /// Letters play so many octaves higher.
    pub(super) fn lift_octave(&mut self, by: i8) -> Vec<Effect> {
        let part = self.jam.track().part;
        let Some(piano) = self.piano.as_mut() else { return Vec::new() };
        piano.octave = piano.octave.saturating_add(by).clamp(*OCTAVES.start(), *OCTAVES.end());
        let text = piano.title(part);
        self.intent(Intent::Say(Tone::Said, text))
    }

    /// A letter goes down, by the keyboard or the mouse.
    pub(super) fn press_letter(&mut self, letter: char, again: bool, moment: &Moment) -> Vec<Effect> {
        let part = self.jam.track().part;
        let Some(piano) = self.piano.as_mut() else { return Vec::new() };
        let Some(key) = piano.key(letter, part) else {
            let text = format!(
                "{letter} plays nothing: letters are a keyboard, {{close}} makes them commands again"
            );
            return self.intent(Intent::Say(Tone::Hint, text));
        };
        if let Some(down) = piano.down.iter_mut().find(|down| down.letter == letter)
            && (again || moment.seconds - down.at < REPEAT)
        {
            down.at = moment.seconds;
            return Vec::new();
        }
        let velocity = piano.velocity;
        piano.down.retain(|down| down.letter != letter);
        piano.down.push(Down { letter, key, at: moment.seconds });
        self.intent(Intent::Strike { beat: moment.beat, key, velocity })
    }

    /// A key of the terminal was let go.
    pub(super) fn let_go(&mut self, event: KeyEvent, moment: &Moment) -> Vec<Effect> {
        let (Some(piano), KeyCode::Char(letter)) = (self.piano.as_mut(), event.code) else {
            return Vec::new();
        };
        piano.tells = true;
        let letter = letter.to_ascii_lowercase();
        self.lift(moment.beat, |down| down.letter == letter)
    }

    /// Ends the notes whose time is over, where nobody tells when their keys are let go.
    pub fn end_played(&mut self, moment: &Moment) -> Vec<Effect> {
        if self.piano.as_ref().is_none_or(|piano| !piano.is_timed()) {
            return Vec::new();
        }
        self.lift(moment.beat, |down| moment.seconds - down.at >= HOLD)
    }

    fn lift_all(&mut self) -> Vec<Effect> {
        let beat = self.jam.playing.then_some(self.meter.beat);
        self.lift(beat, |_| true)
    }

    fn lift(&mut self, beat: Option<f64>, which: impl Fn(&Down) -> bool) -> Vec<Effect> {
        let Some(piano) = self.piano.as_mut() else { return Vec::new() };
        let (gone, rest) = piano.down.drain(..).partition::<Vec<Down>, _>(|down| which(down));
        piano.down = rest;
        gone.into_iter()
            .flat_map(|down| self.intent(Intent::Strike { beat, key: down.key, velocity: 0 }))
            .collect()
    }
}
