//! `articles_with`: the table of articles with the columns that a run passes through from its input.

use super::column::{Column, Domain, Table, Type};
use super::schema::ARTICLES;
use super::shared_columns::optional;
use crate::error::{Error, Result, Stage};

/// `articles.csv` with `names` at its end, in their order.
///
/// The columns of a run live as long as the program, so that its schema is of one kind with the published one; a run
/// makes them once.
///
/// # Errors
/// A name is empty, stands twice, or is one of the table's own.
pub fn articles_with(names: &[String]) -> Result<Table> {
    if names.is_empty() {
        return Ok(ARTICLES);
    }
    let mut columns: Vec<Column> = ARTICLES.columns.to_vec();
    for name in names {
        let wrong = |cause: String| {
            Error::new(Stage::Write, cause).hint("rename the column in the input, or leave it out of --keep")
        };
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(wrong(format!("{name:?} cannot be the name of a column")));
        }
        if columns.iter().any(|column| column.name == name) {
            let cause = if ARTICLES.header().any(|own| own == name) {
                format!("articles.csv has a column {name:?} of its own")
            } else {
                format!("--keep names the column {name:?} twice")
            };
            return Err(wrong(cause));
        }
        let name: &'static str = Box::leak(name.clone().into_boxed_str());
        columns.push(optional(
            name,
            Type::String,
            Domain::Any,
            "The input's column of this name, white space as in text",
        ));
    }
    Ok(Table { columns: Box::leak(columns.into_boxed_slice()), ..ARTICLES })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(names: &[&str]) -> Result<Vec<&'static str>> {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        articles_with(&names).map(|table| table.header().collect())
    }

    #[test]
    fn kept_columns_stand_at_the_end_in_their_order() {
        let header = with(&["wilayah", "rubrik"]).unwrap();
        assert!(header.iter().copied().take(ARTICLES.columns.len()).eq(ARTICLES.header()));
        assert_eq!(header[ARTICLES.columns.len()..], ["wilayah", "rubrik"]);
        assert_eq!(articles_with(&[]).unwrap(), ARTICLES);
    }

    #[test]
    fn names_that_would_stand_twice_are_refused() {
        for (names, part) in
            [(&["date"][..], "of its own"), (&["a", "a"], "twice"), (&[" "], "cannot be"), (&["a\n"], "cannot be")]
        {
            let message = with(names).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains("hint: "), "{message}");
        }
    }
}
