//! What `nuansa report` and `nuansa plot` say of folders they cannot read.

use super::report_folder;
use super::support::{nuansa, stderr};
use std::path::Path;

/// Runs `nuansa report` on the small folder after `spoil`; it has to fail and to leave no page.
fn fault(spoil: impl Fn(&Path)) -> String {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    spoil(dir.path());
    let out = dir.path().join("page.html");
    let done = nuansa().arg("report").arg(dir.path()).arg("--out").arg(&out).output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{}", stderr(&done));
    assert!(!out.exists());
    stderr(&done)
}

fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    std::fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_folder_that_is_none_of_ours_is_refused() {
    let remove = |name: &'static str| move |dir: &Path| std::fs::remove_file(dir.join(name)).unwrap();
    let message = fault(remove("run.json"));
    assert!(message.contains("no folder of scores: it has no run.json") && message.contains("hint:"), "{message}");
    let message = fault(|dir| std::fs::write(dir.join("run.json"), "{\"program\": \"lain\"}").unwrap());
    assert!(message.contains("run.json: the run.json of another program"), "{message}");
    let message = fault(remove("dyads.csv"));
    assert!(message.contains("dyads.csv: the file is missing from the folder of scores"), "{message}");
    let done = nuansa().args(["report", "tiada", "--out", "tiada.html"]).output().unwrap();
    assert!(stderr(&done).contains("tiada: no such folder"), "{}", stderr(&done));
}

#[test]
fn a_cell_that_its_column_cannot_hold_is_named_with_its_line() {
    let message =
        fault(|dir| change(dir, "articles.csv", "a,Selat ditutup,2031-05-01,Warta,id,2,2,1,0.25", "a,,,,,2,2,1,x"));
    assert!(message.contains("articles.csv: line 2: stance_mean is \"x0000\""), "{message}");
    let message = fault(|dir| change(dir, "sentences.csv", "escalation,0.750000", "perang,0.750000"));
    assert!(
        message.contains("sentences.csv: line 2: unknown variant `perang`") && message.contains("hint:"),
        "{message}"
    );
    let message = fault(|dir| change(dir, "sentences.csv", "-0.250000", "NaN"));
    assert!(message.contains("line 3: ") && message.contains("not a finite number"), "{message}");
    let message = fault(|dir| change(dir, "dyads.csv", "target_id", "kepada"));
    assert!(message.contains("dyads.csv: line 1: the column \"target_id\" is missing"), "{message}");
}

#[test]
fn rows_that_were_sorted_anew_are_refused_and_not_lost() {
    let message = fault(|dir| {
        change(dir, "mentions.csv", "a,0,0,7", "lain,0,0,7");
    });
    assert!(message.contains("mentions.csv: rows of the article \"lain\" are missing or do not stand"), "{message}");
    let message = fault(|dir| change(dir, "sentences.csv", "a,1,27", "z,1,27"));
    assert!(message.contains("sentences.csv: rows of the article \"a\""), "{message}");
    let message = fault(|dir| {
        report_folder::write_texts(dir);
        change(dir, "articles_text.jsonl", "\"id\":\"a\"", "\"id\":\"z\"");
    });
    assert!(message.contains("articles_text.jsonl: line 1: rows of the article \"a\""), "{message}");
    let message = fault(|dir| {
        report_folder::write_texts(dir);
        change(dir, "articles_text.jsonl", " damai.\"", "\"");
    });
    assert!(message.contains("sentence 1 does not lie in the saved text"), "{message}");
}

#[test]
fn a_figure_of_nothing_and_one_of_another_kind_are_errors() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    std::fs::remove_file(dir.path().join("timeline.csv")).unwrap();
    let plot = |out: &str| {
        let out = dir.path().join(out);
        stderr(&nuansa().args(["plot", "timeline"]).arg(dir.path()).arg("--out").arg(out).output().unwrap())
    };
    assert!(plot("a.svg").contains("nothing to draw: no article has a date that can be read"));
    assert!(plot("a.png").contains("nothing to draw"));
    let message = plot("a.pdf");
    assert!(message.contains("a.pdf: figures are written as SVG or PNG") && message.contains("hint:"), "{message}");
}
