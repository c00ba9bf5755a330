//! The default model's tokenizer against the library it stands in for: the same ids for every text.

use crate::support::here;
use nuansa::model::Tokenizer;
use proptest::prelude::*;
use std::sync::LazyLock;

struct Pair {
    own: Tokenizer,
    library: tokenizers::Tokenizer,
}

/// Read once: the library takes its time.
static PAIR: LazyLock<Pair> = LazyLock::new(|| {
    let file = here("models/default/tokenizer.json");
    let own = Tokenizer::read(&file).unwrap();
    assert!(own.is_own(), "{own:?}");
    Pair { own, library: tokenizers::Tokenizer::from_file(file).unwrap() }
});

fn check(text: &str) {
    let want = PAIR.library.encode_fast(text, false).unwrap().get_ids().to_vec();
    assert_eq!(PAIR.own.encode(text).unwrap(), want, "{text:?}");
}

/// Texts by language and script, and what tokenizers stumble over.
const PARTS: [&str; 61] = [
    "",
    " ",
    "  ",
    "\t",
    "\r\n",
    "\r",
    "\n\n",
    "\u{A0}",
    "\u{3000}",
    "\u{2028}",
    "▁",
    " ▁ ",
    "▁▁▁",
    "_",
    "<s>",
    "</s>",
    "<mask>",
    "<pad>",
    "<unk>",
    "<unk><unk>",
    "< s >",
    "<S>",
    "Harga cabai di Pasar Karenda turun tiga persen, ",
    "kata Tavira Ansori.",
    "The ministers of Karenda and Osteria didn’t meet — “not yet”, …",
    "Le maire d’Orvanne a-t-il cédé ?",
    "¿Qué dirá Ñuño mañana?",
    "Größe, Straße & Übung",
    "Thủ tướng Karenda đã bác bỏ",
    "Министр Карендии отверг «ультиматум»",
    "وزيرُ الخارجيّةِ رفضَ العرضَ",
    "וועד־הפועל דחה",
    "मंत्री ने प्रस्ताव को ठुकराया क्षत्रिय",
    "รัฐมนตรีปฏิเสธข้อเสนอ",
    "部长拒绝了这项提议。",
    "大臣は提案を拒否しました。",
    "장관은 제안을 거부했다",
    "\u{1112}\u{1161}\u{11AB}",
    "\u{AC00}\u{11A8}",
    "ＡＢＣ１２３！",
    "ﬁ\u{301}ﬂ",
    "①②③ ½ ㎏ ㍿ ™",
    "e\u{301}e\u{301}\u{323}",
    "A\u{30A}\u{301}\u{327}",
    "a\u{301}\u{302}\u{303}\u{304}\u{305}",
    "\u{301}",
    "\u{0}",
    "\u{1}\u{7F}\u{85}",
    "\u{AD}",
    "\u{200B}",
    "\u{200D}",
    "\u{200E}\u{202E}",
    "\u{FEFF}",
    "\u{FFFD}",
    "\u{E0001}\u{10FFFF}",
    "👩\u{200D}👩\u{200D}👧",
    "👍🏽",
    "🇮🇩🇹",
    "❤\u{FE0F}",
    "1\u{FE0F}\u{20E3}",
    "\u{600}1 \u{110BD}x",
];

fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => proptest::sample::select(&PARTS[..]).prop_map(String::from),
        2 => "[a-z]{1,16}",
        1 => "[ -~]{1,8}",
        1 => "\\PC{1,6}",
        1 => proptest::char::range('\u{300}', '\u{36F}').prop_map(String::from),
        1 => proptest::char::range('\u{1100}', '\u{11FF}').prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_text_has_the_ids_of_the_library(text in texts()) {
        check(&text);
    }
}

#[test]
fn every_pair_of_awkward_parts_has_the_ids_of_the_library() {
    for a in PARTS {
        for b in PARTS {
            check(&format!("{a}{b}"));
        }
    }
}

#[test]
fn every_character_alone_and_among_letters_has_the_ids_of_the_library() {
    // The whole plane of the scripts in use, in texts of 64 characters that are all distinct, then between letters.
    let all: Vec<char> = ('\0'..='\u{FFFF}').chain('\u{1F000}'..='\u{1FAFF}').collect();
    for some in all.chunks(64) {
        check(&some.iter().collect::<String>());
        check(&some.iter().flat_map(|&c| ['a', c, ' ']).collect::<String>());
    }
}

#[test]
fn a_megabyte_without_a_blank_is_split_in_linear_time() {
    for part in ["a", "karenda", "中", "е", "e\u{301}", "\u{E0001}", "🇮"] {
        let text = part.repeat(1_000_000 / part.len());
        assert!(!PAIR.own.encode(&text).unwrap().is_empty());
        check(&text[..part.len() * 2_000]);
    }
}
