use super::*;

#[test]
fn a_launch_waits_for_the_bar_and_is_heard_then() {
    let mut state = begun();
    let effects = give(&mut state, Intent::Launch(Some(at("A4"))));
    let [Effect::Launch { launch, at: Quantise::Bar, slot, .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(Some(slot), state.edit.bank.get(at("A4")));
    assert_eq!(state.queued[0], Some(*launch));
    give(&mut state, Intent::Heard { track: 0, launch: Some(*launch) });
    assert_eq!((state.sounding[0], state.queued[0]), (Some(*launch), None));
    assert_eq!(state.sounding().map(|launch| launch.place), Some(at("A4")));
}

#[test]
fn news_of_an_unknown_launch_changes_nothing() {
    let mut state = begun();
    let before = state.clone();
    give(&mut state, Intent::Heard { track: 0, launch: Some(999) });
    assert_eq!(state, before);
}

#[test]
fn a_launch_of_an_empty_place_says_what_to_do_instead() {
    let mut state = begun();
    assert_eq!(give(&mut state, Intent::Launch(Some(at("C3")))), []);
    assert_eq!(said(&state), "C3 is empty. {sample} makes a beat here");
}

#[test]
fn a_place_that_is_being_made_is_launched_when_it_is_there() {
    let mut state = begun();
    let asked = update(&mut state, Intent::Sample(Some(at("B1"))));
    let Effect::Generate(request) = asked[0].clone() else { panic!("{asked:?}") };
    update(&mut state, Intent::Launch(Some(at("B1"))));
    let effects = update(&mut state, super::super::super::fixtures::answer(&request));
    assert!(matches!(effects[..], [Effect::Launch { at: Quantise::Bar, .. }]), "{effects:?}");
}

#[test]
fn clearing_is_undone_and_done_again() {
    let mut state = begun();
    let before = state.edit.bank.clone();
    give(&mut state, Intent::Clear(Some(at("A2"))));
    assert!(state.edit.bank.get(at("A2")).is_none());
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.bank, before);
    give(&mut state, Intent::Redo);
    assert!(state.edit.bank.get(at("A2")).is_none());
    give(&mut state, Intent::Clear(Some(at("A2"))));
    assert_eq!(said(&state), "A2 is empty already");
}

#[test]
fn clearing_what_sounds_lets_it_sound_on() {
    let mut state = begun();
    assert_eq!(give(&mut state, Intent::Clear(Some(at("A1")))), []);
    assert!(state.playing && state.sounding().is_some());
}

#[test]
fn a_copy_goes_where_it_is_pasted() {
    let mut state = begun();
    assert_eq!(give(&mut state, Intent::Paste(Some(at("B1")))), []);
    give(&mut state, Intent::Copy(Some(at("A2"))));
    give(&mut state, Intent::Paste(Some(at("B1"))));
    assert_eq!(state.edit.bank.get(at("B1")), state.edit.bank.get(at("A2")));
}

#[test]
fn pasting_over_what_sounds_comes_in_at_the_bar_and_undo_brings_the_old_one_in_again() {
    let mut state = begun();
    give(&mut state, Intent::Copy(Some(at("A2"))));
    let old = state.edit.bank.get(at("A1")).cloned();
    let effects = give(&mut state, Intent::Paste(Some(at("A1"))));
    assert!(matches!(effects[..], [Effect::Launch { at: Quantise::Bar, .. }]), "{effects:?}");
    let effects = give(&mut state, Intent::Undo);
    let [Effect::Launch { slot, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(Some(slot), old.as_ref());
}

#[test]
fn many_launches_keep_the_sounding_one_known() {
    let mut state = begun();
    let sounding = state.sounding[0];
    for _ in 0..200 {
        give(&mut state, Intent::Launch(Some(at("A3"))));
    }
    assert_eq!(state.sounding[0], sounding);
    assert!(state.sounding().is_some() && state.queued().is_some());
    assert!(state.launches.len() <= 32);
}

#[test]
fn the_selection_goes_around_the_edges() {
    let mut state = fresh();
    give(&mut state, Intent::Move { rows: -1, columns: -1 });
    assert_eq!(state.cursor, at("H8"));
}

#[test]
fn the_newest_enter_counts() {
    let mut state = begun();
    let Effect::Generate(asked) = update(&mut state, Intent::Sample(Some(at("B3"))))[0].clone() else {
        panic!("nothing asked")
    };
    update(&mut state, Intent::Launch(Some(at("B3"))));
    update(&mut state, Intent::Launch(Some(at("A2"))));
    let effects = update(&mut state, super::super::super::fixtures::answer(&asked));
    assert_eq!(effects, []);
    assert_eq!(state.queued().map(|launch| launch.place), Some(at("A2")));
}
