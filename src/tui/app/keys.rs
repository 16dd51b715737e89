//! Keys and learned pads: what each means at the moment.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::App;
use crate::jam::learn::{self, Knob};
use crate::jam::{Effect, Intent, ScriptOrder, Tone};
use crate::tui::chord::Chord;
use crate::tui::command::{Action, Mode, Moment, View};
use crate::tui::keymap::Pressed;
use crate::tui::picker::List;

impl App {
    /// A key was pressed (or repeats).
    pub fn key(&mut self, event: KeyEvent, moment: &Moment) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return self.let_go(event, moment);
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
        if let Some(effects) = self.played(event, moment) {
            return effects;
        }
        if let Some(key) = self.listened(event) {
            return self.intent(Intent::Script(ScriptOrder::Key(key)));
        }
        self.keymap.mode = if self.editor.is_some() { Mode::Edit } else { Mode::Jam };
        let begun = self.keymap.waiting().map(|(begun, _)| begun);
        let (name, action) = match self.keymap.press(Chord::from(event)) {
            Pressed::Run(command) => (command.name.clone(), (command.act)(moment, command.class)),
            Pressed::More => return Vec::new(),
            Pressed::Nothing => {
                let Some(begun) = begun.filter(|_| event.code != KeyCode::Esc) else { return Vec::new() };
                let text = format!(
                    "{begun} {} means nothing. {begun} alone shows how it goes on",
                    Chord::from(event)
                );
                return self.intent(Intent::Say(Tone::Hint, text));
            }
        };
        if let Some(effects) = self.taught(&name, &action) {
            return effects;
        }
        if self.cramped {
            return match action {
                Action::Jam(
                    intent @ (Intent::TogglePlay | Intent::Panic | Intent::Quit | Intent::Interrupt { .. }),
                ) => self.intent(intent),
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

    /// While a command is to be learned: the command `name` is, and not done. What only leads to commands goes on.
    pub(in crate::tui) fn taught(&mut self, name: &str, action: &Action) -> Option<Vec<Effect>> {
        if !self.teaching
            || matches!(
                action,
                Action::View(
                    View::List(List::Commands | List::Here | List::Track) | View::Learn | View::Help
                )
            )
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

    fn scrolled(&self, code: KeyCode, scroll: u16) -> Option<u16> {
        let to = match code {
            KeyCode::Down | KeyCode::Char('j') => scroll.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => scroll.saturating_sub(1),
            KeyCode::PageDown => scroll.saturating_add(self.help_reach.page),
            KeyCode::PageUp => scroll.saturating_sub(self.help_reach.page),
            _ => return None,
        };
        Some(to.min(self.help_reach.end))
    }
}
