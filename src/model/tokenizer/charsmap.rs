//! `Charsmap`: SentencePiece's compiled table of character rewrites.
//!
//! The bytes are those of `precompiled_charsmap`: the size of a double-array trie in bytes (u32, little-endian), the
//! trie's units (u32), and the replacements, each ended by a zero byte. A unit holds a label, an offset and whether a
//! value follows, in the bits of darts-clone. What is not of that form is refused when it is read or, where only a walk
//! can tell, taken as no rewrite.

/// A trie of rewrites and the text of their replacements.
pub(super) struct Charsmap {
    units: Vec<u32>,
    replacements: String,
}

impl Charsmap {
    /// Reads the compiled form; `None` if it is none.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize / 4 * 4;
        let (units, replacements) = rest.split_at_checked(size)?;
        let units = units.as_chunks::<4>().0.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        Some(Self { units, replacements: String::from_utf8(replacements.to_vec()).ok()? })
    }

    /// What `chunk` is rewritten to: the replacement of its **shortest** beginning that has one, whatever follows. The
    /// library does so, and the ids that models were trained on hang on it.
    pub(super) fn rewrite(&self, chunk: &str) -> Option<&str> {
        let mut node = 0;
        node ^= offset(*self.units.get(node)?);
        for &byte in chunk.as_bytes() {
            if byte == 0 {
                return None;
            }
            node ^= usize::from(byte);
            let unit = *self.units.get(node)?;
            if unit & (1 << 31 | 0xFF) != u32::from(byte) {
                return None;
            }
            node ^= offset(unit);
            if unit >> 8 & 1 == 1 {
                let start = (*self.units.get(node)? & !(1 << 31)) as usize;
                let rest = self.replacements.get(start..)?;
                return Some(rest.split_once('\0').map_or(rest, |(text, _)| text));
            }
        }
        None
    }
}

/// How far a unit's children lie, to be combined with its place by exclusive or.
fn offset(unit: u32) -> usize {
    (unit as usize >> 10) << ((unit & 1 << 9) >> 6)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The compiled form of `rewrites`: every node of the trie has a block of 256 units for its children.
    pub(in super::super) fn table(rewrites: &[(&str, &str)]) -> Vec<u8> {
        let mut nodes: BTreeMap<&[u8], usize> = BTreeMap::new();
        for key in rewrites.iter().map(|(key, _)| key.as_bytes()) {
            for length in 0..=key.len() {
                let block = nodes.len();
                nodes.entry(&key[..length]).or_insert(block);
            }
        }
        let (mut units, mut text) = (vec![0u32; nodes.len() * 256], String::new());
        for (&key, &block) in &nodes {
            let place = key.split_last().map_or(0, |(&last, before)| nodes[before] * 256 + usize::from(last));
            units[place] |= u32::from(key.last().copied().unwrap_or(0)) | ((place ^ (block * 256)) as u32) << 10;
            if let Some((_, to)) = rewrites.iter().find(|(from, _)| from.as_bytes() == key) {
                units[place] |= 1 << 8;
                units[block * 256] |= 1 << 31 | text.len() as u32;
                text.push_str(to);
                text.push('\0');
            }
        }
        let size = (units.len() * 4) as u32;
        let units = units.iter().flat_map(|unit| unit.to_le_bytes());
        size.to_le_bytes().into_iter().chain(units).chain(text.into_bytes()).collect()
    }

    #[test]
    fn the_shortest_beginning_with_a_rewrite_decides() {
        let charsmap = Charsmap::new(&table(&[("a", "1"), ("ab", "2"), ("bcd", ""), ("é", "e")])).unwrap();
        for (text, want) in
            [("a", Some("1")), ("ab", Some("1")), ("bcdx", Some("")), ("é", Some("e")), ("bc", None), ("", None)]
        {
            assert_eq!(charsmap.rewrite(text), want, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_table_are_refused() {
        for bytes in [&b""[..], &[1, 0], &[8, 0, 0, 0, 1, 2, 3, 4], &[0, 0, 0, 0, 0xFF]] {
            assert!(Charsmap::new(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn a_table_whose_units_point_nowhere_rewrites_nothing() {
        let empty = Charsmap::new(&[0, 0, 0, 0]).unwrap();
        assert!(empty.rewrite("a").is_none() && empty.rewrite("").is_none());
        let wild = [&8u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &(1u32 << 8 | 0x61).to_le_bytes(), b"x"].concat();
        assert!(Charsmap::new(&wild).unwrap().rewrite("a").is_none());
    }
}
