//! Our own sound, held back until outputs outside that need their messages early are in step with it.

/// Longest delay, seconds.
const LONGEST: f32 = 1.0;
/// Time in which the sound fades out before the delay changes, and in again after it, seconds.
const FADE: f32 = 0.005;

/// A delay line of stereo frames. Allocates at its making only.
#[derive(Debug)]
pub struct Delay {
    line: Box<[[f32; 2]]>,
    at: usize,
    by: usize,
    wanted: usize,
    level: f32,
    step: f32,
}

impl Delay {
    /// A line without delay for `rate` frames a second.
    pub fn new(rate: u32) -> Self {
        let frames = (rate as f32 * LONGEST) as usize + 1;
        let line = vec![[0.0; 2]; frames].into_boxed_slice();
        Self { line, at: 0, by: 0, wanted: 0, level: 1.0, step: 1.0 / (FADE * rate as f32).max(1.0) }
    }

    /// Delays by `frames` from now on, or by the longest there is.
    pub fn set(&mut self, frames: usize) {
        self.wanted = frames.min(self.line.len() - 1);
    }

    /// Forgets what is under way.
    pub fn clear(&mut self) {
        self.line.fill([0.0; 2]);
    }

    /// Takes the frame that is made now, and gives back the one that is heard now.
    pub fn pass(&mut self, frame: [f32; 2]) -> [f32; 2] {
        let length = self.line.len();
        self.line[self.at] = frame;
        if self.by != self.wanted {
            self.level -= self.step;
            if self.level <= 0.0 {
                (self.level, self.by) = (0.0, self.wanted);
            }
        } else if self.level < 1.0 {
            self.level = (self.level + self.step).min(1.0);
        }
        let heard = self.line[(self.at + length - self.by) % length];
        self.at = (self.at + 1) % length;
        heard.map(|sample| sample * self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::Delay;

    #[test]
    fn without_a_delay_the_sound_is_as_it_was() {
        let mut delay = Delay::new(1000);
        for i in 0..3000 {
            let frame = [i as f32, -(i as f32)];
            assert_eq!(delay.pass(frame), frame);
        }
    }

    #[test]
    fn a_delay_is_exact_once_it_has_faded_in_and_no_longer_than_the_line() {
        let mut delay = Delay::new(1000);
        delay.set(120);
        let heard: Vec<f32> = (0..400).map(|i| delay.pass([i as f32, 0.0])[0]).collect();
        for (i, value) in heard.iter().enumerate().skip(130) {
            assert_eq!(*value, i as f32 - 120.0);
        }
        delay.set(usize::MAX);
        let last = (400..4000).map(|i| delay.pass([i as f32, 0.0])[0]).last();
        assert_eq!(last, Some(3999.0 - 1000.0));
        delay.clear();
        assert_eq!(delay.pass([7.0, 7.0]), [0.0, 0.0]);
    }
}
