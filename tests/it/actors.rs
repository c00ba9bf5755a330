//! The actor list and its matcher through the public interface: the built-in list's own lint, then what users saw go
//! wrong in other tools, with invented names.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use nuansa::actors::{ActorKind, ActorList, ActorRef, Matcher, Via};
use nuansa::text::Lang;
use proptest::prelude::*;
use rstest::rstest;

static LIST: LazyLock<ActorList> = LazyLock::new(|| ActorList::builtin().unwrap());
static MATCHER: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(&LIST).unwrap());

/// Actors that share a name on purpose, because the news use it for either, and that name's folded forms.
const INTENDED: &[(&[&str], &[&str])] = &[
    (&["democratic-republic-of-the-congo", "republic-of-the-congo"], &["congo", "kongo", "конго", "الكونغو", "刚果"]),
    (&["partai-demokrat", "democratic-party-us"], &["partai demokrat"]),
    (
        &["north-korea", "south-korea"],
        &["corea", "coree", "korea", "koreas", "корее", "корееи", "кореи", "корею", "корея", "كوريا"],
    ),
];

/// Surface and actor id of each mention.
fn found(list: &ActorList, matcher: &Matcher, text: &str, lang: Option<Lang>) -> Vec<(String, String)> {
    let mentions = matcher.find(text, lang);
    mentions.iter().map(|m| (text[m.bytes.clone()].to_owned(), m.actor.id(list).to_owned())).collect()
}

fn builtin(text: &str, lang: Lang) -> Vec<String> {
    found(&LIST, &MATCHER, text, Some(lang)).into_iter().map(|(surface, id)| format!("{surface}={id}")).collect()
}

/// A list of invented actors `a`, `b`, …, one per set of Indonesian names.
fn invented(actors: &[&[&str]]) -> (ActorList, Matcher) {
    let entry = |(i, names): (usize, &&[&str])| {
        let id = char::from(b'a' + u8::try_from(i).unwrap());
        format!("[[actor]]\nid = \"{id}\"\ntype = \"other\"\nname = \"{id}\"\naliases.id = {names:?}\n")
    };
    let text: String = actors.iter().enumerate().map(entry).collect();
    let list = ActorList::parse(&text, Path::new("invented.toml")).unwrap();
    let matcher = Matcher::new(&list).unwrap();
    (list, matcher)
}

fn surfaces(actors: &[&[&str]], text: &str) -> Vec<String> {
    let (list, matcher) = invented(actors);
    found(&list, &matcher, text, Some(Lang::ID)).into_iter().map(|(surface, _)| surface).collect()
}

// ------------------------------------------------------------------------------------------------- the built-in list

#[test]
fn the_built_in_list_holds_every_member_state_both_observers_former_states_and_enough_organisations() {
    let count = |kind: ActorKind| LIST.actors().iter().filter(|a| a.kind == kind).count();
    let former = ["soviet-union", "yugoslavia", "czechoslovakia"];
    assert_eq!(count(ActorKind::State), 193 + 2 + former.len());
    assert!(former.iter().all(|id| LIST.index_of(id).is_some()));
    assert!(count(ActorKind::Territory) >= 10);
    let others = LIST.actors().len() - count(ActorKind::State) - count(ActorKind::Territory);
    assert!(others >= 95, "{others}");
    for id in ["russia", "united-states", "indonesia", "holy-see", "palestine", "nato", "united-nations", "west"] {
        assert!(LIST.index_of(id).is_some(), "{id}");
    }
}

#[test]
fn every_built_in_actor_has_indonesian_and_english_names() {
    for actor in LIST.actors() {
        for lang in [Lang::ID, Lang::EN] {
            let named = actor.names.iter().any(|n| n.via == Via::Name && (n.lang == Some(lang) || n.lang.is_none()));
            assert!(named, "{} has no name in {lang}", actor.id);
        }
    }
}

#[test]
fn names_that_two_built_in_actors_share_are_all_intended() {
    let shared: BTreeSet<(String, Vec<String>)> =
        LIST.shared_names().into_iter().map(|name| (name.form, name.actors)).collect();
    let intended: BTreeSet<(String, Vec<String>)> = INTENDED
        .iter()
        .flat_map(|(ids, forms)| forms.iter().map(|form| (*form, *ids)))
        .map(|(form, ids)| (form.to_owned(), ids.iter().map(|id| (*id).to_owned()).collect()))
        .collect();
    assert_eq!(shared, intended);
}

/// A sentence of each language around a name, without another actor in it.
fn carrier(lang: Lang, name: &str) -> String {
    match lang.code() {
        "id" => format!("Kemarin pihak {name} memberi Jawaban."),
        "ms" => format!("Semalam pihak {name} memberi Jawapan."),
        "ru" => format!("Вчера, как и {name}, все Ждали."),
        "es" => format!("Ayer también {name} dio su Respuesta."),
        "fr" => format!("Hier aussi {name} a donné sa Réponse."),
        "de" => format!("Gestern hat auch {name} eine Antwort gegeben."),
        "ar" => format!("أمس أعلن {name} موقفه."),
        "zh" => format!("昨天，{name}作出了回应。"),
        _ => format!("Yesterday it was {name} who gave an Answer."),
    }
}

#[test]
fn every_built_in_name_finds_its_own_actor_in_a_plain_sentence() {
    let mut faults = Vec::new();
    for (index, actor) in LIST.actors().iter().enumerate() {
        for name in &actor.names {
            let lang = name.lang.unwrap_or(Lang::EN);
            for form in &name.forms {
                let text = carrier(lang, form);
                let mentions = MATCHER.find(&text, Some(lang));
                let right = |actor: &ActorRef| match actor {
                    ActorRef::Known(known) => *known == index,
                    ActorRef::Ambiguous(several) => several.contains(&index),
                };
                let ok = matches!(mentions.as_slice(), [m] if &text[m.bytes.clone()] == form && right(&m.actor));
                if !ok {
                    let got = found(&LIST, &MATCHER, &text, Some(lang));
                    faults.push(format!("{} {lang} {form:?}: {got:?}", actor.id));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} names:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_built_in_blocker_blocks_what_it_names() {
    for phrase in LIST.blockers() {
        let text = format!("x {phrase} y");
        for lang in [Lang::ID, Lang::EN, Lang::RU] {
            let mentions = found(&LIST, &MATCHER, &text, Some(lang));
            assert!(mentions.is_empty(), "{phrase:?} in {lang}: {mentions:?}");
        }
    }
}

#[rstest]
#[case(Lang::ID, "Negara Barat mengecam, tetapi Jawa Barat tenang.", &["Negara Barat=west"])]
#[case(Lang::ID, "Ia tinggal di Jakarta Selatan, dekat Laut Cina Selatan.", &[])]
#[case(Lang::ID, "Dewan Keamanan PBB bersidang.", &["Dewan Keamanan PBB=un-security-council"])]
#[case(Lang::ID, "Harga naik menjadi 5 dolar AS.", &[])]
#[case(Lang::ID, "AS dan Rusia saling kecam.", &["AS=united-states", "Rusia=russia"])]
#[case(Lang::ID, "AS KIRIM KAPAL KE RUSIA", &["AS=united-states", "RUSIA=russia"])]
#[case(Lang::EN, "AS SEEN BEFORE, THEY TOLD US WHO IT WAS", &[])]
#[case(Lang::EN, "The US told us who paid.", &["US=united-states"])]
#[case(Lang::EN, "Papers such as the Washington Post wrote of it.", &[])]
#[case(Lang::EN, "Washington and Moscow agreed.", &["Washington=united-states", "Moscow=russia"])]
#[case(Lang::EN, "They met in Moscow.", &[])]
#[case(Lang::EN, "The Minsk agreements and the Inter-American system held.", &[])]
#[case(Lang::ID, "Hal itu dikatakan Raka, Jakarta, Senin (13/1).", &[])]
#[case(Lang::ID, "Jakarta menolak usul itu.", &["Jakarta=indonesia"])]
#[case(Lang::EN, "Russia's envoy and NATO’s chief met.", &["Russia=russia", "NATO=nato"])]
#[case(Lang::EN, "Indiana and Nigeria are no Niger.", &["Nigeria=nigeria", "Niger=niger"])]
#[case(Lang::EN, "She kept a Guinea pig.", &[])]
#[case(Lang::RU, "В Россию и с Россией говорило НАТО.", &["Россию=russia", "Россией=russia", "НАТО=nato"])]
#[case(Lang::AR, "وروسيا ترفض، وللأمم المتحدة رأي.", &["روسيا=russia", "للأمم المتحدة=united-nations"])]
#[case(Lang::ZH, "俄罗斯与北约在印度洋对峙。", &["俄罗斯=russia", "北约=nato"])]
#[case(Lang::ZH, "印度尼西亚和印度表示欢迎。", &["印度尼西亚=indonesia", "印度=india"])]
#[case(Lang::DE, "Russlands Antwort an die NATO blieb aus.", &["Russlands=russia", "NATO=nato"])]
#[case(Lang::FR, "L'OTAN et la Russie négocient.", &["OTAN=nato", "Russie=russia"])]
#[case(Lang::ES, "La OTAN y Rusia negocian.", &["OTAN=nato", "Rusia=russia"])]
#[case(Lang::MS, "PBB dan Rusia berunding.", &["PBB=united-nations", "Rusia=russia"])]
fn names_are_found_and_look_alikes_are_not(#[case] lang: Lang, #[case] text: &str, #[case] want: &[&str]) {
    assert_eq!(builtin(text, lang), want, "{text}");
}

// --------------------------------------------------------------------------------- what users saw in other tools

#[rstest]
#[case("Markas Angkatan Bersenjata Selatan diserang.", &["Angkatan Bersenjata Selatan"])]
#[case("MARKAS ANGKATAN BERSENJATA SELATAN DISERANG.", &["ANGKATAN BERSENJATA SELATAN"])]
#[case("markas angkatan bersenjata selatan diserang.", &["angkatan bersenjata selatan"])]
#[case("Markas angkatan bersenjata selatan diserang.", &[])]
#[case("Angkatan Bersenjata melawan Selatan.", &["Angkatan Bersenjata", "Selatan"])]
#[case("serangan selatan gagal.", &["selatan"])]
#[case("Angkatan Bersenjata, Selatan.", &["Angkatan Bersenjata", "Selatan"])]
#[case("Angkatan\n  Bersenjata Selatan", &["Angkatan\n  Bersenjata Selatan"])]
fn of_overlapping_names_the_longest_wins_in_every_case(#[case] text: &str, #[case] want: &[&str]) {
    let names: [&[&str]; 3] = [&["Angkatan Bersenjata"], &["Angkatan Bersenjata Selatan"], &["Selatan"]];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        assert_eq!(surfaces(&order.map(|i| names[i]), text), want, "{text} in order {order:?}");
    }
}

#[test]
fn of_equally_long_overlapping_names_the_left_one_wins_whatever_the_list_order() {
    for names in [[&["Kota Lama"] as &[&str], &["Lama Kota"]], [&["Lama Kota"], &["Kota Lama"]]] {
        assert_eq!(surfaces(&names, "Kata Kota Lama Kota"), ["Kota Lama"]);
    }
}

#[test]
fn two_actors_with_one_name_are_ambiguous_in_either_order() {
    let (list, matcher) = invented(&[&["Garuda Muda"], &["Garuda Muda", "Tim Biru"]]);
    let got = found(&list, &matcher, "Kata Garuda Muda dan Tim Biru", Some(Lang::ID));
    assert_eq!(got, [("Garuda Muda".into(), "ambiguous".into()), ("Tim Biru".into(), "b".into())]);
}

#[test]
fn names_are_not_damaged_by_stemming() {
    let names: [&[&str]; 3] = [&["Bali"], &["Susi"], &["Bekasi"]];
    assert_eq!(surfaces(&names, "Ada barang bekas di Bekasi"), ["Bekasi"]);
    assert_eq!(surfaces(&names, "Susi tiba di Bali"), ["Susi", "Bali"]);
    assert_eq!(surfaces(&names, "ada barang bekas di bekasi"), ["bekasi"]);
    assert!(surfaces(&names, "Kembali ke kebalikan, Susilo dan Balita di pembekasian").is_empty());
}

#[rstest]
#[case("Arunikapun menolak")]
#[case("Arunika-lah yang menolak")]
#[case("Arunikalah yang menolak")]
#[case("Hanya Arunikanya yang menolak")]
#[case("ARUNIKAPUN MENOLAK")]
#[case("se-Arunika ikut menolak")]
#[case("Perang Arunika-Benara meletus")]
#[case("“Arunika” menolak")]
#[case("Arunika\u{200B}lah menolak")]
fn clitics_and_hyphens_do_not_hide_a_name(#[case] text: &str) {
    let got = surfaces(&[&["Arunika"]], text);
    assert_eq!(got.len(), 1, "{text}");
    assert_eq!(got[0].to_uppercase(), "ARUNIKA");
}

#[test]
fn a_sentence_without_actors_has_no_mentions() {
    for text in ["", " ", "Foto: istimewa", "3-1 2-0 0-0", "\u{301}\u{301}", "🙂"] {
        assert!(MATCHER.find(text, Some(Lang::ID)).is_empty(), "{text:?}");
        assert!(MATCHER.find(text, None).is_empty(), "{text:?}");
    }
}

#[test]
fn without_a_language_clear_names_are_still_found() {
    let got = found(&LIST, &MATCHER, "Indonesia and NATO", None);
    assert_eq!(got, [("Indonesia".into(), "indonesia".into()), ("NATO".into(), "nato".into())]);
    let got = found(&LIST, &MATCHER, "indonesia, rusia", None);
    let ids: Vec<&str> = got.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids, ["indonesia", "russia"]);
    // Words of some language, a seat, a demonym, and what is too short to be sure of
    assert!(found(&LIST, &MATCHER, "granada polish moskow russian mali nato", None).is_empty());
}

proptest! {
    #[test]
    fn mentions_are_ordered_disjoint_and_on_character_boundaries(
        parts in prop::collection::vec(
            prop_oneof![
                Just("Rusia".to_owned()), Just("Amerika Serikat".to_owned()), Just("PBB".to_owned()), Just("俄罗斯".to_owned()),
                Just("Jawa Barat".to_owned()), Just("وروسيا".to_owned()), Just("e\u{301}".to_owned()), Just("ﬁ".to_owned()),
                Just(" ".to_owned()), Just("-".to_owned()), Just("nya".to_owned()), Just("İ".to_owned()), "\\PC{0,3}"
            ],
            0..12,
        )
    ) {
        let text = parts.concat();
        for lang in [Some(Lang::ID), Some(Lang::EN), Some(Lang::AR), Some(Lang::ZH), None] {
            let mentions = MATCHER.find(&text, lang);
            let mut end = 0;
            for mention in &mentions {
                prop_assert!(mention.bytes.start >= end && mention.bytes.start < mention.bytes.end);
                prop_assert!(text.get(mention.bytes.clone()).is_some());
                end = mention.bytes.end;
            }
            prop_assert_eq!(&mentions, &MATCHER.find(&text, lang));
        }
    }
}
