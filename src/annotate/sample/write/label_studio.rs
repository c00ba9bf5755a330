//! Label Studio: tasks with predictions (<https://labelstud.io/guide/predictions>), and a labelling configuration
//! (<https://labelstud.io/guide/setup>).

use super::{Row, Sheet, six};
use crate::model::labels::Label;
use serde_json::{Value, json};

/// The labelling configuration: the sentence between its neighbours, one stance, one tone, a note.
pub(super) const CONFIG: &str = include_str!("label_studio.xml");

/// A list of tasks.
pub(super) fn tasks(sheet: &Sheet<'_>) -> String {
    let tasks: Vec<Value> = sheet.rows().map(|row| task(&row, sheet.model)).collect();
    format!("{:#}\n", Value::Array(tasks))
}

fn task(row: &Row<'_>, model: Option<&str>) -> Value {
    let mut data = row.fields();
    data.insert("text".into(), row.task.item.text.as_str().into());
    let choice = |field: &str, label: &str, p: f64| {
        json!({
            "from_name": field, "to_name": "text", "type": "choices", "score": six(p),
            "value": { "choices": [label] },
        })
    };
    let (Some(model), Some((stance, p)), Some((tone, q))) = (model, row.stance, row.tone) else {
        return json!({ "data": data });
    };
    // The tool sorts tasks by this score, the least sure first
    let prediction = json!({
        "model_version": model,
        "score": six(p.min(q)),
        "result": [choice("stance", stance.name(), p), choice("tone", tone.name(), q)],
    });
    json!({ "data": data, "predictions": [prediction] })
}
