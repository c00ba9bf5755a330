//! Lines for `nuansa label`: the sentence, its neighbours as lists, and the model's probabilities.

use super::{Sheet, six};
use serde_json::{Map, Value};

/// A line for each sentence.
pub(super) fn lines(sheet: &Sheet<'_>) -> String {
    let line = |row: super::Row<'_>| {
        let (task, item) = (row.task, &row.task.item);
        let mut object = Map::new();
        object.insert("id".into(), item.id.as_str().into());
        object.insert("text".into(), item.text.as_str().into());
        let optional = [("group", &item.group), ("lang", &item.lang), ("source", &item.source), ("split", &item.split)];
        for (name, value) in optional {
            object.extend(value.as_deref().map(|v| (name.to_owned(), v.into())));
        }
        object.insert("before".into(), task.before.clone().into());
        object.insert("after".into(), task.after.clone().into());
        if sheet.model.is_some() {
            let p = [("p_stance", task.p_stance), ("p_tone", task.p_tone)];
            object.extend(p.into_iter().filter_map(|(name, p)| Some((name.to_owned(), p?.map(six).to_vec().into()))));
        }
        object.insert("picked_by".into(), row.by.into());
        Value::Object(object).to_string() + "\n"
    };
    sheet.rows().map(line).collect()
}
