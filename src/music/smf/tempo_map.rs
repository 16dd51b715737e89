//! Ticks to seconds, with the reference's arithmetic: quantised steps depend on its last bit (spec section 9).

use crate::music::score::Tempo;

/// From `tick` on a tick lasts `scale` seconds.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    tick: u64,
    time: f64,
    scale: f64,
}

/// The tempo map of a file.
#[derive(Debug, Clone)]
pub(super) struct TempoMap {
    ticks_per_quarter: f64,
    stretches: Vec<Stretch>,
}

impl TempoMap {
    /// 120 quarters a minute throughout.
    pub fn new(ticks_per_quarter: u16) -> Self {
        let ticks_per_quarter = f64::from(ticks_per_quarter);
        let scale = 60.0 / (120.0 * ticks_per_quarter);
        Self { ticks_per_quarter, stretches: vec![Stretch { tick: 0, time: 0.0, scale }] }
    }

    /// A tempo event of the first track, events given in order of time. `micros` (a quarter's microseconds) is above 0.
    pub fn set(&mut self, tick: u64, micros: u32) {
        let scale = 60.0 / ((6e7 / f64::from(micros)) * self.ticks_per_quarter);
        if tick == 0 {
            self.stretches = vec![Stretch { tick: 0, time: 0.0, scale }];
        } else if self.stretches.last().is_none_or(|last| last.scale != scale) {
            let time = self.seconds(tick);
            self.stretches.push(Stretch { tick, time, scale });
        }
    }

    /// The moment of a tick.
    pub fn seconds(&self, tick: u64) -> f64 {
        let after = self.stretches.partition_point(|s| s.tick <= tick);
        match self.stretches.get(after.saturating_sub(1)) {
            Some(s) => s.time + s.scale * (tick - s.tick.min(tick)) as f64,
            None => 0.0,
        }
    }

    /// The tempos as a score stores them.
    pub fn tempos(&self) -> Vec<Tempo> {
        let tempo = |s: &Stretch| Tempo { time: s.time, qpm: 60.0 / (s.scale * self.ticks_per_quarter) };
        self.stretches.iter().map(tempo).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::TempoMap;

    #[test]
    fn a_tempo_change_starts_a_new_stretch_where_the_old_one_ends() {
        let mut map = TempoMap::new(480);
        map.set(0, 500_000);
        map.set(960, 1_000_000);
        assert_eq!(map.seconds(480), 0.5);
        assert_eq!(map.seconds(960), 1.0);
        assert_eq!(map.seconds(1440), 2.0);
    }

    #[test]
    fn the_same_tempo_again_is_no_change() {
        let mut map = TempoMap::new(96);
        map.set(96, 500_000);
        assert_eq!(map.tempos().len(), 1);
    }
}
