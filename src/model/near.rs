//! Names that look like a mistyped one.

/// Up to five of `names` nearest to `wanted` by edit distance, those that contain it first; names that
/// share next to nothing with it are left out unless nothing is left.
pub fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(usize, &str)> = names
        .map(|name| {
            let lower = name.to_lowercase();
            let inside = !wanted.is_empty() && lower.contains(&wanted);
            (if inside { 0 } else { distance(&wanted, &lower) }, name)
        })
        .collect();
    scored.sort();
    let close = scored.iter().filter(|(d, _)| *d <= wanted.len().max(4) / 2).count();
    let take = if close == 0 { 5 } else { close.min(5) };
    scored.iter().take(take).map(|(_, name)| (*name).to_owned()).collect()
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, near};

    #[test]
    fn the_distance_counts_single_letter_changes() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn a_name_that_contains_the_word_comes_first() {
        let names = ["drums_2bar_oh_lokl", "mel_2bar", "trio_16bar"];
        assert_eq!(near("lokl", names.into_iter())[0], "drums_2bar_oh_lokl");
    }

    #[test]
    fn nothing_alike_still_names_what_there_is() {
        assert_eq!(near("zzzz", ["mel_2bar"].into_iter()), ["mel_2bar"]);
    }
}
