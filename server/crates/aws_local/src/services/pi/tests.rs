//! PI's semantics on small worlds made by hand, and its laws on random ones.

use super::SERVICE;
use crate::auth::Caller;
use crate::error::ServiceError;
use crate::input::{Input, Style};
use crate::services::Call;
use crate::store;
use crate::wire::{Value, from_json, to_json};
use crate::world::World;
use crate::world::instance::{Identity, InstanceData};
use proptest::prelude::*;
use sampler::{ActivitySample, Clock, CounterReading, Engine, Observation, SessionSample, SessionState};
use sampler::{ExecutedPlan, StatementDelta, StatementInterval, StatementText, Wait};
use serde_json::json;
use std::cell::Cell;
use std::sync::{Arc, RwLock};

/// A whole day, so that all periods are aligned here.
const MIDNIGHT: i64 = 20_000 * 86_400;

struct Fixture {
    world: World,
    id: String,
    _folder: tempfile::TempDir,
}

impl Fixture {
    fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual((MIDNIGHT + 86_400) * 1_000);
        let opened = store::open(folder.path()).unwrap();
        let world = opened.start(|store| World::new(clock, "eu-west-1".to_owned(), store)).unwrap();
        let identity = Identity::derive(name, Some("1"), MIDNIGHT);
        let id = identity.resource_id.clone();
        let data = InstanceData::new(1, Engine::Postgres, "localhost".to_owned(), 5432, None);
        world.put_instance(identity, Arc::new(RwLock::new(data)));
        Self { world, id, _folder: folder }
    }

    fn observe(&self, observation: &Observation) {
        let name = self.world.instance_with_id(&self.id).unwrap().identity.name.clone();
        self.world.observe(&name, observation);
    }

    fn second(&self, at_secs: i64, sessions: &[(&str, &str, &str)]) {
        let sessions = sessions.iter().map(|(user, wait, text)| session(user, wait, text)).collect();
        self.observe(&Observation::Activity(ActivitySample {
            at_secs,
            sessions,
            blockers: Vec::new(),
            levels: Vec::new(),
        }));
    }

    fn call(&self, operation: &str, mut request: serde_json::Value) -> Result<serde_json::Value, ServiceError> {
        request["ServiceType"] = json!("RDS");
        request["Identifier"] = json!(self.id);
        let value = from_json(request);
        let caller = Caller { access_key: "AK".into(), region: "eu-west-1".into(), service: "pi".into() };
        let input = Input::new(&value, Style::Summary);
        let call = Call { world: &self.world, caller: &caller, input, delay_ms: Cell::new(0) };
        (SERVICE.operation(operation)?.handler)(&call).map(|answer| to_json(&answer))
    }

    fn metrics(&self, from: i64, to: i64, period: i64, queries: serde_json::Value) -> serde_json::Value {
        let request = json!({"StartTime": MIDNIGHT + from, "EndTime": MIDNIGHT + to, "PeriodInSeconds": period, "MetricQueries": queries});
        self.call("GetResourceMetrics", request).unwrap()
    }
}

fn session(user: &str, wait: &str, text: &str) -> SessionSample {
    let wait = if wait == "CPU" { Wait::cpu() } else { Wait { kind: "IO".to_owned(), event: wait.to_owned() } };
    SessionSample {
        id: 1,
        state: SessionState::Active,
        database: Some("shop".to_owned()),
        user: Some(user.to_owned()),
        application: None,
        client_address: None,
        client_hostname: None,
        session_type: "client backend".to_owned(),
        wait,
        statement_id: (!text.is_empty()).then(|| Arc::from(text.len().to_string())),
        statement: (!text.is_empty()).then(|| Arc::from(text)),
        blocked_by: Vec::new(),
        lock: None,
        transaction_age_ms: None,
        statement_age_ms: None,
    }
}

/// Timestamps (relative to midnight) and values of one series.
fn points(series: &serde_json::Value) -> Vec<(i64, f64)> {
    let points = series["DataPoints"].as_array().unwrap();
    points
        .iter()
        .map(|point| (point["Timestamp"].as_f64().unwrap() as i64 - MIDNIGHT, point["Value"].as_f64().unwrap()))
        .collect()
}

#[test]
fn seconds_minutes_and_gaps() {
    let world = Fixture::new("shop");
    world.second(MIDNIGHT, &[("app", "CPU", "SELECT 1"), ("app", "CPU", "SELECT 1")]);
    world.second(MIDNIGHT + 1, &[]);
    world.second(MIDNIGHT + 3, &[("app", "DataFileRead", "SELECT 1")]);
    world.second(MIDNIGHT + 130, &[("app", "CPU", "SELECT 1")]);
    let query = json!([{"Metric": "db.load.avg"}]);
    let seconds = world.metrics(0, 5, 1, query.clone());
    // END_TIME alignment stamps a period with its end; second 2 was not sampled and has no point.
    assert_eq!(points(&seconds["MetricList"][0]), [(1, 2.0), (2, 0.0), (4, 1.0)]);
    let minutes = world.metrics(0, 180, 60, query);
    assert_eq!(points(&minutes["MetricList"][0]), [(60, 1.0), (180, 1.0)], "a minute averages its sampled seconds");
    let start = world
        .call(
            "GetResourceMetrics",
            json!({"StartTime": MIDNIGHT + 61, "EndTime": MIDNIGHT + 131, "PeriodInSeconds": 60,
                   "PeriodAlignment": "START_TIME", "MetricQueries": [{"Metric": "db.load.max"}]}),
        )
        .unwrap();
    assert_eq!(start["AlignedStartTime"].as_f64().unwrap() as i64 - MIDNIGHT, 60);
    assert_eq!(start["AlignedEndTime"].as_f64().unwrap() as i64 - MIDNIGHT, 180);
    assert_eq!(points(&start["MetricList"][0]), [(120, 1.0)]);
}

#[test]
fn keys_partitions_filters() {
    let world = Fixture::new("shop");
    let long = format!("SELECT '{}'", "ü".repeat(400));
    world.second(MIDNIGHT, &[("app", "CPU", "SELECT 1"), ("app", "DataFileRead", "SELECT 1"), ("bo", "CPU", &long)]);
    world.second(MIDNIGHT + 1, &[("app", "CPU", "SELECT 1")]);
    let window =
        json!({"StartTime": MIDNIGHT, "EndTime": MIDNIGHT + 60, "Metric": "db.load.avg", "PeriodInSeconds": 60});
    let ask = |more: serde_json::Value| {
        let mut request = window.clone();
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        world.call("DescribeDimensionKeys", request)
    };
    let by_user = ask(json!({"GroupBy": {"Group": "db.user"}, "PartitionBy": {"Group": "db.wait_event"}})).unwrap();
    assert_eq!(by_user["Keys"][0]["Dimensions"]["db.user.name"], "app");
    assert_eq!(by_user["Keys"][0]["Total"], 1.5);
    assert_eq!(by_user["Keys"][0]["Partitions"], json!([1.0, 0.5]));
    assert_eq!(by_user["PartitionKeys"][1]["Dimensions"]["db.wait_event.name"], "DataFileRead");
    let filtered = ask(json!({"GroupBy": {"Group": "db.sql"}, "Filter": {"db.user.name": "bo"}})).unwrap();
    let text = filtered["Keys"][0]["Dimensions"]["db.sql.statement"].as_str().unwrap();
    assert!(text.len() <= 500 && text.ends_with('ü'), "cut at 500 bytes, between characters");
    assert_eq!(filtered["Keys"].as_array().unwrap().len(), 1);
    let id = &filtered["Keys"][0]["Dimensions"]["db.sql.id"];
    let details = world.call("GetDimensionKeyDetails", json!({"Group": "db.sql", "GroupIdentifier": id})).unwrap();
    assert_eq!(details["Dimensions"][0]["Value"], long.as_str());
    let too_many = json!({"GroupBy": {"Group": "db"}, "Filter": {"db.user.name": "bo", "db.host.name": "x"}});
    assert_eq!(ask(too_many).unwrap_err().code, "InvalidArgumentException");
    let on_group = json!({"GroupBy": {"Group": "db.host"}, "Filter": {"db.user.name": "bo", "db.host.name": "[local]", "db.host.id": "[local]"}});
    assert_eq!(ask(on_group).unwrap()["Keys"][0]["Total"], 0.5);
}

#[test]
fn statements_are_exact_over_minutes() {
    let world = Fixture::new("shop");
    let interval = |minute: i64, calls: f64, time_ms: f64| {
        let mut values = vec![0.0; sampler::STATEMENT_COLUMNS_POSTGRES.len()];
        (values[0], values[2]) = (calls, time_ms);
        let delta = StatementDelta { statement_id: Arc::from("77"), values };
        let (from_secs, to_secs) = (MIDNIGHT + minute * 60, MIDNIGHT + minute * 60 + 60);
        let columns = sampler::STATEMENT_COLUMNS_POSTGRES;
        Observation::Statements(StatementInterval { from_secs, to_secs, columns, deltas: vec![delta] })
    };
    world.observe(&interval(0, 30.0, 600.0));
    world.observe(&interval(1, 90.0, 0.0));
    let text = StatementText { statement_id: Arc::from("77"), text: Arc::from("SELECT $1") };
    world.observe(&Observation::Texts(vec![text]));
    let group = json!({"Group": "db.sql_tokenized"});
    let answer = world.metrics(
        0,
        180,
        60,
        json!([{"Metric": "db.sql_tokenized.stats.calls_per_sec.avg", "GroupBy": group},
               {"Metric": "db.sql_tokenized.stats.avg_latency_per_call.avg", "GroupBy": group},
               {"Metric": "db.sql_tokenized.stats.total_time_per_sec.avg"}]),
    );
    let list = answer["MetricList"].as_array().unwrap();
    assert_eq!(list.len(), 5);
    assert_eq!(list[1]["Key"]["Dimensions"]["db.sql_tokenized.statement"], "SELECT ?");
    assert_eq!(points(&list[1]), [(60, 0.5), (120, 1.5)], "the third minute was not read");
    assert_eq!(points(&list[3]), [(60, 20.0), (120, 0.0)]);
    assert_eq!(points(&list[4]), [(60, 0.01), (120, 0.0)]);
}

#[test]
fn counters_have_statistics() {
    let world = Fixture::new("shop");
    for (at, value) in [(10, 4.0), (20, 8.0), (60, 6.0), (70, 100.0)] {
        let values = vec![("db.User.numbackends", value)];
        world.observe(&Observation::Counters(CounterReading { at_secs: MIDNIGHT + at, values }));
    }
    let queries = json!([{"Metric": "db.User.numbackends.avg"}, {"Metric": "db.User.numbackends.max"},
                         {"Metric": "db.User.numbackends.min"}, {"Metric": "db.User.numbackends.sum"}]);
    let answer = world.metrics(0, 60, 60, queries);
    let values: Vec<f64> = (0..4).map(|index| points(&answer["MetricList"][index])[0].1).collect();
    assert_eq!(values, [6.0, 8.0, 4.0, 18.0]);
}

#[test]
fn long_windows_are_cut_without_a_word() {
    let world = Fixture::new("shop");
    for minute in 0..400 {
        world.second(MIDNIGHT + minute * 60, &[("app", "CPU", "SELECT 1")]);
    }
    let answer = world.metrics(0, 400 * 60, 60, json!([{"Metric": "db.load.avg"}]));
    assert_eq!(points(&answer["MetricList"][0]).len(), 350);
    assert_eq!(answer.get("NextToken"), None);
}

#[test]
fn sentinels_show_their_failure() {
    let check = |name: &str, expected: Result<usize, &str>| {
        let world = Fixture::new(name);
        for second in 0..3_600 {
            world.second(MIDNIGHT + second, &[("app", "CPU", "SELECT 1")]);
        }
        let request = json!({"StartTime": MIDNIGHT, "EndTime": MIDNIGHT + 3_600, "PeriodInSeconds": 60,
                             "MetricQueries": [{"Metric": "db.load.avg"}]});
        let found = world.call("GetResourceMetrics", request);
        match expected {
            Ok(count) => assert_eq!(points(&found.unwrap()["MetricList"][0]).len(), count, "{name}"),
            Err(code) => assert_eq!(found.unwrap_err().code, code, "{name}"),
        }
    };
    check("shop", Ok(60));
    check("gap-shop", Ok(48));
    check("slow-shop", Ok(60));
    check("denied-shop", Err("NotAuthorizedException"));
    check("throttled-shop", Err("ThrottlingException"));
    check("pi-off-shop", Err("InvalidArgumentException"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the sessions were, the groups of a dimension every session has sum to the total, and
    /// pages of any size cover all series once.
    #[test]
    fn groups_sum_to_the_total(
        seconds in prop::collection::vec(
            (0i64..200, prop::collection::vec((0usize..4, 0usize..3, 0usize..5), 0..6)), 1..40),
        period in prop::sample::select(vec![1i64, 60, 300]),
        page in 1i64..26,
    ) {
        let world = Fixture::new("shop");
        let mut seconds = seconds;
        seconds.sort_by_key(|(at, _)| *at);
        for (at, sessions) in &seconds {
            let users = ["app", "bo", "cron", "dba"];
            let waits = ["CPU", "DataFileRead", "WALSync"];
            let texts = ["SELECT 1", "SELECT 22", "UPDATE t SET a = 333", "DELETE FROM t", "COMMIT"];
            let sessions: Vec<_> = sessions.iter().map(|(u, w, t)| (users[*u], waits[*w], texts[*t])).collect();
            world.second(MIDNIGHT + at, &sessions);
        }
        let groups = ["db", "db.application", "db.host", "db.session_type", "db.sql", "db.sql_tokenized", "db.user", "db.wait_event", "db.wait_event_type"];
        let queries: Vec<_> = groups.iter().map(|group| json!({"Metric": "db.load.avg", "GroupBy": {"Group": group, "Limit": 25}})).collect();
        let whole = world.metrics(0, 200, period, json!(queries));
        let list = whole["MetricList"].as_array().unwrap();
        let total = points(&list[0]);
        for group in groups {
            let prefix = format!("{group}.");
            let members = list.iter().filter(|series| {
                let names = series["Key"]["Dimensions"].as_object();
                names.is_some_and(|names| names.keys().all(|name| name.starts_with(&prefix) && name[prefix.len()..].find('.').is_none()))
            });
            let mut sums = vec![0.0; total.len()];
            for series in members {
                for (sum, (_, value)) in sums.iter_mut().zip(points(series)) {
                    *sum += value;
                }
            }
            for (sum, (at, value)) in sums.iter().zip(&total) {
                prop_assert!((sum - value).abs() < 1e-9, "{} at {}: {} of {}", group, at, sum, value);
            }
        }
        let mut paged = Vec::new();
        let mut token = serde_json::Value::Null;
        loop {
            let mut request = json!({"StartTime": MIDNIGHT, "EndTime": MIDNIGHT + 200, "PeriodInSeconds": period, "MetricQueries": queries, "MaxResults": page});
            if !token.is_null() {
                request["NextToken"] = token;
            }
            let answer = world.call("GetResourceMetrics", request).unwrap();
            paged.extend(answer["MetricList"].as_array().unwrap().iter().cloned());
            token = answer.get("NextToken").cloned().unwrap_or_default();
            if token.is_null() {
                break;
            }
        }
        prop_assert_eq!(&paged, list);
    }
}

#[test]
fn plans_explain_the_seconds_of_their_execution() {
    let world = Fixture::new("shop");
    let text = |group: &str, id: &str| {
        world.call("GetDimensionKeyDetails", json!({"Group": group, "GroupIdentifier": id})).map_err(|error| error.code)
    };
    let by_plan = || {
        let keys = json!({"StartTime": MIDNIGHT, "EndTime": MIDNIGHT + 60, "Metric": "db.load.avg", "PeriodInSeconds": 60,
                          "GroupBy": {"Group": "db.plans"}, "Filter": {"db.user.name": "app"}});
        world.call("DescribeDimensionKeys", keys)
    };
    assert_eq!(by_plan().unwrap_err().code, "InvalidArgumentException", "nobody tells plans");
    world.world.instance_with_id(&world.id).unwrap().data_mut().offers_plans = true;
    for at in 0..4 {
        let text = if at < 2 { "SELECT 1 FROM a" } else { "SELECT 2" };
        world.second(MIDNIGHT + at, &[("app", "CPU", text)]);
    }
    let executed = ExecutedPlan {
        read_secs: MIDNIGHT + 3,
        session_id: 1,
        duration_ms: 2_500.0,
        statement: Arc::from("SELECT 1 FROM a"),
        plan: Arc::from(r#"[{"Plan":{"Node Type":"Seq Scan","Relation Name":"a"}}]"#),
    };
    world.observe(&Observation::Plans(vec![executed.clone()]));
    let answer = by_plan().unwrap();
    assert_eq!(answer["Keys"].as_array().unwrap().len(), 1, "the other statement told none: {answer}");
    assert_eq!(answer["Keys"][0]["Total"], 0.5, "two of four seconds");
    let total = world.metrics(0, 60, 60, json!([{"Metric": "db.load.avg"}]));
    assert_eq!(points(&total["MetricList"][0]), [(60, 1.0)], "no session is lost or counted twice");
    let id = answer["Keys"][0]["Dimensions"]["db.plans.id"].as_str().unwrap();
    assert_eq!(text("db.execution_plan", id).unwrap()["Dimensions"][0]["Value"], &*executed.plan);
    assert_eq!(text("db.execution_plan", "0"), Err("InvalidArgumentException"));
}

#[test]
fn tokens_are_bound_to_their_request() {
    let world = Fixture::new("shop");
    world.second(MIDNIGHT, &[("app", "CPU", "SELECT 1"), ("bo", "CPU", "SELECT 1")]);
    let ask = |group: &str, token: Option<&str>| {
        let mut request = json!({"StartTime": MIDNIGHT, "EndTime": MIDNIGHT + 60, "MaxResults": 1, "PeriodInSeconds": 60,
                                 "MetricQueries": [{"Metric": "db.load.avg", "GroupBy": {"Group": group}}]});
        if let Some(token) = token {
            request["NextToken"] = json!(token);
        }
        world.call("GetResourceMetrics", request)
    };
    let first = ask("db.user", None).unwrap();
    let token = first["NextToken"].as_str().unwrap();
    assert_eq!(ask("db.user", Some(token)).unwrap()["MetricList"][0]["Key"]["Dimensions"]["db.user.name"], "app");
    assert_eq!(ask("db.host", Some(token)).unwrap_err().code, "InvalidArgumentException");
    assert!(matches!(from_json(first), Value::Map(_)));
}
