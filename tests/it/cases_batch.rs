//! Cases of batches, order and memory: neighbours that changed scores, rows that moved, memory that grew with the input.
//!
//! That positions are right where batches are packed, XLM-R's among them, is held to a reference in `model`.

use crate::cases_support::{Desk, column, number, record};
use std::fmt::Write as _;

const NUMBERS: [&str; 6] =
    ["p_escalation", "p_deescalation", "p_neutral", "p_positive", "p_negative", "p_tone_neutral"];

#[test]
fn neighbours_of_any_length_leave_a_sentences_numbers_alone() {
    let desk = Desk::new();
    let short = "Tarvania menolak usul itu.";
    let alone = desk.put("alone.jsonl", record("s", short));
    let neighbours = [1, 30, 400, 1200].map(|n| record(&format!("n{n}"), "armada ".repeat(n).trim()));
    let many = desk.put("many.jsonl", neighbours.concat() + &record("s", short) + &record("t", "Hujan turun."));
    for (precision, tolerance) in [("int8", 0.0), ("f32", 1e-5)] {
        let row = |input, args: &[&str]| {
            let rows = desk.scored(input, &[args, &["--precision", precision]].concat()).sentences();
            rows.into_iter().find(|row| row["article_id"] == "s").unwrap()
        };
        let want = row(&alone, &[]);
        for args in [&[][..], &["--batch-tokens", "16"], &["--batch-tokens", "4096"], &["--threads", "3"]] {
            let got = row(&many, args);
            for name in NUMBERS {
                let off = (number(&got, name) - number(&want, name)).abs();
                assert!(off <= tolerance, "{precision}, {name}, {args:?}: off by {off}");
            }
            assert_eq!(
                (&got["stance"], &got["tone"], &got["n_tokens"]),
                (&want["stance"], &want["tone"], &want["n_tokens"])
            );
        }
    }
}

#[test]
fn rows_keep_the_order_and_the_ids_of_the_input_whatever_their_lengths() {
    let desk = Desk::new();
    // Each id says how many words its text has; 7919 is prime to 400, so that all lengths stand there, shuffled
    let lengths: Vec<usize> = (0..400).map(|i| i * 7919 % 400 + 1).collect();
    let lines: String = lengths.iter().map(|n| record(&format!("n{n}"), "kata ".repeat(*n).trim())).collect();
    let input = desk.put("a.jsonl", lines);
    let ids: Vec<String> = lengths.iter().map(|n| format!("n{n}")).collect();
    for args in [&[][..], &["--threads", "3", "--batch-tokens", "64"], &["--threads", "1", "--batch-tokens", "4096"]] {
        let run = desk.scored(&input, args);
        assert_eq!(column(&run.articles(), "article_id"), ids, "{args:?}");
        let sentences = run.sentences();
        assert_eq!(column(&sentences, "article_id"), ids, "{args:?}");
        for (row, n) in sentences.iter().zip(&lengths) {
            assert_eq!(row["text"].split(' ').count(), *n, "{args:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn one_long_sentence_among_many_short_ones_costs_what_both_cost_apart() {
    let desk = Desk::new();
    let short = |n: usize| -> String {
        (0..n).map(|i| record(&format!("s{i}"), &format!("Warga {i} menunggu kabar di kota itu."))).collect()
    };
    let long = record("panjang", "armada berlayar ke utara lagi ".repeat(85).trim());
    let peak = |name: &str, content: String| {
        let input = desk.put(name, content);
        let _ = std::fs::remove_dir_all(desk.path("out"));
        crate::cases_support::peak_kib(desk.command(&input, &[]))
    };
    let (many, one) = (peak("many.jsonl", short(256)), peak("one.jsonl", long.clone()));
    let both = peak("both.jsonl", short(255) + &long);
    assert!(2 * both < 3 * many.max(one), "{both} KiB; {many} for the short ones, {one} for the long one");
}

/// How fast the last rows go is measured by `cargo bench`; here it is that memory does not grow with them.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_where_it_is_over_fifty_thousand_rows() {
    let desk = Desk::new();
    let table = |n: usize| {
        let mut table = "id,tanggal,isi\n".to_owned();
        for i in 0..n {
            let (day, who) = (1 + i % 28, ["Tirta", "Rusia", "Menteri Sura Wijaya"][i % 3]);
            writeln!(table, "b{i},2031-05-{day:02},{who} membahas pasal {i} dengan warga kota {}.", i * 7919 % 90)
                .unwrap();
        }
        table
    };
    let peak = |n: usize| {
        let input = desk.put("a.csv", table(n));
        let _ = std::fs::remove_dir_all(desk.path("out"));
        crate::cases_support::peak_kib(desk.command(&input, &[]))
    };
    let (few, many) = (peak(5_000), peak(50_000));
    // 200 bytes an article, and what an allocator keeps for itself
    let bound = few + 45_000 * 200 / 1024 + 16 * 1024;
    assert!(many < bound, "{many} KiB for 50,000 rows, {few} KiB for 5,000");
    assert_eq!(crate::support::table(&desk.path("out/articles.csv")).len(), 50_000);
}
