//! The sentences that are timed: those of `benches/data`, and as many more as needed, recombined from them by seed.

use nuansa::text::segment;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A path below the repository.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A generator of numbers that look random (Steele, Lea & Flood 2014, "SplitMix64").
#[derive(Debug)]
pub struct Rng(pub u64);

impl Rng {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// About normally distributed: the sum of twelve uniform numbers, less six.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| (self.next() >> 40) as f32 / (1 << 24) as f32).sum::<f32>() - 6.0
    }

    /// `n` of them.
    pub fn normals(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.normal()).collect()
    }
}

/// Sentences of one language and file that follow each other in `benches/data`: Indonesian twice, English, Indonesian,
/// Russian, Spanish, French, Arabic.
const BLOCKS: [usize; 8] = [720, 720, 251, 149, 90, 60, 50, 40];

/// The 2,080 sentences of `benches/data`, all distinct.
pub fn sentences() -> Vec<String> {
    let read = |i| std::fs::read_to_string(here(&format!("benches/data/sentences-{i}.txt"))).unwrap();
    let all: Vec<String> = (1..=3).flat_map(|i| read(i).lines().map(String::from).collect::<Vec<_>>()).collect();
    assert_eq!(all.len(), BLOCKS.iter().sum::<usize>());
    assert_distinct(&all);
    all
}

fn assert_distinct(sentences: &[String]) {
    let distinct: BTreeSet<&str> = sentences.iter().map(String::as_str).collect();
    assert_eq!(distinct.len(), sentences.len(), "sentences repeat");
}

/// Sentences whose halves may be joined: a block, by number of words.
fn groups() -> Vec<Vec<String>> {
    let mut sentences = sentences().into_iter();
    let mut groups: Vec<Vec<String>> = BLOCKS.iter().map(|n| sentences.by_ref().take(*n).collect()).collect();
    for group in &mut groups {
        group.sort_by_key(|s| s.split_whitespace().count());
    }
    groups
}

/// `n` distinct sentences, the same for the same `n`: the first words of one sentence and the last words of another of
/// its language and about its length, cut at word boundaries near the middle. Lengths are distributed as in `benches/data`.
pub fn recombined(n: usize) -> Vec<String> {
    /// Places by which the lengths' ranks may differ
    const NEAR: usize = 12;
    let (groups, mut rng) = (groups(), Rng(n as u64));
    let places: Vec<(usize, usize)> =
        groups.iter().enumerate().flat_map(|(g, group)| (0..group.len()).map(move |i| (g, i))).collect();
    let (mut seen, mut out) = (BTreeSet::new(), Vec::with_capacity(n));
    while out.len() < n {
        let (g, i) = places[rng.below(places.len())];
        let j = (i + rng.below(2 * NEAR + 1)).saturating_sub(NEAR).min(groups[g].len() - 1);
        let (head, tail): (Vec<&str>, Vec<&str>) =
            (groups[g][i].split_whitespace().collect(), groups[g][j].split_whitespace().collect());
        if i == j || head.len() < 3 || tail.len() < 3 {
            continue;
        }
        // Between a third and two thirds.
        let at = head.len() / 3 + rng.below(head.len() / 3 + 1);
        let from = (tail.len() * at / head.len()).clamp(1, tail.len() - 1);
        let sentence = [&head[..at], &tail[from..]].concat().join(" ");
        if seen.insert(sentence.clone()) {
            out.push(sentence);
        }
    }
    assert_distinct(&out);
    out
}

/// `n` distinct sentences: those of `benches/data` in turn, each with its number in place of its last word.
pub fn numbered(n: usize) -> Vec<String> {
    let heads: Vec<String> =
        sentences().iter().map(|s| s.rsplit_once(' ').map_or(s.as_str(), |s| s.0).to_string()).collect();
    (0..n).map(|i| format!("{} {i}.", heads[i % heads.len()])).collect()
}

/// `count` of the items with the length distribution of all, in their order: the middles of equal shares by length.
pub fn spread<'a>(all: &[&'a [u32]], count: usize) -> (Vec<usize>, Vec<&'a [u32]>) {
    let mut ranked: Vec<usize> = (0..all.len()).collect();
    ranked.sort_by_key(|i| all[*i].len());
    let mut chosen: Vec<usize> = (0..count).map(|k| ranked[(2 * k + 1) * all.len() / (2 * count)]).collect();
    chosen.sort_unstable();
    let taken = chosen.iter().map(|i| all[*i]).collect();
    (chosen, taken)
}

/// Writes articles of twenty sentences, four a paragraph, as text files into `folder`; gives the sentences that segmenting
/// finds in them, which is the number of rows that scoring them must give.
pub fn write_articles(folder: &Path, sentences: &[String]) -> usize {
    std::fs::create_dir_all(folder).unwrap();
    let mut rows = 0;
    for (i, article) in sentences.chunks(20).enumerate() {
        let mut text = String::new();
        for paragraph in article.chunks(4) {
            writeln!(text, "{}\n", paragraph.join(" ")).unwrap();
        }
        rows += segment(&text, None).sentences.len();
        std::fs::write(folder.join(format!("{i:05}.txt")), text).unwrap();
    }
    rows
}
