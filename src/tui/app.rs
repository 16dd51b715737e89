//! The application without a terminal: events in, effects out, and something to draw.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::Rect;

use super::arrangement::{Arrangement, Pane};
use super::chord::Chord;
use super::code::{self, Code};
use super::command::{Action, Mode, Moment, View};
use super::drag::Drag;
use super::drift::Drift;
use super::editor::{Edit, Editor};
use super::keymap::{Keymap, Pressed};
use super::late::Dues;
use super::picker::{Choice, Item, List, Picker};
use super::tape::Tape;
use super::theme::{Shelf, Theme};
use super::view::{self, Layout};
use crate::audio::SoundNews;
use crate::engine::{Lock, Snapshot};
use crate::jam::learn::{self, Knob};
use crate::jam::session::store;
use crate::jam::{Effect, Intent, ScriptOrder, Slot, SlotId, State, Tone, track, update};
use crate::midi::Panel;
use crate::script::examples;

/// Asks for the command to be learned.
const TEACH: &str = "Press the key of a command, or find it with {commands}: a pad will do it";

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
    pub help_end: u16,
    /// The screen is too small to show the jam: keys that would change what nobody sees do nothing.
    pub cramped: bool,
    /// How the roll follows.
    pub follow: Follow,
    /// Notes are edited.
    pub editor: Option<Editor>,
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
    /// The command given next is learned by a pad instead of being done.
    pub teaching: bool,
    /// The themes there are.
    pub shelf: Shelf,
    /// Folder of the player's own themes, read anew whenever the list of themes is opened.
    pub theme_folder: Option<PathBuf>,
    /// The theme before the list of themes was opened.
    theme_before: Option<String>,
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
            sound: sound.line().to_owned(),
            rig: None,
            drift: Drift::default(),
            welcome: false,
            help: None,
            help_end: 0,
            cramped: false,
            follow: Follow::Scroll,
            editor: None,
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
            teaching: false,
            shelf: Shelf::default(),
            theme_folder: None,
            theme_before: None,
            click: None,
            drag: None,
            text_click: None,
        }
    }

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

    /// Hands an intent to the jam. What it says about things that went wrong goes into the log as well.
    pub fn intent(&mut self, intent: Intent) -> Vec<Effect> {
        let before = self.jam.log.total();
        let heard = match &intent {
            Intent::ScriptSays(news) => self.code.hear(news),
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

    /// The screen has this size now.
    pub fn resized(&mut self, area: Rect) {
        self.cramped = Layout::new(area).is_none();
        if let Some(room) = view::guests::code::room(self, area) {
            self.code.fit((room.width, room.height));
        }
    }

    /// A key was pressed (or repeats).
    pub fn key(&mut self, event: KeyEvent, moment: &Moment) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.seen = self.jam.log.total();
        // The first key takes the welcome away and does what it always does; those that only close do only that.
        if !self.cramped
            && std::mem::take(&mut self.welcome)
            && matches!(event.code, KeyCode::Esc | KeyCode::F(2))
        {
            return Vec::new();
        }
        if self.picker.is_some() && !self.cramped {
            return self.pick(event, moment);
        }
        if let Some(scroll) = self.help.filter(|_| !self.cramped)
            && let Some(to) = self.scrolled(event.code, scroll)
        {
            self.help = Some(to);
            return Vec::new();
        }
        if let Some(effects) = self.written(event, moment) {
            return effects;
        }
        if let Some(effects) = self.typed(event) {
            return effects;
        }
        if let Some(key) = self.listened(event) {
            return self.intent(Intent::Script(ScriptOrder::Key(key)));
        }
        self.keymap.mode = if self.editor.is_some() { Mode::Edit } else { Mode::Jam };
        let (name, action) = match self.keymap.press(Chord::from(event)) {
            Pressed::Run(command) => (command.name.clone(), (command.act)(moment, command.class)),
            Pressed::More | Pressed::Nothing => return Vec::new(),
        };
        if let Some(effects) = self.taught(&name, &action) {
            return effects;
        }
        if self.cramped {
            return match action {
                Action::Jam(intent @ (Intent::TogglePlay | Intent::Panic | Intent::Quit)) => {
                    self.intent(intent)
                }
                _ => Vec::new(),
            };
        }
        match action {
            Action::View(view @ (View::Help | View::Close)) => self.view(view),
            // Under the help nobody sees what a key does: it takes the help away and does no more.
            _ if self.help.take().is_some() => Vec::new(),
            other => self.act(other),
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::View(view) => self.view(view),
            Action::Edit(edit) => self.edit(edit),
            Action::Jam(intent) => self.intent(intent),
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

    /// While a command is to be learned: the command `name` is, and not done. What only leads to commands goes on.
    fn taught(&mut self, name: &str, action: &Action) -> Option<Vec<Effect>> {
        if !self.teaching
            || matches!(action, Action::View(View::List(List::Commands) | View::Learn | View::Help))
        {
            return None;
        }
        self.teaching = false;
        if *action == Action::View(View::Close) {
            return Some(self.intent(Intent::Say(Tone::Said, "Learns nothing".to_owned())));
        }
        Some(self.intent(Intent::Learn(learn::Target::Command(name.to_owned()))))
    }

    /// A knob moved or a pad was struck (`value` 0..=127): where it has learned a command, that is done.
    pub fn knob(&mut self, knob: Knob, value: u8, moment: &Moment) -> Vec<Effect> {
        let name = match (&self.jam.learning, self.jam.learned.get(knob)) {
            (None, Some(learn::Target::Command(name))) => name.clone(),
            _ => return self.intent(Intent::Knob { knob, value }),
        };
        if value < 64 || self.cramped {
            return Vec::new();
        }
        match self.keymap.commands().iter().find(|command| command.name == name) {
            Some(command) => self.act((command.act)(moment, command.class)),
            None => {
                let text = format!(
                    "The pad has learned {name}, which is no command any more: {{learn-command}} teaches another"
                );
                self.intent(Intent::Say(Tone::Hint, text))
            }
        }
    }

    /// Begins to edit the selected pattern, or ends it.
    fn toggle_editor(&mut self) -> Vec<Effect> {
        if self.editor.take().is_some() {
            return self
                .intent(Intent::Say(Tone::Said, "Done. {undo} takes changes back one by one".to_owned()));
        }
        let place = self.jam.cursor;
        let Some(slot) = self.jam.selected() else {
            let text = format!("{place} is empty: {{sample}} makes a pattern to edit");
            return self.intent(Intent::Say(Tone::Hint, text));
        };
        self.editor = Some(Editor::new(place, slot));
        let text =
            format!("Editing {place}: {{note}} writes a note, {{edit}} is done, {{help}} shows all keys");
        self.intent(Intent::Say(Tone::Said, text))
    }

    /// The pattern that is edited; editing ends where it is gone or another one was selected.
    pub(super) fn edited(&mut self) -> Option<Arc<Slot>> {
        let place = self.editor.as_ref()?.place;
        let slot = self.jam.edit.bank.get(place).cloned().filter(|_| place == self.jam.cursor);
        if slot.is_none() {
            self.editor = None;
        }
        slot
    }

    pub(super) fn edit(&mut self, edit: Edit) -> Vec<Effect> {
        let Some(slot) = self.edited() else { return Vec::new() };
        let intent = self.editor.as_mut().and_then(|editor| editor.act(edit, &slot));
        intent.map_or_else(Vec::new, |intent| self.intent(intent))
    }

    /// A letter while letters write notes; `None` where the key means what it always does.
    fn typed(&mut self, event: KeyEvent) -> Option<Vec<Effect>> {
        if !self.editor.as_ref()?.entry || self.cramped || self.help.is_some() {
            return None;
        }
        if event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return None;
        }
        let slot = self.edited()?;
        let intent = self.editor.as_mut()?.letter(event.code, &slot)?;
        Some(intent.map_or_else(Vec::new, |intent| self.intent(intent)))
    }

    /// News from outside. A MIDI key that was learned for nothing writes a note while notes are entered.
    pub fn news(&mut self, intent: Intent) -> Vec<Effect> {
        let enters = self.editor.as_ref().is_some_and(|editor| editor.entry)
            && !self.cramped
            && self.jam.recording.is_none()
            && self.jam.learning.is_none();
        let learned = |struck: u8| {
            let knobs = self.jam.learned.learned.iter().map(|learned| learned.knob);
            knobs.into_iter().any(|knob| matches!(knob, Knob::Key { key, .. } if key == struck))
        };
        if let Intent::Key { key, velocity: velocity @ 1.., .. } = intent
            && enters
            && !learned(key)
            && let Some(slot) = self.edited()
        {
            let written = self.editor.as_mut().and_then(|editor| editor.struck(key, velocity, &slot));
            return written.map_or_else(Vec::new, |intent| self.intent(intent));
        }
        self.intent(intent)
    }

    /// A key while a list is open. Urgent chords that are no letter of it keep their meaning.
    fn pick(&mut self, event: KeyEvent, moment: &Moment) -> Vec<Effect> {
        let Some(picker) = self.picker.as_mut() else { return Vec::new() };
        let held = event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match event.code {
            KeyCode::Esc => return self.leave_list(false, moment),
            KeyCode::Enter => return self.leave_list(true, moment),
            KeyCode::Down | KeyCode::Tab => picker.go(1),
            KeyCode::Up | KeyCode::BackTab => picker.go(-1),
            KeyCode::PageDown => picker.go(10),
            KeyCode::PageUp => picker.go(-10),
            KeyCode::Backspace => {
                if !picker.erase() {
                    return self.leave_list(false, moment);
                }
            }
            KeyCode::Char('n') if held => picker.go(1),
            KeyCode::Char('p') if held => picker.go(-1),
            KeyCode::Char('c') if held => return self.leave_list(false, moment),
            KeyCode::Char(letter) if !held => picker.put(letter),
            _ => return Vec::new(),
        }
        self.preview();
        Vec::new()
    }

    /// The theme under the cursor is seen at once.
    pub(super) fn preview(&mut self) {
        let chosen = self.picker.as_ref().and_then(Picker::chosen);
        if let Some(Choice::Theme(name)) = chosen.map(|item| &item.choice) {
            self.theme = Theme::of(&self.shelf, Some(name), self.theme.depth());
        }
    }

    pub(super) fn leave_list(&mut self, take: bool, moment: &Moment) -> Vec<Effect> {
        let Some(picker) = self.picker.take() else { return Vec::new() };
        let chosen = picker.chosen().filter(|_| take).map(|item| item.choice.clone());
        let before = self.theme_before.take();
        match chosen {
            Some(Choice::Command(index)) => {
                let Some(command) = self.keymap.commands().get(index) else { return Vec::new() };
                let (name, action) = (command.name.clone(), (command.act)(moment, command.class));
                self.taught(&name, &action).unwrap_or_else(|| self.act(action))
            }
            Some(Choice::Set(intent)) => self.intent(intent),
            Some(Choice::Session(path)) => self.intent(Intent::Open(path)),
            Some(Choice::Script(path)) => {
                self.show_code();
                if path.exists() {
                    return self.intent(Intent::Script(ScriptOrder::Open { path, play: false }));
                }
                let name = path.display().to_string();
                self.code.open(Some(path), &name, "");
                self.intent(Intent::Say(Tone::Said, format!("{name}: {{save-script}} makes the file")))
            }
            Some(Choice::Example(name)) => {
                self.show_code();
                self.code.open(None, name, examples::text(name).unwrap_or_default());
                self.intent(Intent::Say(
                    Tone::Said,
                    format!("{name}: {{run-script}} plays it, {{save-script}} makes it a file of yours"),
                ))
            }
            Some(Choice::Theme(name)) => {
                let text = match self.theme.name() == name {
                    true => format!("Theme {name}. It is kept for the next time"),
                    false => format!("This terminal shows no colours: {} it is", self.theme.name()),
                };
                let mut effects = self.intent(Intent::Say(Tone::Said, text));
                for warning in self.theme.warnings().to_vec() {
                    effects.extend(self.intent(Intent::Say(Tone::Hint, warning)));
                }
                effects
            }
            None => {
                if let Some(name) = before {
                    self.theme = Theme::of(&self.shelf, Some(&name), self.theme.depth());
                }
                Vec::new()
            }
        }
    }

    /// Opens a list over the screen.
    fn open_list(&mut self, list: List) {
        self.help = None;
        self.code.console.open = false;
        let picker = match list {
            List::Scripts => Picker::new(list, code::list::items(self.code.path.as_deref())),
            List::Commands => Picker::commands(&self.keymap),
            List::Sessions => {
                let folder = self.state_folder.as_deref();
                let item = |path: PathBuf, note: &str| Item {
                    label: path.display().to_string(),
                    note: note.to_owned(),
                    choice: Choice::Session(path),
                };
                let crashed = folder.and_then(store::crashed).map(|path| item(path, "ended without a word"));
                let recent = folder.map(store::recent).unwrap_or_default();
                Picker::new(
                    list,
                    crashed.into_iter().chain(recent.into_iter().map(|p| item(p, ""))).collect(),
                )
            }
            List::Themes => {
                self.shelf = self.theme_folder.as_deref().map_or_else(Shelf::default, Shelf::read);
                let item = |name: String| Item {
                    note: if self.shelf.is_own(&name) { "yours".to_owned() } else { String::new() },
                    choice: Choice::Theme(name.clone()),
                    label: name,
                };
                let mut picker = Picker::new(list, self.shelf.names().into_iter().map(item).collect());
                picker.go_to(self.theme.name());
                self.theme_before = Some(self.theme.name().to_owned());
                picker
            }
        };
        self.picker = Some(picker);
    }

    fn scrolled(&self, code: KeyCode, scroll: u16) -> Option<u16> {
        let to = match code {
            KeyCode::Down | KeyCode::Char('j') => scroll.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => scroll.saturating_sub(1),
            KeyCode::PageDown => scroll.saturating_add(10),
            KeyCode::PageUp => scroll.saturating_sub(10),
            _ => return None,
        };
        Some(to.min(self.help_end))
    }

    fn view(&mut self, view: View) -> Vec<Effect> {
        match view {
            View::Help => self.help = if self.help.is_some() { None } else { Some(0) },
            View::Close => {
                // One step a key: first what lies on top, then what waits.
                if !self.keymap.forget() && self.help.take().is_none() {
                    match self.editor.as_mut() {
                        Some(editor) if editor.entry => editor.entry = false,
                        Some(editor) if editor.anchor.is_some() => editor.anchor = None,
                        Some(_) => return self.toggle_editor(),
                        None => return self.intent(Intent::Dismiss),
                    }
                }
            }
            View::Welcome => self.welcome = true,
            View::Follow => {
                self.follow = match self.follow {
                    Follow::Scroll => Follow::Page,
                    Follow::Page => Follow::Scroll,
                };
            }
            View::Redraw => self.redraw = true,
            View::Learn => {
                self.teaching = !self.teaching;
                let text = if self.teaching { TEACH } else { "Learns nothing" };
                return self.intent(Intent::Say(Tone::Said, text.to_owned()));
            }
            View::Code => self.toggle_code(),
            View::Console => self.code.console.open = !self.code.console.open,
            View::List(list) => self.open_list(list),
            View::Edit => return self.toggle_editor(),
            View::Side(pane) => self.panes.toggle_side(pane),
            View::Zoom(pane) => self.panes.toggle_zoom(pane),
            View::ZoomSide => self.panes.toggle_zoom(match self.panes.side {
                Pane::Detail => Pane::Bank,
                other => other,
            }),
            View::WithoutBank => self.panes.without_bank = !self.panes.without_bank,
            View::Swap => self.panes.swapped = !self.panes.swapped,
            View::AllTracks => self.panes.all_tracks = !self.panes.all_tracks,
            View::Steer(right, down) if self.panes.shows(Pane::Sliders) => {
                return self.intent(match down {
                    0 => Intent::NudgeSlider(0.1 * f32::from(right)),
                    down => Intent::ChooseSlider(down),
                });
            }
            View::Steer(right, down) => {
                let (x, y) = (0.05 * f64::from(right), 0.05 * f64::from(down));
                return self.intent(Intent::PaletteMove { x, y });
            }
            View::Shift(0) => (self.shift, self.lift, self.stretch) = (0, 0, 0),
            View::Shift(beats) => self.shift = (self.shift + i32::from(beats)).clamp(-4096, 4096),
            View::Lift(keys) => self.lift = (self.lift + i16::from(keys)).clamp(-127, 127),
            View::Stretch(columns) => {
                self.stretch = (self.stretch + i16::from(columns)).clamp(-11, 11);
            }
        }
        Vec::new()
    }

    /// Takes in what the engine shows of itself.
    pub fn observe(&mut self, now: Snapshot) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.meter, now);
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
