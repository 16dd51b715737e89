//! The follower against a simulated master on a virtual clock.

use super::Follower;
use super::sync::{Lock, Sync, SyncSource, TICKS};

/// A master whose tempo, noise and song position are known exactly.
struct Master {
    follower: Follower,
    /// True time of the next tick, nanoseconds.
    at: f64,
    /// True tick of the song.
    song: i64,
    bpm: f64,
    /// Standard deviation of the arrivals, nanoseconds.
    noise: f64,
    seed: u64,
    /// The cable is plugged in.
    plugged: bool,
    /// Phase errors seen at every tick, milliseconds.
    errors: Vec<f64>,
}

impl Master {
    fn new(bpm: f64, noise_ms: f64) -> Self {
        Self {
            follower: Follower::new(),
            at: 5e9,
            song: 0,
            bpm,
            noise: noise_ms * 1e6,
            seed: 1,
            plugged: true,
            errors: Vec::new(),
        }
    }

    fn uniform(&mut self) -> f64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.seed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    fn say(&mut self, sync: Sync) {
        // Half a millisecond before the tick to come.
        let at = (self.at - 0.5e6) as u64;
        self.follower.hear(at, sync);
    }

    /// One tick; the distance of the follower from the truth is noted at the true time of it.
    fn tick(&mut self) {
        let heard = self.at + self.noise * self.normal();
        self.follower.observe(self.at as u64);
        if self.plugged {
            self.follower.hear(heard.max(0.0) as u64, Sync::Tick);
        }
        if let Some(target) = self.follower.target(self.at as u64).filter(|t| t.playing) {
            let away = target.beat - self.song as f64 / TICKS as f64;
            self.errors.push(away * 60_000.0 / self.bpm);
        }
        self.song += 1;
        self.at += 60e9 / (TICKS as f64 * self.bpm);
    }

    fn ticks(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            self.tick();
        }
        self
    }

    fn start(&mut self) -> &mut Self {
        self.song = 0;
        self.say(Sync::Start);
        self
    }

    /// The 95th percentile of the distances since they were last cleared, milliseconds.
    fn p95(&mut self) -> f64 {
        let mut errors: Vec<f64> = self.errors.drain(..).map(f64::abs).collect();
        errors.sort_by(f64::total_cmp);
        errors[errors.len() * 95 / 100]
    }
}

#[test]
fn a_clean_clock_is_followed_to_the_microsecond() {
    for bpm in [61.3, 120.0, 174.0, 299.0] {
        let mut master = Master::new(bpm, 0.0);
        master.ticks(24).start().ticks(500);
        assert!(master.p95() < 0.001);
        assert!((master.follower.shown_bpm() - bpm).abs() < 0.001);
        assert_eq!(master.follower.lock(), Lock::Locked);
    }
}

#[test]
fn two_milliseconds_of_noise_leave_a_phase_within_two_and_a_tempo_within_a_tenth() {
    for (bpm, seed) in [(120.0, 1), (120.0, 2), (97.0, 3), (174.0, 4), (140.0, 5)] {
        let mut master = Master { seed, ..Master::new(bpm, 2.0) };
        master.ticks(200).start().ticks(100);
        master.errors.clear();
        let mut shown = Vec::new();
        for _ in 0..6000 {
            master.tick();
            shown.push((master.follower.shown_bpm() - bpm).abs());
        }
        assert_eq!(master.errors.len(), 6000);
        let p95 = master.p95();
        assert!(p95 <= 2.0, "{bpm}: {p95} ms");
        shown.sort_by(f64::total_cmp);
        let p95 = shown[shown.len() * 95 / 100];
        assert!(p95 <= 0.1, "{bpm}: shown tempo off by {p95}");
        let jitter = master.follower.jitter_us();
        assert!((1_500.0..2_500.0).contains(&jitter), "{jitter}");
        let run = master.follower.target(master.at as u64).map(|t| t.run);
        assert_eq!(run, Some(1), "nothing was taken for a new run");
    }
}

#[test]
fn the_first_beat_of_a_start_is_where_the_next_tick_is() {
    let mut master = Master::new(120.0, 0.0);
    master.ticks(50).start();
    let target = master.follower.target(master.at as u64).expect("locked");
    assert!(target.playing && target.beat.abs() < 1e-4 && target.entry == 0.0, "{target:?}");
    let before = master.follower.target(master.at as u64 - 400_000).expect("locked");
    assert!(before.beat < 0.0);
}

#[test]
fn a_master_that_ticks_only_while_it_runs_is_joined_on_its_first_tick() {
    let mut master = Master::new(120.0, 0.0);
    master.start().ticks(48);
    master.say(Sync::Stop);
    master.at += 3.3e9;
    master.start();
    let before = master.follower.target(master.at as u64).expect("the tempo is known");
    assert!(before.playing && before.beat < before.entry, "waits for the tick: {before:?}");
    master.errors.clear();
    master.ticks(96);
    assert!(master.p95() < 0.01);
}

#[test]
fn ramps_of_tempo_are_followed_within_five_milliseconds() {
    for (from, to) in [(120.0, 140.0), (140.0, 90.0)] {
        let mut master = Master::new(from, 0.5);
        master.ticks(100).start().ticks(100);
        master.errors.clear();
        for i in 0..480 {
            master.bpm = from + (to - from) * f64::from(i) / 480.0;
            master.tick();
        }
        let worst = master.errors.iter().fold(0.0_f64, |worst, e| worst.max(e.abs()));
        assert!(worst < 5.0, "{from} to {to}: {worst} ms");
        master.ticks(300);
        master.errors.clear();
        master.ticks(100);
        assert!(master.p95() < 1.0);
        assert!((master.follower.shown_bpm() - master.bpm).abs() < 0.1);
    }
}

#[test]
fn a_sudden_change_of_tempo_loses_no_tick() {
    for (from, to) in [(120.0, 150.0), (150.0, 120.0), (90.0, 174.0), (174.0, 132.0), (120.0, 116.4)] {
        let mut master = Master::new(from, 0.2);
        master.ticks(100).start().ticks(100);
        master.bpm = to;
        master.ticks(200);
        master.errors.clear();
        master.ticks(100);
        assert!(master.p95() < 1.0, "{from} to {to}");
        assert!((master.follower.shown_bpm() - to).abs() < 0.1);
    }
}

#[test]
fn a_dropped_out_clock_is_said_to_be_lost_goes_on_and_is_joined_again_without_a_jump() {
    for noise in [0.0, 0.5, 2.0] {
        let mut master = Master::new(120.0, noise);
        master.ticks(100).start().ticks(400);
        master.plugged = false;
        master.errors.clear();
        master.ticks(96);
        assert_eq!(master.follower.lock(), Lock::Lost);
        assert!(master.p95() < 15.0, "it has gone on in the old tempo");
        let away = master.errors.last().copied().unwrap_or_default();
        master.plugged = true;
        master.errors.clear();
        master.ticks(2);
        assert_eq!(master.follower.lock(), Lock::Locked);
        let step = (master.errors.first().copied().unwrap_or_default() - away).abs();
        assert!(step < 8.0, "{noise}: a step of {step} ms");
        master.ticks(100);
        master.errors.clear();
        master.ticks(400);
        assert!(master.p95() <= 2.0, "the same song position as before");
    }
}

#[test]
fn single_ticks_that_are_lost_do_not_move_the_song() {
    let mut master = Master::new(120.0, 1.0);
    master.ticks(200).start().ticks(100);
    for round in 0..50 {
        master.plugged = false;
        master.ticks(1 + round % 2);
        master.plugged = true;
        master.ticks(37);
    }
    master.errors.clear();
    master.ticks(100);
    assert!(master.p95() < 2.0);
    assert_eq!(master.follower.lock(), Lock::Locked);
}

#[test]
fn ticks_that_were_only_late_do_not_move_the_song() {
    // How late, in ticks, those that stalled are heard: one alone, and bursts after a stall.
    let stalls: [&[f64]; 4] = [&[0.8], &[1.05, 0.06], &[2.05, 1.06, 0.07], &[4.5, 3.51, 2.52, 1.53, 0.54]];
    for bpm in [120.0, 174.0] {
        for stall in stalls {
            let mut master = Master::new(bpm, 0.0);
            master.ticks(200).start().ticks(100);
            for late in stall {
                let period = 60e9 / (TICKS as f64 * bpm);
                // The reader's thread hears them late, in their order.
                master.follower.hear((master.at + late * period) as u64, Sync::Tick);
                master.song += 1;
                master.at += period;
            }
            let mut worst = 0.0_f64;
            for _ in 0..100 {
                master.tick();
                let bpm_now = master.follower.target(master.at as u64).map_or(0.0, |target| target.bpm);
                worst = worst.max((bpm_now / bpm - 1.0).abs());
            }
            master.errors.clear();
            master.ticks(100);
            let p95 = master.p95();
            assert!(p95 < 0.5, "{bpm}, {stall:?}: the song is {p95} ms off");
            assert!(worst < 0.12, "{bpm}, {stall:?}: the tempo was off by {worst}");
        }
    }
}

#[test]
fn a_locate_while_playing_is_a_new_run_at_the_new_place() {
    let mut master = Master::new(120.0, 0.5);
    master.ticks(100).start().ticks(100);
    let before = master.follower.target(master.at as u64).expect("locked");
    // Both habits: stop, position, continue; and a bare position.
    master.say(Sync::Stop);
    master.say(Sync::Position(64));
    master.say(Sync::Continue);
    master.song = 64 * 6;
    master.errors.clear();
    master.ticks(100);
    assert!(master.p95() < 2.0);
    let after = master.follower.target(master.at as u64).expect("locked");
    assert!(after.run != before.run && after.entry == 16.0);
    master.say(Sync::Position(8));
    master.song = 8 * 6;
    master.errors.clear();
    master.ticks(100);
    assert!(master.p95() < 2.0);
}

#[test]
fn stop_and_continue_go_on_where_they_stopped() {
    let mut master = Master::new(120.0, 0.0);
    master.ticks(100).start().ticks(100);
    master.say(Sync::Stop);
    assert!(master.follower.target(master.at as u64).is_some_and(|t| !t.playing));
    master.ticks(33);
    master.song = 100;
    master.say(Sync::Continue);
    master.errors.clear();
    master.ticks(48);
    assert!(master.p95() < 0.01);
}

#[test]
fn what_is_no_clock_is_never_locked_to() {
    let mut follower = Follower::new();
    for i in 0..500_u64 {
        // Two ticks in a burst, then seconds of nothing.
        follower.hear(i * 3_000_000_000, Sync::Tick);
        follower.hear(i * 3_000_000_000 + 100_000, Sync::Tick);
        assert_ne!(follower.lock(), Lock::Locked);
    }
    assert_eq!(follower.target(10_000_000_000), None);
}
