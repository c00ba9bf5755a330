//! `Fault`: something wrong at one place of a data file.
//!
//! A person who mends a file wants to see more than its first mistake, so readers collect faults and refuse them
//! together: the first in full, a few more by place, the rest as a number.

use crate::error::{Error, Result, Stage};
use std::fmt;
use std::sync::Arc;

/// Something wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file
    pub file: Arc<str>,
    /// The line, from 1
    pub line: Option<u64>,
    /// The column or key, by its name in the file
    pub field: Option<String>,
    /// What is wrong
    pub cause: String,
}

impl Fault {
    fn place(&self) -> String {
        match (self.line, &self.field) {
            (Some(line), Some(field)) => format!("line {line}, field \"{field}\""),
            (Some(line), None) => format!("line {line}"),
            (None, Some(field)) => format!("field \"{field}\""),
            (None, None) => String::new(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        let place = self.place();
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.cause)
    }
}

/// Faults that an error spells out; the rest it counts.
const SHOWN: usize = 5;

/// One error for all `faults`; nothing where there is none.
///
/// # Errors
/// The faults, as an error of `stage`.
pub fn refuse(stage: Stage, faults: &[Fault]) -> Result<()> {
    let Some(first) = faults.first() else { return Ok(()) };
    let mut causes = vec![first.cause.clone()];
    causes.extend(faults.iter().take(SHOWN).skip(1).map(|fault| format!("also {fault}")));
    if faults.len() > SHOWN {
        causes.push(format!("and {} more faults", faults.len() - SHOWN));
    }
    let mut error = Error::new(stage, causes.join("\n")).file(first.file.as_ref());
    let place = first.place();
    if !place.is_empty() {
        error = error.place(place);
    }
    Err(error)
}
