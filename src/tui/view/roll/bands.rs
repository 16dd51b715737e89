//! Which parts of which tracks the roll shows, and how many lines each gets.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::engine::{Clip, chance};
use crate::jam::{Launch, Slot, kit, track};
use crate::music::pattern::{ALWAYS, Part, STEPS_PER_QUARTER};
use crate::tui::app::App;
use crate::tui::strokes::Stroke;
use crate::tui::view::Layout;

/// Lines of a drum band whose classes are drawn together.
pub const FOLDED: u16 = 4;
/// Lines of notes that a player sees at least, where the screen has them: an octave.
const OCTAVE: u16 = 12;

/// One part in its lines of the roll, names included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The track it plays on; `None` while the transport stands and the selected pattern is shown.
    pub track: Option<usize>,
    /// Which notes of the pattern.
    pub part: Part,
    /// Its lines.
    pub area: Rect,
}

/// The tracks and parts to be seen.
fn wanted(app: &App) -> Vec<(Option<usize>, Part)> {
    let jam = &app.jam;
    let own = |at: usize| jam.edit.tracks.get(at).map_or(Part::Drums, |track| track.part);
    if !jam.playing || app.editor.is_some() {
        let slot = jam.selected().or(jam.sounding().map(|launch| &launch.slot));
        return match slot {
            Some(slot) => track::parts(&slot.made.tokens).iter().map(|part| (None, *part)).collect(),
            None => vec![(None, own(jam.track))],
        };
    }
    let voice = |at: usize| {
        let launch = jam.sounding_on(at).or(jam.queued_on(at))?;
        Some((Some(at), launch.voice(at)?.part))
    };
    let mut all: Vec<(Option<usize>, Part)> = (0..track::MOST).filter_map(voice).collect();
    // Tracks on which a script plays single notes, and no pattern.
    let alone =
        |at: &usize| app.strokes.tracks() >> at & 1 == 1 && !all.iter().any(|(track, _)| *track == Some(*at));
    let more: Vec<usize> = (0..track::MOST).filter(alone).collect();
    all.extend(more.into_iter().map(|at| {
        let drums = app.strokes.on(at).any(|stroke| stroke.drum);
        let part = match own(at) {
            _ if drums => Part::Drums,
            Part::Bass => Part::Bass,
            Part::Lead | Part::Drums => Part::Lead,
        };
        (Some(at), part)
    }));
    if !app.panes.all_tracks {
        // A trio is one piece of music: its parts are seen together as long as they sound together.
        let family = jam.sounding().or(jam.queued()).map(|launch| launch.id);
        let of_family = |at: usize| {
            let id = |launch: Option<&Launch>| launch.map(|launch| launch.id);
            family.is_some() && (id(jam.sounding_on(at)) == family || id(jam.queued_on(at)) == family)
        };
        all.retain(|(at, _)| at.is_some_and(|at| of_family(at) || at == jam.track));
    }
    if all.is_empty() {
        all.push((Some(jam.track), own(jam.track)));
    }
    // Melodies above, drums at the bottom, as in a score.
    all.sort_by_key(|(at, part)| (*part == Part::Drums, *at));
    all
}

/// Lines that the roll would like to have below its ruler.
pub fn wish(app: &App) -> u16 {
    let bands = wanted(app);
    let lines = |part: Part| match part {
        Part::Drums => u16::from(kit::CLASSES),
        _ if bands.len() == 1 => OCTAVE,
        _ => OCTAVE * 2 / 3,
    };
    bands.iter().map(|(_, part)| lines(*part)).sum()
}

/// The bands of the roll, from the top.
pub fn bands(app: &App, layout: &Layout) -> Vec<Band> {
    let wanted = wanted(app);
    let body = layout.roll.height.saturating_sub(2);
    let notes = wanted.iter().filter(|(_, part)| *part != Part::Drums).count() as u16;
    let drums = wanted.len() as u16 - notes;
    let classes = u16::from(kit::CLASSES);
    // Every drum band has the same height: all lanes where the notes keep at least four lines each.
    let each = match (notes, drums) {
        (_, 0) => 0,
        (0, 1) => classes * layout.lane_height,
        (0, drums) if body >= drums * classes => classes,
        (notes, drums) if body >= drums * classes + notes * 4 => classes,
        _ => FOLDED.min(body / (notes + drums)),
    };
    let rest = body.saturating_sub(drums * each);
    let mut left = (rest, notes);
    let mut y = layout.roll.y + 2;
    let mut bands = Vec::with_capacity(wanted.len());
    for (track, part) in wanted {
        let height = if part == Part::Drums {
            each
        } else {
            let share = left.0.div_ceil(left.1.max(1));
            left = (left.0 - share, left.1 - 1);
            share
        };
        let height = height.min(layout.roll.bottom().saturating_sub(y));
        bands.push(Band { track, part, area: Rect { y, height, ..layout.roll } });
        y += height;
    }
    bands
}

/// Whether a note sounds in the round that is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Luck {
    /// In every round.
    #[default]
    Always,
    /// By chance, in this one.
    Sounds,
    /// By chance, in another one.
    Silent,
}

/// What chance decides about a note of `band` on `key` at step `at` of the transport. It is known beforehand: see
/// [`chance`]. Where a pattern is shown without a round, every note of chance may sound.
pub fn luck(band: &Band, shown: &Shown, at: i64, key: u8, percent: u8) -> Luck {
    if percent >= ALWAYS {
        return Luck::Always;
    }
    let beat = at as f64 / f64::from(STEPS_PER_QUARTER);
    let key = Clip::moved(band.part, key, shown.octave);
    match band.track.is_none() || chance::sounds(shown.slot.luck(), beat, key, percent) {
        true => Luck::Sounds,
        false => Luck::Silent,
    }
}

/// What a band shows at one step.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The pattern.
    pub slot: &'a Slot,
    /// Step within it.
    pub within: u32,
    /// It is the one that waits.
    pub queued: bool,
    /// Octaves its notes are moved by.
    pub octave: i8,
}

/// The pattern of `band` at step `at` of the transport; `None` before the beginning and where nothing plays.
pub fn shown<'a>(app: &'a App, band: &Band, at: i64) -> Option<Shown<'a>> {
    let Some(track) = band.track else {
        let jam = &app.jam;
        let slot = jam.selected().or(jam.sounding().map(|launch| &launch.slot))?;
        let within = u32::try_from(at).ok().filter(|at| *at < slot.pattern().steps)?;
        return Some(Shown { slot, within, queued: false, octave: standing(app, slot, band.part) });
    };
    if at < 0 {
        return None;
    }
    let beat = at as f64 / f64::from(STEPS_PER_QUARTER);
    if let Some(fill) = filled(app, track, beat) {
        return Some(fill);
    }
    let comes = app.queued_at(track).filter(|from| beat + 1e-3 >= *from);
    let launch = match comes {
        Some(_) => app.jam.queued_on(track)?,
        None => app.jam.launch(app.tapes.get(track)?.at(beat))?,
    };
    let own = launch.slot.pattern().steps.max(1);
    let voice = launch.voice(track);
    let steps = voice.map_or(own, |voice| voice.length(&launch.slot));
    let octave = voice.map_or(0, |voice| voice.octave);
    // Clips run in phase with the transport; a loop longer than its pattern goes round in it.
    let within = at.rem_euclid(i64::from(steps)) as u32 % own;
    Some(Shown { slot: &launch.slot, within, queued: comes.is_some(), octave })
}

/// Octaves by which `part` of a pattern would be moved where it would be launched now.
fn standing(app: &App, slot: &Arc<Slot>, part: Part) -> i8 {
    let voices = track::route(&app.jam.edit.tracks, app.jam.track, slot);
    voices.iter().find(|voice| voice.part == part).map_or(0, |voice| voice.octave)
}

/// As it is for the pattern that is edited: what stands on key k is heard, and shown, that many octaves from k.
pub fn edited(app: &App, part: Part) -> i8 {
    app.jam.selected().map_or(0, |slot| standing(app, slot, part))
}

/// The bar of a fill on `track` that has beat `beat`.
fn filled(app: &App, track: usize, beat: f64) -> Option<Shown<'_>> {
    let (from, to) = app.meter.tracks.get(track)?.fill?;
    let slot = app.jam.fills.shown.get(track)?.as_deref()?;
    if !(from - 1e-3..to - 1e-3).contains(&beat) {
        return None;
    }
    let steps = f64::from(STEPS_PER_QUARTER);
    let within = (beat * steps).round() as u32 % slot.pattern().steps.max(1);
    let octave = app.jam.sounding_on(track).and_then(|launch| launch.voice(track)).map_or(0, |v| v.octave);
    Some(Shown { slot, within, queued: app.meter.beat < from, octave })
}

/// Single notes of a band's track: of its drums, or all others.
pub fn strokes<'a>(app: &'a App, band: &Band) -> impl Iterator<Item = &'a Stroke> + use<'a> {
    let drums = band.part == Part::Drums;
    let on = band.track.map(|track| app.strokes.on(track));
    on.into_iter().flatten().filter(move |stroke| stroke.drum == drums)
}

/// The patterns that `band` can show now: what sounds and what waits.
pub fn patterns<'a>(app: &'a App, band: &Band) -> Vec<(&'a Slot, Part, i8)> {
    let Some(track) = band.track else {
        let shown = shown(app, band, 0);
        return shown.map(|shown| (shown.slot, band.part, shown.octave)).into_iter().collect();
    };
    [app.jam.sounding_on(track), app.jam.queued_on(track)]
        .into_iter()
        .flatten()
        .filter_map(|launch| {
            let voice = launch.voice(track)?;
            Some((&*launch.slot, voice.part, voice.octave))
        })
        .collect()
}
