use super::*;

#[test]
fn a_fresh_start_plays_its_first_beat_and_fills_the_row_behind_it() {
    let mut state = fresh();
    let effects = give(&mut state, Intent::Begin);
    let launches = effects.iter().filter(|effect| matches!(effect, Effect::Launch { at: Quantise::Now, .. }));
    assert_eq!(launches.count(), 1);
    assert_eq!(effects.iter().filter(|effect| **effect == Effect::Play).count(), 1);
    assert!(state.playing);
    assert_eq!(state.edit.bank.len(), 8);
    assert!(state.pending.is_empty());
    assert_eq!(state.sounding().map(|launch| launch.place), Some(at("A1")));
}

#[test]
fn stopping_before_the_first_beat_is_there_keeps_it_quiet() {
    let mut state = fresh();
    let asked = update(&mut state, Intent::Begin);
    let Effect::Generate(request) = asked[0].clone() else { panic!("{asked:?}") };
    update(&mut state, Intent::Stop);
    let effects = update(&mut state, super::super::super::fixtures::answer(&request));
    assert!(!state.playing);
    assert!(!effects.contains(&Effect::Play), "{effects:?}");
    assert!(state.edit.bank.get(at("A1")).is_some());
}

#[test]
fn play_stops_and_play_again_goes_on_with_the_same_pattern() {
    let mut state = begun();
    assert_eq!(give(&mut state, Intent::TogglePlay), [Effect::Stop]);
    assert!(!state.playing);
    assert_eq!(give(&mut state, Intent::TogglePlay), [Effect::Play]);
    assert!(state.playing);
}

#[test]
fn what_waits_when_the_music_stops_is_ready_for_the_next_start() {
    let mut state = begun();
    give(&mut state, Intent::Launch(Some(at("A3"))));
    let effects = give(&mut state, Intent::Stop);
    assert_eq!(effects[0], Effect::Stop);
    assert!(matches!(effects[1], Effect::Launch { at: Quantise::Now, .. }), "{effects:?}");
    assert_eq!(state.sounding().map(|launch| launch.place), Some(at("A3")));
    assert_eq!(state.queued[0], None);
}

#[test]
fn play_without_a_single_pattern_makes_one() {
    let mut state = fresh();
    give(&mut state, Intent::TogglePlay);
    assert!(state.playing && !state.edit.bank.is_empty());
}

#[test]
fn tempo_stays_in_its_range_and_is_told_to_the_engine() {
    let mut state = fresh();
    assert_eq!(give(&mut state, Intent::Tempo(1000.0)), [Effect::Tempo(300.0)]);
    assert_eq!(give(&mut state, Intent::NudgeTempo(1.0)), []);
    assert_eq!(give(&mut state, Intent::Tempo(f64::NAN)), [Effect::Tempo(20.0)]);
    assert_eq!(give(&mut state, Intent::Tempo(93.46)), [Effect::Tempo(93.5)]);
}

#[test]
fn taps_set_the_tempo_and_a_pause_starts_anew() {
    let mut state = fresh();
    for tap in 0..5 {
        give(&mut state, Intent::Tap { at: f64::from(tap) * 0.4 });
    }
    assert!((state.edit.bpm - 150.0).abs() < 0.11, "{}", state.edit.bpm);
    give(&mut state, Intent::Tap { at: 60.0 });
    assert!((state.edit.bpm - 150.0).abs() < 0.11);
    give(&mut state, Intent::Tap { at: 60.5 });
    assert!((state.edit.bpm - 120.0).abs() < 0.11);
    assert_eq!(said(&state), "120 BPM from 2 taps");
}

#[test]
fn a_tap_says_one_thing() {
    let mut state = fresh();
    for tap in 0..4 {
        give(&mut state, Intent::Tap { at: f64::from(tap) * 0.5 });
    }
    assert_eq!((state.log.total(), said(&state)), (4, "120 BPM from 4 taps"));
    assert_eq!(state.history, crate::jam::history::History::default(), "120 it was already");
}

#[test]
fn muting_a_class_is_told_and_undone() {
    let mut state = begun();
    assert_eq!(give(&mut state, Intent::ToggleClass(2)), [Effect::MuteClasses { tracks: 1, classes: 0b100 }]);
    assert_eq!(
        give(&mut state, Intent::SoloClass(0)),
        [Effect::MuteClasses { tracks: 1, classes: 0b1_1111_1110 }]
    );
    assert_eq!(give(&mut state, Intent::SoloClass(0)), [Effect::MuteClasses { tracks: 1, classes: 0 }]);
    assert_eq!(give(&mut state, Intent::ToggleClass(9)), []);
    for expected in [0b1_1111_1110, 0b100, 0] {
        assert_eq!(give(&mut state, Intent::Undo), [Effect::MuteClasses { tracks: 1, classes: expected }]);
    }
}

#[test]
fn swing_goes_from_straight_to_dotted_and_no_further() {
    let mut state = fresh();
    assert_eq!(give(&mut state, Intent::NudgeSwing(-0.02)), []);
    assert_eq!(give(&mut state, Intent::NudgeSwing(0.02)), [Effect::Swing(0.52)]);
    assert_eq!(give(&mut state, Intent::Swing(2.0)), [Effect::Swing(0.75)]);
}
