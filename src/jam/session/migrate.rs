//! Files of older versions, brought up to date a version at a time.

use toml::{Table, Value};

use super::{SessionError, VERSION};

/// What turns a file of one version into one of the next: the first goes from 1 to 2. Whoever changes the format raises
/// [`VERSION`] and adds the step here.
const STEPS: &[fn(&mut Table)] = &[places];

/// From 1 to 2: tracks have a place between left and right and an output, and the jam a count-in.
fn places(table: &mut Table) {
    table.entry("count_in").or_insert(Value::Integer(0));
    let tracks = table.get_mut("track").and_then(Value::as_array_mut);
    for track in tracks.into_iter().flatten().filter_map(Value::as_table_mut) {
        track.entry("pan").or_insert(Value::Float(0.0));
        track.entry("output").or_insert(Value::String("all".to_owned()));
    }
}

/// Brings `table` to [`VERSION`].
///
/// # Errors
/// [`SessionError::Newer`], and [`SessionError::Value`] where no version stands.
pub fn migrate(table: &mut Table, file: &str) -> Result<(), SessionError> {
    walk(table, file, VERSION, STEPS)
}

fn walk(table: &mut Table, file: &str, newest: i64, steps: &[fn(&mut Table)]) -> Result<(), SessionError> {
    let Some(version) = table.get("version").and_then(Value::as_integer).filter(|v| *v >= 1) else {
        let what = "no version stands at its top, so it is no session of mvae-tui".to_owned();
        return Err(SessionError::Value { file: file.to_owned(), what });
    };
    if version > newest {
        return Err(SessionError::Newer { file: file.to_owned(), version });
    }
    for step in steps.iter().skip(version as usize - 1) {
        step(table);
    }
    table.insert("version".to_owned(), Value::Integer(newest));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Table, Value, walk};

    fn renames(table: &mut Table) {
        if let Some(tempo) = table.remove("tempo") {
            table.insert("bpm".to_owned(), tempo);
        }
    }

    fn doubles(table: &mut Table) {
        if let Some(Value::Integer(bpm)) = table.get_mut("bpm") {
            *bpm *= 2;
        }
    }

    #[test]
    fn a_file_walks_through_every_version_after_its_own() {
        for (text, wanted) in
            [("version = 1\ntempo = 60", 120), ("version = 2\nbpm = 60", 120), ("version = 3\nbpm = 60", 60)]
        {
            let mut table: Table = text.parse().unwrap();
            walk(&mut table, "x", 3, &[renames, doubles]).unwrap();
            assert_eq!(table["bpm"].as_integer(), Some(wanted), "{text}");
            assert_eq!(table["version"].as_integer(), Some(3));
        }
    }
}
