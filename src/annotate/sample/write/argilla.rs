//! Argilla 2: the list of records that `Dataset.records.from_json` reads, for the questions `stance` and `tone`.

use super::{Sheet, six};
use crate::model::labels::Label;
use serde_json::{Map, Value, json};

/// A list of records.
pub(super) fn records(sheet: &Sheet<'_>) -> String {
    let record = |row: super::Row<'_>| {
        let mut metadata = row.fields();
        let mut fields = Map::new();
        fields.insert("text".into(), row.task.item.text.as_str().into());
        for name in ["before", "after"] {
            fields.extend(metadata.remove(name).map(|value| (name.to_owned(), value)));
        }
        let mut suggestions = Map::new();
        let mut suggest = |question: &str, label: &str, p: f64| {
            let value = json!({ "value": label, "score": six(p), "agent": sheet.model });
            suggestions.insert(question.into(), value);
        };
        if let (Some((stance, p)), Some((tone, q))) = (row.stance, row.tone) {
            suggest("stance", stance.name(), p);
            suggest("tone", tone.name(), q);
        }
        json!({
            "id": row.task.item.id, "fields": fields, "metadata": metadata, "suggestions": suggestions,
            "responses": {}, "vectors": {},
        })
    };
    format!("{:#}\n", sheet.rows().map(record).collect::<Value>())
}
