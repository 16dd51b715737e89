//! The ways of models in and out: import, export, verify, and the table of their headers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test helper fails by panicking")]

mod engines;
mod import;
mod onnx;
mod random;
mod verify;

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Runs the program in `folder`; gives its exit code, stdout and stderr.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mvae-tui"));
    command.args(arguments).current_dir(folder).env_remove("MVAE_TUI_LOG").env("HOME", folder);
    command.env_remove("XDG_DATA_HOME");
    let out = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

/// Runs where it has to go well; gives stdout.
fn ok(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, error) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {error}");
    out
}

/// Runs where it has to fail with `code`; gives stderr.
fn fails(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let (found, _, error) = run(folder, arguments);
    assert_eq!(found, code, "{arguments:?}: {error}");
    error
}
