//! Metrics and alarms.

use std::collections::BTreeMap;

use collect::{Lane, MetricRow};
use samples::{Batch, MetricName, MetricRef};
use units::ResourceId;

use crate::world::{Endpoint, NOW, REGION, last_hours};

fn row(resource: &ResourceId, name: &str, metric: &str) -> MetricRow {
    MetricRow {
        resource: resource.clone(),
        series: MetricName::cloudwatch("AWS/RDS", metric, "Average"),
        metric: MetricRef {
            namespace: "AWS/RDS".into(),
            name: metric.into(),
            dimensions: BTreeMap::from([("DBInstanceIdentifier".to_owned(), name.to_owned())]),
            statistic: "Average".into(),
            period_secs: 60,
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_metrics_are_one_call_billed_by_metric() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let rows = ["CPUUtilization", "DBLoad", "NoSuchMetric"].map(|metric| row(&instance.id, &instance.name, metric));
    drop(endpoint.collector.ledger().take());
    let batches = endpoint.collector.fetch_metrics(REGION, &rows, last_hours(1), Lane::Background).await.unwrap();
    let calls = endpoint.collector.ledger().take();
    assert_eq!(calls["cloudwatch:GetMetricData"], collect::Tally { calls: 1, billed_units: 3 });
    let counters: Vec<_> = batches
        .iter()
        .map(|batch| match batch {
            Batch::Counter(counter) => counter,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counters[0].metric, MetricName::cloudwatch("AWS/RDS", "CPUUtilization", "Average"));
    assert!(counters[0].points.len() > 30, "{}", counters[0].points.len());
    assert!(counters[0].points.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert_eq!(counters[2].points, []);
    assert_eq!(counters[2].answered, last_hours(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_are_listed() {
    let endpoint = Endpoint::start().await;
    let alarms = endpoint.collector.list_alarms(None, NOW, Lane::Background).await.unwrap();
    let events = endpoint.collector.list_alarm_events(None, last_hours(24), Lane::Background).await.unwrap();
    assert!(events.iter().all(|event| !event.arn.is_empty()));
    assert!(alarms.iter().all(|alarm| alarm.arn.contains(":alarm:")));
}
