use super::*;

/// What is read of a theme with this text.
fn read_own(text: &str) -> read::Sheet {
    read::sheet("own", NAMES[0], |name, seen| match (name, seen) {
        ("own", []) => Some((text, true)),
        _ => source(name).map(|text| (text, false)),
    })
}

/// Every scope the screens ask for; a theme that lacks one would draw it in the terminal's own colour.
const SCOPES: [&str; 58] = [
    "track",
    "track.on",
    "track.muted",
    "note.lead",
    "note.bass",
    "roll.key.white",
    "roll.key.black",
    "ui",
    "ui.border",
    "ui.title",
    "ui.title.accent",
    "ui.faint",
    "ui.key",
    "ui.overlay",
    "header.name",
    "header.label",
    "header.value",
    "header.play",
    "header.stop",
    "header.warning",
    "header.beat",
    "header.beat.off",
    "roll.lane",
    "roll.lane.odd",
    "roll.grid",
    "roll.beat",
    "roll.bar",
    "roll.past",
    "roll.playhead",
    "roll.ruler",
    "roll.ruler.bar",
    "roll.muted",
    "roll.queued",
    "drum.kick",
    "drum.snare",
    "drum.closed-hat",
    "drum.open-hat",
    "drum.low-tom",
    "drum.mid-tom",
    "drum.high-tom",
    "drum.crash",
    "drum.ride",
    "bank.label",
    "bank.label.on",
    "bank.slot",
    "bank.slot.empty",
    "bank.slot.playing",
    "bank.slot.queued",
    "bank.slot.pending",
    "bank.slot.marked",
    "bank.cursor",
    "status",
    "status.good",
    "status.warning",
    "status.error",
    "hint",
    "log",
    "log.new",
];

#[test]
fn every_theme_is_read_without_a_warning_and_has_every_scope() {
    for name in NAMES {
        let theme = Theme::load(Some(name), Depth::True);
        assert_eq!(theme.warnings(), &[] as &[String], "{name}");
        for scope in SCOPES {
            assert!(theme.scopes.contains_key(scope), "{name} lacks {scope}");
        }
    }
}

#[test]
fn a_scope_takes_over_what_its_parents_say() {
    let theme = Theme::load(Some("dark"), Depth::True);
    let (child, parent) = (theme.style("ui.border.of.nothing"), theme.style("ui.border"));
    assert_eq!(child, parent);
    assert_eq!(parent.bg, theme.style("ui").bg);
    assert_ne!(parent.fg, theme.style("ui").fg);
}

#[test]
fn without_colours_it_is_monochrome_whatever_was_asked_for() {
    let theme = Theme::load(Some("light"), Depth::Mono);
    assert_eq!(theme.name(), "monochrome");
    for scope in SCOPES {
        let style = theme.style(scope);
        assert!([None, Some(Color::Reset)].contains(&style.fg), "{scope}");
        assert!([None, Some(Color::Reset)].contains(&style.bg), "{scope}");
    }
}

#[test]
fn an_unknown_theme_is_a_warning_that_lists_the_names() {
    let theme = Theme::load(Some("drak"), Depth::True);
    assert_eq!(theme.name(), "dark");
    assert!(theme.warnings()[0].contains("dark, light, high-contrast"), "{:?}", theme.warnings());
}

#[test]
fn faults_of_a_file_are_warnings_and_the_rest_counts() {
    let text = "[palette]\na = \"#ffffff\"\n[scopes]\n\"hint\" = { fg = \"a\" }\n\"log\" = { fg = \"nope\", add = [\"loud\"] }\n";
    let sheet = read_own(text);
    assert_eq!(sheet.scopes["hint"].fg, Some(Color::Rgb(255, 255, 255)));
    assert_eq!(sheet.warnings.len(), 2, "{:?}", sheet.warnings);
    assert_eq!(read_own("inherits = \"nobody\"").warnings.len(), 1);
    assert_eq!(read_own("scopes = 3").warnings.len(), 1);
}

/// Scopes that words are written in.
const TEXTS: [&str; 29] = [
    "ui",
    "ui.title",
    "ui.title.accent",
    "ui.faint",
    "ui.key",
    "ui.overlay",
    "header.label",
    "header.value",
    "header.play",
    "header.stop",
    "header.name",
    "header.warning",
    "roll.ruler.bar",
    "bank.label",
    "bank.label.on",
    "status",
    "status.good",
    "status.warning",
    "status.error",
    "hint",
    "bank.slot",
    "bank.slot.playing",
    "bank.slot.queued",
    "bank.slot.pending",
    "bank.slot.marked",
    "bank.cursor",
    "track",
    "track.on",
    "log.new",
];

/// Relative luminance, WCAG 2.
fn luminance(colour: Color) -> f64 {
    let Color::Rgb(r, g, b) = colour else { panic!("{colour:?} has no known light") };
    let linear = |x: u8| {
        let x = f64::from(x) / 255.0;
        if x <= 0.040_45 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[test]
fn text_stands_out_from_its_ground() {
    let texts = TEXTS;
    for name in NAMES.into_iter().filter(|name| !["sixteen", "monochrome", "ascii"].contains(name)) {
        let theme = Theme::load(Some(name), Depth::True);
        for scope in texts {
            let contrast = contrast_of(&theme, scope);
            assert!(contrast >= 4.5, "{name} {scope}: contrast {contrast:.2}");
        }
        // Notes are figures, not text: WCAG asks 3:1 of those.
        for scope in
            SCOPES.into_iter().filter(|scope| scope.starts_with("drum.") || scope.starts_with("note."))
        {
            let contrast = contrast_of(&theme, scope);
            assert!(contrast >= 3.0, "{name} {scope}: contrast {contrast:.2}");
        }
    }
}

/// Contrast of a scope's text with its ground, WCAG 2.
fn contrast_of(theme: &Theme, scope: &str) -> f64 {
    let style = theme.style("ui").patch(theme.style(scope));
    let (Some(fg), Some(bg)) = (style.fg, style.bg) else { panic!("{scope}: no colours") };
    let (a, b) = (luminance(fg), luminance(bg));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn with_16_colours_text_never_has_the_colour_of_its_ground_and_states_stay_apart() {
    for name in NAMES {
        let theme = Theme::load(Some(name), Depth::Ansi16);
        for scope in TEXTS {
            let style = theme.style("ui").patch(theme.style(scope));
            let plain = [None, Some(Color::Reset)];
            assert!(plain.contains(&style.fg) || style.fg != style.bg, "{name} {scope}: {style:?}");
            let named = |colour| !matches!(colour, Some(Color::Rgb(..) | Color::Indexed(_)));
            assert!(named(style.fg) && named(style.bg), "{name} {scope}: {style:?}");
        }
        let states = ["playing", "queued", "marked"].map(|state| theme.style(&format!("bank.slot.{state}")));
        // Glyphs tell them apart too; where there are colours, so do those.
        if !["monochrome", "ascii"].contains(&theme.name()) {
            assert!(states[0] != states[1] && states[1] != states[2] && states[0] != states[2], "{name}");
        }
    }
}
