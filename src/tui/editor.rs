//! Writing notes by hand: a cursor on a step and a key, a selection, and the changes of the selected pattern.

use ratatui::crossterm::event::KeyCode;

use crate::engine::Clip;
use crate::jam::notes::{self, SCALES, Scale, Span};
use crate::jam::{Intent, Slot, SlotId, Tone, kit, track};
use crate::music::gm;
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote};

/// What an editing command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Move the cursor by steps and keys (drums: classes).
    Go(i8, i8),
    /// Write a note, or take the one away that sounds there.
    Toggle,
    /// Take the selected notes away.
    Delete,
    /// Move the selected notes by steps and keys.
    Shift(i8, i8),
    /// Make the selected notes longer by steps.
    Resize(i8),
    /// Strike the selected notes harder.
    Louder(i8),
    /// Let the selected notes sound in more of the rounds, by so many percent; by 0: the next of 100, 75, 50, 25.
    Likelier(i8),
    /// Let the selected notes sound in so many percent of the rounds.
    Chance(u8),
    /// Strike the selected notes as hard as this, 1 to 127.
    Velocity(u8),
    /// Begin a selection at the cursor, or forget it.
    Select,
    /// Select every note of the part.
    All,
    /// Remember the selected notes.
    Copy,
    /// Put the remembered notes in at the cursor.
    Paste,
    /// Put the selected notes on the grid.
    Quantise,
    /// The next scale.
    Scale,
    /// The scale on the next root.
    Root,
    /// The next part of a trio.
    Part,
    /// Letters of the keyboard write notes, or do what they did.
    Entry,
}

/// The editor of one pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Editor {
    /// Where the pattern stands.
    pub place: SlotId,
    /// The part that is edited.
    pub part: Part,
    /// Step of the cursor.
    pub step: u32,
    /// Key of the cursor.
    pub key: u8,
    /// The other corner of the selection.
    pub anchor: Option<(u32, u8)>,
    /// Letters write notes.
    pub entry: bool,
    /// Length of new notes in steps.
    length: u32,
    /// Index of the scale.
    scale: usize,
    /// Its root, 0 (C) to 11 (B).
    root: u8,
    clipboard: Vec<PatternNote>,
}

/// Letters of a keyboard in the order of the keys from C up, as on a typewriter: the row above has the black keys.
pub(super) const LETTERS: &str = "awsedftgyhujkolp";

impl Editor {
    /// An editor of `slot` at `place`, on its first part, at its first note.
    pub fn new(place: SlotId, slot: &Slot) -> Self {
        let part = track::parts(&slot.made.tokens).first().copied().unwrap_or(Part::Drums);
        let mut editor = Self {
            place,
            part,
            step: 0,
            key: 60,
            anchor: None,
            entry: false,
            length: 2,
            scale: 0,
            root: 0,
            clipboard: Vec::new(),
        };
        editor.enter(part, slot.pattern());
        editor
    }

    fn enter(&mut self, part: Part, pattern: &Pattern) {
        let first = pattern.notes.iter().find(|note| note.part == part);
        self.part = part;
        self.anchor = None;
        self.key = match part {
            Part::Drums => kit::key_of(0).unwrap_or(36),
            Part::Lead => first.map_or(60, |note| note.pitch),
            Part::Bass => first.map_or(36, |note| note.pitch),
        };
    }

    /// The scale that notes keep to.
    pub fn scale(&self) -> Scale {
        SCALES[self.scale % SCALES.len()].on(self.root)
    }

    /// Its name with its root: `D minor`.
    fn scale_name(&self) -> String {
        let name = self.scale().name;
        let root = gm::note_name(60 + self.root);
        let root = root.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
        if self.scale.is_multiple_of(SCALES.len()) { name.to_owned() } else { format!("{root} {name}") }
    }

    /// Where the cursor stands in `pattern`, in words, and how the note there is struck: `beat 2.3, G#4, velocity 96`.
    /// The key is the one that is heard, `octave` octaves from the one that is written.
    pub fn where_is(&self, pattern: &Pattern, octave: i8) -> String {
        let (beat, step) = (self.step / 4 + 1, self.step % 4 + 1);
        let key = match self.part {
            Part::Drums => kit::class_of(self.key).and_then(kit::name).unwrap_or("no drum").to_owned(),
            _ => gm::note_name(Clip::moved(self.part, self.key, octave)),
        };
        let scale = if self.scale == 0 { String::new() } else { format!(", {}", self.scale_name()) };
        let under = notes::at(pattern, self.part, self.step, self.key);
        let struck = under.map_or(String::new(), |note| format!(", velocity {}", note.velocity));
        let chance = under.filter(|note| note.chance < ALWAYS);
        let chance = chance.map_or(String::new(), |note| format!(", in {}% of the rounds", note.chance));
        let entry = if self.entry { ", letters write notes" } else { "" };
        format!("beat {beat}.{step}, {key}{struck}{chance}{scale}{entry}")
    }

    /// The notes that commands are about: the selection, or the note under the cursor.
    pub fn span(&self, pattern: &Pattern) -> Span {
        if let Some((step, key)) = self.anchor {
            let keys = match self.part {
                // Classes are selected by their lanes, and a lane has many keys.
                Part::Drums => self.lanes(key),
                _ => self.key.min(key)..=self.key.max(key),
            };
            return Span { part: self.part, steps: self.step.min(step)..self.step.max(step) + 1, keys };
        }
        let note = notes::at(pattern, self.part, self.step, self.key);
        let (start, key) = note.map_or((self.step, self.key), |note| (note.start, note.pitch));
        Span { part: self.part, steps: start..start + 1, keys: key..=key }
    }

    /// Keys from the lowest to the highest of the lanes between the cursor's and that of `key`. General MIDI's kit is
    /// not in the order of the lanes, so that more than one lane at once means all of them.
    fn lanes(&self, key: u8) -> std::ops::RangeInclusive<u8> {
        if kit::class_of(key) == kit::class_of(self.key) { self.key..=self.key } else { 0..=127 }
    }

    /// Moves the cursor, within the pattern and the keyboard.
    fn go(&mut self, steps: i8, keys: i8, pattern: &Pattern) {
        let last = pattern.steps.saturating_sub(1);
        self.step = self.step.saturating_add_signed(i32::from(steps)).min(last);
        self.key = match self.part {
            Part::Drums => {
                let class = i16::from(kit::class_of(self.key).unwrap_or(0)) + i16::from(keys);
                kit::key_of(class.clamp(0, i16::from(kit::CLASSES) - 1) as u8).unwrap_or(self.key)
            }
            _ => (i16::from(self.key) + i16::from(keys)).clamp(0, 127) as u8,
        };
    }

    /// Carries out `edit` on `pattern`; what the jam is to do about it.
    pub fn act(&mut self, edit: Edit, slot: &Slot) -> Option<Intent> {
        let pattern = slot.pattern();
        let span = self.span(pattern);
        let whole = |text: &str| Some(Intent::Say(Tone::Said, text.to_owned()));
        match edit {
            Edit::Go(steps, keys) => {
                self.go(steps, keys, pattern);
                None
            }
            Edit::Resize(by) if notes::copy(pattern, &span).is_empty() => {
                self.length = self.length.saturating_add_signed(i32::from(by)).clamp(1, 64);
                let steps = if self.length == 1 { "step" } else { "steps" };
                whole(&format!("Notes written from now on are {} {steps} long", self.length))
            }
            Edit::Delete
            | Edit::Louder(_)
            | Edit::Likelier(_)
            | Edit::Chance(_)
            | Edit::Velocity(_)
            | Edit::Quantise
                if notes::copy(pattern, &span).is_empty() =>
            {
                Some(Intent::Say(Tone::Hint, "No note here. {note} writes one".to_owned()))
            }
            Edit::Scale | Edit::Root if self.part == Part::Drums => {
                Some(Intent::Say(Tone::Hint, "Drums have no scale: it is for melodies and basses".to_owned()))
            }
            Edit::Toggle => {
                let there = notes::at(pattern, self.part, self.step, self.key).is_some();
                let key = match self.part {
                    Part::Drums => self.key,
                    _ if there => self.key,
                    _ => self.scale().nearest(self.key),
                };
                let label = if there { "take a note away" } else { "write a note" };
                self.write(notes::toggle(pattern, self.part, self.step, key, self.length), label, false)
            }
            Edit::Delete => {
                let without = notes::remove(pattern, &span);
                // The cursor goes to where the first of them stood: what is written next takes their place.
                if let Some(first) = notes::copy(pattern, &span).first() {
                    (self.step, self.key) = (span.steps.start + first.start, first.pitch);
                }
                self.anchor = None;
                self.write(without, "delete notes", false)
            }
            Edit::Shift(steps, keys) => {
                let moved = notes::shift(pattern, &span, i32::from(steps), i16::from(keys), &self.scale());
                let Some(moved) = moved else {
                    return Some(Intent::Say(Tone::Hint, "That is as far as notes go".to_owned()));
                };
                // The selection and the cursor go along.
                let before = (self.step, self.key);
                self.go(steps, keys, pattern);
                if let Some((step, key)) = &mut self.anchor {
                    *step = step.saturating_add_signed(i32::from(steps));
                    *key = key.saturating_add_signed(keys);
                } else if self.part != Part::Drums && keys != 0 {
                    self.key =
                        self.scale().nearest((i16::from(before.1) + i16::from(keys)).clamp(0, 127) as u8);
                }
                self.write(moved, "move notes", true)
            }
            Edit::Resize(by) => {
                self.length = self.length.saturating_add_signed(i32::from(by)).clamp(1, 64);
                self.write(notes::resize(pattern, &span, i32::from(by)), "resize notes", true)
            }
            Edit::Louder(by) => self.write(notes::louder(pattern, &span, i16::from(by)), "velocity", true),
            Edit::Likelier(0) => {
                let next =
                    |chance: u8| if chance > 25 { i16::from(chance.div_ceil(25)) * 25 - 25 } else { 100 };
                self.write(notes::likelier(pattern, &span, next), "chance", true)
            }
            Edit::Likelier(by) => {
                let changed = notes::likelier(pattern, &span, |chance| i16::from(chance) + i16::from(by));
                self.write(changed, "chance", true)
            }
            Edit::Chance(percent) => {
                self.write(notes::likelier(pattern, &span, |_| i16::from(percent)), "chance", false)
            }
            Edit::Velocity(velocity) => {
                self.write(notes::struck(pattern, &span, velocity), "velocity", false)
            }
            Edit::Select => {
                self.anchor = if self.anchor.is_some() { None } else { Some((self.step, self.key)) };
                None
            }
            Edit::All => {
                self.anchor = Some((0, 0));
                (self.step, self.key) = (pattern.steps.saturating_sub(1), 127);
                if self.part == Part::Drums {
                    self.anchor = Some((0, kit::key_of(0).unwrap_or(36)));
                    self.key = kit::key_of(kit::CLASSES - 1).unwrap_or(51);
                }
                whole("Every note of the part is selected")
            }
            Edit::Copy => {
                self.clipboard = notes::copy(pattern, &span);
                let count = match self.clipboard.len() {
                    1 => "1 note".to_owned(),
                    many => format!("{many} notes"),
                };
                Some(Intent::Say(
                    Tone::Said,
                    format!("{count} copied. {{edit-paste}} puts them in at the cursor"),
                ))
            }
            Edit::Paste if self.clipboard.is_empty() => Some(Intent::Say(
                Tone::Hint,
                "Nothing to paste. {edit-copy} copies the selected notes".to_owned(),
            )),
            Edit::Paste => {
                self.write(notes::paste(pattern, self.step, &self.clipboard), "paste notes", false)
            }
            Edit::Quantise => self.write(notes::quantise(pattern, &span), "quantise notes", false),
            Edit::Scale => {
                self.scale = (self.scale + 1) % SCALES.len();
                Some(Intent::Say(
                    Tone::Said,
                    format!("Notes keep to {}. {{scale-root}} moves its root", self.scale_name()),
                ))
            }
            Edit::Root => {
                self.root = (self.root + 1) % 12;
                if self.scale.is_multiple_of(SCALES.len()) {
                    self.scale = 1;
                }
                Some(Intent::Say(Tone::Said, format!("Notes keep to {}", self.scale_name())))
            }
            Edit::Part => {
                let parts = track::parts(&slot.made.tokens);
                let at = parts.iter().position(|part| *part == self.part).unwrap_or(0);
                let next = parts.get((at + 1) % parts.len().max(1)).copied().unwrap_or(self.part);
                self.enter(next, pattern);
                None
            }
            Edit::Entry => {
                self.entry = !self.entry;
                whole(if self.entry {
                    "Letters from a to p, and the keys of a MIDI input, write notes; space is a rest, esc ends it"
                } else {
                    "Letters are commands again"
                })
            }
        }
    }

    /// A letter while letters write notes; `None` where it is none of them.
    pub fn letter(&mut self, code: KeyCode, slot: &Slot) -> Option<Option<Intent>> {
        let KeyCode::Char(letter) = code else { return None };
        let length = if self.part == Part::Drums { 1 } else { self.length };
        let pattern = slot.pattern();
        if letter == ' ' {
            self.go(length.min(64) as i8, 0, pattern);
            return Some(None);
        }
        let by = LETTERS.find(letter)? as u8;
        let key = match self.part {
            Part::Drums => kit::key_of(by)?,
            _ => self.scale().nearest((self.key / 12 * 12 + by).min(127)),
        };
        if notes::at(pattern, self.part, self.step, key).is_some_and(|note| note.start == self.step) {
            self.go(length as i8, 0, pattern);
            return Some(None);
        }
        let written = notes::toggle(pattern, self.part, self.step, key, length);
        self.go(length as i8, 0, pattern);
        Some(self.write(written, "write a note", false))
    }

    /// A key of a MIDI input was struck while notes are entered: it is written, and the cursor goes on.
    pub fn struck(&mut self, key: u8, velocity: u8, slot: &Slot) -> Option<Intent> {
        let length = if self.part == Part::Drums { 1 } else { self.length };
        let pattern = slot.pattern();
        let key = match self.part {
            Part::Drums => kit::class_of(key).and_then(kit::key_of)?,
            _ => self.scale().nearest(key.min(127)),
        };
        let mut written = pattern.clone();
        // What stands there gives way to what is struck now.
        if let Some(old) = notes::at(pattern, self.part, self.step, key).filter(|n| n.start == self.step) {
            let span = Span { part: self.part, steps: old.start..old.start + 1, keys: old.pitch..=old.pitch };
            written = notes::remove(pattern, &span);
        }
        let mut written = notes::toggle(&written, self.part, self.step, key, length);
        let new =
            written.notes.iter_mut().find(|n| (n.part, n.start, n.pitch) == (self.part, self.step, key));
        if let Some(note) = new {
            note.velocity = velocity.clamp(1, 127);
        }
        self.go(length.min(64) as i8, 0, pattern);
        if self.part != Part::Drums {
            // Letters go on in the octave that is played.
            self.key = key;
        }
        self.write(written, "write a note", false)
    }

    fn write(&self, pattern: Pattern, label: &str, nudge: bool) -> Option<Intent> {
        Some(Intent::Write { place: self.place, pattern, label: label.to_owned(), nudge })
    }
}
