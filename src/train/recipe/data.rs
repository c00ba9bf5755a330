//! `Data`: the part of a recipe that says which labelled rows are read, how they are split and how often they are drawn.

use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::Columns;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where labelled rows come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Files and how each is read; at least one
    pub source: Vec<Source>,
    /// How rows without a split get one; without this table they take no part
    pub split: Option<Split>,
    /// At most this many rows of a group are drawn per epoch, where groups hold versions of one sentence (translations);
    /// 0 reads all, as it must where a group is an article
    pub per_group: usize,
    /// Languages whose rows are drawn more often within a group, as `{ id = 3.0 }`; the others weigh 1
    pub language_weight: BTreeMap<String, f64>,
    /// Reads at most this many training rows per epoch; 0 reads all
    pub rows_per_epoch: usize,
    /// Jaccard index of word sets from which texts of different splits are near the same; 0 compares exact texts only
    pub near: f64,
    /// Goes on where splits leak into one another, with a warning
    pub allow_leaks: bool,
    /// The model reads a sentence and a target as a pair
    pub target: bool,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            source: Vec::new(),
            split: None,
            per_group: 0,
            language_weight: BTreeMap::new(),
            rows_per_epoch: 0,
            near: 0.85,
            allow_leaks: false,
            target: false,
        }
    }
}

/// Shares of the rows without a split that go to development and test, groups whole; the rest is for training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Split {
    /// Share of the development split
    pub dev: f64,
    /// Share of the test split
    pub test: f64,
    /// Seed of the order in which groups are taken
    pub seed: u64,
}

impl Default for Split {
    fn default() -> Self {
        Self { dev: 0.1, test: 0.1, seed: 1 }
    }
}

/// One file of labelled rows and how it is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// File below the data folder, or beside the recipe where it begins with `./` or `../`: JSONL or a table,
    /// plain or packed
    pub file: String,
    /// The source of rows that name none
    pub name: Option<String>,
    /// Column names, where they differ from ours
    pub columns: Columns,
    /// What the file's labels mean
    pub labels: Labels,
    /// Heads whose labels are read; those of the others are ignored
    pub heads: Vec<HeadName>,
    /// The file's split names and ours; an empty one drops the row, a name that is not in the table stays
    pub splits: BTreeMap<String, String>,
    /// Filters
    pub keep: Keep,
    /// Weight of the rows in the loss
    pub weight: f64,
    /// At most this many training rows, whole groups drawn by the recipe's seed; 0 takes all
    pub cap: usize,
    /// How often a training group is drawn in an epoch
    pub repeat: usize,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            file: String::new(),
            name: None,
            columns: Columns::default(),
            labels: Labels::default(),
            heads: vec![HeadName::Stance, HeadName::Tone],
            splits: BTreeMap::new(),
            keep: Keep::default(),
            weight: 1.0,
            cap: 0,
            repeat: 1,
        }
    }
}

/// A head, by its name in a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadName {
    /// Stance
    Stance,
    /// Tone
    Tone,
    /// Entities, from `tokens` and `tags` of a row
    Entity,
    /// Actors, from `mentions` of a row
    Actor,
    /// Roles of actors, from `mentions` of a row
    Role,
}

impl HeadName {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Stance, Self::Tone, Self::Entity, Self::Actor, Self::Role];
}

/// The file's labels and ours. An empty one leaves the label out; a label that is not in the table must be one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Labels {
    /// Of stance
    pub stance: BTreeMap<String, String>,
    /// Of tone
    pub tone: BTreeMap<String, String>,
}

/// Filters: a row is kept where each list is empty or holds the row's value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// Languages; an empty name stands for rows without one
    pub lang: Vec<String>,
    /// Sources, `name` counted in; an empty name stands for rows without one
    pub source: Vec<String>,
    /// Splits, as `splits` renames them; an empty name stands for rows without one
    pub split: Vec<String>,
    /// The least confidence; rows without one count as 3, as in the loss
    pub confidence: u8,
}

impl Data {
    /// The first field whose value will not do, and what it must be.
    pub(super) fn fault(&self) -> Option<(String, String)> {
        let not_negative = |w: &f64| w.is_finite() && *w >= 0.0;
        let split = self.split.clone().unwrap_or_default();
        let shares = split.dev >= 0.0 && split.test >= 0.0 && split.dev + split.test < 1.0;
        let own = [
            ("data.source", !self.source.is_empty(), "at least one `[[data.source]]` with its file"),
            ("data.language_weight", self.language_weight.values().all(not_negative), "0 or more"),
            ("data.near", self.near == 0.0 || (0.5..=1.0).contains(&self.near), "0 or in [0.5, 1]"),
            ("data.split", shares, "two shares of 0 or more whose sum is below 1"),
        ];
        let own = own.into_iter().find(|c| !c.1).map(|(field, _, want)| (field.into(), want.into()));
        own.or_else(|| {
            let mut sources = self.source.iter().enumerate();
            sources.find_map(|(i, s)| s.fault().map(|(f, w)| (format!("data.source[{i}].{f}"), w)))
        })
    }
}

impl Source {
    fn fault(&self) -> Option<(String, String)> {
        let own = [
            ("file", !self.file.trim().is_empty(), "the name of a file below the data folder"),
            ("name", self.name.as_ref().is_none_or(|n| !n.trim().is_empty()), "not empty"),
            ("columns.text", !self.columns.text.is_empty(), "the column that holds the sentence"),
            ("heads", !self.heads.is_empty(), "some of stance, tone, entity, actor, role"),
            ("keep.confidence", self.keep.confidence <= 3, "from 0 to 3"),
            ("weight", self.weight.is_finite() && self.weight >= 0.0, "0 or more"),
            ("repeat", self.repeat > 0, "at least 1"),
        ];
        let own = own.into_iter().find(|c| !c.1).map(|(field, _, want)| (field.into(), want.into()));
        own.or_else(|| label_fault::<Stance>(&self.labels.stance)).or_else(|| label_fault::<Tone>(&self.labels.tone))
    }
}

fn label_fault<L: Label>(table: &BTreeMap<String, String>) -> Option<(String, String)> {
    let (raw, ours) = table.iter().find(|(_, ours)| !ours.is_empty() && L::parse(ours).is_none())?;
    let allowed = L::ALL.map(L::name).join(", ");
    Some((format!("labels.{}.{raw}", L::HEAD), format!("{allowed}, or empty, and is \"{ours}\"")))
}

#[cfg(test)]
mod tests {
    use crate::train::Recipe;
    use std::path::Path;

    fn message(data: &str) -> String {
        let text = format!("name = \"x\"\nstart = \"base\"\n[data]\n{data}");
        Recipe::parse(&text, Path::new("r.toml")).unwrap_err().to_string()
    }

    #[test]
    fn a_source_has_defaults_and_its_tables_are_read() {
        let text = concat!(
            "name = \"x\"\nstart = \"base\"\n[data.split]\ntest = 0.2\n[[data.source]]\nfile = \"a.csv\"\n",
            "columns = { text = \"kalimat\" }\nlabels = { stance = { \"pro\" = \"escalation\", \"?\" = \"\" } }\n",
            "splits = { held = \"dev\" }\nkeep = { lang = [\"id\"] }\nheads = [\"stance\"]\n",
        );
        let recipe = Recipe::parse(text, Path::new("r.toml")).unwrap();
        let (data, source) = (&recipe.data, &recipe.data.source[0]);
        assert_eq!((data.per_group, data.near, data.target), (0, 0.85, false));
        assert_eq!(data.split.as_ref().map(|s| (s.dev, s.test, s.seed)), Some((0.1, 0.2, 1)));
        assert_eq!((source.weight, source.cap, source.repeat), (1.0, 0, 1));
        assert_eq!((source.columns.text.as_str(), source.columns.tone.as_str()), ("kalimat", "tone"));
        assert_eq!(source.labels.stance["?"], "");
    }

    #[test]
    fn faults_name_the_source_and_the_field() {
        for (data, part) in [
            ("per_group = 1\n", "field \"data.source\": must be at least one"),
            ("file = \"a.csv\"\n", "unknown field `file`"),
            ("near = 0.2\n[[data.source]]\nfile = \"a.csv\"\n", "field \"data.near\": must be 0 or in [0.5, 1]"),
            ("[data.split]\ndev = 0.6\ntest = 0.6\n[[data.source]]\nfile = \"a.csv\"\n", "field \"data.split\""),
            ("[[data.source]]\nfile = \"a.csv\"\nrepeat = 0\n", "field \"data.source[0].repeat\": must be at least 1"),
            ("[[data.source]]\nfile = \"a.csv\"\nlabel = {}\n", "unknown field `label`"),
            (
                "[[data.source]]\nfile = \"a.csv\"\nlabels = { tone = { \"1\" = \"good\" } }\n",
                "field \"data.source[0].labels.tone.1\": must be positive, negative, neutral, or empty, and is \"good\"",
            ),
        ] {
            let message = message(data);
            assert!(message.contains(part), "expected {part:?} in {message}");
        }
    }
}
