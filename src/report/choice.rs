//! Which articles a page holds: all of them while there is room, else the most telling, by a rule that the page states.
//!
//! In turn the next of three lists is taken: the articles that lie furthest on the side of escalation, those furthest
//! on the side of de-escalation (both by mean stance times √n, so that one strong sentence does not outdo a long
//! article) and the newest. Near duplicates and articles without a scored sentence come last.

use super::digest::Listed;
use super::period::Place;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Bytes of articles on one page: some 7,000 sentences, more than anybody reads, and still quick to open.
pub(super) const PAGE_BYTES: usize = 5_000_000;
/// Articles in the list of a page.
pub(super) const LISTED: usize = 1_000;

/// The places of the articles whose text the page holds: at most `most`, and at most `bytes` of them.
pub(super) fn readable(articles: &[Listed], most: Option<usize>, bytes: usize) -> BTreeSet<usize> {
    let most = most.unwrap_or(usize::MAX);
    let (first, last): (Vec<&Listed>, Vec<&Listed>) =
        articles.iter().partition(|a| a.article.duplicate_of.is_none() && a.article.n_scored > 0);
    let by = |order: &dyn Fn(&Listed, &Listed) -> Ordering| {
        let mut sorted = first.clone();
        // Stable: among equals the first of the input
        sorted.sort_by(|a, b| order(a, b));
        sorted
    };
    let lists = [
        by(&|a, b| weight(b).total_cmp(&weight(a))),
        by(&|a, b| weight(a).total_cmp(&weight(b))),
        by(&|a, b| newest(b).cmp(&newest(a))),
    ];
    let in_turn = (0..first.len()).flat_map(|k| lists.iter().map(move |list| list[k]));
    let (mut chosen, mut used) = (BTreeSet::new(), 0);
    for listed in in_turn.chain(last) {
        if chosen.len() >= most {
            break;
        }
        // One that is too long leaves room for shorter ones
        if !chosen.contains(&listed.place) && used + listed.bytes <= bytes {
            used += listed.bytes;
            chosen.insert(listed.place);
        }
    }
    chosen
}

/// The places of the articles in the list, from the highest mean stance to the lowest, those without a mean last.
pub(super) fn listed(articles: &[Listed], readable: &BTreeSet<usize>, most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..articles.len()).collect();
    let mean = |place: &usize| articles[*place].article.means.stance_mean.unwrap_or(f64::NEG_INFINITY);
    places.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    if places.len() <= most {
        return places;
    }
    let scored = places.iter().filter(|place| mean(place).is_finite()).count();
    let ends = most.saturating_sub(readable.len()) / 2;
    let keep = |(k, place): (usize, &usize)| k < ends || (k < scored && k + ends >= scored) || readable.contains(place);
    places.iter().copied().enumerate().filter(|(k, p)| keep((*k, p))).map(|(_, place)| place).collect()
}

fn weight(listed: &Listed) -> f64 {
    listed.article.means.stance_mean.unwrap_or(0.0) * (listed.article.n_scored as f64).sqrt()
}

fn newest(listed: &Listed) -> Option<i64> {
    Place::parse(listed.article.date.as_deref()?.trim().get(..10)?).map(Place::number)
}

#[cfg(test)]
mod tests {
    use super::super::rows::{Article, ArticleStatus, Means};
    use super::*;

    fn articles(rows: &[(f64, u64, &str, bool)]) -> Vec<Listed> {
        let article = |(place, (mean, n, date, copy)): (usize, &(f64, u64, &str, bool))| Listed {
            place,
            bytes: 10,
            article: Article {
                article_id: place.to_string(),
                title: None,
                date: Some((*date).into()),
                source: None,
                lang: None,
                n_sentences: *n,
                n_scored: *n,
                means: Means { stance_mean: (*n > 0).then_some(*mean), ..Means::default() },
                duplicate_of: copy.then(|| "0".into()),
                status: ArticleStatus::Ok,
            },
        };
        rows.iter().enumerate().map(article).collect()
    }

    #[test]
    fn the_ends_and_the_newest_come_first_and_copies_last() {
        let all = articles(&[
            (0.9, 1, "2031-01-01", false),
            (0.5, 9, "2031-01-02", false),
            (0.95, 9, "2031-01-02", true),
            (-0.4, 4, "2031-01-03", false),
            (0.0, 5, "2031-02-01", false),
            (0.0, 0, "2031-03-01", false),
        ]);
        let of = |most, bytes| readable(&all, most, bytes).into_iter().collect::<Vec<_>>();
        assert_eq!(of(Some(1), 1000), [1]);
        assert_eq!(of(Some(3), 1000), [1, 3, 4]);
        assert_eq!(of(None, 45), [0, 1, 3, 4]);
        assert_eq!(of(None, 1000), [0, 1, 2, 3, 4, 5]);
        assert_eq!(listed(&all, &readable(&all, None, 1000), 100), [2, 0, 1, 4, 3, 5]);
        assert_eq!(listed(&all, &readable(&all, Some(1), 1000), 3), [2, 1, 3]);
    }
}
