//! Labelling in the terminal: one person, one sentence at a time, keys only.
//!
//! [`Session`] is a state machine without a terminal: a key and the time go in, what must be kept comes out as an
//! [`Entry`], and [`draw()`] gives the lines of the screen. Every entry is in the [`Journal`] and on the disk before the next
//! sentence is shown, so a session that is killed loses nothing that was said. The model's suggestion is not shown unless
//! it is asked for, since people follow what they see.

mod draw;
mod entry;
mod journal;
mod plain;
mod session;
#[cfg(test)]
mod session_tests;
mod task;

pub use draw::{Line, Style, draw};
pub use entry::Entry;
pub use journal::{Journal, write_ratings};
pub use plain::{columns, harmless, wrap};
pub use session::{Answer, Question, Session};
pub use task::{Task, read_tasks};

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character
    Char(char),
    /// Enter
    Enter,
    /// Escape
    Escape,
    /// The key that takes the last character back
    Backspace,
    /// Ctrl-C
    Interrupt,
}
