//! `Rating`: what one annotator said of one sentence, as a line of JSON.
//!
//! The line is a row of labelled data (`id`, `group`, `text`, `lang`, `source`, `split`, `stance`, `tone`, `mentions`) with
//! `annotator` beside it, and `note` and `seconds` where there are any. A field without a value is left out.

use crate::actors::tagged::ROLES;
use crate::model::labels::{Label, Stance, Tone};
use serde_json::{Map, Value, json};

/// A sentence that is labelled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Its id, the same for all annotators
    pub id: String,
    /// What it shares with others that must stay together, such as its article
    pub group: Option<String>,
    /// The sentence
    pub text: String,
    /// Language code
    pub lang: Option<String>,
    /// Where the sentence comes from
    pub source: Option<String>,
    /// The split it belongs to
    pub split: Option<String>,
}

/// An actor that is marked in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// First character, in Unicode code points
    pub start: usize,
    /// The character after the last
    pub end: usize,
    /// Place in [`ROLES`]
    pub role: usize,
}

impl Mark {
    /// The mark as a row of data has it.
    pub fn to_json(self, text: &str) -> Value {
        let surface: String = text.chars().skip(self.start).take(self.end - self.start).collect();
        json!({ "start": self.start, "end": self.end, "surface": surface, "role": ROLES[self.role % ROLES.len()] })
    }
}

/// What one annotator said of one sentence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rating {
    /// The sentence
    pub item: Item,
    /// Who said it
    pub annotator: String,
    /// Stance; `None` where nothing was said of it
    pub stance: Option<Stance>,
    /// Tone, likewise
    pub tone: Option<Tone>,
    /// Actors in order, disjoint; `None` where nothing was said of them, empty where nobody is mentioned
    pub mentions: Option<Vec<Mark>>,
    /// What the annotator wrote about it
    pub note: Option<String>,
    /// Time it took, in seconds
    pub seconds: Option<f64>,
}

impl Rating {
    /// Whether anything was said.
    pub fn says_something(&self) -> bool {
        self.stance.is_some() || self.tone.is_some() || self.mentions.is_some()
    }

    /// The line, without a line break.
    pub fn to_line(&self) -> String {
        let mut row = row(&self.item, self.stance, self.tone, self.mentions.as_deref());
        row.insert("annotator".into(), self.annotator.as_str().into());
        if let Some(note) = &self.note {
            row.insert("note".into(), note.as_str().into());
        }
        if let Some(seconds) = self.seconds {
            row.insert("seconds".into(), ((seconds * 10.0).round() / 10.0).into());
        }
        Value::Object(row).to_string()
    }
}

/// A row of labelled data.
pub(super) fn row(
    item: &Item,
    stance: Option<Stance>,
    tone: Option<Tone>,
    mentions: Option<&[Mark]>,
) -> Map<String, Value> {
    let mut row = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            row.insert(name.into(), value.into());
        }
    };
    put("id", Some(&item.id));
    put("group", item.group.as_deref());
    put("text", Some(&item.text));
    put("lang", item.lang.as_deref());
    put("source", item.source.as_deref());
    put("split", item.split.as_deref());
    put("stance", stance.map(Label::name));
    put("tone", tone.map(Label::name));
    if let Some(mentions) = mentions {
        row.insert("mentions".into(), mentions.iter().map(|m| m.to_json(&item.text)).collect());
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_what_was_said_and_nothing_else() {
        let item = Item { id: "k-1".into(), text: "«Да», сказала Лохан.".into(), ..Item::default() };
        let bare = Rating { item: item.clone(), annotator: "ayu".into(), ..Rating::default() };
        assert!(!bare.says_something());
        assert_eq!(bare.to_line(), r#"{"id":"k-1","text":"«Да», сказала Лохан.","annotator":"ayu"}"#);
        let mark = Mark { start: 14, end: 19, role: 0 };
        let full = Rating {
            stance: Some(Stance::Neutral),
            mentions: Some(vec![mark]),
            note: Some("ragu".into()),
            seconds: Some(3.149),
            ..bare
        };
        let line: Value = serde_json::from_str(&full.to_line()).unwrap();
        assert_eq!(line["mentions"], json!([{ "start": 14, "end": 19, "surface": "Лохан", "role": "source" }]));
        assert_eq!((&line["stance"], &line["seconds"]), (&json!("neutral"), &json!(3.1)));
        assert!(line.get("tone").is_none());
    }
}
