//! `Words`: what the words and phrases of one language do for telling who says something.

use std::collections::BTreeMap;

use super::clause::split;

/// What a word or phrase does, a set of [`Class`]es as bits.
pub(super) type Classes = u32;

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $field:literal;)*) => {
        /// What a word or phrase does. The field of the data file has the same name in lower case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Class { $($(#[$doc])* $name,)* }

        impl Class {
            pub(super) const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $field),)*];
        }
    };
}

classes! {
    /// Verb of saying, its subject before it
    Before = "before";
    /// Verb of saying, its subject after it
    After = "after";
    /// Verb of saying, its subject on either side
    Either = "either";
    /// Verb of saying with its speaker in the word
    Clitic = "clitic";
    /// Passive verb of saying, its agent after it
    Passive = "passive";
    /// "According to"
    According = "according";
    /// Act done by words, told with its content where a word of `goal` or a quotation follows
    Directed = "directed";
    /// Act done by words that always tells its content
    Accusing = "accusing";
    /// Verb of saying as headlines shorten it, right after a name
    Headline = "headline";
    /// Looks like a verb of saying and is none
    Ignore = "ignore";
    /// Opens the content: that
    That = "that";
    /// Opens what is demanded: to, so that, of
    Goal = "goal";
    /// Turns a verb of saying into none: not, refuse to
    Negation = "negation";
    /// Ends a noun phrase: prepositions
    Stop = "stop";
    /// Opens a relative or adverbial clause
    Relative = "relative";
    /// Joins two speakers
    And = "and";
    /// Opens a new clause: but, while
    Clause = "clause";
    /// May stand between subject and verb, or before a noun: auxiliaries, adverbs, articles
    Filler = "filler";
    /// Third person, resolved elsewhere
    Pronoun = "pronoun";
    /// People who are no actors: residents, experts
    Unnamed = "unnamed";
    /// Somebody who speaks for another: spokesman, official
    Speaks = "speaks";
    /// Kin, who do not speak for the one they are named by
    Kin = "kin";
    /// Papers that speak for nobody
    Document = "document";
    /// First and second person
    Own = "self";
    /// Verb of saying after an auxiliary only
    Participle = "participle";
    /// Makes a participle a verb of saying
    Auxiliary = "auxiliary";
}

impl Class {
    /// The class as a set.
    pub(super) const fn bit(self) -> Classes {
        1 << self as u32
    }

    /// Nouns for people.
    pub(super) const PEOPLE: Classes = Self::Unnamed.bit() | Self::Speaks.bit() | Self::Kin.bit();

    /// All verbs and patterns of saying.
    pub(super) const CUES: Classes = 0x1ff;
}

/// The words of one language.
#[derive(Debug, Default, Clone)]
pub(super) struct Words {
    /// First word → rest of the phrase and classes, longest first
    phrases: BTreeMap<String, Vec<(Vec<String>, Classes)>>,
    /// Whether a noun phrase ends with its head: English, German, Chinese
    pub(super) head_last: bool,
    /// Whether the verb often stands before its subject: Arabic, Russian, Spanish, French, German
    pub(super) verb_first: bool,
    /// Whether a verb may stand without subject: Arabic, Spanish
    pub(super) pro_drop: bool,
    /// Endings that do as a word of [`Class::Goal`]
    pub(super) endings: Vec<String>,
    /// Beginnings of long words that do as a word of [`Class::Goal`]
    pub(super) starts: Vec<String>,
    /// Endings of verbs whose subject may be a place: `заявили в Москве`
    pub(super) impersonal: Vec<String>,
    /// Letters that may be glued to the end of a verb (Indonesian -nya)
    pub(super) suffixes: Vec<String>,
    /// Letters that may be glued to the front of a verb (Arabic "and")
    pub(super) prefixes: Vec<String>,
}

impl Words {
    /// Adds `phrase`; `None` where it holds no word.
    pub(super) fn add(&mut self, phrase: &str, class: Class) -> Option<()> {
        let lower = phrase.to_lowercase();
        let mut parts = split(&lower).filter(|(_, mark)| mark.is_none()).map(|(bytes, _)| lower[bytes].to_owned());
        let first = parts.next()?;
        let rest: Vec<String> = parts.collect();
        let list = self.phrases.entry(first).or_default();
        if let Some((_, classes)) = list.iter_mut().find(|(known, _)| *known == rest) {
            *classes |= class.bit();
        } else {
            let at = list.partition_point(|(known, _)| known.len() >= rest.len());
            list.insert(at, (rest, class.bit()));
        }
        Some(())
    }

    /// How many words and phrases of saying there are.
    pub(super) fn verbs(&self) -> usize {
        self.phrases.values().flatten().filter(|(_, classes)| classes & Class::CUES != 0).count()
    }

    /// The longest phrase that the words from `at` on begin with: how many words, and its classes.
    pub(super) fn longest(&self, words: &[&str]) -> Option<(usize, Classes)> {
        let first = words.first()?;
        let found = |first: &str| {
            self.phrases.get(first)?.iter().find_map(|(rest, classes)| {
                let fits = rest.len() < words.len() && rest.iter().zip(&words[1..]).all(|(a, b)| a == b);
                fits.then_some((rest.len() + 1, *classes))
            })
        };
        found(first)
            .or_else(|| self.prefixes.iter().find_map(|p| found(first.strip_prefix(p.as_str())?)))
            .or_else(|| self.suffixes.iter().find_map(|s| found(first.strip_suffix(s.as_str())?)).and_then(clitic))
    }
}

/// A verb with a clitic on its end: what follows it is no subject any more, and other words take no clitic.
fn clitic((len, classes): (usize, Classes)) -> Option<(usize, Classes)> {
    let classes =
        if classes & Class::After.bit() != 0 { Class::Clitic.bit() } else { classes & (Class::CUES | Class::PEOPLE) };
    (len == 1 && classes != 0).then_some((len, classes))
}
