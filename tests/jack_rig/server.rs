//! A private JACK server with the dummy driver.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to answer, and another one to end before ours may begin.
const PATIENCE: Duration = Duration::from_secs(20);
const TURN: Duration = Duration::from_secs(300);

/// A running server; dropping it ends it. Servers share a registry, so there is one at a time on a machine.
pub struct Server {
    child: Child,
    log: PathBuf,
    real_time: bool,
    _turn: File,
    _folder: tempfile::TempDir,
}

/// Whether there is a server to start at all.
pub fn available() -> Result<(), String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join("jackd").is_file()) {
        return Ok(());
    }
    Err("jackd is missing (Debian package jackd2): the rig is not tried against a server".into())
}

/// Stands before the process of each server that is started.
const STARTED: &str = "server: process ";

impl Server {
    /// Starts the server that the environment names, and waits until it answers.
    pub fn start() -> Self {
        let lock = std::env::temp_dir().join("jack-harness.lock");
        let turn = File::options().create(true).append(true).open(lock).expect("a lock file");
        until_some(TURN, || turn.try_lock().ok()).expect("another server runs for minutes");
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let real_time =
            std::thread::spawn(|| mvae_tui::engine::real_time(60).is_ok()).join().expect("asks for rights");
        let child = launch(&log, real_time);
        let mut server = Self { child, log, real_time, _turn: turn, _folder: folder };
        server.wait();
        server
    }

    /// Starts the server again after its end.
    pub fn begin(&mut self) {
        self.child = launch(&self.log, self.real_time);
        self.wait();
    }

    /// Asks the server to end, as a person does; it may have ended by itself.
    pub fn end(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }

    /// Kills the server: it tells nobody.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        let _ = self.child.wait();
    }

    /// Cycles that the server has missed.
    pub fn xruns(&self) -> usize {
        std::fs::read_to_string(&self.log).unwrap_or_default().matches("XRun").count()
    }

    fn wait(&mut self) {
        let answers = until_some(PATIENCE, || {
            jack::Client::new("waits", jack::ClientOptions::NO_START_SERVER).ok().map(drop)
        });
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        assert!(answers.is_some(), "the server does not answer: {log}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        let _ = std::io::stdout().flush();
    }
}

/// Periods are short where the server has real-time priority, else long enough for a busy machine.
fn launch(log: &PathBuf, real_time: bool) -> Child {
    let out = File::options().create(true).append(true).open(log).expect("a log");
    let both = out.try_clone().expect("a log");
    let name = std::env::var("JACK_DEFAULT_SERVER").expect("started by the test beside it");
    let mut command = Command::new("jackd");
    let (how, period): (&[&str], _) =
        if real_time { (&["--realtime", "-P", "60"], "128") } else { (&["--no-realtime"], "1024") };
    command.args(how).args(["-t", "5000", "-n", &name, "-d", "dummy", "-r", "48000", "-p", period]);
    let child = command.stdin(Stdio::null()).stdout(out).stderr(both).spawn().expect("jackd starts");
    println!("{STARTED}{}", child.id());
    child
}

/// Ends the servers that the output `said` tells of: a run that was aborted left its own.
pub fn end_those_of(said: &str) {
    for pid in said.lines().filter_map(|line| line.split(STARTED).nth(1)) {
        let _ = Command::new("kill").arg(pid).stderr(Stdio::null()).status();
    }
}

/// Asks every few milliseconds until there is an answer.
pub fn until_some<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        match ask() {
            None if began.elapsed() < patience => std::thread::sleep(Duration::from_millis(3)),
            answer => return answer,
        }
    }
}
