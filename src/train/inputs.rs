//! What a model reads of labelled rows: a sentence, or a sentence and its target.

use super::data::Example;
use crate::engine::{
    Encoded, Place, Prediction, Scorer, encode, encode_pair, encode_pair_placed, encode_placed, places, room,
};
use crate::error::{Error, Result, Stage};
use crate::model::Tokenizer;
use crate::model::manifest::Input;
use crate::text::{Folded, one_line};

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
                ids.truncate(room(target.len(), most).map_err(|e| placed_error(&e, row))?);
                tokenizer.wrap_pair(&ids, &target)
            }
        })
    };
    rows.iter().map(ids).collect()
}

/// Where the tokens of the text stand that [`cut`] keeps of each row, in the row's text; nothing for rows without labels of
/// their tokens.
///
/// # Errors
/// As for [`cut`].
pub fn placed(tokenizer: &Tokenizer, rows: &[&Example], input: Input, most: usize) -> Result<Vec<Option<Vec<Place>>>> {
    let of = |row: &&Example| -> Result<Option<Vec<Place>>> {
        if !row.has_token_labels() {
            return Ok(None);
        }
        let most = match input {
            Input::Text => most,
            Input::TextAndTarget => {
                room(tokenizer.encode(target(row)?)?.len(), most).map_err(|e| placed_error(&e, row))?
            }
        };
        let (_, mut bytes) = tokenizer.place(&row.text)?;
        bytes.truncate(most);
        Ok(Some(places(&row.text, bytes)))
    };
    rows.iter().map(of).collect()
}

/// Rows as windows, for scoring: nothing is cut. With `places` the tokens keep where they stand, in the text on one line.
///
/// # Errors
/// As for [`cut`].
pub fn whole(
    tokenizer: &Tokenizer,
    rows: &[Example],
    input: Input,
    window: usize,
    places: bool,
) -> Result<Vec<Encoded>> {
    let encoded = |row: &Example| -> Result<Encoded> {
        let text = one_line(&row.text);
        match input {
            Input::Text if places => encode_placed(tokenizer, &text, window),
            Input::Text => encode(tokenizer, &text, window),
            Input::TextAndTarget => {
                let encode = if places { encode_pair_placed } else { encode_pair };
                encode(tokenizer, &text, target(row)?, window).map_err(|e| placed_error(&e, row))
            }
        }
    };
    rows.iter().map(encoded).collect()
}

/// Predictions of a model for labelled rows, by what it reads.
///
/// # Errors
/// As for [`cut`], and those of scoring.
pub fn score(scorer: &Scorer, rows: &[Example]) -> Result<Vec<Prediction>> {
    scorer.judge(&whole(scorer.tokenizer(), rows, scorer.manifest().input, scorer.window(), false)?)
}

/// As [`score`], and the same without temperature scaling. With `places` the former have the logits of their tokens, whose
/// bytes count in the row's text.
///
/// # Errors
/// As for [`score`].
pub fn score_unscaled(scorer: &Scorer, rows: &[Example], places: bool) -> Result<(Vec<Prediction>, Vec<Prediction>)> {
    let sentences = whole(scorer.tokenizer(), rows, scorer.manifest().input, scorer.window(), places)?;
    let (mut scaled, unscaled) = scorer.judge_unscaled(&sentences)?;
    for (row, prediction) in rows.iter().zip(&mut scaled).filter(|(_, p)| !p.tokens.is_empty()) {
        let folded = Folded::of(&row.text);
        prediction.tokens.iter_mut().for_each(|t| t.bytes = folded.back(&t.bytes));
    }
    Ok((scaled, unscaled))
}

fn target(row: &Example) -> Result<&str> {
    row.target.as_deref().ok_or_else(|| {
        let cause = format!("the row \"{}\" has no target, and the model reads one with every text", row.id);
        at(Error::new(Stage::Eval, cause), row)
    })
}

fn placed_error(error: &Error, row: &Example) -> Error {
    at(Error::new(error.stage(), format!("the row \"{}\": {}", row.id, error.cause())), row)
}

fn at(error: Error, row: &Example) -> Error {
    error.file(row.file.as_ref()).place(format!("line {}", row.line))
}
