//! `report`: a finished folder of scores as one page for readers, and as figures for papers.
//!
//! [`write()`] makes one HTML file that stands alone: no network, no other file, no script that it needs. It reads a
//! folder that `nuansa score` has finished and nothing else, so the same folder gives the same bytes; the date it shows is
//! the run's. What comes from data is text and never markup (`safe`), and the page's policy would not run it.
//!
//! Large inputs are read in two passes (`digest`, then the texts of the articles that `choice` picks); the page keeps
//! below 20 MB, and [`Options::pages`] writes every article as a page of its own.

mod actors;
mod choice;
mod content;
mod digest;
mod estimate;
mod explained;
mod facts;
mod marks;
mod names;
mod number;
mod page;
mod pairs;
mod period;
pub mod plot;
mod reader;
mod reading;
mod rows;
mod safe;
mod scores;
mod shown;
mod story;
mod table;
mod timeline;
mod words;

use crate::cli::locale::Language;
use crate::error::{Context, Error, Result, Stage};
use crate::output::is_article_page;
use digest::Digest;
use names::Names;
use page::Pages;
use reading::Reading;
pub(crate) use safe::html;
use scores::Scores;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use story::Story;
use words::Words;

/// What to write, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The HTML file, replaced where there is one
    pub out: PathBuf,
    /// Language of the page's own texts
    pub language: Language,
    /// Articles whose text the page holds at most; as many as there is room for where it is `None`
    pub articles: Option<usize>,
    /// Whether to write every article as a page of its own, into a folder beside the file
    pub pages: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Bytes of the file
    pub bytes: u64,
    /// Articles in the input
    pub articles: usize,
    /// Those whose text the page holds
    pub readable: usize,
    /// The folder of article pages
    pub pages: Option<PathBuf>,
}

/// Makes the report of the folder `scores`.
///
/// # Errors
/// `scores` is no finished folder of nuansa's, a file in it is missing or is not as it was written, or the report cannot
/// be written.
pub fn write(scores: &Path, options: &Options) -> Result<Written> {
    let words = Words::of(options.language)?;
    let scores = Scores::read(scores)?;
    let names = Names::of(&scores, &words)?;
    let digest = Digest::read(&scores)?;
    let pages = Pages::new(&words)?;
    let readable = choice::readable(&digest.articles, options.articles, choice::PAGE_BYTES);
    let listed = choice::listed(&digest.articles, &readable, choice::LISTED);
    let beside = options.pages.then(|| Beside::create(&options.out)).transpose()?;

    let mut whole = BTreeMap::new();
    let mut reading = Reading::open(&scores.folder, true)?;
    while let Some((place, piece)) = reading.next()? {
        if beside.is_none() && !readable.contains(&place) {
            continue;
        }
        let story = Story::whole(place, &piece, &names, &words)?;
        if let Some(beside) = &beside {
            beside.write(&story, digest.articles.len(), digest.explained, &pages)?;
        }
        if readable.contains(&place) {
            whole.insert(place, story);
        }
    }
    let stories = listed.iter().map(|place| {
        let short = || Story::of(*place, &digest.articles[*place].article, &words);
        let mut story = whole.remove(place).unwrap_or_else(short);
        story.link = beside.as_ref().map_or_else(String::new, |b| b.link(story.number));
        story
    });
    let content =
        content::Content::new(&scores, &digest, &names, &words, stories.collect(), readable.len(), options.pages);
    let html = pages.render("report.html", &content.heading, &content)?;
    put(&options.out, html.as_bytes())?;
    Ok(Written {
        bytes: html.len() as u64,
        articles: digest.articles.len(),
        readable: readable.len(),
        pages: beside.map(|b| b.folder),
    })
}

/// The folder of article pages beside the report: `report-pages` for `report.html`.
struct Beside {
    folder: PathBuf,
    name: String,
    report: String,
}

impl Beside {
    fn create(out: &Path) -> Result<Self> {
        let stem = out.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{stem}-pages");
        let folder = out.with_file_name(&name);
        std::fs::create_dir_all(&folder).at(Stage::Write, &folder)?;
        // Pages of an earlier report, which may have been of more articles; other files are somebody else's
        for entry in std::fs::read_dir(&folder).at(Stage::Write, &folder)? {
            let entry = entry.at(Stage::Write, &folder)?;
            if is_article_page(&entry.file_name()) {
                std::fs::remove_file(entry.path()).at(Stage::Write, entry.path())?;
            }
        }
        let report = out.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self { folder, name: encoded(&name), report: format!("../{}", encoded(&report)) })
    }

    fn link(&self, number: usize) -> String {
        format!("{}/{number:05}.html", self.name)
    }

    /// `explained`: whether the words behind the labels are known.
    fn write(&self, story: &Story, articles: usize, explained: bool, pages: &Pages<'_>) -> Result<()> {
        let page = |number: usize| format!("{number:05}.html");
        let content = json!({
            "a": story,
            "back": self.report,
            "explained": explained,
            "before": if story.number > 1 { page(story.number - 1) } else { String::new() },
            "after": if story.number < articles { page(story.number + 1) } else { String::new() },
        });
        put(&self.folder.join(page(story.number)), pages.render("article.html", &story.title, content)?.as_bytes())
    }
}

/// A file name in a link.
fn encoded(name: &str) -> String {
    let safe = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    name.bytes().map(|b| if safe(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Writes a file whole or not at all.
fn put(file: &Path, bytes: &[u8]) -> Result<()> {
    if file.is_dir() {
        return Err(Error::new(Stage::Write, "is a folder").file(file).hint("name a file with --out"));
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let partial = file.with_file_name(format!(".{name}.nuansa-partial"));
    let written = std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, file));
    if written.is_err() {
        // Nothing can be done where this fails too
        let _ = std::fs::remove_file(&partial);
    }
    written.at(Stage::Write, file)
}
