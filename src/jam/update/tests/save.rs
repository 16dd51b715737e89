use super::*;
use crate::jam::save::Saved;

fn saved(state: &mut State, fresh: bool) {
    update(state, Intent::Saved(Ok(Saved { path: "/sets/mvae-set-001.mid".into(), fresh })));
}

#[test]
fn a_set_is_saved_with_the_swing_and_the_message_names_what_is_muted() {
    let mut state = begun();
    give(&mut state, Intent::Swing(0.6));
    give(&mut state, Intent::ToggleClass(0));
    let effects = give(&mut state, Intent::Save);
    let [Effect::Save { set, last: None }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((set.swing, set.slots.len()), (0.6, 8));
    assert_eq!(give(&mut state, Intent::Save), [], "it is being written");
    saved(&mut state, true);
    assert!(said(&state).starts_with("Saved /sets/mvae-set-001.mid"), "{}", said(&state));
    assert!(said(&state).ends_with("with the muted kick"), "{}", said(&state));
}

#[test]
fn the_second_save_knows_the_first_and_says_when_nothing_is_new() {
    let mut state = begun();
    give(&mut state, Intent::Save);
    saved(&mut state, true);
    let effects = give(&mut state, Intent::Save);
    let [Effect::Save { last: Some(last), .. }] = &effects[..] else { panic!("{effects:?}") };
    assert!(last.ends_with("mvae-set-001.mid"));
    saved(&mut state, false);
    assert_eq!(said(&state), "Nothing is new: already saved as /sets/mvae-set-001.mid");
}

#[test]
fn after_a_failed_save_another_one_can_be_tried() {
    let mut state = begun();
    give(&mut state, Intent::Save);
    update(&mut state, Intent::Saved(Err("the disk is full".into())));
    assert_eq!(said(&state), "Not saved: the disk is full");
    assert!(matches!(give(&mut state, Intent::Save)[..], [Effect::Save { last: None, .. }]));
}
