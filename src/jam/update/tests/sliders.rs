use super::super::super::fixtures::answer;
use super::*;
use crate::jam::sliders::stand;
use crate::latent::attributes::Attribute;

fn requests(effects: &[Effect]) -> Vec<crate::jam::Request> {
    let request = |effect: &Effect| match effect {
        Effect::Generate(request) => Some(request.clone()),
        _ => None,
    };
    effects.iter().filter_map(request).collect()
}

#[test]
fn what_plays_follows_a_slider_and_a_movement_is_one_step_of_undo() {
    let mut state = begun();
    let before = state.edit.clone();
    for _ in 0..3 {
        let effects = give(&mut state, Intent::NudgeSlider(0.1));
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Launch { at: Quantise::Bar, .. })));
    }
    let board = state.board().unwrap();
    assert_eq!(board.at(Attribute::Density), Some(0.3));
    assert_eq!(board.from.made, before.bank.get(at("A1")).unwrap().made, "measured against the start");
    assert!(state.log.last().unwrap().text.contains("density +0.30, measured"), "{:?}", state.log.last());
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit, before);
    assert_eq!(state.board().unwrap().at(Attribute::Density), Some(0.0));
    give(&mut state, Intent::Redo);
    assert_eq!(state.board().unwrap().at(Attribute::Density), Some(0.3));
}

#[test]
fn a_hand_that_moves_on_while_the_model_decodes_is_followed_to_where_it_rests() {
    let mut state = begun();
    let slide = |to| Intent::Slide { attribute: Attribute::HatDensity, to };
    let first = requests(&update(&mut state, slide(0.5)));
    assert_eq!(first.len(), 1);
    assert!(requests(&update(&mut state, slide(0.7))).is_empty(), "one is under way");
    assert!(requests(&update(&mut state, slide(1.0))).is_empty());
    assert_eq!(
        state.board().unwrap().at(Attribute::HatDensity),
        Some(1.0),
        "the slider is where the hand is"
    );
    let second = requests(&update(&mut state, answer(&first[0])));
    assert_eq!(second.len(), 1);
    assert!(requests(&update(&mut state, answer(&second[0]))).is_empty());
    assert_eq!(stand(state.selected().unwrap()), [(Attribute::HatDensity, 1.0)]);
    assert!(!state.is_pending(state.cursor));
}

#[test]
fn all_sliders_in_the_middle_bring_the_pattern_back_note_for_note() {
    let mut state = begun();
    let before = state.selected().unwrap().clone();
    give(&mut state, Intent::NudgeSlider(0.5));
    give(&mut state, Intent::ChooseSlider(-1));
    give(&mut state, Intent::NudgeSlider(9.0));
    let board = state.board().unwrap();
    assert_eq!(board.by.last().unwrap().1, 2.0, "held to its range");
    assert_ne!(state.selected().unwrap().pattern(), before.pattern());
    give(&mut state, Intent::SlidersHome);
    assert_eq!(state.selected().unwrap().pattern(), before.pattern());
    assert_eq!(state.selected().unwrap().name, before.name);
}

#[test]
fn a_model_without_vectors_and_an_empty_place_say_what_to_do() {
    let mut state = begun();
    state.sliders.tables.clear();
    update(&mut state, Intent::NudgeSlider(0.1));
    assert!(state.log.last().unwrap().text.contains("attributes compute --model drums_test"));
    let mut state = fresh();
    update(&mut state, Intent::NudgeSlider(0.1));
    assert!(state.log.last().unwrap().text.contains("{sample}"), "{:?}", state.log.last());
}

#[test]
fn a_knob_that_learned_a_slider_moves_it_over_its_whole_range() {
    let mut state = begun();
    let knob = crate::jam::learn::Knob::Control { channel: 0, number: 21 };
    update(&mut state, Intent::LearnSlider);
    update(&mut state, Intent::Knob { knob, value: 5 });
    for (value, by) in [(127, 2.0), (0, -2.0)] {
        give(&mut state, Intent::Knob { knob, value });
        assert_eq!(state.board().unwrap().at(Attribute::Density), Some(by));
    }
}
