//! `completions` and `man`: what a shell wants to know.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui completions bash > ~/.local/share/bash-completion/completions/mvae-tui
  mvae-tui completions zsh > ~/.zfunc/_mvae-tui
  mvae-tui completions fish > ~/.config/fish/completions/mvae-tui.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui man > ~/.local/share/man/man1/mvae-tui.1")]
pub struct Man {}

/// Writes `bytes` to stdout; a reader that has gone away is no failure.
fn print(bytes: &[u8]) -> anyhow::Result<()> {
    match std::io::stdout().write_all(bytes) {
        Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Runs `completions`.
pub fn completions(arguments: &Completions) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Cli::command(), "mvae-tui", &mut bytes);
    print(&bytes)
}

/// Runs `man`: one page with every verb.
pub fn man(_: &Man) -> anyhow::Result<()> {
    let mut command = super::Cli::command();
    command.build();
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut bytes)?;
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        let page = clap_mangen::Man::new(verb.clone());
        bytes.extend_from_slice(format!("\n.SH \"{}\"\n", verb.get_name().to_uppercase()).as_bytes());
        page.render_description_section(&mut bytes)?;
        page.render_options_section(&mut bytes)?;
    }
    print(&bytes)
}
