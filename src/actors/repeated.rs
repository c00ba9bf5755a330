//! `repeated`: sentences of an article that stand in it twice, as where a page gives its text again.
//!
//! What a pronoun means depends on what was read before it, and before a second copy more was read than before the first:
//! so that a text weighs the same pasted once or twice, a copy is told as its first one is. A sentence by itself is no copy,
//! since "Ia menolak." may well stand twice and mean two persons: the sentence before it or behind it repeats as well.

use std::collections::BTreeMap;

/// By sentence, the earlier one that it repeats.
pub fn repeated(sentences: &[&str]) -> Vec<Option<usize>> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut copied: Vec<Option<usize>> = Vec::with_capacity(sentences.len());
    for (i, sentence) in sentences.iter().enumerate() {
        let same = |at: usize| at < i && sentences.get(at) == Some(sentence);
        let known = first.get(sentence).copied();
        // A copy goes on, or begins where two sentences in a row repeat.
        let goes_on = copied.last().copied().flatten().map(|before| before + 1).filter(|at| same(*at));
        let begins =
            known.filter(|at| at + 1 < i && sentences.get(i + 1).is_some_and(|next| *next == sentences[at + 1]));
        copied.push(goes_on.or(begins));
        first.entry(sentence).or_insert(i);
    }
    copied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_stands_twice_is_a_copy_and_a_sentence_that_does_is_not() {
        let text = ["Judul", "Lohan tiba.", "Ia menolak.", "Odo pulang.", "Ia menolak."];
        assert_eq!(repeated(&text), [None; 5]);
        let twice = [text, text].concat();
        let told = repeated(&twice);
        assert_eq!(told[..5], [None; 5]);
        assert_eq!(told[5..], [Some(0), Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(repeated(&["A.", "A.", "A."]), [None; 3]);
        assert_eq!(repeated(&[]), []);
    }

    #[test]
    fn a_copy_ends_where_another_sentence_stands() {
        assert_eq!(repeated(&["A.", "B.", "C.", "A.", "B.", "D.", "C."])[3..], [Some(0), Some(1), None, None]);
    }
}
