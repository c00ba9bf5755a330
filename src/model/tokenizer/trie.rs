//! `Trie`: all pieces of a vocabulary that a text starts with, shortest first.
//!
//! A static byte trie in four flat arrays, built once from sorted pieces. The children of a node lie side by side, and
//! these blocks in depth-first order, so that a walk down a word stays within a few cache lines; ten bytes a node. It
//! refuses nothing; the empty piece is never found.

/// The rank of a node at which no piece ends.
pub(super) const NONE: u32 = u32::MAX;

/// The most labels that are searched one by one; wider nodes are halved.
const NARROW: usize = 8;

/// A static byte trie over sorted pieces, each known by its rank in the sorting.
pub(super) struct Trie {
    /// The byte that leads to a node.
    labels: Vec<u8>,
    /// The node's first child; its children are the `widths` nodes from there.
    firsts: Vec<u32>,
    /// The node's number of children. 255 are enough: 0xFF occurs in no UTF-8 text.
    widths: Vec<u8>,
    /// The rank of the piece that ends at the node, or [`NONE`].
    ranks: Vec<u32>,
    /// The child of the root for each byte, or 0, which is the root itself.
    roots: [u32; 256],
}

/// A node whose pieces share their first `depth` bytes: those of ranks `low..high`.
struct Task {
    node: usize,
    low: usize,
    high: usize,
    depth: usize,
}

impl Trie {
    /// The trie over `count` pieces, of which `piece(rank)` gives the bytes. They must be sorted, distinct UTF-8.
    pub(super) fn new<'a>(count: usize, piece: impl Fn(usize) -> &'a [u8]) -> Self {
        let mut trie = Self { labels: vec![0], firsts: vec![0], widths: vec![0], ranks: vec![NONE], roots: [0; 256] };
        let guess = count * 3;
        trie.labels.reserve(guess);
        trie.firsts.reserve(guess);
        trie.widths.reserve(guess);
        trie.ranks.reserve(guess);
        let mut tasks = vec![Task { node: 0, low: 0, high: count, depth: 0 }];
        while let Some(Task { node, mut low, high, depth }) = tasks.pop() {
            if low < high && piece(low).len() == depth {
                trie.ranks[node] = low as u32;
                low += 1;
            }
            let first = trie.labels.len();
            let tasks_before = tasks.len();
            while low < high {
                let label = piece(low)[depth];
                let mut end = low + 1;
                while end < high && piece(end)[depth] == label {
                    end += 1;
                }
                tasks.push(Task { node: trie.labels.len(), low, high: end, depth: depth + 1 });
                trie.labels.push(label);
                trie.firsts.push(0);
                trie.widths.push(0);
                trie.ranks.push(NONE);
                low = end;
            }
            // The first child is to be taken from the stack first, so that its children follow at once.
            tasks[tasks_before..].reverse();
            trie.firsts[node] = first as u32;
            trie.widths[node] = (trie.labels.len() - first) as u8;
        }
        for child in trie.children(0) {
            trie.roots[usize::from(trie.labels[child])] = child as u32;
        }
        trie.labels.shrink_to_fit();
        trie.firsts.shrink_to_fit();
        trie.widths.shrink_to_fit();
        trie.ranks.shrink_to_fit();
        trie
    }

    fn children(&self, node: usize) -> std::ops::Range<usize> {
        let first = self.firsts[node] as usize;
        first..first + usize::from(self.widths[node])
    }

    /// The child of `node` by `byte`; no child is node 0.
    #[inline]
    fn child(&self, node: usize, byte: u8) -> Option<usize> {
        let range = self.children(node);
        let first = range.start;
        let labels = &self.labels[range];
        let found = if labels.len() <= NARROW {
            labels.iter().position(|&l| l == byte)
        } else {
            labels.binary_search(&byte).ok()
        };
        found.map(|i| first + i)
    }

    /// Calls `found(length, rank)` for each piece that `text` starts with, shortest first.
    #[inline]
    pub(super) fn prefixes(&self, text: &[u8], mut found: impl FnMut(usize, u32)) {
        let Some(&byte) = text.first() else { return };
        let mut node = self.roots[usize::from(byte)] as usize;
        let mut length = 1;
        while node != 0 {
            let rank = self.ranks[node];
            if rank != NONE {
                found(length, rank);
            }
            let Some(&byte) = text.get(length) else { return };
            node = self.child(node, byte).unwrap_or(0);
            length += 1;
        }
    }

    /// The rank of `piece` itself.
    pub(super) fn find(&self, piece: &[u8]) -> Option<u32> {
        let mut node = 0;
        for &byte in piece {
            node = self.child(node, byte)?;
        }
        Some(self.ranks[node]).filter(|&rank| rank != NONE && !piece.is_empty())
    }

    /// The number of nodes, the root among them.
    #[cfg(test)]
    fn nodes(&self) -> usize {
        self.labels.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn build(pieces: &[&str]) -> Trie {
        Trie::new(pieces.len(), |rank| pieces[rank].as_bytes())
    }

    fn prefixes(trie: &Trie, text: &str) -> Vec<(usize, u32)> {
        let mut out = Vec::new();
        trie.prefixes(text.as_bytes(), |length, rank| out.push((length, rank)));
        out
    }

    #[test]
    fn every_piece_a_text_starts_with_is_found_shortest_first() {
        let trie = build(&["a", "ab", "abc", "b", "é", "▁a"]);
        assert_eq!(prefixes(&trie, "abcd"), [(1, 0), (2, 1), (3, 2)]);
        assert_eq!(prefixes(&trie, "▁ab"), [(4, 5)]);
        assert_eq!(prefixes(&trie, "éa"), [(2, 4)]);
        for text in ["cab", "", "▁"] {
            assert!(prefixes(&trie, text).is_empty(), "{text}");
        }
        assert_eq!((trie.find(b"abc"), trie.find(b"abcd"), trie.find("▁".as_bytes())), (Some(2), None, None));
        assert_eq!(trie.nodes(), 11);
    }

    #[test]
    fn an_empty_vocabulary_and_an_empty_piece_find_nothing() {
        let trie = build(&[]);
        assert!(prefixes(&trie, "a").is_empty() && trie.find(b"").is_none() && trie.find(b"a").is_none());
        let trie = build(&["", "a"]);
        assert_eq!((prefixes(&trie, "a"), trie.find(b"")), (vec![(1, 1)], None));
    }

    #[test]
    fn a_node_with_as_many_children_as_utf8_has_bytes_finds_each() {
        let all: Vec<String> = ('\0'..char::MAX).step_by(97).map(String::from).collect();
        let refs: Vec<&str> = all.iter().map(String::as_str).collect();
        let trie = build(&refs);
        for (rank, piece) in refs.iter().enumerate() {
            assert_eq!(prefixes(&trie, piece), [(piece.len(), rank as u32)]);
        }
    }

    proptest! {
        #[test]
        fn the_trie_finds_what_a_scan_of_all_pieces_finds(
            pieces in proptest::collection::btree_set("[abé▁]{1,5}", 0..40),
            text in "[abé▁x]{0,12}",
        ) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let trie = build(&pieces);
            let begun = pieces.iter().enumerate().filter(|(_, p)| text.starts_with(**p));
            let mut want: Vec<(usize, u32)> = begun.map(|(rank, p)| (p.len(), rank as u32)).collect();
            want.sort_unstable();
            prop_assert_eq!(prefixes(&trie, &text), want);
            let rank = pieces.iter().position(|p| *p == text).map(|r| r as u32);
            prop_assert_eq!(trie.find(text.as_bytes()), rank);
        }
    }
}
