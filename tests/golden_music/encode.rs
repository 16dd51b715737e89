//! Whether a file is one example, none or several.

use crate::set::{each_readable, list};
use mvae_tui::codec::{CodecError, Converter};

#[test]
fn a_file_is_taken_or_refused_as_the_reference_would_encode_it() {
    let mut seen = [0; 3];
    each_readable(|g, score| {
        for (config, key) in [
            ("cat-mel_2bar_small", "mel_2bar"),
            ("hierdec-mel_16bar", "mel_16bar"),
            ("cat-drums_2bar_small", "drums_2bar_cat"),
            ("nade-drums_2bar_full", "drums_2bar_full_roll"),
            ("hierdec-trio_16bar", "trio_16bar"),
        ] {
            let truth = &g.truth["converters"][key]["trained_model_encode"];
            let found = Converter::for_config(config).unwrap().extract(score).only();
            let (place, error) = match &found {
                Ok(_) => (0, None),
                Err(CodecError::Nothing { .. }) => (1, Some("NoExtractedExamplesError")),
                Err(CodecError::Several { .. }) => (2, Some("MultipleExtractedExamplesError")),
                Err(other) => panic!("{other}"),
            };
            seen[place] += 1;
            let truth = truth.as_str().filter(|t| t.ends_with("Error"));
            assert_eq!(error, truth, "{} {key}", g.name);
        }
    });
    assert!(seen.iter().all(|&n| n > 0), "{seen:?}");
}

#[test]
fn bars_of_examples_lie_within_their_file() {
    each_readable(|g, score| {
        let last = mvae_tui::music::bars::Bars::new(score).at(score.total_time);
        let converter = Converter::for_config("cat-drums_2bar_small").unwrap();
        for example in converter.extract(score).examples {
            assert!((1..=last).contains(&example.bar), "{}: bar {} of {last}", g.name, example.bar);
        }
        assert!(!list(&g.truth["note_sequence"]["tempos"]).is_empty());
    });
}
