//! Tokens as rows of the networks and back (spec sections 11 to 14): the rows of `codec::rows`, without their zeros.

use super::rows::{Row, Rows};
use crate::{
    codec::{
        Tokens, chords,
        drum_map::{CLASSES, FULL_CLASSES},
        rows::{self, DRUM_MASKS, MELODY},
    },
    model::{
        catalogue::{Config, Head, Kind},
        vae::Controls,
    },
};

/// One row with a single 1.
fn hot(place: usize) -> Row {
    vec![(place as u32, 1.0)]
}

/// The places that are not zero of dense rows of `width` numbers.
fn sparse(dense: &[f32], width: usize) -> Rows {
    let places = |row: &[f32]| {
        row.iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(k, x)| (k as u32, *x)).collect()
    };
    dense.chunks_exact(width).map(places).collect()
}

/// The rows of `tokens`: as the encoder takes them (`input`), or as outputs that are fed back.
pub fn rows(config: &Config, tokens: &Tokens, input: bool) -> Result<Rows, String> {
    if name(tokens) != config.kind {
        return Err(format!("it takes {} patterns, not {}", config.kind, name(tokens)));
    }
    check(tokens)?;
    let mut dense = Vec::new();
    if input || config.head == Head::Groove {
        rows::input(tokens, &mut dense);
        return Ok(sparse(&dense, rows::input_width(tokens)));
    }
    if config.head == Head::Nade {
        rows::target_roll(tokens, &mut dense);
        return Ok(sparse(&dense, config.output_depth()));
    }
    let mut all = vec![Row::new(); tokens.len()];
    let mut place = 0;
    for (indices, width) in rows::target_indices(tokens).iter().zip(config.parts) {
        for (row, index) in all.iter_mut().zip(indices) {
            row.extend(hot(place + usize::from(*index)));
        }
        place += width;
    }
    Ok(all)
}

/// Refuses tokens that no row can hold.
fn check(tokens: &Tokens) -> Result<(), String> {
    let melody = |events: &[u8]| match events.iter().find(|e| usize::from(**e) >= MELODY) {
        Some(event) => Err(format!("melody event {event} is not below {MELODY}")),
        None => Ok(()),
    };
    match tokens {
        Tokens::Melody(events) => melody(events),
        Tokens::Drums(masks) => check_masks(masks.iter().map(|m| u64::from(*m)), CLASSES),
        Tokens::FullDrums(masks) => check_masks(masks.iter().copied(), FULL_CLASSES),
        Tokens::Trio { lead, bass, drums: masks } => {
            if lead.len() != bass.len() || lead.len() != masks.len() {
                return Err(format!(
                    "its parts have {}, {} and {} steps",
                    lead.len(),
                    bass.len(),
                    masks.len()
                ));
            }
            melody(lead)?;
            melody(bass)?;
            check_masks(masks.iter().map(|m| u64::from(*m)), CLASSES)
        }
        Tokens::Groove(steps) if steps.iter().flatten().any(|x| !x.is_finite()) => {
            Err("a hit, velocity or offset is not a number".to_owned())
        }
        Tokens::Groove(_) => Ok(()),
    }
}

fn check_masks(mut masks: impl Iterator<Item = u64>, classes: usize) -> Result<(), String> {
    match masks.find(|mask| mask >> classes != 0) {
        Some(mask) => Err(format!("drum mask {mask:#x} has more than {classes} classes")),
        None => Ok(()),
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
    let part = |from: usize, width: usize| {
        let own = |place: &usize| (from..from + width).contains(place);
        row.iter().map(|(place, _)| *place as usize).find(own).map_or(0, |place| place - from)
    };
    match tokens {
        Tokens::Melody(events) => events.push(part(0, MELODY) as u8),
        Tokens::Drums(masks) => {
            masks.push(if config.head == Head::Nade { bits() as u16 } else { part(0, DRUM_MASKS) as u16 });
        }
        Tokens::FullDrums(masks) => masks.push(bits()),
        Tokens::Trio { lead, bass, drums } => {
            lead.push(part(0, MELODY) as u8);
            bass.push(part(MELODY, MELODY) as u8);
            drums.push(part(2 * MELODY, DRUM_MASKS) as u16);
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
        (chords::CLASSES, Some(Controls::Chords(classes))) => {
            if let Some(class) = classes.iter().find(|c| usize::from(**c) >= chords::CLASSES) {
                return Err(format!("chord class {class} is not below {}", chords::CLASSES));
            }
            Ok(classes.iter().map(|c| hot(usize::from(*c))).collect())
        }
        (CLASSES, Some(Controls::Hits(masks))) => {
            let hits = Tokens::Drums(masks.clone());
            check(&hits)?;
            let mut dense = Vec::new();
            rows::target_roll(&hits, &mut dense);
            Ok(sparse(&dense, CLASSES))
        }
        (chords::CLASSES, _) => Err("it needs a chord for every step".to_owned()),
        _ => Err("it needs the hits of every step".to_owned()),
    }
}
