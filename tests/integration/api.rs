//! The JSON API tells the numbers of the pages, they add up, and what is missing is null.

use hyper::StatusCode;
use serde_json::Value;
use tests::http::get;
use tests::stage::{Stage, past_hour};
use units::Timestamp;
use view::number;

/// Every slice of `/load` and every dimension of `/top`.
const DIMENSIONS: [&str; 8] = ["wait", "wait_type", "sql", "user", "host", "application", "database", "session_type"];

/// Sums of numbers printed and read back.
const TOLERANCE: f64 = 1e-6;

#[tokio::test(flavor = "multi_thread")]
async fn every_slice_adds_up_to_the_same_total() {
    let stage = Stage::shared().await;
    let (id, _) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let mut totals = Vec::new();
    for slice in DIMENSIONS {
        let load =
            stage.dashboard.api(&format!("instances/{id}/load?from={from}&to={to}&slice={slice}&period=60")).await;
        assert_eq!(load["slice"], slice);
        let total = numbers(&load["total"]);
        assert_eq!((total.len(), load["times"].as_array().unwrap().len()), (60, 60), "{slice}");
        let rows =
            load["series"].as_array().unwrap().iter().chain(load["remainder"].as_object().map(|_| &load["remainder"]));
        let rows: Vec<Vec<Option<f64>>> = rows.map(|row| numbers(&row["values"])).collect();
        for (bucket, total) in total.iter().enumerate() {
            let values: Vec<f64> = rows.iter().filter_map(|row| row[bucket]).collect();
            match total {
                Some(total) => assert_near(values.iter().sum(), *total, &format!("{slice}, bucket {bucket}")),
                None => assert!(values.is_empty(), "{slice}, bucket {bucket} has parts of an unknown total"),
            }
        }
        totals.push(total);
    }
    for (slice, total) in DIMENSIONS.iter().zip(&totals) {
        for (one, other) in total.iter().zip(&totals[0]) {
            assert_eq!(one.is_some(), other.is_some(), "{slice}");
            assert_near(one.unwrap_or(0.0), other.unwrap_or(0.0), slice);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ranking_adds_up_whatever_its_limit() {
    let stage = Stage::shared().await;
    let (id, _) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let load = stage.dashboard.api(&format!("instances/{id}/load?from={from}&to={to}")).await;
    let mean = load["mean_aas"].as_f64().unwrap();
    for by in DIMENSIONS {
        for limit in [1, 3, 25] {
            let top =
                stage.dashboard.api(&format!("instances/{id}/top?from={from}&to={to}&by={by}&limit={limit}")).await;
            let rows = top["rows"].as_array().unwrap();
            let sum: f64 = rows.iter().filter_map(|row| row["mean_aas"].as_f64()).sum();
            assert_near(sum, mean, &format!("{by}, limit {limit}"));
            assert_near(top["total_aas"].as_f64().unwrap(), mean, &format!("{by}, limit {limit}"));
            let ranked = rows.iter().filter(|row| row["kind"] != "remainder" && row["kind"] != "unattributed");
            assert!(ranked.count() <= limit, "{by}, limit {limit}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_same_numbers() {
    let stage = Stage::shared().await;
    let (id, name) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let range = format!("from={from}&to={to}");
    let page = get(&format!("{}/db/{id}?{range}", stage.dashboard.url)).await.text();
    let load = stage.dashboard.api(&format!("instances/{id}/load?{range}")).await;
    for what in ["mean_aas", "p99_aas"] {
        let figure = number::three_figures(load[what].as_f64().unwrap());
        assert!(page.contains(&figure), "{what} {figure} is not on the page");
    }
    let top = stage.dashboard.api(&format!("instances/{id}/top?{range}")).await;
    let rows: Vec<&Value> = top["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "digest").collect();
    assert!(rows.len() >= 5, "{top}");
    for row in rows {
        let figure = number::three_figures(row["mean_aas"].as_f64().unwrap());
        assert!(page.contains(&figure), "{figure} of {} is not on the page", row["label"]);
    }
    let instances = stage.dashboard.api("instances").await;
    let of_fleet = instances["instances"].as_array().unwrap().iter().find(|one| one["id"] == id.as_str()).unwrap();
    let fleet = get(&format!("{}/", stage.dashboard.url)).await.text();
    assert!(fleet.contains(&name) && of_fleet["name"] == name.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_read_and_written_and_gaps_are_null() {
    let stage = Stage::shared().await;
    let (id, name) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let secs = |at: u64| Timestamp::from_secs(i64::try_from(at).unwrap()).to_string();
    let by_seconds = stage.dashboard.api(&format!("instances/{id}/load?from={from}&to={to}")).await;
    let by_text = stage.dashboard.api(&format!("instances/{id}/load?from={}&to={}", secs(from), secs(to))).await;
    assert_eq!(by_seconds, by_text);
    assert_eq!(by_seconds["from"], secs(from));
    assert_eq!(by_seconds["to"], secs(to));

    // The simulated week has gaps; they are gaps in every row, and coverage names them.
    let week = to - 6 * 86_400;
    let path = format!("instances/{id}/load?from={week}&to={to}&period=300&slice=wait");
    let has_all = |load: &Value| {
        load["coverage"]["buckets"].as_array().is_some_and(|all| all.iter().all(|one| one != "pending"))
            && numbers(&load["total"]).iter().filter(|total| total.is_none()).count() < 200
    };
    let load = stage.dashboard.api_until(&path, "the whole week", has_all).await;
    let total = numbers(&load["total"]);
    let missing: Vec<usize> = (0..total.len()).filter(|bucket| total[*bucket].is_none()).collect();
    assert!(!missing.is_empty(), "the simulated past has a gap");
    for bucket in missing {
        assert_eq!(load["coverage"]["buckets"][bucket], "missing", "bucket {bucket}");
        for row in load["series"].as_array().unwrap() {
            assert!(row["values"][bucket].is_null(), "bucket {bucket} of {}", row["key"]);
        }
    }

    for (path, target) in [
        (format!("/db/{name}?from={from}&to={to}"), format!("/db/{id}?from={from}&to={to}")),
        (format!("/api/v1/instances/{name}/top?by=user"), format!("/api/v1/instances/{id}/top?by=user")),
    ] {
        let answer = get(&format!("{}{path}", stage.dashboard.url)).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::TEMPORARY_REDIRECT, target));
    }
    let busiest = stage.dashboard.api("instances").await["instances"][0]["id"].as_str().unwrap().to_owned();
    let answer = get(&format!("{}/db", stage.dashboard.url)).await;
    assert_eq!(answer.header("location"), format!("/db/{busiest}"));
    let openapi = stage.dashboard.api("openapi.json").await;
    assert_eq!(openapi["openapi"].as_str().map(|version| &version[..2]), Some("3."));
    assert!(openapi["paths"]["/api/v1/instances/{id}/load"]["get"].is_object(), "{openapi}");
}

fn numbers(list: &Value) -> Vec<Option<f64>> {
    list.as_array().unwrap().iter().map(Value::as_f64).collect()
}

#[track_caller]
fn assert_near(one: f64, other: f64, what: &str) {
    assert!((one - other).abs() <= TOLERANCE, "{what}: {one} is not {other}");
}
