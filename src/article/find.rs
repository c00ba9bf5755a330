//! `Found`: the files to read, from the files, folders and patterns a person named.
//!
//! Folders are walked to the bottom, their files sorted by the bytes of their path. Hidden files and folders are
//! skipped, files of other formats noted, a file that was met before (named twice, or reached through a link) is read
//! once. Only regular files are ever opened: a pipe or a device could block for ever or never end; standard input, named
//! `-`, is the one exception. A file of an unknown format is refused where a person named it and skipped where it lies in
//! a folder. What nuansa itself wrote into a result folder below an input is no article, and neither is a read-me.

use super::format::{FORMATS, Format};
use super::options::ReadOptions;
use crate::error::{Error, Result, Stage};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

/// One file to read.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The path to open: the input as named, joined with the path below it
    pub path: PathBuf,
    /// The path relative to the input folder, with `/` between parts; for a named file its name
    pub name: String,
    /// `None` where the content must tell
    pub format: Option<Format>,
    /// Size in bytes when it was found; 0 where it could not be asked
    pub bytes: u64,
    /// Whether it is standard input
    pub stdin: bool,
    /// Whether a person named it, rather than its folder
    pub named: bool,
}

#[cfg(test)]
impl Source {
    /// A source that is never opened.
    pub fn for_tests(path: &str, name: &str) -> Self {
        Self { path: path.into(), name: name.into(), format: None, bytes: 0, stdin: false, named: true }
    }
}

/// What the inputs hold.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub sources: Vec<Source>,
    /// Files of other formats, and things that are no regular file
    pub ignored: Vec<PathBuf>,
    /// Files that were met before
    pub repeated: Vec<PathBuf>,
}

/// The files by which a result folder is known, and the names of what stands in one, whatever their format.
const RESULTS: [&str; 2] = ["run.json", "datapackage.json"];
const WRITTEN: [&str; 12] = [
    "run",
    "datapackage",
    "sentences",
    "mentions",
    "actors",
    "actor_articles",
    "dyads",
    "articles",
    "timeline",
    "rejects",
    "articles_text",
    "report",
];
/// The pages of a report beside it, a folder.
const PAGES: &str = "report-pages";

/// Finds the files of all `inputs`, in input order; `format` is that of named files and of standard input, where a person
/// said it.
///
/// # Errors
/// No input; an input that does not exist, cannot be opened, is no regular file or folder or has another format; a
/// pattern that fits nothing; a folder without articles; a folder below an input that cannot be listed.
pub(super) fn find(inputs: &[PathBuf], format: Option<Format>) -> Result<Found> {
    if inputs.is_empty() {
        return Err(
            Error::new(Stage::Read, "no input").hint("name at least one file or folder, or - for standard input")
        );
    }
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for input in inputs {
        if input == Path::new("-") {
            if found.sources.iter().any(|source| source.stdin) {
                return Err(Error::new(Stage::Read, "standard input is named twice").hint("name - once"));
            }
            let (path, name) = (PathBuf::from("<stdin>"), "stdin".to_owned());
            found.sources.push(Source { path, name, format, bytes: 0, stdin: true, named: true });
            continue;
        }
        for input in spread(input)? {
            for source in below(&input, format, &mut found.ignored)? {
                // A link that leads nowhere stays, under its own path, and becomes a reject when it is read
                let real = fs::canonicalize(&source.path).unwrap_or_else(|_| source.path.clone());
                if seen.insert(real) {
                    found.sources.push(source);
                } else {
                    found.repeated.push(source.path);
                }
            }
        }
    }
    Ok(found)
}

/// The files that [`open`](super::open) reads, in their order, standard input left out.
///
/// # Errors
/// Those of `open` that need no look into a file.
pub fn files(inputs: &[PathBuf], options: &ReadOptions) -> Result<Vec<PathBuf>> {
    let sources = find(inputs, options.format)?.sources;
    Ok(sources.into_iter().filter(|source| !source.stdin).map(|source| source.path).collect())
}

/// The paths that a pattern fits, sorted by their bytes; a path that exists is taken as it stands, whatever is in it.
fn spread(input: &Path) -> Result<Vec<PathBuf>> {
    let pattern = input.to_str().filter(|text| text.contains(['*', '?', '[']));
    let Some(pattern) = pattern.filter(|_| fs::symlink_metadata(input).is_err()) else {
        return Ok(vec![input.to_path_buf()]);
    };
    let bad = |cause: String| Error::new(Stage::Read, cause).file(input);
    let mut paths = Vec::new();
    for path in glob::glob(pattern).map_err(|e| bad(format!("no pattern: {}", e.msg)))? {
        paths.push(path.map_err(|e| cannot_open(e.path(), e.error()))?);
    }
    paths.retain(|path| path.file_name().is_none_or(|name| !name.as_encoded_bytes().starts_with(b".")));
    paths.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    if paths.is_empty() {
        return Err(bad("no file fits the pattern".into()).hint("check the spelling and the folder you are in"));
    }
    Ok(paths)
}

/// The files of one input.
fn below(input: &Path, format: Option<Format>, ignored: &mut Vec<PathBuf>) -> Result<Vec<Source>> {
    let meta = fs::metadata(input).map_err(|e| cannot_open(input, &e))?;
    if meta.is_dir() {
        let files = walk(input, ignored)?;
        if files.is_empty() {
            return Err(Error::new(Stage::Read, "the folder holds no articles").file(input).hint(FORMATS));
        }
        return Ok(files);
    }
    if !meta.is_file() {
        return Err(Error::new(Stage::Read, "neither a regular file nor a folder")
            .file(input)
            .hint("a pipe or a device cannot be read; name - and give its content by standard input"));
    }
    let known = format.or_else(|| Format::of_path(input));
    if known.is_none() && input.extension().is_some_and(|e| !is_packing(e)) {
        return Err(Error::new(Stage::Read, "unknown format")
            .file(input)
            .hint(format!("{FORMATS}; say what it is with --input-format, or name its folder to skip it")));
    }
    File::open(input).map_err(|e| cannot_open(input, &e))?;
    let name = input.file_name().map(part).unwrap_or_default();
    Ok(vec![Source { path: input.to_path_buf(), name, format: known, bytes: meta.len(), stdin: false, named: true }])
}

fn is_packing(extension: &OsStr) -> bool {
    ["gz", "zst", "zstd"].iter().any(|packing| extension.eq_ignore_ascii_case(packing))
}

/// Whether a file of a folder is none of its articles; `results` where the folder is one of ours.
fn is_other(path: &Path, results: bool) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    stem == "readme" || results && WRITTEN.contains(&stem)
}

/// The articles below `root`, sorted by the bytes of their relative path.
fn walk(root: &Path, ignored: &mut Vec<PathBuf>) -> Result<Vec<Source>> {
    let mut visited = HashSet::new();
    let mut files: Vec<(Vec<u8>, Source)> = Vec::new();
    let mut others: Vec<(Vec<u8>, PathBuf)> = Vec::new();
    let mut stack = vec![PathBuf::new()];
    while let Some(below) = stack.pop() {
        let folder = root.join(&below);
        // A folder met twice (a loop of links, or two links to one place) is walked once
        if !visited.insert(fs::canonicalize(&folder).map_err(|e| cannot_open(&folder, &e))?) {
            continue;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|e| cannot_open(&folder, &e))? {
            names.push(entry.map_err(|e| cannot_open(&folder, &e))?.file_name());
        }
        names.retain(|n| !n.as_encoded_bytes().starts_with(b"."));
        names.sort_by(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
        let results = RESULTS.iter().all(|known| names.iter().any(|name| name == known));
        let mut folders = Vec::new();
        for name in names {
            let relative = below.join(&name);
            let path = root.join(&relative);
            let key = sort_key(&relative);
            let meta = fs::metadata(&path);
            if meta.as_ref().is_ok_and(fs::Metadata::is_dir) {
                folders.extend((!results || name != PAGES).then_some(relative));
                continue;
            }
            // Where metadata fails (a dangling link) the file is kept, to be rejected by name when it is opened
            let regular = meta.as_ref().map_or(true, fs::Metadata::is_file);
            let format = Format::of_path(&path).filter(|_| regular && !is_other(&path, results));
            match format {
                Some(_) => {
                    let (name, bytes) = (slashed(&relative), meta.map_or(0, |m| m.len()));
                    files.push((key, Source { path, name, format, bytes, stdin: false, named: false }));
                }
                None => others.push((key, path)),
            }
        }
        stack.extend(folders.into_iter().rev());
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    others.sort_by(|a, b| a.0.cmp(&b.0));
    ignored.extend(others.into_iter().map(|(_, path)| path));
    Ok(files.into_iter().map(|(_, source)| source).collect())
}

fn cannot_open(path: &Path, e: &io::Error) -> Error {
    let hint = match e.kind() {
        io::ErrorKind::NotFound => "check the spelling and the folder you are in",
        io::ErrorKind::PermissionDenied => "ask for the right to read it, or leave it out",
        _ => "check that it can be read, or leave it out",
    };
    Error::new(Stage::Read, format!("cannot open: {e}")).file(path).hint(hint)
}

/// A path as an id: its parts with `/` between them on every system. Bytes that are no UTF-8 are written `\xHH`, so
/// that two names never fall together and no replacement character reaches the output.
pub(crate) fn slashed(path: &Path) -> String {
    let mut out = String::new();
    for component in path.components() {
        if !out.is_empty() && !out.ends_with('/') {
            out.push('/');
        }
        match component {
            Component::RootDir if out.is_empty() => out.push('/'),
            Component::RootDir => {}
            other => out.push_str(&part(other.as_os_str())),
        }
    }
    out
}

fn part(name: &OsStr) -> String {
    let mut out = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out
}

fn sort_key(relative: &Path) -> Vec<u8> {
    let parts: Vec<&[u8]> = relative.components().map(|c| c.as_os_str().as_encoded_bytes()).collect();
    parts.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_read_mes_are_no_articles() {
        let other = |name: &str, results| is_other(Path::new(name), results);
        assert!(other("a/README.md", false) && other("Readme.txt", false));
        assert!(
            other("a/sentences.csv", true)
                && other("articles_text.jsonl", true)
                && other("report.html", true)
                && other("dyads.parquet", true)
        );
        assert!(!other("a/sentences.csv", false) && !other("berita.csv", true));
    }

    #[test]
    fn ids_of_paths_have_slashes() {
        let path: PathBuf = ["berita", "utara", "a.txt"].iter().collect();
        assert_eq!(slashed(&path), "berita/utara/a.txt");
        assert_eq!(slashed(Path::new("/a/b.txt")), "/a/b.txt");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_utf8_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let name = |b: &'static [u8]| slashed(Path::new(OsStr::from_bytes(b)));
        assert_eq!(name(b"caf\xe9.txt"), "caf\\xE9.txt");
        assert_ne!(name(b"caf\xe9.txt"), name(b"caf\xe8.txt"));
    }
}
