use super::super::super::fixtures::with_all_kinds;
use super::*;
use crate::music::pattern::Part;

fn press(state: &mut State, beat: f64, key: u8) {
    give(state, Intent::Key { beat: Some(beat), key, velocity: 90 });
    give(state, Intent::Key { beat: Some(beat + 0.2), key, velocity: 0 });
}

fn steps(state: &State, place: &str, key: u8) -> Vec<u32> {
    let slot = state.edit.bank.get(at(place)).expect("holds a pattern");
    slot.pattern().notes.iter().filter(|note| note.pitch == key).map(|note| note.start).collect()
}

#[test]
fn what_is_played_over_a_pattern_is_heard_in_the_next_round_and_undone_in_one_step() {
    let mut state = begun();
    let before = state.edit.bank.get(at("A1")).cloned().unwrap();
    give(&mut state, Intent::Record);
    assert!(said(&state).contains("Recording into A1"));
    for beat in [9.02, 9.74, 10.5] {
        press(&mut state, beat, 45);
    }
    assert!(update(&mut state, Intent::RecordUntil(8.9)).is_empty(), "nothing lies behind yet");
    let effects = update(&mut state, Intent::RecordUntil(9.9));
    assert!(
        matches!(&effects[..], [Effect::Launch { at: Quantise::Now, .. }, Effect::Generate(_)]),
        "{effects:?}"
    );
    assert_eq!(steps(&state, "A1", 45), [4, 7]);
    give(&mut state, Intent::Record);
    assert_eq!(steps(&state, "A1", 45), [4, 7, 10]);
    assert!(said(&state).contains("Recorded 3 notes") && state.recording.is_none());
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.bank.get(at("A1")), Some(&before));
}

#[test]
fn an_empty_place_becomes_a_pattern_of_the_tracks_own_kind_and_plays() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Select(at("C3")));
    let effects = update(&mut state, Intent::Record);
    assert!(effects.contains(&Effect::Play) && effects.contains(&Effect::Metronome(true)), "{effects:?}");
    press(&mut state, 1.0, 64);
    let effects = update(&mut state, Intent::RecordUntil(2.0));
    let [Effect::Launch { slot, voices, .. }, Effect::Generate(request)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((slot.recipe().model.as_str(), voices[0].track, voices[0].part), ("mel_test", 1, Part::Lead));
    assert_eq!(request.slots, [at("C3")]);
    assert_eq!(steps(&state, "C3", 64), [4]);
    give(&mut state, Intent::Record);
    give(&mut state, Intent::Undo);
    assert!(state.edit.bank.get(at("C3")).is_none());
}

#[test]
fn swing_is_taken_out_and_timing_is_kept_where_that_is_wished() {
    let mut state = begun();
    give(&mut state, Intent::Swing(0.66));
    give(&mut state, Intent::Record);
    // The off-beat 16th sounds at two thirds of its 8th.
    press(&mut state, 8.33, 50);
    give(&mut state, Intent::Record);
    assert_eq!(steps(&state, "A1", 50), [1]);
    give(&mut state, Intent::Swing(0.5));
    give(&mut state, Intent::RecordFree);
    give(&mut state, Intent::Record);
    press(&mut state, 12.05, 51);
    give(&mut state, Intent::Record);
    let slot = state.edit.bank.get(at("A1")).unwrap();
    let note = slot.pattern().notes.iter().find(|note| note.pitch == 51 && note.offset != 0.0).unwrap();
    assert!(note.start == 16 && (note.offset - 0.2).abs() < 1e-3, "{note:?}");
}

#[test]
fn a_pattern_that_the_track_does_not_play_is_refused_and_silence_changes_nothing() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    assert!(update(&mut state, Intent::Record).is_empty());
    assert!(state.recording.is_none() && said(&state).contains("{next-track}"));
    give(&mut state, Intent::SelectTrack(0));
    let position = state.history.position();
    give(&mut state, Intent::Record);
    give(&mut state, Intent::Record);
    assert!(said(&state).contains("Nothing was played") && state.history.position() == position);
    press(&mut state, 3.0, 36);
    assert!(update(&mut state, Intent::RecordUntil(9.0)).is_empty(), "nobody records");
}

#[test]
fn letters_are_heard_on_the_selected_track_and_recorded_and_end_where_they_began() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::NudgeOctave(1));
    give(&mut state, Intent::Select(at("C3")));
    give(&mut state, Intent::Record);
    let live = |track, key, velocity| Effect::Live { track, channel: track - 1, key, velocity };
    let strike = |state: &mut State, beat, velocity| {
        update(state, Intent::Strike { beat: Some(beat), key: 60, velocity })
    };
    assert_eq!(strike(&mut state, 1.02, 90), [live(1, 72, 90)]);
    // Another track and octave meanwhile: the note that sounds is the one that ends.
    give(&mut state, Intent::SelectTrack(2));
    assert_eq!(strike(&mut state, 1.5, 0), [live(1, 72, 0)]);
    assert!(state.struck.is_empty());
    give(&mut state, Intent::RecordUntil(2.0));
    assert_eq!(steps(&state, "C3", 60), [4]);
    // The same key again before its end, and an end without a beginning.
    give(&mut state, Intent::SelectTrack(1));
    strike(&mut state, 2.0, 90);
    assert_eq!(strike(&mut state, 2.5, 80), [live(1, 72, 0), live(1, 72, 80)]);
    strike(&mut state, 3.0, 0);
    assert_eq!(strike(&mut state, 3.1, 0), []);
    give(&mut state, Intent::Record);
    assert_eq!(steps(&state, "C3", 60), [4, 8, 10]);
}
