//! The table of `models/README.md`, made from the headers of the model files.

use std::fmt::Write;

use super::list::figure;
use super::units;
use crate::model::{Settings, published};

/// Where the table begins in a file.
const FROM: &str = "<!-- models -->";
/// Where it ends.
const TO: &str = "<!-- /models -->";

const HEAD: &str = "\
| model | configuration | encoder, decoder, z | data and licence | steps | examples seen | time | teacher-forced | \
free-running, T = 1 | argmax | KL bits | published, other data |
| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
";

/// One row a model.
pub fn table(models: &[Settings]) -> String {
    let mut text = HEAD.to_owned();
    for s in models {
        let t = s.training.clone().unwrap_or_default();
        let mut data: Vec<String> =
            t.data.iter().map(|d| format!("{} ({})", plain(&d.name), plain(&d.licence))).collect();
        data.extend(t.imported_from.map(|from| format!("imported from {}", plain(&from))));
        let measured = |key: &str, digits| figure(s, key, digits).unwrap_or_default();
        let mut forced = measured("teacher_forced_accuracy", 3);
        if let Some(mean) = figure(s, "teacher_forced_accuracy_at_mean", 3) {
            let _ = write!(forced, " ({mean} at the posterior's mean)");
        }
        for part in ["lead", "bass", "drums", "unheard_drums"] {
            if let Some(share) = figure(s, &format!("{part}_accuracy"), 3) {
                let _ = write!(forced, ", {} {share}", part.replace('_', " "));
            }
        }
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {}; {}; {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            s.name,
            s.config,
            units(&s.encoder),
            units(&s.decoder),
            s.z_size,
            data.join("; "),
            t.steps.map(grouped).unwrap_or_default(),
            t.examples.map(grouped).unwrap_or_default(),
            t.seconds.map(|s| format!("{:.0} min", s / 60.0)).unwrap_or_default(),
            forced,
            measured("free_running_accuracy", 3),
            measured("argmax_accuracy", 3),
            measured("kl_bits", 1),
            published::figure_for(s).unwrap_or_default(),
        );
    }
    text
}

/// Text that cannot end a cell.
fn plain(text: &str) -> String {
    text.replace('|', "/").replace('\n', " ")
}

/// `1,234,567`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `old` with `table` between its marks.
///
/// # Errors
/// There are no marks, said in words.
pub fn replace(old: &str, table: &str) -> Result<String, String> {
    let missing = || format!("it has no place for the table. Put the lines {FROM} and {TO} where it belongs");
    let (before, rest) = old.split_once(FROM).ok_or_else(missing)?;
    let (_, after) = rest.split_once(TO).ok_or_else(missing)?;
    Ok(format!("{before}{FROM}\n{table}{TO}{after}"))
}

#[cfg(test)]
mod tests {
    use super::{grouped, replace, table};
    use crate::model::{Config, Settings, Source, Training};

    #[test]
    fn a_row_has_what_the_header_says_and_no_cell_breaks_it() {
        let config = Config::find("cat-drums_2bar_small").unwrap();
        let source = Source { name: "A|B".into(), licence: "MIT".into(), ..Source::default() };
        let held_out = [("teacher_forced_accuracy".to_owned(), 0.8765), ("kl_bits".to_owned(), 12.34)];
        let training = Training {
            data: vec![source],
            steps: Some(12_345),
            seconds: Some(3600.0),
            held_out: held_out.into(),
            ..Training::default()
        };
        let settings = Settings { training: Some(training), ..Settings::new("drums_2bar_oh_lokl", config) };
        let table = table(&[settings]);
        let row = table.lines().nth(2).unwrap();
        assert_eq!(row.matches(" | ").count(), 11, "{row}");
        for cell in ["512; 2 x 256; 256", "A/B (MIT)", "12,345", "60 min", "0.876", "12.3", "0.73 at 11 bits"]
        {
            assert!(row.contains(cell), "{cell}: {row}");
        }
        assert_eq!([1, 999, 1000, 1_234_567].map(grouped), ["1", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn the_table_goes_between_its_marks_and_nothing_else_changes() {
        let old = "a\n<!-- models -->\nold\n<!-- /models -->\nb\n";
        let new = "a\n<!-- models -->\nT\n<!-- /models -->\nb\n";
        assert_eq!(replace(old, "T\n").unwrap(), new);
        assert_eq!(replace(new, "T\n").unwrap(), new);
        assert!(replace("none", "T\n").unwrap_err().contains("<!-- models -->"));
    }
}
