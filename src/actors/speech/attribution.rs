//! `Attribution`: whose words each sentence of an article gives, the author's or a source's.
//!
//! The evidence, the strongest first: a saying in the sentence itself; a quotation that runs through it and whose speaker
//! another of its sentences names; the sentence before (`Arsa berkata:`) or after (`Demikian kata Arsa.`); the speaker of
//! the direct quotation before, for a sentence that stands wholly in quotation marks. A quoted fragment makes no source.
//! Where nobody is named, the voice is the source's and the source unknown; where two fit, it is ambiguous.

use super::clause::LONG;
use super::quotation::Quotation;
use super::quoted::{Quoted, paragraphs};
use super::saying::{Saying, Speaker};
use crate::actors::cast::Candidate;
use crate::actors::cast::{Ref, Resolved};
use crate::aggregate::Role;
use crate::text::{Kind, Sentence, count_words};

/// Whose words a sentence gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The author's
    Author,
    /// Somebody else's
    Source,
}

/// The source of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceOf {
    /// A member of the cast, by index
    Member(usize),
    /// Two or more fit
    Ambiguous,
}

/// Voice and source of one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributed {
    /// Whose words
    pub voice: Voice,
    /// Who; `None` where unknown
    pub source: Option<SourceOf>,
    /// Whether the source stands in another sentence
    pub running: bool,
}

/// From this probability on the role head alone makes a source.
const P_SOURCE: f64 = 0.6;

const AUTHOR: Attributed = Attributed { voice: Voice::Author, source: None, running: false };

/// What is known of an article's sentences, each slice by sentence but `quotations`.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// The article
    pub text: &'a str,
    /// Its sentences
    pub sentences: &'a [Sentence],
    /// Its quotations
    pub quotations: &'a [Quotation],
    /// Parts of outermost quotations
    pub quoted: &'a [Vec<Quoted>],
    /// Sayings, the outermost first
    pub sayings: &'a [Vec<Saying>],
    /// Candidates
    pub candidates: &'a [Vec<Candidate>],
    /// Whom the candidates name
    pub resolved: &'a [Vec<Resolved>],
}

/// Voice and source of each sentence of an article; furniture is the author's. Time is linear in the article.
pub fn attribute(heard: &Heard<'_>) -> Vec<Attributed> {
    let mut state = State {
        heard,
        out: vec![AUTHOR; heard.sentences.len()],
        owners: vec![None; heard.quotations.len()],
        firsts: first_sentences(heard),
        paragraph: paragraph_numbers(heard),
    };
    for at in 0..heard.sentences.len() {
        state.own(at);
    }
    for at in 0..heard.sentences.len() {
        state.quotes_that_run(at);
    }
    for at in 0..heard.sentences.len() {
        state.neighbours(at);
    }
    state.out
}

struct State<'a> {
    heard: &'a Heard<'a>,
    out: Vec<Attributed>,
    /// By quotation: the sentence that names its speaker, and the speaker
    owners: Vec<Option<(usize, Option<SourceOf>)>>,
    /// By quotation: the sentence in which it opens
    firsts: Vec<usize>,
    paragraph: Vec<usize>,
}

impl State<'_> {
    /// The sentence's own saying.
    fn own(&mut self, at: usize) {
        let heard = self.heard;
        if heard.sentences[at].kind == Kind::Furniture {
            return;
        }
        let Some((source, direct)) = self.said(at).or_else(|| self.by_role(at)) else { return };
        let missing = heard.sayings[at].first().is_some_and(|s| s.speaker == Speaker::Missing);
        let source = if missing { self.before(at) } else { source };
        self.out[at] = Attributed { voice: Voice::Source, source, running: missing && source.is_some() };
        for q in heard.quoted[at].iter().filter(|q| q.words >= LONG) {
            // where two sentences of a quotation name a speaker, the one that closes it counts
            if direct || self.owners[q.quotation].is_none() {
                self.owners[q.quotation] = Some((at, source));
            }
        }
    }

    /// The source of the outermost saying, and whether it is direct.
    fn said(&self, at: usize) -> Option<(Option<SourceOf>, bool)> {
        let sayings = &self.heard.sayings[at];
        let first = sayings.first()?;
        let together = sayings.iter().take_while(|s| s.cue == first.cue);
        let mut source: Option<SourceOf> = None;
        for (i, saying) in together.enumerate() {
            let this = self.resolve(at, &saying.speaker);
            source = match (i, source) {
                (0, _) => this,
                (_, known) if known == this => known,
                _ => Some(SourceOf::Ambiguous),
            };
        }
        Some((source, first.direct))
    }

    /// The candidate that the role head takes for a source, in a sentence without known verb of saying.
    fn by_role(&self, at: usize) -> Option<(Option<SourceOf>, bool)> {
        let sources = self.heard.candidates[at].iter().enumerate();
        let mut sources = sources.filter(|(_, c)| c.role == Role::Source && c.p_role.is_some_and(|p| p >= P_SOURCE));
        let (first, _) = sources.next()?;
        let source = self.resolve(at, &Speaker::Candidate(first));
        let same = sources.all(|(c, _)| self.resolve(at, &Speaker::Candidate(c)) == source);
        Some((if same { source } else { Some(SourceOf::Ambiguous) }, self.has_quote(at)))
    }

    fn resolve(&self, at: usize, speaker: &Speaker) -> Option<SourceOf> {
        let Speaker::Candidate(c) = speaker else { return None };
        match &self.heard.resolved[at].get(*c)?.whom {
            Ref::Members(members) => match members.as_slice() {
                [] => None,
                [one] => Some(SourceOf::Member(*one)),
                _ => Some(SourceOf::Ambiguous),
            },
            Ref::Ambiguous => Some(SourceOf::Ambiguous),
            Ref::Nobody => None,
        }
    }

    /// A sentence without saying of its own in a quotation whose speaker another sentence names.
    fn quotes_that_run(&mut self, at: usize) {
        if self.out[at].voice == Voice::Source {
            return;
        }
        let owner = self.heard.quoted[at].iter().filter(|q| q.words >= LONG).find_map(|q| self.owners[q.quotation]);
        if let Some((_, source)) = owner.filter(|(from, _)| *from != at)
            && self.is_mostly_quoted(at)
        {
            self.out[at] = Attributed { voice: Voice::Source, source, running: source.is_some() };
        }
    }

    /// A quoted sentence without cue: the sentence before that announces it, the one after that names its speaker, or
    /// the speaker of the quotation before.
    fn neighbours(&mut self, at: usize) {
        let heard = self.heard;
        let sentence = &heard.sentences[at];
        if self.out[at].voice == Voice::Source || sentence.kind == Kind::Furniture || !self.is_mostly_quoted(at) {
            return;
        }
        let near = |other: usize| self.paragraph[other].abs_diff(self.paragraph[at]) <= 1;
        let mut source = None;
        if let Some(before) = at.checked_sub(1).filter(|&b| near(b)) {
            let announces = heard.text[heard.sentences[before].bytes.clone()].trim_end().ends_with([':', '：']);
            let same = self.paragraph[before] == self.paragraph[at];
            let speaks = self.is_mostly_quoted(before) || self.has_quote(before);
            if announces || (self.out[before].voice == Voice::Source && (speaks || same)) {
                source = self.out[before].source;
            }
        }
        source = source.or_else(|| self.last_direct(at));
        if source.is_none()
            && let Some(after) = Some(at + 1).filter(|&a| a < self.out.len() && near(a))
            && self.names_only(after)
        {
            source = self.out[after].source;
        }
        self.out[at] = Attributed { voice: Voice::Source, source, running: source.is_some() };
        for q in heard.quoted[at].iter().filter(|q| q.words >= LONG) {
            self.owners[q.quotation].get_or_insert((at, source));
        }
    }

    /// The one who spoke directly within the three sentences before, where it is only one.
    fn last_direct(&self, at: usize) -> Option<SourceOf> {
        let mut last = None;
        for before in (at.saturating_sub(3)..at).filter(|&b| self.out[b].voice == Voice::Source) {
            match (last, self.out[before].source) {
                (_, None) => return None,
                (None, source) if self.has_quote(before) => last = source,
                (Some(known), Some(source)) if known != source => return None,
                _ => {}
            }
        }
        last
    }

    /// The source of the sentence before, for a saying whose speaker stands elsewhere; where the sentence closes a
    /// quotation, of the one before that quotation.
    fn before(&self, at: usize) -> Option<SourceOf> {
        let first = self.heard.quoted[at].iter().find(|q| q.words >= LONG).map_or(at, |q| self.firsts[q.quotation]);
        let before = first.min(at).checked_sub(1)?;
        let known = Some(self.out[before]).filter(|a| a.voice == Voice::Source).and_then(|a| a.source);
        known.or_else(|| {
            let parts = self.heard.quoted[before].iter().filter(|q| q.words >= LONG);
            parts.filter_map(|q| self.owners[q.quotation]).find_map(|(_, source)| source)
        })
    }

    /// Whether the sentence holds a saying and next to nothing that is said: `Demikian kata Arsa.`
    fn names_only(&self, at: usize) -> bool {
        let text = &self.heard.text[self.heard.sentences[at].bytes.clone()];
        self.heard.sayings[at].first().is_some_and(|s| s.content.is_empty() || s.content.len() * 4 < text.len())
    }

    fn has_quote(&self, at: usize) -> bool {
        self.heard.quoted[at].iter().any(|q| q.words >= LONG)
    }

    /// Whether at least three quarters of the sentence's words stand in quotations of several words.
    fn is_mostly_quoted(&self, at: usize) -> bool {
        let text = &self.heard.text[self.heard.sentences[at].bytes.clone()];
        let parts = self.heard.quoted[at].iter().filter(|q| q.words >= LONG);
        let quoted: usize = parts.map(|q| count_words(&text[q.bytes.clone()])).sum();
        quoted > 0 && quoted * 4 >= count_words(text) * 3
    }
}

/// The sentence in which each quotation opens.
fn first_sentences(heard: &Heard<'_>) -> Vec<usize> {
    let starts = heard.quotations.iter().map(|q| q.outer.start);
    starts.map(|start| heard.sentences.partition_point(|s| s.bytes.end <= start)).collect()
}

/// The number of the paragraph each sentence stands in.
fn paragraph_numbers(heard: &Heard<'_>) -> Vec<usize> {
    let paragraphs = paragraphs(heard.text, heard.sentences);
    heard.sentences.iter().map(|s| paragraphs.partition_point(|p| p.end <= s.bytes.start)).collect()
}
