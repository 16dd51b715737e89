//! The engine without a sound card: the same blocks at absolute deadlines, in silence.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::engine::{Driver, Silence};

/// Frames in a block: 5.3 ms at 48 kHz, fine enough for a playhead.
const BLOCK: usize = 256;
/// Later than this, the time lost (a suspended machine) is let go instead of being caught up with.
const LOST: Duration = Duration::from_secs(1);

/// Runs `driver` until `quit`. Block `n` is due at `start + n * block / rate`: lateness never adds up.
pub fn run(mut driver: Driver, quit: &AtomicBool) {
    let mut start = Instant::now();
    let mut blocks: u64 = 0;
    while !quit.load(Ordering::Acquire) {
        driver.process(BLOCK, &mut Silence, |_| {});
        blocks += 1;
        let seconds = blocks as f64 * BLOCK as f64 / driver.rate();
        let due = start + Duration::from_secs_f64(seconds);
        let now = Instant::now();
        match due.checked_duration_since(now) {
            Some(wait) => std::thread::sleep(wait),
            None if now - due > LOST => (start, blocks) = (now, 0),
            None => {}
        }
    }
}
