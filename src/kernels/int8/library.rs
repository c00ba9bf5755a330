//! `Library`: the sums of the int8 product by rten-gemm, for processors that no tile here is written for (NEON and others).

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix, QuantParams};
use rten_tensor::NdTensorView;
use std::fmt;

/// The byte that stands for an activation of zero: rten-gemm takes activations without sign.
const ZERO: u8 = 128;

/// Weights of N channels over K inputs as rten-gemm keeps them.
pub(crate) struct Library {
    weights: PackedBMatrix<i8>,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Library({} × {})", self.weights.cols(), self.weights.rows())
    }
}

/// The fastest kernel of this processor.
fn kernel() -> GemmExecutor<u8, i8, i32> {
    GemmExecutor::default()
}

impl Library {
    /// Whether its sums are exact on this processor: some of its kernels saturate in 16 bits.
    pub fn is_exact() -> bool {
        !kernel().may_saturate()
    }

    /// From N rows of K weights.
    pub fn pack(weights: &[i8], inputs: usize) -> Self {
        let channels = weights.len() / inputs.max(1);
        let view = NdTensorView::from_data([channels, inputs], weights);
        Self { weights: kernel().prepack_b(view.transposed()) }
    }

    /// `Σ_k a[t][k] · w[o][k]`, T × N, of T rows of K activations.
    pub fn sums(&self, a: &[i8]) -> Vec<i32> {
        let inputs = self.weights.rows();
        let rows = a.len() / inputs.max(1);
        let unsigned: Vec<u8> = a.iter().map(|a| a.cast_unsigned() ^ ZERO).collect();
        let zero_point = vec![ZERO; rows];
        let mut sums = vec![0; rows * self.weights.cols()];
        let a = GemmInputA::Unpacked(NdTensorView::from_data([rows, inputs], &unsigned[..]));
        let options = GemmOptions { a_quant: Some(QuantParams { zero_point: &zero_point }), ..GemmOptions::default() };
        let done = kernel().gemm(&mut sums, a, GemmInputB::Packed(&self.weights), options);
        assert!(done.is_ok(), "sizes of a product: {done:?}");
        sums
    }
}
