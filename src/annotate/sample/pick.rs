//! `Strategy`: by what sentences are picked. Several of them take turns.

use super::measure::{Both, Heads, Measure, divergence, uncertainty};
use super::spread::spread;
use crate::annotate::label::Task;
use crate::error::{Error, Result, Stage};
use crate::model::labels::{Label, Stance, Tone};
use crate::train::rng::Rng;
use std::collections::BTreeMap;

/// By what sentences are picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// Those the model is least sure of
    Uncertain,
    /// Those far from one another by the encoder's states
    Diverse,
    /// Those over which two models are farthest apart
    Disagree,
    /// By chance
    Random,
    /// As many of each predicted label, by chance
    Balanced,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Uncertain, Self::Diverse, Self::Disagree, Self::Random, Self::Balanced];

    /// Its name on the command line and in what is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Diverse => "diverse",
            Self::Disagree => "disagree",
            Self::Random => "random",
            Self::Balanced => "balanced",
        }
    }

    /// Whether it goes by what the model says.
    pub fn needs_predictions(self) -> bool {
        matches!(self, Self::Uncertain | Self::Disagree | Self::Balanced)
    }
}

/// What is known of the sentences of a pool.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The sentences
    pub tasks: &'a [Task],
    /// The probabilities of another model, in the order of the sentences
    pub others: Option<&'a [Both]>,
    /// Unit vectors of the sentences
    pub vectors: Option<&'a [Vec<f32>]>,
    /// Heads that count
    pub heads: Heads,
    /// What is called unsure
    pub measure: Measure,
}

/// A sentence that was picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Its place in the pool
    pub at: usize,
    /// What picked it
    pub by: Strategy,
}

/// Picks up to `n` sentences. Each strategy makes an order of the pool by a stream of chance of its own, and they take
/// turns with the next of their order that is not taken yet.
///
/// # Errors
/// A strategy lacks what it goes by: predictions of a sentence, another model, vectors.
pub fn pick(view: View<'_>, strategies: &[Strategy], n: usize, seed: u64) -> Result<Vec<Pick>> {
    let mut orders = Vec::new();
    for strategy in strategies {
        let mut rng = Rng::stream(seed, strategy.name());
        orders.push((*strategy, order(view, *strategy, n, &mut rng)?.into_iter()));
    }
    let (mut taken, mut picks) = (vec![false; view.tasks.len()], Vec::new());
    while picks.len() < n {
        let before = picks.len();
        for (by, order) in &mut orders {
            let next = order.find(|at| !taken[*at]).filter(|_| picks.len() < n);
            if let Some(at) = next {
                taken[at] = true;
                picks.push(Pick { at, by: *by });
            }
        }
        if picks.len() == before {
            break;
        }
    }
    Ok(picks)
}

fn order(view: View<'_>, strategy: Strategy, n: usize, rng: &mut Rng) -> Result<Vec<usize>> {
    let lacks = |what: &str| Error::new(Stage::Annotate, format!("the strategy {} needs {what}", strategy.name()));
    let both = || -> Result<Vec<Both>> {
        let of = |t: &Task| Some([t.p_stance?, t.p_tone?]);
        let one = |t| of(t).ok_or_else(|| lacks(&format!("predictions, and \"{}\" has none", t.item.id)));
        view.tasks.iter().map(one).collect()
    };
    let shuffled = |rng: &mut Rng| {
        let mut all: Vec<usize> = (0..view.tasks.len()).collect();
        rng.shuffle(&mut all);
        all
    };
    Ok(match strategy {
        Strategy::Random => shuffled(rng),
        Strategy::Uncertain => {
            descending(&both()?.iter().map(|p| uncertainty(p, view.heads, view.measure)).collect::<Vec<_>>())
        }
        Strategy::Disagree => {
            let others = view.others.ok_or_else(|| lacks("another model"))?;
            descending(&both()?.iter().zip(others).map(|(a, b)| divergence(a, b, view.heads)).collect::<Vec<_>>())
        }
        // More than n, since another strategy may have taken some of them
        Strategy::Diverse => spread(view.vectors.ok_or_else(|| lacks("the encoder's states"))?, 2 * n, rng),
        Strategy::Balanced => {
            let both = both()?;
            let mut cells: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
            for i in shuffled(rng) {
                let stance = if view.heads.stance { Stance::argmax(&both[i][0]).index() } else { 0 };
                let tone = if view.heads.tone { Tone::argmax(&both[i][1]).index() } else { 0 };
                cells.entry((stance, tone)).or_default().push(i);
            }
            let longest = cells.values().map(Vec::len).max().unwrap_or(0);
            (0..longest).flat_map(|k| cells.values().filter_map(move |cell| cell.get(k).copied())).collect()
        }
    })
}

/// Places by value, the greatest first; of equal ones the first.
fn descending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::Item;
    use std::collections::BTreeSet;

    fn task(i: usize, stance: [f64; 3], tone: [f64; 3]) -> Task {
        let item = Item { id: i.to_string(), text: format!("Kalimat {i}."), ..Item::default() };
        Task { item, p_stance: Some(stance), p_tone: Some(tone), ..Task::default() }
    }

    fn view(tasks: &[Task]) -> View<'_> {
        let heads = Heads { stance: true, tone: true };
        View { tasks, others: None, vectors: None, heads, measure: Measure::Entropy }
    }

    fn places(picks: &[Pick]) -> Vec<usize> {
        picks.iter().map(|p| p.at).collect()
    }

    #[test]
    fn the_least_sure_come_first_and_one_head_can_count_alone() {
        let (sure, half, even) = ([1.0, 0.0, 0.0], [0.6, 0.4, 0.0], [0.34, 0.33, 0.33]);
        let tasks = [task(0, sure, sure), task(1, even, sure), task(2, half, half), task(3, sure, even)];
        assert_eq!(places(&pick(view(&tasks), &[Strategy::Uncertain], 2, 1).unwrap()), [2, 1]);
        let tone = View { heads: Heads { stance: false, tone: true }, ..view(&tasks) };
        assert_eq!(places(&pick(tone, &[Strategy::Uncertain], 9, 1).unwrap()), [3, 2, 0, 1]);
    }

    #[test]
    fn balanced_takes_as_many_of_rare_labels_as_there_are() {
        let stance = |k: usize| std::array::from_fn(|i| if i == k { 0.8 } else { 0.1 });
        let tasks: Vec<Task> = (0..40).map(|i| task(i, stance(if i < 36 { 2 } else { i % 2 }), stance(2))).collect();
        let picks = pick(view(&tasks), &[Strategy::Balanced], 9, 3).unwrap();
        let rare = picks.iter().filter(|p| p.at >= 36).count();
        assert_eq!((picks.len(), rare), (9, 4));
    }

    #[test]
    fn strategies_take_turns_and_nothing_is_taken_twice() {
        let tasks: Vec<Task> =
            (0..50).map(|i| task(i, [0.5 + i as f64 / 100.0, 0.5 - i as f64 / 100.0, 0.0], [1.0, 0.0, 0.0])).collect();
        let both = [Strategy::Uncertain, Strategy::Random];
        let picks = pick(view(&tasks), &both, 20, 7).unwrap();
        assert_eq!(picks.iter().filter(|p| p.by == Strategy::Uncertain).count(), 10);
        assert_eq!(places(&picks).into_iter().collect::<BTreeSet<_>>().len(), 20);
        assert_eq!(picks, pick(view(&tasks), &both, 20, 7).unwrap());
        assert_ne!(picks, pick(view(&tasks), &both, 20, 8).unwrap());
        // More than there are gives all there are
        assert_eq!(pick(view(&tasks), &both, 999, 7).unwrap().len(), 50);
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut tasks = [task(0, [1.0, 0.0, 0.0], [1.0, 0.0, 0.0])];
        let fails = |tasks: &[Task], s| pick(view(tasks), &[s], 1, 1).unwrap_err().to_string();
        assert!(fails(&tasks, Strategy::Disagree).contains("needs another model"));
        assert!(fails(&tasks, Strategy::Diverse).contains("the encoder's states"));
        tasks[0].p_tone = None;
        assert!(fails(&tasks, Strategy::Uncertain).contains("\"0\" has none"));
        assert_eq!(pick(view(&tasks), &[Strategy::Random], 1, 1).unwrap().len(), 1);
    }
}
