//! Readers of tables: columns, blank cells, encodings, line ends, dates.

use crate::article_support::{article, articles, bodies, file, files, ids, options, read_with, rejects};
use nuansa::article::{DateOrder, Format, ReadOptions, Record, encoding_by_name, open};

/// A table with Indonesian names, five articles, three of them blank.
const BERITA: &str = "No;Judul;Tanggal;Sumber;Isi\n\
    a;Rapat gagal;27/11/2026;Harian Veldar;\"Arunika menolak; Bantara diam.\"\n\
    b;;1 Mei 2031;;\"\"\n\
    c;Judul;;;\"   \"\n\
    d;Judul;kemarin;;NA\n\
    e\n";

#[test]
fn columns_are_known_by_their_usual_names_and_the_guess_is_told() {
    let mut options = ReadOptions::default();
    options.columns.id = Some("No".into());
    let (dir, path) = file("berita.csv", BERITA.as_bytes());
    let mut reader = open(&[path], &options).unwrap();
    let notes = reader.take_notes();
    assert_eq!(notes.len(), 1, "{notes:?}");
    for part in ["berita.csv", "title = \"Judul\"", "date = \"Tanggal\"", "source = \"Sumber\"", "text = \"Isi\""] {
        assert!(notes[0].contains(part), "{notes:?}");
    }
    let records: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(ids(&records), ["a", "b", "c", "d", "e"]);
    let first = &articles(&records)[0];
    assert_eq!(first.text, "Rapat gagal\n\nArunika menolak; Bantara diam.");
    assert_eq!((first.date.as_deref(), first.source.as_deref()), (Some("2026-11-27"), Some("Harian Veldar")));
    drop(dir);
}

#[test]
fn empty_cells_are_articles_without_text_and_the_word_na_is_text() {
    let mut options = ReadOptions::default();
    options.columns.id = Some("No".into());
    let blank = |options: &ReadOptions| -> Vec<bool> {
        let records = read_with("berita.csv", BERITA.as_bytes(), options);
        articles(&records).iter().map(|a| a.text.trim().is_empty()).collect()
    };
    assert_eq!(blank(&options), [false, true, true, false, true]);
    options.na = vec!["NA".into()];
    assert_eq!(blank(&options), [false, true, true, true, true]);
    let json = r#"[{"id":"a","text":null},{"id":"b"},{"id":"c","text":"NA"}]"#;
    options.columns.id = None;
    assert_eq!(bodies(&read_with("a.json", json.as_bytes(), &options)), ["", "", ""]);
}

#[test]
fn blank_rows_keep_their_place() {
    let rows = ["text", "satu", "", "tiga", "", "", "enam", "tujuh", "delapan", "sembilan", "sepuluh", ""].join("\n");
    let records = read_with("a.csv", rows.as_bytes(), &ReadOptions::default());
    assert_eq!(ids(&records).len(), 10);
    assert_eq!(bodies(&records)[..4], ["satu", "", "tiga", ""]);
    // In a table of several columns a blank line is a row between others, and nothing at the end
    let records = read_with("a.csv", b"id,text\r\n1,a\r\n\r\n3,c\r\n\r\n\r\n", &ReadOptions::default());
    assert_eq!(ids(&records), ["1", "a.csv#2", "3"]);
    assert_eq!(bodies(&records), ["a", "", "c"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_column() {
    for content in ["\u{feff}id,text\n7,a\n", "\u{feff}\"id\",text\r\n7,a\r\n"] {
        assert_eq!(ids(&read_with("a.csv", content.as_bytes(), &ReadOptions::default())), ["7"]);
    }
}

#[test]
fn windows_1252_is_read_right_or_refused_with_line_and_byte() {
    let bytes = b"id,text\n1,\x93Baik\x94 kata Caf\xe9 Veldar.\n2,lagi\n";
    for encoding in [None, encoding_by_name("cp1252")] {
        let options = ReadOptions { encoding, ..ReadOptions::default() };
        let (_dir, path) = file("a.csv", bytes);
        let mut reader = open(&[path], &options).unwrap();
        let told = reader.take_notes().join("\n");
        assert_eq!(told.contains("windows-1252"), encoding.is_none(), "{told}");
        let records: Vec<_> = reader.map(Result::unwrap).collect();
        assert_eq!(bodies(&records), ["“Baik” kata Café Veldar.", "lagi"]);
    }
    // Where the person says UTF-8, the row is refused and the next one read
    let options = ReadOptions { encoding: encoding_by_name("utf-8"), ..ReadOptions::default() };
    let records = read_with("a.csv", bytes, &options);
    assert_eq!(ids(&records), ["2"]);
    let reject = rejects(&records)[0];
    assert_eq!((reject.line, reject.byte), (Some(2), Some(10)));
    assert!(reject.reason.contains("0x93"), "{}", reject.reason);
}

#[test]
fn utf16_with_and_without_mark_is_read() {
    let text = "id\ttext\r\n1\t“Baik,” kata Raka.\r\n2\tCafé\r\n";
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [le, be] {
        let records = read_with("a.tsv", &bytes, &ReadOptions::default());
        assert_eq!(bodies(&records), ["“Baik,” kata Raka.", "Café"]);
    }
    let json: Vec<u8> = "\u{feff}{\"text\":\"a\"}\n{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(bodies(&read_with("a.jsonl", &json, &ReadOptions::default())), ["a", ""]);
}

#[test]
fn line_breaks_in_quotes_stay_and_line_ends_of_every_kind_part_rows() {
    let rows = ["id,text", "1,\"satu\r\ndua\n\"\"tiga\"\"\"", "2,empat"];
    for end in ["\n", "\r\n", "\r"] {
        let records = read_with("a.csv", rows.join(end).as_bytes(), &ReadOptions::default());
        assert_eq!(bodies(&records), ["satu\r\ndua\n\"tiga\"", "empat"], "{end:?}");
    }
}

#[test]
fn a_bad_row_costs_one_record() {
    let content = "id,text\n1,a\n2,b,c\n3,d,,\n1,e\n4,\"f\n5,g\n";
    let records = read_with("a.csv", content.as_bytes(), &ReadOptions::default());
    assert_eq!(ids(&records), ["1", "3", "5"]);
    let found: Vec<_> = rejects(&records).iter().map(|r| (r.line, r.byte)).collect();
    assert_eq!(found, [(Some(3), Some(16)), (Some(5), Some(24)), (Some(6), Some(30))]);
    for (reject, part) in rejects(&records).iter().zip(["3 cells where the header has 2", "same id", "not closed"]) {
        assert!(reject.reason.contains(part), "{}", reject.reason);
    }
}

#[test]
fn a_stray_mark_costs_one_record_and_the_rows_it_swallowed_are_read() {
    let rest = "9,Sembilan\n";
    for (rows, read, opened, parts) in [
        // Closed by another stray mark, with text behind it
        (
            "1,\"Satu\n2,Dua\n3,Kata \"tiga\" saja\n4,Empat\n",
            &["2", "3", "4"][..],
            2,
            &["line 2", "line 4", "on at line 3"][..],
        ),
        // Text of many lines in which a mark is not doubled: what follows up to the next row is no row
        (
            "1,\"Satu\nIa berkata \"ya\" lalu\npergi, jauh\",x\n4,Empat\n",
            &["4"],
            2,
            &["line 2", "line 3", "on at line 5"],
        ),
        // Never closed
        ("1,\"Satu\n2,Dua\n", &["2"], 2, &["line 2 is not closed", "on at line 3"]),
        // Rows of many lines of their own come behind
        ("1,\"Satu\n2,Dua \"x\n3,\"Tiga\n\nbaris\"\n", &["2", "3"], 2, &["closes on line 3", "on at line 3"]),
        // Two of them
        ("1,\"Satu\n2,x\"y\n3,\"Tiga\n4,x\"y\n", &["2", "4"], 2, &["on at line 3"]),
    ] {
        for end in ["\n", "\r\n"] {
            let content = format!("id,text\n{rows}{rest}").replace('\n', end);
            let records = read_with("a.csv", content.as_bytes(), &ReadOptions::default());
            assert_eq!(ids(&records), [read, &["9"]].concat(), "{content:?}");
            let rejects = rejects(&records);
            assert_eq!(rejects.len() + articles(&records).len(), records.len());
            assert_eq!(rejects[0].line, Some(opened), "{content:?}");
            assert!(content[rejects[0].byte.unwrap() as usize..].starts_with("\"Satu"), "{content:?}");
            for part in parts {
                assert!(rejects[0].reason.contains(part), "{part}: {}", rejects[0].reason);
            }
        }
    }
    // Behind a bad row the bytes of later rejects are those of the file
    let content = "id,text\n1,\"Satu\n2,Dua\n3,x\"y\n4,a,b\n";
    let records = read_with("a.csv", content.as_bytes(), &ReadOptions::default());
    let last = rejects(&records)[1];
    assert_eq!((last.line, last.byte), (Some(5), Some(content.len() as u64 - 2)));
    // A table of one column cannot tell its rows from text; reading goes on behind the broken cell
    let records = read_with("a.csv", b"text\n\"Satu\nDua \"x\" y\nTiga\n", &ReadOptions::default());
    assert_eq!((bodies(&records), rejects(&records).len()), (vec!["Tiga"], 1));
}

#[test]
fn a_cell_that_looks_like_rows_is_told_and_stays_as_it_is() {
    let told = |content: &str| {
        let (_dir, path) = file("a.csv", content.as_bytes());
        let mut reader = open(&[path], &ReadOptions::default()).unwrap();
        let records: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
        let notes = reader.take_notes().into_iter().filter(|note| note.contains("one cell in quotes")).collect();
        (bodies(&records).into_iter().map(str::to_owned).collect::<Vec<_>>(), notes)
    };
    let (bodies, notes): (_, Vec<String>) = told("id,text\n1,\"Satu\n2,Dua\n3,Tiga\"\n4,Empat\n");
    assert_eq!(bodies, ["Satu\n2,Dua\n3,Tiga", "Empat"]);
    assert!(notes.len() == 1 && notes[0].contains("a.csv: lines 2 to 4 are one cell"), "{notes:?}");
    for plain in [
        "id,text\n1,\"Satu, dua\n\nTiga, empat\"\n2,x\n",
        "id,text\n1,\"Satu\nDua, tiga\nEmpat, lima\"\n2,x\n",
        "id,text\n1,\"Satu\r\n2,Dua\r\nTiga\"\n2,x\n",
        // Blanks behind the mark that closes are no text
        "id,text\n1,\"Satu\nDua\"  \n2,x\n",
        // Nor does a mark within one line break anything
        "id,text\n1,\"Satu\" dua\n2,x\n",
    ] {
        let (bodies, notes) = told(plain);
        assert!(bodies.len() == 2 && notes.is_empty(), "{plain:?}: {notes:?}");
    }
    let many = (0..30).map(|i| format!("{i}1,\"a\n{i}2,b\"\n")).collect::<Vec<_>>().concat();
    let (_, notes) = told(&format!("id,text\n{many}"));
    assert!(notes.len() == 10 && notes[9].contains("further ones of this file are not told"), "{notes:?}");
}

#[test]
fn delimiters_are_told_by_the_first_line_or_by_the_person() {
    for (content, delimiter) in [
        ("id|text\n1|a;b", None),
        ("id;text\n1;a;b", None),
        ("sep=;\nid;text\n1;\"a;b\"", None),
        ("id~text\n1~a;b", Some(b'~')),
        ("\"id, nomor\";text\n1;\"a;b\"", None),
    ] {
        let options = ReadOptions { delimiter, ..ReadOptions::default() };
        let records = read_with("a.csv", content.as_bytes(), &options);
        let wanted = usize::from(!content.contains("1;a;b"));
        assert_eq!(articles(&records).len(), wanted, "{content}");
        assert!(bodies(&records).iter().all(|body| *body == "a;b"), "{content}");
    }
}

#[test]
fn a_table_without_the_columns_is_refused_where_it_was_named_and_rejected_in_a_folder() {
    let (dir, path) = file("in/a.csv", b"nama,umur\nRaka,7\n");
    let message = open(std::slice::from_ref(&path), &ReadOptions::default()).unwrap_err().to_string();
    for part in ["a.csv", "hold the text", "\"nama\", \"umur\"", "\nhint: ", "--text-col"] {
        assert!(message.contains(part), "{message}");
    }
    let options = options(|columns| columns.text = Some("isi".into()));
    assert!(open(&[path], &options).unwrap_err().to_string().contains("no column \"isi\""));
    let records: Vec<_> =
        open(&[dir.path().join("in")], &ReadOptions::default()).unwrap().map(Result::unwrap).collect();
    assert!(rejects(&records)[0].reason.contains("hold the text"));
    let (_dir, path) = file("b.csv", b"text,text\na,b\n");
    assert!(open(&[path], &ReadOptions::default()).unwrap_err().to_string().contains("two columns"));
}

#[test]
fn kept_columns_come_with_their_article() {
    let options = ReadOptions { keep: vec!["wilayah".into(), "skor".into()], ..ReadOptions::default() };
    let csv = read_with("a.csv", b"text,wilayah,skor\na,Utara,1.50\nb,,\n", &options);
    let json = br#"{"text":"a","wilayah":"Utara","skor":1.50}
{"text":"b","skor":null}"#;
    for records in [csv, read_with("a.jsonl", json, &options)] {
        let kept: Vec<_> = articles(&records).iter().map(|a| a.kept.clone()).collect();
        let some = |s: &str| Some(s.to_owned()).filter(|s| !s.is_empty());
        assert_eq!(kept[0], [some("Utara"), some("1.50")]);
        assert!(kept[1].iter().all(|cell| cell.as_deref().unwrap_or_default().is_empty()));
    }
    let text = article("a.txt", b"Rapat usai.", &options);
    assert_eq!(text.kept, [None, None]);
    let (_dir, path) = file("b.csv", b"text\na\n");
    let told = open(&[path], &options).unwrap().take_notes().join("\n");
    assert!(told.contains("no column \"wilayah\", \"skor\""), "{told}");
}

#[test]
fn dates_are_iso_where_they_are_certain() {
    let dates = "date,text\n27/11/2026,a\n05/06/2031,b\n\"Jumat, 27 Nov 2026 14:05 WIB\",c\nkemarin,d\n2031-05-01,e\n";
    let read = |date_order| {
        let records = read_with("a.csv", dates.as_bytes(), &ReadOptions { date_order, ..ReadOptions::default() });
        articles(&records).iter().filter_map(|a| a.date.clone()).collect::<Vec<_>>()
    };
    assert_eq!(read(None), ["2026-11-27", "05/06/2031", "2026-11-27T14:05+07:00", "kemarin", "2031-05-01"]);
    assert_eq!(read(Some(DateOrder::DayFirst))[1], "2031-06-05");
}

#[test]
fn json_arrays_objects_and_lines_give_the_same_records() {
    let lines = "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n";
    let array = "[{\"id\":1,\"text\":\"a\"},\n {\"id\":2,\n  \"text\":\"b\"}]";
    let expected = read_with("a.jsonl", lines.as_bytes(), &ReadOptions::default());
    for content in [lines, array, "{\n\"id\":1,\"text\":\"a\"}{\"id\":2,\"text\":\"b\"}"] {
        assert_eq!(read_with("a.json", content.as_bytes(), &ReadOptions::default()), expected, "{content}");
    }
    let records =
        read_with("a.json", b"[{\"text\":\"a\"}, oops, {\"text\":7}, {\"text\":\"d\"}", &ReadOptions::default());
    assert_eq!(ids(&records), ["a.json#1", "a.json#4"]);
    let found: Vec<_> = rejects(&records).iter().map(|r| (r.line, r.byte)).collect();
    assert_eq!(found, [(Some(1), Some(15)), (Some(1), Some(21)), (Some(1), Some(45))]);
}

#[test]
fn a_format_can_be_said_and_is_told_by_content_where_no_name_tells() {
    let table = b"id\ttext\n1\ta\n";
    assert_eq!(ids(&read_with("berita", table, &ReadOptions::default())), ["1"]);
    assert_eq!(ids(&read_with("berita", b"{\"id\":1,\"text\":\"a\"}\n", &ReadOptions::default())), ["1"]);
    assert_eq!(ids(&read_with("berita", b"Rapat usai.", &ReadOptions::default())), ["berita"]);
    let options = ReadOptions { format: Some(Format::Csv), ..ReadOptions::default() };
    assert_eq!(ids(&read_with("berita.txt", table, &options)), ["1"]);
    // What lies in a folder goes by its name
    let dir = files(&[("a.txt", table)]);
    let records: Vec<_> = open(&[dir.path().to_path_buf()], &options).unwrap().map(Result::unwrap).collect();
    assert_eq!(ids(&records), ["a.txt"]);
}
