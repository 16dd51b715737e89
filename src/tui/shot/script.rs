//! A script played for a picture: as fast as it goes, up to a beat.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::{ShotError, Stage};
use crate::engine::{Command, Quantise};
use crate::jam::{Effect, Intent, ScriptNews};
use crate::script::{Runtime, Settings, Source};
use crate::tui::arrangement::Pane;

/// Beats from turn to turn.
const TURN: f64 = 0.25;
/// Beats that scripts are ahead of the music.
const AHEAD: f64 = 0.5;

/// A change of what sounds on a track.
struct Change {
    beat: f64,
    track: usize,
    launch: Option<u32>,
}

/// Shows the script at `path` and plays it up to `until`. What is wrong with it is in the picture.
pub fn play(stage: &mut Stage, path: &Path, seed: u64, until: f64) -> Result<(), ShotError> {
    let source = Source::read(path).map_err(|error| ShotError::Failed(error.to_string()))?;
    let (path, text) = (path.to_owned(), source.text.clone());
    stage.app.intent(Intent::ScriptSays(ScriptNews::Opened { path, text }));
    stage.app.panes.side = Pane::Code;
    stage.app.panes.all_tracks = true;
    let inbox: Arc<Mutex<VecDeque<Intent>>> = Arc::default();
    let sink = inbox.clone();
    let push = move |intent| sink.lock().unwrap_or_else(PoisonError::into_inner).push_back(intent);
    let runtime = Runtime::new(Settings { seed, strict: true }, push);
    // A script that does not begin is told by an intent.
    let _ = runtime.load(source).recv();
    let mut changes: Vec<Change> = Vec::new();
    let mut beat = 0.0;
    while beat <= until + 1e-9 {
        runtime.advance(beat, AHEAD, true);
        loop {
            let next = inbox.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(intent) = next else { break };
            let effects = stage.app.intent(intent);
            changes.extend(effects.iter().filter_map(|effect| change(effect, beat)));
            stage.carry_out(effects)?;
        }
        let (due, later) = changes.into_iter().partition(|change: &Change| change.beat <= beat + 1e-9);
        changes = later;
        for Change { track, launch, .. } in due {
            match launch {
                Some(launch) => stage.playing.insert(track, launch),
                None => stage.playing.remove(&track),
            };
        }
        stage.observe(beat)?;
        beat += TURN;
    }
    runtime.stop();
    Ok(())
}

/// What an order means for what sounds.
fn change(effect: &Effect, now: f64) -> Option<Change> {
    let at = |at: &Quantise| match at {
        Quantise::Tick(tick) => *tick as f64 / Quantise::TICKS,
        _ => now,
    };
    match effect {
        Effect::Perform(Command::Launch { track, slot, at: when, .. }) => {
            Some(Change { beat: at(when), track: usize::from(*track), launch: Some(*slot) })
        }
        Effect::Perform(Command::Halt { track, at: when }) => {
            Some(Change { beat: at(when), track: usize::from(*track), launch: None })
        }
        _ => None,
    }
}
