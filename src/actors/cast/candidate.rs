//! `Candidate`: a stretch of a sentence that may name an actor: list mentions and tagged spans merged.
//!
//! Candidates are ordered and disjoint. A name of the list keeps its place unless the token head found a longer actor
//! around it: then the longer one stands, as an organisation of its own ("Kementerian Luar Negeri Rusia"), or, where it
//! names nobody itself ("pemerintah Rusia", "российских дипломатов"), as the listed actor. Titles are cut off a name.
//! No candidates are: tagged spans that the head takes for no actor, but for personal pronouns of which it is not sure,
//! addresses, picture credits, and places the list does not know where they stand as a place.

use std::ops::Range;

use super::form::{Form, form, host};
use super::lexicon::{Class, Lexicon, Number, Pronoun, Set, folded};
use crate::actors::context;
use crate::actors::fold::Folded;
use crate::actors::matcher::{ActorRef, Matcher, Mention};
use crate::actors::tagged::{Entity, Tagged};
use crate::aggregate::Role;
use crate::text::Lang;
use crate::text::chars::is_dash;

/// A stretch of a sentence that may name an actor.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Bytes within the sentence, on character boundaries
    pub bytes: Range<usize>,
    /// Whom the list says it names
    pub listed: Option<ActorRef>,
    /// What the token head says it names
    pub entity: Option<Entity>,
    /// By name, description, pronoun or clitic
    pub form: Form,
    /// Its role in the sentence; [`Role::Mention`] without a token head
    pub role: Role,
    /// Probability of that role; `None` where rules gave it
    pub p_role: Option<f64>,
}

/// The candidates of the sentence `text` of language `lang`.
///
/// Spans of `tagged` that don't lie on character boundaries are left out. A name of the list that the matcher passed over
/// where it stands ("di Moskow") counts where the token head takes it for an actor.
pub fn merge(
    text: &str,
    lang: Option<Lang>,
    matcher: &Matcher,
    tagged: &[Tagged],
    lexicon: &Lexicon,
) -> Vec<Candidate> {
    let sentence = Sentence { text, lang, lexicon, matcher };
    let mentions = matcher.find(text, lang);
    let mut found: Vec<Candidate> = Vec::with_capacity(mentions.len() + tagged.len());
    let mut spans: Vec<&Tagged> = tagged.iter().filter(|t| sentence.may_act(t)).collect();
    spans.sort_by_key(|t| (t.bytes.start, std::cmp::Reverse(t.bytes.end)));
    let mut taken = 0;
    let mut next = 0;
    for span in spans {
        if span.bytes.start < taken {
            continue;
        }
        while next < mentions.len() && mentions[next].bytes.end <= span.bytes.start {
            next += 1;
        }
        // A name that reaches back into the candidate before has lost its bytes to it
        let free = found.last().map_or(0, |candidate| candidate.bytes.end);
        let touching = mentions[next..].iter().take_while(|m| m.bytes.start < span.bytes.end);
        let touching: Vec<&Mention> = touching.filter(|m| m.bytes.start >= free).take(MOST).collect();
        if sentence.is_series(span, &touching) {
            taken = span.bytes.end;
            found.extend(touching.into_iter().map(|mention| listed(mention, Some(span))));
        } else if let Some(candidate) = sentence.candidate(span, &touching) {
            taken = candidate.bytes.end.max(span.bytes.end);
            found.push(candidate);
        }
    }
    // List mentions that no tagged span took.
    let mut at = 0;
    let mut rest = Vec::new();
    for mention in &mentions {
        while at < found.len() && found[at].bytes.end <= mention.bytes.start {
            at += 1;
        }
        if found.get(at).is_none_or(|c| c.bytes.start >= mention.bytes.end) {
            rest.push(listed(mention, None));
        }
    }
    found.extend(rest);
    found.sort_by_key(|c| c.bytes.start);
    sentence.join(&mut found);
    found
}

/// A candidate for a name of the list, with the role of the span that the head found there.
fn listed(mention: &Mention, span: Option<&Tagged>) -> Candidate {
    let (role, p_role) = span.map_or((Role::Mention, None), |s| role(&s.roles));
    Candidate {
        bytes: mention.bytes.clone(),
        listed: Some(mention.actor.clone()),
        entity: span.and_then(|s| s.entity),
        form: Form::Name,
        role,
        p_role,
    }
}

/// The likeliest role, ties by order.
fn role(roles: &[f64; 4]) -> (Role, Option<f64>) {
    let all = [Role::Source, Role::Agent, Role::Target, Role::Mention];
    let mut best = (Role::Source, roles[0]);
    for (role, p) in all.into_iter().zip(*roles) {
        if p > best.1 {
            best = (role, p);
        }
    }
    (best.0, Some(best.1))
}

/// Names of the list that are looked at within one tagged span.
const MOST: usize = 8;

/// Probability from which a place without a role of its own is an actor: a state that the list does not know.
const SURE: f64 = 0.8;

/// Probability from which a word in -nya that the head takes for no actor may be one. Of 0.05, 0.2 and 0.3 the lowest that
/// cost no exact spans of the training articles.
const OWNED: f64 = 0.2;

/// Probability from which "it", "its" and other pronouns of one that is no person may be an actor where the head takes them
/// for none.
const THING: f64 = 0.4;

pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) lang: Option<Lang>,
    pub(super) lexicon: &'a Lexicon,
    matcher: &'a Matcher,
}

impl Sentence<'_> {
    /// Whether a tagged span can be an actor at all.
    fn may_act(&self, span: &Tagged) -> bool {
        let Some(surface) = self.text.get(span.bytes.clone()) else { return false };
        (span.is_actor || self.is_pronominal(span, surface))
            && surface.contains(char::is_alphabetic)
            && !self.in_address(&span.bytes)
            && !self.is_credit(span.bytes.start)
    }

    /// Whether a word that the head takes for no actor, but is not sure of, is a pronoun that stands for a person or a
    /// speaker, a verb of saying with a clitic ("katanya"), or another word that the clitic -nya may tie to an owner
    /// ("warganya").
    fn is_pronominal(&self, span: &Tagged, surface: &str) -> bool {
        if span.entity.is_some() {
            return false;
        }
        let word = folded(surface);
        let personal = |p: Pronoun| match (p.person, p.class) {
            (1, _) | (3, Class::Person) => true,
            (3, _) => p.number != Number::Many && span.p_actor >= THING,
            _ => false,
        };
        let says = || host(&word).is_some_and(|(host, _)| self.lexicon.has(Set::Saying, self.lang, host));
        self.lexicon.pronoun(self.lang, &word).is_some_and(personal)
            || (matches!(self.lang, Some(Lang::ID | Lang::MS))
                && (says() || (span.p_actor >= OWNED && host(&word).is_some_and(|(_, clitic)| clitic == "nya"))))
    }

    /// Whether the token around `bytes` is a web or mail address.
    fn in_address(&self, bytes: &Range<usize>) -> bool {
        let is_part = |c: char| c.is_ascii_graphic();
        let (before, after) = (&self.text[..bytes.start], &self.text[bytes.end..]);
        // An address is no longer than this: what is read stays bounded.
        let start = before
            .char_indices()
            .rev()
            .take(80)
            .take_while(|(_, c)| is_part(*c))
            .last()
            .map_or(bytes.start, |(i, _)| i);
        let end = bytes.end + after.chars().take(80).take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
        let token = &self.text[start..end];
        token.contains("://")
            || token.starts_with("www.")
            || token.match_indices('@').any(|(i, _)| i > 0 && token.as_bytes()[i - 1].is_ascii_alphanumeric())
    }

    /// Whether a picture credit leads up to byte `start`: "(Foto: …", "Photo by …".
    fn is_credit(&self, start: usize) -> bool {
        let before = self.text[..start].trim_end_matches([' ', ':', '/', '(', '.']);
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
        let marked = self.text[before.len()..start].contains([':', '/']);
        marked && matches!(word.as_str(), "foto" | "photo" | "фото" | "image" | "gambar" | "dok" | "credit" | "kredit")
    }

    /// "Rusia-Amerika", "NATO/ASEAN", "Hamas Palestina": names of the list that the head took for one and that have no word
    /// between or beside them. A person may be called so ("Jordan Chad").
    fn is_series(&self, span: &Tagged, touching: &[&Mention]) -> bool {
        let is_link = |pair: &[&Mention]| {
            let between = self.text.get(pair[0].bytes.end..pair[1].bytes.start).unwrap_or_default();
            let mut marks = between.trim().chars();
            marks.next().is_none_or(|c| is_dash(c) || matches!(c, '/' | '&')) && marks.next().is_none()
        };
        let ends = touching.first().zip(touching.last()).map(|(first, last)| first.bytes.start..last.bytes.end);
        span.entity != Some(Entity::Person)
            && touching.len() > 1
            && ends.as_ref() == Some(&span.bytes)
            && touching.windows(2).all(is_link)
    }

    /// The candidate of a tagged span, given the list mentions that touch it.
    fn candidate(&self, span: &Tagged, touching: &[&Mention]) -> Option<Candidate> {
        let whole = self.text.get(span.bytes.clone())?;
        if let Some(mention) =
            touching.iter().find(|m| m.bytes.start <= span.bytes.start && m.bytes.end >= span.bytes.end)
        {
            return Some(listed(mention, Some(span)));
        }
        let inside = |m: &&&Mention| m.bytes.start >= span.bytes.start && m.bytes.end <= span.bytes.end;
        // A list name that only touches the span and is longer keeps its place.
        if let Some(longer) = touching.iter().find(|m| !inside(m) && m.bytes.len() >= span.bytes.len()) {
            return Some(listed(longer, Some(span)));
        }
        if touching.is_empty() && self.is_no_name(&span.bytes) {
            return None;
        }
        let opens = !self.text[..span.bytes.start].contains(char::is_alphanumeric);
        let (role, p_role) = role(&span.roles);
        if let Some(bytes) = self.pronoun_before_particle(&span.bytes) {
            return Some(Candidate { bytes, listed: None, entity: None, form: Form::Pronoun, role, p_role });
        }
        let mut form = form(whole, span.entity, opens, self.lang, self.lexicon);
        let bytes = if form == Form::Name { self.without_title(span, touching) } else { span.bytes.clone() };
        let start = bytes.start;
        let end = self.edged(bytes, form, span.entity == Some(Entity::Person)).end;
        // What stands behind the edge is a name for itself, and the edge cuts none of the list apart
        let inner: Vec<&&Mention> =
            touching.iter().filter(inside).filter(|m| m.bytes.start >= start && m.bytes.start < end).collect();
        let bytes = start..inner.iter().map(|m| m.bytes.end).fold(end, usize::max);
        let mut own = None;
        if let [one] = inner.as_slice() {
            let around =
                format!("{} {}", &self.text[bytes.start..one.bytes.start], &self.text[one.bytes.end..bytes.end]);
            let has_letters = around.contains(char::is_alphanumeric);
            // "(Rusia", "Arunika's": nothing but signs around the name.
            // "Menteri Luar Negeri Rusia": an office, and no person's name behind it.
            let office = form == Form::Name && bytes.start > span.bytes.start && !self.matcher.is_person(&one.actor);
            if !has_letters && office {
                let (form, listed) = (Form::Description, Some(one.actor.clone()));
                return Some(Candidate { bytes: span.bytes.clone(), listed, entity: span.entity, form, role, p_role });
            }
            if !has_letters || (form == Form::Name && self.is_clitic(&around)) {
                return Some(listed(one, Some(span)));
            }
            let generic = folded(&around).split(' ').all(|w| self.is_generic(w));
            if form != Form::Name
                || generic
                || !around.contains(char::is_uppercase) && !matches!(self.lang, Some(Lang::AR | Lang::ZH))
            {
                own = Some(one.actor.clone());
                form = Form::Description;
            }
        }
        if own.is_none() && form == Form::Name && touching.is_empty() {
            own = self.alone(&bytes);
        }
        if own.is_none() && form == Form::Name && self.is_article(&self.text[bytes.clone()]) {
            return None;
        }
        if own.is_none()
            && span.entity == Some(Entity::Place)
            && form == Form::Name
            && !self.is_organ(&bytes)
            && self.is_place(&bytes, span, role)
        {
            return None;
        }
        Some(Candidate { bytes, listed: own, entity: span.entity, form, role, p_role })
    }

    /// "The" before a title that the head cut off: no name of anybody, in whatever language the sentence is.
    fn is_article(&self, surface: &str) -> bool {
        let word = folded(surface);
        [self.lang, Some(Lang::EN)].into_iter().any(|lang| self.lexicon.has(Set::Determiner, lang, &word))
    }

    /// Whom the list says the words at `bytes` name, taken by themselves.
    fn alone(&self, bytes: &Range<usize>) -> Option<ActorRef> {
        let surface = &self.text[bytes.clone()];
        let short = surface.len() <= 80;
        let mut found = if short { self.matcher.find(surface, self.lang) } else { Vec::new() };
        // A capital that is another word in this language is listed for others alone.
        if found.is_empty() && short && surface.is_ascii() && self.lang != Some(Lang::EN) {
            found = self.matcher.find(surface, Some(Lang::EN));
        }
        found.into_iter().find(|m| m.bytes == (0..surface.len())).map(|m| m.actor)
    }

    /// A word that says no more than that a state or an office is meant.
    fn is_generic(&self, word: &str) -> bool {
        let lang = self.lang;
        word.is_empty()
            || self.lexicon.is_title_word(lang, word)
            || self.lexicon.has(Set::Determiner, lang, word)
            || self.lexicon.head(lang, word).is_some_and(|h| h.class == Class::State)
    }

    fn is_clitic(&self, around: &str) -> bool {
        matches!(self.lang, Some(Lang::ID | Lang::MS))
            && matches!(folded(around).as_str(), "nya" | "lah" | "pun" | "kah" | "ku" | "mu")
    }

    /// The bytes of a name without the titles and offices before it, and without a possessive behind it.
    fn without_title(&self, span: &Tagged, mentions: &[&Mention]) -> Range<usize> {
        let (mut start, mut end) = (span.bytes.start, span.bytes.end);
        let words: Vec<(usize, &str)> = words(&self.text[span.bytes.clone()]).map(|(i, w)| (i + start, w)).collect();
        let organ = words.first().is_some_and(|(_, w)| self.lexicon.has(Set::Organ, self.lang, &folded(w)));
        if span.entity != Some(Entity::Organisation) && !organ && words.len() > 1 {
            let is_title = |w: &str| {
                let word = folded(w);
                let known = |w: &str| self.lexicon.is_title_word(self.lang, w);
                known(&word) || word.split(' ').all(known)
            };
            let listed = |i: usize| mentions.iter().any(|m| m.bytes.contains(&i));
            let cut = words.iter().take(words.len() - 1).take_while(|(i, w)| is_title(w) || listed(*i)).count();
            // "Kremlin Arga Wirayuda": a state or seat before a name of two words.
            let state = span.entity == Some(Entity::Person) && words.len() - cut >= 2;
            if cut > 0 && (is_title(words[0].1) || state) {
                start = words[cut].0;
            }
        }
        let name = &self.text[start..end];
        for possessive in ["'s", "’s", "'", "’"] {
            if name.len() > possessive.len() && name.ends_with(possessive) {
                end -= possessive.len();
                break;
            }
        }
        start..end
    }

    /// Whether a place that the list does not know stands as a mere place: a bare mention that the token head is not sure
    /// of, a venue or a dateline.
    fn is_place(&self, bytes: &Range<usize>, span: &Tagged, role: Role) -> bool {
        if role == Role::Mention && span.p_actor < SURE {
            return true;
        }
        // Only what stands close by is looked at.
        let from = floor(self.text, bytes.start.saturating_sub(40));
        let to = floor(self.text, (bytes.end + 160).min(self.text.len()));
        let near = Folded::new(&self.text[from..to]);
        let start = Folded::new(&self.text[from..bytes.start]).text.len();
        let end = Folded::new(&self.text[from..bytes.end]).text.len();
        let cuts = end <= near.text.len() && near.text.is_char_boundary(start) && near.text.is_char_boundary(end);
        cuts && (context::is_venue(&near, start, self.lang) || (from == 0 && context::is_dateline(&near, start, end)))
    }
}

/// The largest character boundary of `text` up to `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// The words of a text with their bytes.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |w| (w.as_ptr() as usize - text.as_ptr() as usize, w))
}
