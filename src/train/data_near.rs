//! Texts of one split that are nearly a text of another.
//!
//! Two texts are near the same where the Jaccard index |a ∩ b| / |a ∪ b| of their word sets is at least a threshold t. The
//! join is exact. Of two such sets each shares at least ⌈t · |set|⌉ words with the other, so that their |set| − ⌈t · |set|⌉ + 1
//! rarest words meet: only rows that share one of those are compared (prefix filtering: Chaudhuri, Ganti and Kaushik 2006,
//! "A primitive operator for similarity joins in data cleaning"), and of them only those of a size that can reach t.
//!
//! Words are runs of letters and digits in lower case and NFKC; scripts written without spaces give pairs of characters.
//! A text of fewer than five different words has the text itself as its one word, and is near only to its equal.

use crate::text::{is_unspaced, one_line, words};
use crate::train::data::Example;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Different words below which a text is compared whole.
const FEW: usize = 5;
/// Characters of a text that a leak shows.
const HEAD: usize = 80;

/// A text and the text of another split that it is nearest to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearLeak {
    /// The ids of both rows
    pub ids: [String; 2],
    /// Their splits
    pub splits: [String; 2],
    /// How their texts begin
    pub texts: [String; 2],
    /// Jaccard index of their word sets
    pub similarity: f64,
}

impl fmt::Display for NearLeak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([a, b], [of_a, of_b], [text_a, text_b]) = (&self.ids, &self.splits, &self.texts);
        write!(
            f,
            "the rows {a} ({of_a}) and {b} ({of_b}) are nearly the same ({:.2}): \"{text_a}\" and \"{text_b}\"",
            self.similarity
        )
    }
}

/// Rows as sets of words.
#[derive(Debug)]
pub struct Sets {
    /// The words of each row, rarest first: numbers in the order of how many rows have the word
    rows: Vec<Vec<u32>>,
    /// Words there are
    words: usize,
    /// What must be equal for two rows to be compared: the target, where it is part of the input
    keys: Vec<u32>,
    threshold: f64,
}

impl Sets {
    /// The sets of `examples`, near from `threshold` (in (0, 1]) on; with `pairs` only for equal targets.
    pub fn new(examples: &[Example], threshold: f64, pairs: bool) -> Self {
        let (mut numbers, mut counts) = (HashMap::new(), Vec::new());
        let mut sets: Vec<Vec<u32>> = Vec::with_capacity(examples.len());
        for example in examples {
            let mut set: Vec<u32> = units(&example.text)
                .into_iter()
                .map(|word| {
                    *numbers.entry(word).or_insert_with(|| {
                        counts.push(0_u32);
                        counts.len() as u32 - 1
                    })
                })
                .collect();
            set.sort_unstable();
            set.dedup();
            for word in &set {
                counts[*word as usize] += 1;
            }
            sets.push(set);
        }
        let mut order: Vec<u32> = (0..counts.len() as u32).collect();
        order.sort_by_key(|word| (counts[*word as usize], *word));
        let mut ranks = vec![0; order.len()];
        for (rank, word) in order.iter().enumerate() {
            ranks[*word as usize] = rank as u32;
        }
        for set in &mut sets {
            for word in set.iter_mut() {
                *word = ranks[*word as usize];
            }
            set.sort_unstable();
        }
        let mut targets = BTreeMap::new();
        let keys = examples.iter().map(|e| {
            let next = targets.len() as u32;
            *targets.entry(e.target.as_deref().filter(|_| pairs)).or_insert(next)
        });
        Self { keys: keys.collect(), rows: sets, words: order.len(), threshold }
    }

    /// An index of some of the rows, by place.
    pub fn index(&self, rows: impl Iterator<Item = usize>) -> Index<'_> {
        let mut index =
            Index { sets: self, postings: vec![Vec::new(); self.words], met: vec![0; self.rows.len()], turn: 0 };
        for row in rows {
            for word in self.prefix(row) {
                index.postings[*word as usize].push(row as u32);
            }
        }
        index
    }

    /// The fewest words that the set of a row shares with a near one.
    fn shared(&self, row: usize) -> usize {
        // less a trifle, for the product is rounded: one word too few costs a comparison, one too many a pair
        (self.threshold * self.rows[row].len() as f64 - 1e-9).ceil().max(1.0) as usize
    }

    fn prefix(&self, row: usize) -> &[u32] {
        let set = &self.rows[row];
        if set.is_empty() { set } else { &set[..=set.len() - self.shared(row)] }
    }

    /// The Jaccard index of two rows where it reaches the threshold.
    fn near(&self, a: usize, b: usize) -> Option<f64> {
        let (x, y) = (&self.rows[a], &self.rows[b]);
        let needed = self.shared(if x.len() > y.len() { a } else { b });
        if self.keys[a] != self.keys[b] || x.len().min(y.len()) < needed {
            return None;
        }
        let (mut i, mut j, mut both) = (0, 0, 0);
        while let (Some(v), Some(w)) = (x.get(i), y.get(j)) {
            if both + (x.len() - i).min(y.len() - j) < needed {
                return None;
            }
            i += usize::from(v <= w);
            j += usize::from(w <= v);
            both += usize::from(v == w);
        }
        let similarity = both as f64 / (x.len() + y.len() - both) as f64;
        (similarity >= self.threshold).then_some(similarity)
    }
}

/// Rows by their rarest words.
#[derive(Debug)]
pub struct Index<'a> {
    sets: &'a Sets,
    postings: Vec<Vec<u32>>,
    /// The turn in which a row was last compared
    met: Vec<u32>,
    turn: u32,
}

impl Index<'_> {
    /// Every other row of the index that `row` is near to, with their similarity, in no particular order.
    pub fn near(&mut self, row: usize, mut visit: impl FnMut(usize, f64)) {
        self.turn += 1;
        let sets = self.sets;
        for word in sets.prefix(row) {
            for &other in &self.postings[*word as usize] {
                let other = other as usize;
                if other == row || std::mem::replace(&mut self.met[other], self.turn) == self.turn {
                    continue;
                }
                if let Some(similarity) = sets.near(row, other) {
                    visit(other, similarity);
                }
            }
        }
    }
}

/// For each row, the nearest text of each split before its own (`train` first, then by name), where one reaches
/// `threshold`. Rows of one group, which leak as a group, and texts that are equal, which leak as a text, are left out.
/// A threshold of 0 finds nothing.
pub fn near_leaks(examples: &[Example], threshold: f64, pairs: bool) -> Vec<NearLeak> {
    let mut splits: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
    for (i, example) in examples.iter().enumerate() {
        if let Some(split) = &example.split {
            splits.entry((split != "train", split)).or_default().push(i);
        }
    }
    if threshold <= 0.0 || splits.len() < 2 {
        return Vec::new();
    }
    let sets = Sets::new(examples, threshold, pairs);
    let splits: Vec<Vec<usize>> = splits.into_values().collect();
    let mut found = Vec::new();
    for (k, split) in splits.iter().enumerate() {
        let mut index = sets.index(split.iter().copied());
        for &row in splits[k + 1..].iter().flatten() {
            let mut best: Option<(f64, usize)> = None;
            index.near(row, |other, similarity| {
                let better = best.is_none_or(|(s, o)| similarity.total_cmp(&s).then(o.cmp(&other)).is_gt());
                if better && !told_elsewhere(&examples[row], &examples[other]) {
                    best = Some((similarity, other));
                }
            });
            found.extend(best.map(|(similarity, other)| (row, other, similarity)));
        }
    }
    found.sort_by_key(|(row, other, _)| (*row, *other));
    let leak = |(row, other, similarity): (usize, usize, f64)| {
        let both = [&examples[row], &examples[other]];
        NearLeak {
            ids: both.map(|e| e.id.clone()),
            splits: both.map(|e| e.split.clone().unwrap_or_default()),
            texts: both.map(|e| one_line(&e.text).chars().take(HEAD).collect()),
            similarity,
        }
    };
    found.into_iter().map(leak).collect()
}

fn told_elsewhere(a: &Example, b: &Example) -> bool {
    (a.group.is_some() && a.group == b.group) || one_line(&a.text) == one_line(&b.text)
}

/// The words of a text by which it is compared; the text itself where they are few.
fn units(text: &str) -> Vec<String> {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(text).to_lowercase();
    let mut units = Vec::new();
    for word in words(&text) {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let unspaced = is_unspaced(first);
            let end = rest.find(|c| is_unspaced(c) != unspaced).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            let chars: Vec<char> = if unspaced { run.chars().collect() } else { Vec::new() };
            if chars.len() > 1 {
                units.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
            } else {
                units.push(run.to_owned());
            }
            rest = behind;
        }
    }
    let mut different: Vec<&String> = units.iter().collect();
    different.sort_unstable();
    different.dedup();
    if (1..FEW).contains(&different.len()) { vec![units.join(" ")] } else { units }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn row(id: usize, text: &str, split: &str) -> Example {
        Example { id: id.to_string(), text: text.into(), split: Some(split.into()), ..Example::default() }
    }

    fn pairs(rows: &[Example], threshold: f64) -> Vec<(String, String)> {
        near_leaks(rows, threshold, false).into_iter().map(|l| l.ids.into()).collect()
    }

    #[test]
    fn case_marks_and_width_do_not_make_texts_different() {
        let rows = [
            row(0, "Armada Arunika meninggalkan Selat Bantara pada Ｓenin.", "train"),
            row(1, "ARMADA Arunika meninggalkan selat Bantara pada Senin", "test"),
            row(2, "Armada Arunika memasuki Teluk Veldar pada Senin malam.", "test"),
        ];
        let leaks = near_leaks(&rows, 0.85, false);
        assert_eq!(leaks.len(), 1);
        assert_eq!((leaks[0].ids.clone(), leaks[0].similarity), (["1".into(), "0".into()], 1.0));
        assert!(leaks[0].to_string().contains("the rows 1 (test) and 0 (train) are nearly the same (1.00)"));
        assert!(pairs(&rows, 0.0).is_empty());
    }

    #[test]
    fn groups_equal_texts_and_other_targets_are_no_near_leaks() {
        let mut rows = [
            row(0, "Arunika dan Bantara menandatangani perjanjian damai.", "train"),
            row(1, "Arunika dan  Bantara menandatangani perjanjian damai.", "dev"),
            row(2, "arunika dan bantara menandatangani perjanjian damai", "dev"),
        ];
        assert_eq!(pairs(&rows, 0.85), [("2".into(), "0".into())]);
        (rows[0].target, rows[2].target) = (Some("Arunika".into()), Some("Bantara".into()));
        assert!(near_leaks(&rows, 0.85, true).is_empty());
        (rows[0].group, rows[2].group) = (Some("g".into()), Some("g".into()));
        assert!(pairs(&rows, 0.85).is_empty());
    }

    #[test]
    fn short_texts_are_near_only_to_their_equals() {
        let rows = [
            row(0, "Veldar menyerang Orsk.", "train"),
            row(1, "Orsk menyerang Veldar.", "test"),
            row(2, "veldar menyerang orsk", "test"),
            row(3, "?", "train"),
            row(4, "!", "test"),
        ];
        assert_eq!(pairs(&rows, 0.5), [("2".into(), "0".into())]);
    }

    #[test]
    fn chinese_is_compared_by_pairs_of_characters() {
        assert_eq!(units("2020年维尔达退出谈判"), ["2020", "年维", "维尔", "尔达", "达退", "退出", "出谈", "谈判"]);
        let rows = [
            row(0, "维尔达外长周一晚间在奥斯克表示愿意恢复谈判。", "train"),
            row(1, "维尔达外长周一晚间在奥斯克表示愿意恢复谈判！", "test"),
            row(2, "谈判恢复愿意表示奥斯克在晚间周一外长维尔达。", "test"),
        ];
        assert_eq!(pairs(&rows, 0.85), [("1".into(), "0".into())]);
    }

    #[test]
    fn a_row_is_told_with_its_nearest_of_each_split() {
        let rows = [
            row(0, "satu dua tiga empat lima enam tujuh delapan", "train"),
            row(1, "satu dua tiga empat lima enam tujuh sembilan", "train"),
            row(2, "satu dua tiga empat lima enam tujuh delapan sembilan", "dev"),
            row(3, "satu dua tiga empat lima enam tujuh sembilan!", "test"),
        ];
        let want = [("2", "0"), ("3", "1"), ("3", "2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pairs(&rows, 0.6), want);
    }

    proptest! {
        #[test]
        fn what_is_found_equals_comparing_every_pair(
            texts in prop::collection::vec((prop::collection::vec(0_usize..14, 0..12), 0_usize..3), 1..40),
            threshold in prop::sample::select(vec![0.5, 0.6, 0.75, 0.8, 0.85, 1.0]),
        ) {
            let word = |i: &usize| format!("kata{i}");
            let rows: Vec<Example> = texts
                .iter()
                .enumerate()
                .map(|(i, (words, split))| {
                    let text = words.iter().map(word).collect::<Vec<_>>().join(" ");
                    row(i, &text, ["train", "dev", "test"][*split])
                })
                .collect();
            let sets: Vec<BTreeSet<String>> = rows.iter().map(|r| units(&r.text).into_iter().collect()).collect();
            let jaccard = |a: usize, b: usize| {
                let both = sets[a].intersection(&sets[b]).count();
                both as f64 / (sets[a].len() + sets[b].len() - both).max(1) as f64
            };
            let mut want = Vec::new();
            for a in 0..rows.len() {
                for split in ["train", "dev", "test"] {
                    let before = |s: &str| ["train", "dev", "test"].iter().position(|t| *t == s);
                    if before(split) >= before(rows[a].split.as_deref().unwrap()) {
                        continue;
                    }
                    let of_split = (0..rows.len()).filter(|b| rows[*b].split.as_deref() == Some(split));
                    let near = of_split.filter(|b| rows[a].text != rows[*b].text && jaccard(a, *b) >= threshold);
                    // the first of the nearest
                    let best = near.reduce(|x, y| if jaccard(a, y) > jaccard(a, x) { y } else { x });
                    want.extend(best.map(|b| (a, b)));
                }
            }
            want.sort_unstable();
            let found: Vec<(usize, usize)> = pairs(&rows, threshold)
                .iter()
                .map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap()))
                .collect();
            prop_assert_eq!(found, want);
        }
    }
}
