//! Patterns against the notes that the reference makes of the same tokens.

use crate::set::{list, number, numbers};
use mvae_tui::music::pattern::Pattern;
use serde_json::Value;

/// Notes as (start, pitch, velocity, end, instrument, program, is_drum), in any order.
fn in_order(mut notes: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    notes.sort_by(|a, b| a.partial_cmp(b).unwrap());
    notes
}

/// The notes of `pattern` at 120 BPM are those of a golden `from_tensors` entry.
pub fn assert_same_notes(pattern: &Pattern, truth: &Value, what: &str) {
    let score = pattern.to_score(120.0);
    assert_eq!(f64::from(score.ticks_per_quarter), number(&truth["ticks_per_quarter"]), "{what}");
    assert_eq!(score.tempos.iter().map(|t| t.qpm).collect::<Vec<_>>(), numbers(&truth["qpm"]), "{what}");
    let end = score.notes.iter().map(|n| n.end).fold(0.0, f64::max);
    assert_eq!(end, number(&truth["total_time"]), "{what}");
    let notes = score.notes.iter().map(|n| {
        let (instrument, program) = (f64::from(n.instrument), f64::from(n.program));
        let drum = f64::from(u8::from(n.is_drum));
        vec![n.start, f64::from(n.pitch), f64::from(n.velocity), n.end, instrument, program, drum]
    });
    let truth = list(&truth["notes"]).iter().map(|n| {
        let n = numbers(n);
        vec![n[2], n[0], n[1], n[3], n[4], n[5], n[6]]
    });
    assert_eq!(in_order(notes.collect()), in_order(truth.collect()), "{what}");
}
