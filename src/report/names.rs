//! `Names`: how actors are called on the page.

use super::scores::Scores;
use super::words::Words;
use crate::actors::{ActorList, Via};
use crate::cli::locale::Language;
use crate::error::Result;
use crate::text::Lang;
use std::collections::BTreeMap;

/// The id of mentions that may mean two actors.
const AMBIGUOUS: &str = "ambiguous";

/// Names by actor id.
pub(super) struct Names {
    by_id: BTreeMap<String, String>,
    ambiguous: String,
}

impl Names {
    /// The names of `actors.csv`; in Indonesian those of the built-in list, where the run used that.
    ///
    /// # Errors
    /// The list that the program carries is broken.
    pub fn of(scores: &Scores, words: &Words) -> Result<Self> {
        let mut by_id = BTreeMap::new();
        for actor in &scores.actors {
            if let Some(name) = &actor.name {
                by_id.entry(actor.actor_id.clone()).or_insert_with(|| name.clone());
            }
        }
        if words.language == Language::Id && scores.run.text("/settings/actors") == Some("built-in") {
            for actor in ActorList::builtin()?.actors() {
                let own = actor.names.iter().find(|n| n.via == Via::Name && n.lang == Some(Lang::ID));
                if let (Some(form), Some(name)) = (own.and_then(|n| n.forms.first()), by_id.get_mut(&actor.id)) {
                    name.clone_from(form);
                }
            }
        }
        Ok(Self { by_id, ambiguous: words.say("ambiguous").to_owned() })
    }

    /// The name of an actor; the id itself where nothing names it.
    pub fn of_id<'a>(&'a self, id: &'a str) -> &'a str {
        if id == AMBIGUOUS { &self.ambiguous } else { self.by_id.get(id).map_or(id, String::as_str) }
    }
}
