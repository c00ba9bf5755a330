//! `Error`: what went wrong, where, and what to do about it.
//!
//! Every message is built from the same parts, so that a person who runs a folder of ten thousand articles can find
//! the one that failed: the stage of work, the file, the place in it (line, field, tensor), the cause, and a hint on a
//! line of its own. Messages carry no closing full stop. The type refuses nothing; it only has to stay small, so its
//! parts live behind one box.

use std::fmt;
use std::path::{Path, PathBuf};

/// The stage of the data flow in which an error arose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Finding and reading articles
    Read,
    /// Loading a model folder or bundle
    Model,
    /// Fetching a model from a hub
    Hub,
    /// Tokenising or running the encoder
    Score,
    /// Reading an actor list
    Actors,
    /// Writing results
    Write,
    /// Reading a recipe or labelled data, or training
    Train,
    /// Evaluating against gold labels
    Eval,
    /// Reading, comparing or making people's labels
    Annotate,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Read => "reading",
            Stage::Model => "model",
            Stage::Hub => "hub",
            Stage::Score => "scoring",
            Stage::Actors => "actor list",
            Stage::Write => "writing",
            Stage::Train => "training",
            Stage::Eval => "evaluation",
            Stage::Annotate => "annotation",
        })
    }
}

#[derive(Debug)]
struct Parts {
    stage: Stage,
    file: Option<PathBuf>,
    place: Option<String>,
    cause: String,
    hint: Option<String>,
}

/// An error of the library: stage, file, place, cause and hint.
#[derive(Debug)]
pub struct Error(Box<Parts>);

/// The library's result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `stage` with its `cause`, a clause without a closing full stop.
    pub fn new(stage: Stage, cause: impl fmt::Display) -> Self {
        Self(Box::new(Parts { stage, file: None, place: None, cause: cause.to_string(), hint: None }))
    }

    /// Names the file or folder at fault.
    #[must_use]
    pub fn file(mut self, file: impl AsRef<Path>) -> Self {
        self.0.file = Some(file.as_ref().to_path_buf());
        self
    }

    /// Names the place in the file: `line 3`, `field "title"`, `tensor "encoder.layer.0…"`.
    #[must_use]
    pub fn place(mut self, place: impl fmt::Display) -> Self {
        self.0.place = Some(place.to_string());
        self
    }

    /// Says what to do, printed on a line of its own.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.0.hint = Some(hint.to_string());
        self
    }

    /// The stage in which the error arose.
    pub fn stage(&self) -> Stage {
        self.0.stage
    }

    /// The bare cause, without stage, file or hint.
    pub fn cause(&self) -> &str {
        &self.0.cause
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.stage)?;
        if let Some(file) = &self.0.file {
            write!(f, "{}: ", file.display())?;
        }
        if let Some(place) = &self.0.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.cause)?;
        if let Some(hint) = &self.0.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Turns a foreign error into ours with a stage; `context` adds file and place.
pub trait Context<T> {
    /// Wraps the error's text as the cause of an [`Error`] of `stage`.
    fn stage(self, stage: Stage) -> Result<T>;
    /// The same, naming the file.
    fn at(self, stage: Stage, file: impl AsRef<Path>) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn stage(self, stage: Stage) -> Result<T> {
        self.map_err(|e| Error::new(stage, e))
    }

    fn at(self, stage: Stage, file: impl AsRef<Path>) -> Result<T> {
        self.map_err(|e| Error::new(stage, e).file(file))
    }
}
