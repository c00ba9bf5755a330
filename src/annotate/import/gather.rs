//! Raw rows made ratings: fields told apart, labels named, spans counted in code points, repetitions counted once.

use super::fields::{Meaning, meanings, split_heads};
use super::ids::Ids;
use super::names::{self, Head};
use super::raw::{Place, Raw};
use super::told::Told;
use super::{Options, offsets};
use crate::actors::tagged::ROLES;
use crate::annotate::rating::{Mark, Rating};
use crate::error::{Error, Result, Stage};
use crate::train::data_fault::{Fault, refuse};
use offsets::Units;
use std::collections::{BTreeMap, BTreeSet};

/// Ratings and what became of the rest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gathered {
    /// In the order of the export, for each sentence and annotator one
    pub ratings: Vec<Rating>,
    /// What is told about the reading
    pub told: Told,
}

/// Makes ratings of raw rows.
///
/// # Errors
/// All faults of rows, those found before among them: labels and fields that are not known, several labels in one field,
/// spans that are not where they say, one id with two texts, two words of one annotator without a time that tells the
/// later.
pub fn gather(mut rows: Vec<Raw>, options: &Options, mut faults: Vec<Fault>) -> Result<Gathered> {
    rows.iter_mut().for_each(split_heads);
    let mut told = Told { rows: rows.len(), ..Told::default() };
    let fields = meanings(&rows, &options.names, &mut faults);
    told.units = offsets::units(&rows, options.unit, &mut faults);
    told.fields = fields.iter().map(|(name, meaning)| (name.clone(), meaning.told())).collect();
    let heads = options.names.fields.iter().filter(|(_, ours)| ["stance", "tone"].contains(&ours.as_str()));
    told.idle = heads.map(|(theirs, _)| theirs).filter(|f| !fields.contains_key(*f)).cloned().collect();
    let files: BTreeSet<String> = rows.iter().map(|r| r.place.file.to_string()).collect();
    let empty = Empty::of(&rows, options);
    let mut ids = Ids::new(options.key);
    let mut kept: Vec<(Rating, Raw)> = Vec::new();
    let mut at: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mut row in rows {
        if row.item.text.trim().is_empty() {
            *told.missing.entry("without text").or_default() += 1;
            continue;
        }
        if let Err(cause) = ids.place(&mut row) {
            faults.push(row.place.fault(Some("id"), &cause));
            continue;
        }
        if let Some(why) = row.skipped {
            *told.missing.entry(why).or_default() += 1;
            continue;
        }
        if row.is_silent() && empty != Empty::IsNobody {
            *told.missing.entry("without a label").or_default() += 1;
            continue;
        }
        let Some(rating) = rating(&row, &fields, &told.units, empty, options, &mut faults) else { continue };
        if !rating.says_something() {
            *told.missing.entry("without a label").or_default() += 1;
            continue;
        }
        let key = (rating.item.id.clone(), rating.annotator.clone());
        match at.get(&key) {
            None => {
                at.insert(key, kept.len());
                kept.push((rating, row));
            }
            Some(&first) => merge(&mut kept[first], rating, row, &mut told, &mut faults),
        }
    }
    told.same_text = ids.same_text();
    refuse(Stage::Annotate, &faults)?;
    if kept.is_empty() {
        let missing: Vec<String> = told.missing.iter().map(|(why, n)| format!("{n} {why}")).collect();
        let cause = match (told.rows, missing.is_empty()) {
            (0, _) => "no annotations".to_owned(),
            (rows, true) => format!("none of {rows} rows has a label"),
            (rows, false) => format!("none of {rows} rows has a label: {}", missing.join(", ")),
        };
        let mut error = Error::new(Stage::Annotate, cause)
            .hint("export what was submitted, with its annotations; [fields] of --map names where labels stand");
        if let [file] = Vec::from_iter(&files).as_slice() {
            error = error.file(file);
        }
        return Err(error);
    }
    Ok(Gathered { ratings: kept.into_iter().map(|(rating, _)| rating).collect(), told })
}

/// What a row without spans says of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Empty {
    /// Nothing
    Missing,
    /// That nobody is mentioned, where the row says something else
    IsNobodyBesideLabels,
    /// That nobody is mentioned
    IsNobody,
}

impl Empty {
    /// By the option, where the export has spans at all. In one that has labels too, a row without anything is one that
    /// was left.
    fn of(rows: &[Raw], options: &Options) -> Self {
        match (options.empty_is_none, rows.iter().any(|r| r.spans.is_some()), rows.iter().all(|r| r.answers.is_empty()))
        {
            (true, true, true) => Self::IsNobody,
            (true, true, false) => Self::IsNobodyBesideLabels,
            _ => Self::Missing,
        }
    }
}

impl Meaning {
    fn told(self) -> &'static str {
        match self {
            Self::One(head) => head.name(),
            Self::Each => "stance and tone",
            Self::Note => "note",
            Self::Nothing => "left out",
        }
    }
}

/// The rating of a row; `None` where it has a fault.
fn rating(
    row: &Raw,
    fields: &BTreeMap<String, Meaning>,
    units: &Units,
    empty: Empty,
    options: &Options,
    faults: &mut Vec<Fault>,
) -> Option<Rating> {
    let before = faults.len();
    let mut found: BTreeMap<Head, BTreeSet<&str>> = BTreeMap::new();
    let mut notes: Vec<&str> = row.note.iter().map(String::as_str).collect();
    for answer in &row.answers {
        let meaning = fields.get(&answer.field).copied().unwrap_or(Meaning::Nothing);
        for label in &answer.labels {
            let heads: &[Head] = match meaning {
                Meaning::One(ref head) => std::slice::from_ref(head),
                Meaning::Each => &[Head::Stance, Head::Tone],
                Meaning::Note => {
                    notes.push(label);
                    continue;
                }
                Meaning::Nothing => continue,
            };
            let known: Vec<(Head, &str)> =
                heads.iter().filter_map(|h| Some((*h, options.names.label(*h, label)?))).collect();
            if known.is_empty() {
                let allowed = heads.iter().flat_map(|h| h.labels()).copied().collect::<Vec<_>>().join(", ");
                let cause = format!("unknown label \"{label}\"; known are {allowed}; name it with --labels");
                faults.push(row.place.fault(Some(&answer.field), &cause));
            }
            if meaning == Meaning::One(Head::Role) {
                let cause = format!("\"{label}\" is a role, which belongs to a marked span and not to the sentence");
                faults.push(row.place.fault(Some(&answer.field), &cause));
            }
            for (head, ours) in known.into_iter().filter(|(_, ours)| !ours.is_empty()) {
                found.entry(head).or_default().insert(ours);
            }
        }
    }
    let mut one = |head: Head| -> Option<&str> {
        let labels = found.get(&head)?;
        if labels.len() > 1 {
            let all: Vec<&str> = labels.iter().copied().collect();
            let cause = format!(
                "several labels of {}, which can have one: {}; leave it one in the tool and export again",
                head.name(),
                all.join(", ")
            );
            faults.push(row.place.fault(None, &cause));
        }
        labels.first().copied()
    };
    let (stance, tone) = (one(Head::Stance).and_then(names::stance), one(Head::Tone).and_then(names::tone));
    let asked = row.spans.is_some() || empty != Empty::Missing;
    let mentions = asked.then(|| marks(row, units, options, faults)).flatten();
    (faults.len() == before).then(|| Rating {
        item: row.item.clone(),
        annotator: row.annotator.clone(),
        stance,
        tone,
        mentions,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        seconds: row.seconds,
    })
}

/// The marked actors of a row, in code points.
fn marks(row: &Raw, units: &Units, options: &Options, faults: &mut Vec<Fault>) -> Option<Vec<Mark>> {
    let mut marks = Vec::new();
    for span in row.spans.iter().flatten() {
        let Some(role) = options.names.label(Head::Role, &span.label) else {
            let cause = format!(
                "unknown label \"{}\" of a span; known are {}; name it with --labels, as in {0}=mention",
                span.label,
                ROLES.join(", ")
            );
            faults.push(row.place.fault(None, &cause));
            continue;
        };
        let Some(role) = ROLES.iter().position(|r| *r == role) else { continue };
        let range = units.get(&row.place.file)?.code_points(&row.item.text, span.start, span.end)?;
        marks.push(Mark { start: range.start, end: range.end, role });
    }
    marks.sort_unstable();
    marks.dedup();
    if let Some(pair) = marks.windows(2).find(|pair| pair[1].start < pair[0].end) {
        let surface = |m: Mark| m.to_json(&row.item.text)["surface"].to_string();
        let cause = format!("spans overlap: {} and {}; take one of them away", surface(pair[0]), surface(pair[1]));
        faults.push(row.place.fault(None, &cause));
    }
    Some(marks)
}

/// A second row of one annotator about one sentence: what it adds, what it repeats, or what it replaces.
fn merge(kept: &mut (Rating, Raw), new: Rating, row: Raw, told: &mut Told, faults: &mut Vec<Fault>) {
    let (old, old_row) = (&kept.0, &kept.1);
    let differs = differs(old.stance, new.stance) || differs(old.tone, new.tone) || {
        old.mentions.as_ref().zip(new.mentions.as_ref()).is_some_and(|(a, b)| a != b)
    };
    let adds = old.stance.is_none() && new.stance.is_some()
        || old.tone.is_none() && new.tone.is_some()
        || old.mentions.is_none() && new.mentions.is_some();
    if !differs {
        if !adds {
            told.repeated.push(row.place.shown());
        }
        let Rating { stance, tone, mentions, note, .. } = new;
        let old = &mut kept.0;
        old.stance = old.stance.or(stance);
        old.tone = old.tone.or(tone);
        old.mentions = old.mentions.take().or(mentions);
        old.note = old.note.take().or(note);
        return;
    }
    match old_row.when.as_ref().zip(row.when.as_ref()) {
        Some((before, now)) if before != now => {
            let later = now > before;
            let lost: &Place = if later { &old_row.place } else { &row.place };
            told.replaced.push(lost.shown());
            if later {
                *kept = (new, row);
            }
        }
        _ => {
            let cause = format!(
                "{} has said something else of \"{}\" in {}, and nothing tells which came later; take one of the two \
                 out",
                new.annotator,
                new.item.id,
                old_row.place.shown()
            );
            faults.push(row.place.fault(None, &cause));
        }
    }
}

fn differs<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a != b)
}
