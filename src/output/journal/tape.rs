//! `Tape`: a journal that is read, from its header to the last chunk that is whole.

use super::entry::{Entry, Item, Recorded};
use super::frame::{Frame, Kind};
use super::header::Header;
use super::wire::Take;
use super::{Journal, MAGIC};
use crate::error::{Context, Error, Result, Stage};
use ruzstd::decoding::StreamingDecoder;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a shard knows when its input is at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Records of the whole input, those of other shards among them
    pub records: u64,
    /// Files in input folders that are no articles
    pub ignored: Vec<String>,
    /// What the reader warned of
    pub warnings: Vec<String>,
    /// What it has guessed of columns and encodings, as it told it
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A journal that is read.
#[derive(Debug)]
pub struct Tape {
    path: PathBuf,
    file: BufReader<File>,
    header: Header,
    /// Bytes up to the end of the last whole frame read
    good: u64,
    length: u64,
    items: VecDeque<Item>,
    /// The text of the record that comes next, as far as it is read
    text: String,
    /// Records read to their ends
    read: u64,
    end: Option<End>,
}

impl Tape {
    /// Opens the journal at `path`; `None` where there is none, or none with a whole header.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::new(Stage::Read, e).file(path)),
        };
        let length = file.metadata().at(Stage::Read, path)?.len();
        let mut file = BufReader::new(file);
        let mut magic = [0; MAGIC.len()];
        if length < MAGIC.len() as u64 || file.read_exact(&mut magic).is_err() || magic != *MAGIC {
            return Ok(None);
        }
        let mut good = MAGIC.len() as u64;
        let first = Frame::read(&mut file, length - good).at(Stage::Read, path)?;
        let Some((Frame { kind: Kind::Header, content }, used)) = first else { return Ok(None) };
        let Ok(header) = serde_json::from_slice(&content) else { return Ok(None) };
        good += used;
        let (path, items, text) = (path.to_path_buf(), VecDeque::new(), String::new());
        Ok(Some(Self { path, file, header, good, length, items, text, read: 0, end: None }))
    }

    /// What the run is.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The end of the input, once it was read; `None` where the run is unfinished or the tape still goes on.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// The next piece of a record; `None` after the last that is whole.
    pub fn next_entry(&mut self) -> Result<Option<Entry>> {
        loop {
            match self.items.pop_front() {
                Some(Item::Text(text, first)) => {
                    if first {
                        self.text.clear();
                    }
                    self.text.push_str(&text);
                }
                Some(Item::Entry(mut entry, ahead)) => {
                    if ahead && let Some(Recorded::Article(article)) = &mut entry.record {
                        Arc::make_mut(article).text = std::mem::take(&mut self.text);
                    }
                    self.read += u64::from(entry.last);
                    return Ok(Some(entry));
                }
                None if self.end.is_some() || !self.chunk()? => return Ok(None),
                None => {}
            }
        }
    }

    /// Reads the next frame; false where none is whole.
    fn chunk(&mut self) -> Result<bool> {
        let frame = Frame::read(&mut self.file, self.length - self.good).at(Stage::Read, &self.path)?;
        let Some((Frame { kind, content }, used)) = frame else { return Ok(false) };
        match kind {
            Kind::Chunk => self.items = chunk(&content).ok_or_else(|| self.damaged())?,
            Kind::End => self.end = Some(serde_json::from_slice(&content).map_err(|_| self.damaged())?),
            Kind::Header => return Err(self.damaged()),
        }
        self.good += used;
        Ok(true)
    }

    /// Goes on behind the last piece that is whole; what is torn is cut off. Pieces not yet read are read over.
    pub fn go_on(mut self, shown: &Path) -> Result<Journal> {
        while self.next_entry()?.is_some() {}
        let file = File::options().write(true).open(&self.path).at(Stage::Write, shown)?;
        file.set_len(self.good).and_then(|()| file.sync_data()).at(Stage::Write, shown)?;
        Ok(Journal::at(&self.path, shown, Some(file), self.good, self.read))
    }

    fn damaged(&self) -> Error {
        Error::new(Stage::Read, "the journal is damaged").file(&self.path).place(format!("byte {}", self.good))
    }
}

/// What a chunk holds; `None` where that cannot be what was written.
fn chunk(content: &[u8]) -> Option<VecDeque<Item>> {
    let mut bytes = Vec::new();
    StreamingDecoder::new(content).ok()?.read_to_end(&mut bytes).ok()?;
    let (mut take, mut items) = (Take(&bytes), VecDeque::new());
    while !take.0.is_empty() {
        items.push_back(Item::take(&mut take)?);
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::{article, prediction};
    use super::super::fingerprint;
    use super::super::header::tests::header;
    use super::*;

    fn entry(index: u64) -> Entry {
        let record = article(&format!("a{index}"), "Veldar menolak usul itu.");
        let predictions = vec![crate::engine::Prediction::default(); index as usize % 4];
        Entry {
            index,
            fingerprint: fingerprint(&record),
            piece: 0,
            last: true,
            record: (index.is_multiple_of(2)).then_some(record),
            predictions,
        }
    }

    fn written(path: &Path, chunks: &[u64]) -> Vec<u64> {
        let mut journal = Journal::new(path, path, &header()).unwrap();
        let (mut next, mut ends) = (0, Vec::new());
        for n in chunks {
            for _ in 0..*n {
                journal.add(&entry(next)).unwrap();
                next += 1;
            }
            journal.flush().unwrap();
            ends.push(std::fs::metadata(path).unwrap().len());
        }
        assert_eq!(journal.kept(), next);
        ends
    }

    fn read(path: &Path) -> u64 {
        let mut tape = Tape::open(path).unwrap().unwrap();
        assert_eq!(tape.header(), &header());
        let mut n = 0;
        while let Some(found) = tape.next_entry().unwrap() {
            assert_eq!(found, entry(n));
            n += 1;
        }
        n
    }

    #[test]
    fn a_torn_tail_costs_its_chunk_and_the_journal_goes_on_behind_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let ends = written(&path, &[3, 5, 2]);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(read(&path), 10);
        for cut in [ends[2] - 1, ends[1] + 1, ends[1], ends[1] - 1, ends[0] + 12, ends[0]] {
            std::fs::write(&path, &whole[..cut as usize]).unwrap();
            let kept = [0, 3, 8, 10][ends.iter().filter(|end| **end <= cut).count()];
            assert_eq!(read(&path), kept, "cut at {cut}");
            let mut journal = Tape::open(&path).unwrap().unwrap().go_on(&path).unwrap();
            assert_eq!(journal.kept(), kept);
            journal.add(&entry(kept)).unwrap();
            let end = End { records: kept + 1, ignored: Vec::new(), warnings: Vec::new(), notes: Vec::new() };
            journal.end(&end).unwrap();
            assert_eq!(read(&path), kept + 1);
        }
    }

    #[test]
    fn junk_behind_the_last_chunk_and_flipped_bits_in_it_cost_nothing_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let ends = written(&path, &[3, 5]);
        let whole = std::fs::read(&path).unwrap();
        for junk in [&b"\0"[..], &[0; 100], &[0xff; 100], b"nuansa journal 2\n"] {
            std::fs::write(&path, [&whole, junk].concat()).unwrap();
            assert_eq!(read(&path), 8);
        }
        for at in (ends[0]..ends[1]).step_by(7) {
            let mut bad = whole.clone();
            bad[at as usize] ^= 0x10;
            std::fs::write(&path, bad).unwrap();
            assert_eq!(read(&path), 3, "byte {at}");
        }
    }

    #[test]
    fn a_long_record_comes_back_whole_and_a_torn_one_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let text = "Veldar menolak usul itu. ".repeat(100_000);
        let record = article("long", &text);
        let given = &record;
        let pieces = |last: u64| {
            (0..=last).map(move |piece| {
                let record = (piece == 0).then(|| given.clone());
                Entry { piece, last: piece == last, record, predictions: vec![prediction(piece); 100], ..entry(0) }
            })
        };
        let mut journal = Journal::new(&path, &path, &header()).unwrap();
        pieces(3).for_each(|entry| journal.add(&entry).unwrap());
        journal.flush().unwrap();
        assert_eq!(journal.kept(), 1);
        let whole = std::fs::read(&path).unwrap();
        let read = |path: &Path| {
            let mut tape = Tape::open(path).unwrap().unwrap();
            let found: Vec<Entry> = std::iter::from_fn(|| tape.next_entry().unwrap()).collect();
            (found.iter().map(|e| e.record.clone()).collect::<Vec<_>>(), tape.read)
        };
        assert_eq!(read(&path), (vec![Some(record.clone()), None, None, None], 1));
        // Cut within the text that goes ahead; then the record is added once more
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let mut tape = Tape::open(&path).unwrap().unwrap();
        assert!(tape.next_entry().unwrap().is_none() && !tape.text.is_empty(), "some of the text is there");
        let mut journal = tape.go_on(&path).unwrap();
        assert_eq!(journal.kept(), 0);
        pieces(1).for_each(|entry| journal.add(&entry).unwrap());
        journal.flush().unwrap();
        assert_eq!(read(&path), (vec![Some(record.clone()), None], 1));
    }

    #[test]
    fn without_a_whole_header_there_is_no_journal() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        assert!(Tape::open(&path).unwrap().is_none());
        drop(Journal::new(&path, &path, &header()).unwrap());
        assert!(!path.exists(), "a run that has scored nothing leaves none");
        written(&path, &[1]);
        let whole = std::fs::read(&path).unwrap();
        for cut in [0, 5, MAGIC.len(), MAGIC.len() + 40] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(Tape::open(&path).unwrap().is_none(), "cut at {cut}");
        }
    }

    #[test]
    fn predictions_of_any_bits_survive_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let mut journal = Journal::new(&path, &path, &header()).unwrap();
        let given: Vec<_> = (0..500).map(prediction).collect();
        journal.add(&Entry { predictions: given.clone(), ..entry(0) }).unwrap();
        journal.flush().unwrap();
        let found = Tape::open(&path).unwrap().unwrap().next_entry().unwrap().unwrap().predictions;
        let bits = |all: &[crate::engine::Prediction]| -> Vec<u64> {
            all.iter().flat_map(|p| p.stance.into_iter().chain(p.tone)).map(f64::to_bits).collect()
        };
        assert_eq!(bits(&found), bits(&given));
        assert!(found.iter().zip(&given).all(|(a, b)| a.tagged == b.tagged));
    }
}
