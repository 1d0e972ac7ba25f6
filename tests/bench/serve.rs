//! The dashboard as a process: time to its first answer, memory when idle, size on the disk.

use std::time::{Duration, Instant};

use hyper::StatusCode;
use tests::http::get;
use tests::program::binary;
use tests::stage::{Dashboard, Endpoint};

use crate::figure::figure;

/// How long it is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(60);

pub(crate) async fn measure() {
    let endpoint = Endpoint::with_history();
    let archive = tempfile::tempdir().unwrap();
    let first = Dashboard::start(&endpoint, &archive);
    first.ready().await;
    assert!(first.program.terminate().success());
    let begun = Instant::now();
    let dashboard = Dashboard::start(&endpoint, &archive);
    assert_eq!(get(&format!("{}/", dashboard.url)).await.status, StatusCode::OK);
    figure("start to the first page, archive there", begun.elapsed().as_secs_f64(), "s", "<= 1");
    dashboard.ready().await;
    figure("start to a done first poll", begun.elapsed().as_secs_f64(), "s", "");
    tokio::time::sleep(IDLE).await;
    figure("resident memory after a minute alone", resident_mb(dashboard.program.pid()), "MB", "<= 80");
    let size = std::fs::metadata(binary()).unwrap().len();
    figure("program on the disk", size as f64 / 1e6, "MB", "<= 60 (release)");
    println!("program: {}", binary().display());
}

fn resident_mb(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1000.0
}
