//! `Numbers`: a set of numbers in rising order, of which a large one stands in a temporary file.
//!
//! [`Gathered`] takes numbers in any order. What it cannot hold in memory it writes out in sorted runs, which are merged at
//! the end (Knuth 1998, *The Art of Computer Programming* 3, 5.4): memory is bounded however many numbers there are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

/// Numbers of a file that are read at a time.
const PIECE: usize = 1 << 12;

/// Distinct numbers in rising order.
#[derive(Debug)]
pub(super) enum Numbers {
    /// In memory
    Few(Vec<u64>),
    /// In a file, 8 bytes each
    Many { file: File, len: usize },
}

impl Numbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Few(all) => all.len(),
            Self::Many { len, .. } => *len,
        }
    }

    /// Gives the `n` smallest, in rising order.
    pub fn smallest(&mut self, n: usize, mut give: impl FnMut(u64) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::Few(all) => all.iter().take(n).try_for_each(|number| give(*number)),
            Self::Many { file, len } => {
                let mut cursor = Cursor::new(0, n.min(*len));
                while let Some(number) = cursor.next(file)? {
                    give(number)?;
                }
                Ok(())
            }
        }
    }
}

/// A way through numbers that stand one behind the other in a file.
#[derive(Debug)]
pub(super) struct Cursor {
    at: u64,
    left: usize,
    piece: Vec<u8>,
    read: usize,
}

impl Cursor {
    /// From byte `at` on, over `len` numbers.
    pub fn new(at: u64, len: usize) -> Self {
        Self { at, left: len, piece: Vec::new(), read: 0 }
    }

    /// The next number of `file`, which is the same in every call; `None` behind the last.
    pub fn next(&mut self, file: &mut (impl Read + Seek)) -> io::Result<Option<u64>> {
        if self.read == self.piece.len() {
            let n = self.left.min(PIECE);
            if n == 0 {
                return Ok(None);
            }
            self.piece.resize(8 * n, 0);
            file.seek(SeekFrom::Start(self.at))?;
            file.read_exact(&mut self.piece)?;
            self.at += 8 * n as u64;
            self.left -= n;
            self.read = 0;
        }
        let number = self.piece[self.read..].first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        self.read += 8;
        Ok(number)
    }
}

/// Numbers that are being gathered.
#[derive(Debug)]
pub(super) struct Gathered {
    recent: Vec<u64>,
    /// How many of them are held
    most: usize,
    /// Sorted runs one behind the other, and the length of each
    file: Option<BufWriter<File>>,
    runs: Vec<usize>,
}

impl Gathered {
    /// With at most `most` numbers in memory.
    pub fn new(most: usize) -> Self {
        Self { recent: Vec::new(), most: most.max(2), file: None, runs: Vec::new() }
    }

    /// Adds a number, which may be there already.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn push(&mut self, number: u64) -> io::Result<()> {
        self.recent.push(number);
        if self.recent.len() < self.most {
            return Ok(());
        }
        distinct(&mut self.recent);
        // What repeats itself keeps no more than it says
        if 2 * self.recent.len() > self.most { self.write() } else { Ok(()) }
    }

    /// All numbers, each once.
    ///
    /// # Errors
    /// Where the temporary files cannot be written or read.
    pub fn finish(mut self) -> io::Result<Numbers> {
        distinct(&mut self.recent);
        if self.file.is_none() {
            return Ok(Numbers::Few(self.recent));
        }
        self.write()?;
        let Self { file: Some(file), runs, .. } = self else { return Ok(Numbers::Few(Vec::new())) };
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut at = 0;
        let mut cursors = Vec::with_capacity(runs.len());
        for len in runs {
            cursors.push(Cursor::new(at, len));
            at += 8 * len as u64;
        }
        let mut next = BinaryHeap::with_capacity(cursors.len());
        for (i, cursor) in cursors.iter_mut().enumerate() {
            next.extend(cursor.next(&mut file)?.map(|number| Reverse((number, i))));
        }
        let (mut out, mut len, mut last) = (BufWriter::new(tempfile::tempfile()?), 0, None);
        while let Some(Reverse((number, i))) = next.pop() {
            if last.replace(number) != Some(number) {
                out.write_all(&number.to_le_bytes())?;
                len += 1;
            }
            next.extend(cursors[i].next(&mut file)?.map(|number| Reverse((number, i))));
        }
        Ok(Numbers::Many { file: out.into_inner().map_err(io::IntoInnerError::into_error)?, len })
    }

    /// Writes a run.
    fn write(&mut self) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => BufWriter::new(tempfile::tempfile()?),
        };
        let file = self.file.insert(file);
        self.recent.iter().try_for_each(|number| file.write_all(&number.to_le_bytes()))?;
        self.runs.push(self.recent.len());
        self.recent.clear();
        Ok(())
    }
}

fn distinct(numbers: &mut Vec<u64>) {
    numbers.sort_unstable();
    numbers.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn every_number_comes_back_once_in_rising_order(
            numbers in prop::collection::vec(prop_oneof![0_u64..50, any::<u64>()], 0..400),
            most in 0_usize..60, n in 0_usize..400,
        ) {
            let mut gathered = Gathered::new(most);
            for number in &numbers {
                gathered.push(*number).unwrap();
                prop_assert!(gathered.recent.len() <= most.max(2));
            }
            let expected: BTreeSet<u64> = numbers.into_iter().collect();
            let mut found = gathered.finish().unwrap();
            prop_assert_eq!(found.len(), expected.len());
            // Twice: reading leaves nothing behind
            for _ in 0..2 {
                let mut smallest = Vec::new();
                found.smallest(n, |number| { smallest.push(number); Ok(()) }).unwrap();
                prop_assert_eq!(&smallest, &expected.iter().copied().take(n).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_repeats_itself_stays_in_memory() {
        let mut gathered = Gathered::new(64);
        for number in 0..10_000 {
            gathered.push(number % 30).unwrap();
        }
        assert!(matches!(gathered.finish().unwrap(), Numbers::Few(all) if all.len() == 30));
    }
}
