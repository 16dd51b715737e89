//! The host's clock: one steady count of nanoseconds that every thread reads alike.

use std::sync::OnceLock;
use std::time::Instant;

/// What the count begins at: an hour before the first reading, so that moments before it are numbers too.
const BEFORE: u64 = 3_600_000_000_000;

/// Nanoseconds of a steady clock. Allocates nothing and never waits.
pub fn now() -> u64 {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    BEFORE + EPOCH.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// The moment of [`now`]'s count that `instant` is.
pub fn of(instant: Instant) -> u64 {
    let (now, here) = (now(), Instant::now());
    match instant.checked_duration_since(here) {
        Some(ahead) => now + ahead.as_nanos() as u64,
        None => now.saturating_sub(here.saturating_duration_since(instant).as_nanos() as u64),
    }
}
