//! `Put` and `Take`: numbers, texts and probabilities as bytes, and back to the bit.
//!
//! Whole numbers are written in groups of seven bits, the lowest first (LEB128); texts as their length and bytes; floating
//! point as its 64 bits, little-endian. Reading never panics: what does not fit is `None`.

use sha2::{Digest, Sha256};

/// Bytes that are being written, or hashed.
#[derive(Debug, Default)]
pub(super) struct Put(pub Vec<u8>, Option<Sha256>);

impl Put {
    pub fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    pub fn size(&mut self, n: usize) {
        self.number(n as u64);
    }

    pub fn flag(&mut self, yes: bool) {
        self.0.push(u8::from(yes));
    }

    pub fn float(&mut self, x: f64) {
        self.0.extend(x.to_bits().to_le_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.size(text.len());
        match &mut self.1 {
            // A long text is hashed where it stands
            Some(hash) => {
                hash.update(&self.0);
                self.0.clear();
                hash.update(text);
            }
            None => self.0.extend(text.as_bytes()),
        }
    }

    /// The SHA-256 of what `put` writes, none of its texts copied.
    pub fn hashed(put: impl FnOnce(&mut Self)) -> [u8; 32] {
        let mut out = Self(Vec::new(), Some(Sha256::new()));
        put(&mut out);
        out.1.unwrap_or_default().chain_update(&out.0).finalize().into()
    }

    /// Whether there is a value, and the value as `put` writes it.
    pub fn option<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            put(self, value);
        }
    }
}

/// Bytes that are being read.
#[derive(Debug)]
pub(super) struct Take<'a>(pub &'a [u8]);

impl<'a> Take<'a> {
    pub fn number(&mut self) -> Option<u64> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(n);
            }
        }
        None
    }

    pub fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub fn flag(&mut self) -> Option<bool> {
        let [byte] = self.array()?;
        (byte < 2).then_some(byte == 1)
    }

    pub fn float(&mut self) -> Option<f64> {
        self.array().map(u64::from_le_bytes).map(f64::from_bits)
    }

    pub fn floats<const N: usize>(&mut self) -> Option<[f64; N]> {
        let mut out = [0.0; N];
        for x in &mut out {
            *x = self.float()?;
        }
        Some(out)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        let length = self.size()?;
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(first).ok()
    }

    // No bytes, no value, or a value
    #[allow(clippy::option_option)]
    pub fn option<T>(&mut self, take: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { take(self).map(Some) } else { Some(None) }
    }

    /// As many values as a number says that stands before them.
    pub fn list<T>(&mut self, mut take: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        // Damaged bytes may name any number: nothing is reserved for it
        let mut out = Vec::new();
        for _ in 0..self.size()? {
            out.push(take(self)?);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_put_is_taken_to_the_bit(n in any::<u64>(), bits in any::<u64>(), text in ".*", some in any::<Option<u64>>()) {
            let mut put = Put::default();
            put.number(n);
            put.float(f64::from_bits(bits));
            put.text(&text);
            put.option(some, Put::number);
            let mut take = Take(&put.0);
            prop_assert_eq!(take.number(), Some(n));
            prop_assert_eq!(take.float().map(f64::to_bits), Some(bits));
            prop_assert_eq!(take.text(), Some(text.as_str()));
            prop_assert_eq!(take.option(Take::number), Some(some));
            prop_assert!(take.0.is_empty());
        }

        #[test]
        fn nothing_that_is_taken_panics(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut take = Take(&bytes);
            let _ = (take.number(), take.text(), take.floats::<3>(), take.flag());
            let _ = take.list(|t| t.option(Take::float));
        }
    }
}
