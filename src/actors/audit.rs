//! `Finding`: what is odd in an actor list that can be read: names given twice, and names that do not count.
//!
//! Whether a name counts is not guessed but tried: each of its forms is put, alone, into a plain sentence of its
//! language, and the matcher says whom it names there. A name that loses even so never counts: to a blocker of the same
//! words, or to another actor's name. A name that does not count in any form is an error, and so is an actor none of
//! whose names counts; what costs only some forms, or nothing, is a warning.

mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::alias::Via;
use super::case::{Shape, Written};
use super::fold::Folded;
use super::list::{ActorList, Name};
use super::matcher::Matcher;
use super::places::Places;
use crate::error::Result;
use crate::text::Lang;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something never counts
    Error,
    /// Something counts less than it seems, or is there twice
    Warning,
}

impl Severity {
    /// The severity's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One odd thing in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line of the file, from 1
    pub line: usize,
    /// How bad it is
    pub severity: Severity,
    /// What it is, as a clause without a closing full stop
    pub message: String,
}

/// What is odd in the list in `text`, by line.
///
/// # Errors
/// Where the list cannot be read at all, as [`ActorList::parse`] says.
pub fn audit(text: &str, file: &Path) -> Result<Vec<Finding>> {
    let list = ActorList::parse(text, file)?;
    let matcher = Matcher::new(&list)?;
    let audit =
        Audit { index: Index::new(&list), places: Places::of(text.trim_start_matches('\u{FEFF}')), list, matcher };
    let mut findings = audit.repeated_blockers();
    for actor in 0..audit.list.actors().len() {
        findings.extend(audit.repeated_names(actor));
        findings.extend(audit.names_that_do_not_count(actor));
    }
    findings.sort_by_key(|finding| finding.line);
    Ok(findings)
}

/// Where each folded form stands.
struct Index {
    /// Actor and name
    names: BTreeMap<String, BTreeSet<(usize, usize)>>,
    /// Blockers
    blockers: BTreeMap<String, Vec<usize>>,
    /// The languages that the list has names in
    langs: BTreeSet<Lang>,
}

impl Index {
    fn new(list: &ActorList) -> Self {
        let mut index =
            Self { names: BTreeMap::new(), blockers: BTreeMap::new(), langs: BTreeSet::from([Lang::ID, Lang::EN]) };
        for (actor, entry) in list.actors().iter().enumerate() {
            for (name, form) in entry.names.iter().enumerate().flat_map(|(i, n)| n.forms.iter().map(move |f| (i, f))) {
                index.names.entry(Folded::new(form).text).or_default().insert((actor, name));
            }
            index.langs.extend(entry.names.iter().filter_map(|name| name.lang));
        }
        for (blocker, phrase) in list.blockers().iter().enumerate() {
            index.blockers.entry(Folded::new(phrase).text).or_default().push(blocker);
        }
        index
    }
}

struct Audit {
    list: ActorList,
    matcher: Matcher,
    index: Index,
    places: Places,
}

impl Audit {
    fn line(&self, actor: usize, name: usize) -> usize {
        self.places.actors.get(actor).and_then(|lines| lines.get(name)).copied().unwrap_or(1)
    }

    fn names(&self, actor: usize) -> &[Name] {
        self.list.actors().get(actor).map_or(&[], |actor| &actor.names)
    }

    fn id(&self, actor: usize) -> &str {
        self.list.actors().get(actor).map_or("", |actor| &actor.id)
    }

    fn repeated_blockers(&self) -> Vec<Finding> {
        let again = self.index.blockers.values().flat_map(|same| same.iter().skip(1).map(|again| (same[0], *again)));
        let finding = |(first, again): (usize, usize)| {
            let line = |blocker: usize| self.places.blockers.get(blocker).copied().unwrap_or(1);
            let message = format!("{:?} is blocked already in line {}", self.list.blockers()[again], line(first));
            Finding { line: line(again), severity: Severity::Warning, message }
        };
        let mut findings: Vec<Finding> = again.map(finding).collect();
        // Inflected phrases repeat each other in many forms
        findings.dedup_by_key(|finding| finding.line);
        findings
    }

    /// Names of an actor of which every form is given by another of its names.
    fn repeated_names(&self, actor: usize) -> Vec<Finding> {
        let names = self.names(actor);
        let mut findings = Vec::new();
        for (i, name) in names.iter().enumerate() {
            let givers: Option<Vec<usize>> = name
                .forms
                .iter()
                .map(|form| {
                    let same = self.index.names.get(&Folded::new(form).text)?;
                    let others = same.iter().filter(|(a, j)| *a == actor && *j != i).map(|(_, j)| *j);
                    // Of two names that give each other the first stays
                    others
                        .into_iter()
                        .find(|j| gives(&names[*j], form, name) && (*j < i || !gives_back(name, &names[*j])))
                })
                .collect();
            if let Some(first) = givers.and_then(|givers| givers.into_iter().min()) {
                let message = format!(
                    "{:?} of {} is given already in line {}",
                    name.forms[0],
                    self.id(actor),
                    self.line(actor, first)
                );
                findings.push(Finding { line: self.line(actor, i), severity: Severity::Warning, message });
            }
        }
        findings
    }
}

/// Whether `giver` counts wherever `form` of `name` does. A name counts where a seat of the same words does, not the
/// other way about: a seat may be a mere place.
fn gives(giver: &Name, form: &str, name: &Name) -> bool {
    let lang = giver.lang.is_none() || giver.lang == name.lang;
    let via = giver.via == name.via || (giver.via == Via::Name && name.via == Via::Seat);
    let folded = Folded::new(form);
    let cases: Vec<_> = folded.cased(0..folded.text.len()).collect();
    let same = giver.forms.iter().map(|other| Folded::new(other)).filter(|other| other.text == folded.text);
    let written = |other: Folded| Written::new(&other, giver.strict).fits(&cases, Shape::Mixed, name.lang);
    lang && via && (name.strict || !giver.strict) && same.into_iter().any(written)
}

/// Whether `giver` gives every form of `name`.
fn gives_back(giver: &Name, name: &Name) -> bool {
    name.forms.iter().all(|form| gives(giver, form, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(id: &str, names: &str) -> String {
        format!("[[actor]]\nid = {id:?}\ntype = \"state\"\nname = {id:?}\n{names}\n")
    }

    fn found(text: &str) -> Vec<String> {
        let findings = audit(text, Path::new("x")).unwrap();
        findings.into_iter().map(|f| format!("{} {}: {}", f.line, f.severity.name(), f.message)).collect()
    }

    #[test]
    fn a_good_list_has_no_findings() {
        let text = actor(
            "a",
            "aliases.id = [\"Arun\", \"Republik Arun\"]\nseats.id = [\"Istana Arun\"]\ndemonyms.en = [\"Aruni||s\"]",
        ) + &actor(
            "b",
            "aliases.any = [\"BEN\", \"Benara\"]\naliases.ru = [\"Бенар|а|ы|у\"]\naliases.zh = [\"贝纳拉\"]",
        ) + "[[blocker]]\nphrases.id = [\"Jalan Arun\"]\n";
        assert_eq!(found(&text), [""; 0]);
    }

    #[test]
    fn names_given_twice_within_an_entry_are_named_with_both_lines() {
        assert_eq!(
            found(&actor(
                "a",
                "aliases.any = [\"Benara\"]\naliases.id = [\"Arun\",\n\"ARUN\", \"Benara\"]\nseats.id = [\"arun\"]"
            )),
            [
                "7 warning: \"ARUN\" of a is given already in line 6",
                "7 warning: \"Benara\" of a is given already in line 5",
            ]
        );
        assert_eq!(
            found(&actor("a", "aliases.ru = [\"Арун|а|у\", \"Аруна\", \"Ару|на|но\"]")),
            ["5 warning: \"Аруна\" of a is given already in line 5"],
            "a name with a form of its own stays"
        );
        assert_eq!(
            found(&actor("a", "aliases.id = [\"=Arun\", \"Arun\"]")).len(),
            1,
            "the strict one is given by the other"
        );
    }

    #[test]
    fn a_name_of_two_entries_counts_for_neither() {
        let text =
            actor("a", "aliases.id = [\"Kembar\", \"Arun\"]") + &actor("b", "aliases.any = [\"Kembar\", \"Ben\"]");
        assert_eq!(
            found(&text),
            [
                "5 warning: \"Kembar\" of a is a name of b (line 10) too and counts for neither",
                "10 warning: \"Kembar\" of b in id is a name of a (line 5) too and counts for neither",
            ]
        );
        let lonely = actor("a", "aliases.id = [\"Kembar\"]") + &actor("b", "aliases.id = [\"Kembar\"]");
        let errors: Vec<String> = found(&lonely).into_iter().filter(|f| f.contains("error")).collect();
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].contains("no name of a ever counts"));
    }

    #[test]
    fn a_name_that_a_blocker_takes_is_an_error() {
        let text =
            actor("a", "aliases.id = [\"Arun\", \"Jalan-Arun\"]") + "[[blocker]]\nphrases.en = [\"jalan arun\"]\n";
        assert_eq!(found(&text), ["5 error: \"Jalan-Arun\" of a never counts: the blocker in line 7 wins"]);
    }

    #[test]
    fn a_blocker_given_twice_is_a_warning() {
        let text = actor("a", "aliases.id = [\"Arun\"]")
            + "[[blocker]]\nphrases.id = [\"Jalan Arun\"]\nphrases.en = [\"Jalan Arun\"]\n";
        assert_eq!(found(&text).len(), 1);
        assert!(found(&text)[0].contains("is blocked already in line"));
    }

    #[test]
    fn the_built_in_lists_have_no_errors() {
        for text in [include_str!("data/states.toml"), include_str!("data/organisations.toml")] {
            let findings = audit(text, Path::new("x")).unwrap();
            let bad: Vec<&Finding> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
            assert!(bad.is_empty(), "{bad:#?}");
        }
    }
}
