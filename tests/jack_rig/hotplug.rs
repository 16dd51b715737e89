//! What is unplugged is waited for by name, and the music goes on.

use std::sync::mpsc::channel;
use std::time::Duration;

use assert_no_alloc::assert_no_alloc;
use mvae_tui::audio::{self, Around, AudioOptions, SoundNews};
use mvae_tui::engine::Command;

use super::peer::Peer;
use super::server::Server;
use super::stage::Stage;

#[test]
#[ignore = "started by ports_that_vanish_are_waited_for_while_the_music_goes_on"]
fn ports_come_and_go() {
    let _server = Server::start();
    let mut stage = Stage::new(Some("box"), Some("box"), false);
    stage.missed("box");
    stage.play();
    for round in 0..3 {
        let mut peer = Peer::new("box");
        stage.opened("comes in from box");
        stage.until("it hears us", |_| peer.count(0xF8) > 20);
        stage.until("notes too", |_| peer.count(0x99) >= 2);
        drop(peer);
        stage.missed("box");
        stage.goes_on(2.0);
        println!("heard: round {round}, at beat {:.1}", stage.shown().beat);
    }
    let panel = stage.rig.panel().clone();
    assert!(!panel.outputs[0].open && !panel.inputs[0].open, "{panel:?}");
}

#[test]
#[ignore = "started by a_server_that_ends_is_waited_for_by_midi_and_by_the_sound"]
fn the_server_comes_and_goes() {
    away(Server::end);
}

#[test]
#[ignore = "started by a_server_that_is_killed_outright_is_waited_for_by_midi_and_by_the_sound"]
fn the_server_is_killed() {
    away(Server::kill);
}

/// The server goes, as `goes` has it, and comes back: MIDI and sound are lost, waited for and taken back, and the music
/// goes on all the time.
fn away(goes: fn(&mut Server)) {
    let mut server = Server::start();
    let mut peer = Peer::new("box");
    let mut stage = Stage::new(Some("box"), None, false);
    stage.opened("box:in");
    stage.play();
    stage.until("ticks", |_| peer.count(0xF8) > 20);

    // A second engine, whose sound goes through the server.
    let (tell, news) = channel();
    let around: Around = |callback| assert_no_alloc(callback);
    let options =
        AudioOptions { device: Some("jack".into()), around: Some(around), ..AudioOptions::default() };
    let hear = move |heard| {
        let _ = tell.send(heard);
    };
    let mut sound = audio::start(options, hear).expect("starts");
    let plays = |wanted: bool| {
        let is = |news: &SoundNews| matches!(news, SoundNews::Plays(_)) == wanted;
        loop {
            let heard = news.recv_timeout(Duration::from_secs(25));
            if is(&heard.expect("news that the sound plays, or is lost")) {
                return;
            }
        }
    };
    plays(true);
    sound.player.send(Command::Play);

    goes(&mut server);
    stage.missed("box");
    stage.goes_on(2.0);
    plays(false);
    let from = sound.player.snapshot().beat;
    stage.until("the silent engine goes on", |_| sound.player.snapshot().beat > from + 2.0);
    server.begin();
    // Its old client belongs to the server that has gone.
    std::mem::forget(std::mem::replace(&mut peer, Peer::new("box")));
    stage.opened("box:in");
    stage.until("ticks again", |_| peer.count(0xF8) > 20);
    plays(true);
    let frames = sound.player.snapshot().frames;
    stage.until("it asks for sound", |_| sound.player.snapshot().frames > frames + 4800);
    println!("heard: the server was away and is back; {}", sound.status.line());
}
