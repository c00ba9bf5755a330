//! `Weights`: the tensors of a safetensors file, by name, as f32.
//!
//! A two-dimensional tensor may be stored as int8 with one f32 scale a row under the name `NAME.scale`:
//! w\[o, i\] = q\[o, i\] · s\[o\]. Every fault names the file and the tensor. Other formats than safetensors are refused.

use crate::error::{Context, Error, Result, Stage};
use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Suffix of the name under which an int8 tensor's scales stand.
pub const SCALE: &str = ".scale";

/// Tensors by name, f32, with the file they came from.
#[derive(Debug)]
pub struct Weights {
    file: PathBuf,
    tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Weights {
    /// Reads one safetensors file.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).at(Stage::Model, file)?;
        Self::parse(&bytes, file)
    }

    /// Parses the bytes of a safetensors file; `file` is named in errors.
    pub fn parse(bytes: &[u8], file: &Path) -> Result<Self> {
        let all = SafeTensors::deserialize(bytes).map_err(|e| {
            Error::new(Stage::Model, format!("not a sound safetensors file: {e}"))
                .file(file)
                .hint("fetch or copy the model again")
        })?;
        let mut tensors = BTreeMap::new();
        for name in all.names() {
            if all.names().iter().any(|n| name.strip_suffix(SCALE) == Some(n)) {
                continue;
            }
            let fail = |cause: String| Error::new(Stage::Model, cause).file(file).place(format!("tensor \"{name}\""));
            let view = all.tensor(name).map_err(|e| fail(e.to_string()))?;
            let data = match view.dtype() {
                Dtype::I8 => {
                    let scale = all
                        .tensor(&format!("{name}{SCALE}"))
                        .map_err(|_| fail(format!("int8 without its scales \"{name}{SCALE}\"")))?;
                    rescale(&view, &scale).map_err(fail)?
                }
                _ => floats(&view).map_err(fail)?,
            };
            if let Some(i) = data.iter().position(|x| !x.is_finite()) {
                return Err(fail(format!("element {i} is not a finite number")));
            }
            tensors.insert(name.to_string(), (view.shape().to_vec(), data));
        }
        Ok(Self { file: file.to_path_buf(), tensors })
    }

    /// Adds the tensors of another file of the same checkpoint.
    pub fn merge(&mut self, other: Self) {
        self.tensors.extend(other.tensors);
    }

    /// Drops the prefix that some checkpoints put before the encoder's names (`bert.`, `roberta.`).
    #[must_use]
    pub fn without_prefix(mut self) -> Self {
        const KEY: &str = "embeddings.LayerNorm.weight";
        let prefix = self.tensors.keys().find_map(|n| n.strip_suffix(KEY)).unwrap_or("").to_string();
        if !prefix.is_empty() {
            let tensors = std::mem::take(&mut self.tensors);
            self.tensors = tensors
                .into_iter()
                .map(|(n, t)| (n.strip_prefix(&prefix).map_or(n.clone(), String::from), t))
                .collect();
        }
        self
    }

    /// Whether a tensor of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Takes out a tensor's elements; an error where it lacks or has another shape.
    pub fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let fail = |cause: String| Error::new(Stage::Model, cause).file(&self.file).place(format!("tensor \"{name}\""));
        match self.tensors.get(name) {
            None => Err(fail("missing".into()).hint("the file and config.json belong to different models")),
            Some((got, _)) if got != shape => Err(fail(format!("shape {got:?}, expected {shape:?}"))),
            Some(_) => Ok(self.tensors.remove(name).map(|t| t.1).unwrap_or_default()),
        }
    }

    /// [`Weights::take`] as a tensor on the CPU.
    pub fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let data = self.take(name, shape)?;
        Tensor::from_vec(data, shape, &Device::Cpu).stage(Stage::Model)
    }
}

fn floats(view: &TensorView<'_>) -> std::result::Result<Vec<f32>, String> {
    let data = view.data();
    Ok(match view.dtype() {
        Dtype::F32 => data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
        Dtype::F16 => data.chunks_exact(2).map(|b| half::f16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
        Dtype::BF16 => data.chunks_exact(2).map(|b| half::bf16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
        // Position ids and the like: kept out of the way, never asked for.
        Dtype::I64 | Dtype::I32 | Dtype::U8 => Vec::new(),
        other => return Err(format!("element type {other:?} is not supported")),
    })
}

fn rescale(view: &TensorView<'_>, scale: &TensorView<'_>) -> std::result::Result<Vec<f32>, String> {
    let scales = floats(scale)?;
    let &[rows, cols] = view.shape() else {
        return Err(format!("int8 of shape {:?}, expected a matrix", view.shape()));
    };
    if scale.dtype() != Dtype::F32 || scales.len() != rows || cols == 0 {
        return Err(format!("{} scales of {:?} for {rows} rows", scales.len(), scale.dtype()));
    }
    let rows = view.data().chunks_exact(cols).zip(&scales);
    Ok(rows.flat_map(|(row, s)| row.iter().map(move |b| f32::from(b.cast_signed()) * s)).collect())
}

/// A matrix rounded to int8, one scale a row: s = max |w| / 127. Returns the bytes and the scales.
pub fn quantise(data: &[f32], cols: usize) -> (Vec<u8>, Vec<f32>) {
    let mut bytes = Vec::with_capacity(data.len());
    let mut scales = Vec::with_capacity(data.len() / cols.max(1));
    for row in data.chunks_exact(cols) {
        let top = row.iter().fold(0.0_f32, |t, x| t.max(x.abs()));
        let scale = top / 127.0;
        let inv = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        bytes.extend(row.iter().map(|x| ((x * inv).round_ties_even().clamp(-127.0, 127.0) as i8).cast_unsigned()));
        scales.push(scale);
    }
    (bytes, scales)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn int8_rows_come_back_within_half_a_step() {
        let data: Vec<f32> = (0..60).map(|i| (i as f32 * 0.91).sin() * (1.0 + (i / 20) as f32)).collect();
        let (bytes, scales) = quantise(&data, 20);
        let scale_bytes: Vec<u8> = scales.iter().flat_map(|s| s.to_le_bytes()).collect();
        let views = [
            ("w", TensorView::new(Dtype::I8, vec![3, 20], &bytes).unwrap()),
            ("w.scale", TensorView::new(Dtype::F32, vec![3], &scale_bytes).unwrap()),
        ];
        let file = safetensors::serialize(views, None).unwrap();
        let mut weights = Weights::parse(&file, Path::new("e.safetensors")).unwrap();
        assert!(!weights.has("w.scale"));
        let back = weights.take("w", &[3, 20]).unwrap();
        for (i, (a, b)) in data.iter().zip(&back).enumerate() {
            assert!((a - b).abs() <= scales[i / 20] * 0.5001);
        }
    }

    #[test]
    fn faults_name_the_file_and_the_tensor() {
        let file = Path::new("m/model.safetensors");
        assert!(Weights::parse(b"nonsense", file).unwrap_err().to_string().contains("m/model.safetensors"));
        let nan = f32::NAN.to_le_bytes();
        let bytes = safetensors::serialize([("x", TensorView::new(Dtype::F32, vec![1], &nan).unwrap())], None).unwrap();
        assert!(Weights::parse(&bytes, file).unwrap_err().to_string().contains("tensor \"x\": element 0"));
        let one = 1.0_f32.to_le_bytes();
        let bytes = safetensors::serialize([("x", TensorView::new(Dtype::F32, vec![1], &one).unwrap())], None).unwrap();
        let mut weights = Weights::parse(&bytes, file).unwrap();
        assert!(weights.take("x", &[2]).unwrap_err().to_string().contains("shape [1], expected [2]"));
        assert!(weights.take("y", &[1]).unwrap_err().to_string().contains("tensor \"y\": missing"));
    }
}
