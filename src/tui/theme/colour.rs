//! Colours: reading them, mixing them, and bringing them down to what a terminal can show.

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: weight, reverse and glyphs only.
    Mono,
    /// The 16 named ones.
    Ansi16,
    /// The 6x6x6 cube and 24 greys.
    Ansi256,
    /// 24 bits.
    True,
}

impl Depth {
    /// What the environment tells, given as a look-up so that it can be tested: `NO_COLOR` (not empty) wins, then
    /// `COLORTERM`, then `TERM`.
    pub fn detect(get: impl Fn(&str) -> Option<String>) -> Self {
        let term = get("TERM").unwrap_or_default();
        let colour = get("COLORTERM").unwrap_or_default();
        if get("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
            Self::Mono
        } else if colour == "truecolor" || colour == "24bit" || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256") || !colour.is_empty() {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// Reads `#rrggbb`, a terminal colour's name or number, or `none` (the terminal's own).
pub fn parse(text: &str) -> Option<Color> {
    if text == "none" {
        return Some(Color::Reset);
    }
    if text.starts_with('#') && (text.len() != 7 || !text.is_ascii()) {
        return None;
    }
    text.parse().ok()
}

/// The way from `from` to `to`, 0 to 1; where one of them has no known light, the nearer one.
pub fn mix(from: Color, to: Color, share: f32) -> Color {
    let share = share.clamp(0.0, 1.0);
    match (from, to) {
        (Color::Rgb(r0, g0, b0), Color::Rgb(r1, g1, b1)) => {
            let part = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
            Color::Rgb(part(r0, r1), part(g0, g1), part(b0, b1))
        }
        _ if share < 0.5 => from,
        _ => to,
    }
}

/// The nearest colour that `depth` has.
pub fn fit(colour: Color, depth: Depth) -> Color {
    match (colour, depth) {
        (_, Depth::Mono) => Color::Reset,
        (Color::Rgb(r, g, b), Depth::Ansi256) => Color::Indexed(cube(r, g, b)),
        (Color::Rgb(r, g, b), Depth::Ansi16) => nearest16(r, g, b),
        (other, _) => other,
    }
}

/// The nearest colour that `depth` has for what is drawn on `ground`. Where 16 colours make the two the same, though
/// they are not, it is the grey beside it: the grid of a dark roll is faint, and not gone.
pub fn ink(colour: Color, ground: Color, depth: Depth) -> Color {
    let fitted = fit(colour, depth);
    if depth != Depth::Ansi16 || colour == ground || fitted != fit(ground, depth) {
        return fitted;
    }
    match fitted {
        Color::Black | Color::Gray => Color::DarkGray,
        Color::White | Color::DarkGray => Color::Gray,
        other => other,
    }
}

/// The six levels of a channel of the cube.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    // Weights near the eye's own: green counts most, blue least.
    let part = |x: u8, y: u8, weight: u32| {
        let d = u32::from(x.abs_diff(y));
        d * d * weight
    };
    part(a[0], b[0], 3) + part(a[1], b[1], 6) + part(a[2], b[2], 2)
}

fn cube(r: u8, g: u8, b: u8) -> u8 {
    let level = |x: u8| (0..6).min_by_key(|&i| LEVELS[i].abs_diff(x)).unwrap_or(0);
    let (i, j, k) = (level(r), level(g), level(b));
    let in_cube = [LEVELS[i], LEVELS[j], LEVELS[k]];
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = [8 + 10 * step; 3];
    if distance(grey, [r, g, b]) < distance(in_cube, [r, g, b]) {
        232 + step
    } else {
        (16 + 36 * i + 6 * j + k) as u8
    }
}

/// The 16 colours as most terminals show them.
const ANSI: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 49, 49]),
    (Color::Green, [13, 188, 121]),
    (Color::Yellow, [229, 229, 16]),
    (Color::Blue, [36, 114, 200]),
    (Color::Magenta, [188, 63, 188]),
    (Color::Cyan, [17, 168, 205]),
    (Color::Gray, [204, 204, 204]),
    (Color::DarkGray, [102, 102, 102]),
    (Color::LightRed, [241, 76, 76]),
    (Color::LightGreen, [35, 209, 139]),
    (Color::LightYellow, [245, 245, 67]),
    (Color::LightBlue, [59, 142, 234]),
    (Color::LightMagenta, [214, 112, 214]),
    (Color::LightCyan, [41, 184, 219]),
    (Color::White, [255, 255, 255]),
];

/// The light of a named or numbered colour.
pub fn rgb(colour: Color) -> Color {
    let of = |[r, g, b]: [u8; 3]| Color::Rgb(r, g, b);
    match colour {
        Color::Indexed(index @ 232..) => of([8 + 10 * (index - 232); 3]),
        Color::Indexed(index @ 16..) => {
            let index = usize::from(index - 16);
            of([LEVELS[index / 36], LEVELS[index / 6 % 6], LEVELS[index % 6]])
        }
        Color::Indexed(index) => of(ANSI[usize::from(index)].1),
        named => ANSI.iter().find(|(name, _)| *name == named).map_or(named, |(_, light)| of(*light)),
    }
}

fn nearest16(r: u8, g: u8, b: u8) -> Color {
    // Soft colours would all become grey: where there is light enough to see a hue, the hue is what counts.
    let mean = (f32::from(r) + f32::from(g) + f32::from(b)) / 3.0;
    let strong =
        |x: u8| if r.max(g).max(b) > 110 { mean + (f32::from(x) - mean) * 2.2 } else { f32::from(x) };
    let [r, g, b] = [r, g, b].map(|x| strong(x).clamp(0.0, 255.0) as u8);
    ANSI.iter().min_by_key(|(_, light)| distance(*light, [r, g, b])).map_or(Color::Reset, |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::{Depth, fit, ink, mix, parse};
    use ratatui::style::Color;

    fn depth(pairs: &[(&str, &str)]) -> Depth {
        Depth::detect(|key| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn no_color_wins_over_everything_unless_it_is_empty() {
        assert_eq!(depth(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Depth::Mono);
        assert_eq!(depth(&[("NO_COLOR", ""), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Ansi256);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Ansi16);
        assert_eq!(depth(&[("TERM", "dumb")]), Depth::Mono);
    }

    #[test]
    fn colours_come_down_to_the_nearest_one() {
        assert_eq!(fit(Color::Rgb(255, 0, 0), Depth::Ansi256), Color::Indexed(196));
        assert_eq!(fit(Color::Rgb(8, 8, 8), Depth::Ansi256), Color::Indexed(232));
        assert_eq!(fit(Color::Rgb(250, 250, 250), Depth::Ansi16), Color::White);
        assert_eq!(fit(Color::Rgb(1, 2, 3), Depth::True), Color::Rgb(1, 2, 3));
        assert_eq!(fit(Color::Red, Depth::Mono), Color::Reset);
    }

    #[test]
    fn what_16_colours_cannot_tell_from_its_ground_is_grey() {
        let (ground, grid) = (Color::Rgb(10, 12, 16), Color::Rgb(30, 34, 40));
        assert_eq!(fit(grid, Depth::Ansi16), fit(ground, Depth::Ansi16));
        assert_eq!(ink(grid, ground, Depth::Ansi16), Color::DarkGray);
        assert_eq!(ink(ground, ground, Depth::Ansi16), Color::Black, "what is not to be seen is not");
        assert_eq!(ink(grid, ground, Depth::True), grid);
        assert_eq!(ink(Color::Rgb(240, 240, 240), Color::Rgb(255, 255, 255), Depth::Ansi16), Color::Gray);
    }

    #[test]
    fn mixing_goes_from_one_to_the_other() {
        let (a, b) = (Color::Rgb(0, 0, 0), Color::Rgb(200, 100, 50));
        assert_eq!(mix(a, b, 0.5), Color::Rgb(100, 50, 25));
        assert_eq!((mix(a, b, -1.0), mix(a, b, 2.0)), (a, b));
        assert_eq!(mix(Color::Reset, b, 0.2), Color::Reset);
    }

    #[test]
    fn colours_are_read_and_nonsense_is_refused() {
        assert_eq!(parse("#ff8000"), Some(Color::Rgb(255, 128, 0)));
        assert_eq!(parse("none"), Some(Color::Reset));
        assert_eq!(parse("light-blue"), Some(Color::LightBlue));
        assert_eq!(parse("42"), Some(Color::Indexed(42)));
        for wrong in ["#ff80", "#gggggg", "#é0000", "amberish", ""] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
