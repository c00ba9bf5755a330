//! Readers on input that means harm: each costs one record, a bounded time and no memory to speak of.

use crate::article_support::{articles, bodies, file, ids, read_with, rejects};
use flate2::Compression;
use flate2::write::GzEncoder;
use nuansa::article::{ReadOptions, open};
use std::io::{self, Read, Write};

fn bounded(bytes: usize) -> ReadOptions {
    ReadOptions { max_record_bytes: bytes, ..ReadOptions::default() }
}

#[test]
fn a_decompression_bomb_is_bounded_by_the_bytes_of_a_record() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    io::copy(&mut io::repeat(b'x').take(16 << 20), &mut encoder).unwrap();
    encoder.write_all(b"\n{\"id\":\"z\",\"text\":\"baik\"}\n").unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 1 << 17);
    for name in ["a.txt", "a.html", "a.md", "a.jsonl", "a.json", "a.csv"] {
        let (_dir, path) = file(name, &bomb);
        let records: Vec<_> = open(&[path], &bounded(1 << 16)).unwrap().map(Result::unwrap).collect();
        let reasons: Vec<&str> = rejects(&records).iter().map(|r| r.reason.as_str()).collect();
        assert_eq!(reasons.len(), 1, "{name}: {reasons:?}");
        assert!(reasons[0].contains("longer than 65536 bytes") || name == "a.csv", "{name}: {reasons:?}");
        let read: &[&str] = if name == "a.jsonl" || name == "a.json" { &["z"] } else { &[] };
        assert_eq!(ids(&records), read, "{name}");
    }
    let table = ["id,text\n1,", &"x".repeat(100_000), "\n2,baik\n"].concat();
    let records = read_with("a.csv", table.as_bytes(), &bounded(1 << 16));
    assert_eq!((ids(&records), rejects(&records).len()), (vec!["2"], 1));
    assert!(rejects(&records)[0].reason.contains("--max-record-bytes"));
}

#[test]
fn nesting_of_any_depth_is_a_reject_or_passed_over() {
    for depth in [1_000, 1_000_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let lines =
            format!("{open}\n{{\"x\":{open}{close},\"text\":\"a\"}}\n{{\"text\":{open}{close}}}\n{{\"x\":{open}\n");
        let records = read_with("a.jsonl", lines.as_bytes(), &ReadOptions::default());
        assert_eq!((bodies(&records), rejects(&records).len()), (vec!["a"], 3));
        let array = format!("[{{\"x\":{open}{close},\"text\":\"a\"}}, {open}{close}]");
        let records = read_with("a.json", array.as_bytes(), &ReadOptions::default());
        assert_eq!((bodies(&records), rejects(&records).len()), (vec!["a"], 1));
        let page = format!("{}a", "<div>".repeat(depth));
        let records = read_with("a.html", page.as_bytes(), &ReadOptions::default());
        assert!(rejects(&records)[0].reason.contains("the page has more than"), "{records:?}");
    }
}

#[test]
fn nul_characters_and_invalid_bytes_cost_their_record() {
    let lines = b"{\"text\":\"a\\u0000\"}\n{\"text\":\"\xff\"}\n{\"text\":\"\xed\xa0\x80 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}\n{\"text\":\"d\0\"}\n{\"text\":\"e\"}";
    let records = read_with("a.jsonl", lines, &ReadOptions::default());
    assert_eq!(bodies(&records), ["e"]);
    assert_eq!(rejects(&records).iter().map(|r| r.line).collect::<Vec<_>>(), [1, 2, 3, 4].map(Some));
    let records = read_with("a.csv", "id,text\n1,a\0\n2,é\n\u{1}3,c\n4,d\n".as_bytes(), &ReadOptions::default());
    assert_eq!(ids(&records), ["2", "4"]);
    assert_eq!(rejects(&records).iter().map(|r| r.line).collect::<Vec<_>>(), [2, 4].map(Some));
}

#[test]
fn ids_are_data_and_never_paths() {
    let lines = "{\"id\":\"../../etc/x\",\"text\":\"a\"}\n{\"id\":\"/\",\"text\":\"b\"}\n{\"id\":\"a\\nb\",\"text\":\"c\"}\n\
        {\"id\":\"\\u202egnp.a\",\"text\":\"\\u202eterbalik\\u202c\"}\n";
    let records = read_with("a.jsonl", lines.as_bytes(), &ReadOptions::default());
    assert_eq!(ids(&records), ["../../etc/x", "/", "\u{202e}gnp.a"]);
    // Text keeps its marks of direction, since offsets point into it
    assert_eq!(articles(&records)[2].text, "\u{202e}terbalik\u{202c}");
    assert!(rejects(&records)[0].reason.contains("line break"));
}

#[test]
fn a_header_of_a_million_columns_and_a_quotation_mark_that_never_closes_are_refused() {
    let wide = [",".repeat(1_000_000).as_bytes(), b"\n1\n"].concat();
    let records = read_with("a.csv", &wide, &ReadOptions::default());
    assert!(rejects(&records)[0].reason.contains("16384 columns"), "{records:?}");
    let open = ["id,text\n1,a\n2,\"", &"b\n".repeat(100_000)].concat();
    let records = read_with("a.csv", open.as_bytes(), &bounded(1 << 16));
    assert_eq!((ids(&records), rejects(&records)[0].line), (vec!["1"], Some(3)));
}

#[test]
fn pages_that_never_close_take_no_time() {
    let words = "kata ".repeat(2_000);
    for page in [
        format!("<p>a</p><iframe src=\"url {words}"),
        format!("<p>a</p><!-- {words}"),
        format!("<table>{}", "<tr><td>a".repeat(200)),
        "<a href=".repeat(20_000),
        "&amp".repeat(20_000),
    ] {
        let begun = std::time::Instant::now();
        read_with("a.html", page.as_bytes(), &ReadOptions::default());
        assert!(begun.elapsed().as_secs() < 20, "{}", &page[..20]);
    }
}
