use super::super::super::fixtures::with_all_kinds;
use super::super::super::gear::{Change, Kit};
use super::*;

fn turn(state: &mut State, change: Change) -> String {
    assert_eq!(give(state, Intent::Gear { track: None, change }), [], "the sound here stays as it is");
    said(state).to_owned()
}

#[test]
fn banks_and_programs_outside_are_set_turned_and_taken_back() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::SelectTrack(1));
    assert_eq!(turn(&mut state, Change::Bank(Some(396))), "lead asks for bank 3/12 outside");
    turn(&mut state, Change::NudgeBank(1));
    assert_eq!(state.track().gear.bank, Some(397));
    assert_eq!(turn(&mut state, Change::Bank(None)), "lead asks for no bank outside");
    turn(&mut state, Change::NudgeBank(-1));
    assert_eq!(state.track().gear.bank, Some(16_383), "around the end");
    assert_eq!(turn(&mut state, Change::Program(12)), "lead asks for program 12 outside");
    turn(&mut state, Change::NudgeProgram(-12));
    assert_eq!(state.track().gear.program, None);
    give(&mut state, Intent::Undo);
    assert_eq!(state.track().gear.program, None, "turning is one step of undo");
    assert_eq!(state.track().gear.bank, Some(16_383));
    give(&mut state, Intent::Undo);
    assert_eq!(state.track().gear.bank, None);
}

#[test]
fn a_kit_is_chosen_by_name_or_in_turn_and_single_keys_are_changed() {
    let mut state = with_all_kinds();
    give(
        &mut state,
        Intent::Kits(vec![Kit { name: "Box".into(), keys: [60, 61, 62, 63, 64, 65, 66, 67, 68] }]),
    );
    assert_eq!(turn(&mut state, Change::Kit("bo".into())), "drums strikes the keys of Box outside");
    assert_eq!(
        turn(&mut state, Change::Key { class: 1, key: 40 }),
        "drums strikes key 40 for the snare outside"
    );
    assert_eq!(state.track().gear.keys.map(|keys| (keys[0], keys[1])), Some((60, 40)));
    assert_eq!(turn(&mut state, Change::Kit("gm".into())), "drums strikes General MIDI's keys outside");
    turn(&mut state, Change::NextKit(1));
    assert_eq!(state.track().gear.kit(&state.kits), "Box");
    turn(&mut state, Change::NextKit(1));
    assert_eq!(state.track().gear.keys, None, "around the end");
    assert!(turn(&mut state, Change::Kit("nobody's".into())).contains("Box"));
    // The key that it has already is no kit.
    turn(&mut state, Change::Key { class: 0, key: 36 });
    assert_eq!(state.track().gear.keys, None);
    give(&mut state, Intent::SelectTrack(1));
    assert!(turn(&mut state, Change::NextKit(1)).contains("plays no drums"));
}
