//! Trios of sixteen bars.

use crate::set::{each_readable, list, number};
use mvae_tui::codec::{Converter, Tokens};
use serde_json::Value;

fn tokens(sequence: &Value) -> Tokens {
    let column = |i: usize| list(sequence).iter().map(move |step| number(&step[i]));
    Tokens::Trio {
        lead: column(0).map(|x| x as u8).collect(),
        bass: column(1).map(|x| x as u8).collect(),
        drums: column(2).map(|x| x as u16).collect(),
    }
}

#[test]
fn extracted_trios_are_the_reference_s_in_its_order() {
    each_readable(|g, score| {
        let truth = &g.truth["converters"]["trio_16bar"];
        let sorted = list(&truth["sequences_sorted"]);
        let order = list(&truth["cpython_order"]).iter().map(|i| tokens(&sorted[number(i) as usize]));
        let found = Converter::for_config("hierdec-trio_16bar").unwrap().extract(score);
        assert_eq!(found.why_nothing.is_some(), found.examples.is_empty());
        let found: Vec<Tokens> = found.examples.into_iter().map(|e| e.tokens).collect();
        assert_eq!(found.len(), sorted.len(), "{}", g.name);
        assert!(found == order.collect::<Vec<_>>(), "{}: trios differ", g.name);
    });
}

#[test]
fn trios_go_back_to_the_reference_s_notes() {
    let converter = Converter::for_config("flat-trio_16bar").unwrap();
    each_readable(|g, _| {
        let truth = &g.truth["converters"]["trio_16bar"];
        for (sequence, truth) in list(&truth["sequences_sorted"]).iter().zip(list(&truth["from_tensors"])) {
            let pattern = converter.pattern(&tokens(sequence));
            crate::back::assert_same_notes(&pattern, truth, &g.name);
            assert_eq!(converter.pattern(&converter.tokens(&pattern).unwrap()), pattern, "{}", g.name);
        }
    });
}
