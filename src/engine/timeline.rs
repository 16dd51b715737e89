//! Time as a pure value: a moment (a frame, a nanosecond) to a beat and back.

/// The map between moments and beats: one anchor and one tempo.
///
/// Every deadline is computed from the anchor, never as "now + interval", so nothing drifts. A moment is a
/// count of whatever unit the map was made with: frames of a sound card, nanoseconds of a host clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeline {
    rate: f64,
    bpm: f64,
    anchor: u64,
    anchor_beat: f64,
}

impl Timeline {
    /// A map with `rate` moments a second (48000 for frames, 1e9 for nanoseconds), beat 0 at moment 0.
    ///
    /// `bpm` is quarter notes a minute; both must be positive and finite.
    pub fn new(rate: f64, bpm: f64) -> Self {
        debug_assert!(rate > 0.0 && rate.is_finite() && bpm > 0.0 && bpm.is_finite());
        Self { rate, bpm, anchor: 0, anchor_beat: 0.0 }
    }

    /// Moments a second.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Quarter notes a minute.
    pub fn bpm(&self) -> f64 {
        self.bpm
    }

    /// The beat (quarter notes, fractional) at `moment`, which need not be whole.
    pub fn beat_at(&self, moment: f64) -> f64 {
        self.anchor_beat + (moment - self.anchor as f64) * self.bpm / (self.rate * 60.0)
    }

    /// The moment, not rounded, at which `beat` falls.
    pub fn moment_of(&self, beat: f64) -> f64 {
        self.anchor as f64 + (beat - self.anchor_beat) * (self.rate * 60.0) / self.bpm
    }

    /// The whole moment nearest to `beat`, halves upwards; 0 for what lies before moment 0.
    pub fn frame_of(&self, beat: f64) -> u64 {
        // A float to integer cast saturates, so moments before 0 become 0.
        self.moment_of(beat).round() as u64
    }

    /// The same map until `moment`, `bpm` quarter notes a minute from there on; the beat does not jump.
    #[must_use]
    pub fn with_tempo(self, moment: u64, bpm: f64) -> Self {
        Self { rate: self.rate, bpm, anchor: moment, anchor_beat: self.beat_at(moment as f64) }
    }

    /// The map at the same tempo on which `beat` falls at `moment`.
    #[must_use]
    pub fn located(self, moment: u64, beat: f64) -> Self {
        Self { anchor: moment, anchor_beat: beat, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::Timeline;

    #[test]
    fn a_beat_falls_at_the_rounded_product_of_beat_and_frames_a_beat() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for bpm in [60.0, 97.3, 120.0, 174.0] {
                let timeline = Timeline::new(rate, bpm);
                for sixteenth in 0..10_000 {
                    let beat = f64::from(sixteenth) / 4.0;
                    assert_eq!(timeline.frame_of(beat), (beat * rate * 60.0 / bpm).round() as u64);
                }
            }
        }
    }

    #[test]
    fn a_day_of_host_time_maps_back_to_the_nanosecond() {
        let timeline = Timeline::new(1e9, 174.0);
        let day = 86_400.0 * 1e9;
        assert!((timeline.moment_of(timeline.beat_at(day)) - day).abs() < 1.0);
    }

    #[test]
    fn a_tempo_change_neither_moves_the_beat_nor_adds_an_error_over_ten_thousand_of_them() {
        let mut timeline = Timeline::new(48_000.0, 120.0);
        let mut beats = 0.0;
        for change in 0..10_000u64 {
            let bpm = 60.0 + (change % 120) as f64;
            timeline = timeline.with_tempo(change * 480, bpm);
            assert!((timeline.beat_at((change * 480) as f64) - beats).abs() < 1e-8);
            beats += bpm / 60.0 * 0.01;
        }
    }

    #[test]
    fn locating_puts_the_beat_at_the_moment_asked_for() {
        let timeline = Timeline::new(48_000.0, 120.0).located(1000, 16.0);
        assert_eq!(timeline.frame_of(16.0), 1000);
        assert_eq!(timeline.frame_of(17.0), 25_000);
    }
}
