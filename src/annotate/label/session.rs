//! `Session`: where a person is in their sentences, as a state machine without a terminal.

use super::Key;
use super::entry::Entry;
use super::task::Task;
use crate::annotate::rating::Rating;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
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
    /// An entry about a sentence that there is not.
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
            session.history.retain(|p| *p != place);
            match entry {
                Entry::Undone(_) => {
                    session.answers.remove(&place);
                }
                Entry::Answered(_, answer) => {
                    session.history.push(place);
                    session.answers.insert(place, answer);
                }
            }
        }
        session.at = session.next(0);
        Ok(session)
    }

    /// The first sentence from `from` on, else the first of all, that is not answered.
    fn next(&self, from: usize) -> Option<usize> {
        (from..self.tasks.len()).chain(0..from).find(|i| !self.answers.contains_key(i))
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

    /// Whether something can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.history.is_empty() || self.draft.stance.is_some() || self.draft.tone.is_some()
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
            Key::Char('s') => return self.done(true, now),
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
        if self.question().is_none() { self.done(false, now) } else { None }
    }

    /// The sentence is answered: on to the next.
    fn done(&mut self, skipped: bool, now: Duration) -> Option<Entry> {
        let place = self.at?;
        let shown = self.suggest && (self.tasks[place].p_stance.is_some() || self.tasks[place].p_tone.is_some());
        let mut answer = std::mem::take(&mut self.draft);
        if skipped {
            (answer.stance, answer.tone) = (None, None);
        }
        answer.skipped = skipped;
        answer.suggested = shown;
        answer.seconds = now.saturating_sub(self.began).as_secs_f64();
        self.answers.insert(place, answer.clone());
        self.history.push(place);
        self.at = self.next(place + 1);
        self.began = now;
        Some(Entry::Answered(self.tasks[place].item.id.clone(), answer))
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
        self.draft = Answer { note: answer.note, ..Answer::default() };
        self.at = Some(place);
        self.began = now;
        Some(Entry::Undone(self.tasks[place].item.id.clone()))
    }

    /// What was said, as ratings of `annotator`, in the order of the sentences. What was skipped is missing.
    pub fn ratings(&self, annotator: &str) -> Vec<Rating> {
        let said = self.answers.iter().filter(|(_, answer)| !answer.skipped);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::rating::Item;

    const BOTH: &[Question] = &[Question::Stance, Question::Tone];

    fn tasks(n: usize) -> Vec<Task> {
        let item = |i: usize| Item { id: format!("k-{i}"), text: format!("Kalimat {i}."), ..Item::default() };
        (0..n).map(|i| Task { item: item(i), ..Task::default() }).collect()
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn type_in(session: &mut Session<'_>, keys: &str) -> Vec<Entry> {
        keys.chars().filter_map(|c| session.press(Key::Char(c), at(5))).collect()
    }

    #[test]
    fn two_keys_label_a_sentence_by_number_or_letter() {
        let tasks = tasks(3);
        let mut session = Session::resume(&tasks, BOTH, false, []).unwrap();
        assert_eq!(session.question(), Some(Question::Stance));
        assert!(type_in(&mut session, "x9").is_empty(), "other keys do nothing");
        let entries = type_in(&mut session, "e-23");
        let [Entry::Answered(a, first), Entry::Answered(b, second)] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!((a.as_str(), first.stance, first.tone), ("k-0", Some(Stance::Escalation), Some(Tone::Negative)));
        assert_eq!((b.as_str(), second.stance, second.tone), ("k-1", Some(Stance::Deescalation), Some(Tone::Neutral)));
        assert_eq!((first.seconds, second.seconds, session.place()), (5.0, 0.0, Some(2)));
        assert_eq!(type_in(&mut session, "n0").len(), 1);
        assert_eq!((session.place(), session.question()), (None, None));
        assert!(type_in(&mut session, "e1").is_empty());
        type_in(&mut session, "q");
        assert!(session.is_over());
    }

    #[test]
    fn undo_takes_back_a_label_and_then_the_sentence_before() {
        let tasks = tasks(2);
        let mut session = Session::resume(&tasks, BOTH, false, []).unwrap();
        assert!(type_in(&mut session, "eu").is_empty());
        assert_eq!(session.question(), Some(Question::Stance));
        type_in(&mut session, "d0n");
        assert!(type_in(&mut session, "u").is_empty(), "the stance of the second");
        assert_eq!(type_in(&mut session, "u"), [Entry::Undone("k-0".into())]);
        assert_eq!((session.place(), session.answers().len()), (Some(0), 0));
        assert!(type_in(&mut session, "u").is_empty(), "nothing is left");
        assert!(!session.can_undo());
        type_in(&mut session, "n+");
        assert_eq!(session.answers()[&0].tone, Some(Tone::Positive));
    }

    #[test]
    fn a_note_is_written_with_all_keys_and_kept_with_the_label() {
        let tasks = tasks(1);
        let mut session = Session::resume(&tasks, &BOTH[..1], false, []).unwrap();
        type_in(&mut session, "mqusx");
        session.press(Key::Backspace, at(1));
        assert_eq!(session.typing(), Some("qus"));
        session.press(Key::Enter, at(2));
        assert_eq!(session.draft().note.as_deref(), Some("qus"));
        type_in(&mut session, "mzz");
        session.press(Key::Escape, at(2));
        let entries = type_in(&mut session, "3");
        let [Entry::Answered(_, answer)] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!((answer.note.as_deref(), answer.stance, answer.tone), (Some("qus"), Some(Stance::Neutral), None));
        type_in(&mut session, "u");
        assert_eq!(session.draft().note.as_deref(), Some("qus"), "undoing keeps the note");
    }

    #[test]
    fn skipped_sentences_are_missing_and_a_journal_brings_everything_back() {
        let tasks = tasks(4);
        let mut session = Session::resume(&tasks, BOTH, false, []).unwrap();
        let mut journal = type_in(&mut session, "e-sn0u");
        journal.extend(type_in(&mut session, "d+"));
        assert_eq!(journal.len(), 5);
        let again = Session::resume(&tasks, BOTH, false, journal.clone()).unwrap();
        assert_eq!((again.answers(), again.place()), (session.answers(), Some(3)));
        let ratings = again.ratings("ayu");
        let ids: Vec<&str> = ratings.iter().map(|r| r.item.id.as_str()).collect();
        assert_eq!(ids, ["k-0", "k-2"]);
        assert_eq!(ratings[1].stance, Some(Stance::Deescalation));
        let message = Session::resume(&tasks[..2], BOTH, false, journal).unwrap_err().to_string();
        assert!(message.contains("\"k-2\", which is not among those to label"), "{message}");
    }

    #[test]
    fn whether_a_suggestion_was_seen_is_kept() {
        let mut tasks = tasks(2);
        tasks[0].p_stance = Some([0.8, 0.1, 0.1]);
        let mut session = Session::resume(&tasks, BOTH, true, []).unwrap();
        type_in(&mut session, "e-e-");
        assert_eq!((session.answers()[&0].suggested, session.answers()[&1].suggested), (true, false));
    }
}
