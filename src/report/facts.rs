//! The counts and facts around the figures: summary, what was left out, and where the numbers come from.

use super::digest::{Digest, STANCES, TONES};
use super::period;
use super::rows::{Stance, Tone};
use super::scores::Scores;
use super::shown::Shown;
use super::words::Words;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// A part of a whole, for a bar of shares.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    pub name: String,
    pub sign: &'static str,
    pub class: &'static str,
    pub n: String,
    pub percent: String,
    /// Where it begins and how wide it is, in per cent
    pub x: String,
    pub width: String,
}

/// A name and a value.
#[derive(Debug, Serialize)]
pub(super) struct Fact {
    pub name: String,
    pub value: String,
    pub why: String,
}

/// A cell of stance by tone.
#[derive(Debug, Serialize)]
pub(super) struct Square {
    pub n: String,
    pub percent: String,
    /// The side of a square whose area is the share, of 64 pixels
    pub side: String,
    pub inset: String,
    pub class: &'static str,
}

/// The corpus at a glance.
#[derive(Debug, Serialize)]
pub(super) struct Glance {
    pub stance: Vec<Part>,
    pub tone: Vec<Part>,
    pub scores: [Shown; 2],
    pub csv: String,
    /// Tones across, stances down
    pub crosstab: Vec<(String, Vec<Square>)>,
    pub crosstab_csv: String,
    pub any: bool,
}

pub(super) fn stance_part(stance: Stance) -> (&'static str, &'static str, &'static str) {
    match stance {
        Stance::Escalation => ("escalation", "▲", "e"),
        Stance::Neutral => ("neutral", "", "n"),
        Stance::Deescalation => ("deescalation", "▼", "d"),
    }
}

pub(super) fn tone_part(tone: Tone) -> (&'static str, &'static str, &'static str) {
    match tone {
        Tone::Negative => ("negative", "−", "g"),
        Tone::Neutral => ("tone_neutral", "", "n"),
        Tone::Positive => ("positive", "+", "p"),
    }
}

fn parts(counts: [u64; 3], kinds: [(&'static str, &'static str, &'static str); 3], words: &Words) -> Vec<Part> {
    let total = counts.iter().sum::<u64>().max(1) as f64;
    let mut x = 0.0;
    let part = |(n, (key, sign, class)): (u64, (&str, &'static str, &'static str))| {
        let share = n as f64 / total;
        let at = x;
        x += 100.0 * share;
        Part {
            name: words.say(key).to_owned(),
            sign,
            class,
            n: words.numbers.count(n),
            percent: words.numbers.percent(share, 1),
            x: format!("{at:.3}%"),
            width: format!("{:.3}%", 100.0 * share),
        }
    };
    counts.into_iter().zip(kinds).map(part).collect()
}

impl Glance {
    pub fn of(digest: &Digest, words: &Words) -> Self {
        let (stances, tones) = (digest.stances(), digest.tones());
        let total = stances.iter().sum::<u64>();
        let share = |n: u64| n as f64 / total.max(1) as f64;
        let mut csv = String::from("score,label,n,share\n");
        let mut crosstab_csv = String::from("stance,tone,n,share\n");
        for (score, label, n) in STANCES
            .iter()
            .zip(stances)
            .map(|(s, n)| ("stance", stance_part(*s).0, n))
            .chain(TONES.iter().zip(tones).map(|(t, n)| ("tone", tone_part(*t).0, n)))
        {
            // Writing to a string cannot fail
            let _ = writeln!(csv, "{score},{},{n},{:.6}", label.trim_start_matches("tone_"), share(n));
        }
        let row = |(stance, row): (&Stance, &[u64; 3])| {
            let (key, sign, class) = stance_part(*stance);
            let square = |(tone, n): (&Tone, &u64)| {
                let tone = tone_part(*tone).0.trim_start_matches("tone_");
                let _ = writeln!(crosstab_csv, "{key},{tone},{n},{:.6}", share(*n));
                let side = 64.0 * share(*n).sqrt();
                Square {
                    n: words.numbers.count(*n),
                    percent: words.numbers.percent(share(*n), 1),
                    side: format!("{side:.1}"),
                    inset: format!("{:.1}", (64.0 - side) / 2.0),
                    class,
                }
            };
            let squares = TONES.iter().zip(row).map(square).collect();
            (format!("{sign} {}", words.say(key)).trim().to_owned(), squares)
        };
        let crosstab = STANCES.iter().zip(&digest.crosstab).map(row).collect();
        Self {
            stance: parts(stances, STANCES.map(stance_part), words),
            tone: parts(tones, TONES.map(tone_part), words),
            scores: Shown::both(&digest.means(), words.numbers),
            csv,
            crosstab,
            crosstab_csv,
            any: total > 0,
        }
    }
}

/// The row accounting: what was read and what became of it.
pub(super) fn accounting(scores: &Scores, words: &Words) -> [Vec<Fact>; 2] {
    let rows = scores.run.rows;
    let fact =
        |key: &str, n: u64| Fact { name: words.say(key).to_owned(), value: words.numbers.count(n), why: String::new() };
    [
        vec![
            fact("records_read", rows.records_read),
            fact("records_articles", rows.articles),
            fact("records_rejects", rows.rejects),
        ],
        vec![
            fact("sentences_all", rows.sentences),
            fact("sentences_scored", rows.scored),
            fact("sentences_furniture", rows.furniture),
            fact("sentences_no_words", rows.no_words),
            fact("sentences_low_confidence", rows.low_confidence),
        ],
    ]
}

/// What does not count in the numbers, and why; nothing that is zero.
pub(super) fn left_out(scores: &Scores, digest: &Digest, words: &Words) -> Vec<Fact> {
    let rows = scores.run.rows;
    let outside = scores.run.whole.get("languages_outside_training").and_then(Value::as_object);
    let outside: u64 = outside.map_or(0, |langs| langs.values().filter_map(Value::as_u64).sum());
    let ignored = scores.run.whole.get("ignored_files").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    let duplicates = if scores.run.dedup { "why_duplicates" } else { "why_duplicates_counted" };
    [
        ("records_rejects", rows.rejects, "why_rejects"),
        ("articles_empty", rows.empty, "why_empty"),
        ("articles_no_scored", rows.no_scored, "why_no_scored"),
        ("articles_duplicates", rows.duplicates, duplicates),
        ("articles_bad_dates", rows.bad_dates, "why_bad_dates"),
        ("sentences_furniture", rows.furniture, "why_furniture"),
        ("sentences_no_words", rows.no_words, "why_no_words"),
        ("sentences_low_confidence", rows.low_confidence, "why_low_confidence"),
        ("sentences_outside", outside, "why_outside"),
        ("sentences_windowed", digest.windowed, "why_windowed"),
        ("files_ignored", ignored, "why_ignored"),
    ]
    .into_iter()
    .filter(|(_, n, _)| *n > 0)
    .map(|(key, n, why)| Fact {
        // The accounting writes its parts as a sum
        name: words.say(key).trim_start_matches(['+', ' ']).to_owned(),
        value: words.numbers.count(n),
        why: words.say(why).to_owned(),
    })
    .collect()
}

/// What the run record says of program, model, settings and date.
pub(super) fn provenance(scores: &Scores, words: &Words) -> Vec<Fact> {
    let run = &scores.run;
    let mut facts = Vec::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            facts.push(Fact {
                name: name.to_owned(),
                value: super::safe::cut(value, 2_000).0.to_owned(),
                why: String::new(),
            });
        }
    };
    add(words.say("program"), &format!("nuansa {}", run.text("/version").unwrap_or("–")));
    // The date is the run's, never today's: the same folder gives the same report
    let date = run.text("/finished").map(|at| period::moment(at, words));
    add(words.say("run_date"), date.as_deref().unwrap_or(words.say("not_recorded")));
    for key in ["kernel", "device"] {
        add(words.say(key), run.text(&format!("/{key}")).unwrap_or_default());
    }
    let command = run.whole.get("command").and_then(Value::as_array);
    let command: Vec<&str> = command.into_iter().flatten().filter_map(Value::as_str).collect();
    add(words.say("command"), &command.join(" "));
    for (key, value) in run.whole.get("settings").and_then(Value::as_object).into_iter().flatten() {
        let shown = match value {
            Value::String(text) => text.clone(),
            Value::Null => "–".into(),
            other => other.to_string(),
        };
        add(&format!("{}: {key}", words.say("setting")), &shown);
    }
    let hashes = run.whole.get("sha256").and_then(Value::as_object);
    for (key, value) in hashes.into_iter().flatten() {
        match value {
            Value::Object(files) => {
                for (file, hash) in files {
                    add(&format!("sha256: {file}"), hash.as_str().unwrap_or("–"));
                }
            }
            other => add(&format!("sha256: {key}"), other.as_str().unwrap_or("–")),
        }
    }
    facts
}
