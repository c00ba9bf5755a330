//! Cases of length: more than the model's positions, a message behind the first window, articles and records of any size.

use crate::cases_support::{Desk, Rows, number, record};
use std::collections::BTreeMap;

/// Windows of 510 tokens that overlap by 128.
fn windows(tokens: f64) -> f64 {
    if tokens <= 510.0 { 1.0 } else { ((tokens - 510.0) / 382.0).ceil() + 1.0 }
}

#[test]
fn a_text_repeated_far_beyond_the_models_positions_is_read_in_windows_and_says_so() {
    let desk = Desk::new();
    for (name, text, windowed) in [
        ("words", "armada berlayar menuju selatan ".repeat(600), true),
        ("commas", "maju, mundur, ".repeat(3000), true),
        ("capitals", "ARMADA BERLAYAR ".repeat(800), true),
        ("one word", "berlayar".repeat(4000), true),
        ("one letter", "a".repeat(60_000), false),
        ("digits behind a word", format!("kode {}", "7".repeat(60_000)), false),
        ("hyphens", "armada-".repeat(3000), true),
        ("an open quotation", format!("“{}", "kami menunggu ".repeat(800)), true),
        ("Chinese", "部队向北移动".repeat(900), false),
        ("Arabic", "القوات تتحرك شمالا ".repeat(600), false),
        ("marks on letters", "e\u{301}".repeat(8000), false),
        ("joined signs", "👨\u{200d}👩\u{200d}👧 kata ".repeat(600), false),
        ("no-break spaces", "armada\u{a0}berlayar\u{a0}".repeat(600), true),
    ] {
        let run = desk.scored(&desk.put("a.jsonl", record("a", text.trim())), &[]);
        let rows = run.sentences();
        assert!(!rows.is_empty(), "{name}");
        for row in &rows {
            assert_eq!(row["status"], "ok", "{name}");
            assert_eq!(number(row, "n_windows"), windows(number(row, "n_tokens")), "{name}");
            let sum = ["p_escalation", "p_deescalation", "p_neutral"].map(|p| number(row, p)).iter().sum::<f64>();
            assert!((sum - 1.0).abs() < 2e-6, "{name}: {sum}");
        }
        assert!(!windowed || rows.iter().any(|row| number(row, "n_windows") > 1.0), "{name} was read in one window");
        assert_eq!(number(&run.articles()[0], "n_scored"), rows.len() as f64, "{name}");
    }
}

#[test]
fn a_message_behind_the_first_window_is_heard() {
    let desk = Desk::new();
    let dull = "anggaran daerah dibahas lagi di gedung lama, ".repeat(120);
    let threat = "Bantara mengancam akan menyerang kota itu, ".repeat(12);
    let offer = "kedua negara sepakat membuka kembali perundingan, ".repeat(12);
    let texts = [
        ("threat last", format!("{dull}{threat}")),
        ("offer last", format!("{dull}{offer}")),
        ("threat in the middle", format!("{dull}{threat}{dull}")),
        ("offer in the middle", format!("{dull}{offer}{dull}")),
    ];
    let lines: String = texts.iter().map(|(id, text)| record(id, text.trim_end_matches(", "))).collect();
    let rows = desk.scored(&desk.put("a.jsonl", lines), &[]).sentences();
    assert_eq!(rows.len(), 4, "one sentence each");
    for pair in rows.chunks(2) {
        assert!(pair.iter().all(|row| number(row, "n_windows") > 1.0));
        // The tiny model knows no meaning: what counts is that words behind the first window move the number at all. A
        // text that was cut there would give both rows the same one.
        let differ = (number(&pair[0], "stance_score") - number(&pair[1], "stance_score")).abs();
        assert!(differ > 0.001, "{}: {differ}", pair[0]["article_id"]);
    }
}

#[test]
fn a_long_record_gets_the_same_numbers_alone_and_among_others_in_every_format() {
    let desk = Desk::new();
    let long = format!("{}dan armada itu berbalik pada malam hari.", "anggaran daerah dibahas lagi, ".repeat(150));
    let others = |i: usize| record(&format!("r{i}"), &"Warga menunggu kabar. ".repeat(1 + i % 7));
    let many: String = (0..50).map(|i| if i == 16 { record("panjang", &long) } else { others(i) }).collect();
    let own = |name: &str, content: &str, args: &[&str]| -> Rows {
        let rows = desk.scored(&desk.put(name, content), args).sentences();
        rows.into_iter().filter(|row| row["article_id"] == "panjang").collect()
    };
    let alone = own("a.jsonl", &record("panjang", &long), &[]);
    assert!(alone.len() == 1 && number(&alone[0], "n_windows") > 1.0);
    assert_eq!(own("a.csv", &format!("id,text\npanjang,\"{long}\"\n"), &[]), alone);
    assert_eq!(own("a.json", &format!("[{}]", record("panjang", &long)), &[]), alone);
    for args in [&[][..], &["--batch-tokens", "64"], &["--threads", "1"], &["--threads", "3"]] {
        assert_eq!(own("a.jsonl", &many, args), alone, "{args:?}");
    }
}

#[test]
fn seventy_thousand_characters_are_scored_sentence_by_sentence_and_the_one_limit_is_named() {
    let desk = Desk::new();
    let mut text = String::new();
    let mut count = 0;
    while text.chars().count() < 70_000 {
        count += 1;
        let sentence = format!("Rapat ke-{count} membahas anggaran pelabuhan di Tirtasari. ");
        text += &sentence;
    }
    let input = desk.put("a.jsonl", record("a", &text) + &record("b", "Warga menunggu."));
    let run = desk.scored(&input, &[]);
    assert_eq!(run.sentences().iter().filter(|row| row["article_id"] == "a" && row["status"] == "ok").count(), count);
    let limited = desk.run(&input, &["--max-record-bytes", "64K"]);
    assert_eq!(limited.code, Some(3), "{}", limited.said);
    let reason = limited.rejects()[0]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("65536 bytes") && reason.contains("--max-record-bytes"), "{reason}");
    assert_eq!(limited.sentences().iter().map(|row| row["article_id"].as_str()).collect::<Vec<_>>(), ["b"]);
    let help = crate::support::nuansa().args(["score", "--help"]).output().unwrap();
    assert!(String::from_utf8(help.stdout).unwrap().contains("--max-record-bytes"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_transcript_of_more_than_a_million_characters_costs_little_memory_and_no_other_record() {
    let desk = Desk::new();
    let paragraph =
        "Menteri Arga mengatakan pada Rabu (3/2) bahwa rapat ditunda. “Kami kecewa,” kata Dr. Sekar. Warga pulang.\n\n";
    let text = paragraph.repeat(1_200_000 / paragraph.chars().count() + 1);
    let near = |id: &str| record(id, "Warga menunggu kabar.");
    let small = desk.put("small.jsonl", near("a") + &near("z"));
    let large = desk.put("large.jsonl", near("a") + &record("transkrip", &text) + "{\"id\": \n" + &near("z"));
    let run = desk.run(&large, &[]);
    assert_eq!(run.code, Some(3), "{}", run.said);
    let rows: BTreeMap<String, f64> =
        run.articles().iter().map(|row| (row["article_id"].clone(), number(row, "n_sentences"))).collect();
    assert_eq!(rows.keys().map(String::as_str).collect::<Vec<_>>(), ["a", "transkrip", "z"]);
    assert!(rows["transkrip"] > 30_000.0, "{rows:?}");
    let peak = |input| {
        let _ = std::fs::remove_dir_all(desk.path("out"));
        crate::cases_support::peak_kib(desk.command(input, &[]))
    };
    let (small, large) = (peak(&small), peak(&large));
    // What a run may take besides its model, whatever the text
    assert!(large < small + 150 * 1024, "{large} KiB against {small} KiB");
}
