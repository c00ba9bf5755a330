//! Descriptions: "negara itu", "sang menteri", "his party", "Menteri Luar Negeri Rusia".

use super::casting::{Ref, Resolved, ResolvedBy, only};
use super::form::Form;
use super::lexicon::{Class, Set, folded};
use super::name_parts::{NameParts, stem};
use super::scan::Scan;
use crate::actors::matcher::ActorRef;
use crate::text::Lang;

impl Scan<'_> {
    /// Whom a description names.
    pub(super) fn description(&mut self, s: usize, c: usize, surface: &str, speaker: Option<usize>) -> Resolved {
        let lang = self.readings[s].lang;
        let candidate = &self.readings[s].candidates[c];
        let byte = candidate.bytes.start;
        let text = folded(surface);
        let words = self.content(&text, lang);
        let by = ResolvedBy::Office;
        let not = self.not_meant(speaker);
        let to = |whom: Ref| Resolved { whom, by };
        if let Some(ActorRef::Known(index)) = candidate.listed {
            let Some(side) = self.members.listed(index, (s, byte)) else { return Resolved::nobody(by) };
            return match self.holder(s, byte, &words, lang, Some(side)) {
                Some(Ref::Members(person)) => to(Ref::Members(person)),
                _ => Resolved::one(side, ResolvedBy::List),
            };
        }
        if candidate.listed.is_some() {
            return Resolved { whom: Ref::Ambiguous, by: ResolvedBy::List };
        }
        if self.is_both(&text, lang) {
            return to(self.both(s, byte, &words, lang));
        }
        // "para perwira itu", "negara-negara kaya": several that nobody has named.
        if text.split(' ').any(|w| w == "para") || words.windows(2).any(|w| w[0] == w[1]) {
            return Resolved::nobody(by);
        }
        if words.iter().any(|w| self.lexicon.has(Set::Neighbour, lang, w)) {
            return to(self.other(s, byte));
        }
        match self.apposition(s, c) {
            // "presiden Arga", "Menteri Luar Negeri Rusia Arga": the person named behind the office.
            Some(next) if self.members.known[next].is_person() && self.is_office(&words, lang) => {
                return Resolved::one(next, by);
            }
            // "Menteri Luar Negeri" before "Rusia": that state's, or nobody's.
            Some(side) if self.is_office(&words, lang) => {
                return self.holder(s, byte, &words, lang, Some(side)).map_or(Resolved::nobody(by), to);
            }
            _ => {}
        }
        if let Some(Ref::Members(whom)) = self.holder(s, byte, &words, lang, None) {
            return to(Ref::Members(whom));
        }
        let owner = self.owner(s, byte, &text, lang, speaker);
        if let Some(whom) = self.by_head((s, byte), surface, &words, lang, owner, &not) {
            return to(whom);
        }
        if self.is_office(&words, lang) {
            return self.holder(s, byte, &words, lang, None).map_or(Resolved::nobody(by), to);
        }
        Resolved::nobody(by)
    }

    /// The words of a description that say what it is.
    pub(super) fn content(&self, text: &str, lang: Option<Lang>) -> Vec<String> {
        let is = |set: Set, w: &str| self.lexicon.has(set, lang, w);
        if lang == Some(Lang::ZH) {
            let core = text.trim_start_matches(['该', '这', '此', '位']);
            return vec![core.to_owned()];
        }
        text.split(' ')
            .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|w| !w.is_empty() && !is(Set::Determiner, w) && !is(Set::Both, w))
            .map(str::to_owned)
            .take(8)
            .collect()
    }

    /// Whether a description is that of an office.
    fn is_office(&self, words: &[String], lang: Option<Lang>) -> bool {
        let is = |w: &str| self.lexicon.has(Set::Office, lang, w);
        words.iter().any(|w| is(w)) || words.windows(2).any(|w| is(&w.join(" ")))
    }

    /// The member that stands right behind a candidate, or behind the state that does.
    fn apposition(&self, s: usize, c: usize) -> Option<usize> {
        let reading = &self.readings[s];
        let touches = |a: usize| {
            let next = reading.candidates.get(a + 1)?;
            let between = reading.text.get(reading.candidates[a].bytes.end..next.bytes.start)?;
            if next.form == Form::Name && between.trim().is_empty() {
                only(self.resolved[s][a + 1].as_ref())
            } else {
                None
            }
        };
        let first = touches(c)?;
        if self.members.known[first].is_person() {
            return Some(first);
        }
        touches(c + 1).filter(|m| self.members.known[*m].is_person()).or(Some(first))
    }

    /// The person who was introduced with an office.
    fn holder(&self, s: usize, byte: usize, words: &[String], lang: Option<Lang>, side: Option<usize>) -> Option<Ref> {
        let parts: Vec<&str> = words
            .iter()
            .flat_map(|w| w.split(' '))
            .filter(|w| self.lexicon.has(Set::Office, lang, w) || self.lexicon.has(Set::OfficePart, lang, w))
            .collect();
        if !self.is_office(words, lang) {
            return None;
        }
        let known = &self.members.known;
        let holds =
            |m: &usize| parts.iter().all(|p| known[*m].office.iter().any(|o| o.split(' ').any(|o| same_office(o, p))));
        let near = parts.iter().find_map(|p| self.offices.get(&stem(p, None)))?;
        let all: Vec<usize> = near.iter().copied().filter(holds).filter(|m| known[*m].is_person()).collect();
        let met: Vec<usize> = all.iter().copied().filter(|m| known[*m].first < (s, byte)).collect();
        let mut whom = if met.is_empty() { all } else { met };
        if let Some(side) = side {
            whom.retain(|m| known[*m].side == Some(side));
        }
        match whom.as_slice() {
            [] => None,
            [one] => Some(Ref::Members(vec![*one])),
            more => Some(self.trace.latest(s, more).map_or(Ref::Ambiguous, |one| Ref::Members(vec![one]))),
        }
    }

    /// The owner that a possessive names: "negara kami", "his party".
    fn owner(&self, s: usize, byte: usize, text: &str, lang: Option<Lang>, speaker: Option<usize>) -> Option<usize> {
        let pronoun = text.split(' ').take(6).find_map(|w| self.lexicon.pronoun(lang, w))?;
        match pronoun.person {
            1 => speaker,
            3 => {
                let not: Vec<usize> = speaker.into_iter().collect();
                match self.last(s, byte, pronoun.class, &not) {
                    Ref::Members(m) if m.len() == 1 => m.first().copied(),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A description whose noun tells: by a name that has it ("komisi" of "Komisi X"), by the kind of name ("PT"), else the
    /// last of its class. What says more than its kind and fits nobody is somebody new ("asosiasi pemain profesional").
    fn by_head(
        &mut self,
        (s, byte): (usize, usize),
        surface: &str,
        words: &[String],
        lang: Option<Lang>,
        owner: Option<usize>,
        not: &[usize],
    ) -> Option<Ref> {
        let joined = words.join(" ");
        let named = self.lexicon.head(lang, &joined).map(|h| (joined.clone(), h));
        let head = named.or_else(|| words.iter().find_map(|w| self.lexicon.head(lang, w).map(|h| (w.clone(), h))));
        if let (Some(owner), Some((_, head))) = (owner, &head)
            && head.itself
        {
            return self.side(owner).map(|side| Ref::Members(vec![side]));
        }
        if let Some(owner) = owner {
            return Some(Ref::Members(vec![owner]));
        }
        let parts = NameParts { words: words.iter().flat_map(|w| w.split(' ')).map(str::to_owned).collect(), lang };
        let mut fitting: Vec<usize> = self.members.named(&parts);
        let (word, head) = head?;
        let kind = self.lexicon.kind(lang, &word);
        if fitting.is_empty() && !kind.is_empty() {
            let recent = self.trace.recent_members();
            fitting =
                recent.into_iter().filter(|m| self.members.any_word(*m, |w| kind.iter().any(|k| k == w))).collect();
        }
        fitting.retain(|m| !not.contains(m) || head.class == Class::Organisation);
        match fitting.as_slice() {
            [] => {}
            [one] => return Some(Ref::Members(vec![*one])),
            more => return Some(self.trace.newest(more).map_or(Ref::Ambiguous, |m| Ref::Members(vec![m]))),
        }
        let definite = folded(surface).split(' ').any(|w| self.lexicon.has_in_any(Set::Definite, w));
        if words.len() > 1 && !definite && head.class != Class::Person && head.class != Class::State {
            return Some(Ref::Members(vec![self.members.unnamed(surface, lang, (s, byte))]));
        }
        // Members with another word of this sort in their name are not meant: a "Serikat" is no "perusahaan".
        let mut other: Vec<usize> = not.to_vec();
        if head.class == Class::Organisation && !self.lexicon.has_in_any(Set::General, &word) {
            let is_other =
                |w: &str| w != word && (self.lexicon.has(Set::Organ, lang, w) || self.lexicon.head(lang, w).is_some());
            other.extend(self.trace.recent_members().into_iter().filter(|m| self.members.any_word(*m, is_other)));
        }
        match self.last(s, byte, head.class, &other) {
            Ref::Nobody => None,
            found => Some(found),
        }
    }
}

/// The same word of an office in another case.
fn same_office(a: &str, b: &str) -> bool {
    a == b || stem(a, None) == stem(b, None)
}
