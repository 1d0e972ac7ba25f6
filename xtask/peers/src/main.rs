//! Compares our normaliser with others on files of statements: one thread, CPU time, rounds of all
//! contestants interleaved, the best round of each counts. Ratios hold on any machine; times do not.
//!
//! `peers FILE.jsonl …`: each line `{"sql": "…", "engine": "…"}`.

mod contestants;
mod statements;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};

use contestants::{Contestant, contestants};
use statements::Statement;

/// Rounds of every contestant over every file, at most.
const ROUNDS: usize = 5;
/// Rounds end when a file has taken this long.
const BUDGET: Duration = Duration::from_secs(60);
/// Each fast contestant repeats a small file until it has seen about this many bytes.
const ROUND_BYTES: usize = 4 << 20;

/// CPU time of this process, whose only working thread is the one that measures.
fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec for the whole call.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "the clock of CPU time exists on Linux");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Seconds for one pass over `file`, at best, of each contestant.
fn measure(file: &[Statement], bytes: usize, runs: &mut [Contestant]) -> Vec<f64> {
    let mut best = vec![f64::INFINITY; runs.len()];
    let begin = cpu_time();
    for round in 0..ROUNDS {
        for (contestant, best) in runs.iter_mut().zip(&mut best) {
            let repeat = if contestant.slow { 1 } else { (ROUND_BYTES / bytes).max(1) };
            let start = cpu_time();
            for _ in 0..repeat {
                (contestant.run)(file);
            }
            *best = best.min((cpu_time() - start).as_secs_f64() / repeat as f64);
        }
        if round > 0 && cpu_time() - begin > BUDGET {
            break;
        }
    }
    best
}

fn main() -> Result<()> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        bail!("name at least one file of JSON lines {{\"sql\": \"…\", \"engine\": \"…\"}}");
    }
    let mut ratios: Vec<(&str, Vec<f64>)> = Vec::new();
    for path in &files {
        let file = statements::read(path)?;
        let bytes: usize = file.iter().map(|statement| statement.sql.len()).sum();
        let mut runs = contestants();
        let best = measure(&file, bytes.max(1), &mut runs);
        println!("{}: {} statements, {:.2} MB", path.display(), file.len(), bytes as f64 / 1e6);
        println!("  {:<38}{:>14}{:>10}{:>16}", "", "statements/s", "MB/s", "ours is faster");
        for (at, (contestant, seconds)) in runs.iter().zip(&best).enumerate() {
            let ratio = seconds / best[0];
            println!(
                "  {:<38}{:>14.0}{:>10.1}{:>15.2}x",
                contestant.name,
                file.len() as f64 / seconds,
                bytes as f64 / seconds / 1e6,
                ratio
            );
            match ratios.get_mut(at) {
                Some((_, list)) => list.push(ratio),
                None => ratios.push((contestant.name, vec![ratio])),
            }
        }
    }
    println!("geometric mean over {} files, our scanner against", files.len());
    for (name, list) in ratios.iter().skip(1) {
        let mean = (list.iter().map(|ratio| ratio.ln()).sum::<f64>() / list.len() as f64).exp();
        println!("  {name:<38}{mean:>39.2}x");
    }
    Ok(())
}
