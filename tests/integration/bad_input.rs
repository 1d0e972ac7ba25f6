//! What goes wrong in practice: each gives a page or a line that says what and
//! what to do, and the program stays up.

use std::process::Command;

use hyper::StatusCode;
use tests::http::{get, send};
use tests::program::binary;
use tests::stage::{Dashboard, Endpoint, Stage, past_hour};

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_refuses_in_words() {
    let stage = Stage::shared().await;
    let (id, name) = stage.dashboard.simulated().await;
    let base = &stage.dashboard.url;

    let unknown = get(&format!("{base}/db/db-NOBODY")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text().contains("db-NOBODY"), "{}", unknown.text());

    for (path, status, word) in [
        ("instances/db-NOBODY/load".to_owned(), StatusCode::NOT_FOUND, "db-NOBODY"),
        (format!("instances/{id}/load?from=2026-01-02T00:00Z&to=2026-01-01T00:00Z"), StatusCode::BAD_REQUEST, "from"),
        (format!("instances/{id}/load?slice=colour"), StatusCode::BAD_REQUEST, "colour"),
        (format!("instances/{id}/top?limit=0"), StatusCode::BAD_REQUEST, "limit"),
        ("nothing-here".to_owned(), StatusCode::NOT_FOUND, "endpoint"),
    ] {
        let answer = get(&format!("{base}/api/v1/{path}")).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let error = answer.json()["error"].clone();
        assert!(error["what"].is_string() && error["mend"].is_string(), "{path}: {error}");
        assert!(answer.text().contains(word), "{path}: {error}");
    }

    let by_name = get(&format!("{base}/api/v1/instances/{name}/load?slice=wait")).await;
    assert_eq!(by_name.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(by_name.header("location"), format!("/api/v1/instances/{id}/load?slice=wait"));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_change_nothing() {
    let stage = Stage::shared().await;
    let settings = format!("{}/settings", stage.dashboard.url);
    let form = ("content-type", "application/x-www-form-urlencoded");
    for header in [("origin", "https://example.org"), ("sec-fetch-site", "cross-site"), ("x-nothing", "")] {
        let answer = send("POST", &settings, &[form, header], "theme=dark").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?}");
    }
    let rebound = send("GET", &settings, &[("host", "example.org")], "").await;
    assert_eq!(rebound.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_a_policy_with_a_nonce_of_its_own() {
    let stage = Stage::shared().await;
    let (id, _) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let load = format!("/db/{id}?from={from}&to={to}");
    let mut nonces = Vec::new();
    for path in ["/", &load, "/alarms", "/sources", "/settings", "/nowhere"] {
        let page = get(&format!("{}{path}", stage.dashboard.url)).await;
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        assert!(nonce.len() >= 16, "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(!page.text().contains(" style=\""), "{path} has a style attribute");
        nonces.push(nonce.to_owned());
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 6, "a nonce was used twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_down_is_said_to_be() {
    let archive = tempfile::tempdir().unwrap();
    let environment = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];
    let dashboard = Dashboard::start_with(&environment, &archive, &[]);
    assert_eq!(get(&format!("{}/healthz", dashboard.url)).await.status, StatusCode::OK);
    let fleet = get(&format!("{}/", dashboard.url)).await;
    assert_eq!(fleet.status, StatusCode::OK, "the page stays up");
    assert!(dashboard.program.terminate().success(), "an orderly end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_program_ends_by_itself() {
    let endpoint = Endpoint::with_history();
    let archive = tempfile::tempdir().unwrap();
    let dashboard = Dashboard::start(&endpoint, &archive);
    assert!(dashboard.program.terminate().success());
    assert!(endpoint.program.terminate().success());
}

#[test]
fn a_command_line_that_cannot_be_used_ends_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("loadlens.toml");
    std::fs::write(&file, "lisen = \"127.0.0.1:0\"\n").unwrap();
    let data = folder.path().to_str().unwrap();
    let config = file.to_str().unwrap();
    for (arguments, word) in [
        (vec!["serve", "--config", config], "did you mean 'listen'"),
        (vec!["serve", "--config", "/nowhere/loadlens.toml"], "/nowhere/loadlens.toml"),
        (vec!["serve", "--listen", "0.0.0.0:0", "--data-dir", data], "127.0.0.1"),
        (vec!["local", "--data-dir", data], "--postgres"),
        (vec!["local", "--postgres", "x=nonsense", "--listen", "127.0.0.1:0", "--data-dir", data], "nonsense"),
    ] {
        let output = Command::new(binary()).args(&arguments).env("NO_COLOR", "1").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
    }
}

#[test]
fn the_help_names_every_command() {
    let output = Command::new(binary()).arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for word in ["serve", "local", "demo", "doctor", "digest"] {
        assert!(text.contains(word), "{text}");
    }
}
