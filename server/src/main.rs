//! Entry point: reads the command line, runs the command, turns its error into one line.

use std::process::ExitCode;

use clap::Parser;
use loadlens::cli::{Cli, Command};
use loadlens::config::ConfigError;
use loadlens::hooks::HookSettingsError;

/// Exit code for input that cannot be used, as clap has it.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loadlens: {}", one_line(&error));
            let bad_input =
                error.downcast_ref::<ConfigError>().is_some() || error.downcast_ref::<HookSettingsError>().is_some();
            ExitCode::from(if bad_input { BAD_INPUT } else { 1 })
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => loadlens::serve::run(&args),
        #[cfg(feature = "local")]
        Command::Local(args) => loadlens::local::run(&args),
        #[cfg(feature = "local")]
        Command::Demo(args) => loadlens::demo::run(&args),
        Command::Doctor(args) => loadlens::doctor::run(&args),
        Command::Tiers => loadlens::tiers_command::run_tiers(),
        Command::Policy => loadlens::tiers_command::run_policy(),
        Command::Digest(args) => loadlens::digest_command::run(&args),
        Command::Alarms(command) => loadlens::alarms_command::run(&command),
        Command::Open(args) => loadlens::open_command::run(&args),
    }
}

/// The error and its causes, `: ` between them.
fn one_line(error: &anyhow::Error) -> String {
    let text = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
    text.replace('\n', " ")
}
