use crate::jam::fixtures::{at, begun, give};
use crate::jam::learn::{Knob, Target};
use crate::jam::{Effect, Intent};

const KNOB: Knob = Knob::Control { channel: 0, number: 21 };

#[test]
fn a_knob_is_learned_kept_used_and_forgotten() {
    let mut state = begun();
    give(&mut state, Intent::Learn(Target::Tempo));
    let effects = give(&mut state, Intent::Knob { knob: KNOB, value: 3 });
    assert_eq!(effects, [Effect::KeepMap(state.learned.clone())]);
    assert_eq!(state.edit.bpm, 120.0, "learning moves nothing");
    assert_eq!(give(&mut state, Intent::Knob { knob: KNOB, value: 80 }), [Effect::Tempo(140.0)]);
    give(&mut state, Intent::Learn(Target::Tempo));
    let effects = give(&mut state, Intent::Learn(Target::Tempo));
    assert!(matches!(&effects[..], [Effect::KeepMap(map)] if map.learned.is_empty()));
    assert!(give(&mut state, Intent::Knob { knob: KNOB, value: 1 }).is_empty());
}

#[test]
fn a_pad_switches_on_the_way_down_only() {
    let mut state = begun();
    let pad = Knob::Key { channel: 9, key: 36 };
    give(&mut state, Intent::Learn(Target::MuteClass(0)));
    give(&mut state, Intent::Knob { knob: pad, value: 100 });
    give(&mut state, Intent::Knob { knob: pad, value: 100 });
    give(&mut state, Intent::Knob { knob: pad, value: 0 });
    assert!(state.is_muted(0));
}

#[test]
fn a_program_change_launches_its_place_and_an_empty_one_is_named() {
    let mut state = begun();
    let effects = give(&mut state, Intent::ProgramChange(2));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Launch { .. })));
    assert_eq!(state.launches.last().map(|launch| launch.place), Some(at("A3")));
    assert!(give(&mut state, Intent::ProgramChange(63)).is_empty());
    assert!(state.log.last().is_some_and(|message| message.text.contains("H8")));
}

#[test]
fn following_is_told_to_the_engine_and_its_transport_to_the_jam() {
    let mut state = begun();
    assert_eq!(give(&mut state, Intent::FollowClock), [Effect::Follow(true)]);
    give(&mut state, Intent::Transported(false));
    assert!(!state.playing);
    assert_eq!(give(&mut state, Intent::FollowClock), [Effect::Follow(false), Effect::Tempo(120.0)]);
}
