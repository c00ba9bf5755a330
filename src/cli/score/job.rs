//! The run itself: articles are read and cut on one thread, scored by the engine, and taken here in their order.

use super::added;
use super::again;
use super::clock::Clock;
use super::desk::{Desk, Taker, changed};
use super::identity::{facts, header};
use super::loaded::{actor_list, load};
use super::options::{Facts, Options};
use super::passing::{Numbered, Passing};
use super::progress::Progress;
use super::rejects::Rejects;
use super::results::{Ended, Out, Results};
use super::settings::{Settings, Volume};
use super::stop::Stop;
use crate::actors::Matcher;
use crate::article::{self, Reader};
use crate::cli::Exit;
use crate::cli::locale::Language;
use crate::engine::{Item, Prediction, Reached, Scorer};
use crate::error::{Error, Result};
use crate::output::journal::{End, Entry, Header, Journal, Tape};
use crate::output::schema::SENTENCES;
use crate::output::{Format, OutputFolder, RowCounts, RowStream, Staging, finish_shard};
use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Scores everything `settings` names.
pub fn run(settings: &Settings) -> Result<Exit> {
    let clock = Clock::start();
    let mut reader = article::open(&settings.inputs, &settings.read)?;
    let mut staging = settings.out.as_ref().map(|out| Staging::create(out, settings.begin)).transpose()?;
    let stop = Stop::listen(staging.as_ref().map(Staging::cleaner))?;
    let tape = staging.as_mut().and_then(Staging::take_tape);
    let scorer = load(settings)?;
    let list = actor_list(settings)?;
    let matcher = Matcher::new(&list)?;
    let facts = facts(&scorer, &list, &settings.options);
    let progress = Progress::new(reader.total_bytes(), settings.volume);
    let loaded = clock.seconds();
    progress.say(
        Volume::Verbose,
        &format!("model {} and {} actors loaded in {loaded:.2} s", scorer.manifest().name, list.actors().len()),
    );
    let kept = match &staging {
        None => None,
        Some(staging) => {
            let header = header(settings, &facts, &list)?;
            Some(go_on(staging, tape, &header, settings, &progress)?)
        }
    };
    let taker = match (settings.shard, staging) {
        (Some(_), Some(staging)) => Taker::Shard(Box::new(staging), RowCounts::default()),
        (_, staging) => {
            let Options { layout, keep, .. } = &settings.options;
            let out = Out {
                folder: staging.map(|s| OutputFolder::new(s, layout.clone(), keep)).transpose()?,
                stream: settings.stdout.map(|format| stream(format, settings)).transpose()?,
            };
            Taker::Results(Box::new(Results::new(&settings.options, &facts, &list, &matcher, out)?))
        }
    };
    let rejects = Rejects::new(settings.strict, settings.max_errors);
    let job = Job { settings, scorer: &scorer, facts: &facts, stop, progress, loaded, clock };
    job.score(&mut reader, kept, Desk { journal: None, rejects, taker })
}

/// What a run knows of the one before it: its tape, or nothing and a new journal.
enum Kept {
    /// The tape, and how errors name it
    Tape(Box<Tape>, PathBuf),
    New(Box<Journal>),
}

/// The journal of this run; that of an unfinished one where nothing has changed since.
fn go_on(
    staging: &Staging,
    tape: Option<Tape>,
    header: &Header,
    settings: &Settings,
    progress: &Progress,
) -> Result<Kept> {
    let (path, shown) = staging.journal();
    let Some(tape) = tape else {
        if settings.begin.resume {
            progress.say(Volume::Normal, "no unfinished run is in the folder: starting with the first record");
        }
        return Ok(Kept::New(Box::new(Journal::new(&path, &shown, header)?)));
    };
    let changes = tape.header().changes(header);
    if changes.is_empty() {
        return Ok(Kept::Tape(Box::new(tape), shown));
    }
    let error = changed(&changes.join("; "));
    Err(settings.out.iter().fold(error, Error::file))
}

fn stream(format: Format, settings: &Settings) -> Result<RowStream> {
    let out = Box::new(BufWriter::new(std::io::stdout()));
    RowStream::new(out, &SENTENCES, format, settings.options.layout.excel_safe)
}

/// What a run needs while it scores.
struct Job<'a> {
    settings: &'a Settings,
    scorer: &'a Scorer,
    facts: &'a Facts,
    stop: Stop,
    progress: Progress,
    loaded: f64,
    clock: Clock,
}

impl Job<'_> {
    fn score(self, reader: &mut Reader, kept: Option<Kept>, mut desk: Desk<'_>) -> Result<Exit> {
        let scoring = Instant::now();
        let mut numbered = Numbered::new(reader, self.settings.limit, self.settings.shard);
        self.tell_notes(&mut numbered);
        let mut from_journal = 0;
        let done = self
            .replay(&mut numbered, kept, &mut desk, &mut from_journal)
            .and_then(|more| if more { self.stream(&mut numbered, &mut desk) } else { Ok(()) });
        let (records, notes) = (numbered.read(), numbered.into_told());
        self.progress.finish();
        if let Err(error) = done {
            self.tell_kept(desk.stop());
            return Err(error);
        }
        if self.stop.interrupted() {
            if self.tell_kept(desk.stop()) == 0 {
                self.progress.say(Volume::Quiet, "interrupted: nothing was written");
            }
            return Ok(Exit::Interrupted);
        }
        if desk.is_closed() {
            // Who reads the output has seen enough, as `head` has
            return Ok(Exit::Success);
        }
        let mut warnings: Vec<String> = Vec::new();
        for file in reader.repeated() {
            warnings.push(format!("{}: given more than once, read once", file.display()));
        }
        if !reader.ignored().is_empty() {
            let n = reader.ignored().len();
            warnings.push(format!("{n} other files in the input folders were not read; run.json names them"));
        }
        for warning in &warnings {
            self.progress.warn(warning);
        }
        let ignored: Vec<String> = reader.ignored().iter().map(|p| p.display().to_string()).collect();
        let ended = Ended {
            settings: self.settings.to_json(),
            threads: self.settings.scorer.threads,
            ignored: ignored.clone(),
            from_journal,
            timings: vec![("load_s", self.loaded), ("score_s", scoring.elapsed().as_secs_f64())],
            clock: self.clock,
        };
        self.finish(desk, ended, &End { records, ignored, warnings, notes })
    }

    /// Takes the records that the journal knows; says whether there may be more. The journal then goes on.
    fn replay(
        &self,
        numbered: &mut Numbered<'_>,
        kept: Option<Kept>,
        desk: &mut Desk<'_>,
        from_journal: &mut u64,
    ) -> Result<bool> {
        let (mut tape, shown) = match kept {
            None => return Ok(true),
            Some(Kept::New(journal)) => {
                desk.journal = Some(*journal);
                return Ok(true);
            }
            Some(Kept::Tape(tape, shown)) => (tape, shown),
        };
        while let Some(Entry { index, fingerprint, piece, predictions, .. }) = tape.next_entry()? {
            if self.stops(numbered) {
                desk.journal = Some(tape.go_on(&shown)?);
                return Ok(false);
            }
            let known = |p: &Passing| p.index == index && p.piece() == piece && p.fingerprint == fingerprint;
            let Some(passing) = self.read(numbered).transpose()?.filter(known) else {
                return Err(changed(&format!("record {} of the input is another", index + 1)));
            };
            *from_journal += u64::from(passing.is_last());
            desk.take(passing, predictions, &self.progress)?;
            self.progress.update(numbered.bytes_read(), 0);
        }
        self.progress.say(Volume::Normal, &format!("{from_journal} records were scored before and are taken over"));
        if tape.end().is_some() {
            // A shard that was complete but for its last step; the rest of its records is read to be counted
            while self.read(numbered).transpose()?.is_some() {}
            return Ok(false);
        }
        desk.journal = Some(tape.go_on(&shown)?);
        Ok(true)
    }

    /// Whether to read no further.
    fn stops(&self, numbered: &Numbered<'_>) -> bool {
        if numbered.is_between_records() { self.stop.before_record() } else { self.stop.is_due() }
    }

    /// The next piece of a record; what the reader has to tell of the record is told.
    fn read(&self, numbered: &mut Numbered<'_>) -> Option<Result<Passing>> {
        let passing = numbered.next();
        self.tell_notes(numbered);
        passing
    }

    fn tell_notes(&self, numbered: &mut Numbered<'_>) {
        numbered.take_notes().iter().for_each(|note| self.progress.say(Volume::Normal, note));
    }

    /// Scores the records that are left.
    fn stream(&self, numbered: &mut Numbered<'_>, desk: &mut Desk<'_>) -> Result<()> {
        // Bytes read so far, for the progress bar.
        let read = AtomicU64::new(0);
        let items = std::iter::from_fn(|| {
            if self.stops(numbered) {
                return None;
            }
            let item = self.read(numbered)?.map(|passing| Item { texts: passing.texts(), carry: passing });
            read.store(numbered.bytes_read(), Ordering::Relaxed);
            Some(item)
        });
        let mut reached = |r: Reached| {
            let share = r.encoded as f64 / r.read.max(1) as f64;
            self.progress.update((read.load(Ordering::Relaxed) as f64 * share) as u64, r.encoded as u64);
        };
        let mut sink = |passing: Passing, predictions: Vec<Prediction>| {
            desk.take(passing, predictions, &self.progress)?;
            if desk.is_closed() {
                self.stop.enough();
            }
            Ok(())
        };
        self.scorer.stream(items, &mut sink, &mut reached)
    }

    fn finish(&self, mut desk: Desk<'_>, ended: Ended, end: &End) -> Result<Exit> {
        let shard = self.settings.shard;
        let kept = match desk.close(shard.map(|_| end)) {
            Ok(kept) => kept,
            Err(error) => {
                self.tell_kept(desk.stop());
                return Err(error);
            }
        };
        let finished = match desk.taker {
            Taker::Shard(staging, counts) => {
                let record = ended.record(self.facts, counts, BTreeMap::new());
                finish_shard(&staging, &record).map(|()| (counts, String::new()))
            }
            Taker::Results(results) => results.finish(&self.progress, ended, self.settings.language),
        };
        let (counts, summary) = finished.inspect_err(|_| {
            self.tell_kept(kept);
        })?;
        let total = self.clock.seconds();
        self.progress.say(Volume::Verbose, &format!("{} sentences in {total:.1} s", counts.sentences));
        let lines = [accounting(&counts, self.settings.language), summary];
        lines.iter().filter(|l| !l.is_empty()).for_each(|l| self.progress.say(Volume::Normal, l.trim_end()));
        if !added::add(self.settings, self.scorer, &self.stop, &self.progress)? {
            return Ok(Exit::Interrupted);
        }
        if let Some(part) = shard {
            let join = format!("shard {part} is done; nuansa merge joins it with the others");
            self.progress.say(Volume::Normal, &join);
        }
        Ok(if counts.rejects > 0 { Exit::Rejects } else { Exit::Success })
    }

    /// Says how a stopped run goes on; gives back how many records it kept.
    fn tell_kept(&self, kept: u64) -> u64 {
        if kept > 0 {
            let line = format!("{kept} records are scored and kept; go on with:\n  {}", again::command());
            self.progress.say(Volume::Quiet, &line);
        }
        kept
    }
}

/// The accounting of records, for people.
pub fn accounting(counts: &RowCounts, language: Language) -> String {
    let RowCounts { records_read, articles, rejects, .. } = counts;
    let (read, article, reject) = match language {
        Language::Id => ("rekaman dibaca", "artikel", "ditolak"),
        Language::En => ("records read", "articles", "rejects"),
    };
    format!("{records_read} {read} = {articles} {article} + {rejects} {reject}")
}
