use super::super::super::fixtures::answer;
use super::super::super::{Job, Request};
use super::*;

#[test]
fn the_way_back_ends_where_the_jam_began() {
    let mut state = begun();
    let opening = state.edit.bank.clone();
    give(&mut state, Intent::Sample(Some(at("B1"))));
    for _ in 0..5 {
        give(&mut state, Intent::Undo);
    }
    assert_eq!(state.edit.bank, opening);
    assert!(state.playing && state.edit.bank.get(at("A1")).is_some());
    assert_eq!(
        said(&state),
        "Nothing to take back: the set is as it began. Launches and switches are not taken back"
    );
    let last = state.log.last().unwrap();
    assert_eq!((last.tone, last.times), (Tone::Hint, 4));
    give(&mut state, Intent::Redo);
    assert_eq!(state.edit.bank.len(), 9);
}

#[test]
fn what_is_done_before_the_opening_is_there_can_be_taken_back_without_losing_it() {
    let mut state = fresh();
    let Effect::Generate(first) = update(&mut state, Intent::Begin)[0].clone() else {
        panic!("nothing asked")
    };
    give(&mut state, Intent::NudgeTempo(5.0));
    let effects = update(&mut state, answer(&first));
    let row = effects.iter().find_map(|effect| match effect {
        Effect::Generate(request) => Some(request.clone()),
        _ => None,
    });
    assert_eq!(update(&mut state, Intent::Undo), [Effect::Tempo(120.0)], "the opening is not called off");
    give(&mut state, Intent::Sample(Some(at("C1"))));
    update(&mut state, answer(&row.unwrap()));
    assert_eq!(state.edit.bank.len(), 9);
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.bank.len(), 8, "only C1 is taken back");
    assert_eq!(give(&mut state, Intent::Undo), []);
    assert_eq!(state.edit.bank.len(), 8);
}

#[test]
fn another_first_beat_before_the_first_one_is_there_opens_the_jam_too() {
    let mut state = fresh();
    update(&mut state, Intent::Begin);
    let effects = give(&mut state, Intent::Sample(Some(at("A1"))));
    assert!(effects.contains(&Effect::Play), "{effects:?}");
    assert!(state.playing && state.edit.bank.len() == 8 && state.history.is_empty());
}

#[test]
fn a_model_that_takes_a_while_to_be_read_lets_another_play_first_and_fills_the_row() {
    let mut state = fresh();
    state.stand_in = Some("drums_small".into());
    let own = state.model().to_owned();
    let Effect::Generate(first) = update(&mut state, Intent::Begin)[0].clone() else {
        panic!("nothing asked")
    };
    let by = |request: &Request| match &request.job {
        Job::Sample { model, .. } => model.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(by(&first), "drums_small");
    let effects = update(&mut state, answer(&first));
    assert!(state.playing);
    let row = effects.iter().find_map(|effect| match effect {
        Effect::Generate(request) => Some(request.clone()),
        _ => None,
    });
    let row = row.unwrap();
    assert_eq!((by(&row), row.slots.len()), (own, 7));
    give(&mut state, Intent::CallOff);
    assert!(state.pending.is_empty() && state.playing, "the music goes on without it");
}
