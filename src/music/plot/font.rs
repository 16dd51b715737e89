//! A stroke font of our own, so that a picture reads the same on a machine without fonts.
//!
//! Every glyph is a line drawn with a round pen: SVG path data with the baseline at y = 0, capitals 14 units
//! high, small letters 10, descenders down to +4. Digits share one width, so that columns of them line up.

/// Height of a capital, in units of the font.
pub const CAP: f64 = 14.0;
/// Empty space between two glyphs, in units of the font.
const SPACING: f64 = 3.4;
/// Half of what the pen adds on each side.
const SPACE_WIDTH: f64 = 3.2;

/// One glyph: the width of its ink and its path data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Width of the ink without the pen's own thickness.
    pub width: f64,
    /// SVG path data.
    pub path: &'static str,
}

const fn glyph(width: f64, path: &'static str) -> Glyph {
    Glyph { width, path }
}

/// The glyph of a character; a hollow box stands for one that the font lacks.
pub fn of(c: char) -> Glyph {
    match c {
        ' ' | '\u{a0}' => glyph(SPACE_WIDTH, ""),
        'a' => glyph(8.0, "M8 -10V0M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5"),
        'b' => glyph(8.0, "M0 -14V0M0 -5A4 5 0 1 1 8 -5A4 5 0 1 1 0 -5"),
        'c' => glyph(7.0, "M7 -8.3A4 5 0 1 0 7 -1.7"),
        'd' => glyph(8.0, "M8 -14V0M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5"),
        'e' => glyph(8.0, "M0 -5.2H8A4 5 0 1 0 7 -1.7"),
        'f' => glyph(5.4, "M5.4 -13.8A3.2 3.2 0 0 0 2 -10.6V0M0 -10H5"),
        'g' => glyph(8.0, "M8 -10V0A4 4 0 0 1 .8 2.4M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5"),
        'h' => glyph(7.4, "M0 -14V0M0 -6.3A3.7 3.7 0 0 1 7.4 -6.3V0"),
        'i' => glyph(0.0, "M0 -10V0M0 -13.8V-13.6"),
        'j' => glyph(2.6, "M2.6 -10V1.4A2.6 2.6 0 0 1 0 4M2.6 -13.8V-13.6"),
        'k' => glyph(7.0, "M0 -14V0M6.6 -10L0 -3.8M2.6 -6.2L7 0"),
        'l' => glyph(2.0, "M0 -14V-2A2 2 0 0 0 2 0"),
        'm' => glyph(12.4, "M0 -10V0M0 -6.9A3.1 3.1 0 0 1 6.2 -6.9V0M6.2 -6.9A3.1 3.1 0 0 1 12.4 -6.9V0"),
        'n' => glyph(7.4, "M0 -10V0M0 -6.3A3.7 3.7 0 0 1 7.4 -6.3V0"),
        'o' => glyph(8.0, "M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5"),
        'p' => glyph(8.0, "M0 -10V4M0 -5A4 5 0 1 1 8 -5A4 5 0 1 1 0 -5"),
        'q' => glyph(8.0, "M8 -10V4M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5"),
        'r' => glyph(4.8, "M0 -10V0M0 -6A4 4 0 0 1 4.8 -9.9"),
        's' => glyph(
            6.6,
            "M6.3 -8.4C5.6 -9.5 4.6 -10 3.3 -10C1.5 -10 .3 -9 .3 -7.6C.3 -4.2 6.6 -6 6.6 -2.6C6.6 -1 5.2 0 3.3 0C1.8 0 .6 -.6 0 -1.8",
        ),
        't' => glyph(5.2, "M2 -13.4V-2.8A2.8 2.8 0 0 0 4.8 0H5.2M0 -10H5.2"),
        'u' => glyph(7.4, "M0 -10V-3.7A3.7 3.7 0 0 0 7.4 -3.7V-10M7.4 -3.7V0"),
        'v' => glyph(7.6, "M0 -10L3.8 0L7.6 -10"),
        'w' => glyph(11.4, "M0 -10L2.9 0L5.7 -9L8.5 0L11.4 -10"),
        'x' => glyph(7.0, "M0 -10L7 0M7 -10L0 0"),
        'y' => glyph(7.8, "M0 -10L3.9 -.6M7.8 -10L3.2 2.2A2.8 2.8 0 0 1 .4 4"),
        'z' => glyph(7.0, "M0 -10H7L0 0H7"),
        'A' => glyph(10.4, "M0 0L5.2 -14L10.4 0M1.9 -5H8.5"),
        'B' => glyph(8.4, "M0 -7.3H4.6A3.35 3.35 0 0 0 4.6 -14H0V0H4.8A3.65 3.65 0 0 0 4.8 -7.3"),
        'C' => glyph(10.0, "M10 -11.3A5.6 7 0 1 0 10 -2.7"),
        'D' => glyph(9.4, "M0 -14H3.4A6 7 0 0 1 3.4 0H0Z"),
        'E' => glyph(7.6, "M7.6 -14H0V0H7.6M0 -7.2H6.6"),
        'F' => glyph(7.4, "M7.4 -14H0V0M0 -7H6.4"),
        'G' => glyph(11.0, "M10 -11.3A5.6 7 0 1 0 11 -6.2H6.6"),
        'H' => glyph(9.0, "M0 -14V0M9 -14V0M0 -7.2H9"),
        'I' => glyph(0.0, "M0 -14V0"),
        'J' => glyph(6.0, "M6 -14V-3A3 3 0 0 1 0 -3"),
        'K' => glyph(8.6, "M0 -14V0M8.2 -14L0 -5.2M3 -8.2L8.6 0"),
        'L' => glyph(7.0, "M0 -14V0H7"),
        'M' => glyph(11.0, "M0 0V-14L5.5 -4L11 -14V0"),
        'N' => glyph(9.4, "M0 0V-14L9.4 0V-14"),
        'O' => glyph(11.2, "M11.2 -7A5.6 7 0 1 0 0 -7A5.6 7 0 1 0 11.2 -7"),
        'P' => glyph(8.4, "M0 0V-14H4.6A3.8 3.8 0 0 1 4.6 -6.4H0"),
        'Q' => glyph(11.2, "M11.2 -7A5.6 7 0 1 0 0 -7A5.6 7 0 1 0 11.2 -7M7 -3.4L11.2 .8"),
        'R' => glyph(8.6, "M0 0V-14H4.6A3.8 3.8 0 0 1 4.6 -6.4H0M4.6 -6.4L8.6 0"),
        'S' => glyph(
            8.6,
            "M8 -11.6C7.2 -13.2 5.8 -14 4.2 -14C1.9 -14 .4 -12.6 .4 -10.6C.4 -5.8 8.6 -8.4 8.6 -3.7C8.6 -1.5 6.8 0 4.3 0C2.4 0 .8 -.9 0 -2.6",
        ),
        'T' => glyph(9.0, "M0 -14H9M4.5 -14V0"),
        'U' => glyph(9.0, "M0 -14V-4.5A4.5 4.5 0 0 0 9 -4.5V-14"),
        'V' => glyph(10.0, "M0 -14L5 0L10 -14"),
        'W' => glyph(14.4, "M0 -14L3.7 0L7.2 -12.6L10.7 0L14.4 -14"),
        'X' => glyph(9.0, "M0 -14L9 0M9 -14L0 0"),
        'Y' => glyph(9.4, "M0 -14L4.7 -6.6L9.4 -14M4.7 -6.6V0"),
        'Z' => glyph(8.6, "M0 -14H8.6L0 0H8.6"),
        '0' => glyph(8.0, "M8 -7A4 7 0 1 0 0 -7A4 7 0 1 0 8 -7"),
        '1' => glyph(8.0, "M1.4 -11.2L5 -14V0"),
        '2' => glyph(8.0, "M.3 -10.6A3.7 3.5 0 0 1 7.6 -10.2C7.6 -6.4 .2 -4 .2 0H8"),
        '3' => glyph(
            8.0,
            "M.7 -12.2C1.4 -13.4 2.6 -14 4 -14C6 -14 7.4 -12.7 7.4 -10.7C7.4 -8.7 6 -7.4 4 -7.4H3.2M4 -7.4C6.3 -7.4 7.8 -6 7.8 -3.8C7.8 -1.5 6.2 0 4 0C2.2 0 .8 -.8 .2 -2.3",
        ),
        '4' => glyph(8.0, "M6 0V-14L0 -4H8"),
        '5' => glyph(
            8.0,
            "M7.2 -14H1.4L.8 -7.6C1.7 -8.5 2.8 -9 4 -9C6.3 -9 7.9 -7.2 7.9 -4.6C7.9 -1.8 6.2 0 3.9 0C2.2 0 .9 -.8 .2 -2.2",
        ),
        '6' => glyph(8.0, "M6 -14C2.6 -11 0 -8 0 -4.3A4 4.3 0 1 0 8 -4.3A4 4.3 0 0 0 .6 -6"),
        '7' => glyph(8.0, "M0 -14H8L2.8 0"),
        '8' => {
            glyph(8.0, "M4 -7.4A3.4 3.3 0 1 0 4 -14A3.4 3.3 0 1 0 4 -7.4A4 3.7 0 1 0 4 0A4 3.7 0 1 0 4 -7.4")
        }
        '9' => glyph(8.0, "M2 0C5.4 -3 8 -6 8 -9.7A4 4.3 0 1 0 0 -9.7A4 4.3 0 0 0 7.4 -8"),
        '.' => glyph(0.0, "M0 -.1V0"),
        ',' => glyph(0.8, "M.8 -.2L0 2.4"),
        ':' => glyph(0.0, "M0 -8.4V-8.3M0 -.7V-.6"),
        ';' => glyph(0.8, "M.8 -8.4V-8.3M.8 -.2L0 2.4"),
        '!' => glyph(0.0, "M0 -14V-4M0 -.1V0"),
        '?' => glyph(7.0, "M.2 -11A3.4 3.2 0 1 1 5.6 -8C4 -6.8 3.5 -6.2 3.5 -4M3.5 -.1V0"),
        '\'' | '\u{2019}' => glyph(0.0, "M0 -14V-10.6"),
        '"' => glyph(3.0, "M0 -14V-10.6M3 -14V-10.6"),
        '`' => glyph(2.0, "M0 -14L2 -11.4"),
        '-' | '\u{2010}' | '\u{2011}' => glyph(5.0, "M0 -5.4H5"),
        '\u{2013}' => glyph(7.6, "M0 -5.4H7.6"),
        '\u{2014}' => glyph(12.0, "M0 -5.4H12"),
        '_' => glyph(8.0, "M0 2H8"),
        '+' => glyph(8.0, "M0 -6H8M4 -10V-2"),
        '=' => glyph(8.0, "M0 -8H8M0 -4H8"),
        '~' => glyph(8.0, "M0 -4.8C1.4 -8 3 -7 4 -6C5 -5 6.6 -4 8 -7.2"),
        '/' => glyph(6.4, "M0 2L6.4 -15"),
        '\\' => glyph(6.4, "M0 -15L6.4 2"),
        '|' => glyph(0.0, "M0 -15.4V3"),
        '(' => glyph(3.4, "M3.4 -16A13 13 0 0 0 3.4 3"),
        ')' => glyph(3.4, "M0 -16A13 13 0 0 1 0 3"),
        '[' => glyph(3.2, "M3.2 -16H0V3H3.2"),
        ']' => glyph(3.2, "M0 -16H3.2V3H0"),
        '{' => glyph(4.6, "M4.6 -16C1 -16 4 -6.5 0 -6.5C4 -6.5 1 3 4.6 3"),
        '}' => glyph(4.6, "M0 -16C3.6 -16 .6 -6.5 4.6 -6.5C.6 -6.5 3.6 3 0 3"),
        '<' => glyph(7.0, "M7 -10.6L0 -6L7 -1.4"),
        '>' => glyph(7.0, "M0 -10.6L7 -6L0 -1.4"),
        '#' | '\u{266f}' => glyph(7.6, "M2.8 -13L1.6 0M6.4 -13L5.2 0M.6 -9H7.6M0 -4H7"),
        '\u{266d}' => glyph(5.0, "M0 -15V0C3 -1.6 5 -4 5 -5.8A2.3 2.3 0 0 0 0 -5"),
        '%' => glyph(
            11.6,
            "M9.8 -14L1.8 0M5 -10.9A2.5 3.1 0 1 0 0 -10.9A2.5 3.1 0 1 0 5 -10.9M11.6 -3.1A2.5 3.1 0 1 0 6.6 -3.1A2.5 3.1 0 1 0 11.6 -3.1",
        ),
        '&' => glyph(
            10.0,
            "M10 0L2.4 -9.2C.6 -11.6 2 -14 4.2 -14C6.6 -14 7.6 -11.4 5.8 -9.6C3.4 -7.4 0 -6.6 0 -3.5C0 -1.4 1.6 0 3.8 0C6.8 0 9 -2.6 9.4 -6",
        ),
        '*' => glyph(6.8, "M3.4 -14V-6.4M.1 -12.1L6.7 -8.3M.1 -8.3L6.7 -12.1"),
        '@' => glyph(
            13.0,
            "M9.4 -9V-4.6C9.4 -1.6 13 -2 13 -6.4A6.5 7.4 0 1 0 9.4 1M9.4 -6A2.9 3.3 0 1 0 3.6 -6A2.9 3.3 0 1 0 9.4 -6",
        ),
        '^' => glyph(6.4, "M0 -9.6L3.2 -14L6.4 -9.6"),
        '$' => glyph(
            7.6,
            "M7.2 -10C6.4 -11.4 5.2 -12 3.8 -12C1.8 -12 .4 -11 .4 -9.2C.4 -5.6 7.6 -7.6 7.6 -3.9C7.6 -2 6 -1 3.8 -1C2.2 -1 .8 -1.6 0 -3M3.8 -14.6V1.6",
        ),
        '\u{b7}' => glyph(0.0, "M0 -5.5V-5.4"),
        '\u{d7}' => glyph(6.4, "M0 -9.2L6.4 -2.8M6.4 -9.2L0 -2.8"),
        '\u{2192}' => glyph(11.0, "M0 -5.4H11M7 -9.4L11 -5.4L7 -1.4"),
        '\u{2026}' => glyph(9.0, "M0 -.1V0M4.5 -.1V0M9 -.1V0"),
        'ä' => glyph(8.0, "M8 -10V0M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5M2.2 -13.6V-13.5M5.8 -13.6V-13.5"),
        'ö' => glyph(8.0, "M8 -5A4 5 0 1 0 0 -5A4 5 0 1 0 8 -5M2.2 -13.6V-13.5M5.8 -13.6V-13.5"),
        'ü' => {
            glyph(7.4, "M0 -10V-3.7A3.7 3.7 0 0 0 7.4 -3.7V-10M7.4 -3.7V0M1.9 -13.6V-13.5M5.5 -13.6V-13.5")
        }
        'é' => glyph(8.0, "M0 -5.2H8A4 5 0 1 0 7 -1.7M3.2 -12.4L5.4 -15"),
        'è' => glyph(8.0, "M0 -5.2H8A4 5 0 1 0 7 -1.7M4.8 -12.4L2.6 -15"),
        _ => glyph(7.0, "M0 -12H7V0H0Z"),
    }
}

/// The glyphs of a line and where each begins, then the width of the whole, all in units of the font.
pub fn set(text: &str) -> (Vec<(f64, char)>, f64) {
    let mut x = 0.0;
    let mut placed = Vec::with_capacity(text.len());
    for c in text.chars() {
        placed.push((x, c));
        x += of(c).width + SPACING;
    }
    (placed, (x - SPACING).max(0.0))
}

/// Width of a line whose capitals are `height` high, in the unit of `height`.
pub fn width(text: &str, height: f64) -> f64 {
    set(text).1 * height / CAP
}

/// The longest beginning of a line that fits `room`, with an ellipsis where something was cut.
pub fn fit(text: &str, height: f64, room: f64) -> String {
    if width(text, height) <= room {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while short.pop().is_some() {
        let tried = format!("{}\u{2026}", short.trim_end());
        if width(&tried, height) <= room {
            return tried;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_ascii_character_has_a_glyph_of_its_own() {
        let missing = of('\u{1f941}').path;
        for c in '!'..='~' {
            assert!(!of(c).path.is_empty() && of(c).path != missing, "{c}");
        }
    }

    #[test]
    fn digits_share_one_width() {
        assert_eq!(width("1111", 10.0), width("8888", 10.0));
    }

    #[test]
    fn a_line_too_long_is_cut_with_an_ellipsis_and_fits() {
        let cut = fit("closed hi-hat, half open", 10.0, 60.0);
        assert!(cut.ends_with('\u{2026}') && cut.starts_with("clo"), "{cut}");
        assert!(width(&cut, 10.0) <= 60.0);
        assert_eq!(fit("kick", 10.0, 60.0), "kick");
        assert_eq!(fit("kick", 10.0, 1.0), "");
    }
}
