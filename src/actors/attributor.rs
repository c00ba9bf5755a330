//! `Attribution`: who is named in each sentence of an article, in what role, and whose words the sentence is.
//!
//! The stages in order: names of the list and spans of the token head become candidates, verbs and marks of saying become
//! sayings, candidates are tied to the members of the article's cast, and both together give voice and source. A candidate
//! that the words of its sentence make the speaker is a source whatever the token head says, and an agent where it demands
//! or accuses. Without a token head the names of the list are the only candidates, and every other role is a bare mention.

use std::ops::Range;

use super::cast::{Candidate, Casting, Lexicon as Names, Member, Reading, Ref, Resolved, ResolvedBy, merge};
use super::list::ActorList;
use super::matcher::Matcher;
use super::repeated::repeated;
use super::speech::{Attributed, Heard, Lexicon as Verbs, Saying, SourceOf, Speaker, Voice};
use super::speech::{attribute, quotations, quoted, sayings};
use super::tagged::Tagged;
use crate::aggregate::Role;
use crate::text::{Document, Kind, Lang, Sentence};

/// Whom a mention or a source names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// A member of the cast, by its place
    Member(usize),
    /// Two or more fit
    Ambiguous,
}

/// A mention of an actor in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Bytes within the sentence; none where a quotation goes on whose source stands in another sentence
    pub bytes: Range<usize>,
    /// Whom it names
    pub whom: Whom,
    /// What the actor does in the sentence
    pub role: Role,
    /// Probability of the role, where the token head gave it
    pub p_role: Option<f64>,
    /// By what it was tied to the actor
    pub by: ResolvedBy,
}

/// What is told of one sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Mentions in reading order
    pub mentions: Vec<Named>,
    /// Whose words it gives; `None` for furniture
    pub voice: Option<Voice>,
    /// The source, where it is known
    pub source: Option<Whom>,
}

/// The actors of an article and what its sentences tell of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// Everybody named in the article
    pub members: Vec<Member>,
    /// One entry per span
    pub sentences: Vec<Told>,
}

/// Makes attributions. Build it once per actor list.
#[derive(Debug)]
pub struct Attributor<'a> {
    matcher: &'a Matcher,
    casting: Casting<'a>,
    names: &'a Names,
    verbs: Verbs,
}

impl<'a> Attributor<'a> {
    /// Attributes to the actors of `list`, which `matcher` finds, by the words of saying in `verbs`.
    pub fn new(list: &'a ActorList, matcher: &'a Matcher, verbs: Verbs) -> Self {
        let names = Names::builtin();
        Self { matcher, casting: Casting::new(list, names), names, verbs }
    }

    /// The attribution of an article `text`, cut into `document`; `tagged` holds what the token head found in each span,
    /// and is empty where there is no token head. Time is linear in the article.
    pub fn attribute(&self, text: &str, document: &Document, tagged: &[Vec<Tagged>]) -> Attribution {
        let spans = &document.sentences;
        let quotations = quotations(text, spans);
        let parts = quoted(&quotations, spans);
        let (mut candidates, mut said) = (Vec::with_capacity(spans.len()), Vec::with_capacity(spans.len()));
        for (i, span) in spans.iter().enumerate() {
            let (found, says) = if span.kind == Kind::Furniture {
                (Vec::new(), Vec::new())
            } else {
                let (sentence, lang) = (&text[span.bytes.clone()], span.lang.or(document.lang));
                let tags = tagged.get(i).map_or(&[][..], Vec::as_slice);
                let mut found = merge(sentence, lang, self.matcher, tags, self.names);
                let says = sayings(sentence, lang, &found, &parts[i], &self.verbs);
                speak(&mut found, &says);
                (found, says)
            };
            candidates.push(found);
            said.push(says);
        }
        let readings: Vec<Reading<'_>> = spans
            .iter()
            .enumerate()
            .map(|(i, span)| Reading {
                text: &text[span.bytes.clone()],
                start: span.bytes.start,
                kind: span.kind,
                lang: span.lang.or(document.lang),
                candidates: &candidates[i],
                sayings: &said[i],
            })
            .collect();
        let cast = self.casting.cast(&readings, &quotations);
        let voices = attribute(&Heard {
            text,
            sentences: spans,
            quotations: &quotations,
            quoted: &parts,
            sayings: &said,
            candidates: &candidates,
            resolved: &cast.resolved,
        });
        let told = |(i, span): (usize, &Sentence)| {
            told(readings[i].text, span, readings[i].lang, &candidates[i], &cast.resolved[i], voices[i])
        };
        let mut sentences: Vec<Told> = spans.iter().enumerate().map(told).collect();
        let texts: Vec<&str> = readings.iter().map(|r| r.text).collect();
        for (i, first) in repeated(&texts).into_iter().enumerate() {
            if let Some(first) = first.filter(|first| spans[*first].kind == spans[i].kind) {
                sentences[i] = sentences[first].clone();
            }
        }
        Attribution { sentences, members: cast.members }
    }
}

/// Speakers are sources; who acts by words is an agent, unless the token head knows better.
fn speak(candidates: &mut [Candidate], said: &[Saying]) {
    // The outermost last: its speaker's role is the one that counts.
    for saying in said.iter().rev() {
        let Speaker::Candidate(i) = saying.speaker else { continue };
        let Some(candidate) = candidates.get_mut(i) else { continue };
        let role = if saying.acts { Role::Agent } else { Role::Source };
        if candidate.role != role && !(saying.acts && candidate.p_role.is_some()) {
            (candidate.role, candidate.p_role) = (role, None);
        }
    }
}

/// The bytes of a name with the English possessive that hangs on it, which belongs to the mention.
fn with_possessive(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let after = text.get(bytes.end..).unwrap_or("");
    let ends = |s: &&&str| after.strip_prefix(**s).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    bytes.start..bytes.end + ["'s", "’s"].iter().find(ends).map_or(0, |s| s.len())
}

fn told(
    text: &str,
    span: &Sentence,
    lang: Option<Lang>,
    candidates: &[Candidate],
    resolved: &[Resolved],
    voice: Attributed,
) -> Told {
    let mut mentions = Vec::with_capacity(candidates.len());
    for (candidate, Resolved { whom, by }) in candidates.iter().zip(resolved) {
        let named = |whom| Named {
            bytes: if lang == Some(Lang::EN) {
                with_possessive(text, &candidate.bytes)
            } else {
                candidate.bytes.clone()
            },
            whom,
            role: candidate.role,
            p_role: candidate.p_role,
            by: *by,
        };
        match whom {
            Ref::Members(members) => mentions.extend(members.iter().map(|member| named(Whom::Member(*member)))),
            Ref::Ambiguous => mentions.push(named(Whom::Ambiguous)),
            Ref::Nobody => {}
        }
    }
    let source = voice.source.map(|source| match source {
        SourceOf::Member(member) => Whom::Member(member),
        SourceOf::Ambiguous => Whom::Ambiguous,
    });
    if let Some(whom) = source.filter(|_| voice.running)
        && !mentions.iter().any(|m| m.whom == whom && m.role == Role::Source)
    {
        mentions.insert(0, Named { bytes: 0..0, whom, role: Role::Source, p_role: None, by: ResolvedBy::Quote });
    }
    let voice = (span.kind != Kind::Furniture).then_some(voice.voice);
    Told { mentions, voice, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_possessive_belongs_to_the_mention() {
        let with = |text: &str, name: &str| {
            let start = text.find(name).unwrap();
            text[with_possessive(text, &(start..start + name.len()))].to_owned()
        };
        assert_eq!(with("Belford's men left", "Belford"), "Belford's");
        assert_eq!(with("Belford’s men left", "Belford"), "Belford’s");
        assert_eq!(with("Belford'sche Werke", "Belford"), "Belford", "a letter goes on");
        assert_eq!(with("said 'Belford'", "Belford"), "Belford");
    }
}
