//! The screen as a player feels it, against its targets: how long a frame takes to build, key to drawn frame, what the
//! jam takes of a core while it plays and while it stands still, and start to playing.
//!
//! `cargo bench --bench screen` measures the program as it is released; `--profile dev` the one that tests run.
//! It needs no sound device: the jam plays silently.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a measurement may fail")]

#[cfg(unix)]
mod unix {
    use std::io::{Read, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::{Duration, Instant};

    use mvae_tui::tui::shot::{self, Shot};
    use mvae_tui::tui::view;
    use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    /// Columns and lines that the targets are for.
    const SIZE: (u16, u16) = (200, 60);

    fn main_of_all() -> bool {
        let mut met = frames();
        met &= live();
        met
    }

    pub fn main() {
        if !main_of_all() {
            println!("\nNot every target was met.");
        }
    }

    /// The value below which `share` of the sorted `times` lie.
    fn quantile(times: &[Duration], share: f64) -> Duration {
        times.get(((times.len() - 1) as f64 * share) as usize).copied().unwrap_or_default()
    }

    fn told(what: &str, is: String, target: &str, met: bool) -> bool {
        println!("| {what} | {is} | {target} | {} |", if met { "yes" } else { "no" });
        met
    }

    /// Time that this thread ran, whoever else wanted the core.
    fn on_core() -> Duration {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let nanos = text.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0);
        Duration::from_nanos(nanos)
    }

    fn frames() -> bool {
        println!("| frame build | median / p99 / worst | target | met |\n| --- | --- | --- | --- |");
        let mut met = true;
        for (name, keys) in [
            ("jam", ""),
            ("mixer, all tracks", "a X"),
            ("palette", "P alt-p"),
            ("sliders", "A"),
            ("zoom", "z"),
        ] {
            for size in [(80, 24), (120, 40), SIZE] {
                let shot = Shot {
                    size,
                    theme: None,
                    model: None,
                    seed: 7,
                    session: None,
                    script: None,
                    keys: keys.to_owned(),
                    beat: 0.0,
                };
                let mut stage = shot::stage(&shot).unwrap();
                let area = Rect::new(0, 0, size.0, size.1);
                let (mut times, before) = (Vec::new(), on_core());
                for frame in 0..600 {
                    // 60 frames a second at 120 BPM.
                    stage.at(f64::from(frame) / 30.0).unwrap();
                    let begun = Instant::now();
                    let mut buffer = Buffer::empty(area);
                    view::draw(stage.app(), area, &mut buffer);
                    times.push(begun.elapsed());
                }
                let all: Duration = times.iter().sum();
                let ran = on_core().saturating_sub(before);
                times.sort_unstable();
                let (median, p99, worst) =
                    (quantile(&times, 0.5), quantile(&times, 0.99), quantile(&times, 1.0));
                let is = format!("{median:.2?} / {p99:.2?} / {worst:.2?} (core {ran:.0?} of {all:.0?})");
                let fits = median <= Duration::from_millis(2);
                met &= told(&format!("{name} {}x{}", size.0, size.1), is, "2 ms", fits);
            }
        }
        println!();
        met
    }

    /// The program on a terminal of [`SIZE`].
    struct Jam {
        child: Box<dyn portable_pty::Child + Send + Sync>,
        keys: Box<dyn Write + Send>,
        _master: Box<dyn MasterPty + Send>,
        bytes: Arc<AtomicUsize>,
        screen: Arc<Mutex<vt100::Parser>>,
        _folder: tempfile::TempDir,
    }

    impl Jam {
        fn start() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let size = PtySize { rows: SIZE.1, cols: SIZE.0, pixel_width: 0, pixel_height: 0 };
            let pair = native_pty_system().openpty(size).unwrap();
            let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mvae-tui"));
            command.args(["--seed", "7"]);
            command.cwd(folder.path());
            for (key, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
                command.env(key, value);
            }
            for key in ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"] {
                command.env(key, folder.path());
            }
            // Not the first start: no welcome lies over the screen.
            std::fs::create_dir_all(folder.path().join("mvae-tui")).unwrap();
            std::fs::write(folder.path().join("mvae-tui/screen.toml"), "").unwrap();
            let alsa = folder.path().join("asound.conf");
            std::fs::write(&alsa, "").unwrap();
            command.env("ALSA_CONFIG_PATH", alsa);
            let child = pair.slave.spawn_command(command).unwrap();
            let (bytes, screen) = (
                Arc::new(AtomicUsize::new(0)),
                Arc::new(Mutex::new(vt100::Parser::new(
                    SIZE.1.try_into().unwrap(),
                    SIZE.0.try_into().unwrap(),
                    0,
                ))),
            );
            let (count, parser) = (bytes.clone(), screen.clone());
            let mut reader = pair.master.try_clone_reader().unwrap();
            thread::spawn(move || {
                let mut buffer = [0; 1 << 16];
                while let Ok(read @ 1..) = reader.read(&mut buffer) {
                    parser.lock().unwrap().process(&buffer[..read]);
                    count.fetch_add(read, Ordering::Release);
                }
            });
            let keys = pair.master.take_writer().unwrap();
            Self { child, keys, _master: pair.master, bytes, screen, _folder: folder }
        }

        fn press(&mut self, keys: &str) {
            self.keys.write_all(keys.as_bytes()).unwrap();
            self.keys.flush().unwrap();
        }

        /// How long it takes until the screen is as `seen` wants it.
        fn until(&self, seen: impl Fn(&vt100::Screen) -> bool) -> Duration {
            let begun = Instant::now();
            let mut known = usize::MAX;
            while begun.elapsed() < Duration::from_secs(60) {
                let now = self.bytes.load(Ordering::Acquire);
                if now != known {
                    known = now;
                    if seen(self.screen.lock().unwrap().screen()) {
                        return begun.elapsed();
                    }
                }
                thread::sleep(Duration::from_micros(200));
            }
            panic!("it never came; the screen is\n{}", self.screen.lock().unwrap().screen().contents());
        }

        fn shows(&self, text: &str) -> Duration {
            self.until(|screen| screen.contents().contains(text))
        }

        /// Share of a core over `time`, and bytes written to the terminal a second.
        fn takes(&self, time: Duration) -> (f64, f64) {
            let (before, bytes) = (self.seconds(), self.bytes.load(Ordering::Acquire));
            thread::sleep(time);
            let spent = self.seconds() - before;
            let written = self.bytes.load(Ordering::Acquire) - bytes;
            (spent / time.as_secs_f64(), written as f64 / time.as_secs_f64())
        }

        /// Seconds that all threads of the program ran, to the nanosecond.
        fn seconds(&self) -> f64 {
            let process = self.child.process_id().unwrap_or(0);
            let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
            let ran = |task: std::fs::DirEntry| -> Option<u64> {
                let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
                text.split_whitespace().next()?.parse().ok()
            };
            tasks.filter_map(ran).sum::<u64>() as f64 / 1e9
        }
    }

    fn live() -> bool {
        println!(
            "| the program at {}x{} | measured | target | met |\n| --- | --- | --- | --- |",
            SIZE.0, SIZE.1
        );
        // The first start reads the program from disk.
        let mut cold = Jam::start();
        cold.shows("\u{25ba} A1");
        cold.press("q");
        let _ = cold.child.wait();

        let begun = Instant::now();
        let mut jam = Jam::start();
        jam.shows("\u{25ba} A1");
        let start = begun.elapsed();
        let mut met =
            told("start to playing, warm", format!("{start:.0?}"), "1 s", start <= Duration::from_secs(1));
        // The opening row is made, messages are over.
        thread::sleep(Duration::from_secs(4));

        let (playing, bytes) = jam.takes(Duration::from_secs(10));
        let is = format!("{:.1} % of a core, {:.1} kB/s", playing * 100.0, bytes / 1e3);
        met &= told("playing", is, "5 %", playing <= 0.05);

        let mut times: Vec<Duration> = (0..200)
            .map(|press| {
                // Around the first row and back; a key of the player's, at no particular moment of a frame.
                thread::sleep(Duration::from_millis(37 + press % 13));
                let column = 1 + (press + 1) % 8;
                jam.press("l");
                jam.until(|screen| detail(screen).is_some_and(|place| place == format!("A{column}")))
            })
            .collect();
        times.sort_unstable();
        let (p50, p95, worst) = (quantile(&times, 0.5), quantile(&times, 0.95), quantile(&times, 1.0));
        let is = format!("p50 {p50:.1?}, p95 {p95:.1?}, worst {worst:.1?}");
        met &= told("key to drawn frame", is, "p95 16 ms", p95 <= Duration::from_millis(16));

        jam.press(" ");
        jam.shows("\u{25a0} STOP");
        thread::sleep(Duration::from_secs(5));
        let (idle, bytes) = jam.takes(Duration::from_secs(10));
        let is = format!("{:.2} % of a core, {:.0} bytes drawn", idle * 100.0, bytes * 10.0);
        met &= told("idle", is, "0.5 %, 0 bytes", idle <= 0.005 && bytes == 0.0);
        jam.press("q");
        let _ = jam.child.wait();
        met
    }

    /// The place that the pane of the selected pattern names.
    fn detail(screen: &vt100::Screen) -> Option<String> {
        let text = screen.contents();
        let line = text
            .lines()
            .find(|line| line.contains("7") && line.contains("\u{2500} A") && line.contains("8\u{2500}"))?;
        let at = line.rfind("\u{2500} A")?;
        Some(line[at..].chars().skip(2).take(2).collect())
    }
}

fn main() {
    #[cfg(unix)]
    unix::main();
    #[cfg(not(unix))]
    println!("These figures are taken on a pseudo terminal, which this system has not.");
}
