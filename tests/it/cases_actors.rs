//! Cases of quotations and actors: nicknames in quotes, aliases that overlap, names that look like inflected words.

use crate::cases_support::{Desk, Rows, column, record};

/// An actor list of states with one name each.
fn list(names: &[(&str, &str)]) -> String {
    let entry = |(id, name): &(&str, &str)| {
        format!("[[actor]]\nid = \"{id}\"\ntype = \"state\"\nname = \"{name}\"\naliases.id = [\"{name}\"]\n")
    };
    names.iter().map(entry).collect()
}

fn mentions(names: &[(&str, &str)], texts: &[&str]) -> (Rows, Rows) {
    let desk = Desk::new();
    let actors = desk.put("actors.toml", list(names));
    let lines: String = texts.iter().enumerate().map(|(i, text)| record(&i.to_string(), text)).collect();
    let run = desk.scored(&desk.put("a.jsonl", lines), &["--actors", actors.to_str().unwrap()]);
    (run.table("mentions.csv"), run.sentences())
}

#[test]
fn a_nickname_in_quotes_is_no_quotation() {
    let (mentions, sentences) = mentions(
        &[("tiang", "Tiang"), ("tarvania", "Tarvania")],
        &[
            "\"Tadi malam jembatan itu bergetar,\" kata penjaga yang dijuluki \"Tiang\".",
            "“Tadi malam jembatan itu bergetar,” ujar warga yang akrab disapa “Tiang”.",
            "Penjaga yang dijuluki \"Tiang\" menutup pintu.",
            "Armada itu, yang dinamai \"Ombak\", meninggalkan Tarvania.",
        ],
    );
    assert_eq!(column(&sentences, "article_id"), ["0", "1", "2", "3"], "one sentence each");
    assert_eq!(column(&sentences, "voice"), ["source", "source", "author", "author"]);
    // Who spoke is the guard, whom no list names
    assert!(column(&sentences, "source_actor").iter().all(|id| id != "tarvania"), "{sentences:?}");
    assert!(!column(&mentions, "resolved_by").contains(&"quote".to_owned()), "no second quotation: {mentions:?}");
}

#[test]
fn of_overlapping_aliases_the_longest_wins_in_every_case_of_letters() {
    let texts = [
        "Markas Laskar Pesisir Timur di kota itu diserang pada malam hari, kata Laskar Pesisir.",
        "markas laskar pesisir timur di kota itu diserang pada malam hari, kata laskar pesisir.",
        "MARKAS LASKAR PESISIR TIMUR DI KOTA ITU DISERANG PADA MALAM HARI, KATA LASKAR PESISIR.",
        "Di Timur, Laskar Pesisir menunggu.",
    ];
    let names = [("laskar", "Laskar Pesisir"), ("laskar-timur", "Laskar Pesisir Timur"), ("timur", "Timur")];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let (mentions, _) = mentions(&order.map(|i| names[i]), &texts);
        let of = |article: &str| -> Vec<&str> {
            mentions.iter().filter(|m| m["article_id"] == article).map(|m| m["actor_id"].as_str()).collect()
        };
        for article in ["0", "1", "2"] {
            assert_eq!(of(article), ["laskar-timur", "laskar"], "{article} in order {order:?}");
        }
        assert_eq!(of("3"), ["timur", "laskar"], "order {order:?}");
        // A mention is one actor's and lies in no other
        for pair in mentions.windows(2).filter(|pair| pair[0]["article_id"] == pair[1]["article_id"]) {
            let at = |i: usize, name: &str| pair[i][name].parse::<usize>().unwrap();
            assert!(at(0, "end") <= at(1, "start"), "{pair:?}");
        }
    }
}

#[test]
fn names_that_look_like_inflected_words_are_never_stemmed() {
    let names = [("bekalan", "Bekalan"), ("tarisi", "Tarisi"), ("pelawan", "Pelawan"), ("arunika", "Arunika")];
    let (mentions, _) = mentions(
        &names,
        &[
            "Ada bekal lama di Bekalan dan tari baru di Tarisi.",
            "Para lawan menunggu, tetapi Pelawan tidak datang.",
            "Arunikapun menolak, dan Arunika-lah yang menunggu.",
            "bekal, tari, lawan, perbekalan, tarian, perlawanan, bekalannya",
        ],
    );
    let seen: Vec<(&str, &str)> = mentions.iter().map(|m| (m["article_id"].as_str(), m["actor_id"].as_str())).collect();
    let want = [("0", "bekalan"), ("0", "tarisi"), ("1", "pelawan"), ("2", "arunika"), ("2", "arunika")];
    assert_eq!(seen[..5], want, "{seen:?}");
    // Behind a name that a text writes small nobody can tell
    assert!(seen[5..].iter().all(|(article, actor)| (*article, *actor) == ("3", "bekalan")), "{seen:?}");
}
