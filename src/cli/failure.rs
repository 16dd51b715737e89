//! How a verb that could not do its work ends: a line on stderr and a code.

use std::process::ExitCode;

use crate::latent::generate::GenerateError;

/// Something the person can put right by typing it differently: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// An error about usage.
pub fn usage(text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Usage(text.into()))
}

/// The code of a finished verb; a failure is told on stderr.
pub fn exit(done: anyhow::Result<()>) -> ExitCode {
    let Err(error) = done else { return ExitCode::SUCCESS };
    if is_broken_pipe(&error) {
        // `mvae-tui ... | head` has seen enough: nothing went wrong.
        return ExitCode::SUCCESS;
    }
    // stderr may be closed too; then there is nobody to tell.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("mvae-tui: {}\n", told(&error)));
    ExitCode::from(if is_usage(&error) { 2 } else { 1 })
}

/// The error and its causes in a line, each said once: many messages hold their cause already.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    text
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|e| e.downcast_ref::<std::io::Error>());
    kinds.into_iter().any(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<Usage>()
        || matches!(
            error.downcast_ref::<GenerateError>(),
            Some(
                GenerateError::Temperature(_)
                    | GenerateError::Length { .. }
                    | GenerateError::OwnLength { .. }
                    | GenerateError::NeedsChords { .. }
                    | GenerateError::NeedsHits { .. }
                    | GenerateError::TakesNoControls { .. }
                    | GenerateError::Amount(_)
                    | GenerateError::Nothing
            )
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_a_message_holds_already_is_not_said_again() {
        let cause = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let twice = anyhow::Error::new(cause()).context(format!("x.mid: cannot be read ({})", cause()));
        assert_eq!(told(&twice), format!("x.mid: cannot be read ({})", cause()));
        let once = anyhow::Error::new(cause()).context("x.mid: cannot be read");
        assert_eq!(told(&once), format!("x.mid: cannot be read: {}", cause()));
    }

    #[test]
    fn wrong_usage_and_broken_pipes_are_told_from_failures() {
        assert!(is_usage(&usage("no")));
        assert!(is_usage(&GenerateError::Temperature(-1.0).into()));
        let pipe =
            anyhow::Error::new(std::io::Error::from(std::io::ErrorKind::BrokenPipe)).context("writing");
        assert!(is_broken_pipe(&pipe) && !is_usage(&pipe));
    }
}
