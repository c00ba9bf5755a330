//! Rows of labelled tables (CSV and its kin, header first).
//!
//! Every row has as many fields as the header. Faults name the line on which a row starts, whatever line ends, blank
//! lines and line breaks in cells came before it.

use super::{COLUMNS, PHENOMENA, Reading, SEPARATOR, TEXT};
use crate::article::{DataRow, DataTable};

impl Reading<'_> {
    pub(super) fn csv(&mut self, mut table: DataTable) {
        let columns = self.columns;
        let header = table.header().to_vec();
        let mut at = [None; COLUMNS];
        for (i, name) in columns.names().into_iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let mut places = header.iter().enumerate().filter(|(_, f)| *f == name).map(|(k, _)| k);
            at[i] = places.next();
            self.seen[i] = at[i].is_some();
            if places.next().is_some() {
                self.fault(1, Some(name), "the header has this column twice");
                return;
            }
        }
        if at[TEXT].is_none() {
            return self.fault(1, Some(&columns.text), format!("no such column; the header has {}", header.join(", ")));
        }
        let mut phenomena = header.iter().enumerate().filter(|(_, f)| *f == PHENOMENA).map(|(k, _)| k);
        let phenomena = (phenomena.next(), phenomena.next());
        if phenomena.1.is_some() {
            return self.fault(1, Some(PHENOMENA), "the header has this column twice");
        }
        for DataRow { line, cells } in table.by_ref() {
            self.intake.records += 1;
            let mut cells = match cells {
                Ok(cells) => cells,
                Err((field, cause)) => {
                    self.fault(line, field.and_then(|k| header.get(k)).map(String::as_str), cause);
                    continue;
                }
            };
            let names = phenomena.0.map(|k| std::mem::take(&mut cells[k])).unwrap_or_default();
            let values = at.map(|k| k.and_then(|k| cells.get(k).cloned()));
            self.row(line, values, names.split(SEPARATOR).map(String::from).collect(), None);
        }
        self.tell(table.take_notes());
    }
}

#[cfg(test)]
mod tests {
    use crate::train::data::Columns;
    use crate::train::data_rows::tests::{message, read_as};

    #[test]
    fn a_quote_that_never_closes_does_not_swallow_the_file() {
        let open = message("d.csv", "lang,text\nid,\"satu\nid,dua\nid,tiga\n");
        assert!(open.contains("line 2: the quotation mark on line 2 is not closed"), "{open}");
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
