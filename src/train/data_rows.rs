//! Rows of labelled data: JSON lines and CSV, each turned into the ten fields of an `Example`.
//!
//! Both formats end in the same checks, so that a label misspelt in a CSV file and in JSON lines gives one message. A
//! row that cannot be read becomes a fault and the next one is tried; a stream that cannot be read ends its file.

mod choice;
mod csv;
mod spans;

use crate::error::Result;
use crate::model::labels::{Label, Stance, Tone};
use crate::train::data::{Columns, Example, Rows};
use crate::train::data_fault::Fault;
use crate::train::data_files::{self, Format};
use crate::train::data_report::{Intake, Place};
use crate::train::recipe::{HeadName, Source};
use choice::{Choice, Renamed};
use serde_json::{Map, Value};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

/// Where `text` stands in [`Columns::NAMES`].
const TEXT: usize = 2;

/// The field that names what a sentence holds: a list in JSON lines, in a CSV cell with [`SEPARATOR`] between the names.
const PHENOMENA: &str = "phenomena";
const SEPARATOR: char = ';';

/// Columns there are.
const COLUMNS: usize = Columns::NAMES.len();

/// One file on its way into rows.
struct Reading<'a> {
    file: Arc<str>,
    source: &'a Source,
    columns: &'a Columns,
    choice: Choice<'a>,
    origin: usize,
    rows: &'a mut Rows,
    intake: Intake,
    /// Which columns some row had
    seen: [bool; COLUMNS],
}

/// Reads one file into `rows`: rows, places of rows without text, warnings, faults. `origin` is its place among the
/// sources.
///
/// # Errors
/// A file that cannot be opened; everything else is a fault.
pub fn read(path: &Path, source: &Source, origin: usize, rows: &mut Rows) -> Result<Intake> {
    let (format, bytes) = data_files::open(path)?;
    let file: Arc<str> = path.to_string_lossy().into();
    let choice = Choice::new(source);
    let intake = Intake::new(source, &file);
    let columns = &source.columns;
    let mut reading = Reading { file, source, columns, choice, origin, rows, intake, seen: [false; COLUMNS] };
    match format {
        Format::Jsonl => reading.jsonl(bytes),
        Format::Csv => reading.csv(bytes),
    }
    reading.renamed_columns_were_there();
    let name = reading.intake.title();
    let mut warnings = reading.choice.unmatched();
    if reading.intake.rows == 0 && reading.intake.records > 0 {
        warnings.push("no row of it is left".into());
    }
    reading.rows.warnings.extend(warnings.into_iter().map(|w| format!("source \"{name}\": {w}")));
    Ok(reading.intake)
}

impl Reading<'_> {
    fn fault(&mut self, line: u64, field: Option<&str>, cause: impl Into<String>) {
        let line = (line > 0).then_some(line);
        let field = field.map(String::from);
        self.rows.faults.push(Fault { file: self.file.clone(), line, field, cause: cause.into() });
    }

    fn jsonl(&mut self, mut bytes: Box<dyn BufRead>) {
        let (mut buffer, mut line) = (Vec::new(), 0);
        loop {
            buffer.clear();
            line += 1;
            match bytes.read_until(b'\n', &mut buffer) {
                Ok(0) => return,
                Ok(_) => {}
                Err(e) => return self.fault(line, None, e.to_string()),
            }
            let text = match std::str::from_utf8(&buffer) {
                Ok(text) => text,
                Err(e) => {
                    self.intake.records += 1;
                    self.fault(line, None, format!("not UTF-8 at byte {} of the line", e.valid_up_to() + 1));
                    continue;
                }
            };
            if text.trim().is_empty() {
                continue;
            }
            self.intake.records += 1;
            match serde_json::from_str::<Value>(text) {
                Ok(Value::Object(row)) => self.object(line, &row),
                Ok(other) => self.fault(line, None, format!("expected a JSON object, found {}", kind(&other))),
                Err(e) => {
                    // the parser counts lines inside this one line
                    let cause = e.to_string();
                    let cause = cause.split(" at line ").next().unwrap_or(&cause).to_owned();
                    self.fault(line, None, format!("not valid JSON: {cause} (column {})", e.column()));
                }
            }
        }
    }

    fn object(&mut self, line: u64, row: &Map<String, Value>) {
        let columns = self.columns;
        let mut values: [Option<String>; COLUMNS] = Default::default();
        let before = self.rows.faults.len();
        for (i, name) in columns.names().into_iter().enumerate() {
            let Some(value) = row.get(name).filter(|_| !name.is_empty()) else { continue };
            self.seen[i] = true;
            let number = !matches!(Columns::NAMES[i], "text" | "target" | "lang");
            values[i] = match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                Value::Number(n) if number => Some(n.to_string()),
                other => {
                    self.fault(line, Some(name), format!("expected a string, found {}", kind(other)));
                    None
                }
            };
        }
        // Words with tags stand for their text.
        let words = row.get(spans::TOKENS).filter(|_| self.source.heads.contains(&HeadName::Entity));
        if let (None, Some(words)) = (row.get(&columns.text), words) {
            match spans::tokens(words) {
                Ok(words) => values[TEXT] = Some(spans::join(&words)),
                Err(cause) => self.fault(line, Some(spans::TOKENS), cause),
            }
        } else if !row.contains_key(&columns.text) {
            let keys: Vec<&str> = row.keys().map(String::as_str).take(12).collect();
            let cause = format!("the row has no text; its fields are {}", keys.join(", "));
            self.fault(line, Some(&columns.text), cause);
        }
        let phenomena = match row.get(PHENOMENA) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
                names.iter().filter_map(Value::as_str).map(String::from).collect()
            }
            Some(_) => {
                self.fault(line, Some(PHENOMENA), "expected a list of strings");
                Vec::new()
            }
        };
        if self.rows.faults.len() == before {
            self.row(line, values, phenomena, Some(row));
        }
    }

    /// The checks that both formats share. `values` stand in the order of [`Columns::NAMES`]; labels of tokens are read of
    /// the JSON `object` alone.
    fn row(
        &mut self,
        line: u64,
        values: [Option<String>; COLUMNS],
        phenomena: Vec<String>,
        object: Option<&Map<String, Value>>,
    ) {
        let columns = self.columns;
        let [id, group, text, target, lang, source, split, stance, tone, confidence] = values;
        let trimmed = |value: Option<String>| value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let Renamed::Split(split) = self.choice.split(trimmed(split)) else {
            self.intake.dropped += 1;
            return;
        };
        let (lang, source) = (trimmed(lang), trimmed(source).or_else(|| self.source.name.clone()));
        if !self.choice.keeps(lang.as_deref(), source.as_deref(), split.as_deref()) {
            self.intake.filtered += 1;
            return;
        }
        let before = self.rows.faults.len();
        let confidence = trimmed(confidence).and_then(|value| match value.parse::<f64>() {
            // pandas writes a column of integers with gaps as 1.0, 2.0
            Ok(c) if [1.0, 2.0, 3.0].contains(&c) => Some(c as u8),
            _ => {
                self.fault(line, Some(&columns.confidence), format!("expected 1, 2 or 3, found \"{value}\""));
                None
            }
        });
        if !self.choice.sure(confidence) {
            self.intake.filtered += 1;
            return;
        }
        let reads = |head| self.source.heads.contains(&head);
        let (stance, tone) = (stance.filter(|_| reads(HeadName::Stance)), tone.filter(|_| reads(HeadName::Tone)));
        let stance = self.label::<Stance>(line, &columns.stance, trimmed(stance));
        let tone = self.label::<Tone>(line, &columns.tone, trimmed(tone));
        let text = text.unwrap_or_default();
        let none = Map::new();
        let (object, heads) = (object.unwrap_or(&none), &self.source.heads);
        let tags = if heads.contains(&HeadName::Entity) { spans::tags(object, &text) } else { Ok(None) };
        let mentions =
            spans::mentions(object, &text, heads.contains(&HeadName::Actor), heads.contains(&HeadName::Role));
        for (field, cause) in [tags.as_ref().err(), mentions.as_ref().err()].into_iter().flatten() {
            self.fault(line, Some(field), cause);
        }
        if self.rows.faults.len() > before {
            return;
        }
        let (tags, mentions) = (tags.ok().flatten(), mentions.ok().flatten());
        let file = self.file.clone();
        if text.trim().is_empty() {
            self.intake.empty += 1;
            self.rows.empty.push(Place { file: file.to_string(), line });
            return;
        }
        let id = trimmed(id).unwrap_or_else(|| {
            let name = Path::new(file.as_ref()).file_name().map(|n| n.to_string_lossy().into_owned());
            format!("{}#{}", name.unwrap_or_default(), self.intake.records)
        });
        let (group, target) = (trimmed(group), trimmed(target));
        let (weight, origin) = (self.source.weight as f32, self.origin);
        let mut phenomena: Vec<String> = phenomena.into_iter().filter_map(|name| trimmed(Some(name))).collect();
        phenomena.sort();
        phenomena.dedup();
        self.intake.rows += 1;
        self.rows.examples.push(Example {
            id,
            group,
            text,
            target,
            lang,
            source,
            split,
            stance,
            tone,
            confidence,
            tags,
            mentions,
            phenomena,
            weight,
            origin,
            file,
            line,
        });
    }

    fn label<L: Label>(&mut self, line: u64, field: &str, value: Option<String>) -> Option<L> {
        self.choice.label(value).unwrap_or_else(|value| {
            let allowed = L::ALL.map(L::name).join(", ");
            let cause = format!("unknown {} \"{value}\"; allowed are {allowed}, or nothing", L::HEAD);
            self.fault(line, Some(field), cause);
            None
        })
    }

    /// A column that was given another name and that no row has is a mistake in the mapping.
    fn renamed_columns_were_there(&mut self) {
        if self.intake.records == 0 {
            return;
        }
        let columns = self.columns;
        for (i, name) in columns.names().into_iter().enumerate() {
            if i != TEXT && !self.seen[i] && !name.is_empty() && name != Columns::NAMES[i] {
                let cause = format!("no row has this column, which was to be read as {}", Columns::NAMES[i]);
                self.fault(0, Some(name), cause);
            }
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
pub(super) mod tests {
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
        let csv = message("d.csv", b"text,lang\nx,id\nCaf\xe9,en\n");
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
}
