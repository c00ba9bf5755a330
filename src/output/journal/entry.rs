//! `Entry`: a piece of a record of the input in a journal: the record's fingerprint, and the model's predictions of the
//! sentences of the piece.
//!
//! The journal of a shard has the record itself as well, with its first piece, because a merge never sees the input. A long
//! text goes ahead of it, some of it at a time.

use super::wire::{Put, Take};
use crate::actors::{Entity, Tagged};
use crate::article::{Article, Record, Reject, slashed};
use crate::engine::Prediction;
use std::path::PathBuf;
use std::sync::Arc;

/// Half of the SHA-256 of a record, all its fields counted.
pub type Fingerprint = [u8; 16];

/// Bytes from which a text goes ahead of its record, and those of it that are written at a time.
const AHEAD: usize = 1 << 18;

/// A record, whose text is not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// A readable article
    Article(Arc<Article>),
    /// A reject
    Reject(Reject),
}

impl From<Record> for Recorded {
    fn from(record: Record) -> Self {
        match record {
            Record::Article(article) => Self::Article(article.into()),
            Record::Reject(reject) => Self::Reject(reject),
        }
    }
}

/// The fingerprint of a record.
pub fn fingerprint(record: &Recorded) -> Fingerprint {
    let hash = Put::hashed(|put| put_record(put, record, false));
    std::array::from_fn(|i| hash[i])
}

/// A piece of one record of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The record's place in the input, from 0
    pub index: u64,
    /// What the record was when it was scored
    pub fingerprint: Fingerprint,
    /// Which piece of it this is, from 0
    pub piece: u64,
    /// Whether it is the last
    pub last: bool,
    /// The record, with its first piece in the journal of a shard
    pub record: Option<Recorded>,
    /// Predictions of the sentences of the piece that the model reads, in their order
    pub predictions: Vec<Prediction>,
}

/// What an entry is made of in a journal.
#[derive(Debug)]
pub(super) enum Item {
    /// A part of the text of the record that comes next, and whether it is the first part
    Text(String, bool),
    /// An entry, and whether the text of its record stands before it
    Entry(Entry, bool),
}

/// A part of a text that goes ahead of its record.
pub(super) struct Ahead<'a> {
    text: &'a str,
    first: bool,
}

const FIRST: u64 = 0;
const NEXT: u64 = 1;
const ENTRY: u64 = 2;

impl Ahead<'_> {
    pub fn put(&self, put: &mut Put) {
        put.number(if self.first { FIRST } else { NEXT });
        put.text(self.text);
    }
}

impl Item {
    pub fn take(take: &mut Take<'_>) -> Option<Self> {
        Some(match take.number()? {
            ENTRY => {
                let (index, fingerprint, piece, last) = (take.number()?, take.array()?, take.number()?, take.flag()?);
                let (ahead, record, predictions) =
                    (take.flag()?, take.option(take_record)?, take.list(take_prediction)?);
                Self::Entry(Entry { index, fingerprint, piece, last, record, predictions }, ahead)
            }
            part @ (FIRST | NEXT) => Self::Text(take.text()?.to_owned(), part == FIRST),
            _ => return None,
        })
    }
}

impl Entry {
    /// The parts of a long text that go ahead.
    pub(super) fn ahead(&self) -> impl Iterator<Item = Ahead<'_>> {
        let whole = self.long().unwrap_or_default();
        let mut rest = whole;
        std::iter::from_fn(move || {
            let mut end = rest.len().min(AHEAD);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let (text, behind) = rest.split_at(end);
            let first = rest.len() == whole.len();
            rest = behind;
            (!text.is_empty()).then_some(Ahead { text, first })
        })
    }

    fn long(&self) -> Option<&str> {
        match &self.record {
            Some(Recorded::Article(article)) if article.text.len() > AHEAD => Some(&article.text),
            _ => None,
        }
    }

    pub(super) fn put(&self, put: &mut Put) {
        let Self { index, fingerprint, piece, last, record, predictions } = self;
        let ahead = self.long().is_some();
        put.number(ENTRY);
        put.number(*index);
        put.0.extend(fingerprint);
        put.number(*piece);
        put.flag(*last);
        put.flag(ahead);
        put.option(record.as_ref(), |put, record| put_record(put, record, ahead));
        put.size(predictions.len());
        for prediction in predictions {
            put_prediction(put, prediction);
        }
    }
}

/// Writes a record, without its text where that has gone ahead.
fn put_record(put: &mut Put, record: &Recorded, ahead: bool) {
    let text = |put: &mut Put, text: &Option<String>| put.option(text.as_deref(), Put::text);
    match record {
        Recorded::Article(article) => {
            let Article { id, title, date, source, text: body, headline, kept } = &**article;
            put.flag(true);
            put.text(id);
            for field in [title, date, source] {
                text(put, field);
            }
            put.text(if ahead { "" } else { body });
            put.option(headline.clone(), |put, at| {
                put.size(at.start);
                put.size(at.end);
            });
            put.size(kept.len());
            for cell in kept {
                text(put, cell);
            }
        }
        Recorded::Reject(Reject { file, line, byte, id, reason }) => {
            put.flag(false);
            put.text(&slashed(file));
            put.option(*line, Put::number);
            put.option(*byte, Put::number);
            text(put, id);
            put.text(reason);
        }
    }
}

fn take_record(take: &mut Take<'_>) -> Option<Recorded> {
    let text = |take: &mut Take<'_>| take.option(|t| t.text().map(str::to_owned));
    Some(if take.flag()? {
        Recorded::Article(Arc::new(Article {
            id: take.text()?.to_owned(),
            title: text(take)?,
            date: text(take)?,
            source: text(take)?,
            text: take.text()?.to_owned(),
            headline: take.option(|t| Some(t.size()?..t.size()?))?,
            kept: take.list(text)?,
        }))
    } else {
        Recorded::Reject(Reject {
            file: PathBuf::from(take.text()?),
            line: take.option(Take::number)?,
            byte: take.option(Take::number)?,
            id: text(take)?,
            reason: take.text()?.to_owned(),
        })
    })
}

fn put_prediction(put: &mut Put, prediction: &Prediction) {
    // The logits of tokens were asked for by nobody here
    let Prediction { stance, tone, n_tokens, n_windows, tagged, tokens: _ } = prediction;
    stance.iter().chain(tone).for_each(|p| put.float(*p));
    put.size(*n_tokens);
    put.size(*n_windows);
    put.size(tagged.len());
    for Tagged { bytes, entity, is_actor, p_actor, roles } in tagged {
        put.size(bytes.start);
        put.size(bytes.end);
        put.option(entity.and_then(|e| Entity::ALL.iter().position(|known| *known == e)), Put::size);
        put.flag(*is_actor);
        put.float(*p_actor);
        for p in roles {
            put.float(*p);
        }
    }
}

fn take_prediction(take: &mut Take<'_>) -> Option<Prediction> {
    Some(Prediction {
        stance: take.floats()?,
        tone: take.floats()?,
        n_tokens: take.size()?,
        n_windows: take.size()?,
        tagged: take.list(take_tagged)?,
        tokens: Vec::new(),
    })
}

fn take_tagged(take: &mut Take<'_>) -> Option<Tagged> {
    Some(Tagged {
        bytes: take.size()?..take.size()?,
        entity: take.option(|t| Entity::ALL.get(t.size()?).copied())?,
        is_actor: take.flag()?,
        p_actor: take.float()?,
        roles: take.floats()?,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub fn article(id: &str, text: &str) -> Recorded {
        let (title, date) = (Some("Judul".to_owned()), None);
        Recorded::Article(Arc::new(Article {
            id: id.into(),
            title,
            date,
            source: None,
            text: text.into(),
            headline: Some(0..text.len() / 2),
            kept: vec![None, Some("Utara".to_owned())],
        }))
    }

    pub fn prediction(seed: u64) -> Prediction {
        // Any bits at all, numbers or not
        let float = |k: u64| f64::from_bits(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(k as u32));
        let tagged = Tagged {
            bytes: seed as usize % 90..90,
            entity: Entity::ALL.get(seed as usize % 4).copied(),
            is_actor: seed.is_multiple_of(2),
            p_actor: 0.1 + 0.2,
            roles: [0.1, 0.7, 1e-300, -0.0],
        };
        Prediction {
            stance: [float(1), float(2), float(3)],
            tone: [float(4), float(5), float(6)],
            n_tokens: seed as usize % 900,
            n_windows: 1,
            tagged: vec![tagged; seed as usize % 3],
            tokens: Vec::new(),
        }
    }

    fn bytes(entry: &Entry) -> Vec<u8> {
        let mut put = Put::default();
        entry.put(&mut put);
        put.0
    }

    proptest! {
        #[test]
        fn an_entry_comes_back_to_the_bit(seeds in prop::collection::vec(any::<u64>(), 0..5), text in ".*", whole in any::<bool>()) {
            let record = article("a/b", &text);
            let predictions = seeds.into_iter().map(prediction).collect();
            let fingerprint = fingerprint(&record);
            let record = whole.then_some(record);
            let entry = Entry { index: 7, fingerprint, piece: 3, last: whole, record, predictions };
            let put = bytes(&entry);
            let Some(Item::Entry(back, false)) = Item::take(&mut Take(&put)) else { panic!("no entry") };
            // Bits are compared, for no number equals NaN
            prop_assert_eq!(bytes(&back), put);
            prop_assert_eq!((back.piece, back.last, back.record), (3, whole, entry.record));
        }
    }

    #[test]
    fn a_long_text_goes_ahead_in_parts_and_a_short_one_does_not() {
        for length in [0, 1, AHEAD - 1, AHEAD, AHEAD + 1, 3 * AHEAD] {
            let text = "é".repeat(length / 2) + &"a".repeat(length % 2);
            let record = Some(article("a", &text));
            let entry = Entry { index: 0, fingerprint: [0; 16], piece: 0, last: true, record, predictions: Vec::new() };
            let parts: Vec<Ahead<'_>> = entry.ahead().collect();
            assert!(parts.iter().enumerate().all(|(i, part)| part.first == (i == 0) && part.text.len() <= AHEAD));
            let ahead: String = parts.iter().map(|part| part.text).collect();
            assert_eq!(ahead, if length > AHEAD { text.as_str() } else { "" });
            assert_eq!(bytes(&entry).len() < 100, !(20..=AHEAD).contains(&length));
        }
    }

    #[test]
    fn a_reject_comes_back_and_every_field_counts_in_the_fingerprint() {
        let reject = |line| {
            let id = Some("x".to_owned());
            Recorded::Reject(Reject { file: "in/a.jsonl".into(), line, byte: Some(9), id, reason: "no JSON".into() })
        };
        let mut put = Put::default();
        put_record(&mut put, &reject(Some(3)), false);
        assert_eq!(take_record(&mut Take(&put.0)), Some(reject(Some(3))));
        assert_ne!(fingerprint(&reject(Some(3))), fingerprint(&reject(None)));
        assert_ne!(fingerprint(&article("a", "Teks.")), fingerprint(&article("a", "Teks!")));
        assert_ne!(fingerprint(&article("a", "Teks.")), fingerprint(&article("b", "Teks.")));
        let mut other = article("a", "Teks.");
        if let Recorded::Article(article) = &mut other {
            Arc::make_mut(article).kept[0] = Some(String::new());
        }
        assert_ne!(fingerprint(&article("a", "Teks.")), fingerprint(&other));
    }
}
