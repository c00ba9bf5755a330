//! The two parties of an article ("kedua pihak", "both sides"), and the other one of them ("tetangganya").

use super::casting::{Ref, only};
use super::lexicon::{Class, Set};
use super::name_parts::NameParts;
use super::scan::Scan;
use crate::aggregate::Role;
use crate::text::Lang;

impl Scan<'_> {
    pub(super) fn is_both(&self, text: &str, lang: Option<Lang>) -> bool {
        let mut words = text.split(' ').filter(|w| !w.is_empty());
        let first = words.next().unwrap_or("");
        let two = words.next().map(|w| format!("{first} {w}"));
        let is = |w: &str| self.lexicon.has(Set::Both, lang, w);
        is(text) || is(first) || two.is_some_and(|w| is(&w)) || (lang == Some(Lang::ZH) && text.starts_with('两'))
    }

    /// "kedua negara", "both sides": the two parties, none of whom is the one who speaks of them.
    pub(super) fn both(&self, s: usize, byte: usize, words: &[String], lang: Option<Lang>) -> Ref {
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
    pub(super) fn other(&self, s: usize, byte: usize) -> Ref {
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
}
