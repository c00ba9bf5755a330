//! The readers on anything: no panic, every record counted, the same again.
//!
//! 256 cases a property, or as many as `PROPTEST_CASES` says.

use crate::article_formats::{arrow_file, arrow_stream, batch, parquet};
use crate::article_support::file;
use nuansa::article::{Article, ReadOptions, Record, open};
use parquet::basic::Compression;
use proptest::prelude::*;
use std::fmt::Write as _;

const NAMES: [&str; 9] = ["a.txt", "a.md", "a.html", "a.jsonl", "a.json", "a.csv", "a.tsv", "a.parquet", "a.arrow"];

fn read(name: &str, bytes: &[u8]) -> Option<Vec<Record>> {
    let (_dir, path) = file(name, bytes);
    let options = ReadOptions { max_record_bytes: 1 << 12, keep: vec!["x".into()], ..ReadOptions::default() };
    let once = || open(std::slice::from_ref(&path), &options).ok().map(|r| r.map(Result::unwrap).collect::<Vec<_>>());
    let (first, second) = (once(), once());
    assert_eq!(first, second, "the same file gives other records");
    first
}

fn sound(article: &Article) {
    assert!(article.text.len() <= (1 << 13) + 2 && !article.text.contains('\0') && !article.id.is_empty());
    assert_eq!(article.kept.len(), 1);
    if let Some(headline) = article.headline.clone() {
        assert!(article.text.get(headline).is_some());
    }
}

/// Pieces of which files of every format are made, and bytes that belong into none.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\"\"",
        ":",
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\\",
        "\\u0000",
        "\\ud800",
        "id",
        "text",
        "\"text\"",
        "\"x\"",
        "isi",
        "null",
        "1e999",
        "-0",
        "NaN",
        "<p>",
        "</p>",
        "<",
        ">",
        "&#0;",
        "&lt;",
        "<!--",
        "---\n",
        "# ",
        "**",
        "](",
        "```",
        "sep=;\n",
        "id,text\n",
        "1,a\n",
        "{\"text\":\"a\"}\n",
        "PAR1",
        "ARROW1",
        "\u{feff}",
        "é",
        "“",
        "世界",
        "\u{202e}",
        "a",
        " ",
        "Rapat usai.",
    ];
    prop_oneof![
        8 => prop::sample::select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #[test]
    fn any_bytes_in_any_format_are_articles_and_rejects(
        pieces in prop::collection::vec(piece(), 0..40), name in prop::sample::select(NAMES.to_vec()),
    ) {
        for record in read(name, &pieces.concat()).into_iter().flatten() {
            match record {
                Record::Article(article) => sound(&article),
                Record::Reject(reject) => prop_assert!(!reject.reason.is_empty()),
            }
        }
    }

    #[test]
    fn a_table_by_columns_that_somebody_changed_ends_no_run(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()), which in 0_usize..3,
    ) {
        let batches: Vec<_> = (0..3).map(|id| batch(id, "Judul", Some("Rapat usai."))).collect();
        let mut bytes = match which {
            0 => parquet(&batches, Compression::SNAPPY),
            1 => arrow_file(&batches),
            _ => arrow_stream(&batches),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] ^= byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        for record in read(if which == 0 { "a.parquet" } else { "a.arrow" }, &bytes).into_iter().flatten() {
            if let Record::Article(article) = record {
                sound(&article);
            }
        }
    }

    #[test]
    fn what_was_written_as_csv_is_read_again(
        rows in prop::collection::vec(("[a-z0-9]{1,4}", "[a-z\",;\n\r é“]{0,20}"), 1..20),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']), crlf in any::<bool>(),
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let mut table = format!("id{delimiter}text{end}");
        for (i, (id, text)) in rows.iter().enumerate() {
            write!(table, "{id}-{i}{delimiter}{}{end}", quote(text)).unwrap();
        }
        let records = read("a.csv", table.as_bytes()).unwrap();
        prop_assert_eq!(records.len(), rows.len());
        for (record, (_, text)) in records.iter().zip(&rows) {
            let Record::Article(article) = record else { panic!("{record:?}") };
            prop_assert_eq!(&article.text, text);
        }
    }

    #[test]
    fn what_was_written_as_json_is_read_again(texts in prop::collection::vec("\\PC{0,20}", 1..20), array in any::<bool>()) {
        let objects: Vec<String> = texts.iter().map(|text| serde_json::json!({"text": text}).to_string()).collect();
        let (name, content) =
            if array { ("a.json", format!("[{}]", objects.join(",\n"))) } else { ("a.jsonl", objects.join("\n")) };
        let records = read(name, content.as_bytes()).unwrap();
        prop_assert_eq!(records.len(), texts.len());
        for (record, text) in records.iter().zip(&texts) {
            let Record::Article(article) = record else { panic!("{record:?}") };
            prop_assert_eq!(&article.text, text);
        }
    }

    #[test]
    fn text_of_any_encoding_becomes_the_same_text(
        text in "[ -~éèüñçà“”–]{1,200}", name in prop::sample::select(vec!["windows-1252", "utf-8", "utf-16le", "utf-16be", "gb18030"]),
    ) {
        let encoding = nuansa::article::encoding_by_name(name).unwrap();
        let bytes: Vec<u8> = match name {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => encoding.encode(&text).0.into_owned(),
        };
        let (_dir, path) = file("a.txt", &bytes);
        let options = ReadOptions { encoding: Some(encoding), ..ReadOptions::default() };
        let Some(Ok(Record::Article(article))) = open(&[path], &options).unwrap().next() else { panic!("rejected") };
        prop_assert_eq!(article.text, text);
    }
}
