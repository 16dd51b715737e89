//! The jam without a terminal and without sound, played by a list of keys and drawn once: pictures for people.

mod script;

use std::collections::HashMap;
use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use thiserror::Error;

use super::app::App;
use super::chord::Chord;
use super::command::Moment;
use super::opening::{known_models, known_vectors};
use super::picture;
use super::run::DEFAULT_MODEL;
use super::theme::{Depth, Shelf, Theme};
use super::view;
use crate::audio::SoundNews;
use crate::engine::Snapshot;
use crate::jam::models::Models;
use crate::jam::session::{SessionError, store};
use crate::jam::worker::Maker;
use crate::jam::{Effect, Intent, State};
use crate::model::{self, ModelError};

/// What to draw.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Columns and lines.
    pub size: (u16, u16),
    /// Theme by name.
    pub theme: Option<String>,
    /// Model of the drums; the built-in one when absent.
    pub model: Option<String>,
    /// First seed.
    pub seed: u64,
    /// A session to open instead of a first pattern.
    pub session: Option<PathBuf>,
    /// A script to play up to the beat, in its pane, instead of a first pattern.
    pub script: Option<PathBuf>,
    /// Keys to press, separated by blanks, as in the keymap.
    pub keys: String,
    /// Beat (quarters) at which the picture is taken.
    pub beat: f64,
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum ShotError {
    /// The model is not to be had.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The session cannot be opened.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A key of that name does not exist.
    #[error("{0:?} is no key. Write s, ctrl-r, space, enter, alt-up, separated by blanks")]
    Key(String),
    /// The jam refused something.
    #[error("{0}")]
    Failed(String),
}

/// The jam, a maker that answers at once, and what would sound.
pub struct Stage {
    app: App,
    models: Models,
    playing: HashMap<usize, u32>,
}

impl Stage {
    /// Carries out what matters to a picture: patterns are made at once, launches sound at once.
    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), ShotError> {
        for effect in effects {
            match effect {
                Effect::Generate(request) => {
                    // What is made ahead of a wish is made with as little work as will do.
                    let ahead = request.is_ahead();
                    let made = self.models.make(&request, &mut |_| !ahead);
                    let patterns = made.map_err(ShotError::Failed)?;
                    let more = self.app.intent(Intent::Generated { ticket: request.ticket, patterns });
                    self.carry_out(more)?;
                }
                Effect::Launch { launch, voices, .. } => {
                    self.playing.extend(voices.iter().map(|voice| (usize::from(voice.track), launch)));
                    self.observe(0.0)?;
                }
                Effect::Halt { track, .. } => {
                    self.playing.remove(&usize::from(track));
                    self.observe(0.0)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The jam as it stands.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Lets the transport stand at `beat` (quarters).
    ///
    /// # Errors
    /// [`ShotError::Failed`], where a pattern that comes due cannot be made.
    pub fn at(&mut self, beat: f64) -> Result<(), ShotError> {
        self.observe(beat)
    }

    fn observe(&mut self, beat: f64) -> Result<(), ShotError> {
        let mut shot = Snapshot { playing: self.app.jam.playing, beat, ..Snapshot::default() };
        for (track, state) in shot.tracks.iter_mut().enumerate() {
            state.playing = self.playing.get(&track).copied();
        }
        let effects = self.app.observe(shot);
        self.carry_out(effects)
    }
}

/// Plays `shot` and gives its screen.
///
/// # Errors
/// [`ShotError`].
pub fn screen(shot: &Shot) -> Result<Buffer, ShotError> {
    let stage = stage(shot)?;
    let area = Rect::new(0, 0, shot.size.0, shot.size.1);
    let mut buffer = Buffer::empty(area);
    view::draw(&stage.app, area, &mut buffer);
    Ok(buffer)
}

/// Plays `shot` and gives the jam as the keys left it, at its beat.
///
/// # Errors
/// [`ShotError`].
pub fn stage(shot: &Shot) -> Result<Stage, ShotError> {
    let name = shot.model.as_deref().unwrap_or(DEFAULT_MODEL);
    let model = model::find(name)?;
    let settings = model.settings().clone();
    let mut models = Models::new();
    let given = name;
    let name = models.keep(given, model);
    let mut jam = State::new(&*name, shot.seed);
    jam.know(known_models(&name, &settings));
    jam.sliders.tables = known_vectors(given, &settings);
    let theme = Theme::of(&Shelf::of_the_player(), shot.theme.as_deref(), Depth::True);
    let sound = SoundNews::Plays("no device: this is a picture".to_owned());
    let mut stage = Stage { app: App::new(jam, theme, &sound), models, playing: HashMap::new() };
    let first = match &shot.session {
        Some(path) => {
            let (session, _) = store::load(path)?;
            let (path, lost) = (Some(path.clone()), session.unreadable_models());
            stage.app.intent(Intent::Opened { path, session: Box::new(session), told: Vec::new(), lost })
        }
        None if shot.script.is_some() => Vec::new(),
        None => stage.app.intent(Intent::Begin),
    };
    stage.carry_out(first)?;
    let area = Rect::new(0, 0, shot.size.0, shot.size.1);
    stage.app.resized(area);
    if let Some(path) = &shot.script {
        script::play(&mut stage, path, shot.seed, shot.beat)?;
    }
    for name in shot.keys.split_whitespace() {
        let chord = Chord::parse(name).ok_or_else(|| ShotError::Key(name.to_owned()))?;
        let effects = stage.app.key(KeyEvent::from(chord), &Moment::default());
        stage.carry_out(effects)?;
    }
    if shot.script.is_none() {
        stage.observe(0.0)?;
    }
    stage.observe(shot.beat)?;
    stage.app.resized(area);
    Ok(stage)
}

/// Plays `shot` and gives its screen as an SVG picture.
///
/// # Errors
/// [`ShotError`].
pub fn svg(shot: &Shot) -> Result<String, ShotError> {
    Ok(picture::svg(&screen(shot)?, "mvae-tui, a terminal sequencer"))
}

#[cfg(test)]
mod tests {
    use super::{Shot, screen, svg};

    fn shot(keys: &str) -> Shot {
        Shot {
            size: (80, 24),
            theme: None,
            model: None,
            seed: 7,
            session: None,
            script: None,
            keys: keys.to_owned(),
            beat: 2.5,
        }
    }

    #[test]
    fn a_picture_shows_the_jam_as_the_keys_left_it_and_twice_the_same() {
        let buffer = screen(&shot("right enter X")).unwrap();
        let line = |y: u16| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        assert!(line(0).contains("PLAY") && line(2).contains("A2"), "{}\n{}", line(0), line(2));
        assert_eq!(svg(&shot("s")).unwrap(), svg(&shot("s")).unwrap());
        assert!(screen(&shot("hyper-x")).unwrap_err().to_string().contains("is no key"));
    }

    #[test]
    fn a_script_is_shown_with_what_it_plays_or_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.rhai");
        let text = |buffer: &ratatui::buffer::Buffer| {
            let line = |y: u16| (0..120).map(|x| buffer[(x, y)].symbol()).collect::<String>();
            (0..40).map(line).collect::<Vec<_>>().join("\n")
        };
        let of = |script: &str| {
            std::fs::write(&path, script).unwrap();
            let shot = Shot { size: (120, 40), script: Some(path.clone()), beat: 6.0, ..shot("") };
            text(&screen(&shot).unwrap())
        };
        let playing = of("play(\"drums\", hits(\"kick\", \"x...x...x...x...\"));\ntempo(97);\n");
        assert!(playing.contains("drums from set.rhai") && playing.contains("97 BPM"), "{playing}");
        let broken = of("play(\"drums\",\nnothing());\n");
        assert!(broken.contains("2!") && broken.contains("set.rhai:2:"), "{broken}");
    }
}
