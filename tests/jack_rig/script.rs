//! An evening in half a minute, with figures: `cargo test --test jack_rig evening -- --nocapture`.

use mvae_tui::engine::Command;

use super::peer::{Message, Peer, at, held, residuals};
use super::server::Server;
use super::stage::Stage;

/// Tells how exact the ticks of a stretch in one tempo were.
fn figures(what: &str, log: &[Message]) {
    let (off, bpm) = residuals(log);
    println!(
        "heard: {what}: {} ticks at {bpm:.3} BPM, off by p50 {:.1} p99 {:.1} max {:.1} us",
        off.len(),
        at(&off, 0.5),
        at(&off, 0.99),
        at(&off, 1.0)
    );
}

/// Plays on until so many more ticks were heard, and gives back what was heard meanwhile.
fn stretch(stage: &mut Stage, peer: &mut Peer, ticks: usize) -> Vec<Message> {
    let from = peer.listen().len();
    let wanted = peer.count(0xF8) + ticks;
    stage.until("the stretch is over", |_| peer.count(0xF8) >= wanted);
    peer.log[from..].to_vec()
}

#[test]
#[ignore = "started by an_evening_start_ramp_locate_unplug_and_stop"]
fn plays_the_script() {
    let server = Server::start();
    let mut peer = Peer::new("recorder");
    let mut stage = Stage::new(Some("recorder"), None, false);
    stage.opened("recorder:in");
    stage.play();
    figures("start, 120 BPM", &stretch(&mut stage, &mut peer, 384));

    // A ramp in small steps, as by a wheel: nothing is lost on the way.
    let from = peer.listen().len();
    for bpm in 121..=174 {
        stage.send([Command::Tempo(f64::from(bpm))]);
        stretch(&mut stage, &mut peer, 4);
    }
    stretch(&mut stage, &mut peer, 24);
    let ramp = peer.log[from..].to_vec();
    let mut last = None;
    for message in ramp.iter().filter(|m| m.bytes() == [0xF8]) {
        let gap = last.replace(message.frame).map_or(800, |last: u32| message.frame - last);
        assert!((300..1500).contains(&gap), "a tick {gap} frames after the one before");
    }
    figures("after the ramp, 174 BPM", &stretch(&mut stage, &mut peer, 384));

    stage.send([Command::Locate(32.0)]);
    stage.until("the position", |_| peer.listen().iter().any(|m| m.bytes() == [0xF2, 0, 1]));
    stretch(&mut stage, &mut peer, 48);
    let after = peer.log.iter().rposition(|m| m.bytes() == [0xFB]).expect("goes on from there");
    figures("after a locate", &peer.log[after..]);

    drop(peer);
    stage.missed("recorder");
    stage.goes_on(4.0);
    let mut peer = Peer::new("recorder");
    stage.opened("recorder:in");
    figures("plugged in again", &stretch(&mut stage, &mut peer, 96));

    stage.send([Command::Stop]);
    stage.until("the stop", |_| peer.count(0xFC) == 1);
    // The note that sounded when the cable was out belongs to nobody: all that this client heard has ended.
    let sounding = held(peer.listen());
    assert!(sounding <= 0, "{sounding} notes hang");
    let panel = stage.rig.panel().clone();
    println!(
        "heard: our own figures p50 {:.1} p99 {:.1} max {:.1} us of {}, {} lost, real time {}; {} server xruns",
        panel.out.p50_us,
        panel.out.p99_us,
        panel.out.max_us,
        panel.out.count,
        panel.lost,
        panel.real_time,
        server.xruns()
    );
}
