//! What the tests of the readers share.

use nuansa::article::{Article, ColumnNames, ReadOptions, Record, Reject, open};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder with these files.
pub fn files(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

/// One file, and the folder that holds it.
pub fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = files(&[(name, bytes)]);
    let path = dir.path().join(name);
    (dir, path)
}

/// Options with these columns.
pub fn options(change: impl FnOnce(&mut ColumnNames)) -> ReadOptions {
    let mut options = ReadOptions::default();
    change(&mut options.columns);
    options
}

/// The records of one file.
pub fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Vec<Record> {
    let (_dir, path) = file(name, bytes);
    let records: Vec<Record> = open(&[path], options).unwrap().map(Result::unwrap).collect();
    records.into_iter().map(without_folder).collect()
}

/// A reject that does not name the folder of the test.
fn without_folder(record: Record) -> Record {
    match record {
        Record::Reject(reject) => {
            let file = reject.file.file_name().map(PathBuf::from).unwrap_or_default();
            Record::Reject(Reject { file, ..reject })
        }
        article @ Record::Article(_) => article,
    }
}

/// The one article of a file.
pub fn article(name: &str, bytes: &[u8], options: &ReadOptions) -> Article {
    let records = read_with(name, bytes, options);
    let [Record::Article(article)] = &records[..] else { unreachable!("not one article: {records:?}") };
    article.clone()
}

pub fn articles(records: &[Record]) -> Vec<&Article> {
    records.iter().filter_map(|r| if let Record::Article(a) = r { Some(a) } else { None }).collect()
}

pub fn rejects(records: &[Record]) -> Vec<&Reject> {
    records.iter().filter_map(|r| if let Record::Reject(r) = r { Some(r) } else { None }).collect()
}

pub fn ids(records: &[Record]) -> Vec<&str> {
    articles(records).iter().map(|a| a.id.as_str()).collect()
}

pub fn bodies(records: &[Record]) -> Vec<&str> {
    articles(records).iter().map(|a| a.text.as_str()).collect()
}
