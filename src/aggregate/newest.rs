//! `Newest`: a map of 32-bit hashes to numbers that grows by a table at a time, so that growing copies nothing.

/// Slots of the first table; the next four are each twice as large as the one before, all others as the fifth.
const SLOTS: usize = 1 << 16;
/// An empty slot: no entry has a number of all ones.
const EMPTY: u64 = u64::MAX;

/// A number for each hash, eight bytes a slot.
#[derive(Debug, Default)]
pub(super) struct Newest {
    tables: Vec<Box<[u64]>>,
    /// Entries of the last table
    last: usize,
}

/// The slot of `key`, or the empty one where it belongs: open addressing with steps of one.
fn slot(table: &[u64], key: u32) -> usize {
    let mut at = key as usize % table.len();
    while table[at] != EMPTY && (table[at] >> 32) as u32 != key {
        at = (at + 1) % table.len();
    }
    at
}

impl Newest {
    /// The number of `key`.
    pub fn get(&self, key: u32) -> Option<u32> {
        self.tables.iter().map(|table| table[slot(table, key)]).find(|entry| *entry != EMPTY).map(|entry| entry as u32)
    }

    /// Gives `key` a number below 2³² − 1, and the one that it had.
    pub fn insert(&mut self, key: u32, number: u32) -> Option<u32> {
        let entry = u64::from(key) << 32 | u64::from(number);
        for table in &mut self.tables {
            let at = slot(table, key);
            if table[at] != EMPTY {
                return Some(std::mem::replace(&mut table[at], entry) as u32);
            }
        }
        // Four fifths full is full.
        if self.tables.last().is_none_or(|table| self.last >= table.len() / 5 * 4) {
            self.tables.push(vec![EMPTY; SLOTS << self.tables.len().min(4)].into_boxed_slice());
            self.last = 0;
        }
        if let Some(table) = self.tables.last_mut() {
            let at = slot(table, key);
            table[at] = entry;
            self.last += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn it_answers_like_a_map_over_several_tables_and_keys_that_collide() {
        let (mut newest, mut map) = (Newest::default(), HashMap::new());
        for number in 0..600_000_u32 {
            // Some keys return, some share a slot, and 2³² − 1 is one of them.
            let key = u32::MAX
                - number.wrapping_mul(2_654_435_761) % 500_000 * if number % 1009 == 0 { SLOTS as u32 } else { 1 };
            assert_eq!(newest.get(key), map.get(&key).copied());
            assert_eq!(newest.insert(key, number), map.insert(key, number));
        }
        assert!(newest.tables.len() > 1 && map.iter().all(|(key, number)| newest.get(*key) == Some(*number)));
    }
}
