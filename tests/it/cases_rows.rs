//! Cases of rows and files: empty cells, blank rows, encodings, byte order marks, line ends.

use crate::article_formats::{arrow_file, arrow_stream, batch, parquet};
use crate::cases_support::{Desk, Rows, Run, column, record};
use encoding_rs::Encoding;
use parquet::basic::Compression;
use std::collections::BTreeMap;

const GOOD: &str = "Tarvania menolak usul itu.";
/// The cells of an article that a score would fill.
const SCORES: [&str; 9] = [
    "stance_mean",
    "stance_low",
    "stance_high",
    "tone_mean",
    "tone_low",
    "tone_high",
    "share_escalation",
    "share_deescalation",
    "share_neutral",
];

fn without_id(rows: Rows) -> Rows {
    let cut = |mut row: BTreeMap<String, String>| {
        row.remove("article_id");
        row
    };
    rows.into_iter().map(cut).collect()
}

#[test]
fn an_empty_cell_neither_ends_the_run_nor_gets_a_score_in_any_format() {
    let desk = Desk::new();
    let objects = |parts: &[Option<&str>]| -> Vec<String> {
        let object = |(i, text): (usize, Option<&str>)| serde_json::json!({"id": i, "isi": text}).to_string();
        parts.iter().copied().enumerate().map(object).collect()
    };
    let cells = [Some(GOOD), Some(""), Some("   "), None, Some(GOOD), Some("\n"), Some(GOOD)];
    let empty = [false, true, true, true, false, true, false];
    let batches: Vec<_> = (0..).zip(cells).map(|(id, text)| batch(id, "", text)).collect();
    let lines = objects(&cells);
    let quoted = |delimiter: char| {
        let row = |(i, cell): (usize, Option<&str>)| match cell {
            Some(text) => format!("{i}{delimiter}\"{text}\"\n"),
            None => format!("{i}\n"),
        };
        format!("id{delimiter}isi\n{}", cells.iter().copied().enumerate().map(row).collect::<String>())
    };
    for (name, content) in [
        ("a.csv", quoted(',').into_bytes()),
        ("b.csv", quoted(';').into_bytes()),
        ("a.tsv", quoted('\t').into_bytes()),
        ("a.jsonl", lines.join("\n").into_bytes()),
        ("a.json", format!("[{}]", lines.join(",")).into_bytes()),
        ("a.parquet", parquet(&batches, Compression::SNAPPY)),
        ("a.arrow", arrow_file(&batches)),
        ("a.feather", arrow_stream(&batches)),
    ] {
        let run = desk.scored(&desk.put(name, content), &[]);
        let rows = run.articles();
        assert_eq!(column(&rows, "article_id"), ["0", "1", "2", "3", "4", "5", "6"], "{name}");
        for (row, empty) in rows.iter().zip(empty) {
            assert_eq!(row["status"] == "empty", empty, "{name}: {row:?}");
            assert!(SCORES[..1].iter().all(|cell| row[*cell].is_empty() == empty), "{name}: {row:?}");
            assert!(!empty || SCORES.iter().all(|cell| row[*cell].is_empty()), "{name}: {row:?}");
        }
        assert_eq!(column(&run.sentences(), "article_id"), ["0", "4", "6"], "{name}: no sentence of an empty cell");
    }
}

#[test]
fn the_words_for_a_missing_value_are_texts_unless_the_person_says_so() {
    let desk = Desk::new();
    let words = ["NA", "N/A", "null", "NaN", "None", "-"];
    let table = words.join("\n");
    let input = desk.put("a.csv", format!("teks\n{table}\n{GOOD}\n"));
    let status = |args: &[&str]| column(&desk.scored(&input, args).articles(), "status");
    assert!(status(&[]).iter().all(|status| status != "empty"));
    let said = ["empty", "empty", "empty", "empty", "empty", "empty", "ok"];
    assert_eq!(status(&["--na", "NA,N/A,null,NaN,None,-"]), said);
    assert_eq!(status(&["--na", "NA"]).iter().filter(|status| *status == "empty").count(), 1);
}

#[test]
fn blank_rows_do_not_vanish_so_that_results_line_up() {
    let desk = Desk::new();
    let texts: Vec<String> =
        (0..10).map(|i| if [2, 5, 6].contains(&i) { String::new() } else { format!("Pasal {i} dibahas.") }).collect();
    let blank = |i: usize| [2, 5, 6].contains(&i);
    let csv = |row: &dyn Fn(usize) -> String| (0..10).map(row).collect::<String>();
    for (name, content) in [
        ("satu.csv", format!("teks\n{}", csv(&|i| format!("{}\n", texts[i])))),
        ("satu-crlf.csv", format!("teks\r\n{}", csv(&|i| format!("{}\r\n", texts[i])))),
        (
            "dua.csv",
            format!("id,teks\n{}", csv(&|i| if blank(i) { "\n".into() } else { format!("{i},{}\n", texts[i]) })),
        ),
        (
            "koma.csv",
            format!("id,teks\n{}", csv(&|i| if blank(i) { ",\n".into() } else { format!("{i},{}\n", texts[i]) })),
        ),
        ("a.jsonl", csv(&|i| serde_json::json!({"text": texts[i]}).to_string() + "\n")),
        (
            "null.jsonl",
            csv(&|i| if blank(i) { "{}\n".into() } else { serde_json::json!({"text": texts[i]}).to_string() + "\n" }),
        ),
    ] {
        let rows = desk.scored(&desk.put(name, content), &[]).articles();
        assert_eq!(rows.len(), 10, "{name}");
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(row["status"] == "empty", blank(i), "{name}, row {i}");
            let id = if ["dua.csv", "koma.csv"].contains(&name) && !blank(i) {
                i.to_string()
            } else {
                format!("{name}#{}", i + 1)
            };
            assert_eq!(row["article_id"], id, "{name}, row {i}");
        }
    }
}

#[test]
fn an_encoding_is_read_right_by_its_name_and_never_guessed_into_replacement_characters() {
    let desk = Desk::new();
    let latin = "“Kami kecewa,” kata pemilik Café Ombak\u{a0}– di Señora.";
    let cases = [
        ("cp1252", latin),
        ("windows-1252", latin),
        ("utf-16le", latin),
        ("utf-16be", latin),
        ("windows-1251", "«Мы разочарованы», – сказал посол Вельдара."),
        ("koi8-r", "Посол Вельдара сказал, что переговоры завершены."),
        ("gb18030", "大使说，会谈没有结果。"),
        ("shift_jis", "大使は会談が終わったと述べた。"),
        ("windows-1256", "قال السفير إن المحادثات انتهت."),
    ];
    for (name, text) in cases {
        let table = format!("id,teks\n1,\"{text}\"\n2,\"{text}\"\n");
        let encoded = match name {
            "utf-16le" => table.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => table.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => {
                let encoding = Encoding::for_label(name.as_bytes()).or(Encoding::for_label(b"windows-1252")).unwrap();
                let (bytes, _, lost) = encoding.encode(&table);
                assert!(!lost, "{name} has no {text}");
                bytes.into_owned()
            }
        };
        let plain = desk.scored(&desk.put("a.csv", &table), &[]);
        let want = (plain.sentences(), plain.articles());
        let input = desk.put("a.csv", &encoded);
        let run = desk.scored(&input, &["--encoding", name]);
        assert_eq!((run.sentences(), run.articles()), want, "{name}");
        for entry in std::fs::read_dir(&run.out).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!String::from_utf8(bytes).unwrap().contains('\u{fffd}'), "{name}");
        }
        // Told to be UTF-8, it is refused at its line and byte, not mended
        let run = desk.run(&input, &["--encoding", "utf-8"]);
        let places = |run: &Run| {
            run.rejects().iter().all(|r| r["byte"].is_u64() && r["reason"].as_str().unwrap().contains("UTF-8"))
        };
        assert!(run.code == Some(1) || run.code == Some(3) && places(&run), "{name}: {}", run.said);
    }
}

#[test]
fn a_byte_order_mark_goes_in_and_out_only_where_it_is_asked_for() {
    let desk = Desk::new();
    let table = format!("id,teks\nr7,\"{GOOD}\"\n");
    let marked = |text: &str| format!("\u{feff}{text}");
    let utf16: Vec<u8> = marked(&table).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, content, id) in [
        ("a.csv", marked(&table).into_bytes(), "r7"),
        ("b.csv", marked(&table.replace("id,", "\"id\",")).into_bytes(), "r7"),
        ("c.tsv", marked(&table.replace(',', "\t")).into_bytes(), "r7"),
        ("d.csv", utf16, "r7"),
        ("e.jsonl", marked(&record("r7", GOOD)).into_bytes(), "r7"),
        ("f.json", marked(&format!("[{}]", record("r7", GOOD))).into_bytes(), "r7"),
        ("g.txt", marked(GOOD).into_bytes(), "g.txt"),
        ("h.md", marked(GOOD).into_bytes(), "h.md"),
        ("i.html", marked(&format!("<p>{GOOD}</p>")).into_bytes(), "i.html"),
    ] {
        let run = desk.scored(&desk.put(name, content), &[]);
        assert_eq!(column(&run.articles(), "article_id"), [id], "{name}");
        let sentences = run.sentences();
        assert_eq!(
            (column(&sentences, "text"), column(&sentences, "start")),
            (vec![GOOD.into()], vec!["0".into()]),
            "{name}"
        );
    }
    let input = desk.put("a.csv", marked(&table));
    let files = |args: &[&str]| -> BTreeMap<String, Vec<u8>> {
        let out = desk.scored(&input, args).out;
        let files = std::fs::read_dir(out).unwrap().map(|e| e.unwrap());
        files.map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap())).collect()
    };
    let (plain, with) = (files(&[]), files(&["--bom"]));
    for (name, bytes) in
        plain.iter().filter(|(name, _)| std::path::Path::new(name).extension().is_some_and(|e| e == "csv"))
    {
        assert!(!bytes.starts_with(b"\xef\xbb\xbf"), "{name}");
        assert_eq!(with[name].strip_prefix(b"\xef\xbb\xbf".as_slice()), Some(bytes.as_slice()), "{name}");
    }
}

#[test]
fn line_ends_of_windows_shift_no_offset_and_leave_no_carriage_return() {
    let desk = Desk::new();
    let article = "Lembah Utara Menolak Usul\n\n“Kami kecewa,” kata Jalu Prana.\nTarvania menutup pos jaga.\n\n日本側 🙂 menunggu.\n";
    let quote = |text: &str| text.replace('"', "\"\"");
    let mut seen: Vec<(String, Rows)> = Vec::new();
    for (end, ending) in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")] {
        let text = article.replace('\n', ending);
        let files = [
            (format!("{end}.txt"), text.clone()),
            (
                format!("{end}.csv"),
                format!("id,teks{ending}1,\"{}\"{ending}2,\"{}\"{ending}", quote(&text), quote(&text)),
            ),
            (format!("{end}.jsonl"), record("1", &text)),
        ];
        for (name, content) in files {
            let run = desk.scored(&desk.put(&name, &content), &["--save-text", "--keep", "teks"]);
            let saved = std::fs::read_to_string(run.out.join("articles_text.jsonl")).unwrap();
            let saved: serde_json::Value = serde_json::from_str(saved.lines().next().unwrap()).unwrap();
            assert_eq!(saved["text"], text.as_str(), "{name}: the original is kept");
            let first = run.articles()[0]["article_id"].clone();
            let rows: Rows = run.sentences().into_iter().filter(|row| row["article_id"] == first).collect();
            let chars: Vec<char> = text.chars().collect();
            for row in &rows {
                let at = |name: &str| row[name].parse::<usize>().unwrap();
                let slice: String = chars[at("start")..at("end")].iter().collect();
                assert_eq!(slice.split_whitespace().collect::<Vec<_>>().join(" "), row["text"], "{name}");
            }
            for entry in std::fs::read_dir(&run.out).unwrap().map(|e| e.unwrap().path()) {
                let bytes = std::fs::read(&entry).unwrap();
                assert!(!bytes.contains(&b'\r'), "{}", entry.display());
            }
            // Places differ by the carriage returns; what was found does not
            let cut = |mut row: BTreeMap<String, String>| {
                row.remove("start");
                row.remove("end");
                row
            };
            seen.push((name, without_id(rows).into_iter().map(cut).collect()));
        }
    }
    for kind in [".txt", ".csv", ".jsonl"] {
        let mut same = seen.iter().filter(|(name, _)| name.ends_with(kind));
        let (first, want) = same.next().unwrap();
        assert!(want.len() > 3, "{want:?}");
        assert!(same.clone().count() == 2 && same.all(|(_, rows)| rows == want), "{first} and others of {kind}");
    }
}
