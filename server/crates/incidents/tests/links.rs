//! Templates say what they should, whatever the names in them are.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use incidents::links::{
    AlarmTemplate, Dashboard, Format, ResourceFacts, alarm_in_cdk, alarm_in_cloudformation, alarm_in_terraform,
    apply_statement, custom_widget, event_rule, is_covered, sns_subscription, suggested_alarms, text_widget,
};
use incidents::{Target, TierKind};
use samples::{AlarmKind, AlarmState, AlarmStatus, Instance, MetricRef, PiState, Vcpus};
use units::{Engine, ResourceId, Timestamp};

fn instance() -> Instance {
    Instance {
        id: ResourceId("db-ORDERS1".to_owned()),
        name: "orders-1".to_owned(),
        arn: "arn:aws:rds:us-east-1:111122223333:db:orders-1".to_owned(),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        engine: Engine::Postgres,
        engine_version: "16.4".to_owned(),
        class: "db.r7g.2xlarge".to_owned(),
        status: "available".to_owned(),
        multi_az: false,
        cluster: None,
        replica_of: None,
        pi: PiState::On,
        retention_days: Some(7),
        vcpus: Some(Vcpus { count: 8.0, origin: "instance class".to_owned() }),
        max_connections: Some(800),
        simulated: false,
        first_seen: Timestamp(0),
        last_seen: Timestamp(0),
    }
}

fn tier(kind: TierKind, namespace: &str, name: &str, resource: &str) -> Target {
    Target::Tier {
        kind,
        namespace: namespace.to_owned(),
        resource: resource.to_owned(),
        dimensions: [(name.to_owned(), resource.to_owned())].into(),
    }
}

fn balancer() -> Target {
    tier(TierKind::Alb, "AWS/ApplicationELB", "LoadBalancer", "app/web/50dc6c495c0c9188")
}

#[test]
fn a_database_gets_alarms_that_fit_its_size() {
    let alarms = suggested_alarms(&ResourceFacts::Instance(&instance()));
    let limits: Vec<_> = alarms.iter().map(|alarm| (alarm.name.as_str(), alarm.threshold)).collect();
    assert_eq!(
        limits,
        [
            ("orders-1-DBLoad", 8.0),
            ("orders-1-CPUUtilization", 90.0),
            ("orders-1-DatabaseConnections", 640.0),
            ("orders-1-FreeStorageSpace", 10_737_418_240.0),
            ("orders-1-MaximumUsedTransactionIDs", 1_000_000_000.0),
        ]
    );
    // What is not known is not guessed.
    let unknown = Instance { vcpus: None, max_connections: None, cluster: Some("shop".to_owned()), ..instance() };
    let alarms = suggested_alarms(&ResourceFacts::Instance(&unknown));
    assert!(!alarms.iter().any(|alarm| matches!(alarm.reason, "load_above_vcpu" | "connections_high" | "storage_low")));
    let replica = Instance { replica_of: Some("orders-0".to_owned()), ..instance() };
    assert!(suggested_alarms(&ResourceFacts::Instance(&replica)).iter().any(|alarm| alarm.reason == "replica_behind"));
}

#[test]
fn tiers_get_theirs() {
    for (target, expected) in [
        (balancer(), vec!["balancer_5xx_rate", "target_5xx_rate", "response_slow"]),
        (
            tier(TierKind::Lambda, "AWS/Lambda", "FunctionName", "checkout"),
            vec!["function_throttled", "function_errors"],
        ),
        (tier(TierKind::DynamoDb, "AWS/DynamoDB", "TableName", "carts"), vec!["table_throttled", "table_throttled"]),
        (tier(TierKind::Other, "AWS/SQS", "QueueName", "mail"), vec![]),
    ] {
        let reasons: Vec<_> =
            suggested_alarms(&ResourceFacts::Tier(&target)).iter().map(|alarm| alarm.reason).collect();
        assert_eq!(reasons, expected);
    }
}

#[test]
fn what_has_an_alarm_is_covered() {
    let suggestions = suggested_alarms(&ResourceFacts::Instance(&instance()));
    let alarm = AlarmState {
        arn: String::new(),
        name: "mine".to_owned(),
        description: String::new(),
        status: AlarmStatus::Ok,
        reason: String::new(),
        reason_data: String::new(),
        since: None,
        kind: AlarmKind::Metric(MetricRef {
            namespace: "AWS/RDS".to_owned(),
            name: "DBLoad".to_owned(),
            dimensions: BTreeMap::from([("DBInstanceIdentifier".to_owned(), "orders-1".to_owned())]),
            statistic: "Maximum".to_owned(),
            period_secs: 300,
        }),
        threshold: Some(99.0),
        comparison: None,
        evaluation_periods: None,
        datapoints_to_alarm: None,
        treat_missing_data: None,
        seen: Timestamp(0),
    };
    let covered: Vec<_> = suggestions.iter().filter(|one| is_covered(one, std::slice::from_ref(&alarm))).collect();
    assert_eq!(covered.len(), 1);
    assert_eq!(covered[0].reason, "load_above_vcpu");
}

#[test]
fn one_metric_in_three_languages() {
    let mut alarm = suggested_alarms(&ResourceFacts::Instance(&instance())).swap_remove(0);
    alarm.description = "[Open in Loadlens](https://dash.example/a/x)".to_owned();
    let yaml = "\
Orders1DBLoad:
  Type: AWS::CloudWatch::Alarm
  Properties:
    AlarmName: \"orders-1-DBLoad\"
    AlarmDescription: \"[Open in Loadlens](https://dash.example/a/x)\"
    Namespace: \"AWS/RDS\"
    MetricName: \"DBLoad\"
    Statistic: Average
    Period: 60
    Dimensions:
      - Name: \"DBInstanceIdentifier\"
        Value: \"orders-1\"
    ComparisonOperator: GreaterThanThreshold
    Threshold: 8
    EvaluationPeriods: 5
    DatapointsToAlarm: 3
    TreatMissingData: notBreaching
";
    assert_eq!(alarm_in_cloudformation(&alarm), yaml);
    let terraform = alarm_in_terraform(&alarm);
    for line in [
        "resource \"aws_cloudwatch_metric_alarm\" \"orders_1_dbload\" {",
        "    \"DBInstanceIdentifier\" = \"orders-1\"",
        "  threshold           = 8",
        "  statistic = \"Average\"",
    ] {
        assert!(terraform.lines().any(|have| have == line), "{line}\n{terraform}");
    }
    let cdk = alarm_in_cdk(&alarm);
    assert!(cdk.starts_with("new cloudwatch.CfnAlarm(this, \"Orders1DBLoad\", {"));
    assert!(cdk.contains("dimensions: [{ name: \"DBInstanceIdentifier\", value: \"orders-1\" }],"));
}

#[test]
fn a_rate_in_three_languages() {
    let target = balancer();
    let alarms = suggested_alarms(&ResourceFacts::Tier(&target));
    let (rate, slow) = (&alarms[0], &alarms[2]);
    let expression = "100*FILL(errors,0)/(FILL(all,0)+FILL(errors,0))";
    for text in [alarm_in_cloudformation(rate), alarm_in_terraform(rate), alarm_in_cdk(rate)] {
        assert!(text.contains(expression) && text.contains("HTTPCode_ELB_5XX_Count"), "{text}");
        assert_eq!(text.matches("app/web/50dc6c495c0c9188").count(), 2, "{text}");
    }
    assert!(alarm_in_cloudformation(slow).contains("    ExtendedStatistic: p99\n"));
    assert!(alarm_in_terraform(slow).contains("extended_statistic = \"p99\""));
    assert!(alarm_in_cdk(slow).contains("extendedStatistic: \"p99\""));
}

/// A name made to break out of its quotes stays inside them in every language.
#[test]
fn names_cannot_break_out() {
    let hostile = "a\"\n  Type: Evil\n${var.secret}%{if true}\\";
    let alarm: AlarmTemplate = AlarmTemplate {
        name: hostile.to_owned(),
        ..suggested_alarms(&ResourceFacts::Instance(&instance())).swap_remove(0)
    };
    assert!(!alarm_in_cloudformation(&alarm).lines().any(|line| line.trim() == "Type: Evil"));
    let terraform = alarm_in_terraform(&alarm);
    assert!(terraform.contains("$${var.secret}%%{if true}"), "{terraform}");
    assert!(!alarm_in_cdk(&alarm).lines().any(|line| line.contains("Type: Evil") && !line.contains("alarmName")));
}

#[test]
fn receiving_templates_lead_to_the_hooks() {
    let dashboard = Dashboard::new("https://dash.example").unwrap();
    for format in [Format::CloudFormation, Format::Terraform, Format::Cli] {
        let rule = event_rule(&dashboard, format);
        assert!(rule.contains("https://dash.example/hooks/eventbridge") && rule.contains("x-loadlens-key"), "{rule}");
        assert!(rule.contains("CloudWatch Alarm Contributor State Change"));
        let sns = sns_subscription(&dashboard, format);
        assert!(sns.contains("https://dash.example/hooks/sns"), "{sns}");
        assert!(!rule.contains('@') && !sns.contains('@'));
    }
    let statement: serde_json::Value = serde_json::from_str(apply_statement()).unwrap();
    assert_eq!(statement["Effect"], "Allow");
}

#[test]
fn widgets_link_here() {
    let dashboard = Dashboard::new("https://dash.example").unwrap();
    let text = text_widget(&dashboard, "/db/db-ORDERS1", 3);
    assert_eq!(text, "[button:primary:Open in Loadlens](https://dash.example/db/db-ORDERS1?from=now-3h&to=now)\n");
    let custom = custom_widget(&dashboard);
    assert!(custom.contains("BASE = \"https://dash.example\"") && custom.contains("customWidget"));
}
