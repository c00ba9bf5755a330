//! `README.md`: the front matter that hubs read, how the export is used, then the bundle's card.

use super::Format;
use crate::error::{Context, Result, Stage};
use crate::model::Checkpoint;
use crate::model::manifest::Manifest;
use std::fmt::Write as _;

const CARD: &str = "CARD.md";

const TRANSFORMERS: &str = r#"# Use with transformers

```python
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "."  # this folder, or its name on a hub
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True).eval()
batch = tokenizer(["A sentence of the news."], padding=True, truncation=True, return_tensors="pt")
with torch.no_grad():
    output = model(**batch)
print(model.probabilities(output))
```

`trust_remote_code` runs `modeling_nuansa.py` of this folder, which is short: the mean over a sentence's tokens, and two
heads. `output.logits` are stance's three, then tone's three, in the order of `id2label`. Each head has a softmax of its
own, so the six are not one distribution, which the pipeline `text-classification` would make of them.
The encoder alone is `AutoModel.from_pretrained(folder, add_pooling_layer=False)`.
`nuansa score --model FOLDER` and `nuansa train` read this folder too.
"#;

const RUNTIME: &str = r#"# Use with ONNX Runtime

```python
import numpy as np
import onnxruntime
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("tokenizer.json")
session = onnxruntime.InferenceSession("model.onnx")
ids = np.array([tokenizer.encode("A sentence of the news.").ids])
stance, tone = session.run(["stance_logits", "tone_logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
temperature = session.get_modelmeta().custom_metadata_map["nuansa.temperature.stance"]
odds = np.exp(stance / float(temperature))
print(odds / odds.sum(1, keepdims=True))
```

Opset 17. `input_ids` and `attention_mask` are int64, batch × sequence, with 0 in the mask for padding, whatever its
id. The outputs are logits, batch × 3, in the order of the labels; `config.json` and the file's metadata name labels and
temperatures. Weights are stored in four and eight bits and widened to f32 by operators of the graph.
"#;

/// The text of `README.md`.
pub(super) fn readme(checkpoint: &Checkpoint, manifest: &Manifest, format: Format, license: &str) -> Result<String> {
    let (library, usage) = match format {
        Format::Huggingface => ("transformers", TRANSFORMERS),
        Format::Onnx => ("onnx", RUNTIME),
    };
    let mut out = format!("---\nlicense: {}\nlanguage:\n", quoted(license)?);
    for language in &manifest.languages {
        let _ = writeln!(out, "- {}", quoted(language)?);
    }
    let _ = writeln!(out, "library_name: {library}\npipeline_tag: text-classification");
    let _ = writeln!(out, "tags:\n- news\n- stance\n- sentiment\n---\n\n{usage}");
    let (temperature, tokens) = (&manifest.temperature, checkpoint.config.window() + 2);
    let _ = writeln!(
        out,
        "Probabilities are softmax(logits / T), with T {:.4} for stance and {:.4} for tone, fitted on the development split.\n\
         A sentence may have {tokens} tokens, the two special ones included; nuansa reads longer ones in windows, these \
         programs cut them or fail.\n\
         Give single sentences, with runs of white space made one space.\n",
        temperature.stance, temperature.tone
    );
    let file = checkpoint.folder.join(CARD);
    if file.is_file() {
        out.push_str(&std::fs::read_to_string(&file).at(Stage::Model, &file)?);
    }
    Ok(out)
}

/// A YAML string. JSON's strings are YAML's, and `no`, a language, would be a truth value without quotes.
fn quoted(text: &str) -> Result<String> {
    serde_json::to_string(text).stage(Stage::Write)
}
