//! `Tally`: what an attribution gets right and wrong in labelled sentences, as counts that add up over articles.

use super::count::{Count, Manner, Words};
use super::gold::{Article, Row, Said};
use super::identity::{Identities, form_of};
use super::pairs::pairs;
use crate::actors::cast::{Form, Member, ResolvedBy};
use crate::actors::speech::Voice;
use crate::actors::{Attribution, Told, Whom};
use crate::aggregate::Role;
use std::collections::BTreeMap;
use std::ops::Range;

/// Counts; what was not counted is 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally(BTreeMap<Count, u64>);

impl Tally {
    /// Counts one more, `where_` it is so.
    pub fn add(&mut self, count: Count, where_: bool) {
        *self.0.entry(count).or_default() += u64::from(where_);
    }

    /// How many were counted.
    pub fn get(&self, count: Count) -> u64 {
        self.0.get(&count).copied().unwrap_or(0)
    }

    /// Counts what `attribution`, one entry per sentence, makes of `article`, whose names mean `identities`.
    pub fn attribution(&mut self, article: &Article, identities: &Identities, attribution: &Attribution) {
        for (row, told) in article.rows.iter().zip(&attribution.sentences) {
            let compared = Compared { row, told, identities, members: &attribution.members };
            compared.mentions(self);
            compared.source(self);
        }
    }
}

/// A predicted mention: a span, its role, and whom it names, none where several fit.
struct Predicted<'a> {
    bytes: Range<usize>,
    role: Role,
    members: Vec<&'a Member>,
}

/// A labelled sentence and what was told of it.
struct Compared<'a> {
    row: &'a Row,
    told: &'a Told,
    identities: &'a Identities,
    members: &'a [Member],
}

impl<'a> Compared<'a> {
    /// The predicted mentions, those of a running quotation left out, which have no span.
    fn predicted(&self) -> Vec<Predicted<'a>> {
        let mut out: Vec<Predicted<'a>> = Vec::new();
        for named in self.told.mentions.iter().filter(|m| m.by != ResolvedBy::Quote) {
            let member = self.member(named.whom);
            match out.last_mut() {
                // "kedua pihak" is a mention of each.
                Some(last) if last.bytes == named.bytes => last.members.extend(member),
                _ => out.push(Predicted {
                    bytes: named.bytes.clone(),
                    role: named.role,
                    members: member.into_iter().collect(),
                }),
            }
        }
        out
    }

    fn member(&self, whom: Whom) -> Option<&'a Member> {
        match whom {
            Whom::Member(member) => self.members.get(member),
            Whom::Ambiguous => None,
        }
    }

    fn mentions(&self, tally: &mut Tally) {
        let predicted = self.predicted();
        let spans: Vec<Range<usize>> = predicted.iter().map(|p| p.bytes.clone()).collect();
        let gold: Vec<Range<usize>> = self.row.mentions.iter().map(|m| m.bytes.clone()).collect();
        for p in &predicted {
            tally.add(Count::Predicted, true);
            tally.add(Count::PredictedRole(p.role), true);
        }
        for (mention, partner) in self.row.mentions.iter().zip(pairs(&gold, &spans)) {
            let found = partner.map(|k| &predicted[k]);
            let same_role = found.is_some_and(|p| p.role == mention.role);
            tally.add(Count::Gold, true);
            tally.add(Count::Exact, found.is_some_and(|p| p.bytes == mention.bytes));
            tally.add(Count::Overlap, found.is_some());
            tally.add(Count::SameRole, same_role);
            tally.add(Count::GoldRole(mention.role), true);
            tally.add(Count::SharedRole(mention.role), same_role);

            let surface = &self.row.text[mention.bytes.clone()];
            let words = match form_of(&self.row.text, mention.bytes.clone(), self.row.lang) {
                Form::Pronoun | Form::Clitic => Words::Pronoun,
                Form::Name => Words::Name,
                Form::Description => Words::Description,
            };
            let names: Vec<&str> = match (mention.actors.is_empty(), words) {
                (false, _) => mention.actors.iter().map(String::as_str).collect(),
                (true, Words::Name) => vec![surface],
                // Whom it stands for is not labelled.
                (true, _) => continue,
            };
            let right = found.is_some_and(|p| self.identities.same(&names, &p.members));
            tally.add(Count::Meant(words), true);
            tally.add(Count::Found(words), found.is_some());
            tally.add(Count::Right(words), right);
            tally.add(Count::Other(words), !right && found.is_some_and(|p| !p.members.is_empty()));
        }
    }

    fn source(&self, tally: &mut Tally) {
        let Some(said) = &self.row.said else { return };
        let given = self.told.source.and_then(|whom| self.member(whom));
        let voice = if *said == Said::Author { Voice::Author } else { Voice::Source };
        tally.add(Count::Voiced, true);
        tally.add(Count::VoiceRight, self.told.voice == Some(voice));
        match said {
            Said::Author => {
                tally.add(Count::Authors, true);
                tally.add(Count::AuthorsGiven, given.is_some());
            }
            Said::Source { names: Some(names), .. } if names.is_empty() => {
                tally.add(Count::Unnamed, true);
                tally.add(Count::UnnamedGiven, given.is_some());
            }
            Said::Source { names: Some(names), direct } => {
                let manner = if *direct { Manner::Direct } else { Manner::Indirect };
                let right = given.is_some_and(|member| self.identities.among(names, member));
                tally.add(Count::Sourced(manner), true);
                tally.add(Count::SourceRight(manner), right);
                tally.add(Count::SourceOther(manner), given.is_some() && !right);
                tally.add(Count::SourceNone(manner), given.is_none());
            }
            Said::Source { names: None, .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::{ActorKind, ActorList, Matcher, Named};
    use crate::text::Lang;
    use crate::train::attribution::gold::tests::article;

    fn told(mentions: &[(Range<usize>, Whom, Role, ResolvedBy)], source: Option<Whom>) -> Told {
        let named = |(bytes, whom, role, by): &(Range<usize>, Whom, Role, ResolvedBy)| Named {
            bytes: bytes.clone(),
            whom: *whom,
            role: *role,
            p_role: None,
            by: *by,
        };
        let voice = if source.is_some() { Voice::Source } else { Voice::Author };
        Told { mentions: mentions.iter().map(named).collect(), voice: Some(voice), source }
    }

    fn counted(gold: &Article, sentences: Vec<Told>) -> Tally {
        let matcher = Matcher::new(&ActorList::builtin().unwrap()).unwrap();
        let member =
            |name: &str| Member { id: String::new(), name: name.to_owned(), kind: ActorKind::Person, listed: None };
        let members = ["Tavira Lohan", "Mirel Odo", "Karbela", "Usmara"].map(member).into();
        let mut tally = Tally::default();
        tally.attribution(gold, &Identities::of(gold, &matcher), &Attribution { members, sentences });
        tally
    }

    const BY: ResolvedBy = ResolvedBy::Ner;

    #[test]
    fn mentions_roles_and_meanings_are_counted() {
        let gold = article(
            "a",
            Lang::ID,
            &[
                "[Tavira Lohan|agent] menolak [Karbela|target], kata [dia|source|Mirel Odo].",
                "[Kedua negara|agent|Karbela; Usmara] menyambut [pemimpin itu|target] dan [Lohan|target|Tavira Lohan].",
            ],
        );
        let first = told(
            &[
                (0..0, Whom::Member(1), Role::Source, ResolvedBy::Quote),
                (0..12, Whom::Member(0), Role::Agent, BY),
                (20..31, Whom::Member(2), Role::Mention, BY),
                (35..38, Whom::Member(0), Role::Source, BY),
            ],
            None,
        );
        let both = [0..12, 0..12, 40..45];
        let whom = [Whom::Member(2), Whom::Member(3), Whom::Ambiguous];
        let second = both.into_iter().zip(whom).map(|(bytes, whom)| (bytes, whom, Role::Agent, BY));
        let tally = counted(&gold, vec![first, told(&second.collect::<Vec<_>>(), None)]);
        let got = |counts: &[Count]| counts.iter().map(|c| tally.get(*c)).collect::<Vec<_>>();
        assert_eq!(&gold.rows[1].text[40..45], "Lohan", "{}", gold.rows[1].text);
        assert_eq!(got(&[Count::Gold, Count::Predicted, Count::Exact, Count::Overlap]), [6, 5, 4, 5]);
        assert_eq!(got(&[Count::SameRole, Count::GoldRole(Role::Target)]), [3, 3]);
        assert_eq!(got(&[Count::PredictedRole(Role::Agent), Count::SharedRole(Role::Agent)]), [3, 2]);
        let of = |words| got(&[Count::Meant(words), Count::Found(words), Count::Right(words), Count::Other(words)]);
        assert_eq!(of(Words::Name), [3, 3, 2, 0], "one is ambiguous");
        assert_eq!(of(Words::Pronoun), [1, 1, 0, 1]);
        assert_eq!(of(Words::Description), [1, 1, 1, 0], "one has no label");
    }

    #[test]
    fn sources_are_right_wrong_or_none_by_manner() {
        let mut gold = article("a", Lang::ID, &["a", "b", "c", "d", "e", "f", "g"]);
        let named = |names: &[&str], direct| {
            Some(Said::Source { names: Some(names.iter().map(|n| (*n).to_owned()).collect()), direct })
        };
        let said = [
            named(&["Tavira Lohan"], true),
            named(&["Lohan", "Karbela"], true),
            named(&["Mirel Odo"], false),
            named(&[], false),
            Some(Said::Author),
            Some(Said::Source { names: None, direct: false }),
            None,
        ];
        for (row, said) in gold.rows.iter_mut().zip(said) {
            row.said = said;
        }
        let (one, ambiguous) = (Some(Whom::Member(0)), Some(Whom::Ambiguous));
        let sources = [one, one, ambiguous, one, one, None, one];
        let tally = counted(&gold, sources.map(|source| told(&[], source)).into());
        let got = |counts: &[Count]| counts.iter().map(|c| tally.get(*c)).collect::<Vec<_>>();
        let of = |m| got(&[Count::Sourced(m), Count::SourceRight(m), Count::SourceOther(m), Count::SourceNone(m)]);
        assert_eq!(of(Manner::Direct), [2, 2, 0, 0]);
        assert_eq!(of(Manner::Indirect), [1, 0, 0, 1]);
        assert_eq!(got(&[Count::Voiced, Count::VoiceRight]), [6, 4]);
        assert_eq!(got(&[Count::Authors, Count::AuthorsGiven, Count::Unnamed, Count::UnnamedGiven]), [1, 1, 1, 1]);
    }
}
