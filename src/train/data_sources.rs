//! The rows of a recipe: its sources read, split and capped, with the report on them.

use super::recipe::Data;
use crate::error::{Error, Result, Stage};
use crate::model::mapped::file_sha256;
use crate::train::data::{Dataset, Example, Rows};
use crate::train::data_near::near_leaks;
use crate::train::data_report::Report;
use crate::train::{data_files, data_split};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads what `data` names below `folder`, or beside the recipe in its folder `beside`; caps are drawn by `seed`. Leaks are
/// reported and not refused here.
///
/// # Errors
/// No such file, or several of one name; the faults that [`Dataset::read`] refuses; a labelled row without a target where
/// the model is to read one.
pub fn read(data: &Data, folder: &Path, beside: &Path, seed: u64) -> Result<Dataset> {
    let place = |name: &str| {
        let near = name.starts_with("./") || name.starts_with("../");
        data_files::find(if near { beside } else { folder }, name)
    };
    let files: Vec<PathBuf> = data.source.iter().map(|s| place(&s.file)).collect::<Result<_>>()?;
    let rows = Rows::read(files.iter().map(PathBuf::as_path).zip(&data.source))?;
    let mut examples = rows.examples;
    if let Some(split) = &data.split {
        data_split::assign(&mut examples, split);
    }
    let capped = data_split::cap(&mut examples, &data.source, seed);
    if data.target {
        targets(&examples)?;
    }
    let mut report = Report::of(&examples, rows.empty, data.target);
    report.near_leaks = near_leaks(&examples, data.near, data.target);
    report.intakes = rows.intakes;
    for ((intake, file), capped) in report.intakes.iter_mut().zip(&files).zip(capped) {
        intake.sha256 = file_sha256(file)?;
        intake.capped = capped;
    }
    report.notes = rows.warnings;
    report.notes.extend(idle(&report.splits));
    Ok(Dataset { examples, report })
}

/// A note on each split that no part of a run reads.
fn idle(splits: &BTreeMap<String, usize>) -> Vec<String> {
    let idle = splits.iter().filter(|(name, _)| !matches!(name.as_str(), "train" | "dev" | "test"));
    idle.map(|(name, n)| match name.as_str() {
        "" => format!("{n} rows without a split take no part; `[data.split]` would draw one for them"),
        name => format!("{n} rows of the split \"{name}\" take no part; `splits` of their source can rename it"),
    })
    .collect()
}

/// Refuses labelled rows without a target.
fn targets(examples: &[Example]) -> Result<()> {
    let bare: Vec<&Example> = examples.iter().filter(|e| e.is_labelled() && e.target.is_none()).collect();
    let Some(first) = bare.first() else { return Ok(()) };
    let cause =
        format!("the row \"{}\" has no target, which `data.target` asks for; {} rows have none", first.id, bare.len());
    Err(Error::new(Stage::Train, cause)
        .file(first.file.as_ref())
        .place(format!("line {}", first.line))
        .hint("map the column that holds it: columns = { target = \"…\" }"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipe::{Keep, Source, Split};

    fn source(file: &str) -> Source {
        Source { file: file.into(), ..Source::default() }
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        dir
    }

    const ROWS: &str = concat!(
        "id,text,lang,split,stance,confidence\n",
        "a,Armada Arunika mundur.,id,train,deescalation,3\n",
        "b,The fleet withdraws.,en,train,deescalation,1\n",
        "c,Pasukan menembaki pos.,id,dev_rw,escalation,2\n",
        "d,,id,train,neutral,2\n",
        "e,Sidang dibuka.,id,old,neutral,2\n",
    );

    #[test]
    fn every_record_of_a_source_is_accounted_for() {
        let dir = folder(&[("a.csv", ROWS)]);
        let splits = [("dev_rw".to_owned(), "dev".to_owned()), ("old".to_owned(), String::new())].into();
        let keep = Keep { lang: vec!["id".into(), "ms".into()], ..Keep::default() };
        let one = Source { name: Some("harian".into()), weight: 0.5, splits, keep, ..source("a.csv") };
        let data = Data { source: vec![one], ..Data::default() };
        let set = read(&data, dir.path(), dir.path(), 1).unwrap();
        let ids: Vec<&str> = set.examples.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["a", "c"]);
        assert!(set.examples.iter().all(|e| e.weight == 0.5 && e.source.as_deref() == Some("harian")));
        assert_eq!(set.examples[1].split.as_deref(), Some("dev"));
        let i = &set.report.intakes[0];
        assert_eq!((i.records, i.rows, i.filtered, i.dropped, i.empty), (5, 2, 1, 1, 1));
        assert_eq!(i.sha256.len(), 64);
        assert_eq!(set.report.notes, ["source \"harian\": keep.lang: no row has \"ms\""]);
    }

    #[test]
    fn one_file_may_feed_two_sources_whose_filters_exclude_each_other() {
        let dir = folder(&[("a.csv", ROWS)]);
        let by = |lang: &str| Source {
            keep: Keep { lang: vec![lang.into()], ..Keep::default() },
            name: Some(lang.into()),
            ..source("a")
        };
        let data = Data { source: vec![by("id"), by("en")], ..Data::default() };
        let set = read(&data, dir.path(), dir.path(), 1).unwrap();
        assert_eq!(set.examples.iter().map(|e| e.origin).collect::<Vec<_>>(), [0, 0, 0, 1]);
        let data = Data { source: vec![by("id"), by("id")], ..Data::default() };
        let message = read(&data, dir.path(), dir.path(), 1).unwrap_err().to_string();
        assert!(message.contains("the row \"a\" comes through two sources"), "{message}");
    }

    #[test]
    fn rows_that_take_no_part_are_told_and_a_split_can_be_drawn() {
        let dir = folder(&[("a.csv", "id,text,stance\n1,Hujan turun di Orsk.,neutral\n")]);
        let data = Data { source: vec![source("a.csv")], ..Data::default() };
        let set = read(&data, dir.path(), dir.path(), 1).unwrap();
        assert!(set.report.warnings()[0].starts_with("1 rows without a split take no part"));
        let data = Data { split: Some(Split { dev: 0.5, test: 0.4, seed: 1 }), ..data };
        assert!(read(&data, dir.path(), dir.path(), 1).unwrap().examples[0].split.is_some());
    }

    #[test]
    fn a_labelled_row_without_a_target_is_refused_where_targets_are_read() {
        let dir = folder(&[("a.csv", "id,text,target,tone\n1,Hujan.,Orsk,neutral\n2,Panas.,,neutral\n3,Dingin.,,\n")]);
        let data = Data { source: vec![source("a.csv")], target: true, ..Data::default() };
        let message = read(&data, dir.path(), dir.path(), 1).unwrap_err().to_string();
        assert!(message.contains("line 3: the row \"2\" has no target") && message.contains("1 rows"), "{message}");
    }
}
