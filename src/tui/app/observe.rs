//! What the engine, the sound and MIDI show of themselves, as the jam hears of it.

use super::{App, UNWIRED};
use crate::audio::SoundNews;
use crate::engine::{Lock, Snapshot};
use crate::jam::{Effect, Intent, Tone, track};
use crate::midi::Panel;

impl App {
    /// News of the sound: the header shows it, and the status line tells it, all but what was as good before.
    pub fn hear_of_sound(&mut self, news: &SoundNews) -> Vec<Effect> {
        let tone = match news {
            SoundNews::Plays(line) => {
                let known = !self.silent && self.sound == *line;
                (self.silent, self.sound) = (false, line.clone());
                if known {
                    return Vec::new();
                }
                Tone::Good
            }
            SoundNews::Silent(line) => {
                // A device that is lost is bad news; that there never was one stands in the header.
                let tone = if self.silent { Tone::Hint } else { Tone::Error };
                (self.silent, self.sound) = (true, line.clone());
                tone
            }
            // The rest still plays, on the device that the header names.
            SoundNews::Broken(_) => Tone::Error,
        };
        self.intent(Intent::Say(tone, news.line().to_owned()))
    }

    /// Takes in what the engine shows of itself.
    pub fn observe(&mut self, now: Snapshot) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.meter, now);
        self.strokes.observe(&before, &now);
        let news = (self.jam.log.total(), self.jam.log.last().map_or(0, |message| message.times));
        if news != (self.told.0, self.told.1) {
            self.told = (news.0, news.1, now.beat);
        } else if now.beat < self.told.2 {
            self.told.2 = now.beat;
        }
        let mut effects = Vec::new();
        if self.jam.recording.is_some() && now.playing {
            effects.extend(self.intent(Intent::RecordUntil(now.beat)));
        }
        let quarter = now.beat.max(0.0) as u32;
        if quarter != self.jam.beat {
            effects.extend(self.intent(Intent::Beat(quarter)));
        }
        if self.jam.following {
            effects.extend(self.observe_clock(&before, &now));
        }
        for track in 0..track::MOST {
            if now.beat + 1e-6 < before.beat {
                self.tapes[track].rewind();
            }
            let (old, new) = (before.tracks[track], now.tracks[track]);
            if new.playing == old.playing {
                continue;
            }
            if let Some(id) = new.playing {
                let from = if old.queued == new.playing { old.change_at } else { None };
                // Where nothing sounded before, the whole past of the loop is this one's.
                let from = if old.playing.is_none() { 0.0 } else { from.unwrap_or(now.beat) };
                self.tapes[track].begin(from, id);
            }
            effects.extend(self.intent(Intent::Heard { track, launch: new.playing }));
        }
        for place in self.dues.observe(&self.jam, now.beat) {
            let text = format!("{place} is not ready yet: what plays goes on, it comes in as soon as it can");
            effects.extend(self.intent(Intent::Say(Tone::Hint, text)));
        }
        effects
    }

    /// Takes in what MIDI shows of itself.
    pub fn observe_rig(&mut self, rig: Option<Panel>) {
        self.rig = rig;
        if let Some(panel) = &self.rig {
            self.drift.observe(panel, &self.meter);
        }
    }

    /// What the clock that is followed does.
    fn observe_clock(&mut self, before: &Snapshot, now: &Snapshot) -> Vec<Effect> {
        let mut effects = Vec::new();
        if before.playing != now.playing {
            effects.extend(self.intent(Intent::Transported(now.playing)));
        }
        if before.sync.lock != now.sync.lock {
            let bpm = crate::jam::plain(now.sync.bpm);
            let (tone, text) = match now.sync.lock {
                Lock::Locked => (Tone::Good, format!("In step with the external clock, {bpm} BPM")),
                Lock::Lost => (Tone::Error, format!("Clock lost: going on at {bpm} BPM until it is back")),
                Lock::Waiting if !self.is_wired() => {
                    (Tone::Hint, format!("Waiting for the external clock. {UNWIRED}"))
                }
                Lock::Waiting => (Tone::Said, "Waiting for the external clock".to_owned()),
                Lock::Internal | Lock::Locking => return effects,
            };
            effects.extend(self.intent(Intent::Say(tone, text)));
        }
        effects
    }

    /// The beat (quarters) at which the launch that waits on `track` takes over.
    pub fn queued_at(&self, track: usize) -> Option<f64> {
        let (seen, wanted) = (self.meter.tracks.get(track)?, self.jam.queued.get(track)?);
        seen.change_at.filter(|_| seen.queued.is_some() && seen.queued == *wanted)
    }
}
