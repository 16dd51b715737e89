//! The rig against a JACK server of our own (dummy driver: no sound card): another client records clock and notes with
//! their frames, plays a master whose clock jitters, and comes and goes.
//!
//! All of it happens under an allocator that aborts where our part of a cycle of the server allocates or frees.
//!
//! Each test starts this binary again with the server's name in the environment, where libjack reads it. Function only:
//! how exact the timing was is printed and no condition, because other work on the machine spoils it.
#![cfg(all(target_os = "linux", feature = "jack"))]

mod clock;
mod follow;
mod hotplug;
mod peer;
mod script;
mod server;
mod stage;

use std::process::Command;

use assert_no_alloc::AllocDisabler;

/// Aborts at the first allocation within a cycle of the server (see [`stage`]).
#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Runs the ignored test `name` of this binary in a process of its own.
fn again(name: &str) -> std::process::Output {
    let output = Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env("JACK_DEFAULT_SERVER", format!("mvae-tui-test-{}-{}", std::process::id(), name.len()))
        .env("JACK_NO_START_SERVER", "1")
        .env("JACK_NO_AUDIO_RESERVATION", "1")
        .output()
        .expect("starts");
    if !output.status.success() {
        server::end_those_of(&String::from_utf8_lossy(&output.stdout));
    }
    output
}

/// Runs the ignored test `name` of this binary against a server of its own; says why where there is none.
///
/// A run that fails is shown and repeated once: a server that another program has kept from running loses events.
fn against_a_server(name: &str) {
    if let Err(why) = server::available() {
        println!("SKIPPED: {why}");
        return;
    }
    for last in [false, true] {
        let child = again(name);
        let said =
            format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
        if child.status.success() {
            // The first stands behind the name of the test.
            let heard = said.lines().filter_map(|line| line.find("heard: ").map(|at| &line[at..]));
            heard.for_each(|line| println!("{line}"));
            return;
        }
        assert!(!last, "twice, {}: {said}", child.status);
        println!("once more after {}: {said}", child.status);
    }
}

#[test]
fn another_client_hears_the_clock_and_the_notes() {
    against_a_server("clock::plays_to_a_recorder");
}

#[test]
fn a_locate_and_a_stop_are_told_to_followers_in_order() {
    against_a_server("clock::locates_and_stops");
}

#[test]
fn a_jittering_master_is_followed_through_a_drop_out_and_a_locate() {
    against_a_server("follow::follows_a_master");
}

#[test]
fn keys_of_another_client_play_the_selected_track_and_reach_its_ports() {
    against_a_server("follow::plays_keys");
}

#[test]
fn ports_that_vanish_are_waited_for_while_the_music_goes_on() {
    against_a_server("hotplug::ports_come_and_go");
}

#[test]
fn a_server_that_ends_is_waited_for_by_midi_and_by_the_sound() {
    against_a_server("hotplug::the_server_comes_and_goes");
}

#[test]
fn a_server_that_is_killed_outright_is_waited_for_by_midi_and_by_the_sound() {
    against_a_server("hotplug::the_server_is_killed");
}

#[test]
fn an_allocation_in_a_cycle_would_be_seen() {
    if let Err(why) = server::available() {
        println!("SKIPPED: {why}");
        return;
    }
    let child = again("clock::allocates_in_a_cycle");
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(!child.status.success() && said.contains("memory"), "{said}");
}

#[test]
fn an_evening_start_ramp_locate_unplug_and_stop() {
    against_a_server("script::plays_the_script");
}
