//! How much earlier than they are heard messages are known, on devices of all kinds: what outputs are made to wait for.

use super::hub_tests::{Bench, switches};
use super::settings::Switches;
use crate::engine::{Command, Silence};

/// Plays for two seconds on a device that makes its blocks of 2 ms `given` nanoseconds before they are heard; gives back by
/// how much everything is delayed.
fn lead(given: u64, offset: i64) -> u64 {
    let mut bench = Bench::new();
    let _tape = bench.output(0, Switches { offset, ..switches() });
    bench.player.send(Command::Play);
    for _ in 0..1_000 {
        bench.driver.set_moment(bench.now, bench.now + given);
        bench.driver.process(96, &mut Silence, |_| {});
        bench.now += 2_000_000;
        assert!(bench.hub.turn(bench.now).is_some());
    }
    bench.driver.lead()
}

#[test]
fn a_device_with_small_buffers_gives_less_and_one_with_large_ones_more() {
    // The hub needs 2 ms of it for itself.
    assert_eq!(lead(2_700_000, -8_000_000), 7_300_000, "128 frames");
    assert_eq!(lead(2_700_000, 0), 0, "who wants nothing early waits for nothing");
    assert_eq!(lead(1_300_000, 0), 700_000, "64 frames: no message is known in time for the sound");
    assert_eq!(lead(0, 0), 2_000_000, "a device that tells no latency");
    assert_eq!(lead(21_300_000, -22_800_000), 3_500_000, "1024 frames");
    assert_eq!(lead(8_000_000, -120_000_000), 114_000_000, "no device");
}

#[test]
fn what_changes_little_changes_nothing() {
    for given in [7_200_000, 8_900_000, 11_500_000] {
        assert_eq!(lead(given, -120_000_000), 114_000_000, "{given}");
    }
}
