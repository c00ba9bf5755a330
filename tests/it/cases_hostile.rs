//! Cases of input that means harm, through the program: what it costs is one record, little memory and no file elsewhere.

use crate::article_formats::{arrow_file, arrow_stream, batch, parquet};
use crate::cases_support::{Desk, Run, column, record};
use flate2::write::GzEncoder;
use parquet::basic::Compression;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::collections::BTreeSet;
use std::io::Write as _;

const GOOD: &str = "Tarvania menolak usul itu.";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// Records read are articles and rejects, in every place that says so.
fn accounted(run: &Run, articles: usize, rejects: usize) {
    let code = if rejects == 0 { 0 } else { 3 };
    assert_eq!(run.code, Some(code), "{}", run.said);
    assert_eq!((run.articles().len(), run.rejects().len()), (articles, rejects), "{}", run.said);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(run.out.join("run.json")).unwrap()).unwrap();
    let n = |name: &str| json["rows"][name].as_u64().unwrap() as usize;
    assert_eq!((n("records_read"), n("articles"), n("rejects")), (articles + rejects, articles, rejects));
    assert!(run.rejects().iter().all(|r| !r["reason"].as_str().unwrap().is_empty()));
}

#[test]
fn names_and_ids_cannot_steer_the_terminal() {
    let desk = Desk::new();
    let harmless = |said: &str| {
        let bad =
            |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!said.contains(bad), "{said:?}");
    };
    let lines = record("\u{202e}gnp.a", "") + &record("b\u{1b}[2J", GOOD) + &record("c", "\u{1b}]0;x\u{7}\u{9b}2J.");
    let run = desk.run(&desk.put("a.jsonl", lines), &["-v"]);
    accounted(&run, 2, 1);
    assert!(run.said.contains("\\u{202e}gnp.a: empty"), "{}", run.said);
    harmless(&run.said);
    if cfg!(unix) {
        let odd = desk.put("in/\u{1b}[31m\u{202e}.jsonl", "{\"text\": 7}\n");
        for args in [&[][..], &["--strict"], &["--text-col", "isi"], &["--input-format", "parquet"]] {
            let run = desk.run(&odd, args);
            assert!(run.said.contains("\\u{1b}[31m"), "{}", run.said);
            harmless(&run.said);
        }
    }
}

#[test]
fn ids_are_never_paths() {
    let desk = Desk::new();
    let ids = [
        "../../naik",
        "/etc/hosts",
        "..",
        ".",
        "~/x",
        "a/b/c",
        "C:\\x",
        "nul",
        "run.json",
        "\u{202e}cod.exe",
        "%2e%2e",
    ];
    let lines: String = ids.iter().map(|id| record(id, &format!("{GOOD} Hujan turun."))).collect();
    let input = desk.put("a.jsonl", lines);
    let args = ["--save-text", "--format", "csv,parquet,jsonl"];
    let run = desk.scored(&input, &args);
    assert_eq!(column(&run.articles(), "article_id"), ids);
    let names = |folder: &std::path::Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names(&desk.path("")), BTreeSet::from(["a.jsonl".into(), "out".into()]), "nothing beside the folder");
    let plain = desk.path("plain");
    let written = names(&run.out);
    std::fs::rename(&run.out, &plain).unwrap();
    let one = desk.scored(&desk.put("a.jsonl", record("a", GOOD)), &args);
    assert_eq!(names(&one.out), written, "the files are those of any run");
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_links_that_loop_neither_block_nor_repeat() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.put("in/a.txt", GOOD);
    desk.put("in/dalam/b.txt", GOOD);
    let folder = desk.path("in");
    assert!(std::process::Command::new("mkfifo").arg(folder.join("pipa.jsonl")).status().unwrap().success());
    symlink(&folder, folder.join("dalam/lingkar")).unwrap();
    symlink("saling-2.txt", folder.join("saling-1.txt")).unwrap();
    symlink("saling-1.txt", folder.join("saling-2.txt")).unwrap();
    symlink("/dev/zero", folder.join("nol.txt")).unwrap();
    symlink(folder.join("a.txt"), folder.join("z.txt")).unwrap();
    let run = desk.run(&folder, &[]);
    accounted(&run, 2, 2);
    assert_eq!(column(&run.articles(), "article_id"), ["a.txt", "dalam/b.txt"]);
    for name in ["pipa.jsonl", "nol.txt", "saling-1.txt"] {
        let run = desk.run(&folder.join(name), &[]);
        assert_eq!(run.code, Some(1), "{}", run.said);
        assert!(run.said.contains(name) && run.said.contains("hint: "), "{}", run.said);
        assert!(!run.out.exists());
    }
}

#[test]
fn what_is_packed_and_damaged_keeps_what_was_read_before() {
    let desk = Desk::new();
    let lines: String =
        (0..5000_usize).map(|i| record(&format!("r{i}"), &format!("Pasal {} dibahas.", i * i))).collect();
    for packed in [gzip(lines.as_bytes()), zstd(lines.as_bytes())] {
        let cut = desk.run(&desk.put("a.jsonl", &packed[..packed.len() * 3 / 4]), &[]);
        let read = cut.articles().len();
        assert!((1..5000).contains(&read), "{read}");
        accounted(&cut, read, 1);
        assert!(cut.rejects()[0]["reason"].as_str().unwrap().contains("cut short or damaged"));
        let behind = desk.run(&desk.put("a.jsonl", [&packed[..], b"sampah di belakang"].concat()), &[]);
        assert_eq!(behind.articles().len(), 5000, "{}", behind.said);
        let mut changed = packed.clone();
        changed[packed.len() / 2] ^= 0x11;
        let run = desk.run(&desk.put("a.jsonl", &changed), &[]);
        assert!(run.code == Some(3) && run.said.contains("damaged"), "{}", run.said);
        let twice =
            desk.scored(&desk.put("a.jsonl", [&packed[..packed.len()], &gzip(b"")].concat()), &["--limit", "3"]);
        assert_eq!(twice.articles().len(), 3);
    }
    for head in
        [&b"\x1f\x8b"[..], b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfd\xff\xff\xff\xff"]
    {
        let run = desk.run(&desk.put("a.txt", head), &[]);
        accounted(&run, 0, 1);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn bombs_and_lines_without_end_cost_no_memory() {
    let desk = Desk::new();
    let mebi = vec![b'x'; 1 << 20];
    // Members one behind the other are one stream: 128 MiB from some hundred kilobytes
    let bombs = [gzip(&mebi).repeat(128), zstd(&mebi).repeat(128)];
    assert!(bombs.iter().all(|bomb| bomb.len() < 2 << 20));
    let small = desk.put("kecil.txt", GOOD);
    let peak = |input: &std::path::Path, args: &[&str]| {
        let _ = std::fs::remove_dir_all(desk.path("out"));
        crate::cases_support::peak_kib(desk.command(input, args))
    };
    let bound = peak(&small, &[]) + 48 * 1024;
    let limit = ["--max-record-bytes", "4M"];
    for bomb in &bombs {
        for name in ["a.txt", "a.md", "a.html", "a.jsonl", "a.json", "a.tsv", "a.parquet"] {
            let input = desk.put(name, bomb);
            let held = peak(&input, &limit);
            assert!(held < bound, "{name}: {held} KiB of {bound}");
            let rejects = std::fs::read_to_string(desk.path("out/rejects.jsonl")).unwrap();
            assert_eq!(rejects.lines().count(), 1, "{name}: {rejects}");
        }
    }
    let endless = mebi.repeat(96);
    for name in ["b.txt", "b.jsonl", "b.json", "b.tsv"] {
        let input = desk.put(name, &endless);
        let held = peak(&input, &limit);
        assert!(held < bound, "{name}: {held} KiB of {bound}");
    }
    let run = desk.pipe(
        &[&endless[..], b"\n", record("z", GOOD).as_bytes()].concat(),
        &["--force", "--input-format", "jsonl", limit[0], limit[1]],
    );
    accounted(&run, 1, 1);
}

#[test]
fn tables_by_columns_with_other_types_or_cut_short_are_rejects() {
    let desk = Desk::new();
    let batches: Vec<_> = (0..20).map(|id| batch(id, "", Some(GOOD))).collect();
    for (name, bytes) in [
        ("a.parquet", parquet(&batches, Compression::SNAPPY)),
        ("a.arrow", arrow_file(&batches)),
        ("a.feather", arrow_stream(&batches)),
    ] {
        accounted(&desk.run(&desk.put(name, &bytes), &[]), 20, 0);
        for column in ["--text-col", "--title-col", "--source-col"] {
            let run = desk.run(&desk.path(name), &[column, "skor"]);
            accounted(&run, 0, 20);
            assert!(
                run.rejects().iter().all(|r| r["reason"].as_str().unwrap().contains("expected a string")),
                "{name}"
            );
        }
        for part in [0, 1, 4, 5, 7] {
            let run = desk.run(&desk.put(name, &bytes[..bytes.len() * part / 8]), &[]);
            assert!(matches!(run.code, Some(0 | 1 | 3)), "{name} cut to {part}/8: {}", run.said);
            assert!(run.code != Some(0) || run.articles().len() < 20 || name != "a.parquet", "{name} cut to {part}/8");
        }
    }
    for (name, content) in
        [("b.parquet", "id,text\n1,a\n"), ("b.arrow", "{\"text\":\"a\"}\n"), ("c.parquet", "PAR1PAR1")]
    {
        accounted(&desk.run(&desk.put(name, content), &[]), 0, 1);
    }
}

#[test]
fn quotation_marks_that_never_close_cost_their_rows_and_say_where_they_opened() {
    let desk = Desk::new();
    for (table, articles, line) in [
        ("id,text\n1,a\n2,\"b\n3,c\n4,d\n", 3, Some(3)),
        ("id,text\n1,a\n\"2,b\n3,c\n", 2, Some(3)),
        ("id,text\n1,\"a\"\n2,\"b\"\"\n3,c\n", 2, Some(3)),
        ("id,text\n1,\"a\n2,b\n3,x\"c\n4,d\n", 3, Some(2)),
        ("id,text\n1,a\"b\"c\n2,d\"\n3,\"\"\"e\"\"\"\n", 3, None),
        ("id,text\r\n1,a\r\n2,\"b\r\n", 1, Some(3)),
        ("id;text\n1;a\n2;\"b;c\n", 1, Some(3)),
        ("id\ttext\n1\ta\n2\t\"b\n", 1, Some(3)),
    ] {
        let run = desk.run(&desk.put("a.csv", table), &[]);
        accounted(&run, articles, usize::from(line.is_some()));
        assert_eq!(run.rejects().first().map(|r| r["line"].as_u64().unwrap()), line, "{table:?}");
    }
    let two = desk.run(&desk.put("a.csv", "id,text\n1,\"a\n2,b\n3,\"\"\"c\n4,d\n"), &[]);
    accounted(&two, 2, 2);
    let header = desk.run(&desk.put("a.csv", "\"id,text\n1,a\n"), &[]);
    assert!(header.code == Some(3) && header.said.contains("no header"), "{}", header.said);
}

#[test]
fn one_word_of_half_a_million_letters_is_scored() {
    let desk = Desk::new();
    let word = "berlayar".repeat(62_500);
    let run = desk.scored(&desk.put("a.jsonl", record("a", &word) + &record("b", GOOD)), &[]);
    assert_eq!(column(&run.articles(), "status"), ["ok", "ok"]);
    assert_eq!(run.sentences()[0]["text"].len(), word.len());
}
