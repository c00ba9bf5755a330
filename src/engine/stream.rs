//! The engine's stages on threads: reading and tokenising, encoding, and writing run at the same time.
//!
//! One thread takes items from the caller's iterator, tokenises their sentences and plans them, a chunk of items at a time,
//! into packed batches; workers encode the batches; the calling thread joins windows, puts everything back into input order
//! and hands it over. The queues between them are bounded: a slow disk slows the encoder, and a corpus of any size needs the
//! memory of a few chunks. The numbers are those of [`Scorer::score`], which does the same without these threads.

use super::again::Again;
use super::backend::Raw;
use super::repeats::{Kept, Numbered, Repeats};
use super::scorer::join;
use super::{Encoded, Prediction, Scorer};
use crate::batch::{PackedBatch, plan};
use crate::error::{Error, Result, Stage};
use crate::threads::start;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// Sentences that are planned together, unless one item has more, and the most items that are: those without sentences wait
/// in memory as well.
const CHUNK: usize = 1024;
/// Bytes of a sentence that count as another one.
const LONG: usize = 1 << 10;
/// Messages that wait for the calling thread.
const WAITING: usize = 64;

/// An item of a stream: something of the caller's and the sentences to score with it.
#[derive(Debug)]
pub struct Item<T> {
    /// Given back with the predictions
    pub carry: T,
    /// Its sentences
    pub texts: Vec<String>,
}

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// Sequences read
    pub read: usize,
    /// Sequences encoded
    pub encoded: usize,
}

/// A batch on its way to a worker.
struct Work {
    chunk: usize,
    sequences: Vec<usize>,
    batch: PackedBatch,
}

/// Items whose sentences were planned together.
struct Chunk<T> {
    items: Vec<(T, Vec<(Numbered, usize)>)>,
    /// Encodings of the sentences that are met for the first time
    encoded: Vec<Encoded>,
    raw: Vec<Raw>,
    missing: usize,
}

enum Message<T> {
    Chunk(Chunk<T>),
    /// Logits by chunk and sequence
    Logits(Vec<((usize, usize), Raw)>),
    Failed(Error),
}

/// The receiving side is gone: another thread has failed and will say why.
struct Gone;

impl Scorer {
    /// Scores a stream of items of any length and hands each with its predictions to `sink`, in their order. `progress` is
    /// told after each batch how far the stream is.
    ///
    /// # Errors
    /// The first error of `items`, of scoring or of `sink`; everything stops then.
    pub fn stream<T: Send>(
        &self,
        items: impl Iterator<Item = Result<Item<T>>> + Send,
        sink: &mut dyn FnMut(T, Vec<Prediction>) -> Result<()>,
        progress: &mut dyn FnMut(Reached),
    ) -> Result<()> {
        let workers = self.backend().workers(self.options().threads).max(1);
        let (to_caller, messages) = sync_channel::<Message<T>>(WAITING);
        let (to_workers, work) = sync_channel::<Work>(2 * workers);
        // The workers alone hold it: once they have gone, the reader, which may be waiting to send, hears of it
        let work = Arc::new(Mutex::new(work));
        let again = Again::new(self.options().batch_tokens / 2);
        std::thread::scope(|s| {
            let reader = to_caller.clone();
            // Where one cannot be started, the channels' ends go with this closure, and the others stop
            let mut threads = vec![start(s, Stage::Score, move || {
                if let Err(error) = self.read(items, &reader, &to_workers) {
                    let _ = reader.send(Message::Failed(error));
                }
            })?];
            let again = &again;
            for _ in 0..workers {
                let (work, out) = (Arc::clone(&work), to_caller.clone());
                threads.push(start(s, Stage::Score, move || self.work(&work, again, &out))?);
            }
            drop(work);
            drop(to_caller);
            let result = self.collect(messages, sink, progress);
            let panicked = threads.into_iter().map(std::thread::ScopedJoinHandle::join).any(|t| t.is_err());
            if panicked { Err(Error::new(Stage::Score, "a scoring thread panicked")) } else { result }
        })
    }

    /// Reads, tokenises and plans, until the items end or nobody listens any more.
    fn read<T>(
        &self,
        mut items: impl Iterator<Item = Result<Item<T>>>,
        to_caller: &SyncSender<Message<T>>,
        to_workers: &SyncSender<Work>,
    ) -> Result<()> {
        let mut repeats = Repeats::new(self.options().repeats);
        for number in 0.. {
            let (mut chunk, mut sentences) = (Vec::new(), 0);
            let mut encoded = Vec::new();
            while sentences < CHUNK && chunk.len() < CHUNK {
                let Some(item) = items.next() else { break };
                let Item { carry, texts } = item?;
                sentences += texts.iter().map(|text| 1 + text.len() / LONG).sum::<usize>();
                // Each text is dropped once it is encoded
                let numbered = texts.into_iter().map(|text| -> Result<_> {
                    let numbered = repeats.number(&text);
                    if numbered.first {
                        encoded.push(self.encode(&text)?);
                    }
                    Ok((numbered, encoded.len().wrapping_sub(1)))
                });
                let numbered = numbered.collect::<Result<Vec<_>>>()?;
                chunk.push((carry, numbered));
            }
            if chunk.is_empty() || self.dispatch(number, chunk, encoded, to_caller, to_workers).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Plans a chunk and sends it out.
    fn dispatch<T>(
        &self,
        number: usize,
        items: Vec<(T, Vec<(Numbered, usize)>)>,
        encoded: Vec<Encoded>,
        to_caller: &SyncSender<Message<T>>,
        to_workers: &SyncSender<Work>,
    ) -> std::result::Result<(), Gone> {
        let sequences: Vec<&[u32]> = encoded.iter().flat_map(|e| e.windows.iter().map(|w| w.0.as_slice())).collect();
        let lengths: Vec<usize> = sequences.iter().map(|s| s.len()).collect();
        let batches = plan(&lengths, self.options().batch_tokens);
        let packed: Vec<PackedBatch> =
            batches.iter().map(|b| PackedBatch::pack(b.iter().map(|i| sequences[*i]))).collect();
        let missing = sequences.len();
        let chunk = Chunk { items, encoded, raw: vec![Raw::default(); missing], missing };
        to_caller.send(Message::Chunk(chunk)).map_err(|_| Gone)?;
        for (sequences, batch) in batches.into_iter().zip(packed) {
            to_workers.send(Work { chunk: number, sequences, batch }).map_err(|_| Gone)?;
        }
        Ok(())
    }

    /// One worker: encodes batches until there are no more or nobody listens.
    fn work<T>(&self, work: &Mutex<Receiver<Work>>, again: &Again<(usize, usize)>, to_caller: &SyncSender<Message<T>>) {
        let mut session = self.backend().session();
        loop {
            // A poisoned lock means that another worker panicked, which is told when the threads are joined.
            let next = work.lock().map(|w| w.recv());
            let mut logits = Vec::new();
            let mut settle = |key, raw| logits.push((key, raw));
            let done = match &next {
                Ok(Ok(Work { chunk, sequences, batch })) => {
                    let keys = sequences.iter().map(|i| (*chunk, *i));
                    // No chunk waits for the next but one: memory stays bounded where ties are rare.
                    again.read(&mut *session, batch, keys, |(first, _)| first + 1 < *chunk, &mut settle)
                }
                _ => again.finish(&mut *session, &mut settle),
            };
            let message = done.map_or_else(Message::Failed, |()| Message::Logits(logits));
            if to_caller.send(message).is_err() || !matches!(next, Ok(Ok(_))) {
                return;
            }
        }
    }

    /// Puts results back into order and hands them over.
    fn collect<T>(
        &self,
        messages: Receiver<Message<T>>,
        sink: &mut dyn FnMut(T, Vec<Prediction>) -> Result<()>,
        progress: &mut dyn FnMut(Reached),
    ) -> Result<()> {
        let mut kept = Kept::new(self.options().repeats);
        let (mut waiting, mut first): (VecDeque<Chunk<T>>, usize) = (VecDeque::new(), 0);
        let mut reached = Reached::default();
        for message in messages {
            match message {
                Message::Failed(error) => return Err(error),
                Message::Chunk(chunk) => {
                    reached.read += chunk.missing;
                    waiting.push_back(chunk);
                }
                Message::Logits(logits) => {
                    reached.encoded += logits.len();
                    for ((chunk, i), raw) in logits {
                        if let Some(chunk) = waiting.get_mut(chunk - first) {
                            chunk.missing -= 1;
                            chunk.raw[i] = raw;
                        }
                    }
                    progress(reached);
                }
            }
            while waiting.front().is_some_and(|c| c.missing == 0)
                && let Some(chunk) = waiting.pop_front()
            {
                first += 1;
                self.hand_over(chunk, &mut kept, sink)?;
            }
        }
        // Only where a worker died, which the caller tells in other words; articles are never left out in silence.
        if waiting.is_empty() { Ok(()) } else { Err(Error::new(Stage::Score, "the last sentences were never scored")) }
    }

    /// Gives a whole chunk to `sink`.
    fn hand_over<T>(
        &self,
        chunk: Chunk<T>,
        kept: &mut Kept,
        sink: &mut dyn FnMut(T, Vec<Prediction>) -> Result<()>,
    ) -> Result<()> {
        let mut raw = chunk.raw.iter();
        let temperature = &self.manifest().temperature;
        for (carry, sentences) in chunk.items {
            let mut predictions = Vec::with_capacity(sentences.len());
            for (Numbered { number, first }, place) in sentences {
                let prediction = if first {
                    let encoded = &chunk.encoded[place];
                    let mut prediction = join(encoded, raw.by_ref().take(encoded.windows.len()), temperature);
                    // What was found is kept, the logits of its tokens are not: they would be most of the memory.
                    prediction.tokens = Vec::new();
                    kept.keep(number, prediction.clone());
                    prediction
                } else {
                    kept.get(number).ok_or_else(|| Error::new(Stage::Score, "a repeated sentence was forgotten"))?
                };
                predictions.push(prediction);
            }
            sink(carry, predictions)?;
        }
        Ok(())
    }
}
