//! `hub`: a model folder fetched from a Hugging Face hub, or found in the hub's cache on this disk.
//!
//! The cache is the one every Hugging Face tool shares (`HF_HOME/hub`), so a model that another program fetched is
//! found, and one fetched here is found by others. Nothing is fetched unless [`pull`] is called, and an offline
//! [`pull`] opens no connection. Only safetensors weights are taken: the module refuses pickled ones, names and shard
//! names that could leave the cache, and bytes that are not the ones the hub announced. A branch's new commit becomes
//! visible in the cache when all of its files are there, not before.

mod explain;
mod export;
mod layout;
mod reference;
mod remote;
mod settings;

pub use export::export;
pub use reference::ModelRef;
pub use settings::{DEFAULT_ENDPOINT, HubSettings};

use crate::error::{Error, Result, Stage};
use layout::Plan;
use remote::Remote;
use std::fs;
use std::path::{Path, PathBuf};

/// Fetches what the cache lacks of `model` and returns its snapshot folder in the cache.
///
/// Asks the hub which commit the revision names and which files it has, then fetches `config.json`, `tokenizer.json`,
/// the weights (`model.safetensors`, or the shards that `model.safetensors.index.json` names) and, where the
/// repository has them, `CARD.md`, `nuansa.toml`, `words.q4` and `encoder.safetensors`. A bundle (`nuansa.toml`,
/// `words.q4`, `encoder.safetensors`) needs no other weights. A file that is in the cache is not fetched again, and one
/// that broke off goes on where it stopped. A revision that is a whole commit hash and stands complete in the cache
/// costs no request. `progress` gets the file's name and the bytes of it that are here so far.
///
/// # Errors
/// Repository, revision or file not found (404); not authorised (401, 403); no connection; a download that breaks off
/// or has the wrong bytes; a cache that can't be written; weights in another format. With `settings.offline`, those of
/// [`cached`].
pub fn pull(model: &ModelRef, settings: &HubSettings, progress: &mut dyn FnMut(&str, u64)) -> Result<PathBuf> {
    if settings.offline {
        return cached(model, settings);
    }
    if model.is_commit()
        && let Ok(folder) = cached(model, settings)
    {
        return Ok(folder);
    }
    let remote = Remote::open(model, settings)?;
    let listing = remote.listing()?;
    let plan = Plan::of(|name| listing.files.contains(name)).map_err(|refusal| remote.refuse(&refusal))?;
    let folder = remote.folder(&listing.commit);
    if plan.sharded {
        remote.fetch(&listing.commit, layout::INDEX, progress)?;
        for shard in layout::shards(&folder)? {
            if !listing.files.contains(&shard) {
                return Err(remote.refuse(&layout::Refusal::shard(&shard)));
            }
            remote.fetch(&listing.commit, &shard, progress)?;
        }
    }
    for file in plan.files {
        remote.fetch(&listing.commit, file, progress)?;
    }
    remote.publish(&listing.commit)?;
    Ok(folder)
}

/// The snapshot folder of `model` in the cache, with every file that loading it needs; no connection is opened.
///
/// # Errors
/// Where the revision or one of its files is not in the cache: the error names the path looked for.
pub fn cached(model: &ModelRef, settings: &HubSettings) -> Result<PathBuf> {
    let absent = |path: &Path, cause: &str| {
        let hint = if settings.offline {
            format!("HF_HUB_OFFLINE is set: unset it and run `nuansa models pull {model}`, or point HF_HOME elsewhere")
        } else {
            format!("run `nuansa models pull {model}`, or point HF_HOME at the cache that holds it")
        };
        Error::new(Stage::Hub, cause).file(path).place(model).hint(hint)
    };
    let repo = settings.cache()?.path().join(model.repo().folder_name());
    let reference = repo.join("refs").join(model.revision());
    let commit = match fs::read_to_string(&reference) {
        Ok(text) if reference::is_commit(text.trim()) => text.trim().to_owned(),
        Ok(_) => return Err(absent(&reference, "does not hold a commit hash")),
        Err(_) if model.is_commit() => model.revision().to_owned(),
        Err(_) => return Err(absent(&reference, "the model is not in the cache")),
    };
    let folder = repo.join("snapshots").join(&commit);
    let plan = Plan::of(|name| folder.join(name).is_file())
        .map_err(|refusal| absent(&folder.join(&refusal.file), "the model is not complete in the cache"))?;
    if plan.sharded {
        for shard in layout::shards(&folder)? {
            let path = folder.join(shard);
            if !path.is_file() {
                return Err(absent(&path, "the model is not complete in the cache"));
            }
        }
    }
    Ok(folder)
}
