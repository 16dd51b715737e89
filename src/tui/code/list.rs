//! The scripts there are to open: files nearby, and those that come with the program.

use std::path::{Path, PathBuf};

use crate::script::examples::EXAMPLES;
use crate::tui::picker::{Choice, Item};

/// Files looked at in one folder at most.
const MOST: usize = 500;

/// What the list of scripts offers: files of the folder of `open`, of the working folder and its `scripts`, then the
/// tutorial and the sets of the program.
pub fn items(open: Option<&Path>) -> Vec<Item> {
    let beside = open.and_then(Path::parent).map(Path::to_owned);
    let folders =
        beside.into_iter().chain(["", "scripts", "scripts/start", "scripts/perform"].map(PathBuf::from));
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let mut found = scripts(&folder);
        found.sort();
        found.retain(|path| !files.contains(path));
        files.extend(found);
    }
    let file = |path: PathBuf| Item {
        label: path.display().to_string(),
        note: String::new(),
        choice: Choice::Script(path),
    };
    let example = |(name, text): &(&'static str, &'static str)| Item {
        label: format!("{name}: {}", title(text)),
        note: "comes with the program".to_owned(),
        choice: Choice::Example(name),
    };
    files.into_iter().map(file).chain(EXAMPLES.iter().map(example)).collect()
}

/// What the first line of a script says of it.
fn title(text: &str) -> String {
    let line = text.lines().next().unwrap_or("").trim_start_matches('/').trim();
    let end = line.find(". Run it").or(line.find("  ")).unwrap_or(line.len());
    line[..end].trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').trim().to_owned()
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let Ok(all) = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    else {
        return Vec::new();
    };
    let names = all.take(MOST).flatten().map(|entry| folder.join(entry.file_name()));
    names.filter(|path| path.extension().is_some_and(|ending| ending == "rhai")).collect()
}

/// The file that was typed in the list, to be opened or begun.
pub fn typed(text: &str) -> Option<Item> {
    let text = text.trim();
    let path = PathBuf::from(text);
    path.extension().filter(|ending| *ending == "rhai")?;
    path.file_stem()?;
    let note = if path.exists() { "open this file" } else { "a new file" };
    Some(Item { label: text.to_owned(), note: note.to_owned(), choice: Choice::Script(path) })
}

#[cfg(test)]
mod tests {
    use super::{items, typed};
    use crate::tui::picker::Choice;

    #[test]
    fn files_come_before_what_the_program_brings_and_a_new_name_is_a_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("mine.rhai");
        std::fs::write(&mine, "").unwrap();
        let all = items(Some(&mine));
        assert_eq!(all.first().map(|item| &item.choice), Some(&Choice::Script(mine)));
        let tutorial = all.iter().find(|item| item.choice == Choice::Example("01-a-beat.rhai")).unwrap();
        assert_eq!(tutorial.label, "01-a-beat.rhai: A beat");
        assert_eq!(typed("set.rhai").unwrap().note, "a new file");
        assert!(typed("set").is_none() && typed(".rhai").is_none());
    }
}
