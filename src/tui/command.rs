//! The one table of commands: the keymap, the help and the hints are made from it.

use super::arrangement::Pane;
use super::code::commands::{self as code, CodeEdit};
use super::editor::Edit;
use super::picker::List;
use super::rig;
use crate::jam::scene::Line;
use crate::jam::{Intent, ScriptOrder, kit, track};
use crate::music::pattern::Part;

/// What a command may need to know of the moment it is given in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moment {
    /// Seconds of a steady clock.
    pub seconds: f64,
    /// Where the song is heard, beats (quarters); `None` while it stands.
    pub beat: Option<f64>,
}

/// What a command does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Something of the jam.
    Jam(Intent),
    /// Something of the screen only.
    View(View),
    /// Something of the notes under the cursor.
    Edit(Edit),
    /// Something of the script in its pane.
    Code(CodeEdit),
}

/// When a command is to be had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Always; while notes are edited, where its keys mean nothing there.
    #[default]
    Jam,
    /// While notes are edited.
    Edit,
    /// While a script is written: letters are letters.
    Code,
}

/// Changes of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Show or hide all keys.
    Help,
    /// The welcome of the first start.
    Welcome,
    /// Close what lies on top, or forget the mark.
    Close,
    /// Scroll the roll under a standing playhead, or page it under a running one.
    Follow,
    /// Draw everything anew.
    Redraw,
    /// The command given next is not done, but learned by a pad.
    Learn,
    /// Letters play notes, or are commands again.
    Piano,
    /// Edit the notes of the selected pattern, or be done with it.
    Edit,
    /// Write a script, or take its pane away.
    Code,
    /// Open the console, or close it.
    Console,
    /// Open a list to choose from.
    List(List),
    /// Open the list of commands with this typed already.
    Ask(&'static str),
    /// Show a pane beside the bank, or take it away.
    Side(Pane),
    /// Give the screen to a pane, or take it back.
    Zoom(Pane),
    /// The same for what stands beside the bank, or the bank where nothing special does.
    ZoomSide,
    /// The bank out of the way, or back.
    WithoutBank,
    /// The roll and what is below it change places.
    Swap,
    /// The roll shows the selected track, or all that play.
    AllTracks,
    /// Move the palette's dot so many steps to the right and down; where the sliders are shown, the chosen slider, or
    /// choose another one.
    Steer(i8, i8),
    /// Move the roll by so many beats; by 0: back to where it would be by itself, in every way.
    Shift(i8),
    /// Move rolls of notes up by so many keys.
    Lift(i8),
    /// Make a step of the roll so many columns wider.
    Stretch(i8),
}

/// Headings of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Play, tempo, launch.
    Play,
    /// Make patterns.
    Make,
    /// The bank.
    Bank,
    /// Tracks: which is selected, how it sounds.
    Tracks,
    /// Mutes.
    Drums,
    /// Notes written by hand.
    Notes,
    /// Scripts.
    Code,
    /// Panes and the roll.
    Screen,
    /// Undo, save, help, quit.
    Jam,
}

impl Group {
    /// All groups in the order of the help.
    pub const ALL: [Self; 9] = [
        Self::Play,
        Self::Make,
        Self::Bank,
        Self::Tracks,
        Self::Drums,
        Self::Notes,
        Self::Code,
        Self::Screen,
        Self::Jam,
    ];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Play => "Play",
            Self::Make => "Make",
            Self::Bank => "Bank",
            Self::Tracks => "Tracks",
            Self::Drums => "Drums",
            Self::Notes => "Notes (while editing)",
            Self::Code => "Scripts (while one is written)",
            Self::Screen => "Screen",
            Self::Jam => "Jam",
        }
    }
}

/// One thing a player can do.
#[derive(Debug, Clone)]
pub struct Command {
    /// Stable name; messages refer to it in braces.
    pub name: String,
    /// Key sequences, the one shown first: chords separated by a blank ("m k", "ctrl-r").
    pub keys: Vec<String>,
    /// Heading of the help.
    pub group: Group,
    /// One line of help.
    pub help: String,
    /// When it is to be had.
    pub mode: Mode,
    /// What it does.
    pub act: fn(&Moment, u8) -> Action,
    /// Passed to `act`: the drum class, the track or the row of the commands that have one.
    pub class: u8,
    /// What a family of commands does together: the help gives it one line.
    pub family: Option<&'static str>,
    /// What sets a member apart in its family.
    pub short: String,
}

fn jam(intent: Intent) -> Action {
    Action::Jam(intent)
}

/// Letters of the drum classes after a prefix, in class order.
const CLASS_LETTERS: [char; kit::CLASSES as usize] = ['k', 's', 'c', 'o', 'l', 'm', 'h', 'y', 'r'];

/// A line of a table: name, keys (separated by two blanks), group, help, action.
pub(super) type Row = (&'static str, &'static str, Group, &'static str, fn(&Moment, u8) -> Action);

/// The commands of the jam; those of the rig stand in [`rig::ROWS`].
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("play", "space", Group::Play, "play from the top, or stop", |_, _| jam(Intent::TogglePlay)),
    ("launch", "enter", Group::Play, "bring the pattern in at the next bar", |_, _| jam(Intent::Launch(None))),
    ("scene", "n", Group::Play, "scene: the column at once; go on", |_, _| jam(Intent::Scene(Line::Column(None)))),
    ("scene-row", "N", Group::Play, "scene: the row at once", |_, _| jam(Intent::Scene(Line::Row(None)))),
    ("quantise", "Q", Group::Play, "launch now, at beat, bar, two bars", |_, _| jam(Intent::NextQuantise)),
    ("count-in", "G", Group::Play, "count-in: none, 1 bar, 2 bars", |_, _| jam(Intent::NextCountIn)),
    ("fill", "b", Group::Play, "a fill on the track, then back", |_, _| jam(Intent::Fill(None))),
    ("fill-all", "alt-b", Group::Play, "a fill on every track", |_, _| jam(Intent::FillAll)),
    ("chain", "I", Group::Play, "chain: play the row on; end it", |_, _| jam(Intent::Chain(None))),
    ("chain-longer", "alt-.  alt-]", Group::Play, "chain: each point once more", |_, _| jam(Intent::NudgeChainRounds(1))),
    ("chain-shorter", "alt-,", Group::Play, "chain: each point once less", |_, _| jam(Intent::NudgeChainRounds(-1))),
    ("chain-around", "alt-i", Group::Play, "chain: begin anew at its end", |_, _| jam(Intent::ChainAround)),
    ("slower", "<", Group::Play, "tempo down by 1", |_, _| jam(Intent::NudgeTempo(-1.0))),
    ("faster", ">", Group::Play, "tempo up by 1", |_, _| jam(Intent::NudgeTempo(1.0))),
    ("slower-10", ",", Group::Play, "tempo down by 10", |_, _| jam(Intent::NudgeTempo(-10.0))),
    ("faster-10", ".", Group::Play, "tempo up by 10", |_, _| jam(Intent::NudgeTempo(10.0))),
    ("tap", "t", Group::Play, "tap the tempo", |m, _| jam(Intent::Tap { at: m.seconds })),
    ("straighter", "(", Group::Play, "less swing", |_, _| jam(Intent::NudgeSwing(-0.02))),
    ("swing", ")", Group::Play, "more swing", |_, _| jam(Intent::NudgeSwing(0.02))),
    ("metronome", "g", Group::Play, "metronome on or off", |_, _| jam(Intent::ToggleMetronome)),
    ("panic", "!", Group::Play, "silence every sounding note", |_, _| jam(Intent::Panic)),

    ("sample", "s", Group::Make, "sample a new beat into the slot", |_, _| jam(Intent::Sample(None))),
    ("sample-row", "S", Group::Make, "sample row: its free slots or all", |_, _| jam(Intent::SampleRow(None))),
    ("vary", "v", Group::Make, "vary the pattern in its slot", |_, _| jam(Intent::Vary(None))),
    ("vary-aside", "V", Group::Make, "vary into the next empty slot", |_, _| jam(Intent::VaryAside(None))),
    ("interpolate", "i", Group::Make, "mark; on another: fill what's between", |_, _| jam(Intent::Interpolate(None))),
    ("cooler", "[  -", Group::Make, "temperature down: surer beats", |_, _| jam(Intent::NudgeTemperature(-0.05))),
    ("hotter", "]  +  =", Group::Make, "temperature up: wilder beats", |_, _| jam(Intent::NudgeTemperature(0.05))),
    ("record", "r", Group::Make, "record MIDI keys into the slot, or end", |_, _| jam(Intent::Record)),
    ("record-free", "alt-r", Group::Make, "record on the grid, or as it is played", |_, _| jam(Intent::RecordFree)),
    ("play-letters", "y", Group::Make, "letters play the track, as a keyboard", |_, _| Action::View(View::Piano)),
    ("model", "M", Group::Make, "sample with the next model", |_, _| jam(Intent::NextModel)),

    ("palette-fill", "alt-p", Group::Make, "palette: corners from the bank", |_, _| jam(Intent::PaletteFill)),
    ("corner-1", "alt-1", Group::Make, "palette: the corner left above", |_, _| jam(Intent::PaletteCorner { corner: 0, place: None })),
    ("corner-2", "alt-2", Group::Make, "palette: the corner right above", |_, _| jam(Intent::PaletteCorner { corner: 1, place: None })),
    ("corner-3", "alt-3", Group::Make, "palette: the corner left below", |_, _| jam(Intent::PaletteCorner { corner: 2, place: None })),
    ("corner-4", "alt-4", Group::Make, "palette: the corner right below", |_, _| jam(Intent::PaletteCorner { corner: 3, place: None })),
    ("dot-left", "ctrl-left", Group::Make, "palette: dot left; sliders: less", |_, _| Action::View(View::Steer(-1, 0))),
    ("dot-right", "ctrl-right", Group::Make, "palette: dot right; sliders: more", |_, _| Action::View(View::Steer(1, 0))),
    ("dot-up", "ctrl-up", Group::Make, "palette: dot up; sliders: choose", |_, _| Action::View(View::Steer(0, -1))),
    ("dot-down", "ctrl-down", Group::Make, "palette: dot down; sliders: choose", |_, _| Action::View(View::Steer(0, 1))),
    ("slider-home", "alt-a", Group::Make, "sliders: this one to the middle", |_, _| jam(Intent::SliderHome)),
    ("sliders-home", "alt-A", Group::Make, "sliders: all to the middle", |_, _| jam(Intent::SlidersHome)),

    ("left", "left  h", Group::Bank, "select the slot to the left", |_, _| jam(Intent::Move { rows: 0, columns: -1 })),
    ("right", "right  l", Group::Bank, "select the slot to the right", |_, _| jam(Intent::Move { rows: 0, columns: 1 })),
    ("up", "up  k", Group::Bank, "select the slot above", |_, _| jam(Intent::Move { rows: -1, columns: 0 })),
    ("down", "down  j", Group::Bank, "select the slot below", |_, _| jam(Intent::Move { rows: 1, columns: 0 })),
    ("copy", "c", Group::Bank, "copy the pattern", |_, _| jam(Intent::Copy(None))),
    ("paste", "p", Group::Bank, "paste it into the slot", |_, _| jam(Intent::Paste(None))),
    ("here", "alt-enter", Group::Bank, "a menu of what the slot can do", |_, _| Action::View(View::List(List::Here))),
    ("clear", "x  delete", Group::Bank, "clear the slot", |_, _| jam(Intent::Clear(None))),

    ("track-menu", "T t", Group::Tracks, "a menu of what the track can do", |_, _| Action::View(View::List(List::Track))),
    ("next-track", "tab", Group::Tracks, "select the next track", |_, _| jam(Intent::NextTrack(1))),
    ("previous-track", "backtab", Group::Tracks, "select the track before", |_, _| jam(Intent::NextTrack(-1))),
    ("halt", "backspace", Group::Tracks, "let the track fall silent", |_, _| jam(Intent::Halt(None))),
    ("mute-track", "T m", Group::Tracks, "mute the track", |_, _| jam(Intent::ToggleTrack(None))),
    ("solo-track", "T s", Group::Tracks, "only this track", |_, _| jam(Intent::SoloTrack(None))),
    ("louder", "T +  T =  alt-up", Group::Tracks, "louder by 1 dB", |_, _| jam(Intent::NudgeLevel { track: None, by: 1.0 })),
    ("softer", "T -  alt-down", Group::Tracks, "softer by 1 dB", |_, _| jam(Intent::NudgeLevel { track: None, by: -1.0 })),
    ("sound", "T n  alt-right", Group::Tracks, "the next sound", |_, _| jam(Intent::NudgeProgram(1))),
    ("sound-before", "T p  alt-left", Group::Tracks, "the sound before", |_, _| jam(Intent::NudgeProgram(-1))),
    ("octave-up", "T u", Group::Tracks, "an octave up", |_, _| jam(Intent::NudgeOctave(1))),
    ("octave-down", "T j", Group::Tracks, "an octave down", |_, _| jam(Intent::NudgeOctave(-1))),
    ("register", "T g", Group::Tracks, "melodies as a bass, E1 to G3, or as made", |_, _| jam(Intent::Register(None))),
    ("pan-left", "T <  T ,", Group::Tracks, "more to the left", |_, _| jam(Intent::NudgePan { track: None, by: -0.1 })),
    ("pan-right", "T >  T .", Group::Tracks, "more to the right", |_, _| jam(Intent::NudgePan { track: None, by: 0.1 })),
    ("loop-shorter", "T [", Group::Tracks, "loops a step shorter", |_, _| jam(Intent::NudgeSteps { track: None, by: -1 })),
    ("loop-longer", "T ]", Group::Tracks, "loops a step longer", |_, _| jam(Intent::NudgeSteps { track: None, by: 1 })),
    ("loop-own", "T 0", Group::Tracks, "loops of the patterns' own length", |_, _| jam(Intent::Steps { track: None, steps: 0 })),
    ("freeze", "T f", Group::Tracks, "freeze the track as it sounds, or thaw", |_, _| jam(Intent::Freeze(None))),
    ("add-drums", "T d", Group::Tracks, "another track for drums", |_, _| jam(Intent::AddTrack(Part::Drums))),
    ("add-lead", "T l", Group::Tracks, "another track for melodies", |_, _| jam(Intent::AddTrack(Part::Lead))),
    ("add-bass", "T b", Group::Tracks, "another track for bass", |_, _| jam(Intent::AddTrack(Part::Bass))),
    ("remove-track", "T x", Group::Tracks, "take the last track away", |_, _| jam(Intent::RemoveTrack)),

    ("unmute", "0  m a", Group::Drums, "all drums back", |_, _| jam(Intent::UnmuteAll)),

    ("undo", "u  ctrl-z", Group::Jam, "take the last change back", |_, _| jam(Intent::Undo)),
    ("redo", "U  ctrl-r  ctrl-y", Group::Jam, "do it again", |_, _| jam(Intent::Redo)),
    ("commands", ":", Group::Jam, "find a command, or set: tempo 128", |_, _| Action::View(View::List(List::Commands))),
    ("save", "w", Group::Jam, "save the bank as MIDI, track by track", |_, _| jam(Intent::Save)),
    ("save-session", "ctrl-s", Group::Jam, "save the whole jam as a session", |_, _| jam(Intent::SaveSession)),
    ("open", "ctrl-o", Group::Jam, "open a session", |_, _| Action::View(View::List(List::Sessions))),
    ("render", "E", Group::Jam, "render the bank as a WAV file", |_, _| jam(Intent::Render)),
    ("call-off", "ctrl-x", Group::Jam, "call off what is being made", |_, _| jam(Intent::CallOff)),
    ("code", "f6  \\", Group::Code, "write a script, or its pane away", |_, _| Action::View(View::Code)),
    ("console", "f3  ;", Group::Code, "a line of code at once", |_, _| Action::View(View::Console)),
    ("open-script", "f4", Group::Code, "open a script: yours, tutorial, sets", |_, _| Action::View(View::List(List::Scripts))),
    ("run-script", "f5", Group::Code, "run it: takes over at the next bar", |_, _| Action::Code(CodeEdit::File)),
    ("stop-scripts", "f8", Group::Code, "end all scripts", |_, _| jam(Intent::Script(ScriptOrder::Stop))),
    ("theme", "C", Group::Screen, "choose the colours", |_, _| Action::View(View::List(List::Themes))),
    ("edit", "e", Group::Screen, "edit the notes, or be done with it", |_, _| Action::View(View::Edit)),
    ("follow", "f", Group::Screen, "roll: scroll, or stand page by page", |_, _| Action::View(View::Follow)),
    ("all-tracks", "a", Group::Screen, "roll: this track, or all that play", |_, _| Action::View(View::AllTracks)),
    ("zoom", "z", Group::Screen, "the roll over the whole screen", |_, _| Action::View(View::Zoom(Pane::Roll))),
    ("zoom-side", "Z", Group::Screen, "the bank or side pane over it", |_, _| Action::View(View::ZoomSide)),
    ("mixer", "X", Group::Screen, "mixer", |_, _| Action::View(View::Side(Pane::Mixer))),
    ("palette", "P", Group::Screen, "palette: four patterns and between", |_, _| Action::View(View::Side(Pane::Palette))),
    ("chain-view", "J", Group::Screen, "chain: its points and how far it is", |_, _| Action::View(View::Side(Pane::Chain))),
    ("sliders", "A", Group::Screen, "sliders: more or less of something", |_, _| Action::View(View::Side(Pane::Sliders))),
    ("machine", "K", Group::Screen, "clock and load", |_, _| Action::View(View::Side(Pane::Machine))),
    ("log", "L", Group::Screen, "everything that was said", |_, _| Action::View(View::Side(Pane::Log))),
    ("hide-bank", "B", Group::Screen, "the bank away, or back", |_, _| Action::View(View::WithoutBank)),
    ("swap", "W", Group::Screen, "swap the roll and the bank", |_, _| Action::View(View::Swap)),
    ("roll-left", "shift-left", Group::Screen, "roll: back by a beat", |_, _| Action::View(View::Shift(-1))),
    ("roll-right", "shift-right", Group::Screen, "roll: on by a beat", |_, _| Action::View(View::Shift(1))),
    ("roll-up", "shift-up", Group::Screen, "roll: higher keys", |_, _| Action::View(View::Lift(1))),
    ("roll-down", "shift-down", Group::Screen, "roll: lower keys", |_, _| Action::View(View::Lift(-1))),
    ("wider", "}", Group::Screen, "roll: wider steps", |_, _| Action::View(View::Stretch(1))),
    ("narrower", "{", Group::Screen, "roll: narrower steps", |_, _| Action::View(View::Stretch(-1))),
    ("roll-home", "home", Group::Screen, "roll: as it would be by itself", |_, _| Action::View(View::Shift(0))),
    ("redraw", "ctrl-l", Group::Screen, "draw the screen anew", |_, _| Action::View(View::Redraw)),
    ("help", "?  f1", Group::Jam, "all keys", |_, _| Action::View(View::Help)),
    ("welcome", "f2", Group::Jam, "three keys to begin with", |_, _| Action::View(View::Welcome)),
    ("close", "esc", Group::Jam, "close this, forget the mark", |_, _| Action::View(View::Close)),
    ("interrupt", "ctrl-c", Group::Jam, "twice: quit", |m, _| jam(Intent::Interrupt { at: m.seconds })),
    ("quit", "q", Group::Jam, "quit", |_, _| jam(Intent::Quit)),
];

/// The same while notes are edited.
#[rustfmt::skip]
const EDIT_ROWS: &[(&str, &str, &str, Edit)] = &[
    ("note", "enter", "write a note, or take it away", Edit::Toggle),
    ("cursor-left", "left  h", "a step back", Edit::Go(-1, 0)),
    ("cursor-right", "right  l", "a step on", Edit::Go(1, 0)),
    ("cursor-up", "up  k", "a key higher", Edit::Go(0, 1)),
    ("cursor-down", "down  j", "a key lower", Edit::Go(0, -1)),
    ("beat-left", "ctrl-left  pageup", "a beat back", Edit::Go(-4, 0)),
    ("beat-right", "ctrl-right  pagedown", "a beat on", Edit::Go(4, 0)),
    ("octave-above", "ctrl-up", "an octave higher", Edit::Go(0, 12)),
    ("octave-below", "ctrl-down", "an octave lower", Edit::Go(0, -12)),
    ("delete-notes", "x  delete", "delete the notes", Edit::Delete),
    ("earlier", "alt-left", "move the notes a step earlier", Edit::Shift(-1, 0)),
    ("later", "alt-right", "move the notes a step later", Edit::Shift(1, 0)),
    ("higher", "alt-up", "move the notes a key up", Edit::Shift(0, 1)),
    ("lower", "alt-down", "move the notes a key down", Edit::Shift(0, -1)),
    ("octave-higher", "alt-pageup", "transpose by an octave up", Edit::Shift(0, 12)),
    ("octave-lower", "alt-pagedown", "transpose by an octave down", Edit::Shift(0, -12)),
    ("longer", "shift-right  )", "longer by a step", Edit::Resize(1)),
    ("shorter", "shift-left  (", "shorter by a step", Edit::Resize(-1)),
    ("harder", "+  =  shift-up", "struck harder", Edit::Louder(8)),
    ("lighter", "-  shift-down", "struck lighter", Edit::Louder(-8)),
    ("likelier", "]", "the notes in more of the rounds", Edit::Likelier(10)),
    ("rarer", "[", "the notes in fewer of the rounds", Edit::Likelier(-10)),
    ("chance", "%", "in all, 75, 50, 25 percent of the rounds", Edit::Likelier(0)),
    ("select", "v", "begin a selection, or forget it", Edit::Select),
    ("select-all", "ctrl-a", "select every note of the part", Edit::All),
    ("edit-copy", "c", "copy the notes", Edit::Copy),
    ("edit-paste", "p", "paste them at the cursor", Edit::Paste),
    ("on-the-grid", "Q", "put the notes on the grid", Edit::Quantise),
    ("scale", "s", "keep notes to the next scale", Edit::Scale),
    ("scale-root", "S", "the scale on the next root", Edit::Root),
    ("part", "tab", "the next part of a trio", Edit::Part),
    ("step-entry", "i", "letters and MIDI keys write notes", Edit::Entry),
];

/// Hints while notes are edited.
pub const EDIT_HINTS: &[(&[&str], &str)] = &[
    (&["edit"], "done"),
    (&["note"], "note"),
    (&["delete-notes"], "delete"),
    (&["select"], "select"),
    (&["edit-copy", "edit-paste"], "copy/paste"),
    (&["longer", "shorter"], "length"),
    (&["harder", "lighter"], "velocity"),
    (&["chance"], "chance"),
    (&["undo"], "undo"),
    (&["scale"], "scale"),
    (&["step-entry"], "type notes"),
    (&["on-the-grid"], "grid"),
];

/// Commands hinted at the foot of the screen, the most needed first: their names, and a word for them together.
pub const HINTS: &[(&[&str], &str)] = &[
    (&["help"], "keys"),
    (&["play"], "play"),
    (&["launch"], "launch"),
    (&["sample"], "new"),
    (&["vary"], "vary"),
    (&["undo"], "undo"),
    (&["save"], "save"),
    (&["quit"], "quit"),
    (&["commands"], "find"),
    (&["interpolate"], "mix"),
    (&["cooler", "hotter"], "temp"),
    (&["slower", "faster"], "tempo"),
    (&["copy", "paste"], "copy/paste"),
    (&["sample-row"], "fill row"),
    (&["tap"], "tap"),
    (&["metronome"], "click"),
    (&["clear"], "clear"),
];

/// All commands, in the order of the help.
pub fn all() -> Vec<Command> {
    let rows = ROWS.iter().chain(rig::ROWS).map(|&(name, keys, group, help, act)| Command {
        name: name.to_owned(),
        keys: keys.split("  ").map(str::to_owned).collect(),
        group,
        help: help.to_owned(),
        mode: Mode::Jam,
        act,
        class: 0,
        family: None,
        short: String::new(),
    });
    let class =
        |verb: &str, keys: Vec<String>, help: String, class: u8, act: fn(&Moment, u8) -> Action| Command {
            name: format!("{verb}-{}", kit::name(class).unwrap_or_default().replace(' ', "-")),
            keys,
            group: Group::Drums,
            help,
            mode: Mode::Jam,
            act,
            class,
            family: Some(if verb == "mute" { "mute a drum" } else { "only this drum" }),
            short: kit::name(class).unwrap_or_default().to_owned(),
        };
    let mutes = (0..kit::CLASSES).zip(CLASS_LETTERS).map(|(c, letter)| {
        let keys = vec![(c + 1).to_string(), format!("m {letter}"), format!("m {}", c + 1)];
        let help = format!("mute the {}", kit::name(c).unwrap_or_default());
        class("mute", keys, help, c, |_, c| jam(Intent::ToggleClass(c)))
    });
    let solos = (0..kit::CLASSES).zip(CLASS_LETTERS).map(|(c, letter)| {
        let keys = vec![format!("o {letter}"), format!("o {}", c + 1)];
        let help = format!("only the {}", kit::name(c).unwrap_or_default());
        class("only", keys, help, c, |_, c| jam(Intent::SoloClass(c)))
    });
    let tracks = (0..track::MOST as u8).map(|at| Command {
        name: format!("track-{}", at + 1),
        keys: vec![format!("T {}", at + 1)],
        group: Group::Tracks,
        help: format!("select track {}", at + 1),
        mode: Mode::Jam,
        act: |_, at| jam(Intent::SelectTrack(usize::from(at))),
        class: at,
        family: Some("select a track"),
        short: String::new(),
    });
    let edits = EDIT_ROWS.iter().enumerate().map(|(at, &(name, keys, help, _))| Command {
        name: name.to_owned(),
        keys: keys.split("  ").map(str::to_owned).collect(),
        group: Group::Notes,
        help: help.to_owned(),
        mode: Mode::Edit,
        act: |_, at| {
            EDIT_ROWS.get(usize::from(at)).map_or(Action::View(View::Close), |row| Action::Edit(row.3))
        },
        class: at as u8,
        family: None,
        short: String::new(),
    });
    rows.chain(tracks).chain(mutes).chain(solos).chain(edits).chain(code::all()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Group, HINTS, all};
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_every_command_has_a_key_a_group_and_help() {
        let commands = all();
        let names: HashSet<&str> = commands.iter().map(|command| command.name.as_str()).collect();
        assert_eq!(names.len(), commands.len());
        for command in &commands {
            assert!(!command.keys.is_empty() && !command.help.is_empty(), "{}", command.name);
            assert!(Group::ALL.contains(&command.group));
        }
        for (hinted, _) in HINTS.iter().chain(super::EDIT_HINTS).chain(super::code::HINTS) {
            assert!(hinted.iter().all(|name| names.contains(name)), "{hinted:?}");
        }
    }
}
