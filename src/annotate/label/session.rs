//! `Session`: where a person is in their sentences, as a state machine without a terminal.

use super::Key;
use super::entry::Entry;
use super::task::Task;
use crate::annotate::rating::Rating;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::text::one_line;
use std::collections::BTreeMap;
use std::time::Duration;

/// What is asked of each sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Its stance
    Stance,
    /// Its tone
    Tone,
}

/// What was said of a sentence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// Stance
    pub stance: Option<Stance>,
    /// Tone
    pub tone: Option<Tone>,
    /// Note
    pub note: Option<String>,
    /// Time from when it was shown, in seconds
    pub seconds: f64,
    /// Whether it was passed over without a label
    pub skipped: bool,
    /// Whether the model's suggestion was on the screen
    pub suggested: bool,
}

/// One person's way through the sentences.
#[derive(Debug, Clone)]
pub struct Session<'a> {
    tasks: &'a [Task],
    questions: &'a [Question],
    answers: BTreeMap<usize, Answer>,
    /// Sentences in the order in which they were answered, for undoing
    history: Vec<usize>,
    at: Option<usize>,
    draft: Answer,
    typing: Option<String>,
    suggest: bool,
    began: Duration,
    over: bool,
}

impl<'a> Session<'a> {
    /// A session over `tasks`, at the first sentence that is not answered in `entries`, the journal of earlier ones.
    /// `suggest` shows the model's suggestions.
    ///
    /// # Errors
    /// An entry about a sentence that there is not, or that had another text.
    pub fn resume(
        tasks: &'a [Task],
        questions: &'a [Question],
        suggest: bool,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<Self> {
        let places: BTreeMap<&str, usize> = tasks.iter().enumerate().map(|(i, t)| (t.item.id.as_str(), i)).collect();
        let mut session = Self {
            tasks,
            questions,
            answers: BTreeMap::new(),
            history: Vec::new(),
            at: None,
            draft: Answer::default(),
            typing: None,
            suggest,
            began: Duration::ZERO,
            over: false,
        };
        for entry in entries {
            let Some(&place) = places.get(entry.id()) else {
                let cause =
                    format!("the journal has the sentence \"{}\", which is not among those to label", entry.id());
                return Err(Error::new(Stage::Annotate, cause).hint("go on with the same file, or name another --out"));
            };
            if let Entry::Answered { id, text: Some(text), .. } = &entry
                && one_line(text) != one_line(&tasks[place].item.text)
            {
                let cause =
                    format!("the sentence \"{id}\" had another text when it was labelled: \"{}\"", one_line(text));
                return Err(Error::new(Stage::Annotate, cause).hint("go on with the same file, or name another --out"));
            }
            session.history.retain(|p| *p != place);
            match entry {
                Entry::Undone(_) => {
                    session.answers.remove(&place);
                }
                Entry::Answered { answer, .. } => {
                    session.history.push(place);
                    session.answers.insert(place, answer);
                }
            }
        }
        session.go(session.next(0));
        Ok(session)
    }

    /// The first sentence from `from` on, else the first of all, that is not answered.
    fn next(&self, from: usize) -> Option<usize> {
        (from..self.tasks.len()).chain(0..from).find(|i| !self.answers.get(i).is_some_and(|a| self.is_whole(a)))
    }

    /// Whether an answer says all that is asked. One of a session that asked less stays, and the rest is asked.
    fn is_whole(&self, answer: &Answer) -> bool {
        let asked = |q: &Question| match q {
            Question::Stance => answer.stance.is_some(),
            Question::Tone => answer.tone.is_some(),
        };
        answer.skipped || self.questions.iter().all(asked)
    }

    /// Goes to a sentence, with what was said of it before.
    fn go(&mut self, place: Option<usize>) {
        self.at = place;
        self.draft = place.and_then(|p| self.answers.get(&p)).cloned().unwrap_or_default();
    }

    /// Sentences of which all that is asked was said.
    pub fn done(&self) -> usize {
        self.answers.values().filter(|a| self.is_whole(a)).count()
    }

    /// The sentence that is shown; `None` when all are answered.
    pub fn task(&self) -> Option<&'a Task> {
        self.tasks.get(self.at?)
    }

    /// Place of the sentence that is shown, from 0.
    pub fn place(&self) -> Option<usize> {
        self.at
    }

    /// Sentences there are.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether there is no sentence at all.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// What was said, by place.
    pub fn answers(&self) -> &BTreeMap<usize, Answer> {
        &self.answers
    }

    /// What was said of the sentence that is shown, so far.
    pub fn draft(&self) -> &Answer {
        &self.draft
    }

    /// The note that is being written.
    pub fn typing(&self) -> Option<&str> {
        self.typing.as_deref()
    }

    /// Whether the model's suggestion is shown.
    pub fn suggests(&self) -> bool {
        self.suggest
    }

    /// Whether the person has left.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// What is asked now; `None` when all are answered.
    pub fn question(&self) -> Option<Question> {
        self.at?;
        self.questions.iter().copied().find(|q| match q {
            Question::Stance => self.draft.stance.is_none(),
            Question::Tone => self.draft.tone.is_none(),
        })
    }

    /// Notes when the sentence came on the screen.
    pub fn show(&mut self, now: Duration) {
        self.began = now;
    }

    /// Takes a key at a time; what comes back must be kept before anything else is shown.
    pub fn press(&mut self, key: Key, now: Duration) -> Option<Entry> {
        if self.typing.is_some() {
            self.write(key);
            return None;
        }
        match key {
            Key::Interrupt | Key::Char('q') => self.over = true,
            Key::Char('u') | Key::Backspace => return self.undo(now),
            Key::Char('s') => return self.keep(true, now),
            Key::Char('m') if self.at.is_some() => self.typing = Some(self.draft.note.clone().unwrap_or_default()),
            Key::Char(c) => return self.choose(c, now),
            Key::Enter | Key::Escape => {}
        }
        None
    }

    fn write(&mut self, key: Key) {
        let Some(text) = &mut self.typing else { return };
        match key {
            Key::Char(c) => text.push(c),
            Key::Backspace => {
                text.pop();
            }
            Key::Enter => {
                let note = std::mem::take(text).trim().to_owned();
                self.draft.note = Some(note).filter(|n| !n.is_empty());
                self.typing = None;
            }
            Key::Escape => self.typing = None,
            Key::Interrupt => self.over = true,
        }
    }

    fn choose(&mut self, key: char, now: Duration) -> Option<Entry> {
        match self.question()? {
            Question::Stance => self.draft.stance = Some(pick::<Stance>(key, "edn")?),
            Question::Tone => self.draft.tone = Some(pick::<Tone>(key, "+-0")?),
        }
        if self.question().is_none() { self.keep(false, now) } else { None }
    }

    /// The sentence is answered: on to the next.
    fn keep(&mut self, skipped: bool, now: Duration) -> Option<Entry> {
        let place = self.at?;
        let shown = self.suggest && (self.tasks[place].p_stance.is_some() || self.tasks[place].p_tone.is_some());
        let mut answer = std::mem::take(&mut self.draft);
        // What is not asked in this session stays as it was said in another.
        for question in self.questions.iter().filter(|_| skipped) {
            match question {
                Question::Stance => answer.stance = None,
                Question::Tone => answer.tone = None,
            }
        }
        answer.skipped = skipped;
        answer.suggested = shown;
        answer.seconds = now.saturating_sub(self.began).as_secs_f64();
        self.answers.insert(place, answer.clone());
        self.history.retain(|p| *p != place);
        self.history.push(place);
        self.go(self.next(place + 1));
        self.began = now;
        Some(self.entry(place, answer))
    }

    fn entry(&self, place: usize, answer: Answer) -> Entry {
        let item = &self.tasks[place].item;
        Entry::Answered { id: item.id.clone(), text: Some(item.text.clone()), answer }
    }

    /// Takes back the last label of the sentence that is shown, else all of the sentence answered last, whose note stays.
    fn undo(&mut self, now: Duration) -> Option<Entry> {
        for question in self.questions.iter().rev() {
            let taken = match question {
                Question::Stance => self.draft.stance.take().is_some(),
                Question::Tone => self.draft.tone.take().is_some(),
            };
            if taken {
                return None;
            }
        }
        let place = self.history.pop()?;
        let answer = self.answers.remove(&place)?;
        // What is not asked in this session stays as it was said.
        let not_asked = |q| !self.questions.contains(&q);
        self.draft = Answer {
            stance: answer.stance.filter(|_| not_asked(Question::Stance)),
            tone: answer.tone.filter(|_| not_asked(Question::Tone)),
            note: answer.note,
            seconds: answer.seconds,
            ..Answer::default()
        };
        self.at = Some(place);
        self.began = now;
        if self.draft.stance.is_some() || self.draft.tone.is_some() {
            self.answers.insert(place, self.draft.clone());
            return Some(self.entry(place, self.draft.clone()));
        }
        Some(Entry::Undone(self.tasks[place].item.id.clone()))
    }

    /// What was said, as ratings of `annotator`, in the order of the sentences. What was skipped is missing.
    pub fn ratings(&self, annotator: &str) -> Vec<Rating> {
        let said = self.answers.iter().filter(|(_, a)| !a.skipped || a.stance.is_some() || a.tone.is_some());
        let rating = |(place, answer): (&usize, &Answer)| Rating {
            item: self.tasks[*place].item.clone(),
            annotator: annotator.to_owned(),
            stance: answer.stance,
            tone: answer.tone,
            mentions: None,
            note: answer.note.clone(),
            seconds: Some(answer.seconds),
        };
        said.map(rating).collect()
    }
}

/// The label of a key: its number from 1, or its letter.
fn pick<L: Label>(key: char, letters: &str) -> Option<L> {
    let number = key.to_digit(10).and_then(|n| n.checked_sub(1)).map(|n| n as usize);
    let place = letters.chars().position(|l| l == key).or(number)?;
    L::ALL.get(place).copied()
}
