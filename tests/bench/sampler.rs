//! What the sampler costs the database: CPU time of the one session it holds, as the kernel counts it.

use std::time::Duration;

use local_stack::{Postgres, PostgresConfig};
use sampler::{Clock, Observation, Target};
use tokio::sync::mpsc;
use tokio_postgres::NoTls;

use crate::figure::figure;

/// Whole minutes measured; the one in which it connects does not count.
const MINUTES: usize = 2;

pub(crate) async fn measure(sessions: u32) {
    let root = tempfile::tempdir().unwrap();
    let settings = vec![("max_connections".to_owned(), (sessions + 20).to_string())];
    let config = PostgresConfig { settings, ..PostgresConfig::for_test(root.path()) };
    let postgres = Postgres::start(config).await.unwrap();
    let url = postgres.url("postgres");
    println!("PostgreSQL {}, {sessions} active sessions, a quarter of them waiting for a lock", postgres.major());
    let holder = connect(&url).await;
    holder
        .batch_execute("create extension if not exists pg_stat_statements; create table shelf (n int)")
        .await
        .unwrap();
    holder.batch_execute("begin; lock table shelf").await.unwrap();
    let mut busy = Vec::new();
    for number in 0..sessions {
        let client = connect(&url).await;
        let statement = if number % 4 == 0 { "select count(*) from shelf" } else { "select pg_sleep(3600)" };
        // Cut off in the middle when the database stops.
        busy.push(tokio::spawn(async move { drop(client.batch_execute(statement).await) }));
    }
    let (sender, mut observations) = mpsc::channel(1024);
    tokio::spawn(sampler::run(Target::parse(&format!("bench={url}")).unwrap(), Clock::system(), sender));
    let (mut costs, mut most) = (Vec::new(), 0);
    while costs.len() < MINUTES {
        match observations.recv().await.unwrap() {
            Observation::Activity(sample) => most = most.max(sample.sessions.len()),
            Observation::Cost(cost) if cost.backend_cpu_ms.is_some() => costs.push(cost),
            _ => {}
        }
    }
    busy.iter().for_each(tokio::task::JoinHandle::abort);
    for cost in &costs {
        let cpu = cost.backend_cpu_ms.unwrap_or_default();
        figure("CPU of the sampler's session", cpu / 600.0, "% of a core", "<= 0.5 at 200 sessions");
        figure("round trips a minute", cost.round_trip_ms, "ms", "");
        figure("queries a minute", f64::from(cost.queries), "", "");
    }
    println!("most sessions in one sample: {most}");
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let connecting = tokio::time::timeout(Duration::from_secs(10), tokio_postgres::connect(url, NoTls));
    let (client, connection) = connecting.await.unwrap().unwrap();
    tokio::spawn(async move { drop(connection.await) });
    client
}
