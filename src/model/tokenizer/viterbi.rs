//! `Pieces`: the likeliest split of a word into pieces of a Unigram vocabulary.
//!
//! A word's probability is the product of its pieces' (Kudo 2018, arXiv:1804.10959). The best split is found left to
//! right over the bytes (Viterbi), in time linear in the word and in the longest piece. Every rule that can change an
//! id is the library's: scores are added from the left in f64, of equal splits the one whose last piece is longest
//! wins, a character that is no piece costs ten more than the worst score, and neighbouring unknowns become one.

use super::spec::Vocab;
use super::trie::{NONE, Trie};

/// What an unknown character costs beyond the lowest score of the vocabulary (`K_UNK_PENALTY` of the library).
const PENALTY: f64 = 10.0;

/// The pieces of a Unigram vocabulary, by rank in the sorting of their bytes.
pub(super) struct Pieces {
    trie: Trie,
    scores: Vec<f64>,
    ids: Vec<u32>,
    /// The id of the unknown piece, and the rank of that piece where it is in the trie.
    unknown: (u32, u32),
    unknown_score: f64,
}

/// The best split of the word's beginning up to one of its bytes.
#[derive(Clone, Copy)]
struct Best {
    score: f64,
    /// Length in bytes of its last piece; 0 where no split ends.
    length: u32,
    /// Rank of its last piece, [`NONE`] for an unknown character.
    rank: u32,
}

/// What takes the pieces of a word, last piece first.
pub(super) trait Sink {
    /// How many pieces it holds
    fn len(&self) -> usize;
    /// One more piece: its id and its length in bytes of the word
    fn push(&mut self, id: u32, length: usize);
    /// Turns the pieces from `start` on around
    fn reverse(&mut self, start: usize);
}

impl Sink for Vec<u32> {
    fn len(&self) -> usize {
        self.len()
    }

    fn push(&mut self, id: u32, _: usize) {
        self.push(id);
    }

    fn reverse(&mut self, start: usize) {
        self[start..].reverse();
    }
}

/// Ids with lengths.
impl Sink for Vec<(u32, usize)> {
    fn len(&self) -> usize {
        self.len()
    }

    fn push(&mut self, id: u32, length: usize) {
        self.push((id, length));
    }

    fn reverse(&mut self, start: usize) {
        self[start..].reverse();
    }
}

/// Room for the best splits of one word, kept from word to word.
#[derive(Default)]
pub(super) struct Scratch(Vec<Best>);

impl Pieces {
    /// The pieces of `vocab`, of which `unknown` is an id.
    pub(super) fn new(vocab: &Vocab, unknown: u32) -> Self {
        let order = sorted(vocab);
        let trie = Trie::new(order.len(), |rank| vocab.piece(order[rank] as usize));
        let scores = order.iter().map(|&id| vocab.scores()[id as usize]).collect();
        // No score is NaN, for JSON has none. Equal to the library's fold over `score < min`.
        let lowest = vocab.scores().iter().copied().fold(f64::INFINITY, f64::min);
        let rank = order.iter().position(|&id| id == unknown).map_or(NONE, |rank| rank as u32);
        Self { trie, scores, ids: order, unknown: (unknown, rank), unknown_score: lowest - PENALTY }
    }

    /// The id of `piece` in the vocabulary.
    pub(super) fn id(&self, piece: &str) -> Option<u32> {
        self.trie.find(piece.as_bytes()).map(|rank| self.ids[rank as usize])
    }

    /// Appends the pieces of the best split of `word` to `out`.
    pub(super) fn split(&self, word: &str, scratch: &mut Scratch, out: &mut impl Sink) {
        let best = &mut scratch.0;
        best.clear();
        best.resize(word.len() + 1, Best { score: 0.0, length: 0, rank: NONE });
        self.fill(word.as_bytes(), best);
        self.trace(word.as_bytes(), best, out);
    }

    /// Finds the best split that ends at each byte of `word`.
    fn fill(&self, word: &[u8], best: &mut [Best]) {
        let mut start = 0;
        while start < word.len() {
            let (rest, so_far) = (&word[start..], best[start].score);
            let character = utf8_length(rest[0]);
            let mut single = false;
            self.trie.prefixes(rest, |length, rank| {
                let score = self.scores[rank as usize] + so_far;
                offer(&mut best[start + length], score, length, rank);
                single |= length == character;
            });
            if !single {
                offer(&mut best[start + character], self.unknown_score + so_far, character, NONE);
            }
            start += character;
        }
    }

    /// Appends the pieces that lead to the end of `word`.
    fn trace(&self, word: &[u8], best: &[Best], out: &mut impl Sink) {
        let before = out.len();
        let (mut end, mut fused) = (word.len(), 0..0);
        while end > 0 {
            let Best { length, rank, .. } = best[end];
            let start = end - length as usize;
            if rank == NONE || rank == self.unknown.1 {
                fused = start..if fused.is_empty() { end } else { fused.end };
            } else {
                if !fused.is_empty() {
                    out.push(self.id_of_unknown(&word[fused.clone()]), fused.len());
                    fused = 0..0;
                }
                out.push(self.ids[rank as usize], length as usize);
            }
            end = start;
        }
        if !fused.is_empty() {
            out.push(self.id_of_unknown(&word[fused.clone()]), fused.len());
        }
        out.reverse(before);
    }

    /// The id of neighbouring unknowns as one: together they may be a piece after all.
    fn id_of_unknown(&self, fused: &[u8]) -> u32 {
        self.trie.find(fused).map_or(self.unknown.0, |rank| self.ids[rank as usize])
    }
}

/// Keeps the better of a split known and one offered; the one known, where they are equal.
#[inline]
fn offer(best: &mut Best, score: f64, length: usize, rank: u32) {
    if best.length == 0 || score > best.score {
        *best = Best { score, length: length as u32, rank };
    }
}

/// The bytes of the character that starts with `lead`.
#[inline]
fn utf8_length(lead: u8) -> usize {
    match lead {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    }
}

/// The ids of the vocabulary in the order of their bytes; of equal pieces the last alone, as in the library's map.
fn sorted(vocab: &Vocab) -> Vec<u32> {
    // Nearly all comparisons are settled by sixteen bytes that lie in the array being sorted.
    let prefix = |piece: &[u8]| {
        let mut bytes = [0; 16];
        let n = piece.len().min(16);
        bytes[..n].copy_from_slice(&piece[..n]);
        u128::from_be_bytes(bytes)
    };
    let mut keys: Vec<(u128, u32)> = (0..vocab.len()).map(|id| (prefix(vocab.piece(id)), id as u32)).collect();
    keys.sort_unstable_by(|a, b| {
        let bytes = || vocab.piece(a.1 as usize).cmp(vocab.piece(b.1 as usize));
        a.0.cmp(&b.0).then_with(bytes).then(a.1.cmp(&b.1))
    });
    let mut order: Vec<u32> = Vec::with_capacity(keys.len());
    for (_, id) in keys {
        match order.last_mut() {
            Some(last) if vocab.piece(*last as usize) == vocab.piece(id as usize) => *last = id,
            _ => order.push(id),
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// The ids of `word` over a vocabulary whose entry 0 is the unknown piece.
    fn split(vocab: &str, word: &str) -> Vec<u32> {
        let pieces = Pieces::new(&serde_json::from_str(vocab).unwrap(), 0);
        let mut out = vec![7];
        pieces.split(word, &mut Scratch::default(), &mut out);
        assert_eq!(out.remove(0), 7, "what stood before stays");
        out
    }

    #[rstest]
    // The lowest score is -15, so an unknown character has -25.
    #[case(r#"[["?", 0], ["a", 9.5], ["ab", -15]]"#, "ab", &[2])]
    #[case(r#"[["?", 0], ["a", 10.5], ["ab", -15]]"#, "ab", &[1, 0])]
    // Of equal splits the one with the longest last piece.
    #[case(r#"[["?", 0], ["a", 1], ["b", 1], ["ab", 2]]"#, "ab", &[3])]
    #[case(r#"[["?", 0], ["a", 1], ["bc", 1], ["ab", 1], ["c", 1]]"#, "abc", &[1, 2])]
    // Unknowns become one, unless they are a piece together, and the unknown piece is one of them.
    #[case(r#"[["?", 0], ["a", 1]]"#, "xéaz", &[0, 1, 0])]
    #[case(r#"[["?", 0], ["a", 1], ["xy", -99]]"#, "xya", &[2, 1])]
    #[case(r#"[["?", 0], ["a", 1]]"#, "x?ya?", &[0, 1, 0])]
    #[case(r#"[["?", 20], ["a", 1], ["?x", -99]]"#, "?x", &[2])]
    // Of a piece that comes twice the last counts.
    #[case(r#"[["?", 0], ["a", 1], ["ab", 3], ["b", 1], ["ab", 1]]"#, "ab", &[1, 3])]
    #[case(r#"[["?", 0], ["a", 1]]"#, "", &[])]
    fn a_word_is_split_by_the_rules_of_the_library(#[case] vocab: &str, #[case] word: &str, #[case] want: &[u32]) {
        assert_eq!(split(vocab, word), want);
    }

    #[test]
    fn pieces_are_sorted_by_their_bytes_beyond_the_first_sixteen() {
        let long = "abcdefghijklmnop";
        let vocab = format!(r#"[["{long}b", 0], ["b", 0], ["{long}a", 0], ["", 0], ["{long}", 0], ["{long}a", 0]]"#);
        assert_eq!(sorted(&serde_json::from_str(&vocab).unwrap()), [3, 4, 5, 0, 1]);
    }
}
