//! The lines of the screen.

use super::plain::{columns, harmless, wrap};
use super::session::{Question, Session};
use super::task::Task;
use crate::model::labels::{Label, Stance, Tone};

/// How a line looks where the terminal has colours; its words say the same without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As it is
    Plain,
    /// Of less weight
    Dim,
    /// Of more weight
    Bold,
}

/// A line of the screen, no wider than the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says
    pub text: String,
    /// How it looks
    pub style: Style,
}

/// The screen of a session, at most `height` lines of at most `width` columns. Context gives way first where there is no
/// room, then the end of the sentence.
pub fn draw(session: &Session<'_>, annotator: &str, width: usize, height: usize) -> Vec<Line> {
    let (width, height) = (width.max(20), height.max(6));
    let done = session.done();
    let place = session.place().map_or(session.len(), |p| p + 1);
    let head = format!("{}: {place} of {}, {done} done", harmless(annotator), session.len());
    let mut top = lines(&head, width, Style::Bold);
    let Some(task) = session.task() else {
        top.extend(lines("All sentences are done.", width, Style::Plain));
        top.extend(lines("u undo, q quit", width, Style::Dim));
        return top;
    };
    let about =
        task.item.lang.as_ref().map_or_else(|| task.item.id.clone(), |lang| format!("{} ({lang})", task.item.id));
    top.extend(lines(&harmless(&about), width, Style::Dim));
    let mut bottom = bottom(session, task, width);
    // One line of the sentence and what is asked come first on a small screen.
    while top.len() + bottom.len() >= height && !bottom.is_empty() {
        let empty = bottom.iter().position(|l| l.text.is_empty());
        let dim = bottom.iter().rposition(|l| l.style == Style::Dim);
        let Some(least) = empty.or(dim) else { break };
        bottom.remove(least);
    }
    while top.len() + bottom.len() >= height && top.len() > 1 {
        top.pop();
    }
    let room = height.saturating_sub(top.len() + bottom.len()).max(1);
    let mut body = sentence(task, width, room);
    body.truncate(room);
    top.extend(body);
    top.extend(bottom);
    top.truncate(height);
    top
}

/// The sentence with as much around it as there is room for.
fn sentence(task: &Task, width: usize, room: usize) -> Vec<Line> {
    let marked = |text: &str, mark: &str, style| -> Vec<Line> {
        let wrapped = wrap(&harmless(text), width - 2);
        let first = |i: usize| if i == 0 { mark } else { "  " };
        wrapped.into_iter().enumerate().map(|(i, l)| Line { text: format!("{}{l}", first(i)), style }).collect()
    };
    let mut own = marked(&task.item.text, "> ", Style::Bold);
    if own.len() > room {
        own.truncate(room);
        if let Some(last) = own.last_mut() {
            // A screen of a few lines: say that there is more
            while columns(&last.text) >= width {
                last.text.pop();
            }
            last.text.push('…');
        }
        return own;
    }
    let free = room - own.len();
    let around = |texts: &[String]| texts.iter().flat_map(|t| marked(t, "  ", Style::Dim)).collect::<Vec<_>>();
    let (before, after) = (around(&task.before), around(&task.after));
    // What is nearest to the sentence stays: the end of what is before, the beginning of what is after.
    let above = before.len().min(free - free / 2).max(free.saturating_sub(after.len()).min(before.len()));
    let below = after.len().min(free - above);
    let mut out: Vec<Line> = before[before.len() - above..].to_vec();
    out.extend(own);
    out.extend(after.into_iter().take(below));
    out
}

fn bottom(session: &Session<'_>, task: &Task, width: usize) -> Vec<Line> {
    let mut out = vec![Line { text: String::new(), style: Style::Plain }];
    let draft = session.draft();
    if let Some(stance) = draft.stance {
        out.extend(lines(&format!("stance: {}", stance.name()), width, Style::Plain));
    }
    if session.suggests() {
        let shown = [suggestion::<Stance>(task.p_stance), suggestion::<Tone>(task.p_tone)];
        let shown: Vec<String> = shown.into_iter().flatten().collect();
        if !shown.is_empty() {
            out.extend(lines(&format!("model: {}", shown.join("; ")), width, Style::Dim));
        }
    }
    match (session.typing(), &draft.note) {
        (Some(text), _) => {
            out.extend(lines(&format!("note: {}_", harmless(text)), width, Style::Plain));
            out.extend(lines("Enter keep, Esc leave as it was", width, Style::Dim));
            return out;
        }
        (None, Some(note)) => out.extend(lines(&format!("note: {}", harmless(note)), width, Style::Plain)),
        (None, None) => {}
    }
    let asked = match session.question() {
        Some(Question::Stance) => "Stance? 1/e escalation, 2/d de-escalation, 3/n neutral",
        Some(Question::Tone) => "Tone? 1/+ positive, 2/- negative, 3/0 neutral",
        None => "",
    };
    out.extend(lines(asked, width, Style::Bold));
    out.extend(lines("u undo, s skip, m note, q quit", width, Style::Dim));
    out
}

fn suggestion<L: Label>(p: Option<[f64; 3]>) -> Option<String> {
    let p = p?;
    let best = L::argmax(&p);
    Some(format!("{} {} ({:.2})", L::HEAD, best.name(), p[best.index()]))
}

fn lines(text: &str, width: usize, style: Style) -> Vec<Line> {
    wrap(text, width).into_iter().map(|text| Line { text, style }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::label::Key;
    use crate::annotate::rating::Item;
    use std::time::Duration;

    const BOTH: &[Question] = &[Question::Stance, Question::Tone];

    fn task(text: &str) -> Task {
        let item = Item { id: "k-1".into(), text: text.into(), lang: Some("id".into()), ..Item::default() };
        let long = |word: &str| vec![vec![word; 60].join(" ")];
        Task { item, before: long("sebelum"), after: long("sesudah"), p_stance: Some([0.2, 0.7, 0.1]), p_tone: None }
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_screen_of_sixty_columns_holds_everything() {
        let tasks = [task("Tavira mundur dari 边界 setelah \u{1b}[31mperundingan مرحبا panjang.")];
        let session = Session::resume(&tasks, BOTH, false, []).unwrap();
        let screen = draw(&session, "ayu", 60, 24);
        assert_eq!(screen.len(), 24);
        assert!(screen.iter().all(|l| columns(&l.text) <= 60 && !l.text.contains('\u{1b}')));
        let text = text(&screen);
        for part in [
            "ayu: 1 of 1, 0 done",
            "k-1 (id)",
            "> Tavira mundur",
            "␛[31m",
            "مرحبا",
            "sebelum",
            "sesudah",
            "Stance?",
            "s skip",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("model:"), "not asked for");
    }

    #[test]
    fn in_little_room_context_goes_first_and_then_the_end() {
        let tasks = [task(&"kata ".repeat(80))];
        let session = Session::resume(&tasks, BOTH, true, []).unwrap();
        for height in [6, 8, 10, 14] {
            let screen = draw(&session, "ayu", 40, height);
            assert!(screen.len() <= height, "{height}: {}", text(&screen));
            assert!(screen.iter().all(|l| columns(&l.text) <= 40));
            let text = text(&screen);
            assert!(text.contains('…') && !text.contains("sebelum") && text.contains("Stance?"), "{text}");
        }
        assert!(text(&draw(&session, "ayu", 60, 40)).contains("model: stance deescalation (0.70)"));
    }

    #[test]
    fn the_note_and_the_end_are_shown() {
        let tasks = [task("Tavira mundur.")];
        let mut session = Session::resume(&tasks, BOTH, false, []).unwrap();
        let mut press = |keys: &str| {
            for c in keys.chars() {
                session.press(Key::Char(c), Duration::ZERO);
            }
            text(&draw(&session, "ayu", 60, 24))
        };
        assert!(press("mragu").contains("note: ragu_\nEnter keep"));
        session.press(Key::Enter, Duration::ZERO);
        session.press(Key::Char('e'), Duration::ZERO);
        let screen = text(&draw(&session, "ayu", 60, 24));
        assert!(
            screen.contains("note: ragu\n") && screen.contains("stance: escalation") && screen.contains("Tone?"),
            "{screen}"
        );
        session.press(Key::Char('0'), Duration::ZERO);
        assert!(text(&draw(&session, "ayu", 60, 24)).contains("All sentences are done."));
    }
}
