//! `Identities`: whom the names of a labelled article mean, and whether a member of a cast is the same.
//!
//! The rules, in this order. A labelled name is tied to its fullest form among the labelled names of its article: the one
//! of which it is a short name (all of its words stand in the longer one, and both end with the same word) or a part (*Anton*
//! of *Anton Verov*), unless it is an actor of the list, or two different ones would do. Then it is the same as a member
//!
//! 1. where its name has the same words, titles cut, as the labelled name or its fullest form;
//! 2. else, where either is an actor of the list, if the other is the same actor. A labelled name is an actor of the list
//!    if at least half of its letters, titles cut, are a name of that actor, and of an organisation's name, all;
//! 3. else where one is a short name of the other.
//!
//! Words are the same as the cast compares them, in every case of a Russian name and with every clitic.

use super::gold::{Article, Said};
use crate::actors::cast::{Form, Lexicon, Member, NameWords, form};
use crate::actors::{Entity, Matcher};
use crate::text::Lang;
use std::collections::{BTreeMap, BTreeSet};

/// An actor that a label names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The words of the name as it is labelled
    own: NameWords,
    /// Those of its fullest form
    words: NameWords,
    listed: Option<usize>,
}

impl Identity {
    fn new(name: &str, lang: Option<Lang>, matcher: &Matcher) -> Self {
        let words = NameWords::new(name, lang);
        Self { own: words.clone(), words, listed: NameWords::listed(name, lang, matcher) }
    }

    /// Whether `member`, of an article of language `lang`, is this actor.
    fn is(&self, member: &Member, lang: Option<Lang>) -> bool {
        let words = NameWords::new(&member.name, lang);
        if self.words.same(&words) || self.own.same(&words) {
            return true;
        }
        if self.listed.is_some() || member.listed.is_some() {
            return self.listed == member.listed;
        }
        self.words.is_short_for(&words) || words.is_short_for(&self.words)
    }
}

/// Whom the labelled names of one article mean.
#[derive(Debug, Clone)]
pub struct Identities {
    lang: Option<Lang>,
    /// By name as it is written
    by_name: BTreeMap<String, Identity>,
}

impl Identities {
    /// Those of all names that the labels of `article` hold.
    pub fn of(article: &Article, matcher: &Matcher) -> Self {
        let lang = article.lang();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for row in &article.rows {
            for mention in &row.mentions {
                names.extend(mention.actors.iter().map(String::as_str));
                if mention.actors.is_empty() {
                    names.insert(&row.text[mention.bytes.clone()]);
                }
            }
            if let Some(Said::Source { names: Some(said), .. }) = &row.said {
                names.extend(said.iter().map(String::as_str));
            }
        }
        let own: Vec<(&str, Identity)> = names.into_iter().map(|n| (n, Identity::new(n, lang, matcher))).collect();
        let by_name = own
            .iter()
            .map(|(name, identity)| {
                let words = fullest(identity, &own).words.clone();
                ((*name).to_owned(), Identity { words, ..identity.clone() })
            })
            .collect();
        Self { lang, by_name }
    }

    /// What a name names, by the words of its fullest form; nothing where that is an actor of the list.
    pub fn entity(&self, name: &str) -> Option<Entity> {
        self.by_name.get(name).filter(|identity| identity.listed.is_none()).and_then(|identity| identity.words.entity())
    }

    /// Whether the members are exactly the actors that these names mean.
    pub fn same(&self, names: &[&str], members: &[&Member]) -> bool {
        let named: Vec<&Identity> = names.iter().filter_map(|name| self.by_name.get(*name)).collect();
        named.len() == names.len()
            && named.iter().all(|identity| members.iter().any(|m| identity.is(m, self.lang)))
            && members.iter().all(|m| named.iter().any(|identity| identity.is(m, self.lang)))
    }

    /// Whether the member is one of the actors that these names mean.
    pub fn among(&self, names: &[String], member: &Member) -> bool {
        names.iter().filter_map(|name| self.by_name.get(name)).any(|identity| identity.is(member, self.lang))
    }
}

/// Whether `name` is a shorter form of `other`.
fn is_fuller(other: &Identity, name: &Identity) -> bool {
    name.words.is_short_for(&other.words) || name.words.is_part_of(&other.words)
}

/// The one fullest form of a name, or itself.
fn fullest<'a>(name: &'a Identity, all: &'a [(&str, Identity)]) -> &'a Identity {
    if name.listed.is_some() {
        return name;
    }
    let fuller: Vec<&Identity> =
        all.iter().map(|(_, other)| other).filter(|other| other.listed.is_none() && is_fuller(other, name)).collect();
    let top = |one: &&&Identity| !fuller.iter().any(|other| is_fuller(other, one));
    let mut tops = fuller.iter().filter(top);
    match tops.next() {
        Some(first) if tops.all(|other| first.words.same(&other.words)) => first,
        _ => name,
    }
}

/// What kind of words a labelled mention is, as the cast tells them apart without a token head.
pub fn form_of(text: &str, bytes: std::ops::Range<usize>, lang: Option<Lang>) -> Form {
    let opens = !text[..bytes.start].contains(char::is_alphanumeric);
    form(&text[bytes], None, opens, lang, Lexicon::builtin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::{ActorKind, ActorList};
    use crate::train::attribution::gold::tests::article;
    use std::path::Path;

    const LIST: &str = "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\naliases.any = [\"Arunika\"]\n\
                        [[actor]]\nid = \"karenda\"\ntype = \"state\"\nname = \"Karenda\"\naliases.any = [\"Karenda\"]\n";

    fn matcher() -> Matcher {
        Matcher::new(&ActorList::parse(LIST, Path::new("x")).unwrap()).unwrap()
    }

    fn member(name: &str, listed: Option<usize>) -> Member {
        Member { id: String::new(), name: name.to_owned(), kind: ActorKind::Person, listed }
    }

    #[test]
    fn names_of_the_list_are_the_same_entry_whatever_they_are_called() {
        let gold = article("a", Lang::ID, &["[Pemerintah Arunika] menolak [Bank Arunika], [Tentara Arunika]."]);
        let all = Identities::of(&gold, &matcher());
        let is = |name: &str, m: &Member| all.same(&[name], &[m]);
        assert!(is("Pemerintah Arunika", &member("Arunika Raya", Some(0))));
        assert!(!is("Pemerintah Arunika", &member("Karenda", Some(1))));
        assert!(is("Bank Arunika", &member("Bank Arunika", None)), "the same words");
        assert!(
            !is("Bank Arunika", &member("Arunika", Some(0))) && !is("Tentara Arunika", &member("Arunika", Some(0)))
        );
        assert!(!is("Tentara Arunika", &member("Bank Arunika", None)));
    }

    #[test]
    fn a_name_means_its_fullest_form_in_the_article() {
        let gold = article("a", Lang::EN, &["[Anton Pavlov Verov] and [Verov], [Lomar] of [Ida Lomar], [Otto Lomar]."]);
        let all = Identities::of(&gold, &matcher());
        let is = |name: &str, m: &Member| all.same(&[name], &[m]);
        assert!(is("Verov", &member("President Anton Verov", None)) && is("Verov", &member("Verov", None)));
        assert!(!is("Verov", &member("Mira Verov", None)), "the fullest form has another given name");
        assert!(!is("Ida Lomar", &member("Otto Lomar", None)));
        assert!(is("Lomar", &member("Lomar", None)), "two would do: it stays what it is");
        let gold = article("a", Lang::ID, &["[Tavira] dan [Tavira Lohan], [Komisi Satu]."]);
        let all = Identities::of(&gold, &matcher());
        let is = |name: &str, m: &Member| all.same(&[name], &[m]);
        assert!(is("Tavira", &member("Tavira Lohan", None)) && is("Tavira", &member("Tavira", None)), "a given name");
        assert_eq!(
            (all.entity("Tavira"), all.entity("Komisi Satu")),
            (Some(Entity::Person), Some(Entity::Organisation))
        );
    }

    #[test]
    fn several_actors_are_the_same_only_together() {
        let gold = article("a", Lang::ID, &["[kedua negara|agent|Arunika; Karenda] sepakat."]);
        let all = Identities::of(&gold, &matcher());
        let (a, b) = (member("Arunika", Some(0)), member("Karenda", Some(1)));
        let both = ["Arunika", "Karenda"];
        assert!(all.same(&both, &[&b, &a]) && !all.same(&both, &[&a]) && !all.same(&["Arunika"], &[&a, &b]));
        assert!(!all.same(&["Unknown"], &[&a]) && !all.same(&both, &[]));
        assert!(all.among(&both.map(String::from), &b) && !all.among(&["Arunika".to_owned()], &b));
    }

    #[test]
    fn words_are_told_apart_as_the_cast_does() {
        let text = "Dia dan Tavira, katanya, serta kedua negara.";
        let of = |surface: &str| {
            let start = text.find(surface).unwrap();
            form_of(text, start..start + surface.len(), Some(Lang::ID))
        };
        assert_eq!(of("Dia"), Form::Pronoun);
        assert_eq!((of("Tavira"), of("katanya"), of("kedua negara")), (Form::Name, Form::Clitic, Form::Description));
    }
}
