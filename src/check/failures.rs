//! The sentences a system gets wrong, as CSV for people.
//!
//! Spreadsheets run a cell that begins like a formula; such a cell gets an apostrophe before it, which they show as text
//! (OWASP, "CSV Injection"). Sentences that begin with a dash get one too.

use super::list::{Sentence, Set};
use crate::error::{Context, Error, Result, Stage};
use crate::model::labels::Label;
use crate::train::evaluation::Predicted;

const HEADER: [&str; 9] = ["set", "phenomenon", "lang", "sentence", "text", "head", "gold", "predicted", "p"];

/// One line for each wrong label; `p` is the probability of the label predicted. `predictions` stand in the order of
/// [`super::examples`], sentences are counted from 1.
///
/// # Errors
/// Predictions for another number of sentences.
pub fn failures(sets: &[Set], predictions: &[Predicted]) -> Result<String> {
    super::report::verdicts(sets, predictions)?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(HEADER).stage(Stage::Write)?;
    let sentences = sets.iter().flat_map(|set| set.sentences.iter().enumerate().map(move |(i, s)| (set, i + 1, s)));
    for ((set, number, sentence), p) in sentences.zip(predictions) {
        let wrong = [wrong(Some(sentence.stance), &p.stance), wrong(sentence.tone, &p.tone)];
        for [head, gold, predicted, p] in wrong.into_iter().flatten() {
            csv.write_record(line(set, number, sentence, [&head, &gold, &predicted, &p])).stage(Stage::Write)?;
        }
    }
    let bytes = csv.into_inner().map_err(|e| Error::new(Stage::Write, e.error()))?;
    String::from_utf8(bytes).stage(Stage::Write)
}

fn line(set: &Set, number: usize, sentence: &Sentence, rest: [&str; 4]) -> [String; 9] {
    let [head, gold, predicted, p] = rest.map(str::to_owned);
    let [id, phenomenon, lang, text] = [&set.id, &set.phenomenon, &set.lang, &sentence.text].map(|cell| safe(cell));
    [id, phenomenon, lang, number.to_string(), text, head, gold, predicted, p]
}

/// Head, gold label, predicted label and its probability, where they differ.
fn wrong<L: Label>(gold: Option<L>, p: &[f64; 3]) -> Option<[String; 4]> {
    let (gold, predicted) = (gold?, L::argmax(p));
    let cells = [L::HEAD, gold.name(), predicted.name()].map(String::from);
    let [head, gold_name, predicted_name] = cells;
    (gold != predicted).then(|| [head, gold_name, predicted_name, format!("{:.6}", p[predicted.index()])])
}

fn safe(cell: &str) -> String {
    let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{mark}{cell}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report::tests::{said, set};
    use crate::model::labels::{Stance, Tone};

    #[test]
    fn wrong_labels_stand_with_their_probability_and_no_cell_is_a_formula() {
        let mut set = set("=a", "id", "x", &[(Stance::Neutral, None), (Stance::Escalation, Some(Tone::Negative))]);
        set.sentences[1].text = "-1+1, \"kata\" dia".into();
        let said = [said(Stance::Neutral, Tone::Neutral), said(Stance::Neutral, Tone::Positive)];
        assert_eq!(
            failures(&[set], &said).unwrap(),
            "set,phenomenon,lang,sentence,text,head,gold,predicted,p\n\
             '=a,x,id,2,\"'-1+1, \"\"kata\"\" dia\",stance,escalation,neutral,0.800000\n\
             '=a,x,id,2,\"'-1+1, \"\"kata\"\" dia\",tone,negative,positive,0.800000\n"
        );
    }
}
