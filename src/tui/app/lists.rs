//! Lists to choose from: commands, sessions, themes, scripts.

use std::path::PathBuf;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::App;
use crate::jam::session::store;
use crate::jam::{Effect, Intent, ScriptOrder, Tone};
use crate::midi::Listed;
use crate::script::examples;
use crate::tui::code;
use crate::tui::command::Moment;
use crate::tui::picker::{Choice, Item, List, Picker};
use crate::tui::ports;
use crate::tui::setting;
use crate::tui::theme::{Shelf, Theme};

impl App {
    /// A key while a list is open. Urgent chords that are no letter of it keep their meaning.
    pub(in crate::tui) fn pick(&mut self, event: KeyEvent, moment: &Moment) -> Vec<Effect> {
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
    pub(in crate::tui) fn preview(&mut self) {
        let chosen = self.picker.as_ref().and_then(Picker::chosen);
        if let Some(Choice::Theme(name)) = chosen.map(|item| &item.choice) {
            self.theme = Theme::of(&self.shelf, Some(name), self.theme.depth());
        }
    }

    pub(in crate::tui) fn leave_list(&mut self, take: bool, moment: &Moment) -> Vec<Effect> {
        let Some(picker) = self.picker.take() else { return Vec::new() };
        let chosen = picker.chosen().filter(|_| take).map(|item| item.choice.clone());
        let before = self.theme_before.take();
        if take && chosen.is_none() && picker.list == List::Commands {
            let names = self.keymap.commands().iter().map(|command| command.name.as_str());
            let text = setting::refusal(&picker.text, names);
            return self.intent(Intent::Say(Tone::Hint, text));
        }
        match chosen {
            Some(Choice::Ask(name, takes)) => {
                let mut again = picker;
                again.ask(&name);
                self.picker = Some(again);
                self.intent(Intent::Say(Tone::Hint, format!("{name} takes {takes}: type it behind the name")))
            }
            Some(choice) => self.choose(choice, moment),
            None => {
                if let Some(name) = before {
                    self.theme = Theme::of(&self.shelf, Some(&name), self.theme.depth());
                }
                Vec::new()
            }
        }
    }

    /// Does what the chosen line stands for.
    fn choose(&mut self, choice: Choice, moment: &Moment) -> Vec<Effect> {
        match choice {
            Choice::Command(index) => self.do_command(index, moment),
            Choice::Set(intent) => self.intent(intent),
            Choice::Notes(edit) if self.editor.is_some() => self.edit(edit),
            Choice::Notes(_) => {
                let text = "That is of single notes: {edit} edits them, select some and say it again";
                self.intent(Intent::Say(Tone::Hint, text.to_owned()))
            }
            Choice::Session(path) => self.intent(Intent::Open(path)),
            Choice::Script(path) => {
                self.show_code();
                if let Some(why) = self.code.keeps(&path.display().to_string()) {
                    return self.intent(Intent::Say(Tone::Error, why));
                }
                if path.exists() {
                    return self.intent(Intent::Script(ScriptOrder::Open { path, play: false }));
                }
                let name = path.display().to_string();
                self.code.open(Some(path), &name, "");
                self.intent(Intent::Say(Tone::Said, format!("{name}: {{save-script}} makes the file")))
            }
            Choice::Example(name) => {
                self.show_code();
                if let Some(why) = self.code.keeps(name) {
                    return self.intent(Intent::Say(Tone::Error, why));
                }
                self.code.open(None, name, examples::text(name).unwrap_or_default());
                self.intent(Intent::Say(
                    Tone::Said,
                    format!("{name}: {{run-script}} plays it, {{save-script}} makes it a file of yours"),
                ))
            }
            Choice::Theme(name) => self.say_theme(&name),
            Choice::NamedTheme(name) => self.take_theme(&name),
            Choice::Held(choice, text) => {
                let mut effects = self.choose(*choice, moment);
                effects.extend(self.intent(Intent::Say(Tone::Hint, text)));
                effects
            }
            // Its value has to be typed first.
            Choice::Ask(..) => Vec::new(),
        }
    }

    /// Takes the theme that was typed.
    fn take_theme(&mut self, name: &str) -> Vec<Effect> {
        self.shelf = self.theme_folder.as_deref().map_or_else(Shelf::default, Shelf::read);
        let names = self.shelf.names();
        if !names.iter().any(|known| known == name) {
            let text = format!("No theme is called {name}. There are {}", names.join(", "));
            return self.intent(Intent::Say(Tone::Hint, text));
        }
        self.theme = Theme::of(&self.shelf, Some(name), self.theme.depth());
        self.say_theme(name)
    }

    /// The theme called `name` was chosen: it is kept where it can be shown.
    fn say_theme(&mut self, name: &str) -> Vec<Effect> {
        let is_shown = self.theme.name() == name;
        if is_shown {
            self.theme_chosen = Some(name.to_owned());
        }
        let text = match is_shown {
            true => format!("Theme {name}. It is kept for the next time"),
            false => format!("This terminal shows no colours: {} it is", self.theme.name()),
        };
        let mut effects = self.intent(Intent::Say(Tone::Said, text));
        for warning in self.theme.warnings().to_vec() {
            effects.extend(self.intent(Intent::Say(Tone::Hint, warning)));
        }
        effects
    }

    /// Does the command of this number, or lets it be learned.
    pub(in crate::tui) fn do_command(&mut self, index: usize, moment: &Moment) -> Vec<Effect> {
        let Some(command) = self.keymap.commands().get(index) else { return Vec::new() };
        let (name, action) = (command.name.clone(), (command.act)(moment, command.class));
        self.taught(&name, &action).unwrap_or_else(|| self.act(action))
    }

    /// The machine has these MIDI ports: an open list of them shows them.
    pub fn listed(&mut self, found: &[Listed]) {
        if let Some(picker) = self.picker.as_mut().filter(|picker| picker.list == List::Ports) {
            picker.fill(ports::items(found, self.rig.as_ref()));
        }
    }

    /// Opens a list over the screen.
    pub(in crate::tui) fn open_list(&mut self, list: List) {
        self.help = None;
        self.code.console.open = false;
        let picker = match list {
            List::Scripts => Picker::new(list, code::list::items(self.code.path.as_deref())),
            List::Commands => Picker::commands(&self.keymap),
            List::Ports => Picker::new(list, ports::items(&[], self.rig.as_ref())),
            List::Here => Picker::here(&self.keymap),
            List::Track => Picker::track(&self.keymap),
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
}
