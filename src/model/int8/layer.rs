//! `Layer`: one transformer layer's matrices, packed.

use crate::error::Result;
use crate::kernels::attend::Shape;
use crate::kernels::int8::{Matrix, Source};
use crate::kernels::isa::Isa;
use crate::kernels::residual::Norm;
use crate::model::config::Config;
use crate::model::weights::{Quantised, Weights};

/// One layer.
#[derive(Debug)]
pub(super) struct Layer {
    /// Queries, keys and values side by side, each head padded to whole lanes
    pub qkv: Matrix,
    pub out: Matrix,
    pub attention_norm: Norm,
    pub widen: Matrix,
    pub narrow: Matrix,
    pub norm: Norm,
}

/// Reads a layer normalisation.
pub(super) fn norm(weights: &Weights, name: &str, config: &Config) -> Result<Norm> {
    let h = [config.hidden];
    let gain = weights.floats(&format!("{name}.weight"), &h)?;
    let bias = weights.floats(&format!("{name}.bias"), &h)?;
    Ok(Norm::new(&gain, &bias, config.eps as f32))
}

/// A matrix [out × in] with its bias.
struct Linear {
    weight: Quantised,
    bias: Vec<f32>,
}

impl Linear {
    fn read(weights: &Weights, name: &str, from: usize, to: usize) -> Result<Self> {
        Ok(Self {
            weight: weights.quantised(&format!("{name}.weight"), &[to, from])?,
            bias: weights.floats(&format!("{name}.bias"), &[to])?,
        })
    }

    /// The channels in order: weights, scale and bias.
    fn channels(&self) -> impl Iterator<Item = (&[i8], f32, f32)> {
        let rows = self.weight.values.chunks_exact(self.weight.cols);
        rows.zip(&self.weight.scale).zip(&self.bias).map(|((w, s), b)| (w, *s, *b))
    }

    fn pack(&self, isa: Isa) -> Matrix {
        Matrix::pack(isa, &Source { inputs: self.weight.cols, channels: self.channels().collect() })
    }
}

impl Layer {
    pub fn new(weights: &Weights, i: usize, config: &Config, shape: Shape, isa: Isa) -> Result<Self> {
        let (h, f) = (config.hidden, config.feed_forward);
        let name = |part: &str| format!("encoder.layer.{i}.{part}");
        let read = |part: &str, from: usize, to: usize| Linear::read(weights, &name(part), from, to);
        let three = [
            read("attention.self.query", h, h)?,
            read("attention.self.key", h, h)?,
            read("attention.self.value", h, h)?,
        ];
        Ok(Self {
            qkv: side_by_side(&three, shape, isa),
            out: spread(read("attention.output.dense", h, h)?, shape).pack(isa),
            attention_norm: norm(weights, &name("attention.output.LayerNorm"), config)?,
            widen: read("intermediate.dense", h, f)?.pack(isa),
            narrow: read("output.dense", f, h)?.pack(isa),
            norm: norm(weights, &name("output.LayerNorm"), config)?,
        })
    }
}

impl Layer {
    /// Its matrices, in the order in which a pass meets them.
    pub fn matrices(&mut self) -> [&mut Matrix; 4] {
        [&mut self.qkv, &mut self.out, &mut self.widen, &mut self.narrow]
    }
}

/// Three matrices over one input as one, the channels of each head filled up to whole lanes.
fn side_by_side(three: &[Linear; 3], shape: Shape, isa: Isa) -> Matrix {
    let mut channels = Vec::new();
    for linear in three {
        for (c, channel) in linear.channels().enumerate() {
            channels.push(channel);
            if (c + 1) % shape.width == 0 {
                channels.resize(channels.len() + shape.column() - shape.width, (&[], 0.0, 0.0));
            }
        }
    }
    Matrix::pack(isa, &Source { inputs: three[0].weight.cols, channels })
}

/// A matrix whose inputs are all heads' channels, with zeros where the heads are padded.
fn spread(linear: Linear, shape: Shape) -> Linear {
    let Quantised { values, scale, .. } = linear.weight;
    let fill = |x: &[i8]| x.iter().copied().chain(std::iter::repeat_n(0, shape.column() - x.len())).collect::<Vec<_>>();
    let values = values.chunks(shape.width).flat_map(fill).collect();
    Linear { weight: Quantised { values, scale, cols: shape.columns() }, bias: linear.bias }
}
