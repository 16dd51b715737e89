//! The text of a session.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::migrate::migrate;
use super::{Session, SessionError, VERSION, code, field};
use crate::jam::gear::{self, Gear};
use crate::jam::quantise::Quantise;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::track::{self, Frozen, Output, Track};
use crate::jam::{kit, limits, register};
use crate::latent::generate::Generated;
use crate::latent::recipe::{Origin, Recipe};
use crate::model::{Controls, near};
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote};

#[derive(Debug, Serialize, Deserialize)]
struct File {
    version: i64,
    bpm: f64,
    swing: f32,
    temperature: f32,
    #[serde(default)]
    muted_drums: Vec<String>,
    launch: String,
    count_in: u8,
    seed: u64,
    selected_track: usize,
    selected_place: String,
    /// Left out where it is as in a fresh jam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain: Option<ChainRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    palette: Option<field::PaletteRow>,
    #[serde(default, rename = "track")]
    tracks: Vec<TrackRow>,
    #[serde(default, rename = "pattern")]
    patterns: Vec<PatternRow>,
}

/// How chains are played.
#[derive(Debug, Serialize, Deserialize)]
struct ChainRow {
    /// Loops of each point.
    rounds: u8,
    /// It begins anew at its end.
    around: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct TrackRow {
    name: String,
    part: Part,
    model: String,
    program: u8,
    octave: i8,
    /// Melodies in the register of a bass; files from before have them as they were made.
    #[serde(default)]
    bass_register: bool,
    level_db: f32,
    /// -1 left to 1 right.
    pan: f32,
    /// `all`, `built-in`, or the name of a MIDI output.
    output: String,
    /// MIDI channel outside, 1 to 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<u8>,
    /// Bank outside: upper and lower byte, `3/12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
    /// Program outside, 0 to 127, where it is another than `program`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outside_program: Option<u8>,
    /// Keys of the kit outside, kick to ride, separated by blanks, where they are not General MIDI's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kit: Option<String>,
    /// Steps of every loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    #[serde(default)]
    muted: bool,
    #[serde(default)]
    solo: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plays: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen: Option<FrozenRow>,
}

/// A loop that a track was printed to.
#[derive(Debug, Serialize, Deserialize)]
struct FrozenRow {
    part: Part,
    pattern: PatternRow,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PatternRow {
    place: String,
    name: String,
    steps: u32,
    kind: String,
    model: String,
    seed: u64,
    index: u32,
    temperature: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    controls: Option<Controls>,
    origin: Origin,
    /// Octaves down to the register of a bass, where they are not those of its notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low: Option<i8>,
    /// One note a line: start and length in steps, key, velocity, part, micro-timing where there is some, and the share
    /// of rounds in which it sounds where that is not all of them.
    notes: Vec<String>,
    tokens: String,
    z: String,
}

/// Launch boundaries by their names in files.
const LAUNCHES: [(&str, Quantise); 4] =
    [("now", Quantise::Now), ("beat", Quantise::Beat), ("bar", Quantise::Bar), ("2-bars", Quantise::TwoBars)];

const HEAD: &str = "# A session of mvae-tui. Open it with: mvae-tui FILE\n# notes: start and length in 16th steps, key, velocity, part, micro-timing in steps, chance. z and tokens: hexadecimal.\n\n";

/// The text of `session`.
pub fn write(session: &Session) -> String {
    let muted = (0..kit::CLASSES).filter(|class| session.muted >> class & 1 == 1);
    let tracks = session.tracks.iter().map(|(track, plays)| TrackRow {
        name: track.name.clone(),
        part: track.part,
        model: track.model.clone(),
        program: track.program,
        octave: track.octave,
        bass_register: track.bass_register,
        level_db: track.level,
        pan: track.pan,
        output: track.output.word().to_owned(),
        channel: track.gear.channel.map(|channel| channel + 1),
        bank: track.gear.bank_bytes().map(|[upper, lower]| format!("{upper}/{lower}")),
        outside_program: track.gear.program,
        kit: track.gear.keys.map(|keys| keys.map(|key| key.to_string()).join(" ")),
        steps: track.steps,
        muted: track.muted,
        solo: track.solo,
        plays: plays.map(|place| place.to_string()),
        frozen: track
            .frozen
            .as_ref()
            .map(|frozen| FrozenRow { part: frozen.part, pattern: pattern_row(frozen.place, &frozen.slot) }),
    });
    let launch = LAUNCHES.iter().find(|(_, quantise)| *quantise == session.quantise);
    let file = File {
        version: VERSION,
        bpm: session.bpm,
        swing: session.swing,
        temperature: session.temperature,
        muted_drums: muted.filter_map(kit::name).map(str::to_owned).collect(),
        launch: launch.map_or("bar", |(name, _)| name).to_owned(),
        count_in: session.count_in,
        seed: session.seed,
        selected_track: session.track + 1,
        selected_place: session.cursor.to_string(),
        chain: (session.rounds > 1 || session.around)
            .then_some(ChainRow { rounds: session.rounds, around: session.around }),
        palette: field::write(&session.palette, &session.slots),
        tracks: tracks.collect(),
        patterns: session.slots.iter().map(|(place, slot)| pattern_row(*place, slot)).collect(),
    };
    // Plain data of strings and numbers always has a text.
    format!("{HEAD}{}", toml::to_string_pretty(&file).unwrap_or_default())
}

pub(super) fn pattern_row(place: SlotId, slot: &Slot) -> PatternRow {
    let (recipe, made) = (slot.recipe(), &slot.made);
    let (kind, tokens) = code::tokens(&made.tokens);
    PatternRow {
        place: place.to_string(),
        name: slot.name.clone(),
        steps: made.pattern.steps,
        kind: kind.to_owned(),
        model: recipe.model.clone(),
        seed: recipe.seed,
        index: recipe.index,
        temperature: recipe.temperature,
        controls: recipe.controls.clone(),
        origin: recipe.origin.clone(),
        low: Some(slot.low).filter(|low| *low != register::octaves(&made.pattern)),
        notes: made.pattern.notes.iter().map(note).collect(),
        tokens,
        z: code::floats(&made.z),
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Lead => "lead",
        Part::Bass => "bass",
        Part::Drums => "drums",
    }
}

fn note(note: &PatternNote) -> String {
    let PatternNote { start, length, pitch, velocity, part, offset, chance } = note;
    let moved = if *offset == 0.0 { String::new() } else { format!(" {offset:+}") };
    let chance = if *chance == ALWAYS { String::new() } else { format!(" {chance}%") };
    format!("{start} {length} {pitch} {velocity} {}{moved}{chance}", part_name(*part))
}

fn read_note(text: &str, steps: u32) -> Option<PatternNote> {
    let mut words = text.split_whitespace();
    let mut number = || words.next()?.parse::<u32>().ok();
    let (start, length, pitch, velocity) = (number()?, number()?, number()?, number()?);
    let part = match words.next()? {
        "lead" => Part::Lead,
        "bass" => Part::Bass,
        "drums" => Part::Drums,
        _ => return None,
    };
    let (mut offset, mut chance) = (0.0, ALWAYS);
    let mut word = words.next();
    if let Some(moved) = word.filter(|word| !word.ends_with('%')) {
        offset = moved.parse::<f32>().ok().filter(|offset| offset.abs() <= 0.5)?;
        word = words.next();
    }
    if let Some(share) = word {
        chance = share.strip_suffix('%')?.parse().ok().filter(|chance| (1..=ALWAYS).contains(chance))?;
    }
    let (pitch, velocity) = (u8::try_from(pitch).ok()?, u8::try_from(velocity).ok()?);
    let fits = start < steps && length >= 1 && pitch <= 127 && (1..=127).contains(&velocity);
    (fits && words.next().is_none()).then_some(PatternNote {
        start,
        length,
        pitch,
        velocity,
        part,
        offset,
        chance,
    })
}

/// Names of the keys at each level, to tell a mistyped one.
const KEYS: [(&str, &[&str]); 3] = [
    (
        "",
        &[
            "version",
            "bpm",
            "swing",
            "temperature",
            "muted_drums",
            "launch",
            "count_in",
            "seed",
            "selected_track",
            "selected_place",
            "chain",
            "palette",
            "track",
            "pattern",
        ],
    ),
    (
        "track",
        &[
            "name",
            "part",
            "model",
            "program",
            "octave",
            "bass_register",
            "level_db",
            "pan",
            "output",
            "channel",
            "bank",
            "outside_program",
            "kit",
            "steps",
            "muted",
            "solo",
            "plays",
            "frozen",
        ],
    ),
    (
        "pattern",
        &[
            "place",
            "name",
            "steps",
            "kind",
            "model",
            "seed",
            "index",
            "temperature",
            "controls",
            "origin",
            "low",
            "notes",
            "tokens",
            "z",
        ],
    ),
];

fn strange(table: &toml::Table) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut look = |table: &toml::Table, known: &[&str], place: &str| {
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            let like = near(key, known.iter().copied());
            let like = like.first().map_or(String::new(), |like| format!("; did you mean {like}?"));
            warnings.push(format!("{place}{key} means nothing in a session{like}"));
        }
    };
    for (name, known) in KEYS {
        match table.get(name).and_then(toml::Value::as_array) {
            _ if name.is_empty() => look(table, known, ""),
            Some(rows) => rows
                .iter()
                .filter_map(toml::Value::as_table)
                .enumerate()
                .for_each(|(at, row)| look(row, known, &format!("{name} {}: ", at + 1))),
            None => {}
        }
    }
    warnings
}

/// Reads a session's text.
pub fn read(text: &str, file: &str) -> Result<(Session, Vec<String>), SessionError> {
    let syntax = |error: toml::de::Error| {
        let before = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count());
        let cause = error.message().trim_end_matches('.').to_owned();
        SessionError::Syntax { file: file.to_owned(), line: before + 1, cause }
    };
    let mut table: toml::Table = text.parse().map_err(syntax)?;
    let version = table.get("version").and_then(toml::Value::as_integer);
    migrate(&mut table, file)?;
    let mut warnings = strange(&table);
    // A file of this version is read from its text, so that a fault is told with its line.
    let data: File = match version {
        Some(VERSION) => toml::from_str(text).map_err(syntax)?,
        _ => table.try_into().map_err(syntax)?,
    };
    let value = |what: String| SessionError::Value { file: file.to_owned(), what };
    Ok((session(data, &mut warnings).map_err(value)?, warnings))
}

/// `given`, or the end of `range` that is nearest to it, and a word about that. What is no number becomes `plain`.
pub(super) fn within(told: &mut Vec<String>, what: &str, given: f64, range: [f64; 2], plain: f64) -> f64 {
    let [low, high] = range;
    let taken = if given.is_nan() { plain } else { given.clamp(low, high) };
    if taken != given {
        // Written as they stand in the file: most of them are kept in 32 bits.
        let [given, low, high, taken] = [given, low, high, taken].map(|number| number as f32);
        told.push(format!("{what} = {given}: {low} to {high} are possible, {taken} is taken"));
    }
    taken
}

/// The ends of a range of any numbers.
fn ends<T: Copy + Into<f64>>(range: &std::ops::RangeInclusive<T>) -> [f64; 2] {
    [(*range.start()).into(), (*range.end()).into()]
}

/// How the track of `row` is played outside.
fn gear(row: &TrackRow) -> Result<Gear, String> {
    let track = &row.name;
    if row.channel.is_some_and(|channel| !(1..=16).contains(&channel)) {
        return Err(format!("track {track:?}: MIDI channels are numbered 1 to 16"));
    }
    let bank = row.bank.as_ref().map(|text| {
        let wrong =
            || format!("track {track:?}: the bank {text:?} is not two numbers up to 127, as \"3/12\"");
        gear::parse_bank(text).ok_or_else(wrong)
    });
    let keys = row.kit.as_ref().map(|text| {
        let keys: Option<Vec<u8>> =
            text.split_whitespace().map(|key| key.parse().ok().filter(|key| *key < 128)).collect();
        let keys = keys.and_then(|keys| gear::Keys::try_from(keys).ok());
        keys.ok_or_else(|| format!("track {track:?}: the kit {text:?} is not nine keys up to 127"))
    });
    if row.outside_program.is_some_and(|program| program > 127) {
        return Err(format!("track {track:?}: programs outside go from 0 to 127"));
    }
    Ok(Gear {
        channel: row.channel.map(|channel| channel - 1),
        bank: bank.transpose()?,
        program: row.outside_program,
        keys: keys.transpose()?,
    })
}

pub(super) fn place(name: &str) -> Result<SlotId, String> {
    SlotId::parse(name).ok_or_else(|| format!("{name:?} is no place: they go from A1 to H8"))
}

fn session(data: File, told: &mut Vec<String>) -> Result<Session, String> {
    let launch = LAUNCHES.iter().find(|(name, _)| *name == data.launch).ok_or_else(|| {
        let names = LAUNCHES.map(|(name, _)| name).join(", ");
        format!("launch = {:?} is none of {names}", data.launch)
    })?;
    let mut muted = 0;
    for name in &data.muted_drums {
        let class = (0..kit::CLASSES).find(|class| kit::name(*class) == Some(name.as_str()));
        muted |= 1 << class.ok_or_else(|| format!("muted_drums: {name:?} is no drum class"))?;
    }
    if data.tracks.is_empty() || data.tracks.len() > track::MOST {
        return Err(format!("it has {} tracks; a jam has 1 to {}", data.tracks.len(), track::MOST));
    }
    let mut tracks = Vec::with_capacity(data.tracks.len());
    for row in data.tracks {
        let mut brought = |key: &str, given: f64, range: [f64; 2]| {
            within(told, &format!("track {:?}: {key}", row.name), given, range, 0.0)
        };
        let octave = brought("octave", row.octave.into(), ends(&limits::OCTAVE)) as i8;
        let level = brought("level_db", row.level_db.into(), ends(&limits::LEVEL)) as f32;
        let pan = brought("pan", row.pan.into(), [-1.0, 1.0]) as f32;
        let program = brought("program", row.program.into(), [0.0, 127.0]) as u8;
        let steps = row.steps.map(|steps| brought("steps", steps.into(), ends(&limits::LOOP)) as u32);
        let gear = gear(&row)?;
        let frozen = row.frozen.map(|frozen| -> Result<Arc<Frozen>, String> {
            let place = place(&frozen.pattern.place)?;
            Ok(Arc::new(Frozen {
                place,
                part: frozen.part,
                slot: Arc::new(slot(frozen.pattern, true, told)?),
            }))
        });
        let track = Track {
            name: row.name,
            part: row.part,
            model: row.model,
            program,
            octave,
            bass_register: row.bass_register,
            level,
            pan: limits::hundredths(pan, &(-1.0..=1.0)),
            steps,
            output: Output::parse(&row.output),
            gear,
            frozen: frozen.transpose()?,
            muted: row.muted,
            solo: row.solo,
        };
        tracks.push((track, row.plays.as_deref().map(place).transpose()?));
    }
    let mut slots: Vec<(SlotId, Arc<Slot>)> = Vec::with_capacity(data.patterns.len());
    for row in data.patterns {
        let at = place(&row.place)?;
        if slots.iter().any(|(other, _)| *other == at) {
            return Err(format!("two patterns stand in {at}"));
        }
        slots.push((at, Arc::new(slot(row, false, told)?)));
    }
    slots.sort_by_key(|(place, _)| *place);
    let chain = data.chain.unwrap_or(ChainRow { rounds: 1, around: false });
    let palette = data.palette.map(|row| field::read(row, &slots, told)).transpose()?.unwrap_or_default();
    let bpm = within(told, "bpm", data.bpm, ends(&limits::BPM), 120.0);
    let swing = within(told, "swing", data.swing.into(), ends(&limits::SWING), 0.5);
    let temperature = within(told, "temperature", data.temperature.into(), ends(&limits::TEMPERATURE), 0.5);
    let count_in = within(told, "count_in", data.count_in.into(), ends(&limits::COUNT_IN), 0.0);
    let rounds = within(told, "chain: rounds", chain.rounds.into(), ends(&limits::ROUNDS), 1.0);
    let selected =
        within(told, "selected_track", data.selected_track as f64, [1.0, tracks.len() as f64], 1.0);
    Ok(Session {
        bpm: limits::on_grid(bpm, &limits::BPM, 0.1),
        swing: limits::hundredths(swing as f32, &limits::SWING),
        temperature: limits::hundredths(temperature as f32, &limits::TEMPERATURE),
        muted,
        quantise: launch.1,
        count_in: count_in as u8,
        seed: data.seed,
        track: selected as usize - 1,
        cursor: place(&data.selected_place)?,
        rounds: rounds as u8,
        around: chain.around,
        palette,
        tracks,
        slots,
    })
}

/// The longest pattern a session may hold: 256 bars.
const MOST_STEPS: u32 = 4096;

/// Octaves by which a melody may lie in the register of a bass.
const LOW: [f64; 2] = [-10.0, 0.0];

/// The pattern of a row. What a track was `printed` to may have another length than the tokens that it came from.
pub(super) fn slot(row: PatternRow, printed: bool, told: &mut Vec<String>) -> Result<Slot, String> {
    let at = &row.place;
    let low = row.low.map(|low| within(told, &format!("pattern {at}: low"), low.into(), LOW, 0.0) as i8);
    if !(1..=MOST_STEPS).contains(&row.steps) {
        return Err(format!("pattern {at}: {} steps; a pattern has 1 to {MOST_STEPS}", row.steps));
    }
    let mut notes = Vec::with_capacity(row.notes.len());
    for text in &row.notes {
        let note = read_note(text, row.steps).ok_or_else(|| {
            format!(
                "pattern {at}: the note {text:?} is not \"start length key velocity part\" within {} steps",
                row.steps
            )
        })?;
        notes.push(note);
    }
    let tokens = code::read_tokens(&row.kind, &row.tokens)
        .filter(|tokens| printed || tokens.len() == row.steps as usize)
        .ok_or_else(|| {
            format!("pattern {at}: its tokens are not those of {} {} steps", row.steps, row.kind)
        })?;
    let z = code::read_floats(&row.z)
        .filter(|z| z.iter().all(|x| x.is_finite()))
        .ok_or_else(|| format!("pattern {at}: z is not a row of numbers"))?;
    let recipe = Recipe {
        model: row.model,
        seed: row.seed,
        index: row.index,
        temperature: row.temperature,
        steps: row.steps,
        controls: row.controls,
        origin: row.origin,
    };
    let slot = Slot::new(row.name, Generated { pattern: Pattern::new(row.steps, notes), tokens, z, recipe });
    Ok(Slot { low: low.unwrap_or(slot.low), ..slot })
}
