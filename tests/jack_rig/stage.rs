//! Our side: a silent engine and the rig on the ports of JACK, as in the jam.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use assert_no_alloc::assert_no_alloc;
use mvae_tui::audio::{self, AudioOptions, Session};
use mvae_tui::engine::{Clip, Command, Quantise, Snapshot};
use mvae_tui::midi::{Backend, InputSettings, Jack, OutputSettings, Rig, RigNews, Settings};
use mvae_tui::music::pattern::{Part, Pattern, PatternNote};

use super::server::until_some;

/// How long something may take to come about.
const PATIENCE: Duration = Duration::from_secs(25);

/// Engine and rig.
pub struct Stage {
    pub session: Session,
    /// Dropped after the session's use; ends what sounds.
    pub rig: Rig,
    news: Receiver<RigNews>,
    /// News so far.
    pub told: Vec<RigNews>,
}

impl Stage {
    /// Plays to `output` and hears `input`, whose clock leads where `follow` says so.
    pub fn new(output: Option<&str>, input: Option<&str>, follow: bool) -> Self {
        let options = AudioOptions { silent: true, ..AudioOptions::default() };
        let mut session = audio::start(options, |_| {}).expect("starts");
        let wire = session.player.take_wire().expect("the first taker");
        let settings = Settings {
            follow: input.filter(|_| follow).map(str::to_owned),
            outputs: output.map(OutputSettings::new).into_iter().collect(),
            inputs: input.map(InputSettings::new).into_iter().collect(),
            ..Settings::default()
        };
        let (tell, news) = channel();
        let hear = move |heard| {
            // After the test nobody listens.
            let _ = tell.send(heard);
        };
        let jack: Box<dyn Backend> = Box::new(Jack::watched(|cycle| assert_no_alloc(cycle)));
        let rig = Rig::start(wire, settings, vec![jack], hear).expect("starts");
        let mut stage = Self { session, rig, news, told: Vec::new() };
        stage.send([Command::Feed(true), Command::Clock(true), Command::Tempo(120.0)]);
        stage
    }

    /// Sends orders to the engine.
    pub fn send<const N: usize>(&mut self, orders: [Command; N]) {
        orders.into_iter().for_each(|order| self.session.player.send(order));
    }

    /// A kick on every beat, and the transport runs.
    pub fn play(&mut self) {
        let kick = |start| PatternNote {
            start,
            length: 2,
            pitch: 36,
            velocity: 90,
            part: Part::Drums,
            offset: 0.0,
            chance: 100,
        };
        let clip = Arc::new(Clip::from_pattern(&Pattern::new(16, (0..16).step_by(4).map(kick).collect())));
        self.send([Command::Launch { track: 0, slot: 1, clip, at: Quantise::Now }, Command::Play]);
    }

    /// The engine now.
    pub fn shown(&mut self) -> Snapshot {
        self.session.player.snapshot()
    }

    /// Waits until the rig has told something like this since the last wait.
    pub fn told(&mut self, what: &str, is: impl Fn(&RigNews) -> bool) {
        let found = until_some(PATIENCE, || {
            let mut found = None;
            while let Ok(news) = self.news.try_recv() {
                found = found.or(is(&news).then_some(()));
                self.told.push(news);
            }
            found
        });
        assert!(found.is_some(), "not told: {what}; but {:?}", self.told);
    }

    /// Waits until a port is open.
    pub fn opened(&mut self, part: &str) {
        self.told("opened", |news| matches!(news, RigNews::Opened(line) if line.contains(part)));
    }

    /// Waits until a port is missed.
    pub fn missed(&mut self, part: &str) {
        self.told("missing", |news| matches!(news, RigNews::Missing(line) if line.contains(part)));
    }

    /// Waits until it is so.
    pub fn until(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> bool) {
        let found = until_some(PATIENCE, || so(self).then_some(()));
        assert!(found.is_some(), "never came about: {what}; the engine: {:?}", self.shown());
    }

    /// Waits until the music has gone on for so many beats.
    pub fn goes_on(&mut self, beats: f64) {
        let from = self.shown().beat;
        self.until("the music goes on", |stage| stage.shown().beat > from + beats);
    }
}
