//! What the local stack measures arrives in the collector as it was measured.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use aws_local::{Clock, Config, Server};
use collect::{Collector, Lane, MetricRow};
use local_stack::measure::{Meter, Metric, dimensions};
use samples::{Batch, MetricName, MetricRef, Point};
use units::{ResourceId, Timestamp, Window};

const NAMESPACE: &str = "AWS/ApplicationELB";
const BALANCER: &str = "app/shop/50dc6c495c0c9188";
/// Monday 2026-11-23 14:31:00 UTC.
const NOW: Timestamp = Timestamp::from_secs(1_795_444_260);

fn row(name: &str, statistic: &str) -> MetricRow {
    MetricRow {
        resource: ResourceId(BALANCER.to_owned()),
        series: MetricName::cloudwatch(NAMESPACE, name, statistic),
        metric: MetricRef {
            namespace: NAMESPACE.to_owned(),
            name: name.to_owned(),
            dimensions: BTreeMap::from([("LoadBalancer".to_owned(), BALANCER.to_owned())]),
            statistic: statistic.to_owned(),
            period_secs: 60,
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_and_percentiles_are_those_of_the_balancer() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Server::start(Config {
        listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
        data_dir: folder.path().to_owned(),
        region: "us-east-1".to_owned(),
        databases: Vec::new(),
        vcpus: None,
        history_seed: None,
        simulated_tiers_seed: None,
        plan_logs: Vec::new(),
        has_sentinels: false,
        clock: Clock::manual(NOW.0),
    })
    .await
    .unwrap();
    let meter = Meter::default();
    let dims = dimensions([("LoadBalancer", BALANCER)]);
    let requests = Metric { namespace: NAMESPACE, name: "RequestCount", unit: "Count" };
    let time = Metric { namespace: NAMESPACE, name: "TargetResponseTime", unit: "Seconds" };
    let begin = NOW.plus_secs(-300);
    // 1,000 requests over five minutes, handed over in seven parts that cut minutes in two.
    let mut sent = [0_u32; 5];
    for number in 0..1_000_i64 {
        let at_ms = begin.0 + number * 300;
        sent[usize::try_from(number * 300 / 60_000).unwrap()] += 1;
        meter.add_at(at_ms, requests, &dims, 1.0, 1.0);
        meter.add_at(at_ms, time, &dims, f64::from(u32::try_from(number % 100).unwrap() + 1) / 1_000.0, 1.0);
        if number % 143 == 142 {
            local_stack::stack::record(&meter, &endpoint.world);
        }
    }
    local_stack::stack::record(&meter, &endpoint.world);

    let collector = Collector::connect_to(&endpoint.url(), "us-east-1").await;
    let rows = [row("RequestCount", "Sum"), row("TargetResponseTime", "p95"), row("TargetResponseTime", "SampleCount")];
    let window = Window::new(begin, NOW);
    let read = collector.fetch_metrics("us-east-1", &rows, window, Lane::Background).await.unwrap();
    let points: Vec<Vec<Point>> = read
        .into_iter()
        .map(|batch| match batch {
            Batch::Counter(counter) => counter.points,
            other => panic!("{other:?}"),
        })
        .collect();
    // The newest minute has not arrived: it is absent, and not a smaller number.
    let counts: Vec<f64> = points[0].iter().map(|point| point.value).collect();
    assert_eq!(counts, sent[..4].iter().map(|count| f64::from(*count)).collect::<Vec<_>>());
    assert_eq!(points[0][0].at, begin);
    assert_eq!(
        points[1].iter().map(|point| point.value).collect::<Vec<_>>(),
        [0.095; 4],
        "of every value, not of means"
    );
    assert_eq!(points[2].iter().map(|point| point.value).collect::<Vec<_>>(), counts);
    endpoint.shutdown().await;
}
