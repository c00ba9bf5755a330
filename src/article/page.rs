//! `Page`: a document that is one article and says things of itself, as HTML pages and Markdown's front matter do.

use super::guess::{Columns, DATE, ID, ROLES, SOURCE, TITLE};
use super::options::ReadOptions;
use super::row::Cell;
use std::collections::BTreeMap;

/// An article with what its document says of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    pub title: Option<String>,
    /// Paragraphs, a blank line between
    pub body: String,
    said: BTreeMap<String, String>,
}

impl Page {
    /// Notes what the document says under a name.
    pub fn set(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.said.insert(name.to_owned(), value);
        }
    }

    /// What the document says under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.said.get(name).map(String::as_str)
    }

    /// The cells of a row. The id stays that of the file, unless the person names what holds it; a name that the
    /// document does not have is missing.
    pub fn into_cells(mut self, options: &ReadOptions) -> Vec<Cell> {
        if let Some(title) = &self.title {
            self.said.insert("title".into(), title.clone());
        }
        let mut names: Vec<String> = self.said.keys().cloned().collect();
        names.push("text".into());
        let guessed = Columns::of(&names, &ReadOptions::default()).map(|columns| columns.names).unwrap_or_default();
        let asked = &options.columns;
        let said = [(ID, &asked.id), (TITLE, &asked.title), (DATE, &asked.date), (SOURCE, &asked.source)];
        let cell = |name: Option<&str>| {
            name.and_then(|name| self.said.get(name)).map_or(Cell::Missing, |text| Cell::Text(text.clone()))
        };
        let mut cells: Vec<Cell> = said
            .into_iter()
            .map(|(role, name)| {
                let usual = guessed.get(role).and_then(Option::as_deref).filter(|_| role != ID);
                cell(name.as_deref().filter(|name| self.said.contains_key(*name) || name.is_empty()).or(usual))
            })
            .collect();
        cells.push(Cell::Text(std::mem::take(&mut self.body)));
        debug_assert_eq!(cells.len(), ROLES.len());
        cells.extend(
            options.keep.iter().map(|name| self.said.get(name).map_or(Cell::Missing, |text| Cell::Text(text.clone()))),
        );
        cells
    }
}
