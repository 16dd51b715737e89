use super::super::super::fixtures::{answer, beat, melody, with_all_kinds};
use super::super::super::gear::Change;
use super::super::super::slot::Slot;
use super::super::super::track::Output;
use super::super::super::{Job, Request};
use super::*;
use std::sync::Arc;

/// A beat on the drums and a melody on the lead, both sounding.
fn duo() -> State {
    let mut state = with_all_kinds();
    give(&mut state, Intent::Begin);
    give(&mut state, Intent::SelectTrack(1));
    give(&mut state, Intent::Sample(Some(at("B1"))));
    give(&mut state, Intent::Launch(Some(at("B1"))));
    let launch = state.queued[1];
    give(&mut state, Intent::Heard { track: 1, launch });
    state
}

fn launches(effects: &[Effect]) -> Vec<(String, Quantise)> {
    let of = |effect: &Effect| match effect {
        Effect::Launch { slot, at, .. } => Some((slot.name.clone(), *at)),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

#[test]
fn a_fill_is_made_of_what_plays_and_each_is_another() {
    let mut state = duo();
    give(&mut state, Intent::SelectTrack(0));
    // The model's, and the next one is ordered at once.
    let fill = |state: &mut State| match &give(state, Intent::Fill(None))[..] {
        [Effect::Fill { voice, slot, at: Quantise::Bar }, Effect::Generate(next)] => {
            let Job::Fill { of, seed } = &next.job else { panic!("{next:?}") };
            assert_eq!(of.pattern, beat(0).pattern);
            (voice.track, slot.pattern().clone(), *seed)
        }
        other => panic!("{other:?}"),
    };
    let (first, second) = (fill(&mut state), fill(&mut state));
    assert_eq!((first.0, first.1.steps), (0, 16));
    assert_ne!(first.2, second.2, "each is another");
    // No vector is known of the melody's model: its fill is made by rule.
    give(&mut state, Intent::SelectTrack(1));
    let by_rule = give(&mut state, Intent::Fill(None));
    assert!(matches!(by_rule[..], [Effect::Fill { .. }]), "{by_rule:?}");
    assert_eq!(fills(&give(&mut state, Intent::FillAll)), [0, 1], "the beat's and the melody's");
    give(&mut state, Intent::SelectTrack(0));
    assert_eq!(give(&mut state, Intent::Fill(Some(2))), [], "nothing plays on the bass");
    assert!(said(&state).contains("bass"), "{}", said(&state));
    give(&mut state, Intent::Stop);
    assert_eq!(give(&mut state, Intent::FillAll), []);
}

/// The tracks that fills come on.
fn fills(effects: &[Effect]) -> Vec<u8> {
    let track =
        |effect: &Effect| if let Effect::Fill { voice, .. } = effect { Some(voice.track) } else { None };
    effects.iter().filter_map(track).collect()
}

/// The fills that are ordered.
fn ordered(effects: &[Effect]) -> Vec<Request> {
    let request = |effect: &Effect| match effect {
        Effect::Generate(request) if request.is_ahead() => Some(request.clone()),
        _ => None,
    };
    effects.iter().filter_map(request).collect()
}

#[test]
fn a_fill_that_is_still_being_made_comes_in_as_soon_as_it_is_there_and_is_the_next_ones_seed() {
    let mut state = begun();
    let launch = state.sounding[0];
    let asked = ordered(&update(&mut state, Intent::Heard { track: 0, launch }));
    assert_eq!(asked.len(), 1, "as soon as it sounds");
    assert_eq!(update(&mut state, Intent::Heard { track: 0, launch }), [], "once");
    assert_eq!(update(&mut state, Intent::Fill(None)), [], "nothing stalls and nothing is made up");
    assert!(said(&state).contains("as soon as it can"), "{}", said(&state));
    let effects = update(&mut state, answer(&asked[0]));
    assert_eq!((fills(&effects), ordered(&effects).len()), (vec![0], 1));
    // Where the model fails the rule plays, and says why.
    let next = ordered(&effects).remove(0);
    update(&mut state, Intent::Fill(None));
    let why = "no weights".to_owned();
    let effects = update(&mut state, Intent::Failed { ticket: next.ticket, why });
    assert_eq!((fills(&effects), ordered(&effects).len()), (vec![0], 0));
    assert!(said(&state).contains("no weights"), "{}", said(&state));
    assert_eq!(fills(&update(&mut state, Intent::Fill(None))), [0], "by rule from then on");
}

#[test]
fn what_sounds_no_more_needs_no_fill() {
    let mut state = begun();
    let launch = state.sounding[0];
    let asked = ordered(&update(&mut state, Intent::Heard { track: 0, launch }));
    give(&mut state, Intent::Launch(Some(at("A2"))));
    let launch = state.queued[0];
    let effects = update(&mut state, Intent::Heard { track: 0, launch });
    assert_eq!(effects[0], Effect::Cancel(asked[0].ticket));
    assert_eq!(ordered(&effects).len(), 1);
    // A late answer is nobody's.
    assert_eq!(update(&mut state, answer(&asked[0])), []);
    give(&mut state, Intent::Halt(None));
    let effects = update(&mut state, Intent::Heard { track: 0, launch: None });
    assert!(matches!(effects[..], [Effect::Cancel(_)]), "{effects:?}");
}

#[test]
fn a_fill_begins_as_the_bar_does_that_it_comes_in() {
    let mut state = begun();
    let mut pattern = beat(0).pattern;
    pattern.notes.retain(|note| note.start >= 16 || note.pitch == 36);
    give(&mut state, Intent::Write { place: at("A1"), pattern, label: "empty".into(), nudge: false });
    let launch = state.sounding[0];
    give(&mut state, Intent::Heard { track: 0, launch });
    let head = |state: &mut State, beat: u32| {
        give(state, Intent::Beat(beat));
        match &give(state, Intent::Fill(None))[..] {
            [Effect::Fill { slot, .. }, ..] => slot.pattern().notes.iter().filter(|n| n.start < 8).count(),
            other => panic!("{other:?}"),
        }
    };
    let (second, first) = (head(&mut state, 1), head(&mut state, 5));
    assert_eq!((first, second), (2, 7), "two kicks, and hats and a snare with them");
}

#[test]
fn a_frozen_track_is_printed_and_nothing_moves_it_until_it_is_thawed() {
    let mut state = duo();
    let mut pattern = state.edit.bank.get(at("B1")).unwrap().pattern().clone();
    for note in &mut pattern.notes {
        note.chance = 50;
    }
    let count = pattern.notes.len();
    give(&mut state, Intent::Write { place: at("B1"), pattern, label: "chance".into(), nudge: false });
    give(&mut state, Intent::Beat(17));
    let printed = |effects: &[Effect]| match effects {
        [Effect::Launch { slot, at: Quantise::Now, voices, .. }] => {
            assert_eq!(voices.iter().map(|voice| voice.track).collect::<Vec<_>>(), [1]);
            slot.pattern().clone()
        }
        other => panic!("{other:?}"),
    };
    let frozen = printed(&give(&mut state, Intent::Freeze(None)));
    assert!(frozen.notes.len() < count && frozen.notes.iter().all(|note| note.chance == 100));
    let sounds = state.sounding[1];
    // Neither a launch, nor an edit, nor another take, nor a scene moves it; its sound may still be changed.
    assert_eq!(give(&mut state, Intent::Launch(Some(at("B1")))), []);
    assert!(said(&state).contains("frozen"));
    assert!(launches(&give(&mut state, Intent::Vary(Some(at("B1"))))).is_empty());
    assert_eq!(give(&mut state, Intent::Halt(None)), []);
    assert_eq!(give(&mut state, Intent::Fill(None)), []);
    assert_eq!(give(&mut state, Intent::Steps { track: None, steps: 12 }), []);
    let scene = give(&mut state, Intent::Scene(super::super::super::scene::Line::Column(Some(0))));
    assert_eq!(launches(&scene).len(), 2, "the beat again, and the melody on the bass");
    assert_eq!(state.sounding[1], sounds);
    assert!(!scene.iter().any(|effect| matches!(effect, Effect::Halt { track: 1, .. })));
    assert_eq!(printed(&give(&mut state, Intent::Program(30))), frozen);
    // Undo takes the sound back, then the scene's tracks stay, then the freezing.
    give(&mut state, Intent::Undo);
    let thawed = printed(&give(&mut state, Intent::Freeze(None)));
    assert_eq!(&thawed, state.edit.bank.get(at("B1")).unwrap().pattern());
    assert_eq!(printed(&give(&mut state, Intent::Undo)), frozen);
    assert!(state.edit.tracks[1].frozen.is_some());
}

#[test]
fn the_same_beat_prints_the_same_loop_and_another_round_another() {
    let print = |beat: u32| {
        let mut state = duo();
        let slot = state.edit.bank.get(at("B1")).cloned().unwrap();
        let mut pattern = slot.pattern().clone();
        pattern.notes.iter_mut().for_each(|note| note.chance = 50);
        give(&mut state, Intent::Write { place: at("B1"), pattern, label: "chance".into(), nudge: false });
        give(&mut state, Intent::Beat(beat));
        give(&mut state, Intent::Freeze(None));
        state.edit.tracks[1].frozen.clone().unwrap().slot.pattern().clone()
    };
    assert_eq!(print(16), print(23), "both in the third round of two bars");
    assert!((0..6).any(|round| print(16) != print(8 * round)));
}

#[test]
fn loops_have_a_length_of_the_tracks_own_and_go_back_to_the_patterns() {
    let mut state = duo();
    let steps = |effects: &[Effect]| match effects {
        [Effect::Launch { voices, at: Quantise::Now, .. }] => voices[0].steps,
        other => panic!("{other:?}"),
    };
    assert_eq!(steps(&give(&mut state, Intent::NudgeSteps { track: None, by: -1 })), 31);
    assert_eq!(steps(&give(&mut state, Intent::Steps { track: None, steps: 12 })), 12);
    assert_eq!(said(&state), "lead loops 12 steps (3 beats)");
    // Held keys are one step of undo.
    assert_eq!(steps(&give(&mut state, Intent::Undo)), 0);
    assert_eq!(steps(&give(&mut state, Intent::Redo)), 12);
    assert_eq!(steps(&give(&mut state, Intent::NudgeSteps { track: None, by: 20 })), 0, "32 are its own");
    give(&mut state, Intent::Steps { track: Some(0), steps: 9999 });
    assert_eq!(state.edit.tracks[0].steps, Some(256));
    give(&mut state, Intent::NudgeSteps { track: Some(0), by: 1 });
    assert_eq!(said(&state), "drums loops 256 steps (64 beats), as far as it goes");
    give(&mut state, Intent::Steps { track: Some(0), steps: 1 });
    give(&mut state, Intent::NudgeSteps { track: Some(0), by: -1 });
    assert_eq!(said(&state), "drums loops 1 step, as far as it goes");
}

#[test]
fn a_track_goes_from_side_to_side_and_undo_brings_it_back() {
    let mut state = duo();
    let effects = give(&mut state, Intent::NudgePan { track: None, by: -0.3 });
    assert_eq!(effects, [Effect::Pan { track: 1, channel: 0, pan: -0.3 }]);
    assert_eq!(said(&state), "lead 30 left");
    assert_eq!(
        give(&mut state, Intent::Pan { track: Some(0), pan: 9.0 })[0],
        Effect::Pan { track: 0, channel: 9, pan: 1.0 }
    );
    assert_eq!(give(&mut state, Intent::Undo), [Effect::Pan { track: 0, channel: 9, pan: 0.0 }]);
}

#[test]
fn outputs_go_round_and_what_is_heard_elsewhere_is_silent_here() {
    let mut state = duo();
    give(&mut state, Intent::Ports(vec!["volca".into(), "minitaur".into()]));
    let next = |state: &mut State| give(state, Intent::NextOutput(None));
    assert_eq!(next(&mut state), []);
    assert_eq!(state.track().output, Output::BuiltIn);
    assert_eq!(next(&mut state), [Effect::Gain { track: 1, gain: 0.0 }]);
    assert_eq!(state.track().output, Output::Port("volca".into()));
    next(&mut state);
    assert_eq!(next(&mut state), [Effect::Gain { track: 1, gain: 1.0 }]);
    assert_eq!(state.track().output, Output::Everywhere);
    give(&mut state, Intent::Output { track: None, output: Output::Port("gone".into()) });
    assert!(said(&state).contains("--midi-out gone"), "{}", said(&state));
    give(&mut state, Intent::Gear { track: None, change: Change::Channel(10) });
    assert_eq!(state.track().gear.channel, Some(9));
    give(&mut state, Intent::Gear { track: None, change: Change::NudgeChannel(7) });
    assert_eq!(state.track().gear.channel, None, "around the end is its own");
}

/// Four melodies of two bars in row B, the first of which is selected; the beat plays.
fn row() -> State {
    let mut state = duo();
    for (column, which) in (1..=4).zip(0..) {
        let slot = Arc::new(Slot::new(format!("point {column}"), melody(which)));
        state.edit.bank.put(at(&format!("B{column}")), Some(slot));
    }
    give(&mut state, Intent::Select(at("B1")));
    give(&mut state, Intent::Beat(5));
    state
}

/// Lets the transport come to `beat`, quarter by quarter; what was launched on the way, with the quarter.
fn until(state: &mut State, beat: u32) -> Vec<(u32, String, Quantise)> {
    let mut told = Vec::new();
    while state.beat < beat {
        let now = state.beat + 1;
        // What has come to its boundary sounds.
        if let Some(launch) = state.queued_on(1).filter(|l| matches!(l.at, Quantise::At(at) if at <= now)) {
            let launch = Some(launch.id);
            give(state, Intent::Heard { track: 1, launch });
        }
        let effects = give(state, Intent::Beat(now));
        told.extend(launches(&effects).into_iter().map(|(name, at)| (now, name, at)));
    }
    told
}

#[test]
fn a_chain_plays_a_row_point_after_point_each_on_its_very_beat_and_stays_at_the_end() {
    let mut state = row();
    assert_eq!(launches(&give(&mut state, Intent::Chain(None))), [("point 1".into(), Quantise::At(8))]);
    let told = until(&mut state, 60);
    let wanted = [(8, "point 2", 16), (16, "point 3", 24), (24, "point 4", 32)];
    assert_eq!(told, wanted.map(|(now, name, at)| (now, name.to_owned(), Quantise::At(at))));
    assert!(!state.chain.is_running(), "the last has been played");
    assert_eq!(state.sounding_on(1).map(|launch| launch.place), Some(at("B4")));
}

#[test]
fn a_chain_begun_a_moment_before_the_boundary_skips_nothing() {
    let mut state = row();
    until(&mut state, 7);
    give(&mut state, Intent::Chain(None));
    // The transport is past the boundary before the engine tells that it has changed over.
    assert_eq!(give(&mut state, Intent::Beat(8)), [], "point 1 waits: nothing may push it out");
    let launch = state.queued[1];
    let effects = give(&mut state, Intent::Heard { track: 1, launch });
    assert_eq!(launches(&effects), [("point 2".into(), Quantise::At(16))]);
    assert_eq!(give(&mut state, Intent::Beat(9)), [], "once");
}

#[test]
fn a_chain_plays_each_point_more_often_and_begins_anew_where_that_is_wanted() {
    let mut state = row();
    give(&mut state, Intent::ChainRounds(2));
    give(&mut state, Intent::ChainAround);
    give(&mut state, Intent::Chain(Some(at("B3"))));
    let told = until(&mut state, 60);
    let names: Vec<(u32, &str)> = told.iter().map(|(now, name, _)| (*now, name.as_str())).collect();
    assert_eq!(names, [(8, "point 4"), (24, "point 3"), (40, "point 4"), (56, "point 3")]);
    assert!(state.chain.is_running());
    give(&mut state, Intent::Chain(None));
    assert!(!state.chain.is_running() && said(&state).starts_with("The chain ends"));
}

#[test]
fn a_point_that_is_still_being_made_is_waited_for_a_loop_at_a_time() {
    let mut state = row();
    give(&mut state, Intent::Chain(None));
    state.edit.bank.put(at("B2"), None);
    let effects = update(&mut state, Intent::Sample(Some(at("B2"))));
    let Some(Effect::Generate(request)) = effects.first().cloned() else { panic!("{effects:?}") };
    assert_eq!(until(&mut state, 18), [], "point 1 loops on");
    update(&mut state, answer(&request));
    let told = until(&mut state, 25);
    assert_eq!(
        told.iter().map(|(now, _, at)| (*now, *at)).collect::<Vec<_>>(),
        [(19, Quantise::At(24)), (24, Quantise::At(32))]
    );
}

#[test]
fn whoever_launches_by_hand_ends_the_chain_and_so_does_a_stop() {
    for intent in [Intent::Launch(Some(at("B2"))), Intent::Stop] {
        let mut state = row();
        give(&mut state, Intent::Chain(None));
        give(&mut state, intent);
        assert!(!state.chain.is_running());
        assert_eq!(give(&mut state, Intent::Beat(40)), []);
    }
    let mut state = duo();
    assert_eq!(give(&mut state, Intent::Chain(Some(at("B1")))), []);
    assert!(said(&state).contains("nothing of the kind of B1 follows"), "{}", said(&state));
}

#[test]
fn a_standing_transport_starts_with_the_chain_and_its_first_point_is_whole() {
    let mut state = row();
    give(&mut state, Intent::Stop);
    give(&mut state, Intent::Beat(0));
    let effects = give(&mut state, Intent::Chain(None));
    assert_eq!(
        (launches(&effects), effects.last()),
        (vec![("point 1".into(), Quantise::Now)], Some(&Effect::Play))
    );
    let told = until(&mut state, 9);
    assert_eq!(
        told.iter().map(|(now, name, at)| (*now, name.as_str(), *at)).collect::<Vec<_>>(),
        [(1, "point 2", Quantise::At(8)), (8, "point 3", Quantise::At(16)),]
    );
}
