//! Readers: what comes out of files and folders, and what is refused.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends its test")]

use nuansa::article::{self, Article, ReadOptions, Reader, Record, Reject};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn open(inputs: &[PathBuf]) -> nuansa::Result<Reader> {
    article::open(inputs, &ReadOptions::default())
}

fn read(inputs: &[PathBuf]) -> Vec<Record> {
    open(inputs).unwrap().map(Result::unwrap).collect()
}

fn articles(records: &[Record]) -> Vec<&Article> {
    records.iter().filter_map(|r| if let Record::Article(a) = r { Some(a) } else { None }).collect()
}

fn rejects(records: &[Record]) -> Vec<&Reject> {
    records.iter().filter_map(|r| if let Record::Reject(r) = r { Some(r) } else { None }).collect()
}

fn ids(records: &[Record]) -> Vec<&str> {
    articles(records).iter().map(|a| a.id.as_str()).collect()
}

fn one(bytes: &[u8], name: &str) -> Record {
    let dir = folder(&[(name, bytes)]);
    let mut records = read(&[dir.path().join(name)]);
    assert_eq!(records.len(), 1);
    records.remove(0)
}

fn error(inputs: &[PathBuf]) -> String {
    open(inputs).map(Reader::count).unwrap_err().to_string()
}

#[test]
fn a_folder_is_read_to_the_bottom_in_path_order() {
    let dir = folder(&[
        ("b.txt", b"b"),
        ("a/z.txt", b"z"),
        ("a.TXT", b"a"),
        ("a/deep/er/y.jsonl", b"{\"text\":\"y\"}\n{\"id\":\"own\",\"text\":\"x\"}"),
        (".hidden.txt", b"no"),
        (".git/c.txt", b"no"),
        ("picture.png", b"\x89PNG"),
        ("a/table.docx", b"PK"),
        ("README.md", b"# How this was made"),
    ]);
    let reader = open(&[dir.path().to_path_buf()]).unwrap();
    assert_eq!(reader.ignored(), ["README.md", "a/table.docx", "picture.png"].map(|name| dir.path().join(name)));
    assert_eq!((reader.files(), reader.repeated().len()), (4, 0));
    let records: Vec<Record> = reader.map(Result::unwrap).collect();
    assert_eq!(ids(&records), ["a.TXT", "a/deep/er/y.jsonl#1", "own", "a/z.txt", "b.txt"]);
}

#[test]
fn files_and_folders_may_be_mixed_and_keep_their_order() {
    let dir = folder(&[("z.txt", b"z"), ("in/b.txt", b"b"), ("in/a.txt", b"a")]);
    let path = |name: &str| dir.path().join(name);
    assert_eq!(ids(&read(&[path("z.txt"), path("in")])), ["z.txt", "a.txt", "b.txt"]);
}

#[test]
fn a_file_named_twice_is_read_once_and_named() {
    let dir = folder(&[("in/a.txt", b"a"), ("in/b.txt", b"b")]);
    let reader = open(&[dir.path().join("in/b.txt"), dir.path().join("in")]).unwrap();
    assert_eq!(reader.repeated(), [dir.path().join("in/b.txt")]);
    let records: Vec<Record> = reader.map(Result::unwrap).collect();
    assert_eq!(ids(&records), ["b.txt", "a.txt"]);
}

#[test]
fn results_of_an_earlier_run_below_the_input_are_no_articles() {
    let dir = folder(&[
        ("a.txt", b"a"),
        ("scores/run.json", b"{}"),
        ("scores/datapackage.json", b"{}"),
        ("scores/sentences.csv", b""),
        ("scores/articles.parquet", b""),
        ("scores/rejects.jsonl", b"{\"reason\":\"x\"}"),
        ("scores/articles_text.jsonl", b"{\"id\":\"a.txt\",\"text\":\"a\"}"),
        ("other/rejects.jsonl", b"{\"text\":\"x\"}"),
    ]);
    assert_eq!(ids(&read(&[dir.path().to_path_buf()])), ["a.txt", "other/rejects.jsonl#1"]);
}

#[test]
fn inputs_that_cannot_be_read_are_refused_before_anything_is_scored() {
    let dir = folder(&[("good.txt", b"a"), ("empty/note.doc", b"x"), ("page.docx", b"PK")]);
    let path = |name: &str| dir.path().join(name);
    assert!(error(&[]).contains("no input"));
    assert!(error(&[path("*.pdf")]).contains("no file fits the pattern"));
    for (bad, cause) in [("absent.txt", "cannot open"), ("empty", "no articles"), ("page.docx", "unknown format")] {
        let message = error(&[path("good.txt"), path(bad)]);
        assert!(message.contains(cause) && message.contains(bad) && message.contains("\nhint: "), "{message}");
        assert!(!message.contains('.') || !message.lines().any(|l| l.ends_with('.')), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_opened() {
    let dir = folder(&[("a.txt", b"a")]);
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("b.txt")).unwrap();
    let reader = open(&[dir.path().to_path_buf()]).unwrap();
    assert_eq!(reader.ignored(), [dir.path().join("b.txt")]);
    assert_eq!(reader.count(), 1);
    let fifo = dir.path().join("c.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|s| s.success()));
    assert_eq!(open(&[dir.path().to_path_buf()]).unwrap().ignored().len(), 2);
    for special in [dir.path().join("b.txt"), fifo, PathBuf::from("/dev/zero")] {
        assert!(error(&[special]).contains("neither a regular file nor a folder"));
    }
}

#[cfg(unix)]
#[test]
fn links_that_loop_or_lead_nowhere_do_not_end_the_run() {
    use std::os::unix::fs::symlink;
    let dir = folder(&[("a.txt", b"a"), ("in/b.txt", b"b")]);
    symlink(dir.path(), dir.path().join("in/loop")).unwrap();
    symlink("c.txt", dir.path().join("c.txt")).unwrap();
    symlink("absent", dir.path().join("d.txt")).unwrap();
    symlink("in/b.txt", dir.path().join("again.txt")).unwrap();
    let records = read(&[dir.path().to_path_buf()]);
    assert_eq!(ids(&records), ["a.txt", "again.txt"]);
    let files: Vec<&Path> = rejects(&records).iter().map(|r| r.file.as_path()).collect();
    assert_eq!(files, [dir.path().join("c.txt"), dir.path().join("d.txt")]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_refused_where_it_was_named_and_rejected_in_a_folder() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("a.txt", b"a"), ("b.txt", b"b")]);
    let secret = dir.path().join("a.txt");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&secret).is_ok() {
        return; // whoever runs this may read everything
    }
    assert!(error(std::slice::from_ref(&secret)).contains("cannot open"));
    let records = read(&[dir.path().to_path_buf()]);
    assert_eq!(ids(&records), ["b.txt"]);
    assert_eq!(rejects(&records)[0].file, secret);
}

#[test]
fn a_text_file_keeps_every_character_but_its_byte_order_mark() {
    for text in ["Satu.\r\n\r\nDua “tiga”.\r\n", "Satu.\n\nDua.", "\u{a0}Кремль\u{2028}ya", " \n", ""] {
        for mark in ["", "\u{feff}"] {
            let Record::Article(article) = one(format!("{mark}{text}").as_bytes(), "a.txt") else { panic!("rejected") };
            assert_eq!(article.text, text);
            assert_eq!((article.title, article.headline), (None, None));
        }
    }
}

#[test]
fn a_damaged_text_file_costs_one_record_and_says_where() {
    let dir = folder(&[
        ("a.txt", "Baik “ya”.\nCafé".as_bytes()),
        ("b.txt", b"Baik \xc3\xa9\xc3\xa9.\nCaf\xe9 ya"),
        ("c.txt", b"Baik\0 n"),
        ("d.txt", b"\xef\xbb\xbfok \xc3\xa9\xc3\xa9\n\xe2\x82"),
        ("e.txt", b"\xff\xfe\0\0A\0\0\0"),
    ]);
    let records = read(&[dir.path().to_path_buf()]);
    assert_eq!(ids(&records), ["a.txt"]);
    let found: Vec<_> = rejects(&records).iter().map(|r| (r.line, r.byte)).collect();
    assert_eq!(found, [(Some(2), Some(14)), (Some(1), Some(4)), (Some(2), Some(11)), (None, None)]);
    let reasons: Vec<_> = rejects(&records).iter().map(|r| r.reason.as_str()).collect();
    assert!(reasons[0].contains("byte 14 (0xe9)") && reasons[0].contains("--encoding"), "{reasons:?}");
    assert!(reasons[1].contains("zero byte") && reasons[3].contains("UTF-32"), "{reasons:?}");
}

#[test]
fn ten_records_of_which_three_are_blank_give_ten_articles_in_order() {
    let bodies = [r#""Satu.""#, r#""""#, r#""Tiga.""#, r#""   ""#, "null", r#""NA""#, r#""7""#, r#""8""#, r#""9""#];
    let mut lines: Vec<String> =
        bodies.iter().enumerate().map(|(i, body)| format!(r#"{{"id":{i},"title":"Judul","text":{body}}}"#)).collect();
    lines.push(r#"{"id":9,"title":"Judul"}"#.into());
    let dir = folder(&[("a.jsonl", lines.join("\n").as_bytes())]);
    let records = read(&[dir.path().join("a.jsonl")]);
    assert_eq!(ids(&records), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let blank: Vec<bool> = articles(&records).iter().map(|a| a.text.trim().is_empty()).collect();
    assert_eq!(blank, [false, true, false, true, true, false, false, false, false, true]);
    assert_eq!(articles(&records)[5].text, "Judul\n\nNA");
    assert_eq!(articles(&records)[4].title.as_deref(), Some("Judul"));
}

#[test]
fn records_without_id_are_numbered_and_blank_lines_shift_nothing() {
    let content = "\u{feff}{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\",\"id\":\"\"}\r\noops\n{\"text\":\"d\"}";
    let dir = folder(&[("in/news.ndjson", content.as_bytes())]);
    let records = read(&[dir.path().join("in")]);
    assert_eq!(ids(&records), ["news.ndjson#1", "news.ndjson#2", "news.ndjson#4"]);
    let reject = rejects(&records)[0];
    assert_eq!((reject.line, reject.byte), (Some(5), Some(content.find("oops").unwrap() as u64)));
    assert!(reject.reason.contains("invalid JSON"), "{}", reject.reason);
}

#[test]
fn a_bad_line_costs_one_record() {
    let lines: [&[u8]; 8] = [
        b"{\"id\":\"a\",\"text\":\"baik\"}",
        b"{\"id\":\"b\",\"text\":\"Caf\xc3\xa9 \xc3\xa9 \xe9\"}",
        b"{\"id\":\"c\",\"text\":7}",
        b"[\"d\"]",
        b"{\"id\":\"e\",\"text\":\"tak selesai",
        b"{\"id\":\"a\",\"text\":\"lagi\"}",
        b"{\"id\":{},\"text\":\"f\"}",
        b"{\"id\":\"z\",\"text\":\"baik\"}",
    ];
    let dir = folder(&[("a.jsonl", &lines.join(&b'\n'))]);
    let records = read(&[dir.path().join("a.jsonl")]);
    assert_eq!(ids(&records), ["a", "z"]);
    let rejects = rejects(&records);
    assert_eq!(rejects.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7].map(Some));
    for (reject, part) in rejects.iter().zip(["0xe9", "\"text\"", "object", "invalid JSON", "same id, \"a\"", "\"id\""])
    {
        assert!(reject.reason.contains(part), "{} lacks {part}", reject.reason);
    }
    assert_eq!(
        rejects.iter().map(|r| r.id.as_deref()).collect::<Vec<_>>(),
        [None, Some("c"), None, None, Some("a"), None]
    );
}

#[test]
fn ids_that_meet_again_carry_their_file() {
    let record = b"{\"id\":1,\"text\":\"a\"}" as &[u8];
    let dir = folder(&[
        ("x/n.jsonl", record),
        ("y/n.jsonl", record),
        ("y/m.jsonl", record),
        ("x/a.txt", b""),
        ("y/a.txt", b""),
    ]);
    let records = read(&[dir.path().join("x"), dir.path().join("y")]);
    let y = dir.path().join("y").to_string_lossy().replace('\\', "/");
    assert_eq!(ids(&records), ["a.txt", "1", &format!("{y}/a.txt"), "m.jsonl:1", "n.jsonl:1"]);
}

#[test]
fn a_record_is_title_blank_line_body_without_a_repeat() {
    let line = r#"{"id":"a","title":"Perundingan di Veldar","text":"PERUNDINGAN DI VELDAR\r\n\r\nMereka bertemu."}"#;
    let Record::Article(article) = one(line.as_bytes(), "a.jsonl") else { panic!("rejected") };
    assert_eq!(article.text, "Perundingan di Veldar\n\nMereka bertemu.");
    assert_eq!(&article.text[article.headline.unwrap()], "Perundingan di Veldar");
}

#[test]
fn reading_tells_how_far_it_is() {
    let dir = folder(&[("a.jsonl", b"{}\n{}\n"), ("b.txt", b"1234")]);
    let mut reader = open(&[dir.path().to_path_buf()]).unwrap();
    assert_eq!((reader.total_bytes(), reader.bytes_read()), (10, 0));
    assert!(reader.next().is_some());
    assert_eq!(reader.bytes_read(), 3);
    assert_eq!(reader.by_ref().count(), 2);
    assert_eq!(reader.bytes_read(), 10);
}

#[test]
fn a_pattern_stands_for_the_files_it_fits_in_their_order() {
    let dir = folder(&[("b.txt", b"b"), ("a.txt", b"a"), ("c.jsonl", b"{}"), (".d.txt", b"d"), ("[x].txt", b"x")]);
    assert_eq!(ids(&read(&[dir.path().join("*.txt")])), ["[x].txt", "a.txt", "b.txt"]);
    assert_eq!(ids(&read(&[dir.path().join("[x].txt")])), ["[x].txt"], "a file of that very name comes first");
    assert_eq!(ids(&read(&[dir.path().join("?.txt"), dir.path().join("*.txt")])), ["a.txt", "b.txt", "[x].txt"]);
}
