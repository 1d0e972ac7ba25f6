//! A random fleet whose every sampled second is known, random faults and clock steps, the whole flow;
//! then what the archive and the pages tell must be exactly what was sampled.
//!
//! The seed decides everything but the order in which concurrent calls arrive. `LOADLENS_SEED=N` runs
//! that one alone; a failure prints its own.

use std::collections::BTreeMap;

use aws_local::Faults;
use sampler::{
    ActivitySample, DatabaseDescription, Engine, Observation, SessionSample, SessionState, StatementText, Wait,
};
use samples::{Grouping, LoadMatrix};
use tests::flow::{Flow, START};
use units::{Compare, DbLoadQuery, Dimension, Period, TimePoint, TimeRange, Window};
use view::Panel;

/// Seeds of every run.
const SEEDS: [u64; 2] = [3, 20_261_125];
/// Steps of one simulation: time passes, something may go wrong, somebody looks.
const STEPS: usize = 14;
/// Longest step in seconds.
const LONGEST_STEP_SECS: u64 = 700;

const WAITS: [(&str, &str); 6] = [
    ("CPU", "CPU"),
    ("IO", "DataFileRead"),
    ("IO", "WALSync"),
    ("Lock", "transactionid"),
    ("LWLock", "BufferMapping"),
    ("Client", "ClientRead"),
];
const USERS: [&str; 3] = ["web", "report", "batch"];
const STATEMENTS: [&str; 5] = [
    "SELECT title FROM books WHERE id = $1",
    "UPDATE inventory SET stock = stock - $1 WHERE book_id = $2",
    "SELECT count(*) FROM orders WHERE placed_at > $1",
    "INSERT INTO orders (customer_id) VALUES ($1)",
    "DELETE FROM carts WHERE touched_at < $1",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sampled_is_what_is_told() {
    let seeds = match std::env::var("LOADLENS_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => SEEDS.to_vec(),
    };
    for seed in seeds {
        eprintln!("LOADLENS_SEED={seed}");
        simulate(seed).await;
    }
}

/// Session-seconds of one minute, by wait event and by statement, and how many seconds were sampled.
#[derive(Clone, Debug, Default)]
struct Minute {
    sampled: u32,
    sessions: u32,
    by_wait: BTreeMap<String, u32>,
    by_user: BTreeMap<String, u32>,
}

/// What was sampled of one database, by the begin of the minute.
type Truth = BTreeMap<i64, Minute>;

struct Fleet {
    names: Vec<String>,
    truth: Vec<Truth>,
    /// Seconds up to here are sampled, or missed for good.
    lived_to: i64,
    chance: Chance,
}

async fn simulate(seed: u64) {
    let mut chance = Chance(seed);
    let names: Vec<String> = (0..=chance.below(2)).map(|number| format!("shop-{number}")).collect();
    let count = names.len();
    let mut fleet = Fleet { names, truth: vec![Truth::new(); count], lived_to: START.secs() - 1800, chance };
    let mut flow = Flow::with_databases(|world| {
        for name in &fleet.names {
            world.add_database(name, Engine::Postgres, Some(2));
            connect(world, name);
        }
        fleet.live(world, START.secs());
    })
    .await;
    let mut seen: Vec<Seen> = vec![Seen::default(); count];
    for _ in 0..STEPS {
        flow.world().set_faults(fleet.faults());
        flow.set_skew(i64::try_from(fleet.chance.below(180)).unwrap() - 90);
        let step = i64::try_from(1 + fleet.chance.below(LONGEST_STEP_SECS)).unwrap();
        flow.advance(step).await;
        fleet.live(flow.world(), flow.now().secs());
        if fleet.chance.below(4) == 0 {
            flow.restart().await;
        }
        // A fault may refuse it: then the next one, or the back-fill, brings what is missing.
        let is_polled = flow.try_poll().await.is_ok();
        fleet.assert_nothing_is_lost(&flow, &mut seen, is_polled);
    }
    flow.world().set_faults(Faults::default());
    flow.set_skew(0);
    // So long that the last sampled minute is final.
    flow.advance(600).await;
    flow.restart().await;
    flow.until("the first poll", |flow| flow.reader().health().first_poll_done()).await;
    assert_eq!(flow.instances().len(), count);
    flow.poll().await;
    flow.fill().await;
    for number in 0..count {
        fleet.assert_told(&flow, number).await;
    }
    fleet.assert_nothing_is_lost(&flow, &mut seen, true);
    flow.stop().await;
}

/// Totals of minutes that were final when they were read.
type Seen = BTreeMap<i64, f64>;

impl Fleet {
    /// Samples every database up to a second. Sometimes a second is missed, sometimes minutes are.
    fn live(&mut self, world: &aws_local::World, to: i64) {
        for number in 0..self.names.len() {
            let mut at = self.lived_to;
            while at < to {
                match self.chance.below(400) {
                    0 => at += i64::try_from(30 + self.chance.below(200)).unwrap(),
                    1..=4 => at += 1,
                    _ => {
                        self.sample(world, number, at);
                        at += 1;
                    }
                }
            }
        }
        self.lived_to = to;
    }

    fn sample(&mut self, world: &aws_local::World, number: usize, at_secs: i64) {
        let mut sessions = Vec::new();
        let minute = self.truth[number].entry(at_secs.div_euclid(60) * 60).or_default();
        minute.sampled += 1;
        for id in 0..self.chance.below(7) {
            let (kind, event) = WAITS[self.chance.index(WAITS.len())];
            let user = USERS[self.chance.index(USERS.len())];
            let statement = self.chance.index(STATEMENTS.len() + 1);
            minute.sessions += 1;
            *minute.by_wait.entry(event.to_owned()).or_default() += 1;
            *minute.by_user.entry(user.to_owned()).or_default() += 1;
            sessions.push(session(i64::try_from(id).unwrap(), kind, event, user, STATEMENTS.get(statement).copied()));
        }
        let sample = ActivitySample { at_secs, sessions, blockers: Vec::new(), levels: Vec::new() };
        world.observe(&self.names[number], &Observation::Activity(sample));
    }

    /// What goes wrong in a step; nothing, half of the time.
    fn faults(&mut self) -> Faults {
        let mut faults = Faults::default();
        match self.chance.below(10) {
            0 => faults.throttle_percent = 40,
            1 => faults.error_percent = 40,
            2 => faults.expired_credentials = true,
            3 => faults.denied = true,
            4 => faults.pi_page_limit = Some(3),
            _ => {}
        }
        faults
    }

    /// A minute once told as final is told the same ever after. Only a poll that worked makes minutes
    /// final: what was read of a young minute stays until it is asked for again.
    fn assert_nothing_is_lost(&self, flow: &Flow, seen: &mut [Seen], is_polled: bool) {
        let final_before = flow.now().plus_secs(-600).floor_to(60).secs();
        for (number, seen) in seen.iter_mut().enumerate() {
            let Some(matrix) = self.load(flow, number, &Grouping::total()) else { continue };
            let told: Seen = times(&matrix)
                .zip(&matrix.total)
                .filter_map(|(at, total)| Some((at, (*total)?)))
                .filter(|(at, _)| *at < final_before)
                .collect();
            for (at, value) in seen.iter() {
                assert_eq!(told.get(at), Some(value), "{} at {at}: told before, now otherwise", self.names[number]);
            }
            if is_polled {
                *seen = told;
            }
        }
    }

    fn load(&self, flow: &Flow, number: usize, grouping: &Grouping) -> Option<LoadMatrix> {
        let instance = flow.instances().into_iter().find(|one| one.name == self.names[number])?;
        Some(flow.archive().load(&instance.id, grouping, self.window(flow), Period::MINUTE).unwrap())
    }

    /// Everything that was lived through, in whole minutes.
    fn window(&self, flow: &Flow) -> Window {
        Window::new(START.plus_secs(-1800).floor_to(60), flow.now().floor_to(60))
    }

    async fn assert_told(&self, flow: &Flow, number: usize) {
        let truth = &self.truth[number];
        let total = self.load(flow, number, &Grouping::total()).unwrap();
        for (at, told) in times(&total).zip(&total.total) {
            let expected = truth.get(&at).map(|minute| f64::from(minute.sessions) / f64::from(minute.sampled));
            assert_same(*told, expected, &format!("{} total at {at}", self.names[number]));
        }
        let waits = self.load(flow, number, &Grouping::by(Dimension::Wait)).unwrap();
        self.assert_keys(&waits, number, |minute| &minute.by_wait);
        let users = self.load(flow, number, &Grouping::by(Dimension::User)).unwrap();
        self.assert_keys(&users, number, |minute| &minute.by_user);
        self.assert_pages(flow, number, &total).await;
    }

    /// Each key of each minute, and their sum.
    fn assert_keys(&self, matrix: &LoadMatrix, number: usize, of: impl Fn(&Minute) -> &BTreeMap<String, u32>) {
        for (bucket, at) in times(matrix).enumerate() {
            let Some(minute) = self.truth[number].get(&at) else { continue };
            let mut sum = 0.0;
            for series in &matrix.series {
                let key = series.key.rsplit_once(':').map_or(series.key.as_str(), |(_, event)| event);
                let expected = f64::from(of(minute).get(key).copied().unwrap_or(0)) / f64::from(minute.sampled);
                let told = series.values[bucket].unwrap_or(0.0);
                assert_same(Some(told), Some(expected), &format!("{} {key} at {at}", self.names[number]));
                sum += told;
            }
            assert_same(Some(sum), matrix.total[bucket], &format!("{} sum at {at}", self.names[number]));
        }
    }

    /// Layers, rows, remainder and what has no statement sum to the total the page names.
    async fn assert_pages(&self, flow: &Flow, number: usize, total: &LoadMatrix) {
        let instance = flow.instances().into_iter().find(|one| one.name == self.names[number]).unwrap();
        let window = self.window(flow);
        let query = DbLoadQuery {
            range: TimeRange { from: TimePoint::At(window.from), to: TimePoint::At(window.to) },
            compare: Compare::Off,
            ..DbLoadQuery::new(instance.id)
        };
        let (reader, now) = (flow.reader(), flow.now());
        let Panel::Data(load) = ranking::fetch_db_load(&reader, &query, now).await.unwrap() else { panic!("no load") };
        let seconds: f64 = total.covered_secs.iter().map(|secs| f64::from(*secs)).sum();
        let weighed =
            total.total.iter().zip(&total.covered_secs).filter_map(|(total, secs)| Some((*total)? * f64::from(*secs)));
        let mean = weighed.sum::<f64>() / seconds;
        assert_same(load.mean.map(|aas| aas.0), Some(mean), "the mean of the page");
        let layers: f64 = load.layers.iter().chain(&load.remainder).map(|layer| layer.mean.0).sum();
        assert_same(Some(layers), Some(mean), "the layers of the page");
        let Panel::Data(top) = ranking::rank_top_sql(&reader, &query, 3, now).await.unwrap() else { panic!("no rows") };
        assert_same(Some(top.rows.iter().map(|row| row.mean.0).sum()), Some(top.total.0), "the rows of the page");
        assert_same(Some(top.total.0), Some(mean), "the total of the rows");
    }
}

/// Begins of a matrix' buckets, in seconds.
fn times(matrix: &LoadMatrix) -> impl Iterator<Item = i64> + '_ {
    let step = i64::from(matrix.period.secs());
    (0..).map(move |bucket| matrix.window.from.secs() + bucket * step).take(matrix.total.len())
}

#[track_caller]
fn assert_same(told: Option<f64>, expected: Option<f64>, what: &str) {
    let same = match (told, expected) {
        (Some(told), Some(expected)) => (told - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        (told, expected) => told == expected,
    };
    assert!(same, "{what}: told {told:?}, sampled {expected:?}");
}

fn session(id: i64, kind: &str, event: &str, user: &str, statement: Option<&str>) -> SessionSample {
    let number = STATEMENTS.iter().position(|one| Some(*one) == statement);
    SessionSample {
        id,
        state: SessionState::Active,
        database: Some("books".to_owned()),
        user: Some(user.to_owned()),
        application: Some("shop".to_owned()),
        client_address: Some("127.0.0.2".to_owned()),
        client_hostname: None,
        session_type: "client backend".to_owned(),
        wait: Wait { kind: kind.to_owned(), event: event.to_owned() },
        statement_id: number.map(|number| (number + 1).to_string().into()),
        statement: statement.map(Into::into),
        blocked_by: Vec::new(),
        lock: None,
        transaction_age_ms: None,
        statement_age_ms: None,
    }
}

fn connect(world: &aws_local::World, name: &str) {
    let description = DatabaseDescription {
        engine: Engine::Postgres,
        version: "18.0".to_owned(),
        system_identifier: None,
        started_at_ms: None,
        is_on_this_machine: false,
        statement_text_limit: Some(4096),
        has_statement_statistics: true,
        has_statement_ids: true,
        counters: Vec::new(),
        limitations: Vec::new(),
    };
    world.observe(name, &Observation::Connected(Box::new(description)));
    let texts = STATEMENTS
        .iter()
        .enumerate()
        .map(|(number, text)| StatementText { statement_id: (number + 1).to_string().into(), text: (*text).into() });
    world.observe(name, &Observation::Texts(texts.collect()));
}

/// Numbers that look random and follow from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }
}
