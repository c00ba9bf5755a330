//! `Remote`: one model repository on a hub, with the part of the cache that belongs to it.
//!
//! Requests and downloads are hf-hub's. What it leaves open is closed here: the commit is fixed before the first file
//! (a branch may move meanwhile), the hub's commit and etag are checked before they become paths, a blob that another
//! commit brought is linked instead of fetched, a broken-off file is taken up again, and every file is measured (and,
//! where the hub gives a SHA-256, hashed) before it counts as here.

use super::explain::Teller;
use super::layout::Refusal;
use super::reference::is_commit;
use super::{HubSettings, ModelRef};
use crate::error::{Error, Result};
use hf_hub::api::sync::{Api, ApiBuilder, ApiError, ApiRepo, Metadata};
use hf_hub::api::{Progress, RepoInfo};
use hf_hub::{Cache, CacheRepo};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for the connection of the first request, which tells whether there is a hub at all.
const CONNECT: Duration = Duration::from_secs(20);
/// How long the first request, a few kilobytes, may take altogether.
const LISTING: Duration = Duration::from_secs(60);
/// The most bytes a listing may have; the longest known ones have a few megabytes.
const LISTING_LIMIT: u64 = 64 << 20;
/// How often a file that keeps coming is taken up again after the connection broke.
const RESUMES: usize = 5;

/// One model repository on a hub.
pub(super) struct Remote<'a> {
    model: &'a ModelRef,
    cache: Cache,
    api: Api,
    teller: Teller<'a>,
}

/// What the hub says of a revision.
pub(super) struct Listing {
    /// The commit it names
    pub commit: String,
    /// Paths of the files in it
    pub files: BTreeSet<String>,
}

impl<'a> Remote<'a> {
    /// Prepares the cache folder; sends nothing yet.
    ///
    /// # Errors
    /// A cache that can't be written.
    pub fn open(model: &'a ModelRef, settings: &'a HubSettings) -> Result<Self> {
        let cache = settings.cache()?;
        let token = settings.token.clone().or_else(|| cache.token());
        let teller = Teller::new(model, &settings.endpoint, token.clone());
        let folder = cache.path().join(model.repo().folder_name());
        fs::create_dir_all(&folder).map_err(|e| teller.disk(None, &folder, &e))?;
        let api = ApiBuilder::from_cache(cache.clone())
            .with_endpoint(settings.endpoint.clone())
            .with_token(token)
            .with_progress(false)
            .with_user_agent("nuansa", env!("CARGO_PKG_VERSION"))
            .build()
            .map_err(|e| teller.api(None, None, &e))?;
        Ok(Self { model, cache, api, teller })
    }

    /// Asks which commit the revision names and which files it has: one request.
    pub fn listing(&self) -> Result<Listing> {
        let request = self.api.repo(self.model.repo()).info_request();
        let request = request.config().timeout_connect(Some(CONNECT)).timeout_global(Some(LISTING));
        let mut response =
            request.http_status_as_error(false).build().call().map_err(|e| self.teller.http(None, &e))?;
        if !response.status().is_success() {
            let code = response.headers().get("x-error-code").and_then(|value| value.to_str().ok());
            return Err(self.teller.status(None, response.status().as_u16(), code));
        }
        let body = response.body_mut().with_config().limit(LISTING_LIMIT).read_to_string();
        let body = body.map_err(|e| self.teller.http(None, &e))?;
        let info: RepoInfo =
            serde_json::from_str(&body).map_err(|e| self.teller.not_a_hub(None, &format!("its listing: {e}")))?;
        if !is_commit(&info.sha) {
            return Err(self.teller.not_a_hub(None, "its listing names no commit hash"));
        }
        Ok(Listing { commit: info.sha, files: info.siblings.into_iter().map(|file| file.rfilename).collect() })
    }

    /// The folder of the cache for a commit.
    pub fn folder(&self, commit: &str) -> PathBuf {
        self.local(commit).pointer_path(commit)
    }

    /// The error for a repository that is not a model that can be used.
    pub fn refuse(&self, refusal: &Refusal) -> Error {
        self.teller.error(Some(&refusal.file), refusal.cause, refusal.hint)
    }

    /// Fetches `file`, a plain file name, of `commit` into the cache, unless it is there.
    pub fn fetch(&self, commit: &str, file: &str, progress: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let local = self.local(commit);
        let target = local.pointer_path(commit).join(file);
        if target.is_file() {
            return Ok(());
        }
        let remote = self.api.repo(self.model.repo_at(commit));
        let announced = self.api.metadata(&remote.url(file)).map_err(|e| self.teller.api(Some(file), None, &e))?;
        if announced.commit_hash() != commit || !is_etag(announced.etag()) {
            return Err(self.teller.not_a_hub(Some(file), "it names another commit, or an etag that is none"));
        }
        let blob = local.blob_path(announced.etag());
        self.clear(&target, &blob, file, announced.size() as u64)?;
        if blob.is_file() {
            return link(&blob, announced.etag(), &target).map_err(|e| self.teller.disk(Some(file), &target, &e));
        }
        self.download(&remote, file, &blob, announced.size() as u64, progress)?;
        self.verify(file, &target, &announced).inspect_err(|_| {
            // Nothing of it may stay: the next run would take it for the file
            fs::remove_file(&target).ok();
            fs::remove_file(&blob).ok();
        })
    }

    /// Writes into the cache that the revision names `commit`, now that all of its files are there.
    pub fn publish(&self, commit: &str) -> Result<()> {
        let repo = self.cache.repo(self.model.repo());
        repo.create_ref(commit).map_err(|e| self.teller.disk(None, self.cache.path(), &e))
    }

    fn local(&self, commit: &str) -> CacheRepo {
        self.cache.repo(self.model.repo_at(commit))
    }

    /// Removes what would be in the way: a dangling link, a blob of the wrong length, a part with nothing left to fetch
    /// (a request for the bytes behind the end is an error).
    fn clear(&self, target: &Path, blob: &Path, file: &str, size: u64) -> Result<()> {
        let part = part_of(blob);
        let stale = [
            (target, target.symlink_metadata().is_ok()),
            (blob, blob.metadata().is_ok_and(|meta| meta.len() != size)),
            (&part, part.metadata().is_ok_and(|meta| meta.len() >= size)),
        ];
        for (path, is_stale) in stale {
            if is_stale {
                fs::remove_file(path).map_err(|e| self.teller.disk(Some(file), path, &e))?;
            }
        }
        Ok(())
    }

    /// Downloads, and goes on after a break as long as something new came.
    fn download(
        &self,
        remote: &ApiRepo,
        file: &str,
        blob: &Path,
        size: u64,
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<()> {
        let part = part_of(blob);
        let have = || part.metadata().map_or(0, |meta| meta.len());
        let mut resumes = 0;
        loop {
            let before = have();
            let counter = Counter { file, received: 0, report: &mut *progress };
            match remote.download_with_progress(file, counter) {
                Ok(_) => return Ok(()),
                // hf-hub's own retries start at byte 0 of a file opened for appending; ours start at its length
                Err(ApiError::IoError(_)) if before < have() && have() < size && resumes < RESUMES => resumes += 1,
                Err(e) => return Err(self.teller.api(Some(file), Some((have(), size, blob)), &e)),
            }
        }
    }

    /// Compares a fetched file with what the hub announced: its length, and its SHA-256 where the etag is one.
    fn verify(&self, file: &str, path: &Path, announced: &Metadata) -> Result<()> {
        let size = path.metadata().map_err(|e| self.teller.disk(Some(file), path, &e))?.len();
        if size != announced.size() as u64 {
            let cause = format!("{size} bytes came, and the hub announced {}", announced.size());
            return Err(self.teller.error(Some(file), &cause, "run the same command again; it was removed"));
        }
        let etag = announced.etag();
        if etag.len() == 64 && etag.bytes().all(|b| b.is_ascii_hexdigit()) {
            let got = sha256(path).map_err(|e| self.teller.disk(Some(file), path, &e))?;
            if !got.eq_ignore_ascii_case(etag) {
                let cause = format!("its SHA-256 is {got}, and the hub announced {etag}");
                return Err(self.teller.error(Some(file), &cause, "run the same command again; it was removed"));
            }
        }
        Ok(())
    }
}

/// Whether an etag can be a file name: letters, digits, `-` and `_`, perhaps after the `W/` of a weak one.
fn is_etag(etag: &str) -> bool {
    let name = etag.strip_prefix("W/").unwrap_or(etag);
    (1..=200).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Where hf-hub keeps what has come of a blob.
fn part_of(blob: &Path) -> PathBuf {
    blob.with_extension("part")
}

/// Points `target`, in the snapshot folder of a commit, at a blob, the way hf-hub does.
fn link(blob: &Path, etag: &str, target: &Path) -> io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    #[cfg(unix)]
    {
        let _ = blob;
        std::os::unix::fs::symlink(Path::new("../../blobs").join(etag), target)
    }
    #[cfg(not(unix))]
    {
        let _ = etag;
        fs::hard_link(blob, target).or_else(|_| fs::copy(blob, target).map(|_| ()))
    }
}

/// The file's SHA-256, 64 lower-case hexadecimal digits.
fn sha256(path: &Path) -> io::Result<String> {
    let mut source = fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match source.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash.finalize().iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}")))
}

/// hf-hub's progress as calls of ours: the file and the bytes of it that are here.
struct Counter<'a> {
    file: &'a str,
    received: u64,
    report: &'a mut dyn FnMut(&str, u64),
}

impl Progress for Counter<'_> {
    fn init(&mut self, _size: usize, _filename: &str) {
        self.received = 0;
    }

    fn update(&mut self, size: usize) {
        if size > 0 {
            self.received += size as u64;
            (self.report)(self.file, self.received);
        }
    }

    fn finish(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_that_is_a_path_is_no_etag() {
        for good in ["9b74c9897bac770ffc029102a200c5de", "W/abc-12", "a_b"] {
            assert!(is_etag(good), "{good}");
        }
        for bad in ["", "W/", "../x", "a/b", "/etc", "W/../x", "a.b", "a\\b", "a b"] {
            assert!(!is_etag(bad), "{bad}");
        }
    }

    #[test]
    fn the_hash_is_the_one_everybody_knows() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "abc").unwrap();
        // FIPS 180-4, example of one block
        let want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(file.path()).unwrap(), want);
    }
}
