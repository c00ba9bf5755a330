//! The cast of an article through the public interface: who is who, by name, part of a name, office, description, pronoun
//! and clitic, with invented names.
//!
//! A row of a test is a sentence in which what the token head would find stands in brackets: `[Arga Wira|P s]` is a person
//! in the role of a source, `O` an organisation, `L` a place, `-` neither; roles are s, a, t, m. `#` opens a headline.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::path::Path;
use std::time::Instant;

use nuansa::actors::cast::{Cast, Casting, Lexicon, Reading, merge};
use nuansa::actors::speech::{Quotation, Saying, Speaker};
use nuansa::actors::{ActorList, Candidate, Entity, Form, Matcher, Ref, ResolvedBy, Tagged};
use nuansa::aggregate::Role;
use nuansa::text::{Kind, Lang};
use proptest::prelude::*;
use rstest::rstest;

const LIST: &str = r#"
[[actor]]
id = "arunika"
type = "state"
name = "Arunika"
aliases.any = ["Arunika"]
aliases.ru = ["Аруник|а|и|е|у|ой"]
aliases.zh = ["阿鲁尼卡"]
aliases.ar = ["أرونيكا"]
seats.any = ["Aruna", "Istana Biru"]
demonyms.en = ["Arunikan"]
demonyms.fr = ["arunikain||e|s"]
demonyms.ru = ["аруникск|ий|ая|ой|ого"]

[[actor]]
id = "benara"
type = "state"
name = "Benara"
aliases.any = ["Benara"]
aliases.ru = ["Бенар|а|ы|е|у|ой"]
aliases.zh = ["贝纳拉"]

[[actor]]
id = "league"
type = "organisation"
name = "League"
aliases.id = ["Liga Samudra"]
aliases.fr = ["Ligue maritime"]

[[actor]]
id = "radomir-velkov"
type = "person"
name = "Radomir Velkov"
affiliation = "benara"
aliases.any = ["Radomir Velkov"]
"#;

/// A row read: the text without brackets, and the spans.
fn row(marked: &str) -> (String, Vec<Tagged>) {
    let (mut text, mut tags) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some(open) = rest.find('[') {
        text.push_str(&rest[..open]);
        let (inside, after) = rest[open + 1..].split_once(']').unwrap();
        let (surface, kind) = inside.rsplit_once('|').unwrap();
        let entity = match &kind[..1] {
            "P" => Some(Entity::Person),
            "O" => Some(Entity::Organisation),
            "L" => Some(Entity::Place),
            _ => None,
        };
        let role = "satm".find(&kind[2..3]).unwrap();
        let mut roles = [0.0; 4];
        roles[role] = 1.0;
        let bytes = text.len()..text.len() + surface.len();
        tags.push(Tagged { bytes, entity, is_actor: true, p_actor: 0.9, roles });
        text.push_str(surface);
        rest = after;
    }
    text.push_str(rest);
    (text, tags)
}

fn quotations(text: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut open = None;
    for (i, c) in text.char_indices() {
        match (c, open) {
            ('“' | '«' | '「', None) => open = Some((i, c.len_utf8())),
            ('”' | '»' | '」', Some((start, len))) => {
                found.push(Quotation {
                    bytes: start + len..i,
                    outer: start..i + c.len_utf8(),
                    depth: 0,
                    closed: true,
                    words: 9,
                });
                open = None;
            }
            _ => {}
        }
    }
    found
}

struct Article {
    list: ActorList,
    cast: Cast,
    rows: Vec<(String, Vec<Candidate>)>,
}

fn article(lang: Lang, marked: &[&str]) -> Article {
    let list = ActorList::parse(LIST, Path::new("test.toml")).unwrap();
    let matcher = Matcher::new(&list).unwrap();
    let lexicon = Lexicon::builtin();
    let rows: Vec<(String, Vec<Candidate>)> = marked
        .iter()
        .map(|m| row(m.strip_prefix("# ").unwrap_or(m)))
        .map(|(text, tags)| (text.clone(), merge(&text, Some(lang), &matcher, &tags, lexicon)))
        .collect();
    let mut whole = String::new();
    let mut starts = Vec::new();
    for (text, _) in &rows {
        starts.push(whole.len());
        whole.push_str(text);
        whole.push(' ');
    }
    let readings: Vec<Reading<'_>> = rows
        .iter()
        .zip(&starts)
        .zip(marked)
        .map(|(((text, candidates), start), m)| Reading {
            text,
            start: *start,
            kind: if m.starts_with("# ") { Kind::Headline } else { Kind::Sentence },
            lang: Some(lang),
            candidates,
            sayings: &[],
        })
        .collect();
    let cast = Casting::new(&list, lexicon).cast(&readings, &quotations(&whole));
    Article { list, cast, rows }
}

impl Article {
    /// Ids of what the last candidate called `surface` names, joined by `+`; `ambiguous` or `nobody`.
    fn whom(&self, surface: &str) -> String {
        let mut all = self.rows.iter().zip(&self.cast.resolved).flat_map(|((text, candidates), resolved)| {
            candidates.iter().zip(resolved).map(move |(c, r)| (&text[c.bytes.clone()], r))
        });
        match &all.rfind(|(s, _)| *s == surface).unwrap().1.whom {
            Ref::Members(m) => m.iter().map(|m| self.cast.members[*m].id.as_str()).collect::<Vec<_>>().join("+"),
            Ref::Ambiguous => "ambiguous".into(),
            Ref::Nobody => "nobody".into(),
        }
    }
}

fn surfaces(lang: Lang, marked: &str) -> Vec<String> {
    let article = article(lang, &[marked]);
    let (text, candidates) = &article.rows[0];
    candidates.iter().map(|c| text[c.bytes.clone()].to_owned()).collect()
}

// ---------------------------------------------------------------------------------------------------- candidates

#[rstest]
#[case("[Kementerian Luar Negeri Arunika|O s] membantah", &["Kementerian Luar Negeri Arunika"])]
#[case("[parlemen|- a] Arunika menolak", &["parlemen", "Arunika"])]
#[case("[Presiden Arga Wirayuda|P s] bicara", &["Arga Wirayuda"])]
#[case("[Menteri Luar Negeri Arunika Arga Wirayuda|P s] bicara", &["Arunika", "Arga Wirayuda"])]
#[case("[Menteri Luar Negeri Arunika|O s] bicara", &["Menteri Luar Negeri Arunika"])]
#[case("rapat di [Lembah Sunyi|L t] usai", &[])]
#[case("[Lembah Sunyi|L a] menolak", &["Lembah Sunyi"])]
#[case("surat ke [redaksi@kabar.example|O t] dan [www.kabar.example|O t]", &[])]
#[case("Rapat usai. (Foto: [Dewi Lestara|P m])", &[])]
#[case("pertemuan di Aruna usai", &[])]
#[case("pertemuan di [Aruna|L a] usai", &["Aruna"])]
#[case("[Liga|O a] dan Liga Samudra", &["Liga", "Liga Samudra"])]
#[case("[Arunikapun|O a] menolak", &["Arunika"])]
#[case("[Liga Utara dan|O a] menolak", &["Liga Utara"])]
#[case("[Serikat Buruh|O a] [Karenda|O a] mogok", &["Serikat Buruh Karenda"])]
#[case("[Serikat Buruh|O a] [Bima Larsa|P a] mogok", &["Serikat Buruh", "Bima Larsa"])]
#[case("[lembaga|- a] itu menolak", &["lembaga itu"])]
#[case("[Bima Larsa|P a] itu menolak", &["Bima Larsa"])]
#[case("[Bima Larsa tenang|P s] menolak", &["Bima Larsa"])]
#[case("rapat di [Bank Lembah Sunyi|L t] usai", &["Bank Lembah Sunyi"])]
fn list_and_tags_are_merged(#[case] marked: &str, #[case] expected: &[&str]) {
    assert_eq!(surfaces(Lang::ID, marked), expected, "{marked}");
}

#[rstest]
#[case(Lang::EN, "[Mr. Verov|P s] and [Belford's|O m] men", &["Verov", "Belford"])]
#[case(Lang::RU, "сказал [г-н Веров|P s]", &["Веров"])]
#[case(Lang::FR, "[Mme Lorvaux|P s] a dit", &["Lorvaux"])]
#[case(Lang::DE, "[Frau Rösner|P s] sagte", &["Rösner"])]
#[case(Lang::ES, "[Sra. Lumbrera|P s] dijo", &["Lumbrera"])]
#[case(Lang::AR, "قال [السيد سالم المزعي|P s]", &["سالم المزعي"])]
fn titles_are_no_part_of_a_name(#[case] lang: Lang, #[case] marked: &str, #[case] expected: &[&str]) {
    assert_eq!(surfaces(lang, marked), expected, "{marked}");
}

#[rstest]
#[case(Lang::ID, "kata Ir. [H|O m]. [Arga Larsa|P s], [M.Sc|P s].", &["Arga Larsa"])]
#[case(Lang::ID, "kata [Arga Larsa, M.Sc.|P s] usai rapat", &["Arga Larsa"])]
#[case(Lang::ID, "[Jend|O m]. (Purn.) [Arga Larsa|P s] dan [Laksda Bima Tirto|P s]", &["Arga Larsa", "Bima Tirto"])]
#[case(Lang::ID, "PT [Lembah|O s], [Tbk|P s]. menolak", &["Lembah"])]
#[case(Lang::ID, "[Pernyataan|O s] itu menanggapi kritik", &[])]
#[case(Lang::ID, "tersangka [R|P a] lari dari [K|P a].", &["R", "K"])]
#[case(Lang::EN, "said [Dana Verov, Ph.D.|P s], and [Gen|P m]. [Pell|P s]", &["Dana Verov", "Pell"])]
#[case(Lang::ES, "los [Puertos de|P a] Larsa", &["Puertos"])]
#[case(Lang::ZH, "[她说|O s]，不行", &["她"])]
fn ranks_degrees_and_statements_are_no_names(#[case] lang: Lang, #[case] marked: &str, #[case] expected: &[&str]) {
    assert_eq!(surfaces(lang, marked), expected, "{marked}");
}

#[rstest]
#[case(Lang::FR, "[Radko Lenz arunikain|P s] a parlé", &["Radko Lenz", "arunikain"])]
#[case(Lang::RU, "[Радко Веров аруникский|P s] сказал", &["Радко Веров", "аруникский"])]
#[case(Lang::FR, "[Ligue maritime déplore|P s]", &["Ligue maritime"])]
fn the_edge_of_a_persons_name_cuts_no_name_of_the_list(
    #[case] lang: Lang,
    #[case] marked: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(surfaces(lang, marked), expected, "{marked}");
}

#[rstest]
#[case(Lang::RU, "[Банк «Берег|O a]» закрыт, «[Берег|O a]» молчит", &["Банк «Берег»", "Берег"])]
#[case(Lang::ZH, "[农工社的|O s]回答", &["农工社"])]
fn marks_and_particles_behind_a_name(#[case] lang: Lang, #[case] marked: &str, #[case] expected: &[&str]) {
    assert_eq!(surfaces(lang, marked), expected, "{marked}");
}

// --------------------------------------------------------------------------------------------------------- names

#[rstest]
#[case(Lang::ID, &["# [Wirayuda|P a] Menolak", "[Arga Wirayuda|P s] bicara.", "[Arga|P s] pergi."], "Wirayuda", "person:arga-wirayuda")]
#[case(Lang::ID, &["[Arga Wirayuda|P s] bicara.", "[Arga|P s] pergi."], "Arga", "person:arga-wirayuda")]
#[case(Lang::EN, &["[Anton Verov|P s] and [Maria Verov|P s] spoke.", "[Verov|P s] left."], "Verov", "ambiguous")]
#[case(Lang::EN, &["[Anton Verov|P s] spoke.", "[Verov|P s] left.", "[Maria Verov|P s] came."], "Verov", "person:anton-verov")]
#[case(Lang::EN, &["[Pell|P s] left."], "Pell", "person:pell")]
#[case(Lang::RU, &["[Антон Веров|P s] сказал.", "Письмо [Верову|P t] отправили."], "Верову", "person:антон-веров")]
#[case(Lang::RU, &["[Антон Веров|P s] и [Анна Верова|P s] были.", "Это сказано [Веровым|P s]."], "Веровым", "person:антон-веров")]
#[case(Lang::RU, &["[Антон Веров|P s] и [Анна Верова|P s] были.", "Видели [Веровой|P m]."], "Веровой", "person:анна-верова")]
#[case(Lang::AR, &["قال [سالم المزعي|P s].", "وأضاف [المزعي|P s]."], "المزعي", "person:سالم-المزعي")]
#[case(Lang::ZH, &["[塔希·曼尔|P s]表示。", "[曼尔|P s]说。"], "曼尔", "person:塔希-曼尔")]
#[case(Lang::ZH, &["阿鲁尼卡抗议。", "[阿方|O a]拒绝。"], "阿方", "arunika")]
#[case(Lang::DE, &["[Udo Rösner|P s] sprach.", "[Rösners|P m] Rede."], "Rösners", "person:udo-rosner")]
#[case(Lang::ID, &["[Komisi Pemilu Utama (KPU)|O a] rapat."], "Komisi Pemilu Utama (KPU)", "org:komisi-pemilu-utama-kpu")]
#[case(Lang::ID, &["[Komisi Tata Kota|O a] (KTK) rapat.", "[KTK|O s] diam."], "KTK", "org:komisi-tata-kota")]
#[case(Lang::ID, &["[KTK|O s] diam.", "[Komisi Tata Kota|O a] rapat."], "KTK", "org:komisi-tata-kota")]
#[case(Lang::ID, &["[Kementerian Kominfo Digital|O a] rapat.", "[Komidigi|O s] diam."], "Komidigi", "org:kementerian-kominfo-digital")]
#[case(Lang::ID, &["[Kementerian Kominfo Digital|O a] rapat.", "[Komarun|O s] diam."], "Komarun", "org:komarun")]
#[case(Lang::ID, &["[Pemerintah Lembah|P a] menolak."], "Pemerintah Lembah", "org:pemerintah-lembah")]
#[case(Lang::ID, &["[Serikat Masinis Bersama|O a] mogok.", "[Serikat|O s] menolak."], "Serikat", "org:serikat-masinis-bersama")]
fn parts_of_names_find_their_member(
    #[case] lang: Lang,
    #[case] rows: &[&str],
    #[case] surface: &str,
    #[case] id: &str,
) {
    assert_eq!(article(lang, rows).whom(surface), id);
}

#[test]
fn the_lists_persons_are_claimed_by_fuller_names_and_by_surname() {
    let whom = |rows: &[&str], surface: &str| article(Lang::EN, rows).whom(surface);
    assert_eq!(whom(&["[Radomir Ivanov Velkov|P s] spoke."], "Radomir Ivanov Velkov"), "radomir-velkov");
    assert_eq!(whom(&["[Velkov|P s] spoke."], "Velkov"), "radomir-velkov");
    assert_eq!(whom(&["[Radomir|P s] spoke."], "Radomir"), "person:radomir", "a given name claims nobody");
    assert_eq!(whom(&["[Dana Velkov|P s] spoke.", "[Velkov|P s] left."], "Velkov"), "person:dana-velkov");
    let article = article(Lang::EN, &["“[We|- a] agree,” said [Velkov|P s]."]);
    assert_eq!(article.whom("We"), "benara", "the list says whom he speaks for");
    assert_eq!(article.list.affiliation("radomir-velkov"), Some("benara"));
}

#[test]
fn how_a_candidate_was_tied_is_kept() {
    let article = article(
        Lang::ID,
        &["[Presiden|- a] Arunika [Arga Wirayuda|P s] bicara.", "[Arga|P s] dan Benara.", "[Ia|- s] pergi."],
    );
    let by: Vec<ResolvedBy> = article.cast.resolved.iter().flatten().map(|r| r.by).collect();
    assert_eq!(
        by,
        [
            ResolvedBy::Office,
            ResolvedBy::List,
            ResolvedBy::Ner,
            ResolvedBy::NamePart,
            ResolvedBy::List,
            ResolvedBy::Pronoun
        ]
    );
    assert_eq!(article.rows[2].1[0].form, Form::Pronoun);
}

// ------------------------------------------------------------------------------------------- pronouns and clitics

#[rstest]
#[case(Lang::ID, &["[Arga Wirayuda|P s] bicara tentang [Dewi Lestara|P m].", "[Ia|- a] pergi."], "Ia", "person:arga-wirayuda")]
#[case(Lang::ID, &["[Arga Wirayuda|P s] bicara.", "“Kami siap,” [katanya|- s]."], "katanya", "person:arga-wirayuda")]
#[case(Lang::ID, &["[Arga Wirayuda|P a] dan [Dewi Lestara|P a] bertemu.", "[Dia|- a] pergi."], "Dia", "ambiguous")]
#[case(Lang::ID, &["# [Arga Wirayuda|P s] Menolak", "[Ia|- a] pergi."], "Ia", "person:arga-wirayuda")]
#[case(Lang::ID, &["[Dewi Lestara|P s] bicara.", "# Rapat Usai", "[Ia|- a] pergi."], "Ia", "nobody")]
#[case(Lang::ID, &["Arunika menolak.", "[Pasukannya|- a] maju."], "Pasukannya", "arunika")]
#[case(Lang::ID, &["Menteri Luar Negeri Arunika [Arga Wirayuda|P s] mengatakan [negaranya|- a] siap."], "negaranya", "arunika")]
#[case(Lang::MS, &["[Arga Wirayuda|P s] bercakap.", "[Beliau|- a] pergi."], "Beliau", "person:arga-wirayuda")]
#[case(Lang::EN, &["[Mr Verov|P s] met [Mrs Pell|P a].", "[She|- a] left."], "She", "person:pell")]
#[case(Lang::EN, &["Arunika [signed|- m] nothing.", "[It|- a] left the talks."], "It", "arunika")]
#[case(Lang::RU, &["[Антон Веров|P s] встретил [Анну Лесковскую|P t].", "[Он|- a] ушёл."], "Он", "person:антон-веров")]
#[case(Lang::RU, &["[Антон Веров|P s] сказал.", "[Она|- a] ушла."], "Она", "nobody")]
#[case(Lang::ES, &["[Marta Lumbrera|P s] habló.", "[Ella|- a] se fue."], "Ella", "person:marta-lumbrera")]
#[case(Lang::FR, &["[Jean Lorvaux|P s] parle.", "[Il|- a] part."], "Il", "person:jean-lorvaux")]
#[case(Lang::DE, &["[Udo Rösner|P s] sprach.", "[Er|- a] ging."], "Er", "person:udo-rosner")]
#[case(Lang::AR, &["قال [سالم المزعي|P s].", "[هو|- a] غادر."], "هو", "person:سالم-المزعي")]
#[case(Lang::ZH, &["[塔希·曼尔|P s]表示。", "[他|- a]离开了。"], "他", "person:塔希-曼尔")]
#[case(Lang::EN, &["[Anton Verov|P a] and [Maria Pell|P a] met.", "[They|- a] left."], "They", "person:anton-verov+person:maria-pell")]
fn the_third_person_is_the_last_salient_one(
    #[case] lang: Lang,
    #[case] rows: &[&str],
    #[case] surface: &str,
    #[case] id: &str,
) {
    assert_eq!(article(lang, rows).whom(surface), id);
}

#[rstest]
#[case(Lang::ID, "“[Kami|- a] siap,” kata juru bicara Arunika [Arga Wirayuda|P s].", "Kami", "arunika")]
#[case(Lang::ID, "“[Saya|- a] siap,” kata juru bicara Arunika [Arga Wirayuda|P s].", "Saya", "person:arga-wirayuda")]
#[case(
    Lang::ID,
    "“[Kami|- a] siap,” kata [Arga Wirayuda|P s], ketua [Serikat Masinis Bersama|O m].",
    "Kami",
    "org:serikat-masinis-bersama"
)]
#[case(
    Lang::ID,
    "“[Kami|- a] siap,” kata Ketua [DPD|O m] [Partai Maju|O m] [Arga Wirayuda|P s].",
    "Kami",
    "org:partai-maju"
)]
#[case(Lang::ID, "[Kami|- a] siap, kata orang.", "Kami", "nobody")]
#[case(Lang::EN, "“[We|- a] are ready,” said the Arunikan foreign minister, [Anton Verov|P s].", "We", "arunika")]
#[case(Lang::EN, "“[I|- a] am ready,” said [Anton Verov|P s].", "I", "person:anton-verov")]
#[case(Lang::RU, "«[Мы|- a] готовы», — сказал представитель Аруники [Антон Веров|P s].", "Мы", "arunika")]
#[case(Lang::FR, "« [Nous|- a] sommes prêts », dit le ministre arunikain [Jean Lorvaux|P s].", "Nous", "arunika")]
#[case(Lang::ZH, "「[我们|- a]准备好了」，阿鲁尼卡发言人[塔希·曼尔|P s]说。", "我们", "arunika")]
fn the_first_person_is_the_speaker_or_the_speakers_side(
    #[case] lang: Lang,
    #[case] marked: &str,
    #[case] surface: &str,
    #[case] id: &str,
) {
    let marked = marked.replace('「', "“").replace('」', "”");
    assert_eq!(article(lang, &[&marked]).whom(surface), id);
}

#[rstest]
#[case("[Forum Warga Sagara|O a] bubar.", "koordinator forum", "org:forum-warga-sagara")]
#[case("[PT Bumi Lestara|O a] bubar.", "direktur perusahaan", "org:pt-bumi-lestara")]
#[case("[Forum Warga Sagara|O a] bubar.", "koordinator aksi", "benara")]
fn a_noun_of_the_office_tells_the_side(#[case] first: &str, #[case] office: &str, #[case] id: &str) {
    let said = format!("“[Kami|- a] siap,” kata {office}, [Arga Wirayuda|P s].");
    assert_eq!(article(Lang::ID, &[first, "Sorenya [Benara|L a] menolak.", &said]).whom("Kami"), id);
}

#[test]
fn a_small_word_in_nya_is_no_name_even_where_the_head_takes_it_for_one() {
    let rows = ["[Arga Wirayuda|P s] bicara.", "“Biarkan saja,” [pintanya|P s]."];
    assert_eq!(article(Lang::ID, &rows).whom("pintanya"), "person:arga-wirayuda");
}

#[test]
fn a_quotation_without_a_speaker_goes_on_with_the_last_one() {
    let rows = [
        "“[Saya|- a] lelah,” kata [Arga Wirayuda|P s].",
        "“Biarlah [saya|- a] pulang.”",
        "Benara diam.",
        "“[Aku|- a]!”",
    ];
    let article = article(Lang::ID, &rows);
    assert_eq!(article.whom("saya"), "person:arga-wirayuda");
    assert_eq!(article.whom("Aku"), "nobody", "a sentence stands between");
}

#[test]
fn who_has_no_side_speaks_for_who_acted_last_but_an_analyst_for_himself() {
    let official = ["Arunika menolak.", "[Benara|- a] maju.", "“[Kami|- a] siap,” kata laksamana [Arga Wirayuda|P s]."];
    assert_eq!(article(Lang::ID, &official).whom("Kami"), "benara");
    let analyst = ["Arunika menolak.", "“[Kami|- a] ragu,” kata pengamat militer [Arga Wirayuda|P s]."];
    assert_eq!(article(Lang::ID, &analyst).whom("Kami"), "person:arga-wirayuda");
}

#[test]
fn an_open_letter_speaks_for_its_issuer_to_its_addressee() {
    let letter = [
        "# Surat Terbuka [Masyarakat Adat Wareng|- a] kepada [PT Lurung Perkasa|O t]",
        "Sudah lama [kalian|- a] menutup jalan [kami|- m].",
        "[Kami|- a] mengundang [kalian|- t] bicara.",
    ];
    let article = article(Lang::ID, &letter);
    assert_eq!(article.whom("Kami"), "org:masyarakat-adat-wareng");
    assert_eq!(article.whom("kalian"), "org:pt-lurung-perkasa");
}

#[test]
fn the_third_person_in_reported_words_is_who_reports_them() {
    let list = ActorList::parse(LIST, Path::new("test.toml")).unwrap();
    let matcher = Matcher::new(&list).unwrap();
    let whom = |lang, first: &str, second: &str| {
        let rows = [first, second].map(row);
        let candidates = rows.each_ref().map(|(t, tags)| merge(t, Some(lang), &matcher, tags, Lexicon::builtin()));
        let cue = rows[1].0.find(" that ").or(rows[1].0.find(" bahwa ")).unwrap();
        let content = cue..rows[1].0.len();
        let sayings = [Saying { speaker: Speaker::Candidate(0), cue: 0..1, content, direct: false, acts: false }];
        let reading = |i: usize, sayings| Reading {
            text: &rows[i].0,
            start: i * 1000,
            kind: Kind::Sentence,
            lang: Some(lang),
            candidates: &candidates[i],
            sayings,
        };
        let cast = Casting::new(&list, Lexicon::builtin()).cast(&[reading(0, &[]), reading(1, &sayings)], &[]);
        match &cast.resolved[1][1].whom {
            Ref::Members(m) => cast.members[m[0]].id.clone(),
            other => format!("{other:?}"),
        }
    };
    let of = "[Maria Pell|P s] spoke.";
    assert_eq!(whom(Lang::EN, of, "[Anton Verov|P m] wrote that [he|- a] was ready."), "person:anton-verov");
    assert_eq!(whom(Lang::EN, of, "[Mr Verov|P m] wrote that [she|- a] was ready."), "person:maria-pell");
    assert_eq!(
        whom(Lang::ID, "[Dewi Lestara|P s] bicara.", "[Arga Wirayuda|P m] menulis bahwa [ia|- a] siap."),
        "person:arga-wirayuda"
    );
}

#[rstest]
#[case(Speaker::Candidate(1), "person:arga-wirayuda")]
#[case(Speaker::Unnamed(0..1), "nobody")]
fn a_saying_says_who_speaks(#[case] speaker: Speaker, #[case] id: &str) {
    let list = ActorList::parse(LIST, Path::new("test.toml")).unwrap();
    let matcher = Matcher::new(&list).unwrap();
    let (text, tags) = row("“[Saya|- a] lelah,” kata orang kepada [Arga Wirayuda|P t].");
    let candidates = merge(&text, Some(Lang::ID), &matcher, &tags, Lexicon::builtin());
    let quotations = quotations(&text);
    let sayings = [Saying { speaker, cue: 0..1, content: quotations[0].bytes.clone(), direct: true, acts: false }];
    let (kind, lang) = (Kind::Sentence, Some(Lang::ID));
    let reading = Reading { text: &text, start: 0, kind, lang, candidates: &candidates, sayings: &sayings };
    let cast = Casting::new(&list, Lexicon::builtin()).cast(&[reading], &quotations);
    let got = match &cast.resolved[0][0].whom {
        Ref::Members(m) => cast.members[m[0]].id.as_str(),
        Ref::Ambiguous => "ambiguous",
        Ref::Nobody => "nobody",
    };
    assert_eq!(got, id);
}

#[test]
fn the_third_person_in_a_quotation_is_not_the_speaker() {
    let rows = ["Arunika dan Benara berunding.", "“[Mereka|- a] berdusta,” kata Menteri Arunika [Arga Wirayuda|P s]."];
    assert_eq!(article(Lang::ID, &rows).whom("Mereka"), "benara");
}

#[test]
fn a_statement_speaks_for_who_issued_it() {
    let rows =
        ["# Surat Terbuka [Serikat Masinis Bersama|O a] kepada Arunika", "[Kami|- a] lelah.", "[Kami|- a] menolak."];
    assert_eq!(article(Lang::ID, &rows).whom("Kami"), "org:serikat-masinis-bersama");
}

// ------------------------------------------------------------------------------------------ offices, descriptions

#[rstest]
#[case(Lang::ID, &["Menteri Luar Negeri Arunika [Arga Wirayuda|P s] bicara.", "[Menteri Luar Negeri Arunika|- a] pergi."], "Menteri Luar Negeri Arunika", "person:arga-wirayuda")]
#[case(Lang::ID, &["[Menteri Luar Negeri Arunika|- a] pergi."], "Menteri Luar Negeri Arunika", "arunika")]
#[case(Lang::ID, &["Menteri Luar Negeri Arunika [Arga Wirayuda|P s] bicara.", "[sang menteri|- a] pergi."], "sang menteri", "person:arga-wirayuda")]
#[case(Lang::ID, &["[Gubernur|- a] pergi."], "Gubernur", "nobody")]
#[case(Lang::EN, &["The Arunikan president, [Anton Verov|P s], spoke.", "[the president|- a] left."], "the president", "person:anton-verov")]
#[case(Lang::ID, &["Arunika menolak.", "[negara itu|- a] siap."], "negara itu", "arunika")]
#[case(Lang::ID, &["[PT Bumi Lestara|O a] dan [Serikat Masinis Bersama|O a] berunding.", "[perusahaan itu|- a] siap."], "perusahaan itu", "org:pt-bumi-lestara")]
#[case(Lang::ID, &["[Komisi Tata Kota|O a] rapat.", "[komisi|- a] siap."], "komisi", "org:komisi-tata-kota")]
#[case(Lang::ID, &["Arunika dan Benara berunding.", "[kedua negara|- a] siap."], "kedua negara", "arunika+benara")]
#[case(Lang::EN, &["Arunika met Benara.", "[both sides|- a] left."], "both sides", "arunika+benara")]
#[case(Lang::RU, &["Аруника и Бенара спорят.", "[обе страны|- a] готовы."], "обе страны", "arunika+benara")]
#[case(Lang::ZH, &["阿鲁尼卡与贝纳拉谈判。", "[两国|- a]同意。"], "两国", "arunika+benara")]
#[case(Lang::ID, &["Arunika dan Benara berunding.", "[Arunika|- a] menuduh [tetangganya|- t]."], "tetangganya", "benara")]
#[case(Lang::ID, &["[para perwira itu|- a] pergi."], "para perwira itu", "nobody")]
#[case(Lang::ID, &["[asosiasi pedagang kain|- a] protes.", "[asosiasi itu|- a] pergi."], "asosiasi itu", "org:asosiasi-pedagang-kain")]
fn descriptions_name_who_fits_plainly(
    #[case] lang: Lang,
    #[case] rows: &[&str],
    #[case] surface: &str,
    #[case] id: &str,
) {
    assert_eq!(article(lang, rows).whom(surface), id);
}

// ------------------------------------------------------------------------------------------------------- the laws

/// A span of any words, as the head may find it.
fn span() -> impl Strategy<Value = String> {
    let words = vec![
        "Arga",
        "Wirayuda",
        "Arunika",
        "Liga Samudra",
        "Ligue maritime",
        "arunikain",
        "аруникский",
        "阿鲁尼卡",
        "أرونيكا",
        "Presiden",
        "Menteri",
        "M.Sc.",
        "dan",
        "de",
        "nya",
        "itu",
        "Serikat",
        "«",
        "»",
        "\"",
        ",",
        ".",
        "’s",
        "的",
        "negara",
        "déplore",
        "и",
    ];
    let words = prop::collection::vec((prop::sample::select(words), prop::sample::select(vec!["", " "])), 1..5);
    let kinds = prop::sample::select(vec!["P s", "O a", "L t", "- m"]);
    (words, kinds).prop_map(|(words, kind)| {
        let text: String = words.into_iter().flat_map(|(word, gap)| [word, gap]).collect();
        format!("[{text}|{kind}]")
    })
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => span(),
        1 => Just("[Arga Wirayuda|P s]".to_owned()),
        1 => Just("[ia|- a]".to_owned()),
        1 => Just("[katanya|- s]".to_owned()),
        1 => Just("[kedua negara|- a]".to_owned()),
        1 => Just("[Presiden Benara|- t]".to_owned()),
        1 => Just("[Мы|- a]".to_owned()),
        1 => Just("[他|- a]".to_owned()),
        1 => Just("[e\u{301}|O m]".to_owned()),
        1 => Just("Arunika".to_owned()),
        1 => Just("“".to_owned()),
        1 => Just("”".to_owned()),
        1 => Just(" kata ".to_owned()),
        1 => Just(", ".to_owned()),
        1 => "[^\\[\\]|\\pC]{0,4}",
    ]
}

proptest! {
    #[test]
    fn any_article_is_cast_and_every_candidate_gets_an_answer(
        rows in prop::collection::vec(prop::collection::vec(piece(), 0..10), 0..6)
    ) {
        let rows: Vec<String> = rows.into_iter().map(|r| r.concat()).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        for lang in [Lang::ID, Lang::EN, Lang::RU, Lang::FR, Lang::AR, Lang::ZH] {
            let article = article(lang, &rows);
            for ((text, candidates), resolved) in article.rows.iter().zip(&article.cast.resolved) {
                prop_assert_eq!(candidates.len(), resolved.len());
                let mut end = 0;
                for candidate in candidates {
                    prop_assert!(candidate.bytes.start >= end && text.get(candidate.bytes.clone()).is_some());
                    end = candidate.bytes.end;
                }
                for r in resolved {
                    if let Ref::Members(members) = &r.whom {
                        prop_assert!(!members.is_empty() && members.iter().all(|m| *m < article.cast.members.len()));
                    }
                }
            }
        }
    }
}

#[test]
fn the_cast_is_linear_in_the_article() {
    let row =
        "[Arga Wirayuda|P s] dan [Arga|P a] bertemu [ia|- t], [katanya|- s], [kedua negara|- a] “[kami|- a] siap”. ";
    let seconds = |times: usize| {
        let long = row.repeat(times);
        let rows: Vec<&str> = vec![row; times];
        let start = Instant::now();
        article(Lang::ID, &[&long]);
        article(Lang::ID, &rows);
        start.elapsed().as_secs_f64()
    };
    seconds(50);
    let (small, large) = (seconds(200), seconds(1600));
    assert!(large < small * 8.0 * 5.0 + 0.5, "{small} s against {large} s");
}

#[rstest]
#[case("Benara menyimpan data warganya.", "warganya", 0.25, true)]
#[case("Benara menyimpan data warganya.", "warganya", 0.15, false)]
#[case("Benara menyimpan data temanku.", "temanku", 0.35, false)]
#[case("Benara menyimpan data petani.", "petani", 0.35, false)]
fn a_word_in_nya_is_a_candidate_where_the_head_finds_it_likely_enough(
    #[case] text: &str,
    #[case] word: &str,
    #[case] p_actor: f64,
    #[case] expected: bool,
) {
    let list = ActorList::parse(LIST, Path::new("list.toml")).unwrap();
    let matcher = Matcher::new(&list).unwrap();
    let start = text.find(word).unwrap();
    let span = Tagged {
        bytes: start..start + word.len(),
        entity: None,
        is_actor: false,
        p_actor,
        roles: [0.0, 0.0, 0.0, 1.0],
    };
    let found = merge(text, Some(Lang::ID), &matcher, &[span], Lexicon::builtin());
    assert_eq!(found.iter().any(|c| c.bytes.start == start && c.form == Form::Clitic), expected, "{found:?}");
}

#[rstest]
#[case("Hubungan Arunika-Benara memburuk.", "Arunika-Benara", &["Arunika", "Benara"])]
#[case("Hubungan Benara\u{2013}Arunika memburuk.", "Benara\u{2013}Arunika", &["Benara", "Arunika"])]
#[case("Hubungan Arunika/Benara memburuk.", "Arunika/Benara", &["Arunika", "Benara"])]
#[case("Pasukan Arunika Benara mundur.", "Arunika Benara", &["Arunika", "Benara"])]
#[case("Dewan Arunika-Benara bersidang.", "Dewan Arunika-Benara", &["Dewan Arunika-Benara"])]
fn names_of_the_list_alone_are_several_and_with_a_word_more_one(
    #[case] text: &str,
    #[case] tagged: &str,
    #[case] expected: &[&str],
) {
    let list = ActorList::parse(LIST, Path::new("list.toml")).unwrap();
    let matcher = Matcher::new(&list).unwrap();
    let start = text.find(tagged).unwrap();
    let span = Tagged {
        bytes: start..start + tagged.len(),
        entity: Some(Entity::Organisation),
        is_actor: true,
        p_actor: 0.9,
        roles: [0.1, 0.6, 0.1, 0.2],
    };
    let found = merge(text, Some(Lang::ID), &matcher, &[span], Lexicon::builtin());
    assert_eq!(found.iter().map(|c| &text[c.bytes.clone()]).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|c| c.role == Role::Agent), "{found:?}");
}

#[test]
fn a_list_name_that_two_tagged_spans_share_is_no_second_candidate_on_the_first_ones_bytes() {
    let found = article(Lang::FR, &["[Arga«arunikain|P s][e\u{301}|O m]"]);
    let (_, candidates) = &found.rows[0];
    let bytes: Vec<_> = candidates.iter().map(|c| c.bytes.clone()).collect();
    assert_eq!(bytes, [0..15, 15..18]);
}
