//! Files of labelled data: which there are, and how one is opened.
//!
//! Lines of JSON and delimited tables are known by their endings, each also with `.gz` or `.zst` behind; anything else is
//! refused by name and not guessed from content. They are read by what reads articles: packing, encodings and bounds are
//! the same.

use crate::article::{DataLines, DataTable};
use crate::error::{Context, Error, Result, Stage};
use std::path::{Path, PathBuf};

/// What an opened file holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// One JSON object a line
    Lines(DataLines),
    /// A table with a header
    Table(DataTable),
}

/// The endings of lines, and then those of tables.
const LAYOUTS: [(&str, bool); 4] = [(".jsonl", true), (".ndjson", true), (".csv", false), (".tsv", false)];
/// What may stand behind them.
const PACKINGS: [&str; 3] = ["", ".gz", ".zst"];

/// Every ending that is read, in the order in which [`find`] tries them.
fn endings() -> impl Iterator<Item = String> {
    PACKINGS.into_iter().flat_map(|packing| LAYOUTS.map(|(layout, _)| format!("{layout}{packing}")))
}

/// Whether a file is one of lines, by its name; `None` where it is no labelled data.
fn is_lines(path: &Path) -> Option<bool> {
    let name = path.file_name()?.to_str()?;
    let bare = PACKINGS[1..].iter().find_map(|packing| name.strip_suffix(packing)).unwrap_or(name);
    let known = LAYOUTS.iter().find(|(ending, _)| bare.len() > ending.len() && bare.ends_with(ending))?;
    Some(known.1)
}

fn hint() -> String {
    let layouts = LAYOUTS.map(|(ending, _)| ending).join(", ");
    format!("labelled data are files that end in {layouts}, each also with .gz or .zst behind")
}

/// The labelled files of `path`: the file itself, or every file with a known ending directly in a folder, by name.
///
/// # Errors
/// A path that is not there, a file with another ending, a folder without any such file.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.metadata().at(Stage::Train, path)?.is_dir() {
        return match is_lines(path) {
            Some(_) => Ok(vec![path.to_path_buf()]),
            None => Err(no_data(path)),
        };
    }
    let mut found = Vec::new();
    for entry in path.read_dir().at(Stage::Train, path)? {
        let file = entry.at(Stage::Train, path)?.path();
        let hidden = file.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if is_lines(&file).is_some() && file.is_file() && !hidden {
            found.push(file);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Error::new(Stage::Train, "the folder holds no labelled data").file(path).hint(hint()));
    }
    Ok(found)
}

/// The file of a data set that a recipe names: `news.jsonl.zst`, or `news` for the one file of that name with a known
/// ending.
///
/// # Errors
/// No such file, or several (`news.csv` beside `news.jsonl`).
pub fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let exact = folder.join(name);
    if is_lines(&exact).is_some() && exact.is_file() {
        return Ok(exact);
    }
    let mut found = endings().map(|ending| folder.join(format!("{name}{ending}"))).filter(|path| path.is_file());
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => Err(Error::new(
            Stage::Train,
            format!("data set \"{name}\" is both {} and {}", one.display(), other.display()),
        )
        .hint("name the file with its ending")),
        (None, _) => Err(Error::new(Stage::Train, format!("no data set \"{name}\""))
            .file(folder)
            .hint(format!("looked for {name} with {}", endings().collect::<Vec<_>>().join(", ")))),
    }
}

fn no_data(path: &Path) -> Error {
    Error::new(Stage::Train, "not a file of labelled data by its ending").file(path).hint(hint())
}

/// Opens a labelled file.
///
/// # Errors
/// A file that cannot be opened, whose ending is not known, or that is a table without a header. Damage further on shows
/// in its rows.
pub(crate) fn open(path: &Path) -> Result<Content> {
    if is_lines(path).ok_or_else(|| no_data(path))? {
        return DataLines::open(path).map(Content::Lines).at(Stage::Train, path);
    }
    DataTable::open(path).map(Content::Table).map_err(|cause| Error::new(Stage::Train, cause).file(path))
}

/// Opens a file that must be JSON lines; `None` for a table.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_lines(path: &Path) -> Result<Option<DataLines>> {
    match open(path)? {
        Content::Lines(lines) => Ok(Some(lines)),
        Content::Table(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_labelled_files_by_name_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        assert!(files(dir.path()).unwrap_err().to_string().contains("holds no labelled data"));
        for name in ["b.jsonl", "a.csv.zst", "e.tsv.gz", "notes.txt", ".jsonl", "c.json", ".hidden.csv", "f.gz"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        std::fs::create_dir(dir.path().join("d.csv")).unwrap();
        let names: Vec<_> = files(dir.path()).unwrap();
        assert_eq!(names, ["a.csv.zst", "b.jsonl", "e.tsv.gz"].map(|name| dir.path().join(name)));
        assert!(files(&dir.path().join("notes.txt")).unwrap_err().to_string().contains(".zst behind"));
        assert!(files(&dir.path().join("none.csv")).unwrap_err().to_string().contains("none.csv"));
    }

    #[test]
    fn a_data_set_is_found_by_its_exact_name_and_two_of_a_name_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["news.jsonl", "news_extra.csv"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(find(dir.path(), "news").unwrap(), dir.path().join("news.jsonl"));
        assert_eq!(find(dir.path(), "news.jsonl").unwrap(), dir.path().join("news.jsonl"));
        assert!(find(dir.path(), "new").unwrap_err().to_string().contains("no data set \"new\""));
        std::fs::write(dir.path().join("news.csv"), "").unwrap();
        assert!(find(dir.path(), "news").unwrap_err().to_string().contains("news.csv"));
    }
}
