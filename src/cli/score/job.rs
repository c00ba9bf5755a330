//! The run itself: articles are read and cut on one thread, scored by the engine, and written here in their order.

use super::progress::Progress;
use super::settings::{Settings, Volume};
use super::summary::Summary;
use super::told::{self, Actors};
use crate::actors::{ActorList, Attributor, Matcher};
use crate::aggregate::{Duplicates, RollUp};
use crate::article::{self, Article, Record, Reject};
use crate::cli::Exit;
use crate::engine::{Item, Prediction, Reached, Scorer};
use crate::error::{Context, Error, Result, Stage};
use crate::model::checkpoint::{MANIFEST, TOKENIZER, hex_sha256};
use crate::model::manifest::Input;
use crate::output::{
    Cleaner, OutputFolder, RowCounts, RunRecord, Scored, Sha256s, Totals, actor_article_rows, assemble,
};
use crate::text::{Document, Kind, one_line, segment};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A record on its way through the engine.
enum Passing {
    Reject(Reject),
    Article(Box<Cut>),
}

/// An article, cut, and which of its spans the model reads.
struct Cut {
    article: Article,
    document: Document,
    readable: Vec<bool>,
}

impl Cut {
    fn new(article: Article) -> Self {
        let document = segment(&article.text, article.headline.clone());
        let readable = document.sentences.iter().map(|s| s.kind != Kind::Furniture && s.has_words).collect();
        Self { article, document, readable }
    }

    /// The sentences that the model reads.
    fn texts(&self) -> Vec<String> {
        let spans = self.document.sentences.iter().zip(&self.readable).filter(|(_, r)| **r);
        spans.map(|(s, _)| one_line(&self.article.text[s.bytes.clone()])).collect()
    }
}

/// Scores everything `settings` names.
pub fn run(settings: &Settings) -> Result<Exit> {
    let begun = Instant::now();
    let mut reader = article::open(&settings.inputs, &settings.read)?;
    let mut folder = OutputFolder::create(&settings.out, settings.force)?;
    folder.keep_columns(&settings.read.keep)?;
    stop_cleanly(folder.cleaner())?;
    let scorer = Scorer::load(&settings.model, settings.scorer)?;
    if scorer.manifest().input != Input::Text {
        let cause = "the model reads a sentence together with a target, which articles do not give";
        let hint = "take a model whose input is a text; `nuansa eval` reads targets from a column of labelled rows";
        return Err(Error::new(Stage::Model, cause).file(&settings.model).hint(hint));
    }
    let list = actor_list(settings)?;
    let matcher = Matcher::new(&list)?;
    let progress = Progress::new(reader.total_bytes(), settings.volume);
    let loaded = begun.elapsed().as_secs_f64();
    progress.say(
        Volume::Verbose,
        &format!("model {} and {} actors loaded in {loaded:.2} s", scorer.manifest().name, list.actors().len()),
    );
    reader.take_notes().iter().for_each(|note| progress.say(Volume::Normal, note));

    let mut state = State::new(settings, &scorer, &list, &matcher, folder)?;
    let scoring = Instant::now();
    // Bytes read so far, for the progress bar.
    let read = AtomicU64::new(0);
    let mut left = settings.limit.unwrap_or(usize::MAX);
    let items = std::iter::from_fn(|| {
        left = left.checked_sub(1)?;
        let item = reader.next()?.map(|record| match record {
            Record::Reject(reject) => Item { carry: Passing::Reject(reject), texts: Vec::new() },
            Record::Article(article) => {
                let cut = Cut::new(article);
                Item { texts: cut.texts(), carry: Passing::Article(Box::new(cut)) }
            }
        });
        reader.take_notes().iter().for_each(|note| progress.say(Volume::Normal, note));
        read.store(reader.bytes_read(), Ordering::Relaxed);
        Some(item)
    });
    let mut reached = |r: Reached| {
        let share = r.encoded as f64 / r.read.max(1) as f64;
        progress.update((read.load(Ordering::Relaxed) as f64 * share) as u64, r.encoded as u64);
    };
    let mut sink = |passing: Passing, predictions: Vec<Prediction>| match passing {
        Passing::Reject(reject) => state.reject(&reject, &progress),
        Passing::Article(cut) => state.article(&cut, predictions, &progress),
    };
    scorer.stream(items, &mut sink, &mut reached)?;
    state.scoring = scoring.elapsed().as_secs_f64();
    progress.finish();
    for file in reader.repeated() {
        progress.warn(&format!("{}: given more than once, read once", file.display()));
    }
    if !reader.ignored().is_empty() {
        let n = reader.ignored().len();
        progress.warn(&format!("{n} other files in the input folders were not read; run.json names them"));
    }
    let ignored = reader.ignored().iter().map(|p| p.display().to_string()).collect();
    state.finish(&progress, ignored, loaded, begun)
}

struct State<'a> {
    settings: &'a Settings,
    scorer: &'a Scorer,
    list: &'a ActorList,
    attributor: Attributor<'a>,
    met: Actors<'a>,
    folder: OutputFolder,
    duplicates: Duplicates,
    /// The affiliations of the list, where they are to count
    roll_up: Option<RollUp>,
    totals: Totals,
    /// The first date that could not be read, with its article
    bad_date: Option<String>,
    counts: RowCounts,
    summary: Summary,
    trained: BTreeSet<String>,
    outside: BTreeMap<String, u64>,
    scoring: f64,
}

impl<'a> State<'a> {
    fn new(
        settings: &'a Settings,
        scorer: &'a Scorer,
        list: &'a ActorList,
        matcher: &'a Matcher,
        mut folder: OutputFolder,
    ) -> Result<Self> {
        if settings.save_text {
            folder.save_texts()?;
        }
        Ok(Self {
            settings,
            scorer,
            list,
            attributor: Attributor::new(list, matcher)?,
            met: Actors::new(list),
            folder,
            duplicates: Duplicates::default(),
            roll_up: settings.roll_up.then(|| affiliations(list)),
            totals: Totals::new(settings.period, settings.dedup),
            bad_date: None,
            counts: RowCounts::default(),
            summary: Summary::default(),
            trained: scorer.manifest().languages.iter().cloned().collect(),
            outside: BTreeMap::new(),
            scoring: 0.0,
        })
    }

    fn reject(&mut self, reject: &Reject, progress: &Progress) -> Result<()> {
        let line = reject.line.map_or(String::new(), |n| format!(", line {n}"));
        progress.warn(&format!("{}{line}: {}", reject.file.display(), reject.reason));
        self.counts.add_reject();
        self.folder.reject(reject)
    }

    /// Writes an article's rows; `predictions` are those of its readable sentences.
    fn article(&mut self, cut: &Cut, predictions: Vec<Prediction>, progress: &Progress) -> Result<()> {
        let Cut { article, document, readable } = cut;
        if article.text.trim().is_empty() {
            progress.warn(&format!("{}: empty", article.id));
        }
        let mut predictions = predictions.into_iter();
        let predictions: Vec<Option<Prediction>> =
            readable.iter().map(|r| if *r { predictions.next() } else { None }).collect();
        for span in document.sentences.iter().zip(&predictions).filter(|(_, p)| p.is_some()).map(|(s, _)| s) {
            if let Some(lang) = span.lang.or(document.lang).filter(|l| !self.trained.contains(l.code())) {
                *self.outside.entry(lang.code().to_string()).or_default() += 1;
            }
        }
        let attribution =
            self.attributor.attribute(&article.text, document, &told::tagged(&article.text, document, &predictions));
        self.met.meet(&attribution);
        let mentions = told::hits(&article.text, document, &attribution);
        let voices = told::voices(&attribution);
        let duplicate = self.duplicates.check(&article.id, &article.text)?;
        let rows = assemble(&Scored {
            article,
            document,
            predictions: &predictions,
            mentions: &mentions,
            voices: &voices,
            roll_up: self.roll_up.as_ref(),
            min_confidence: self.settings.min_confidence,
            duplicate_of: duplicate.as_deref(),
        })?;
        self.folder.rows(&rows)?;
        self.folder.text(&article.id, &article.text)?;
        for row in actor_article_rows(&article.id, &rows.actors, |id| self.met.describe(id)) {
            self.folder.actor_article(&row)?;
        }
        if self.bad_date.is_none() && rows.counts.bad_dates > 0 {
            self.bad_date = article.date.as_ref().map(|date| format!("{date:?} of {}", article.id));
        }
        self.counts.merge(&rows.counts);
        if self.totals.add(&rows) {
            self.summary.add(&rows.sentences);
        }
        Ok(())
    }

    fn finish(mut self, progress: &Progress, ignored: Vec<String>, loaded: f64, begun: Instant) -> Result<Exit> {
        let rows = self.totals.write(&mut self.folder, |id| self.met.describe(id))?;
        if let Some(first) = &self.bad_date {
            let n = self.counts.bad_dates;
            progress.warn(&format!("{n} dates are not in ISO 8601 and stand in no period, the first {first}"));
        }
        for (lang, n) in &self.outside {
            progress.warn(&format!("{n} sentences in language \"{lang}\", in which the model was not trained"));
        }
        let total = begun.elapsed().as_secs_f64();
        let timings = [("load_s", loaded), ("score_s", self.scoring), ("total_s", total)];
        let record = RunRecord {
            version: env!("CARGO_PKG_VERSION").into(),
            command: std::env::args().collect(),
            settings: self.settings.to_json(),
            sha256: self.hashes(),
            kernel: self.scorer.kernel(),
            device: "cpu".into(),
            threads: self.settings.scorer.threads,
            rows: self.counts,
            languages_outside_training: self.outside.clone(),
            ignored_files: ignored,
            timings: timings.into_iter().map(|(name, s)| (name.to_string(), (s * 1e3).round() / 1e3)).collect(),
        };
        self.folder.finish(&record)?;
        progress.say(Volume::Verbose, &format!("{} sentences in {total:.1} s", self.counts.sentences));
        let summary = self.summary.render(&self.counts, self.settings.dedup, &rows, self.list, self.settings.language);
        progress.say(Volume::Normal, summary.trim_end());
        Ok(if self.counts.rejects > 0 { Exit::Rejects } else { Exit::Success })
    }

    fn hashes(&self) -> Sha256s {
        let files = self.scorer.sha256();
        let labels = toml::to_string(&self.scorer.manifest().labels).unwrap_or_default();
        Sha256s {
            weights: files
                .iter()
                .filter(|(n, _)| *n != TOKENIZER && *n != MANIFEST)
                .map(|(n, h)| (n.clone(), h.clone()))
                .collect(),
            tokenizer: files.get(TOKENIZER).cloned(),
            labels: Some(hex_sha256(labels.as_bytes())),
            actors: Some(hex_sha256(self.list.source().as_bytes())),
        }
    }
}

fn affiliations(list: &ActorList) -> RollUp {
    RollUp::new(list.actors().iter().filter_map(|a| Some((a.id.as_str(), a.affiliation.as_deref()?))))
}

fn actor_list(settings: &Settings) -> Result<ActorList> {
    match &settings.actors {
        None => ActorList::builtin(),
        Some(file) => ActorList::parse(&std::fs::read_to_string(file).at(Stage::Actors, file)?, file),
    }
}

/// On Ctrl-C nothing half-written stays behind.
fn stop_cleanly(cleaner: Cleaner) -> Result<()> {
    ctrlc::set_handler(move || {
        cleaner.abort();
        eprintln!("interrupted: nothing was written");
        std::process::exit(130);
    })
    .map_err(|e| Error::new(Stage::Write, e))
}
