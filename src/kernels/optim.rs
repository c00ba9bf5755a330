//! The AdamW update (Loshchilov & Hutter 2019, algorithm 2) of one tensor, in one pass.

use super::dispatch;

/// The numbers of one update step.
#[derive(Debug, Clone, Copy)]
pub struct AdamW {
    /// Learning rate of this step
    pub rate: f32,
    /// Decay of the first moment
    pub beta1: f32,
    /// Decay of the second moment
    pub beta2: f32,
    /// Added to the root of the second moment
    pub eps: f32,
    /// Decoupled weight decay, multiplied by the rate
    pub decay: f32,
    /// Step from 1, for the bias corrections
    pub step: i32,
    /// Factor on the gradient (clipping and averaging)
    pub scale: f32,
}

/// Updates `param` and both moments in place from `grad`; all four are of equal length.
pub fn adamw(cfg: &AdamW, param: &mut [f32], grad: &[f32], m: &mut [f32], v: &mut [f32]) {
    let c1 = 1.0 / (1.0 - cfg.beta1.powi(cfg.step));
    let c2 = 1.0 / (1.0 - cfg.beta2.powi(cfg.step));
    let keep = 1.0 - cfg.rate * cfg.decay;
    dispatch(
        #[inline(always)]
        || {
            for (((p, g), m), v) in param.iter_mut().zip(grad).zip(m).zip(v) {
                let g = g * cfg.scale;
                *m = (g - *m).mul_add(1.0 - cfg.beta1, *m);
                *v = g.mul_add(g, -*v).mul_add(1.0 - cfg.beta2, *v);
                let step = (*m * c1) / ((*v * c2).sqrt() + cfg.eps);
                *p = p.mul_add(keep, -cfg.rate * step);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_moves_by_the_rate_whatever_the_gradient_is() {
        let cfg = AdamW { rate: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.0, step: 1, scale: 1.0 };
        let (mut p, mut m, mut v) = (vec![1.0, 1.0], vec![0.0; 2], vec![0.0; 2]);
        adamw(&cfg, &mut p, &[1e-3, -50.0], &mut m, &mut v);
        assert!((p[0] - 0.9).abs() < 1e-4 && (p[1] - 1.1).abs() < 1e-4, "{p:?}");
    }

    #[test]
    fn decay_shrinks_a_parameter_without_gradient() {
        let cfg = AdamW { rate: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.5, step: 3, scale: 1.0 };
        let (mut p, mut m, mut v) = (vec![2.0], vec![0.0], vec![0.0]);
        adamw(&cfg, &mut p, &[0.0], &mut m, &mut v);
        assert!((p[0] - 1.9).abs() < 1e-6);
    }
}
