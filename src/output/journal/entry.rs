//! `Entry`: one record of the input in a journal, by its fingerprint, with the model's predictions of its sentences.
//!
//! The journal of a shard has the record itself as well, because a merge never sees the input.

use super::wire::{Put, Take};
use crate::actors::{Entity, Tagged};
use crate::article::{Article, Record, Reject, slashed};
use crate::engine::Prediction;
use std::path::PathBuf;

/// Half of the SHA-256 of a record, all its fields counted.
pub type Fingerprint = [u8; 16];

/// The fingerprint of a record.
pub fn fingerprint(record: &Record) -> Fingerprint {
    let hash = Put::hashed(|put| put_record(put, record));
    std::array::from_fn(|i| hash[i])
}

/// One record of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place in the input, from 0
    pub index: u64,
    /// What it was when it was scored
    pub fingerprint: Fingerprint,
    /// The record, in the journal of a shard
    pub record: Option<Record>,
    /// Predictions of the sentences that the model reads, in their order
    pub predictions: Vec<Prediction>,
}

impl Entry {
    pub(super) fn put(&self, put: &mut Put) {
        let Self { index, fingerprint, record, predictions } = self;
        put.number(*index);
        put.0.extend(fingerprint);
        put.option(record.as_ref(), put_record);
        put.size(predictions.len());
        for prediction in predictions {
            put_prediction(put, prediction);
        }
    }

    pub(super) fn take(take: &mut Take<'_>) -> Option<Self> {
        Some(Self {
            index: take.number()?,
            fingerprint: take.array()?,
            record: take.option(take_record)?,
            predictions: take.list(take_prediction)?,
        })
    }
}

fn put_record(put: &mut Put, record: &Record) {
    let text = |put: &mut Put, text: &Option<String>| put.option(text.as_deref(), Put::text);
    match record {
        Record::Article(Article { id, title, date, source, text: body, headline, kept }) => {
            put.flag(true);
            put.text(id);
            for field in [title, date, source] {
                text(put, field);
            }
            put.text(body);
            put.option(headline.clone(), |put, at| {
                put.size(at.start);
                put.size(at.end);
            });
            put.size(kept.len());
            for cell in kept {
                text(put, cell);
            }
        }
        Record::Reject(Reject { file, line, byte, id, reason }) => {
            put.flag(false);
            put.text(&slashed(file));
            put.option(*line, Put::number);
            put.option(*byte, Put::number);
            text(put, id);
            put.text(reason);
        }
    }
}

fn take_record(take: &mut Take<'_>) -> Option<Record> {
    let text = |take: &mut Take<'_>| take.option(|t| t.text().map(str::to_owned));
    Some(if take.flag()? {
        Record::Article(Article {
            id: take.text()?.to_owned(),
            title: text(take)?,
            date: text(take)?,
            source: text(take)?,
            text: take.text()?.to_owned(),
            headline: take.option(|t| Some(t.size()?..t.size()?))?,
            kept: take.list(text)?,
        })
    } else {
        Record::Reject(Reject {
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

    pub fn article(id: &str, text: &str) -> Record {
        let (title, date) = (Some("Judul".to_owned()), None);
        Record::Article(Article {
            id: id.into(),
            title,
            date,
            source: None,
            text: text.into(),
            headline: Some(0..text.len() / 2),
            kept: vec![None, Some("Utara".to_owned())],
        })
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
            let entry = Entry { index: 7, fingerprint, record: whole.then_some(record), predictions };
            let put = bytes(&entry);
            let back = Entry::take(&mut Take(&put)).unwrap();
            // Bits are compared, for no number equals NaN
            prop_assert_eq!(bytes(&back), put);
            prop_assert_eq!(back.record, entry.record);
        }
    }

    #[test]
    fn a_reject_comes_back_and_every_field_counts_in_the_fingerprint() {
        let reject = |line| {
            let id = Some("x".to_owned());
            Record::Reject(Reject { file: "in/a.jsonl".into(), line, byte: Some(9), id, reason: "no JSON".into() })
        };
        let mut put = Put::default();
        put_record(&mut put, &reject(Some(3)));
        assert_eq!(take_record(&mut Take(&put.0)), Some(reject(Some(3))));
        assert_ne!(fingerprint(&reject(Some(3))), fingerprint(&reject(None)));
        assert_ne!(fingerprint(&article("a", "Teks.")), fingerprint(&article("a", "Teks!")));
        assert_ne!(fingerprint(&article("a", "Teks.")), fingerprint(&article("b", "Teks.")));
        let mut other = article("a", "Teks.");
        if let Record::Article(article) = &mut other {
            article.kept[0] = Some(String::new());
        }
        assert_ne!(fingerprint(&article("a", "Teks.")), fingerprint(&other));
    }
}
