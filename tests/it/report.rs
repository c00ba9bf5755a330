//! `nuansa report`, by what it writes.

use super::report_folder;
use super::support::{nuansa, stderr};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::process::Output;

fn report(scores: &Path, out: &Path, args: &[&str]) -> Output {
    nuansa().arg("report").arg(scores).arg("--out").arg(out).args(args).output().unwrap()
}

/// The page of the small folder, which has to come about.
fn page(args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    report_folder::write_texts(dir.path());
    let out = dir.path().join("page.html");
    let done = report(dir.path(), &out, args);
    assert!(done.status.success(), "{}", stderr(&done));
    std::fs::read_to_string(out).unwrap()
}

/// What stands between two marks, the first time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

#[test]
fn a_report_holds_what_the_tables_say() {
    let html = page(&["--lang", "en"]);
    for text in [
        "<html lang=\"en\">",
        "Stance and tone in 3 articles",
        "Of 3 sentences scored, 33.3\u{a0}% move towards escalation",
        "1 May 2031 to 2 Jun 2031.",
        "arunika,Arunika,agent,1,0.750000,,,-0.500000,,",
        "2031-05,all,All articles,1,2,0.250000,-6.100000,6.600000,-0.350000,,",
        "arunika,benara,1,1,0.750000",
        "a,2031-05-01,2,0.250000,-6.100000,6.600000",
        "escalation,negative,1,0.333333",
        "<b>Stance +0.75:</b> escalation 80\u{a0}% · neutral 15\u{a0}% · de-escalation 5\u{a0}%",
        "Voice: source: <bdi>Benara &lt;i&gt;, &quot;Raya&quot;</bdi>",
        "Roles: <bdi>Arunika</bdi> (agent) · <bdi>Benara &lt;i&gt;",
        "<b class=\"ra\">Arunika</b> menyerang <b class=\"rt\">Benara</b>.",
        "Windows it was read in: 3",
        "Not counted: page furniture",
        "Articles with a date that cannot be read",
        "sha256: model.safetensors</dt><dd>00ff",
        "<dd>3 Jun 2031, 08:15 UTC</dd>",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("⟦missing⟧"));
    // The two paragraphs of the first article
    assert_eq!(between(&html, "id=\"a1\"", "</div>").matches("<p>").count(), 2);
}

#[test]
fn indonesian_pages_write_numbers_and_words_as_indonesian_does() {
    let html = page(&["--lang", "id"]);
    for text in ["<html lang=\"id\">", "Sikap dan nada dalam 3 artikel", "33,3\u{a0}%", "1 Mei 2031", "<b>+0,75</b>"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("⟦missing⟧"));
    assert!(html.contains("arunika,Arunika,any,1,0.750000"), "CSV keeps its decimal point");
}

#[test]
fn hostile_text_is_shown_and_never_obeyed() {
    let html = page(&["--lang", "en"]);
    assert!(html.len() < 200_000, "a sentence of a million characters is cut: {}", html.len());
    assert!(html.contains("[cut: 998,000 more characters"));
    assert!(
        html.contains("&lt;script&gt;alert(2)&lt;/script&gt;&lt;img src=x onerror=alert(3)&gt;[U+202E][U+2066]&#39;")
    );
    assert!(html.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"));
    assert_eq!(html.matches("<script").count(), 1, "our own");
    assert!(!html.contains("<img") && !html.contains("</p></details>"));
    assert!(!html.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
}

#[test]
fn nothing_leaves_the_file_and_only_our_style_and_script_are_allowed() {
    let html = page(&[]);
    let policy = between(&html, "Content-Security-Policy\" content=\"", "\">").replace("&#39;", "'");
    for (tag, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(between(&html, tag, end)));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{tag} {policy}");
    }
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert!(!html.contains(" style=\"") && !html.contains("url(") && !html.contains("@import"));
    let script = between(&html, "<script>", "</script>");
    assert!(!script.contains("fetch(") && !script.contains("XMLHttpRequest"));
    for link in html.split("href=\"").skip(1) {
        assert!(link.starts_with('#') || link.starts_with("data:,"), "{}", &link[..40]);
    }
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    assert_eq!(page(&["--lang", "id"]), page(&["--lang", "id"]));
}

#[test]
fn without_saved_texts_sentences_stand_in_one_paragraph_or_by_their_gaps() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    let out = dir.path().join("page.html");
    assert!(report(dir.path(), &out, &[]).status.success());
    let html = std::fs::read_to_string(out).unwrap();
    assert!(html.contains("<b class=\"ra\">Arunika</b> menyerang"));
    assert_eq!(between(&html, "id=\"a1\"", "</div>").matches("<p>").count(), 2);
}

#[test]
fn articles_limits_the_texts_and_says_by_what_rule() {
    let html = page(&["--articles", "1", "--lang", "en"]);
    assert_eq!(html.matches("<details><summary>").count(), 1);
    assert!(html.contains("This page holds the text of 1 of 3 articles"));
    assert_eq!(html.matches("<li data-s=").count(), 3, "the list has them all");
}

#[test]
fn every_article_gets_a_page_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    report_folder::write_texts(dir.path());
    let (out, pages) = (dir.path().join("la poran.html"), dir.path().join("la poran-pages"));
    std::fs::create_dir(&pages).unwrap();
    for name in ["00009.html", "catatan.txt"] {
        std::fs::write(pages.join(name), "lama").unwrap();
    }
    let done = report(dir.path(), &out, &["--pages", "--articles", "0"]);
    assert!(done.status.success(), "{}", stderr(&done));
    let mut names: Vec<_> =
        std::fs::read_dir(&pages).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["00001.html", "00002.html", "00003.html", "catatan.txt"]);
    let html = std::fs::read_to_string(&out).unwrap();
    assert!(html.contains("href=\"la%20poran-pages/00002.html\"") && !html.contains("<details><summary>"));
    let second = std::fs::read_to_string(pages.join("00002.html")).unwrap();
    assert!(second.contains("href=\"../la%20poran.html\"") && second.contains("href=\"00003.html\" rel=\"next\""));
    assert_eq!(second.matches("<script").count(), 1);
}

#[test]
fn what_is_not_there_is_said_a_period_of_one_day_as_one_day_and_a_run_without_a_date() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    let change = |name: &str, from: &str, to: &str| {
        let file = dir.path().join(name);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{name}");
        std::fs::write(&file, text.replace(from, to)).unwrap();
    };
    change("articles.csv", "2031-06-02", "2031-05-01T18:00:00");
    change("run.json", "\"finished\"", "\"other\"");
    let out = dir.path().join("page.html");
    assert!(report(dir.path(), &out, &["--lang", "en"]).status.success());
    let html = std::fs::read_to_string(out).unwrap();
    assert!(
        html.contains(" All of 1 May 2031.") && !html.contains("1 May 2031 to"),
        "{}",
        between(&html, "dek\">", "<")
    );
    assert!(html.contains("not recorded in run.json"));
}
