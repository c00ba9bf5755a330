//! Descriptions and clitics: "negara itu", "kedua pihak", "sang menteri", *negaranya*, *katanya*, "his party".

use super::cast::{Ref, Resolved, ResolvedBy, only};
use super::form::{Form, host};
use super::lexicon::{Class, Head, Set, folded};
use super::matcher::ActorRef;
use super::name_parts::{NameParts, stem};
use super::salience::fits_class;
use super::scan::Scan;
use crate::aggregate::Role;
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

    /// Whom a clitic names: the one who says (*katanya*), the owner (*pasukannya*), the other (*mempermalukannya*).
    pub(super) fn clitic(&mut self, s: usize, c: usize, surface: &str, speaker: Option<usize>) -> Ref {
        let reading = &self.readings[s];
        let (lang, byte) = (reading.lang, reading.candidates[c].bytes.start);
        let text = folded(surface);
        let mut not: Vec<usize> = speaker.into_iter().collect();
        if self.is_both(&text, lang) {
            let words = self.content(&text, lang);
            return self.both(s, byte, &words, lang);
        }
        if lang == Some(Lang::AR) {
            return self.last(s, byte, Class::Any, &not);
        }
        if text.split(' ').any(|w| self.lexicon.has(Set::Neighbour, lang, w)) {
            // "Lawannya, NAME": the other has a name, so the clitic's owner is meant.
            let next = reading.candidates.get(c + 1).map_or(usize::MAX, |n| n.bytes.start);
            let named = reading
                .text
                .get(reading.candidates[c].bytes.end..next)
                .is_some_and(|t| t.starts_with(',') && t.len() < 30);
            return if named { self.last(s, byte, Class::Any, &not) } else { self.other(s, byte) };
        }
        let last = text.rsplit(' ').next().unwrap_or("");
        let Some((host, clitic)) = host(last) else { return Ref::Nobody };
        match clitic {
            "ku" => return speaker.map_or(Ref::Nobody, |m| Ref::Members(vec![m])),
            "mu" => return Ref::Nobody,
            _ => {}
        }
        if self.lexicon.has(Set::Saying, lang, host) {
            // "gugatan yang disebutnya …": the subject of the sentence, person or not.
            if let Some(subject) = self.subject(s, byte).filter(|m| host.starts_with("di") && !not.contains(m)) {
                return Ref::Members(vec![subject]);
            }
            return match self.last(s, byte, Class::Person, &not) {
                Ref::Nobody => self.last(s, byte, Class::Group, &not),
                found => found,
            };
        }
        if host == "klien" {
            let client = self.subject(s, byte).and_then(|lawyer| self.members.known[lawyer].side);
            return client.map_or(Ref::Nobody, |m| Ref::Members(vec![m]));
        }
        if reading.candidates[c].role == Role::Target {
            not.extend(self.side_of_speaker(speaker));
        }
        let body = &text[..text.len() - last.len() + host.len()];
        let first = body.split(' ').next().unwrap_or("");
        if let Some(head) = self.lexicon.head(lang, body).or_else(|| self.lexicon.head(lang, first)) {
            return self.owned(s, byte, head, &not);
        }
        if self.lexicon.has(Set::Office, lang, first) || self.lexicon.has(Set::Office, lang, body) {
            return self.last(s, byte, Class::Group, &not);
        }
        if host.starts_with("me") && host.len() >= 6 {
            // The object of a verb is not its subject.
            let subject = self.subject(s, byte);
            let not: Vec<usize> = not.into_iter().chain(subject).collect();
            return self.last(s, byte, Class::Any, &not);
        }
        self.last(s, byte, Class::Any, &not)
    }

    /// "negaranya", "partainya": the side of the person it belongs to, or the last one of that kind.
    fn owned(&self, s: usize, byte: usize, head: Head, not: &[usize]) -> Ref {
        let class = if head.class == Class::Organisation { Class::Group } else { head.class };
        if head.itself
            && let Ref::Members(owner) = self.last(s, byte, Class::Any, not)
            && let [owner] = owner.as_slice()
            && let Some(side) = self.side(*owner)
            && fits_class(&self.members, side, class)
        {
            return Ref::Members(vec![side]);
        }
        self.last(s, byte, class, not)
    }

    /// The words of a description that say what it is.
    fn content(&self, text: &str, lang: Option<Lang>) -> Vec<String> {
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

    fn is_both(&self, text: &str, lang: Option<Lang>) -> bool {
        let mut words = text.split(' ').filter(|w| !w.is_empty());
        let first = words.next().unwrap_or("");
        let two = words.next().map(|w| format!("{first} {w}"));
        let is = |w: &str| self.lexicon.has(Set::Both, lang, w);
        is(text) || is(first) || two.is_some_and(|w| is(&w)) || (lang == Some(Lang::ZH) && text.starts_with('两'))
    }

    fn side_of_speaker(&self, speaker: Option<usize>) -> Option<usize> {
        speaker.and_then(|m| self.side(m))
    }

    /// "kedua negara", "both sides": the two parties, none of whom is the one who speaks of them.
    fn both(&self, s: usize, byte: usize, words: &[String], lang: Option<Lang>) -> Ref {
        let head = words.iter().find_map(|w| self.lexicon.head(lang, w)).map(|h| h.class);
        let office = words.iter().any(|w| self.lexicon.has(Set::Office, lang, w));
        let classes: &[Class] = match head {
            Some(Class::State) => &[Class::State, Class::Group],
            Some(Class::Person) => &[Class::Person],
            Some(Class::Organisation | Class::Group) => &[Class::Group],
            _ if office => &[Class::Person],
            _ if words.is_empty() => &[Class::Any],
            _ => &[Class::Group],
        };
        let not: Vec<usize> = self.subject(s, byte).into_iter().collect();
        // "kedua partai": two in whose names the word stands.
        let parts = NameParts { words: words.to_vec(), lang };
        if let [a, b] = self.members.named(&parts).as_slice() {
            return Ref::Members(vec![*a, *b]);
        }
        let pair = classes.iter().find_map(|class| self.trace.pair(&self.members, *class, &not));
        pair.filter(|pair| !pair.is_empty()).map_or(Ref::Nobody, Ref::Members)
    }

    /// "tetangganya": the one of the two parties that is not the sentence's subject.
    fn other(&self, s: usize, byte: usize) -> Ref {
        let not: Vec<usize> = self.subject(s, byte).into_iter().collect();
        if let Some(pair) = self.trace.pair(&self.members, Class::Group, &[])
            && let [subject] = not.as_slice()
        {
            let subject = self.side(*subject).unwrap_or(*subject);
            if let Some(other) = pair.iter().find(|m| **m != subject && pair.contains(&subject)) {
                return Ref::Members(vec![*other]);
            }
        }
        Ref::Nobody
    }

    /// The nearest source or agent before a byte of a sentence.
    pub(super) fn subject(&self, s: usize, byte: usize) -> Option<usize> {
        let candidates = &self.readings[s].candidates;
        let before = candidates.partition_point(|c| c.bytes.start < byte);
        (before.saturating_sub(16)..before)
            .rev()
            .filter(|c| matches!(candidates[*c].role, Role::Source | Role::Agent))
            .find_map(|c| only(self.resolved[s][c].as_ref()))
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
        let definite = folded(surface).split(' ').any(|w| DEFINITE.contains(&w));
        if words.len() > 1 && !definite && head.class != Class::Person && head.class != Class::State {
            return Some(Ref::Members(vec![self.members.unnamed(surface, lang, (s, byte))]));
        }
        // Members with another word of this sort in their name are not meant: a "Serikat" is no "perusahaan".
        let mut other: Vec<usize> = not.to_vec();
        if head.class == Class::Organisation && !GENERAL.contains(&word.as_str()) {
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

/// Words that make a description one of somebody named before.
const DEFINITE: [&str; 20] = [
    "itu", "ini", "tersebut", "the", "this", "that", "der", "die", "das", "dieser", "diese", "le", "la", "les", "ce",
    "cette", "el", "los", "эта", "этот",
];
/// Heads that fit every organisation.
const GENERAL: [&str; 12] = [
    "organisasi",
    "lembaga",
    "badan",
    "kelompok",
    "pihak",
    "forum",
    "organisation",
    "organization",
    "body",
    "group",
    "организация",
    "side",
];

/// The same word of an office in another case.
fn same_office(a: &str, b: &str) -> bool {
    a == b || stem(a, None) == stem(b, None)
}
