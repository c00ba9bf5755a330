//! Reading labelled articles: JSON lines of sentences, and beside them JSON lines that say whose words sentences are.
//!
//! Every line is checked before one is used: a span that is not where the file says, an unknown role, an id that is there
//! twice or names no sentence are faults with file, line and field.

use super::gold::{Article, Mention, Row, Said};
use crate::aggregate::Role;
use crate::article::DataLine;
use crate::error::{Error, Result, Stage};
use crate::text::Lang;
use crate::train::data_fault::{Fault, refuse};
use crate::train::data_files::open_lines;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The phenomenon that marks a title.
const HEADLINE: &str = "headline";

#[derive(Deserialize)]
struct RawRow {
    id: String,
    group: Option<String>,
    text: String,
    lang: Option<String>,
    split: Option<String>,
    #[serde(default)]
    phenomena: Vec<String>,
    #[serde(default)]
    mentions: Vec<RawMention>,
}

#[derive(Deserialize)]
struct RawMention {
    /// Code points
    start: usize,
    end: usize,
    surface: String,
    role: String,
    actor: Option<String>,
}

#[derive(Deserialize)]
struct RawSource {
    id: String,
    voice: String,
    #[serde(default)]
    source: Option<Vec<String>>,
    #[serde(default)]
    direct: bool,
}

/// The articles of `gold`, or of one `split` of it, by id; rows without a group are articles of their own. `sources` says
/// whose words sentences are; it may name any sentence of `gold`.
///
/// # Errors
/// Files that cannot be read, faults of lines, a split without rows.
pub fn read(gold: &Path, sources: Option<&Path>, split: Option<&str>) -> Result<Vec<Article>> {
    let mut faults = Vec::new();
    let rows: Vec<(u64, RawRow)> = lines(gold, &mut faults)?;
    let mut said: BTreeMap<String, Said> = match sources {
        Some(file) => {
            let ids: BTreeSet<&str> = rows.iter().map(|(_, row)| row.id.as_str()).collect();
            said(file, &ids, &mut faults)?
        }
        None => BTreeMap::new(),
    };
    let (mut splits, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut articles: BTreeMap<String, Article> = BTreeMap::new();
    let name: Arc<str> = gold.to_string_lossy().into();
    for (line, row) in rows {
        let fault = |field: &str, cause: String| Fault {
            file: name.clone(),
            line: Some(line),
            field: Some(field.to_owned()),
            cause,
        };
        if !seen.insert(row.id.clone()) {
            faults.push(fault("id", format!("\"{}\" is there twice", row.id)));
        }
        let mentions = match mentions(&row) {
            Ok(mentions) => mentions,
            Err(cause) => {
                faults.push(fault("mentions", cause));
                Vec::new()
            }
        };
        let lang = row.lang.as_deref().map(Lang::new);
        if lang == Some(None) {
            faults.push(fault("lang", "expected two lower-case letters, such as id".to_owned()));
        }
        splits.extend(row.split.clone());
        if split.is_some() && row.split.as_deref() != split {
            continue;
        }
        let id = row.group.unwrap_or_else(|| row.id.clone());
        let article = articles.entry(id).or_insert_with_key(|id| Article { id: id.clone(), rows: Vec::new() });
        article.rows.push(Row {
            said: said.remove(&row.id),
            id: row.id,
            text: row.text,
            lang: lang.flatten(),
            headline: row.phenomena.iter().any(|p| p == HEADLINE),
            mentions,
        });
    }
    refuse(Stage::Eval, &faults)?;
    if articles.is_empty() {
        let cause = split.map_or_else(|| "no rows".to_owned(), |split| format!("no row of split \"{split}\""));
        let known = splits.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Error::new(Stage::Eval, cause).file(gold).hint(format!("its splits are: {known}")));
    }
    let mut articles: Vec<Article> = articles.into_values().collect();
    articles.iter_mut().for_each(Article::part_labels);
    Ok(articles)
}

/// The mentions of a row in order.
fn mentions(row: &RawRow) -> std::result::Result<Vec<Mention>, String> {
    // The byte of each code point, and of the end.
    let starts: Vec<usize> = row.text.char_indices().map(|(i, _)| i).chain([row.text.len()]).collect();
    let mut out = Vec::with_capacity(row.mentions.len());
    for m in &row.mentions {
        let bytes: Option<Range<usize>> = starts.get(m.start).zip(starts.get(m.end)).map(|(a, b)| *a..*b);
        let Some(bytes) = bytes.filter(|b| row.text.get(b.clone()) == Some(&m.surface) && !b.is_empty()) else {
            return Err(format!("\"{}\" does not stand at {}..{} (code points)", m.surface, m.start, m.end));
        };
        let roles = [Role::Source, Role::Agent, Role::Target, Role::Mention];
        let Some(role) = roles.into_iter().find(|role| role.name() == m.role) else {
            return Err(format!("unknown role \"{}\"; allowed are source, agent, target, mention", m.role));
        };
        let actors = m.actor.iter().flat_map(|a| a.split(';')).map(|a| a.trim().to_owned());
        out.push(Mention { bytes, role, actors: actors.filter(|a| !a.is_empty()).collect() });
    }
    out.sort_by_key(|m| m.bytes.start);
    if let Some(pair) = out.windows(2).find(|pair| pair[0].bytes.end > pair[1].bytes.start) {
        let [a, b] = [0, 1].map(|k| &row.text[pair[k].bytes.clone()]);
        return Err(format!("\"{a}\" and \"{b}\" overlap"));
    }
    Ok(out)
}

/// Whose words the sentences of `file` are.
fn said(file: &Path, known: &BTreeSet<&str>, faults: &mut Vec<Fault>) -> Result<BTreeMap<String, Said>> {
    let name: Arc<str> = file.to_string_lossy().into();
    let mut out = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (line, RawSource { id, voice, source, direct }) in lines::<RawSource>(file, faults)? {
        let mut fault = |field: &str, cause: String| {
            faults.push(Fault { file: name.clone(), line: Some(line), field: Some(field.to_owned()), cause });
        };
        if !known.contains(id.as_str()) {
            fault("id", format!("no labelled sentence has the id \"{id}\""));
        }
        if !seen.insert(id.clone()) {
            fault("id", format!("\"{id}\" is there twice"));
        }
        let said = match voice.as_str() {
            "author" if source.as_ref().is_none_or(Vec::is_empty) && !direct => Said::Author,
            "author" => {
                fault("voice", "an author's sentence has no source and is not direct".to_owned());
                continue;
            }
            "source" => Said::Source { names: source, direct },
            other => {
                fault("voice", format!("unknown voice \"{other}\"; allowed are author, source"));
                continue;
            }
        };
        out.insert(id, said);
    }
    Ok(out)
}

/// The objects of a file of JSON lines with their line numbers.
fn lines<T: DeserializeOwned>(file: &Path, faults: &mut Vec<Fault>) -> Result<Vec<(u64, T)>> {
    let lines = open_lines(file).map_err(|e| Error::new(Stage::Eval, e.cause()).file(file))?.ok_or_else(|| {
        Error::new(Stage::Eval, "mentions are read from JSON lines alone").file(file).hint("give a .jsonl file")
    })?;
    let name: Arc<str> = file.to_string_lossy().into();
    let mut out = Vec::new();
    for DataLine { number, text } in lines {
        match text.map(|text| serde_json::from_str(&text)) {
            Ok(Ok(row)) => out.push((number, row)),
            Ok(Err(e)) => {
                let cause = e.to_string();
                let cause = cause.split(" at line ").next().unwrap_or(&cause).to_owned();
                faults.push(Fault { file: name.clone(), line: Some(number), field: None, cause });
            }
            Err(cause) => faults.push(Fault { file: name.clone(), line: Some(number), field: None, cause }),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn of(gold: &str, sources: Option<&str>, split: Option<&str>) -> Result<Vec<Article>> {
        let dir = tempfile::tempdir().unwrap();
        let (rows, said) = (dir.path().join("g.jsonl"), dir.path().join("s.jsonl"));
        fs::write(&rows, gold).unwrap();
        fs::write(&said, sources.unwrap_or_default()).unwrap();
        read(&rows, sources.map(|_| said.as_path()), split)
    }

    const GOLD: &str = concat!(
        "{\"id\":\"b-1\",\"group\":\"b\",\"text\":\"Вера и Arunika\",\"lang\":\"ru\",\"split\":\"dev\",",
        "\"phenomena\":[\"headline\"],\"mentions\":[",
        "{\"start\":7,\"end\":14,\"surface\":\"Arunika\",\"role\":\"target\",\"actor\":\"Arunika Raya; Karenda\"},",
        "{\"start\":0,\"end\":4,\"surface\":\"Вера\",\"role\":\"agent\"}]}\n\n",
        "{\"id\":\"a-1\",\"group\":\"a\",\"text\":\"Kata Tavira.\",\"lang\":\"id\",\"split\":\"train\",\"extra\":1}\n",
    );

    #[test]
    fn articles_come_by_id_with_bytes_for_code_points() {
        let sources = concat!(
            "{\"id\":\"a-1\",\"voice\":\"author\"}\n",
            "{\"id\":\"b-1\",\"voice\":\"source\",\"source\":null,\"direct\":true}\n"
        );
        let articles = of(GOLD, Some(sources), None).unwrap();
        assert_eq!(articles.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(articles[0].rows[0].said, Some(Said::Author));
        let row = &articles[1].rows[0];
        assert_eq!(row.said, Some(Said::Source { names: None, direct: true }));
        assert!(row.headline && row.lang == Some(Lang::RU));
        assert_eq!((row.mentions[0].bytes.clone(), row.mentions[0].role), (0..8, Role::Agent));
        assert_eq!(row.mentions[1].actors, ["Arunika Raya", "Karenda"]);
        let dev = of(GOLD, Some(sources), Some("dev")).unwrap();
        assert_eq!(dev.len(), 1);
    }

    #[test]
    fn faults_name_line_and_field() {
        let message = |gold: &str, sources: Option<&str>| of(gold, sources, None).unwrap_err().to_string();
        for (from, to, wants) in [
            ("\"end\":14", "\"end\":15", ["line 1, field \"mentions\"", "\"Arunika\" does not stand at 7..15"]),
            ("\"start\":7", "\"start\":9", ["line 1", "does not stand at 9..14"]),
            ("target", "Target", ["line 1", "unknown role \"Target\"; allowed are source"]),
            ("a-1", "b-1", ["line 3, field \"id\"", "\"b-1\" is there twice"]),
            ("\"id\",\"split\"", "\"Indo\",\"split\"", ["line 3, field \"lang\"", "two lower-case letters"]),
            ("\"text\":\"Kata", "\"txt\":\"Kata", ["line 3", "missing field `text`"]),
        ] {
            assert!(GOLD.contains(from), "{from}");
            let message = message(&GOLD.replace(from, to), None);
            assert!(wants.iter().all(|w| message.contains(w)), "{from}: {message}");
        }
        for (source, want) in [
            ("{\"id\":\"c\",\"voice\":\"author\"}", "no labelled sentence has the id \"c\""),
            ("{\"id\":\"a-1\",\"voice\":\"none\"}", "unknown voice \"none\""),
            ("{\"id\":\"a-1\",\"voice\":\"author\",\"direct\":true}", "an author's sentence has no source"),
            ("{\"id\":\"a-1\",\"voice\":\"author\"}\n{\"id\":\"a-1\",\"voice\":\"author\"}", "is there twice"),
        ] {
            let message = message(GOLD, Some(source));
            assert!(message.contains("s.jsonl") && message.contains(want), "{message}");
        }
        let none = of(GOLD, None, Some("test")).unwrap_err().to_string();
        assert!(none.contains("no row of split \"test\"") && none.contains("dev, train"), "{none}");
        assert!(of("", None, None).unwrap_err().to_string().contains("no rows"));
    }

    #[test]
    fn overlapping_mentions_and_other_formats_are_refused() {
        let overlap =
            GOLD.replace("\"start\":0,\"end\":4,\"surface\":\"Вера\"", "\"start\":5,\"end\":8,\"surface\":\"и A\"");
        assert!(of(&overlap, None, None).unwrap_err().to_string().contains("overlap"));
        let csv = read(Path::new("gold.csv"), None, None).unwrap_err().to_string();
        assert!(csv.contains("gold.csv"), "{csv}");
    }
}
