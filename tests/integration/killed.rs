//! `kill -9` in the middle of collecting: what a reader has seen stays, and the
//! past is filled to its end all the same.

use std::collections::BTreeMap;

use serde_json::Value;
use tests::stage::{Dashboard, Endpoint, past_hour};

/// How often it is killed.
const KILLS: usize = 4;

/// A little inside of what is collected at first start.
const PAST_SECS: u64 = 7 * 86_400 - 7_200;

/// An address where nobody listens: port 9 of this machine is not ours to open.
const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_reader_has_seen_is_lost() {
    let endpoint = Endpoint::with_history();
    let archive = tempfile::tempdir().unwrap();
    let (_, to) = past_hour();
    let mut path = String::new();
    let mut seen = Load::default();
    for _ in 0..KILLS {
        let dashboard = Dashboard::start(&endpoint, &archive);
        dashboard.ready().await;
        if path.is_empty() {
            let (id, _) = dashboard.simulated().await;
            path = format!("instances/{id}/load?from={}&to={to}&slice=wait&period=300", to - PAST_SECS);
        }
        let before = seen.known();
        let more = |load: &Value| Load::read(load).known() > before || is_complete(load);
        let more = dashboard.api_until(&path, "more of the past", more).await;
        // The kill falls into the next piece of the past, whichever part of it is being written.
        dashboard.program.kill_9();
        seen.assert_is_within(&Load::read(&more));
        seen = Load::read(&more);

        // In front of nobody: what it shows now comes from its archive alone.
        let alone = Dashboard::start_with(&unreachable(&endpoint), &archive, &[]);
        let kept = Load::read(&alone.api(&path).await);
        seen.assert_is_within(&kept);
        seen = kept;
    }
}

/// On a quick machine the past may be filled before the last kill.
fn is_complete(load: &Value) -> bool {
    let reasons = load["coverage"]["reasons"].as_array();
    reasons.is_some_and(|reasons| reasons.iter().all(|reason| reason != "not_collected"))
}

fn unreachable(endpoint: &Endpoint) -> Vec<(&str, &str)> {
    let mut environment = endpoint.environment();
    for (name, value) in &mut environment {
        if *name == "AWS_ENDPOINT_URL" {
            *value = NOBODY;
        }
    }
    environment
}

/// The total of each bucket that is known whole. Which waits are layers of their own may change with what
/// is collected, and so may the mean over a part of a bucket; the total of a whole bucket may not.
#[derive(Default)]
struct Load(BTreeMap<usize, f64>);

impl Load {
    fn read(load: &Value) -> Self {
        let values = load["total"].as_array().into_iter().flatten().enumerate();
        let is_whole = |bucket: usize| load["coverage"]["buckets"][bucket] == "full";
        let whole = values.filter(|(bucket, _)| is_whole(*bucket));
        Self(whole.filter_map(|(bucket, value)| Some((bucket, value.as_f64()?))).collect())
    }

    /// Buckets whose total is known.
    fn known(&self) -> usize {
        self.0.len()
    }

    /// Every value is still there and still the same.
    fn assert_is_within(&self, later: &Self) {
        for (bucket, value) in &self.0 {
            let now = later.0.get(bucket);
            let same = now.is_some_and(|now| (now - value).abs() < 1e-9);
            assert!(same, "bucket {bucket} was {value} and is {now:?} after the kill");
        }
    }
}
