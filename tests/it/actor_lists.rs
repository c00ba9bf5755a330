//! `nuansa actors`: checking a list, suggesting entries.

use crate::support::{nuansa, stderr};
use std::fs;
use std::path::Path;
use std::process::Output;

fn actors(command: &str, path: &Path, args: &[&str]) -> Output {
    nuansa().arg("actors").arg(command).arg(path).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

const GOOD: &str = "[[actor]]\nid = \"arunika\"\ntype = \"state\"\nname = \"Arunika\"\n[actor.aliases]\n\
                    any = [\"Arunika\"]\n";

#[test]
fn check_names_file_line_and_severity_and_ends_by_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.toml");
    let check = |text: &str| {
        fs::write(&file, text).unwrap();
        let output = actors("check", &file, &[]);
        (output.status.code(), stdout(&output).replace(file.to_str().unwrap(), "mine.toml"), stderr(&output))
    };
    assert_eq!(check(GOOD), (Some(0), "0 errors, 0 warnings\n".into(), String::new()));
    let twice = format!("\u{FEFF}{GOOD}id = [\"Aruna\", \"ARUNIKA\"]\n");
    let want = "mine.toml:7: warning: \"ARUNIKA\" of arunika is given already in line 6\n0 errors, 1 warning\n";
    assert_eq!(check(&twice), (Some(0), want.into(), String::new()));
    let dead = format!("{GOOD}[[blocker]]\nphrases.id = [\"arunika\"]\n");
    let (code, said, _) = check(&dead);
    assert_eq!(code, Some(1));
    assert!(said.contains("mine.toml:6: error: ") && said.contains("the blocker in line 8 wins"), "{said}");
    assert!(said.ends_with("2 errors, 0 warnings\n"), "{said}");
    let (code, said, error) = check("[[actor]]\nid = 1\n");
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(error.contains("actor 1") && error.contains("hint: "), "{error}");
    let (code, said, error) = check("[[actor]\nid = 1\n");
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn suggestions_of_a_folder_are_a_list_that_check_takes() {
    let dir = tempfile::tempdir().unwrap();
    let header = "article_id,sentence_id,start,end,surface,actor_id,role,p_role,resolved_by\n";
    let rows = [
        ("a", "Sura Tamba", "person:sura-tamba", "ner"),
        ("a", "Tamba", "person:sura-tamba", "name_part"),
        ("a", "dia", "person:sura-tamba", "pronoun"),
        ("b", "", "person:sura-tamba", "quote"),
        ("b", "Dewan \"Kota\"", "org:dewan-kota", "ner"),
        ("b", "Dewan \"Kota\"", "org:dewan-kota", "ner"),
        ("b", "Arunika", "arunika", "list"),
        ("b", "Tamba", "ambiguous", "name_part"),
    ];
    let rows = rows.map(|(article, surface, actor, by)| {
        format!("{article},0,0,0,\"{}\",{actor},source,,{by}\n", surface.replace('"', "\"\""))
    });
    fs::write(dir.path().join("mentions.csv"), header.to_owned() + &rows.concat()).unwrap();
    let output = actors("suggest", dir.path(), &["--min", "2"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    let place = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what} not in {said}"));
    assert!(
        place("# person:sura-tamba: 4 mentions in 2 articles") < place("# org:dewan-kota: 2 mentions in 1 article\n")
    );
    assert!(!said.contains("dia") && !said.contains("arunika") && said.contains("\"Sura Tamba\""), "{said}");
    let file = dir.path().join("suggested.toml");
    fs::write(&file, &said).unwrap();
    let checked = actors("check", &file, &[]);
    assert_eq!((checked.status.code(), stdout(&checked).as_str()), (Some(0), "0 errors, 0 warnings\n"));
    assert!(
        !stdout(&actors("suggest", dir.path(), &[])).contains("dewan"),
        "three mentions unless --min says otherwise"
    );
    let missing = actors("suggest", &dir.path().join("none"), &[]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("mentions.csv") && stderr(&missing).contains("hint: "), "{}", stderr(&missing));
}
