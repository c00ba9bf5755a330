//! The text stage through its public interface: spans, sentences, furniture, headlines and languages.

use nuansa::text::{Document, Kind, Lang, segment};
use std::time::{Duration, Instant};

/// The spans of `text` with their kinds.
fn spans(text: &str) -> Vec<(Kind, &str)> {
    segment(text, None).sentences.iter().map(|s| (s.kind, &text[s.bytes.clone()])).collect()
}

/// The spans of a text that is expected to hold sentences only.
fn sentences(text: &str) -> Vec<&str> {
    spans(text).into_iter().map(|(_, s)| s).collect()
}

/// Panics unless the spans are ordered, disjoint, trimmed, counted right and cover every non-blank character.
pub fn check(text: &str, document: &Document) {
    let chars: Vec<char> = text.chars().collect();
    let mut end = 0;
    for s in &document.sentences {
        let slice = &text[s.bytes.clone()]; // panics off a character boundary
        assert!(!slice.is_empty(), "empty span in {text:?}");
        assert_eq!(slice.trim(), slice, "untrimmed span in {text:?}");
        assert!(s.bytes.start >= end, "spans overlap in {text:?}");
        assert!(text[end..s.bytes.start].trim().is_empty(), "lost {:?} in {text:?}", &text[end..s.bytes.start]);
        assert_eq!(chars[s.chars.clone()].iter().collect::<String>(), slice, "code points of {text:?}");
        assert_eq!(s.has_words, slice.chars().any(char::is_alphabetic));
        end = s.bytes.end;
    }
    assert!(text[end..].trim().is_empty(), "lost the end of {text:?}");
}

#[test]
fn every_hand_checked_case_splits_as_a_reader_would() {
    let source = include_str!("../data/splitter_cases.txt");
    let mut wrong = Vec::new();
    let (mut count, mut lang, mut langs) = (0, "", 0);
    for line in source.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some(code) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            lang = code;
            langs += 1;
            continue;
        }
        let line = line.replace('⏎', "\n");
        let expected: Vec<&str> = line.split('‖').map(str::trim).collect();
        let text = line.replace('‖', "");
        let document = segment(&text, None);
        check(&text, &document);
        let found: Vec<&str> = document.sentences.iter().map(|s| &text[s.bytes.clone()]).collect();
        if found != expected {
            wrong.push(format!("[{lang}] {text}\n  found    {found:?}\n  expected {expected:?}"));
        }
        count += 1;
    }
    assert!(count >= 60 && langs == 9, "{count} cases in {langs} languages");
    assert!(wrong.is_empty(), "{} of {count} cases split wrongly:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn indonesian_abbreviations_do_not_end_sentences() {
    let text = "Sidang dibuka pk. 08.45 di gedung PT. Merpati Agung. Ir. H. Sena Prawira, S.H., datang tgl. 9 Juli, hlm. 77 \
                dibacakan, dkk. menunggu.";
    assert_eq!(sentences(text).len(), 2);
}

#[test]
fn the_splitter_does_not_hang() {
    let digits = "7".repeat(60);
    let words = "pasukan bergerak ".repeat(1000);
    let brackets = format!("..[{}]", "222 ".repeat(5000));
    let cases = [
        format!("..[{}]", "333 ".repeat(10).trim_end()),
        format!("f.{digits}bd"),
        format!("<iframe src=\"https://kabar.example/{words}"),
        brackets,
        ".".repeat(100_000),
        ". ".repeat(50_000),
        "\" ".repeat(50_000),
        "\".".repeat(50_000),
        "(".repeat(100_000),
        "a.".repeat(50_000),
        "A. ".repeat(50_000),
        "1. ".repeat(50_000),
        "?!".repeat(50_000),
        "“".repeat(50_000),
        ".\u{200b}".repeat(50_000),
        " ".repeat(100_000),
        "\n".repeat(100_000),
        "\r\n.".repeat(50_000),
        "@".repeat(100_000),
        "a@b.".repeat(30_000),
        "http://".repeat(20_000),
        "。」".repeat(30_000),
        format!("x. {}", "1 ".repeat(50_000)),
        format!("x. {}", ",".repeat(100_000)),
        "Baca juga:\n".repeat(10_000),
        "a".repeat(200_000),
        "kata ".repeat(40_000),
        "\0".repeat(100_000),
        "\u{feff}".repeat(50_000),
    ];
    for text in cases {
        let begun = Instant::now();
        let document = segment(&text, None);
        let taken = begun.elapsed();
        check(&text, &document);
        let head: String = text.chars().take(20).collect();
        assert!(taken < Duration::from_secs(5), "{head:?}… took {taken:?}");
    }
}

#[test]
fn the_splitter_neither_changes_nor_loses_text() {
    for text in
        ["1) Butir satu. 2) Butir dua.", "Sisanya .. Lalu .... usai", "  Awal..  Akhir  ", "Satu.  \t Dua.\n\n\n Tiga "]
    {
        let document = segment(text, None);
        check(text, &document);
        let mut rebuilt = String::new();
        let mut end = 0;
        for s in &document.sentences {
            rebuilt.push_str(&text[end..s.bytes.start]);
            rebuilt.push_str(&text[s.bytes.clone()]);
            end = s.bytes.end;
        }
        rebuilt.push_str(&text[end..]);
        assert_eq!(rebuilt, text);
    }
    assert_eq!(sentences("1) Butir satu. 2) Butir dua."), ["1) Butir satu.", "2) Butir dua."]);
}

const ARTICLE: &str = "Lembah Utara Tolak Usulan Gencatan\n\n“Kami tidak percaya,” kata Panglima Jalu, S.H. Ia menutup \
                       rapat pukul 14.30.\n\nBaca juga: Lembah Selatan Tarik Pasukan\n\nTirtasari – Warga mengungsi ke \
                       perbatasan. Émigré dan 村民 ikut 🙂 serta.\n\nShare\n";

#[test]
fn crlf_does_not_shift_offsets() {
    let plain = segment(ARTICLE, None);
    check(ARTICLE, &plain);
    for line_end in ["\r\n", "\r", "\u{85}", "\u{2028}"] {
        let other = ARTICLE.replace('\n', line_end);
        let document = segment(&other, None);
        check(&other, &document);
        let read = |t: &str, d: &Document| -> Vec<(Kind, Option<Lang>, String)> {
            d.sentences.iter().map(|s| (s.kind, s.lang, t[s.bytes.clone()].to_owned())).collect()
        };
        assert_eq!(read(ARTICLE, &plain), read(&other, &document), "{line_end:?}");
    }
}

#[test]
fn invisible_characters_break_nothing() {
    let text = "\u{feff}Rapat usai.\u{200b} Warga pulang.\u{200f} \u{202b}“Selesai.”\u{202c} Pasukan\0 mundur.\u{200e}\n\u{200b}\n";
    let document = segment(text, None);
    check(text, &document);
    let spoken: Vec<_> = document.sentences.iter().filter(|s| s.kind == Kind::Sentence).collect();
    assert_eq!(spoken.len(), 4);
    assert!(spoken.iter().all(|s| s.has_words));
}

#[test]
fn a_title_is_a_headline_and_a_first_sentence_is_not() {
    let headline = |text: &str| spans(text).into_iter().find(|(k, _)| *k == Kind::Headline).map(|(_, s)| s.to_owned());
    assert_eq!(headline(ARTICLE).as_deref(), Some("Lembah Utara Tolak Usulan Gencatan"));
    assert_eq!(
        headline("Akankah Lembah Utara Menyerang?\n\nRapat usai tanpa hasil.").as_deref(),
        Some("Akankah Lembah Utara Menyerang?")
    );
    assert_eq!(headline("Krisis Baru\nOleh Raka Wijaya\n\nRapat usai tanpa hasil.").as_deref(), Some("Krisis Baru"));
    assert_eq!(
        headline("Iklan\n\nKrisis Baru di Tirtasari\n\nRapat usai.").as_deref(),
        Some("Krisis Baru di Tirtasari")
    );
    assert_eq!(headline("Krisis baru di Lembah\r\nRapat usai tanpa hasil.").as_deref(), Some("Krisis baru di Lembah"));
    assert_eq!(headline("会谈再次破裂\n\n双方代表昨天离开了会场。").as_deref(), Some("会谈再次破裂"));
    for body in [
        "Rapat usai tanpa hasil.\nWarga pulang.",
        "Rapat usai tanpa hasil",
        "TIRTASARI, Kabar – Menteri Arga mengatakan pada hari Senin bahwa rapat itu akan ditunda\nWarga pulang.",
        "“Kami kecewa,” kata Jalu.\nWarga pulang.",
        "Share\n\nRapat usai tanpa hasil.",
        "Rapat itu, kata Jalu,\nusai tanpa hasil.",
    ] {
        assert_eq!(headline(body), None, "{body}");
    }
}

#[test]
fn a_records_title_is_the_headline_whatever_it_looks_like() {
    let text = "Rapat usai.\n\nKrisis Baru\n\nWarga pulang. Pasukan mundur.";
    let document = segment(text, Some(0..11));
    check(text, &document);
    let kinds: Vec<Kind> = document.sentences.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [Kind::Headline, Kind::Sentence, Kind::Sentence, Kind::Sentence]);
    for odd in [std::ops::Range { start: 3, end: 2 }, 0..999, 0..0, 4..8] {
        check(text, &segment(text, Some(odd)));
    }
}

#[test]
fn a_subheading_is_a_span_of_its_own() {
    let text = "Perundingan berakhir tanpa hasil.\n“Jalan Keluar Ketiga”\nDengan itu, krisis berlanjut.\nAncaman Baru\nPasukan maju.";
    assert_eq!(
        sentences(text),
        [
            "Perundingan berakhir tanpa hasil.",
            "“Jalan Keluar Ketiga”",
            "Dengan itu, krisis berlanjut.",
            "Ancaman Baru",
            "Pasukan maju."
        ]
    );
}

#[test]
fn hard_wrapped_lines_are_read_as_one_paragraph() {
    let text = "Delegasi Lembah Utara tiba di ibu kota pada\nSelasa malam untuk membahas perbatasan dengan\nMenteri Arga \
                Sutomo yang baru dilantik. Ia akan\nmenetap sampai Dr. Sekar\nkembali.\n\nWarga pulang.";
    assert_eq!(sentences(text).len(), 3);
    let document = segment(text, None);
    check(text, &document);
}

#[test]
fn a_stray_full_stop_does_not_split_but_lower_case_text_is_split() {
    assert_eq!(sentences("Usulan itu dapat membantu. untuk membuka jalan damai bagi kedua belah pihak.").len(), 1);
    assert_eq!(
        sentences("menteri arga tiba di kota . kemudian ia bertemu dr . sekar di jl . melati . warga menunggu ."),
        ["menteri arga tiba di kota .", "kemudian ia bertemu dr . sekar di jl . melati .", "warga menunggu ."]
    );
    assert_eq!(
        sentences("rapat itu gagal total. warga kota tirtasari pulang dengan kecewa. \"kapan?\" tanya seorang ibu.")
            .len(),
        3
    );
}

#[test]
fn contact_lines_glued_to_the_last_sentence_are_furniture() {
    let text = "Pasukan itu akhirnya mundur.Hubungi penulis di raka@kabar.example. Ikuti penulis di Twitter @raka01 Dan @sekar15";
    let found = spans(text);
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [Kind::Sentence, Kind::Furniture, Kind::Furniture]);
    assert_eq!(found[0].1, "Pasukan itu akhirnya mundur.");
}

#[test]
fn a_button_glued_before_a_sentence_does_not_take_it_along() {
    let sentence = "The envoy left the valley on Monday.";
    for button in ["SIGN UP FOR OUR NEWSLETTER", "(Photo: Mara Lind)", "(Baca: Krisis Baru)"] {
        let text = format!("{button} {sentence}");
        assert_eq!(spans(&text), [(Kind::Furniture, button), (Kind::Sentence, sentence)]);
    }
    assert_eq!(spans("SIGN UP FOR OUR NEWSLETTER")[0].0, Kind::Furniture);
}

#[test]
fn read_also_lines_and_captions_are_not_sentences() {
    let text = "Rapat usai tanpa hasil. Baca juga: Lembah Selatan Ancam Perang\n\nFoto Bendera Lembah Utara.\n\nFoto satelit itu \
                menunjukkan pangkalan baru. (RM)\n\nBaca Juga:\nKrisis Baru di Tirtasari\nPanglima Jalu Mundur\n\nWarga pulang.\n\nSumber";
    let kinds: Vec<(Kind, &str)> = spans(text);
    let sentences: Vec<&str> = kinds.iter().filter(|k| k.0 == Kind::Sentence).map(|k| k.1).collect();
    assert_eq!(sentences, ["Rapat usai tanpa hasil.", "Foto satelit itu menunjukkan pangkalan baru.", "Warga pulang."]);
    assert!(kinds.contains(&(Kind::Furniture, "(RM)")));
}

#[test]
fn language_is_told_for_the_article_and_for_a_foreign_sentence_in_it() {
    let text = "Menteri Arga mengatakan bahwa rapat itu akan ditunda karena uang belum dibayar. Namun, kata dia, para \
                utusan dari kedua pihak masih dapat bertemu di ibu kota pada pekan depan.\n\nYour honour, the talks have \
                failed and we will not come back to this table.\n\nJalu.\n\n2021";
    let document = segment(text, None);
    assert_eq!(document.lang, Some(Lang::ID));
    let langs: Vec<Option<Lang>> = document.sentences.iter().map(|s| s.lang).collect();
    assert_eq!(langs, [Some(Lang::ID), Some(Lang::ID), Some(Lang::EN), Some(Lang::ID), None]);
}

#[test]
fn nothing_comes_of_nothing() {
    for text in ["", " ", "\n\r\n\t", "\u{a0}\u{3000}"] {
        assert_eq!(segment(text, None), Document::default());
    }
    let document = segment("...", None);
    assert_eq!((document.sentences.len(), document.sentences[0].has_words, document.lang), (1, false, None));
}

#[test]
fn a_long_transcript_takes_seconds_not_minutes() {
    let paragraph =
        "Menteri Arga mengatakan pada Rabu (3/2) bahwa rapat ditunda. “Kami kecewa,” kata Dr. Sekar. Warga pulang.\n\n";
    let text = paragraph.repeat(1_200_000 / paragraph.len() + 1);
    let begun = Instant::now();
    let document = segment(&text, None);
    assert!(begun.elapsed() < Duration::from_secs(20), "took {:?}", begun.elapsed());
    assert_eq!(document.sentences.len() % 3, 0);
    check(&text, &document);
}
