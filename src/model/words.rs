//! `Words`: the table of word embeddings, kept in four bits or as f32, read row by row.
//!
//! The four-bit form is the Q4_0 block of GGUF: 32 weights share one f16 scale d and take a nibble q each,
//! w = (q − 8) · d; byte j of the sixteen holds weight j in its low nibble and weight j + 16 in its high one. The table is
//! frozen in training, so it is stored as it came.

use super::mapped::Mapped;
use crate::error::{Error, Result, Stage};
use candle_core::{Device, Tensor};
use half::f16;

/// Weights of a block.
pub const BLOCK: usize = 32;
/// Bytes of a block: the scale, then the nibbles.
pub const BLOCK_BYTES: usize = 18;

/// V × H word embeddings.
#[derive(Debug, Clone)]
pub struct Words {
    rows: usize,
    hidden: usize,
    table: Table,
}

#[derive(Debug, Clone)]
enum Table {
    F32(Vec<f32>),
    Q4(Mapped),
}

impl Words {
    /// A table of f32 rows; `data` holds `rows · hidden` elements.
    pub fn from_f32(data: Vec<f32>, rows: usize, hidden: usize) -> Result<Self> {
        check(data.len(), rows * hidden, "elements")?;
        Ok(Self { rows, hidden, table: Table::F32(data) })
    }

    /// A table of Q4_0 blocks; `hidden` is a multiple of 32.
    pub fn from_q4(data: Mapped, rows: usize, hidden: usize) -> Result<Self> {
        if !hidden.is_multiple_of(BLOCK) {
            return Err(Error::new(Stage::Model, format!("hidden size {hidden} is not a multiple of {BLOCK}")));
        }
        check(data.len(), rows * hidden / BLOCK * BLOCK_BYTES, "bytes")?;
        Ok(Self { rows, hidden, table: Table::Q4(data) })
    }

    /// V, the number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// H, the elements of a row.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Writes the row of `id`, H elements, to the front of `row`. An id past the table is an error: tokenizer and weights
    /// don't belong together.
    pub fn row(&self, id: u32, row: &mut [f32]) -> Result<()> {
        let (h, id) = (self.hidden, within(id, self.rows)?);
        match &self.table {
            Table::F32(data) => row[..h].copy_from_slice(&data[id * h..(id + 1) * h]),
            Table::Q4(data) => {
                let bytes = h / BLOCK * BLOCK_BYTES;
                dequantise(&data[id * bytes..(id + 1) * bytes], &mut row[..h]);
            }
        }
        Ok(())
    }

    /// The rows of `ids` as a T × H tensor.
    pub fn gather(&self, ids: &[u32]) -> Result<Tensor> {
        let h = self.hidden;
        let mut out = vec![0.0_f32; ids.len() * h];
        for (id, row) in ids.iter().zip(out.chunks_exact_mut(h)) {
            self.row(*id, row)?;
        }
        Tensor::from_vec(out, (ids.len(), h), &Device::Cpu).map_err(|e| Error::new(Stage::Model, e))
    }

    /// Every row, V × H elements of f32, little-endian.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.rows * self.hidden * 4);
        let mut write = |row: &[f32]| out.extend(row.iter().flat_map(|x| x.to_le_bytes()));
        match &self.table {
            Table::F32(data) => write(data),
            Table::Q4(data) => {
                let mut values = [0.0; BLOCK];
                for block in data.chunks_exact(BLOCK_BYTES) {
                    dequantise(block, &mut values);
                    write(&values);
                }
            }
        }
        out
    }

    /// The Q4_0 blocks of a table in that form.
    pub fn blocks(&self) -> Result<&[u8]> {
        match &self.table {
            Table::Q4(data) => Ok(data),
            Table::F32(_) => Err(Error::new(Stage::Model, "the word table has not been rounded to four bits")),
        }
    }

    /// The table in Q4_0 form, and the largest absolute difference this makes to an element: 0 where it is in that form
    /// already or came from it. An error where H is not a multiple of 32.
    pub fn rounded(&self) -> Result<(Self, f32)> {
        let Table::F32(data) = &self.table else { return Ok((self.clone(), 0.0)) };
        let mut blocks = Vec::with_capacity(data.len() / BLOCK * BLOCK_BYTES);
        let mut worst = 0.0_f32;
        let mut back = [0.0_f32; BLOCK];
        for block in data.chunks_exact(BLOCK) {
            let bytes = quantise(block);
            dequantise(&bytes, &mut back);
            worst = block.iter().zip(&back).fold(worst, |w, (a, b)| w.max((a - b).abs()));
            blocks.extend_from_slice(&bytes);
        }
        Ok((Self::from_q4(blocks.into(), self.rows, self.hidden)?, worst))
    }
}

/// The place of `id` in a table of so many rows.
pub(super) fn within(id: u32, rows: usize) -> Result<usize> {
    if (id as usize) < rows {
        return Ok(id as usize);
    }
    let cause = format!("token id {id} is past the word table of {rows} rows");
    Err(Error::new(Stage::Model, cause).hint("the tokenizer belongs to another model"))
}

fn check(got: usize, want: usize, unit: &str) -> Result<()> {
    if got == want {
        return Ok(());
    }
    Err(Error::new(Stage::Model, format!("the word table holds {got} {unit}, expected {want}")))
}

fn dequantise(bytes: &[u8], out: &mut [f32]) {
    for (block, out) in bytes.as_chunks::<BLOCK_BYTES>().0.iter().zip(out.as_chunks_mut::<BLOCK>().0) {
        let d = f16::from_le_bytes([block[0], block[1]]).to_f32();
        let (low, high) = out.split_at_mut(BLOCK / 2);
        for ((b, low), high) in block[2..].iter().zip(low).zip(high) {
            *low = (f32::from(b & 15) - 8.0) * d;
            *high = (f32::from(b >> 4) - 8.0) * d;
        }
    }
}

/// One block, the scale chosen so that the element largest in size falls on −8, as GGUF's reference does. A block that
/// came from Q4_0 is given back bit by bit.
fn quantise(block: &[f32]) -> [u8; BLOCK_BYTES] {
    let top = block.iter().fold(0.0_f32, |t, x| if x.abs() > t.abs() { *x } else { t });
    let d = f16::from_f32(top / -8.0);
    let inv = if d.to_f32() == 0.0 { 0.0 } else { 1.0 / d.to_f32() };
    let nibble = |x: f32| (x * inv + 8.5).clamp(0.0, 15.0) as u8;
    let mut out = [0; BLOCK_BYTES];
    out[..2].copy_from_slice(&d.to_le_bytes());
    for j in 0..BLOCK / 2 {
        out[2 + j] = nibble(block[j]) | nibble(block[j + BLOCK / 2]) << 4;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<f32> {
        (0..4 * 64).map(|i| (i as f32 * 0.37).sin()).collect()
    }

    #[test]
    fn four_bit_rows_are_within_half_a_step_and_survive_a_second_rounding_unchanged() {
        let (packed, worst) = Words::from_f32(table(), 4, 64).unwrap().rounded().unwrap();
        assert!(worst > 0.0 && worst < 0.135, "{worst}");
        let rows: Vec<f32> = packed.gather(&[0, 1, 2, 3]).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        let (again, error) = Words::from_f32(rows, 4, 64).unwrap().rounded().unwrap();
        assert_eq!((again.blocks().unwrap(), error), (packed.blocks().unwrap(), 0.0));
    }

    #[test]
    fn all_rows_as_bytes_are_the_rows_one_by_one() {
        let words = Words::from_f32(table(), 4, 64).unwrap();
        for words in [words.rounded().unwrap().0, words] {
            let rows: Vec<f32> = words.gather(&[0, 1, 2, 3]).unwrap().flatten_all().unwrap().to_vec1().unwrap();
            assert_eq!(words.to_le_bytes(), rows.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn a_table_whose_rows_are_no_whole_blocks_cannot_be_rounded() {
        assert!(Words::from_f32(vec![0.5; 40], 1, 40).unwrap().rounded().unwrap_err().to_string().contains("40"));
    }

    #[test]
    fn an_id_past_the_table_is_an_error_and_not_a_panic() {
        let words = Words::from_f32(table(), 4, 64).unwrap();
        assert!(words.gather(&[4]).unwrap_err().to_string().contains("token id 4"));
        assert!(Words::from_q4(vec![0; 17].into(), 1, 32).is_err());
    }
}
