//! A finished screen as an SVG picture: blocks and dots are drawn as shapes, so that every viewer shows them alike.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Width and height of a cell, in the picture's units.
const CELL: (f32, f32) = (9.0, 18.0);
/// Where a letter stands in its cell, from the top.
const BASELINE: f32 = 13.5;

/// Letters and ground where a theme leaves them to the terminal.
const PLAIN: (&str, &str) = ("#d0d0d0", "#101010");

/// A screen as SVG; `title` is read out by screen readers.
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let area = buffer.area;
    let (width, height) = (f32::from(area.width) * CELL.0, f32::from(area.height) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace\" font-size=\"14.5\">\n<title>{}</title>\n",
        escaped(title)
    );
    let ground = buffer.content.first().map_or(PLAIN.1.to_owned(), |cell| colours(cell).1);
    let _ = writeln!(out, "<rect width=\"100%\" height=\"100%\" fill=\"{ground}\"/>");
    for y in 0..area.height {
        let row: Vec<&Cell> = (0..area.width).map(|x| &buffer[(area.x + x, area.y + y)]).collect();
        grounds(&row, y, &ground, &mut out);
        letters(&row, y, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The light of a colour.
fn light(colour: Color, or: &str) -> String {
    let Color::Rgb(r, g, b) = crate::tui::theme::rgb(colour) else { return or.to_owned() };
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Letter and ground of a cell as they are seen.
fn colours(cell: &Cell) -> (String, String) {
    let (mut fg, mut bg) = (light(cell.fg, PLAIN.0), light(cell.bg, PLAIN.1));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut fg, &mut bg);
    }
    (fg, bg)
}

/// Runs of one ground that differ from the picture's.
fn grounds(row: &[&Cell], y: u16, plain: &str, out: &mut String) {
    let mut x = 0;
    while x < row.len() {
        let bg = colours(row[x]).1;
        let run = row[x..].iter().take_while(|cell| colours(cell).1 == bg).count();
        if bg != plain {
            rect(x as f32, f32::from(y), run as f32, 1.0, &bg, out);
        }
        x += run;
    }
}

/// A rectangle in cells.
fn rect(x: f32, y: f32, width: f32, height: f32, fill: &str, out: &mut String) {
    let (x, y, w, h) = (x * CELL.0, y * CELL.1, width * CELL.0, height * CELL.1);
    let _ =
        writeln!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"{fill}\"/>");
}

/// The part of a cell that a block letter fills: left, top, width, height, and how strongly.
fn block(symbol: &str) -> Option<(f32, f32, f32, f32, f32)> {
    let letter = symbol.chars().next()?;
    Some(match letter {
        '\u{2588}' => (0.0, 0.0, 1.0, 1.0, 1.0),
        '\u{2580}' => (0.0, 0.0, 1.0, 0.5, 1.0),
        '\u{2581}'..='\u{2587}' => {
            let eighths = (u32::from(letter) - 0x2580) as f32 / 8.0;
            (0.0, 1.0 - eighths, 1.0, eighths, 1.0)
        }
        '\u{2589}'..='\u{258f}' => (0.0, 0.0, (0x2590 - u32::from(letter)) as f32 / 8.0, 1.0, 1.0),
        '\u{2590}' => (0.5, 0.0, 0.5, 1.0, 1.0),
        '\u{2598}' => (0.0, 0.0, 0.5, 0.5, 1.0),
        '\u{2591}' => (0.0, 0.0, 1.0, 1.0, 0.25),
        '\u{2592}' => (0.0, 0.0, 1.0, 1.0, 0.5),
        '\u{2593}' => (0.0, 0.0, 1.0, 1.0, 0.75),
        '\u{25a0}' => (0.1, 0.3, 0.8, 0.4, 1.0),
        '\u{2500}' => (0.0, 0.47, 1.0, 0.06, 1.0),
        '\u{2501}' => (0.0, 0.43, 1.0, 0.14, 1.0),
        '\u{2502}' => (0.44, 0.0, 0.12, 1.0, 1.0),
        _ => return None,
    })
}

fn letters(row: &[&Cell], y: u16, out: &mut String) {
    let mut x = 0;
    while x < row.len() {
        let cell = row[x];
        let (fg, _) = colours(cell);
        if cell.symbol() == " " {
            x += 1;
            continue;
        }
        if let Some((left, top, width, height, strength)) = block(cell.symbol()) {
            let same = |other: &&&Cell| other.symbol() == cell.symbol() && colours(other).0 == fg;
            let run = if width == 1.0 { row[x..].iter().take_while(same).count() } else { 1 };
            let at = out.len();
            rect(x as f32 + left, f32::from(y) + top, run as f32 - 1.0 + width, height, &fg, out);
            if strength < 1.0 {
                let faint = out[at..].replacen("/>", &format!(" fill-opacity=\"{strength}\"/>"), 1);
                out.replace_range(at.., &faint);
            }
            x += run;
            continue;
        }
        if let Some(bits) = braille(cell.symbol()) {
            dots(x, y, bits, &fg, out);
            x += 1;
            continue;
        }
        let plain = |other: &&&Cell| {
            let same = colours(other).0 == fg && other.modifier == cell.modifier;
            same && block(other.symbol()).is_none() && braille(other.symbol()).is_none()
        };
        let run = row[x..].iter().take_while(plain).count().max(1);
        let text: String = row[x..x + run].iter().map(|cell| cell.symbol()).collect();
        let trimmed = text.trim_end();
        write_text((x, y), trimmed, &fg, cell.modifier, out);
        x += run;
    }
}

fn write_text((x, y): (usize, u16), text: &str, fg: &str, modifier: Modifier, out: &mut String) {
    let width = text.chars().count() as f32 * CELL.0;
    let mut look = String::new();
    for (on, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::DIM, " fill-opacity=\"0.6\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
    ] {
        if modifier.contains(on) {
            look.push_str(attribute);
        }
    }
    let (left, base) = (x as f32 * CELL.0, f32::from(y) * CELL.1 + BASELINE);
    let _ = writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{fg}\"{look} xml:space=\"preserve\">{}</text>",
        escaped(text)
    );
}

fn braille(symbol: &str) -> Option<u32> {
    let letter = u32::from(symbol.chars().next()?);
    (0x2800..0x2900).contains(&letter).then(|| letter - 0x2800)
}

/// Bits of a braille letter by line and column.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

fn dots(x: usize, y: u16, bits: u32, fg: &str, out: &mut String) {
    for (line, row) in DOTS.iter().enumerate() {
        for (column, bit) in row.iter().enumerate().filter(|(_, bit)| bits & **bit != 0) {
            let _ = bit;
            let left = x as f32 + 0.15 + 0.5 * column as f32;
            rect(left, f32::from(y) + 0.08 + 0.25 * line as f32, 0.25, 0.12, fg, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::svg;
    use ratatui::{buffer::Buffer, layout::Rect, style::Color, style::Style};

    #[test]
    fn letters_blocks_and_dots_are_drawn_where_they_stand() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        let style = Style::default().fg(Color::Rgb(1, 2, 3)).bg(Color::Rgb(9, 9, 9));
        buffer.set_string(0, 0, "a<\u{2588}\u{2588}\u{2801} ", style);
        let picture = svg(&buffer, "a & b");
        assert!(picture.contains("<title>a &amp; b</title>") && picture.contains(">a&lt;</text>"));
        assert!(
            picture.contains("<rect x=\"18.0\" y=\"0.0\" width=\"18.0\" height=\"18.0\" fill=\"#010203\"/>")
        );
        assert_eq!(picture.matches("fill=\"#010203\"").count(), 3, "{picture}");
        assert!(picture.contains("fill=\"#090909\""));
    }
}
