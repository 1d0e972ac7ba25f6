//! Time to an answer of the DB load page with a warm archive, seen by a client on the same machine, and
//! what AWS is asked for it.

use std::time::{Duration, Instant};

use hyper::StatusCode;
use tests::http::get;
use tests::stage::{Stage, past_hour};

use crate::figure::{figure, quantile};

/// Requests one after the other.
const ONE_BY_ONE: usize = 500;
/// Readers at once, and for how long they ask.
const READERS: usize = 8;
const CROWD: Duration = Duration::from_secs(10);

pub(crate) async fn measure() {
    let stage = Stage::with_history().await;
    let (id, _) = stage.dashboard.simulated().await;
    let (from, to) = past_hour();
    let url = format!("{}/db/{id}?from={from}&to={to}", stage.dashboard.url);
    let first = get(&url).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    figure("bytes of the page, not packed", first.body.len() as f64, "bytes", "");
    let mut times = Vec::new();
    for _ in 0..ONE_BY_ONE {
        let begun = Instant::now();
        assert_eq!(get(&url).await.status, StatusCode::OK);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    figure("DB load page, p50", quantile(&mut times, 0.5), "ms", "<= 5");
    figure("DB load page, p99", quantile(&mut times, 0.99), "ms", "<= 20");
    let calls = calls_of(&stage).await;
    let begun = Instant::now();
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let url = url.clone();
        readers.push(tokio::spawn(async move {
            let mut count = 0_u32;
            while begun.elapsed() < CROWD {
                assert_eq!(get(&url).await.status, StatusCode::OK);
                count += 1;
            }
            count
        }));
    }
    let mut count = 0;
    for reader in readers {
        count += reader.await.unwrap();
    }
    figure("DB load pages a second", f64::from(count) / begun.elapsed().as_secs_f64(), "", ">= 1000");
    figure("PI calls for all of those pages", (calls_of(&stage).await - calls) as f64, "", "0 but for a poll");
}

/// Calls of Performance Insights since the start.
async fn calls_of(stage: &Stage) -> u64 {
    let spend = stage.dashboard.api("spend").await;
    let calls = spend["lines"].as_array().unwrap().iter();
    calls.filter(|line| line["api"] == "pi:GetResourceMetrics").filter_map(|line| line["calls"].as_u64()).sum()
}
