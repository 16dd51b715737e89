//! What another client hears of us.

use assert_no_alloc::assert_no_alloc;
use mvae_tui::engine::Command;
use mvae_tui::midi::{Backend, Jack};

use super::peer::{Message, Peer, at, held, residuals};
use super::server::Server;
use super::stage::Stage;

/// Ticks between each two notes that begin.
fn ticks_between_notes(log: &[Message]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut ticks = None;
    for message in log {
        match *message.bytes() {
            [0x99, ..] => found.extend(ticks.replace(0)),
            [0xF8] => ticks = ticks.map(|count: usize| count + 1),
            _ => {}
        }
    }
    found
}

#[test]
#[ignore = "started by another_client_hears_the_clock_and_the_notes"]
fn plays_to_a_recorder() {
    let server = Server::start();
    let mut peer = Peer::new("recorder");
    let mut stage = Stage::new(Some("recorder"), None, false);
    stage.opened("recorder:in");
    stage.play();
    stage.until("ten notes", |_| peer.count(0x99) >= 10);
    let log = peer.listen().to_vec();
    let start = log.iter().position(|m| m.bytes() == [0xFA]).expect("a start was told");
    assert_eq!(log[start + 1].bytes(), [0xF8], "the first tick follows the start");
    let between = ticks_between_notes(&log[start..]);
    assert!(between.len() >= 8 && between.iter().all(|ticks| *ticks == 24), "{between:?}");
    let (late, bpm) = residuals(&log[start..]);
    assert!((bpm - 120.0).abs() < 0.6, "{bpm} BPM");
    println!(
        "heard: {} ticks at {bpm:.2} BPM, off by p50 {:.0} p99 {:.0} max {:.0} us, {} server xruns",
        late.len(),
        at(&late, 0.5),
        at(&late, 0.99),
        at(&late, 1.0),
        server.xruns()
    );
}

#[test]
#[ignore = "started by an_allocation_in_a_cycle_would_be_seen"]
fn allocates_in_a_cycle() {
    let _server = Server::start();
    let mut jack = Jack::watched(|cycle| {
        assert_no_alloc(|| {
            drop(std::hint::black_box(vec![1_u8; 100]));
            cycle();
        });
    });
    let _port = jack.open_output("seen", true).expect("opens");
    std::thread::sleep(std::time::Duration::from_secs(5));
}

#[test]
#[ignore = "started by a_locate_and_a_stop_are_told_to_followers_in_order"]
fn locates_and_stops() {
    let _server = Server::start();
    let mut peer = Peer::new("recorder");
    let mut stage = Stage::new(Some("recorder"), None, false);
    stage.opened("recorder:in");
    stage.play();
    stage.until("a note", |_| peer.count(0x99) >= 1);
    stage.send([Command::Locate(8.0)]);
    stage.until("it goes on from there", |_| peer.count(0xFB) == 1);
    let of_transport = |peer: &mut Peer| -> Vec<Vec<u8>> {
        let told = peer.listen().iter().map(|m| m.bytes().to_vec());
        told.filter(|bytes| matches!(bytes[0], 0xF2 | 0xFA..=0xFC)).collect()
    };
    // Beat 8 is the 32nd 16th.
    assert_eq!(of_transport(&mut peer), [vec![0xFA], vec![0xFC], vec![0xF2, 32, 0], vec![0xFB]]);
    stage.until("another note", |_| peer.count(0x99) >= 2);
    stage.send([Command::Stop]);
    stage.until("the stop", |_| peer.count(0xFC) == 2);
    assert_eq!(held(peer.listen()), 0, "something still sounds: {:?}", peer.log);
    // Ticks go on, so that followers know the tempo before the next start.
    let ticks = peer.count(0xF8);
    stage.until("ticks go on", |_| peer.count(0xF8) > ticks + 10);
    drop(stage);
    assert_eq!(held(peer.listen()), 0);
}
