//! How long before they are heard the engine's events are known: what a device gives, as it is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Time over which it is measured, nanoseconds: a single callback that comes late says nothing.
const WINDOW: u64 = 1_000_000_000;
/// What counts until it was measured, nanoseconds: as the engine without a device gives it.
const USUAL: u64 = 8_000_000;

/// Measures it, and tells whoever holds the other end. Allocates at its making only.
#[derive(Debug)]
pub struct Given {
    told: Arc<AtomicU64>,
    sum: u64,
    count: u64,
    time: u64,
    /// The latest callback: the later parts of one are known as early as its first.
    callback: u64,
}

impl Given {
    /// Nothing measured yet.
    pub fn new() -> Self {
        Self { told: Arc::new(AtomicU64::new(USUAL)), sum: 0, count: 0, time: 0, callback: 0 }
    }

    /// The end from which it is read, nanoseconds.
    pub fn reader(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.told)
    }

    /// Takes in a block of `length` nanoseconds that is made at host time `now` and heard from `heard` on.
    pub fn note(&mut self, now: u64, heard: u64, length: u64) {
        self.time += length;
        if now != self.callback {
            self.callback = now;
            self.sum += heard.saturating_sub(now);
            self.count += 1;
        }
        if self.time >= WINDOW {
            self.told.store(self.sum / self.count.max(1), Ordering::Relaxed);
            (self.sum, self.count, self.time) = (0, 0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_callbacks_give_on_the_mean_and_not_what_their_later_parts_would() {
        let mut given = Given::new();
        let reader = given.reader();
        assert_eq!(reader.load(Ordering::Relaxed), USUAL);
        for callback in 1..200_u64 {
            let (now, length) = (callback * 10_000_000, 5_000_000);
            // One of them comes late by 4 ms.
            let heard = now + if callback == 50 { 1_000_000 } else { 5_000_000 };
            given.note(now, heard, length);
            given.note(now, heard + length, length);
        }
        assert!(reader.load(Ordering::Relaxed).abs_diff(5_000_000) < 50_000);
    }
}
