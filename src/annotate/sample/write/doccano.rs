//! doccano: JSONL of text classification for a project that allows several labels, and the labels of the project.
//!
//! A label names its head (`stance:neutral`), since a project has one list of labels and `neutral` belongs to both heads.

use super::Sheet;
use crate::model::labels::{Label, Stance, Tone};
use serde_json::{Value, json};

/// A line for each sentence.
pub(super) fn lines(sheet: &Sheet<'_>) -> String {
    let line = |row: super::Row<'_>| {
        let mut object = serde_json::Map::new();
        object.insert("text".into(), row.task.item.text.as_str().into());
        object.insert("label".into(), json!([]));
        object.extend(row.fields());
        if let (Some((stance, _)), Some((tone, _))) = (row.stance, row.tone) {
            object.insert("suggestion".into(), format!("stance:{} tone:{}", stance.name(), tone.name()).into());
        }
        Value::Object(object).to_string() + "\n"
    };
    sheet.rows().map(line).collect()
}

/// The labels, as doccano's page of labels imports them.
pub(super) fn labels() -> String {
    let stances = Stance::ALL.map(|l| format!("stance:{}", l.name()));
    let tones = Tone::ALL.map(|l| format!("tone:{}", l.name()));
    let colours = ["#d55e00", "#0072b2", "#999999", "#009e73", "#cc79a7", "#767676"];
    let labels = stances.iter().chain(&tones).zip(colours).enumerate().map(|(i, (text, colour))| {
        json!({
            "text": text, "prefix_key": null, "suffix_key": (i + 1).to_string(),
            "background_color": colour, "text_color": "#ffffff",
        })
    });
    format!("{:#}\n", labels.collect::<Value>())
}
