//! What people need daily, behind `./dev`: installing what is missing, building
//! the front, starting, testing, checking.
//!
//! It must not know what Loadlens does; it only starts cargo and programs. Its
//! one law: every command can be run twice, and what cannot be had costs one
//! clear line, never silence.

mod bench;
mod css;
mod front;
mod gate;
mod needs;
mod packages;
mod repo;
mod run;
mod start;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: ./dev <command> [arguments]

  demo [--port N] [--for SECONDS] [--incident NAME] [--engine mariadb]
                  install what is missing, build, start everything, print one URL
  serve [..]      build and start the dashboard against AWS (arguments of `loadlens serve`)
  test [filter]   install what tests need, run every test
  check           formatting, lints, documentation
  bench [name]    measurements; without a name, the list of them
  front           build what the browser loads (wasm, script, style) into target/site
  setup [--tests] only install what is missing
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match command.as_str() {
        "demo" => start::demo(&rest),
        "serve" => start::serve(&rest),
        "test" => gate::test(&rest),
        "check" => gate::check(),
        "lint" => gate::lint(),
        "bench" => bench::bench(&rest),
        "front" => front::build().map(|_| ()),
        "setup" => needs::setup(rest.iter().any(|a| a == "--tests")),
        "" | "help" | "--help" | "-h" => {
            eprint!("{USAGE}");
            Ok(())
        }
        other => Err(anyhow::anyhow!("no command {other:?}\n\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
