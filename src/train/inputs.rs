//! What a model reads of labelled rows: a sentence, or a sentence and its target.

use super::data::Example;
use crate::engine::{Encoded, Prediction, Scorer, encode, encode_pair, room};
use crate::error::{Error, Result, Stage};
use crate::model::Tokenizer;
use crate::model::manifest::Input;
use crate::text::one_line;

/// Token ids of rows with the special ones, for training: of a text beyond `most` tokens the rest is cut, of a target
/// nothing.
///
/// # Errors
/// A row without a target where one is read, or with one that leaves no room.
pub fn cut(tokenizer: &Tokenizer, rows: &[&Example], input: Input, most: usize) -> Result<Vec<Vec<u32>>> {
    let ids = |row: &&Example| -> Result<Vec<u32>> {
        let mut ids = tokenizer.encode(&row.text)?;
        Ok(match input {
            Input::Text => {
                ids.truncate(most);
                tokenizer.wrap(&ids)
            }
            Input::TextAndTarget => {
                let target = tokenizer.encode(target(row)?)?;
                ids.truncate(room(target.len(), most).map_err(|e| placed(&e, row))?);
                tokenizer.wrap_pair(&ids, &target)
            }
        })
    };
    rows.iter().map(ids).collect()
}

/// Rows as windows, for scoring: nothing is cut.
///
/// # Errors
/// As for [`cut`].
pub fn whole(tokenizer: &Tokenizer, rows: &[Example], input: Input, window: usize) -> Result<Vec<Encoded>> {
    let encoded = |row: &Example| -> Result<Encoded> {
        let text = one_line(&row.text);
        match input {
            Input::Text => encode(tokenizer, &text, window),
            Input::TextAndTarget => encode_pair(tokenizer, &text, target(row)?, window).map_err(|e| placed(&e, row)),
        }
    };
    rows.iter().map(encoded).collect()
}

/// Predictions of a model for labelled rows, by what it reads.
///
/// # Errors
/// As for [`cut`], and those of scoring.
pub fn score(scorer: &Scorer, rows: &[Example]) -> Result<Vec<Prediction>> {
    scorer.judge(&whole(scorer.tokenizer(), rows, scorer.manifest().input, scorer.window())?)
}

/// As [`score`], and the same without temperature scaling.
///
/// # Errors
/// As for [`score`].
pub fn score_unscaled(scorer: &Scorer, rows: &[Example]) -> Result<(Vec<Prediction>, Vec<Prediction>)> {
    scorer.judge_unscaled(&whole(scorer.tokenizer(), rows, scorer.manifest().input, scorer.window())?)
}

fn target(row: &Example) -> Result<&str> {
    row.target.as_deref().ok_or_else(|| {
        let cause = format!("the row \"{}\" has no target, and the model reads one with every text", row.id);
        at(Error::new(Stage::Eval, cause), row)
    })
}

fn placed(error: &Error, row: &Example) -> Error {
    at(Error::new(error.stage(), format!("the row \"{}\": {}", row.id, error.cause())), row)
}

fn at(error: Error, row: &Example) -> Error {
    error.file(row.file.as_ref()).place(format!("line {}", row.line))
}
