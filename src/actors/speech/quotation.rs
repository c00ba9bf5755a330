//! `Quotation`: a direct quotation of an article, in bytes of its text.
//!
//! What a mark does where it stands is told by [`crate::text::quotes`], with its state kept per paragraph. Here marks
//! become pairs: nested ones get a depth, a quotation may run over several sentences, and over several paragraphs where
//! each further one opens with the mark again. A mark that is never closed gives a quotation that ends with its
//! sentence and is flagged; nothing is guessed beyond. A single mark (`'`, `’`) without its partner is an apostrophe.

use std::ops::Range;

use super::quoted::paragraphs;
use crate::text::chars::{char_at, char_before, is_line_end};
use crate::text::quotes::{Quotes, Role, closes, is_quotation};
use crate::text::{Sentence, count_words};

/// One quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Bytes of the article between the marks
    pub bytes: Range<usize>,
    /// The same with the marks
    pub outer: Range<usize>,
    /// How many quotations it stands in
    pub depth: u8,
    /// Whether the closing mark was found
    pub closed: bool,
    /// Words between the marks: a nickname has one or two
    pub words: usize,
}

/// A mark that stands open.
struct Open {
    mark: char,
    /// Where the quotation's text begins; its mark ends there
    start: usize,
    /// Where the mark begins
    outer: usize,
    /// Where the mark stood again that opened the last paragraph so far; else the same as `start`
    again: usize,
}

/// The quotations of `text`, whose sentences are `sentences`: ordered by their opening marks, each nested wholly within
/// another or disjoint from it.
///
/// # Example
/// ```
/// use nuansa::{actors::speech::quotations, text};
/// let article = "\"Kami pulang. Besok kami kembali,\" kata Arsa.";
/// let found = quotations(article, &text::segment(article, None).sentences);
/// assert_eq!((&article[found[0].bytes.clone()], found[0].words), ("Kami pulang. Besok kami kembali,", 5));
/// ```
pub fn quotations(text: &str, sentences: &[Sentence]) -> Vec<Quotation> {
    let mut scan = Scan { text, sentences, open: Vec::new(), found: Vec::new() };
    let paragraphs = paragraphs(text, sentences);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        scan.paragraph(paragraph.clone());
        let next = paragraphs.get(at + 1).and_then(|p| char_at(text, p.start));
        scan.end_paragraph(paragraph.end, next);
    }
    scan.found.sort_by_key(|q| (q.outer.start, std::cmp::Reverse(q.outer.end)));
    scan.found
}

struct Scan<'a> {
    text: &'a str,
    sentences: &'a [Sentence],
    open: Vec<Open>,
    found: Vec<Quotation>,
}

impl Scan<'_> {
    /// Reads the marks of one paragraph. A quotation that is still open has its mark again at the start.
    fn paragraph(&mut self, paragraph: Range<usize>) {
        let mut quotes = Quotes::default();
        let mut again = self.open.len();
        for (offset, c) in self.text[paragraph.clone()].char_indices() {
            let at = paragraph.start + offset;
            let after = at + c.len_utf8();
            let before = if at == paragraph.start { None } else { char_before(self.text, at) };
            let next = if after >= paragraph.end { None } else { char_at(self.text, after) };
            let mut role = quotes.role(before, c, next);
            if role == Role::Open && c == '\'' && next.is_some_and(char::is_numeric) {
                role = Role::Neither; // '90-an
            }
            quotes.note(c, role);
            if !is_quotation(c) {
                continue;
            }
            match role {
                Role::Open if again > 0 && offset == 0 => {
                    self.open[0].again = after;
                    again = 0;
                }
                Role::Open if self.open.len() < Self::DEPTH => {
                    self.open.push(Open { mark: c, start: after, outer: at, again: after });
                }
                Role::Close => self.close(c, at, after),
                _ => {}
            }
        }
    }

    const DEPTH: usize = 8;

    /// Closes what `c` at `at..after` closes; what was opened within and never closed ends there too.
    fn close(&mut self, c: char, at: usize, after: usize) {
        let Some(which) = self.open.iter().rposition(|o| closes(o.mark, c)) else { return };
        for (depth, open) in self.open.drain(which..).enumerate() {
            let closed = depth == 0;
            if closed || !is_single(open.mark) {
                push(&mut self.found, self.text, &open, at, if closed { after } else { at }, which + depth, closed);
            }
        }
    }

    /// Whether nothing but white space stands before byte `at` in its line.
    fn starts_line(&self, at: usize) -> bool {
        let before = self.text[..at].chars().rev().find(|&c| is_line_end(c) || !c.is_whitespace());
        before.is_none_or(is_line_end)
    }

    /// At a paragraph's end: the outermost quotation goes on where the next paragraph opens with its mark; any other is
    /// left unclosed and ends with the sentence in which it was opened.
    fn end_paragraph(&mut self, end: usize, next: Option<char>) {
        let set_off = self.open.first().is_some_and(|o| {
            let before = self.text[..o.outer].trim_end().chars().next_back();
            // the mark opens a sentence or a clause: no stray one within a clause
            before.is_none_or(|b| !b.is_alphanumeric()) || self.starts_line(o.outer)
        });
        let goes_on =
            set_off && self.open.len() == 1 && next == Some(self.open[0].mark) && !is_single(self.open[0].mark);
        if goes_on {
            return;
        }
        let count = self.open.len();
        for (inner, open) in self.open.drain(..).rev().enumerate() {
            let depth = count - 1 - inner;
            if !is_single(open.mark) {
                let after = self.sentences.partition_point(|s| s.bytes.end <= open.again);
                let end = self.sentences.get(after).map_or(end, |s| s.bytes.end.clamp(open.again, end.max(open.again)));
                // a quotation that begins in the same sentence and ends later stays within
                let inner = self.found.iter().rev().take_while(|q| q.outer.end > open.start);
                let end = inner.filter(|q| q.outer.start < end).map(|q| q.outer.end).fold(end, usize::max);
                push(&mut self.found, self.text, &open, end, end, depth, false);
            }
        }
    }
}

fn push(found: &mut Vec<Quotation>, text: &str, open: &Open, end: usize, outer: usize, depth: usize, closed: bool) {
    let bytes = open.start..end.max(open.start);
    let words = count_words(&text[bytes.clone()]);
    if words > 0 {
        found.push(Quotation {
            bytes,
            outer: open.outer..outer,
            depth: u8::try_from(depth).unwrap_or(u8::MAX),
            closed,
            words,
        });
    }
}

/// Whether `c` may as well be an apostrophe.
fn is_single(c: char) -> bool {
    matches!(c, '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::segment;
    use proptest::prelude::*;

    /// The quotations of `text`: depth, words within the marks, and `?` where unclosed.
    fn found(text: &str) -> Vec<String> {
        quotations(text, &segment(text, None).sentences)
            .iter()
            .map(|q| format!("{}{}{}", q.depth, &text[q.bytes.clone()], if q.closed { "" } else { "?" }))
            .collect()
    }

    #[test]
    fn every_mark_is_read() {
        for (text, inner) in [
            ("“Kami pulang,” kata Arsa.", "0Kami pulang,"),
            ("\"Kami pulang,\" kata Arsa.", "0Kami pulang,"),
            ("'Kami pulang,' kata Arsa.", "0Kami pulang,"),
            ("‘We go home,’ said Arsa.", "0We go home,"),
            ("«Мы уходим», — сказал Арсов.", "0Мы уходим"),
            ("„Wir gehen“, sagte Arsen.", "0Wir gehen"),
            ("„Wir gehen”, sagte Arsen.", "0Wir gehen"),
            ("»Wir gehen«, sagte Arsen.", "0Wir gehen"),
            ("« Nous partons », a dit Arsène.", "0 Nous partons "),
            ("阿尔萨说：“我们回家。”", "0我们回家。"),
            ("阿爾薩說：「我們回家。」", "0我們回家。"),
            ("『我們回家』阿爾薩說。", "0我們回家"),
            ("قال عرسان: \"نعود غدا\".", "0نعود غدا"),
            ("“Kami pulang,\" kata Arsa.", "0Kami pulang,"),
        ] {
            assert_eq!(found(text), [inner], "{text}");
        }
    }

    #[test]
    fn a_quotation_runs_over_sentences_and_paragraphs() {
        assert_eq!(found("\"Satu. Dua tiga. Empat,\" kata Arsa. Lima."), ["0Satu. Dua tiga. Empat,"]);
        let two = "“Pertama kami menunggu lama.\n\n“Lalu kami pulang,” kata Arsa.\n\nHujan turun di kota itu.";
        assert_eq!(found(two), ["0Pertama kami menunggu lama.\n\n“Lalu kami pulang,"]);
    }

    #[test]
    fn a_stray_mark_within_a_clause_does_not_run_into_the_next_paragraph() {
        let text = "Itu semacam “ejekan, kata Arsa kemarin.\n\n“Kami pulang besok pagi,” katanya.";
        assert_eq!(found(text), ["0ejekan, kata Arsa kemarin.?", "0Kami pulang besok pagi,"]);
    }

    #[test]
    fn nested_quotations_have_a_depth() {
        assert_eq!(
            found("“Ia bilang ‘tidak mau’ kepada kami,” kata Arsa.").join("|"),
            "0Ia bilang ‘tidak mau’ kepada kami,|1tidak mau"
        );
        assert_eq!(found("«Он сказал: „Нет“ — и ушёл», — сказал Арсов.").join("|"), "0Он сказал: „Нет“ — и ушёл|1Нет");
    }

    #[test]
    fn an_unclosed_quotation_ends_with_its_sentence_and_is_flagged() {
        assert_eq!(
            found("“Kami pulang besok pagi. Hujan turun di kota itu.\n\nPasar tutup."),
            ["0Kami pulang besok pagi.?"]
        );
    }

    #[test]
    fn an_apostrophe_is_no_quotation() {
        for text in [
            "The workers' hall isn't open, Arsa's aide said.",
            "L’accord n’est pas d'hier.",
            "Lagu '90-an diputar lagi.",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_nickname_is_a_quotation_of_one_word() {
        let text = "Arsa alias \"Kecil\" tiba.";
        assert_eq!(quotations(text, &segment(text, None).sentences)[0].words, 1);
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_on_character_boundaries(text in "[a-dA-D .,!\\n\"'“”«»„‘’「」。я]{0,80}|\\PC{0,60}") {
            let found = quotations(&text, &segment(&text, None).sentences);
            for q in &found {
                prop_assert!(text.get(q.bytes.clone()).is_some() && text.get(q.outer.clone()).is_some());
                prop_assert!(q.outer.start <= q.bytes.start && q.bytes.end <= q.outer.end);
            }
            for pair in found.windows(2) {
                prop_assert!(pair[0].outer.start <= pair[1].outer.start);
                prop_assert!(pair[1].outer.start >= pair[0].outer.end || pair[1].outer.end <= pair[0].outer.end, "{found:?}");
            }
        }
    }
}
