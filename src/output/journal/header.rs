//! `Header`: everything that decides what a run writes. A run goes on only where nothing of it has changed.

use super::shard::Shard;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program
    pub version: String,
    /// Each input as it was named, with what it holds in short
    pub inputs: Vec<(String, String)>,
    /// SHA-256 of the files of the model, by name
    pub model: BTreeMap<String, String>,
    /// SHA-256 of the actor list
    pub actors: String,
    /// The settings that decide what is written, by the name of their option
    pub settings: Map<String, Value>,
    /// The part of the input that this run scores, where it is not all of it
    pub shard: Option<Shard>,
    /// What a merge has to know and cannot find out without input and model; compared with nothing
    #[serde(default)]
    pub told: Value,
}

impl Header {
    /// What differs from `self` in `now`, as clauses; nothing where the run can go on.
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut out = self.changes_but_shard(now);
        if self.shard != now.shard {
            let shown = |shard: Option<Shard>| shard.map_or("not given".to_owned(), |s| s.to_string());
            out.push(format!("--shard was {} and is {}", shown(self.shard), shown(now.shard)));
        }
        out
    }

    /// The same for two shards of one job.
    pub fn changes_but_shard(&self, now: &Self) -> Vec<String> {
        let mut out = Vec::new();
        if self.version != now.version {
            out.push(format!("nuansa was {} and is {}", self.version, now.version));
        }
        let names = |h: &Self| h.inputs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(" ");
        if names(self) == names(now) {
            let pairs = self.inputs.iter().zip(&now.inputs).filter(|(a, b)| a != b);
            out.extend(pairs.map(|((name, was), (_, is))| format!("the input {name} was {was} and is {is}")));
        } else {
            out.push(format!("the inputs were {} and are {}", names(self), names(now)));
        }
        if self.model != now.model {
            let names: std::collections::BTreeSet<&String> = self.model.keys().chain(now.model.keys()).collect();
            let differ = names.into_iter().filter(|n| self.model.get(*n) != now.model.get(*n));
            let differ = differ.map(String::as_str).collect::<Vec<_>>().join(", ");
            out.push(format!("the model is another ({differ})"));
        }
        if self.actors != now.actors {
            out.push("the actor list is another".to_owned());
        }
        let names: std::collections::BTreeSet<&String> = self.settings.keys().chain(now.settings.keys()).collect();
        for name in names {
            let (was, is) = (self.settings.get(name), now.settings.get(name));
            if was != is {
                out.push(format!("--{name} was {} and is {}", shown(was), shown(is)));
            }
        }
        out
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => "not given".into(),
        Some(Value::Bool(true)) => "given".into(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub fn header() -> Header {
        let Value::Object(settings) = json!({"dedup": false, "min-confidence": null, "period": "month"}) else {
            unreachable!("an object is written above")
        };
        Header {
            version: "0.1.0".into(),
            inputs: vec![("a.jsonl".into(), "1 file, 20 bytes, sha256 00".into())],
            model: BTreeMap::from([("model.safetensors".into(), "aa".into())]),
            actors: "bb".into(),
            settings,
            shard: None,
            told: Value::Null,
        }
    }

    #[test]
    fn every_change_is_named() {
        let was = header();
        assert!(was.changes(&was).is_empty());
        let told = Header { told: json!(1), ..header() };
        assert!(was.changes(&told).is_empty(), "what a merge is told is no setting");
        let mut now = header();
        now.version = "0.2.0".into();
        now.inputs[0].1 = "1 file, 21 bytes, sha256 01".into();
        now.model.insert("tokenizer.json".into(), "cc".into());
        now.actors = "dd".into();
        now.settings.insert("min-confidence".into(), json!(0.6));
        now.settings.insert("dedup".into(), json!(true));
        now.shard = Shard::parse("2/3").ok();
        assert_eq!(
            was.changes(&now),
            [
                "nuansa was 0.1.0 and is 0.2.0",
                "the input a.jsonl was 1 file, 20 bytes, sha256 00 and is 1 file, 21 bytes, sha256 01",
                "the model is another (tokenizer.json)",
                "the actor list is another",
                "--dedup was not given and is given",
                "--min-confidence was not given and is 0.6",
                "--shard was not given and is 2/3",
            ]
        );
        now.inputs.push(("b".into(), String::new()));
        assert!(was.changes(&now).contains(&"the inputs were a.jsonl and are a.jsonl b".to_owned()));
        assert!(!was.changes_but_shard(&now).iter().any(|c| c.contains("shard")));
    }
}
