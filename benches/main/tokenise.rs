//! `tokenise`: our tokenizer beside the library whose ids it gives, loading and encoding.

use crate::corpus::{here, sentences};
use crate::report::{Bench, times};
use crate::timer::Contest;
use nuansa::model::Tokenizer;
use std::hint::black_box;

/// Times tokenising, one thread.
pub fn tokenise(bench: &mut Bench) {
    if !bench.wants("tokenise") {
        return;
    }
    let (sentences, file) = (sentences(), here("models/default/tokenizer.json"));
    let read = || tokenizers::Tokenizer::from_file(&file).unwrap();
    let (ours, library) = (Tokenizer::read(&file).unwrap(), read());
    let mut tokens = 0;
    for s in &sentences {
        let ids = ours.encode(s).unwrap();
        assert_eq!(ids, library.encode_fast(s.as_str(), false).unwrap().get_ids(), "{s}");
        tokens += ids.len();
    }
    let mut contest = Contest::default();
    contest.add(|| {
        for s in &sentences {
            black_box(ours.encode(s).unwrap());
        }
    });
    contest.add(|| {
        for s in &sentences {
            black_box(library.encode_fast(s.as_str(), false).unwrap());
        }
    });
    let encoding = contest.run(bench, 9);
    let mut contest = Contest::default();
    contest.add(|| drop(black_box(Tokenizer::read(&file).unwrap())));
    contest.add(|| drop(black_box(read())));
    let loading = contest.run(bench, 9);
    let row = |i: usize, name: &str| {
        vec![
            name.into(),
            encoding[i].rate(sentences.len() as f64),
            format!("{:.0}", tokens as f64 / encoding[i].median),
            times(encoding[1].median / encoding[i].median),
            format!("{:.0} ms", loading[i].median * 1e3),
        ]
    };
    let about = format!(
        "{} sentences, one thread. The library keeps up to 10,000 words that it has met, which favours it from the second round on.",
        sentences.len()
    );
    let columns = ["tokenizer", "sentences/s", "tokens/s", "against the library", "to load"];
    bench.table("tokenise", &about, &columns, &[row(0, "ours"), row(1, "library")]);
}
