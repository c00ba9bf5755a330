//! Rows of both formats, and what is said of bad ones.

use crate::error::Result;
use crate::model::labels::{Stance, Tone};
use crate::train::data::{Columns, Dataset};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

pub fn read_as(name: &str, content: &[u8], columns: &Columns) -> Result<Dataset> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, content).unwrap();
    Dataset::read(&path, columns)
}

pub fn message(name: &str, content: impl AsRef<[u8]>) -> String {
    read_as(name, content.as_ref(), &Columns::default()).unwrap_err().to_string()
}

const JSONL: &str = concat!(
    "{\"id\":\"p-1\",\"group\":7,\"text\":\"Armada Selatan mundur.\",\"lang\":\"id\",\"source\":\"contoh\",",
    "\"split\":\"dev\",\"stance\":\"deescalation\",\"tone\":\"neutral\",\"confidence\":3,\"extra\":[1]}\r\n",
    "\n",
    "{\"text\":\"Ia berkata \\\"tidak\\\".\",\"stance\":null,\"tone\":\"\",\"confidence\":null}\n",
);
const CSV: &str = concat!(
    "\u{feff}confidence,tone,stance,split,source,lang,text,group,id\r\n",
    "3.0,neutral,deescalation,dev,contoh,id,Armada Selatan mundur.,7,p-1\r\n",
    ",,,,,,\"Ia berkata \"\"tidak\"\".\",,\r\n",
);

#[test]
fn jsonl_and_csv_plain_and_compressed_give_the_same_rows() {
    let columns = Columns::default();
    for (name, content) in [("d.jsonl", JSONL), ("d.csv", CSV)] {
        let packed = compress_to_vec(content.as_bytes(), CompressionLevel::Fastest);
        for (name, bytes) in [(name.to_owned(), content.as_bytes()), (format!("{name}.zst"), &packed)] {
            let data = read_as(&name, bytes, &columns).unwrap();
            let [a, b] = data.examples.as_slice() else { panic!("{name}: {} rows", data.examples.len()) };
            assert_eq!((a.id.as_str(), a.group.as_deref(), a.lang.as_deref()), ("p-1", Some("7"), Some("id")));
            assert_eq!((a.stance, a.tone), (Some(Stance::Deescalation), Some(Tone::Neutral)));
            assert_eq!((a.confidence, a.split.as_deref()), (Some(3), Some("dev")));
            assert_eq!((b.id.clone(), b.line), (format!("{name}#2"), 3));
            assert_eq!(b.text, "Ia berkata \"tidak\".");
            assert_eq!((b.stance, b.tone, b.confidence, &b.group), (None, None, None, &None));
        }
    }
}

#[test]
fn an_unknown_label_lists_the_allowed_ones() {
    let json = message("d.jsonl", "{\"text\":\"x\",\"stance\":\"Escalation\"}");
    assert!(json.contains("d.jsonl: line 1, field \"stance\": unknown stance \"Escalation\""), "{json}");
    assert!(json.contains("escalation, deescalation, neutral"), "{json}");
    let csv = message("d.csv", "text,tone\nx,positive\ny,positif\n");
    assert!(csv.contains("line 3, field \"tone\": unknown tone \"positif\""), "{csv}");
}

#[test]
fn a_missing_text_column_names_the_columns_there_are() {
    let csv = message("d.csv", "id,body\n1,x\n");
    assert!(csv.contains("line 1, field \"text\": no such column; the header has id, body"), "{csv}");
    let json = message("d.jsonl", "{\"id\":\"1\",\"body\":\"x\"}");
    assert!(json.contains("field \"text\": the row has no text; its fields are id, body"), "{json}");
}

#[test]
fn rows_with_empty_text_are_left_out_and_placed() {
    let rows = "id,text\n1,\n2,\" \t\"\n3,Sidang dibuka.\n";
    let data = read_as("d.csv", rows.as_bytes(), &Columns::default()).unwrap();
    assert_eq!(data.examples.len(), 1);
    assert_eq!(data.report.empty.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 3]);
    let data = read_as("d.jsonl", b"{\"text\":null}\n{\"text\":\"x\"}\n", &Columns::default()).unwrap();
    assert_eq!(data.report.empty.len(), 1);
}

#[test]
fn phenomena_are_a_list_in_json_and_names_with_semicolons_between_in_csv() {
    let json = "{\"text\":\"x\",\"phenomena\":[\"negation\",\" denial\",\"negation\",\"\"]}\n{\"text\":\"y\"}\n";
    let csv = "text,phenomena\nx,negation; denial;negation;\ny,\n";
    for (name, rows) in [("d.jsonl", json), ("d.csv", csv)] {
        let data = read_as(name, rows.as_bytes(), &Columns::default()).unwrap();
        assert_eq!(data.examples[0].phenomena, ["denial", "negation"], "{name}");
        assert!(data.examples[1].phenomena.is_empty(), "{name}");
    }
    for bad in ["\"negation\"", "[1]", "{}"] {
        let message = message("d.jsonl", format!("{{\"text\":\"x\",\"phenomena\":{bad}}}"));
        assert!(message.contains("line 1, field \"phenomena\": expected a list of strings"), "{message}");
    }
    let message = message("d.csv", "text,phenomena,phenomena\nx,a,b\n");
    assert!(message.contains("field \"phenomena\": the header has this column twice"), "{message}");
}

#[test]
fn a_confidence_outside_one_to_three_is_an_error() {
    for value in ["0", "4", "2.5", "\"high\"", "NaN"] {
        let text = format!("{{\"text\":\"x\",\"confidence\":{value}}}");
        let message = message("d.jsonl", text);
        assert!(message.contains("line 1"), "{value}: {message}");
    }
    assert!(message("d.csv", "text,confidence\nx,9\n").contains("expected 1, 2 or 3, found \"9\""));
}

#[test]
fn invalid_utf8_json_and_csv_name_their_line() {
    let json = message("d.jsonl", b"{\"text\":\"x\"}\n{\"text\":\"Caf\xe9\"}\n");
    assert!(json.contains("line 2: not UTF-8 at byte 13 of the line"), "{json}");
    let csv = message("d.csv", b"text,lang\n\xc3\xa9 \xc3\xa9,id\nCaf\xe9,en\n");
    assert!(csv.contains("line 3, field \"text\": not UTF-8 at byte 4"), "{csv}");
    let cut = message("d.jsonl", "{\"text\":\"x\"}\n{\"text\":\"y");
    assert!(cut.contains("line 2: not valid JSON"), "{cut}");
    assert!(message("d.jsonl", "[1]").contains("expected a JSON object, found a list"));
    assert!(message("d.jsonl", "{\"text\":5}").contains("field \"text\": expected a string, found a number"));
    let ragged = message("d.csv", "text,lang\nx,id\ny\n");
    assert!(ragged.contains("line 3: 1 fields where the header has 2"), "{ragged}");
    assert!(message("d.csv", "text,text\nx,y\n").contains("twice"));
}

#[test]
fn a_truncated_zstd_file_names_the_file_and_keeps_no_rows() {
    let rows: Vec<String> = (0..40_000).map(|i| format!("{{\"text\":\"Kapal {i} berangkat.\"}}")).collect();
    let text = rows.join("\n");
    let packed = compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
    let message = message("d.jsonl.zst", &packed[..packed.len() * 2 / 3]);
    assert!(message.contains("d.jsonl.zst: line ") && message.contains("cut short or damaged"), "{message}");
}

#[test]
fn renamed_columns_are_read_and_a_wrong_name_is_an_error() {
    let columns = Columns { text: "kalimat".into(), stance: "arah".into(), ..Columns::default() };
    let data = read_as("d.csv", b"kalimat,arah\nx,neutral\n", &columns).unwrap();
    assert_eq!(data.examples[0].stance, Some(Stance::Neutral));
    for (name, rows) in [("d.csv", "kalimat\nx\n"), ("d.jsonl", "{\"kalimat\":\"x\"}\n")] {
        let message = read_as(name, rows.as_bytes(), &columns).unwrap_err().to_string();
        assert!(message.contains("field \"arah\": no row has this column"), "{message}");
    }
    assert!(serde_json::from_str::<Columns>("{\"txt\":\"body\"}").is_err());
    assert_eq!(serde_json::from_str::<Columns>("{\"text\":\"kalimat\",\"stance\":\"arah\"}").unwrap(), columns);
}
