//! `Snapshots`: the state of a run on disk, from which a killed run goes on and ends with the same bytes.
//!
//! `OUT/checkpoint/step-N` holds `tensors.safetensors` (weights, moments, running average, best weights) and `state.json`
//! (all else). It is written as `OUT/checkpoint/.new` and renamed when it is whole, and only then the one before it goes, so
//! there is a whole one at every moment after the first. What a step draws is a function of its number and of the dropout
//! generator's state, and everything else of recipe, data and start, whose fingerprints are compared.

use super::best::{Best, Scored};
use super::learner::Learner;
use super::origin::Origin;
use super::run::Begin;
use crate::error::{Context, Error, Result, Stage};
use crate::model::ops::with_data;
use crate::model::weights::Weights;
use candle_core::Tensor;
use safetensors::tensor::{Dtype, View};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder below a run's output folder.
pub const FOLDER: &str = "checkpoint";
const FORMAT: u32 = 1;
const STATE: &str = "state.json";
const TENSORS: &str = "tensors.safetensors";
const NEW: &str = ".new";

/// A scoring whose weights stand among the tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// In decimal digits that give back the very same number
    score: String,
    epoch: usize,
    step: usize,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    format: u32,
    /// What the run is made of
    pub origin: Origin,
    /// Steps taken
    pub step: usize,
    /// State of the dropout generator
    pub dropout: [u64; 4],
    /// Bytes of the journal
    pub journal: u64,
    /// Bytes of the table of development scores
    pub scorings: u64,
    best: Vec<Mark>,
}

impl State {
    /// A run before its first step.
    pub fn new(origin: Origin) -> Self {
        Self { format: FORMAT, origin, step: 0, dropout: [0; 4], journal: 0, scorings: 0, best: Vec::new() }
    }
}

/// The elements of a tensor to be saved.
#[derive(Debug)]
pub enum Values<'a> {
    /// Borrowed from the optimiser
    Slice(&'a [f32]),
    /// A tensor's
    Tensor(Tensor),
}

/// Values by name.
pub type Named<'a> = Vec<(String, Values<'a>)>;

/// [`Values`] as safetensors writes them, turned to bytes one tensor at a time.
struct Stored<'a> {
    values: Values<'a>,
    shape: [usize; 1],
}

impl<'a> Stored<'a> {
    /// Those of a name, which can be read.
    fn of((name, values): (String, Values<'a>)) -> Result<(String, Self)> {
        let n = match &values {
            Values::Slice(x) => x.len(),
            Values::Tensor(t) => with_data(t, |x| Ok(x.len())).stage(Stage::Write)?,
        };
        Ok((name, Self { values, shape: [n] }))
    }
}

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        let le = |x: &[f32]| x.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        match &self.values {
            Values::Slice(x) => le(x).into(),
            // Whether it can be read was tried before.
            Values::Tensor(t) => with_data(t, |x| Ok(le(x))).unwrap_or_default().into(),
        }
    }
    fn data_len(&self) -> usize {
        4 * self.shape[0]
    }
}

/// A checkpoint that was read.
#[derive(Debug)]
pub struct Snapshot {
    /// How far the run was
    pub state: State,
    folder: PathBuf,
    tensors: Weights,
}

impl Snapshot {
    /// The `n` values of a name.
    pub fn values(&self, name: &str, n: usize) -> Result<Vec<f32>> {
        self.tensors.floats(name, &[n])
    }

    /// The best scorings; `shapes` gives the name and shape of every weight.
    pub fn best(&self, most: usize, shapes: &BTreeMap<String, Tensor>) -> Result<Best> {
        let mut best = Best::new(most);
        for (i, mark) in self.state.best.iter().enumerate() {
            let score = mark.score.parse::<f64>().at(Stage::Train, self.folder.join(STATE))?;
            let mut weights = BTreeMap::new();
            for (name, like) in shapes {
                let values = self.values(&format!("best-{i}/{name}"), like.elem_count())?;
                weights
                    .insert(name.clone(), Tensor::from_vec(values, like.shape(), like.device()).stage(Stage::Train)?);
            }
            best.offer(Scored { score, epoch: mark.epoch, step: mark.step, weights });
        }
        Ok(best)
    }

    /// Refuses to go on with another recipe, other data or another start.
    pub fn check(&self, origin: &Origin) -> Result<()> {
        origin.check(&self.state.origin, &self.folder)
    }
}

/// The checkpoints of one output folder.
#[derive(Debug)]
pub struct Snapshots {
    folder: PathBuf,
    written: Instant,
}

impl Snapshots {
    /// Those below the output folder `out`.
    ///
    /// # Errors
    /// There is one, and a new run is to begin.
    pub fn open(out: &Path, begin: Begin) -> Result<Self> {
        let snapshots = Self { folder: out.join(FOLDER), written: Instant::now() };
        match begin {
            Begin::New if snapshots.newest()?.is_some() => {
                Err(Error::new(Stage::Train, "holds the checkpoint of a run that has not ended")
                    .file(out)
                    .hint("go on with --resume, or begin again with --force"))
            }
            Begin::Over => snapshots.clear().map(|()| snapshots),
            _ => Ok(snapshots),
        }
    }

    /// The newest whole checkpoint, by its step.
    fn newest(&self) -> Result<Option<(usize, PathBuf)>> {
        if !self.folder.is_dir() {
            return Ok(None);
        }
        let mut newest = None;
        for entry in fs::read_dir(&self.folder).at(Stage::Train, &self.folder)? {
            let path = entry.at(Stage::Train, &self.folder)?.path();
            let step = path.file_name().and_then(|n| n.to_str()?.strip_prefix("step-")?.parse::<usize>().ok());
            if let Some(step) = step.filter(|s| newest.as_ref().is_none_or(|(best, _)| s > best)) {
                newest = Some((step, path));
            }
        }
        Ok(newest)
    }

    /// Reads the newest one.
    ///
    /// # Errors
    /// None there; one that is damaged or of another version.
    pub fn read(&self) -> Result<Snapshot> {
        let Some((_, folder)) = self.newest()? else {
            return Err(Error::new(Stage::Train, "no checkpoint to resume from")
                .file(&self.folder)
                .hint("start without --resume; a run that has ended leaves no checkpoint"));
        };
        let file = folder.join(STATE);
        let state: State = serde_json::from_slice(&fs::read(&file).at(Stage::Train, &file)?).at(Stage::Train, &file)?;
        if state.format != FORMAT {
            let cause = format!("version {}, this program reads {FORMAT}", state.format);
            return Err(Error::new(Stage::Train, cause).file(file).place("field \"format\""));
        }
        let tensors = Weights::open(&folder.join(TENSORS))?;
        Ok(Snapshot { state, folder, tensors })
    }

    /// Whether one is due that long after the last.
    pub fn due(&self, minutes: f64) -> bool {
        self.written.elapsed() >= Duration::try_from_secs_f64(60.0 * minutes).unwrap_or(Duration::MAX)
    }

    /// Writes one, and removes the one before it.
    pub fn write(&mut self, state: &mut State, learner: &mut Learner, best: &Best) -> Result<()> {
        let (dropout, values) = learner.state()?;
        state.dropout = dropout;
        self.store(state, values, best)
    }

    fn store(&mut self, state: &mut State, learner: Named<'_>, best: &Best) -> Result<()> {
        state.best =
            best.all().iter().map(|s| Mark { score: s.score.to_string(), epoch: s.epoch, step: s.step }).collect();
        let held = best.all().iter().enumerate().flat_map(|(i, scored)| {
            scored.weights.iter().map(move |(name, w)| (format!("best-{i}/{name}"), Values::Tensor(w.clone())))
        });
        let stored = learner.into_iter().chain(held).map(Stored::of).collect::<Result<Vec<_>>>()?;
        let new = self.folder.join(NEW);
        remove(&new)?;
        fs::create_dir_all(&new).at(Stage::Write, &new)?;
        let tensors = new.join(TENSORS);
        safetensors::serialize_to_file(stored, None, &tensors).at(Stage::Write, &tensors)?;
        let file = new.join(STATE);
        let json = serde_json::to_vec_pretty(state).at(Stage::Write, &file)?;
        fs::write(&file, json).at(Stage::Write, &file)?;
        for file in [&tensors, &file] {
            File::open(file).and_then(|f| f.sync_all()).at(Stage::Write, file)?;
        }
        let (before, to) = (self.newest()?, self.folder.join(format!("step-{}", state.step)));
        fs::rename(&new, &to).at(Stage::Write, &to)?;
        if let Some((_, old)) = before {
            remove(&old)?;
        }
        self.written = Instant::now();
        Ok(())
    }

    /// Removes all of them, each at once by its name, so that no half of one is taken for a checkpoint.
    pub fn clear(&self) -> Result<()> {
        let gone = self.folder.join(NEW);
        while let Some((_, step)) = self.newest()? {
            remove(&gone)?;
            fs::rename(&step, &gone).at(Stage::Write, &step)?;
        }
        remove(&self.folder)
    }
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::new(Stage::Write, e).file(folder)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn origin() -> Origin {
        let start = BTreeMap::from([("a".to_string(), "0".to_string())]);
        Origin { recipe: "name = \"x\"\nseed = 1\n".into(), data: "0".into(), start }
    }

    #[test]
    fn what_was_written_is_read_back_to_the_bit_and_the_older_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let mut snapshots = Snapshots::open(dir.path(), Begin::New).unwrap();
        let message = snapshots.read().unwrap_err().to_string();
        assert!(message.contains("no checkpoint to resume from") && message.contains("hint:"), "{message}");
        let weights = BTreeMap::from([("w".to_string(), Tensor::new(&[[0.1_f32, 0.2]], &Device::Cpu).unwrap())]);
        let mut best = Best::new(2);
        best.offer(Scored { score: 0.1 + 0.2, epoch: 1, step: 4, weights: weights.clone() });
        let mut state = State { dropout: [u64::MAX, 1, 2, 3], ..State::new(origin()) };
        for step in [9, 10] {
            state.step = step;
            let values = vec![("moment".to_string(), Values::Slice(&[1e-30, -0.5]))];
            snapshots.store(&mut state, values, &best).unwrap();
        }
        assert_eq!(std::fs::read_dir(dir.path().join(FOLDER)).unwrap().count(), 1);
        let read = snapshots.read().unwrap();
        assert_eq!(read.state, state);
        assert_eq!(read.values("moment", 2).unwrap(), [1e-30, -0.5]);
        let back = read.best(2, &weights).unwrap();
        assert_eq!(back.first().unwrap().score, 0.1 + 0.2);
        assert_eq!(back.first().unwrap().weights["w"].to_vec2::<f32>().unwrap(), [[0.1, 0.2]]);
        let message = Snapshots::open(dir.path(), Begin::New).unwrap_err().to_string();
        assert!(message.contains("--resume") && message.contains("--force"), "{message}");
        Snapshots::open(dir.path(), Begin::Over).unwrap();
        assert!(!dir.path().join(FOLDER).exists());
    }

    #[test]
    fn a_half_written_one_is_not_taken_for_a_checkpoint() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join(FOLDER).join(NEW)).unwrap();
        Snapshots::open(dir.path(), Begin::New).unwrap();
    }
}
