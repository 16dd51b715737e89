use super::super::super::fixtures::answer;
use super::super::super::notes;
use super::*;
use crate::music::pattern::Part;

/// The pattern at A1 with a kick more on its second step, as an intent.
fn written(state: &State, nudge: bool) -> Intent {
    let pattern = state.edit.bank.get(at("A1")).unwrap().pattern();
    let step = (0..32).find(|step| notes::at(pattern, Part::Drums, *step, 36).is_none()).unwrap();
    let pattern = notes::toggle(pattern, Part::Drums, step, 36, 1);
    Intent::Write { place: at("A1"), pattern, label: "write a note".into(), nudge }
}

#[test]
fn what_is_written_is_heard_at_once_and_its_point_follows() {
    let mut state = begun();
    let before = state.edit.bank.get(at("A1")).cloned().unwrap();
    let intent = written(&state, false);
    let effects = update(&mut state, intent);
    let [Effect::Launch { at: Quantise::Now, slot, .. }, Effect::Generate(request)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(slot.pattern().notes.len(), before.pattern().notes.len() + 1);
    assert_eq!(slot.name, format!("{}*", before.name));
    assert!(!state.is_pending(at("A1")), "the pattern is there already");
    assert_eq!(update(&mut state, answer(request)), []);
    let after = state.edit.bank.get(at("A1")).cloned().unwrap();
    assert_ne!(after.made.z, before.made.z);
    assert_eq!(after.pattern(), slot.pattern());
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.bank.get(at("A1")), Some(&before));
}

#[test]
fn only_the_newest_version_is_brought_to_its_point() {
    let mut state = begun();
    let requests: Vec<_> = (0..2)
        .filter_map(|_| {
            let intent = written(&state, true);
            update(&mut state, intent).into_iter().find_map(|effect| match effect {
                Effect::Generate(request) => Some(request),
                _ => None,
            })
        })
        .collect();
    let z = state.edit.bank.get(at("A1")).unwrap().made.z.clone();
    update(&mut state, answer(&requests[0]));
    assert_eq!(state.edit.bank.get(at("A1")).unwrap().made.z, z, "that version is gone");
    update(&mut state, answer(&requests[1]));
    assert_ne!(state.edit.bank.get(at("A1")).unwrap().made.z, z);
    // Two nudges of one kind are one step.
    give(&mut state, Intent::Undo);
    assert!(!state.edit.bank.get(at("A1")).unwrap().name.ends_with('*'));
}

#[test]
fn what_waits_goes_on_waiting_while_the_music_is_edited() {
    let mut state = begun();
    give(&mut state, Intent::Launch(Some(at("A2"))));
    let intent = written(&state, false);
    let effects = update(&mut state, intent);
    let launches = effects.iter().filter(|effect| matches!(effect, Effect::Launch { .. })).count();
    assert_eq!(launches, 2, "the edited one now, the waiting one at the bar again");
    assert_eq!(state.queued().map(|launch| launch.place), Some(at("A2")));
}
