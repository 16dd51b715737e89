//! Commands of the rig: knobs that learn, MIDI ports, tracks on gear outside.

use super::arrangement::Pane;
use super::command::{Action, Group, Row, View};
use super::picker::List;
use crate::jam::Intent;
use crate::jam::gear::Change;
use crate::jam::learn::Target;
use crate::jam::wiring::{Sent, Wiring};

fn jam(intent: Intent) -> Action {
    Action::Jam(intent)
}

fn wire(wiring: Wiring) -> Action {
    jam(Intent::Wire(wiring))
}

fn learn(target: Target) -> Action {
    jam(Intent::Learn(target))
}

fn gear(change: Change) -> Action {
    jam(Intent::Gear { track: None, change })
}

/// The table, as [`super::command`] has it.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("follow-clock", "F", Group::Play, "follow the MIDI clock, or lead", |_, _| jam(Intent::FollowClock)),
    ("learn-tempo", "R t", Group::Play, "learn a knob: tempo", |_, _| learn(Target::Tempo)),
    ("learn-temperature", "R e", Group::Play, "learn a knob: temperature", |_, _| learn(Target::Temperature)),
    ("learn-swing", "R w", Group::Play, "learn a knob: swing", |_, _| learn(Target::Swing)),
    ("learn-play", "R p", Group::Play, "learn a pad: play and stop", |_, _| learn(Target::Play)),
    ("learn-sample", "R s", Group::Play, "learn a pad: sample a new beat", |_, _| learn(Target::Sample)),
    ("learn-launch", "R l", Group::Play, "learn a pad: launch the slot", |_, _| jam(Intent::LearnLaunch)),
    ("learn-mute", "R m", Group::Play, "learn a pad: mute the track", |_, _| jam(Intent::LearnMute)),
    ("learn-palette-x", "R x", Group::Play, "learn a knob: palette, left to right", |_, _| learn(Target::PaletteX)),
    ("learn-palette-y", "R y", Group::Play, "learn a knob: palette, up and down", |_, _| learn(Target::PaletteY)),
    ("learn-command", "R R", Group::Play, "learn a pad: the command given next", |_, _| Action::View(View::Learn)),
    ("learn-level", "R v", Group::Play, "learn a knob: level of the track", |_, _| jam(Intent::LearnLevel)),
    ("learn-slider", "R a", Group::Play, "learn a knob: the chosen slider", |_, _| jam(Intent::LearnSlider)),
    ("ports", "O l", Group::Play, "MIDI: open and close ports", |_, _| Action::View(View::List(List::Ports))),
    ("wire-next", "O o", Group::Play, "MIDI: the next output", |_, _| wire(Wiring::Next)),
    ("wire-clock", "O c", Group::Play, "MIDI: clock to it, or not", |_, _| wire(Wiring::Toggle(Sent::Clock))),
    ("wire-start", "O s", Group::Play, "MIDI: start and stop to it, or not", |_, _| wire(Wiring::Toggle(Sent::Transport))),
    ("wire-position", "O p", Group::Play, "MIDI: song position to it, or not", |_, _| wire(Wiring::Toggle(Sent::Position))),
    ("wire-notes", "O n", Group::Play, "MIDI: notes to it, or not", |_, _| wire(Wiring::Toggle(Sent::Notes))),
    ("wire-later", "O >  O .", Group::Play, "MIDI: it sounds 1 ms later", |_, _| wire(Wiring::NudgeOffset(1.0))),
    ("wire-earlier", "O <  O ,", Group::Play, "MIDI: it sounds 1 ms earlier", |_, _| wire(Wiring::NudgeOffset(-1.0))),
    ("output", "T o", Group::Tracks, "the next output: all, built-in, MIDI", |_, _| jam(Intent::NextOutput(None))),
    ("channel", "T c", Group::Tracks, "the next MIDI channel outside", |_, _| gear(Change::NudgeChannel(1))),
    ("channel-before", "T v", Group::Tracks, "the MIDI channel before", |_, _| gear(Change::NudgeChannel(-1))),
    ("program", "O g", Group::Tracks, "MIDI: the next program outside", |_, _| gear(Change::NudgeProgram(1))),
    ("program-before", "O G", Group::Tracks, "MIDI: the program before", |_, _| gear(Change::NudgeProgram(-1))),
    ("bank", "O b", Group::Tracks, "MIDI: the next bank outside", |_, _| gear(Change::NudgeBank(1))),
    ("bank-before", "O B", Group::Tracks, "MIDI: the bank before", |_, _| gear(Change::NudgeBank(-1))),
    ("kit", "O k", Group::Tracks, "MIDI: the next kit of drums", |_, _| gear(Change::NextKit(1))),
    ("kit-key", "O K", Group::Tracks, "MIDI: the key of one drum: kick 48", |_, _| Action::View(View::Ask("kit-key "))),
    ("midi-pane", "D  O O", Group::Screen, "MIDI: ports, tracks on gear outside", |_, _| Action::View(View::Side(Pane::Midi))),
];
