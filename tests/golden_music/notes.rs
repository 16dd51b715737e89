//! Reading, splitting, quantising.

use crate::set::{each, each_readable, list, number, numbers};
use mvae_tui::music::quantize::{QuantizeError, quantize};
use mvae_tui::music::score::{Score, TimeSignature};
use mvae_tui::music::split::split;
use serde_json::Value;

#[test]
fn files_are_read_or_refused_as_the_reference_does() {
    each(|g| assert_eq!(g.score.is_err(), !g.truth["midi_error"].is_null(), "{}: {:?}", g.name, g.score));
}

fn flag(b: bool) -> f64 {
    f64::from(u8::from(b))
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    list(value).iter().map(numbers).collect()
}

fn metres(all: &[TimeSignature]) -> Vec<Vec<f64>> {
    all.iter().map(|m| vec![m.time, f64::from(m.numerator), f64::from(m.denominator)]).collect()
}

fn tempos(score: &Score) -> Vec<Vec<f64>> {
    score.tempos.iter().map(|t| vec![t.time, t.qpm]).collect()
}

#[test]
fn every_note_tempo_metre_key_and_controller_is_the_reference_s_to_the_last_bit() {
    each_readable(|g, score| {
        let truth = &g.truth["note_sequence"];
        let name = &g.name;
        assert_eq!(f64::from(score.ticks_per_quarter), number(&truth["ticks_per_quarter"]), "{name}");
        assert_eq!(score.total_time, number(&truth["total_time"]), "{name}");
        assert_eq!(metres(&score.time_signatures), rows(&truth["time_signatures"]), "{name}");
        assert_eq!(tempos(score), rows(&truth["tempos"]), "{name}");
        let keys = score.key_signatures.iter();
        let keys: Vec<_> = keys.map(|k| vec![k.time, f64::from(k.key.tonic), flag(k.key.minor)]).collect();
        assert_eq!(keys, rows(&truth["key_signatures"]), "{name}");
        let names: Vec<(u32, String)> = list(&truth["instrument_infos"])
            .iter()
            .map(|i| (number(&i[0]) as u32, i[1].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(score.instrument_names, names, "{name}");
        let notes = score.notes.iter().map(|n| {
            let (i, p, d) = (f64::from(n.instrument), f64::from(n.program), flag(n.is_drum));
            vec![f64::from(n.pitch), f64::from(n.velocity), n.start, n.end, i, p, d]
        });
        assert_eq!(notes.collect::<Vec<_>>(), rows(&truth["notes"]), "{name}");
        let controls = score.control_changes.iter().map(|c| {
            let (i, p, d) = (f64::from(c.instrument), f64::from(c.program), flag(c.is_drum));
            vec![c.time, f64::from(c.number), f64::from(c.value), i, p, d]
        });
        assert_eq!(controls.collect::<Vec<_>>(), rows(&truth["control_changes"]), "{name}");
        let bends = score.pitch_bends.iter().map(|b| {
            let (i, p, d) = (f64::from(b.instrument), f64::from(b.program), flag(b.is_drum));
            vec![b.time, f64::from(b.bend), i, p, d]
        });
        assert_eq!(bends.collect::<Vec<_>>(), rows(&truth["pitch_bends"]), "{name}");
    });
}

fn error_name(error: &QuantizeError) -> &'static str {
    match error {
        QuantizeError::MultipleTimeSignatures { .. } => "MultipleTimeSignatureError",
        QuantizeError::MultipleTempos { .. } => "MultipleTempoError",
        QuantizeError::BadTimeSignature { .. } => "BadTimeSignatureError",
        QuantizeError::NegativeTime => "NegativeTimeError",
    }
}

#[test]
fn every_quantised_step_is_the_reference_s() {
    each_readable(|g, score| {
        let truth = &g.truth["quantized_whole"];
        let name = &g.name;
        let grid = match quantize(score) {
            Ok(grid) => grid,
            Err(e) => return assert_eq!(Some(error_name(&e)), truth["error"].as_str(), "{name}"),
        };
        assert!(truth["error"].is_null(), "{name}: {}", truth["error"]);
        assert_eq!(grid.steps_per_bar, number(&truth["steps_per_bar"]), "{name}");
        assert_eq!(f64::from(grid.total_steps), number(&truth["total_quantized_steps"]), "{name}");
        let steps = grid.notes.iter().map(|n| vec![f64::from(n.start), f64::from(n.end)]);
        assert_eq!(steps.collect::<Vec<_>>(), rows(&truth["steps"]), "{name}");
    });
}

#[test]
fn scores_split_where_the_reference_splits_them() {
    each_readable(|g, score| {
        let segments = split(score);
        let truth = list(&g.truth["segments"]);
        let name = &g.name;
        assert_eq!(segments.len(), truth.len(), "{name}");
        for (segment, truth) in segments.iter().zip(truth) {
            assert_eq!(segment.offset, number(&truth["start_time_offset"]), "{name}");
            assert_eq!(segment.score.total_time, number(&truth["total_time"]), "{name}");
            assert_eq!(metres(&segment.score.time_signatures), rows(&truth["time_signatures"]), "{name}");
            assert_eq!(tempos(&segment.score), rows(&truth["tempos"]), "{name}");
            assert_eq!(segment.score.notes.len() as f64, number(&truth["n_notes"]), "{name}");
            match quantize(&segment.score) {
                Err(e) => assert_eq!(Some(error_name(&e)), truth["quantize_error"].as_str(), "{name}"),
                Ok(grid) => {
                    assert!(truth["quantize_error"].is_null(), "{name}");
                    assert_eq!(grid.steps_per_bar, number(&truth["steps_per_bar"]), "{name}");
                    assert_eq!(
                        f64::from(grid.total_steps),
                        number(&truth["total_quantized_steps"]),
                        "{name}"
                    );
                }
            }
        }
    });
}
