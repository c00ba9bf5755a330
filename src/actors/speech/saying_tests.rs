//! Sayings and attribution by language. In the sentences `[Arsa]` is a person, `{Tarvania}` a state or organisation and
//! `<dia>` a pronoun or clitic.

use std::sync::LazyLock;

use proptest::prelude::*;
use rstest::rstest;

use super::lexicon::Lexicon;
use super::quotation::quotations;
use super::quoted::quoted;
use super::saying::{Saying, Speaker, sayings};
use crate::actors::Entity;
use crate::actors::cast::{Candidate, Form};
use crate::aggregate::Role;
use crate::text::{Kind, Lang, Sentence};

/// The text without its signs, and the candidates they mark.
pub(super) fn marked(marked: &str) -> (String, Vec<Candidate>) {
    let (mut text, mut candidates) = (String::new(), Vec::new());
    let mut start = 0;
    for c in marked.chars() {
        let (entity, form) = match c {
            '[' | '{' | '<' => {
                start = text.len();
                continue;
            }
            ']' => (Some(Entity::Person), Form::Name),
            '}' => (Some(Entity::Organisation), Form::Name),
            '>' if text.ends_with("nya") => (None, Form::Clitic),
            '>' => (None, Form::Pronoun),
            c => {
                text.push(c);
                continue;
            }
        };
        let bytes = start..text.len();
        candidates.push(Candidate { bytes, listed: None, entity, form, role: Role::Mention, p_role: None });
    }
    (text, candidates)
}

pub(super) fn sentence(bytes: std::ops::Range<usize>, lang: &str) -> Sentence {
    Sentence { bytes, chars: 0..0, kind: Kind::Sentence, lang: Lang::new(lang), has_words: true }
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::builtin().unwrap());

fn said(lang: &str, sentence_text: &str) -> (String, Vec<Candidate>, Vec<Saying>) {
    let (text, candidates) = marked(sentence_text);
    let sentences = [sentence(0..text.len(), lang)];
    let parts = quoted(&quotations(&text, &sentences), &sentences);
    let found = sayings(&text, Lang::new(lang), &candidates, &parts[0], &LEXICON);
    (text, candidates, found)
}

/// Who speaks in the outermost saying: names joined by `+`, `?` for nobody named, `…` for somebody named elsewhere, and
/// nothing where nobody says anything.
fn speaker(lang: &str, sentence: &str) -> String {
    let (text, candidates, found) = said(lang, sentence);
    let outermost = found.iter().take_while(|s| s.cue == found[0].cue);
    let names: Vec<&str> = outermost
        .map(|s| match &s.speaker {
            Speaker::Candidate(c) => &text[candidates[*c].bytes.clone()],
            Speaker::Unnamed(_) => "?",
            Speaker::Missing => "…",
        })
        .collect();
    names.join("+")
}

#[rstest]
// after and before the quotation
#[case("\"Kami pulang besok pagi,\" kata [Arsa].", "Arsa")]
#[case("\"Kami pulang besok pagi,\" <katanya>.", "katanya")]
#[case("\"Kami pulang besok pagi,\" katanya.", "…")]
#[case("[Arsa] berkata, \"Kami pulang besok pagi.\"", "Arsa")]
#[case("[Arsa]: \"Kami pulang besok pagi.\"", "Arsa")]
#[case("\"Kami pulang besok pagi,\" <dia> berkelakar.", "dia")]
#[case("\"Kami pulang,\" <ujarnya> sambil tersenyum kepada [Bima].", "ujarnya")]
// indirect
#[case("[Arsa] mengatakan bahwa jembatan itu akan dibuka.", "Arsa")]
#[case("Menurut [Arsa], jembatan itu akan dibuka.", "Arsa")]
#[case("Jembatan itu, menurut {Tarvania}, akan dibuka.", "Tarvania")]
#[case("Jembatan itu akan dibuka, demikian [Arsa].", "Arsa")]
#[case("Namun [Arsa] menilai jembatan itu rapuh.", "Arsa")]
#[case("{Tarvania} menyebut tuduhan itu \"dongeng\".", "Tarvania")]
// titles, possessors and appositions
#[case("\"Kami siap berunding lagi,\" kata Menteri Luar Negeri {Tarvania} [Bima Larsa].", "Bima Larsa")]
#[case("\"Kami siap berunding lagi,\" kata [Bima Larsa], kepala badan {Tarvania}.", "Bima Larsa")]
#[case("\"Kami siap berunding lagi,\" kata ketua delegasi {Tarvania}, [Bima Larsa], kepada wartawan.", "Bima Larsa")]
#[case("Juru bicara Presiden [Arsa Wira] [Bima Larsa] mengatakan perundingan ditunda.", "Bima Larsa")]
#[case("\"Belum ada jadwal baru,\" ujar juru bicara [Arsa Wira], [Bima Larsa].", "Bima Larsa")]
#[case(
    "Kabar itu dibantah juru bicara Presiden [Arsa Wira] [Bima Larsa], yang mengatakan bahwa jadwalnya tetap dan perundingan itu akan dibuka lagi pada awal bulan depan.",
    "Bima Larsa"
)]
#[case("Kepala misi, [Arsa Wira], menegaskan gencatan senjata masih berlaku.", "Arsa Wira")]
#[case("[Arsa Wira], kepala misi itu, menegaskan gencatan senjata masih berlaku.", "Arsa Wira")]
#[case("[Arsa Wira], yang tiba kemarin, mengatakan gencatan senjata masih berlaku.", "Arsa Wira")]
#[case("Pemerintah {Tarvania} yang diakui dunia mengatakan siap bertemu.", "Tarvania")]
#[case(
    "\"Yang dari pusat belum tahu,\" kata Kepala Dusun Sagara, Kelurahan Lembah, Kecamatan Rimba, [Arsa Wira] di kantornya.",
    "Arsa Wira"
)]
#[case(
    "\"Larangan itu tetap berlaku,\" kata Menteri Bidang Politik, Hukum, dan Keamanan [Arsa Wira] dalam rapat.",
    "Arsa Wira"
)]
#[case(
    "\"Kami masih memeriksa saksi,\" kata Kepala Satuan Lalu Lintas {Polres Sagara} [Arsa Wira], Sabtu.",
    "Arsa Wira"
)]
// addressees do not speak
#[case("\"Kami belum tahu hasilnya,\" kata [Arsa] kepada [Bima].", "Arsa")]
#[case("[Arsa] memberi tahu [Bima] bahwa jembatan itu ditutup.", "Arsa")]
// nested: the outermost
#[case("[Arsa] mengatakan bahwa [Bima] menyatakan mundur dari jabatannya.", "Arsa")]
#[case("[Bima] menyatakan mundur dari jabatannya, kata [Arsa].", "Arsa")]
// nobody named, two together, no saying at all
#[case("Warga mengatakan air sudah surut.", "?")]
#[case("Istri [Arsa] mengatakan ia menangis semalaman.", "?")]
#[case("\"Kami sudah lama menunggu kabar,\" kata <istrinya>.", "?")]
#[case("\"Kami sudah lama menunggu kabar,\" kata <panglimanya>.", "panglimanya")]
#[case("[Arsa] dan [Bima] mengatakan perundingan ditunda.", "Arsa+Bima")]
#[case("[Arsa] enggan berkomentar.", "")]
#[case("[Arsa] tidak merinci jumlah korban.", "")]
#[case("Seorang pria yang dipanggil \"Kecil\" menjaga pintu.", "")]
#[case("{Tarvania}, yang mengaku lapar, membeli gandum dari tetangganya pada musim panas lalu.", "")]
// acts done by words
#[case("{Tarvania} menuntut agar {Veldan} menarik pasukannya.", "Tarvania")]
#[case("{Tarvania} menolak tawaran itu.", "")]
#[case("{Tarvania} menuduh {Veldan} melanggar perbatasan.", "Tarvania")]
#[case("Hal itu disampaikan [Arsa] dalam jumpa pers.", "Arsa")]
#[case("Ketua {Dewan} [Arsa] meminta pemerintah membebaskan para tahanan.", "Arsa")]
#[case("Presiden {Tarvania} [Arsa] saat bertemu [Bima] di ibu kota mengatakan jembatan itu ditutup.", "Arsa")]
#[case("Bagi [Arsa], pendiri lembaga itu, jembatan yang ditutup berarti kerugian besar.", "Arsa")]
// headlines
#[case("{Istana}: Tunggu Saja Pekan Depan", "Istana")]
#[case("{Veldan} Bantah Kabar Perombakan Kabinet", "Veldan")]
fn indonesian(#[case] sentence: &str, #[case] expected: &str) {
    assert_eq!(speaker("id", sentence), expected, "{sentence}");
}

#[rstest]
#[case("ms", "\"Kami akan pulang esok,\" kata [Arsa].", "Arsa")]
#[case("ms", "[Arsa] berkata bahawa jambatan itu ditutup.", "Arsa")]
#[case("ms", "Menurut [Arsa], jambatan itu ditutup.", "Arsa")]
#[case("ms", "\"Mereka tutup pintu itu,\" kata jurucakap {Tarvania}, [Arsa Wira].", "Arsa Wira")]
#[case("ms", "{Tarvania} menafikan bot itu sengaja melanggar sempadan.", "Tarvania")]
#[case("en", "\"We are going home,\" said [Arsa].", "Arsa")]
#[case("en", "\"We are going home,\" [Arsa] said.", "Arsa")]
#[case("en", "[Arsa] told [Bima] that the bridge was closed.", "Arsa")]
#[case("en", "According to [Arsa], the bridge is closed.", "Arsa")]
#[case("en", "The bridge is closed, said {Tarvania}'s foreign minister, [Bima Larsa].", "Bima Larsa")]
#[case("en", "[Arsa Wira], the head of the mission, said the truce was holding.", "Arsa Wira")]
#[case("en", "The trade minister, [Arsa Wira], has hinted that {Tarvania} will sign.", "Arsa Wira")]
#[case("en", "[Arsa Wira] was quoted as saying the truce was holding.", "Arsa Wira")]
#[case("en", "[Arsa]'s spokesman [Bima Larsa] said the truce was holding.", "Bima Larsa")]
#[case("en", "A spokesman for {Tarvania} said the truce was holding.", "Tarvania")]
#[case("en", "Residents said the water had gone.", "?")]
#[case("en", "[Arsa] declined to say who would pay.", "")]
#[case("en", "{Tarvania} urged {Veldan} to withdraw its troops.", "Tarvania")]
#[case("en", "{Tarvania} rejected the offer.", "")]
#[case("en", "{Tarvania} accused {Veldan} of cheating at the talks.", "Tarvania")]
#[case("en", "Asked about the truce, [Arsa] said it was holding.", "Arsa")]
#[case("en", "The truce, [Arsa] said, was holding.", "Arsa")]
#[case("en", "\"It is over for us,\" the president of {Tarvania}, [Arsa], told reporters.", "Arsa")]
#[case("ru", "Как заявил [Арсов], мост закрыт.", "Арсов")]
#[case("ru", "В {Тарвании} заявили, что мост закрыт.", "Тарвании")]
#[case("de", "Nach Angaben von [Arsen] ist die Brücke gesperrt.", "Arsen")]
#[case("ru", "«Мы уходим домой завтра», — сказал [Арсов].", "Арсов")]
#[case("ru", "«Мы уходим домой завтра», — заявил министр иностранных дел {Тарвании} [Бим Ларсов].", "Бим Ларсов")]
#[case("ru", "[Арсов] заявил, что мост закрыт.", "Арсов")]
#[case("ru", "По словам [Арсова], мост закрыт.", "Арсова")]
#[case("ru", "Мост, по данным {Тарвании}, закрыт.", "Тарвании")]
#[case("ru", "Пресс-секретарь президента [Арсова] [Бим Ларсов] сообщил, что мост закрыт.", "Бим Ларсов")]
#[case("ru", "[Бим Ларсов], глава миссии, считает, что мост закроют.", "Бим Ларсов")]
#[case("ru", "[Арсов] отказался говорить о сроках.", "")]
#[case("ru", "{Тарвания} призвала {Вельдан} отвести войска.", "Тарвания")]
#[case("ru", "{Тарвания} обвинила {Вельдан} в обмане.", "Тарвания")]
#[case("ru", "По <его> словам, мост закрыт.", "его")]
#[case("ru", "«Мост закроют до конца зимы», — написал в своём канале [Бим Ларсов].", "Бим Ларсов")]
#[case("ru", "Мост закроют, считают в {Тарвании}.", "Тарвании")]
#[case("ru", "Об этом сообщил журналистам [Бим Ларсов].", "Бим Ларсов")]
#[case("ru", "«Мы уходим домой завтра, — сказал [Арсов]. — Ждите нас весной».", "Арсов")]
#[case("ru", "«Мы уходим домой завтра, — сказал [Арсов].", "Арсов")]
#[case("fr", "« Nous partons demain matin, a dit [Arsène], et pour longtemps. »", "Arsène")]
#[case("es", "\"Nos vamos a casa mañana\", dijo [Arsa].", "Arsa")]
#[case("es", "[Arsa] afirmó que el puente está cerrado.", "Arsa")]
#[case("es", "Según [Arsa], el puente está cerrado.", "Arsa")]
#[case("es", "El ministro de {Tarvania}, [Arsa Wira], reconoció errores en el puente.", "Arsa Wira")]
#[case("es", "{Tarvania} acusó a {Veldan} de mentir.", "Tarvania")]
#[case("fr", "« Nous rentrons chez nous demain », a déclaré [Arsa].", "Arsa")]
#[case("fr", "« Nous rentrons chez nous demain », a-t-<il> dit.", "il")]
#[case("fr", "[Arsa] a affirmé que le pont est fermé.", "Arsa")]
#[case("fr", "D'après [Arsa], le pont est fermé.", "Arsa")]
#[case("fr", "Le ministre de {Tarvania}, [Arsa Wira], a reconnu des erreurs.", "Arsa Wira")]
#[case("fr", "{Tarvania} a refusé de dire qui paierait.", "")]
#[case("de", "„Wir gehen morgen nach Hause“, sagte [Arsen].", "Arsen")]
#[case("de", "[Arsen] erklärte, die Brücke sei gesperrt.", "Arsen")]
#[case("de", "Laut [Arsen] ist die Brücke gesperrt.", "Arsen")]
#[case("de", "In der Hauptstadt sagte Minister [Arsen Wira], die Brücke sei gesperrt.", "Arsen Wira")]
#[case("de", "{Tarvanien} forderte {Veldan} auf, die Truppen abzuziehen.", "Tarvanien")]
#[case("ar", "قال [عرسان] إن الجسر مغلق.", "عرسان")]
#[case("ar", "وقالت {ترفانيا} إن الجسر مغلق.", "ترفانيا")]
#[case("ar", "[عرسان] قال إن الجسر مغلق.", "عرسان")]
#[case("ar", "وفقا ل{ترفانيا} فإن الجسر مغلق.", "ترفانيا")]
#[case("ar", "لم يقل [عرسان] شيئا.", "")]
#[case("ar", "واتهمت {ترفانيا} {فلدان} بخرق الهدنة.", "ترفانيا")]
#[case("zh", "[阿尔萨]表示，大桥已经关闭。", "阿尔萨")]
#[case("zh", "“我们明天就回家去吧”，[阿尔萨]说。", "阿尔萨")]
#[case("zh", "[阿尔萨]说：“我们明天就回家去吧。”", "阿尔萨")]
#[case("zh", "{塔尔瓦尼亚}外交部发言人[阿尔萨]表示，大桥已经关闭。", "阿尔萨")]
#[case("zh", "据{塔尔瓦尼亚}称，大桥已经关闭。", "塔尔瓦尼亚")]
#[case("zh", "[阿尔萨]没有说明原因。", "")]
#[case("zh", "{塔尔瓦尼亚}要求{维尔丹}立即撤军。", "塔尔瓦尼亚")]
fn other_languages(#[case] lang: &str, #[case] sentence: &str, #[case] expected: &str) {
    assert_eq!(speaker(lang, sentence), expected, "{sentence}");
}

#[test]
fn a_saying_has_cue_content_and_inner_sayings() {
    let (text, _, found) = said("id", "\"Kami pulang besok pagi,\" kata [Arsa] kepada wartawan.");
    assert_eq!((&text[found[0].cue.clone()], &text[found[0].content.clone()]), ("kata", "\"Kami pulang besok pagi,\""));
    assert!(found[0].direct);
    let (text, _, found) = said("id", "[Arsa] mengatakan bahwa [Bima] menyatakan mundur.");
    assert_eq!(found.len(), 2);
    assert_eq!(&text[found[0].content.clone()], "bahwa Bima menyatakan mundur");
    assert_eq!((found[1].speaker.clone(), &text[found[1].content.clone()]), (Speaker::Candidate(1), "mundur"));
    assert!(!found[0].direct);
}

#[test]
fn every_language_has_words_enough() {
    let lexicon = &*LEXICON;
    for (code, least) in
        [("id", 60), ("en", 60), ("ru", 60), ("ms", 30), ("es", 30), ("fr", 30), ("de", 30), ("ar", 30), ("zh", 30)]
    {
        let verbs = lexicon.verbs(Lang::new(code).unwrap());
        assert!(verbs >= least, "{code}: {verbs}");
    }
    assert_eq!(lexicon.verbs(Lang::new("ja").unwrap()), 0);
}

#[test]
fn time_is_linear_in_the_sentence() {
    for unit in ["mengatakan dan ", ", kata ", "yang Arsa \", ", "\"a b c d\" ", "menurut , ", "“‘"] {
        let text = unit.repeat(20_000);
        let sentences = [sentence(0..text.len(), "id")];
        let parts = quoted(&quotations(&text, &sentences), &sentences);
        assert!(sayings(&text, Some(Lang::ID), &[], &parts[0], &LEXICON).len() <= 200);
    }
}

proptest! {
    #[test]
    fn spans_lie_in_the_sentence(
        text in "(kata|mengatakan|bahwa|Arsa|menurut|yang|,|\"|:|dan|tidak|di|「|—| ){0,30}|\\PC{0,60}",
        cuts in proptest::collection::vec(0_usize..60, 0..6),
        lang in 0_usize..9,
    ) {
        let lang = Lang::new(["id", "ms", "en", "ru", "es", "fr", "de", "ar", "zh"][lang]);
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|c| text.is_char_boundary(*c)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let candidates: Vec<Candidate> = cuts.chunks_exact(2).map(|c| Candidate {
            bytes: c[0]..c[1], listed: None, entity: None, form: Form::Name, role: Role::Mention, p_role: None,
        }).collect();
        let sentences = [Sentence { lang, ..sentence(0..text.len(), "id") }];
        let parts = quoted(&quotations(&text, &sentences), &sentences);
        for saying in sayings(&text, lang, &candidates, &parts[0], &LEXICON) {
            prop_assert!(text.get(saying.cue.clone()).is_some() && text.get(saying.content.clone()).is_some());
            match saying.speaker {
                Speaker::Candidate(c) => prop_assert!(c < candidates.len()),
                Speaker::Unnamed(span) => prop_assert!(text.get(span).is_some()),
                Speaker::Missing => {}
            }
        }
    }
}
