//! Every format as its tool writes it, with invented sentences.

use super::{Gathered, Key, Names, Options, Tool, Unit, gather, read};
use crate::annotate::Rating;
use crate::error::Result;
use crate::model::labels::Label;

fn import_as(files: &[(&str, &str)], options: &Options) -> Result<(Vec<Tool>, Gathered)> {
    let dir = tempfile::tempdir().unwrap();
    let (mut rows, mut faults, mut tools) = (Vec::new(), Vec::new(), Vec::new());
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        tools.push(read(&path, options, &mut rows, &mut faults, &mut Vec::new())?);
    }
    Ok((tools, gather(rows, options, faults)?))
}

fn import(name: &str, text: &str) -> (Tool, Gathered) {
    let (tools, gathered) = import_as(&[(name, text)], &Options::default()).unwrap();
    (tools[0], gathered)
}

fn refused(name: &str, text: &str) -> String {
    import_as(&[(name, text)], &Options::default()).unwrap_err().to_string()
}

/// `id annotator stance tone` and the surfaces of mentions with their roles.
fn told(ratings: &[Rating]) -> Vec<String> {
    let one = |r: &Rating| {
        let mut parts = vec![r.item.id.clone(), r.annotator.clone()];
        parts.push(r.stance.map_or("-", Label::name).into());
        parts.push(r.tone.map_or("-", Label::name).into());
        for mark in r.mentions.iter().flatten() {
            let json = mark.to_json(&r.item.text);
            parts.push(format!("{}={}", json["surface"].as_str().unwrap(), json["role"].as_str().unwrap()));
        }
        parts.join(" ")
    };
    ratings.iter().map(one).collect()
}

const LABEL_STUDIO: &str = r#"[
  {"id": 41, "annotations": [
     {"id": 7, "completed_by": {"id": 1, "email": "ayu@contoh.id", "first_name": "", "last_name": ""},
      "result": [
        {"id": "a", "type": "choices", "value": {"choices": ["Escalation"]}, "origin": "manual", "to_name": "text", "from_name": "stance"},
        {"id": "b", "type": "choices", "value": {"choices": ["neutral"]}, "to_name": "text", "from_name": "tone"},
        {"id": "c", "type": "labels", "value": {"start": 2, "end": 8, "text": "Tavira", "labels": ["agent"]}, "to_name": "text", "from_name": "role"},
        {"id": "d", "type": "textarea", "value": {"text": ["ragu"]}, "to_name": "text", "from_name": "catatan"},
        {"from_id": "c", "to_id": "c", "type": "relation", "direction": "right"}],
      "was_cancelled": false, "ground_truth": false, "created_at": "2026-05-01T08:00:00Z", "updated_at": "2026-05-01T08:00:09Z", "lead_time": 9.25, "prediction": {}, "result_count": 0, "task": 41},
     {"id": 8, "completed_by": 2, "result": [], "was_cancelled": true, "created_at": "2026-05-01T09:00:00Z", "updated_at": "2026-05-01T09:00:00Z"},
     {"id": 9, "completed_by": 3, "result": [
        {"id": "e", "type": "choices", "value": {"choices": ["neutral"]}, "to_name": "text", "from_name": "stance"}],
      "was_cancelled": false, "updated_at": "2026-05-01T09:10:00Z"},
     {"id": 10, "completed_by": 3, "result": [
        {"id": "f", "type": "choices", "value": {"choices": ["de-escalation"]}, "to_name": "text", "from_name": "stance"}],
      "was_cancelled": false, "updated_at": "2026-05-01T09:20:00Z"}],
   "drafts": [], "predictions": [{"result": [{"type": "choices", "from_name": "stance", "value": {"choices": ["neutral"]}}]}],
   "data": {"id": "kapal-1", "text": "🚢 Tavira mengusir kapal itu.", "lang": "id", "group": "kapal"}, "meta": {}, "inner_id": 1, "total_annotations": 2, "cancelled_annotations": 1, "project": 3},
  {"id": 42, "annotations": [{"id": 11, "completed_by": 2, "result": [], "was_cancelled": false}], "data": {"text": "Hujan turun di Orsk."}}
]"#;

#[test]
fn label_studio_keeps_annotators_apart_and_cancelled_tasks_are_missing() {
    let (tool, found) = import("proyek.json", LABEL_STUDIO);
    assert_eq!(tool, Tool::LabelStudio);
    assert_eq!(
        told(&found.ratings),
        ["kapal-1 ayu@contoh.id escalation neutral Tavira=agent", "kapal-1 3 deescalation -"]
    );
    let first = &found.ratings[0];
    assert_eq!((first.note.as_deref(), first.seconds), (Some("ragu"), Some(9.25)));
    assert_eq!((first.item.group.as_deref(), first.item.source.as_deref()), (Some("kapal"), Some("proyek")));
    assert_eq!(
        found.told.missing.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>(),
        [("cancelled", 1), ("without a label", 1)]
    );
    // the later annotation of user 3 counts
    assert_eq!(found.told.replaced.len(), 1);
    assert!(found.told.replaced[0].contains("task 41, annotation 9"), "{:?}", found.told.replaced);
    // 2 to 8 is right in code points; in UTF-16 it would be 3 to 9
    let units = |found: &Gathered| found.told.units.values().copied().collect::<Vec<_>>();
    assert_eq!(units(&found), [Unit::CodePoints]);
    let moved = LABEL_STUDIO.replace("\"start\": 2, \"end\": 8", "\"start\": 3, \"end\": 9");
    let (_, utf16) = import("proyek.json", &moved);
    assert_eq!((units(&utf16), told(&utf16.ratings)), (vec![Unit::Utf16], told(&found.ratings)));
    // each file counts for itself
    let options = Options { key: Key::Text, ..Options::default() };
    let other = moved.replace("ayu@", "budi@").replace("kapal-1", "kapal-9");
    let (_, two) = import_as(&[("a.json", LABEL_STUDIO), ("b.json", &other)], &options).unwrap();
    assert_eq!(units(&two), [Unit::CodePoints, Unit::Utf16]);
    assert_eq!(two.ratings.iter().filter(|r| told(std::slice::from_ref(r))[0].ends_with("Tavira=agent")).count(), 2);
    assert!(two.told.lines(&[Tool::LabelStudio], &two.ratings).contains("offsets: utf-16 ("));
    let wrong = refused("proyek.json", &LABEL_STUDIO.replace("\"start\": 2", "\"start\": 1"));
    assert!(wrong.contains("task 41, annotation 7: the span 1 to 8 says \"Tavira\""), "{wrong}");
}

#[test]
fn several_labels_in_a_field_of_one_are_refused_with_the_row() {
    let two = LABEL_STUDIO.replace("[\"Escalation\"]", "[\"Escalation\", \"neutral\"]");
    let message = refused("p.json", &two);
    assert!(
        message.contains("task 41, annotation 7: several labels of stance, which can have one: escalation, neutral"),
        "{message}"
    );
    let unknown = refused("p.json", &LABEL_STUDIO.replace("Escalation", "Naik"));
    assert!(unknown.contains("field \"stance\"") && unknown.contains("unknown label \"Naik\""), "{unknown}");
    let role = refused(
        "p.json",
        &LABEL_STUDIO.replace("[\"Escalation\"]", "[\"agent\"]").replacen(
            "\"from_name\": \"stance\"",
            "\"from_name\": \"role\"",
            1,
        ),
    );
    assert!(role.contains("\"agent\" is a role, which belongs to a marked span"), "{role}");
    let kind = refused("p.json", &LABEL_STUDIO.replacen("\"choices\", \"value\"", "\"rating\", \"value\"", 1));
    assert!(kind.contains("type \"rating\"") && kind.contains("leaves the control out: stance = \"\""), "{kind}");
    let mut names = Names::default();
    names.fields.insert("yakin".into(), String::new());
    let rating = LABEL_STUDIO.replacen(
        "\"type\": \"choices\", \"value\": {\"choices\": [\"neutral\"]}, \"to_name\": \"text\", \"from_name\": \"tone\"",
        "\"type\": \"rating\", \"value\": {\"rating\": 3}, \"to_name\": \"text\", \"from_name\": \"yakin\"",
        1,
    );
    let (_, found) = import_as(&[("p.json", &rating)], &Options { names, ..Options::default() }).unwrap();
    assert_eq!(told(&found.ratings)[0], "kapal-1 ayu@contoh.id escalation - Tavira=agent");
}

#[test]
fn label_studio_json_min_and_csv_say_the_same() {
    let min = r#"[{"text": "Tavira mengusir kapal itu.", "id": 41, "sentimen": "Negatif", "stance": {"choices": ["escalation"]},
      "role": [{"start": 0, "end": 6, "text": "Tavira", "labels": ["agent"]}], "annotator": 1, "annotation_id": 7,
      "created_at": "2026-05-01T08:00:00Z", "updated_at": "2026-05-01T08:00:09Z", "lead_time": 4.5}]"#;
    let csv = "annotation_id,annotator,created_at,id,lead_time,role,sentimen,stance,text,updated_at\n\
      7,1,2026-05-01T08:00:00Z,41,4.5,\"[{\"\"start\"\":0,\"\"end\"\":6,\"\"text\"\":\"\"Tavira\"\",\"\"labels\"\":[\"\"agent\"\"]}]\",\
      Negatif,\"{\"\"choices\"\": [\"\"escalation\"\"]}\",Tavira mengusir kapal itu.,2026-05-01T08:00:09Z\n";
    let mut names = Names::default();
    names.add("Negatif=negative").unwrap();
    names.fields.insert("sentimen".into(), "tone".into());
    let options = Options { names, ..Options::default() };
    for (name, text, tool) in [("p.json", min, Tool::LabelStudio), ("p.csv", csv, Tool::Csv)] {
        let (tools, found) = import_as(&[(name, text)], &options).unwrap();
        assert_eq!(tools, [tool]);
        assert_eq!(told(&found.ratings), ["41 1 escalation negative Tavira=agent"], "{name}");
        assert_eq!(found.ratings[0].seconds, Some(4.5));
    }
}

#[test]
fn doccano_files_of_people_are_their_ratings() {
    let ayu = "{\"id\":1,\"text\":\"Tavira mundur.\",\"label\":[\"deescalation\"],\"Comments\":[\"jelas\"]}\n\
               {\"id\":2,\"text\":\"Hujan turun.\",\"label\":[],\"Comments\":[]}\n";
    let budi = "{\"id\":1,\"text\":\"Tavira mundur.\",\"label\":[\"neutral\"]}\n{\"id\":2,\"text\":\"Hujan turun.\",\"label\":[\"neutral\"]}\n";
    let (tools, found) = import_as(&[("ayu.jsonl", ayu), ("budi.jsonl", budi)], &Options::default()).unwrap();
    assert_eq!(tools, [Tool::Doccano; 2]);
    assert_eq!(told(&found.ratings), ["1 ayu deescalation -", "1 budi neutral -", "2 budi neutral -"]);
    assert_eq!(found.ratings[0].note.as_deref(), Some("jelas"));
    let message = import_as(&[("ayu.jsonl", &ayu.replace("[\"dees", "[\"escalation\",\"dees"))], &Options::default());
    let message = message.unwrap_err().to_string();
    assert!(message.contains("ayu.jsonl: line 1: example 1: several labels of stance"), "{message}");
    let csv = "id,data,label\n1,Tavira mundur.,stance:deescalation#tone:neutral\n2,Hujan turun.,\n";
    let (tool, found) = import("ayu.csv", csv);
    assert_eq!((tool, told(&found.ratings)), (Tool::Doccano, vec!["1 ayu deescalation neutral".to_owned()]));
}

#[test]
fn doccano_spans_have_no_words_and_the_unit_must_be_said_where_it_matters() {
    let both =
        "{\"id\":1,\"text\":\"Tavira mundur.\",\"entities\":[[0,6,\"AKTOR\"]],\"cats\":[\"neutral\",\"escalation\"]}\n";
    let spans = "{\"id\":1,\"text\":\"Tavira mundur.\",\"label\":[[0,6,\"agent\"]]}\n{\"id\":2,\"text\":\"Hujan turun.\",\"label\":[]}\n";
    assert!(refused("a.jsonl", both).contains("several labels of stance"));
    let none = Options { empty_is_none: true, ..Options::default() };
    let rows = |options: &Options| import_as(&[("a.jsonl", spans)], options).unwrap().1;
    assert_eq!(told(&rows(&Options::default()).ratings), ["1 a - - Tavira=agent"]);
    assert_eq!(rows(&none).ratings[1].mentions, Some(Vec::new()));
    // beside labels a row that has one says so, and one that has nothing was left
    let labels = "{\"id\":1,\"text\":\"Tavira mundur.\",\"label\":[[0,6,\"agent\"]],\"cats\":[\"deescalation\"]}\n\
        {\"id\":2,\"text\":\"Hujan turun.\",\"cats\":[\"escalation\"]}\n{\"id\":3,\"text\":\"Rapat ditunda.\",\"cats\":[]}\n";
    let marked = |options: &Options| {
        let (_, found) = import_as(&[("a.jsonl", labels)], options).unwrap();
        found.ratings.into_iter().map(|r| r.mentions.map(|m| m.len())).collect::<Vec<_>>()
    };
    assert_eq!((marked(&Options::default()), marked(&none)), (vec![Some(1), None], vec![Some(1), Some(0)]));
    let relation = "{\"id\":1,\"text\":\"Tavira mundur.\",\"entities\":[{\"id\":0,\"label\":\"target\",\"start_offset\":0,\"end_offset\":6}],\"relations\":[]}\n";
    assert_eq!(told(&import("a.jsonl", relation).1.ratings), ["1 a - - Tavira=target"]);
    let emoji = spans.replace("Tavira mundur.", "🚢 Tavira mundur.").replace("[0,6,", "[2,8,");
    assert!(refused("a.jsonl", &emoji).contains("--offsets utf-16"));
    let told_unit = Options { unit: Some(Unit::CodePoints), ..Options::default() };
    assert_eq!(told(&import_as(&[("a.jsonl", &emoji)], &told_unit).unwrap().1.ratings), ["1 a - - Tavira=agent"]);
    let old = "{\"id\":1,\"text\":\"Tavira mundur.\",\"annotations\":[{\"label\":4,\"user\":2},{\"label\":5,\"user\":3}],\"meta\":{},\"annotation_approver\":null}\n";
    let mut names = Names::default();
    names.add("4=escalation").unwrap();
    names.add("5=stance.neutral").unwrap();
    let found = import_as(&[("a.jsonl", old)], &Options { names, ..Options::default() }).unwrap().1;
    assert_eq!(told(&found.ratings), ["1 2 escalation -", "1 3 neutral -"]);
}

#[test]
fn argilla_of_all_versions() {
    let two = r#"[{"id": "k-1", "fields": {"text": "Tavira mundur."}, "metadata": {"lang": "id"}, "vectors": {}, "_server_id": "x",
      "suggestions": {"stance": {"value": "neutral", "score": 0.4, "agent": "m"}},
      "responses": {"stance": [{"value": "deescalation", "user_id": "u1"}, {"value": "neutral", "user_id": "u2"}],
                    "tone": [{"value": "neutral", "user_id": "u1"}],
                    "aktor": [{"value": [{"start": 0, "end": 6, "label": "agent"}], "user_id": "u1"}]}}]"#;
    let flat = r#"[{"id": "k-1", "_server_id": "x", "text": "Tavira mundur.", "lang": "id", "stance.responses": ["deescalation", "neutral"],
      "stance.responses.users": ["u1", "u2"], "stance.responses.status": ["submitted", "discarded"], "stance.suggestion": "neutral"}]"#;
    let one = r#"{"fields": {"text": "Tavira mundur."}, "external_id": "k-1", "metadata": {}, "suggestions": [],
      "responses": [{"user_id": "u1", "values": {"stance": {"value": "deescalation"}, "tone": {"value": "neutral"}}, "status": "submitted"},
                    {"user_id": "u2", "values": {"stance": {"value": "neutral"}}, "status": "draft"}]}"#;
    let hub = r#"{"text": "Tavira mundur.", "external_id": "k-1", "metadata": "{\"lang\": \"id\"}", "label-suggestion": null,
      "label": [{"user_id": "u1", "value": "deescalation", "status": "submitted"}, {"user_id": "u2", "value": "neutral", "status": "submitted"}]}"#
        .replace('\n', "");
    let legacy = "{\"text\": \"Tavira mundur.\", \"inputs\": {\"text\": \"Tavira mundur.\"}, \"prediction\": [[\"neutral\", 0.9]], \
      \"annotation\": \"deescalation\", \"annotation_agent\": \"ayu\", \"multi_label\": false, \"id\": \"k-1\", \"metadata\": {}, \"status\": \"Validated\"}\n";
    let all = [
        (two, vec!["k-1 u1 deescalation neutral Tavira=agent", "k-1 u2 neutral -"]),
        (flat, vec!["k-1 u1 deescalation -"]),
        (one, vec!["k-1 u1 deescalation neutral"]),
        (&hub, vec!["k-1 u1 deescalation -", "k-1 u2 neutral -"]),
        (legacy, vec!["k-1 ayu deescalation -"]),
    ];
    for (text, want) in all {
        let (tool, found) = import("r.json", text);
        assert_eq!(
            (tool, told(&found.ratings)),
            (Tool::Argilla, want.into_iter().map(String::from).collect()),
            "{text}"
        );
    }
    let (_, found) = import("r.json", flat);
    assert_eq!(found.told.missing["discarded"], 1);
}

#[test]
fn prodigy_answers_choices_and_spans() {
    let rows = [
        r#"{"text":"Tavira mundur.","_input_hash":11,"_task_hash":21,"label":"ESCALATION","answer":"reject","_session_id":"d-ayu","_annotator_id":"d-ayu"}"#,
        r#"{"text":"Tavira mundur.","_input_hash":11,"_task_hash":22,"label":"DEESCALATION","answer":"accept","_annotator_id":"d-ayu","_timestamp":1700000000}"#,
        r#"{"text":"Hujan turun.","_input_hash":12,"_task_hash":23,"options":[{"id":1,"text":"Escalation 🔥"},{"id":0,"text":"Neutral"}],"accept":[0],"config":{"choice_style":"single"},"answer":"accept","_annotator_id":"d-budi"}"#,
        r#"{"text":"Rapat ditunda.","_input_hash":13,"_task_hash":24,"label":"NEUTRAL","answer":"ignore","_annotator_id":"d-budi"}"#,
        r#"{"text":"Lohan menuduh Orsk.","_input_hash":14,"_task_hash":25,"tokens":[],"spans":[{"start":0,"end":5,"token_start":0,"token_end":0,"label":"agent"},{"start":14,"end":18,"label":"target"}],"answer":"accept","_annotator_id":"d-budi","meta":{"id":"k-9"}}"#,
    ];
    let mut names = Names::default();
    names.fields.insert("accept".into(), "stance".into());
    let options = Options { names, ..Options::default() };
    let (tools, found) = import_as(&[("d.jsonl", &rows.join("\n"))], &options).unwrap();
    assert_eq!(tools, [Tool::Prodigy]);
    let want = ["11 d-ayu deescalation -", "12 d-budi neutral -", "k-9 d-budi - - Lohan=agent Orsk=target"];
    assert_eq!(told(&found.ratings), want);
    assert_eq!((found.told.missing["rejected"], found.told.missing["ignored"]), (1, 1));
    // without the map "Neutral" alone could be stance or tone
    assert!(refused("d.jsonl", rows[2]).contains("could be stance and tone"));
}

#[test]
fn tables_of_both_shapes_with_any_separator() {
    let long = "id;text;annotator;stance;tone\n1;Tavira mundur.;ayu;De-escalation;\n1;Tavira mundur.;budi;;neutral\n2;Hujan turun.;ayu;;\n";
    let (tool, found) = import("label.csv", long);
    assert_eq!(
        (tool, told(&found.ratings)),
        (Tool::Csv, vec!["1 ayu deescalation -".into(), "1 budi - neutral".into()])
    );
    assert_eq!(found.told.missing["without a label"], 1);
    let wide = "\u{feff}text\tstance_ayu\tstance_budi\ttone_ayu\ncatatan\tneutral\t\tnegative\n";
    let (_, found) = import("label.csv", wide);
    assert_eq!(told(&found.ratings), ["1 ayu neutral negative"]);
    let twice = "id,text,annotator,stance\n1,Tavira mundur.,ayu,neutral\n1,Tavira mundur.,ayu,neutral\n";
    let (_, found) = import("label.csv", twice);
    assert_eq!((found.ratings.len(), found.told.repeated.len()), (1, 1));
    assert!(found.told.repeated[0].contains("line 3"));
    let other = refused("label.csv", &twice.replacen(",neutral\n", ",escalation\n", 1));
    assert!(other.contains("line 3: ayu has said something else of \"1\""), "{other}");
    assert!(refused("label.csv", "id,text\n1,x\n").contains("no column of labels; the header has id, text"));
    assert!(refused("label.csv", "id,kalimat,stance\n1,x,neutral\n").contains("no column \"text\""));
    assert!(
        refused("label.csv", "id,text,stance\n1,\"x,neutral\n2,y,neutral\n")
            .contains("line 2: the quotation mark on line 2 is not closed")
    );
    assert!(refused("label.csv", "id,text,stance\n1,x\n").contains("line 2: 2 fields where the header has 3"));
}

#[test]
fn ids_of_two_projects_are_told_apart_by_the_text() {
    let files = [
        ("ayu.csv", "id,text,stance\n1,Tavira mundur.,neutral\n2,Hujan turun.,neutral\n"),
        ("budi.csv", "id,text,stance\n1,Hujan turun.,escalation\n"),
    ];
    let message = import_as(&files, &Options::default()).unwrap_err().to_string();
    assert!(
        message.contains("budi.csv: line 2, field \"id\": \"1\" has another text further up; --key text"),
        "{message}"
    );
    let options = Options { key: Key::Text, ..Options::default() };
    let found = import_as(&files, &options).unwrap().1;
    assert_eq!(told(&found.ratings), ["1 ayu neutral -", "2 ayu neutral -", "2 budi escalation -"]);
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    assert!(refused("a.json", "[{\"x\": 1}]").contains("its fields are x"));
    assert!(refused("a.jsonl", "{\"id\":\"1\",\"text\":\"x\",\"annotator\":\"ayu\"}").contains("nuansa's own format"));
    assert!(refused("a.json", "[{]").contains("not valid JSON"));
    assert!(refused("a.jsonl", "{\"text\":\"x\",\"label\":[]}\nnope\n").contains("line 2"));
    assert!(refused("a.json", " ").contains("an empty file"));
    let bare = "[{\"id\": 1, \"annotations\": [], \"data\": {\"text\": \"Hujan turun.\"}}]";
    assert!(refused("a.json", bare).contains("no annotations"));
    let silent = refused("a.csv", "id,text,stance\n1,Hujan turun.,\n");
    assert!(silent.contains("a.csv: none of 1 rows has a label: 1 without a label"), "{silent}");
}

#[test]
fn columns_and_fields_that_give_nothing_are_told() {
    let table = "id,text,stence,tone,before,lead_time\n1,Tavira mundur.,neutral,negative,Judul.,\"4,5\"\n";
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("label.csv");
    std::fs::write(&path, table).unwrap();
    let mut options = Options::default();
    options.names.fields.insert("arah".into(), "stance".into());
    let (mut rows, mut faults, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    read(&path, &options, &mut rows, &mut faults, &mut notes).unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("columns that are left out: stence; if one has labels"), "{}", notes[0]);
    let found = gather(rows, &options, faults).unwrap();
    assert_eq!((found.told.idle.as_slice(), found.ratings[0].seconds), (&["arah".to_owned()][..], Some(4.5)));
    let lines = found.told.lines(&[Tool::Csv], &found.ratings);
    assert!(lines.contains("field \"arah\" of the map: no row has a label in it"), "{lines}");
    let slow = refused("label.csv", &table.replace("\"4,5\"", "lama"));
    assert!(slow.contains("line 2, field \"seconds\": \"lama\" is no number of seconds"), "{slow}");
}
