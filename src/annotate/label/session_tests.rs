//! A person at the keys.

use super::Key;
use super::entry::Entry;
use super::session::{Question, Session};
use super::task::Task;
use crate::annotate::rating::Item;
use crate::model::labels::{Stance, Tone};
use std::time::Duration;

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
    let [Entry::Answered { id: a, text, answer: first }, Entry::Answered { id: b, answer: second, .. }] =
        entries.as_slice()
    else {
        panic!("{entries:?}")
    };
    assert_eq!(text.as_deref(), Some("Kalimat 0."));
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
    let [Entry::Answered { answer, .. }] = entries.as_slice() else { panic!("{entries:?}") };
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

#[test]
fn a_session_that_asks_more_asks_the_rest_and_one_that_asks_less_keeps_it() {
    let tasks = tasks(2);
    let mut session = Session::resume(&tasks, &BOTH[..1], false, []).unwrap();
    let mut journal = type_in(&mut session, "ed");
    assert_eq!((session.done(), session.place()), (2, None));
    let mut session = Session::resume(&tasks, BOTH, false, journal.clone()).unwrap();
    assert_eq!((session.done(), session.place(), session.question()), (0, Some(0), Some(Question::Tone)));
    assert_eq!(session.ratings("ayu").len(), 2, "what was said before is there");
    journal.extend(type_in(&mut session, "+"));
    assert_eq!((session.done(), session.draft().stance), (1, Some(Stance::Deescalation)));
    let mut session = Session::resume(&tasks, &BOTH[1..], false, journal.clone()).unwrap();
    assert_eq!((session.done(), session.place()), (1, Some(1)));
    // the tone of the first is taken back; its stance, which is not asked now, is not, also if the session ends here
    let undone = type_in(&mut session, "u");
    assert_eq!(session.ratings("ayu")[0].stance, Some(Stance::Escalation));
    let again = Session::resume(&tasks, &BOTH[1..], false, [journal, undone].concat()).unwrap();
    assert_eq!((again.answers(), again.place()), (session.answers(), Some(0)));
    assert_eq!(type_in(&mut session, "-0").len(), 2);
    let answers = session.answers();
    assert_eq!((answers[&0].stance, answers[&0].tone), (Some(Stance::Escalation), Some(Tone::Negative)));
    assert_eq!((answers[&1].stance, answers[&1].tone), (Some(Stance::Deescalation), Some(Tone::Neutral)));
}

#[test]
fn passing_over_a_sentence_keeps_what_another_session_said_of_it() {
    let tasks = tasks(1);
    let mut session = Session::resume(&tasks, &BOTH[..1], false, []).unwrap();
    let mut journal = type_in(&mut session, "e");
    let mut session = Session::resume(&tasks, &BOTH[1..], false, journal.clone()).unwrap();
    journal.extend(type_in(&mut session, "s"));
    for session in [session, Session::resume(&tasks, BOTH, false, journal).unwrap()] {
        assert_eq!(session.done(), 1);
        let ratings = session.ratings("ayu");
        assert_eq!((ratings[0].stance, ratings[0].tone), (Some(Stance::Escalation), None));
    }
}

#[test]
fn a_label_never_moves_to_another_text_under_the_same_id() {
    let mut tasks = tasks(2);
    let journal = type_in(&mut Session::resume(&tasks, BOTH, false, []).unwrap(), "e-");
    tasks[0].item.text = " Kalimat   0.\n".into();
    assert!(Session::resume(&tasks, BOTH, false, journal.clone()).is_ok(), "white space is no other text");
    tasks[0].item.text = "Hujan turun.".into();
    let message = Session::resume(&tasks, BOTH, false, journal).unwrap_err().to_string();
    assert!(message.contains("\"k-0\" had another text when it was labelled: \"Kalimat 0.\""), "{message}");
}
