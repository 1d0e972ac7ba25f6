//! `loadlens demo` as a newcomer runs it: one address, an end by itself, nothing left behind, and the
//! same again.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use serde_json::Value;
use tests::http::get;
use tests::program::{Program, binary};
use tests::stage::Dashboard;

/// `--for`: how long it stays after it has printed its address.
const STAYS: Duration = Duration::from_secs(4);
/// Stopping a database, its clients and the rest of it, on a busy machine.
const STOPS_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_real_load_ends_by_itself_and_can_be_run_again() {
    let folder = open_folder();
    let data = folder.path().to_str().unwrap();
    let port = free_port().to_string();
    let stays = STAYS.as_secs().to_string();
    for _ in 0..2 {
        let arguments = ["demo", "--port", &port, "--for", &stays, "--data-dir", data, "--incident", "lock"];
        let mut demo = Program::start(&arguments, &[]);
        let url = demo.wait_for_line("its address", |line| line.starts_with("http://").then(|| line.to_owned()));
        let announced = Instant::now();
        assert_eq!(url, format!("http://127.0.0.1:{port}/"));
        let page = get(&url).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("bookshop-orders-1"), "the instance is on the first page");
        let taken = Command::new(binary()).args(["demo", "--port", &port, "--data-dir", data]).output().unwrap();
        let said = String::from_utf8(taken.stderr).unwrap();
        assert!(!taken.status.success() && said.contains("is taken") && said.lines().count() == 1, "{said}");
        assert!(demo.wait(STAYS + STOPS_WITHIN).success(), "{}", demo.stderr());
        assert!(announced.elapsed() >= STAYS, "it ended {:?} after its address", announced.elapsed());
        assert_eq!(left_behind(data), Vec::<String>::new());
    }
}

/// A storm of row locks on MariaDB is read back from Performance Insights with its statement and wait.
#[tokio::test(flavor = "multi_thread")]
async fn mariadb_shows_real_load_with_its_statement() {
    let folder = open_folder();
    let data = folder.path().to_str().unwrap();
    let port = free_port().to_string();
    let arguments = ["demo", "--engine", "mariadb", "--incident", "lock", "--port", &port, "--data-dir", data];
    let mut demo = Program::start(&arguments, &[]);
    let url = demo.wait_for_line("its address", |line| line.starts_with("http://").then(|| line.to_owned()));
    let dashboard = Dashboard { url: url.trim_end_matches('/').to_owned(), program: demo };
    let known = |all: &Value| all["instances"].as_array().is_some_and(|all| !all.is_empty());
    let all = dashboard.api_until("instances", "instance", known).await;
    assert_eq!(all["instances"][0]["engine"], "mariadb");
    let id = all["instances"][0]["id"].as_str().unwrap();
    let storms = |top: &Value| {
        let mut rows = top["rows"].as_array().into_iter().flatten();
        rows.any(|row| {
            let label = row["label"].as_str().unwrap_or_default();
            label.starts_with("update books set stock") && row["mean_aas"].as_f64() > Some(3.0)
        })
    };
    // The first whole minutes arrive within two.
    dashboard.api_until(&format!("instances/{id}/top?from=now-15m&to=now"), "storm", storms).await;
    let waits = dashboard.api(&format!("instances/{id}/top?from=now-15m&to=now&by=wait")).await;
    let most = waits["rows"].as_array().unwrap().iter().max_by(|a, b| {
        let mean = |row: &Value| row["mean_aas"].as_f64().unwrap_or(0.0);
        mean(a).total_cmp(&mean(b))
    });
    assert_eq!(most.unwrap()["key"], "wait/lock/innodb/row_lock_wait", "{waits}");
}

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    for (arguments, word) in [
        (vec!["demo", "--incident", "flood"], "flood"),
        (vec!["demo", "--engine", "oracle"], "oracle"),
        (vec!["demo", "--postgres-bin", "/nowhere"], "/nowhere"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let output = Command::new(binary()).args(&arguments).args(["--data-dir", data]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let last = said.lines().last().unwrap_or_default();
        assert!(!output.status.success() && last.contains(word), "{arguments:?}: {said}");
        let is_progress = |line: &str| line.starts_with("demo: ");
        assert_eq!(said.lines().filter(|line| !is_progress(line)).count(), 1, "{arguments:?}: {said}");
    }
}

/// A folder that the account the database runs as can get to.
fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Command lines of processes that still speak of the folder.
fn left_behind(data: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(data)).collect()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
