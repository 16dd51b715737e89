//! Schedules of a training run as functions of the global step (spec section 7).

use crate::model::catalogue::Schedule;

/// Probability, 0..=1, that a decoder is fed its own last output instead of the target.
pub fn sampling(schedule: Schedule, step: u64) -> f64 {
    match schedule {
        Schedule::Constant(p) => p,
        Schedule::InverseSigmoid(k) => 1.0 - k / (k + (step as f64 / k).exp()),
    }
}

/// Weight of the KL term: `(1 - rate^step) * max`; with rate 0 it is 0 at step 0 and `max` from step 1.
pub fn beta(step: u64, rate: f64, max: f64) -> f64 {
    (1.0 - rate.powf(step as f64)) * max
}

/// Learning rate: `(start - min) * decay^step + min`.
pub fn learning_rate(step: u64, start: f64, min: f64, decay: f64) -> f64 {
    (start - min) * decay.powf(step as f64) + min
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_with_rate_zero_is_zero_only_at_the_first_step() {
        assert_eq!(beta(0, 0.0, 0.2), 0.0);
        assert_eq!(beta(1, 0.0, 0.2), 0.2);
    }

    #[test]
    fn inverse_sigmoid_passes_one_half_at_k_ln_k() {
        let p = sampling(Schedule::InverseSigmoid(1000.0), 6908);
        assert!((p - 0.5).abs() < 1e-3);
    }
}
