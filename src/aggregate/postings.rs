//! `Postings`: which articles hold a shingle, by 32 bits of its hash.
//!
//! The newest stand in memory, all others in sorted runs in temporary files; runs of equal size are merged, so that there
//! are few (O'Neil et al. 1996, "The log-structured merge-tree"). Nearly every shingle of news is new: a filter of one byte
//! a posting tells so for most without a look at the disk (Bloom 1970; in blocks of 64 bytes: Putze, Sanders & Singler
//! 2007, "Cache-, hash- and space-efficient Bloom filters"). The answer is exact: the filter never denies what is there.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

/// Postings in memory before they become a run.
const RECENT: usize = 1 << 16;
/// Postings of a block of a run, which is read at once: 4 KiB.
const BLOCK: usize = 512;
/// Bits that a posting sets in the filter.
const BITS: usize = 6;

/// Pairs of a key and an article.
#[derive(Debug, Default)]
pub(super) struct Postings {
    recent: BTreeSet<u64>,
    runs: Vec<Run>,
    /// How many stay in memory; [`RECENT`] where it is 0
    most: usize,
}

impl Postings {
    /// With at most `most` postings in memory.
    #[cfg(test)]
    pub fn with(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Adds an article to a key.
    pub fn add(&mut self, key: u32, article: u32) -> io::Result<()> {
        self.recent.insert(pair(key, article));
        if self.recent.len() < if self.most == 0 { RECENT } else { self.most } {
            return Ok(());
        }
        let mut run = RunWriter::new(0, self.recent.len())?;
        for pair in std::mem::take(&mut self.recent) {
            run.push(pair)?;
        }
        self.runs.push(run.finish()?);
        while let [.., a, b] = &mut self.runs[..]
            && a.level == b.level
        {
            let merged = merge(a, b)?;
            self.runs.truncate(self.runs.len() - 2);
            self.runs.push(merged);
        }
        Ok(())
    }

    /// Puts the articles of a key behind those in `out`.
    pub fn articles(&mut self, key: u32, out: &mut Vec<u32>) -> io::Result<()> {
        out.extend(self.recent.range(pair(key, 0)..=pair(key, u32::MAX)).map(|pair| *pair as u32));
        self.runs.iter_mut().try_for_each(|run| run.articles(key, out))
    }
}

fn pair(key: u32, article: u32) -> u64 {
    u64::from(key) << 32 | u64::from(article)
}

/// Sorted postings in a file.
#[derive(Debug)]
struct Run {
    level: u32,
    file: File,
    len: usize,
    /// The first key of every block
    first: Vec<u32>,
    filter: Filter,
}

impl Run {
    fn articles(&mut self, key: u32, out: &mut Vec<u32>) -> io::Result<()> {
        if !self.filter.may_hold(key) {
            return Ok(());
        }
        // The block before the first that begins with the key may end with it
        let from = self.first.partition_point(|first| *first < key).saturating_sub(1);
        let to = self.first.partition_point(|first| *first <= key);
        let mut bytes = vec![0; 8 * (self.len.min(to * BLOCK) - from * BLOCK)];
        self.file.seek(SeekFrom::Start((8 * from * BLOCK) as u64))?;
        self.file.read_exact(&mut bytes)?;
        let pairs = bytes.as_chunks().0.iter().map(|b| u64::from_le_bytes(*b));
        out.extend(pairs.filter(|pair| (pair >> 32) as u32 == key).map(|pair| pair as u32));
        Ok(())
    }

    fn pairs(&mut self) -> io::Result<impl FnMut() -> io::Result<Option<u64>>> {
        self.file.rewind()?;
        let (mut reader, mut left) = (BufReader::new(&self.file), self.len);
        Ok(move || {
            if left == 0 {
                return Ok(None);
            }
            left -= 1;
            let mut bytes = [0; 8];
            reader.read_exact(&mut bytes)?;
            Ok(Some(u64::from_le_bytes(bytes)))
        })
    }
}

/// One run of two.
fn merge(a: &mut Run, b: &mut Run) -> io::Result<Run> {
    let mut out = RunWriter::new(a.level + 1, a.len + b.len)?;
    let (mut next_a, mut next_b) = (a.pairs()?, b.pairs()?);
    let (mut x, mut y) = (next_a()?, next_b()?);
    loop {
        match (x, y) {
            (Some(p), Some(q)) if p < q => {
                out.push(p)?;
                x = next_a()?;
            }
            (_, Some(q)) => {
                out.push(q)?;
                y = next_b()?;
            }
            (Some(p), None) => {
                out.push(p)?;
                x = next_a()?;
            }
            (None, None) => return out.finish(),
        }
    }
}

/// A run that is being written.
struct RunWriter {
    level: u32,
    file: BufWriter<File>,
    len: usize,
    first: Vec<u32>,
    filter: Filter,
}

impl RunWriter {
    fn new(level: u32, len: usize) -> io::Result<Self> {
        let (file, first) = (BufWriter::new(tempfile::tempfile()?), Vec::with_capacity(len.div_ceil(BLOCK)));
        Ok(Self { level, file, len: 0, first, filter: Filter::new(len) })
    }

    fn push(&mut self, pair: u64) -> io::Result<()> {
        let key = (pair >> 32) as u32;
        if self.len.is_multiple_of(BLOCK) {
            self.first.push(key);
        }
        self.len += 1;
        self.filter.add(key);
        self.file.write_all(&pair.to_le_bytes())
    }

    fn finish(self) -> io::Result<Run> {
        let Self { level, file, len, first, filter } = self;
        Ok(Run { level, file: file.into_inner().map_err(io::IntoInnerError::into_error)?, len, first, filter })
    }
}

/// What a run surely does not hold.
#[derive(Debug)]
struct Filter(Vec<[u64; 8]>);

impl Filter {
    /// For `len` postings, a byte each.
    fn new(len: usize) -> Self {
        Self(vec![[0; 8]; len.div_ceil(64).max(1)])
    }

    /// The block of a key, and the bits that it sets there.
    fn place(&self, key: u32) -> (usize, impl Iterator<Item = (usize, u64)> + use<>) {
        // The finaliser of splitmix64 spreads the key over 64 bits
        let mut z = u64::from(key).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let block = ((z >> 32) as usize * self.0.len()) >> 32;
        let mut bits = z.wrapping_mul(0xd134_2543_de82_ef95);
        let bits = std::iter::repeat_with(move || {
            bits = bits.rotate_left(9);
            let bit = (bits & 511) as usize;
            (bit / 64, 1 << (bit % 64))
        });
        (block, bits.take(BITS))
    }

    fn add(&mut self, key: u32) {
        let (block, bits) = self.place(key);
        if let Some(block) = self.0.get_mut(block) {
            bits.for_each(|(word, bit)| block[word] |= bit);
        }
    }

    fn may_hold(&self, key: u32) -> bool {
        let (block, mut bits) = self.place(key);
        self.0.get(block).is_some_and(|block| bits.all(|(word, bit)| block[word] & bit != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_posting_is_found_and_no_other(
            pairs in prop::collection::vec((0_u32..40, 0_u32..30), 0..300), most in 1_usize..20,
        ) {
            // Keys of all sizes, the largest among them
            let key = |k: u32| k.wrapping_mul(110_127_366).wrapping_sub(1);
            let mut postings = Postings::with(most);
            for (k, article) in &pairs {
                postings.add(key(*k), *article).unwrap();
            }
            for k in 0..45 {
                let mut found = Vec::new();
                postings.articles(key(k), &mut found).unwrap();
                let expected: BTreeSet<u32> = pairs.iter().filter(|p| p.0 == k).map(|p| p.1).collect();
                prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
            }
            prop_assert!(postings.runs.len() <= 9);
        }
    }

    #[test]
    fn a_key_may_fill_many_blocks_and_few_strangers_pass_the_filter() {
        let mut postings = Postings::with(10_000);
        for article in 0..2000 {
            postings.add(7, article).unwrap();
            for k in 0..4 {
                postings.add((article * 4 + k).wrapping_mul(2_654_435_761), article).unwrap();
            }
        }
        let mut found = Vec::new();
        postings.articles(7, &mut found).unwrap();
        assert_eq!(found.len(), 2000);
        let run = postings.runs.first().unwrap();
        let strangers = (0..20_000_u32).map(|k| k.wrapping_mul(2_246_822_519).wrapping_add(1));
        let pass = strangers.filter(|key| run.filter.may_hold(*key)).count();
        assert!(pass < 1000, "{pass} of 20,000 pass");
    }
}
