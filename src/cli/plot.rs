//! `plot`: MIDI files as pictures.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::arguments::{bars, columns};
use super::console::Console;
use super::failure::usage;
use super::words::counted;
use super::{files, input, output};
use crate::music::plot::{Panel, Roll, Style, Theme};

/// Bars that one line of a longer piece takes.
const BARS: usize = 4;

/// Arguments of `plot`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui plot beat.mid beat.svg
  mvae-tui plot song.mid song.png --light           on white, for paper
  mvae-tui plot song.mid song.svg --from 9 --bars 8 bars 9 to 16
  mvae-tui plot d/*.mid all.svg                     several in one picture, side by side
  mvae-tui plot beat.mid beat.svg --title 'Opening beat'

Drums stand in lanes with their names, other notes in a piano roll; strength is the shade.")]
pub struct Arguments {
    /// MIDI files, then the picture to write (.svg or .png)
    #[arg(required = true, num_args = 2.., value_names = ["FILE", "OUT"])]
    files: Vec<PathBuf>,
    /// Dark ink on white
    #[arg(long)]
    light: bool,
    /// Title of the picture [default: the file's name]
    #[arg(long)]
    title: Option<String>,
    /// Smaller line below the title
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// First bar to draw, of each file
    #[arg(long, value_name = "BAR", default_value_t = 1, value_parser = bars)]
    from: u32,
    /// How many bars to draw [default: all]
    #[arg(long, value_name = "BARS", value_parser = bars)]
    bars: Option<u32>,
    /// Panels beside each other
    #[arg(long, value_name = "N", value_parser = columns)]
    columns: Option<u32>,
    /// Pixels of a PNG for each unit of the picture
    #[arg(long, value_name = "FACTOR", default_value_t = output::PNG_SCALE, value_parser = scale)]
    scale: f32,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    picture: String,
    files: Vec<String>,
    panels: usize,
}

/// Runs `plot`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let [sources @ .., out] = arguments.files.as_slice() else {
        return Err(usage("plot needs a MIDI file and the picture to write"));
    };
    let mut panels = Vec::new();
    let mut columns = arguments.columns.map(|c| c as usize);
    for source in sources {
        let roll = Roll::from_score(&input::score(source)?);
        let first = arguments.from as usize - 1;
        if roll.is_silent() {
            anyhow::bail!("{}: there is not one note in it. Nothing to draw", source.display());
        }
        if first >= roll.bars.len() {
            let (file, bars) = (source.display(), counted(roll.bars.len(), "bar"));
            return Err(usage(format!(
                "{file}: it has {bars}, none numbered {}. Take a smaller --from",
                first + 1
            )));
        }
        let count = arguments.bars.map_or(roll.bars.len(), |b| b as usize);
        let roll = roll.excerpt(first, count);
        let stem = if sources.len() > 1 { input::stem(source) } else { String::new() };
        if roll.bars.len() > BARS {
            // A piece is read line by line.
            columns = columns.or(Some(1));
            let lines = roll.lines(BARS).into_iter().enumerate();
            let label = |i| if i == 0 { stem.clone() } else { String::new() };
            panels.extend(lines.map(|(i, roll)| Panel { label: label(i), roll }));
        } else {
            panels.push(Panel { label: stem, roll });
        }
    }
    let alone = if let [only] = sources { input::stem(only) } else { String::new() };
    let style = Style {
        theme: if arguments.light { Theme::Light } else { Theme::Dark },
        title: arguments.title.clone().unwrap_or(alone),
        note: arguments.note.clone(),
        columns,
    };
    let bytes = output::picture(out, &panels, &style, arguments.scale)?;
    files::write_all(&[(out.clone(), bytes)], None, arguments.force)?;
    console.say(out.display())?;
    console.document(&Document {
        picture: out.display().to_string(),
        files: sources.iter().map(|s| s.display().to_string()).collect(),
        panels: panels.len(),
    })
}

fn scale(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "not a number; 2 is usual".to_owned())?;
    if (0.1..=16.0).contains(&value) { Ok(value) } else { Err("it takes 0.1 to 16".to_owned()) }
}
