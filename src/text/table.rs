//! Tables: the data files of the text stage, read once.
//!
//! A table is a list of entries under sections in brackets; `#` opens a comment. The files are part of the program, so
//! a fault in one is a fault of the build and is found by the tests, not by a reader of news.

/// The lines of `source` with the section each stands in, comments and blank lines left out.
pub(super) fn lines(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    source.lines().filter_map(move |line| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = name;
            return None;
        }
        Some((section, line))
    })
}

/// The words of `source`, separated by white space, with the section each stands in.
pub(super) fn words(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(source).flat_map(|(section, line)| {
        let line = line.split(" #").next().unwrap_or("");
        line.split_whitespace().map(move |word| (section, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_sections_are_read() {
        let source = "# head\n[a]\none two # three\n\n[b]\nfour\n";
        assert_eq!(words(source).collect::<Vec<_>>(), [("a", "one"), ("a", "two"), ("b", "four")]);
    }
}
