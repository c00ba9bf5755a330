//! Labels of tokens in a JSON row: `tokens` with `tags`, and `mentions`.
//!
//! Tags are BIO over words, as the public sets of named entities have them, and the words are joined to a text as printed;
//! `mentions` counts in Unicode code points. What does not fit the text is refused with the field and the reason.

use crate::actors::Entity;
use crate::actors::tagged::ROLES;
use crate::train::gold_spans::{Mention, Mentions, Tags};
use serde_json::{Map, Value};
use std::ops::Range;

/// The field with the words.
pub(super) const TOKENS: &str = "tokens";
const TAGS: &str = "tags";
const MENTIONS: &str = "mentions";

/// A field and what is wrong with it.
pub(super) type Fault = (&'static str, String);

/// A list of words.
pub(super) fn tokens(value: &Value) -> Result<Vec<&str>, String> {
    let words = value.as_array().and_then(|all| all.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    words.ok_or_else(|| "expected a list of strings".into())
}

/// Words as printed: no blank before closing and after opening marks; straight quotes open and close in turn. It does what
/// `join` of `training/label_public.py` does.
pub(super) fn join(words: &[&str]) -> String {
    let (closing, opening) = (",.;:?!%)]»”", "([«“");
    let mut text = String::new();
    for c in words.join(" ").chars() {
        if c.is_whitespace()
            && (text.is_empty() || text.ends_with(|last: char| last.is_whitespace() || opening.contains(last)))
        {
            continue;
        }
        if closing.contains(c) {
            text.truncate(text.trim_end().len());
        }
        text.push(if c.is_whitespace() { ' ' } else { c });
    }
    let mut out = String::new();
    for (i, part) in text.split('"').enumerate() {
        // Before part 1, 3 and so on a quote opens.
        match (i, i % 2) {
            (0, _) => {}
            (_, 1) => {
                out.truncate(out.trim_end().len());
                out.push_str(" \"");
            }
            _ => {
                out.truncate(out.trim_end().len());
                out.push_str("\" ");
            }
        }
        out.push_str(if i > 0 { part.trim() } else { part });
    }
    let mut text = String::new();
    for c in out.trim().chars() {
        if c == ' ' && text.ends_with(' ') {
            continue;
        }
        let before = text.trim_end();
        if ",.;:?!".contains(c) && before.ends_with('"') {
            text.truncate(before.len());
        }
        text.push(c);
    }
    text
}

/// Where words stand in a text that differs from them in white space alone.
fn locate(words: &[&str], text: &str) -> Option<Vec<Range<usize>>> {
    let mut rest = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut out = Vec::with_capacity(words.len());
    for word in words {
        let mut bytes: Option<Range<usize>> = None;
        for c in word.chars().filter(|c| !c.is_whitespace()) {
            let (at, _) = rest.next().filter(|(_, found)| *found == c)?;
            bytes = Some(bytes.map_or(at, |b| b.start)..at + c.len_utf8());
        }
        out.push(bytes?);
    }
    rest.next().is_none().then_some(out)
}

/// The entities of a row.
pub(super) fn tags(row: &Map<String, Value>, text: &str) -> Result<Option<Tags>, Fault> {
    let Some(tags) = row.get(TAGS).filter(|v| !v.is_null()) else { return Ok(None) };
    let names = tokens(tags).map_err(|cause| (TAGS, cause))?;
    let words = row.get(TOKENS).ok_or_else(|| (TAGS, "tags without tokens".to_string()))?;
    let words = tokens(words).map_err(|cause| (TOKENS, cause))?;
    if names.len() != words.len() {
        return Err((TAGS, format!("{} tags for {} tokens", names.len(), words.len())));
    }
    let words = locate(&words, text).ok_or_else(|| (TOKENS, "the text is not made of these tokens".to_string()))?;
    let mut spans: Vec<(Range<usize>, Entity)> = Vec::new();
    for (i, name) in names.into_iter().enumerate().filter(|(_, name)| *name != "O") {
        let kind = name.split_once('-').and_then(|(at, kind)| {
            let kind = Entity::ALL.into_iter().find(|e| e.name() == kind)?;
            matches!(at, "B" | "I").then_some((at == "I", kind))
        });
        let Some((inside, kind)) = kind else {
            let allowed = Entity::ALL.map(|e| format!("B-{0}, I-{0}", e.name())).join(", ");
            return Err((TAGS, format!("unknown tag \"{name}\"; allowed are O, {allowed}")));
        };
        match spans.last_mut() {
            // An I that follows nothing of its kind begins a span, as in the evaluation of CoNLL.
            Some((last, of)) if inside && last.end == i && *of == kind => last.end = i + 1,
            _ => spans.push((i..i + 1, kind)),
        }
    }
    Ok(Some(Tags { words, spans }))
}

/// The actors of a row, for the heads that read them; none where no head does.
pub(super) fn mentions(
    row: &Map<String, Value>,
    text: &str,
    actors: bool,
    roles: bool,
) -> Result<Option<Mentions>, Fault> {
    let Some(value) = row.get(MENTIONS).filter(|v| (actors || roles) && !v.is_null()) else { return Ok(None) };
    let fault = |cause: String| (MENTIONS, cause);
    let list = value.as_array().ok_or_else(|| fault("expected a list of objects".into()))?;
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut all = Vec::with_capacity(list.len());
    for (i, one) in list.iter().enumerate() {
        let at = |name: &str| {
            let place = one.get(name).and_then(Value::as_u64).and_then(|n| ends.get(n as usize).copied());
            place.ok_or_else(|| fault(format!("number {i}: \"{name}\" is no place in the text, in code points")))
        };
        let bytes = at("start")?..at("end")?;
        if bytes.is_empty() {
            return Err(fault(format!("number {i}: it ends where it starts or before")));
        }
        let surface = one.get("surface").and_then(Value::as_str);
        if let Some(surface) = surface.filter(|s| *s != &text[bytes.clone()]) {
            return Err(fault(format!("number {i}: the text has \"{}\" there, not \"{surface}\"", &text[bytes])));
        }
        let name = one.get("role").and_then(Value::as_str).unwrap_or_default();
        let Some(role) = ROLES.iter().position(|r| *r == name) else {
            return Err(fault(format!("number {i}: unknown role \"{name}\"; allowed are {}", ROLES.join(", "))));
        };
        all.push(Mention { bytes, role });
    }
    all.sort_by_key(|m| m.bytes.start);
    if let Some(pair) = all.windows(2).find(|pair| pair[1].bytes.start < pair[0].bytes.end) {
        return Err(fault(format!("\"{}\" overlaps the mention before it", &text[pair[1].bytes.clone()])));
    }
    Ok(Some(Mentions { all, actors, roles }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("an object") };
        map
    }

    #[test]
    fn words_are_joined_as_printed() {
        for (words, want) in [
            ("Tavira , ketua ( DL ) , naik 5 % .", "Tavira, ketua (DL), naik 5%."),
            ("kata Odo : \" Kami siap . \" Lalu \" pergi \" ,", "kata Odo: \"Kami siap.\" Lalu \"pergi\","),
            ("« Да » , сказал", "«Да», сказал"),
            ("\" Awal", "\"Awal"),
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            let text = join(&words);
            assert_eq!(text, want);
            let places = locate(&words, &text).unwrap();
            assert!(places.iter().zip(&words).all(|(p, w)| &text[p.clone()] == *w));
        }
        assert_eq!(locate(&["a"], "a b"), None);
    }

    #[test]
    fn tags_become_spans_of_words_and_faults_are_told() {
        let row = |tags: Value| object(json!({ "tokens": ["Tavira", "Lohan", "di", "Orsk"], "tags": tags }));
        let text = "Tavira Lohan di Orsk";
        let read = |value: Value| tags(&row(value), text);
        let found = read(json!(["B-PER", "I-PER", "O", "I-LOC"])).unwrap().unwrap();
        assert_eq!(found.spans, [(0..2, Entity::Person), (3..4, Entity::Place)]);
        assert_eq!(found.bytes().next().unwrap(), (0..12, Entity::Person));
        assert_eq!((found.touched(&(3..9)), found.touched(&(12..13))), (Some(0..2), None));
        assert!(read(json!(["O"])).unwrap_err().1.contains("1 tags for 4 tokens"));
        assert!(read(json!(["O", "B-MISC", "O", "O"])).unwrap_err().1.contains("B-PER, I-PER, B-ORG"));
        assert!(tags(&row(json!(["O", "O", "O", "O"])), "Tavira").unwrap_err().1.contains("not made of"));
        assert_eq!(read(Value::Null), Ok(None));
    }

    #[test]
    fn mentions_count_in_code_points_and_must_fit_the_text() {
        let text = "«Да», сказала Лохан.";
        let one = |start: u64, end: u64, role: &str| json!({ "start": start, "end": end, "role": role });
        let read = |list: Value| mentions(&object(json!({ "mentions": list })), text, true, false);
        let found = read(json!([one(14, 19, "source")])).unwrap().unwrap();
        assert_eq!((&text[found.all[0].bytes.clone()], found.all[0].role), ("Лохан", 0));
        for (list, part) in [
            (json!([one(14, 99, "source")]), "\"end\" is no place"),
            (json!([one(14, 14, "source")]), "ends where it starts"),
            (json!([one(14, 19, "hero")]), "unknown role \"hero\""),
            (json!([one(14, 19, "agent"), one(16, 18, "agent")]), "overlaps"),
            (json!([{ "start": 0, "end": 1, "role": "agent", "surface": "x" }]), "the text has \"«\" there"),
            (json!({}), "a list of objects"),
        ] {
            let (field, cause) = read(list).unwrap_err();
            assert!(field == "mentions" && cause.contains(part), "{cause}");
        }
        assert_eq!(mentions(&object(json!({ "mentions": 1 })), text, false, false), Ok(None));
    }
}
