use super::super::super::fixtures::with_all_kinds;
use super::super::super::session::Session;
use super::*;

fn played() -> State {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::NextModel);
    give(&mut state, Intent::Sample(Some(at("C1"))));
    give(&mut state, Intent::Launch(Some(at("C1"))));
    state
}

#[test]
fn an_opened_session_plays_what_played_in_it_on_the_same_tracks() {
    let before = played();
    let session = Session::of(&before);
    let mut state = with_all_kinds();
    let effects = give(
        &mut state,
        Intent::Opened { path: None, session: Box::new(session.clone()), told: vec![], lost: vec![] },
    );
    let launches: Vec<usize> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Launch { voices, .. } => Some(voices.len()),
            _ => None,
        })
        .collect();
    assert_eq!(launches, [3], "the trio waits on all three tracks, the beat under it is over");
    assert!(effects.contains(&Effect::Play) && effects.contains(&Effect::Tempo(120.0)));
    assert_eq!(state.edit, before.edit);
    assert_eq!(Session::of(&state), session);
}

#[test]
fn a_session_whose_model_is_not_at_hand_says_so_when_it_opens() {
    let mut session = Session::of(&played());
    session.tracks[1].0.model = "mine".to_owned();
    let known = session.tracks[0].0.model.clone();
    let lost = session.unreadable_models();
    assert!(lost.iter().any(|(name, _)| name == "mine"), "{lost:?}");
    let mut state = with_all_kinds();
    let mut open = |lost: Vec<(String, String)>, told: Vec<String>| {
        let session = Box::new(session.clone());
        give(&mut state, Intent::Opened { path: None, session, told, lost });
        said(&state).to_owned()
    };
    let text = open(lost.clone(), vec![]);
    assert!(text.starts_with("lead: ") && text.contains("mine"), "{text}");
    let text = open(lost, vec!["bpm = 900: 20 to 300 are possible, 300 is taken".into()]);
    assert!(text.starts_with("bpm = 900") && text.contains("(and 1 more: "), "{text}");
    let given = vec![(known, "it is not in a folder of models".to_owned())];
    assert!(!open(given, vec![]).contains("not in a folder"), "what the jam was started with is at hand");
}

#[test]
fn opening_over_a_jam_is_taken_back_like_anything_else() {
    let mut state = begun();
    let before = state.edit.clone();
    let session = Session::of(&played());
    give(
        &mut state,
        Intent::Opened {
            path: Some("x.toml".into()),
            session: Box::new(session),
            told: vec![],
            lost: vec![],
        },
    );
    assert_ne!(state.edit.bank, before.bank);
    give(&mut state, Intent::Undo);
    assert_eq!(state.edit, before);
}

#[test]
fn a_session_is_saved_to_its_own_file_once_it_has_one() {
    let mut state = fresh();
    assert_eq!(give(&mut state, Intent::SaveSession), []);
    let mut state = begun();
    let first = give(&mut state, Intent::SaveSession);
    assert!(matches!(&first[..], [Effect::SaveSession { path: None, .. }]), "{first:?}");
    give(&mut state, Intent::SessionSaved(Ok("a.toml".into())));
    let second = give(&mut state, Intent::SaveSession);
    assert!(
        matches!(&second[..], [Effect::SaveSession { path: Some(path), .. }] if path.ends_with("a.toml"))
    );
    give(&mut state, Intent::SessionSaved(Err("the disk is full".into())));
    assert_eq!(said(&state), "Not saved: the disk is full");
}
