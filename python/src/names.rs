//! `Names`: actors with what they are called and whom they belong to.

use super::tables::{Batches, one};
use arrow_array::ArrayRef;
use arrow_array::builder::{ArrayBuilder, ListBuilder, StringBuilder};
use arrow_schema::{DataType, Field};
use nuansa::Result;
use nuansa::aggregate::RollUp;
use std::collections::BTreeSet;

/// Rows on their way to a table.
#[derive(Default)]
pub struct Names {
    articles: StringBuilder,
    ids: StringBuilder,
    called: StringBuilder,
    types: StringBuilder,
    above: ListBuilder<StringBuilder>,
}

impl Names {
    /// Adds the actors of an article, and those that they belong to; `describe` gives name and type. What `describe` gives
    /// no name, as `ambiguous`, is nobody.
    pub fn add<'a>(
        &mut self,
        article: &str,
        actors: impl IntoIterator<Item = &'a str>,
        roll_up: &RollUp,
        describe: impl Fn(&str) -> (&'a str, &'a str),
    ) {
        let mut all = BTreeSet::new();
        for id in actors {
            all.insert(id);
            all.extend(roll_up.above(id).iter().map(String::as_str));
        }
        for id in all {
            let (name, kind) = describe(id);
            if !name.is_empty() {
                self.articles.append_value(article);
                self.ids.append_value(id);
                self.called.append_value(name);
                self.types.append_value(kind);
                self.above.append_value(roll_up.above(id).iter().map(Some));
            }
        }
    }

    /// `article_id`, `actor_id`, `name`, `type`, `above`; the first only where `by_article`.
    pub fn finish(mut self, by_article: bool) -> Result<Batches> {
        let text = |name| Field::new(name, DataType::Utf8, false);
        let mut fields = vec![text("article_id"), text("actor_id"), text("name"), text("type")];
        let texts = [&mut self.articles, &mut self.ids, &mut self.called, &mut self.types];
        let mut columns: Vec<ArrayRef> = texts.map(ArrayBuilder::finish).into();
        let above = ArrayBuilder::finish(&mut self.above);
        fields.push(Field::new("above", above.data_type().clone(), false));
        columns.push(above);
        let from = usize::from(!by_article);
        one(fields.split_off(from), columns.split_off(from))
    }
}
