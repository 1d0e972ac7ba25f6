//! The private cluster against the real server.
#![allow(clippy::unwrap_used)]

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use local_stack::forwarder::Forwarder;
use local_stack::guard::is_alive;
use local_stack::{Postgres, PostgresConfig, PostgresError};
use tokio_postgres::NoTls;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("loadlens-pg").tempdir_in("/tmp").unwrap();
    // As root the server runs as somebody else, who has to get through.
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn value(url: &str, sql: &str) -> String {
    connect(url).await.query_one(sql, &[]).await.unwrap().get(0)
}

fn wait_gone(pid: u32) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while is_alive(pid) {
        assert!(Instant::now() < deadline, "process {pid} outlived us");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_starts_keeps_its_data_and_leaves_nothing_behind() {
    let folder = folder();
    let root = folder.path().join("pg");
    let mut postgres = Postgres::start(PostgresConfig::for_test(&root)).await.unwrap();
    let url = postgres.url("postgres");
    assert_eq!(value(&url, "show compute_query_id").await, "on");
    assert_eq!(value(&url, "show track_io_timing").await, "on");
    assert_eq!(value(&url, "show shared_preload_libraries").await, "pg_stat_statements,auto_explain");
    connect(&url).await.batch_execute("create table kept as select 7 as n").await.unwrap();

    let in_use = Postgres::start(PostgresConfig::for_test(&root)).await.err();
    assert!(matches!(in_use, Some(PostgresError::InUse { .. })), "{in_use:?}");

    let first_pid = postgres.pid().unwrap();
    postgres.crash();
    assert!(!is_alive(first_pid));
    postgres.restart_blocking().unwrap();
    postgres.stop();
    postgres.restart_blocking().unwrap();
    assert_eq!(value(&postgres.url("postgres"), "select n::text from kept").await, "7");

    let pid = postgres.pid().unwrap();
    drop(postgres);
    wait_gone(pid);
    let again = Postgres::start(PostgresConfig::for_test(&root)).await.unwrap();
    assert_eq!(value(&again.url("postgres"), "select n::text from kept").await, "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarder_gives_its_caller_an_address_of_its_own() {
    let folder = folder();
    let postgres = Postgres::start(PostgresConfig::for_test(folder.path().join("pg"))).await.unwrap();
    let target = (Ipv4Addr::LOCALHOST, postgres.port()).into();
    let forwarder = Forwarder::start(target, Ipv4Addr::new(127, 0, 0, 77)).await.unwrap();
    let url = postgres.url_via(forwarder.listen(), "postgres");
    assert_eq!(value(&url, "select host(inet_client_addr())").await, "127.0.0.77");
    assert_eq!(forwarder.connections(), 1);
}

#[test]
fn a_missing_server_is_one_clear_line() {
    let folder = folder();
    let config = PostgresConfig { bin_dir: Some("/nonexistent".into()), ..PostgresConfig::for_test(folder.path()) };
    let text = Postgres::start_blocking(config).err().unwrap().to_string();
    assert!(text.starts_with("no PostgreSQL server found (looked in /nonexistent)"), "{text}");
}

#[test]
fn a_refused_start_says_what_the_server_said() {
    let folder = folder();
    let mut config = PostgresConfig::for_test(folder.path().join("pg"));
    config.settings.push(("max_connections".into(), "'many'".into()));
    let text = Postgres::start_blocking(config).err().unwrap().to_string();
    assert!(text.contains("max_connections"), "{text}");
    assert!(!text.contains('\n'), "{text}");
}

/// Runs this very test binary again as a child that starts a cluster and waits, kills it with
/// `kill -9`, and sees the server go.
#[test]
fn nothing_survives_kill_minus_nine() {
    const CHILD: &str = "LOADLENS_TEST_CLUSTER";
    if let Some(root) = std::env::var_os(CHILD) {
        let root = Path::new(&root);
        let postgres = Postgres::start_blocking(PostgresConfig::for_test(root.join("pg"))).unwrap();
        std::fs::write(root.join("pid.new"), postgres.pid().unwrap().to_string()).unwrap();
        std::fs::rename(root.join("pid.new"), root.join("pid")).unwrap();
        loop {
            std::thread::park();
        }
    }
    let folder = folder();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "nothing_survives_kill_minus_nine"])
        .env(CHILD, folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let pid: u32 = loop {
        if let Ok(text) = std::fs::read_to_string(folder.path().join("pid")) {
            break text.parse().unwrap();
        }
        assert!(child.try_wait().unwrap().is_none() && Instant::now() < deadline, "the child did not start");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(is_alive(pid));
    child.kill().unwrap();
    child.wait().unwrap();
    wait_gone(pid);
}
