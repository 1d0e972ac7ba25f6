//! Each failure arrives as what the caller can do about it.

use aws_local::Faults;
use collect::{CollectError, Collector, Lane, Question};
use samples::{Batch, Grouping};
use units::Period;

use crate::world::{Endpoint, NOW, REGION, last_hours};

async fn ask(endpoint: &Endpoint, name: &str) -> Result<Vec<Batch>, CollectError> {
    let instance = endpoint.instance(name).await;
    let question = [Question::Load(Grouping::total())];
    let answer = endpoint.collector.ask(&instance, &question, last_hours(1), Period::MINUTE, Lane::Interactive).await;
    answer.map(|answer| answer.batches)
}

#[tokio::test(flavor = "multi_thread")]
async fn sentinels_fail_as_they_are_called() {
    let endpoint = Endpoint::start().await;
    let denied = ask(&endpoint, "denied-db").await.unwrap_err();
    let CollectError::AccessDenied { action, resource } = denied else { panic!("{denied:?}") };
    assert_eq!(action, "pi:GetResourceMetrics");
    assert!(resource.contains(":metrics/rds/db-"), "{resource}");
    let throttled = ask(&endpoint, "throttled-db").await.unwrap_err();
    assert!(matches!(throttled, CollectError::Throttled { .. }), "{throttled:?}");
    let off = ask(&endpoint, "pi-off-db").await.unwrap_err();
    assert!(matches!(off, CollectError::NotEnabled(_)), "{off:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_minutes_have_no_point() {
    let endpoint = Endpoint::start().await;
    let batches = ask(&endpoint, "gap-db").await.unwrap();
    let Batch::Load(load) = &batches[0] else { panic!("a load batch") };
    let hidden = |at: units::Timestamp| matches!(at.secs().div_euclid(60).rem_euclid(15), 6..=8);
    assert!(load.total.iter().all(|point| !hidden(point.at)));
    assert_eq!(load.answered, last_hours(1), "it answered, and had nothing there");
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_endpoint_faults_are_told_apart() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let question = [Question::Load(Grouping::total())];
    let ask = || endpoint.collector.ask(&instance, &question, last_hours(1), Period::MINUTE, Lane::Interactive);
    endpoint.set_faults(Faults { expired_credentials: true, ..Faults::default() });
    assert!(matches!(ask().await.unwrap_err(), CollectError::Credentials(_)));
    endpoint.set_faults(Faults { denied: true, ..Faults::default() });
    assert!(matches!(ask().await.unwrap_err(), CollectError::AccessDenied { .. }));
    let inventory = endpoint.collector.list_instances(NOW).await.unwrap_err();
    assert!(matches!(&inventory, CollectError::AccessDenied { action, .. } if action == "rds:DescribeDBInstances"));
    endpoint.set_faults(Faults { throttle_percent: 100, ..Faults::default() });
    drop(endpoint.collector.ledger().take());
    assert!(matches!(ask().await.unwrap_err(), CollectError::Throttled { .. }));
    assert_eq!(endpoint.collector.ledger().take()["pi:GetResourceMetrics"].calls, 3, "every attempt is counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_down_is_unreachable() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let collector = Collector::connect_to(&url, REGION).await;
    let error = collector.list_instances(NOW).await.unwrap_err();
    assert!(matches!(error, CollectError::Unreachable { .. }), "{error:?}");
}
