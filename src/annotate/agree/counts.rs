//! `Counts`: for each unit, how many raters gave it each category. All coefficients but Cohen's need no more.

/// Categories of each unit, K of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    units: Vec<Vec<u32>>,
    categories: usize,
}

/// How far apart two categories are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric<'a> {
    /// All different categories are equally far apart
    Nominal,
    /// Categories are ranks: how many ratings lie between two. The order names each category once, lowest first
    Ordinal(&'a [usize]),
}

impl Counts {
    /// Units of ratings, `None` where a rater gave none; categories are 0..`categories`, others are left out.
    pub fn new<'a>(ratings: impl IntoIterator<Item = &'a [Option<usize>]>, categories: usize) -> Self {
        let count = |unit: &[Option<usize>]| {
            let mut counts = vec![0; categories];
            for category in unit.iter().flatten() {
                if let Some(n) = counts.get_mut(*category) {
                    *n += 1;
                }
            }
            counts
        };
        Self { units: ratings.into_iter().map(count).collect(), categories }
    }

    /// Units that are counted already, each of `categories` numbers.
    pub fn of(units: Vec<Vec<u32>>, categories: usize) -> Self {
        Self { units, categories }
    }

    /// One category against all others: two categories, 0 the one that is asked for.
    #[must_use]
    pub fn against_rest(&self, category: usize) -> Self {
        let pool = |unit: &Vec<u32>| {
            let own = unit.get(category).copied().unwrap_or(0);
            vec![own, unit.iter().sum::<u32>() - own]
        };
        Self { units: self.units.iter().map(pool).collect(), categories: 2 }
    }

    /// Categories there are.
    pub fn categories(&self) -> usize {
        self.categories
    }

    /// Units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The units that two raters or more have rated: times it counts, number of ratings, ratings by category. `weights`
    /// says how often each unit counts; without it each counts once.
    pub fn pairable<'a>(&'a self, weights: Option<&'a [u32]>) -> impl Iterator<Item = (u32, u32, &'a [u32])> {
        self.units.iter().enumerate().filter_map(move |(i, unit)| {
            let times = weights.map_or(1, |w| w.get(i).copied().unwrap_or(0));
            let ratings: u32 = unit.iter().sum();
            (times > 0 && ratings > 1).then_some((times, ratings, unit.as_slice()))
        })
    }
}
