//! Colours and the two themes of the pictures.

use std::fmt;

/// An opaque sRGB colour; shown as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// From its three channels.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self([r, g, b])
    }

    /// A share `t` (0..=1) of the way to `other`, mixed in linear light, so that shades look evenly spaced.
    pub fn mix(self, other: Self, t: f64) -> Self {
        let blend = |a: u8, b: u8| {
            let (a, b) = (f64::from(a).powf(2.2), f64::from(b).powf(2.2));
            (a + (b - a) * t.clamp(0.0, 1.0)).powf(1.0 / 2.2).round() as u8
        };
        Self([0, 1, 2].map(|i| blend(self.0[i], other.0[i])))
    }
}

impl Colour {
    /// Black or white, whichever reads better on this colour.
    pub fn ink(self) -> Self {
        let [r, g, b] = self.0.map(|c| (f64::from(c) / 255.0).powf(2.2));
        if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 {
            Self::rgb(0x0d, 0x0f, 0x14)
        } else {
            Self::rgb(0xff, 0xff, 0xff)
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// Light or dark ground.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ground, bright notes.
    #[default]
    Dark,
    /// White ground, for paper.
    Light,
}

/// The colours of one theme.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// Behind everything.
    pub ground: Colour,
    /// Behind one row of one beat.
    pub cell: Colour,
    /// The same on every second beat.
    pub cell_dim: Colour,
    /// Lines between bars.
    pub bar: Colour,
    /// Titles.
    pub ink: Colour,
    /// Names of lanes, numbers of bars.
    pub faint: Colour,
    /// White and black keys of the keyboard beside a piano roll.
    pub keys: [Colour; 2],
    /// Share of its colour that the softest note has, 0..1.
    pub softest: f64,
    /// Drum lanes by group: kick, snare, hats, toms, cymbals, other.
    pub drums: [Colour; 6],
    /// Voices of pitched notes in turn.
    pub voices: [Colour; 6],
}

impl Theme {
    /// The colours of this theme.
    pub const fn palette(self) -> Palette {
        match self {
            Self::Dark => Palette {
                ground: Colour::rgb(0x12, 0x14, 0x1c),
                cell: Colour::rgb(0x23, 0x27, 0x34),
                cell_dim: Colour::rgb(0x1b, 0x1e, 0x29),
                bar: Colour::rgb(0x4a, 0x51, 0x68),
                ink: Colour::rgb(0xf0, 0xf2, 0xf8),
                faint: Colour::rgb(0x98, 0xa1, 0xb8),
                keys: [Colour::rgb(0xd3, 0xd9, 0xe6), Colour::rgb(0x33, 0x38, 0x48)],
                softest: 0.12,
                drums: [
                    Colour::rgb(0xff, 0x6b, 0x6b),
                    Colour::rgb(0xff, 0xb4, 0x54),
                    Colour::rgb(0x5e, 0xd4, 0xc8),
                    Colour::rgb(0xb9, 0x8c, 0xff),
                    Colour::rgb(0x6c, 0xb4, 0xff),
                    Colour::rgb(0xc9, 0xd1, 0xe0),
                ],
                voices: [
                    Colour::rgb(0x6c, 0xb4, 0xff),
                    Colour::rgb(0xff, 0xb4, 0x54),
                    Colour::rgb(0x7f, 0xd9, 0x8a),
                    Colour::rgb(0xff, 0x8f, 0xb8),
                    Colour::rgb(0xb9, 0x8c, 0xff),
                    Colour::rgb(0x5e, 0xd4, 0xc8),
                ],
            },
            Self::Light => Palette {
                ground: Colour::rgb(0xff, 0xff, 0xff),
                cell: Colour::rgb(0xec, 0xef, 0xf4),
                cell_dim: Colour::rgb(0xf5, 0xf7, 0xfa),
                bar: Colour::rgb(0xa9, 0xb2, 0xc4),
                ink: Colour::rgb(0x1a, 0x1d, 0x26),
                faint: Colour::rgb(0x5c, 0x65, 0x7a),
                keys: [Colour::rgb(0xd9, 0xde, 0xe8), Colour::rgb(0x3a, 0x41, 0x52)],
                softest: 0.3,
                drums: [
                    Colour::rgb(0xd6, 0x3a, 0x3a),
                    Colour::rgb(0xd0, 0x7a, 0x0c),
                    Colour::rgb(0x0c, 0x8f, 0x86),
                    Colour::rgb(0x76, 0x47, 0xd1),
                    Colour::rgb(0x1f, 0x6f, 0xd0),
                    Colour::rgb(0x5c, 0x65, 0x7a),
                ],
                voices: [
                    Colour::rgb(0x1f, 0x6f, 0xd0),
                    Colour::rgb(0xd0, 0x7a, 0x0c),
                    Colour::rgb(0x2b, 0x8a, 0x3e),
                    Colour::rgb(0xc2, 0x2f, 0x6e),
                    Colour::rgb(0x76, 0x47, 0xd1),
                    Colour::rgb(0x0c, 0x8f, 0x86),
                ],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;

    #[test]
    fn a_mix_begins_and_ends_at_its_colours() {
        let (a, b) = (Colour::rgb(0x12, 0x80, 0xff), Colour::rgb(0xff, 0x00, 0x33));
        assert_eq!((a.mix(b, 0.0), a.mix(b, 1.0)), (a, b));
        assert_eq!(a.to_string(), "#1280ff");
    }

    #[test]
    fn ink_is_dark_on_bright_and_bright_on_dark() {
        assert_eq!(Colour::rgb(250, 240, 200).ink(), Colour::rgb(0x0d, 0x0f, 0x14));
        assert_eq!(Colour::rgb(20, 40, 120).ink(), Colour::rgb(255, 255, 255));
    }
}
