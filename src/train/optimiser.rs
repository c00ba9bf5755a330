//! `Optimiser`: AdamW over named variables, with moments of our own, clipping, and rates by layer.
//!
//! Candle's AdamW has one rate, private moments and no clipping. Here each variable owns its moments and its rate; the
//! update is one pass over memory and runs on as many threads as it is given, each variable on one of them, so the result
//! doesn't depend on how many there are.

use super::recipe::Optim;
use super::schedule::layer_rate;
use super::snapshot::{Named, Values};
use crate::error::{Context as _, Stage};
use crate::kernels::optim::{AdamW, adamw};
use crate::kernels::reduce::sum_squares;
use crate::threads::start;
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Tensor, Var};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Prefixes of the names in a snapshot.
const WEIGHT: &str = "weight/";
const MOMENTS_1: &str = "moment-1/";
const MOMENTS_2: &str = "moment-2/";
const AVERAGE: &str = "average/";

/// Gradients by variable name.
pub type Gradients = BTreeMap<String, Vec<f32>>;

struct Slot {
    var: Var,
    rate: f64,
    decay: f64,
    moments: Mutex<(Vec<f32>, Vec<f32>)>,
    average: Option<Mutex<Vec<f32>>>,
}

/// AdamW with the state of every variable.
pub struct Optimiser {
    slots: BTreeMap<String, Slot>,
    clip: f64,
    average: f64,
    step: i32,
}

struct Update<'a> {
    cfg: AdamW,
    grad: &'a [f32],
    slot: &'a Slot,
    average: f32,
}

impl InplaceOp1 for Update<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(&self, p: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let CpuStorage::F32(p) = p else { candle_core::bail!("adamw on a variable that is not f32") };
        let Some((from, to)) = layout.contiguous_offsets() else { candle_core::bail!("adamw on a strided variable") };
        let p = &mut p[from..to];
        let Ok(mut moments) = self.slot.moments.lock() else { candle_core::bail!("adamw after a panic") };
        let (m, v) = &mut *moments;
        adamw(&self.cfg, p, self.grad, m, v);
        if let Some(Ok(mut average)) = self.slot.average.as_ref().map(Mutex::lock) {
            average.iter_mut().zip(p.iter()).for_each(|(a, p)| *a += (p - *a) * (1.0 - self.average));
        }
        Ok(())
    }
}

impl Optimiser {
    /// An optimiser with zero moments for `vars` of an encoder of `layers` layers.
    pub fn new(vars: &BTreeMap<String, Var>, layers: usize, optim: &Optim) -> Result<Self> {
        let mut slots = BTreeMap::new();
        for (name, var) in vars {
            let n = var.elem_count();
            let average = if optim.average > 0.0 { Some(Mutex::new(var.flatten_all()?.to_vec1()?)) } else { None };
            slots.insert(
                name.clone(),
                Slot {
                    var: var.clone(),
                    rate: layer_rate(name, layers, optim.layer_decay, optim.head_rate),
                    decay: if var.rank() > 1 { optim.weight_decay } else { 0.0 },
                    moments: Mutex::new((vec![0.0; n], vec![0.0; n])),
                    average,
                },
            );
        }
        Ok(Self { slots, clip: optim.clip, average: optim.average, step: 0 })
    }

    /// Applies one step at `rate` over `threads` threads and returns the gradient norm before clipping.
    pub fn step(&mut self, gradients: &Gradients, rate: f64, threads: usize) -> crate::Result<f64> {
        self.step += 1;
        let norm = gradients.values().map(|g| sum_squares(g)).sum::<f64>().sqrt();
        let scale = if norm > self.clip { self.clip / norm } else { 1.0 };
        // The average follows closely at first: min(β, (1 + t) / (10 + t)), as TensorFlow's moving average does.
        let t = f64::from(self.step);
        let average = self.average.min((1.0 + t) / (10.0 + t)) as f32;
        let work: Vec<(&Slot, &Vec<f32>)> =
            gradients.iter().filter_map(|(name, g)| self.slots.get(name).map(|s| (s, g))).collect();
        let next = std::sync::atomic::AtomicUsize::new(0);
        let worker = || -> Result<()> {
            while let Some((slot, grad)) = work.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                let cfg = AdamW {
                    rate: (rate * slot.rate) as f32,
                    beta1: 0.9,
                    beta2: 0.999,
                    eps: 1e-8,
                    decay: slot.decay as f32,
                    step: self.step,
                    scale: scale as f32,
                };
                slot.var.as_tensor().inplace_op1(&Update { cfg, grad, slot, average })?;
            }
            Ok(())
        };
        std::thread::scope(|s| {
            let all: Vec<_> = (0..threads.max(1)).map(|_| start(s, Stage::Train, worker)).collect();
            let panicked = |_| candle_core::bail!("a training thread panicked");
            all.into_iter().try_for_each(|h| h?.join().unwrap_or_else(panicked).stage(Stage::Train))
        })?;
        Ok(norm)
    }

    /// Everything that changes from step to step, under the names a snapshot gives it.
    pub fn state(&mut self) -> Result<Named<'_>> {
        let mut out = Vec::new();
        for (name, slot) in &mut self.slots {
            let Ok((first, second)) = slot.moments.get_mut() else { candle_core::bail!("saving after a panic") };
            out.push((format!("{WEIGHT}{name}"), Values::Tensor(slot.var.as_detached_tensor())));
            out.push((format!("{MOMENTS_1}{name}"), Values::Slice(first)));
            out.push((format!("{MOMENTS_2}{name}"), Values::Slice(second)));
            if let Some(average) = &mut slot.average {
                let Ok(average) = average.get_mut() else { candle_core::bail!("saving after a panic") };
                out.push((format!("{AVERAGE}{name}"), Values::Slice(average)));
            }
        }
        Ok(out)
    }

    /// Goes back to what [`Optimiser::state`] gave after `step` steps; `get` finds the values of a name and number.
    pub fn restore(&mut self, step: usize, get: &dyn Fn(&str, usize) -> crate::Result<Vec<f32>>) -> crate::Result<()> {
        let stage = Stage::Train;
        self.step = i32::try_from(step).stage(stage)?;
        for (name, slot) in &mut self.slots {
            let n = slot.var.elem_count();
            let weight = get(&format!("{WEIGHT}{name}"), n)?;
            let weight = Tensor::from_vec(weight, slot.var.shape(), slot.var.device()).stage(stage)?;
            slot.var.set(&weight).stage(stage)?;
            slot.moments = Mutex::new((get(&format!("{MOMENTS_1}{name}"), n)?, get(&format!("{MOMENTS_2}{name}"), n)?));
            if slot.average.is_some() {
                slot.average = Some(Mutex::new(get(&format!("{AVERAGE}{name}"), n)?));
            }
        }
        Ok(())
    }

    /// The weights to evaluate and keep: the running average where one is asked for, else the variables themselves.
    pub fn kept(&self) -> Result<BTreeMap<String, Tensor>> {
        let mut out = BTreeMap::new();
        for (name, slot) in &self.slots {
            let tensor = match slot.average.as_ref().map(Mutex::lock) {
                Some(Ok(average)) => Tensor::from_slice(&average, slot.var.shape(), slot.var.device())?,
                Some(Err(_)) => candle_core::bail!("averaging after a panic"),
                None => slot.var.as_detached_tensor().copy()?,
            };
            out.insert(name.clone(), tensor);
        }
        Ok(out)
    }
}
