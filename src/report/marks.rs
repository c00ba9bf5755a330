//! The text of a sentence with what is marked in it: mentions by role, and over them the words that carried its labels.

use super::explained::heaviest;
use super::rows::{Mention, Role, Sentence, Stance, Tone};
use super::safe::html;
use std::fmt::Write as _;

/// A text by code points.
pub(super) struct Places<'a> {
    text: &'a str,
    /// The byte of every code point, and the end
    bytes: Vec<usize>,
}

impl<'a> Places<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, bytes: text.char_indices().map(|(at, _)| at).chain([text.len()]).collect() }
    }

    pub fn slice(&self, start: usize, end: usize) -> Option<&'a str> {
        self.text.get(*self.bytes.get(start)?..*self.bytes.get(end)?)
    }

    fn len(&self) -> usize {
        self.bytes.len() - 1
    }
}

/// A line over a word.
struct Over {
    start: usize,
    end: usize,
    /// w for stance, v for tone, both where it carried both
    class: &'static str,
}

/// The text with its mentions marked by role, of two that overlap the first, and its heaviest words lined; `start` is
/// where the sentence begins in the article.
pub(super) fn marked(out: &mut String, text: &str, mentions: &[Mention], start: usize, sentence: &Sentence) {
    let places = Places::of(text);
    let over = over(text, sentence);
    let mut sorted: Vec<&Mention> = mentions.iter().filter(|m| m.end > m.start && m.start >= start).collect();
    sorted.sort_by_key(|m| (m.start, std::cmp::Reverse(m.end)));
    let mut done = 0;
    for m in sorted {
        let (from, to) = (m.start - start, m.end - start);
        if from < done || to > places.len() {
            continue;
        }
        let class = match m.role {
            Role::Source => "rs",
            Role::Agent => "ra",
            Role::Target => "rt",
            Role::Mention => "rm",
        };
        lined(out, &places, done, from, &over);
        let _ = write!(out, "<b class=\"{class}\">");
        lined(out, &places, from, to, &over);
        out.push_str("</b>");
        done = to;
    }
    lined(out, &places, done, places.len(), &over);
}

/// A stretch of text with the lines over it.
fn lined(out: &mut String, places: &Places<'_>, from: usize, to: usize, over: &[Over]) {
    let plain = |out: &mut String, a, b| out.push_str(&html(places.slice(a, b).unwrap_or_default()));
    let mut at = from;
    for word in over {
        let (a, b) = (word.start.max(at), word.end.min(to));
        if a < b {
            plain(out, at, a);
            let _ = write!(out, "<u class=\"{}\">", word.class);
            plain(out, a, b);
            out.push_str("</u>");
            at = b;
        }
    }
    plain(out, at, to);
}

/// The words that carried a label that is not neutral, by their places in `text`, which may have more white space than
/// the cell in which they were counted.
fn over(text: &str, sentence: &Sentence) -> Vec<Over> {
    let places = unfolded(text);
    // Part of a sentence is shown at times; the rest of its words is nowhere
    let fits = sentence.words.iter().all(|w| w.start < w.end)
        && (places.len() == sentence.text.chars().count() || sentence.text.starts_with(text));
    if !fits {
        return Vec::new();
    }
    let stance = matches!(sentence.stance, Some(Stance::Escalation | Stance::Deescalation));
    let tone = matches!(sentence.tone, Some(Tone::Positive | Tone::Negative));
    let carried = |yes: bool, words: Vec<_>| if yes { words } else { Vec::new() };
    let stance = carried(stance, heaviest(&sentence.words, |w| w.stance));
    let tone = carried(tone, heaviest(&sentence.words, |w| w.tone));
    let is_in = |words: &[&super::explained::Word], start| words.iter().any(|w| w.start == start);
    let line = |w: &super::explained::Word| {
        let class = match (is_in(&stance, w.start), is_in(&tone, w.start)) {
            (true, true) => "w v",
            (true, false) => "w",
            (false, true) => "v",
            (false, false) => return None,
        };
        Some(Over { start: *places.get(w.start)?, end: places.get(w.end - 1)? + 1, class })
    };
    sentence.words.iter().filter_map(line).collect()
}

/// Where the code points of a text on one line stand in the text.
fn unfolded(text: &str) -> Vec<usize> {
    let mut places = Vec::with_capacity(text.len());
    let mut gap = false;
    for (i, c) in text.chars().enumerate() {
        if c.is_whitespace() {
            gap = !places.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            places.push(i - 1);
        }
        places.push(i);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::explained::Word;
    use super::super::rows::{Kind, Status};
    use super::*;

    fn sentence(text: &str, words: &[(usize, usize, f64, f64)]) -> Sentence {
        let word = |&(start, end, stance, tone): &(usize, usize, f64, f64)| Word {
            start,
            end,
            text: String::new(),
            stance,
            tone,
        };
        Sentence {
            article_id: "a".into(),
            sentence_id: 0,
            start: 5,
            end: 5 + text.chars().count(),
            kind: Kind::Sentence,
            voice: None,
            source_actor: None,
            stance: Some(Stance::Escalation),
            stance_score: None,
            p_escalation: None,
            p_deescalation: None,
            p_neutral: None,
            tone: Some(Tone::Negative),
            tone_score: None,
            p_positive: None,
            p_negative: None,
            p_tone_neutral: None,
            n_windows: None,
            status: Status::Ok,
            text: crate::text::one_line(text),
            words: words.iter().map(word).collect(),
        }
    }

    fn shown(text: &str, sentence: &Sentence, mentions: &[(usize, usize)]) -> String {
        let mention = |&(start, end): &(usize, usize)| Mention {
            article_id: "a".into(),
            sentence_id: 0,
            start,
            end,
            actor_id: "x".into(),
            role: Role::Agent,
        };
        let mut out = String::new();
        marked(&mut out, text, &mentions.iter().map(mention).collect::<Vec<_>>(), 5, sentence);
        out
    }

    #[test]
    fn words_are_lined_within_and_beside_mentions_and_over_folded_white_space() {
        let text = "Évora  <menolak>\n usul";
        let s = sentence(text, &[(0, 5, 0.1, 2.0), (7, 14, 3.0, 1.5), (16, 20, -1.0, 0.0)]);
        let plain = "<b class=\"ra\"><u class=\"v\">Évora</u></b>  &lt;<u class=\"w v\">menolak</u>&gt;\n usul";
        assert_eq!(shown(text, &s, &[(5, 10)]), plain);
        let crossing = "<b class=\"ra\"><u class=\"v\">Évora</u>  &lt;<u class=\"w v\">men</u></b><u class=\"w v\">olak</u>&gt;\n usul";
        assert_eq!(shown(text, &s, &[(5, 16), (8, 9)]), crossing);
    }

    #[test]
    fn neutral_labels_and_other_texts_have_no_lines() {
        let mut s = sentence("Ia menolak", &[(0, 2, 1.0, 1.0), (3, 10, 3.0, 3.0)]);
        assert_eq!(shown("Yang lain sama sekali", &s, &[]), "Yang lain sama sekali");
        assert_eq!(shown("Ia men", &s, &[]), "Ia men", "cut within a word");
        s.stance = Some(Stance::Neutral);
        s.tone = Some(Tone::Neutral);
        assert_eq!(shown("Ia menolak", &s, &[]), "Ia menolak");
    }
}
