//! Names that look like a mistyped one.

/// Up to five of `names` nearest to `wanted` by edit distance, those that contain it first; names that
/// share next to nothing with it are left out unless nothing is left.
pub fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (close, all) = by_distance(wanted, names);
    let take = if close == 0 { 5 } else { close.min(5) };
    all.into_iter().take(take).collect()
}

/// As [`near`], and none where none shares much with `wanted`.
pub fn like<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (close, all) = by_distance(wanted, names);
    all.into_iter().take(close.min(5)).collect()
}

/// How many of `names` are close to `wanted`, and all of them, each once, the nearest first.
fn by_distance<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> (usize, Vec<String>) {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(usize, &str)> = names
        .map(|name| {
            let lower = name.to_lowercase();
            let inside = !wanted.is_empty() && lower.contains(&wanted);
            (if inside { 0 } else { distance(&wanted, &lower) }, name)
        })
        .collect();
    scored.sort();
    scored.dedup();
    let close = scored.iter().filter(|(d, _)| *d <= wanted.len().max(4) / 2).count();
    (close, scored.into_iter().map(|(_, name)| name.to_owned()).collect())
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
    use super::{distance, like, near};

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
    fn a_name_is_told_once_and_only_where_it_is_meant() {
        let names = || ["note", "note", "norm"].into_iter();
        assert_eq!(near("nope", names()), ["note", "norm"]);
        assert_eq!((like("nope", names()).len(), like("zzzzz", names()).len()), (2, 0));
    }

    #[test]
    fn nothing_alike_still_names_what_there_is() {
        assert_eq!(near("zzzz", ["mel_2bar"].into_iter()), ["mel_2bar"]);
    }
}
