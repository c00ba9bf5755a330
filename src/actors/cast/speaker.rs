//! Who says a quotation: by the sayings of the sentences it runs over, else by the nearest source outside it.

use super::casting::{only, within};
use super::form::Form;
use super::scan::Scan;
use crate::actors::speech::Quotation;
use crate::actors::speech::Speaker;
use crate::aggregate::Role;
use crate::text::Kind;

/// How many bytes a quotation may be longer than the name it holds, to be that name in quotation marks.
const NAME_MARGIN: usize = 4;
/// How many candidates before and after a quotation may be its speaker.
const NEAR: usize = 16;

/// Who says a quotation, as far as one sentence tells.
enum Says {
    /// A candidate of the sentence
    One(usize),
    /// Somebody without a name
    Unnamed,
    /// The sentence does not tell
    Untold,
}

impl Scan<'_> {
    /// Finds which candidates are quoted, and who may say each quotation.
    pub(super) fn quote(&mut self) {
        let readings = self.readings;
        let mut next = 0;
        for reading in readings {
            let mut inside = Vec::with_capacity(reading.candidates.len());
            for candidate in reading.candidates {
                let at = reading.start + candidate.bytes.start;
                while next < self.quotations.len() && self.quotations[next].bytes.end <= at {
                    next += 1;
                }
                let quoted = self.quotations.get(next).filter(|q| q.bytes.start <= at);
                // «Учитель», "Kecil": a name in quotation marks is no quotation.
                let named = |q: &&Quotation| {
                    let own = candidate.bytes.end - candidate.bytes.start;
                    candidate.form == Form::Name && q.bytes.len() <= own + NAME_MARGIN
                };
                inside.push(quoted.filter(|q| !named(q)).map(|_| next));
            }
            self.quoted.push(inside);
        }
        let mut first = 0;
        for q in 0..self.quotations.len() {
            let quotation = self.quotations[q];
            let ends = |s: usize| readings[s].start + readings[s].text.len();
            while first < readings.len() && ends(first) <= quotation.bytes.start {
                first += 1;
            }
            let touched = (first..readings.len()).take_while(|s| readings[*s].start < quotation.outer.end);
            let (mut speaker, mut unnamed) = (None, false);
            for s in touched {
                match self.speaker_in(s, q) {
                    Says::One(c) => speaker = Some((s, c)),
                    Says::Unnamed => unnamed = true,
                    Says::Untold => {}
                }
            }
            // A quotation without a speaker of its own goes on with the last one's, if it follows directly.
            if speaker.is_none()
                && !unnamed
                && let Some(before) = q.checked_sub(1)
            {
                let gap = self.quotations[before].outer.end..quotation.outer.start;
                let between = (first.saturating_sub(1)..=first).filter(|s| {
                    readings.get(*s).is_some_and(|r| r.start >= gap.start && r.start + r.text.len() <= gap.end)
                });
                if between.count() == 0 {
                    speaker = self.speakers[before];
                }
            }
            self.speakers.push(speaker);
        }
    }

    /// The candidate of sentence `s` that says quotation `q`.
    fn speaker_in(&self, s: usize, q: usize) -> Says {
        let (reading, quotation) = (&self.readings[s], self.quotations[q]);
        let local = |at: usize| at.saturating_sub(reading.start);
        let quote = local(quotation.bytes.start)..local(quotation.bytes.end);
        let said = reading.sayings.iter().find(|say| {
            say.direct && say.content.start < quote.end.max(quote.start + 1) && say.content.end > quote.start
        });
        match said.map(|say| &say.speaker) {
            Some(Speaker::Candidate(c)) if *c < reading.candidates.len() => return Says::One(*c),
            Some(Speaker::Unnamed(_)) => return Says::Unnamed,
            _ => {}
        }
        // Only what stands near the quotation, so that many quotations in one sentence cost no more than its length.
        let all = reading.candidates;
        let (from, to) =
            (all.partition_point(|c| c.bytes.start < quote.start), all.partition_point(|c| c.bytes.start < quote.end));
        let near = || (from.saturating_sub(NEAR)..from).chain(to..all.len().min(to + NEAR));
        let distance = |c: &usize| {
            let at = all[*c].bytes.start;
            if at < quote.start { quote.start - at } else { at.saturating_sub(quote.end) }
        };
        let of =
            |role: Role| near().filter(|c| self.quoted[s][*c].is_none() && all[*c].role == role).min_by_key(distance);
        of(Role::Source).or_else(|| of(Role::Agent)).map_or(Says::Untold, Says::One)
    }

    /// Who says candidate `c` without quotation marks: in a direct saying, or in a headline behind "X:".
    pub(super) fn said_by(&self, s: usize, c: usize) -> Option<usize> {
        let reading = &self.readings[s];
        let at = &reading.candidates[c].bytes;
        let said = reading.sayings.iter().take(16).find(|say| say.direct && within(at, &say.content));
        if let Some(Speaker::Candidate(speaker)) = said.map(|say| &say.speaker) {
            return only(self.resolved[s].get(*speaker)?.as_ref());
        }
        let first = reading.candidates.first().filter(|_| reading.kind == Kind::Headline && c > 0)?;
        reading
            .text
            .get(first.bytes.end..at.start)?
            .trim_start()
            .starts_with([':', '：'])
            .then(|| only(self.resolved[s][0].as_ref()))?
    }

    /// The member that says quotation `q`.
    pub(super) fn speaker(&self, q: usize) -> Option<usize> {
        let (s, c) = self.speakers[q]?;
        only(self.resolved[s][c].as_ref())
    }
}
