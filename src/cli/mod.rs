//! The command line: one file per verb, human text on a terminal, JSON for machines.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage. Results go to stdout, everything about them to stderr.

mod arguments;
mod attributes;
mod bench;
mod clock_test;
mod config;
mod console;
mod decode;
mod encode;
mod engines;
mod eval;
mod eval_samples;
mod extract;
mod failure;
mod files;
mod humanize;
mod input;
mod interpolate;
mod jam;
mod keyboard;
mod logging;
mod making;
mod mean;
mod models;
mod output;
mod performing;
mod plot;
mod points;
mod ports;
mod reconstruct;
mod render;
mod run;
mod sample;
mod screenshot;
mod script_help;
mod shell;
mod tap;
mod theme_name;
mod train;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use console::Console;

/// Everything that `mvae-tui` takes.
#[derive(Debug, Parser)]
#[command(
    name = "mvae-tui",
    version,
    about = "A terminal live-coding sequencer whose patterns come from the latent space of MusicVAE",
    long_about = "A terminal live-coding sequencer whose patterns come from the latent space of MusicVAE.\n\nWithout a verb it opens the jam; the verbs make, read, hear and draw patterns from a script or a shell.",
    after_help = EXAMPLES,
    override_usage = "mvae-tui [OPTIONS] [SESSION.toml|SCRIPT.rhai]\n       mvae-tui VERB [ARGUMENTS]",
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    jam: jam::Arguments,
    #[command(flatten)]
    common: arguments::Common,
}

const EXAMPLES: &str = "Examples:
  mvae-tui                                     open the jam
  mvae-tui evening.toml                        open a session, or begin one of that name
  mvae-tui sample --n 4 --seed 1 --out d       four new beats as MIDI files
  mvae-tui extract song.mid                    every 2-bar beat in a song
  mvae-tui interpolate a.mid b.mid --out i     thirteen beats from one to the other
  mvae-tui render d/sample-seed1-001.mid beat.wav
  mvae-tui <verb> --help                       more of them";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Draw new patterns from the prior
    Sample(sample::Arguments),
    /// Go from one pattern to another through the latent space
    Interpolate(interpolate::Arguments),
    /// Find the pattern in the middle of several
    Mean(mean::Arguments),
    /// Take a pattern through the latent space and back
    Reconstruct(reconstruct::Arguments),
    /// Turn patterns into latent points, written as JSON
    Encode(encode::Arguments),
    /// Turn latent points back into patterns
    Decode(decode::Arguments),
    /// Move patterns towards more or less of something: density, syncopation, ...
    Attributes(attributes::Arguments),
    /// Give a quantised beat the velocities and timing of a drummer
    Humanize(humanize::Arguments),
    /// Turn a tapped rhythm into drums
    Tap(tap::Arguments),
    /// List every pattern in a MIDI file that a model can take
    Extract(extract::Arguments),
    /// Play a script, or render it
    Run(run::Arguments),
    /// Make MIDI files heard as WAV
    Render(render::Arguments),
    /// Draw MIDI files as SVG or PNG
    Plot(plot::Arguments),
    /// List the models at hand, or tell about one
    Models(models::Arguments),
    /// Train a model of your own from MIDI files
    Train(Box<train::Arguments>),
    /// Measure how well a model knows given music
    Eval(eval::Arguments),
    /// Tell what can run the models here: processor and graphics cards
    Engines(engines::Arguments),
    /// Measure how fast models run
    Bench(bench::Arguments),
    /// List MIDI ports and audio devices
    Ports(ports::Arguments),
    /// Measure how exact our MIDI clock is on this machine
    ClockTest(clock_test::Arguments),
    /// Draw the jam's screen as a picture
    Screenshot(screenshot::Arguments),
    /// Tell where the configuration is, what it may hold, what is wrong with it
    Config(config::Arguments),
    /// Print what a shell needs to complete words
    Completions(shell::Completions),
    /// Print the manual page
    Man(shell::Man),
    /// Explain a verb, or the language of scripts
    Help(script_help::Arguments),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    run_with(std::env::args_os())
}

/// Runs the program with given arguments, the first being its own name.
fn run_with(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, with code 0. A reader that is gone is no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let console = Console::new(&cli.common);
    let kept = logging::state_folder().map(|folder| folder.join("engines.json"));
    crate::model::engines::choose(cli.common.engine.into(), kept);
    logging::start(cli.common.verbose, cli.verb.is_none());
    if let (Some(_), Some(what)) = (&cli.verb, cli.jam.given()) {
        let text = format!("{what} stands before the verb and would be the jam's. Put it after the verb");
        return failure::exit(Err(failure::usage(text)));
    }
    let Some(verb) = cli.verb else {
        let verbs: Vec<String> = Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect();
        return failure::exit(jam::run(cli.jam, &verbs));
    };
    let done = match verb {
        Verb::Render(a) => render::run(&a, &console),
        Verb::Run(a) => run::run(&a, &console),
        Verb::Help(a) => script_help::run(&a),
        Verb::Eval(a) => eval::run(&a, &console),
        Verb::Engines(a) => engines::run(&a, &console),
        Verb::Bench(a) => bench::run(&a, &console),
        Verb::Ports(a) => ports::run(&a, &console),
        Verb::ClockTest(a) => clock_test::run(&a, &console),
        Verb::Sample(a) => sample::run(&a, &console),
        Verb::Interpolate(a) => interpolate::run(&a, &console),
        Verb::Mean(a) => mean::run(&a, &console),
        Verb::Reconstruct(a) => reconstruct::run(&a, &console),
        Verb::Encode(a) => encode::run(&a, &console),
        Verb::Decode(a) => decode::run(&a, &console),
        Verb::Attributes(a) => attributes::run(&a, &console),
        Verb::Humanize(a) => humanize::run(&a, &console),
        Verb::Tap(a) => tap::run(&a, &console),
        Verb::Extract(a) => extract::run(&a, &console),
        Verb::Plot(a) => plot::run(&a, &console),
        Verb::Models(a) => models::run(&a, &console),
        Verb::Screenshot(a) => screenshot::run(&a, &console),
        Verb::Config(a) => config::run(&a, &console),
        Verb::Completions(a) => shell::completions(&a),
        Verb::Man(a) => shell::man(&a),
        Verb::Train(a) => train::run(&a, &console),
    };
    failure::exit(done)
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_of_all_verbs_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_explains_itself_with_an_example() {
        for verb in Cli::command().get_subcommands() {
            let help = verb.clone().render_long_help().to_string();
            assert!(help.contains("Examples:"), "{} has no examples", verb.get_name());
        }
    }
}
