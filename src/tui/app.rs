//! The application without a terminal: events in, effects out, and something to draw.

mod keys;
mod lists;
mod notes;
mod observe;
mod views;

use std::path::PathBuf;

use ratatui::layout::Rect;

use super::arrangement::{Arrangement, Pane};
use super::code::Code;
use super::command::Action;
use super::drag::Drag;
use super::drift::Drift;
use super::editor::Editor;
use super::keymap::Keymap;
use super::late::Dues;
use super::piano::Piano;
use super::picker::Picker;
use super::strokes::Strokes;
use super::tape::Tape;
use super::theme::{Shelf, Theme};
use super::view::{self, Layout, Reach};
use crate::audio::SoundNews;
use crate::engine::Snapshot;
use crate::jam::{Effect, Intent, Message, SlotId, State, Tone, track, update};
use crate::midi::Panel;

/// Said where something waits for a MIDI input and there is none.
pub(super) const UNWIRED: &str =
    "No MIDI input is open, so nothing will come: `:midi-in NAME` opens one, `mvae-tui ports` lists them";

/// Beats for which what was done is news.
const OLD: f64 = 32.0;

/// How the roll goes along with the music.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// The playhead stands, the music passes under it.
    Scroll,
    /// The music stands, the playhead runs over it, page by page.
    Page,
}

/// Everything a screen is drawn from.
#[derive(Debug, Clone)]
pub struct App {
    /// The jam itself.
    pub jam: State,
    /// Keys.
    pub keymap: Keymap,
    /// Colours.
    pub theme: Theme,
    /// The engine as last seen.
    pub meter: Snapshot,
    /// What sounded when, on each track.
    pub tapes: [Tape; track::MOST],
    /// Single notes of scripts.
    pub strokes: Strokes,
    /// What makes the sound, or why nothing does.
    pub sound: String,
    /// MIDI ports and timing, where the rig runs.
    pub rig: Option<Panel>,
    /// How far the ticks of the clock have drifted from the song.
    pub drift: Drift,
    /// No device takes the sound.
    pub silent: bool,
    /// The welcome of the first start lies over the screen.
    pub welcome: bool,
    /// The help is shown, from this line on.
    pub help: Option<u16>,
    /// How far the help can be scrolled, as last drawn.
    pub help_reach: Reach,
    /// The screen is too small to show the jam: keys that would change what nobody sees do nothing.
    pub cramped: bool,
    /// How the roll follows.
    pub follow: Follow,
    /// Notes are edited.
    pub editor: Option<Editor>,
    /// Letters play notes.
    pub piano: Option<Piano>,
    /// The script in its pane, and the console.
    pub code: Code,
    /// A list to choose from lies over the screen.
    pub picker: Option<Picker>,
    /// Folder of what outlives the jam: recent sessions are looked up there.
    pub state_folder: Option<PathBuf>,
    /// Which panes are on the screen.
    pub panes: Arrangement,
    /// Beats that the roll is moved by, against what it would show by itself.
    pub shift: i32,
    /// Keys that rolls of notes are moved up by.
    pub lift: i16,
    /// Columns that a step of the roll is wider (or narrower) than the screen would make it.
    pub stretch: i16,
    /// Reduced motion: nothing scrolls by itself.
    pub calm: bool,
    /// What does not come in when it was to.
    pub dues: Dues,
    /// Everything is to be drawn anew.
    pub redraw: bool,
    /// Messages ever said when the player last did something: these were seen.
    pub seen: u64,
    /// The newest message as first seen (messages ever said, how often it was), and the beat at that time.
    told: (u64, u32, f64),
    /// The command given next is learned by a pad instead of being done.
    pub teaching: bool,
    /// The themes there are.
    pub shelf: Shelf,
    /// Folder of the player's own themes, read anew whenever the list of themes is opened.
    pub theme_folder: Option<PathBuf>,
    /// The theme before the list of themes was opened.
    theme_before: Option<String>,
    /// The theme that was chosen from the list.
    theme_chosen: Option<String>,
    pub(super) click: Option<(SlotId, f64)>,
    /// A note that the mouse holds.
    pub(super) drag: Option<Drag>,
    pub(super) text_click: Option<(usize, f64)>,
}

impl App {
    /// An app that shows `jam`, and in its header what is known of the sound.
    pub fn new(jam: State, theme: Theme, sound: &SoundNews) -> Self {
        Self {
            silent: matches!(sound, SoundNews::Silent(_)),
            jam,
            keymap: Keymap::default(),
            theme,
            meter: Snapshot::default(),
            tapes: Default::default(),
            strokes: Strokes::default(),
            sound: sound.line().to_owned(),
            rig: None,
            drift: Drift::default(),
            welcome: false,
            help: None,
            help_reach: Reach::default(),
            cramped: false,
            follow: Follow::Scroll,
            editor: None,
            piano: None,
            code: Code::default(),
            picker: None,
            state_folder: None,
            panes: Arrangement::default(),
            shift: 0,
            lift: 0,
            stretch: 0,
            calm: false,
            dues: Dues::default(),
            redraw: false,
            seen: 0,
            told: (0, 0, 0.0),
            teaching: false,
            shelf: Shelf::default(),
            theme_folder: None,
            theme_before: None,
            theme_chosen: None,
            click: None,
            drag: None,
            text_click: None,
        }
    }

    /// The theme to begin with the next time, where `before` was to be it until now: what a terminal without colours or
    /// an option made of this one time is no choice.
    pub fn kept_theme(&self, before: &str) -> String {
        self.theme_chosen.clone().unwrap_or_else(|| before.to_owned())
    }

    /// The message that stands in the status line. What was done is old news after eight bars; what is to be done about
    /// something stays.
    pub fn standing(&self) -> Option<&Message> {
        let message = self.jam.log.standing(self.seen)?;
        let news = (self.jam.log.total(), message.times) != (self.told.0, self.told.1);
        let young = (0.0..=OLD).contains(&(self.meter.beat - self.told.2));
        let done = matches!(message.tone, Tone::Said | Tone::Good);
        (!done || news || young || !self.jam.playing).then_some(message)
    }

    /// True where a MIDI input is open.
    pub(super) fn is_wired(&self) -> bool {
        self.rig.as_ref().is_some_and(|rig| rig.inputs.iter().any(|port| port.open))
    }

    /// Hands an intent to the jam. What it says about things that went wrong goes into the log as well.
    pub fn intent(&mut self, intent: Intent) -> Vec<Effect> {
        let before = self.jam.log.total();
        let heard = match &intent {
            Intent::ScriptSays(news) => {
                // Scripts play on many tracks, and all of them are to be seen until the player chooses one.
                self.panes.all_tracks |= self.code.begins(news);
                self.code.hear(news)
            }
            Intent::Perform(command) => {
                self.strokes.take(command);
                None
            }
            _ => None,
        };
        let effects = update(&mut self.jam, intent);
        if let Some((tone, text)) = heard {
            update(&mut self.jam, Intent::Say(tone, text));
        }
        for message in self.jam.log.since(before) {
            let text = self.keymap.fill_in(&message.text);
            match message.tone {
                Tone::Error => tracing::warn!("{text}"),
                Tone::Hint => tracing::info!("{text}"),
                Tone::Said | Tone::Good => tracing::debug!("{text}"),
            }
        }
        effects
    }

    /// The screen has this size now, and is about to be drawn.
    pub fn resized(&mut self, area: Rect) {
        self.keymap.plain = self.theme.is_ascii();
        self.cramped = Layout::new(area).is_none();
        if let Some(room) = view::guests::code::room(self, area) {
            self.code.fit((room.width, room.height));
        }
    }

    /// Does what a command does.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::View(view) => self.view(view),
            Action::Edit(edit) => self.edit(edit),
            Action::Jam(intent) => {
                let learns = matches!(
                    intent,
                    Intent::Learn(_)
                        | Intent::LearnLaunch
                        | Intent::LearnMute
                        | Intent::LearnLevel
                        | Intent::LearnSlider
                );
                let mut effects = self.intent(intent);
                if learns && self.jam.learning.is_some() && !self.is_wired() {
                    effects.extend(self.intent(Intent::Say(Tone::Hint, UNWIRED.to_owned())));
                }
                effects
            }
            Action::Code(edit) => {
                if !self.code.focused && self.panes.side != Pane::Code {
                    // Whoever runs a script wants to see it.
                    self.panes.side = Pane::Detail;
                    self.panes.toggle_side(Pane::Code);
                }
                let intent = self.code.act(edit);
                intent.map_or_else(Vec::new, |intent| self.intent(intent))
            }
        }
    }
}
