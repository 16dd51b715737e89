//! Tokens as rows of the networks and back (spec sections 11 to 14).

use super::rows::{Row, Rows};
use crate::{
    codec::Tokens,
    model::{
        catalogue::{CHORDS, Config, Head, Kind},
        vae::Controls,
    },
};

/// Melody events.
const EVENTS: u32 = 90;
/// Drum classes of the short kit.
const CLASSES: usize = 9;
/// Drum classes of the full kit.
const FULL: usize = 61;

/// One row with a single 1.
fn hot(place: u32) -> Row {
    vec![(place, 1.0)]
}

/// A roll of `classes` bits; with `none` one more that is on where no bit is (spec section 12).
fn roll(mask: u64, classes: usize, none: bool) -> Row {
    if mask == 0 && none {
        return hot(classes as u32);
    }
    (0..classes as u32).filter(|c| mask >> c & 1 == 1).map(|c| (c, 1.0)).collect()
}

fn event(token: u8) -> Result<u32, String> {
    let token = u32::from(token);
    if token < EVENTS { Ok(token) } else { Err(format!("melody event {token} is not below {EVENTS}")) }
}

fn mask(mask: u64, classes: usize) -> Result<u64, String> {
    if mask >> classes == 0 {
        Ok(mask)
    } else {
        Err(format!("drum mask {mask:#x} has more than {classes} classes"))
    }
}

/// The rows of `tokens`: as the encoder takes them (`input`), or as outputs that are fed back.
pub fn rows(config: &Config, tokens: &Tokens, input: bool) -> Result<Rows, String> {
    match (config.kind, tokens) {
        (Kind::Melody, Tokens::Melody(events)) => events.iter().map(|e| event(*e).map(hot)).collect(),
        (Kind::Drums, Tokens::Drums(masks)) => masks
            .iter()
            .map(|m| {
                let mask = mask(u64::from(*m), CLASSES)?;
                Ok(if input || config.head == Head::Nade {
                    roll(mask, CLASSES, input)
                } else {
                    hot(mask as u32)
                })
            })
            .collect(),
        (Kind::FullDrums, Tokens::FullDrums(masks)) => {
            masks.iter().map(|m| Ok(roll(mask(*m, FULL)?, FULL, input))).collect()
        }
        (Kind::Trio, Tokens::Trio { lead, bass, drums }) => {
            if lead.len() != bass.len() || lead.len() != drums.len() {
                return Err(format!(
                    "its parts have {}, {} and {} steps",
                    lead.len(),
                    bass.len(),
                    drums.len()
                ));
            }
            let parts = lead.iter().zip(bass).zip(drums);
            parts
                .map(|((lead, bass), drums)| {
                    let drums = mask(u64::from(*drums), CLASSES)? as u32;
                    Ok(vec![(event(*lead)?, 1.0), (EVENTS + event(*bass)?, 1.0), (2 * EVENTS + drums, 1.0)])
                })
                .collect()
        }
        (Kind::Groove, Tokens::Groove(steps)) => steps
            .iter()
            .map(|step| {
                if step.iter().any(|x| !x.is_finite()) {
                    return Err("a hit, velocity or offset is not a number".to_owned());
                }
                Ok(step.iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(k, x)| (k as u32, *x)).collect())
            })
            .collect(),
        _ => Err(format!("it takes {} patterns, not {}", config.kind, name(tokens))),
    }
}

fn name(tokens: &Tokens) -> Kind {
    match tokens {
        Tokens::Melody(_) => Kind::Melody,
        Tokens::Drums(_) => Kind::Drums,
        Tokens::FullDrums(_) => Kind::FullDrums,
        Tokens::Trio { .. } => Kind::Trio,
        Tokens::Groove(_) => Kind::Groove,
    }
}

/// No steps of `kind`; nothing for kinds without tokens.
pub fn empty(kind: Kind) -> Option<Tokens> {
    Some(match kind {
        Kind::Melody => Tokens::Melody(Vec::new()),
        Kind::Drums => Tokens::Drums(Vec::new()),
        Kind::FullDrums => Tokens::FullDrums(Vec::new()),
        Kind::Trio => Tokens::Trio { lead: Vec::new(), bass: Vec::new(), drums: Vec::new() },
        Kind::Groove => Tokens::Groove(Vec::new()),
        Kind::Performance => return None,
    })
}

/// Appends an output row of a model of `config` to `tokens` of its kind.
pub fn push(tokens: &mut Tokens, config: &Config, row: &Row) {
    let bits = || row.iter().fold(0u64, |mask, (c, _)| mask | 1 << c);
    let part = |from: u32, width: u32| {
        let own = |place: &u32| (from..from + width).contains(place);
        row.iter().map(|(place, _)| *place).find(own).map_or(0, |place| place - from)
    };
    match tokens {
        Tokens::Melody(events) => events.push(part(0, EVENTS) as u8),
        Tokens::Drums(masks) => {
            masks.push(if config.head == Head::Nade { bits() as u16 } else { part(0, 1 << CLASSES) as u16 });
        }
        Tokens::FullDrums(masks) => masks.push(bits()),
        Tokens::Trio { lead, bass, drums } => {
            lead.push(part(0, EVENTS) as u8);
            bass.push(part(EVENTS, EVENTS) as u8);
            drums.push(part(2 * EVENTS, 1 << CLASSES) as u16);
        }
        Tokens::Groove(steps) => {
            let mut step = [0.0; 27];
            row.iter().for_each(|(k, x)| step[*k as usize] = *x);
            steps.push(step);
        }
    }
}

/// The control rows of a model of `config`; none for a model that takes none.
pub fn controls(config: &Config, controls: Option<&Controls>) -> Result<Rows, String> {
    match (config.control_depth, controls) {
        (0, None) => Ok(Rows::new()),
        (0, Some(_)) => Err("it takes no controls".to_owned()),
        (CHORDS, Some(Controls::Chords(chords))) => chords
            .iter()
            .map(|c| {
                if usize::from(*c) < CHORDS {
                    Ok(hot(u32::from(*c)))
                } else {
                    Err(format!("chord class {c} is not below {CHORDS}"))
                }
            })
            .collect(),
        (CLASSES, Some(Controls::Hits(masks))) => {
            masks.iter().map(|m| Ok(roll(mask(u64::from(*m), CLASSES)?, CLASSES, false))).collect()
        }
        (CHORDS, _) => Err("it needs a chord for every step".to_owned()),
        _ => Err("it needs the hits of every step".to_owned()),
    }
}
