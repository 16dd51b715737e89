//! Finding a command by what is typed: its own name first, then the words it is known by, then what it says of itself.

/// Words that people look for, and the command that does it.
const WORDS: &[(&str, &[&str])] = &[
    ("play", &["start", "stop", "pause"]),
    ("save", &["export", "midi", "write"]),
    ("render", &["export", "wav", "audio", "bounce"]),
    ("save-session", &["write", "keep"]),
    ("open", &["load", "session"]),
    ("quit", &["exit", "leave", "bye"]),
    ("undo", &["back"]),
    ("sample", &["new", "generate"]),
    ("vary", &["mutate", "variation"]),
    ("interpolate", &["morph", "mix", "between"]),
    ("clear", &["delete", "remove", "empty"]),
    ("metronome", &["click"]),
    ("help", &["keys"]),
    ("commands", &["find"]),
    ("halt", &["silence"]),
    ("record", &["rec"]),
    ("theme", &["colours", "colors"]),
];

/// How well `label` (`name: what it does`) answers to `text`, 0 best; `None` where it does not.
pub fn rank(text: &str, label: &str) -> Option<u8> {
    let text = text.trim().to_lowercase();
    let (name, about) = label.split_once(": ").unwrap_or((label, ""));
    let name = name.trim_end_matches(" \u{2026}").to_lowercase();
    if text.is_empty() || name == text {
        return Some(0);
    }
    let known: &[&str] = WORDS.iter().find(|(one, _)| *one == name).map_or(&[], |(_, words)| words);
    if known.contains(&text.as_str()) {
        return Some(1);
    }
    if name.starts_with(&text) {
        return Some(2);
    }
    if known.iter().any(|word| word.starts_with(&text)) {
        return Some(3);
    }
    let parts: Vec<&str> = name.split(['-', ' ']).collect();
    let letters: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    if begins(&letters, &parts) {
        return Some(4);
    }
    let about = about.to_lowercase();
    let mut words = about.split(|letter: char| !letter.is_alphanumeric()).chain(parts.iter().copied());
    let all = |found: &mut dyn FnMut(&str) -> bool| text.split_whitespace().all(found);
    let words: Vec<&str> = words.by_ref().collect();
    if all(&mut |typed| words.iter().any(|word| word.starts_with(typed))) {
        return Some(5);
    }
    all(&mut |typed| name.contains(typed) || about.contains(typed)).then_some(6)
}

/// True where `letters` are beginnings of some of `parts`, in their order: `mutkick` of `mute kick`.
fn begins(letters: &str, parts: &[&str]) -> bool {
    if letters.is_empty() {
        return true;
    }
    let Some((first, rest)) = parts.split_first() else { return false };
    let shared = first.chars().zip(letters.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    let ends = shared.scan(0, |end, bytes| {
        *end += bytes;
        Some(*end)
    });
    ends.into_iter().any(|end| begins(&letters[end..], rest)) || begins(letters, rest)
}

#[cfg(test)]
mod tests {
    use super::{WORDS, begins, rank};
    use crate::tui::command;

    #[test]
    fn a_name_comes_before_its_words_and_these_before_what_it_says() {
        assert_eq!(rank("save", "save: save the bank"), Some(0));
        assert_eq!(rank("export", "save: save the bank"), Some(1));
        assert_eq!(rank("sav", "save: save the bank"), Some(2));
        assert_eq!(rank("savses", "save-session: save the whole jam"), Some(4));
        assert_eq!(rank("whole jam", "save-session: save the whole jam"), Some(5));
        assert_eq!(rank("ole", "save-session: save the whole jam"), Some(6));
    }

    #[test]
    fn letters_strewn_over_a_name_are_no_name() {
        assert_eq!(rank("foo", "follow-clock: follow the MIDI clock, or lead"), None);
        assert_eq!(rank("import", "wire-position: MIDI: song position to it, or not"), None);
        assert!(begins("mutkick", &["mute", "kick"]) && begins("kick", &["mute", "kick"]));
        assert!(!begins("mkx", &["mute", "kick"]));
    }

    #[test]
    fn every_word_leads_to_a_command_there_is() {
        let commands = command::all();
        for (name, words) in WORDS {
            assert!(commands.iter().any(|command| command.name == *name), "{name}");
            assert!(!words.is_empty());
        }
    }
}
