//! `Ids`: which sentence an id means. Two projects of one tool count from 1 each, so an id can mean two sentences, and a
//! sentence uploaded twice has two ids.

use super::raw::Raw;
use crate::text::one_line;
use std::collections::{BTreeMap, BTreeSet};

/// What a sentence is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Key {
    /// Its id
    #[default]
    Id,
    /// Its text, for exports whose ids mean different sentences in different files
    Text,
}

/// Which ids there are, and the text of each.
pub(super) struct Ids {
    key: Key,
    /// Text by id
    texts: BTreeMap<String, String>,
    /// Id by text, the first one
    first: BTreeMap<String, String>,
    /// Texts with another id further down
    again: BTreeSet<String>,
}

impl Ids {
    pub fn new(key: Key) -> Self {
        Self { key, texts: BTreeMap::new(), first: BTreeMap::new(), again: BTreeSet::new() }
    }

    /// Checks the id of a row, or gives it that of its text.
    pub fn place(&mut self, row: &mut Raw) -> std::result::Result<(), String> {
        let text = one_line(&row.item.text);
        let first = self.first.entry(text.clone()).or_insert_with(|| row.item.id.clone());
        if *first != row.item.id {
            if self.key == Key::Text {
                row.item.id.clone_from(first);
            } else {
                self.again.insert(text.clone());
            }
        }
        let known = self.texts.entry(row.item.id.clone()).or_insert_with(|| text.clone());
        if *known == text {
            return Ok(());
        }
        if self.key == Key::Text {
            // The id is taken by another sentence: number this one.
            let mut n = 2;
            while self.texts.contains_key(&format!("{}-{n}", row.item.id)) {
                n += 1;
            }
            row.item.id = format!("{}-{n}", row.item.id);
            self.first.insert(text.clone(), row.item.id.clone());
            self.texts.insert(row.item.id.clone(), text);
            return Ok(());
        }
        let id = &row.item.id;
        Err(format!("\"{id}\" has another text further up; --key text knows sentences by their text instead"))
    }

    pub fn same_text(&self) -> usize {
        self.again.len()
    }
}
