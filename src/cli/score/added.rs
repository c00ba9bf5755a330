//! `Added`: what a run puts beside its tables when they are finished: explanations and the report.

use super::progress::Progress;
use super::settings::{Settings, Volume};
use super::stop::Stop;
use crate::cli::explain::folder::{self, Explained};
use crate::cli::report;
use crate::engine::Scorer;
use crate::error::{Error, Result, Stage};
use crate::output::Format;

/// What is added to a finished folder. The tables are complete without it, so a failure here costs none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    pub explanations: bool,
    pub report: bool,
}

impl Added {
    /// Refuses to add to a folder without CSV, from which both are made.
    pub fn check(self, formats: &[Format]) -> Result<()> {
        if self == Self::default() || formats.contains(&Format::Csv) {
            return Ok(());
        }
        let option = if self.report { "--report" } else { "--explain" };
        let cause = format!("{option} reads the tables as CSV, which --format leaves out");
        Err(Error::new(Stage::Write, cause).hint("add csv, as in --format csv,parquet"))
    }
}

/// Adds to the folder of a finished run what was asked for; `false` where that was interrupted.
pub fn add(settings: &Settings, scorer: &Scorer, stop: &Stop, progress: &Progress) -> Result<bool> {
    let Some(out) = &settings.out else { return Ok(true) };
    if settings.added.explanations {
        progress
            .say(Volume::Normal, "reading every sentence without each of its words; the tables are finished already");
        let ended = folder::write(scorer, out, &|| stop.interrupted())
            .inspect_err(|_| progress.say(Volume::Normal, "the tables are complete; the explanations failed"))?;
        match ended {
            Explained::All(n) => {
                let file = out.join(crate::output::EXPLANATIONS);
                progress.say(Volume::Normal, &format!("{}: {n} sentences", file.display()));
            }
            Explained::Interrupted => {
                let again = "interrupted: the tables are complete; nuansa explain --scores makes the explanations";
                progress.say(Volume::Quiet, again);
                return Ok(false);
            }
        }
    }
    if settings.added.report {
        let told = report::within(out, settings.language)
            .inspect_err(|_| progress.say(Volume::Normal, "the tables are complete; the report failed"))?;
        progress.say(Volume::Normal, &told);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_csv_needs_csv() {
        let report = Added { report: true, ..Added::default() };
        assert!(report.check(&[Format::Parquet, Format::Csv]).is_ok() && Added::default().check(&[]).is_ok());
        let message = report.check(&[Format::Jsonl]).unwrap_err().to_string();
        assert!(message.contains("--report") && message.contains("hint: add csv"), "{message}");
        let words = Added { explanations: true, ..Added::default() };
        assert!(words.check(&[Format::Jsonl]).unwrap_err().to_string().contains("--explain"));
    }
}
