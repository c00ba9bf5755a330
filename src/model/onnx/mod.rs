//! `onnx`: a bundle as one ONNX file, for other runtimes.
//!
//! We write the file ourselves: five kinds of messages ([`proto`]) over the encoding of protocol buffers ([`wire`]), and
//! the network as a graph of operators ([`graph`]). Weights are stored as the bundle stores them, in four and eight bits,
//! and widened by operators of the graph, so that the file is as small as the bundle and computes the numbers of
//! `--precision f32`.

pub mod graph;
pub mod proto;
pub mod wire;

use crate::error::{Error, Result, Stage};
use crate::model::Checkpoint;
use graph::Builder;

/// What one file of protocol buffers may hold.
const LIMIT: usize = 1 << 31;

/// Name of the output of the stance head: N × 3 in label order.
pub const STANCE_LOGITS: &str = "stance_logits";
/// Name of the output of the tone head: N × 3 in label order.
pub const TONE_LOGITS: &str = "tone_logits";

/// The bytes of `model.onnx`: token ids and their mask, N × S each, to the logits of both heads.
///
/// # Errors
/// A folder without manifest or heads, an unsound tensor, a model past two gigabytes.
pub fn model(checkpoint: &Checkpoint) -> Result<Vec<u8>> {
    let manifest = checkpoint.trained()?;
    let temperature = &manifest.temperature;
    let properties = [
        ("nuansa.name", manifest.name.clone()),
        ("nuansa.languages", manifest.languages.join(",")),
        ("nuansa.max_tokens", (checkpoint.config.window() + 2).to_string()),
        ("nuansa.labels.stance", manifest.labels.stance.join(",")),
        ("nuansa.labels.tone", manifest.labels.tone.join(",")),
        ("nuansa.temperature.stance", temperature.stance.to_string()),
        ("nuansa.temperature.tone", temperature.tone.to_string()),
    ];
    let doc = "Stance and tone of a news sentence. Probabilities: softmax(logits / temperature), by head; temperatures \
               and labels stand in the metadata.";
    let bytes = Builder::new(checkpoint).network()?.into_model("nuansa", doc, &properties);
    if bytes.len() >= LIMIT {
        let cause = format!("{} bytes as ONNX, and a file of that kind holds less than {LIMIT}", bytes.len());
        return Err(Error::new(Stage::Write, cause)
            .file(&checkpoint.folder)
            .hint("export it with --format huggingface instead"));
    }
    Ok(bytes)
}
