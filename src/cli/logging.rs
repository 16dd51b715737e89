//! Logs: on stderr when asked for, in a file of the state folder while the jam owns the screen.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Starts logging: `-v` or `MVAE_TUI_LOG` say how much. A log that cannot be opened is done without: music first.
pub fn start(verbose: u8, jam: bool) {
    let wanted = std::env::var("MVAE_TUI_LOG").ok();
    let level = match verbose {
        0 if jam => "info",
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = match wanted {
        Some(text) => {
            EnvFilter::try_new(text).unwrap_or_else(|_| EnvFilter::new(format!("mvae_tui={level}")))
        }
        None => EnvFilter::new(format!("mvae_tui={level}")),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    // `try_init` fails where a logger runs already, as in tests: that one serves.
    if !jam {
        let _ = builder.with_writer(std::io::stderr).without_time().with_ansi(false).try_init();
    } else if let Some(file) = open() {
        let _ = builder.with_writer(Mutex::new(file)).with_ansi(false).try_init();
    }
}

/// The log of the jam, begun anew when it has grown past a megabyte.
fn open() -> Option<File> {
    let folder = state_folder()?;
    fs::create_dir_all(&folder).ok()?;
    let path = folder.join("mvae-tui.log");
    let full = fs::metadata(&path).is_ok_and(|m| m.len() > 1 << 20);
    File::options().create(true).append(!full).write(true).truncate(full).open(path).ok()
}

/// `$XDG_STATE_HOME/mvae-tui`, else the system's usual place.
pub fn state_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = named("XDG_STATE_HOME").or_else(|| {
        if cfg!(windows) {
            named("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            named("HOME").map(|h| h.join("Library/Logs"))
        } else {
            named("HOME").map(|h| h.join(".local/state"))
        }
    })?;
    Some(base.join("mvae-tui"))
}
