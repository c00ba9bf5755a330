//! `Scorer`: a loaded model that turns sentences into predictions.

use super::{Backend, CAPACITY, Choice, Encoded, Judged, Prediction, Raw, encode, encode_placed, load};
use crate::actors::TokenScores;
use crate::actors::tagged::tagged;
use crate::error::Result;
use crate::model::manifest::Heads;
use crate::model::{Checkpoint, Manifest, Tokenizer};
use crate::train::calibration::softmax3;
use std::collections::BTreeMap;
use std::path::Path;

/// Tokens of a batch unless told: enough to make reading the weights cheap, few enough for a worker's buffers to stay in
/// its second-level cache, and for all workers to end at nearly the same time.
pub const BATCH_TOKENS: usize = 256;

/// How sentences are batched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScorerOptions {
    /// Tokens of a packed batch
    pub batch_tokens: usize,
    /// Workers
    pub threads: usize,
    /// What computes
    pub backend: Choice,
    /// Sentences that a stream remembers so as not to encode them twice; 0 for none
    pub repeats: usize,
}

/// A bundle ready to score.
#[derive(Debug)]
pub struct Scorer {
    backend: Box<dyn Backend>,
    window: usize,
    tokenizer: Tokenizer,
    manifest: Manifest,
    sha256: BTreeMap<String, String>,
    options: ScorerOptions,
}

impl Default for ScorerOptions {
    fn default() -> Self {
        Self { batch_tokens: BATCH_TOKENS, threads: 1, backend: Choice::default(), repeats: CAPACITY }
    }
}

impl Scorer {
    /// Loads a bundle. A folder without manifest or heads is refused: it has not been trained.
    pub fn load(folder: &Path, options: ScorerOptions) -> Result<Self> {
        let checkpoint = Checkpoint::read(folder)?;
        let manifest = checkpoint.trained()?.clone();
        let backend = load(&checkpoint, options.backend)?;
        let window = checkpoint.config.window();
        Ok(Self { backend, window, tokenizer: checkpoint.tokenizer, manifest, sha256: checkpoint.sha256, options })
    }

    /// The bundle's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What computes, such as `int8, avx512vnni`.
    pub fn kernel(&self) -> String {
        self.backend.kernel()
    }

    /// The loaded network.
    pub fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    /// How it batches and on what.
    pub fn options(&self) -> ScorerOptions {
        self.options
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The most tokens of a sentence that one pass reads, without the two special ones.
    pub fn window(&self) -> usize {
        self.window
    }

    /// sha256 of the bundle's files, by file name.
    pub fn sha256(&self) -> &BTreeMap<String, String> {
        &self.sha256
    }

    /// Predictions for `texts`, in their order, stage after stage: what [`Scorer::stream`] is held to.
    pub fn score<S: AsRef<str>>(&self, texts: &[S]) -> Result<Vec<Prediction>> {
        let encoded: Vec<Encoded> = texts.iter().map(|t| self.encode(t.as_ref())).collect::<Result<_>>()?;
        let mut predictions = self.judge(&encoded)?;
        for prediction in &mut predictions {
            prediction.tokens = Vec::new();
        }
        Ok(predictions)
    }

    /// Windows of a sentence; with the places of its tokens where the model has token heads.
    pub(super) fn encode(&self, text: &str) -> Result<Encoded> {
        let encode = if self.backend.has_token_heads() { encode_placed } else { encode };
        encode(&self.tokenizer, text, self.window)
    }

    /// Predictions for sentences that are encoded already, as those with a target are. Sentences whose tokens' places are
    /// known get the logits of their tokens.
    pub fn judge(&self, encoded: &[Encoded]) -> Result<Vec<Prediction>> {
        Ok(self.judged(encoded)?.predictions)
    }

    /// The predictions and, from the same logits, what they would be without temperature scaling (T = 1).
    pub fn judge_unscaled(&self, encoded: &[Encoded]) -> Result<(Vec<Prediction>, Vec<Prediction>)> {
        let judged = self.judged(encoded)?;
        let unscaled = judged.at(encoded, &Heads { stance: 1.0, tone: 1.0 });
        Ok((judged.predictions, unscaled))
    }

    fn judged(&self, encoded: &[Encoded]) -> Result<Judged> {
        Judged::by(&*self.backend, encoded, &self.manifest.temperature, &self.options)
    }
}

/// Calibrated probabilities of a sentence: the mean over its windows, weighted by the tokens each newly covers. A token's
/// logits are those of the window that newly covers it.
pub(super) fn join<'a>(encoded: &Encoded, raw: impl Iterator<Item = &'a Raw>, temperature: &Heads<f64>) -> Prediction {
    let (mut stance, mut tone, mut total) = ([0.0; 3], [0.0; 3], 0.0);
    let mut tokens = Vec::new();
    for (i, ((_, fresh), raw)) in encoded.windows.iter().zip(raw).enumerate() {
        let weight = *fresh as f64;
        let (s, t) = (softmax3(raw.stance, temperature.stance), softmax3(raw.tone, temperature.tone));
        for k in 0..3 {
            stance[k] += s[k] * weight;
            tone[k] += t[k] * weight;
        }
        total += weight;
        add_tokens(encoded, i, raw, &mut tokens);
    }
    let text = encoded.placed.as_ref().map_or("", |p| p.text.as_str());
    Prediction {
        stance: stance.map(|p| p / total),
        tone: tone.map(|p| p / total),
        n_tokens: encoded.n_tokens,
        n_windows: encoded.windows.len(),
        tagged: tagged(&tokens, text),
        tokens,
    }
}

/// Appends the tokens that window `i` covers and none before it did.
fn add_tokens(encoded: &Encoded, i: usize, raw: &Raw, tokens: &mut Vec<TokenScores>) {
    let Some(placed) = &encoded.placed else { return };
    let (span, (rows, _)) = (&placed.spans[i], raw.tokens.as_chunks());
    for at in tokens.len()..span.end {
        // The first special token comes before those of the text.
        if let (Some(place), Some(row)) = (placed.tokens.get(at), rows.get(at - span.start + 1)) {
            tokens.push(place.scores(row));
        }
    }
}
