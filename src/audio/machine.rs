//! The engine and the rack as one thing that makes sound, whoever asks for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use crate::engine::{Driver, FrameClock, Silence, host};

use super::delay::Delay;
use super::font::{Font, FontError};
use super::limiter::DELAY;
use super::synth::{BLOCK, Rack};

/// Time in which the sound fades when the session ends, seconds.
const FADE: f32 = 0.02;
/// Share of the newest block in the smoothed load.
const LOAD_SHARE: f32 = 0.1;

/// What the real-time thread and the one that watches it tell each other, without locks.
#[derive(Debug, Default)]
pub struct Shared {
    /// Blocks made so far: stands still when a device has stopped asking.
    pub blocks: AtomicU64,
    /// Blocks that came too late, as the device reports them.
    pub xruns: AtomicU32,
    /// The session ends: fade out.
    pub fading: AtomicBool,
    /// The fade is over.
    pub faded: AtomicBool,
    /// A damaged SoundFont has silenced a track.
    pub broken: AtomicBool,
    /// When the latest block has been heard to its end, host nanoseconds; 0 before the first.
    pub heard: AtomicU64,
}

/// Engine, rack and what they share with the outside.
#[derive(Debug)]
pub struct Machine {
    driver: Driver,
    rack: Rack,
    shared: Arc<Shared>,
    level: f32,
    load: f32,
    clock: FrameClock,
    delay: Delay,
}

impl Machine {
    /// A machine that plays `driver`'s engine with `font`, at the engine's rate.
    pub fn new(driver: Driver, font: &Font, shared: Arc<Shared>) -> Result<Self, FontError> {
        let rack = Rack::new(font, driver.rate() as u32)?;
        let clock = FrameClock::new(driver.rate());
        let delay = Delay::new(driver.rate() as u32);
        Ok(Self { driver, rack, shared, level: 1.0, load: 0.0, clock, delay })
    }

    /// Frames a second.
    pub fn rate(&self) -> u32 {
        self.driver.rate() as u32
    }

    /// Goes on at `rate` frames a second with a new `rack` made for it: for another device, not on the real-time
    /// thread.
    pub fn adopt(&mut self, rate: u32, rack: Rack) {
        self.rack = rack;
        self.clock = FrameClock::new(f64::from(rate));
        self.delay = Delay::new(rate);
        self.driver.set_rate(f64::from(rate), &mut Silence);
        self.driver.announce(&mut self.rack);
    }

    /// Fills interleaved `data` of `channels` channels: stereo on the first two, the mean where there is but one,
    /// silence on the others. The sound is heard `latency` nanoseconds from now. Allocates nothing.
    pub fn fill<T: Copy>(
        &mut self,
        data: &mut [T],
        channels: usize,
        latency: u64,
        convert: impl Fn(f32) -> T,
    ) {
        if channels == 0 {
            return;
        }
        let started = Instant::now();
        let (frames, rate) = (data.len() / channels, self.rate() as f32);
        let now = host::now();
        let mut heard = self.heard(now, frames, latency);
        for part in data.chunks_mut(BLOCK * channels) {
            self.driver.set_moment(now, heard);
            heard += ((part.len() / channels) as f64 * 1e9 / f64::from(rate)) as u64;
            self.part(part, channels, rate, &convert);
        }
        let share = started.elapsed().as_secs_f32() * rate / frames.max(1) as f32;
        self.load += (share - self.load) * LOAD_SHARE;
        self.shared.heard.store(heard, Ordering::Relaxed);
        self.shared.blocks.fetch_add(1, Ordering::Relaxed);
    }

    /// When the first of the next `frames` frames is heard, host nanoseconds, where the device says at host time `now`
    /// that this is `latency` nanoseconds away.
    fn heard(&mut self, now: u64, frames: usize, latency: u64) -> u64 {
        let limiter = DELAY as f64 * 1e9 / f64::from(self.rate());
        self.clock.block(now + latency, frames) + limiter as u64
    }

    fn part<T: Copy>(&mut self, data: &mut [T], channels: usize, rate: f32, convert: &impl Fn(f32) -> T) {
        let frames = data.len() / channels;
        let (load, xruns, peak) = (self.load, self.shared.xruns.load(Ordering::Relaxed), self.rack.peak());
        self.driver.process(frames, &mut self.rack, |shown| {
            (shown.load, shown.xruns, shown.peak) = (load, xruns, peak);
        });
        self.delay.set((self.driver.lead() as f64 * 1e-9 * f64::from(rate)) as usize);
        if self.driver.take_cut() {
            self.delay.clear();
        }
        let fading = self.shared.fading.load(Ordering::Acquire);
        let silence = convert(0.0);
        for (out, sound) in data.chunks_mut(channels).zip(self.rack.render(frames)) {
            if fading {
                self.level = (self.level - 1.0 / (FADE * rate)).max(0.0);
            }
            let [left, right] = self.delay.pass(*sound).map(|v| v * self.level);
            match out {
                [only] => *only = convert((left + right) * 0.5),
                [first, second, others @ ..] => {
                    (*first, *second) = (convert(left), convert(right));
                    others.fill(silence);
                }
                [] => {}
            }
        }
        if fading && self.level == 0.0 {
            self.shared.faded.store(true, Ordering::Release);
        }
        if self.rack.is_broken() {
            self.shared.broken.store(true, Ordering::Relaxed);
        }
    }

    /// Runs the engine for `frames` frames without making sound; the first counts as heard at host time `heard`.
    pub fn idle(&mut self, frames: usize, heard: u64) {
        self.driver.set_moment(host::now(), heard);
        let xruns = self.shared.xruns.load(Ordering::Relaxed);
        self.driver.process(frames, &mut Silence, |shown| shown.xruns = xruns);
        self.shared.blocks.fetch_add(1, Ordering::Relaxed);
    }

    /// True where nothing will happen until an order comes.
    pub fn is_resting(&self) -> bool {
        self.driver.is_resting()
    }

    /// Lets the time of `frames` frames pass in which the engine rested.
    pub fn rest(&mut self, frames: usize) {
        self.driver.rest(frames);
    }

    /// Ends every note that still sounds; the last thing before the end.
    pub fn finish(&mut self) {
        self.driver.finish(&mut self.rack);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_late_a_callback_comes_is_not_to_be_seen_in_when_its_block_is_heard() {
        let font = Font::built_in().expect("loads");
        let (_player, driver) = crate::engine::channel(48_000.0);
        let mut machine = Machine::new(driver, &font, Arc::default()).expect("starts");
        let (period, latency) = (128.0 * 1e9 / 48_000.0, 20e6);
        let limiter = DELAY as f64 * 1e9 / 48_000.0;
        let mut late = 7_u64;
        for block in 0..2_000 {
            late = late.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let delay = ((late >> 33) as f64 / f64::from(1_u32 << 31) * 3e6).floor();
            let truth = 1e12 + f64::from(block) * period;
            // Up to 3 ms late, the device has so much less to play before it.
            let heard = machine.heard((truth + delay) as u64, 128, (latency - delay) as u64) as f64;
            let away = heard - truth - latency - limiter;
            assert!(away.abs() < 5_000.0, "block {block} is {away} ns off");
        }
    }
}
