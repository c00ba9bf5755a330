//! `View`: what a person sees of a run. On a terminal a bar, elsewhere a line every half a minute; a line for each scoring on
//! both.

use crate::train::Event;
use crate::train::memory::resident_mb;
use crate::train::step::StepLoss;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Steps over which losses and speed are averaged.
const RECENT: usize = 50;
/// Time between two lines where there is no terminal.
const SILENCE: Duration = Duration::from_secs(30);

/// The view of one run.
pub struct View {
    bar: ProgressBar,
    spoken: Instant,
    recent: VecDeque<Recent>,
    scoring: Option<f64>,
    best: Option<f64>,
}

/// What the view remembers of a step.
struct Recent {
    loss: StepLoss,
    sentences: usize,
    seconds: f64,
}

impl View {
    /// Before the first event.
    pub fn new() -> anyhow::Result<Self> {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template("{bar:20} {msg}")?);
        Ok(Self { bar, spoken: Instant::now(), recent: VecDeque::new(), scoring: None, best: None })
    }

    /// A line, above the bar where there is one.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Shows one event.
    pub fn tell(&mut self, event: &Event<'_>) {
        match event {
            Event::Ready { train, dev, rows_per_epoch, steps, taken } => {
                self.bar.set_length(*steps as u64);
                self.bar.set_position(*taken as u64);
                self.say(&format!(
                    "{train} training rows, {rows_per_epoch} an epoch, {steps} steps; {dev} development rows"
                ));
                if *taken > 0 {
                    self.say(&format!("going on after step {taken}"));
                }
            }
            Event::Fold { fold, folds } => self.say(&format!("fold {fold} of {folds}")),
            Event::Warning(text) => self.say(&format!("warning: {text}")),
            Event::Note(text) => self.say(text),
            Event::Step { epoch, step, steps, loss, sentences, seconds, scorings_left } => {
                self.recent.push_back(Recent { loss: *loss, sentences: *sentences, seconds: *seconds });
                if self.recent.len() > RECENT {
                    self.recent.pop_front();
                }
                let line = self.line(*epoch, (*step, *steps), *scorings_left);
                if self.bar.is_hidden() && self.spoken.elapsed() >= SILENCE {
                    self.say(&line);
                    self.spoken = Instant::now();
                }
                self.bar.set_position(*step as u64);
                self.bar.set_message(line);
            }
            Event::Scored { epoch, step, averaged, score, stance, tone, spans, kept, seconds } => {
                self.scoring = Some(*seconds);
                let what = match averaged {
                    1 => format!("epoch {epoch}, step {step}"),
                    n => format!("mean of {n} weights"),
                };
                let kept_too = if *kept { ", kept" } else { "" };
                if *kept {
                    self.best = Some(*score);
                }
                let mut line = format!("{what}: development macro-F1 {stance:.4} stance, {tone:.4} tone");
                let names = ["entity F1", "actor F1", "role accuracy"];
                for (name, value) in names.iter().zip(spans.unwrap_or_default()) {
                    if let Some(value) = value {
                        let _ = write!(line, ", {name} {value:.4}");
                    }
                }
                self.say(&format!("{line}, score {score:.4}{kept_too}"));
                self.spoken = Instant::now();
            }
            Event::Stale { best } => self.say(&format!("no better score since step {best}: the run ends here")),
        }
    }

    fn line(&self, epoch: usize, (step, steps): (usize, usize), scorings_left: usize) -> String {
        let n = self.recent.len().max(1) as f64;
        let sum = |of: &dyn Fn(&Recent) -> f64| self.recent.iter().map(of).sum::<f64>();
        let seconds = sum(&|r| r.seconds);
        let (stance, tone) = (sum(&|r| r.loss.stance) / n, sum(&|r| r.loss.tone) / n);
        let rate = sum(&|r| r.sentences as f64) / seconds.max(1e-9);
        // Until the first scoring, its time is not known and left out.
        let left = (steps - step) as f64 * seconds / n + scorings_left as f64 * self.scoring.unwrap_or(0.0);
        let mut line = format!("step {step}/{steps}, epoch {epoch}, loss {stance:.3} stance {tone:.3} tone");
        for (k, name) in ["entity", "actor", "role"].iter().enumerate() {
            let loss = sum(&|r| r.loss.tokens.map_or(0.0, |t| t[k])) / n;
            if self.recent.iter().any(|r| r.loss.tokens.is_some_and(|t| t[k] > 0.0)) {
                let _ = write!(line, " {loss:.3} {name}");
            }
        }
        let _ = write!(line, ", {rate:.1} sentences/s");
        if let Some(mb) = resident_mb() {
            let _ = write!(line, ", {mb:.0} MB");
        }
        let _ = write!(line, ", {} left", duration(left));
        if let Some(best) = self.best {
            let _ = write!(line, ", best score {best:.4}");
        }
        line
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Seconds for people: `42 s`, `7 min`, `2 h 05 min`.
fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as u64;
    match s {
        0..120 => format!("{s} s"),
        120..7200 => format!("{} min", (s + 30) / 60),
        _ => format!("{} h {:02} min", s / 3600, s % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_means_over_recent_steps_and_counts_scorings_into_the_time_left() {
        let mut view = View::new().unwrap();
        let step = |step: usize, loss: f64| Event::Step {
            epoch: 1,
            step,
            steps: 120,
            loss: StepLoss { stance: loss, tone: 2.0 * loss, tokens: None },
            sentences: 32,
            seconds: 1.0,
            scorings_left: 2,
        };
        (0..10).for_each(|i| view.tell(&step(i, 9.0)));
        (10..60).for_each(|i| view.tell(&step(i, 0.5)));
        let line = view.line(1, (60, 120), 2);
        assert!(line.contains("step 60/120, epoch 1, loss 0.500 stance 1.000 tone, 32.0 sentences/s"), "{line}");
        assert!(line.contains("60 s left") && !line.contains("best"), "{line}");
        let (averaged, kept) = (1, true);
        let (score, stance, tone) = (0.75, 0.7, 0.8);
        view.tell(&Event::Scored {
            epoch: 1,
            step: 60,
            averaged,
            score,
            stance,
            tone,
            spans: None,
            kept,
            seconds: 15.0,
        });
        let line = view.line(1, (60, 120), 2);
        assert!(line.contains("90 s left, best score 0.7500"), "{line}");
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        assert_eq!([42.4, 300.0, 7500.0].map(duration), ["42 s", "5 min", "2 h 05 min"]);
    }
}
