//! Which rows teach the token heads, and whether the recipe and its rows agree on it.

use super::data::{Dataset, Example};
use super::event::Event;
use super::gold_spans::Mentions;
use super::recipe::{HeadName, Loss, Source};
use crate::error::{Error, Result, Stage};

/// Whether a row has labels of its tokens for a head that is trained.
pub fn are_learnt(row: &Example, loss: &Loss) -> bool {
    let mentions = |of: fn(&Mentions) -> bool| row.mentions.as_ref().is_some_and(of);
    (loss.entity > 0.0 && row.tags.is_some())
        || (loss.actor > 0.0 && mentions(|m| m.actors))
        || (loss.role > 0.0 && mentions(|m| m.roles))
}

/// Says which labels of tokens are not learnt.
///
/// # Errors
/// A token head is to be trained and no training row has a label of it.
pub fn check(dataset: &Dataset, train: &[&Example], loss: &Loss, notify: &mut dyn FnMut(&Event<'_>)) -> Result<()> {
    type Has = fn(&Example) -> bool;
    let has: [(&str, f64, Has); 3] = [
        ("entity", loss.entity, |e| e.tags.is_some()),
        ("actor", loss.actor, |e| e.mentions.as_ref().is_some_and(|m| m.actors)),
        ("role", loss.role, |e| e.mentions.as_ref().is_some_and(|m| m.roles && !m.all.is_empty())),
    ];
    for (head, weight, labelled) in has {
        if weight > 0.0 && !train.iter().any(|e| labelled(e)) {
            return Err(Error::new(Stage::Train, format!("no training row has a label of the {head} head"))
                .place(format!("field \"loss.{head}\""))
                .hint(format!("a `[[data.source]]` whose `heads` name \"{head}\" reads them; 0 trains no such head")));
        }
        let unused = dataset.examples.iter().filter(|e| labelled(e)).count();
        if weight == 0.0 && unused > 0 {
            let text = format!("{unused} rows have labels of the {head} head, which is not trained: loss.{head} is 0");
            notify(&Event::Warning(&text));
        }
    }
    Ok(())
}

/// Token heads are trained beside the heads over sentences: weights are compared by stance and tone.
///
/// # Errors
/// No development row has a stance or a tone.
pub fn check_dev(sources: &[Source], dev: &[&Example]) -> Result<()> {
    if dev.iter().any(|e| e.has_sentence_label()) {
        return Ok(());
    }
    let read = |s: &Source| s.heads.contains(&HeadName::Stance) || s.heads.contains(&HeadName::Tone);
    let (field, missing) = if sources.iter().any(read) {
        ("data.source", "a column `stance` or `tone` in rows of split \"dev\"")
    } else {
        (
            "data.source.heads",
            "\"stance\" or \"tone\" among the `heads` of a `[[data.source]]` with rows of split \"dev\"",
        )
    };
    Err(Error::new(Stage::Train, "no row of split \"dev\" has a stance or a tone, by which weights are compared")
        .place(format!("field \"{field}\""))
        .hint(format!("token heads alone cannot be trained; what is missing is {missing}, training rows need none")))
}
