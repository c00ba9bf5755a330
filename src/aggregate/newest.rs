//! `Newest`: a map of 32-bit hashes to numbers that grows by a table at a time, so that growing copies nothing.

use std::collections::HashMap;

/// Entries of a table: what 2¹⁹ of the standard map's buckets hold.
const ENTRIES: usize = 7 << 16;

/// A number for each hash. Tables are only looked up, never walked over.
#[derive(Debug, Default)]
pub(super) struct Newest {
    tables: Vec<HashMap<u32, u32>>,
}

impl Newest {
    /// The number of `key`.
    pub fn get(&self, key: u32) -> Option<u32> {
        self.tables.iter().find_map(|table| table.get(&key).copied())
    }

    /// Gives `key` a number, and the one that it had.
    pub fn insert(&mut self, key: u32, number: u32) -> Option<u32> {
        if let Some(old) = self.tables.iter_mut().find_map(|table| table.get_mut(&key)) {
            return Some(std::mem::replace(old, number));
        }
        match self.tables.last_mut() {
            Some(table) if table.len() < ENTRIES => table.insert(key, number),
            _ => {
                let mut table = HashMap::with_capacity(ENTRIES);
                table.insert(key, number);
                self.tables.push(table);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_like_one_map_over_several_tables() {
        let (mut newest, mut map) = (Newest::default(), HashMap::new());
        for number in 0..1_200_000_u32 {
            // A sixth of the keys return, and 2³² − 1 is one of them.
            let key = u32::MAX - number.wrapping_mul(2_654_435_761) % 1_000_000;
            assert_eq!(newest.get(key), map.get(&key).copied());
            assert_eq!(newest.insert(key, number), map.insert(key, number));
        }
        assert!(newest.tables.len() > 1 && map.iter().all(|(key, number)| newest.get(*key) == Some(*number)));
    }
}
