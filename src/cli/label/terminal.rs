//! `Terminal`: keys in, lines out; the terminal is as it was before when the value is dropped.

use crate::Stage;
use crate::annotate::label::{Key, Line, Style};
use crate::cli::ctrl_c::on_ctrl_c;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{execute, queue};
use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a signal to end is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// What came from the terminal.
pub(super) enum Pressed {
    Key(Key),
    Resized,
    /// A signal said to end
    Ended,
}

/// The terminal, taken over until dropped.
pub(super) struct Terminal {
    styled: bool,
    ended: Arc<AtomicBool>,
}

impl Terminal {
    /// Whether there are keys and a screen.
    pub fn is_there() -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// Takes the terminal over.
    pub fn enter() -> anyhow::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = ended.clone();
        on_ctrl_c(Stage::Annotate, move || flag.store(true, Ordering::SeqCst))?;
        // https://no-color.org: set and not empty
        let styled = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        terminal::enable_raw_mode()?;
        let terminal = Self { styled, ended };
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        Ok(terminal)
    }

    /// Columns and lines.
    #[expect(clippy::unused_self, reason = "only a terminal that was entered has a size of interest")]
    pub fn size(&self) -> (usize, usize) {
        terminal::size().ok().filter(|(w, h)| *w > 0 && *h > 0).map_or((80, 24), |(w, h)| (w.into(), h.into()))
    }

    /// Shows the lines.
    pub fn show(&mut self, lines: &[Line]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        queue!(out, Clear(ClearType::All))?;
        for (row, line) in (0..).zip(lines) {
            queue!(out, MoveTo(0, row))?;
            let attribute = match line.style {
                Style::Plain => None,
                Style::Dim => Some(Attribute::Dim),
                Style::Bold => Some(Attribute::Bold),
            };
            match attribute.filter(|_| self.styled) {
                Some(attribute) => {
                    queue!(out, SetAttribute(attribute))?;
                    out.write_all(line.text.as_bytes())?;
                    queue!(out, SetAttribute(Attribute::Reset))?;
                }
                None => out.write_all(line.text.as_bytes())?,
            }
        }
        out.flush()
    }

    /// Waits for the next key that means something.
    pub fn wait(&mut self) -> io::Result<Pressed> {
        loop {
            if self.ended.load(Ordering::SeqCst) {
                return Ok(Pressed::Ended);
            }
            if !event::poll(LOOK)? {
                continue;
            }
            match event::read()? {
                Event::Resize(..) => return Ok(Pressed::Resized),
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    let control = key.modifiers.contains(KeyModifiers::CONTROL);
                    let key = match key.code {
                        KeyCode::Char('c') if control => Key::Interrupt,
                        KeyCode::Char('h') if control => Key::Backspace,
                        KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => Key::Char(c),
                        KeyCode::Enter => Key::Enter,
                        KeyCode::Esc => Key::Escape,
                        KeyCode::Backspace => Key::Backspace,
                        _ => continue,
                    };
                    return Ok(Pressed::Key(key));
                }
                _ => {}
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing can be done where the terminal is gone
        let _ = execute!(io::stdout(), Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}
