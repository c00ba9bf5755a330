//! The fast path against the library, text by text: the same `tokenizer.json` through both must give the same ids.

use super::charsmap::tests::table;
use super::{Inner, Tokenizer};
use base64::Engine as _;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;

/// A tokenizer and its oracle.
struct Pair {
    own: Tokenizer,
    library: tokenizers::Tokenizer,
}

impl Pair {
    fn new(file: &Value) -> Self {
        let bytes = serde_json::to_vec(file).unwrap();
        let own = Tokenizer::parse(&bytes, Path::new("t.json")).unwrap();
        assert!(matches!(own.inner, Inner::Own(_)), "left to the library");
        Self { own, library: tokenizers::Tokenizer::from_bytes(&bytes).unwrap() }
    }

    fn check(&self, text: &str) {
        let want = self.library.encode_fast(text, false).unwrap().get_ids().to_vec();
        assert_eq!(self.own.encode(text).unwrap(), want, "{text:?}");
    }

    /// Places are whole characters in rising order.
    fn check_order(&self, text: &str) {
        let want = self.own.encode(text).unwrap();
        let (ids, places) = self.own.place(text).unwrap();
        assert_eq!((ids, places.len()), (want.clone(), want.len()), "{text:?}");
        let mut before = 0..0;
        for place in places.iter().filter(|p| !p.is_empty()) {
            assert!(place.start >= before.start && place.end >= before.end, "{text:?}: {places:?}");
            assert!(text.get(place.clone()).is_some_and(|piece| !piece.starts_with(' ')), "{text:?}: {places:?}");
            before = place.clone();
        }
    }

    /// The library's own places, without blanks.
    fn check_places(&self, text: &str) {
        let library = Tokenizer { inner: Inner::Library(Box::new(self.library.clone())), first: 0, last: 0 };
        let (ids, want) = library.place(text).unwrap();
        let (own, got) = self.own.place(text).unwrap();
        assert_eq!(ids, own, "{text:?}");
        for (got, want) in got.iter().zip(&want) {
            assert!(got == want || got.is_empty() && want.is_empty(), "{text:?}: {got:?} for {want:?}");
        }
    }
}

/// The tokenizer of the tiny models.
fn tiny() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models/tiny/tokenizer.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn with(field: &str, value: Value) -> Value {
    let mut file = tiny();
    *file.pointer_mut(field).unwrap() = value;
    file
}

/// Rewrites like those of SentencePiece's NMT-NFKC, and some that only the rule of the shortest beginning explains.
fn precompiled() -> Value {
    let rewrites = [
        ("\t", " "),
        ("\n", " "),
        ("\r", " "),
        ("\u{7F}", ""),
        ("\u{A0}", " "),
        ("\u{200B}", " "),
        ("\u{200D}", "\u{200D}"),
        ("\u{FEFF}", ""),
        ("…", "..."),
        ("ﬁ", "fi"),
        ("e\u{301}", "é"),
        ("é\u{302}", "x y"),
        ("A\u{30A}", "Å"),
        ("Ａ", "A"),
        ("\u{3000}", "  "),
        ("\u{1100}\u{1161}", "가"),
        ("①", "1"),
        ("~", "–"),
        ("▁", "_"),
    ];
    let text = base64::engine::general_purpose::STANDARD.encode(table(&rewrites));
    json!({ "type": "Precompiled", "precompiled_charsmap": text })
}

/// Tokenizers of every kind the fast path follows, by name.
static PAIRS: LazyLock<Vec<(&str, Pair)>> = LazyLock::new(|| {
    let marks = |scheme: &str, split: bool| -> Value {
        json!({ "type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split })
    };
    let blanks = json!({ "type": "Sequence", "pretokenizers": [{ "type": "WhitespaceSplit" }, marks("always", true)] });
    let added = |content: &str, left: bool, right: bool| {
        json!({ "id": 9, "content": content, "single_word": false, "lstrip": left, "rstrip": right,
                "normalized": false, "special": true })
    };
    let stripping = json!([
        added("<s>", false, false),
        added("<mask>", true, false),
        added("<kami>", true, true),
        added("<s>!", false, true),
        added("</s>", false, false),
        added("</s>", true, true),
        added("", true, true)
    ]);
    let unknowns = || {
        let mut vocab = tiny()["model"]["vocab"].as_array().unwrap().clone();
        // Two unknowns that are a piece together, a piece that comes twice, the empty one, and one with a mark inside.
        vocab.extend([
            json!(["ξψ", -90.5]),
            json!(["a", -1]),
            json!(["", -2.5]),
            json!(["a▁b", -0.5]),
            json!(["ψξψ", 3]),
        ]);
        Value::Array(vocab)
    };
    let mut odd = with("/model/vocab", unknowns());
    odd["normalizer"] = precompiled();
    // Without it among the added tokens, the unknown piece can be typed.
    odd["added_tokens"] = json!([]);
    let mut one_piece = with("/pre_tokenizer", marks("never", false));
    one_piece["model"]["vocab"] = unknowns();
    one_piece["normalizer"] = Value::Null;
    let steps = |first: Value, second: Value| json!({ "type": "Sequence", "normalizers": [first, second] });
    let one_space = steps(precompiled(), json!({ "type": "Replace", "pattern": { "Regex": " {2,}" }, "content": " " }));
    let lower = steps(precompiled(), json!({ "type": "Lowercase" }));
    let all = [
        ("tiny", tiny()),
        ("bare", with("/normalizer", Value::Null)),
        ("rewrites", with("/normalizer", precompiled())),
        ("rewrites, one space", with("/normalizer", one_space)),
        ("library's rewrites", with("/normalizer", lower)),
        ("blanks", with("/pre_tokenizer", blanks)),
        ("no mark in front", with("/pre_tokenizer", marks("never", true))),
        ("one piece", one_piece),
        ("stripping", with("/added_tokens", stripping)),
        ("odd pieces", odd),
    ];
    all.into_iter().map(|(name, file)| (name, Pair::new(&file))).collect()
});

/// Texts that tokenizers stumble over, whole and as parts of others.
const PARTS: [&str; 56] = [
    "",
    " ",
    "  ",
    "   ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\u{A0}",
    "\u{3000}",
    "▁",
    "▁▁",
    " ▁",
    "▁ ",
    "_",
    "<s>",
    "</s>",
    "<mask>",
    "<pad>",
    "<unk>",
    "<unk><unk>",
    "<kami>",
    "<s>!",
    "< s>",
    "Harga cabai turun di Pasar Karenda",
    "kata Tavira",
    "a",
    "a▁b",
    "ξψ",
    "ψ",
    "ξ",
    "ψξψ",
    "e\u{301}",
    "é\u{302}",
    "A\u{30A}\u{323}",
    "ﬁ\u{301}",
    "…",
    "①",
    "~",
    "\u{7F}",
    "\u{0}",
    "\u{200B}",
    "\u{200D}",
    "\u{FEFF}",
    "👩\u{200D}👩\u{200D}👧",
    "🇮🇩🇮",
    "❤\u{FE0F}",
    "क्षि",
    "\u{1100}\u{1161}\u{11A8}",
    "\u{600}1",
    "السَّلام",
    "中文，。",
    "ไทยนี้",
    "\u{E0001}",
    "\u{301}",
    "Ａ！",
];

fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => proptest::sample::select(&PARTS[..]).prop_map(String::from),
        2 => "[a-z]{1,12}",
        1 => "[ -~]{1,8}",
        1 => "\\PC{1,4}",
        1 => proptest::char::range('\u{300}', '\u{36F}').prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

#[test]
fn every_awkward_part_and_pair_of_parts_has_the_ids_of_the_library() {
    for (name, pair) in PAIRS.iter() {
        for a in PARTS {
            for b in PARTS {
                let text = format!("{a}{b}");
                let want = pair.library.encode_fast(text.as_str(), false).unwrap().get_ids().to_vec();
                assert_eq!(pair.own.encode(&text).unwrap(), want, "{name}: {text:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn every_text_has_the_ids_of_the_library(text in texts()) {
        for (name, pair) in PAIRS.iter() {
            pair.check(&text);
            // The library loses count where its own normalisers delete a first character.
            if *name != "library's rewrites" {
                pair.check_order(&text);
            }
        }
    }
}

#[test]
fn places_in_ordinary_text_are_the_ones_of_the_library() {
    let texts = [
        "Armada Arunika meninggalkan  selat itu.",
        " \"Kami menolak,\" kata Tavira, di Pasar Karenda (12/3).",
        "Министр Лавенко заявил: «Мы ответим».",
        "قال الوزير إن الهدنة قائمة",
        "塔维拉说会议已经结束。",
        "L’accord d’Orsk n’est pas signé – 3 500 t",
        "<s> Karenda </s>",
    ];
    for (_, pair) in PAIRS.iter().filter(|(name, _)| !name.contains("rewrites")) {
        for text in texts {
            pair.check_places(text);
        }
    }
    let (_, rewrites) = PAIRS.iter().find(|(name, _)| *name == "rewrites, one space").unwrap();
    let places = |text: &str| -> Vec<String> {
        let (_, places) = rewrites.own.place(text).unwrap();
        places.into_iter().map(|p| text[p].to_string()).filter(|piece| !piece.is_empty()).collect()
    };
    assert_eq!(places("kata\t\u{3000}kata…").concat().trim_end_matches('…'), "katakata");
    assert!(places("kata…").iter().any(|piece| piece == "…"));
}

#[test]
fn the_number_of_pieces_is_the_one_of_the_library() {
    for (name, pair) in PAIRS.iter() {
        assert_eq!(pair.own.vocab(), pair.library.get_vocab_size(true), "{name}");
    }
}

#[test]
fn long_texts_without_a_blank_take_no_time_to_speak_of() {
    for (_, pair) in PAIRS.iter() {
        for word in ["a", "ξ", "e\u{301}", "中", "\u{301}", "🇮", "<s>"] {
            assert!(!pair.own.encode(&word.repeat(1_000_000 / word.len())).unwrap().is_empty());
        }
        pair.check(&"aξ<unk>中".repeat(2_000));
    }
}

#[test]
fn many_threads_get_the_same_ids() {
    let (_, pair) = &PAIRS[0];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| PARTS.iter().for_each(|text| pair.check(text)));
        }
    });
}

/// A post-processor's template of special tokens and the text, which is `A`.
fn template(parts: &[&str]) -> Value {
    let part = |id: &&str| {
        let kind = if *id == "A" { "Sequence" } else { "SpecialToken" };
        json!({ kind: { "id": id, "type_id": 0 } })
    };
    parts.iter().map(part).collect()
}

#[rstest]
#[case("/pre_tokenizer", json!({ "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first" }))]
#[case("/pre_tokenizer", json!({ "type": "Whitespace" }))]
#[case("/pre_tokenizer", Value::Null)]
#[case("/model/byte_fallback", json!(true))]
#[case("/model", json!({ "type": "WordLevel", "unk_token": "x", "vocab": { "x": 0, "a": 1 } }))]
#[case("/added_tokens/0/normalized", json!(true))]
#[case("/added_tokens/0/single_word", json!(true))]
#[case("/post_processor/single", template(&["<s>", "A", "A", "</s>"]))]
fn other_tokenizers_still_go_through_the_library(#[case] field: &str, #[case] value: Value) {
    let file = with(field, value);
    let bytes = serde_json::to_vec(&file).unwrap();
    let tokenizer = Tokenizer::parse(&bytes, Path::new("t.json")).unwrap();
    assert!(matches!(tokenizer.inner, Inner::Library(_)));
    let library = tokenizers::Tokenizer::from_bytes(&bytes).unwrap();
    for text in PARTS {
        assert_eq!(tokenizer.encode(text).unwrap(), library.encode_fast(text, false).unwrap().get_ids(), "{text:?}");
    }
    assert_eq!(tokenizer.vocab(), library.get_vocab_size(true));
}

fn message(bytes: &[u8]) -> String {
    Tokenizer::parse(bytes, Path::new("m/tokenizer.json")).unwrap_err().to_string()
}

#[test]
fn a_file_at_fault_is_named_with_a_hint() {
    for bytes in [&b""[..], b"{}", b"[1", b"\xFF", &serde_json::to_vec(&with("/model/unk_id", json!(4000))).unwrap()] {
        let message = message(bytes);
        assert!(message.starts_with("model: m/tokenizer.json: ") && message.contains("\nhint: "), "{message}");
    }
    let missing = Tokenizer::read(Path::new("no/tokenizer.json")).unwrap_err().to_string();
    assert!(missing.starts_with("model: no/tokenizer.json: ") && missing.contains("\nhint: "), "{missing}");
}

#[test]
fn a_damaged_table_of_rewrites_is_an_error_that_names_its_field() {
    for table in [json!("####"), json!("AAAA"), Value::Null] {
        let broken = json!({ "type": "Precompiled", "precompiled_charsmap": table });
        for normaliser in [broken.clone(), json!({ "type": "Sequence", "normalizers": [{ "type": "NFC" }, broken] })] {
            let message = message(&serde_json::to_vec(&with("/normalizer", normaliser)).unwrap());
            assert!(message.starts_with("model: m/tokenizer.json: field \"normalizer\": "), "{message}");
        }
    }
}

#[test]
fn a_template_with_an_unknown_token_is_an_error_that_names_it() {
    let mut alone = with("/post_processor/single", template(&["<s>", "A", "<t>"]));
    let mut among = alone.clone();
    among["post_processor"] = json!({ "type": "Sequence", "processors": [alone["post_processor"]] });
    for file in [&alone, &among] {
        let message = message(&serde_json::to_vec(file).unwrap());
        assert!(
            message.contains("field \"post_processor\": the template names the special token \"<t>\""),
            "{message}"
        );
    }
    alone["post_processor"]["special_tokens"] = Value::Null;
    assert!(message(&serde_json::to_vec(&alone).unwrap()).starts_with("model: m/tokenizer.json: "));
}

#[test]
fn other_than_two_special_tokens_are_refused() {
    let message = message(&serde_json::to_vec(&with("/post_processor", Value::Null)).unwrap());
    assert!(
        message.contains("field \"post_processor\": wraps a sentence in 0 special tokens, expected 2"),
        "{message}"
    );
}
