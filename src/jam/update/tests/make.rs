use super::super::super::fixtures::answer;
use super::super::super::{Job, Request};
use super::*;

fn request(effects: &[Effect]) -> Request {
    let requests: Vec<&Request> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Generate(request) => Some(request),
            _ => None,
        })
        .collect();
    assert_eq!(requests.len(), 1, "{effects:?}");
    requests[0].clone()
}

#[test]
fn every_sample_takes_a_seed_of_its_own() {
    let mut state = fresh();
    let seeds: Vec<u64> = (0..3)
        .map(|_| match request(&update(&mut state, Intent::Sample(None))).job {
            Job::Sample { seed, .. } => seed,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seeds, [0, 1, 2]);
}

#[test]
fn of_two_requests_for_a_place_the_newer_wins_in_either_order_of_answers() {
    for newer_first in [true, false] {
        let mut state = fresh();
        let old = request(&update(&mut state, Intent::Sample(None)));
        let new = request(&update(&mut state, Intent::Sample(None)));
        assert!(old.is_superseded_by(&new) && !new.is_superseded_by(&old));
        let answers = if newer_first { [answer(&new), answer(&old)] } else { [answer(&old), answer(&new)] };
        for answer in answers {
            update(&mut state, answer);
        }
        assert_eq!(
            state.selected().map(|slot| slot.name.as_str()),
            Some(crate::jam::names::of_seed(1, 0).as_str())
        );
        assert!(state.pending.is_empty());
    }
}

#[test]
fn a_sample_into_what_sounds_comes_in_at_the_bar() {
    let mut state = begun();
    let effects = give(&mut state, Intent::Sample(Some(at("A1"))));
    assert!(matches!(effects[1], Effect::Launch { at: Quantise::Bar, .. }), "{effects:?}");
    assert_eq!(state.edit.bank.len(), 8);
}

#[test]
fn undo_calls_off_what_is_still_being_made_before_it_takes_anything_back() {
    let mut state = begun();
    let before = state.edit.clone();
    let asked = request(&update(&mut state, Intent::Sample(Some(at("B1")))));
    assert_eq!(update(&mut state, Intent::Undo), [Effect::Cancel(asked.ticket)]);
    assert_eq!(update(&mut state, answer(&asked)), []);
    assert_eq!(state.edit, before);
}

#[test]
fn a_variation_aside_goes_to_the_next_empty_place_and_takes_the_selection_along() {
    let mut state = begun();
    give(&mut state, Intent::Select(at("A3")));
    give(&mut state, Intent::VaryAside(None));
    assert_eq!(state.cursor, at("B1"));
    let root = crate::jam::names::of_seed(1, 1);
    assert_eq!(state.selected().map(|slot| slot.name.clone()), Some(format!("{root}.2")));
}

#[test]
fn varying_an_empty_place_says_what_to_do_instead() {
    let mut state = fresh();
    assert_eq!(give(&mut state, Intent::Vary(None)), []);
    assert!(said(&state).contains("{sample}"));
}

#[test]
fn ends_in_one_row_are_joined_by_what_lies_between_them() {
    let mut state = begun();
    give(&mut state, Intent::Interpolate(Some(at("A5"))));
    assert_eq!(state.mark, Some(at("A5")));
    let asked = request(&update(&mut state, Intent::Interpolate(Some(at("A2")))));
    assert_eq!(asked.slots, [at("A4"), at("A3")], "from the mark on");
    assert_eq!(state.mark, None);
    update(&mut state, answer(&asked));
    let names = ["A4", "A3"].map(|place| state.edit.bank.get(at(place)).map(|slot| slot.name.clone()));
    let end = crate::jam::names::of_seed(1, 0);
    assert_eq!(names, [33, 67].map(|percent| Some(format!("{percent}% {end}"))));
}

#[test]
fn ends_in_two_rows_fill_an_empty_row_with_themselves_at_its_ends() {
    let mut state = begun();
    give(&mut state, Intent::Sample(Some(at("C1"))));
    give(&mut state, Intent::Interpolate(Some(at("A1"))));
    let asked = request(&update(&mut state, Intent::Interpolate(Some(at("C1")))));
    assert_eq!(asked.slots.len(), 6);
    assert_eq!(asked.slots[0].row(), 3, "row C holds a pattern, D is the next empty one");
    update(&mut state, answer(&asked));
    assert_eq!(state.edit.bank.get(at("D1")), state.edit.bank.get(at("A1")));
    assert_eq!(state.edit.bank.get(at("D8")), state.edit.bank.get(at("C1")));
    assert_eq!(state.edit.bank.len(), 8 + 1 + 8);
}

#[test]
fn neighbours_have_nothing_between_them_and_go_to_an_empty_row() {
    let mut state = begun();
    give(&mut state, Intent::Interpolate(Some(at("A1"))));
    give(&mut state, Intent::Interpolate(Some(at("A2"))));
    assert!(state.edit.bank.get(at("B1")).is_some() && state.edit.bank.get(at("B8")).is_some());
}

#[test]
fn the_mark_is_taken_away_by_itself_or_by_escape() {
    let mut state = begun();
    for second in [Intent::Interpolate(Some(at("A1"))), Intent::Dismiss, Intent::Clear(Some(at("A1")))] {
        give(&mut state, Intent::Interpolate(Some(at("A1"))));
        assert!(state.mark.is_some());
        give(&mut state, second);
        assert_eq!(state.mark, None);
    }
}

#[test]
fn a_failure_is_said_and_the_music_goes_on() {
    let mut state = begun();
    let asked = request(&update(&mut state, Intent::Sample(Some(at("B1")))));
    let effects = update(&mut state, Intent::Failed { ticket: asked.ticket, why: "no weights".into() });
    assert_eq!(effects, []);
    assert!(state.playing && state.pending.is_empty());
    assert_eq!(state.log.last().map(|message| message.tone), Some(Tone::Error));
    assert_eq!(said(&state), "sample B1 failed: no weights");
}

#[test]
fn a_held_temperature_key_is_one_step_of_undo() {
    let mut state = fresh();
    let before = state.edit.temperature;
    for _ in 0..5 {
        give(&mut state, Intent::NudgeTemperature(0.05));
    }
    assert!((state.edit.temperature - before - 0.25).abs() < 1e-6);
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.temperature, before);
    give(&mut state, Intent::Temperature(99.0));
    assert_eq!(state.edit.temperature, 2.0);
}

#[test]
fn models_go_round_and_samples_follow() {
    let mut state = fresh();
    give(&mut state, Intent::NextModel);
    assert_eq!(state.model(), "drums_test");
    state.models.push(crate::jam::Known::drums("other"));
    give(&mut state, Intent::NextModel);
    match request(&update(&mut state, Intent::Sample(None))).job {
        Job::Sample { model, .. } => assert_eq!(model, "other"),
        other => panic!("{other:?}"),
    }
    give(&mut state, Intent::NextModel);
    assert_eq!(state.model(), "drums_test");
}

#[test]
fn a_second_row_of_samples_replaces_a_full_one() {
    let mut state = begun();
    assert_eq!(request(&update(&mut state, Intent::SampleRow(Some(at("A1"))))).slots.len(), 8);
    give(&mut state, Intent::Clear(Some(at("A6"))));
    let mut state = begun();
    give(&mut state, Intent::Clear(Some(at("A6"))));
    assert_eq!(request(&update(&mut state, Intent::SampleRow(Some(at("A1"))))).slots, [at("A6")]);
}

#[test]
fn a_way_in_a_row_of_its_own_is_one_step_of_undo() {
    let mut state = begun();
    let before = state.edit.bank.clone();
    give(&mut state, Intent::Interpolate(Some(at("A1"))));
    let asked = request(&update(&mut state, Intent::Interpolate(Some(at("A2")))));
    assert_eq!(state.edit.bank, before, "the ends come with what lies between them");
    assert!(state.is_pending(at("B1")) && state.is_pending(at("B8")));
    update(&mut state, answer(&asked));
    assert_eq!(state.edit.bank.len(), 16);
    assert!(said(&state).starts_with("8 beats in B1 to B8"), "{}", said(&state));
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.bank, before);
    give(&mut state, Intent::Redo);
    assert_eq!(state.edit.bank.len(), 16);
}

#[test]
fn a_way_over_full_places_says_how_many_it_replaced() {
    let mut state = begun();
    give(&mut state, Intent::Interpolate(Some(at("A1"))));
    give(&mut state, Intent::Interpolate(Some(at("A5"))));
    assert_eq!(said(&state), "3 beats in A2 to A4, replacing 3; {undo} takes it back");
}

#[test]
fn an_older_answer_does_not_overwrite_what_came_later() {
    let mut state = begun();
    let row = request(&update(&mut state, Intent::SampleRow(Some(at("B1")))));
    let one = request(&update(&mut state, Intent::Sample(Some(at("B3")))));
    update(&mut state, answer(&one));
    give(&mut state, Intent::Copy(Some(at("A1"))));
    give(&mut state, Intent::Paste(Some(at("B4"))));
    let kept = ["B3", "B4"].map(|place| state.edit.bank.get(at(place)).cloned());
    assert!(!state.is_pending(at("B3")) && state.is_pending(at("B2")));
    update(&mut state, answer(&row));
    assert_eq!(["B3", "B4"].map(|place| state.edit.bank.get(at(place)).cloned()), kept);
    assert_eq!(state.edit.bank.len(), 16);
}

#[test]
fn a_row_that_is_still_being_made_is_not_ordered_twice() {
    let mut state = begun();
    update(&mut state, Intent::SampleRow(Some(at("B1"))));
    assert_eq!(update(&mut state, Intent::SampleRow(Some(at("B1")))), []);
    assert!(said(&state).contains("still being made"));
}

#[test]
fn undo_takes_back_what_was_done_last_and_not_what_was_ordered_before_it() {
    let mut state = begun();
    let row = request(&update(&mut state, Intent::SampleRow(Some(at("B1")))));
    give(&mut state, Intent::ToggleClass(0));
    assert_eq!(update(&mut state, Intent::Undo), [Effect::MuteClasses { tracks: 1, classes: 0 }]);
    assert_eq!(update(&mut state, Intent::Undo), [Effect::Cancel(row.ticket)]);
    assert!(said(&state).starts_with("Called off"));
}

#[test]
fn what_is_sampled_for_another_track_does_not_replace_a_pattern_of_another_kind() {
    let mut state = super::super::super::fixtures::with_all_kinds();
    give(&mut state, Intent::Begin);
    let beat = state.edit.bank.get(at("A1")).cloned();
    assert!(beat.is_some());
    let taken = state.edit.bank.len();
    give(&mut state, Intent::SelectTrack(1));
    let asked = request(&update(&mut state, Intent::Sample(None)));
    let free = asked.slots[0];
    assert_eq!(state.edit.bank.get(at("A1")).cloned(), beat);
    assert_eq!((state.edit.bank.get(free), state.cursor), (None, free), "the selection goes along");
    assert!(said(&state).contains("A1 holds beats"), "{}", said(&state));
    update(&mut state, answer(&asked));
    assert_eq!(state.edit.bank.len(), taken + 1);
    // Of its own kind it is made anew in its place, and so is a place that is named.
    assert_eq!(request(&update(&mut state, Intent::Sample(None))).slots, [free]);
    assert_eq!(request(&update(&mut state, Intent::Sample(Some(at("A1"))))).slots, [at("A1")]);
}

#[test]
fn a_full_row_is_sampled_anew_and_one_of_another_kind_is_left_as_it_is() {
    let mut state = super::super::super::fixtures::with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::Select(at("A4")));
    give(&mut state, Intent::SampleRow(None));
    assert_eq!(request(&update(&mut state, Intent::SampleRow(None))).slots.len(), 8);
    give(&mut state, Intent::SelectTrack(1));
    let asked = request(&update(&mut state, Intent::SampleRow(None)));
    assert_eq!((asked.slots[0], asked.slots.len(), state.cursor), (at("B1"), 8, at("B1")));
}
