//! `Weights`: the tensors of safetensors files by name, left where they are until they are asked for.
//!
//! A matrix may be stored as int8 with one f32 scale a row under the name `NAME.scale`: w\[o, i\] = q\[o, i\] · s\[o\]. Every
//! fault names the file and the tensor. Other formats than safetensors are refused.

use super::mapped::Mapped;
use crate::error::{Context, Error, Result, Stage};
use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Suffix of the name under which the scales of an int8 tensor's rows stand.
pub const SCALE: &str = ".scale";

/// A tensor's place in its file.
#[derive(Debug, Clone)]
struct Place {
    file: Arc<PathBuf>,
    bytes: Mapped,
    dtype: Dtype,
    shape: Vec<usize>,
}

/// Tensors by name.
#[derive(Debug, Clone)]
pub struct Weights {
    file: PathBuf,
    tensors: BTreeMap<String, Place>,
}

/// A matrix of int8: w\[o, i\] = q\[o, i\] · scale\[o\].
#[derive(Debug, Clone, PartialEq)]
pub struct Quantised {
    /// q, row by row
    pub values: Vec<i8>,
    /// Scale by row
    pub scale: Vec<f32>,
    /// Columns
    pub cols: usize,
}

impl Quantised {
    /// Rounds a matrix of `cols` columns, one scale a row: scale = max |w| / 127.
    pub fn of(data: &[f32], cols: usize) -> Self {
        let mut values = Vec::with_capacity(data.len());
        let mut scales = Vec::with_capacity(data.len() / cols.max(1));
        for row in data.chunks_exact(cols.max(1)) {
            let top = row.iter().fold(0.0_f32, |t, x| t.max(x.abs()));
            let scale = top / 127.0;
            let inv = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            values.extend(row.iter().map(|x| (x * inv).round_ties_even().clamp(-127.0, 127.0) as i8));
            scales.push(scale);
        }
        Self { values, scale: scales, cols }
    }

    /// The matrix it stands for.
    pub fn matrix(&self) -> Vec<f32> {
        let rows = self.values.chunks_exact(self.cols.max(1)).zip(&self.scale);
        rows.flat_map(|(row, s)| row.iter().map(move |q| f32::from(*q) * s)).collect()
    }
}

impl Weights {
    /// Opens one safetensors file.
    pub fn open(file: &Path) -> Result<Self> {
        Self::parse(&Mapped::open(file).at(Stage::Model, file)?, file)
    }

    /// Parses the head of a safetensors file; `file` is named in errors.
    pub fn parse(bytes: &Mapped, file: &Path) -> Result<Self> {
        let unsound = |e: &dyn std::fmt::Display| {
            Error::new(Stage::Model, format!("not a sound safetensors file: {e}"))
                .file(file)
                .hint("fetch or copy the model again")
        };
        let (head, meta) = SafeTensors::read_metadata(bytes).map_err(|e| unsound(&e))?;
        let body = 8 + head;
        let source = Arc::new(file.to_path_buf());
        let mut tensors = BTreeMap::new();
        let mut all: Vec<_> = meta.tensors().into_iter().collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, info) in all {
            let range: Range<usize> = body + info.data_offsets.0..body + info.data_offsets.1;
            if range.end > bytes.len() {
                return Err(unsound(&format!("tensor \"{name}\" ends past its end")));
            }
            let place =
                Place { file: source.clone(), bytes: bytes.part(range), dtype: info.dtype, shape: info.shape.clone() };
            tensors.insert(name, place);
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

    /// Whether a tensor is stored as int8 with scales.
    pub fn is_int8(&self, name: &str) -> bool {
        self.tensors.get(name).is_some_and(|place| place.dtype == Dtype::I8)
    }

    /// A tensor's elements as f32; an error where it lacks, has another shape or holds what is no finite number.
    pub fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let place = self.place(name, shape)?;
        let data = match place.dtype {
            Dtype::I8 => self.quantised_at(name, place)?.matrix(),
            Dtype::F32 => place.bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
            Dtype::F16 => {
                place.bytes.chunks_exact(2).map(|b| half::f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
            }
            Dtype::BF16 => {
                place.bytes.chunks_exact(2).map(|b| half::bf16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
            }
            other => return Err(place.fault(name, format!("element type {other:?} is not supported"))),
        };
        match data.iter().position(|x: &f32| !x.is_finite()) {
            Some(i) => Err(place.fault(name, format!("element {i} is not a finite number"))),
            None => Ok(data),
        }
    }

    /// A matrix as int8: as it is stored, or rounded here row by row where it is stored in another type.
    pub fn quantised(&self, name: &str, shape: &[usize]) -> Result<Quantised> {
        let place = self.place(name, shape)?;
        match (place.dtype, shape) {
            (Dtype::I8, _) => self.quantised_at(name, place),
            (_, [_, cols]) => Ok(Quantised::of(&self.floats(name, shape)?, *cols)),
            _ => Err(place.fault(name, "not a matrix".into())),
        }
    }

    /// [`Weights::floats`] as a tensor on the CPU.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        Tensor::from_vec(self.floats(name, shape)?, shape, &Device::Cpu).stage(Stage::Model)
    }

    /// The bytes of a tensor of the type and shape given.
    pub fn bytes(&self, name: &str, dtype: Dtype, shape: &[usize]) -> Result<Mapped> {
        let place = self.place(name, shape)?;
        if place.dtype == dtype {
            Ok(place.bytes.clone())
        } else {
            Err(place.fault(name, format!("element type {:?}, expected {dtype:?}", place.dtype)))
        }
    }

    fn place(&self, name: &str, shape: &[usize]) -> Result<&Place> {
        let Some(place) = self.tensors.get(name) else {
            return Err(Error::new(Stage::Model, "missing")
                .file(&self.file)
                .place(format!("tensor \"{name}\""))
                .hint("the file and config.json belong to different models"));
        };
        if place.shape == shape {
            Ok(place)
        } else {
            Err(place.fault(name, format!("shape {:?}, expected {shape:?}", place.shape)))
        }
    }

    fn quantised_at(&self, name: &str, place: &Place) -> Result<Quantised> {
        let &[rows, cols] = place.shape.as_slice() else {
            return Err(place.fault(name, format!("int8 of shape {:?}, expected a matrix", place.shape)));
        };
        let scale = format!("{name}{SCALE}");
        if !self.has(&scale) {
            return Err(place.fault(name, format!("int8 without its scales \"{scale}\"")));
        }
        let values = place.bytes.iter().map(|b| b.cast_signed()).collect();
        Ok(Quantised { values, scale: self.floats(&scale, &[rows])?, cols })
    }
}

impl Place {
    fn fault(&self, name: &str, cause: String) -> Error {
        Error::new(Stage::Model, cause).file(&*self.file).place(format!("tensor \"{name}\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::TensorView;

    fn le(x: &[f32]) -> Vec<u8> {
        x.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    #[test]
    fn int8_rows_come_back_within_half_a_step() {
        let data: Vec<f32> = (0..60).map(|i| (i as f32 * 0.91).sin() * (1.0 + (i / 20) as f32)).collect();
        let q = Quantised::of(&data, 20);
        let values: Vec<u8> = q.values.iter().map(|v| v.cast_unsigned()).collect();
        let scale = le(&q.scale);
        let views = [
            ("w", TensorView::new(Dtype::I8, vec![3, 20], &values).unwrap()),
            ("w.scale", TensorView::new(Dtype::F32, vec![3], &scale).unwrap()),
        ];
        let file = safetensors::serialize(views, None).unwrap();
        let weights = Weights::parse(&file.into(), Path::new("e.safetensors")).unwrap();
        assert_eq!(weights.quantised("w", &[3, 20]).unwrap(), q);
        let back = weights.floats("w", &[3, 20]).unwrap();
        for (i, (a, b)) in data.iter().zip(&back).enumerate() {
            assert!((a - b).abs() <= q.scale[i / 20] * 0.5001);
        }
    }

    #[test]
    fn faults_name_the_file_and_the_tensor() {
        let file = Path::new("m/model.safetensors");
        let parse = |bytes: Vec<u8>| Weights::parse(&bytes.into(), file);
        assert!(parse(b"nonsense".to_vec()).unwrap_err().to_string().contains("m/model.safetensors"));
        let one = |x: f32| {
            safetensors::serialize([("x", TensorView::new(Dtype::F32, vec![1], &x.to_le_bytes()).unwrap())], None)
                .unwrap()
        };
        let message = parse(one(f32::NAN)).unwrap().floats("x", &[1]).unwrap_err().to_string();
        assert!(message.contains("m/model.safetensors") && message.contains("tensor \"x\": element 0"), "{message}");
        let weights = parse(one(1.0)).unwrap();
        assert!(weights.floats("x", &[2]).unwrap_err().to_string().contains("shape [1], expected [2]"));
        assert!(weights.floats("y", &[1]).unwrap_err().to_string().contains("tensor \"y\": missing"));
        let cut = one(1.0);
        assert!(parse(cut[..cut.len() - 1].to_vec()).unwrap_err().to_string().contains("not a sound safetensors file"));
    }
}
