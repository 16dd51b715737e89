//! Words of messages that several verbs need.

/// `1 file`, `3 files`.
pub fn counted(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_is_singular_and_none_is_plural() {
        assert_eq!([0, 1, 2].map(|n| super::counted(n, "file")), ["0 files", "1 file", "2 files"]);
    }
}
