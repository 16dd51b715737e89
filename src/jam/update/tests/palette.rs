use super::super::super::fixtures::{answer, with_all_kinds};
use super::*;

#[test]
fn the_music_follows_the_dot_and_a_walk_is_one_step_of_undo() {
    let mut state = begun();
    let before = state.edit.clone();
    let effects = give(&mut state, Intent::PaletteFill);
    assert!(state.edit.palette.whole().is_some());
    let place = state.edit.palette.place.unwrap();
    assert_eq!(place, at("H8"), "out of the way of what is played by hand");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Launch { .. })), "{effects:?}");
    let id = state.queued[0];
    give(&mut state, Intent::Heard { track: 0, launch: id });
    let filled = state.edit.palette.clone();
    for _ in 0..4 {
        let effects = give(&mut state, Intent::PaletteMove { x: 0.05, y: -0.05 });
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Launch { at: Quantise::Bar, .. })));
    }
    assert_eq!((state.edit.palette.x, state.edit.palette.y), (0.7, 0.3));
    give(&mut state, Intent::Undo);
    assert_eq!((state.edit.palette.x, state.edit.palette.y), (filled.x, filled.y));
    while !state.history.is_empty() && state.edit != before {
        let past = state.history.position();
        give(&mut state, Intent::Undo);
        assert!(state.history.position() < past, "the way back ends where it began");
    }
}

#[test]
fn a_newer_place_of_the_dot_overtakes_an_older_one() {
    let mut state = begun();
    give(&mut state, Intent::PaletteFill);
    let asked: Vec<_> = [0.1, 0.9]
        .into_iter()
        .filter_map(|x| {
            update(&mut state, Intent::PaletteTo { x, y: 0.0 }).into_iter().find_map(|effect| match effect {
                Effect::Generate(request) => Some(request),
                _ => None,
            })
        })
        .collect();
    assert!(asked[0].is_superseded_by(&asked[1]));
    update(&mut state, answer(&asked[1]));
    update(&mut state, answer(&asked[0]));
    let place = state.edit.palette.place.unwrap();
    assert_eq!(state.edit.bank.get(place).map(|slot| slot.name.as_str()), Some("90,0"));
}

#[test]
fn corners_are_of_one_model_and_a_missing_one_is_said() {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    assert_eq!(give(&mut state, Intent::PaletteMove { x: 0.1, y: 0.0 }).len(), 0, "no corners yet");
    assert!(said(&state).contains("no four corners"));
    give(&mut state, Intent::PaletteCorner { corner: 0, place: None });
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Sample(Some(at("B1"))));
    give(&mut state, Intent::PaletteCorner { corner: 1, place: Some(at("B1")) });
    assert!(said(&state).contains("patterns of one model"), "{}", said(&state));
    give(&mut state, Intent::Undo);
}
