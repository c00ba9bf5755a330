//! Quotations that no verb of saying goes with: `Arsa: "…"`, `"…," Arsa berkelakar`; and the subject of the sentence's
//! first clause.

use super::clause::Mark;
use super::saying::{Reader, Speaker, names};
use super::words::Class;

impl Reader<'_, '_> {
    /// `Arsa: "…"`, and in a headline `Arsa: …`.
    pub(super) fn colon(&mut self) {
        let tokens = &self.clause.tokens;
        let Some(colon) = tokens.iter().position(|t| t.mark == Mark::Colon) else { return };
        let quote = tokens.get(colon + 1).is_some_and(|t| t.mark == Mark::Quote);
        let start = tokens[..colon].iter().rposition(|t| t.mark != Mark::Word).map_or(0, |i| i + 1);
        let Some(phrase) = self.clause.core(start..colon).filter(names) else {
            if quote {
                let unnamed = Speaker::Unnamed(self.clause.span(&(start..colon)));
                self.push(vec![unnamed], colon, colon + 1..tokens.len(), false);
            }
            return;
        };
        let capitals = |c: usize| {
            let name = &self.clause.text[self.clause.candidates[c].bytes.clone()];
            name.chars().count() > 5 && !name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase)
        };
        let before = &tokens[start..colon];
        let mut named: Vec<usize> = before.iter().filter_map(|t| t.candidate).collect();
        named.dedup();
        let one = named.len() == 1 || before.iter().any(|t| t.is(Class::And)) || self.clause.is_named(&phrase, true);
        let others = before.iter().filter(|t| t.candidate.is_none() && !t.is(Class::And)).count();
        let person = self.clause.is_named(&phrase, true) || before.iter().any(|t| t.is(Class::Speaks));
        let first = before.iter().find(|t| !t.is(Class::Filler)).is_some_and(|t| t.candidate.is_some());
        let fits = if first { others <= 1 } else { person && others <= 4 };
        let label = one
            && fits
            && !named.iter().any(|&c| capitals(c) && start == 0)
            && tokens[colon + 1..].iter().filter(|t| t.mark == Mark::Word).count() >= 2;
        let pronoun = phrase.speaker.iter().any(|s| matches!(s, Speaker::Candidate(c) if self.clause.is_pronoun(*c)));
        let quote = quote && (first || person || pronoun);
        if quote || label {
            let end = tokens.len();
            self.push(phrase.speaker, colon, colon + 1..end, false);
        }
    }

    /// A quotation beside one name and no verb of saying that is known: `"…," Arsa berkelakar`.
    pub(super) fn bare_quotation(&mut self) {
        let tokens = &self.clause.tokens;
        let Some(quote) = tokens.iter().position(|t| t.mark == Mark::Quote) else { return };
        let after =
            quote + 1 + tokens[quote + 1..].iter().take_while(|t| matches!(t.mark, Mark::Comma | Mark::Dash)).count();
        let near = tokens[after..].iter().take(8).take_while(|t| t.mark == Mark::Word).count();
        let mut names = tokens[after..after + near].iter().filter_map(|t| t.candidate).collect::<Vec<_>>();
        names.dedup();
        let person = names.iter().copied().find(|&c| self.clause.is_person(c));
        if quote == 0
            && let (Some(c), true) = (person, names.len() <= 2)
        {
            self.push(vec![Speaker::Candidate(c)], after, 0..after, false);
        } else if quote > 0
            && let Some(speaker) = self.first_subject(quote)
            && let Some(Speaker::Candidate(c)) = speaker.first()
            && let Some(last) = tokens[..quote].iter().rposition(|t| t.candidate == Some(*c))
            && quote - last <= 10
            && tokens[last + 1..quote].iter().all(|t| t.candidate.is_none() && !t.is(Class::Relative))
        {
            self.push(speaker, quote, quote..quote + 1, false);
        }
    }

    /// The subject of the sentence's first clause, for a verb that has none of its own: `Arsa tiba kemarin dan mengatakan`.
    pub(super) fn first_subject(&self, at: usize) -> Option<Vec<Speaker>> {
        let tokens = &self.clause.tokens[..at];
        let governed = |i: usize| i > 0 && (tokens[i - 1].is(Class::Stop) || tokens[i - 1].is(Class::Relative));
        let first = (0..at).find(|&i| tokens[i].candidate.is_some() && !governed(i));
        let Some(first) = first else {
            // В Москве заявили
            let place = tokens.iter().position(|t| t.candidate.is_some()).filter(|&i| i == 1);
            return match place {
                Some(i) if self.clause.is_impersonal(at) => tokens[i].candidate.map(|c| vec![Speaker::Candidate(c)]),
                _ => self
                    .clause
                    .core(0..tokens.iter().position(|t| t.mark != Mark::Word).unwrap_or(at))
                    .map(|p| p.speaker),
            };
        };
        let c = tokens[first].candidate?;
        if !self.clause.is_known_person(c) {
            // the office, then the name
            let mut near =
                tokens[first + 1..].iter().take(4).take_while(|t| !t.is(Class::Stop) && t.mark != Mark::Quote);
            let apposed =
                tokens[first..].iter().take(8).position(|t| t.mark == Mark::Comma).map(|comma| first + comma + 1);
            let name = near.find_map(|t| t.candidate.filter(|&n| n != c));
            let name = name.or_else(|| apposed.and_then(|i| tokens.get(i)).and_then(|t| t.candidate));
            if let Some(name) = name.filter(|&n| self.clause.is_known_person(n)) {
                return Some(vec![Speaker::Candidate(name)]);
            }
        }
        Some(vec![Speaker::Candidate(c)])
    }
}
