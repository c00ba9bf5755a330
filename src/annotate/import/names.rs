//! `Names`: what fields, labels and annotators of an export are called, and what that means here.
//!
//! Our own names are always known, whatever their case and marks (`De-escalation`, `POSITIVE`). Others come from a TOML
//! file:
//!
//! ```toml
//! [fields]                  # a question or column → stance, tone, role, note, text, id, …; "" leaves it out
//! sentimen = "tone"
//! [stance]                  # a label there → ours; "" is no label
//! "Memanas" = "escalation"
//! [role]
//! "PELAKU" = "agent"
//! [annotators]
//! "3" = "ayu"
//! ```

use crate::actors::tagged::ROLES;
use crate::error::{Context, Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What labels are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Head {
    /// Stance of the sentence
    Stance,
    /// Tone of the sentence
    Tone,
    /// Role of a marked actor
    Role,
}

impl Head {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Stance, Self::Tone, Self::Role];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stance => "stance",
            Self::Tone => "tone",
            Self::Role => "role",
        }
    }

    /// Names of its labels in their order.
    pub fn labels(self) -> &'static [&'static str] {
        const STANCE: [&str; 3] = ["escalation", "deescalation", "neutral"];
        const TONE: [&str; 3] = ["positive", "negative", "neutral"];
        match self {
            Self::Stance => &STANCE,
            Self::Tone => &TONE,
            Self::Role => &ROLES,
        }
    }
}

/// What fields, labels and annotators are called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Names {
    /// A field of the export, and which of ours it is
    pub fields: BTreeMap<String, String>,
    stance: BTreeMap<String, String>,
    tone: BTreeMap<String, String>,
    role: BTreeMap<String, String>,
    annotators: BTreeMap<String, String>,
}

impl Names {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// A file that cannot be read or is no such table; labels that we do not have.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).at(Stage::Annotate, file)?;
        let names: Self = toml::from_str(&text).map_err(|e| {
            let hint = "its tables are [fields], [stance], [tone], [role] and [annotators]";
            Error::new(Stage::Annotate, e.message().to_owned()).file(file).hint(hint)
        })?;
        for head in Head::ALL {
            for (theirs, ours) in names.table(head).iter().filter(|(_, ours)| !ours.is_empty()) {
                if !head.labels().contains(&ours.as_str()) {
                    let cause = format!("\"{ours}\" is no {}; allowed are {}", head.name(), head.labels().join(", "));
                    return Err(Error::new(Stage::Annotate, cause)
                        .file(file)
                        .place(format!("[{}] \"{theirs}\"", head.name())));
                }
            }
        }
        Ok(names)
    }

    /// Adds `NAME=LABEL`: LABEL is one of ours, or `stance.neutral` where two heads have it; a bare name is meant for every
    /// head that has it.
    ///
    /// # Errors
    /// No `=`, or a label that we do not have.
    pub fn add(&mut self, pair: &str) -> std::result::Result<(), String> {
        let (theirs, ours) = pair.rsplit_once('=').ok_or_else(|| format!("\"{pair}\" is not NAME=LABEL"))?;
        let (theirs, ours) = (theirs.trim(), ours.trim());
        let (only, ours) = match ours.split_once('.') {
            Some((head, label)) => (Some(head), label),
            None => (None, ours),
        };
        let heads = Head::ALL.into_iter().filter(|h| only.is_none_or(|o| o == h.name()) && h.labels().contains(&ours));
        let heads: Vec<Head> = heads.collect();
        for head in &heads {
            self.table_mut(*head).insert(theirs.to_owned(), ours.to_owned());
        }
        if heads.is_empty() { Err(format!("\"{ours}\" is no label of ours")) } else { Ok(()) }
    }

    fn table(&self, head: Head) -> &BTreeMap<String, String> {
        match head {
            Head::Stance => &self.stance,
            Head::Tone => &self.tone,
            Head::Role => &self.role,
        }
    }

    fn table_mut(&mut self, head: Head) -> &mut BTreeMap<String, String> {
        match head {
            Head::Stance => &mut self.stance,
            Head::Tone => &mut self.tone,
            Head::Role => &mut self.role,
        }
    }

    /// Our name of a label: `Some("")` where it means no label, `None` where it is not known.
    pub fn label(&self, head: Head, theirs: &str) -> Option<&str> {
        let table = self.table(head);
        let folded = fold(theirs);
        let own = || head.labels().iter().copied().find(|l| *l == folded);
        let near = || table.iter().find(|(name, _)| fold(name) == folded && !folded.is_empty());
        table.get(theirs.trim()).or_else(|| near().map(|(_, ours)| ours)).map(String::as_str).or_else(own)
    }

    /// What a field is here: the map's word, or its own name where that is one of ours.
    pub fn field<'a>(&'a self, theirs: &'a str) -> Option<&'a str> {
        let known = ["stance", "tone", "role", "note", "mentions"];
        self.fields.get(theirs).map(String::as_str).or_else(|| known.into_iter().find(|k| *k == fold(theirs)))
    }

    /// The name under which an annotator is known here.
    pub fn annotator(&self, theirs: &str) -> String {
        self.annotators.get(theirs).map_or(theirs, String::as_str).to_owned()
    }
}

/// A name without case, blanks and marks, so that `De-escalation` is `deescalation`.
pub(super) fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The stance of our name.
pub(super) fn stance(name: &str) -> Option<Stance> {
    Stance::parse(name)
}

/// The tone of our name.
pub(super) fn tone(name: &str) -> Option<Tone> {
    Tone::parse(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_labels_are_those_of_the_model() {
        assert_eq!(Head::Stance.labels(), Stance::ALL.map(Label::name));
        assert_eq!(Head::Tone.labels(), Tone::ALL.map(Label::name));
    }

    #[test]
    fn our_own_names_are_known_in_any_spelling_and_others_by_the_map() {
        let mut names = Names::default();
        for (head, theirs, ours) in [
            (Head::Stance, "De-escalation", "deescalation"),
            (Head::Tone, "POSITIVE", "positive"),
            (Head::Tone, "Negative 👎", "negative"),
            (Head::Role, "Target", "target"),
        ] {
            assert_eq!(names.label(head, theirs), Some(ours));
        }
        assert_eq!(names.label(Head::Stance, "positive"), None);
        for pair in ["Memanas=escalation", "Netral=neutral", "N/A=tone.neutral", "PELAKU=agent"] {
            names.add(pair).unwrap();
        }
        assert_eq!(names.label(Head::Stance, "memanas"), Some("escalation"));
        assert_eq!(
            (names.label(Head::Stance, "Netral"), names.label(Head::Tone, "Netral")),
            (Some("neutral"), Some("neutral"))
        );
        assert_eq!((names.label(Head::Stance, "N/A"), names.label(Head::Tone, "N/A")), (None, Some("neutral")));
        assert!(names.add("x=up").unwrap_err().contains("no label of ours"));
        assert!(names.add("x").is_err());
    }

    #[test]
    fn a_map_is_checked_against_our_labels() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("map.toml");
        std::fs::write(&file, "[fields]\nsentimen = \"tone\"\n[tone]\nRagu = \"\"\n[annotators]\n3 = \"ayu\"\n")
            .unwrap();
        let names = Names::read(&file).unwrap();
        assert_eq!(
            (names.field("sentimen"), names.field("Stance"), names.field("x")),
            (Some("tone"), Some("stance"), None)
        );
        assert_eq!(
            (names.label(Head::Tone, "Ragu"), names.annotator("3"), names.annotator("4")),
            (Some(""), "ayu".into(), "4".into())
        );
        std::fs::write(&file, "[stance]\nNaik = \"up\"\n").unwrap();
        let message = Names::read(&file).unwrap_err().to_string();
        assert!(message.contains("map.toml: [stance] \"Naik\": \"up\" is no stance"), "{message}");
        std::fs::write(&file, "[stances]\n").unwrap();
        assert!(Names::read(&file).unwrap_err().to_string().contains("[annotators]"));
    }
}
