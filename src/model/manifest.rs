//! `Manifest`: a bundle's `nuansa.toml`, what a model folder says of itself beside its weights.

use super::labels::{Label, Stance, Tone};
use crate::error::{Context, Error, Result, Stage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The version of the format that this program writes and reads.
pub const FORMAT: u32 = 1;

/// What `nuansa.toml` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: u32,
    /// Name of the model
    pub name: String,
    /// ISO 639-1 codes of the languages in its training data, sorted
    pub languages: Vec<String>,
    /// What the model reads; not written where it is a text alone
    #[serde(default, skip_serializing_if = "Input::is_text")]
    pub input: Input,
    /// Label names by head, in the order of the logits
    pub labels: Heads<Vec<String>>,
    /// Softmax temperature by head, fitted on the development split
    pub temperature: Heads<f64>,
    /// sha256 of the bundle's other files, by file name
    pub sha256: BTreeMap<String, String>,
    /// How it was trained: free-form, for people
    #[serde(default)]
    pub training: toml::Table,
}

/// What a model reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Input {
    /// A sentence
    #[default]
    #[serde(rename = "text")]
    Text,
    /// A sentence and what its labels are about, as a pair
    #[serde(rename = "text and target")]
    TextAndTarget,
}

impl Input {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

/// One value for each head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads<T> {
    /// Of the stance head
    pub stance: T,
    /// Of the tone head
    pub tone: T,
}

impl Heads<Vec<String>> {
    /// The labels this program knows, in their order.
    pub fn known() -> Self {
        Self {
            stance: Stance::ALL.iter().map(|l| l.name().to_string()).collect(),
            tone: Tone::ALL.iter().map(|l| l.name().to_string()).collect(),
        }
    }
}

impl Manifest {
    /// Reads `nuansa.toml`; errors name the file and the field.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).at(Stage::Model, file)?;
        Self::parse(&text, file)
    }

    /// Parses the text of `nuansa.toml`; `file` is named in errors.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let manifest: Self =
            toml::from_str(text).map_err(|e| Error::new(Stage::Model, e.to_string().trim_end()).file(file))?;
        let fail =
            |field: &str, cause: String| Error::new(Stage::Model, cause).file(file).place(format!("field \"{field}\""));
        if manifest.format != FORMAT {
            return Err(fail("format", format!("version {}, this program reads {FORMAT}", manifest.format))
                .hint("use the nuansa version that wrote the bundle, or train it again"));
        }
        let known = Heads::known();
        for (field, got, want) in [
            ("labels.stance", &manifest.labels.stance, &known.stance),
            ("labels.tone", &manifest.labels.tone, &known.tone),
        ] {
            if got != want {
                return Err(fail(field, format!("labels {got:?}, expected {want:?} in this order")));
            }
        }
        for (field, t) in [("stance", manifest.temperature.stance), ("tone", manifest.temperature.tone)] {
            if !(t.is_finite() && t > 0.0) {
                return Err(fail(&format!("temperature.{field}"), format!("{t} is not a positive number")));
            }
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> String {
        toml::to_string(&Manifest {
            format: FORMAT,
            name: "tiny".into(),
            languages: vec!["id".into()],
            input: Input::Text,
            labels: Heads::known(),
            temperature: Heads { stance: 1.5, tone: 0.5 },
            sha256: BTreeMap::new(),
            training: toml::Table::new(),
        })
        .unwrap()
    }

    #[test]
    fn a_manifest_reads_back_as_written() {
        assert_eq!(Manifest::parse(&good(), Path::new("nuansa.toml")).unwrap().temperature.stance, 1.5);
    }

    #[test]
    fn an_input_is_a_text_unless_the_manifest_says_more() {
        assert!(!good().contains("input"));
        let read = |text: &str| Manifest::parse(text, Path::new("nuansa.toml"));
        assert_eq!(read(&good()).unwrap().input, Input::Text);
        let pair = good().replace("languages =", "input = \"text and target\"\nlanguages =");
        let manifest = read(&pair).unwrap();
        assert_eq!(manifest.input, Input::TextAndTarget);
        assert!(toml::to_string(&manifest).unwrap().contains("input = \"text and target\""));
        assert!(read(&pair.replace("text and target", "image")).is_err());
    }

    #[test]
    fn labels_in_another_order_and_other_faults_are_refused_by_field() {
        for (from, to, part) in [
            ("\"escalation\", \"deescalation\"", "\"deescalation\", \"escalation\"", "field \"labels.stance\""),
            ("\"positive\"", "\"good\"", "field \"labels.tone\""),
            ("format = 1", "format = 9", "field \"format\""),
            ("1.5", "-1.5", "field \"temperature.stance\""),
            ("name = \"tiny\"", "", "name"),
        ] {
            let text = good().replace(from, to);
            let message = Manifest::parse(&text, Path::new("b/nuansa.toml")).unwrap_err().to_string();
            assert!(message.contains("b/nuansa.toml") && message.contains(part), "{message}");
        }
    }
}
