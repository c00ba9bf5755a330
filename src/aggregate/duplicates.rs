//! `Duplicates`: the first earlier article with nearly the same words.
//!
//! Two articles are near duplicates where the sets of their 5-word shingles overlap by a Jaccard index of at least 0.8
//! (Broder 1997, "On the resemblance and containment of documents"). The test is exact up to collisions of 64-bit
//! hashes: candidates come from a prefix index, which misses none (Bayardo, Ma & Srikant 2007, "Scaling up all pairs
//! similarity search"), and the overlap with each is then counted in full. Prefixes are a fortieth of the set longer than
//! they must be, and candidates have to share as many more members there (Wang, Li & Feng 2012, "Can we beat the prefix
//! filtering?"): articles that merely have a sentence in common, as all of a templated corpus have, need not be read. Words are runs of letters and digits
//! without regard to case, and each character of a script written without spaces; punctuation is no part of them. An
//! article of fewer than five words is one shingle of all its words; one without words is nobody's duplicate. Memory
//! grows by a byte for every fourth word read and 12 bytes an article; everything else, some 10 bytes a word, goes to
//! temporary files once it is much: of one article no more than [`SHINGLES`] are in memory.

use super::numbers::{Cursor, Numbers};
use super::postings::Postings;
use super::shingles::shingles;
use crate::error::{Error, Result, Stage};
use std::io::{self, Read, Seek, SeekFrom, Write};
use tempfile::SpooledTempFile;

/// Bytes of sets that are kept in memory before they go to a file.
const IN_MEMORY: usize = 1 << 20;
/// Bytes of a set that are written at a time.
const PIECE: usize = 1 << 15;
/// Shingles of one article that are held in memory: those of 250,000 words.
const SHINGLES: usize = 1 << 18;

/// The articles seen so far, as sets of shingles: those whose set no earlier article has.
#[derive(Debug)]
pub struct Duplicates {
    /// Where each article begins in the file: its set, distinct and rising, 8 bytes each, then its id
    starts: Vec<u64>,
    /// How many shingles each has
    lengths: Vec<u32>,
    /// The articles that have a shingle in the prefix of their set, by its low half
    postings: Postings,
    file: SpooledTempFile,
    /// Bytes in `file`
    end: u64,
    /// How many shingles of an article are held in memory
    most: usize,
}

impl Default for Duplicates {
    fn default() -> Self {
        let file = SpooledTempFile::new(IN_MEMORY);
        Self { starts: Vec::new(), lengths: Vec::new(), postings: Postings::default(), file, end: 0, most: SHINGLES }
    }
}

impl Duplicates {
    /// The id of the first article before this one that it nearly repeats, if any; `id` then counts as seen.
    /// `text` is the article's text. Articles must come in input order.
    ///
    /// # Errors
    /// Where the temporary files cannot be written or read, as when their disk is full.
    pub fn check(&mut self, id: &str, text: &str) -> Result<Option<String>> {
        let mut set = shingles(text, self.most).map_err(|e| lost(Stage::Write, &e))?;
        let n = set.len();
        if n == 0 {
            return Ok(None);
        }
        let prefix = prefix_len(n);
        let (first, equal) = self.find(&mut set, prefix).map_err(|e| lost(Stage::Read, &e))?;
        let found = first.map(|first| self.id(first)).transpose().map_err(|e| lost(Stage::Read, &e))?;
        // An equal set finds the same articles later on, so this one need not be kept
        if !equal {
            self.keep(id, &mut set, prefix).map_err(|e| lost(Stage::Write, &e))?;
        }
        Ok(found)
    }

    /// The first article whose set is alike, and whether one has the very set.
    fn find(&mut self, set: &mut Numbers, prefix: usize) -> io::Result<(Option<usize>, bool)> {
        let mut candidates = Vec::new();
        let postings = &mut self.postings;
        set.smallest(prefix, |shingle| postings.articles(shingle as u32, &mut candidates))?;
        candidates.sort_unstable();
        let (mut first, mut equal) = (None, false);
        for same in candidates.chunk_by(|a, b| a == b) {
            let article = same[0] as usize;
            let len = self.lengths.get(article).map_or(0, |len| *len as usize);
            if may_be_alike(set.len(), len)
                && same.len() >= shared(set.len().min(len))
                && let Some(both) = self.overlap(set, article)?
            {
                first = first.or(Some(article));
                equal |= both == len && both == set.len();
            }
        }
        Ok((first, equal))
    }

    fn keep(&mut self, id: &str, set: &mut Numbers, prefix: usize) -> io::Result<()> {
        let (Ok(article), Ok(len)) = (u32::try_from(self.starts.len()), u32::try_from(set.len())) else {
            return Ok(());
        };
        let Self { file, postings, .. } = self;
        file.seek(SeekFrom::Start(self.end))?;
        let mut bytes = Vec::new();
        set.smallest(set.len(), |shingle| {
            bytes.extend(shingle.to_le_bytes());
            if bytes.len() < PIECE {
                return Ok(());
            }
            let written = file.write_all(&bytes);
            bytes.clear();
            written
        })?;
        bytes.extend(id.as_bytes());
        file.write_all(&bytes)?;
        self.starts.push(self.end);
        self.lengths.push(len);
        self.end += 8 * u64::from(len) + id.len() as u64;
        set.smallest(prefix, |shingle| postings.add(shingle as u32, article))
    }

    /// How many members the set of an article shares with `set`, where they are alike.
    fn overlap(&mut self, set: &mut Numbers, article: usize) -> io::Result<Option<usize>> {
        let len = self.lengths[article] as usize;
        let (mut theirs, file) = (Cursor::new(self.starts[article], len), &mut self.file);
        let theirs = || theirs.next(file);
        match set {
            Numbers::Few(all) => {
                let mut ours = all.iter().copied();
                alike((all.len(), || Ok(ours.next())), (len, theirs))
            }
            Numbers::Many { file, len: n } => {
                let mut ours = Cursor::new(0, *n);
                alike((*n, || ours.next(file)), (len, theirs))
            }
        }
    }

    /// The id of an article.
    fn id(&mut self, article: usize) -> io::Result<String> {
        let start = self.starts[article] + 8 * u64::from(self.lengths[article]);
        let end = self.starts.get(article + 1).copied().unwrap_or(self.end);
        let mut bytes = vec![0; (end - start) as usize];
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}

/// The temporary files failed.
fn lost(stage: Stage, cause: &io::Error) -> Error {
    let hint = "make room in the folder for temporary files, or name another one in TMPDIR";
    Error::new(stage, format!("the temporary files by which near duplicates are found: {cause}")).hint(hint)
}

/// How many members of a set of `len` stand in its prefix, the first of them in an order that all sets have in common.
///
/// Sets that overlap by 0.8 share at least ⌈0.8 n⌉ members, n being the size of either, so that the first
/// n − ⌈0.8 n⌉ + k members of both have k in common.
pub fn prefix_len(len: usize) -> usize {
    len - (4 * len).div_ceil(5) + shared(len)
}

/// How many members of the prefixes of two sets that are alike meet at least, by the size of the smaller one.
fn shared(len: usize) -> usize {
    1 + len / 40
}

/// Whether sets of these sizes can have a Jaccard index of 0.8: the smaller has four fifths of the larger at least.
fn may_be_alike(a: usize, b: usize) -> bool {
    5 * a.min(b) >= 4 * a.max(b)
}

/// How many members two sets have in common, each given as its size and its members in rising order, where their Jaccard
/// index is at least 0.8, in whole numbers: 5 |a ∩ b| ≥ 4 |a ∪ b|, which is 9 |a ∩ b| ≥ 4 (|a| + |b|). Gives up as soon as
/// too few members are left.
fn alike(
    (mut a, mut next_a): (usize, impl FnMut() -> io::Result<Option<u64>>),
    (mut b, mut next_b): (usize, impl FnMut() -> io::Result<Option<u64>>),
) -> io::Result<Option<usize>> {
    let (needed, mut both) = ((4 * (a + b)).div_ceil(9), 0);
    let (mut x, mut y) = (next_a()?, next_b()?);
    while let (Some(p), Some(q)) = (x, y) {
        if both + a.min(b) < needed {
            return Ok(None);
        }
        if p <= q {
            (a, x) = (a - 1, next_a()?);
        }
        if q <= p {
            (b, y) = (b - 1, next_b()?);
        }
        both += usize::from(p == q);
    }
    Ok((both >= needed).then_some(both))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// `n` words, those in `changed` replaced by others.
    fn article(n: usize, changed: &[usize]) -> String {
        let word = |i: usize| if changed.contains(&i) { format!("lain{i}") } else { format!("kata{i}") };
        (0..n).map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_wire_copy_with_other_case_quotes_and_line_ends_is_found() {
        let mut seen = Duplicates::default();
        let text = "“Kami siap berunding,” kata Menteri Veldar di Orsk pada Senin malam waktu setempat.";
        assert_eq!(seen.check("a", text).unwrap(), None);
        let copy = "\"KAMI siap berunding\", kata Menteri Veldar\r\n\r\ndi Orsk, pada Senin malam waktu setempat!";
        assert_eq!(seen.check("b", copy).unwrap(), Some("a".into()));
        assert_eq!(
            seen.check("c", "Hujan turun di Orsk pada Senin malam waktu setempat dan jalan tetap sepi.").unwrap(),
            None
        );
    }

    #[test]
    fn the_threshold_is_met_at_exactly_four_fifths() {
        // 94 words have 90 shingles; changing the first two words changes 2, the first ten change 10: 80 / 100 = 0.8
        let mut seen = Duplicates::default();
        assert_eq!(seen.check("a", &article(94, &[])).unwrap(), None);
        assert_eq!(seen.check("b", &article(94, &(0..10).collect::<Vec<_>>())).unwrap(), Some("a".into()));
        let mut seen = Duplicates::default();
        assert_eq!(seen.check("a", &article(94, &[])).unwrap(), None);
        assert_eq!(seen.check("b", &article(94, &(0..11).collect::<Vec<_>>())).unwrap(), None);
    }

    #[test]
    fn the_first_article_in_input_order_is_named_also_where_a_later_one_is_closer() {
        let mut seen = Duplicates::default();
        assert_eq!(seen.check("a", &article(100, &[])).unwrap(), None);
        let near: Vec<usize> = (0..7).collect();
        assert_eq!(seen.check("b", &article(100, &near)).unwrap(), Some("a".into()));
        assert_eq!(seen.check("c", &article(100, &near)).unwrap(), Some("a".into()));
        // Like b and not like a: b is the first it repeats
        let far: Vec<usize> = (0..11).collect();
        assert_eq!(seen.check("d", &article(100, &far)).unwrap(), Some("b".into()));
    }

    #[test]
    fn short_articles_are_compared_whole_and_empty_ones_not_at_all() {
        let mut seen = Duplicates::default();
        let check = |seen: &mut Duplicates, id, text| seen.check(id, text).unwrap();
        assert_eq!(check(&mut seen, "a", ""), None);
        assert_eq!(check(&mut seen, "b", " … "), None);
        assert_eq!(check(&mut seen, "c", "Veldar menolak."), None);
        assert_eq!(check(&mut seen, "d", "VELDAR menolak"), Some("c".into()));
        assert_eq!(check(&mut seen, "e", "menolak Veldar"), None);
        assert_eq!(check(&mut seen, "f", ""), None);
    }

    #[test]
    fn chinese_text_is_compared_by_character() {
        let mut seen = Duplicates::default();
        let text = "维尔达外长周一晚间在奥斯克表示愿意恢复谈判并要求对方撤出边境地区的部队和装备";
        assert_eq!(seen.check("a", text).unwrap(), None);
        assert_eq!(seen.check("b", &format!("{text}。")).unwrap(), Some("a".into()));
        assert_eq!(seen.check("c", &text.replace('备', "備")).unwrap(), Some("a".into()));
    }

    proptest! {
        #[test]
        fn what_is_found_equals_comparing_with_every_earlier_article(
            changes in prop::collection::vec((20_usize..200, prop::collection::vec(0_usize..200, 0..7)), 1..14),
            most in prop_oneof![Just(SHINGLES), 2_usize..90],
        ) {
            let texts: Vec<String> = changes.iter().map(|(n, changed)| article(*n, changed)).collect();
            let sets: Vec<BTreeSet<Vec<&str>>> = texts
                .iter()
                .map(|t| t.split(' ').collect::<Vec<_>>().windows(5).map(<[&str]>::to_vec).collect())
                .collect();
            // Sets and postings go to files at once, and so do shingles of long articles
            let (file, postings) = (SpooledTempFile::new(1), Postings::with(9));
            let mut seen = Duplicates { postings, file, most, ..Duplicates::default() };
            for (i, text) in texts.iter().enumerate() {
                let both = |j: usize| sets[i].intersection(&sets[j]).count();
                let expected = (0..i).find(|j| 5 * both(*j) >= 4 * (sets[i].len() + sets[*j].len() - both(*j)));
                prop_assert_eq!(seen.check(&i.to_string(), text).unwrap(), expected.map(|j| j.to_string()));
            }
        }
    }
}
