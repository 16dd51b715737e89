//! Notes: a keyboard at the left, a line a key, or half a line where an octave would not fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::bands::{self, Band, Luck};
use super::window::{Marks, Window};
use crate::jam::Slot;
use crate::music::gm;
use crate::music::pattern::{ALWAYS, Part};
use crate::tui::app::App;
use crate::tui::view::paint::{Pen, cut};
use crate::tui::view::{Layout, grid};

/// A note at one step.
#[derive(Clone, Copy)]
struct Held {
    key: i16,
    velocity: u8,
    onset: bool,
    last: bool,
    /// Steps since it began.
    age: u32,
    /// The key as it is written, percent of the rounds, and what that means in the one that is shown.
    written: u8,
    chance: u8,
    luck: Luck,
}

/// Which keys the lines of a band stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The key at the top.
    pub top: i16,
    /// Keys a line: 1 or 2.
    pub per_line: i16,
}

impl Scale {
    /// The scale on which `low` to `high` fit `lines` best, moved up by `shift` keys.
    pub fn fit(low: i16, high: i16, lines: u16, shift: i16) -> Self {
        let (keys, lines) = (high - low + 1, lines as i16);
        let per_line = if keys <= lines { 1 } else { 2 };
        let span = lines * per_line;
        // What does not fit is cut at the bottom: the tune is at the top.
        let top = high + ((span - keys) / 2).max(0) + shift;
        Self { top: top.clamp(span - 1, 127.max(span - 1)), per_line }
    }

    /// The key of line `line`, upper half or lower.
    pub fn key(&self, line: u16, half: i16) -> i16 {
        self.top - line as i16 * self.per_line - half
    }
}

/// The lowest and highest key of what `band` shows; an octave from middle C where there is none.
fn range(app: &App, band: &Band) -> (i16, i16) {
    let mut all: Option<(i16, i16)> = None;
    for (slot, part, octave) in bands::patterns(app, band) {
        for note in slot.pattern().notes.iter().filter(|note| note.part == part) {
            let key = i16::from(note.pitch) + 12 * i16::from(octave);
            all = Some(all.map_or((key, key), |(low, high)| (low.min(key), high.max(key))));
        }
    }
    for stroke in bands::strokes(app, band) {
        let key = i16::from(stroke.key);
        all = Some(all.map_or((key, key), |(low, high)| (low.min(key), high.max(key))));
    }
    if let Some(editor) =
        app.editor.as_ref().filter(|editor| band.track.is_none() && editor.part == band.part)
    {
        let key = i16::from(editor.key) + 12 * i16::from(bands::edited(app, band.part));
        all = Some(all.map_or((key, key), |(low, high)| (low.min(key), high.max(key))));
    }
    all.unwrap_or((60, 71))
}

/// The scale of a band as it is drawn.
pub fn scale(app: &App, band: &Band) -> Scale {
    let (low, high) = range(app, band);
    Scale::fit(low, high, band.area.height, app.lift)
}

/// The notes that are held at each step of a pattern's part.
fn held(slot: &Slot, part: Part, octave: i8) -> Vec<Vec<Held>> {
    let pattern = slot.pattern();
    let mut steps = vec![Vec::new(); pattern.steps as usize];
    for note in pattern.notes.iter().filter(|note| note.part == part) {
        let end = (note.start + note.length.max(1)).min(pattern.steps);
        for at in note.start..end {
            let one = Held {
                key: i16::from(note.pitch) + 12 * i16::from(octave),
                velocity: note.velocity,
                onset: at == note.start,
                last: at + 1 == end,
                age: at - note.start,
                written: note.pitch,
                chance: note.chance,
                luck: Luck::Always,
            };
            if let Some(step) = steps.get_mut(at as usize) {
                step.push(one);
            }
        }
    }
    steps
}

/// True for the black keys of a keyboard.
pub fn is_black(key: i16) -> bool {
    matches!(key.rem_euclid(12), 1 | 3 | 6 | 8 | 10)
}

/// One visible step of a band.
#[derive(Clone, Default)]
struct Step {
    notes: Vec<Held>,
    known: bool,
    queued: bool,
}

/// Draws a band of notes.
pub fn draw(app: &App, layout: &Layout, band: &Band, window: Window, buffer: &mut Buffer) {
    let scale = scale(app, band);
    keyboard(app, layout, band, scale, buffer);
    let first = window.step(0).0;
    let count = i64::from(layout.roll_width()) / window.cell + 2;
    let mut known: Vec<(*const Slot, Vec<Vec<Held>>)> = Vec::new();
    let mut steps: Vec<Step> = (first..first + count)
        .map(|at| {
            let Some(shown) = bands::shown(app, band, at) else { return Step::default() };
            let slot: *const Slot = shown.slot;
            let index = known.iter().position(|(one, _)| *one == slot).unwrap_or_else(|| {
                known.push((slot, held(shown.slot, part_of(app, band), shown.octave)));
                known.len() - 1
            });
            let notes = known.get(index).and_then(|(_, steps)| steps.get(shown.within as usize));
            let mut notes = notes.cloned().unwrap_or_default();
            for note in notes.iter_mut().filter(|note| note.chance < ALWAYS) {
                // What is held was decided where it began.
                let began = at - i64::from(note.age);
                note.luck = bands::luck(band, &shown, began, note.written, note.chance);
            }
            Step { notes, known: true, queued: shown.queued }
        })
        .collect();
    strike(app, band, first, &mut steps);
    let marks = ["roll.lane", "roll.lane.odd"].map(|ground| Marks::on(&app.theme, ground));
    for line in 0..band.area.height {
        for x in 0..layout.roll_width() {
            let (at, within) = window.step(x);
            let Some(step) = usize::try_from(at - first).ok().and_then(|index| steps.get(index)) else {
                continue;
            };
            let place = Place { band, window, scale, marks: &marks, line, at, within, step };
            let (glyph, style) = match scale.per_line {
                1 => place.whole(app),
                _ => place.halves(app),
            };
            let at = (band.area.x + layout.label_width + x, band.area.y + line);
            if let Some(cell) = buffer.cell_mut(at) {
                cell.set_symbol(glyph).set_style(style);
            }
        }
    }
}

/// Puts the single notes of a band's track among those of its patterns.
fn strike(app: &App, band: &Band, first: i64, steps: &mut [Step]) {
    let mut any = false;
    for stroke in bands::strokes(app, band) {
        any = true;
        let (begin, _) = stroke.place();
        let end = begin + stroke.steps();
        for at in begin.max(first)..end.min(first + steps.len() as i64) {
            let Some(step) = usize::try_from(at - first).ok().and_then(|index| steps.get_mut(index)) else {
                continue;
            };
            step.notes.push(Held {
                key: i16::from(stroke.key),
                velocity: stroke.velocity,
                onset: at == begin,
                last: at + 1 == end,
                age: (at - begin) as u32,
                written: stroke.key,
                chance: ALWAYS,
                luck: Luck::Always,
            });
        }
    }
    if any {
        (first..).zip(steps).for_each(|(at, step)| step.known |= at >= 0);
    }
}

/// The part of the patterns that a band shows.
fn part_of(app: &App, band: &Band) -> Part {
    bands::patterns(app, band).first().map_or(band.part, |(_, part, _)| *part)
}

/// The colour of a band's notes: by what its track is for.
fn scope(app: &App, band: &Band) -> &'static str {
    let part = band.track.and_then(|at| app.jam.edit.tracks.get(at)).map_or(band.part, |track| track.part);
    if part == Part::Bass { "note.bass" } else { "note.lead" }
}

/// One cell of a band.
struct Place<'a> {
    band: &'a Band,
    window: Window,
    scale: Scale,
    /// On white keys and on black ones.
    marks: &'a [Marks; 2],
    line: u16,
    at: i64,
    within: u16,
    step: &'a Step,
}

impl Place<'_> {
    fn note(&self, half: i16) -> Option<&Held> {
        let key = self.scale.key(self.line, half);
        self.step.notes.iter().find(|note| note.key == key)
    }

    fn ground(&self, half: i16) -> &'static str {
        if is_black(self.scale.key(self.line, half)) { "roll.lane.odd" } else { "roll.lane" }
    }

    /// The style of `note`: its beginning stands out, the past is faint, what is struck now is bright.
    fn style(&self, app: &App, note: &Held, half: i16) -> Style {
        let head = app.jam.playing.then(|| self.window.head());
        let silent = self.band.track.is_some_and(|track| app.jam.is_silenced(track));
        if head == Some(self.at) && !silent && note.luck != Luck::Silent {
            return app.theme.style("roll.playhead");
        }
        let begins = note.onset && self.within == 0;
        let share = grid::strength(note.velocity) * if begins { 1.0 } else { 0.72 };
        let share = match (silent, head.is_some_and(|head| self.at < head)) {
            (true, _) => 0.2,
            (_, true) => share * 0.5,
            _ if note.luck == Luck::Silent => share * 0.4,
            _ => share,
        };
        app.theme.shade(scope(app, self.band), self.ground(half), share)
    }

    /// The cell where a line is one key.
    fn whole(&self, app: &App) -> (&'static str, Style) {
        let here = app.jam.playing && self.at == self.window.head();
        let Some(note) = self.note(0) else { return self.empty(here) };
        let end = note.last && i64::from(self.within) + 1 == self.window.cell;
        if note.luck != Luck::Always && note.onset && self.within == 0 {
            let glyph = if note.luck == Luck::Sounds { "\u{25c6}" } else { "\u{25cc}" };
            return (glyph, self.style(app, note, 0));
        }
        let glyph = match (app.theme.is_coarse(), end && self.window.cell > 1) {
            (true, true) => " ",
            (true, false) if note.onset && self.within == 0 => "\u{2588}",
            (true, false) => "\u{2592}",
            (false, true) if note.luck == Luck::Always => "\u{258c}",
            (false, true) => " ",
            (false, false) if note.luck == Luck::Always => "\u{2588}",
            (false, false) => "\u{2592}",
        };
        (glyph, self.style(app, note, 0))
    }

    fn empty(&self, here: bool) -> (&'static str, Style) {
        let marks = &self.marks[usize::from(is_black(self.scale.key(self.line, 0)))];
        let (glyph, style) = marks.at(self.at, self.within, self.step.known, self.step.queued, here);
        // A dot a step on every key is noise: the keys' own shades are the grid.
        (if glyph == "\u{b7}" { " " } else { glyph }, style)
    }

    /// The cell where a line is two keys.
    fn halves(&self, app: &App) -> (&'static str, Style) {
        let here = app.jam.playing && self.at == self.window.head();
        let gap =
            |note: &Held| note.last && self.window.cell > 1 && i64::from(self.within) + 1 == self.window.cell;
        let notes = [0, 1].map(|half| self.note(half).filter(|note| !gap(note)));
        if let [Some(note), None] | [None, Some(note)] = notes
            && note.luck != Luck::Always
            && note.onset
            && self.within == 0
        {
            let half = i16::from(notes[0].is_none());
            let glyph = if note.luck == Luck::Sounds { "\u{25c6}" } else { "\u{25cc}" };
            return (glyph, self.style(app, note, half));
        }
        let colour = |half: usize| notes[half].map(|note| self.style(app, note, half as i16));
        match (colour(0), colour(1)) {
            (None, None) => self.empty(here),
            (Some(upper), None) => ("\u{2580}", upper),
            (None, Some(lower)) => ("\u{2584}", lower),
            (Some(upper), Some(lower)) if upper == lower || lower.fg.is_none_or(|c| c == Color::Reset) => {
                ("\u{2588}", upper)
            }
            (Some(upper), Some(lower)) => ("\u{2580}", Style { bg: lower.fg, ..upper }),
        }
    }
}

/// The names of the keys and the keyboard at the left.
fn keyboard(app: &App, layout: &Layout, band: &Band, scale: Scale, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let wide = layout.label_width >= 10;
    let name = band
        .track
        .and_then(|at| app.jam.edit.tracks.get(at))
        .map_or(if band.part == Part::Bass { "bass" } else { "lead" }, |track| track.name.as_str());
    let mut used = [false; 128];
    for (slot, part, octave) in bands::patterns(app, band) {
        for note in slot.pattern().notes.iter().filter(|note| note.part == part) {
            let key = i16::from(note.pitch) + 12 * i16::from(octave);
            if let Some(used) = usize::try_from(key).ok().and_then(|key| used.get_mut(key)) {
                *used = true;
            }
        }
    }
    for stroke in bands::strokes(app, band) {
        used[usize::from(stroke.key.min(127))] = true;
    }
    for line in 0..band.area.height {
        let keys = [scale.key(line, 0), scale.key(line, scale.per_line - 1)];
        let area = Rect { y: band.area.y + line, height: 1, width: layout.label_width - 1, ..band.area };
        let mut pen = Pen::new(buffer, area);
        if wide {
            let text = if line == 0 { cut(name, 6) } else { String::new() };
            pen.write(&format!(" {text:<5}"), style(scope(app, band)));
        }
        // Where a line is two keys it is called by the C, else by the one that is played.
        let called = keys.iter().find(|key| **key % 12 == 0).copied().or_else(|| {
            keys.iter()
                .find(|key| usize::try_from(**key).is_ok_and(|key| used.get(key) == Some(&true)))
                .copied()
        });
        let text = called.and_then(|key| u8::try_from(key).ok()).map_or(String::new(), gm::note_name);
        let is_c = called.is_some_and(|key| key % 12 == 0);
        let scope = if is_c { "roll.ruler.bar" } else { "roll.ruler" };
        pen.write(&format!("{text:>4}"), style(scope));
        if wide {
            let shade = |key: i16| if is_black(key) { "roll.key.black" } else { "roll.key.white" };
            let (upper, lower) = (style(shade(keys[0])), style(shade(keys[1])));
            // White keys reach to the front, black ones end before it.
            let front = if is_black(keys[0]) && is_black(keys[1]) { " " } else { "\u{2588}" };
            match scale.per_line {
                1 if is_black(keys[0]) => pen.write("\u{2588}\u{2588}", upper).write(" ", style("ui")),
                1 => pen.write("\u{2588}\u{2588}\u{2588}", upper),
                _ => pen
                    .write("\u{2580}\u{2580}", Style { bg: lower.fg, ..upper })
                    .write(front, style("roll.key.white")),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, is_black};

    #[test]
    fn a_range_that_fits_stands_in_the_middle_and_a_wider_one_takes_half_lines() {
        assert_eq!(Scale::fit(60, 67, 12, 0), Scale { top: 69, per_line: 1 });
        assert_eq!(Scale::fit(60, 79, 12, 0), Scale { top: 81, per_line: 2 });
        let cut = Scale::fit(30, 90, 12, 0);
        assert_eq!((cut.top, cut.key(11, 1)), (90, 67));
        assert_eq!(Scale::fit(30, 90, 12, -24).top, 66);
        assert_eq!(Scale::fit(0, 5, 12, -100).key(11, 0), 0, "the keyboard ends at 0");
        assert!(Scale::fit(120, 127, 12, 50).top <= 127);
    }

    #[test]
    fn five_keys_of_an_octave_are_black() {
        assert_eq!((60..72).filter(|key| is_black(*key)).count(), 5);
    }
}
