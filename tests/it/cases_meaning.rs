//! Cases of meaning: sentences that tell nothing, links between paragraphs, copies of one text, negation.

use crate::cases_support::{Desk, column, record};
use crate::support::here;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn where_nothing_is_told_cells_stay_blank_and_no_actor_is_invented() {
    let desk = Desk::new();
    let texts = [
        "Foto: istimewa",
        "2-1, 0-0, 3-3",
        "| 1 | 12 | 7 | 34 |\n| 2 | 12 | 6 | 31 |",
        "***",
        "Hujan.",
        "Kemarin sore.",
        "Meja, kursi, lampu.",
        "1. Elang Muda 34\n2. Bintang Laut 31",
        "(bersambung)",
        "🙂🙂🙂",
    ];
    let lines: String = texts.iter().enumerate().map(|(i, text)| record(&i.to_string(), text)).collect();
    let run = desk.scored(&desk.put("a.jsonl", lines), &[]);
    let stances = ["escalation", "deescalation", "neutral"];
    let tones = ["positive", "negative", "neutral"];
    let rows = run.sentences();
    assert_eq!(column(&rows, "article_id").into_iter().collect::<BTreeSet<_>>().len(), texts.len());
    for row in &rows {
        let (stance, tone) = (row["stance"].as_str(), row["tone"].as_str());
        match row["status"].as_str() {
            "ok" => assert!(stances.contains(&stance) && tones.contains(&tone), "{row:?}"),
            "furniture" | "no_words" => {
                let blank = ["stance", "tone", "stance_score", "tone_score", "p_neutral", "p_tone_neutral", "n_tokens"];
                assert!(blank.iter().all(|cell| row[*cell].is_empty()), "{row:?}");
            }
            other => panic!("{other} in {row:?}"),
        }
        assert!(row["source_actor"].is_empty(), "{row:?}");
    }
    for id in ["1", "3", "9"] {
        assert!(
            rows.iter().filter(|r| r["article_id"] == id).all(|r| r["status"] != "ok"),
            "{}",
            texts[id.parse::<usize>().unwrap()]
        );
    }
    assert_eq!(rows.iter().find(|r| r["article_id"] == "0").unwrap()["status"], "furniture");
    for name in ["mentions.csv", "actors.csv", "actor_articles.csv", "dyads.csv"] {
        assert!(run.table(name).is_empty(), "{name}: {:?}", run.table(name));
    }
    let unscored = run.articles().into_iter().find(|row| row["article_id"] == "1").unwrap();
    assert_eq!((unscored["status"].as_str(), unscored["stance_mean"].as_str()), ("no_scored", ""));
}

#[test]
fn a_link_to_another_article_is_furniture_and_leaves_the_means() {
    let desk = Desk::new();
    let (before, after) = ("Arunika mengundang Bantara ke meja perundingan.", "Rapat itu berlangsung dua jam.");
    for link in [
        "Baca juga: Bantara Ancam Serang Ibu Kota",
        "BACA JUGA: Bantara Ancam Serang Ibu Kota",
        "Baca Juga : Bantara Ancam Serang Ibu Kota",
        "Baca juga:\nBantara Ancam Serang Ibu Kota",
        "Simak juga: Bantara Ancam Serang Ibu Kota",
        "Lihat juga: Bantara Ancam Serang Ibu Kota",
        "Read also: Bantara Threatens to Attack the Capital",
        "Читайте также: Бантара угрожает ударом",
    ] {
        let lines = record("tanpa", &format!("{before}\n\n{after}"))
            + &record("dengan", &format!("{before}\n\n{link}\n\n{after}"));
        let run = desk.scored(&desk.put("a.jsonl", lines), &[]);
        let rows = run.articles();
        for cell in ["n_scored", "stance_mean", "tone_mean", "share_escalation"] {
            assert_eq!(rows[0][cell], rows[1][cell], "{cell} with {link:?}");
        }
        let furniture: Vec<_> = run.sentences().into_iter().filter(|row| row["kind"] == "furniture").collect();
        let all = furniture.iter().map(|row| row["text"].as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(all, link.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(furniture.iter().all(|row| row["status"] == "furniture" && row["stance"].is_empty()));
    }
}

#[test]
fn wire_copies_name_the_first_and_can_be_counted_once() {
    let desk = Desk::new();
    let text = "Rusia menolak usul gencatan senjata yang dibahas di Veldar pada hari Senin. Menteri itu mengatakan bahwa \
                syarat yang diajukan belum dapat diterima, dan rapat berikutnya belum dijadwalkan. Warga di kota \
                perbatasan menunggu kabar dengan cemas sejak pagi.";
    let sites = ["Kabar Satu", "Harian Dua", "Suara Tiga", "Berita Empat", "Pos Lima"];
    let line = |(i, site): (usize, &&str)| {
        // As sites do: a place line before, a credit behind
        let text = if i % 2 == 0 { text.to_owned() } else { format!("VELDAR, {site} – {text}") };
        serde_json::json!({"id": site, "source": site, "text": text}).to_string() + "\n"
    };
    let copies: String = sites.iter().enumerate().map(line).collect();
    let other = record("lain", "Panen padi di lembah selatan tahun ini lebih baik daripada tahun lalu, kata petani.");
    let input = desk.put("a.jsonl", copies + &other);
    let n = |args: &[&str]| {
        let run = desk.scored(&input, args);
        let marks: BTreeMap<String, String> =
            run.articles().into_iter().map(|row| (row["article_id"].clone(), row["duplicate_of"].clone())).collect();
        assert!(sites[1..].iter().all(|site| marks[*site] == sites[0]), "{marks:?}");
        assert!(marks[sites[0]].is_empty() && marks["lain"].is_empty(), "{marks:?}");
        let rows = run.table("actors.csv");
        let row = rows.iter().find(|row| row["actor_id"] == "russia" && row["role_group"] == "any").unwrap();
        (row["n_articles"].clone(), row["n"].clone())
    };
    assert_eq!((n(&[]), n(&["--dedup"])), (("5".into(), "5".into()), ("1".into(), "1".into())));
}

/// What the shipped model makes of them is measured by `nuansa check` and stands in training/results; here it is that
/// there is something to measure: sets in which a negation alone changes the label, in every language of the list.
#[test]
fn the_check_list_has_sets_that_a_negation_alone_turns() {
    let mut sets: BTreeMap<String, usize> = BTreeMap::new();
    for entry in std::fs::read_dir(here("training/check")).unwrap().map(|e| e.unwrap().path()) {
        let Some("jsonl") = entry.extension().and_then(|e| e.to_str()) else { continue };
        for line in std::fs::read_to_string(&entry).unwrap().lines() {
            let set: serde_json::Value = serde_json::from_str(line).unwrap();
            if set["phenomenon"] == "negation" && set["kind"] == "changes" {
                let labels = |head: &str| -> BTreeSet<String> {
                    set["sentences"].as_array().unwrap().iter().map(|s| s[head].to_string()).collect()
                };
                assert!(labels("stance").len() > 1 || labels("tone").len() > 1, "{set}");
                *sets.entry(set["lang"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    assert!(sets.len() >= 3 && sets.values().all(|n| *n >= 8), "{sets:?}");
}
