//! The splitter on anything: spans are ordered, disjoint, on character boundaries and cover every character that is not
//! blank.
//!
//! 256 cases a property, or as many as `PROPTEST_CASES` says.

use crate::text::check;
use nuansa::text::segment;
use proptest::prelude::*;

/// Pieces of news and of trouble, from which texts are put together at random.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "Rapat usai",
            "kata",
            "Dr.",
            "H.",
            "No. 6",
            "14.30",
            "100.000",
            "“",
            "”",
            "\"",
            "'",
            "’",
            "«",
            "»",
            "„",
            "「",
            "」",
            "(",
            ")",
            ".",
            "..",
            "…",
            "?",
            "!",
            "。",
            "！",
            "؟",
            ",",
            ";",
            "—",
            "-",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\r",
            "\n\n",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "\0",
            "\u{200b}",
            "\u{200f}",
            "\u{202e}",
            "Share",
            "Baca juga:",
            "(RM)",
            "@raka",
            "a@b.example",
            "https://k.example/x",
            "Он сказал",
            "т. д.",
            "他说",
            "قال",
            "é",
            "e\u{301}",
            "🙂",
            "\u{1f468}\u{200d}\u{1f469}",
            "a",
            "Z",
            "ß",
            "İ",
            "ﬁ",
            "\u{3000}",
            "Foto",
            "Oleh",
            "2021",
            "1)",
            "U.S.",
            "ǅ",
            "#tag",
            "©",
            "|",
            "Copyright © 2020",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z ]{0,12}",
        any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #[test]
    fn spans_cover_any_text_without_overlap(pieces in proptest::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        check(&text, &segment(&text, None));
    }

    #[test]
    fn spans_cover_any_record_without_overlap(title in piece(), pieces in proptest::collection::vec(piece(), 0..30)) {
        let text = format!("{title}\n\n{}", pieces.concat());
        check(&text, &segment(&text, Some(0..title.len())));
    }

    #[test]
    fn arbitrary_strings_are_segmented(text in "\\PC{0,200}") {
        check(&text, &segment(&text, None));
    }

    #[test]
    fn a_sentence_is_split_alike_alone_and_among_others(
        n in 1_usize..6,
        sentence in proptest::sample::select(vec![
            "Rapat itu usai tanpa hasil.", "“Kami kecewa,” kata Dr. Sekar.", "Warga pulang pada pk. 14.30 dari Jl. Melati No. 6.",
            "“Kapan usai?” tanya Jalu.", "Jumlahnya 100.000 orang (13/1).",
        ]),
    ) {
        let text = vec![sentence; n].join(" ");
        let found = segment(&text, None);
        prop_assert!(found.sentences.iter().all(|s| &text[s.bytes.clone()] == sentence), "{text}");
    }
}
