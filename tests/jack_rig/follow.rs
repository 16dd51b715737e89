//! Another client leads: its clock, its keys.

use mvae_tui::engine::{Command, Lock};
use mvae_tui::midi::{Heard, RigNews, Wish};

use super::peer::{Peer, RATE, held};
use super::server::Server;
use super::stage::Stage;

/// Noise of the master: so many frames either way, evenly spread. 2.9 ms.
const NOISE: u64 = 140;
/// Frames that the master plans ahead.
const AHEAD: f64 = RATE / 4.0;

/// A master that plans its ticks a little ahead.
struct Master {
    peer: Peer,
    bpm: f64,
    /// Frame of tick 0.
    origin: f64,
    tick: u64,
    dice: u64,
}

impl Master {
    fn new(peer: Peer, bpm: f64) -> Self {
        let origin = f64::from(peer.now()) + RATE / 10.0;
        Self { peer, bpm, origin, tick: 0, dice: 7 }
    }

    fn period(&self) -> f64 {
        60.0 * RATE / (24.0 * self.bpm)
    }

    /// Plans the ticks that are due soon; they are `silent` where the cable is out. `before` is said with the next one.
    fn lead(&mut self, silent: bool, before: &[&[u8]]) {
        let soon = f64::from(self.peer.now()) + AHEAD;
        let mut first = before;
        loop {
            let frame = self.origin + self.tick as f64 * self.period();
            if frame > soon {
                return;
            }
            self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let noise = (self.dice >> 33) % (2 * NOISE);
            let frame = (frame + noise as f64) as u32;
            for bytes in std::mem::take(&mut first) {
                self.peer.play(frame, bytes);
            }
            if !silent {
                self.peer.play(frame, &[0xF8]);
            }
            self.tick += 1;
        }
    }

    /// Says something before the next tick to be planned; gives back its number.
    fn say(&mut self, before: &[&[u8]]) -> u64 {
        let tick = self.tick;
        while self.tick == tick {
            self.lead(false, before);
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        tick
    }
}

#[test]
#[ignore = "started by a_jittering_master_is_followed_through_a_drop_out_and_a_locate"]
fn follows_a_master() {
    let _server = Server::start();
    let mut master = Master::new(Peer::new("master"), 140.0);
    let mut stage = Stage::new(None, Some("master"), true);
    stage.opened("its clock leads");
    stage.send([Command::Follow(true)]);
    stage.until("locked", |stage| {
        master.lead(false, &[]);
        stage.shown().sync.lock == Lock::Locked
    });
    master.say(&[&[0xFA]]);
    stage.until("two bars played", |stage| {
        master.lead(false, &[]);
        let shown = stage.shown();
        shown.playing && shown.beat > 8.0
    });
    let bpm = stage.shown().sync.bpm;
    assert!((bpm - 140.0).abs() < 0.5, "shown {bpm} BPM");

    let before = stage.shown().beat;
    stage.until("lost", |stage| {
        master.lead(true, &[]);
        stage.shown().sync.lock == Lock::Lost
    });
    stage.until("it goes on by itself", |stage| {
        master.lead(true, &[]);
        stage.shown().beat > before + 3.0
    });
    let mut last = stage.shown().beat;
    let mut jump = 0.0_f64;
    stage.until("in step again", |stage| {
        master.lead(false, &[]);
        let shown = stage.shown();
        jump = jump.max(last - shown.beat);
        last = shown.beat;
        shown.sync.lock == Lock::Locked && shown.beat > before + 8.0
    });
    assert!(jump <= 0.0, "the music jumped back by {jump} beats");

    // A locate while playing: to the 64th 16th, beat 16 of the song.
    master.say(&[&[0xFC], &[0xF2, 64, 0], &[0xFB]]);
    stage.until("it plays from there", |stage| {
        master.lead(false, &[]);
        let shown = stage.shown();
        shown.playing && (17.0..20.0).contains(&shown.beat) && shown.sync.lock == Lock::Locked
    });
    println!("heard: a master of 140 BPM with 2.9 ms of noise, shown as {:.2}", stage.shown().sync.bpm);
    master.say(&[&[0xFC]]);
    stage.until("stopped", |stage| {
        master.lead(false, &[]);
        !stage.shown().playing
    });
}

#[test]
#[ignore = "started by keys_of_another_client_play_the_selected_track_and_reach_its_ports"]
fn plays_keys() {
    let _server = Server::start();
    let mut peer = Peer::new("keys");
    let mut stage = Stage::new(Some("keys"), Some("keys"), false);
    stage.opened("comes in from");
    stage.rig.wish(Wish::Live(1, 0, 1));
    // The wish goes by another thread: what is played before it arrives is heard on the first track.
    let now = peer.now();
    for again in 0..40 {
        peer.play(now + again * 4800, &[0x92, 60, 99]);
        peer.play(now + again * 4800 + 2400, &[0x82, 60, 0]);
    }
    stage.until("its own port hears it an octave up", |_| {
        peer.listen().iter().any(|m| m.bytes() == [0x90, 72, 99])
    });
    stage.told("the key itself", |news| {
        matches!(news, RigNews::Heard(at, Heard::NoteOn { channel: 2, key: 60, velocity: 99 }) if *at > 0)
    });
    stage.until("all are let go", |_| peer.count(0x80) >= 30 && held(&peer.log) == 0);
}
