//! The addresses: what each message means to the jam, and how the jam's own are written.

use rosc::{OscMessage, OscPacket, OscType};

use crate::engine::PlayedNote;
use crate::jam::gear::Change;
use crate::jam::scene::Line;
use crate::jam::{Intent, Output, SlotId};

/// What `message` asks of the jam.
///
/// # Errors
/// A line that names the address and what it takes.
pub fn intent(message: &OscMessage) -> Result<Intent, String> {
    let path = message.addr.as_str();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let number = || number(message).ok_or_else(|| format!("OSC {path} takes a number"));
    let place = || place(message, path);
    Ok(match parts.as_slice() {
        ["mvae", "play"] => Intent::Play,
        ["mvae", "stop"] => Intent::Stop,
        ["mvae", "toggle"] => Intent::TogglePlay,
        ["mvae", "panic"] => Intent::Panic,
        ["mvae", "metronome"] => Intent::ToggleMetronome,
        ["mvae", "count-in"] => Intent::CountIn(number()?.clamp(0.0, 9.0) as u8),
        ["mvae", "scene", column] => match counted(column, 8) {
            Some(column) => Intent::Scene(Line::Column(Some(column as u8))),
            None => return Err(format!("OSC {path}: scenes are numbered 1 to 8")),
        },
        ["mvae", "tempo"] => Intent::Tempo(number()?),
        ["mvae", "swing"] => Intent::Swing(number()? as f32),
        ["mvae", "temperature"] => Intent::Temperature(number()? as f32),
        ["mvae", "fill"] => Intent::FillAll,
        ["mvae", "chain"] => Intent::Chain(place()?),
        ["mvae", "launch"] => Intent::Launch(place()?),
        ["mvae", "sample"] => Intent::Sample(place()?),
        ["mvae", "vary"] => Intent::Vary(place()?),
        ["mvae", "select"] => match place()? {
            Some(place) => Intent::Select(place),
            None => return Err(format!("OSC {path} takes a place such as \"B3\"")),
        },
        ["mvae", "record"] => Intent::Record,
        ["mvae", "palette"] => {
            let both = number_at(message, 0).zip(number_at(message, 1));
            let (x, y) = both.ok_or_else(|| format!("OSC {path} takes two numbers, 0 to 1"))?;
            Intent::PaletteTo { x, y }
        }
        ["mvae", "undo"] => Intent::Undo,
        ["mvae", "redo"] => Intent::Redo,
        ["mvae", "track", track, what] => {
            let track = counted(track, 8).ok_or_else(|| format!("OSC {path}: tracks are numbered 1 to 8"))?;
            let gear = |change| Intent::Gear { track: Some(track), change };
            match *what {
                "select" => Intent::SelectTrack(track),
                "mute" => Intent::ToggleTrack(Some(track)),
                "solo" => Intent::SoloTrack(Some(track)),
                "halt" => Intent::Halt(Some(track)),
                "level" => Intent::Level { track: Some(track), db: number()? as f32 },
                "pan" => Intent::Pan { track: Some(track), pan: number()? as f32 },
                "length" => Intent::Steps { track: Some(track), steps: number()?.clamp(0.0, 256.0) as u32 },
                "channel" => gear(Change::Channel(number()?.clamp(0.0, 16.0) as u8)),
                "program" => gear(Change::Program(number()?.clamp(0.0, 128.0) as u8)),
                "bank" => gear(Change::Bank(bank(message, path)?)),
                "kit" => match message.args.first() {
                    Some(OscType::String(name)) => gear(Change::Kit(name.clone())),
                    _ => return Err(format!("OSC {path} takes the name of a kit")),
                },
                "freeze" => Intent::Freeze(Some(track)),
                "fill" => Intent::Fill(Some(track)),
                "output" => match message.args.first() {
                    Some(OscType::String(name)) => {
                        Intent::Output { track: Some(track), output: Output::parse(name) }
                    }
                    _ => {
                        return Err(format!(
                            "OSC {path} takes \"all\", \"built-in\" or the name of an output"
                        ));
                    }
                },
                _ => return Err(unknown(path)),
            }
        }
        ["mvae", "drum", class, "mute"] => {
            let class = counted(class, 9).ok_or_else(|| format!("OSC {path}: drums are numbered 1 to 9"))?;
            Intent::ToggleClass(class as u8)
        }
        _ => return Err(unknown(path)),
    })
}

fn unknown(path: &str) -> String {
    format!("OSC {path}: there is no such address; the README lists all")
}

/// `1` to `most`, counted from 0.
fn counted(text: &str, most: usize) -> Option<usize> {
    text.parse::<usize>().ok().filter(|n| (1..=most).contains(n)).map(|n| n - 1)
}

/// The bank named by its upper and lower byte; no argument is no bank.
fn bank(message: &OscMessage, path: &str) -> Result<Option<u16>, String> {
    if message.args.is_empty() {
        return Ok(None);
    }
    let byte =
        |at| number_at(message, at).filter(|value| (0.0..128.0).contains(value)).map(|value| value as u16);
    let bank = match (byte(0), message.args.len()) {
        (Some(upper), 1) => Some(upper << 7),
        (Some(upper), 2) => byte(1).map(|lower| upper << 7 | lower),
        _ => None,
    };
    bank.map(Some).ok_or_else(|| format!("OSC {path} takes the upper and the lower byte of a bank, 0 to 127"))
}

fn number(message: &OscMessage) -> Option<f64> {
    number_at(message, 0)
}

fn number_at(message: &OscMessage, place: usize) -> Option<f64> {
    match message.args.get(place)? {
        OscType::Float(value) => Some(f64::from(*value)),
        OscType::Double(value) => Some(*value),
        OscType::Int(value) => Some(f64::from(*value)),
        OscType::Long(value) => Some(*value as f64),
        _ => None,
    }
    .filter(|value| value.is_finite())
}

/// The place named (`"B3"`) or numbered (1 to 64) by the first argument; `None` without one: the selected.
fn place(message: &OscMessage, path: &str) -> Result<Option<SlotId>, String> {
    let found = match message.args.first() {
        None => return Ok(None),
        Some(OscType::String(name)) => SlotId::parse(name),
        Some(OscType::Int(at)) => {
            let at = usize::try_from(*at).ok().and_then(|at| at.checked_sub(1));
            at.and_then(|at| SlotId::all().nth(at))
        }
        Some(_) => None,
    };
    found.map(Some).ok_or_else(|| format!("OSC {path} takes a place such as \"B3\", or its number, 1 to 64"))
}

/// Notes that have sounded, as messages: `/mvae/note` track (1..), channel (1..), key, velocity, beat.
pub fn notes(played: &[PlayedNote]) -> impl Iterator<Item = OscPacket> {
    played.iter().map(|note| {
        let int = |value: u8| OscType::Int(i32::from(value));
        let args = vec![
            int(note.track + 1),
            int(note.channel + 1),
            int(note.key),
            int(note.velocity),
            OscType::Double(note.beat),
        ];
        OscPacket::Message(OscMessage { addr: "/mvae/note".into(), args })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(addr: &str, args: Vec<OscType>) -> OscMessage {
        OscMessage { addr: addr.into(), args }
    }

    #[test]
    fn addresses_are_wishes_of_the_player() {
        let place = SlotId::parse("B3");
        let cases = [
            ("/mvae/tempo", vec![OscType::Float(140.0)], Intent::Tempo(140.0)),
            ("/mvae/launch", vec![OscType::String("b3".into())], Intent::Launch(place)),
            ("/mvae/launch", vec![OscType::Int(11)], Intent::Launch(place)),
            ("/mvae/launch", vec![], Intent::Launch(None)),
            ("/mvae/track/2/mute", vec![], Intent::ToggleTrack(Some(1))),
            ("/mvae/track/1/level", vec![OscType::Int(-6)], Intent::Level { track: Some(0), db: -6.0 }),
            ("/mvae/drum/9/mute", vec![], Intent::ToggleClass(8)),
            ("/mvae/scene/3", vec![], Intent::Scene(Line::Column(Some(2)))),
            ("/mvae/count-in", vec![OscType::Int(1)], Intent::CountIn(1)),
            ("/mvae/record", vec![], Intent::Record),
            (
                "/mvae/palette",
                vec![OscType::Float(0.5), OscType::Double(0.25)],
                Intent::PaletteTo { x: 0.5, y: 0.25 },
            ),
            ("/mvae/chain", vec![OscType::String("B3".into())], Intent::Chain(place)),
            ("/mvae/track/2/fill", vec![], Intent::Fill(Some(1))),
            ("/mvae/track/2/pan", vec![OscType::Float(-0.5)], Intent::Pan { track: Some(1), pan: -0.5 }),
            ("/mvae/track/2/length", vec![OscType::Int(12)], Intent::Steps { track: Some(1), steps: 12 }),
            (
                "/mvae/track/1/bank",
                vec![OscType::Int(3), OscType::Int(12)],
                Intent::Gear { track: Some(0), change: Change::Bank(Some(396)) },
            ),
            (
                "/mvae/track/1/kit",
                vec![OscType::String("pads".into())],
                Intent::Gear { track: Some(0), change: Change::Kit("pads".into()) },
            ),
        ];
        for (addr, args, wanted) in cases {
            assert_eq!(intent(&message(addr, args)), Ok(wanted), "{addr}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_address() {
        for (addr, args) in [
            ("/mvae/tempo", vec![]),
            ("/mvae/tempo", vec![OscType::Float(f32::NAN)]),
            ("/mvae/launch", vec![OscType::String("Z9".into())]),
            ("/mvae/launch", vec![OscType::Int(0)]),
            ("/mvae/launch", vec![OscType::Int(i32::MIN)]),
            ("/mvae/palette", vec![OscType::Float(0.5)]),
            ("/mvae/track/0/mute", vec![]),
            ("/mvae/track/9/mute", vec![]),
            ("/mvae/track/1/output", vec![OscType::Int(1)]),
            ("/mvae/track/1/bank", vec![OscType::Int(128)]),
            ("/mvae/track/1/kit", vec![]),
            ("/mvae/scene/9", vec![]),
            ("/other", vec![]),
        ] {
            let error = intent(&message(addr, args)).expect_err(addr);
            assert!(error.contains(addr), "{error}");
        }
    }
}
