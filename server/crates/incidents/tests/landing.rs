//! Late links, deleted and unknown alarms, and what is drawn around the moment.
#![allow(clippy::unwrap_used)]

use incidents::{
    AlarmRef, Hint, Known, Landing, Limit, Note, Presence, Question, Side, Target, TimeOrigin, WhyUnknown, resolve,
};
use samples::{AlarmEvent, AlarmKind, AlarmState, AlarmStatus, Comparison, Instance, MetricRef, PiState};
use units::{Compare, Engine, ResourceId, Timestamp, Window};

const ARN: &str = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders-1-DBLoad";

fn at(clock: &str) -> Timestamp {
    format!("2026-11-23T{clock}Z").parse().unwrap()
}

fn instance(name: &str, account: &str, region: &str) -> Instance {
    Instance {
        id: ResourceId(format!("db-{}{account}", name.replace('-', "").to_uppercase())),
        name: name.to_owned(),
        arn: format!("arn:aws:rds:{region}:{account}:db:{name}"),
        account: account.to_owned(),
        region: region.to_owned(),
        engine: Engine::Postgres,
        engine_version: "16.4".to_owned(),
        class: "db.r7g.large".to_owned(),
        status: "available".to_owned(),
        multi_az: false,
        cluster: None,
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

fn alarm(arn: &str) -> AlarmState {
    AlarmState {
        arn: arn.to_owned(),
        name: arn.rsplit("alarm:").next().unwrap().to_owned(),
        description: String::new(),
        status: AlarmStatus::Ok,
        reason: String::new(),
        reason_data: String::new(),
        since: Some(at("14:50:00")),
        kind: AlarmKind::Metric(MetricRef {
            namespace: "AWS/RDS".to_owned(),
            name: "DBLoad".to_owned(),
            dimensions: [("DBInstanceIdentifier".to_owned(), "orders-1".to_owned())].into(),
            statistic: "Average".to_owned(),
            period_secs: 60,
        }),
        threshold: Some(4.0),
        comparison: Some(Comparison("GreaterThanThreshold".to_owned())),
        evaluation_periods: Some(5),
        datapoints_to_alarm: Some(3),
        treat_missing_data: None,
        seen: at("15:00:00"),
    }
}

fn change(clock: &str, from: AlarmStatus, to: AlarmStatus, data: &str) -> AlarmEvent {
    AlarmEvent {
        arn: ARN.to_owned(),
        at: at(clock),
        from: Some(from),
        to,
        reason: String::new(),
        data: data.to_owned(),
    }
}

/// Off at 14:20, back at 14:50; and once before, in the morning.
fn changes() -> Vec<AlarmEvent> {
    use AlarmStatus::{Alarm, Ok};
    let data = r#"{"newState":{"stateReasonData":{"evaluatedDatapoints":[
        {"timestamp":"2026-11-23T14:18:00.000+0000","value":9.0},{"timestamp":"2026-11-23T14:16:00.000+0000","value":5.0},
        {"timestamp":"2026-11-23T14:15:00.000+0000"}]}}}"#;
    vec![
        change("14:50:00", Alarm, Ok, ""),
        change("08:00:00", Ok, Alarm, ""),
        change("08:10:00", Alarm, Ok, ""),
        change("14:20:00", Ok, Alarm, data),
    ]
}

fn ask(asked: &str, moment: Option<&str>, known: &Known<'_>) -> Landing {
    let question = Question { alarm: AlarmRef::parse(asked), at: moment.map(at), now: at("15:00:00") };
    resolve(&question, known)
}

#[test]
fn the_window_is_frozen_around_the_moment_of_the_link() {
    let (alarms, events) = ([alarm(ARN)], changes());
    let instances = [instance("orders-1", "111122223333", "us-east-1")];
    let known = Known { alarms: &alarms, events: &events, instances: &instances, listed_at: Some(at("15:00:00")) };
    let landing = ask(ARN, Some("14:20:05"), &known);
    assert_eq!(landing.window, Window::new(at("13:50:05"), at("14:35:05")));
    assert_eq!(landing.at_origin, TimeOrigin::Asked);
    assert_eq!(landing.compare, Compare::Yesterday);
    assert_eq!(landing.limit, Limit::Threshold { value: 4.0, side: Side::Above });
    assert_eq!(landing.presence, Presence::Listed);
    assert!(matches!(&landing.target, Target::Instance(found) if found.name == "orders-1"));
    let breach = landing.breach.unwrap();
    assert_eq!((breach.from, breach.to), (at("14:20:00"), Some(at("14:50:00"))));
    assert_eq!(breach.first_datapoint, Some(at("14:16:00")));
    let lane: Vec<_> = landing.states.iter().map(|span| (span.from, span.to, span.status)).collect();
    assert_eq!(
        lane,
        [(at("13:50:05"), at("14:20:00"), AlarmStatus::Ok), (at("14:20:00"), at("14:35:05"), AlarmStatus::Alarm)]
    );
    assert!(landing.notes.is_empty(), "{:?}", landing.notes);
}

#[test]
fn without_a_time_it_is_the_last_time_the_alarm_went_off() {
    let (alarms, events) = ([alarm(ARN)], changes());
    let known = Known { alarms: &alarms, events: &events, ..Known::default() };
    let landing = ask(ARN, None, &known);
    assert_eq!((landing.at, landing.at_origin), (at("14:20:00"), TimeOrigin::LastAlarm));
    assert!(landing.notes.contains(&Note::TimeAssumed(TimeOrigin::LastAlarm)));
    // Only the alarm itself is known: since when it is in its state.
    let landing = ask(ARN, None, &Known { alarms: &alarms, ..Known::default() });
    assert_eq!((landing.at, landing.at_origin), (at("14:50:00"), TimeOrigin::LastChange));
    let landing = ask("arn:aws:cloudwatch:us-east-1:111122223333:alarm:other", None, &Known::default());
    assert_eq!((landing.at, landing.at_origin), (at("15:00:00"), TimeOrigin::Now));
}

#[test]
fn another_time_is_another_breach() {
    let (alarms, events) = ([alarm(ARN)], changes());
    let known = Known { alarms: &alarms, events: &events, ..Known::default() };
    let morning = ask(ARN, Some("08:05:00"), &known).breach.unwrap();
    assert_eq!((morning.from, morning.to), (at("08:00:00"), Some(at("08:10:00"))));
    assert_eq!(ask(ARN, Some("12:00:00"), &known).breach, None);
    // A link made from the data point, a minute before the alarm went off.
    assert_eq!(ask(ARN, Some("14:19:00"), &known).breach.map(|breach| breach.from), Some(at("14:20:00")));
    let ongoing: Vec<_> = changes().into_iter().filter(|change| change.at != at("14:50:00")).collect();
    let still = [AlarmState { status: AlarmStatus::Alarm, since: Some(at("14:20:00")), ..alarm(ARN) }];
    let landing = ask(ARN, Some("14:30:00"), &Known { alarms: &still, events: &ongoing, ..Known::default() });
    assert_eq!(landing.breach.map(|breach| breach.to), Some(None));
    assert!(ask(ARN, Some("16:00:00"), &known).notes.contains(&Note::TimeInFuture));
}

#[test]
fn a_deleted_alarm_still_tells_its_story() {
    let old = [AlarmState { seen: at("09:00:00"), ..alarm(ARN) }];
    let events: Vec<_> = changes().into_iter().filter(|change| change.at < at("09:00:00")).collect();
    let instances = [instance("orders-1", "111122223333", "us-east-1")];
    let known = Known { alarms: &old, events: &events, instances: &instances, listed_at: Some(at("15:00:00")) };
    let landing = ask(ARN, Some("08:00:00"), &known);
    assert_eq!(landing.presence, Presence::Gone { last_seen: at("09:00:00") });
    assert!(matches!(landing.target, Target::Instance(_)));
    assert!(landing.breach.is_some());
}

#[test]
fn an_unknown_alarm_offers_ways_on() {
    let alarms = [alarm(ARN)];
    let instances = [instance("orders-1", "111122223333", "us-east-1"), instance("shop", "111122223333", "us-east-1")];
    let known = Known { alarms: &alarms, instances: &instances, ..Known::default() };
    let landing = ask("arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders-1-DBLoads", Some("14:20:00"), &known);
    assert_eq!(landing.target, Target::Unknown(WhyUnknown::NeverSeen));
    assert_eq!(landing.presence, Presence::NeverSeen);
    assert_eq!(landing.notes, [Note::NeverSeen]);
    assert!(landing.console_url.unwrap().ends_with("#alarmsV2:alarm/orders-1-DBLoads"));
    assert!(matches!(&landing.hints[0], Hint::Instance(found) if found.name == "orders-1"));
    assert_eq!(landing.hints[1], Hint::SimilarAlarm(ARN.parse().unwrap()));
    let elsewhere = ask("arn:aws:cloudwatch:eu-west-1:999999999999:alarm:x", None, &known);
    let not_collected = Note::NotCollected { account: "999999999999".to_owned(), region: "eu-west-1".to_owned() };
    assert!(elsewhere.notes.contains(&not_collected));
}

#[test]
fn names_and_console_addresses_find_the_alarm() {
    let other = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-1-DBLoad";
    let alarms = [alarm(ARN), alarm(other)];
    let instances =
        [instance("orders-1", "111122223333", "us-east-1"), instance("orders-1", "111122223333", "eu-west-1")];
    let known = Known { alarms: &alarms, instances: &instances, ..Known::default() };
    let landing = ask("orders-1-DBLoad", None, &known);
    assert!(landing.notes.iter().any(|note| matches!(note, Note::SeveralAlarms(found) if found.len() == 2)));
    let console = "https://eu-west-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=eu-west-1#alarmsV2:alarm/orders-1-DBLoad";
    let landing = ask(console, None, &known);
    assert_eq!(landing.arn.unwrap().to_string(), other);
    assert!(matches!(&landing.target, Target::Instance(found) if found.region == "eu-west-1"));
}

#[test]
fn a_badly_encoded_link_finds_the_alarm() {
    let slashes = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod/db load+1 50%";
    let alarms = [alarm(slashes)];
    let known = Known { alarms: &alarms, ..Known::default() };
    for asked in [
        slashes,
        "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod%2Fdb%20load%2B1%2050%25",
        "arn%3Aaws%3Acloudwatch%3Aus-east-1%3A111122223333%3Aalarm%3Aprod%2Fdb%20load%2B1%2050%25",
        "prod/db load+1 50%",
    ] {
        assert_eq!(ask(asked, None, &known).arn.unwrap().to_string(), slashes, "{asked}");
    }
}

#[test]
fn arns_of_other_things_lead_to_the_things() {
    let instances = [instance("orders-1", "111122223333", "us-east-1")];
    let known = Known { instances: &instances, ..Known::default() };
    let landing = ask("arn:aws:rds:us-east-1:111122223333:db:orders-1", Some("14:20:00"), &known);
    assert!(matches!(landing.target, Target::Instance(_)));
    assert_eq!(landing.notes, [Note::NotAnAlarm]);
    let landing = ask(
        "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188",
        Some("14:20:00"),
        &known,
    );
    assert!(matches!(landing.target, Target::Tier { resource, .. } if resource == "app/web/50dc6c495c0c9188"));
    let landing = ask("arn:aws:kms:us-east-1:111122223333:key/x", Some("14:20:00"), &known);
    assert_eq!(landing.target, Target::Unknown(WhyUnknown::Unreadable));
    assert_eq!(ask("", Some("14:20:00"), &known).notes, [Note::Unreadable]);
}

#[test]
fn an_instance_of_the_same_name_elsewhere_is_taken_only_when_it_is_the_only_one() {
    let alarms = [alarm(ARN)];
    let one = [instance("orders-1", "444455556666", "us-east-1")];
    let landing = ask(ARN, None, &Known { alarms: &alarms, instances: &one, ..Known::default() });
    assert!(matches!(landing.target, Target::Instance(_)));
    assert!(landing.notes.contains(&Note::InstanceElsewhere));
    let two = [instance("orders-1", "444455556666", "us-east-1"), instance("orders-1", "777788889999", "us-east-1")];
    let landing = ask(ARN, None, &Known { alarms: &alarms, instances: &two, ..Known::default() });
    assert!(matches!(landing.target, Target::UnlistedDatabase { .. }));
}

#[test]
fn a_young_instance_is_held_against_the_hour_before() {
    let alarms = [alarm(ARN)];
    let young = Instance {
        first_seen: at("10:00:00").plus_secs(7 * 86_400),
        ..instance("orders-1", "111122223333", "us-east-1")
    };
    let landing = ask(ARN, Some("14:20:00"), &Known { alarms: &alarms, instances: &[young], ..Known::default() });
    assert_eq!(landing.compare, Compare::Previous);
}

#[test]
fn every_landing_survives_json() {
    let (alarms, events) = ([alarm(ARN)], changes());
    let landing = ask(ARN, Some("14:20:00"), &Known { alarms: &alarms, events: &events, ..Known::default() });
    let text = serde_json::to_string(&landing).unwrap();
    assert_eq!(serde_json::from_str::<Landing>(&text).unwrap(), landing);
}
