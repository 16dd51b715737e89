//! The live sound through libasound: what a program would hear is captured by ALSA's own `file` plugin.
//!
//! Each test starts this binary again with a configuration of its own for libasound, because that is read from the
//! environment of a process.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mvae_tui::audio::{self, AudioOptions, Session, SoundNews};
use mvae_tui::engine::{Clip, Command as Order, Quantise};
use mvae_tui::music::pattern::{Part, Pattern, PatternNote};

/// Steps of the bar with a kick: no two gaps are alike, so that the place in the bar can be told from them.
const KICKS: [u32; 3] = [0, 4, 9];
const SYSTEM: &str = "/usr/share/alsa/alsa.conf";

fn clip() -> Arc<Clip> {
    let kick = |start| PatternNote {
        start,
        length: 1,
        pitch: 36,
        velocity: 110,
        part: Part::Drums,
        offset: 0.0,
        chance: 100,
    };
    Arc::new(Clip::from_pattern(&Pattern::new(16, KICKS.map(kick).to_vec())))
}

/// Runs the ignored test `name` of this binary with `config` as libasound's configuration.
fn again(name: &str, config: &Path) -> Output {
    Command::new(std::env::current_exe().expect("this binary has a path"))
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env("ALSA_CONFIG_PATH", config)
        .output()
        .expect("starts")
}

/// A session, and the first word of it that tells a device or why there is none.
fn begin() -> (Session, SoundNews) {
    let (tell, news) = std::sync::mpsc::channel();
    let hear = move |heard| {
        let _ = tell.send(heard);
    };
    let session = audio::start(AudioOptions::default(), hear).expect("the built-in sound plays");
    let first = news.recv_timeout(Duration::from_secs(20)).expect("there is news of the device");
    println!("news: {first:?}");
    (session, first)
}

fn play_until(session: &mut Session, beat: f64) {
    session.player.send(Order::Tempo(120.0));
    session.player.send(Order::Launch { track: 0, slot: 7, clip: clip(), at: Quantise::Now });
    session.player.send(Order::Play);
    let began = Instant::now();
    while session.player.snapshot().beat < beat {
        assert!(began.elapsed() < Duration::from_secs(20), "the engine stands still");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
#[ignore = "started by the_captured_sound_has_the_kick_where_the_clip_has_it"]
fn plays_to_the_default_device() {
    let (mut session, first) = begin();
    assert!(matches!(first, SoundNews::Plays(_)));
    play_until(&mut session, 17.0);
}

#[test]
#[ignore = "started by without_a_device_the_engine_runs_and_says_so"]
fn plays_to_nobody() {
    let (mut session, first) = begin();
    assert!(matches!(first, SoundNews::Silent(_)));
    let began = Instant::now();
    play_until(&mut session, 1.0);
    println!("one beat: {:.3} s", began.elapsed().as_secs_f64());
}

#[test]
fn the_captured_sound_has_the_kick_where_the_clip_has_it() {
    if !Path::new(SYSTEM).exists() {
        println!("SKIPPED: {SYSTEM} is missing (Debian package libasound2-data), so no device can be made");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (wav, config) = (folder.path().join("heard.wav"), folder.path().join("alsa.conf"));
    let text = format!(
        "<{SYSTEM}>\npcm.!default {{ type file slave.pcm \"null\" file \"{}\" format \"wav\" }}\n",
        wav.display()
    );
    std::fs::write(&config, text).expect("writes");
    let child = again("plays_to_the_default_device", &config);
    let said = String::from_utf8_lossy(&child.stdout).into_owned() + &*String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{said}");
    assert!(said.contains("Hz"), "no stream ran: {said}");

    let (rate, data) = read_wav(&wav, said.contains("f32"));
    let starts = onsets(&data);
    assert!(starts.len() >= 9, "only {} kicks were heard: {said}", starts.len());
    let sixteenth = f64::from(rate) * 60.0 / 120.0 / 4.0;
    // Bars of three kicks, all counted from the first: nothing may drift.
    for (i, start) in starts.iter().take(12).enumerate() {
        let step = (i / 3 * 16) as f64 + f64::from(KICKS[i % 3]);
        let expected = starts[0] as f64 + step * sixteenth;
        let off = *start as f64 - expected;
        assert!(off.abs() <= 10.0, "kick {i} is {off} frames off");
    }
}

#[test]
fn without_a_device_the_engine_runs_and_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = folder.path().join("alsa.conf");
    // A default device whose card does not exist, as on a machine without one.
    let text = format!("<{SYSTEM}>\npcm.!default {{ type hw card \"NoSuchCard\" }}\n");
    std::fs::write(&config, text).expect("writes");
    let child = again("plays_to_nobody", &config);
    let (out, err) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{out}{err}");
    assert!(out.contains("running in silence"), "{out}");
    assert!(!err.contains("ALSA lib"), "libasound talks over the screen: {err}");
    let beat: f64 = out
        .lines()
        .find_map(|line| line.strip_prefix("one beat: ")?.strip_suffix(" s")?.parse().ok())
        .expect("the child reports its beat");
    assert!(beat > 0.45, "one beat at 120 took {beat} s: the silent engine runs too fast");
}

/// Rate and left channel. The plugin's header calls floats integers and may lack the sizes, so neither is trusted.
fn read_wav(path: &Path, floats: bool) -> (u32, Vec<f32>) {
    let bytes = std::fs::read(path).expect("the capture exists");
    let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let rate = u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]);
    let (channels, bits) = (usize::from(word(22)), usize::from(word(34)));
    let data = bytes.windows(4).position(|w| w == b"data").expect("has samples") + 8;
    let sample = |s: &[u8]| match (bits, floats) {
        (16, _) => f32::from(i16::from_le_bytes([s[0], s[1]])) / 32_768.0,
        (32, true) => f32::from_le_bytes([s[0], s[1], s[2], s[3]]),
        (32, false) => i32::from_le_bytes([s[0], s[1], s[2], s[3]]) as f32 / 2_147_483_648.0,
        _ => unreachable!("the engine writes 16 or 32 bits, not {bits}"),
    };
    let frame = channels * bits / 8;
    (rate, bytes[data..].chunks_exact(frame).map(|f| sample(&f[..bits / 8])).collect())
}

/// Where a kick begins: the first loud sample after the kick before has rung out (0.42 s).
fn onsets(data: &[f32]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for (i, value) in data.iter().enumerate() {
        if value.abs() > 0.2 && found.last().is_none_or(|&last| i > last + 20_000) {
            found.push(i);
        }
    }
    found
}
