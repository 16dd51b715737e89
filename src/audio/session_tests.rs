//! The session on devices made for the occasion: willing, lost, and stuck.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::news::SoundNews;
use super::search::Opener;
use super::session::start_with;
use super::stream::{Answer, Carrier, Opened, seat};
use super::{Font, Rack, Session};
use crate::engine::Command;

const RATE: u32 = 44_100;
/// Frames in a buffer: 10 ms.
const PERIOD: usize = 441;

/// How long a device that hangs does so: what takes not half as long has not waited for it, however busy the machine.
const HANGS: Duration = Duration::from_secs(60);

/// What a device made up here hears.
type Heard = Arc<Mutex<Vec<f32>>>;

/// An answer, and what keeps its other side: the callback's, the loss's, the end's.
fn device(font: &Font) -> (Opened, Carrier, Sender<String>, Receiver<()>) {
    let ((seat, carrier), (lost_in, lost), (end, ended)) = (seat(), channel(), channel());
    let rack = Rack::new(font, RATE).expect("starts");
    let (description, period) = ("a device made up".into(), Some(PERIOD as u32));
    (Opened { description, rate: RATE, period, rack, seat, lost, end }, carrier, lost_in, ended)
}

/// Asks for buffers, one every 10 ms, until the session ends it or `count` are through.
fn ask(carrier: &mut Carrier, ended: &Receiver<()>, heard: &Heard, count: usize) {
    let mut data = [0.0_f32; 2 * PERIOD];
    for _ in 0..count {
        carrier.fill(&mut data, 2, 0, |v| v);
        heard.lock().expect("nobody broke off").extend(data);
        if ended.recv_timeout(Duration::from_millis(10)) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

fn begin(opener: impl Fn(&Font, &Sender<Answer>) + Send + Sync + 'static) -> (Session, Receiver<SoundNews>) {
    let font = Font::built_in().expect("loads");
    let (tell, news) = channel();
    let theirs = font.clone();
    let opener: Opener = Arc::new(move |answer| opener(&theirs, answer));
    let hear = move |heard| {
        let _ = tell.send(heard);
    };
    (start_with(&font, Arc::default(), Some(opener), hear).expect("starts"), news)
}

fn next(news: &Receiver<SoundNews>) -> SoundNews {
    news.recv_timeout(Duration::from_secs(20)).expect("there is news")
}

/// Plays until the transport stands at `beat` (120 beats a minute).
fn reaches(session: &mut Session, beat: f64) {
    let began = Instant::now();
    while session.player.snapshot().beat < beat {
        assert!(began.elapsed() < Duration::from_secs(20), "the engine stands still");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn ends_soon(session: Session) {
    let began = Instant::now();
    drop(session);
    assert!(began.elapsed() < HANGS / 2, "ending took {:?}", began.elapsed());
}

#[test]
fn a_device_that_hangs_while_it_is_opened_holds_up_neither_the_music_nor_the_end() {
    let began = Instant::now();
    let (mut session, _news) = begin(|_, _| std::thread::sleep(HANGS));
    assert!(began.elapsed() < HANGS / 2, "starting took {:?}", began.elapsed());
    assert!(matches!(&session.status, SoundNews::Silent(line) if line.contains("has not answered yet")));
    session.player.send(Command::Play);
    reaches(&mut session, 1.0);
    ends_soon(session);
}

#[test]
fn a_device_that_hangs_while_it_plays_does_not_hold_up_the_end() {
    let (session, news) = begin(|font, answer| {
        let (opened, mut carrier, _lost, ended) = device(font);
        answer.send(Ok(Box::new(opened))).expect("the session waits");
        ask(&mut carrier, &ended, &Heard::default(), 5);
        std::thread::sleep(HANGS);
    });
    assert_eq!(next(&news), SoundNews::Plays("a device made up".into()));
    std::thread::sleep(Duration::from_millis(200));
    ends_soon(session);
}

#[test]
fn a_lost_device_is_told_and_taken_again_while_the_music_goes_on() {
    let attempts = AtomicUsize::new(0);
    let (mut session, news) = begin(move |font, answer| {
        let (opened, mut carrier, lost, ended) = device(font);
        answer.send(Ok(Box::new(opened))).expect("the session waits");
        let first = attempts.fetch_add(1, Ordering::Relaxed) == 0;
        ask(&mut carrier, &ended, &Heard::default(), if first { 30 } else { usize::MAX });
        let _ = lost.send("unplugged".into());
    });
    session.player.send(Command::Play);
    assert!(matches!(next(&news), SoundNews::Plays(_)));
    assert!(matches!(next(&news), SoundNews::Silent(line) if line.contains("unplugged")));
    let beat = session.player.snapshot().beat;
    reaches(&mut session, beat + 1.0);
    assert!(matches!(next(&news), SoundNews::Plays(_)));
    let beat = session.player.snapshot().beat;
    reaches(&mut session, beat + 0.5);
    assert_eq!(session.player.snapshot().rate, RATE);
    ends_soon(session);
}

#[test]
fn the_fade_is_played_to_its_end_before_the_device_is_let_go() {
    let heard = Heard::default();
    let theirs = Arc::clone(&heard);
    let (mut session, news) = begin(move |font, answer| {
        let (opened, mut carrier, _lost, ended) = device(font);
        answer.send(Ok(Box::new(opened))).expect("the session waits");
        ask(&mut carrier, &ended, &theirs, usize::MAX);
    });
    assert!(matches!(next(&news), SoundNews::Plays(_)));
    // A crash cymbal rings for seconds.
    session.player.send(Command::Audition { channel: 9, key: 49, velocity: 127 });
    std::thread::sleep(Duration::from_millis(200));
    drop(session);
    let heard = heard.lock().expect("nobody broke off");
    let last = heard.iter().rposition(|v| *v != 0.0).expect("the cymbal was heard");
    let after = (heard.len() - 1 - last) / 2;
    assert!(after >= PERIOD, "only {after} frames of silence after the fade");
    let jump = heard[..=last].iter().rev().take(200).fold(0.0_f32, |m, v| m.max(v.abs()));
    assert!(jump < 0.05, "the sound breaks off at {jump}");
}
