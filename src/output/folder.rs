//! `OutputFolder`: the tables and records of one run, from the first row to the finished folder.

use super::assemble::ArticleRows;
use super::cleaner::Cleaner;
use super::dyad_rows::DyadRow;
use super::format::Layout;
use super::kept::articles_with;
use super::package::package;
use super::rows::{ActorArticleRow, ActorRow, ArticleRow, MentionRow, SentenceRow};
use super::run_record::RunRecord;
use super::schema::{ACTOR_ARTICLES, ACTORS, DYADS, MENTIONS, SENTENCES, TIMELINE, Table};
use super::sink::{LinesFile, write_file};
use super::staging::{Begin, PACKAGE, REJECTS, RUN, Staging, TEXTS};
use super::table_files::TableFiles;
use super::timeline_rows::TimelineRow;
use crate::article::{Reject, slashed};
use crate::error::{Context, Result, Stage};
use serde::Serialize;
use std::path::Path;

/// A folder that is being written. Until [`OutputFolder::finish`] nothing stands under a final name; dropped before
/// that, it takes away whatever it has written and leaves an earlier run's results as they were.
#[derive(Debug)]
pub struct OutputFolder {
    sentences: TableFiles,
    mentions: TableFiles,
    actors: TableFiles,
    actor_articles: TableFiles,
    dyads: TableFiles,
    articles: TableFiles,
    timeline: Option<TableFiles>,
    rejects: LinesFile,
    texts: Option<LinesFile>,
    layout: Layout,
    /// Cleans up last, when the files above are closed
    staging: Staging,
}

impl OutputFolder {
    /// Makes `dir` ready for CSV files, creating it where it does not exist. A folder of an earlier run will be replaced;
    /// one that holds anything else is refused unless `force` is set, and then only files with names of ours are
    /// replaced.
    ///
    /// # Errors
    /// `dir` is a file, cannot be written to, is in use by another run, or holds other files or an unfinished run.
    pub fn create(dir: &Path, force: bool) -> Result<Self> {
        Self::new(Staging::create(dir, Begin { force, resume: false })?, Layout::default(), &[])
    }

    /// Begins the files of a run in its staging folder; `articles.csv` gets the columns `keep` at its end.
    ///
    /// # Errors
    /// Those of [`articles_with`], and a file that cannot be written.
    pub fn new(staging: Staging, layout: Layout, keep: &[String]) -> Result<Self> {
        let table = |table: &Table| TableFiles::create(&staging, table, &layout);
        Ok(Self {
            sentences: table(&SENTENCES)?,
            mentions: table(&MENTIONS)?,
            actors: table(&ACTORS)?,
            actor_articles: table(&ACTOR_ARTICLES)?,
            dyads: table(&DYADS)?,
            articles: table(&articles_with(keep)?)?,
            timeline: None,
            rejects: lines(&staging, REJECTS)?,
            texts: None,
            layout,
            staging,
        })
    }

    /// Begins `articles_text.jsonl`; without it [`OutputFolder::text`] does nothing.
    pub fn save_texts(&mut self) -> Result<()> {
        self.texts = Some(lines(&self.staging, TEXTS)?);
        Ok(())
    }

    /// What an interrupt handler needs to leave nothing behind.
    pub fn cleaner(&self) -> Cleaner {
        self.staging.cleaner()
    }

    /// Writes the sentences, the mentions and the row of an article; its actors are written by
    /// [`OutputFolder::actor_article`].
    pub fn rows(&mut self, rows: &ArticleRows) -> Result<()> {
        self.spans(&rows.sentences, &rows.mentions)?;
        self.article(&rows.article)
    }

    /// Writes sentences and mentions.
    pub fn spans(&mut self, sentences: &[SentenceRow], mentions: &[MentionRow]) -> Result<()> {
        sentences.iter().try_for_each(|row| self.sentence(row))?;
        mentions.iter().try_for_each(|row| self.mention(row))
    }

    /// Writes a row of `sentences.csv`.
    pub fn sentence(&mut self, row: &SentenceRow) -> Result<()> {
        self.sentences.row(row)
    }

    /// Writes a row of `mentions.csv`.
    pub fn mention(&mut self, row: &MentionRow) -> Result<()> {
        self.mentions.row(row)
    }

    /// Writes a row of `actors.csv`.
    pub fn actor(&mut self, row: &ActorRow) -> Result<()> {
        self.actors.row(row)
    }

    /// Writes a row of `actor_articles.csv`.
    pub fn actor_article(&mut self, row: &ActorArticleRow) -> Result<()> {
        self.actor_articles.row(row)
    }

    /// Writes a row of `dyads.csv`.
    pub fn dyad(&mut self, row: &DyadRow) -> Result<()> {
        self.dyads.row(row)
    }

    /// Writes a row of `timeline.csv`, which begins with its first row.
    pub fn period(&mut self, row: &TimelineRow) -> Result<()> {
        let file = match self.timeline.take() {
            Some(file) => file,
            None => TableFiles::create(&self.staging, &TIMELINE, &self.layout)?,
        };
        self.timeline.insert(file).row(row)
    }

    /// Writes a row of `articles.csv`.
    pub fn article(&mut self, row: &ArticleRow) -> Result<()> {
        self.articles.row(row)
    }

    /// Writes a line of `rejects.jsonl`.
    pub fn reject(&mut self, reject: &Reject) -> Result<()> {
        // A path that is no UTF-8 has no JSON form of its own
        #[derive(Serialize)]
        struct Fields<'a> {
            file: String,
            line: Option<u64>,
            byte: Option<u64>,
            id: Option<&'a str>,
            reason: &'a str,
        }
        let Reject { file, line, byte, id, reason } = reject;
        let file = slashed(file);
        self.rejects.line(&Fields { file, line: *line, byte: *byte, id: id.as_deref(), reason })
    }

    /// Writes a line of `articles_text.jsonl`, where texts are saved.
    pub fn text(&mut self, id: &str, text: &str) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            id: &'a str,
            text: &'a str,
        }
        self.texts.as_mut().map_or(Ok(()), |texts| texts.line(&Line { id, text }))
    }

    /// Closes every file, adds `datapackage.json` and `run.json`, and moves all to their final names.
    ///
    /// # Errors
    /// A file cannot be written, or [`Cleaner::abort`] was called.
    pub fn finish(self, run: &RunRecord) -> Result<()> {
        let Self { sentences, mentions, actors, actor_articles, dyads, articles, timeline, .. } = self;
        let files = [Some(sentences), Some(mentions), Some(actors), Some(actor_articles), Some(dyads), Some(articles)];
        let mut tables = Vec::new();
        for files in files.into_iter().chain([timeline]).flatten() {
            tables.extend(files.close()?);
        }
        self.rejects.close()?;
        self.texts.map(LinesFile::close).transpose()?;
        let (path, shown) = self.staging.paths(PACKAGE);
        let described = serde_json::to_string_pretty(&package(&tables, &self.layout)).at(Stage::Write, &shown)?;
        write_file(&path, &shown, &(described + "\n"))?;
        write_run(&self.staging, run)?;
        self.staging.install(false)
    }
}

/// Ends the run of a shard, whose one result is its journal.
///
/// # Errors
/// A file cannot be written, or [`Cleaner::abort`] was called.
pub fn finish_shard(staging: &Staging, run: &RunRecord) -> Result<()> {
    write_run(staging, run)?;
    staging.install(true)
}

fn write_run(staging: &Staging, run: &RunRecord) -> Result<()> {
    let (path, shown) = staging.paths(RUN);
    write_file(&path, &shown, &run.to_json().at(Stage::Write, &shown)?)
}

fn lines(staging: &Staging, name: &str) -> Result<LinesFile> {
    let (path, shown) = staging.paths(name);
    LinesFile::create(&path, shown)
}
