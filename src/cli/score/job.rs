//! The run itself: read a window of articles, cut them into sentences, score the window, write its rows.

use super::progress::Progress;
use super::settings::{Settings, Volume};
use super::summary::Summary;
use crate::actors::{ActorList, Matcher};
use crate::aggregate::{ActorMeasures, Duplicates, Role};
use crate::article::{self, Article, Record};
use crate::cli::Exit;
use crate::engine::{Prediction, Scorer};
use crate::error::{Context, Error, Result, Stage};
use crate::model::checkpoint::{MANIFEST, TOKENIZER, hex_sha256};
use crate::output::{
    Cleaner, MentionHit, OutputFolder, RowCounts, RunRecord, Scored, Sha256s, actor_article_rows, actor_rows, assemble,
};
use crate::text::{Document, Kind, one_line, segment};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Instant;

/// Sentences that are planned into batches together. Fixed, so that the batches, and with them the last bits of a
/// probability, depend on the input alone.
const WINDOW: usize = 512;

/// An article on its way through a window.
struct Cut {
    article: Article,
    document: Document,
}

/// Scores everything `settings` names.
pub fn run(settings: &Settings) -> Result<Exit> {
    let begun = Instant::now();
    let mut reader = article::open(&settings.inputs)?;
    let folder = OutputFolder::create(&settings.out, settings.force)?;
    stop_cleanly(folder.cleaner())?;
    let scorer = Scorer::load(&settings.model, settings.scorer)?;
    let list = actor_list(settings)?;
    let matcher = Matcher::new(&list)?;
    let progress = Progress::new(reader.total_bytes(), settings.volume);
    let loaded = begun.elapsed().as_secs_f64();
    progress.say(
        Volume::Verbose,
        &format!("model {} and {} actors loaded in {loaded:.2} s", scorer.manifest().name, list.actors().len()),
    );

    let mut state = State::new(settings, &scorer, &list, &matcher, folder)?;
    let (mut window, mut pending, mut records) = (Vec::new(), 0, 0);
    while settings.limit.is_none_or(|limit| records < limit) {
        let Some(record) = reader.next() else { break };
        records += 1;
        match record? {
            Record::Reject(reject) => {
                let line = reject.line.map_or(String::new(), |n| format!(", line {n}"));
                progress.warn(&format!("{}{line}: {}", reject.file.display(), reject.reason));
                state.counts.add_reject();
                state.folder.reject(&reject)?;
            }
            Record::Article(article) => {
                if article.text.trim().is_empty() {
                    progress.warn(&format!("{}: empty", article.id));
                }
                let document = segment(&article.text, article.headline.clone());
                pending += document.sentences.len();
                window.push(Cut { article, document });
            }
        }
        if pending >= WINDOW {
            state.window(&std::mem::take(&mut window), &progress, reader.bytes_read())?;
            pending = 0;
        }
    }
    state.window(&window, &progress, reader.bytes_read())?;
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
    matcher: &'a Matcher,
    folder: OutputFolder,
    duplicates: Duplicates,
    actors: ActorMeasures,
    counts: RowCounts,
    summary: Summary,
    trained: BTreeSet<String>,
    outside: BTreeMap<String, u64>,
    scoring: f64,
    read: u64,
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
            matcher,
            folder,
            duplicates: Duplicates::default(),
            actors: ActorMeasures::default(),
            counts: RowCounts::default(),
            summary: Summary::default(),
            trained: scorer.manifest().languages.iter().cloned().collect(),
            outside: BTreeMap::new(),
            scoring: 0.0,
            read: 0,
        })
    }

    /// Scores the articles of a window and writes their rows; `read` bytes of the input end with it.
    fn window(&mut self, window: &[Cut], progress: &Progress, read: u64) -> Result<()> {
        let begun = Instant::now();
        let readable =
            |c: &'_ Cut, i: usize| c.document.sentences[i].kind != Kind::Furniture && c.document.sentences[i].has_words;
        let places = window.iter().flat_map(|c| (0..c.document.sentences.len()).map(move |i| (c, i)));
        let texts: Vec<String> = places
            .filter(|(c, i)| readable(c, *i))
            .map(|(c, i)| one_line(&c.article.text[c.document.sentences[i].bytes.clone()]))
            .collect();
        let (before, from) = (self.counts.scored, self.read);
        let share = Mutex::new(0.0);
        let done = |more: f64| {
            if let Ok(mut share) = share.lock() {
                *share += more;
                let sentences = before + (texts.len() as f64 * *share).round() as u64;
                progress.update(from + (read.saturating_sub(from) as f64 * *share) as u64, sentences);
            }
        };
        let mut predictions = self.scorer.score_with(&texts, &done)?.into_iter();
        self.read = read;
        self.scoring += begun.elapsed().as_secs_f64();
        for cut in window {
            let spans = &cut.document.sentences;
            let predictions: Vec<Option<Prediction>> =
                (0..spans.len()).map(|i| if readable(cut, i) { predictions.next() } else { None }).collect();
            self.article(cut, &predictions)?;
        }
        Ok(())
    }

    fn article(&mut self, cut: &Cut, predictions: &[Option<Prediction>]) -> Result<()> {
        let Cut { article, document } = cut;
        for span in document.sentences.iter().zip(predictions).filter(|(_, p)| p.is_some()).map(|(s, _)| s) {
            if let Some(lang) = span.lang.or(document.lang).filter(|l| !self.trained.contains(l.code())) {
                *self.outside.entry(lang.code().to_string()).or_default() += 1;
            }
        }
        let mentions: Vec<Vec<MentionHit>> =
            document.sentences.iter().map(|s| self.mentions(article, document, s)).collect();
        let duplicate = self.duplicates.check(&article.id, &article.text);
        let rows = assemble(&Scored {
            article,
            document,
            predictions,
            mentions: &mentions,
            min_confidence: self.settings.min_confidence,
            duplicate_of: duplicate.as_deref(),
        })?;
        self.folder.rows(&rows)?;
        self.folder.text(&article.id, &article.text)?;
        for row in actor_article_rows(&article.id, &rows.actors, |id| describe(self.list, id)) {
            self.folder.actor_article(&row)?;
        }
        self.actors.merge(&rows.actors);
        self.counts.merge(&rows.counts);
        self.summary.add(&rows.sentences);
        Ok(())
    }

    fn mentions(&self, article: &Article, document: &Document, span: &crate::text::Sentence) -> Vec<MentionHit> {
        if span.kind == Kind::Furniture {
            return Vec::new();
        }
        let text = &article.text[span.bytes.clone()];
        self.matcher
            .find(text, span.lang.or(document.lang))
            .into_iter()
            .map(|m| MentionHit {
                surface: text[m.bytes.clone()].to_string(),
                bytes: m.bytes,
                actor_id: m.actor.id(self.list).to_string(),
                role: Role::Mention,
                p_role: None,
                resolved_by: "list",
            })
            .collect()
    }

    fn finish(mut self, progress: &Progress, ignored: Vec<String>, loaded: f64, begun: Instant) -> Result<Exit> {
        let rows = actor_rows(&self.actors, |id| describe(self.list, id));
        for row in &rows {
            self.folder.actor(row)?;
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
        let summary = self.summary.render(&self.counts, &rows, self.list, self.settings.language);
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

fn describe<'l>(list: &'l ActorList, id: &str) -> (&'l str, &'l str) {
    list.index_of(id).and_then(|i| list.actors().get(i)).map_or(("", ""), |a| (a.name.as_str(), a.kind.name()))
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
