//! Cases of splitting sentences: abbreviations, texts at which a splitter hung, spans that lost or moved text.

use nuansa::text::{Kind, segment};
use std::time::{Duration, Instant};

fn sentences(text: &str) -> Vec<&str> {
    let document = segment(text, None);
    document.sentences.iter().filter(|s| s.kind == Kind::Sentence).map(|s| &text[s.bytes.clone()]).collect()
}

#[test]
fn abbreviations_of_indonesian_news_end_no_sentence() {
    for (text, count) in [
        (
            "Sidang dibuka pk. 09.15 di gedung PT. Ombak Biru. Ir. H. Jalu Prana, M.M., datang tgl. 3 Juli, hlm. 40 dibacakan, dkk. menunggu.",
            2,
        ),
        ("Menurut Drs. Arga Sutomo, M.Si., rapat itu berlangsung di Jl. Melati No. 12. Hj. Sekar Ayu tidak hadir.", 2),
        (
            "Upacara itu dipimpin oleh Kol. Inf. Rimba Hartono, S.Sos., yang tiba dari ibu kota. Brigjen Pol. Dr. Tirta Laksana, M.H., tidak hadir.",
            2,
        ),
        (
            "CV. Daun Hijau dan Yay. Bina Sesama menyumbang Rp. 2 juta, a.n. warga Kec. Tirtasari, Kab. Lembah Utara. Semua diterima.",
            2,
        ),
        (
            "Menurut Ps. 3 ayat (1) jo. Ps. 7 UU No. 4 Th. 2031, sidang itu terbuka untuk umum. Sdr. Jalu, S.E., Ak., membaca berkas itu s.d. hlm. 9.",
            2,
        ),
        (
            "Suhu naik 1.250,5 m dpl. pada pk. 14.30 WIB. Data itu, mis. curah hujan, dsb., dikirim ke u.p. Prof. Sekar.",
            2,
        ),
    ] {
        assert_eq!(sentences(text).len(), count, "{:#?}", sentences(text));
    }
}

#[test]
fn what_made_splitters_hang_takes_less_than_fifty_milliseconds() {
    let words = "pasukan bergerak ".repeat(1000);
    for text in [
        format!("..[{}]", "222 ".repeat(10).trim_end()),
        format!("..[{}", "222 ".repeat(2000)),
        format!("f.{}bd", "7".repeat(60)),
        format!("f.{}bd", "7".repeat(6000)),
        format!("<iframe src=\"https://kabar.example/{words}"),
        format!("<a href='x' {words}"),
        format!("<!-- {words}"),
        "((((".repeat(2000),
        "“‘".repeat(2000),
        "\"'".repeat(2000),
        "1.1.".repeat(2000),
        "A.B.".repeat(2000),
        "?!.".repeat(2000),
        "... ".repeat(2000),
        "a.b@c.".repeat(1000),
        "www.".repeat(2000),
        "\u{200d}.".repeat(2000),
        "e\u{301}".repeat(4000),
        "\n\n.".repeat(2000),
        "Dr. ".repeat(2000),
        "。".repeat(4000),
    ] {
        let took = |_| {
            let begun = Instant::now();
            segment(&text, None);
            begun.elapsed()
        };
        // The best of several, since others use the machine too
        let best = (0..5).map(took).min().unwrap();
        let head: String = text.chars().take(20).collect();
        assert!(best < Duration::from_millis(50), "{head}… took {best:?}");
    }
}

#[test]
fn spans_and_gaps_rebuild_the_text_byte_for_byte() {
    for text in [
        "1) Butir satu. 2) Butir dua.",
        "a. Butir satu. b. Butir dua. c. Butir tiga.",
        "Sisanya .. Lalu .... usai",
        "Sisanya…  Lalu . . . usai",
        "  Awal..  \t Akhir  ",
        "Satu.Dua.Tiga.Empat",
        "“Satu.” “Dua!” ‘Tiga?’ (Empat.) [Lima.]",
        "Satu!!!  Dua???\u{a0}\u{a0}Tiga\u{2026}\u{3000}Empat",
        "\u{feff}Satu.\u{200b} Dua.\0 Tiga.\u{202e}",
        "Satu.\r\n\r\n\r\nDua.\rTiga.\u{2028}Empat.\u{85}",
        "👨\u{200d}👩\u{200d}👧 datang. E\u{301}migre\u{301} pergi. 会谈。破裂。",
    ] {
        let document = segment(text, None);
        let (mut rebuilt, mut end) = (String::new(), 0);
        for span in &document.sentences {
            assert!(span.bytes.start >= end && span.bytes.end > span.bytes.start, "{text:?}: {span:?}");
            let gap = &text[end..span.bytes.start];
            assert!(gap.chars().all(char::is_whitespace), "{text:?}: {gap:?} is in no span");
            rebuilt = rebuilt + gap + &text[span.bytes.clone()];
            end = span.bytes.end;
        }
        assert_eq!(rebuilt + &text[end..], text);
        assert!(text[end..].trim().is_empty(), "{text:?}");
    }
    assert_eq!(sentences("1) Butir satu. 2) Butir dua."), ["1) Butir satu.", "2) Butir dua."]);
}
