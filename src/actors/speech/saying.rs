//! `Saying`: what a sentence tells of somebody's words: who says it, by which cue, and what is said.
//!
//! The cues are verbs and patterns of saying of the [`Lexicon`]; on which side the speaker stands follows from the verb's
//! class and from what stands beside it. A sentence may hold several sayings: the outermost comes first, and those within
//! what it says follow. A negated verb says nothing, and neither does one in a relative clause that is a small part of
//! the sentence.

use std::ops::Range;

use super::clause::{Clause, Mark};
use super::lexicon::Lexicon;
use super::quoted::Quoted;
use super::speaker::Phrase;
use super::words::Class;
use crate::actors::cast::Candidate;
use crate::text::Lang;

/// One saying of a sentence. Spans are bytes of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Who says it
    pub speaker: Speaker,
    /// The verb or pattern of saying
    pub cue: Range<usize>,
    /// What is said
    pub content: Range<usize>,
    /// Whether a quotation of several words stands in what is said
    pub direct: bool,
    /// Whether it is an act done by words (demand, accuse), whose speaker is an agent
    pub acts: bool,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A candidate of the sentence, by index
    Candidate(usize),
    /// Somebody without a name, by the bytes of the phrase
    Unnamed(Range<usize>),
    /// Somebody named elsewhere
    Missing,
}

/// Cues of a sentence that are looked at, so that time stays linear whatever the sentence is.
const MOST: usize = 64;

/// The sayings of `text`, a sentence of language `lang`, with its `candidates` (ordered, disjoint) and the parts of
/// quotations that stand in it. Time is linear in the sentence.
///
/// Two who say it together give two sayings with one cue.
pub fn sayings(
    text: &str,
    lang: Option<Lang>,
    candidates: &[Candidate],
    quoted: &[Quoted],
    lexicon: &Lexicon,
) -> Vec<Saying> {
    let words = lexicon.words(lang);
    let clause = Clause::new(text, candidates, quoted, words);
    let mut reader = Reader { clause: &clause, found: Vec::new() };
    let cues = (0..clause.tokens.len()).filter(|&at| clause.tokens[at].is_cue()).take(MOST);
    for at in cues {
        reader.cue(at);
    }
    if reader.found.iter().all(|f| f.relative) {
        reader.colon();
    }
    if reader.found.iter().all(|f| f.relative) {
        reader.bare_quotation();
    }
    reader.finish()
}

/// A saying as found, before the outermost is told from the rest.
#[expect(clippy::struct_excessive_bools, reason = "each a thing of its own that a cue is or is not")]
pub(super) struct Found {
    pub(super) speaker: Vec<Speaker>,
    pub(super) cue: Range<usize>,
    /// Tokens of what is said
    pub(super) content: Range<usize>,
    pub(super) relative: bool,
    /// Whether a relative word after a comma stands for the speaker
    pub(super) antecedent: bool,
    /// Whether it is a verb after what is said, outside all of it
    pub(super) trails: bool,
    /// Whether the cue is an act done by words
    pub(super) acts: bool,
}

pub(super) struct Reader<'a, 'b> {
    pub(super) clause: &'b Clause<'a>,
    pub(super) found: Vec<Found>,
}

impl Reader<'_, '_> {
    /// Takes note of a saying with its cue at token `cue` and what is said in tokens `content`.
    pub(super) fn push(&mut self, speaker: Vec<Speaker>, cue: usize, content: Range<usize>, relative: bool) {
        let said = self.clause.tokens.get(content.clone()).is_some_and(|t| !t.is_empty());
        let named = speaker.iter().any(|s| !matches!(s, Speaker::Unnamed(_)));
        if speaker.is_empty() || !(said || named) {
            return; // the author or the reader; AFP melaporkan.
        }
        let token = &self.clause.tokens[cue];
        let (cue, acts) = (token.bytes.clone(), token.is(Class::Directed) || token.is(Class::Accusing));
        self.found.push(Found { speaker, cue, content, relative, antecedent: false, trails: false, acts });
    }

    /// The sayings that count, the outermost first.
    fn finish(self) -> Vec<Saying> {
        let tokens = &self.clause.tokens;
        let total = self.clause.text.len();
        let mut out: Vec<(bool, usize, Saying)> = Vec::new();
        let mut covered = 0..0;
        for (order, found) in self.found.iter().enumerate() {
            let content = self.clause.span(&found.content);
            let direct = tokens.get(found.content.clone()).is_some_and(|c| c.iter().any(|t| t.mark == Mark::Quote));
            // a relative clause that ends the sentence may be shorter: …, yang mengatakan bahwa …
            let ends = found.content.end == tokens.len() && found.antecedent;
            let small = content.len() * if ends { 4 } else { 2 } < total;
            if found.relative && small && !direct {
                continue;
            }
            let inner = covered.contains(&found.cue.start) && !found.trails;
            if !inner {
                covered = content.clone();
            }
            for speaker in &found.speaker {
                let (cue, content) = (found.cue.clone(), content.clone());
                let saying = Saying { speaker: speaker.clone(), cue, content, direct, acts: found.acts };
                out.push((inner || found.relative, order, saying));
            }
        }
        // a verb after what it tells is outside all that stands before it
        let trails = |s: &Saying| self.found.iter().any(|f| f.trails && f.cue == s.cue);
        let outer = out.iter().filter(|(_, _, s)| trails(s)).map(|(_, _, s)| s.content.end).max();
        for (inner, _, saying) in &mut out {
            *inner |= outer.is_some_and(|end| saying.cue.end <= end && saying.content.start >= saying.cue.start);
        }
        out.sort_by_key(|(inner, order, s)| (*inner, s.speaker == Speaker::Missing, *order));
        out.into_iter().map(|(_, _, saying)| saying).collect()
    }
}

/// Whether the phrase names a candidate.
pub(super) fn names(phrase: &Phrase) -> bool {
    phrase.speaker.iter().any(|s| matches!(s, Speaker::Candidate(_)))
}
