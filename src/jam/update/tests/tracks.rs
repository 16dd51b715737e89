use super::super::super::fixtures::{melody, trio, with_all_kinds};
use super::super::super::{Known, Slot, Voice};
use super::*;
use crate::model::Kind;
use crate::music::pattern::Part;
use std::sync::Arc;

fn voices(effects: &[Effect]) -> Vec<Voice> {
    let of = |effect: &Effect| match effect {
        Effect::Launch { voices, .. } => voices.clone(),
        _ => Vec::new(),
    };
    effects.iter().flat_map(of).collect()
}

#[test]
fn each_track_takes_a_model_of_its_own_kind() {
    let state = with_all_kinds();
    let models: Vec<&str> = state.edit.tracks.iter().map(|track| track.model.as_str()).collect();
    assert_eq!(models, ["drums_test", "mel_test", "mel_test"]);
    let mut only_trios = fresh();
    only_trios.know(vec![Known { name: "t".into(), kind: Kind::Trio, steps: 256 }]);
    assert!(only_trios.edit.tracks.iter().all(|track| track.model == "t" || track.part == Part::Drums));
}

#[test]
fn a_melody_plays_beside_the_beat_and_a_trio_takes_three_tracks() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Sample(Some(at("B1"))));
    let launched = voices(&give(&mut state, Intent::Launch(Some(at("B1")))));
    assert_eq!(launched.iter().map(|v| (v.track, v.channel)).collect::<Vec<_>>(), [(1, 0)]);
    assert_eq!(state.queued[0], None, "the beat goes on");
    give(&mut state, Intent::NextModel);
    assert_eq!(state.model(), "trio_test");
    give(&mut state, Intent::Sample(Some(at("C1"))));
    let launched = voices(&give(&mut state, Intent::Launch(Some(at("C1")))));
    let tracks: Vec<(u8, Part)> = launched.iter().map(|v| (v.track, v.part)).collect();
    assert_eq!(tracks, [(1, Part::Lead), (2, Part::Bass), (0, Part::Drums)]);
    let id = state.queued[0];
    for track in 0..3 {
        give(&mut state, Intent::Heard { track, launch: id });
    }
    assert!(state.is_sounding(at("C1")) && !state.is_sounding(at("A1")));
    assert!(said(&state).starts_with("C1 (") && said(&state).ends_with("plays"));
}

#[test]
fn a_changed_trio_comes_in_only_where_it_still_plays() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::NextModel);
    give(&mut state, Intent::Sample(Some(at("C1"))));
    give(&mut state, Intent::Launch(Some(at("C1"))));
    let id = state.queued[0];
    for track in 0..3 {
        give(&mut state, Intent::Heard { track, launch: id });
    }
    // The beat comes back under the trio's lead and bass.
    give(&mut state, Intent::Launch(Some(at("A1"))));
    let effects = give(&mut state, Intent::Vary(Some(at("C1"))));
    let tracks: Vec<u8> = voices(&effects).iter().map(|v| v.track).collect();
    assert_eq!(tracks, [1, 2]);
}

#[test]
fn a_track_is_silenced_soloed_and_taken_back() {
    let mut state = with_all_kinds();
    assert_eq!(give(&mut state, Intent::ToggleTrack(Some(1))), [Effect::MuteTrack { track: 1, on: true }]);
    assert_eq!(give(&mut state, Intent::Undo), [Effect::MuteTrack { track: 1, on: false }]);
    let silenced = |state: &State| (0..3).map(|at| state.is_silenced(at)).collect::<Vec<_>>();
    give(&mut state, Intent::SoloTrack(Some(2)));
    assert_eq!(silenced(&state), [true, true, false]);
    give(&mut state, Intent::SoloTrack(Some(2)));
    assert_eq!(silenced(&state), [false; 3]);
}

#[test]
fn a_fader_goes_from_silence_to_a_little_over_and_a_held_key_is_one_step() {
    let mut state = with_all_kinds();
    for _ in 0..4 {
        give(&mut state, Intent::NudgeLevel { track: None, by: -1.5 });
    }
    assert_eq!(state.track().level, -6.0);
    assert_eq!(said(&state), "drums -6 dB");
    give(&mut state, Intent::Undo);
    assert_eq!(state.track().level, 0.0);
    let effects = give(&mut state, Intent::Level { track: Some(1), db: -400.0 });
    assert_eq!(effects, [Effect::Gain { track: 1, gain: 0.0 }]);
    assert_eq!(said(&state), "lead silent");
}

#[test]
fn a_track_falls_silent_at_the_boundary_and_the_others_go_on() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    assert_eq!(give(&mut state, Intent::Halt(None)), [Effect::Halt { track: 0, at: Quantise::Bar }]);
    give(&mut state, Intent::Heard { track: 0, launch: None });
    assert!(state.playing && state.sounding().is_none());
    give(&mut state, Intent::Halt(Some(1)));
    assert!(said(&state).starts_with("Nothing plays on lead"));
}

#[test]
fn another_sound_is_heard_at_once_and_drums_keep_theirs() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Sample(Some(at("B1"))));
    give(&mut state, Intent::Launch(Some(at("B1"))));
    let id = state.queued[1];
    give(&mut state, Intent::Heard { track: 1, launch: id });
    let again = voices(&give(&mut state, Intent::Program(11)));
    assert_eq!(again.iter().map(|v| (v.track, v.program)).collect::<Vec<_>>(), [(1, 11)]);
    let again = voices(&give(&mut state, Intent::NudgeOctave(-1)));
    assert_eq!(again[0].octave, -1);
    give(&mut state, Intent::SelectTrack(0));
    assert_eq!(give(&mut state, Intent::Program(11)), []);
}

#[test]
fn tracks_are_added_up_to_eight_and_the_last_one_goes_first() {
    let mut state = with_all_kinds();
    for _ in 0..6 {
        give(&mut state, Intent::AddTrack(Part::Drums));
    }
    assert_eq!(state.edit.tracks.len(), 8);
    assert_eq!(state.edit.tracks.last().map(|track| track.name.as_str()), Some("drums 6"));
    assert!(said(&state).starts_with("Eight tracks"));
    assert_eq!(state.drum_tracks(), 0b1111_1001);
    give(&mut state, Intent::SelectTrack(0));
    give(&mut state, Intent::RemoveTrack);
    assert_eq!(state.edit.tracks.len(), 8);
    give(&mut state, Intent::NextTrack(-1));
    give(&mut state, Intent::RemoveTrack);
    assert_eq!((state.edit.tracks.len(), state.track), (7, 6));
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit.tracks.len(), 8);
}

#[test]
fn ends_of_two_kinds_have_nothing_between_them_and_the_mark_stays() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Sample(Some(at("B1"))));
    give(&mut state, Intent::Interpolate(Some(at("A1"))));
    assert_eq!(give(&mut state, Intent::Interpolate(Some(at("B1")))), []);
    assert_eq!(state.mark, Some(at("A1")));
    assert!(said(&state).contains("nothing lies between them"), "{}", said(&state));
}

#[test]
fn a_bass_plays_melodies_in_its_own_register_and_a_lead_where_they_are() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::SelectTrack(2));
    let slot = Arc::new(Slot::new("tune", melody(0)));
    assert_eq!(slot.low, -2, "60 to 72 come to 36 to 48");
    state.edit.bank.put(at("B1"), Some(slot));
    let first = voices(&give(&mut state, Intent::Launch(Some(at("B1")))));
    assert_eq!((first[0].track, first[0].octave), (2, -2));
    // The same pattern on the lead is where the model put it.
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Stop);
    assert_eq!(voices(&give(&mut state, Intent::Launch(Some(at("B1")))))[0].octave, 0);
    // It is a setting of the track beside its octave, heard at once, and undone.
    let again = voices(&give(&mut state, Intent::Register(Some(1))));
    assert_eq!((again[0].track, again[0].octave), (1, -2));
    assert_eq!(voices(&give(&mut state, Intent::NudgeOctave(1)))[0].octave, -1);
    give(&mut state, Intent::Undo);
    assert_eq!(voices(&give(&mut state, Intent::Undo))[0].octave, 0);
}

#[test]
fn the_bass_of_a_trio_stays_where_it_is_and_a_note_by_hand_moves_no_other() {
    let mut state = with_all_kinds();
    state.edit.bank.put(at("C1"), Some(Arc::new(Slot::new("trio", trio(0)))));
    let all = voices(&give(&mut state, Intent::Launch(Some(at("C1")))));
    assert!(all.iter().all(|voice| voice.octave == 0), "{all:?}");
    let slot = Arc::new(Slot::new("tune", melody(0)));
    state.edit.bank.put(at("B1"), Some(slot.clone()));
    let mut pattern = slot.pattern().clone();
    pattern.notes.iter_mut().for_each(|note| note.pitch += 24);
    give(&mut state, Intent::Write { place: at("B1"), pattern, label: "up".into(), nudge: false });
    assert_eq!(state.edit.bank.get(at("B1")).map(|slot| slot.low), Some(-2));
}

#[test]
fn what_replaces_a_pattern_on_the_bass_comes_down_by_octaves_of_its_own() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::SelectTrack(2));
    state.edit.bank.put(at("B1"), Some(Arc::new(Slot::new("low", melody(0)))));
    give(&mut state, Intent::Launch(Some(at("B1"))));
    let mut high = melody(0);
    high.pattern.notes.iter_mut().for_each(|note| note.pitch += 12);
    state.clipboard = Some(Arc::new(Slot::new("high", high)));
    let next = voices(&give(&mut state, Intent::Paste(Some(at("B1")))));
    assert_eq!(next.iter().map(|voice| (voice.track, voice.octave)).collect::<Vec<_>>(), [(2, -3)]);
}

#[test]
fn an_added_track_that_is_taken_back_leaves_the_one_that_was_selected() {
    let mut state = begun();
    give(&mut state, Intent::AddTrack(Part::Lead));
    assert_eq!(state.track, 3);
    give(&mut state, Intent::Undo);
    assert_eq!((state.track, state.edit.tracks.len()), (0, 3));
}
