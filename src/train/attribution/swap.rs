//! `Swap`: a sentence and the same sentence with its agent and its target exchanged.
//!
//! A model that reads who does what to whom changes the roles of the two names with their places, and since the act is the
//! same it leaves stance and tone as they are. Only sentences are taken in which both names stay good words: exactly two
//! names, one the agent and one the target, both or neither of the list and of one kind, written as words of their own without possessive or,
//! in Russian, case ending, and no adjectives.

use super::count::Count;
use super::gold::{Article, Mention, Row};
use super::identity::{Identities, form_of};
use super::tally::Tally;
use crate::actors::cast::{Form, NameWords};
use crate::actors::{Matcher, Tagged, Via};
use crate::aggregate::Role;
use crate::model::labels::{Label, Stance, Tone};
use crate::text::is_unspaced;
use std::ops::Range;

/// A sentence and its exchanged form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// The article, by its place
    pub article: usize,
    /// The sentence as it is, and with both names exchanged
    pub texts: [String; 2],
    /// In each, the bytes of the first and the second name
    pub places: [[Range<usize>; 2]; 2],
}

/// What a model says of one form.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What the token head found
    pub tagged: Vec<Tagged>,
    /// Probabilities of the stances
    pub stance: [f64; 3],
    /// Probabilities of the tones
    pub tone: [f64; 3],
}

impl Swap {
    /// All that the articles allow.
    pub fn all(articles: &[Article], matcher: &Matcher) -> Vec<Self> {
        let of = |(i, article): (usize, &Article)| {
            let identities = Identities::of(article, matcher);
            article.rows.iter().filter_map(|row| Self::of(i, row, &identities, matcher)).collect::<Vec<_>>()
        };
        articles.iter().enumerate().flat_map(of).collect()
    }

    fn of(article: usize, row: &Row, identities: &Identities, matcher: &Matcher) -> Option<Self> {
        let is_name = |m: &&Mention| form_of(&row.text, m.bytes.clone(), row.lang) == Form::Name;
        let names: Vec<&Mention> = row.mentions.iter().filter(is_name).collect();
        let [first, second] = names.as_slice() else { return None };
        let roles = (first.role, second.role);
        let acts = matches!(roles, (Role::Agent, Role::Target) | (Role::Target, Role::Agent));
        let (a, b) = (first.bytes.clone(), second.bytes.clone());
        let differ =
            row.text[a.clone()] != row.text[b.clone()] && (first.actors.is_empty() || first.actors != second.actors);
        // Neither "Russian" nor a person in the place of a state or an organisation.
        let found = [&a, &b].map(|bytes| matcher.find(&row.text[bytes.clone()], row.lang));
        let adjective = found.iter().flatten().any(|mention| mention.via == Via::Demonym);
        let kind = |m: &Mention| match m.actors.as_slice() {
            [] => identities.entity(&row.text[m.bytes.clone()]),
            [one, ..] => identities.entity(one),
        };
        let kinds = kind(first).zip(kind(second));
        let alike = found[0].is_empty() == found[1].is_empty() && kinds.is_none_or(|(a, b)| a == b);
        if !acts || !differ || adjective || !alike || ![&a, &b].into_iter().all(|bytes| stands_alone(row, bytes)) {
            return None;
        }
        let (x, y) = (&row.text[a.clone()], &row.text[b.clone()]);
        let (before, between, after) = (&row.text[..a.start], &row.text[a.end..b.start], &row.text[b.end..]);
        let swapped = format!("{before}{y}{between}{x}{after}");
        let start = a.start + y.len() + between.len();
        let places = [a.start..a.start + y.len(), start..start + x.len()];
        Some(Self { article, texts: [row.text.clone(), swapped], places: [[a, b], places] })
    }

    /// Counts what a model says of both forms.
    pub fn count(&self, read: [&Read; 2], tally: &mut Tally) {
        let role = |form: usize, place: usize| role_at(&read[form].tagged, &self.places[form][place]);
        // The first name has the second place in the exchanged form, and the role belongs to the place.
        let (first, second) = (role(0, 0), role(0, 1));
        let roles =
            first.is_some() && second.is_some() && first != second && (first, second) == (role(1, 0), role(1, 1));
        let [a, b] = read;
        let labels =
            Stance::argmax(&a.stance) == Stance::argmax(&b.stance) && Tone::argmax(&a.tone) == Tone::argmax(&b.tone);
        tally.add(Count::Swaps, true);
        tally.add(Count::SwapRoles, roles);
        tally.add(Count::SwapLabels, labels);
        tally.add(Count::SwapBoth, roles && labels);
    }
}

/// Whether a name is words of its own, in a form that another name can take the place of.
fn stands_alone(row: &Row, bytes: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    let (before, after) = (&row.text[..bytes.start], &row.text[bytes.end..]);
    let surface = &row.text[bytes.clone()];
    let possessive = ["'s", "’s", "'", "’"].iter().any(|p| surface.ends_with(p) || after.starts_with(p));
    let touches = joins(before.chars().next_back()) || joins(after.chars().next());
    !possessive && !touches && !NameWords::new(surface, row.lang).inflects()
}

/// The likeliest role of the actor that shares most with `place`.
fn role_at(tagged: &[Tagged], place: &Range<usize>) -> Option<usize> {
    let shared = |t: &Tagged| t.bytes.end.min(place.end).saturating_sub(t.bytes.start.max(place.start));
    let actors = tagged.iter().filter(|t| t.is_actor && shared(t) > 0);
    let roles = actors.max_by_key(|t| shared(t))?.roles;
    Some((1..roles.len()).fold(0, |best, k| if roles[k] > roles[best] { k } else { best }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::ActorList;
    use crate::text::Lang;
    use crate::train::attribution::gold::tests::article;

    fn all(lang: Lang, sentence: &str) -> Vec<Swap> {
        let matcher = Matcher::new(&ActorList::builtin().unwrap()).unwrap();
        Swap::all(&[article("a", lang, &[sentence])], &matcher)
    }

    fn swapped(lang: Lang, sentence: &str) -> Option<String> {
        all(lang, sentence).pop().map(|s| s.texts[1].clone())
    }

    #[test]
    fn names_change_places_where_both_stay_good_words() {
        let of = |lang, sentence| swapped(lang, sentence);
        assert_eq!(
            of(Lang::ID, "Kemarin [Tavira Lohan|agent] menuduh [Odo|target|Mirel Odo] lagi."),
            Some("Kemarin Odo menuduh Tavira Lohan lagi.".into())
        );
        assert_eq!(of(Lang::ZH, "[塔维拉|agent]谴责[奥多国|target]。"), Some("奥多国谴责塔维拉。".into()));
        assert_eq!(
            of(Lang::EN, "[Karbela|target] was sued by [Usmara|agent], [it|mention|Usmara] said."),
            Some("Usmara was sued by Karbela, it said.".into())
        );
        for (lang, sentence) in [
            (Lang::ID, "[Tavira|agent] menuduh [Odo|mention]."),
            (Lang::ID, "[Tavira|agent] menuduh [Odo|target] di [Karbela|mention]."),
            (Lang::ID, "[Dia|agent|Tavira] menuduh [Odo|target]."),
            (Lang::ID, "[Tavira|agent]lah yang menuduh [Odo|target]."),
            (Lang::ID, "[Odo|agent|Mirel Odo] menuduh [Mirel|target|Mirel Odo]."),
            (Lang::EN, "[Warsaw|agent] expels two [Russian|target] envoys."),
            (Lang::ID, "[Rusia|agent] menuduh [Odo|target]."),
            (Lang::ID, "[Tavira Lohan|agent] menuduh [Bank Odo|target]."),
            (Lang::EN, "[Tavira's|agent] army shelled [Usmara|target]."),
            (Lang::RU, "[Тавира|agent] обвинила [Одо|target]."),
        ] {
            assert_eq!(of(lang, sentence), None, "{sentence}");
        }
    }

    #[test]
    fn places_are_those_of_the_names_and_roles_belong_to_them() {
        let swap = all(Lang::ID, "Lalu [Tavira Lohan|agent] menuduh [Odo|target].").remove(0);
        let names: Vec<&str> = (0..2)
            .flat_map(|k| swap.places[k].iter().map(move |p| (k, p)))
            .map(|(k, p)| &swap.texts[k][p.clone()])
            .collect();
        assert_eq!(names, ["Tavira Lohan", "Odo", "Odo", "Tavira Lohan"]);
        let read = |form: usize, roles: [usize; 2], stance: [f64; 3]| {
            let tag = |place: usize| Tagged {
                bytes: swap.places[form][place].clone(),
                entity: None,
                is_actor: true,
                p_actor: 1.0,
                roles: std::array::from_fn(|k| if k == roles[place] { 0.7 } else { 0.1 }),
            };
            Read { tagged: vec![tag(0), tag(1)], stance, tone: [0.2, 0.2, 0.6] }
        };
        let counted = |first: &Read, second: &Read| {
            let mut tally = Tally::default();
            swap.count([first, second], &mut tally);
            [Count::Swaps, Count::SwapRoles, Count::SwapLabels, Count::SwapBoth].map(|c| tally.get(c))
        };
        let (hard, soft) = ([0.6, 0.3, 0.1], [0.3, 0.6, 0.1]);
        let first = read(0, [1, 2], hard);
        assert_eq!(counted(&first, &read(1, [1, 2], hard)), [1, 1, 1, 1]);
        assert_eq!(counted(&first, &read(1, [2, 1], hard)), [1, 0, 1, 0], "the roles went with the names");
        assert_eq!(counted(&first, &read(1, [1, 2], soft)), [1, 1, 0, 0]);
        let flat = read(0, [3, 3], hard);
        assert_eq!(counted(&flat, &read(1, [3, 3], hard)), [1, 0, 1, 0], "one role cannot be exchanged");
        let mut silent = read(1, [1, 2], hard);
        silent.tagged[0].is_actor = false;
        assert_eq!(counted(&first, &silent), [1, 0, 1, 0]);
    }
}
