//! The jam's line to the world outside: MIDI ports and OSC, and what they bring as intents.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use tokio::runtime::Handle;

use super::options::Wires;
use super::run::Event;
use super::wiring::rewire;
use crate::engine::{Command, Player, Setting, Snapshot};
use crate::jam::gear::{self, Kit};
use crate::jam::learn::{Knob, Map};
use crate::jam::session::store;
use crate::jam::wiring::Wiring;
use crate::jam::{Argument, Intent, State, Tone, track};
use crate::midi::{
    self, Heard, InputSettings, OutputSettings, Panel, Rig, RigNews, Settings, SettingsError, Wish,
};
use crate::osc::{self, Osc};
use crate::script::routes::{self, Routes, routed};

/// Settings of the rig in the state folder; may be written by hand.
pub const SETTINGS: &str = "midi.toml";
/// What knobs have learned.
pub const MAP: &str = "midi-map.toml";

/// Rig and OSC, as far as they were asked for.
pub struct Outside {
    rig: Option<Rig>,
    osc: Option<Osc>,
    follows: bool,
    live: Option<(u8, u8, i8)>,
    /// Where tracks go and as what by the player's choice; beside the settings, which are kept without it.
    routes: Routes,
    folder: Option<PathBuf>,
    settings: Settings,
    /// The output that changes of the wiring are about.
    chosen: usize,
    events: Sender<Event>,
}

impl Outside {
    /// Opens what `wires` and the settings in `folder` ask for. News go to `events`.
    ///
    /// # Errors
    /// Settings that cannot be read; sockets that cannot be opened.
    pub fn start(
        player: &mut Player,
        wires: &Wires,
        folder: Option<&Path>,
        side: &Handle,
        events: &Sender<Event>,
    ) -> Result<Self, super::TuiError> {
        let settings = settings(wires, folder)?;
        let follows = settings.follow.is_some();
        let rig = if settings.is_empty() { None } else { rig(player, &settings, events)? };
        let heard = events.clone();
        let hear = move |intent| {
            let _ = heard.send(Event::News(intent));
        };
        let osc = match (&wires.osc, &wires.osc_out) {
            (None, None) => None,
            (listen, send) => Some(osc::open(side, listen.as_deref(), send.as_deref(), hear)?),
        };
        let (folder, events) = (folder.map(Path::to_owned), events.clone());
        let routes = Routes::new();
        Ok(Self { rig, osc, follows, live: None, routes, folder, settings, chosen: 0, events })
    }

    /// The names of the MIDI outputs that were asked for.
    pub fn ports(&self) -> Vec<String> {
        self.settings.outputs.iter().map(|output| output.name.clone()).collect()
    }

    /// The kits that tracks of drums can choose: those of the settings, then those that everybody has.
    pub fn kits(&self) -> Vec<Kit> {
        let own = self.settings.kits.iter().map(|kit| Kit { name: kit.name.clone(), keys: kit.keys });
        own.chain(gear::common()).collect()
    }

    /// True where a clock outside was asked for.
    pub fn follows(&self) -> bool {
        self.follows
    }

    /// What was learned before; nothing where that cannot be read.
    pub fn map(&self) -> Result<Map, String> {
        let Some(path) = self.folder.as_ref().map(|folder| folder.join(MAP)) else {
            return Ok(Map::default());
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| {
                let error = error.to_string().replace('\n', " ");
                format!("{}: {}. What knobs do is learned anew", path.display(), error.trim())
            }),
            Err(_) => Ok(Map::default()),
        }
    }

    /// Writes what was learned, beside the music.
    pub fn keep(&self, map: &Map, side: &Handle) {
        if let Ok(text) = toml::to_string(map) {
            self.write(MAP, text, "What the knob does", side);
        }
    }

    /// Looks which ports the machine has, beside the music: a system may take its time to answer.
    fn look(&self, side: &Handle) {
        let events = self.events.clone();
        side.spawn_blocking(move || {
            let (found, errors) = midi::list();
            let _ = events.send(Event::Ports(found));
            for error in errors {
                let _ = events.send(Event::News(Intent::Say(Tone::Hint, error.to_string())));
            }
        });
    }

    /// Changes what outputs are sent, or which ports are open; says what is so now, and keeps it.
    pub fn rewire(&mut self, change: &Wiring, player: &mut Player, side: &Handle) {
        if *change == Wiring::Look {
            return self.look(side);
        }
        let said = match rewire(&mut self.settings, &mut self.chosen, change) {
            Ok(said) => said,
            Err(error) => return self.say(Tone::Hint, error.to_string()),
        };
        match &self.rig {
            Some(rig) => {
                player.send(Command::Clock(gives_clock(&self.settings)));
                rig.wish(Wish::Settings(routed(&self.settings, &self.routes)));
            }
            None => match rig(player, &self.settings, &self.events) {
                Ok(rig) => {
                    (self.rig, self.live) = (rig, None);
                    // Told to the new rig with the next look at the jam.
                    self.routes.clear();
                }
                Err(error) => return self.say(Tone::Error, format!("MIDI does not start: {error}")),
            },
        }
        self.say(Tone::Said, said);
        let _ = self.events.send(Event::News(Intent::Ports(self.ports())));
        if let Ok(text) = toml::to_string(&self.settings) {
            self.write(SETTINGS, text, "The wiring", side);
        }
    }

    fn say(&self, tone: Tone, text: String) {
        // Nobody listens any more when the jam is over.
        let _ = self.events.send(Event::News(Intent::Say(tone, text)));
    }

    /// Writes a file of the state folder, beside the music.
    fn write(&self, name: &str, text: String, what: &'static str, side: &Handle) {
        let Some(path) = self.folder.as_ref().map(|folder| folder.join(name)) else { return };
        let events = self.events.clone();
        side.spawn_blocking(move || {
            if let Some(folder) = path.parent() {
                // A folder that cannot be made is told by the writing.
                let _ = std::fs::create_dir_all(folder);
            }
            if let Err(error) = store::write(&path, &text) {
                let text = format!("{what} is not kept: {error}");
                let _ = events.send(Event::News(Intent::Say(Tone::Error, text)));
            }
        });
    }

    /// Tells the rig which track keys play, and OSC what is new in the engine.
    pub fn tend(&mut self, jam: &State, player: &mut Player, before: &Snapshot, now: &Snapshot) {
        if let Some(rig) = &self.rig {
            let selected = jam.track();
            let channel = track::channel(&jam.edit.tracks, jam.track);
            let live = (jam.track as u8, channel, selected.octave);
            if self.live.replace(live) != Some(live) {
                rig.wish(Wish::Live(live.0, live.1, live.2));
            }
            if !routes::are_of(&self.routes, &jam.edit.tracks) {
                self.routes = routes::of(&jam.edit.tracks);
                rig.wish(Wish::Settings(routed(&self.settings, &self.routes)));
            }
        }
        if let Some(osc) = &mut self.osc {
            osc.tell(player, before, now);
        }
    }

    /// Sends an OSC message of a script; false where nobody was named to send to.
    pub fn send(&self, address: &str, arguments: &[Argument]) -> bool {
        let Some(osc) = &self.osc else { return false };
        osc.say(address, arguments)
    }

    /// Everything outside falls silent.
    pub fn panic(&self) {
        if let Some(rig) = &self.rig {
            rig.wish(Wish::Panic);
        }
    }

    /// What there is to see of the rig, where it runs.
    pub fn panel(&mut self) -> Option<Panel> {
        self.rig.as_mut().map(|rig| Panel { chosen: self.chosen, ..rig.panel().clone() })
    }
}

/// A rig on the engine's line to the world outside, which there is once.
fn rig(player: &mut Player, settings: &Settings, events: &Sender<Event>) -> std::io::Result<Option<Rig>> {
    let Some(wire) = player.take_wire() else { return Ok(None) };
    player.send(Command::Feed(true));
    player.send(Command::Clock(gives_clock(settings)));
    let news = events.clone();
    let tell = move |heard| {
        // Nobody listens any more when the jam is over.
        if let Some((at, key, velocity)) = key(&heard) {
            let _ = news.send(Event::Key { at, key, velocity });
        }
        if let Some(intent) = intent(heard) {
            let _ = news.send(Event::News(intent));
        }
    };
    Rig::start(wire, settings.clone(), midi::backends(), tell).map(Some)
}

fn gives_clock(settings: &Settings) -> bool {
    settings.outputs.iter().any(|output| output.clock || output.transport)
}

/// The settings of the file, and what the command line wants besides.
fn settings(wires: &Wires, folder: Option<&Path>) -> Result<Settings, SettingsError> {
    let mut settings = match folder {
        Some(folder) => Settings::load(&folder.join(SETTINGS))?,
        None => Settings::default(),
    };
    if !wires.midi_out.is_empty() {
        settings.outputs = wires.midi_out.iter().map(|name| OutputSettings::new(name)).collect();
    }
    if !wires.midi_in.is_empty() {
        settings.inputs = wires.midi_in.iter().map(|name| InputSettings::new(name)).collect();
    }
    match wires.sync.as_deref() {
        None => {}
        Some("internal") => settings.follow = None,
        Some("midi") => settings.follow = settings.inputs.first().map(|input| input.name.clone()),
        Some(name) => {
            let wanted = InputSettings::new(name);
            if !settings.inputs.iter().any(|input| input.name == wanted.name) {
                settings.inputs.push(wanted.clone());
            }
            settings.follow = Some(wanted.name);
        }
    }
    Ok(settings)
}

/// The key that went down or up, with its velocity (0: up) and host time.
fn key(news: &RigNews) -> Option<(u64, u8, u8)> {
    match *news {
        RigNews::Heard(at, Heard::NoteOn { key, velocity, .. }) => Some((at, key, velocity)),
        RigNews::Heard(at, Heard::NoteOff { key, .. }) => Some((at, key, 0)),
        _ => None,
    }
}

/// What news of the rig mean to the jam.
fn intent(news: RigNews) -> Option<Intent> {
    Some(match news {
        RigNews::Opened(line) => Intent::Say(Tone::Good, line),
        RigNews::Missing(line) => Intent::Say(Tone::Error, line),
        RigNews::Slow(line) => Intent::Say(Tone::Hint, line),
        RigNews::Heard(_, Heard::Set(Setting::Control { channel, number, value })) => {
            Intent::Knob { knob: Knob::Control { channel, number }, value }
        }
        RigNews::Heard(_, Heard::NoteOn { channel, key, velocity }) => {
            // A pad counts as pressed however softly it is struck.
            Intent::Knob { knob: Knob::Key { channel, key }, value: velocity.max(64) }
        }
        RigNews::Heard(_, Heard::Set(Setting::Program { program, .. })) => Intent::ProgramChange(program),
        RigNews::Heard(_, Heard::NoteOff { .. } | Heard::Sync(_)) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_goes_before_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(SETTINGS), "follow = \"a\"\n[[input]]\nname = \"a\"\n")
            .expect("writes");
        let with = |sync: Option<&str>, midi_in: &[&str]| {
            let wires = Wires {
                sync: sync.map(str::to_owned),
                midi_in: midi_in.iter().map(ToString::to_string).collect(),
                ..Wires::default()
            };
            settings(&wires, Some(folder.path())).expect("reads")
        };
        assert_eq!(with(None, &[]).follow.as_deref(), Some("a"));
        assert_eq!(with(Some("internal"), &[]).follow, None);
        assert_eq!(with(Some("midi"), &["b"]).follow.as_deref(), Some("b"));
        let named = with(Some("virtual:clock"), &[]);
        assert_eq!(
            (named.follow.as_deref(), named.inputs.len(), named.inputs[1].own),
            (Some("clock"), 2, true)
        );
    }

    #[test]
    fn a_softly_struck_pad_is_pressed_and_its_release_is_nothing() {
        let on = RigNews::Heard(0, Heard::NoteOn { channel: 9, key: 36, velocity: 5 });
        let knob = Knob::Key { channel: 9, key: 36 };
        assert_eq!(intent(on), Some(Intent::Knob { knob, value: 64 }));
        assert_eq!(intent(RigNews::Heard(0, Heard::NoteOff { channel: 9, key: 36 })), None);
    }
}
