//! What is written for each tool, labelled as that tool does it, comes back by the reader of its exports.

use super::*;
use crate::annotate::import::{Options, gather, read};
use crate::annotate::sample::Strategy;
use crate::annotate::{Item, Rating};
use serde_json::json;

const TEXTS: [&str; 3] = ["=Kuota dipangkas, kata Tirta.", "«Ya», kata 🐟 Suram; \"nanti\".", "Rapat\u{a0}ditunda."];

fn tasks() -> Vec<Task> {
    let task = |(i, text): (usize, &&str)| Task {
        item: Item {
            id: format!("berita/{i}.txt#{i}"),
            group: Some(format!("berita/{i}.txt")),
            text: (*text).to_owned(),
            lang: Some("id".into()),
            source: (i == 0).then(|| "Warta Uji".into()),
            split: None,
        },
        before: vec!["+Judul".into(), "Kalimat lain.".into()],
        after: Vec::new(),
        p_stance: Some([0.2, 0.7, 0.1]),
        p_tone: Some([0.1, 0.2, 0.7]),
    };
    TEXTS.iter().enumerate().map(task).collect()
}

/// Writes the file of a format, the last sentence first.
fn written(format: Format, model: Option<&str>) -> (tempfile::TempDir, Vec<PathBuf>) {
    let (tasks, dir) = (tasks(), tempfile::tempdir().unwrap());
    let picks: Vec<Pick> = (0..3).rev().map(|at| Pick { at, by: Strategy::Uncertain }).collect();
    let sheet = Sheet { tasks: &tasks, picks: &picks, model };
    let files = write(&sheet, format, &dir.path().join("ayu").with_extension(format.ending()), false).unwrap();
    (dir, files)
}

fn json_of(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Imports an export and checks that ids, texts and groups are those of the pool, and labels what was put in.
fn comes_back(file: &Path, labels: usize) {
    let (options, mut rows, mut faults) = (Options::default(), Vec::new(), Vec::new());
    read(file, &options, &mut rows, &mut faults, &mut Vec::new()).unwrap();
    let ratings = gather(rows, &options, faults).unwrap().ratings;
    let mut said: Vec<&Rating> = ratings.iter().filter(|r| r.says_something()).collect();
    said.sort_by(|a, b| a.item.id.cmp(&b.item.id));
    assert_eq!(said.len(), labels, "{ratings:?}");
    for (rating, task) in said.into_iter().zip(tasks()) {
        assert_eq!((&rating.item.id, &rating.item.group), (&task.item.id, &task.item.group));
        assert_eq!((&rating.item.text, &rating.item.lang), (&task.item.text, &task.item.lang));
        assert_eq!((rating.stance, rating.tone), (Some(Stance::Neutral), Some(Tone::Negative)));
    }
}

#[test]
fn label_studio_gets_predictions_and_gives_ids_back() {
    let (dir, files) = written(Format::LabelStudio, Some("uji"));
    let mut tasks = json_of(&files[0]);
    let prediction = &tasks[0]["predictions"][0];
    assert_eq!((&prediction["model_version"], &prediction["score"]), (&json!("uji"), &json!(0.7)));
    assert_eq!(prediction["result"][0]["value"]["choices"], json!(["deescalation"]));
    let config = std::fs::read_to_string(&files[1]).unwrap();
    for result in prediction["result"].as_array().unwrap() {
        let name = result["from_name"].as_str().unwrap();
        assert!(config.contains(&format!("<Choices name=\"{name}\" toName=\"text\"")), "{config}");
        assert!(config.contains(&format!("value=\"{}\"", result["value"]["choices"][0].as_str().unwrap())));
    }
    // The export of the tool: its own numbers, people's annotations
    for (i, task) in tasks.as_array_mut().unwrap().iter_mut().enumerate() {
        task["id"] = json!(100 + i);
        let choice = |name: &str, label: &str| json!({ "type": "choices", "from_name": name, "to_name": "text", "value": { "choices": [label] } });
        let result = [choice("stance", "neutral"), choice("tone", "negative")];
        task["annotations"] = json!([{ "id": i, "completed_by": 1, "was_cancelled": false, "result": result }]);
    }
    let export = dir.path().join("export.json");
    std::fs::write(&export, tasks.to_string()).unwrap();
    comes_back(&export, 3);
    // JSON-MIN: data and answers side by side, the task's number over `id`
    let min = tasks.as_array().unwrap().iter().map(|task| {
        let mut row = task["data"].as_object().unwrap().clone();
        let own = json!({ "id": task["id"], "stance": "neutral", "tone": "negative", "annotator": 1, "annotation_id": 5, "lead_time": 2.5 });
        row.extend(own.as_object().unwrap().clone());
        Value::Object(row)
    });
    std::fs::write(&export, min.collect::<Value>().to_string()).unwrap();
    comes_back(&export, 3);
}

#[test]
fn doccano_starts_without_labels_and_gives_ids_back() {
    let (dir, files) = written(Format::Doccano, Some("uji"));
    let lines = std::fs::read_to_string(&files[0]).unwrap();
    let labels: Vec<String> =
        json_of(&files[1]).as_array().unwrap().iter().map(|l| l["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(labels.len(), 6);
    let export: String = lines
        .lines()
        .enumerate()
        .map(|(i, line)| {
            let row: Value = serde_json::from_str(line).unwrap();
            assert_eq!((&row["label"], &row["suggestion"]), (&json!([]), &json!("stance:deescalation tone:neutral")));
            // As its exporter does: number and text, the other fields over them, the labels last
            let mut object = json!({ "id": i + 1 }).as_object().unwrap().clone();
            object.extend(row.as_object().unwrap().clone());
            object.insert("label".into(), json!([labels[2], labels[4]]));
            object.insert("Comments".into(), json!([]));
            Value::Object(object).to_string() + "\n"
        })
        .collect();
    let file = dir.path().join("budi.jsonl");
    std::fs::write(&file, export).unwrap();
    comes_back(&file, 3);
}

#[test]
fn argilla_gets_suggestions_and_gives_ids_back() {
    let (dir, files) = written(Format::Argilla, Some("uji"));
    let mut records = json_of(&files[0]);
    assert_eq!(records[0]["suggestions"]["tone"], json!({ "value": "neutral", "score": 0.7, "agent": "uji" }));
    assert_eq!(records[0]["fields"]["before"], json!("+Judul Kalimat lain."));
    for record in records.as_array_mut().unwrap() {
        let answer = |label: &str| json!([{ "value": label, "user_id": "ayu", "status": "submitted" }]);
        record["responses"] = json!({ "stance": answer("neutral"), "tone": answer("negative") });
    }
    let export = dir.path().join("export.json");
    std::fs::write(&export, records.to_string()).unwrap();
    comes_back(&export, 3);
}

#[test]
fn a_table_is_safe_to_open_is_filled_in_and_gives_ids_and_texts_back() {
    let (dir, files) = written(Format::Csv, None);
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains(",'=Kuota") || text.contains("\"'=Kuota"), "{text}");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut filled = csv::Writer::from_path(dir.path().join("cici.csv")).unwrap();
    filled.write_record(&header).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{record:?}");
        let cell = |(name, cell): (&str, &str)| match name {
            "stance" => "neutral".to_owned(),
            "tone" => "negative".to_owned(),
            _ => cell.to_owned(),
        };
        filled.write_record(header.iter().zip(&record).map(cell)).unwrap();
    }
    filled.flush().unwrap();
    comes_back(&dir.path().join("cici.csv"), 3);
    // Nothing filled in is nothing said
    let (options, mut rows, mut faults) = (Options::default(), Vec::new(), Vec::new());
    read(&files[0], &options, &mut rows, &mut faults, &mut Vec::new()).unwrap();
    let ratings = gather(rows, &options, faults).map(|g| g.ratings);
    assert!(ratings.is_err() || ratings.unwrap().iter().all(|r| !r.says_something()));
}

#[test]
fn lines_are_tasks_again_and_a_blind_file_has_no_probabilities() {
    let (_dir, files) = written(Format::Nuansa, Some("uji"));
    let back = crate::annotate::label::read_tasks(&files[0]).unwrap();
    let want: Vec<Task> = tasks().into_iter().rev().collect();
    assert_eq!(back, want);
    let blind = [Format::LabelStudio, Format::Doccano, Format::Argilla, Format::Csv, Format::Nuansa].map(|format| {
        let (_dir, files) = written(format, None);
        std::fs::read_to_string(&files[0]).unwrap()
    });
    assert!(blind.iter().all(|text| !text.contains("0.7") && !text.contains("deescalation")), "{blind:?}");
}

#[test]
fn a_file_that_is_there_and_a_wrong_ending_are_refused() {
    let (_dir, files) = written(Format::Csv, None);
    let sheet = Sheet { tasks: &[], picks: &[], model: None };
    let message = write(&sheet, Format::Csv, &files[0], false).unwrap_err().to_string();
    assert!(message.contains("is there already") && message.contains("--force"), "{message}");
    write(&sheet, Format::Csv, &files[0], true).unwrap();
    let message = write(&sheet, Format::Argilla, &files[0], true).unwrap_err().to_string();
    assert!(message.contains("files for argilla end in .json"), "{message}");
}
