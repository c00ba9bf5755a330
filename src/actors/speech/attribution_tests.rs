//! Attribution over several sentences. The notation of `saying_tests` marks the candidates.

use proptest::prelude::*;

use super::attribution::{Attributed, Heard, SourceOf, Voice, attribute};
use super::quotation::quotations;
use super::quoted::quoted;
use super::saying::{Saying, sayings};
use super::saying_tests::{LEXICON, marked, sentence};
use crate::actors::cast::{Ref, Resolved, ResolvedBy};
use crate::aggregate::Role;
use crate::text::{Lang, segment};

/// One letter a sentence: `a` the author's, the first letter of the source's name, `?` unknown, `!` ambiguous; a
/// capital where the source stands in another sentence. Names that begin alike are one member; `dia` is Arsa.
fn voices(sentences: &[&str], joint: &str) -> String {
    let (mut text, mut spans, mut candidates) = (String::new(), Vec::new(), Vec::new());
    for s in sentences {
        let (plain, found) = marked(s);
        text.push_str(if text.is_empty() { "" } else { joint });
        spans.push(sentence(text.len()..text.len() + plain.len(), "id"));
        text.push_str(&plain);
        candidates.push(found);
    }
    let mut names: Vec<char> = Vec::new();
    let mut resolved = Vec::new();
    for (span, found) in spans.iter().zip(&candidates) {
        let own = &text[span.bytes.clone()];
        resolved.push(
            found
                .iter()
                .map(|c| {
                    let first = own[c.bytes.clone()].chars().next().unwrap_or(' ').to_ascii_lowercase();
                    let first = if first == 'd' || first == 'k' { 'r' } else { first };
                    let at = names.iter().position(|n| *n == first).unwrap_or(names.len());
                    if at == names.len() {
                        names.push(first);
                    }
                    Resolved { whom: Ref::Members(vec![at]), by: ResolvedBy::Ner }
                })
                .collect::<Vec<_>>(),
        );
    }
    let quotations = quotations(&text, &spans);
    let parts = quoted(&quotations, &spans);
    let said: Vec<Vec<Saying>> = spans
        .iter()
        .enumerate()
        .map(|(i, s)| sayings(&text[s.bytes.clone()], Some(Lang::ID), &candidates[i], &parts[i], &LEXICON))
        .collect();
    let heard = Heard {
        text: &text,
        sentences: &spans,
        quotations: &quotations,
        quoted: &parts,
        sayings: &said,
        candidates: &candidates,
        resolved: &resolved,
    };
    let letter = |a: &Attributed| match (a.voice, a.source) {
        (Voice::Author, _) => 'a',
        (_, None) => '?',
        (_, Some(SourceOf::Ambiguous)) => '!',
        (_, Some(SourceOf::Member(m))) if a.running => names[m].to_ascii_uppercase(),
        (_, Some(SourceOf::Member(m))) => names[m],
    };
    attribute(&heard).iter().map(letter).collect()
}

#[test]
fn a_quotation_that_runs_over_sentences_keeps_its_source() {
    let one = ["\"Kami menunggu lama di pelabuhan.", "Sekarang kami pulang,\" kata [Raka]."];
    assert_eq!(voices(&one, " "), "Rr");
    let two = ["[Raka] berkata, \"Kami menunggu lama.", "Besok pagi kami pulang.\"", "Hujan turun di kota."];
    assert_eq!(voices(&two, " "), "rRa");
}

#[test]
fn the_cue_may_stand_in_the_sentence_before_or_after() {
    assert_eq!(voices(&["Lalu [Raka] berkata:", "\"Kami akan pulang besok pagi.\""], " "), "rR");
    assert_eq!(voices(&["\"Kami akan pulang besok pagi.\"", "Demikian kata [Raka]."], " "), "Rr");
}

#[test]
fn a_quoted_sentence_without_cue_keeps_the_last_direct_speaker() {
    let same = ["\"Kami akan pulang besok pagi,\" kata [Raka].", "\"Anak kami sudah menunggu di rumah.\""];
    assert_eq!(voices(&same, " "), "rR");
    assert_eq!(voices(&same, "\n\n"), "rR");
    let other = ["Pasar tutup lebih awal.", "\"Anak kami sudah menunggu di rumah.\""];
    assert_eq!(voices(&other, " "), "a?");
}

#[test]
fn a_clitic_at_the_end_of_a_long_quotation_takes_the_source_before_it() {
    let long =
        ["[Raka] mengatakan perundingan ditunda.", "\"Kami lelah menunggu di sini.", "Besok kami pulang,\" katanya."];
    assert_eq!(voices(&long, " "), "rRR");
}

#[test]
fn a_fragment_in_quotation_marks_makes_no_source() {
    assert_eq!(voices(&["Polisi menangkap \"Kecil\" di pasar."], " "), "a");
    assert_eq!(voices(&["Warga menyebutnya \"rumah hantu\"."], " "), "?");
}

#[test]
fn two_who_speak_together_are_ambiguous_and_a_clitic_takes_the_last_source() {
    assert_eq!(voices(&["[Raka] dan [Sela] mengatakan perundingan ditunda."], " "), "!");
    let two = ["[Raka] mengatakan perundingan ditunda.", "\"Kami belum siap sama sekali,\" katanya."];
    assert_eq!(voices(&two, " "), "rR");
    assert_eq!(voices(&["Para ahli mengatakan air akan surut."], " "), "?");
}

#[test]
fn the_role_head_speaks_where_no_cue_is_known() {
    let (text, mut found) = marked("[Raka] membatin.");
    found[0].role = Role::Source;
    found[0].p_role = Some(0.9);
    let spans = [sentence(0..text.len(), "id")];
    let resolved = vec![vec![Resolved { whom: Ref::Ambiguous, by: ResolvedBy::Ner }]];
    let heard = Heard {
        text: &text,
        sentences: &spans,
        quotations: &[],
        quoted: &[vec![]],
        sayings: &[vec![]],
        candidates: &[found],
        resolved: &resolved,
    };
    let source = Some(SourceOf::Ambiguous);
    assert_eq!(attribute(&heard), [Attributed { voice: Voice::Source, source, running: false }]);
}

proptest! {
    #[test]
    fn any_text_is_attributed_sentence_by_sentence(
        text in "(Arsa kata |mengatakan |\\. |\"|\\n\\n|“|”|katanya\\. |Demikian ){0,40}|\\PC{0,80}",
    ) {
        let spans = segment(&text, None).sentences;
        let quotations = quotations(&text, &spans);
        let parts = quoted(&quotations, &spans);
        let said: Vec<Vec<Saying>> = (spans.iter().zip(&parts))
            .map(|(s, parts)| sayings(&text[s.bytes.clone()], Some(Lang::ID), &[], parts, &LEXICON))
            .collect();
        let none = vec![vec![]; spans.len()];
        let nobody = vec![vec![]; spans.len()];
        let heard = Heard {
            text: &text,
            sentences: &spans,
            quotations: &quotations,
            quoted: &parts,
            sayings: &said,
            candidates: &none,
            resolved: &nobody,
        };
        let found = attribute(&heard);
        prop_assert_eq!(found.len(), spans.len());
        prop_assert!(found.iter().all(|a| a.source.is_none() && !a.running));
    }
}
