use super::super::super::fixtures::with_all_kinds;
use super::super::super::scene::Line;
use super::*;

/// A beat, a melody and a second melody below each other in the first two columns; the beat plays.
fn band() -> State {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    for (track, row) in [(1, "B"), (2, "C")] {
        give(&mut state, Intent::SelectTrack(track));
        for column in 1..=2 {
            give(&mut state, Intent::Sample(Some(at(&format!("{row}{column}")))));
        }
    }
    state
}

fn launched(effects: &[Effect]) -> Vec<(u8, Quantise)> {
    let of = |effect: &Effect| match effect {
        Effect::Launch { voices, at, .. } => voices.iter().map(|voice| (voice.track, *at)).collect(),
        _ => Vec::new(),
    };
    effects.iter().flat_map(of).collect()
}

#[test]
fn a_scene_comes_in_at_one_boundary_on_every_track_and_the_next_one_is_selected() {
    let mut state = band();
    give(&mut state, Intent::Select(at("A1")));
    let effects = give(&mut state, Intent::Scene(Line::Column(None)));
    assert_eq!(launched(&effects), [0, 1, 2].map(|track| (track, Quantise::Bar)));
    let waiting: Vec<_> = (0..3).filter_map(|track| state.queued_on(track).map(|l| l.place)).collect();
    assert_eq!(waiting, [at("A1"), at("B1"), at("C1")]);
    assert_eq!(state.cursor, at("A2"), "as it goes on in a set");
    assert!(said(&state).contains("A1 drums, B1 lead, C1 bass"), "{}", said(&state));
}

#[test]
fn tracks_that_have_nothing_in_a_scene_fall_silent_with_it() {
    let mut state = band();
    give(&mut state, Intent::Scene(Line::Column(Some(0))));
    for track in 0..3 {
        let launch = state.queued[track];
        give(&mut state, Intent::Heard { track, launch });
    }
    let effects = give(&mut state, Intent::Scene(Line::Column(Some(4))));
    assert_eq!(launched(&effects), [(0, Quantise::Bar)]);
    let halts = effects.iter().filter(|effect| matches!(effect, Effect::Halt { at: Quantise::Bar, .. }));
    assert_eq!(halts.count(), 2);
    give(&mut state, Intent::Heard { track: 1, launch: None });
    assert!(state.sounding_on(1).is_none());
}

#[test]
fn a_row_of_beats_plays_the_first_and_says_what_is_left_out() {
    let mut state = band();
    let effects = give(&mut state, Intent::Scene(Line::Row(None).at(at("A1"))));
    assert_eq!(launched(&effects).len(), 1);
    assert!(said(&state).contains("no track is left for 7 more"), "{}", said(&state));
}

#[test]
fn an_empty_scene_does_nothing_and_a_standing_transport_starts_with_it() {
    let mut state = band();
    assert_eq!(give(&mut state, Intent::Scene(Line::Row(Some(6)))), []);
    assert!(said(&state).starts_with("Row G is empty"));
    give(&mut state, Intent::Stop);
    let effects = give(&mut state, Intent::Scene(Line::Column(Some(1))));
    assert_eq!(launched(&effects), [0, 1, 2].map(|track| (track, Quantise::Now)));
    assert_eq!(effects.last(), Some(&Effect::Play));
    assert_eq!(state.sounding_on(2).map(|launch| launch.place), Some(at("C2")));
}

#[test]
fn the_music_is_counted_in_where_that_is_wanted() {
    let mut state = band();
    give(&mut state, Intent::NextCountIn);
    give(&mut state, Intent::Stop);
    assert_eq!(give(&mut state, Intent::Play), [Effect::CountIn(4)]);
    assert!(state.playing);
    assert_eq!(give(&mut state, Intent::TogglePlay)[0], Effect::Stop);
    give(&mut state, Intent::CountIn(9));
    assert_eq!(give(&mut state, Intent::Launch(Some(at("A2")))).last(), Some(&Effect::CountIn(8)));
    give(&mut state, Intent::NextCountIn);
    give(&mut state, Intent::Stop);
    assert_eq!(give(&mut state, Intent::Play), [Effect::Play]);
}
