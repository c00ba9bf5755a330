//! `nuansa actors suggest DIR`: the frequent names of a result folder that no list has, as entries to edit.
//!
//! Names are taken as they stand in `mentions.csv`: pronouns, offices and quotations that go on name nobody. What is
//! printed is a list that `--actors` takes, to be read before: a name that two suggestions share is no alias of either.

use crate::cli::Exit;
use crate::cli::backend::positive;
use crate::error::{Context, Error, Result, Stage};
use clap::Args;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Print the frequent persons and organisations of a result folder that no list has, as entries of an actor list
#[derive(Debug, Args)]
pub struct SuggestArgs {
    /// Folder that `nuansa score` has written
    #[arg(value_name = "SCORES")]
    folder: PathBuf,
    /// Leave out names with fewer mentions
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = positive)]
    min: usize,
}

/// What `mentions.csv` says of an unlisted actor.
#[derive(Debug, Default)]
struct Unlisted {
    mentions: usize,
    articles: BTreeSet<String>,
    /// How often each name stands for it
    surfaces: BTreeMap<String, usize>,
}

/// Runs the command.
pub fn run(args: &SuggestArgs, stdout: &mut dyn Write) -> anyhow::Result<Exit> {
    let found = read(&args.folder.join("mentions.csv"))?;
    write!(stdout, "{}", entries(&found, args.min))?;
    Ok(Exit::Success)
}

fn read(file: &Path) -> Result<BTreeMap<String, Unlisted>> {
    #[derive(serde::Deserialize)]
    struct Mention {
        article_id: String,
        surface: String,
        actor_id: String,
        resolved_by: String,
    }
    let hint = "name a folder that `nuansa score` has written";
    let fault = |e: csv::Error| {
        let place = e.position().map(|at| format!("line {}", at.line()));
        let error = Error::new(Stage::Read, &e).file(file).hint(hint);
        place.into_iter().fold(error, Error::place)
    };
    let stream = std::fs::File::open(file).at(Stage::Read, file).map_err(|e| e.hint(hint))?;
    let mut found: BTreeMap<String, Unlisted> = BTreeMap::new();
    for row in csv::Reader::from_reader(stream).deserialize() {
        let Mention { article_id, surface, actor_id, resolved_by } = row.map_err(fault)?;
        if kind(&actor_id).is_none() {
            continue;
        }
        let actor = found.entry(actor_id).or_default();
        actor.mentions += 1;
        actor.articles.insert(article_id);
        if matches!(resolved_by.as_str(), "ner" | "name_part") && surface.chars().any(char::is_alphanumeric) {
            *actor.surfaces.entry(surface).or_default() += 1;
        }
    }
    Ok(found)
}

/// The type of an unlisted actor in an actor list, and its id without the prefix.
fn kind(actor_id: &str) -> Option<(&'static str, &str)> {
    let of = |prefix, kind| actor_id.strip_prefix(prefix).map(|id| (kind, id));
    of("person:", "person").or_else(|| of("org:", "organisation"))
}

/// The actors with at least `least` mentions and a name, as entries, the most frequent first.
fn entries(found: &BTreeMap<String, Unlisted>, least: usize) -> String {
    let mut top: Vec<(&str, &Unlisted)> = found
        .iter()
        .filter(|(_, actor)| actor.mentions >= least && !actor.surfaces.is_empty())
        .map(|(id, actor)| (id.as_str(), actor))
        .collect();
    top.sort_by_key(|(id, actor)| (Reverse(actor.mentions), *id));
    if top.is_empty() {
        return format!("# No unlisted person or organisation has {least} or more mentions\n");
    }
    let mut carriers: BTreeMap<&str, usize> = BTreeMap::new();
    for surface in top.iter().flat_map(|(_, actor)| actor.surfaces.keys()) {
        *carriers.entry(surface).or_default() += 1;
    }
    let mut taken: BTreeSet<String> = ["ambiguous", "all"].map(str::to_owned).into();
    let mut out = String::from("# Suggested by nuansa; read docs/actors.md and every entry before use\n");
    for (actor_id, actor) in top {
        let Some((kind, bare)) = kind(actor_id) else { continue };
        // Writing to a string cannot fail
        let _ = write!(out, "\n{}", entry(actor_id, &id(bare, kind, &mut taken), kind, actor, &carriers));
    }
    out
}

fn entry(actor_id: &str, id: &str, kind: &str, actor: &Unlisted, carriers: &BTreeMap<&str, usize>) -> String {
    let mut surfaces: Vec<(&str, usize)> = actor.surfaces.iter().map(|(s, n)| (s.as_str(), *n)).collect();
    surfaces.sort_by_key(|(surface, n)| (Reverse(*n), *surface));
    let longest = surfaces.iter().max_by_key(|(s, n)| (s.chars().count(), *n, Reverse(*s))).map_or("", |(s, _)| *s);
    let (own, shared): (Vec<_>, Vec<_>) = surfaces.into_iter().partition(|(surface, _)| carriers[surface] == 1);
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let (n, articles) = (actor.mentions, actor.articles.len());
    let mut out = format!("# {actor_id}: {n} mention{} in {articles} article{}\n", plural(n), plural(articles));
    for (surface, n) in &shared {
        let _ = writeln!(out, "# Another suggestion has this name too: {} ({n})", quoted(surface));
    }
    // An entry without a name would make the list unreadable
    let comment = if own.is_empty() { "# " } else { "" };
    let _ = writeln!(out, "{comment}[[actor]]\n{comment}id = {}\n{comment}type = {}", quoted(id), quoted(kind));
    let _ = writeln!(out, "{comment}name = {}\n# affiliation = \"\"\n{comment}[actor.aliases]", quoted(longest));
    let _ = writeln!(out, "{comment}any = [");
    for (surface, n) in own {
        let _ = writeln!(out, "  {}, # {n}", quoted(&literal(surface)));
    }
    out + comment + "]\n"
}

/// A name in the notation of an actor list, in which `=`, `|` and `*` mean something.
fn literal(surface: &str) -> String {
    surface.trim_start_matches('=').replace(['|', '*'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id that the list allows and no entry before has: `bare`, or where it has other letters than a to z, the kind and a
/// number.
fn id(bare: &str, kind: &str, taken: &mut BTreeSet<String>) -> String {
    let kebab: Vec<String> = bare
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let whole = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !kebab.is_empty();
    let base = if whole { kebab.join("-") } else { kind.to_owned() };
    let numbered = (if whole { 2 } else { 1 }..).map(|n: usize| format!("{base}-{n}"));
    let free = whole.then(|| base.clone()).into_iter().chain(numbered).find(|id| !taken.contains(id));
    let id = free.unwrap_or(base);
    taken.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::{ActorList, audit};

    fn unlisted(mentions: usize, surfaces: &[(&str, usize)]) -> Unlisted {
        Unlisted {
            mentions,
            articles: BTreeSet::from(["a".to_owned()]),
            surfaces: surfaces.iter().map(|(s, n)| ((*s).to_owned(), *n)).collect(),
        }
    }

    #[test]
    fn suggestions_are_a_list_that_can_be_read_the_most_frequent_first() {
        let found = BTreeMap::from([
            ("person:dara-\"dua\"-sento".to_owned(), unlisted(4, &[("Dara \"Dua\" Sento", 1), ("Sento", 3)])),
            ("org:dewan-kota".to_owned(), unlisted(9, &[("Dewan Kota", 8), ("=Dewan|Kota*", 1)])),
            ("person:all".to_owned(), unlisted(3, &[("All", 3)])),
            ("person:дарин".to_owned(), unlisted(5, &[("Дарина", 2), ("Дарин", 3), ("Sento", 1)])),
            ("person:rare".to_owned(), unlisted(2, &[("Rare", 2)])),
            ("person:nameless".to_owned(), unlisted(7, &[])),
            ("org:sento".to_owned(), unlisted(3, &[("Sento", 3)])),
        ]);
        let text = entries(&found, 3);
        let list = ActorList::parse(&text, Path::new("x")).unwrap();
        let ids: Vec<(&str, &str)> = list.actors().iter().map(|a| (a.id.as_str(), a.name.as_str())).collect();
        assert_eq!(
            ids,
            [
                ("dewan-kota", "=Dewan|Kota*"),
                ("person-1", "Дарина"),
                ("person-2", "Dara \"Dua\" Sento"),
                ("all-2", "All"),
            ]
        );
        let forms: Vec<&str> = list.actors()[1].names.iter().map(|n| n.forms[0].as_str()).collect();
        assert_eq!(forms, ["Дарин", "Дарина"]);
        assert!(
            text.contains("# org:sento: 3 mentions in 1 article\n") && text.contains("too: \"Sento\" (3)"),
            "{text}"
        );
        assert!(audit(&text, Path::new("x")).is_ok());
        assert!(entries(&found, 10).starts_with("# No unlisted"));
    }

    #[test]
    fn an_id_is_kebab_case_and_given_once() {
        let mut taken = BTreeSet::new();
        let of = ["a-b", "a-b", "й", "a b", ""].map(|bare| id(bare, "person", &mut taken));
        assert_eq!(of, ["a-b", "a-b-2", "person-1", "person-2", "person-3"]);
    }
}
