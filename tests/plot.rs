//! Pictures of patterns: the bytes are fixed, and the PNG shows what the SVG says.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use mvae_tui::latent::noise::Noise;
use mvae_tui::music::pattern::{Part, Pattern, PatternNote};
use mvae_tui::music::plot::{Panel, Roll, Style, Theme, png, svg};

fn note(start: u32, length: u32, pitch: u8, velocity: u8, part: Part) -> PatternNote {
    PatternNote { start, length, pitch, velocity, part, offset: 0.0, chance: 100 }
}

fn beat(number: u64) -> Pattern {
    let noise = Noise::new(9, number);
    let mut notes: Vec<PatternNote> =
        (0..16).map(|i| note(i * 2, 1, 42, 50 + noise.bits(u64::from(i)) as u8 % 60, Part::Drums)).collect();
    notes.extend([0, 6, 10, 16, 22, 26, 29].map(|s| note(s, 1, 36, 80 + s as u8, Part::Drums)));
    notes.extend([4, 12, 20, 28].map(|s| note(s, 1, 38, 100, Part::Drums)));
    notes.extend([2u32, 18].map(|s| note(s, 1, 46, 80, Part::Drums)));
    notes.push(note(0, 1, 49, 110, Part::Drums));
    notes.push(note(14, 1, 45, 60, Part::Drums));
    notes.retain(|n| noise.uniform(1000 + u64::from(n.start) * 128 + u64::from(n.pitch)) > 0.15);
    Pattern::new(32, notes)
}

fn tune() -> Pattern {
    let pitches = [60u8, 64, 67, 72, 71, 67, 66, 62, 59];
    let notes = (0u32..).zip(pitches).map(|(i, p)| note(i * 3, 3, p, 60 + 7 * i as u8, Part::Lead));
    Pattern::new(32, notes.collect())
}

fn panel(label: &str, pattern: &Pattern) -> Panel {
    Panel { label: label.to_owned(), roll: Roll::from_pattern(pattern) }
}

/// Where `MVAE_PLOT_DIR` names a folder, the pictures of these tests are left there to be looked at.
fn keep(name: &str, svg: &str) {
    if let Some(folder) = std::env::var_os("MVAE_PLOT_DIR") {
        let path = std::path::Path::new(&folder).join(name);
        std::fs::write(path.with_extension("svg"), svg).unwrap();
        std::fs::write(path.with_extension("png"), png(svg, 1.0).unwrap()).unwrap();
    }
}

fn styled(title: &str, theme: Theme) -> Style {
    Style { theme, title: title.to_owned(), ..Style::default() }
}

#[test]
fn a_beat_has_its_lanes_and_the_same_bytes_every_time() {
    let style = Style { note: "drums_2bar_oh_hikl, seed 1".into(), ..styled("A beat, sampled", Theme::Dark) };
    let picture = svg(&[panel("", &beat(0))], &style);
    keep("beat", &picture);
    assert_eq!(picture, svg(&[panel("", &beat(0))], &style));
    for name in ["closed hat", "kick", "snare", "crash"] {
        assert!(picture.contains(&format!("aria-label=\"{name}\"")), "no lane {name}");
    }
}

#[test]
fn a_melody_names_its_notes() {
    let picture = svg(&[panel("", &tune())], &styled("A tune", Theme::Light));
    keep("tune", &picture);
    for name in ["C4", "F#4", "B4"] {
        assert!(picture.contains(&format!("aria-label=\"{name}\"")), "no note {name}");
    }
}

#[test]
fn an_interpolation_of_thirteen_stands_in_one_picture() {
    let panels: Vec<Panel> = (0..13).map(|i| panel(&format!("{}", i + 1), &beat(i))).collect();
    let picture = svg(&panels, &styled("From one beat to another in 13 steps", Theme::Dark));
    keep("grid", &picture);
    let last = picture.matches("aria-label=\"13\"").count();
    assert_eq!(last, 1);
    assert!(picture.len() < 400_000, "{} bytes", picture.len());
}

#[test]
fn a_trio_has_three_bands() {
    let mut notes = Vec::new();
    for bar in 0..4u32 {
        notes.extend(
            beat(u64::from(bar)).notes.iter().map(|n| PatternNote { start: n.start / 2 + bar * 16, ..*n }),
        );
        notes.extend(tune().notes.iter().map(|n| PatternNote {
            start: n.start / 2 + bar * 16,
            length: 2,
            ..*n
        }));
        notes.extend([0, 8].map(|s| note(s + bar * 16, 6, 36 + 5 * (bar as u8 % 2), 90, Part::Bass)));
    }
    let picture = svg(&[panel("", &Pattern::new(64, notes))], &styled("A trio", Theme::Dark));
    keep("trio", &picture);
    for name in ["lead", "bass", "kick"] {
        assert!(picture.contains(&format!("aria-label=\"{name}\"")), "no band {name}");
    }
}

#[test]
fn text_is_drawn_without_any_font_of_the_machine() {
    let plain = Panel { label: String::new(), roll: Roll::from_pattern(&Pattern::new(32, Vec::new())) };
    let with = png(&svg(std::slice::from_ref(&plain), &styled("Title", Theme::Dark)), 1.0).unwrap();
    let other = png(&svg(&[plain], &styled("Tltle", Theme::Dark)), 1.0).unwrap();
    assert_ne!(with, other, "two titles give one bitmap: the text was not drawn");
    assert!(!svg(&[], &styled("Title", Theme::Dark)).contains("<text"));
}

#[test]
fn the_alphabet_for_the_eye() {
    let all: String = (' '..='~').collect();
    let style =
        Style {
            title: all.clone(), note: format!("{all} \u{2192} \u{b7} \u{d7} äöüéè"), ..Style::default()
        };
    let picture = svg(&[panel("The quick brown fox jumps over the lazy dog 0123456789", &beat(1))], &style);
    keep("alphabet", &picture);
    assert!(png(&picture, 2.0).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_svg_of_a_small_pattern_is_fixed() {
    let notes = vec![note(0, 1, 36, 100, Part::Drums), note(2, 1, 42, 60, Part::Drums)];
    insta::assert_snapshot!(svg(&[panel("", &Pattern::new(4, notes))], &styled("Kick", Theme::Dark)));
}

fn width(picture: &str) -> f64 {
    let after = picture.split_once("width=\"").unwrap().1;
    after.split_once('"').unwrap().0.parse().unwrap()
}

#[test]
fn a_long_title_is_shortened_and_does_not_widen_the_picture() {
    let long = "a very long title of a very long piece ".repeat(8);
    let of = |title: &str| {
        svg(&[panel("", &beat(0))], &Style { note: title.to_owned(), ..styled(title, Theme::Dark) })
    };
    let (short, cut) = (of("Beat"), of(&long));
    keep("long_title", &cut);
    assert_eq!(width(&short), width(&cut));
    assert!(cut.contains("\u{2026}\"") && cut.contains(&format!("<title>{long}")), "{cut}");
}

#[test]
fn the_names_of_voices_stand_above_their_notes() {
    let mut pattern = tune();
    pattern.notes.extend([0u32, 8, 16, 24].map(|s| note(s, 8, 36, 90, Part::Bass)));
    let picture = svg(&[panel("", &pattern)], &styled("Two voices", Theme::Dark));
    keep("two_voices", &picture);
    // The baseline of a name and the top of the ground that follows it.
    let number = |text: &str| text.split(['"', ')', ' ']).next().unwrap().parse::<f64>().unwrap();
    for name in ["lead", "bass"] {
        let (_, after) = picture.split_once(&format!("aria-label=\"{name}\"")).unwrap();
        let place = after.split_once("translate(").unwrap().1;
        let baseline = number(place.split_once(' ').unwrap().1);
        let top = number(after.split_once("<rect").unwrap().1.split_once(" y=\"").unwrap().1);
        assert!(baseline + 2.0 < top, "{name} at {baseline}, its notes from {top}");
    }
}
