//! The sampler against a real PostgreSQL.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use sampler::{ActivitySample, Clock, DatabaseDescription, Observation, SessionState, Target};
use support::Postgres;
use tokio::sync::mpsc;
use tokio_postgres::{Client, NoTls};

const SETTINGS: &str = "shared_preload_libraries = 'pg_stat_statements'\ntrack_io_timing = on\n";
/// A whole minute, so that seconds can be chosen by hand from here.
const NOON: i64 = 1_800_000_000 / 60 * 60;

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_statements_counters_restart() {
    let server = Postgres::start(SETTINGS);
    let url = server.url("postgres", "postgres");
    let admin = client(&url).await;
    admin
        .batch_execute(
            "CREATE EXTENSION pg_stat_statements; CREATE ROLE watcher LOGIN; GRANT pg_monitor TO watcher; \
             CREATE TABLE stock (book int PRIMARY KEY, copies int); INSERT INTO stock VALUES (1, 10); \
             SELECT pg_stat_statements_reset();",
        )
        .await
        .unwrap();
    let mut watch = Watch::start(&server.url("watcher", "postgres"));
    let description = watch.connected().await;
    assert!(description.is_on_this_machine && description.has_statement_ids && description.has_statement_statistics);
    let keys: Vec<_> = description.limitations.iter().map(|limitation| limitation.key).collect();
    assert_eq!(keys, ["short_texts"], "pg_monitor is enough");
    assert!(watch.activity_at(NOON).await.sessions.is_empty(), "the sampler does not see itself");

    // One session holds a row, another waits for it, a third sleeps.
    let holder = client(&url).await;
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

    // Statement statistics are exact between two minutes.
    watch.clock.set_ms((NOON + 60) * 1_000);
    watch
        .next(|observation| {
            matches!(observation, Observation::Statements(interval) if interval.to_secs == NOON + 60).then_some(())
        })
        .await;
    for book in 0..7 {
        admin.query("SELECT copies FROM stock WHERE book = $1", &[&book]).await.unwrap();
    }
    watch.clock.set_ms((NOON + 120) * 1_000);
    let mut text_of = std::collections::HashMap::new();
    let interval = watch
        .next(|observation| match observation {
            Observation::Texts(texts) => {
                text_of.extend(texts.into_iter().map(|text| (text.statement_id, text.text)));
                None
            }
            Observation::Statements(interval) if interval.to_secs == NOON + 120 => Some(interval),
            _ => None,
        })
        .await;
    assert_eq!(interval.from_secs, NOON + 60);
    let calls = interval
        .deltas
        .iter()
        .find(|delta| text_of.get(&delta.statement_id).is_some_and(|text| text.starts_with("SELECT copies")));
    assert_eq!(calls.unwrap().values[0], 7.0);
    assert!(!text_of.values().any(|text| text.contains("loadlens")), "our own statements are left out");

    // A crash loses the statistics: rates stay non-negative, and sampling goes on by itself.
    server.stop("immediate");
    watch.clock.set_ms((NOON + 121) * 1_000);
    watch.next(|observation| matches!(observation, Observation::Disconnected { .. }).then_some(())).await;
    server.launch();
    let mut second = NOON + 121;
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
    let rates = watch
        .next(|observation| match observation {
            Observation::Counters(reading) if reading.at_secs == second + 10 => Some(reading.values),
            Observation::Statements(interval) => {
                assert!(interval.deltas.iter().flat_map(|delta| &delta.values).all(|value| *value >= 0.0));
                None
            }
            _ => None,
        })
        .await;
    assert!(rates.iter().all(|(_, value)| *value >= 0.0));
    assert!(rates.iter().any(|(name, _)| *name == "db.Transactions.xact_commit"));
    assert!(rates.iter().any(|(name, _)| *name == "os.memory.total"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_what_it_cannot_see() {
    let server = Postgres::start("compute_query_id = off\n");
    let admin = client(&server.url("postgres", "postgres")).await;
    admin.batch_execute("CREATE ROLE stranger LOGIN").await.unwrap();
    let mut watch = Watch::start(&server.url("stranger", "postgres"));
    let description = watch.connected().await;
    let mut keys: Vec<_> = description.limitations.iter().map(|limitation| limitation.key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["extension_missing", "no_permission", "short_texts", "statement_ids_off", "track_io_timing_off"]);
    assert!(!description.has_statement_ids && !description.has_statement_statistics);
}
