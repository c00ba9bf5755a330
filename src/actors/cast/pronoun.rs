//! Pronouns and clitics: *dia*, *she*, *мы*, *katanya*, *negaranya*.
//!
//! The third person is the last salient member of fitting class and gender (`salience`), and in a quotation neither the
//! speaker nor the speaker's side; the first person is the speaker, in the plural the speaker's side.

use super::casting::{Ref, only, within};
use super::form::{Form, host};
use super::lexicon::{Class, Gender, Head, Number, Pronoun, Set, folded};
use super::salience::{Want, fits_class};
use super::scan::Scan;
use crate::actors::speech::Speaker;
use crate::aggregate::Role;
use crate::text::Lang;

impl Scan<'_> {
    pub(super) fn pronoun(&self, s: usize, c: usize) -> Option<Pronoun> {
        let reading = &self.readings[s];
        let surface = reading.text.get(reading.candidates[c].bytes.clone())?;
        self.lexicon.pronoun(reading.lang, &folded(surface))
    }

    /// "We" and "you", who are the issuer of a statement and its addressee.
    pub(super) fn is_of_a_statement(&self, s: usize, c: usize) -> bool {
        self.readings[s].candidates[c].form == Form::Pronoun && self.pronoun(s, c).is_some_and(|p| p.person != 3)
    }

    pub(super) fn pronoun_means(&self, s: usize, c: usize, pronoun: Pronoun, speaker: Option<usize>) -> Ref {
        let member = |m: Option<usize>| m.map_or(Ref::Nobody, |m| Ref::Members(vec![m]));
        let byte = self.readings[s].candidates[c].bytes.start;
        let quoted = self.is_quoted(s, c) || speaker.is_some();
        match (pronoun.person, pronoun.number) {
            (1, Number::Many) if !quoted => {
                let sides: Vec<usize> = self.issuer.iter().map(|m| self.side(*m).unwrap_or(*m)).collect();
                if sides.is_empty() { Ref::Nobody } else { Ref::Members(sides) }
            }
            (1, _) if !quoted => match self.issuer.as_slice() {
                [one] => Ref::Members(vec![*one]),
                _ => Ref::Nobody,
            },
            // Who speaks for nobody else speaks for himself.
            (1, Number::Many) => member(speaker.map(|m| self.side(m).unwrap_or(m))),
            (1, _) => member(speaker),
            (2, _) if !quoted => member(self.addressee),
            (2, _) => Ref::Nobody,
            _ => {
                if pronoun.number != Number::Many
                    && let Some(reporter) = self.reporter(s, c, pronoun)
                {
                    return Ref::Members(vec![reporter]);
                }
                let mut not = self.not_meant(speaker);
                if self.readings[s].candidates[c].role == Role::Target {
                    // The object of a verb is not its subject.
                    not.extend(self.subject(s, byte));
                }
                let many = pronoun.number == Number::Many;
                let want = Want { class: pronoun.class, gender: pronoun.gender, many, not: &not };
                // "Mereka", said by one side, is mostly the other.
                if quoted && many {
                    let found = self.trace.commonest(&self.members, Want { class: Class::Group, ..want });
                    if found != Ref::Nobody {
                        return found;
                    }
                }
                match self.trace.last(&self.members, s, byte, want) {
                    Ref::Nobody if pronoun.number == Number::Any => {
                        self.trace.last(&self.members, s, byte, Want { many: true, gender: None, ..want })
                    }
                    found => found,
                }
            }
        }
    }

    /// "Arsa said he would come": who reports the words in which candidate `c` stands, if the pronoun fits.
    fn reporter(&self, s: usize, c: usize, pronoun: Pronoun) -> Option<usize> {
        let reading = &self.readings[s];
        let candidate = &reading.candidates[c];
        if candidate.role == Role::Target {
            return None;
        }
        let said = reading.sayings.iter().take(16).find(|say| !say.direct && within(&candidate.bytes, &say.content))?;
        let Speaker::Candidate(by) = said.speaker else { return None };
        let member = only(self.resolved[s].get(by)?.as_ref()).filter(|_| by != c)?;
        let known = &self.members.known[member];
        let gender = pronoun.gender.is_none_or(|g| known.gender.is_none_or(|k| k == g));
        (gender && fits_class(&self.members, member, pronoun.class)).then_some(member)
    }

    /// Whom the third person in a quotation cannot mean: the speaker and the speaker's side.
    pub(super) fn not_meant(&self, speaker: Option<usize>) -> Vec<usize> {
        let sure = |m: &usize| !self.members.known[*m].guessed || !self.members.known[*m].office.is_empty();
        speaker.into_iter().chain(speaker.filter(sure).and_then(|m| self.side(m))).collect()
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
            // -ها is a woman's or an organisation's with a feminine name, -ه a man's or another's, -هم several's.
            let gender = match (text.ends_with("ها"), text.ends_with('ه')) {
                (true, _) => Some(Gender::Female),
                (false, true) => Some(Gender::Male),
                _ => None,
            };
            let want = Want { class: Class::Any, gender, many: gender.is_none(), not: &not };
            return self.trace.last(&self.members, s, byte, want);
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
    pub(super) fn owned(&self, s: usize, byte: usize, head: Head, not: &[usize]) -> Ref {
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

    pub(super) fn side_of_speaker(&self, speaker: Option<usize>) -> Option<usize> {
        speaker.and_then(|m| self.side(m))
    }
}
