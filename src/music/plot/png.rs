//! SVG to PNG. The text is paths already, so no font is ever looked for.

use resvg::{tiny_skia, usvg};

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The SVG is not one.
    #[error(
        "the picture's SVG cannot be read ({0}). Save it as .svg and open it in a browser to see where it breaks"
    )]
    Svg(#[from] usvg::Error),
    /// The bitmap would be too large.
    #[error(
        "a bitmap of {width} x {height} pixels is too large. Plot fewer bars, use a smaller --scale, or save as .svg"
    )]
    TooLarge {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// The encoder failed.
    #[error("the bitmap cannot be packed as PNG ({0})")]
    Encode(String),
}

/// The most pixels of a bitmap: 256 MiB in memory.
const MOST: u64 = 64 << 20;

/// The SVG as a PNG file, `scale` pixels for each of its units.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default())?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).ceil() as u32, (size.height() * scale).ceil() as u32);
    let too_large = || PngError::TooLarge { width, height };
    if u64::from(width) * u64::from(height) > MOST {
        return Err(too_large());
    }
    let mut map = tiny_skia::Pixmap::new(width, height).ok_or_else(too_large)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut map.as_mut());
    map.encode_png().map_err(|e| PngError::Encode(e.to_string()))
}
