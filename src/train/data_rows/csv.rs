//! CSV rows of labelled data (RFC 4180, header first).
//!
//! Every row has as many fields as the header. Faults name the line on which a row starts, whatever line ends, blank
//! lines and line breaks in cells came before it.

use super::{COLUMNS, PHENOMENA, Reading, SEPARATOR, TEXT};
use crate::train::data_lines::Watched;
use std::io::BufRead;

impl Reading<'_> {
    pub fn csv(&mut self, bytes: Box<dyn BufRead>) {
        let (bytes, seen) = Watched::new(bytes);
        let mut csv = csv::Reader::from_reader(bytes);
        let header = match csv.byte_headers() {
            Ok(header) => header.clone(),
            Err(e) => return self.fault(0, None, csv_cause(&e)),
        };
        if header.is_empty() {
            return;
        }
        let columns = self.columns;
        let found: Vec<String> = header.iter().map(|h| String::from_utf8_lossy(h).trim().to_owned()).collect();
        let mut at = [None; COLUMNS];
        for (i, name) in columns.names().into_iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let mut places = found.iter().enumerate().filter(|(_, f)| *f == name).map(|(k, _)| k);
            at[i] = places.next();
            self.seen[i] = at[i].is_some();
            if places.next().is_some() {
                self.fault(1, Some(name), "the header has this column twice");
                return;
            }
        }
        if at[TEXT].is_none() {
            return self.fault(1, Some(&columns.text), format!("no such column; the header has {}", found.join(", ")));
        }
        let mut phenomena = found.iter().enumerate().filter(|(_, f)| *f == PHENOMENA).map(|(k, _)| k);
        let phenomena = (phenomena.next(), phenomena.next());
        if phenomena.1.is_some() {
            return self.fault(1, Some(PHENOMENA), "the header has this column twice");
        }
        let mut record = csv::ByteRecord::new();
        // the last row's line, where that row has a line break in it
        let mut broken = None;
        loop {
            match csv.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    self.intake.records += 1;
                    // a stream that breaks has no position: it broke behind all that was seen
                    let at = e.position().map_or(u64::MAX, csv::Position::byte);
                    self.fault(seen.borrow().line_of(at), None, csv_cause(&e));
                    if matches!(e.kind(), csv::ErrorKind::Io(_)) {
                        return;
                    }
                    continue;
                }
            }
            self.intake.records += 1;
            let line = seen.borrow().line_of(record.position().map_or(0, csv::Position::byte));
            broken = record.iter().any(|cell| cell.contains(&b'\n')).then_some(line);
            self.record(line, &record, &at, phenomena.0);
        }
        // The csv crate closes an open quote at the end of the file: everything behind it would be one field
        if let Some(line) = broken.filter(|_| seen.borrow().quotes() % 2 == 1) {
            self.fault(line, None, "a quote that opens in this row is never closed");
        }
    }

    fn record(&mut self, line: u64, record: &csv::ByteRecord, at: &[Option<usize>; COLUMNS], phenomena: Option<usize>) {
        let columns = self.columns;
        let mut values: [Option<String>; COLUMNS] = Default::default();
        let before = self.rows.faults.len();
        for (i, name) in columns.names().into_iter().enumerate() {
            let Some(cell) = at[i].and_then(|k| record.get(k)) else { continue };
            match std::str::from_utf8(cell) {
                Ok(text) => values[i] = Some(text.to_owned()),
                Err(e) => {
                    let cause = format!("not UTF-8 at byte {} of the field", e.valid_up_to() + 1);
                    self.fault(line, Some(name), cause);
                }
            }
        }
        let names = phenomena.and_then(|k| record.get(k)).unwrap_or_default();
        let Ok(names) = std::str::from_utf8(names) else {
            return self.fault(line, Some(PHENOMENA), "not UTF-8");
        };
        if self.rows.faults.len() == before {
            self.row(line, values, names.split(SEPARATOR).map(String::from).collect(), None);
        }
    }
}

fn csv_cause(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        csv::ErrorKind::Io(e) => e.to_string(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::train::data::Columns;
    use crate::train::data_rows::tests::{message, read_as};

    #[test]
    fn a_quote_that_never_closes_does_not_swallow_the_file() {
        let open = message("d.csv", "lang,text\nid,\"satu\nid,dua\nid,tiga\n");
        assert!(open.contains("line 2: a quote that opens in this row is never closed"), "{open}");
        let inch = "lang,text\nid,\"dua\nbaris\"\nid,pipa 5\" putus\n";
        assert_eq!(read_as("d.csv", inch.as_bytes(), &Columns::default()).unwrap().examples.len(), 2);
    }

    #[test]
    fn csv_lines_are_counted_through_blank_lines_line_breaks_in_cells_and_both_line_ends() {
        for end in ["\n", "\r\n"] {
            let rows = ["text,lang", "", "satu,id", "\"dua", "baris\",id", "", "", "tiga,id", "x"].join(end);
            let message = message("d.csv", rows.clone());
            assert!(message.contains("line 9: 1 fields"), "{message}");
            let data = read_as("d.csv", rows.trim_end_matches('x').as_bytes(), &Columns::default()).unwrap();
            assert_eq!(data.examples.iter().map(|e| e.line).collect::<Vec<_>>(), [3, 4, 8], "{end:?}");
        }
    }
}
