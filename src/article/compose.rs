//! `compose`: the text of a record from its title and body.
//!
//! The text is title, blank line, body, each exactly as the record gives it, so that anyone can rebuild it. Two cases
//! differ: a body that repeats the title loses the repeat, and a record whose body is blank keeps that blank body
//! alone, so that a headline never stands in for an article that was not delivered.

use std::ops::Range;

/// The article text of a record, and where the title stands in it (bytes, without surrounding white space).
///
/// A repeat is a first line (or lines) with the title's words, compared without regard to case and white space; the
/// beginning of a longer sentence is none.
pub fn compose(title: Option<&str>, mut body: String) -> (String, Option<Range<usize>>) {
    let Some(title) = title.filter(|t| !t.trim().is_empty()) else {
        return (body, None);
    };
    if body.trim().is_empty() {
        return (body, None);
    }
    let mut rest = body.as_str();
    while let Some(end) = repeat(title, rest) {
        rest = &rest[end..];
    }
    let start = title.len() - title.trim_start().len();
    let headline = start..start + title.trim().len();
    if rest.is_empty() {
        return (title.to_owned(), Some(headline));
    }
    // Put before the body where it stands: a long one is not copied
    let repeated = body.len() - rest.len();
    body.replace_range(..repeated, &format!("{title}\n\n"));
    (body, Some(headline))
}

/// Where the body goes on after a leading repeat of `title`; `None` where it does not begin with one.
fn repeat(title: &str, body: &str) -> Option<usize> {
    let mut at = 0;
    for word in title.split_whitespace() {
        let rest = &body[at..];
        let next = rest.trim_start();
        let end = next.find(char::is_whitespace).unwrap_or(next.len());
        if next[..end].to_lowercase() != word.to_lowercase() {
            return None;
        }
        at += rest.len() - next.len() + end;
    }
    let rest = &body[at..];
    let blank = rest.len() - rest.trim_start().len();
    let line_ends = rest[..blank].contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    (line_ends || blank == rest.len()).then_some(at + blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(title: &str, body: &str) -> String {
        let (text, headline) = compose(Some(title), body.to_owned());
        if let Some(at) = headline {
            assert_eq!(&text[at], title.trim());
        }
        text
    }

    #[test]
    fn title_and_body_are_joined_by_a_blank_line_and_left_as_they_are() {
        assert_eq!(text("Talks resume", "In Veldar.\r\nToday."), "Talks resume\n\nIn Veldar.\r\nToday.");
        assert_eq!(text(" Talks \n", "Body"), " Talks \n\n\nBody");
    }

    #[test]
    fn a_body_that_repeats_the_title_loses_the_repeat() {
        assert_eq!(text("Talks resume", "Talks resume\n\nIn Veldar."), "Talks resume\n\nIn Veldar.");
        assert_eq!(text("Talks resume", "\r\n TALKS \u{a0}resume \r\nIn Veldar."), "Talks resume\n\nIn Veldar.");
        assert_eq!(text("Talks resume", "Talks resume\nTalks resume\nIn Veldar."), "Talks resume\n\nIn Veldar.");
        assert_eq!(text("Talks\nresume", "Talks resume\nIn Veldar."), "Talks\nresume\n\nIn Veldar.");
        assert_eq!(text("Talks resume", "Talks resume"), "Talks resume");
        assert_eq!(text("Talks resume", "Talks resume\n"), "Talks resume");
    }

    #[test]
    fn a_body_that_only_begins_like_the_title_keeps_every_word() {
        for body in ["Talks resumed today.", "Talks resume in Veldar today.", "Talks resume. More soon.", "Talks"] {
            assert_eq!(text("Talks resume", body), format!("Talks resume\n\n{body}"));
        }
    }

    #[test]
    fn a_blank_title_or_a_blank_body_leaves_the_body_alone() {
        assert_eq!(compose(Some("  "), "Body".to_owned()), ("Body".to_owned(), None));
        assert_eq!(compose(None, "Body".to_owned()), ("Body".to_owned(), None));
        assert_eq!(compose(Some("Talks resume"), String::new()), (String::new(), None));
        assert_eq!(compose(Some("Talks resume"), " \n".to_owned()), (" \n".to_owned(), None));
    }
}
