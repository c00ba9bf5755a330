//! `PackedBatch`: flat token ids, positions and sentence bounds.

use std::sync::Arc;

/// N sentences of T tokens in all, special tokens included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedBatch {
    /// Token ids, length T
    pub ids: Vec<u32>,
    /// Position of each token in its sentence, from 0, length T
    pub positions: Vec<u32>,
    /// Bounds of the sentences in `ids`, length N + 1, from 0 to T
    pub cu_seqlens: Arc<[u32]>,
}

impl PackedBatch {
    /// Packs sentences in the order given. An empty sentence keeps its place with no tokens.
    pub fn pack<'a>(sentences: impl IntoIterator<Item = &'a [u32]>) -> Self {
        let (mut ids, mut positions, mut bounds) = (Vec::new(), Vec::new(), vec![0_u32]);
        for sentence in sentences {
            ids.extend_from_slice(sentence);
            positions.extend(0..sentence.len() as u32);
            bounds.push(ids.len() as u32);
        }
        Self { ids, positions, cu_seqlens: bounds.into() }
    }

    /// The token ids of every sentence in order: the inverse of [`PackedBatch::pack`].
    pub fn unpack(&self) -> impl Iterator<Item = &[u32]> {
        self.cu_seqlens.windows(2).map(|w| &self.ids[w[0] as usize..w[1] as usize])
    }

    /// N, the number of sentences.
    pub fn len(&self) -> usize {
        self.cu_seqlens.len() - 1
    }

    /// Whether the batch holds no sentence.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tokens of the longest sentence; 0 where there is none.
    pub fn longest(&self) -> usize {
        self.unpack().map(<[u32]>::len).max().unwrap_or(0)
    }

    /// T, the number of tokens.
    pub fn tokens(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn unpack_after_pack_is_the_identity(sentences in prop::collection::vec(prop::collection::vec(0_u32..250_000, 0..40), 0..20)) {
            let batch = PackedBatch::pack(sentences.iter().map(Vec::as_slice));
            prop_assert_eq!(batch.len(), sentences.len());
            prop_assert_eq!(batch.tokens(), sentences.iter().map(Vec::len).sum::<usize>());
            for (got, want) in batch.unpack().zip(&sentences) {
                prop_assert_eq!(got, want.as_slice());
            }
            for w in batch.cu_seqlens.windows(2) {
                for (i, p) in batch.positions[w[0] as usize..w[1] as usize].iter().enumerate() {
                    prop_assert_eq!(*p as usize, i);
                }
            }
        }
    }
}
