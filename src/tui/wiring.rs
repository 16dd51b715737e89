//! The rig's settings, changed while the music plays, and what there is to say about each change.

use crate::jam::wiring::{Sent, Wiring};
use crate::midi::{INPUTS, InputSettings, LONGEST_MS, OUTPUTS, OutputSettings, Settings, matches};

/// Why a change was not made: what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WiringError {
    /// Nothing to change.
    #[error("No MIDI output is open: `:midi-out NAME` opens one, `mvae-tui ports` lists them")]
    NoOutput,
    /// Too many.
    #[error("There is room for {0} ports: `:{1} NAME` again takes one away")]
    Full(usize, &'static str),
}

/// Makes `change` to the settings, to the output `chosen` where it is about one, and says what is so now.
///
/// # Errors
/// [`WiringError`], where nothing was changed.
pub fn rewire(settings: &mut Settings, chosen: &mut usize, change: &Wiring) -> Result<String, WiringError> {
    match change {
        Wiring::Output(name) => return output(settings, name, chosen),
        Wiring::Input(name) => return input(settings, name),
        Wiring::Leader(name) => {
            let wanted = InputSettings::new(name);
            if !settings.inputs.iter().any(|input| matches(&input.name, &wanted.name)) {
                input(settings, name)?;
            }
            settings.follow = Some(wanted.name.clone());
            return Ok(format!(
                "The clock of {} is the one to follow: {{follow-clock}} follows it, or leads",
                wanted.name
            ));
        }
        Wiring::Port { name, output, on } => return port(settings, name, *output, *on, chosen),
        _ => {}
    }
    let count = settings.outputs.len();
    *chosen = match change {
        Wiring::Choose(wanted) => *wanted,
        Wiring::Next => (*chosen + 1) % count.max(1),
        _ => *chosen,
    }
    .min(count.saturating_sub(1));
    let number = *chosen + 1;
    let Some(output) = settings.outputs.get_mut(*chosen) else { return Err(WiringError::NoOutput) };
    match change {
        Wiring::Toggle(sent) => {
            let (what, on) = match sent {
                Sent::Notes => ("notes", &mut output.notes),
                Sent::Clock => ("clock ticks", &mut output.clock),
                Sent::Transport => ("start, stop and continue", &mut output.transport),
                Sent::Position => ("song positions", &mut output.position),
            };
            *on = !*on;
            let how = if *on { "is sent" } else { "is not sent" };
            return Ok(format!("MIDI output {number}, {} {how} {what}", output.name));
        }
        Wiring::Offset(ms) => output.offset_ms = held(*ms),
        Wiring::NudgeOffset(by) => output.offset_ms = held(output.offset_ms + by),
        _ => {}
    }
    Ok(format!("MIDI output {number}, {}: {}", output.name, output.describe()))
}

/// Adds the output, or takes it away.
fn output(settings: &mut Settings, name: &str, chosen: &mut usize) -> Result<String, WiringError> {
    let new = OutputSettings::new(name);
    if let Some(at) = settings.outputs.iter().position(|output| matches(&output.name, &new.name)) {
        let old = settings.outputs.remove(at);
        *chosen = 0;
        return Ok(format!("MIDI output {} is closed", old.name));
    }
    add_output(settings, name, chosen)
}

fn add_output(settings: &mut Settings, name: &str, chosen: &mut usize) -> Result<String, WiringError> {
    let new = OutputSettings::new(name);
    if settings.outputs.len() >= OUTPUTS {
        return Err(WiringError::Full(OUTPUTS, "midi-out"));
    }
    *chosen = settings.outputs.len();
    let text = format!("MIDI output {} is {}", *chosen + 1, new.name);
    settings.outputs.push(new);
    Ok(text)
}

/// Opens or closes the port of exactly this name.
fn port(
    settings: &mut Settings,
    name: &str,
    output: bool,
    on: bool,
    chosen: &mut usize,
) -> Result<String, WiringError> {
    if on {
        return if output { add_output(settings, name, chosen) } else { add_input(settings, name) };
    }
    if output {
        settings.outputs.retain(|port| port.name != name);
        *chosen = 0;
    } else {
        settings.inputs.retain(|port| port.name != name);
    }
    Ok(format!("MIDI {} {name} is closed", if output { "output" } else { "input" }))
}

fn input(settings: &mut Settings, name: &str) -> Result<String, WiringError> {
    let new = InputSettings::new(name);
    if let Some(at) = settings.inputs.iter().position(|input| matches(&input.name, &new.name)) {
        let old = settings.inputs.remove(at);
        return Ok(format!("MIDI input {} is closed", old.name));
    }
    add_input(settings, name)
}

fn add_input(settings: &mut Settings, name: &str) -> Result<String, WiringError> {
    let new = InputSettings::new(name);
    if settings.inputs.len() >= INPUTS {
        return Err(WiringError::Full(INPUTS, "midi-in"));
    }
    let text = format!("MIDI input {} is {}", settings.inputs.len() + 1, new.name);
    settings.inputs.push(new);
    Ok(text)
}

fn held(ms: f64) -> f64 {
    let ms = if ms.is_finite() { ms } else { 0.0 };
    (ms.clamp(-LONGEST_MS, LONGEST_MS) * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_come_are_changed_and_go() {
        let (mut settings, mut chosen) = (Settings::default(), 0);
        assert_eq!(rewire(&mut settings, &mut chosen, &Wiring::NudgeOffset(1.0)), Err(WiringError::NoOutput));
        rewire(&mut settings, &mut chosen, &Wiring::Output("volca".into())).expect("opens");
        rewire(&mut settings, &mut chosen, &Wiring::Output("virtual:mine".into())).expect("opens");
        assert!(settings.outputs[1].own && chosen == 1);
        let said = rewire(&mut settings, &mut chosen, &Wiring::Toggle(Sent::Clock)).expect("changes");
        assert!(said.contains("mine is not sent clock"), "{said}");
        rewire(&mut settings, &mut chosen, &Wiring::Next).expect("chooses");
        rewire(&mut settings, &mut chosen, &Wiring::Offset(-8.26)).expect("changes");
        let said = rewire(&mut settings, &mut chosen, &Wiring::NudgeOffset(-1.0)).expect("changes");
        assert!(said.contains("volca") && said.contains("9.3 ms earlier"), "{said}");
        rewire(&mut settings, &mut chosen, &Wiring::Offset(9e9)).expect("changes");
        assert_eq!(settings.outputs[0].offset_ms, LONGEST_MS);
        rewire(&mut settings, &mut chosen, &Wiring::Output("VOLCA".into())).expect("closes");
        assert_eq!(settings.outputs.len(), 1);
    }

    #[test]
    fn a_port_chosen_from_the_list_is_exactly_that_one() {
        let (mut settings, mut chosen) = (Settings::default(), 0);
        let mut turn = |name: &str, on| {
            let change = Wiring::Port { name: name.into(), output: true, on };
            rewire(&mut settings, &mut chosen, &change).expect("changes");
            settings.outputs.iter().map(|output| output.name.clone()).collect::<Vec<_>>()
        };
        turn("port_10", true);
        assert_eq!(turn("port_1", true), ["port_10", "port_1"]);
        assert_eq!(turn("port_1", false), ["port_10"]);
    }

    #[test]
    fn a_leader_is_an_input_too_and_there_is_room_for_eight() {
        let (mut settings, mut chosen) = (Settings::default(), 0);
        rewire(&mut settings, &mut chosen, &Wiring::Leader("drum box".into())).expect("opens");
        assert_eq!((settings.follow.as_deref(), settings.inputs.len()), (Some("drum box"), 1));
        for number in 0..7 {
            rewire(&mut settings, &mut chosen, &Wiring::Input(format!("in {number}"))).expect("opens");
        }
        let error =
            rewire(&mut settings, &mut chosen, &Wiring::Input("one more".into())).expect_err("is full");
        assert!(error.to_string().contains('8'));
    }
}
