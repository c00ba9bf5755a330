//! `Columns`: the names under which data of others hold our fields.

use serde::{Deserialize, Serialize};

/// The names of the columns (CSV) or keys (JSON lines), so that a recipe can read data with other names. A column with
/// an empty name is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Columns {
    /// Id of the row
    pub id: String,
    /// Group of the row
    pub group: String,
    /// The sentence; the only column that must be there
    pub text: String,
    /// Target of the labels
    pub target: String,
    /// Language
    pub lang: String,
    /// Source
    pub source: String,
    /// Split
    pub split: String,
    /// Gold stance
    pub stance: String,
    /// Gold tone
    pub tone: String,
    /// Confidence, 1 to 3
    pub confidence: String,
}

impl Default for Columns {
    fn default() -> Self {
        let [id, group, text, target, lang, source, split, stance, tone, confidence] = Self::NAMES.map(String::from);
        Self { id, group, text, target, lang, source, split, stance, tone, confidence }
    }
}

impl Columns {
    /// Our own names, in the order of the fields.
    pub const NAMES: [&'static str; 10] =
        ["id", "group", "text", "target", "lang", "source", "split", "stance", "tone", "confidence"];

    /// The names in the data, in the order of [`Columns::NAMES`].
    pub fn names(&self) -> [&str; 10] {
        [
            &self.id,
            &self.group,
            &self.text,
            &self.target,
            &self.lang,
            &self.source,
            &self.split,
            &self.stance,
            &self.tone,
            &self.confidence,
        ]
    }
}
