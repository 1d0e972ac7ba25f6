//! `./dev bench NAME`: figures a reader can take again, each beside the goal it is held to.
//!
//! Times are of this machine and of the `loadlens` named by `LOADLENS_BINARY`, else of the one built
//! beside this program. Nothing here is a test: tests hold counts and sizes, never times.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for the person who measures")]

mod agreement;
mod archive;
mod calls;
mod figure;
mod pages;
mod sampler;
mod serve;

use std::process::ExitCode;

const USAGE: &str = "measure pages | serve | calls | archive | sampler [SESSIONS] | agreement [MINUTES]";

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let number = arguments.next().and_then(|text| text.parse().ok());
    match name.as_str() {
        "pages" => pages::measure().await,
        "serve" => serve::measure().await,
        "calls" => calls::measure().await,
        "archive" => archive::measure().await,
        "sampler" => sampler::measure(number.unwrap_or(200)).await,
        "agreement" => agreement::measure(number.unwrap_or(10)).await,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
