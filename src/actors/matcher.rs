//! `Matcher`: every mention of a listed actor in a sentence, ordered and disjoint.
//!
//! All forms of all names and blockers stand in one Aho-Corasick automaton over folded text. Every occurrence, also an
//! overlapping one, becomes a candidate if the rules of `scene` allow it; then the longest candidate wins, then the leftmost, then list order, and what overlaps a winner is gone.
//! Searching all occurrences instead of letting the automaton choose means that a long name which fails a rule never
//! hides a short one which passes.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::alias::Via;
use super::case::{Shape, Written};
use super::fold::Folded;
use super::list::{ActorKind, ActorList};
use super::scene::{Candidate, Entry, Scene};
use crate::error::{Context, Result, Stage};
use crate::text::Lang;

/// Whom a mention names: indices into [`ActorList::actors`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorRef {
    /// One actor
    Known(usize),
    /// Two or more actors carry the name, in list order; it counts for none of them
    Ambiguous(Vec<usize>),
}

impl ActorRef {
    /// The id to print: the actor's, or `ambiguous`.
    pub fn id<'a>(&self, list: &'a ActorList) -> &'a str {
        match self {
            Self::Known(index) => list.actors().get(*index).map_or("", |actor| &actor.id),
            Self::Ambiguous(_) => "ambiguous",
        }
    }

    /// The one actor, if it is one.
    pub fn known(&self) -> Option<usize> {
        match self {
            Self::Known(index) => Some(*index),
            Self::Ambiguous(_) => None,
        }
    }
}

/// One mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the text given to [`Matcher::find`], on character boundaries, without clitics
    pub bytes: Range<usize>,
    /// Whom it names
    pub actor: ActorRef,
    /// By what kind of name
    pub via: Via,
}

/// Finds mentions. Build it once per list and share it between threads.
#[derive(Debug)]
pub struct Matcher {
    automaton: AhoCorasick,
    /// The carriers of each pattern, in list order
    entries: Vec<Vec<Entry>>,
    /// Whether each actor of the list is a person
    persons: Vec<bool>,
}

impl Matcher {
    /// A matcher for `list`.
    ///
    /// # Errors
    /// Where the list is too large for the automaton.
    pub fn new(list: &ActorList) -> Result<Self> {
        let mut patterns: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let mut add = |form: &str, entry: Entry| patterns.entry(form.to_owned()).or_default().push(entry);
        for (index, actor) in list.actors().iter().enumerate() {
            for name in &actor.names {
                for form in &name.forms {
                    let folded = Folded::new(form);
                    let entry = |folded: &Folded| Entry {
                        actor: Some(index),
                        lang: name.lang,
                        via: name.via,
                        strict: name.strict,
                        written: Written::new(folded, name.strict),
                    };
                    add(&folded.text, entry(&folded));
                    // ل before the article: ل + الأمم is written للأمم.
                    if let Some(bare) = folded.text.strip_prefix("ال") {
                        let merged = Folded::new(&format!("لل{bare}"));
                        add(&merged.text, entry(&merged));
                    }
                }
            }
        }
        for phrase in list.blockers() {
            let folded = Folded::new(phrase);
            let written = Written::new(&folded, false);
            add(&folded.text, Entry { actor: None, lang: None, via: Via::Name, strict: false, written });
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            // Built once per run and searched in short sentences: building costs more than searching.
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(patterns.keys())
            .stage(Stage::Actors)?;
        let persons = list.actors().iter().map(|actor| actor.kind == ActorKind::Person).collect();
        Ok(Self { automaton, entries: patterns.into_values().collect(), persons })
    }

    /// Whether an actor of the list is a person; of several, whether one is.
    pub(super) fn is_person(&self, actor: &ActorRef) -> bool {
        let is = |index: &usize| self.persons.get(*index).copied().unwrap_or(false);
        match actor {
            ActorRef::Known(index) => is(index),
            ActorRef::Ambiguous(all) => all.iter().any(is),
        }
    }

    /// The mentions in `text`, a sentence of language `lang`: ordered, disjoint, on character boundaries.
    ///
    /// With `lang` unknown every name counts as one of another language, so pass the article's language rather than
    /// `None` where a sentence is too short to tell.
    pub fn find(&self, text: &str, lang: Option<Lang>) -> Vec<Mention> {
        let folded = Folded::new(text);
        let scene = Scene { text: &folded, lang, shape: Shape::of(&folded) };
        let mut candidates: Vec<Candidate> = self
            .automaton
            .find_overlapping_iter(&folded.text)
            .filter_map(|m| scene.candidate(m.start()..m.end(), &self.entries[m.pattern().as_usize()]))
            .collect();
        candidates.sort_by(|a, b| {
            let key = |c: &Candidate| (c.folded.start, !c.actors.is_empty(), c.tier, c.actors.first().copied());
            b.letters.cmp(&a.letters).then_with(|| key(a).cmp(&key(b)))
        });
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        let mut mentions = Vec::new();
        for candidate in candidates {
            let Range { start, end } = candidate.folded;
            if taken.range(..end).next_back().is_some_and(|(_, e)| *e > start) {
                continue;
            }
            taken.insert(start, end);
            let actor = match candidate.actors.as_slice() {
                [] => continue,
                [one] => ActorRef::Known(*one),
                more => ActorRef::Ambiguous(more.to_vec()),
            };
            if candidate.via == Via::Seat && scene.is_place(start, end) {
                continue;
            }
            if let Some(bytes) = folded.original(&(start..end)) {
                mentions.push(Mention { bytes, actor, via: candidate.via });
            }
        }
        mentions.sort_by_key(|m| m.bytes.start);
        mentions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn list(entries: &str) -> ActorList {
        ActorList::parse(entries, Path::new("test.toml")).unwrap()
    }

    fn actor(id: &str, names: &str) -> String {
        format!("[[actor]]\nid = \"{id}\"\ntype = \"state\"\nname = \"{id}\"\n{names}\n")
    }

    fn found(list: &ActorList, text: &str, lang: Lang) -> Vec<(String, String)> {
        let matcher = Matcher::new(list).unwrap();
        let show = |m: &Mention| (text[m.bytes.clone()].to_owned(), m.actor.id(list).to_owned());
        matcher.find(text, Some(lang)).iter().map(show).collect()
    }

    fn surfaces(list: &ActorList, text: &str, lang: Lang) -> Vec<String> {
        found(list, text, lang).into_iter().map(|(surface, _)| surface).collect()
    }

    #[test]
    fn a_longer_name_that_fails_a_rule_does_not_hide_a_shorter_one() {
        let list = list(&(actor("a", "aliases.id = [\"Arun Dua\"]") + &actor("b", "aliases.id = [\"Arun\"]")));
        assert_eq!(found(&list, "Kata Arun Duapuluh", Lang::ID), [("Arun".into(), "b".into())]);
    }

    #[test]
    fn the_longest_of_three_overlapping_names_wins_wherever_it_stands() {
        let list =
            list(&(actor("a", "aliases.id = [\"Satu Dua\"]") + &actor("b", "aliases.id = [\"Dua Tiga Empat\"]")));
        assert_eq!(surfaces(&list, "Kata Satu Dua Tiga Empat", Lang::ID), ["Dua Tiga Empat"]);
        assert_eq!(surfaces(&list, "Kata Satu Dua Tiga", Lang::ID), ["Satu Dua"]);
    }

    #[test]
    fn a_name_of_two_actors_is_ambiguous_and_names_both() {
        let list = list(&(actor("a", "aliases.id = [\"Kembar\"]") + &actor("b", "aliases.id = [\"Kembar\"]")));
        let mentions = Matcher::new(&list).unwrap().find("Lalu Kembar diam", Some(Lang::ID));
        assert_eq!(mentions[0].actor, ActorRef::Ambiguous(vec![0, 1]));
        assert_eq!(mentions[0].actor.id(&list), "ambiguous");
        assert_eq!(mentions[0].actor.known(), None);
    }

    #[test]
    fn the_sentences_own_language_decides_between_two_actors() {
        let list = list(&(actor("a", "aliases.id = [\"Arunika\"]") + &actor("b", "aliases.en = [\"Arunika\"]")));
        assert_eq!(found(&list, "Lalu Arunika diam", Lang::ID)[0].1, "a");
        assert_eq!(found(&list, "Then Arunika left", Lang::EN)[0].1, "b");
        assert!(found(&list, "Puis Arunika part", Lang::FR).is_empty(), "a third language cannot tell");
    }

    #[test]
    fn names_of_another_language_count_where_they_are_clear() {
        let list = list(&actor("a", "aliases.en = [\"Highhaven\", \"HHV\", \"Hav\"]\ndemonyms.en = [\"Highhavener\"]"));
        assert_eq!(surfaces(&list, "Kata Highhaven dan HHV dan Hav dan Highhavener", Lang::ID), ["Highhaven"]);
        assert!(surfaces(&list, "kata highhaven", Lang::ID).is_empty());
        assert_eq!(surfaces(&list, "据HHV称", Lang::ZH), ["HHV"]);
        let strict = self::list(&actor("a", "aliases.en = [\"=Highhaven\"]"));
        assert!(surfaces(&strict, "Kata Highhaven", Lang::ID).is_empty());
    }

    #[test]
    fn a_seat_is_no_actor_as_a_venue_or_in_a_dateline() {
        let list = list(&actor("a", "aliases.id = [\"Arunika\"]\nseats.id = [\"Aruna\"]"));
        assert!(surfaces(&list, "Mereka bertemu di Aruna", Lang::ID).is_empty());
        assert!(surfaces(&list, "ARUNA, KABAR - Presiden tiba", Lang::ID).is_empty());
        assert_eq!(surfaces(&list, "Kata Aruna, di Arunika", Lang::ID), ["Aruna", "Arunika"]);
    }

    #[test]
    fn blockers_take_the_text_and_yield_nothing() {
        let list = list(&(actor("b", "aliases.id = [\"Barat\"]") + "[[blocker]]\nphrases.id = [\"Jawa Barat\"]\n"));
        assert_eq!(surfaces(&list, "Negara Barat dan Jawa Barat", Lang::ID), ["Barat"]);
        assert!(surfaces(&list, "Kata Jawa Barat", Lang::EN).is_empty());
    }

    #[test]
    fn a_long_text_of_nothing_but_names_is_settled_quickly() {
        let list = list(&actor("a", "aliases.id = [\"Ab\", \"Ab Ab\", \"Ab Ab Ab\"]"));
        let text = "Ab ".repeat(100_000);
        let mentions = Matcher::new(&list).unwrap().find(&text, Some(Lang::ID));
        assert!(mentions.windows(2).all(|w| w[0].bytes.end <= w[1].bytes.start));
        assert_eq!(mentions.len(), 33_334);
    }
}
