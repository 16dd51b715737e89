//! The rig's settings: a TOML file that the jam keeps, and that people may write by hand.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::order::OUTPUTS;
use super::route::{CONTROLS, Route};
use crate::engine::{Sync, TRACKS};

/// Longest latency offset taken, milliseconds either way.
pub const LONGEST_MS: f64 = 500.0;

/// What an output is sent. Copied to the MIDI thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// Notes, programs, controllers.
    pub notes: bool,
    /// Clock ticks.
    pub clock: bool,
    /// Start, stop, continue.
    pub transport: bool,
    /// Song positions.
    pub position: bool,
    /// Later (above 0) or earlier than the sound, nanoseconds.
    pub offset: i64,
}

impl Switches {
    /// True where `sync` is sent.
    pub fn passes(&self, sync: Sync) -> bool {
        match sync {
            Sync::Tick => self.clock,
            Sync::Start | Sync::Continue | Sync::Stop => self.transport,
            Sync::Position(_) => self.position,
        }
    }
}

/// One output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputSettings {
    /// Name of the port, or a part of it.
    pub name: String,
    /// A port of our own that others connect to, instead of theirs.
    #[serde(default, rename = "virtual")]
    pub own: bool,
    /// Sends notes, programs and controllers.
    #[serde(default = "yes")]
    pub notes: bool,
    /// Sends clock ticks.
    #[serde(default = "yes")]
    pub clock: bool,
    /// Sends start, stop, continue.
    #[serde(default = "yes")]
    pub transport: bool,
    /// Sends song positions.
    #[serde(default = "yes")]
    pub position: bool,
    /// Later (above 0) or earlier than our own sound, milliseconds.
    #[serde(default)]
    pub offset_ms: f64,
}

impl OutputSettings {
    /// Everything goes to the port called `name`; `virtual:NAME` is a port of our own.
    pub fn new(name: &str) -> Self {
        let (name, own) = named(name);
        Self { name, own, notes: true, clock: true, transport: true, position: true, offset_ms: 0.0 }
    }

    /// What it is sent, and when: `notes, clock, start/stop; 8 ms earlier`.
    pub fn describe(&self) -> String {
        let all = [
            (self.notes, "notes"),
            (self.clock, "clock"),
            (self.transport, "start/stop"),
            (self.position, "position"),
        ];
        let sent: Vec<&str> = all.into_iter().filter_map(|(on, word)| on.then_some(word)).collect();
        let sent = if sent.is_empty() { "nothing".to_owned() } else { sent.join(", ") };
        match self.offset_ms {
            ms if ms > 0.0 => format!("{sent}; {ms} ms later"),
            ms if ms < 0.0 => format!("{sent}; {} ms earlier", -ms),
            _ => sent,
        }
    }

    /// As the MIDI thread has it.
    pub fn switches(&self) -> Switches {
        let ms = if self.offset_ms.is_finite() { self.offset_ms.clamp(-LONGEST_MS, LONGEST_MS) } else { 0.0 };
        Switches {
            notes: self.notes,
            clock: self.clock,
            transport: self.transport,
            position: self.position,
            offset: (ms * 1e6) as i64,
        }
    }
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSettings {
    /// Name of the port, or a part of it.
    pub name: String,
    /// A port of our own that others connect to, instead of theirs.
    #[serde(default, rename = "virtual")]
    pub own: bool,
    /// Its notes play the selected track.
    #[serde(default = "yes")]
    pub notes: bool,
}

impl InputSettings {
    /// The port called `name`; `virtual:NAME` is a port of our own.
    pub fn new(name: &str) -> Self {
        let (name, own) = named(name);
        Self { name, own, notes: true }
    }
}

/// Where a track goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// Number of the track, 1..=8.
    pub track: u8,
    /// Names of outputs (or parts of them), `none` for none of them; all where left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<String>,
    /// Channel, 1..=16; the track's own where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<u8>,
    /// Bank: most and least significant byte, 0..=127.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<[u8; 2]>,
    /// Program, 0..=127, instead of the track's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<u8>,
    /// Controllers and their values, eight at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<[u8; 2]>,
    /// Drum map: our key (General MIDI) and the kit's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drums: Vec<[u8; 2]>,
}

/// The keys of a drum kit outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitSettings {
    /// What it is chosen by.
    pub name: String,
    /// Kick, snare, closed hat, open hat, low tom, mid tom, high tom, crash, ride.
    pub keys: [u8; 9],
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the input whose clock is followed, or a part of it; none: the jam leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<String>,
    /// Outputs, in the order of their numbers.
    #[serde(default, rename = "output", skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputSettings>,
    /// Inputs.
    #[serde(default, rename = "input", skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputSettings>,
    /// Routes of tracks.
    #[serde(default, rename = "route", skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteSettings>,
    /// Kits that tracks of drums can choose.
    #[serde(default, rename = "kit", skip_serializing_if = "Vec::is_empty")]
    pub kits: Vec<KitSettings>,
}

/// Why settings cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file.
    #[error("{}: {cause}; correct it, or move it away to begin without", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong, with its line.
        cause: String,
    },
}

impl RouteSettings {
    /// A name for no output at all.
    pub const NOWHERE: &str = "none";
}

impl Settings {
    /// The settings in `path`; none are in a file that does not exist.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let fail = |cause: String| SettingsError::File { path: path.to_owned(), cause };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(fail(error.to_string())),
        };
        let read: Self = toml::from_str(&text).map_err(|e| fail(e.to_string().trim().replace('\n', " ")))?;
        read.check().map_err(fail)?;
        Ok(read)
    }

    /// True where nothing is to be opened: no thread is needed then.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty() && self.inputs.is_empty()
    }

    fn check(&self) -> Result<(), String> {
        if self.outputs.len() > OUTPUTS || self.inputs.len() > super::order::INPUTS {
            return Err(format!("more than {OUTPUTS} outputs or inputs"));
        }
        for route in &self.routes {
            let bytes = route.bank.iter().chain(&route.controls).chain(&route.drums).flatten();
            if !(1..=TRACKS as u8).contains(&route.track) {
                return Err(format!("track {}: tracks are numbered 1 to {TRACKS}", route.track));
            }
            if route.channel.is_some_and(|c| !(1..=16).contains(&c)) {
                return Err(format!("track {}: channels are numbered 1 to 16", route.track));
            }
            if bytes.chain(&route.program).any(|byte| *byte > 127) || route.controls.len() > CONTROLS {
                return Err(format!("track {}: values go to 127, and 8 controls at most", route.track));
            }
        }
        for kit in &self.kits {
            if kit.name.trim().is_empty() || kit.keys.iter().any(|key| *key > 127) {
                return Err(format!("kit {:?}: a kit has a name, and keys go to 127", kit.name));
            }
        }
        Ok(())
    }

    /// The route of track `track`, counted from 0.
    pub fn route(&self, track: u8) -> Route {
        let mut route = Route::default();
        let Some(wish) = self.routes.iter().find(|wish| wish.track == track + 1) else { return route };
        if !wish.outputs.is_empty() {
            let named = wish.outputs.iter().filter(|name| *name != RouteSettings::NOWHERE);
            let goes = |out: &OutputSettings| named.clone().any(|name| matches(&out.name, name));
            route.outputs =
                (0..).zip(&self.outputs).fold(0, |bits, (n, out)| bits | u8::from(goes(out)) << n);
        }
        route.channel = wish.channel.map(|channel| channel - 1);
        route.bank = wish.bank.map(|[msb, lsb]| (msb, lsb));
        route.program = wish.program;
        for (slot, &[number, value]) in route.controls.iter_mut().zip(&wish.controls) {
            *slot = Some((number, value));
        }
        for &[from, to] in &wish.drums {
            route.map[usize::from(from & 127)] = to & 127;
        }
        route
    }
}

/// True where the port called `name` is meant by `wanted`: a part of it, whatever the case of its letters.
pub fn matches(name: &str, wanted: &str) -> bool {
    name.to_lowercase().contains(&wanted.to_lowercase())
}

fn named(name: &str) -> (String, bool) {
    match name.strip_prefix("virtual:") {
        Some(own) => (own.to_owned(), true),
        None => (name.to_owned(), false),
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_by_hand_is_read_with_its_routes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("midi.toml");
        let text = "follow = \"beatstep\"\n[[output]]\nname = \"Volca\"\nposition = false\noffset_ms = -12.5\n\
                    [[output]]\nname = \"out\"\nvirtual = true\n[[input]]\nname = \"BeatStep\"\n\
                    [[route]]\ntrack = 1\noutputs = [\"volca\"]\nchannel = 10\nbank = [1, 2]\nprogram = 5\n\
                    controls = [[7, 100]]\ndrums = [[36, 48]]\n\
                    [[kit]]\nname = \"box\"\nkeys = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
        std::fs::write(&path, text).expect("writes");
        let settings = Settings::load(&path).expect("reads");
        let route = settings.route(0);
        assert_eq!((route.outputs, route.channel, route.key(9, 36), route.key(0, 36)), (1, Some(9), 48, 36));
        assert_eq!(settings.route(1), Route::default());
        let switches = settings.outputs[0].switches();
        assert!(switches.clock && !switches.position && switches.offset == -12_500_000);
        let packets: Vec<Vec<u8>> = route.preamble(9, None).map(|p| p.bytes().to_vec()).collect();
        assert_eq!(packets, [vec![0xB9, 0, 1], vec![0xB9, 32, 2], vec![0xC9, 5], vec![0xB9, 7, 100]]);
        assert_eq!(
            toml::from_str::<Settings>(&toml::to_string(&settings).expect("writes")).ok(),
            Some(settings)
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("midi.toml");
        assert!(Settings::load(&path).is_ok_and(|s| s.is_empty()));
        for (text, word) in [
            ("[[route]]\ntrack = 9\n", "1 to 8"),
            ("[[route]]\ntrack = 1\nchannel = 0\n", "1 to 16"),
            ("[[output]]\nnam = \"x\"\n", "nam"),
            ("[[kit]]\nname = \"x\"\nkeys = [36]\n", "9"),
            ("[[kit]]\nname = \"x\"\nkeys = [1, 2, 3, 4, 5, 6, 7, 8, 128]\n", "127"),
        ] {
            std::fs::write(&path, text).expect("writes");
            let error = Settings::load(&path).expect_err("is wrong").to_string();
            assert!(error.contains(word) && error.contains("midi.toml"), "{error}");
        }
    }
}
