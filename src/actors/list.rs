//! `ActorList`: who counts as an actor, and by which names; the built-in list, or a user's file in its place.
//!
//! The file is TOML, described in `docs/actors.md`: `[[actor]]` entries with id, type, name, and names by language, and
//! `[[blocker]]` entries with phrases that look like a name and are none (`Jawa Barat`, `Washington Post`). What a file
//! must look like is the business of `read`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::alias::Via;
use super::fold::Folded;
use super::read;
use crate::error::Result;
use crate::text::Lang;

/// The built-in list, in the order in which ties between actors are broken.
const BUILTIN: [(&str, &str); 3] = [
    ("states.toml", include_str!("data/states.toml")),
    ("organisations.toml", include_str!("data/organisations.toml")),
    ("blockers.toml", include_str!("data/blockers.toml")),
];

/// What an actor is; printed as the `type` of `actors.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// A member or observer state of the United Nations
    State,
    /// A disputed, dependent or partly recognised territory
    Territory,
    /// States bound by treaty or habit: NATO, ASEAN, the G7, the European Union
    Alliance,
    /// Any other organisation: agencies, courts, institutions of a state, parties, companies
    Organisation,
    /// An armed group that is no state's regular force
    ArmedGroup,
    /// A person
    Person,
    /// Anything else that acts in the news, such as the West
    Other,
}

impl ActorKind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Self; 7] =
        [Self::State, Self::Territory, Self::Alliance, Self::Organisation, Self::ArmedGroup, Self::Person, Self::Other];

    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Territory => "territory",
            Self::Alliance => "alliance",
            Self::Organisation => "organisation",
            Self::ArmedGroup => "armed-group",
            Self::Person => "person",
            Self::Other => "other",
        }
    }
}

/// One name of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The language it belongs to; `None` for every language
    pub lang: Option<Lang>,
    /// Name, seat or demonym
    pub via: Via,
    /// Counts only as written, only in its own language (`=` in the file)
    pub strict: bool,
    /// Every form it takes, at least one
    pub forms: Vec<String>,
}

/// One actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Kebab-case id, unique in the list
    pub id: String,
    /// What the actor is
    pub kind: ActorKind,
    /// The name to print
    pub name: String,
    /// The names to find it by
    pub names: Vec<Name>,
    /// Id of the actor that its scores count for as well when they are rolled up
    pub affiliation: Option<String>,
}

/// A name that more than one actor carries in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedName {
    /// The language; `None` for a name of every language
    pub lang: Option<Lang>,
    /// The name, folded to lower case
    pub form: String,
    /// Ids of the actors that carry it, in list order
    pub actors: Vec<String>,
}

/// An actor list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorList {
    pub(super) actors: Vec<Actor>,
    pub(super) blockers: Vec<String>,
    pub(super) source: String,
}

impl ActorList {
    /// The built-in list.
    ///
    /// # Errors
    /// Only where the built-in data are at fault, which a test rules out.
    pub fn builtin() -> Result<Self> {
        let files: Vec<(&Path, &str)> = BUILTIN.iter().map(|(name, text)| (Path::new(*name), *text)).collect();
        read::read(&files)
    }

    /// The list in `text`, which was read from `file`; it stands in the built-in list's place.
    ///
    /// # Errors
    /// TOML that cannot be read, unknown fields or types, bad, reserved or repeated ids, empty names, no actors.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        read::read(&[(file, text.strip_prefix('\u{FEFF}').unwrap_or(text))])
    }

    /// The actors, in list order; [`super::ActorRef`] holds indices into this slice.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The position of the actor with this id.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.actors.iter().position(|actor| actor.id == id)
    }

    /// Phrases that look like a name and are none, in list order.
    pub fn blockers(&self) -> &[String] {
        &self.blockers
    }

    /// The text the list was read from, file after file: what a run record hashes.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Names that more than one actor carries in one language, sorted by form: mentions of them are `ambiguous`.
    pub fn shared_names(&self) -> Vec<SharedName> {
        let mut carriers: BTreeMap<(String, Option<Lang>), BTreeSet<usize>> = BTreeMap::new();
        for (index, actor) in self.actors.iter().enumerate() {
            for name in &actor.names {
                for form in &name.forms {
                    carriers.entry((Folded::new(form).text, name.lang)).or_default().insert(index);
                }
            }
        }
        // A name of every language meets the names of each language.
        let any: Vec<(String, BTreeSet<usize>)> =
            carriers.iter().filter(|((_, lang), _)| lang.is_none()).map(|((f, _), c)| (f.clone(), c.clone())).collect();
        for (form, actors) in any {
            let same = (form.clone(), None)..=(form, Lang::new("zz"));
            for (_, carried) in carriers.range_mut(same) {
                carried.extend(actors.iter().copied());
            }
        }
        carriers
            .into_iter()
            .filter(|(_, actors)| actors.len() > 1)
            .map(|((form, lang), actors)| SharedName {
                lang,
                form,
                actors: actors.into_iter().map(|a| self.actors[a].id.clone()).collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\naliases.id = [\"Arunika\"]\n";

    #[test]
    fn a_list_keeps_order_names_and_source() {
        let text = format!("\u{FEFF}{GOOD}[[blocker]]\nreason = \"a street\"\nphrases.id = [\"Jalan Arunika\"]\n");
        let list = ActorList::parse(&text, Path::new("mine.toml")).unwrap();
        assert_eq!(list.actors()[0].id, "arunika");
        assert_eq!(list.actors()[0].names[0].lang, Some(Lang::ID));
        assert_eq!(list.blockers(), ["Jalan Arunika"]);
        assert_eq!(list.index_of("arunika"), Some(0));
        assert!(list.source().starts_with("[[actor]]"));
    }

    #[test]
    fn a_name_that_two_actors_carry_is_listed_as_shared() {
        let text = "[[actor]]\nid = \"a\"\ntype = \"state\"\nname = \"A\"\naliases.any = [\"Arun\"]\n\
                    [[actor]]\nid = \"b\"\ntype = \"state\"\nname = \"B\"\naliases.id = [\"ARUN\", \"Lain\"]\n";
        let shared = ActorList::parse(text, Path::new("x")).unwrap().shared_names();
        assert_eq!(shared.len(), 1);
        assert_eq!((shared[0].form.as_str(), shared[0].lang), ("arun", Some(Lang::ID)));
        assert_eq!(shared[0].actors, ["a", "b"]);
    }
}
