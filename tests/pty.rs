//! The real binary on a real (pseudo) terminal, with no audio device: it starts playing, is played, and leaves the
//! terminal as it found it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mvae_tui::music::smf;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// Long enough for a busy machine; a test that passes waits no longer than it must.
const PATIENCE: Duration = Duration::from_secs(60);

/// In place of an argument: nothing was ever remembered of this player.
const FIRST: &str = "the first start";

/// What stood on the terminal before the program came.
const BEFORE: &str = "user@home:~$ mvae-tui";

struct Jam {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<(vt100::Parser, usize)>>,
    settings: String,
    folder: TempDir,
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// The line settings of the terminal (raw mode or not), as text.
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

impl Jam {
    fn start(cols: u16, rows: u16) -> Self {
        // A configuration without a single device: nothing sounds wherever the test runs.
        Self::start_with(cols, rows, "", &[])
    }

    /// Starts with `alsa` as libasound's configuration, in which FOLDER is the jam's folder, and more `arguments`.
    fn start_with(cols: u16, rows: u16, alsa: &str, arguments: &[&str]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mvae-tui"));
        command.env_clear();
        Self::start_as(cols, rows, alsa, command, arguments)
    }

    /// Starts by `command`, which is the program or leads to it.
    fn start_as(cols: u16, rows: u16, alsa: &str, mut command: CommandBuilder, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/mvae-tui");
        std::fs::create_dir_all(&state).unwrap();
        if !arguments.contains(&FIRST) {
            // Not the first start: no welcome lies over the screen.
            std::fs::write(state.join("screen.toml"), "").unwrap();
        }
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let before = settings(&*pair.master);
        command.args(["--seed", "7", "--bpm", "150"]);
        command.args(arguments.iter().filter(|argument| **argument != FIRST));
        command.cwd(folder.path());
        command.env("TERM", "xterm-256color");
        command.env("HOME", folder.path());
        command.env("XDG_RUNTIME_DIR", folder.path());
        command.env("XDG_STATE_HOME", folder.path().join("state"));
        let configuration = folder.path().join("asound.conf");
        std::fs::write(&configuration, alsa.replace("FOLDER", folder.path().to_str().unwrap())).unwrap();
        command.env("ALSA_CONFIG_PATH", configuration);
        let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
        assert!(pipe.success());
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let mut parser = vt100::Parser::new(cells(rows), cells(cols), 0);
        parser.process(BEFORE.as_bytes());
        let screen = Arc::new(Mutex::new((parser, 0)));
        let theirs = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = reader.read(&mut bytes) {
                if count == 0 {
                    break;
                }
                let mut screen = theirs.lock().unwrap();
                screen.0.process(&bytes[..count]);
                screen.1 += count;
            }
        });
        // The slave stays open, so that its settings can be read when the program is gone.
        std::mem::forget(pair.slave);
        Self { child, master: pair.master, keys, screen, settings: before, folder }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().0.screen().contents()
    }

    fn written(&self) -> usize {
        self.screen.lock().unwrap().1
    }

    fn until(&self, what: &str, seen: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !seen(&self.text()) {
            assert!(begun.elapsed() < PATIENCE, "{what} did not come; the screen is\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn shows(&self, text: &str) {
        self.until(&format!("{text:?}"), |screen| screen.contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn resize(&self, cols: u16, rows: u16) {
        self.screen.lock().unwrap().0.screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(size(cols, rows)).unwrap();
    }

    /// Waits for the end and checks that the terminal is as it was.
    fn ends(self) -> TempDir {
        self.ends_with(0).0
    }

    /// The same for an exit code of `code`; gives the last screen as well.
    fn ends_with(mut self, code: u32) -> (TempDir, String) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end; the screen is\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.exit_code(), code, "{status:?}\n{}", self.text());
        self.shows(BEFORE);
        let parsed = self.screen.lock().unwrap();
        let screen = parsed.0.screen();
        assert!(!screen.alternate_screen(), "still in the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let text = screen.contents();
        drop(parsed);
        assert_eq!(settings(&*self.master), self.settings, "raw mode was left on");
        let after = text.trim_end().strip_prefix(BEFORE).expect("what was on the screen is there again");
        if code == 0 {
            assert!(
                after.trim_start().starts_with("Your set is kept in "),
                "{after:?} was left on the screen"
            );
            let kept = smf::read(&self.folder.path().join("state/mvae-tui/last-set.mid")).unwrap();
            assert!(!kept.notes.is_empty());
        }
        (self.folder, text)
    }
}

/// True where the transport stands in the second bar or later: a busy machine may miss any one of them.
fn is_past_the_first_bar(screen: &str) -> bool {
    let header = screen.lines().next().unwrap_or_default();
    let position = header.split_whitespace().find(|word| {
        let numbers: Vec<&str> = word.split('.').collect();
        numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok())
    });
    let bar = position.and_then(|position| position.split('.').next()?.parse::<u32>().ok());
    bar.is_some_and(|bar| bar >= 2)
}

fn names(screen: &str) -> usize {
    // The bank's first row holds a picture (braille) in each filled place.
    let row = screen.lines().find(|line| line.starts_with(" A ")).unwrap_or_default();
    row.split(|c: char| !('\u{2801}'..='\u{28ff}').contains(&c) && c != '\u{2800}')
        .filter(|part| part.len() > 3)
        .count()
}

#[test]
fn a_short_set_is_played_and_the_terminal_is_left_as_it_was() {
    let mut jam = Jam::start(80, 24);
    jam.shows("\u{25ba} PLAY");
    jam.shows("150 BPM");
    jam.until("a hit in the roll", |screen| screen.contains('\u{2588}'));
    jam.until("a row of beats", |screen| names(screen) == 8);
    jam.shows("silent:");
    // The music moves on by itself.
    jam.until("the second bar", is_past_the_first_bar);

    jam.press("\u{1b}[C\r");
    jam.until("the launch", |screen| {
        screen.contains("next A2") || screen.contains("A2 (") || screen.contains("\u{25ba} A2")
    });
    jam.until("A2 to sound", |screen| screen.contains("\u{25ba} A2"));
    jam.press("jsj");
    jam.shows("B2 holds");
    jam.press(">>");
    jam.shows("152 BPM");
    jam.press("m");
    jam.shows("mute the kick");
    jam.press("k3");
    jam.shows("2 muted");
    jam.press("uu");
    jam.until("no mutes", |screen| !screen.contains("muted"));
    jam.press("?");
    jam.shows("play from the top, or stop");
    jam.press("\u{1b}");
    jam.until("no help", |screen| !screen.contains("play from the top, or stop"));
    jam.press("w");
    jam.shows("Saved");
    jam.press("q");
    let folder = jam.ends();
    saved_set(folder.path());
}

/// Nine patterns of two bars at 152 quarters a minute.
fn saved_set(folder: &Path) {
    let score = smf::read(&folder.join("mvae-set-001.mid")).unwrap();
    let length = 9.0 * 8.0 * 60.0 / 152.0;
    assert!(score.total_time <= length + 1e-3, "{} s", score.total_time);
    assert!(score.notes.iter().all(|note| note.is_drum) && score.notes.len() > 20);
    assert!((score.tempos[0].qpm - 152.0).abs() < 1e-3);
}

#[test]
fn the_first_start_makes_music_in_three_keys() {
    let mut jam = Jam::start_with(80, 24, "", &[FIRST]);
    jam.shows("welcome to mvae-tui");
    jam.shows("A neural network has made the beat that plays");
    jam.press("\u{1b}[C");
    jam.until("the jam", |screen| names(screen) == 8);
    jam.press("\r");
    jam.until("A2 to sound", |screen| screen.contains("\u{25ba} A2"));
    jam.press("v");
    jam.until("the variation", |screen| screen.contains("A2 ") && screen.contains(".2"));
    jam.press("q");
    jam.ends();
}

#[test]
fn a_window_made_small_and_large_again_goes_on_playing() {
    let mut jam = Jam::start(120, 40);
    jam.shows("\u{25ba} PLAY");
    jam.resize(40, 12);
    jam.shows("mvae-tui needs 60 x 16");
    jam.resize(80, 24);
    jam.shows("\u{25ba} PLAY");
    jam.press("q");
    jam.ends();
}

#[test]
fn stopped_it_draws_nothing_at_all() {
    let mut jam = Jam::start(80, 24);
    jam.until("a row of beats", |screen| names(screen) == 8);
    jam.press(" ");
    jam.shows("\u{25a0} STOP");
    // The meters settle first.
    let begun = Instant::now();
    loop {
        let before = jam.written();
        std::thread::sleep(Duration::from_millis(1500));
        if jam.written() == before {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "it goes on drawing while the music stands still");
    }
    jam.press("q");
    jam.ends();
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_that_never_opens_keeps_neither_the_jam_from_playing_nor_the_player_from_leaving() {
    // Opening a pipe that nobody reads takes for ever.
    let alsa = "pcm.null { type null }\n\
        pcm.!default { type file slave.pcm null file \"FOLDER/pipe\" format raw }\n";
    let mut jam = Jam::start_with(120, 30, alsa, &[]);
    jam.shows("\u{25ba} PLAY");
    jam.shows("silent: the audio device has not");
    jam.until("the second bar", is_past_the_first_bar);
    jam.press("q");
    jam.ends();
}

#[test]
fn a_soundfont_that_cannot_be_played_is_refused_before_the_terminal_is_taken() {
    let jam = Jam::start_with(120, 24, "", &["--soundfont", "none.sf2"]);
    let (_, text) = jam.ends_with(1);
    assert!(text.contains("none.sf2") && text.to_lowercase().contains("leave --soundfont out"), "{text}");
}

#[test]
fn a_termination_from_outside_leaves_the_terminal_as_it_was() {
    for signal in ["TERM", "HUP", "INT"] {
        let jam = Jam::start(80, 24);
        jam.shows("\u{25ba} PLAY");
        let pid = jam.child.process_id().unwrap().to_string();
        // The shell's own `kill`: a bare system has no program of that name.
        let kill = format!("kill -s {signal} {pid}");
        let sent = std::process::Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
        jam.ends();
    }
}

/// Waits until the jam plays, was told why, and went on to the second bar; then leaves.
#[cfg(all(feature = "gpu", target_os = "linux"))]
fn plays_on_without_a_card(mut jam: Jam) {
    jam.shows("stays on the processor:");
    jam.until("the second bar", is_past_the_first_bar);
    // And it still makes patterns.
    jam.press("j");
    jam.press("s");
    jam.shows("B1 holds");
    jam.press("q");
    jam.ends();
}

#[test]
#[cfg(all(feature = "gpu", target_os = "linux"))]
fn a_card_that_was_asked_for_and_is_not_there_is_said_and_the_processor_plays() {
    let program = || {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mvae-tui"));
        command.env_clear();
        command
    };
    let mut no_driver = program();
    no_driver.env("VK_DRIVER_FILES", "/nonexistent.json");
    no_driver.env("VK_ICD_FILENAMES", "/nonexistent.json");
    let mut wrong_name = program();
    wrong_name.env("WGPU_ADAPTER_NAME", "no such card");
    for command in [no_driver, wrong_name] {
        plays_on_without_a_card(Jam::start_as(120, 30, "", command, &["--engine", "gpu"]));
    }
}

#[test]
#[cfg(all(feature = "gpu", target_os = "linux"))]
fn without_libvulkan_the_processor_plays() {
    // In a mount namespace of its own the library is an empty file, which no loader takes.
    let hide = "for lib in /usr/lib/*/libvulkan.so.1 /usr/lib64/libvulkan.so.1 /usr/lib/libvulkan.so.1; do \
                  if [ -e $lib ]; then mount --bind /dev/null $(readlink -f $lib) || exit 1; fi; done";
    let may = std::process::Command::new("unshare").args(["-rm", "sh", "-c", hide]).status();
    if !may.is_ok_and(|status| status.success()) {
        println!("skipped: this system lets no user hide a library (unshare -rm)");
        return;
    }
    let mut command = CommandBuilder::new("unshare");
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.args(["-rm", "sh", "-c", &format!("{hide}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_mvae-tui")]);
    plays_on_without_a_card(Jam::start_as(120, 30, "", command, &["--engine", "gpu"]));
}
