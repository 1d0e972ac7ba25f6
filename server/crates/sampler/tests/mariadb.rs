//! The sampler against a real MariaDB.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::Arc;

use local_stack::{MariaDb, MariaDbConfig};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};
use sampler::{
    ActivitySample, Clock, DatabaseDescription, Engine, Observation, SessionState, StatementInterval, Target,
};
use tokio::sync::mpsc;

/// A whole minute, so that seconds can be chosen by hand from here.
const NOON: i64 = 1_800_000_000 / 60 * 60;

/// Statements whose digest text spells words otherwise than they were sent: what load is attributed to
/// and what is counted must be one statement all the same.
const SPELLINGS: [&str; 14] = [
    "SELECT DISTINCT copies FROM stock WHERE book IN (1, 2, 3) AND copies <> 7 LIMIT 3",
    "select now(), current_timestamp, substr('abc', 1, 2), database() from stock where book = 1",
    "SELECT COUNT(*) FROM stock WHERE book > 1 - 5 AND NOW() - INTERVAL 3 DAY < NOW()",
    "INSERT INTO stock (book, copies) VALUES (901, 1), (902, 2) ON DUPLICATE KEY UPDATE copies = copies + 1",
    "select s.book as b, -1, 'it''s', \"two\" from `stock` s where s.copies between 1 and 9 order by s.book desc limit 2, 3",
    "UPDATE shop.stock SET copies = copies + 1 WHERE book = 903 /* route='/x' */",
    "select std(copies), variance(copies) from stock -- why\n where book regexp '^9'",
    "DELETE FROM stock WHERE book IN (904) OR book = .5",
    "with x as (select 1 as n) select n from x where n = any (select 1)",
    "select case when book = 1 then 'a' else 'b' end from stock group by book having count(1) > 2",
    "select cast(book as char), convert(copies, decimal(10, 2)) from stock where book = 5",
    "replace into stock (book, copies) values (905, 1)",
    "select - 1 from stock where book = -1 or book > +2 and copies * -3 < 4 - -5 xor not -6 group by copies % -7",
    "select case -1 when -2 then -3 else -4 end, (-5), copies from stock where copies between -6 and -7 and book like -8",
];

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
            if let Observation::Disconnected { reason } = &observation {
                eprintln!("disconnected: {reason}");
            }
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

    /// The statements of the minute that ends at `second`, and all texts told by then.
    async fn statements_at(&mut self, second: i64) -> (StatementInterval, HashMap<Arc<str>, Arc<str>>) {
        self.clock.set_ms(second * 1_000);
        let mut texts = HashMap::new();
        let interval = self
            .next(|observation| match observation {
                Observation::Texts(told) => {
                    texts.extend(told.into_iter().map(|text| (text.statement_id, text.text)));
                    None
                }
                Observation::Statements(interval) if interval.to_secs == second => Some(interval),
                _ => None,
            })
            .await;
        (interval, texts)
    }
}

async fn connect(server: &MariaDb, database: &str) -> Conn {
    let opts = Opts::from_url(&server.url("").replacen("mariadb://", "mysql://", 1)).unwrap();
    let name = (!database.is_empty()).then_some(database);
    Conn::new(OptsBuilder::from_opts(opts).db_name(name).prefer_socket(false)).await.unwrap()
}

/// Waits until so many sessions are in that state of the process list.
async fn until(admin: &mut Conn, condition: &str, count: u64) {
    let query = format!("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE {condition}");
    while admin.query_first::<u64, _>(&query).await.unwrap() != Some(count) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_waits_blockers_and_statements() {
    let root = tempfile::tempdir().unwrap();
    let server = MariaDb::start(MariaDbConfig::for_test(root.path())).await.unwrap();
    let mut admin = connect(&server, "").await;
    for statement in [
        "CREATE DATABASE shop",
        "CREATE TABLE shop.stock (book INT PRIMARY KEY, copies INT)",
        "INSERT INTO shop.stock VALUES (1, 10), (2, 10)",
        "CREATE TABLE shop.shelf (book INT PRIMARY KEY)",
    ] {
        admin.query_drop(statement).await.unwrap();
    }
    let mut watch = Watch::start(&server.watcher_url());
    let description = watch.connected().await;
    assert_eq!(description.engine, Engine::MariaDb);
    assert!(description.is_on_this_machine && description.has_statement_ids && description.has_statement_statistics);
    let keys: Vec<_> = description.limitations.iter().map(|limitation| limitation.key).collect();
    assert_eq!(keys, ["prepared_not_counted"], "PROCESS and performance_schema are enough");
    assert!(watch.activity_at(NOON).await.sessions.is_empty(), "the sampler does not see itself");

    // One session holds a row and does nothing, two wait for it; one waits for a table; one sleeps.
    let mut holder = connect(&server, "shop").await;
    holder.query_drop("BEGIN").await.unwrap();
    holder.query_drop("UPDATE stock SET copies = 9 WHERE book = 1").await.unwrap();
    holder.query_drop("SELECT COUNT(*) FROM shelf").await.unwrap();
    let mut busy = Vec::new();
    let mut session = connect(&server, "shop").await;
    let prepared = async move { session.exec_drop("UPDATE stock SET copies = ? WHERE book = ?", (8, 1)).await };
    busy.push(tokio::spawn(prepared));
    for statement in
        ["UPDATE stock SET copies = 8 WHERE book = 1", "ALTER TABLE shelf ADD COLUMN row_of INT", "SELECT SLEEP(600)"]
    {
        let mut session = connect(&server, "shop").await;
        busy.push(tokio::spawn(async move { session.query_drop(statement).await }));
    }
    until(&mut admin, "INFO LIKE 'UPDATE stock%' AND COMMAND IN ('Query', 'Execute')", 2).await;
    until(&mut admin, "STATE = 'Waiting for table metadata lock'", 1).await;
    until(&mut admin, "STATE = 'User sleep'", 1).await;
    // InnoDB renews its lock tables only when nobody has read them for a tenth of a second: asked without
    // a pause they stay as they were for ever.
    let waits = "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'";
    while admin.query_first::<u64, _>(waits).await.unwrap() != Some(2) {
        admin.query_drop("DO SLEEP(0.2)").await.unwrap();
    }
    let sample = watch.activity_at(NOON + 1).await;
    // The session that watched until now may be caught while its last answer leaves.
    let busy_ones = sample.sessions.iter().filter(|session| session.wait.kind != "io");
    let mut seen: Vec<(String, String)> =
        busy_ones.map(|session| (session.wait.kind.clone(), session.wait.event.clone())).collect();
    seen.sort();
    let expected = [
        ("lock", "wait/lock/innodb/row_lock_wait"),
        ("lock", "wait/lock/innodb/row_lock_wait"),
        ("lock", "wait/lock/metadata/sql/mdl"),
        ("synch", "wait/synch/cond/sql/Item_func_sleep::cond"),
    ];
    assert_eq!(seen, expected.map(|(kind, event)| (kind.to_owned(), event.to_owned())));
    let root = sample.blockers.iter().find(|session| session.state == SessionState::IdleInTransaction).unwrap();
    assert_eq!(root.statement.as_deref(), Some("SELECT COUNT(*) FROM shelf"), "what it ran last");
    assert!(root.transaction_age_ms.is_some());
    let waiting: Vec<_> = sample.sessions.iter().filter(|session| session.blocked_by.contains(&root.id)).collect();
    assert_eq!(waiting.len(), 3, "{sample:?}");
    let update = sampler::mariadb_statement_id("UPDATE stock SET copies = 1 WHERE book = 2");
    let updates = waiting.iter().filter(|session| session.statement_id.as_ref() == Some(&update));
    assert_eq!(updates.count(), 2, "one is executed prepared: {sample:?}");
    let objects: Vec<&str> = waiting.iter().filter_map(|session| session.lock.as_ref()?.object.as_deref()).collect();
    assert!(objects.contains(&"shop.stock (PRIMARY)") && objects.contains(&"shop.shelf"), "{objects:?}");
    assert!(sample.levels.contains(&("db.Transactions.blocked_transactions", 3.0)));
    holder.query_drop("ROLLBACK").await.unwrap();
    for task in busy.drain(..3) {
        task.await.unwrap().unwrap();
    }
    busy.iter().for_each(tokio::task::JoinHandle::abort);

    // Statement statistics are exact between two minutes, whatever the words are spelt like.
    watch.statements_at(NOON + 60).await;
    let mut worker = connect(&server, "shop").await;
    for (times, statement) in (1..).zip(SPELLINGS) {
        for _ in 0..times {
            worker.query_drop(statement).await.unwrap();
        }
    }
    for _ in 0..50 {
        worker.exec_drop("SELECT copies FROM stock WHERE book = ?", (1,)).await.unwrap();
    }
    let (interval, texts) = watch.statements_at(NOON + 120).await;
    assert_eq!(interval.from_secs, NOON + 60);
    let calls: HashMap<Arc<str>, f64> =
        interval.deltas.iter().map(|delta| (delta.statement_id.clone(), delta.values[0])).collect();
    for (times, statement) in (1..).zip(SPELLINGS) {
        let id = sampler::mariadb_statement_id(statement);
        assert_eq!(calls.get(&id), Some(&f64::from(times)), "{statement}\n{texts:?}");
    }
    let prepared = sampler::mariadb_statement_id("SELECT copies FROM stock WHERE book = 1");
    assert_eq!(calls.get(&prepared), None, "counted after all: the limitation is to go");
    assert!(!texts.values().any(|text| text.contains("loadlens_sampler")), "our own statements are left out");

    // Counters: names are Performance Insights', rates are not negative.
    watch.clock.set_ms((NOON + 130) * 1_000);
    let rates = watch
        .next(|observation| match observation {
            Observation::Counters(reading) if reading.at_secs == NOON + 130 => Some(reading.values),
            _ => None,
        })
        .await;
    let names: Vec<&str> = rates.iter().map(|(name, _)| *name).collect();
    for name in ["db.SQL.Questions", "db.Users.Threads_connected", "db.Locks.Innodb_row_lock_time", "os.memory.total"] {
        assert!(names.contains(&name), "{name} of {names:?}");
    }
    assert!(rates.iter().all(|(_, value)| *value >= 0.0), "{rates:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_what_it_cannot_see() {
    let root = tempfile::tempdir().unwrap();
    let options = vec!["performance-schema=OFF".to_owned()];
    let config = MariaDbConfig { options, ..MariaDbConfig::for_test(root.path()) };
    let server = MariaDb::start(config).await.unwrap();
    let mut admin = connect(&server, "").await;
    admin.query_drop("CREATE USER stranger@'%' IDENTIFIED BY 'x'").await.unwrap();
    let url = format!("mysql://stranger:x@127.0.0.1:{}/", server.port());
    let description = Watch::start(&url).connected().await;
    let keys: Vec<_> = description.limitations.iter().map(|limitation| limitation.key).collect();
    assert_eq!(keys, ["performance_schema_off"]);
    assert_eq!(description.engine, Engine::MariaDb, "the server says what it is, whatever the URL says");
    assert!(!description.has_statement_ids && !description.has_statement_statistics);

    let mut sleeper = connect(&server, "").await;
    let sleeping = tokio::spawn(async move { sleeper.query_drop("SELECT SLEEP(600)").await });
    until(&mut admin, "STATE = 'User sleep'", 1).await;
    let mut watch = Watch::start(&server.watcher_url());
    watch.connected().await;
    let sample = watch.activity_at(NOON + 1).await;
    let sleep = sample.sessions.iter().find(|session| session.wait.event == "User sleep").unwrap();
    assert_eq!(sleep.wait.kind, "state", "without wait events the thread's state stands in");
    sleeping.abort();
}
