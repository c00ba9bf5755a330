//! The same articles in every format, packed and not.

use crate::article_support::{article, articles, bodies, file, files, ids, read_with, rejects};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, Int64Array, LargeStringArray, RecordBatch, StringArray,
    StringViewArray, TimestampMillisecondArray,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use nuansa::article::{Article, ReadOptions, open};
use nuansa::text::{Sentence, segment};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write;
use std::sync::Arc;

const TITLE: &str = "Perundingan Arunika dan Bantara Gagal";
const BODY: &str = "Arunika dan Bantara gagal bersepakat dalam perundingan di Veldar, kata juru bicara Ir. H. Raka Wijaya, S.H., \
    Rabu malam. “Kami kecewa,” katanya.\n\n\
    Dr. Arga, yang memimpin delegasi itu, menambahkan bahwa pasukan akan tetap berada di perbatasan sampai ada perintah \
    baru dari ibu kota. Tidak ada korban.\n\n\
    Perundingan berikutnya belum dijadwalkan & kedua pihak saling menyalahkan atas kebuntuan itu.";

fn sentences(article: &Article) -> Vec<(Sentence, String)> {
    let document = segment(&article.text, article.headline.clone());
    document.sentences.into_iter().map(|s| (s.clone(), article.text[s.bytes].to_owned())).collect()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// A table of one article, with a column that is not asked for.
pub fn batch(id: i64, title: &str, text: Option<&str>) -> RecordBatch {
    let columns: [(&str, ArrayRef); 5] = [
        ("id", Arc::new(Int64Array::from(vec![id]))),
        ("judul", Arc::new(StringArray::from(vec![title]))),
        ("isi", Arc::new(StringArray::from(vec![text]))),
        ("tanggal", Arc::new(TimestampMillisecondArray::from(vec![1_935_360_000_000]))),
        ("skor", Arc::new(Int64Array::from(vec![7]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

pub fn parquet(batches: &[RecordBatch], codec: Codec) -> Vec<u8> {
    let properties = WriterProperties::builder().set_compression(codec).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

pub fn arrow_file(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

pub fn arrow_stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn the_same_article_gives_the_same_sentences_in_every_format() {
    let text = format!("{TITLE}\n\n{BODY}\n");
    let quoted = BODY.replace('"', "\"\"");
    let paragraphs = format!("<p>{}</p>", BODY.replace('&', "&amp;").replace("\n\n", "</p>\n<p>"));
    let html = format!(
        "<!DOCTYPE html><html><head><title>{TITLE} - Harian Veldar</title></head><body><nav><a href='/'>Beranda</a></nav>\
         <article><h1>{TITLE}</h1>{paragraphs}</article><footer>Hak cipta</footer></body></html>"
    );
    let object = serde_json::json!({"id": 1, "title": TITLE, "text": BODY}).to_string();
    let batches = [batch(1, TITLE, Some(BODY))];
    let all: [(&str, Vec<u8>); 16] = [
        ("a.txt", text.clone().into_bytes()),
        ("a.md", format!("# {TITLE}\n\n{BODY}\n").into_bytes()),
        ("a.html", html.clone().into_bytes()),
        ("a.csv", format!("id,title,text\n1,\"{TITLE}\",\"{quoted}\"\n").into_bytes()),
        ("a.tsv", format!("judul\tisi\r\n{TITLE}\t\"{quoted}\"\r\n").into_bytes()),
        ("a.jsonl", object.clone().into_bytes()),
        ("a.json", format!("[{object}]").into_bytes()),
        ("a.parquet", parquet(&batches, Codec::SNAPPY)),
        ("b.parquet", parquet(&batches, Codec::ZSTD(ZstdLevel::default()))),
        ("c.parquet", parquet(&batches, Codec::GZIP(GzipLevel::default()))),
        ("a.arrow", arrow_file(&batches)),
        ("a.feather", arrow_stream(&batches)),
        ("b.txt.gz", gzip(text.as_bytes())),
        ("b.html.zst", zstd(html.as_bytes())),
        ("b.jsonl.zst", zstd(object.as_bytes())),
        ("d.parquet.gz", gzip(&parquet(&batches, Codec::UNCOMPRESSED))),
    ];
    let options = ReadOptions::default();
    let expected = sentences(&article("a.txt", text.as_bytes(), &options));
    assert_eq!(expected.len(), 6, "{expected:?}");
    for (name, bytes) in all {
        let read = article(name, &bytes, &options);
        assert_eq!(sentences(&read), expected, "{name}: {:?}", read.text);
    }
}

#[test]
fn line_ends_of_both_kinds_give_the_same_sentences() {
    let text = format!("{TITLE}\n\n{BODY}\n");
    let read = |text: &str| article("a.txt", text.as_bytes(), &ReadOptions::default());
    let (unix, windows) = (read(&text), read(&text.replace('\n', "\r\n")));
    let words = |article: &Article| -> Vec<String> {
        sentences(article).into_iter().map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(words(&unix), words(&windows));
    for (sentence, text) in sentences(&windows) {
        let chars: String = windows.text.chars().skip(sentence.chars.start).take(sentence.chars.len()).collect();
        assert_eq!(chars, text);
    }
}

#[test]
fn rows_of_a_table_by_columns_come_one_by_one_with_their_number() {
    let batches =
        [batch(1, "Satu", Some("a")), batch(2, " ", None), batch(1, "Tiga", Some("c")), batch(4, "", Some("\0"))];
    let options = ReadOptions { keep: vec!["skor".into()], ..ReadOptions::default() };
    for bytes in [parquet(&batches, Codec::SNAPPY), arrow_file(&batches), arrow_stream(&batches)] {
        let name = if bytes.starts_with(b"PAR1") { "a.parquet" } else { "a.arrow" };
        let records = read_with(name, &bytes, &options);
        assert_eq!((ids(&records), bodies(&records)), (vec!["1", "2"], vec!["Satu\n\na", ""]));
        assert_eq!(articles(&records)[0].date.as_deref(), Some("2031-05-01"));
        assert_eq!(articles(&records)[0].kept, [Some("7".to_owned())]);
        let reasons: Vec<&str> = rejects(&records).iter().map(|r| r.reason.as_str()).collect();
        assert!(reasons[0].starts_with("row 3: ") && reasons[0].contains("same id"), "{reasons:?}");
        assert!(reasons[1].starts_with("row 4: ") && reasons[1].contains("NUL"), "{reasons:?}");
    }
}

/// A text that stands in a temporary file until its page is gone.
fn long(word: &str) -> String {
    format!("{word} é usai. ").repeat((5 << 20) / 16)
}

#[test]
fn long_texts_of_a_table_by_columns_stand_between_short_ones_as_they_were_written() {
    let texts =
        [Some("a".to_owned()), Some(long("satu")), None, Some(long("dua")), Some(long("tiga")), Some("e".into())];
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=6));
    let columns: [ArrayRef; 5] = [
        Arc::new(StringArray::from_iter(&texts)),
        Arc::new(LargeStringArray::from_iter(&texts)),
        Arc::new(StringViewArray::from_iter(&texts)),
        Arc::new(BinaryArray::from_iter(&texts)),
        Arc::new(BinaryViewArray::from_iter(&texts)),
    ];
    for column in columns {
        let kind = column.data_type().clone();
        let all = RecordBatch::try_from_iter_with_nullable([("id", ids.clone(), true), ("isi", column, true)]).unwrap();
        // In one batch and page, and in three
        let three = [all.slice(0, 2), all.slice(2, 1), all.slice(3, 3)];
        for batches in [std::slice::from_ref(&all), &three] {
            for (name, bytes) in [
                ("a.parquet", parquet(batches, Codec::SNAPPY)),
                ("a.arrow", arrow_file(batches)),
                ("b.arrow", arrow_stream(batches)),
            ] {
                let records = read_with(name, &bytes, &ReadOptions::default());
                assert_eq!(crate::article_support::ids(&records), ["1", "2", "3", "4", "5", "6"], "{name}, {kind}");
                for (body, text) in bodies(&records).into_iter().zip(&texts) {
                    assert!(body == text.as_deref().unwrap_or_default(), "{name}, {kind}");
                }
            }
        }
    }
}

#[test]
fn rows_behind_a_long_text_keep_their_number() {
    let batches = [batch(1, "Satu", Some(&long("satu"))), batch(2, "Dua", Some("\0")), batch(3, "Tiga", Some("c"))];
    let records = read_with("a.parquet", &parquet(&batches, Codec::SNAPPY), &ReadOptions::default());
    assert_eq!(ids(&records), ["1", "3"]);
    assert!(rejects(&records)[0].reason.starts_with("row 2: "), "{:?}", rejects(&records));
}

#[test]
fn a_damaged_table_by_columns_is_one_reject() {
    let batches: Vec<RecordBatch> = (0..50).map(|id| batch(id, "Judul", Some("Rapat usai."))).collect();
    for bytes in [parquet(&batches, Codec::SNAPPY), arrow_file(&batches), arrow_stream(&batches)] {
        let name = if bytes.starts_with(b"PAR1") { "a.parquet" } else { "a.arrow" };
        for cut in [0, 3, 7, bytes.len() / 2, bytes.len() - 9] {
            let records = read_with(name, &bytes[..cut], &ReadOptions::default());
            assert!(rejects(&records).len() <= 1, "{name} cut at {cut}");
            assert!(articles(&records).len() < 50 || name == "a.arrow", "{name} cut at {cut}");
        }
    }
    let records = read_with("a.parquet", b"id,text\n1,a\n", &ReadOptions::default());
    assert!(rejects(&records)[0].reason.contains("damaged or of another format"), "{records:?}");
}

#[test]
fn what_is_packed_and_cut_short_keeps_the_records_before() {
    let lines: Vec<String> = (0..20_000).map(|i| format!("{{\"id\":{i},\"text\":\"Rapat {i} usai.\"}}\n")).collect();
    let lines = lines.concat();
    for packed in [gzip(lines.as_bytes()), zstd(lines.as_bytes())] {
        let records = read_with("a.jsonl", &packed, &ReadOptions::default());
        assert_eq!(articles(&records).len(), 20_000);
        let records = read_with("a.jsonl", &packed[..packed.len() * 9 / 10], &ReadOptions::default());
        let n = articles(&records).len();
        assert!((1..20_000).contains(&n), "{n}");
        let last = rejects(&records).pop().unwrap();
        assert!(last.reason.contains("cut short or damaged"), "{}", last.reason);
    }
}

#[test]
fn a_page_says_more_than_its_text() {
    let page = "<html lang='id'><head><title>Rapat Usai | Harian Veldar</title>\
        <meta property='og:site_name' content='Harian Veldar'><meta name='author' content='Raka Wijaya'></head><body>\
        <article><h1>Rapat Usai</h1><time>Jumat, 27 Nov 2026 14:05 WIB</time>\
        <p>Arunika dan Bantara mengakhiri rapat di Veldar tanpa hasil, kata juru bicara kementerian.</p></article></body>";
    let options = ReadOptions { keep: vec!["author".into(), "rubrik".into()], ..ReadOptions::default() };
    let read = article("berita/a.html", page.as_bytes(), &options);
    assert_eq!((read.id.as_str(), read.title.as_deref()), ("a.html", Some("Rapat Usai")));
    assert_eq!((read.date.as_deref(), read.source.as_deref()), (Some("2026-11-27T14:05+07:00"), Some("Harian Veldar")));
    assert_eq!(read.kept, [Some("Raka Wijaya".to_owned()), None]);
    let old =
        encoding_rs::WINDOWS_1251.encode("<meta charset=windows-1251><p>Переговоры в Вельдаре завершились.</p>").0;
    assert_eq!(article("a.html", &old, &ReadOptions::default()).text, "Переговоры в Вельдаре завершились.");
}

#[test]
fn a_folder_of_every_format_is_read_in_path_order() {
    let dir = files(&[
        ("a.csv", b"text\nsatu\n"),
        ("b.html", b"<p>dua</p>"),
        ("c.json", b"[{\"text\":\"tiga\"}]"),
        ("d.md", b"# Judul\n\nempat"),
        ("e.txt.gz", &gzip(b"lima")),
    ]);
    let records: Vec<_> =
        open(&[dir.path().to_path_buf()], &ReadOptions::default()).unwrap().map(Result::unwrap).collect();
    assert_eq!(ids(&records), ["a.csv#1", "b.html", "c.json#1", "d.md", "e.txt.gz"]);
    assert_eq!(bodies(&records), ["satu", "dua", "tiga", "Judul\n\nempat", "lima"]);
    let (_dir, path) = file("x", &gzip(b"{\"text\":\"a\"}\n"));
    let mut reader = open(&[path], &ReadOptions::default()).unwrap();
    assert!(reader.next().unwrap().is_ok() && reader.next().is_none());
    assert_eq!(reader.bytes_read(), reader.total_bytes());
}
