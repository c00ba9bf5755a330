//! What a run loads before it reads: the model and the actor list.

use super::settings::Settings;
use crate::actors::ActorList;
use crate::engine::Scorer;
use crate::error::{Context, Error, Result, Stage};
use crate::model::manifest::Input;

/// The model, which has to read sentences alone.
pub fn load(settings: &Settings) -> Result<Scorer> {
    let scorer = Scorer::load(&settings.model, settings.scorer)?;
    if scorer.manifest().input != Input::Text {
        let cause = "the model reads a sentence together with a target, which articles do not give";
        let hint = "take a model whose input is a text; `nuansa eval` reads targets from a column of labelled rows";
        return Err(Error::new(Stage::Model, cause).file(&settings.model).hint(hint));
    }
    Ok(scorer)
}

/// The user's actor list, or the built-in one.
pub fn actor_list(settings: &Settings) -> Result<ActorList> {
    match &settings.actors {
        None => ActorList::builtin(),
        Some(file) => ActorList::parse(&std::fs::read_to_string(file).at(Stage::Actors, file)?, file),
    }
}
