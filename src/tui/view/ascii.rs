//! A finished screen in ASCII letters: for serial lines, screen readers and fonts without blocks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What a letter becomes. Strokes keep their direction, blocks their weight.
fn letter(symbol: &str) -> &'static str {
    match symbol {
        "\u{2500}" | "\u{2501}" | "\u{258f}" => "-",
        "\u{2502}" | "\u{2503}" => "|",
        "\u{250a}" => ":",
        "\u{b7}" => ".",
        "\u{253c}" | "\u{256d}" | "\u{256e}" | "\u{2570}" | "\u{256f}" => "+",
        "\u{2588}" | "\u{25a0}" | "\u{2587}" | "\u{2586}" => "#",
        // Parts of a cell, from nearly all of it to a sliver.
        "\u{2589}" | "\u{258a}" | "\u{258b}" => "=",
        "\u{258d}" | "\u{258e}" => "-",
        "\u{2593}" | "\u{2585}" => "=",
        "\u{2592}" | "\u{2584}" => "=",
        "\u{2591}" | "\u{25ab}" => "-",
        "\u{2580}" => "'",
        "\u{258c}" | "\u{2590}" | "\u{2598}" => " ",
        "\u{2581}" | "\u{2582}" | "\u{2583}" => "_",
        "\u{25ba}" | "\u{25b8}" | "\u{2192}" | "\u{bb}" | "\u{203a}" => ">",
        "\u{25b7}" => ")",
        "\u{2190}" => "<",
        "\u{2191}" => "^",
        "\u{2193}" | "\u{25bc}" => "v",
        "\u{25cf}" | "\u{25c6}" | "\u{2022}" | "\u{266a}" => "*",
        "\u{25cb}" | "\u{25cc}" => "o",
        "\u{2026}" => "~",
        "\u{d7}" => "x",
        "\u{270e}" => "*",
        _ => "?",
    }
}

/// Braille dots as a letter of about their weight.
fn dots(bits: u32) -> &'static str {
    match bits.count_ones() {
        0 => " ",
        1 | 2 => ".",
        3 | 4 => ":",
        _ => "#",
    }
}

/// Replaces every letter beyond ASCII on `area`.
pub fn fold(area: Rect, buffer: &mut Buffer) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buffer.cell_mut((x, y)) else { continue };
            if cell.symbol().is_ascii() {
                continue;
            }
            let braille =
                cell.symbol().chars().next().map(u32::from).filter(|c| (0x2800..0x2900).contains(c));
            let plain = braille.map_or_else(|| letter(cell.symbol()), |c| dots(c - 0x2800));
            cell.set_symbol(plain);
        }
    }
}
