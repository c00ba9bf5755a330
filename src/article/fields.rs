//! `Fields`: the cells of a row as the parts of an article, or why they are none.
//!
//! A missing cell, a null and one of the person's `--na` are the same; so are blank cells other than the text. The text
//! must be text: a number there is a wrong column. An id may be a number, of which every digit stays.

use super::Article;
use super::compose::compose;
use super::date::normalise;
use super::guess::{DATE, ID, ROLES, SOURCE, TEXT, TITLE};
use super::options::ReadOptions;
use super::row::Cell;

/// The parts of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub id: Option<String>,
    pub title: Option<String>,
    /// In ISO 8601 where it could be read
    pub date: Option<String>,
    pub source: Option<String>,
    /// Empty where missing or null
    pub text: String,
    /// One for each column to keep
    pub kept: Vec<Option<String>>,
}

impl Fields {
    /// Reads `cells`, in the order of [`ROLES`], then those to keep.
    ///
    /// # Errors
    /// The id, where it could be read, and what is wrong.
    pub fn of(mut cells: Vec<Cell>, options: &ReadOptions) -> Result<Self, (Option<String>, String)> {
        let kept = cells.split_off(ROLES.len().min(cells.len()));
        let mut cells = cells.into_iter().map(|cell| known(cell, &options.na));
        let mut next = || cells.next().unwrap_or(Cell::Missing);
        let id = id(next()).map_err(|reason| (None, reason))?;
        let mut string = |role: usize| string(ROLES[role], next()).map_err(|reason| (id.clone(), reason));
        debug_assert_eq!([ID, TITLE, DATE, SOURCE, TEXT], [0, 1, 2, 3, 4]);
        let some = |s: Option<String>| s.filter(|s| !s.trim().is_empty());
        let title = some(string(TITLE)?);
        let date = some(string(DATE)?).map(|date| normalise(&date, options.date_order).unwrap_or(date));
        let source = some(string(SOURCE)?);
        let text = string(TEXT)?.unwrap_or_default();
        let mut fields = Self { id, title, date, source, text, kept: Vec::with_capacity(kept.len()) };
        for (name, cell) in options.keep.iter().zip(kept) {
            let cell = known(cell, &options.na).into_text();
            if cell.as_ref().is_some_and(|text| text.contains('\0')) {
                return Err((fields.id, nul(name)));
            }
            fields.kept.push(cell);
        }
        Ok(fields)
    }

    /// The article of these parts, under `id`.
    pub fn article(self, id: String) -> Article {
        let Self { title, date, source, text, kept, .. } = self;
        let (text, headline) = compose(title.as_deref(), text);
        Article { id, title, date, source, text, headline, kept }
    }
}

/// A cell that the person counts as empty is missing.
fn known(cell: Cell, na: &[String]) -> Cell {
    match &cell {
        Cell::Text(text) | Cell::Number(text) if na.iter().any(|na| na == text.trim()) => Cell::Missing,
        _ => cell,
    }
}

fn id(cell: Cell) -> Result<Option<String>, String> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Number(digits) => Ok(Some(digits)),
        Cell::Text(text) if text.contains('\0') => Err(nul("id")),
        Cell::Text(text) if text.chars().any(char::is_control) => {
            Err(format!("column \"id\": {text:?} holds a control character or a line break; take it out"))
        }
        Cell::Text(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        other @ Cell::Other(..) => Err(format!("field \"id\": expected a string or a number, found {}", other.kind())),
    }
}

fn string(name: &str, cell: Cell) -> Result<Option<String>, String> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Text(text) if text.contains('\0') => Err(nul(name)),
        Cell::Text(text) => Ok(Some(text)),
        other => Err(format!("field {name:?}: expected a string, found {}", other.kind())),
    }
}

// Python's csv module and R stop at a NUL, so that it would cost the whole table
fn nul(name: &str) -> String {
    format!("field {name:?}: holds a NUL character (\\u0000); take it out")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> Cell {
        Cell::Text(s.into())
    }

    fn of(cells: Vec<Cell>) -> Result<Fields, (Option<String>, String)> {
        Fields::of(cells, &ReadOptions::default())
    }

    #[test]
    fn missing_and_blank_are_the_same_and_the_word_na_is_text() {
        let blank = of(vec![text(" "), text(""), text(" "), Cell::Missing, Cell::Missing]).unwrap();
        assert_eq!(blank, Fields::default());
        let na = || vec![Cell::Missing, text("NA"), Cell::Missing, Cell::Missing, text(" NA ")];
        assert_eq!(of(na()).unwrap().text, " NA ");
        let options = ReadOptions { na: vec!["NA".into()], ..ReadOptions::default() };
        assert_eq!(Fields::of(na(), &options).unwrap(), Fields::default());
    }

    #[test]
    fn a_wrong_kind_names_the_field_and_keeps_the_id() {
        for role in TITLE..=TEXT {
            let mut cells = vec![Cell::Number("7".into()); 1];
            cells.extend(vec![Cell::Missing; 4]);
            cells[role] = Cell::Other("an array", "[]".into());
            let (id, reason) = of(cells).unwrap_err();
            assert_eq!(id.as_deref(), Some("7"));
            assert!(reason.contains(&format!("{:?}", ROLES[role])) && reason.contains("an array"), "{reason}");
        }
    }

    #[test]
    fn characters_that_break_tables_are_refused() {
        let with = |id: &str, body: &str| of(vec![text(id), text(""), text(""), text(""), text(body)]);
        assert!(with("a\0", "b").is_err_and(|(_, reason)| reason.contains("NUL")));
        assert!(with("a", "b\0").is_err_and(|(id, reason)| reason.contains("NUL") && id.is_some()));
        assert!(with("a\r\nb", "b").is_err_and(|(_, reason)| reason.contains("line break")));
        assert_eq!(with("../../a b", "\u{202e}b").unwrap().id.as_deref(), Some("../../a b"));
    }

    #[test]
    fn kept_cells_stay_as_they_are() {
        let options = ReadOptions { keep: vec!["a".into(), "b".into()], ..ReadOptions::default() };
        let mut cells = vec![Cell::Missing; 5];
        cells.extend([Cell::Number("1.50".into()), Cell::Missing]);
        assert_eq!(Fields::of(cells, &options).unwrap().kept, [Some("1.50".to_owned()), None]);
    }
}
