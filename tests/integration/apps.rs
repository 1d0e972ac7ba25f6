//! The App page over everything at once: seeded tiers in the local endpoint, discovered and collected
//! through the real SDKs, read back from pages and API.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tests::http::{get, send};
use tests::stage::Stage;

use crate::rust_peer::Sdk;

/// The app in containers: behind an ALB whose requests are counted.
const APP: &str = "bookshop-container";
const BALANCER: &str = "app/bookshop-container/4f1c8e9a2b7d6350";

/// Half an hour that ended ten minutes ago, in epoch seconds: nothing is added to it any more.
fn window() -> (u64, u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let end = now / 60 * 60 - 600;
    (end - 1_800, end)
}

fn strip<'a>(app: &'a Value, tier: &str, metric: &str) -> &'a Value {
    let groups = app["groups"].as_array().unwrap().iter().filter(|group| group["title"] == tier);
    let mut strips = groups.flat_map(|group| group["strips"].as_array().unwrap());
    strips.find(|strip| strip["metric"] == metric).unwrap_or_else(|| panic!("no {metric} of {tier}: {app}"))
}

/// Whether the balancer's requests are collected to the end of the window.
fn is_collected(app: &Value) -> bool {
    let groups = app["groups"].as_array().into_iter().flatten();
    let mut strips = groups.filter_map(|group| group["strips"].as_array()).flatten();
    strips.any(|strip| strip["metric"] == "RequestCount Sum" && strip["values"][29].is_number())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_counts_what_the_endpoint_counts() {
    let stage = Stage::shared().await;
    let (from, to) = window();
    let path = format!("apps/{APP}?from={from}&to={to}");
    let dashboard = &stage.dashboard;
    dashboard.api_until("apps", "the app in containers", |apps| apps.to_string().contains(APP)).await;
    let app = dashboard.api_until(&path, "requests to the end", is_collected).await;

    let sdk = Sdk::new(&stage.endpoint.url).await;
    let params = json!({
        "Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount", "Statistics": ["Sum"], "Period": 60,
        "Dimensions": [{ "Name": "LoadBalancer", "Value": BALANCER }],
        "StartTime": { "epoch": from }, "EndTime": { "epoch": to },
    });
    let step = json!({ "service": "cloudwatch", "operation": "get_metric_statistics", "params": params });
    let answer = sdk.carry_out(&step).await;
    let points = answer["ok"]["Datapoints"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let asked: f64 = points.iter().map(|point| point["Sum"].as_f64().unwrap()).sum();
    assert!(asked > 0.0, "{answer}");
    let requests = strip(&app, "bookshop-container", "RequestCount Sum");
    // Sums of rates: exact but for the last bit of a double.
    assert!(requests["count"].as_f64().is_some_and(|count| (count - asked).abs() < 1e-6), "{asked}: {requests}");

    // The same numbers as CSV: rates of a minute add up to the count.
    let csv = get(&format!("{}/api/v1/apps/{APP}/strips.csv?from={from}&to={to}", dashboard.url)).await.text();
    let mut lines = csv.lines();
    let column = lines.next().unwrap().split(',').position(|name| name == "bookshop-container Requests /s").unwrap();
    let rates = lines.filter_map(|line| line.split(',').nth(column)?.parse::<f64>().ok());
    assert!((rates.sum::<f64>() * 60.0 - asked).abs() < 1e-6 * asked, "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tiers_of_a_seeded_world_say_so() {
    let stage = Stage::shared().await;
    let (from, to) = window();
    let path = format!("apps/{APP}?from={from}&to={to}");
    let dashboard = &stage.dashboard;
    dashboard.api_until("apps", "the app in containers", |apps| apps.to_string().contains(APP)).await;
    let app = dashboard.api_until(&path, "requests to the end", is_collected).await;
    let tiers = app["tiers"].as_array().unwrap();
    assert!(tiers.len() >= 5, "{app}");
    assert!(tiers.iter().all(|tier| tier["simulated"] == true), "{app}");

    let page = format!("{}/app/{APP}?from={from}&to={to}&tz=UTC", dashboard.url);
    let html = get(&page).await.text();
    assert!(html.contains("Simulated") && html.contains("Tiers on one axis"), "{html}");
    for tier in tiers {
        assert!(html.contains(tier["name"].as_str().unwrap()), "{tier} is not on the page");
    }
    assert!(!html.contains("style=\""), "the content-security policy would drop it");
    let korean = send("GET", &page, &[("accept-language", "ko")], "").await.text();
    assert!(
        korean.contains("먼저") || korean.contains("수준이 바뀐 계층이 없고") || korean.contains("한도를 벗어났습니다"),
        "{korean}"
    );

    // A drawer is an address: without scripts it opens like any page.
    let key = tiers[0]["key"].as_str().unwrap();
    let drawer = get(&format!("{page}&tier={key}")).await.text();
    assert!(drawer.contains("class=\"panel drawer\""), "{key}: {drawer}");
    assert!(!drawer.contains("No data of this tier") && drawer.contains("arn:aws:"), "{key}: {drawer}");
    let tier = dashboard.api(&format!("apps/{APP}/tier?tier={key}&from={from}&to={to}")).await;
    assert_eq!(tier["tier"]["key"], key, "{tier}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_in_one_line() {
    let stage = Stage::shared().await;
    for (path, status, words) in [
        ("/app/nobody", 404, "nobody"),
        ("/api/v1/apps/nobody", 404, "no app is called 'nobody'"),
        ("/api/v1/apps/bookshop-container/tier", 400, "say which tier"),
        ("/api/v1/apps/bookshop-container?by=colour", 400, "no order of strips"),
    ] {
        let answer = get(&format!("{}{path}", stage.dashboard.url)).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert!(answer.text().contains(words), "{path}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_is_counted_and_priced() {
    let stage = Stage::shared().await;
    let is_asked = |spend: &Value| spend.to_string().contains("cloudwatch:GetMetricData");
    let spend = stage.dashboard.api_until("spend", "price of GetMetricData", is_asked).await;
    let lines = spend["lines"].as_array().unwrap();
    let metrics =
        lines.iter().find(|line| line["api"] == "cloudwatch:GetMetricData").unwrap_or_else(|| panic!("{spend}"));
    let (units, usd) = (metrics["units"].as_f64().unwrap(), metrics["usd"].as_f64().unwrap());
    assert!(units > 0.0 && (usd - units * 0.01 / 1000.0).abs() < 1e-9, "{metrics}");
    let total: f64 = lines.iter().filter_map(|line| line["usd"].as_f64()).sum();
    assert!((spend["usd_today"].as_f64().unwrap() - total).abs() < 1e-9, "{spend}");
    let page = get(&format!("{}/sources", stage.dashboard.url)).await.text();
    assert!(page.contains("Cost of looking") && page.contains("cloudwatch:GetMetricData"), "{page}");
}
