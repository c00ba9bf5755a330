//! `Outcome`: whom a name names where it stands alone in a plain sentence.

use std::collections::{BTreeMap, BTreeSet};

use super::{Audit, Finding, Folded, Severity};
use crate::actors::matcher::ActorRef;
use crate::text::Lang;

/// Whom a form names in a plain sentence.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Counts,
    /// With these actors
    Shared(Vec<usize>),
    /// This one instead
    Taken(usize),
    /// Nobody
    Nobody,
}

impl Audit {
    /// Names that lose in a plain sentence of their language.
    pub(super) fn names_that_do_not_count(&self, actor: usize) -> Vec<Finding> {
        let (mut findings, mut alive) = (Vec::new(), false);
        for (i, name) in self.names(actor).iter().enumerate() {
            let langs: Vec<Lang> =
                name.lang.map_or_else(|| self.index.langs.iter().copied().collect(), |lang| vec![lang]);
            let mut outcomes: BTreeMap<Outcome, (&str, BTreeSet<Lang>)> = BTreeMap::new();
            for form in &name.forms {
                for lang in &langs {
                    let outcome = self.try_form(actor, form, *lang);
                    outcomes.entry(outcome).or_insert_with(|| (form.as_str(), BTreeSet::new())).1.insert(*lang);
                }
            }
            let counts = outcomes.remove(&Outcome::Counts).is_some();
            let shared = outcomes.keys().any(|outcome| matches!(outcome, Outcome::Shared(_)));
            alive |= counts;
            for (outcome, (form, langs)) in outcomes {
                let dead = !counts && !shared;
                let severity = if dead { Severity::Error } else { Severity::Warning };
                let place = if name.lang.is_some() {
                    String::new()
                } else {
                    format!(" in {}", listed(langs.iter().map(Lang::code)))
                };
                let message = format!("{form:?} of {}{place} {}", self.id(actor), self.why(&outcome, form, name.lang));
                findings.push(Finding { line: self.line(actor, i), severity, message });
            }
        }
        if !alive {
            let message = format!("no name of {} ever counts for it alone", self.id(actor));
            findings.push(Finding { line: self.line(actor, 0), severity: Severity::Error, message });
        }
        findings
    }

    fn try_form(&self, actor: usize, form: &str, lang: Lang) -> Outcome {
        let text = format!("Xx {form} xx.");
        let mentions = self.matcher.find(&text, Some(lang));
        match mentions.first().map(|mention| (&mention.actor, mention.bytes.len() == form.len())) {
            Some((ActorRef::Known(known), true)) if *known == actor => Outcome::Counts,
            Some((ActorRef::Ambiguous(several), true)) if several.contains(&actor) => {
                Outcome::Shared(several.iter().copied().filter(|other| *other != actor).collect())
            }
            Some((ActorRef::Known(other), _)) => Outcome::Taken(*other),
            Some((ActorRef::Ambiguous(several), _)) => {
                several.first().map_or(Outcome::Nobody, |other| Outcome::Taken(*other))
            }
            None => Outcome::Nobody,
        }
    }

    fn why(&self, outcome: &Outcome, form: &str, lang: Option<Lang>) -> String {
        let folded = Folded::new(form).text;
        let line = |actor: usize| {
            let same = || self.index.names.get(&folded).into_iter().flatten().filter(|(a, _)| *a == actor);
            let in_lang = |(a, name): &&(usize, usize)| self.names(*a)[*name].lang.is_none_or(|l| Some(l) == lang);
            let same = same().find(in_lang).or_else(|| same().next());
            same.map_or(String::new(), |(a, name)| format!(" (line {})", self.line(*a, *name)))
        };
        let named = |actor: &usize| format!("{}{}", self.id(*actor), line(*actor));
        match outcome {
            Outcome::Counts => "counts".into(),
            Outcome::Shared(others) => {
                format!("is a name of {} too and counts for neither", listed(others.iter().map(named)))
            }
            Outcome::Taken(other) => format!("never counts: {} wins", named(other)),
            Outcome::Nobody => match self.index.blockers.get(&folded).and_then(|blockers| blockers.first()) {
                Some(blocker) => {
                    let line = self.places.blockers.get(*blocker).copied().unwrap_or(1);
                    format!("never counts: the blocker in line {line} wins")
                }
                None => "never counts, as it is written".into(),
            },
        }
    }
}

fn listed<T: std::fmt::Display>(items: impl Iterator<Item = T>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
