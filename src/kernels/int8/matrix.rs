//! `Matrix`: int8 weights packed in the order in which one instruction set's tile reads them.

use super::Library;
use crate::kernels::buffer::Buffer;
use crate::kernels::isa::{Isa, Work};
use crate::kernels::lanes::{LANES, Lanes, padded};
use std::ops::Range;
use std::sync::Arc;

/// A packed weight matrix of N output channels over K inputs, with scales and bias.
///
/// Panels of one or two times sixteen channels stand one after another; in a panel, the two or four consecutive inputs of
/// each channel that the instruction set multiplies at once stand together. Channels and inputs are filled up with zeros to
/// whole panels and lanes.
#[derive(Debug)]
pub struct Matrix {
    pub(crate) isa: Isa,
    /// K, padded to whole lanes
    pub(crate) inputs: usize,
    /// N, padded to whole panels
    pub(crate) channels: usize,
    /// Channels of a panel
    pub(crate) panel: usize,
    /// The weights once more where another's kernel takes the sums
    pub(crate) library: Option<Library>,
    /// The panels, in a buffer that several matrices may share
    data: Arc<Buffer<i8>>,
    place: Range<usize>,
    /// Scale by channel
    pub(crate) scale: Buffer<f32>,
    /// Bias by channel
    pub(crate) bias: Buffer<f32>,
    /// Minus scale · Σ w by channel: what one unit of a row's offset adds
    pub(crate) offset: Buffer<f32>,
}

/// What [`Matrix::pack`] is made of: N channels of K inputs.
pub struct Source<'a> {
    /// K
    pub inputs: usize,
    /// The int8 weights of each channel, K of them, its scale and its bias
    pub channels: Vec<(&'a [i8], f32, f32)>,
}

struct Pack<'a, 'b>(Isa, &'a Source<'b>);

impl Work for Pack<'_, '_> {
    type Output = Matrix;
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> Matrix {
        let Pack(isa, source) = self;
        let panel = L::GROUPS * LANES;
        let inputs = padded(source.inputs);
        let channels = source.channels.len().div_ceil(panel) * panel;
        let mut data = Buffer::<i8>::zeros(channels * inputs);
        data.fill((L::SHIFT as u8).cast_signed());
        let numbers = || Buffer::<f32>::zeros(channels);
        let (mut scale, mut bias, mut offset) = (numbers(), numbers(), numbers());
        for (o, (weights, s, b)) in source.channels.iter().enumerate() {
            let base = o / panel * panel * inputs + o % panel * L::DEPTH;
            for (i, w) in weights.iter().enumerate() {
                // w + 128 without sign has the bits of w with the sign bit turned.
                data[base + i / L::DEPTH * panel * L::DEPTH + i % L::DEPTH] = w.wrapping_add(L::SHIFT as i8);
            }
            let sum: i32 = weights.iter().map(|w| i32::from(*w)).sum();
            (scale[o], bias[o], offset[o]) = (*s, *b, -s * sum as f32);
        }
        let place = 0..data.len();
        let library = isa.uses_library().then(|| {
            let mut rows = vec![0; channels * inputs];
            for (row, (weights, ..)) in rows.chunks_exact_mut(inputs).zip(&source.channels) {
                row[..weights.len()].copy_from_slice(weights);
            }
            Library::pack(&rows, inputs)
        });
        Matrix { isa, inputs, channels, panel, library, data: data.into(), place, scale, bias, offset }
    }
}

impl Matrix {
    /// Packs weights for `isa`.
    ///
    /// # Panics
    /// When a channel has more weights than `inputs`: a programming error.
    pub fn pack(isa: Isa, source: &Source<'_>) -> Self {
        assert!(source.channels.iter().all(|c| c.0.len() <= source.inputs), "a channel with too many weights");
        isa.run(Pack(isa, source))
    }

    /// Puts the weights of several matrices into one buffer, one after the other.
    pub fn gather(matrices: &mut [&mut Self]) {
        let mut all = Buffer::<i8>::zeros(matrices.iter().map(|m| m.place.len()).sum());
        let mut end = 0;
        for m in &mut *matrices {
            let place = end..end + m.place.len();
            end = place.end;
            all[place.clone()].copy_from_slice(m.panels());
            m.place = place;
        }
        let all = Arc::new(all);
        for m in matrices {
            m.data = all.clone();
        }
    }

    /// The packed weights, panel by panel.
    pub(crate) fn panels(&self) -> &[i8] {
        &self.data[self.place.clone()]
    }

    /// Columns of the product, padding included.
    pub fn columns(&self) -> usize {
        self.channels
    }
}
