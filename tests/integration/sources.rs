//! What the dashboard says of its own collection: every failure is there to be seen, with its cause and
//! the way out, and the calls are those the policy of the README allows.

use hyper::StatusCode;
use serde_json::{Value, json};
use tests::http::{get, send};
use tests::stage::{Dashboard, Endpoint, SEED, Stage, past_hour};
use tests::tools;

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_named_with_its_remedy() {
    let endpoint = Endpoint::start(&["--history", SEED, "--sentinels"]);
    let archive = tempfile::tempdir().unwrap();
    let dashboard = Dashboard::start(&endpoint, &archive);
    dashboard.ready().await;
    let told = |sources: &Value, name: &str| {
        let lines = sources["sources"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["name"] == name).unwrap_or_else(|| panic!("no line of {name}: {sources}"))
    };
    let all_tried = |sources: &Value| {
        let tried = |name: &str| told(sources, name)["trouble"]["pending"].is_null();
        ["denied-db", "gap-db", "pi-off-db", "slow-db", "throttled-db"].iter().all(|name| tried(name))
    };
    let sources = dashboard.api_until("sources", "a try of every instance", all_tried).await;
    let denied = told(&sources, "denied-db")["trouble"]["denied"].clone();
    assert!(denied["action"].as_str().is_some_and(|action| action.starts_with("pi:")), "{sources}");
    assert!(denied["resource"].as_str().is_some_and(|arn| arn.starts_with("arn:aws:pi:")), "{sources}");
    assert!(told(&sources, "throttled-db")["trouble"]["throttled"].is_object(), "{sources}");
    assert_eq!(told(&sources, "pi-off-db")["trouble"]["not_collected"]["what"], "Performance Insights", "{sources}");
    for name in ["gap-db", "slow-db", "history-7"] {
        let line = told(&sources, name);
        assert!(line["trouble"].is_null() && line["collected_to"].is_string(), "{line}");
    }

    let page = get(&format!("{}/sources", dashboard.url)).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for words in ["denied-db", denied["action"].as_str().unwrap(), "ThrottlingException", "pi:GetResourceMetrics"] {
        assert!(text.contains(words), "{words} is not on the page of sources");
    }

    // Each on its own page as well: the state in the place of the chart, with what to do.
    for (name, words) in [
        ("denied-db", vec!["pi:", "Copy policy statement"]),
        ("throttled-db", vec!["AWS is slowing our calls"]),
        ("pi-off-db", vec!["Performance Insights", "Modify the instance"]),
    ] {
        let id = told(&sources, name)["instance"].as_str().unwrap().to_owned();
        let page = get(&format!("{}/db/{id}", dashboard.url)).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        let text = page.text();
        words.iter().for_each(|words| assert!(text.contains(words), "{words} is not on the page of {name}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_those_of_the_policy_and_are_priced() {
    let stage = Stage::shared().await;
    let has_calls = |spend: &Value| spend["lines"].as_array().is_some_and(|calls| calls.len() >= 6);
    let spend = stage.dashboard.api_until("spend", "a count of calls", has_calls).await;
    let readme = std::fs::read_to_string(tools::repository().join("README.md")).unwrap();
    for line in spend["lines"].as_array().unwrap() {
        let action = line["api"].as_str().unwrap();
        assert!(readme.contains(&format!("\"{action}\"")), "{action} is called and not in the policy of the README");
        assert!(line["calls"].as_u64().is_some_and(|calls| calls > 0), "{line}");
    }
    assert!(spend["usd_today"].as_f64().is_some_and(|cost| cost > 0.0), "{spend}");
    let sources = stage.dashboard.api("sources").await;
    assert!(sources["archive_bytes"].as_u64().is_some_and(|bytes| bytes > 100_000), "{sources}");
}

#[tokio::test(flavor = "multi_thread")]
async fn not_being_ready_names_the_part_and_the_cause() {
    let endpoint = Endpoint::start(&["--history", SEED]);
    let expired = json!({ "expired_credentials": true }).to_string();
    let faults = format!("{}/_fault", endpoint.url);
    let set = send("POST", &faults, &[("content-type", "application/json")], &expired).await;
    assert!(set.status.is_success(), "{}", set.text());
    let archive = tempfile::tempdir().unwrap();
    let dashboard = Dashboard::start(&endpoint, &archive);
    let ready = format!("{}/readyz", dashboard.url);
    let told = loop {
        let answer = get(&ready).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
        if answer.json()["failing"].is_string() {
            break answer.json();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(told["archive_open"], true);
    assert_eq!(told["first_poll_done"], false);
    assert_eq!(told["failing"], "RDS inventory");
    assert!(told["why"].as_str().is_some_and(|why| why.contains("credentials")), "{told}");
    let fleet = get(&format!("{}/", dashboard.url)).await;
    assert_eq!(fleet.status, StatusCode::OK, "pages are served all the same");
    assert!(fleet.text().contains("No valid AWS credentials"), "the page says what is wrong");
    assert!(fleet.text().contains("AWS_PROFILE"), "the page says what to do");

    // Once they work again it becomes ready by itself.
    let set = send("POST", &faults, &[("content-type", "application/json")], "{}").await;
    assert!(set.status.is_success(), "{}", set.text());
    dashboard.ready().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_instance_is_called_so_on_every_page() {
    let stage = Stage::shared().await;
    let (id, name) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let top = stage.dashboard.api(&format!("instances/{id}/top?from={from}&to={to}&by=sql")).await;
    let digest = top["rows"][0]["key"].as_str().unwrap_or_else(|| panic!("{top}"));
    for path in [
        "/".to_owned(),
        format!("/db/{id}?from={from}&to={to}"),
        format!("/db/{id}/sql/{digest}?from={from}&to={to}"),
        "/alarms".to_owned(),
        "/sources".to_owned(),
        "/settings".to_owned(),
        "/nowhere".to_owned(),
    ] {
        let text = get(&format!("{}{path}", stage.dashboard.url)).await.text();
        assert!(text.contains(&format!("Simulated: {name}")), "{path} does not say that {name} is simulated");
    }
    let image = get(&format!("{}/api/v1/instances/{id}/load.svg?from={from}&to={to}", stage.dashboard.url)).await;
    assert!(image.text().contains("simulated"), "nor does an image");
}
