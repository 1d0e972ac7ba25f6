//! The sampler against real PostgreSQL servers, on a clock that the test moves.

use std::collections::HashMap;
use std::path::PathBuf;

use local_stack::{Postgres, PostgresConfig};
use sampler::{ActivitySample, Clock, DatabaseDescription, Observation, SessionState, Target};
use tests::tools;
use tokio::sync::mpsc;
use tokio_postgres::{Client, NoTls};

/// A whole minute, so that seconds can be chosen by hand from here.
const NOON: i64 = 1_800_000_000 / 60 * 60;

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // Ends with an error when the database stops first.
        drop(connection.await);
    });
    client
}

async fn server(bin_dir: Option<PathBuf>, settings: &[(&str, &str)]) -> (Postgres, tempfile::TempDir) {
    let root = tempfile::tempdir().unwrap();
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let config = PostgresConfig { bin_dir, settings, ..PostgresConfig::for_test(root.path()) };
    (Postgres::start(config).await.unwrap(), root)
}

/// The URL of a role without the rights of the superuser.
fn url_of(server: &Postgres, role: &str) -> String {
    format!("postgres://{role}:secret@127.0.0.1:{}/postgres?sslmode=disable", server.port())
}

/// A sampler on a clock that the test moves.
struct Watch {
    clock: Clock,
    observations: mpsc::Receiver<Observation>,
}

impl Watch {
    fn start(url: &str) -> Self {
        let clock = Clock::manual(NOON * 1_000);
        let (sender, observations) = mpsc::channel(1_000);
        let target = Target::parse(&format!("test={url}")).unwrap();
        tokio::spawn(sampler::run(target, clock.clone(), sender));
        Self { clock, observations }
    }

    async fn next<T>(&mut self, mut pick: impl FnMut(Observation) -> Option<T>) -> T {
        loop {
            let observation = self.observations.recv().await.expect("the sampler runs");
            if let Some(found) = pick(observation) {
                return found;
            }
        }
    }

    async fn connected(&mut self) -> DatabaseDescription {
        self.next(|observation| match observation {
            Observation::Connected(description) => Some(*description),
            Observation::Disconnected { reason } => panic!("{reason}"),
            _ => None,
        })
        .await
    }

    async fn activity_at(&mut self, second: i64) -> ActivitySample {
        self.clock.set_ms(second * 1_000);
        self.next(|observation| match observation {
            Observation::Activity(sample) if sample.at_secs == second => Some(sample),
            _ => None,
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_installed_version_is_sampled() {
    sessions_statements_counters_restart(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn version_18_is_sampled() {
    sessions_statements_counters_restart(Some(tools::postgres_18())).await;
}

async fn sessions_statements_counters_restart(bin_dir: Option<PathBuf>) {
    let (mut server, _root) = server(bin_dir, &[]).await;
    let url = server.url("postgres");
    let admin = client(&url).await;
    admin
        .batch_execute(
            "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE ROLE watcher LOGIN PASSWORD 'secret'; \
             GRANT pg_monitor TO watcher; \
             CREATE TABLE stock (book int PRIMARY KEY, copies int); INSERT INTO stock VALUES (1, 10); \
             SELECT pg_stat_statements_reset();",
        )
        .await
        .unwrap();
    let mut watch = Watch::start(&url_of(&server, "watcher"));
    let description = watch.connected().await;
    assert!(description.is_on_this_machine && description.has_statement_ids && description.has_statement_statistics);
    assert_eq!(description.limitations, [], "pg_monitor is enough");
    assert!(watch.activity_at(NOON).await.sessions.is_empty(), "the sampler does not see itself");

    blocked_sessions_know_their_blocker(&mut watch, &admin, &url).await;
    statements_are_counted_exactly(&mut watch, &admin).await;
    a_reset_is_no_negative_rate(&mut watch, &admin).await;

    // A crash loses the statistics: rates stay non-negative, and sampling goes on by itself.
    server.crash();
    watch.clock.set_ms((NOON + 301) * 1_000);
    watch.next(|observation| matches!(observation, Observation::Disconnected { .. }).then_some(())).await;
    server.restart_blocking().unwrap();
    let mut second = NOON + 301;
    loop {
        second += 1;
        watch.clock.set_ms(second * 1_000);
        let found = watch.observations.recv().await.unwrap();
        if matches!(found, Observation::Connected(_)) {
            break;
        }
    }
    let second = (second / 60 + 2) * 60;
    watch.activity_at(second).await;
    watch.clock.set_ms((second + 10) * 1_000);
    let rates = rates_at(&mut watch, second + 10).await;
    assert!(rates.iter().any(|(name, _)| *name == "os.memory.total"));
}

/// One session holds a row, another waits for it.
async fn blocked_sessions_know_their_blocker(watch: &mut Watch, admin: &Client, url: &str) {
    let holder = client(url).await;
    holder.batch_execute("BEGIN; UPDATE stock SET copies = 9 WHERE book = 1").await.unwrap();
    let waiter = client(&format!("{url}&application_name=shop")).await;
    let waiting = tokio::spawn(async move {
        waiter.batch_execute("UPDATE stock SET copies = 8 WHERE book = 1").await.unwrap();
    });
    let is_waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    while admin.query_one(is_waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    let sample = watch.activity_at(NOON + 1).await;
    let blocked = sample.sessions.iter().find(|session| !session.blocked_by.is_empty()).unwrap();
    assert_eq!(blocked.wait.kind, "Lock");
    assert_eq!(blocked.application.as_deref(), Some("shop"));
    assert_eq!(blocked.client_address.as_deref(), Some("127.0.0.1"));
    assert_eq!(blocked.session_type, "client backend");
    assert!(blocked.statement_id.is_some() && blocked.lock.is_some());
    let root = sample.sessions.iter().find(|session| session.id == blocked.blocked_by[0]).unwrap();
    assert_eq!(root.state, SessionState::IdleInTransaction);
    holder.batch_execute("COMMIT").await.unwrap();
    waiting.await.unwrap();
}

async fn statements_are_counted_exactly(watch: &mut Watch, admin: &Client) {
    let at = |observation: Observation, end: i64| match observation {
        Observation::Statements(interval) if interval.to_secs == end => Some(interval),
        _ => None,
    };
    watch.clock.set_ms((NOON + 60) * 1_000);
    watch.next(|observation| at(observation, NOON + 60)).await;
    for book in 0..7 {
        admin.query("SELECT copies FROM stock WHERE book = $1", &[&book]).await.unwrap();
    }
    watch.clock.set_ms((NOON + 120) * 1_000);
    let mut text_of = HashMap::new();
    let interval = watch
        .next(|observation| match observation {
            Observation::Texts(texts) => {
                text_of.extend(texts.into_iter().map(|text| (text.statement_id, text.text)));
                None
            }
            other => at(other, NOON + 120),
        })
        .await;
    assert_eq!(interval.from_secs, NOON + 60);
    let calls = interval
        .deltas
        .iter()
        .find(|delta| text_of.get(&delta.statement_id).is_some_and(|text| text.starts_with("SELECT copies")));
    assert_eq!(calls.unwrap().values[0], 7.0);
    assert!(!text_of.values().any(|text| text.contains("loadlens")), "our own statements are left out");
}

/// Statistics of statements and of databases are thrown away between two readings.
async fn a_reset_is_no_negative_rate(watch: &mut Watch, admin: &Client) {
    watch.clock.set_ms((NOON + 130) * 1_000);
    rates_at(watch, NOON + 130).await;
    admin.batch_execute("SELECT pg_stat_statements_reset(); SELECT pg_stat_reset()").await.unwrap();
    for second in [NOON + 140, NOON + 150] {
        watch.clock.set_ms(second * 1_000);
        rates_at(watch, second).await;
    }
    watch.clock.set_ms((NOON + 180) * 1_000);
    let interval = watch
        .next(|observation| match observation {
            Observation::Statements(interval) if interval.to_secs == NOON + 180 => Some(interval),
            _ => None,
        })
        .await;
    assert!(interval.deltas.iter().flat_map(|delta| &delta.values).all(|value| *value >= 0.0));
}

/// The counters of one second, none of them negative.
async fn rates_at(watch: &mut Watch, second: i64) -> Vec<(&'static str, f64)> {
    let rates = watch
        .next(|observation| match observation {
            Observation::Counters(reading) if reading.at_secs == second => Some(reading.values),
            Observation::Statements(interval) => {
                assert!(interval.deltas.iter().flat_map(|delta| &delta.values).all(|value| *value >= 0.0));
                None
            }
            _ => None,
        })
        .await;
    assert!(rates.iter().all(|(_, value)| *value >= 0.0), "{rates:?}");
    rates
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_seen_is_said() {
    let blind = [
        ("compute_query_id", "off"),
        ("shared_preload_libraries", "''"),
        ("track_io_timing", "off"),
        ("track_activity_query_size", "1024"),
    ];
    let (server, _root) = server(None, &blind).await;
    let admin = client(&server.url("postgres")).await;
    admin.batch_execute("CREATE ROLE stranger LOGIN PASSWORD 'secret'").await.unwrap();
    let mut watch = Watch::start(&url_of(&server, "stranger"));
    let description = watch.connected().await;
    let mut keys: Vec<_> = description.limitations.iter().map(|limitation| limitation.key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["extension_missing", "no_permission", "short_texts", "statement_ids_off", "track_io_timing_off"]);
    assert!(description.limitations.iter().all(|found| !found.what.is_empty() && !found.remedy.is_empty()));
    assert!(!description.has_statement_ids && !description.has_statement_statistics);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_as_the_address_asks() {
    let (server, _root) = server(None, &[]).await;
    let admin = client(&server.url("postgres")).await;
    give_certificate(&admin, "server.pem").await;
    give_certificate(&admin, "server.key").await;
    admin.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    let folder = tools::repository().join("tests/certificates");
    let with = |words: &str| server.url("postgres").replace("sslmode=disable", words);
    // Sessions begun after the server has taken it in have it.
    while client(&server.url("postgres")).await.query_one("SHOW ssl", &[]).await.unwrap().get::<_, &str>(0) != "on" {
        tokio::task::yield_now().await;
    }
    let rooted = |mode: &str, file: &str| with(&format!("sslmode={mode}&sslrootcert={}", folder.join(file).display()));
    for (url, encrypted) in [
        (with("sslmode=disable"), false),
        (with("sslmode=prefer"), true),
        (with("sslmode=require"), true),
        (rooted("verify-full", "ca.pem"), true),
        (rooted("verify-ca", "ca.pem"), true),
    ] {
        let mut watch = Watch::start(&url);
        watch.connected().await;
        let question = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) \
                        WHERE a.application_name = 'loadlens sampler' ORDER BY a.backend_start DESC LIMIT 1";
        let is_encrypted: bool = admin.query_one(question, &[]).await.unwrap().get(0);
        assert_eq!(is_encrypted, encrypted, "{url}");
    }
    let mut stranger = Watch::start(&rooted("verify-full", "other-ca.pem"));
    let reason = stranger
        .next(|observation| match observation {
            Observation::Disconnected { reason } => Some(reason),
            Observation::Connected(_) => panic!("a server nobody vouches for was trusted"),
            _ => None,
        })
        .await;
    assert!(reason.contains("certificate"), "{reason}");
}

/// Lets the server write one of its files itself, as its own account, closed to others.
async fn give_certificate(admin: &Client, name: &str) {
    let text = std::fs::read_to_string(tools::repository().join("tests/certificates").join(name)).unwrap();
    let copy = format!(
        "COPY (SELECT unnest(string_to_array('{}', chr(10)))) TO PROGRAM 'umask 077; cat > {}'",
        text.trim_end(),
        name.replace(".pem", ".crt")
    );
    admin.batch_execute(&copy).await.unwrap();
}
