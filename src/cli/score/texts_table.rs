//! The table in which a terminal shows scored texts: stance and tone with their probabilities, and beside them the
//! sentence, broken into lines, with source and actors below it.

use super::summary::decimal;
use crate::annotate::label::{columns, harmless, wrap};
use crate::cli::locale::Language;
use crate::output::{SentenceRow, SentenceStatus};
use std::fmt::Write as _;

/// A sentence as the table shows it.
pub struct Line<'a> {
    pub row: &'a SentenceRow,
    /// Whose words it gives
    pub source: Option<String>,
    /// Names and roles
    pub actors: Vec<(String, &'static str)>,
}

/// Columns that the sentence has at least, on however narrow a terminal.
const LEAST: usize = 24;
/// Columns of a probability.
const NUMBER: usize = 5;

/// The table for a terminal of `width` columns.
pub fn render(lines: &[Line<'_>], language: Language, width: usize) -> String {
    let say = |id, en| language.pick(id, en);
    let labels = |label: &str| match label {
        "escalation" => say("eskalasi", "escalation"),
        "deescalation" => say("deeskalasi", "de-escalation"),
        "positive" => say("positif", "positive"),
        "negative" => say("negatif", "negative"),
        _ => say("netral", "neutral"),
    };
    let (stance, tone) = (say("sikap", "stance"), say("nada", "tone"));
    let short = [say("esk", "esc"), say("de", "de"), "net", "pos", "neg", "net"];
    let widest = |names: &[&str]| names.iter().map(|n| columns(n)).max().unwrap_or(0);
    let stances = widest(&[stance, labels("escalation"), labels("deescalation"), labels("neutral")]);
    let tones = widest(&[tone, labels("positive"), labels("negative"), labels("neutral")]);
    let left = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))));
    let numbers = |cells: [String; 3]| cells.map(|cell| format!("{cell:>NUMBER$}")).concat();

    let head = |stance: &str, three: [String; 3], tone: &str, other: [String; 3]| {
        format!("{}{}  {}{}  ", left(stance, stances), numbers(three), left(tone, tones), numbers(other))
    };
    let [a, b, c, d, e, f] = short.map(str::to_owned);
    let mut out = head(stance, [a, b, c], tone, [d, e, f]);
    let before = columns(&out);
    let room = width.saturating_sub(before + 1).max(LEAST);
    let _ = writeln!(out, "{}", say("kalimat", "sentence"));
    for line in lines {
        let row = line.row;
        let p = |p: Option<crate::aggregate::Micro>| {
            p.map_or_else(|| "–".to_owned(), |p| decimal(&format!("{:.2}", p.value()), language))
        };
        let label = |label: Option<&str>| label.map_or("–", labels).to_owned();
        let mut first = head(
            &label(row.stance),
            [row.p_escalation, row.p_deescalation, row.p_neutral].map(p),
            &label(row.tone),
            [row.p_positive, row.p_negative, row.p_tone_neutral].map(p),
        );
        for part in shown(line, language).iter().flat_map(|part| wrap(part, room)) {
            let _ = writeln!(out, "{first}{part}");
            first = " ".repeat(before);
        }
    }
    out
}

/// The sentence, and below it what is known of it.
fn shown(line: &Line<'_>, language: Language) -> Vec<String> {
    let say = |id, en| language.pick(id, en);
    let mut parts = vec![harmless(&line.row.text)];
    let status = match line.row.status {
        SentenceStatus::Ok => None,
        SentenceStatus::Furniture => Some(say("unsur laman, tidak dinilai", "page furniture, not scored")),
        SentenceStatus::NoWords => Some(say("tanpa kata, tidak dinilai", "no words, not scored")),
        SentenceStatus::LowConfidence => Some(say("kurang yakin", "not sure enough")),
    };
    parts.extend(status.map(|status| format!("({status})")));
    if let Some(source) = &line.source {
        parts.push(format!("{}: {}", say("sumber", "source"), harmless(source)));
    }
    let role = |role: &str| match role {
        "source" => say("sumber", "source"),
        "agent" => say("pelaku", "agent"),
        "target" => say("sasaran", "target"),
        _ => say("disebut", "mentioned"),
    };
    if !line.actors.is_empty() {
        let actors = line.actors.iter().map(|(name, r)| format!("{} ({})", harmless(name), role(r)));
        parts.push(format!("{}: {}", say("aktor", "actors"), actors.collect::<Vec<_>>().join(", ")));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::Micro;

    fn row(text: &str, scored: bool) -> SentenceRow {
        let p = |p: f64| Micro::new(p).filter(|_| scored);
        SentenceRow {
            article_id: "1".into(),
            sentence_id: 0,
            start: 0,
            end: text.chars().count(),
            kind: "sentence",
            lang: None,
            voice: None,
            source_actor: None,
            stance: scored.then_some("escalation"),
            stance_score: p(0.9),
            p_escalation: p(0.93),
            p_deescalation: p(0.03),
            p_neutral: p(0.04),
            tone: scored.then_some("neutral"),
            tone_score: p(-0.2),
            p_positive: p(0.1),
            p_negative: p(0.3),
            p_tone_neutral: p(0.6),
            n_tokens: None,
            n_windows: None,
            status: if scored { SentenceStatus::Ok } else { SentenceStatus::NoWords },
            text: text.into(),
        }
    }

    #[test]
    fn columns_stand_below_their_heads_and_long_sentences_are_broken() {
        let (a, b) = (row("Arunika menolak menarik pasukannya dari selat itu hari ini.", true), row("2031", false));
        let actors = vec![("Arunika".to_owned(), "agent"), ("Benara".to_owned(), "mention")];
        let lines = [
            Line { row: &a, source: Some("Tirta".into()), actors },
            Line { row: &b, source: None, actors: Vec::new() },
        ];
        let table = render(&lines, Language::En, 90);
        let rows: Vec<&str> = table.lines().collect();
        let at = rows[0].find("sentence").unwrap();
        for row in &rows {
            assert!(columns(row) < 90, "{row}");
        }
        assert!(rows[1].starts_with("escalation    0.93 0.03 0.04  neutral  0.10 0.30 0.60  Arunika"), "{table}");
        assert_eq!(rows[0].find("esc"), rows[1].find("0.93").map(|at| at + 1));
        let under: String = rows[1..rows.len() - 2].iter().map(|r| r[at..].to_owned() + " ").collect();
        assert!(under.contains("source: Tirta") && under.contains("actors: Arunika (agent), Benara"), "{table}");
        assert!(
            rows[rows.len() - 2].trim_start().starts_with('–') && rows[rows.len() - 2].ends_with("2031"),
            "{table}"
        );
        assert!(rows[rows.len() - 1].ends_with("(no words, not scored)"), "{table}");
    }

    #[test]
    fn indonesian_has_its_words_and_its_comma() {
        let a = row("Evil\u{1b}[2J\u{202e}", true);
        let table = render(&[Line { row: &a, source: None, actors: Vec::new() }], Language::Id, 40);
        assert!(table.starts_with("sikap ") && table.contains("eskalasi") && table.contains("0,93"), "{table}");
        assert!(!table.contains(['\u{1b}', '\u{202e}']), "{table:?}");
    }
}
