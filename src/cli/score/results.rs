//! `Results`: the stages behind the encoder, from predictions to tables. `nuansa score` and `nuansa merge` run them alike.

use super::clock::Clock;
use super::options::{Facts, Options};
use super::passing::{Body, Passing};
use super::progress::Progress;
use super::summary::Summary;
use crate::actors::{ActorList, Matcher};
use crate::article::Reject;
use crate::cli::locale::Language;
use crate::engine::Prediction;
use crate::error::Result;
use crate::output::{OutputFolder, RowCounts, RowStream, RunRecord, Totals, actor_article_rows};
use crate::pipeline::{Part, Piece, StageOptions, Stages};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where rows go.
#[derive(Debug, Default)]
pub struct Out {
    pub folder: Option<OutputFolder>,
    pub stream: Option<RowStream>,
}

/// What a run record tells besides the counts.
#[derive(Debug)]
pub struct Ended {
    pub settings: serde_json::Value,
    pub threads: usize,
    pub ignored: Vec<String>,
    pub from_journal: u64,
    /// Seconds by stage
    pub timings: Vec<(&'static str, f64)>,
    pub clock: Clock,
}

impl Ended {
    /// The run record.
    pub fn record(mut self, facts: &Facts, rows: RowCounts, outside: BTreeMap<String, u64>) -> RunRecord {
        self.timings.push(("total_s", self.clock.seconds()));
        let thousandths = |s: f64| (s * 1e3).round() / 1e3;
        RunRecord {
            version: env!("CARGO_PKG_VERSION").into(),
            started: self.clock.started(),
            finished: self.clock.finished(),
            command: std::env::args().collect(),
            settings: self.settings,
            sha256: facts.sha256.clone(),
            kernel: facts.kernel.clone(),
            device: facts.device.clone(),
            threads: self.threads,
            rows,
            languages_outside_training: outside,
            ignored_files: self.ignored,
            from_journal: self.from_journal,
            timings: self.timings.into_iter().map(|(name, s)| (name.to_string(), thousandths(s))).collect(),
        }
    }
}

/// The results of a run so far.
pub struct Results<'a> {
    options: &'a Options,
    facts: &'a Facts,
    list: &'a ActorList,
    stages: Stages<'a>,
    out: Out,
    totals: Totals,
    /// The first date that could not be read, with its article
    bad_date: Option<String>,
    counts: RowCounts,
    summary: Summary,
    trained: BTreeSet<&'a str>,
    outside: BTreeMap<String, u64>,
}

impl<'a> Results<'a> {
    pub fn new(
        options: &'a Options,
        facts: &'a Facts,
        list: &'a ActorList,
        matcher: &'a Matcher,
        mut out: Out,
    ) -> Result<Self> {
        if let Some(folder) = out.folder.as_mut().filter(|_| options.save_text) {
            folder.save_texts()?;
        }
        let &Options { min_confidence, roll_up, .. } = options;
        let behind = StageOptions { min_confidence, roll_up, duplicates: true };
        Ok(Self {
            options,
            facts,
            list,
            stages: Stages::new(list, matcher, options.verbs()?, behind),
            out,
            totals: Totals::new(options.period, options.dedup),
            bad_date: None,
            counts: RowCounts::default(),
            summary: Summary::default(),
            trained: facts.languages.iter().map(String::as_str).collect(),
            outside: BTreeMap::new(),
        })
    }

    /// Takes the next piece of a record; `predictions` are those of its readable sentences.
    pub fn take(&mut self, passing: Passing, predictions: Vec<Prediction>, progress: &Progress) -> Result<()> {
        match passing.body {
            Body::Reject(reject) => self.reject(&reject),
            Body::Piece(piece) => self.piece(*piece, predictions, progress),
        }
    }

    /// Whether nobody reads the results any more.
    pub fn is_closed(&self) -> bool {
        self.out.folder.is_none() && self.out.stream.as_ref().is_some_and(RowStream::is_closed)
    }

    fn reject(&mut self, reject: &Reject) -> Result<()> {
        self.counts.add_reject();
        self.out.folder.as_mut().map_or(Ok(()), |folder| folder.reject(reject))
    }

    fn piece(&mut self, piece: Piece, predictions: Vec<Prediction>, progress: &Progress) -> Result<()> {
        let article = Arc::clone(&piece.article);
        if piece.number == 0 && article.text.trim().is_empty() {
            progress.warn(&format!("{}: empty", article.id));
        }
        for span in piece.sentences.iter().zip(&piece.readable).filter(|(_, r)| **r).map(|(s, _)| s) {
            if let Some(lang) = span.lang.or(piece.lang).filter(|l| !self.trained.contains(l.code())) {
                *self.outside.entry(lang.code().to_string()).or_default() += 1;
            }
        }
        let Some(part) = self.stages.take(piece, predictions)? else { return Ok(()) };
        match (&mut self.out.folder, &part) {
            (None, _) => {}
            (Some(folder), Part::Begun { sentences, mentions, .. }) => folder.spans(sentences, mentions)?,
            (Some(folder), Part::Last(rows)) => folder.rows(rows)?,
        }
        if let Some(stream) = &mut self.out.stream {
            stream.rows(part.sentences())?;
        }
        if self.totals.counts(part.repeats()) {
            self.summary.add(part.sentences());
        }
        let Part::Last(rows) = part else { return Ok(()) };
        if let Some(folder) = &mut self.out.folder {
            folder.text(&article.id, &article.text)?;
            for row in actor_article_rows(&article.id, &rows.actors, |id| self.stages.describe(id)) {
                folder.actor_article(&row)?;
            }
        }
        if self.bad_date.is_none() && rows.counts.bad_dates > 0 {
            self.bad_date = article.date.as_ref().map(|date| format!("{date:?} of {}", article.id));
        }
        self.counts.merge(&rows.counts);
        self.totals.add(&rows);
        Ok(())
    }

    /// Writes what could not be written before all records were there, and installs the folder. Gives the summary.
    pub fn finish(self, progress: &Progress, ended: Ended, language: Language) -> Result<(RowCounts, String)> {
        let Self { options, facts, list, stages, out, totals, bad_date, counts, summary, outside, .. } = self;
        let rows = totals.actors(|id| stages.describe(id));
        if let Some(first) = &bad_date {
            let dates = match counts.bad_dates {
                1 => "1 date cannot be read and stands".to_owned(),
                n => format!("{n} dates cannot be read and stand"),
            };
            progress.warn(&format!("{dates} in no period, the first {first}"));
        }
        for (lang, n) in &outside {
            progress.warn(&format!("{n} sentences in language \"{lang}\", in which the model was not trained"));
        }
        if let Some(mut folder) = out.folder {
            totals.write(&mut folder, &rows)?;
            folder.finish(&ended.record(facts, counts, outside))?;
        }
        Ok((counts, summary.render(&counts, options.dedup, &rows, list, language)))
    }
}
