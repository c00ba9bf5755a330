//! The words that may be left out of a sentence, and the sentence without some of them.

use crate::text::{is_unspaced, one_line, words};
use std::ops::Range;

/// The most pieces a sentence is taken apart into; the words of a longer one go by groups of equal size, so that the cost
/// of an explanation stays within that many readings.
const MOST: usize = 160;

/// The words of `text`, in bytes: as [`words`] gives them, but of Chinese, Japanese and other scripts without spaces each
/// character by itself; in very long sentences groups of neighbours.
pub fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for word in words(text) {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let mut open: Option<usize> = None;
        for (i, c) in word.char_indices() {
            if is_unspaced(c) {
                out.extend(open.take().map(|from| start + from..start + i));
                out.push(start + i..start + i + c.len_utf8());
            } else {
                open.get_or_insert(i);
            }
        }
        out.extend(open.map(|from| start + from..start + word.len()));
    }
    let size = out.len().div_ceil(MOST).max(1);
    if size == 1 {
        return out;
    }
    out.chunks(size).filter_map(|group| Some(group.first()?.start..group.last()?.end)).collect()
}

/// `text` on one line without `gone`, which are in order and disjoint.
pub fn without(text: &str, gone: &[Range<usize>]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for range in gone {
        left.push_str(&text[from..range.start]);
        from = range.end;
    }
    left.push_str(&text[from..]);
    one_line(&left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<&str> {
        pieces(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn words_of_spaced_scripts_and_characters_of_others() {
        assert_eq!(shown("Arunika, \"menolak\" tawaran-itu."), ["Arunika", "menolak", "tawaran-itu"]);
        assert_eq!(shown("他拒绝 NATO 提议。"), ["他", "拒", "绝", "NATO", "提", "议"]);
        assert!(shown(" … ").is_empty());
    }

    #[test]
    fn what_is_left_keeps_its_marks() {
        let text = "Arunika, kemarin, menolak.";
        let words = pieces(text);
        assert_eq!(without(text, &words[1..2]), "Arunika, , menolak.");
        assert_eq!(without(text, &[]), text);
    }

    #[test]
    fn very_long_sentences_go_by_groups() {
        let text = "kata ".repeat(1000);
        let groups = pieces(&text);
        assert!(groups.len() <= MOST && groups.len() > MOST / 2, "{}", groups.len());
        assert_eq!(groups.last().unwrap().end, text.trim_end().len());
    }

    proptest! {
        #[test]
        fn pieces_are_ordered_disjoint_and_on_character_boundaries(text in any::<String>()) {
            let mut last = 0;
            for piece in pieces(&text) {
                prop_assert!(last <= piece.start && piece.start < piece.end);
                prop_assert!(text.get(piece.clone()).is_some());
                last = piece.end;
            }
            without(&text, &pieces(&text));
        }
    }
}
