//! `Objective`: the loss of one micro-batch, weighted cross-entropy of all heads, with or without a teacher.
//!
//! For a head with logits z and gold y, row weight w and class weight c: L = Σ w · c_y · (−Σ_k t_k log softmax(z)_k), where
//! t is one-hot, smoothed if asked. The focal loss (Lin et al., "Focal loss for dense object detection", 2017) puts
//! (1 − softmax(z)_k)^γ before each logarithm. A teacher's term is w · T² · (−Σ_k q_k log softmax(z / T)_k) with its
//! softened probabilities q; a row with both takes `share` of it and 1 − `share` of the gold term, a row with one of them
//! takes that alone. The sum is divided by the weights of the *whole* step, so that a step split into micro-batches has the
//! gradient of an unsplit one. A row with neither for a head counts for the other head only.
//!
//! R-Drop (Liang et al., "R-Drop: Regularized dropout for neural networks", 2021) passes each row twice, with different
//! dropout, and adds the mean over rows of ½ KL(p₁‖p₂) + ½ KL(p₂‖p₁).

use super::data::Example;
use super::evaluation::Predicted;
use super::recipe::Loss;
use super::step::StepLoss;
use super::teacher::Teacher;
use super::token_loss::TokenTargets;
use crate::model::Logits;
use crate::model::labels::Label;
use candle_core::{Device, Result, Tensor};
use candle_nn::ops::log_softmax;

/// Weights of the classes of each head and of rows by confidence, and the teacher.
#[derive(Debug, Clone)]
pub struct Objective {
    stance: [f64; 3],
    tone: [f64; 3],
    loss: Loss,
    teacher: Option<Teacher>,
}

/// Targets of a set of rows for one head.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// N × 3: t · w · c, times the gold's part
    gold: Vec<f32>,
    /// N × 3: q · w · T², times the teacher's part; empty without a teacher
    taught: Vec<f32>,
    /// Σ of the rows' weights
    pub total: f64,
}

/// Targets of a set of rows.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    stance: Targets,
    tone: Targets,
    tokens: Option<TokenTargets>,
    rows: usize,
}

impl Batch {
    /// The same batch with the targets of its tokens.
    #[must_use]
    pub fn with_tokens(self, tokens: TokenTargets) -> Self {
        Self { tokens: Some(tokens), ..self }
    }
}

/// What the losses of a whole step are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Σ of the stance head's row weights
    pub stance: f64,
    /// Of the tone head's
    pub tone: f64,
    /// Σ of the labelled tokens' weights, by token head
    pub tokens: [f64; 3],
    /// Rows
    pub rows: usize,
}

impl Totals {
    /// The totals of all batches of a step.
    pub fn of<'b>(batches: impl IntoIterator<Item = &'b Batch>) -> Self {
        batches.into_iter().fold(Self::default(), |t, b| Self {
            stance: t.stance + b.stance.total,
            tone: t.tone + b.tone.total,
            tokens: std::array::from_fn(|k| t.tokens[k] + b.tokens.as_ref().map_or(0.0, |b| b.totals[k])),
            rows: t.rows + b.rows,
        })
    }
}

impl Objective {
    /// Class weights from the training rows.
    pub fn new(examples: &[&Example], loss: &Loss, teacher: Option<Teacher>) -> Self {
        let weigh = |index: &dyn Fn(&Example) -> Option<usize>| {
            let mut n = [0.0; 3];
            examples.iter().filter_map(|e| index(e)).for_each(|i| n[i] += 1.0);
            let all: f64 = n.iter().sum();
            n.map(|n| if n > 0.0 { (all / (3.0 * n)).powf(loss.class_weight) } else { 1.0 })
        };
        Self {
            stance: weigh(&|e| e.stance.map(Label::index)),
            tone: weigh(&|e| e.tone.map(Label::index)),
            loss: loss.clone(),
            teacher,
        }
    }

    /// Class weights of the stance and of the tone head, in label order.
    pub fn class_weights(&self) -> ([f64; 3], [f64; 3]) {
        (self.stance, self.tone)
    }

    /// Whether token heads are trained.
    pub fn trains_tokens(&self) -> bool {
        self.loss.trains_tokens()
    }

    /// How often each row is passed: twice for R-Drop.
    pub fn passes(&self) -> usize {
        if self.loss.r_drop > 0.0 { 2 } else { 1 }
    }

    /// Targets of `examples` for the heads over sentences.
    pub fn targets(&self, examples: &[&Example]) -> Batch {
        Batch {
            stance: self.of(examples, &self.stance, |e| e.stance.map(Label::index), |p| p.stance),
            tone: self.of(examples, &self.tone, |e| e.tone.map(Label::index), |p| p.tone),
            tokens: None,
            rows: examples.len(),
        }
    }

    fn of(
        &self,
        examples: &[&Example],
        class: &[f64; 3],
        label: impl Fn(&Example) -> Option<usize>,
        soft: impl Fn(&Predicted) -> [f64; 3],
    ) -> Targets {
        let mut out = Targets { gold: vec![0.0; examples.len() * 3], taught: Vec::new(), total: 0.0 };
        if self.teacher.is_some() {
            out.taught = out.gold.clone();
        }
        for (i, e) in examples.iter().enumerate() {
            let confidence = usize::from(e.confidence.unwrap_or(3)).clamp(1, 3) - 1;
            let w = f64::from(e.weight) * self.loss.confidence[confidence];
            let gold = label(e);
            let taught = self.teacher.as_ref().and_then(|t| Some((t, soft(t.row(&e.id)?))));
            let share = match (gold, &taught) {
                (_, None) => 0.0,
                (None, Some(_)) => 1.0,
                (Some(_), Some((teacher, _))) => teacher.share,
            };
            if let Some(y) = gold {
                let w = w * class[y] * (1.0 - share);
                let off = self.loss.smoothing / 3.0;
                for (k, t) in out.gold[3 * i..3 * i + 3].iter_mut().enumerate() {
                    *t = (w * (off + if k == y { 1.0 - self.loss.smoothing } else { 0.0 })) as f32;
                }
                out.total += w;
            }
            if let Some((teacher, q)) = taught {
                let scale = w * share * teacher.temperature.powi(2);
                out.taught[3 * i..3 * i + 3].iter_mut().zip(q).for_each(|(t, q)| *t = (scale * q) as f32);
                out.total += w * share;
            }
        }
        out
    }

    /// The loss of a micro-batch as a scalar tensor, and its parts by head as numbers. With two passes the logits hold all
    /// rows and then all rows again.
    pub fn loss(&self, logits: &Logits, batch: &Batch, totals: Totals) -> Result<(Tensor, StepLoss)> {
        let stance = self.part(&logits.stance, &batch.stance, totals.stance, totals.rows)?;
        let tone = self.part(&logits.tone, &batch.tone, totals.tone, totals.rows)?;
        let number = |x: &Tensor| x.to_scalar::<f32>().map(f64::from);
        let mut parts = StepLoss { stance: number(&stance)?, tone: number(&tone)?, tokens: None };
        let mut sum = (stance * self.loss.stance)?.add(&tone)?;
        if let (Some(heads), Some(targets)) = (&logits.tokens, &batch.tokens) {
            let mut losses = [0.0; 3];
            for (head, weight) in self.loss.tokens().into_iter().enumerate().filter(|(_, w)| *w > 0.0) {
                let part = targets.loss(head, &heads[head], totals.tokens[head], self.passes())?;
                losses[head] = number(&part)?;
                sum = (sum + (part * weight)?)?;
            }
            parts.tokens = Some(losses);
        }
        Ok((sum, parts))
    }

    /// One head's part.
    fn part(&self, z: &Tensor, targets: &Targets, total: f64, rows: usize) -> Result<Tensor> {
        let n = targets.gold.len() / 3;
        // A step may have no label of a head.
        let scale = if total > 0.0 { -1.0 / total } else { 0.0 };
        if self.passes() == 1 {
            return self.terms(z, targets)?.affine(scale, 0.0);
        }
        let (one, two) = (z.narrow(0, 0, n)?, z.narrow(0, n, n)?);
        let both = (self.terms(&one, targets)? + self.terms(&two, targets)?)?.affine(scale / 2.0, 0.0)?;
        let (a, b) = (log_softmax(&one, 1)?, log_softmax(&two, 1)?);
        // ½ Σ (p₁ − p₂)(log p₁ − log p₂) is the mean of both divergences.
        let apart = ((a.exp()? - b.exp()?)? * (a - b)?)?.sum_all()?;
        both + apart.affine(0.5 * self.loss.r_drop / rows.max(1) as f64, 0.0)?
    }

    /// Σ of the weighted logarithms, gold's and teacher's.
    fn terms(&self, z: &Tensor, targets: &Targets) -> Result<Tensor> {
        let matrix = |rows: &[f32]| Tensor::from_slice(rows, (rows.len() / 3, 3), &Device::Cpu);
        let log_p = log_softmax(z, 1)?;
        let mut weights = matrix(&targets.gold)?;
        if self.loss.focal > 0.0 {
            // A little more than 1 − p, so that a certain row has a power and a slope.
            let missing = log_p.exp()?.affine(-1.0, 1.0 + 1e-6)?;
            weights = (weights * missing.powf(self.loss.focal)?)?;
        }
        let gold = (log_p * weights)?.sum_all()?;
        let Some(teacher) = &self.teacher else { return Ok(gold) };
        let soft = log_softmax(&z.affine(1.0 / teacher.temperature, 0.0)?, 1)?;
        gold + (soft * matrix(&targets.taught)?)?.sum_all()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::labels::{Stance, Tone};

    fn example(stance: Option<Stance>) -> Example {
        Example { id: "a".into(), stance, tone: Some(Tone::Neutral), ..Example::default() }
    }

    /// The stance loss of one row with logits 1, 0, −1, by a loss with equal class weights.
    fn stance_loss(loss: &Loss) -> f64 {
        let row = example(Some(Stance::Escalation));
        let objective = Objective::new(&[&row], &Loss { class_weight: 0.0, ..loss.clone() }, None);
        let z = Tensor::new(&[[1.0_f32, 0.0, -1.0]], &Device::Cpu).unwrap();
        let z = z.repeat((objective.passes(), 1)).unwrap();
        let batch = objective.targets(&[&row]);
        let logits = Logits { stance: z.clone(), tone: z, tokens: None };
        objective.loss(&logits, &batch, Totals::of([&batch])).unwrap().1.stance
    }

    #[test]
    fn the_focal_loss_is_the_definition_and_plain_cross_entropy_at_zero() {
        let e = std::f64::consts::E;
        let p = e / (e + 1.0 + 1.0 / e);
        assert!((stance_loss(&Loss::default()) + p.ln()).abs() < 1e-6);
        let focal = stance_loss(&Loss { focal: 2.0, ..Loss::default() });
        assert!((focal + (1.0 - p).powi(2) * p.ln()).abs() < 1e-5, "{focal}");
    }

    #[test]
    fn two_equal_passes_have_the_loss_of_one() {
        let twice = stance_loss(&Loss { r_drop: 3.0, ..Loss::default() });
        assert!((twice - stance_loss(&Loss::default())).abs() < 1e-6);
    }

    #[test]
    fn a_row_learns_from_gold_from_the_teacher_or_from_both_by_share() {
        let dir = tempfile::tempdir().unwrap();
        let line = "{\"id\":\"a\",\"p_stance\":[0.64,0.16,0.2],\"p_tone\":[0,0,1]}\n";
        std::fs::write(dir.path().join("t.jsonl"), line).unwrap();
        let settings: super::super::recipe::Teacher =
            toml::from_str("file = \"t.jsonl\"\nshare = 0.25\ntemperature = 1.0").unwrap();
        let teacher = Teacher::read(&settings, dir.path()).unwrap();
        let (both, taught) = (example(Some(Stance::Neutral)), example(None));
        let gold = Example { id: "b".into(), ..both.clone() };
        let loss = Loss { class_weight: 0.0, ..Loss::default() };
        let targets = Objective::new(&[], &loss, Some(teacher)).targets(&[&both, &taught, &gold]).stance;
        assert_eq!(targets.gold, [0.0, 0.0, 0.75, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(targets.taught, [0.16, 0.04, 0.05, 0.64, 0.16, 0.2, 0.0, 0.0, 0.0].map(|x: f64| x as f32));
        assert!((targets.total - 3.0).abs() < 1e-12);
    }
}
