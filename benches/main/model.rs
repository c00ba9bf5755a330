//! The shipped model on the backends that are compared, and the sentences as its token ids.

use crate::corpus::here;
use nuansa::engine::{Backend, Choice, Precision, Raw, encode, load};
use nuansa::kernels::isa::Isa;
use nuansa::model::Checkpoint;
use nuansa::model::config::Config;
use std::collections::BTreeSet;

pub use nuansa::engine::BATCH_TOKENS;

/// The shipped model.
pub fn checkpoint() -> Checkpoint {
    Checkpoint::read(&here("models/default")).unwrap()
}

/// The folder of the tests' tiny model.
pub fn tiny() -> &'static str {
    "tests/models/tiny"
}

/// Its int8 network on `isa`.
pub fn int8(checkpoint: &Checkpoint, isa: Isa) -> Box<dyn Backend> {
    load(checkpoint, Choice { precision: Precision::Int8, isa, ..Choice::default() }).unwrap()
}

/// Its f32 network, in our operations or in Candle's.
pub fn f32(checkpoint: &Checkpoint, stock: bool) -> Box<dyn Backend> {
    load(checkpoint, Choice { precision: Precision::F32, stock, ..Choice::default() }).unwrap()
}

/// Token ids of each sentence, which must all differ.
pub fn token_ids(checkpoint: &Checkpoint, sentences: &[String]) -> Vec<Vec<u32>> {
    let mut out = Vec::new();
    for sentence in sentences {
        let encoded = encode(&checkpoint.tokenizer, sentence, checkpoint.config.window()).unwrap();
        assert_eq!(encoded.windows.len(), 1);
        out.extend(encoded.windows.into_iter().map(|w| w.0));
    }
    assert_eq!(out.iter().collect::<BTreeSet<_>>().len(), sentences.len(), "sentences share token ids");
    out
}

/// Operations of a token's products in all layers, a multiply-add as two.
pub fn operations(config: &Config) -> f64 {
    let (h, f) = (config.hidden as f64, config.feed_forward as f64);
    2.0 * config.layers as f64 * (4.0 * h * h + 2.0 * h * f)
}

/// Logits as one row.
pub fn six(raw: &Raw) -> [f64; 6] {
    let [a, b, c] = raw.stance;
    let [d, e, f] = raw.tone;
    [a, b, c, d, e, f]
}

/// Pearson's correlation of two equally long lists.
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (mx, my) = (mean(x), mean(y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}
