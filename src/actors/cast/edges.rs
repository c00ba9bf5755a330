//! Where a candidate ends, and names of organisations that the head found in two pieces.

use std::ops::Range;

use super::candidate::{Candidate, Sentence, words};
use super::form::Form;
use super::lexicon::{Set, folded};
use crate::actors::tagged::Entity;
use crate::text::Lang;

/// Characters that the head now and then leaves on a Chinese name: "of", "says".
const PARTICLES: [char; 3] = ['的', '说', '称'];
/// Marks in which a part of a name may stand: Банк «Берег».
const MARKS: [(char, char); 4] = [('«', '»'), ('“', '”'), ('„', '“'), ('"', '"')];
/// "lembaga itu": part of the description.
const DEMONSTRATIVES: [&str; 3] = ["itu", "tersebut", "ini"];

impl Sentence<'_> {
    /// The bytes of a candidate with what belongs to it behind, and without what does not: a conjunction, degrees and small
    /// words behind a person's name, a Chinese particle; with the mark that closes one inside, and a demonstrative behind a
    /// description.
    pub(super) fn edged(&self, mut bytes: Range<usize>, form: Form, person: bool) -> Range<usize> {
        let own = &self.text[bytes.clone()];
        let all: Vec<(usize, &str)> = words(own).collect();
        let kept = |word: usize| all[word].0 + all[word].1.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let capital = |w: &str| w.contains(char::is_uppercase);
        let name = all.iter().rposition(|(_, w)| !self.is(Set::Rank, w));
        if all.len() > 1 && self.is(Set::Link, all[all.len() - 1].1) {
            bytes.end = bytes.start + kept(all.len() - 2);
        } else if form == Form::Name
            && person
            && let Some(last) = name.filter(|last| last + 1 < all.len() && all[*last].1.ends_with(','))
        {
            // "Lukman Tarigan, M.Sc."
            bytes.end = bytes.start + kept(last);
        } else if form == Form::Name
            && person
            && let Some(last) = all.iter().rposition(|(_, w)| capital(w)).filter(|last| last + 1 < all.len())
        {
            bytes.end = bytes.start + kept(last);
        } else if form == Form::Name
            && self.lang == Some(Lang::ZH)
            && let Some(name) = own.strip_suffix(PARTICLES).filter(|name| name.chars().count() >= 2)
        {
            bytes.end = bytes.start + name.len();
        }
        let (own, after) = (&self.text[bytes.clone()], &self.text[bytes.end..]);
        let open = |(open, close): &(char, char)| {
            let (opened, closed) = (own.matches(*open).count(), own.matches(*close).count());
            !own.starts_with(*open)
                && after.starts_with(*close)
                && opened > if open == close { opened / 2 * 2 } else { closed }
        };
        if let Some((_, close)) = MARKS.iter().find(|marks| open(marks)) {
            bytes.end += close.len_utf8();
        } else if form == Form::Description
            && matches!(self.lang, Some(Lang::ID | Lang::MS))
            && let Some(rest) = after.strip_prefix(' ')
            && let Some(this) = DEMONSTRATIVES.iter().find(|d| {
                rest.strip_prefix(**d).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
            })
        {
            bytes.end += 1 + this.len();
        }
        bytes
    }

    /// Whether a word is in a set of the sentence's language or of English.
    fn is(&self, set: Set, word: &str) -> bool {
        let word = folded(word);
        [self.lang, Some(Lang::EN)].into_iter().any(|lang| self.lexicon.has(set, lang, &word))
    }

    /// Whether no name is in `bytes`: ranks and degrees alone, the initial of the name that follows, a statement.
    pub(super) fn is_no_name(&self, bytes: &Range<usize>) -> bool {
        let (own, after) = (&self.text[bytes.clone()], &self.text[bytes.end..]);
        let follows = || after.trim_start_matches(['.', ' ']).starts_with(char::is_uppercase);
        let initial = |w: &str| w.chars().filter(|c| c.is_alphanumeric()).count() == 1 && w.is_ascii();
        let dotted = own.ends_with('.') || after.starts_with('.');
        own.split_whitespace().all(|w| self.is(Set::Rank, w))
            || (initial(own) && dotted && follows())
            || (!own.contains(' ') && self.is(Set::Statement, own))
    }

    /// A Chinese pronoun and the verb behind it that the head took for its end: the bytes of the pronoun.
    pub(super) fn pronoun_before_particle(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let pronoun = self.text[bytes.clone()].strip_suffix(PARTICLES)?;
        let known = self.lang == Some(Lang::ZH) && self.lexicon.pronoun(self.lang, pronoun).is_some();
        known.then(|| bytes.start..bytes.start + pronoun.len())
    }

    /// Makes one name of an organisation's two pieces: "Serikat Pekerja" and "Solindo".
    pub(super) fn join(&self, found: &mut Vec<Candidate>) {
        let mut joined: Vec<Candidate> = Vec::with_capacity(found.len());
        for next in found.drain(..) {
            match joined.last_mut().filter(|last| self.is_piece(last, &next)) {
                Some(last) => (last.bytes.end, last.entity) = (next.bytes.end, Some(Entity::Organisation)),
                None => joined.push(next),
            }
        }
        *found = joined;
    }

    /// Whether `next` goes on with the name of an organisation that `first` begins.
    fn is_piece(&self, first: &Candidate, next: &Candidate) -> bool {
        let name = |c: &Candidate| c.form == Form::Name && c.listed.is_none() && c.entity != Some(Entity::Person);
        name(first)
            && name(next)
            && self.text.get(first.bytes.end..next.bytes.start) == Some(" ")
            && self.text[next.bytes.clone()].starts_with(char::is_uppercase)
            && self.is_organ(&(first.bytes.start..next.bytes.end))
            && !self.is_organ(&next.bytes)
            && !self.lexicon.is_title_word(self.lang, &folded(&self.text[first.bytes.clone()]))
    }

    /// Whether a name opens with a word for an organisation and goes on: "Bank X", "Universitas Y".
    pub(super) fn is_organ(&self, bytes: &Range<usize>) -> bool {
        let mut words = self.text[bytes.clone()].split_whitespace();
        words.next().is_some_and(|w| self.lexicon.has(Set::Organ, self.lang, &folded(w))) && words.next().is_some()
    }
}
