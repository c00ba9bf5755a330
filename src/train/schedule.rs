//! Pure policies of the training loop: the learning rate of a step and of a layer.

/// Rate of step `step` (from 0) of `steps`, as a share of the peak: a linear rise over the first `warmup` share, then a
/// linear fall that would reach 0 one step after the last.
pub fn rate(step: usize, steps: usize, warmup: f64) -> f64 {
    let rise = (steps as f64 * warmup).floor();
    let at = step as f64;
    if at < rise { (at + 1.0) / (rise + 1.0) } else { (steps as f64 - at) / (steps as f64 - rise).max(1.0) }
}

/// Multiple of the peak rate for the variable `name` in an encoder of `layers` layers: heads get `head`, layer i gets
/// decay^(layers − 1 − i), the embeddings decay^layers.
pub fn layer_rate(name: &str, layers: usize, decay: f64, head: f64) -> f64 {
    if name.starts_with("heads.") {
        return head;
    }
    let power = |n: usize| decay.powi(i32::try_from(n).unwrap_or(i32::MAX));
    match name.strip_prefix("encoder.layer.").and_then(|n| n.split('.').next()).and_then(|n| n.parse::<usize>().ok()) {
        Some(i) => power(layers.saturating_sub(1 + i)),
        None => power(layers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_to_the_peak_and_falls_towards_zero() {
        let all: Vec<f64> = (0..100).map(|s| rate(s, 100, 0.1)).collect();
        assert!(all[..10].windows(2).all(|w| w[0] < w[1]) && all[0] > 0.0);
        assert_eq!(all[10], 1.0);
        assert!(all[10..].windows(2).all(|w| w[0] > w[1]) && all[99] > 0.0 && all[99] < 0.02);
        assert_eq!(rate(0, 1, 0.5), 1.0);
    }

    #[test]
    fn lower_layers_learn_more_slowly_when_decay_says_so() {
        assert_eq!(layer_rate("encoder.layer.11.output.dense.weight", 12, 0.9, 5.0), 1.0);
        assert!((layer_rate("encoder.layer.10.output.dense.weight", 12, 0.9, 5.0) - 0.9).abs() < 1e-12);
        assert!((layer_rate("embeddings.LayerNorm.weight", 12, 0.9, 5.0) - 0.9_f64.powi(12)).abs() < 1e-12);
        assert_eq!(layer_rate("heads.tone.bias", 12, 0.9, 5.0), 5.0);
    }
}
