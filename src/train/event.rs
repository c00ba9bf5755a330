//! `Event`: what a run tells its caller while it goes on.

use super::step::StepLoss;

/// One thing that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// Data was read: rows of the training and the development split, training rows per epoch, steps in all
    Ready {
        /// Labelled rows to train on
        train: usize,
        /// Labelled rows to choose the weights on
        dev: usize,
        /// Rows an epoch reads
        rows_per_epoch: usize,
        /// Steps in all
        steps: usize,
        /// Steps taken before the checkpoint that the run goes on from; 0 for a new run
        taken: usize,
    },
    /// A fold of a k-fold run begins
    Fold {
        /// From 1
        fold: usize,
        /// Folds in all
        folds: usize,
    },
    /// Something the user should know
    Warning(&'a str),
    /// Something worth knowing that is no fault
    Note(&'a str),
    /// A step was taken
    Step {
        /// Epoch, from 1
        epoch: usize,
        /// From 1
        step: usize,
        /// Steps in all
        steps: usize,
        /// Loss of the step
        loss: StepLoss,
        /// Sentences of the step
        sentences: usize,
        /// Seconds it took
        seconds: f64,
        /// Scorings of the development rows still to come
        scorings_left: usize,
    },
    /// The development rows were scored
    Scored {
        /// From 1; 0 for the start itself, in a run without epochs
        epoch: usize,
        /// From 1; 0 for the start itself
        step: usize,
        /// Steps whose weights were averaged; 1 for the weights of the step
        averaged: usize,
        /// Value of the recipe's metric; more is better
        score: f64,
        /// Macro-F1 on the development split, averaged over sources
        stance: f64,
        /// The same for tone
        tone: f64,
        /// F1 of entities, F1 of actors and accuracy of roles, where token heads are trained and the rows have gold
        spans: Option<[Option<f64>; 3]>,
        /// Whether it is the best so far and was written
        kept: bool,
        /// Seconds it took
        seconds: f64,
    },
    /// The run ends before its last step, since its score got no better
    Stale {
        /// Step of the best score
        best: usize,
    },
}
