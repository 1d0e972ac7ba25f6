//! The whole stack on a real PostgreSQL: the shop, its visitors, its sins.
#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use local_stack::guard::is_alive;
use local_stack::measure::Measurement;
use local_stack::{Incident, PostgresConfig, Scale, Stack, StackConfig};
use sqlx::{Connection, PgConnection, Row};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("loadlens-shop").tempdir_in("/tmp").unwrap();
    // As root the server runs as somebody else, who has to get through.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

async fn start(root: &Path, sessions_per_sec: f64) -> Stack {
    let programs = Path::new(env!("CARGO_BIN_EXE_bookshop")).parent().unwrap();
    let mut config = StackConfig::new(root, programs);
    config.postgres = PostgresConfig::for_test(root.join("postgres"));
    config.scale = Scale::Small;
    config.sessions_per_sec = sessions_per_sec;
    config.function_sessions_per_sec = 1.0;
    // The load of this test must not change the size of the group.
    config.most_instances = 2;
    config.notice = Duration::from_millis(200);
    Stack::start(config, Arc::new(|_| {})).await.unwrap()
}

async fn count(db: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(db).await.unwrap().get(0)
}

/// Asks until the condition holds; how long that takes differs from machine to machine.
async fn eventually(db: &mut PgConnection, sql: &'static str, least: i64) {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        let found = count(db, sql).await;
        if found >= least {
            return;
        }
        assert!(Instant::now() < deadline, "{sql}: {found}, wanted {least}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_runs_counts_and_sins() {
    let folder = folder();
    let stack = start(folder.path(), 12.0).await;
    let mut db = PgConnection::connect(&stack.postgres_url("bookshop")).await.unwrap();

    // Each instance is a caller of its own.
    eventually(
        &mut db,
        "select count(distinct (host(client_addr), application_name)) from pg_stat_activity \
         where application_name in ('bookshop:bookshop-1', 'bookshop:bookshop-2', 'bookshop:lambda') \
         and host(client_addr) in ('127.0.0.11', '127.0.0.12', '127.0.0.9')",
        3,
    )
    .await;

    // The origin survives into the server's own statistics.
    sqlx::raw_sql("create extension if not exists pg_stat_statements").execute(&mut db).await.unwrap();
    eventually(
        &mut db,
        "select count(*) from pg_stat_statements where query like \
         'SELECT b.id, b.title, b.category%/*action=''show_book'',route=''%2Fbook%2F%7Bid%7D''*/'",
        1,
    )
    .await;

    // A flash sale: checkouts wait for one row.
    stack.set_incident(Incident::Lock, true).await.unwrap();
    eventually(
        &mut db,
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%take_from_stock%'",
        7,
    )
    .await;
    stack.set_incident(Incident::Lock, false).await.unwrap();

    // An index goes and comes back.
    let index = "select count(*) from pg_indexes where schemaname = 'shop' and indexname = 'visits_customer'";
    stack.set_incident(Incident::Index, true).await.unwrap();
    assert_eq!(count(&mut db, index).await, 0);
    stack.set_incident(Incident::Index, false).await.unwrap();
    assert_eq!(count(&mut db, index).await, 1);

    // The everlasting report.
    stack.set_incident(Incident::Report, true).await.unwrap();
    eventually(
        &mut db,
        "select coalesce(sum(calls), 0)::bigint from pg_stat_statements s join pg_roles r on r.oid = s.userid \
         where r.rolname = 'bookshop_report' and query like '%sales_report%'",
        3,
    )
    .await;
    stack.set_incident(Incident::Report, false).await.unwrap();

    // After a pause nothing is under way, and both sides counted the same.
    stack.pause_traffic(true).await.unwrap();
    let counts = settled(async || stack.traffic_counts().await.unwrap()).await;
    let total = |name: &str| counts["total"][name].as_u64().unwrap();
    assert_eq!(total("sent"), total("received") + total("timeouts") + total("failures"));
    assert!(total("status_2xx") > 50, "{counts}");
    assert_eq!(total("status_4xx"), 0, "{counts}");
    let by_minute: u64 =
        counts["minutes"].as_object().unwrap().values().map(|minute| minute["sent"].as_u64().unwrap()).sum();
    assert_eq!(by_minute, total("sent"));
    let api_counts = settled(async || stack.function_traffic_counts().await.unwrap()).await;
    let measured = stack.drain_measurements();
    let sum = |name: &str, dimension: &str| sum(&measured, name, dimension);
    assert_eq!(sum("RequestCount", "LoadBalancer"), total("sent") as f64);
    assert_eq!(sum("HTTPCode_Target_2XX_Count", "LoadBalancer"), total("status_2xx") as f64);
    assert_eq!(sum("Count", "ApiId"), api_counts["total"]["sent"].as_f64().unwrap());
    assert_eq!(sum("Invocations", "FunctionName"), api_counts["total"]["sent"].as_f64().unwrap());
    assert_eq!(sum("Errors", "FunctionName"), 0.0);
    let inits = measured.iter().filter(|m| m.name == "init_duration").flat_map(|m| &m.values);
    assert!(inits.map(|(_, count)| count).sum::<f64>() >= 1.0, "the first call was a cold start");

    // A killed instance is replaced; nothing survives the end.
    let first = stack.inventory().group.instances[0].clone();
    assert!(stack.kill_instance(&first.id));
    let deadline = Instant::now() + Duration::from_secs(40);
    while stack.app_urls().len() < 2 || stack.inventory().group.instances.iter().any(|i| i.id == first.id) {
        assert!(Instant::now() < deadline, "{:?}", stack.inventory().group);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let causes: Vec<String> = stack.inventory().group.activities.into_iter().map(|activity| activity.cause).collect();
    assert!(causes.iter().any(|cause| cause.contains("EC2 health check")), "{causes:?}");
    let mut pids: Vec<u32> = stack.processes().iter().filter_map(|process| process.pid).collect();
    pids.extend(stack.postgres().pid());
    assert_eq!(pids.len(), 5, "two instances, two crowds of visitors, the database");
    stack.shutdown().await;
    assert!(pids.iter().all(|pid| !is_alive(*pid)));
}

/// Counts once nothing is under way any more.
async fn settled(counts: impl AsyncFn() -> serde_json::Value) -> serde_json::Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let counts = counts().await;
        if counts["in_flight"] == 0 {
            return counts;
        }
        assert!(Instant::now() < deadline, "{counts}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Of the series that has this one dimension.
fn sum(measured: &[Measurement], name: &str, dimension: &str) -> f64 {
    let series =
        measured.iter().filter(|m| m.name == name && m.dimensions.len() == 1 && m.dimensions[0].0 == dimension);
    series.flat_map(|m| &m.values).map(|(value, count)| value * count).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn seeding_is_deterministic_and_happens_once() {
    use sample_app::seed::{Scale, prepare};
    let folder = folder();
    let postgres = local_stack::Postgres::start(PostgresConfig::for_test(folder.path().join("pg"))).await.unwrap();
    let admin = postgres.url("postgres");
    let fingerprint = async || {
        let mut db = PgConnection::connect(&postgres.url("bookshop")).await.unwrap();
        let sql = "select (select md5(string_agg(b::text, ',' order by id)) from shop.books b) \
                   || (select md5(string_agg(l::text, ',' order by order_id, line_no)) from shop.order_lines l)";
        sqlx::query(sql).fetch_one(&mut db).await.unwrap().get::<String, _>(0)
    };
    assert!(prepare(&admin, "secret", 5, Scale::Small).await.unwrap());
    let first = fingerprint().await;
    assert!(!prepare(&admin, "secret", 5, Scale::Small).await.unwrap());
    assert_eq!(first, fingerprint().await);
    assert!(prepare(&admin, "secret", 6, Scale::Small).await.unwrap());
    assert_ne!(first, fingerprint().await);
    assert!(prepare(&admin, "secret", 5, Scale::Small).await.unwrap());
    assert_eq!(first, fingerprint().await);
}
