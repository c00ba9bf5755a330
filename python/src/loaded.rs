//! Models in memory: scorers of one process that ask for the same model, threads and precision share one.

use nuansa::engine::{Scorer, ScorerOptions};
use nuansa::model::hub::{HubSettings, ModelRef, cached};
use nuansa::model::manifest::Input;
use nuansa::{Context, Error, Result, Stage};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

struct Entry {
    folder: PathBuf,
    options: ScorerOptions,
    scorer: Weak<Scorer>,
}

static LOADED: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// The model `name`, a folder or else a hub's name that stands in the hub's cache, from memory where it is there.
///
/// # Errors
/// The model is not there, or not one that reads texts.
pub fn load(name: &str, options: ScorerOptions) -> Result<Arc<Scorer>> {
    let folder = folder(name)?;
    let folder = folder.canonicalize().at(Stage::Model, &folder)?;
    // A load that panicked has left the list as it was
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.retain(|entry| entry.scorer.strong_count() > 0);
    let known = loaded.iter().find(|entry| entry.folder == folder && entry.options == options);
    if let Some(scorer) = known.and_then(|entry| entry.scorer.upgrade()) {
        return Ok(scorer);
    }
    let scorer = Arc::new(Scorer::load(&folder, options)?);
    if scorer.manifest().input != Input::Text {
        let cause = "the model reads a sentence together with a target, which articles do not give";
        return Err(Error::new(Stage::Model, cause).file(&folder).hint("take a model whose input is a text"));
    }
    loaded.push(Entry { folder, options, scorer: Arc::downgrade(&scorer) });
    Ok(scorer)
}

/// A folder that is there goes before a hub's name; a name that is neither is the folder that is not there.
fn folder(name: &str) -> Result<PathBuf> {
    let path = Path::new(name);
    match name.parse::<ModelRef>() {
        Ok(model) if !path.is_dir() => cached(&model, &HubSettings::from_env(|name| std::env::var(name).ok())?),
        _ => Ok(path.to_path_buf()),
    }
}
