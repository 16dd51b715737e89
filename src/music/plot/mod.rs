//! Pictures of music: piano rolls and drum grids as SVG, PNG and plain text.
//!
//! ```text
//! Pattern / Score -> roll (voices on a line of quarters) -> band (rows that panels share)
//!                                         -> sheet (panels, title) -> svg -> png;  text
//! ```

mod band;
pub mod colour;
mod draw;
pub mod font;
pub mod lane;
mod measure;
mod png;
mod roll;
mod sheet;
mod svg;
mod text;

pub use colour::Theme;
pub use png::{PngError, png};
pub use roll::{Band, Mark, Roll, Voice};
pub use sheet::{Panel, Style, svg};
pub use text::text;
