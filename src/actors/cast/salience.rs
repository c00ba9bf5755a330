//! `Trace`: who was named where, and whom a pronoun can mean: the last salient one of fitting kind and gender.
//!
//! Salient is, in the pronoun's own sentence, the nearest source or agent before it; in the sentence before, the source,
//! then the agent, then anybody; then the sentences before that, the headline last of all. Nothing is looked for across a
//! headline, nor farther than [`DEPTH`] sentences back.

use super::casting::Ref;
use super::lexicon::{Class, Gender};
use super::member::Members;
use crate::aggregate::Role;

/// How many sentences back a pronoun may reach.
const DEPTH: usize = 4;
/// The most mentions of a sentence that are looked at, so that a pathological text costs no more than its length.
const LOOK: usize = 48;
/// The mentions that tell the two parties of an article.
const RECENT: usize = 64;

/// A mention that was tied to members.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) byte: usize,
    pub(super) whom: Vec<usize>,
    pub(super) role: Role,
    /// Joined to the mention before it by a comma or "and"
    pub(super) joined: bool,
}

/// What a pronoun asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Want<'a> {
    pub(super) class: Class,
    pub(super) gender: Option<Gender>,
    pub(super) many: bool,
    /// Members it cannot mean
    pub(super) not: &'a [usize],
}

impl Want<'_> {
    fn fits(&self, members: &Members<'_>, whom: &[usize]) -> bool {
        whom.iter().all(|m| {
            let known = &members.known[*m];
            let class = fits_class(members, *m, self.class);
            let gender = self.gender.is_none_or(|g| known.gender.is_none_or(|k| k == g));
            class && gender && !self.not.contains(m)
        }) && !whom.is_empty()
    }
}

/// Whether a member is of a class.
pub(super) fn fits_class(members: &Members<'_>, member: usize, class: Class) -> bool {
    let known = &members.known[member];
    match class {
        Class::Person => known.is_person(),
        Class::State => known.is_state(),
        Class::Organisation => !known.is_person() && (known.listed.is_none() || !known.is_state()),
        Class::Group => !known.is_person(),
        Class::Any => true,
    }
}

/// Who was named, sentence by sentence: one entry per candidate, empty where it names nobody.
#[derive(Debug, Default)]
pub(super) struct Trace {
    sentences: Vec<Vec<Seen>>,
    /// Sentences that nothing is looked for across
    walls: Vec<bool>,
    /// Sentences that are passed over: page furniture
    skipped: Vec<bool>,
    /// The last members named, with their sentence
    recent: Vec<(usize, usize)>,
    /// How much each of them counts as a party: 3 for an act or words of its own, 2 for a target, 1 for a bare mention
    weights: Vec<usize>,
}

impl Trace {
    /// For sentences with so many candidates each.
    pub(super) fn new(candidates: impl Iterator<Item = usize>) -> Self {
        let none = Seen { byte: 0, whom: Vec::new(), role: Role::Mention, joined: false };
        let sentences: Vec<Vec<Seen>> = candidates.map(|n| vec![none.clone(); n]).collect();
        let count = sentences.len();
        Self {
            sentences,
            walls: vec![false; count],
            skipped: vec![false; count],
            recent: Vec::new(),
            weights: Vec::new(),
        }
    }

    pub(super) fn wall(&mut self, sentence: usize) {
        self.walls[sentence] = true;
    }

    pub(super) fn skip(&mut self, sentence: usize) {
        self.skipped[sentence] = true;
    }

    /// Takes note of where candidate `c` of a sentence stands, and of whom it names, as far as that is known.
    pub(super) fn place(&mut self, sentence: usize, c: usize, seen: Seen) {
        self.sentences[sentence][c] = seen;
    }

    /// Takes note that members were named, in reading order.
    pub(super) fn name(&mut self, sentence: usize, role: Role, whom: &[usize]) {
        let weight = match role {
            Role::Source | Role::Agent => 3,
            Role::Target => 2,
            Role::Mention => 1,
        };
        self.weights.extend(whom.iter().map(|_| weight));
        self.recent.extend(whom.iter().map(|m| (*m, sentence)));
    }

    /// Whom a pronoun at `byte` of `sentence` means.
    pub(super) fn last(&self, members: &Members<'_>, sentence: usize, byte: usize, want: Want<'_>) -> Ref {
        let mut left = DEPTH;
        for at in (0..=sentence).rev() {
            if at < sentence && self.walls[at] {
                // Whom the headline names is whom the first sentences speak of, where they name nobody that fits.
                return self.pick(members, at, usize::MAX, false, want).unwrap_or(Ref::Nobody);
            }
            if self.skipped[at] && at < sentence {
                continue;
            }
            let own = at == sentence;
            let limit = if own { byte } else { usize::MAX };
            if let Some(found) = self.pick(members, at, limit, own, want) {
                return found;
            }
            if left == 0 || self.walls[at] {
                break;
            }
            left -= 1;
        }
        Ref::Nobody
    }

    /// The most salient mention of one sentence.
    fn pick(&self, members: &Members<'_>, at: usize, limit: usize, own: bool, want: Want<'_>) -> Option<Ref> {
        let all = &self.sentences[at];
        let end = all.partition_point(|s| s.byte < limit);
        let fitting: Vec<usize> =
            (end.saturating_sub(LOOK)..end).filter(|i| want.fits(members, &all[*i].whom)).collect();
        if want.many {
            return self.many(members, at, &fitting, own);
        }
        let single: Vec<usize> = fitting.into_iter().filter(|i| all[*i].whom.len() == 1).collect();
        let rank = |i: &usize| match (all[*i].role, own) {
            (Role::Source, false) => 3,
            // "it", "its": the nearest state or organisation of the sentence, whatever its role.
            _ if own && want.class == Class::Group => 2,
            (Role::Source | Role::Agent, _) => 2,
            (Role::Target, false) => 1,
            _ => 0,
        };
        let best = single.iter().map(rank).max()?;
        let top: Vec<usize> = single.into_iter().filter(|i| rank(i) == best).collect();
        let chosen = if own || best != 2 { *top.last()? } else { *top.first()? };
        // "A dan B menolak. Ia …": one of two.
        let twin = |i: usize| all[i].joined && i > 0 && top.contains(&(i - 1)) && all[i - 1].whom != all[i].whom;
        if twin(chosen) || (chosen + 1 < all.len() && top.contains(&(chosen + 1)) && twin(chosen + 1)) {
            return Some(Ref::Ambiguous);
        }
        Some(Ref::Members(all[chosen].whom.clone()))
    }

    /// The most salient several: a pair, two that are joined, or a state or organisation.
    fn many(&self, members: &Members<'_>, at: usize, fitting: &[usize], own: bool) -> Option<Ref> {
        let all = &self.sentences[at];
        if let Some(pair) = fitting.iter().rev().find(|i| all[**i].whom.len() > 1) {
            return Some(Ref::Members(all[*pair].whom.clone()));
        }
        for i in fitting.iter().rev().filter(|i| all[**i].joined && **i > 0 && fitting.contains(&(**i - 1))) {
            let pair: Vec<usize> = [&all[i - 1], &all[*i]].iter().flat_map(|s| s.whom.iter().copied()).collect();
            if pair.len() == 2 && pair[0] != pair[1] {
                return Some(Ref::Members(pair));
            }
        }
        let groups: Vec<usize> =
            fitting.iter().copied().filter(|i| !members.known[all[*i].whom[0]].is_person()).collect();
        let subject = |i: &&usize| matches!(all[**i].role, Role::Source | Role::Agent);
        let chosen = groups.iter().rev().find(subject).or(if own { groups.last() } else { groups.first() })?;
        Some(Ref::Members(all[*chosen].whom.clone()))
    }

    /// The two parties of class `class`: the two that were named last, or those that weigh most of late.
    ///
    /// `None` where fewer than two were named; an empty answer where a third weighs as much as the second.
    pub(super) fn pair(&self, members: &Members<'_>, class: Class, not: &[usize]) -> Option<Vec<usize>> {
        let from = self.recent.len().saturating_sub(RECENT);
        let recent = &self.recent[from..];
        let fits = |m: usize| fits_class(members, m, class) && !not.contains(&m);
        let mut weights: Vec<(usize, usize)> = Vec::new();
        for (at, (member, _)) in recent.iter().enumerate().filter(|(_, (m, _))| fits(*m)) {
            let weight = self.weights[from + at];
            match weights.iter_mut().find(|(m, _)| m == member) {
                Some((_, n)) => *n += weight,
                None => weights.push((*member, weight)),
            }
        }
        weights.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        match weights.as_slice() {
            [] | [_] => None,
            [(a, _), (b, _)] => Some(vec![*a.min(b), *a.max(b)]),
            [(a, _), (b, second), (_, third), ..] if second > third => Some(vec![*a.min(b), *a.max(b)]),
            _ => Some(Vec::new()),
        }
    }

    /// The state or organisation named most often of late: the other side of who speaks.
    pub(super) fn commonest(&self, members: &Members<'_>, want: Want<'_>) -> Ref {
        let recent = &self.recent[self.recent.len().saturating_sub(RECENT)..];
        let mut counts: Vec<(usize, usize)> = Vec::new();
        for (member, _) in recent.iter().filter(|(m, _)| want.fits(members, &[*m])) {
            match counts.iter_mut().find(|(m, _)| m == member) {
                Some((_, n)) => *n += 1,
                None => counts.push((*member, 1)),
            }
        }
        counts.iter().max_by_key(|(_, n)| *n).map_or(Ref::Nobody, |(m, _)| Ref::Members(vec![*m]))
    }

    /// The state or organisation that was the last source or agent before `byte` of `sentence`.
    pub(super) fn last_acting(&self, members: &Members<'_>, sentence: usize, byte: usize) -> Option<usize> {
        for at in (sentence.saturating_sub(DEPTH)..=sentence).rev() {
            let end = if at == sentence {
                self.sentences[at].partition_point(|s| s.byte < byte)
            } else {
                self.sentences[at].len()
            };
            let seen = &self.sentences[at][end.saturating_sub(LOOK)..end];
            let acts = |s: &&Seen| matches!(s.role, Role::Source | Role::Agent) && s.whom.len() == 1;
            let found = seen.iter().rev().filter(acts).map(|s| s.whom[0]).find(|m| !members.known[*m].is_person());
            if found.is_some() {
                return found;
            }
            if at < sentence && self.walls[at] {
                break;
            }
        }
        None
    }

    /// Of several members, the one named last, if the others were not named in the same two sentences.
    pub(super) fn latest(&self, sentence: usize, whom: &[usize]) -> Option<usize> {
        let near = |at: &&(usize, usize)| at.1 + 1 >= sentence && whom.contains(&at.0);
        let recent = &self.recent[self.recent.len().saturating_sub(RECENT)..];
        let last = recent.iter().rev().find(near)?.0;
        recent.iter().filter(near).all(|(m, _)| *m == last).then_some(last)
    }

    /// The members named of late, each once.
    pub(super) fn recent_members(&self) -> Vec<usize> {
        let mut members: Vec<usize> =
            self.recent[self.recent.len().saturating_sub(RECENT)..].iter().map(|(m, _)| *m).collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// The member of `whom` that was named last.
    pub(super) fn newest(&self, whom: &[usize]) -> Option<usize> {
        let recent = &self.recent[self.recent.len().saturating_sub(RECENT)..];
        recent.iter().rev().find(|(m, _)| whom.contains(m)).map(|(m, _)| *m)
    }
}
