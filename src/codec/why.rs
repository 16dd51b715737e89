//! Why a score gives no example, in a musician's words.

use super::drums::Kit;
use super::groove;
use super::melody;
use super::trio::Role;
use super::{CodecError, Converter, Kind};
use crate::music::bars::Bars;
use crate::music::gm;
use crate::music::quantize::{GridNote, QuantizeError, quantize};
use crate::music::score::{Note, Score, TimeSignature};
use crate::music::split::{Segment, split};
use std::collections::BTreeSet;

/// The reason; call it only where nothing was found.
pub(super) fn nothing(converter: &Converter, score: &Score) -> String {
    if score.notes.is_empty() {
        return "the file has no notes".into();
    }
    if converter.kind() == Kind::Groove
        && let Some(why) = no_steady_groove(converter, score)
    {
        return why;
    }
    no_instrument(converter, score)
        .or_else(|| no_key(converter, score))
        .unwrap_or_else(|| no_room(converter, score))
}

/// The instruments that the model listens to do not play.
fn no_instrument(converter: &Converter, score: &Score) -> Option<String> {
    let taken = |n: &Note| converter.takes(n.program, n.is_drum);
    match converter.kind() {
        Kind::Drums | Kind::FullDrums | Kind::Groove => (!score.notes.iter().any(taken))
            .then(|| "no drums: nothing plays on MIDI channel 10; move the drums there".into()),
        Kind::Melody if !score.notes.iter().any(|n| !n.is_drum) => {
            Some("no melody: everything plays on MIDI channel 10, which is for drums".into())
        }
        Kind::Melody => (!score.notes.iter().any(taken)).then(|| {
            let last = converter.programs().end() + 1;
            format!(
                "no melody: this model listens to the General MIDI programs 1 to {last} (pianos to guitars), here play {}; \
                 change the program of the melody",
                program_names(score)
            )
        }),
        Kind::Trio => {
            let plays = |role| score.notes.iter().any(|n| Role::of(n.program, n.is_drum) == Some(role));
            let parts = [
                (Role::Lead, "no lead (programs 1 to 32, pianos to guitars)"),
                (Role::Bass, "no bass (programs 33 to 40)"),
                (Role::Drums, "no drums (MIDI channel 10)"),
            ];
            let missing: Vec<&str> = parts.iter().filter(|p| !plays(p.0)).map(|p| p.1).collect();
            (!missing.is_empty()).then(|| {
                format!("a trio needs a lead, a bass and drums: {}; here play {}", missing.join(", "), program_names(score))
            })
        }
    }
}

/// "Violin, Flute and drums"
fn program_names(score: &Score) -> String {
    let programs: BTreeSet<u8> = score.notes.iter().filter(|n| !n.is_drum).map(|n| n.program).collect();
    let mut names: Vec<&str> = programs.into_iter().map(gm::program_name).take(6).collect();
    if score.notes.iter().any(|n| n.is_drum) {
        names.push("drums");
    }
    and(&names)
}

fn and(names: &[&str]) -> String {
    match names {
        [] => "nothing".into(),
        [one] => (*one).into(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The right instruments play, but no key that the model knows.
fn no_key(converter: &Converter, score: &Score) -> Option<String> {
    let mut taken = score.notes.iter().filter(|n| converter.takes(n.program, n.is_drum));
    match converter.kind() {
        Kind::Drums | Kind::FullDrums | Kind::Groove => {
            let kit = converter.kit();
            let keys: BTreeSet<u8> = taken.map(|n| n.pitch).collect();
            (!keys.iter().any(|&k| kit.class(k).is_some())).then(|| {
                let keys: Vec<String> = keys.iter().take(8).map(u8::to_string).collect();
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                format!("none of the drum keys is in the kit: channel 10 plays {} only; map them to General MIDI keys", and(&keys))
            })
        }
        Kind::Melody => (!taken.any(|n| melody::PITCHES.contains(&n.pitch)))
            .then(|| "every note is outside A0..C8 (MIDI keys 21 to 108); transpose the melody".into()),
        Kind::Trio => None,
    }
}

/// Grooves are taken from the whole piece, and the reference refuses what does not fit as a whole.
fn no_steady_groove(converter: &Converter, score: &Score) -> Option<String> {
    let bars = Bars::new(score);
    match quantize(score) {
        Err(QuantizeError::MultipleTempos { from, to, time }) => Some(format!(
            "the tempo changes in bar {} ({from:.0} to {to:.0} BPM), a groove needs one tempo; cut the file there",
            bars.at(time)
        )),
        Err(QuantizeError::MultipleTimeSignatures { time }) => Some(format!(
            "the metre changes in bar {}, a groove needs 4/4 throughout; cut the file there",
            bars.at(time)
        )),
        Err(other) => Some(other.to_string()),
        Ok(grid) if !grid.is_common_time() => None,
        Ok(grid) => match groove::windows(&grid, converter.drum_map(), converter.steps()) {
            Err(CodecError::UnknownDrum { key, .. }) if score.notes.iter().any(|n| !n.is_drum) => {
                Some(format!(
                    "a groove is drums alone, but other instruments play too (key {key}); keep only the drum track"
                ))
            }
            Err(CodecError::UnknownDrum { key, step }) => Some(format!(
                "drum key {key} (first in bar {}) is in no class of the kit; move it to another key",
                step / 16 + 1
            )),
            Err(error) => Some(error.to_string()),
            Ok(_) => None,
        },
    }
}

/// Everything is there, but nowhere long enough in 4/4.
fn no_room(converter: &Converter, score: &Score) -> String {
    let bars = Bars::new(score);
    let segments = split(score);
    let plays = |s: &Segment| s.score.notes.iter().any(|n| converter.takes(n.program, n.is_drum));
    let playing: Vec<&Segment> = segments.iter().filter(|s| plays(s)).collect();
    let odd: Vec<String> =
        playing.iter().filter(|s| !is_common(s)).map(|s| metre_and_bars(s, &bars)).collect();
    let odd_list = and(&odd.iter().map(String::as_str).collect::<Vec<_>>());
    if odd.len() == playing.len() {
        return format!("the metre is {odd_list}; this model takes 4/4 (16 sixteenths a bar)");
    }
    let need = converter.bars();
    let longest = playing.iter().filter_map(|s| longest_run(converter, s, &bars)).max_by_key(|run| run.0);
    let mut text = match (converter.kind(), longest) {
        (Kind::Trio, _) => format!(
            "lead, bass and drums never play together for {need} bars of 4/4 (a part may rest for two bars at a time)"
        ),
        (_, Some((length, bar))) => format!(
            "too short: the longest stretch without a bar of silence lasts {length} bar{} (from bar {bar}), {need} are needed",
            if length == 1 { "" } else { "s" }
        ),
        (_, None) => format!("no stretch of {need} bars in 4/4 holds a note that this model takes"),
    };
    if !odd.is_empty() {
        text.push_str(&format!("; the metre is {odd_list}"));
    }
    let changes: Vec<String> = segments
        .windows(2)
        .filter(|s| s[0].score.tempos.first().map(|t| t.qpm) != s[1].score.tempos.first().map(|t| t.qpm))
        .map(|s| bars.at(s[1].offset).to_string())
        .collect();
    match changes.len() {
        0 => {}
        1..=4 => {
            let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
            text.push_str(&format!(
                "; the tempo changes in bar {}, and nothing is taken across that",
                and(&changes)
            ));
        }
        n => text.push_str(&format!("; the tempo changes {n} times, and nothing is taken across that")),
    }
    text
}

fn is_common(segment: &Segment) -> bool {
    quantize(&segment.score).is_ok_and(|g| g.is_common_time())
}

/// "3/4 in bars 5 to 8"
fn metre_and_bars(segment: &Segment, bars: &Bars) -> String {
    let metre = segment.score.time_signatures.first().unwrap_or(&TimeSignature::COMMON);
    let first = bars.at(segment.offset);
    // The end belongs to the next bar where it falls on the line.
    let last = bars.at((segment.offset + segment.score.total_time - 0.15).max(segment.offset)).max(first);
    let metre = format!("{}/{}", metre.numerator, metre.denominator);
    if first == last {
        format!("{metre} in bar {first}")
    } else {
        format!("{metre} in bars {first} to {last}")
    }
}

/// The longest track of a stretch in 4/4: its bars, and the bar of the piece where it starts.
fn longest_run(converter: &Converter, segment: &Segment, bars: &Bars) -> Option<(usize, u32)> {
    let grid = quantize(&segment.score).ok().filter(|g| g.is_common_time())?;
    let taken: Vec<GridNote> =
        grid.notes.iter().filter(|n| converter.takes(n.note.program, n.note.is_drum)).copied().collect();
    let kit = Kit { map: converter.drum_map(), full: converter.kind() == Kind::FullDrums };
    let runs: Vec<(u32, usize)> = match converter.kind() {
        Kind::Melody | Kind::Trio => melody::voices(&taken)
            .values()
            .flat_map(|v| melody::lines(v, Some(16), super::windows::LONGEST))
            .map(|line| (line.start, line.events.len()))
            .collect(),
        Kind::Groove => {
            let end = taken.iter().map(|n| n.start as usize + 1).max().unwrap_or(0);
            vec![(0, end.next_multiple_of(16))]
        }
        Kind::Drums | Kind::FullDrums => super::drums::tracks(&super::drums::hits(&taken, kit), Some(16))
            .into_iter()
            .map(|t| (t.start, t.events.len()))
            .collect(),
    };
    let (start, steps) = runs.into_iter().max_by_key(|r| r.1)?;
    Some((steps / 16, bars.at(segment.offset + f64::from(start) * grid.step_seconds())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::score::Tempo;

    fn note(start: f64, pitch: u8, program: u8, is_drum: bool) -> Note {
        Note {
            pitch,
            velocity: 80,
            start,
            end: start + 0.1,
            instrument: u32::from(is_drum),
            program,
            is_drum,
        }
    }

    fn score(notes: Vec<Note>) -> Score {
        let total_time = notes.iter().map(|n| n.end).fold(0.0, f64::max);
        Score { notes, total_time, ..Score::default() }
    }

    fn beat(seconds: u32) -> Vec<Note> {
        (0..seconds * 2).map(|i| note(f64::from(i) / 2.0, 36, 0, true)).collect()
    }

    fn why(config: &str, score: &Score) -> String {
        Converter::for_config(config).unwrap().extract(score).why_nothing.unwrap()
    }

    #[test]
    fn a_file_without_drums_says_so() {
        let text = why("cat-drums_2bar_small", &score(vec![note(0.0, 60, 0, false)]));
        assert!(text.starts_with("no drums"), "{text}");
    }

    #[test]
    fn waltz_time_is_named_with_its_bars() {
        let mut waltz = score(beat(6));
        waltz.time_signatures = vec![TimeSignature { time: 0.0, numerator: 3, denominator: 4 }];
        let text = why("cat-drums_2bar_small", &waltz);
        assert!(text.contains("3/4 in bars 1 to 4"), "{text}");
    }

    #[test]
    fn a_single_bar_is_too_short() {
        let text = why("cat-drums_2bar_small", &score(beat(2)));
        assert!(text.contains("lasts 1 bar (from bar 1), 2 are needed"), "{text}");
    }

    #[test]
    fn a_tempo_change_is_named_where_it_cuts_a_beat_too_short() {
        let mut two = score(beat(4));
        two.tempos = vec![Tempo { time: 0.0, qpm: 120.0 }, Tempo { time: 2.0, qpm: 121.0 }];
        let text = why("cat-drums_2bar_small", &two);
        assert!(text.contains("the tempo changes in bar 2"), "{text}");
        let text = why("groovae_2bar_humanize", &two);
        assert!(text.contains("bar 2 (120 to 121 BPM)"), "{text}");
    }

    #[test]
    fn keys_outside_the_kit_are_named() {
        let text = why("cat-drums_2bar_small", &score(vec![note(0.0, 100, 0, true), note(1.0, 99, 0, true)]));
        assert!(text.contains("99 and 100"), "{text}");
    }

    #[test]
    fn a_violin_is_no_melody_for_the_two_bar_models() {
        let text = why("cat-mel_2bar_small", &score(vec![note(0.0, 60, 40, false)]));
        assert!(text.contains("here play Violin"), "{text}");
    }

    #[test]
    fn a_trio_without_bass_says_so() {
        let mut notes = beat(40);
        notes.push(note(0.0, 60, 0, false));
        let text = why("flat-trio_16bar", &score(notes));
        assert!(text.contains("no bass") && !text.contains("no lead"), "{text}");
    }

    #[test]
    fn a_groove_with_a_piano_says_what_to_remove() {
        let mut notes = beat(4);
        notes.push(note(0.0, 90, 0, false));
        let text = why("groovae_2bar_humanize", &score(notes));
        assert!(text.contains("keep only the drum track"), "{text}");
    }
}
