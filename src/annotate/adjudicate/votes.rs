//! Votes on one head of one sentence.

use super::settle::{By, How};
use crate::annotate::rating::Mark;
use std::collections::BTreeMap;

/// What became of a head: settled and how, open, or nobody spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome<T> {
    Silent,
    Settled(T, How),
    Open,
}

/// Settles the votes of annotators by name.
pub(super) fn settle<T: Clone + Eq>(votes: &[(&str, T)], by: &By, majority: impl Fn(&[&T]) -> Option<T>) -> Outcome<T> {
    let said: Vec<&T> = votes.iter().map(|(_, vote)| vote).collect();
    let expert = match by {
        By::Expert(name) => votes.iter().find(|(annotator, _)| annotator == name).map(|(_, vote)| vote),
        By::Majority | By::List => None,
    };
    match (said.as_slice(), expert) {
        ([], _) => Outcome::Silent,
        ([only], _) => Outcome::Settled((*only).clone(), How::Single),
        ([first, rest @ ..], _) if rest.iter().all(|vote| vote == first) => {
            Outcome::Settled((*first).clone(), How::Unanimous)
        }
        (_, Some(vote)) => Outcome::Settled(vote.clone(), How::Expert),
        _ if *by == By::List => Outcome::Open,
        (all, None) => majority(all).map_or(Outcome::Open, |vote| Outcome::Settled(vote, How::Majority)),
    }
}

/// The label that more than half have given.
pub(super) fn label<T: Copy + Eq>(votes: &[&T]) -> Option<T> {
    let ahead = |vote: &&&T| votes.iter().filter(|other| **other == **vote).count() * 2 > votes.len();
    votes.iter().find(ahead).map(|vote| **vote)
}

/// The actors that more than half have marked, each in the role that more than half of those gave it; `None` where exactly
/// half marked one, or a role has no majority.
pub(super) fn marks(votes: &[&Vec<Mark>]) -> Option<Vec<Mark>> {
    let mut spans: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for mark in votes.iter().flat_map(|marks| marks.iter()) {
        spans.entry((mark.start, mark.end)).or_default().push(mark.role);
    }
    let mut out = Vec::new();
    for ((start, end), roles) in spans {
        match (roles.len() * 2).cmp(&votes.len()) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => {
                let role = label(&roles.iter().collect::<Vec<_>>())?;
                out.push(Mark { start, end, role });
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_majority(votes: &[(&str, char)]) -> Outcome<char> {
        settle(votes, &By::Majority, label)
    }

    #[test]
    fn more_than_half_is_a_majority_and_a_tie_stays_open() {
        assert_eq!(by_majority(&[]), Outcome::Silent);
        assert_eq!(by_majority(&[("a", 'x')]), Outcome::Settled('x', How::Single));
        assert_eq!(by_majority(&[("a", 'x'), ("b", 'x')]), Outcome::Settled('x', How::Unanimous));
        assert_eq!(by_majority(&[("a", 'x'), ("b", 'y')]), Outcome::Open);
        assert_eq!(by_majority(&[("a", 'x'), ("b", 'y'), ("c", 'y')]), Outcome::Settled('y', How::Majority));
        // the most frequent, but only half of all
        assert_eq!(by_majority(&[("a", 'x'), ("b", 'y'), ("c", 'y'), ("d", 'z')]), Outcome::Open);
    }

    #[test]
    fn an_expert_decides_where_they_have_spoken_and_the_others_where_not() {
        let expert = By::Expert("b".into());
        assert_eq!(settle(&[("a", 'x'), ("b", 'y'), ("c", 'x')], &expert, label), Outcome::Settled('y', How::Expert));
        assert_eq!(settle(&[("a", 'x'), ("c", 'x')], &expert, label), Outcome::Settled('x', How::Unanimous));
        assert_eq!(settle(&[("a", 'x'), ("c", 'y')], &expert, label), Outcome::Open);
        let votes = [("a", 'x'), ("b", 'x'), ("c", 'y')];
        assert_eq!(settle(&votes, &By::List, label), Outcome::Open);
    }

    #[test]
    fn actors_are_voted_on_one_by_one() {
        let mark = |start, role| Mark { start, end: start + 3, role };
        let all = [vec![mark(0, 1), mark(9, 2)], vec![mark(0, 1)], vec![mark(0, 2), mark(20, 3)]];
        let votes: Vec<&Vec<Mark>> = all.iter().collect();
        assert_eq!(marks(&votes), Some(vec![mark(0, 1)]));
        assert_eq!(marks(&votes[..2]), None, "one of two marked the second");
        let roles = [vec![mark(0, 1)], vec![mark(0, 2)]];
        assert_eq!(marks(&roles.iter().collect::<Vec<_>>()), None);
    }
}
