//! An article to be read: its paragraphs with every sentence tinted, and beside each what is known of it.
//!
//! The tint tells stance, the underline tone, and signs before the sentence say both without colour. What hover and focus
//! show (labels, probabilities, voice, source, roles) stands in the page as text and needs no script.

use super::explained::{Word, heaviest};
use super::facts::{stance_part, tone_part};
use super::marks::{Places, marked};
use super::names::Names;
use super::pairs::step;
use super::reading::Piece;
use super::rows::{Kind, Mention, Role, Sentence, Stance, Status, Tone, Voice};
use super::safe::{self, html};
use super::words::Words;
use crate::error::{Error, Result, Stage};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The article as paragraphs of HTML.
///
/// # Errors
/// Offsets of a sentence do not fit the saved text.
pub(super) fn paragraphs(piece: &Piece, names: &Names, words: &Words) -> Result<String> {
    let places = piece.text.as_ref().map(|text| Places::of(text));
    let mut out = String::from("<p>");
    let mut mentions = piece.mentions.as_slice();
    let mut end: Option<usize> = None;
    for sentence in &piece.sentences {
        let own = mentions.iter().take_while(|m| m.sentence_id == sentence.sentence_id).count();
        let (of_it, others) = mentions.split_at(own);
        mentions = others;
        let text = match &places {
            Some(places) => places.slice(sentence.start, sentence.end).ok_or_else(|| {
                let cause = format!("sentence {} does not lie in the saved text", sentence.sentence_id);
                Error::new(Stage::Read, cause)
                    .file("articles_text.jsonl")
                    .place(format!("article {:?}", piece.article.article_id))
                    .hint(super::table::AGAIN)
            })?,
            None => &sentence.text,
        };
        if let Some(end) = end {
            out.push_str(if parted(places.as_ref(), end, sentence.start) { "</p>\n<p>" } else { " " });
        }
        end = Some(sentence.end);
        self::sentence(&mut out, sentence, text, of_it, names, words);
    }
    out.push_str("</p>");
    Ok(out)
}

/// Whether a paragraph ends between two sentences: a line ends there. Without the text a gap of two characters says so.
fn parted(places: Option<&Places<'_>>, end: usize, start: usize) -> bool {
    match places.and_then(|places| places.slice(end, start)) {
        Some(gap) => gap.contains(['\n', '\r', '\u{2028}', '\u{2029}']),
        None => start.saturating_sub(end) > 1,
    }
}

fn sentence(out: &mut String, s: &Sentence, text: &str, mentions: &[Mention], names: &Names, words: &Words) {
    let heading = if s.kind == Kind::Headline { " h" } else { "" };
    let _ = write!(out, "<span class=\"s{heading}{}\" tabindex=\"0\"{}>", classes(s), shares(s));
    out.push_str(signs(s));
    let (shown, left) = safe::cut(text, safe::SENTENCE_CHARS);
    // Without the saved text the offsets hold only where no white space was folded
    let placed = text.chars().count() == s.end - s.start.min(s.end);
    marked(out, shown, if placed { mentions } else { &[] }, s.start, s);
    if left > 0 {
        let n = words.numbers.count(left as u64);
        let _ = write!(out, " <em class=\"cut\">{}</em>", html(&words.fill("cut", &[("n", &n)])));
    }
    if let (Some(Voice::Source), Some(source)) = (s.voice, &s.source_actor) {
        let _ = write!(out, "<span class=\"src\"><bdi>{}</bdi></span>", html(&safe::short(names.of_id(source))));
    }
    out.push_str("<span class=\"d\">");
    details(out, s, mentions, names, words);
    out.push_str("</span></span>");
}

/// Classes of stance (e, d), tone (p, g), voice (q) and of what is left out (x).
fn classes(s: &Sentence) -> String {
    let mut classes = String::new();
    match (s.stance, s.stance_score) {
        (Some(Stance::Escalation), Some(x)) => classes = format!(" e{}", step(x).unwrap_or(1)),
        (Some(Stance::Deescalation), Some(x)) => classes = format!(" d{}", step(x).unwrap_or(1)),
        _ => {}
    }
    match s.tone {
        Some(Tone::Positive) => classes.push_str(" p"),
        Some(Tone::Negative) => classes.push_str(" g"),
        _ => {}
    }
    if s.voice == Some(Voice::Source) {
        classes.push_str(" q");
    }
    if s.status != Status::Ok {
        classes.push_str(" x");
    }
    classes
}

/// The probabilities in per cent as an attribute, from which the script draws bars; the text beside them needs none.
fn shares(s: &Sentence) -> String {
    let all = [s.p_escalation, s.p_neutral, s.p_deescalation, s.p_negative, s.p_tone_neutral, s.p_positive];
    let shares: Option<Vec<String>> = all.iter().map(|p| p.map(|p| format!("{:.0}", 100.0 * p))).collect();
    shares.map_or_else(String::new, |shares| format!(" data-p=\"{}\"", shares.join(" ")))
}

/// The signs before a sentence; those who listen hear the words beside it instead.
fn signs(s: &Sentence) -> &'static str {
    match (s.stance, s.tone) {
        (Some(Stance::Escalation), Some(Tone::Positive)) => "<i aria-hidden=\"true\">▲+</i>",
        (Some(Stance::Escalation), Some(Tone::Negative)) => "<i aria-hidden=\"true\">▲−</i>",
        (Some(Stance::Escalation), _) => "<i aria-hidden=\"true\">▲</i>",
        (Some(Stance::Deescalation), Some(Tone::Positive)) => "<i aria-hidden=\"true\">▼+</i>",
        (Some(Stance::Deescalation), Some(Tone::Negative)) => "<i aria-hidden=\"true\">▼−</i>",
        (Some(Stance::Deescalation), _) => "<i aria-hidden=\"true\">▼</i>",
        (_, Some(Tone::Positive)) => "<i aria-hidden=\"true\">+</i>",
        (_, Some(Tone::Negative)) => "<i aria-hidden=\"true\">−</i>",
        _ => "",
    }
}

/// What is known of a sentence, as lines of text.
fn details(out: &mut String, s: &Sentence, mentions: &[Mention], names: &Names, words: &Words) {
    let unscored = match s.status {
        Status::Ok => None,
        Status::Furniture => Some("status_furniture"),
        Status::NoWords => Some("status_no_words"),
        Status::LowConfidence => Some("status_low_confidence"),
    };
    let _ = write!(out, "{} {}", html(words.say("sentence_no")), s.sentence_id + 1);
    let stance = [("escalation", s.p_escalation), ("neutral", s.p_neutral), ("deescalation", s.p_deescalation)];
    let tone = [("negative", s.p_negative), ("tone_neutral", s.p_tone_neutral), ("positive", s.p_positive)];
    for (key, score, parts) in [("stance", s.stance_score, stance), ("tone", s.tone_score, tone)] {
        let Some(score) = score else { continue };
        let shares = parts
            .map(|(label, p)| format!("{} {}", html(words.say(label)), words.numbers.percent(p.unwrap_or(0.0), 0)));
        let (name, score) = (html(words.say(key)), words.numbers.score(score));
        let _ = write!(out, "<span class=\"l\"><b>{name} {score}:</b> {}</span>", shares.join(" · "));
    }
    for (label, weight) in [
        (s.stance.map(|l| stance_part(l).0), (|w| w.stance) as fn(&Word) -> f64),
        (s.tone.map(|l| tone_part(l).0), |w| w.tone),
    ] {
        let told = |w: &&Word| format!("<bdi>{}</bdi> {}", html(&safe::short(&w.text)), words.numbers.score(weight(w)));
        let said: Vec<String> = heaviest(&s.words, weight).iter().map(told).collect();
        if let Some(label) = label.filter(|_| !said.is_empty()) {
            let name = html(&words.fill("words_for", &[("label", words.say(label))]));
            let _ = write!(out, "<span class=\"l\">{name}: {}</span>", said.join(" · "));
        }
    }
    let mut line = |key: &str, value: &str| {
        let _ = write!(out, "<span class=\"l\">{}: {value}</span>", html(words.say(key)));
    };
    if let Some(voice) = s.voice {
        let source =
            s.source_actor.as_deref().map(|id| format!(": <bdi>{}</bdi>", html(&safe::short(names.of_id(id)))));
        let key = if voice == Voice::Author { "voice_author" } else { "voice_source" };
        line("voice", &format!("{}{}", html(words.say(key)), source.unwrap_or_default()));
    }
    let roles: BTreeSet<(Role, &str)> = mentions.iter().map(|m| (m.role, m.actor_id.as_str())).collect();
    if !roles.is_empty() {
        let role = |(role, id): &(Role, &str)| {
            let key = match role {
                Role::Source => "role_source",
                Role::Agent => "role_agent",
                Role::Target => "role_target",
                Role::Mention => "role_mention",
            };
            format!("<bdi>{}</bdi> ({})", html(&safe::short(names.of_id(id))), html(words.say(key)))
        };
        line("roles", &roles.iter().map(role).collect::<Vec<_>>().join(" · "));
    }
    if let Some(n) = s.n_windows.filter(|n| *n > 1) {
        line("windows", &words.numbers.count(n));
    }
    if let Some(key) = unscored {
        line("not_counted", &html(words.say(key)));
    }
}
