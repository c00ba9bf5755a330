//! `files`: from text files to CSV, beside the encoder alone on the same sentences.

use crate::corpus::{here, sentences, write_articles};
use crate::model::{self, BATCH_TOKENS};
use crate::program::{megabytes, score};
use crate::report::{Bench, percent, threads};
use crate::timer::Contest;
use nuansa::engine::{Item, Scorer, ScorerOptions, forward};
use std::cell::Cell;

/// Times the program, the library's stream, and the encoder.
pub fn files(bench: &mut Bench) {
    if !bench.wants("files") {
        return;
    }
    let mut sentences = sentences();
    sentences.truncate(bench.size(sentences.len()));
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("articles"), folder.path().join("scores"));
    let rows = write_articles(&input, &sentences);
    let one = folder.path().join("one");
    let rows_of_one = write_articles(&one, &sentences[1..2]);
    let ids = model::token_ids(&model::checkpoint(), &sentences);
    let ids: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();

    let mut table = Vec::new();
    for threads in [1, threads()] {
        // Sentences are distinct, and none is remembered.
        let options = ScorerOptions { threads, batch_tokens: BATCH_TOKENS, repeats: 0, ..ScorerOptions::default() };
        let scorer = Scorer::load(&here("models/default"), options).unwrap();
        check(&scorer, &sentences);
        let peaks = [Cell::new(None), Cell::new(None)];
        let mut contest = Contest::default();
        contest.add(|| {
            assert_eq!(forward(scorer.backend(), &ids, BATCH_TOKENS, threads).unwrap().len(), ids.len());
        });
        contest.add(|| assert_eq!(stream(&scorer, &sentences).len(), sentences.len()));
        contest.add(|| peaks[0].set(score(&input, &out, threads, rows).peak));
        contest.add(|| peaks[1].set(score(&one, &out, threads, rows_of_one).peak));
        let timed = contest.run(bench, 5);
        let base = sentences.len() as f64 / timed[0].median;
        let mut row = |i: usize, name: &str, n: usize, peak: Option<f64>, compared: bool| {
            let rate = n as f64 / timed[i].median;
            table.push(vec![
                name.to_string(),
                threads.to_string(),
                n.to_string(),
                format!("{:.2} ({:.2}–{:.2})", timed[i].median, timed[i].low, timed[i].high),
                if compared { format!("{rate:.0}") } else { String::new() },
                if compared { percent(rate / base) } else { String::new() },
                if i > 1 { megabytes(peak) } else { String::new() },
            ]);
        };
        row(0, "encoder alone: token ids in memory", sentences.len(), None, true);
        row(1, "`Scorer::stream`: texts in memory to predictions", sentences.len(), None, true);
        row(2, "`nuansa score`: text files to CSV, start-up included", rows, peaks[0].get(), true);
        row(3, "`nuansa score` on one sentence", rows_of_one, peaks[1].get(), false);
        if threads == self::threads() {
            break;
        }
    }
    let about = "Articles of twenty sentences. Sentences of the program are those that it finds in the articles.";
    let columns = ["", "threads", "sentences", "seconds", "sentences/s", "of the encoder's", "peak MB"];
    bench.table("files", about, &columns, &table);
}

fn stream(scorer: &Scorer, sentences: &[String]) -> Vec<nuansa::engine::Prediction> {
    let mut out = Vec::new();
    let items = sentences.chunks(20).map(|texts| Ok(Item { carry: (), texts: texts.to_vec() }));
    let mut sink = |(), predictions: Vec<_>| {
        out.extend(predictions);
        Ok(())
    };
    scorer.stream(items, &mut sink, &mut |_| {}).unwrap();
    out
}

/// The stream gives what scoring stage by stage gives.
fn check(scorer: &Scorer, sentences: &[String]) {
    let some = &sentences[..200];
    assert_eq!(stream(scorer, some), scorer.score(some).unwrap());
}
