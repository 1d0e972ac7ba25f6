//! Every payload of `cases/` lands where its file says, or is refused as its file says.
//!
//! A case holds `payload` (object or text), `before` (messages that came earlier) and `expect`; a
//! refused one holds `payload` and `error`.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use incidents::{
    AFTER_SECS, AlarmMessage, AlarmRef, BEFORE_SECS, Cause, Known, Landing, Limit, Question, Side, Target, Watched,
    read_message, resolve,
};
use samples::{Instance, PiState};
use serde_json::Value;
use units::{Engine, ResourceId, Timestamp};

const ACCOUNT: &str = "111122223333";

fn instance(id: &str, name: &str, region: &str, account: &str, cluster: Option<&str>) -> Instance {
    Instance {
        id: ResourceId(id.to_owned()),
        name: name.to_owned(),
        arn: format!("arn:aws:rds:{region}:{account}:db:{name}"),
        account: account.to_owned(),
        region: region.to_owned(),
        engine: Engine::Postgres,
        engine_version: "16.4".to_owned(),
        class: "db.r7g.large".to_owned(),
        status: "available".to_owned(),
        multi_az: false,
        cluster: cluster.map(str::to_owned),
        replica_of: None,
        pi: PiState::On,
        retention_days: Some(7),
        vcpus: None,
        max_connections: None,
        simulated: false,
        first_seen: Timestamp(0),
        last_seen: Timestamp(0),
    }
}

fn inventory() -> Vec<Instance> {
    vec![
        instance("db-ORDERS1USEAST1", "orders-1", "us-east-1", ACCOUNT, None),
        instance("db-ORDERS1EUWEST1", "orders-1", "eu-west-1", ACCOUNT, None),
        instance("db-ORDERS1OTHER", "orders-1", "us-east-1", "444455556666", None),
        instance("db-SHOPB", "shop-b", "us-east-1", ACCOUNT, Some("shop")),
        instance("db-SHOPA", "shop-a", "us-east-1", ACCOUNT, Some("shop")),
        instance("db-BJ1", "bj-1", "cn-north-1", ACCOUNT, None),
        instance("db-GOV1", "gov-1", "us-gov-west-1", ACCOUNT, None),
    ]
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn read(value: &Value) -> AlarmMessage {
    read_message(&text_of(value)).unwrap_or_else(|error| panic!("{error}: {value}"))
}

fn text_of(payload: &Value) -> String {
    payload.as_str().map_or_else(|| payload.to_string(), str::to_owned)
}

fn land(case: &Value) -> (AlarmMessage, Landing) {
    let message = read(&case["payload"]);
    let before: Vec<_> = case["before"].as_array().into_iter().flatten().map(read).collect();
    let alarms: Vec<_> = before.iter().chain([&message]).map(|message| message.alarm.clone()).collect();
    let events: Vec<_> = before.iter().chain([&message]).filter_map(|message| message.change.clone()).collect();
    let question =
        Question { alarm: AlarmRef::parse(&message.alarm.arn), at: None, now: message.alarm.seen.plus_secs(3600) };
    let known = Known { alarms: &alarms, events: &events, instances: &inventory(), listed_at: None };
    let landing = resolve(&question, &known);
    (message, landing)
}

fn show(target: &Target) -> String {
    match target {
        Target::Instance(instance) => {
            let foreign = if instance.account == ACCOUNT { String::new() } else { format!(" of {}", instance.account) };
            format!("instance {} {}{foreign}", instance.name, instance.region)
        }
        Target::Cluster { name, role, members } => {
            let members: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
            let role = role.as_ref().map_or_else(String::new, |role| format!(" {role}"));
            format!("cluster {name}{role}: {}", members.join(", "))
        }
        Target::UnlistedDatabase { name, id } => {
            format!("unlisted {}", name.as_deref().or(id.as_ref().map(ResourceId::as_str)).unwrap())
        }
        Target::Tier { kind, resource, .. } => format!("tier {} {resource}", kind.key()).trim_end().to_owned(),
        Target::Unknown(why) => format!("unknown {}", serde_json::to_value(why).unwrap().as_str().unwrap()),
    }
}

fn show_limit(limit: &Limit) -> String {
    let word = |side: Side| serde_json::to_value(side).unwrap().as_str().unwrap().replace('_', " ");
    match limit {
        Limit::Threshold { value, side } => format!("{} {value}", word(*side)),
        Limit::Band { width, side } => format!("band {width} {}", word(*side)),
        Limit::None => "none".to_owned(),
    }
}

fn show_watched(watched: &Watched) -> String {
    match watched {
        Watched::Metric(metric) => {
            format!("{} {} {} {}", metric.namespace, metric.name, metric.statistic, metric.period_secs)
        }
        Watched::Counters { resource, metrics } => format!("counters {resource} {}", metrics.join(" ")),
        Watched::Expression(text) => format!("expression {text}"),
        Watched::PromQl(text) | Watched::LogQuery { query: text, .. } => format!("query {text}"),
    }
}

fn show_children(landing: &Landing) -> Vec<String> {
    let line = |child: &incidents::Child| {
        let mut line = format!("{} {}", child.reference, child.status.map_or("unknown", samples::AlarmStatus::name));
        let marks = [(child.is_negated, " not"), (child.is_cause, " cause")];
        marks.iter().filter(|(is_set, _)| *is_set).for_each(|(_, mark)| line.push_str(mark));
        line
    };
    landing.children.iter().map(line).collect()
}

fn actual(key: &str, message: &AlarmMessage, landing: &Landing) -> Value {
    let change = message.change.as_ref();
    match key {
        "target" => show(&landing.target).into(),
        "also" => landing.also.iter().map(show).collect::<Vec<_>>().into(),
        "at" => landing.at.to_string().into(),
        "limit" => show_limit(&landing.limit).into(),
        "watched" => landing.watched.first().map(show_watched).into(),
        "children" => show_children(landing).into(),
        "name" => landing.name.clone().into(),
        "arn" => landing.arn.as_ref().map(ToString::to_string).into(),
        "console" => landing.console_url.clone().into(),
        "missing" => landing.evaluation.treat_missing_data.clone().into(),
        "status" => message.alarm.status.name().into(),
        "change" => change
            .map_or_else(
                || "none".to_owned(),
                |change| format!("{}>{}", change.from.map_or("", samples::AlarmStatus::name), change.to.name()),
            )
            .into(),
        "first_datapoint" => landing.breach.and_then(|breach| breach.first_datapoint).map(|at| at.to_string()).into(),
        "tag" => message.tags.first_key_value().map(|(name, value)| format!("{name}={value}")).into(),
        "cause" => match message.cause {
            Cause::Created => "create",
            Cause::Updated => "update",
            Cause::Deleted => "delete",
            Cause::StateChange => "state",
            Cause::ContributorStateChange { .. } => "contributor",
        }
        .into(),
        other => panic!("unknown expectation {other}"),
    }
}

#[test]
fn every_good_payload_lands_where_it_should() {
    let mut wrong = String::new();
    let mut count = 0;
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")) {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let Some(expect) = case["expect"].as_object() else { continue };
        let (message, landing) = land(&case);
        count += 1;
        for (key, expected) in expect {
            let actual = actual(key, &message, &landing);
            if actual != *expected {
                writeln!(wrong, "{}: {key} is {actual}, expected {expected}", path.display()).unwrap();
            }
        }
        assert_eq!(landing.window.from, landing.at.plus_secs(-BEFORE_SECS));
        assert_eq!(landing.window.to, landing.at.plus_secs(AFTER_SECS));
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 80, "only {count} cases");
}

#[test]
fn every_bad_payload_is_refused_for_its_reason() {
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/refused")) {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let error = read_message(&text_of(&case["payload"])).map(|message| message.alarm.arn).unwrap_err();
        assert_eq!(format!("{error:?}"), case["error"].as_str().unwrap(), "{}", path.display());
    }
}

#[test]
fn messages_add_to_what_is_known() {
    let case = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(path);
        let case: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        read(&case["payload"])
    };
    let polled = case("sns_metric/db_load.json").alarm;
    let event = case("event_metric/no_reason_data_no_previous.json");
    let merged = event.merged_into(Some(&polled));
    assert_eq!((merged.threshold, merged.evaluation_periods), (Some(4.0), Some(5)));
    assert_eq!(merged.reason, "Unchecked: forced");
    let newer = samples::AlarmState { seen: polled.seen.plus_secs(1), ..polled.clone() };
    assert_eq!(event.merged_into(Some(&newer)), newer);
    assert_eq!(event.merged_into(None), event.alarm);
    // One series of many is over its limit; whether the alarm is, is not said.
    let contributor = case("sns_insights/contributor.json");
    let calm = samples::AlarmState { status: samples::AlarmStatus::Ok, ..polled };
    assert_eq!(contributor.merged_into(Some(&calm)).status, samples::AlarmStatus::Ok);
}

/// Cutting a message anywhere, or dropping any field of it, gives a message or a refusal.
#[test]
fn damaged_payloads_never_panic() {
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")) {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let text = text_of(&case["payload"]);
        for cut in (0..text.len()).step_by(7).filter(|cut| text.is_char_boundary(*cut)) {
            let _refused = read_message(&text[..cut]).is_err();
        }
        let Some(object) = case["payload"].as_object() else { continue };
        for key in object.keys() {
            for replacement in [Value::Null, Value::from(1), Value::from("x"), Value::Array(Vec::new())] {
                let mut damaged = object.clone();
                damaged.insert(key.clone(), replacement);
                let _refused = read_message(&Value::Object(damaged).to_string()).is_err();
            }
        }
    }
}
