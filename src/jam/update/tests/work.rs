use super::*;
use crate::jam::progress::Progress;

fn ticket(effects: &[Effect]) -> u64 {
    let ticket = |effect: &Effect| match effect {
        Effect::Generate(request) => Some(request.ticket),
        Effect::Render { ticket, .. } => Some(*ticket),
        _ => None,
    };
    effects.iter().find_map(ticket).unwrap()
}

#[test]
fn what_is_being_made_tells_how_far_it_is_and_can_be_called_off() {
    let mut state = begun();
    let before = state.edit.clone();
    let number = ticket(&update(&mut state, Intent::SampleRow(Some(at("B1")))));
    let progress = Progress { share: 0.5, left: Some(3.0), loading: false };
    update(&mut state, Intent::Progress { ticket: number, progress });
    assert_eq!(state.pending.last().map(|pending| pending.progress), Some(progress));
    assert_eq!(update(&mut state, Intent::CallOff), [Effect::Cancel(number)]);
    assert!(state.pending.is_empty() && state.edit == before);
    assert!(said(&state).starts_with("Called off: sample row B"), "{}", said(&state));
    assert_eq!(update(&mut state, Intent::CallOff), []);
    assert!(said(&state).contains("nothing to call off"));
}

#[test]
fn one_rendering_goes_on_at_a_time_and_its_late_answer_is_not_told_after_it_was_called_off() {
    let mut state = begun();
    let number = ticket(&update(&mut state, Intent::Render));
    assert_eq!(update(&mut state, Intent::Render), [], "one at a time");
    assert!(said(&state).contains("{call-off}"), "{}", said(&state));
    let progress = Progress { share: 0.25, left: Some(6.0), loading: false };
    update(&mut state, Intent::Progress { ticket: number, progress });
    assert_eq!(state.rendering, Some((number, progress)));
    assert_eq!(update(&mut state, Intent::CallOff), [Effect::Cancel(number)]);
    update(&mut state, Intent::Rendered { ticket: number, outcome: Err("stopped".into()) });
    assert!(said(&state).starts_with("Called off"), "{}", said(&state));
    let number = ticket(&update(&mut state, Intent::Render));
    update(&mut state, Intent::Rendered { ticket: number, outcome: Ok("a.wav".into()) });
    assert!(state.rendering.is_none() && said(&state).contains("a.wav"));
}
