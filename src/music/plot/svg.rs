//! A small SVG writer: rectangles, lines, and text drawn by the stroke font.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::colour::Colour;
use super::font;

/// Which point of a line of text its position means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The left end.
    Start,
    /// The right end.
    End,
}

/// How a line of text is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pen {
    /// Height of capitals in pixels.
    pub height: f64,
    /// Thickness; 1 is regular.
    pub weight: f64,
    /// What its position means.
    pub anchor: Anchor,
    /// Its colour.
    pub colour: Colour,
}

impl Pen {
    /// A regular pen whose text begins at its position.
    pub const fn new(height: f64, colour: Colour) -> Self {
        Self { height, weight: 1.15, anchor: Anchor::Start, colour }
    }

    /// The same for text that ends at its position.
    pub const fn to_the_left(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }
}

/// An SVG picture in the making. Coordinates are pixels with two decimals at most, so that bytes are stable.
#[derive(Debug)]
pub struct Svg {
    width: f64,
    height: f64,
    body: String,
    glyphs: BTreeSet<char>,
}

impl Svg {
    /// An empty picture filled with `ground`.
    pub fn new(width: f64, height: f64, ground: Colour) -> Self {
        let mut svg = Self { width, height, body: String::new(), glyphs: BTreeSet::new() };
        svg.rect(0.0, 0.0, width, height, 0.0, ground);
        svg
    }

    /// A filled rectangle with corners of radius `round`.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, round: f64, fill: Colour) {
        let _ = write!(
            self.body,
            r#"<rect x="{}" y="{}" width="{}" height="{}""#,
            n(x),
            n(y),
            n(width.max(0.0)),
            n(height.max(0.0))
        );
        if round > 0.0 {
            let _ = write!(self.body, r#" rx="{}""#, n(round));
        }
        let _ = writeln!(self.body, r#" fill="{fill}"/>"#);
    }

    /// A straight line `thick` pixels wide.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), thick: f64, colour: Colour) {
        let _ = writeln!(
            self.body,
            r#"<path d="M{} {}L{} {}" stroke="{colour}" stroke-width="{}"/>"#,
            n(from.0),
            n(from.1),
            n(to.0),
            n(to.1),
            n(thick)
        );
    }

    /// One line of text, its baseline at `y`.
    pub fn text(&mut self, x: f64, y: f64, pen: Pen, text: &str) {
        let Pen { height, weight, anchor, colour } = pen;
        let (placed, width) = font::set(text);
        let scale = height / font::CAP;
        let x = match anchor {
            Anchor::Start => x,
            Anchor::End => x - width * scale,
        };
        let _ = write!(
            self.body,
            r#"<g role="img" aria-label="{}" transform="translate({} {}) scale({})" stroke="{colour}" stroke-width="{}">"#,
            escape(text),
            n(x),
            n(y),
            fine(scale),
            n(1.5 * weight)
        );
        for (at, c) in placed {
            if font::of(c).path.is_empty() {
                continue;
            }
            self.glyphs.insert(c);
            let _ = write!(self.body, r##"<use href="#g{:x}""##, u32::from(c));
            if at > 0.0 {
                let _ = write!(self.body, r#" x="{}""#, n(at));
            }
            self.body.push_str("/>");
        }
        self.body.push_str("</g>\n");
    }

    /// The whole document; `title` is what a screen reader says and a browser shows.
    pub fn finish(self, title: &str) -> String {
        let (w, h) = (n(self.width), n(self.height));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\">\n<title>{}</title>\n<defs>\n",
            escape(title)
        );
        for c in &self.glyphs {
            let _ = writeln!(out, r#"<path id="g{:x}" d="{}"/>"#, u32::from(*c), font::of(*c).path);
        }
        out.push_str("</defs>\n<g fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
        out.push_str(&self.body);
        out.push_str("</g>\n</svg>\n");
        out
    }
}

/// Two decimals at most, no trailing zeros, no minus zero.
fn n(x: f64) -> String {
    trimmed(format!("{x:.2}"))
}

fn fine(x: f64) -> String {
    trimmed(format!("{x:.4}"))
}

fn trimmed(text: String) -> String {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text safe inside an XML attribute or element; characters that XML forbids become a question mark.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!(
            (n(1.0), n(0.125), n(-0.001), n(20.5)),
            ("1".into(), "0.12".into(), "0".into(), "20.5".into())
        );
    }

    #[test]
    fn a_title_with_markup_or_control_characters_stays_text() {
        let mut svg = Svg::new(10.0, 10.0, Colour::rgb(0, 0, 0));
        svg.text(0.0, 0.0, Pen::new(8.0, Colour::rgb(0, 0, 0)), "a<b>\"&\u{1}");
        let text = svg.finish("</title><script>");
        assert!(text.contains("a&lt;b&gt;&quot;&amp;?") && !text.contains("<script>"), "{text}");
    }
}
