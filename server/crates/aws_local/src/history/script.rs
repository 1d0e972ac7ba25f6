//! What happens in the made-up past, as a pure function of seed and time.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

const SHOP_HOSTS: &[&str] = &["10.0.1.11", "10.0.1.12", "10.0.2.11"];
const WORKER_HOSTS: &[&str] = &["10.0.3.7"];
const REPORT_HOSTS: &[&str] = &["10.0.4.20"];

type Caller = (&'static str, &'static [&'static str], &'static str);
const SHOP: Caller = ("bookshop", SHOP_HOSTS, "shop");
const WORKER: Caller = ("fulfilment", WORKER_HOSTS, "worker");
const REPORT: Caller = ("reports", REPORT_HOSTS, "analyst");

type Waits = &'static [(&'static str, &'static str, f64)];
const CPU: Waits = &[("CPU", "CPU", 1.0)];
const READS: Waits = &[("CPU", "CPU", 0.55), ("IO", "DataFileRead", 0.45)];
const WRITES: Waits =
    &[("CPU", "CPU", 0.35), ("IO", "WALSync", 0.4), ("LWLock", "WALWrite", 0.15), ("Client", "ClientRead", 0.1)];
const SCANS: Waits = &[("CPU", "CPU", 0.3), ("IO", "DataFileRead", 0.65), ("LWLock", "BufferMapping", 0.05)];
const SORTS: Waits =
    &[("CPU", "CPU", 0.5), ("IO", "BufFileRead", 0.2), ("IO", "BufFileWrite", 0.15), ("IO", "DataFileRead", 0.15)];
const LOCKED: Waits =
    &[("Lock", "tuple", 0.55), ("Lock", "transactionid", 0.38), ("CPU", "CPU", 0.04), ("IO", "WALSync", 0.03)];

/// A statement and its ordinary life.
#[derive(Debug)]
pub(super) struct StatementScript {
    pub(super) database_id: String,
    pub(super) text: &'static str,
    pub(super) caller: Caller,
    role: Role,
    calls_per_sec: f64,
    latency_ms: f64,
    rows_per_call: f64,
    waits: Waits,
}

/// Which incidents touch a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Ordinary,
    /// Waits in the lock storm.
    HotRow,
    /// Scans while its index is missing.
    LosesIndex,
    /// Slower after the deploy.
    Regresses,
    /// First seen after the deploy.
    New,
    /// Last seen before the deploy.
    Gone,
    /// Runs at night only.
    Nightly,
}

/// How things are in a minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spell {
    /// 0.25 at the quietest to about 1.1 at the busiest.
    pub(super) rhythm: f64,
    pub(super) is_gap: bool,
    pub(super) is_lock_storm: bool,
    is_index_missing: bool,
    is_deployed: bool,
    is_night_report: bool,
}

/// A statement in a minute.
#[derive(Debug)]
pub(super) struct Now {
    pub(super) calls_per_sec: f64,
    pub(super) latency_ms: f64,
    pub(super) waits: Vec<(&'static str, &'static str, f64)>,
}

/// The whole story.
#[derive(Debug)]
pub(super) struct Script {
    statements: Vec<StatementScript>,
    lock_storm: (i64, i64),
    index_missing: (i64, i64),
    deploy: i64,
    gaps: [(i64, i64); 3],
}

impl Script {
    /// `begin` and `end` bound the past; incidents lie in it, the seed says where exactly.
    pub(super) fn new(seed: u64, begin: i64, end: i64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut around = |back: i64, spread: i64| end - back + rng.random_range(-spread..=spread) / 60 * 60;
        let lock = around(26 * HOUR, 3 * HOUR);
        let index = around(4 * DAY, 5 * HOUR);
        let deploy = around(2 * DAY, 4 * HOUR);
        let gaps = [around(5 * DAY, 6 * HOUR), around(20 * HOUR, 90 * 60), begin + 9 * HOUR];
        let lengths = [25 * 60, 8 * 60, 3 * 60];
        let statements = statements(&mut rng, seed);
        Self {
            statements,
            lock_storm: (lock, lock + 20 * 60),
            index_missing: (index, index + 9 * HOUR),
            deploy,
            gaps: std::array::from_fn(|gap| (gaps[gap], gaps[gap] + lengths[gap])),
        }
    }

    pub(super) fn statements(&self) -> &[StatementScript] {
        &self.statements
    }

    /// What RDS would have told about.
    pub(super) fn events(&self) -> Vec<(i64, &'static str)> {
        let mut events: Vec<(i64, &'static str)> = self
            .gaps
            .iter()
            .flat_map(|(from, to)| [(*from, "DB instance stopped answering"), (*to, "DB instance answers again")])
            .collect();
        events.sort_unstable();
        events
    }

    /// How things are in the minute that begins at `at`.
    pub(super) fn spell(&self, at: i64) -> Spell {
        let within = |(from, to): (i64, i64)| (from..to).contains(&at);
        let hour = at.rem_euclid(DAY) as f64 / HOUR as f64;
        // Quietest at four in the morning, busiest in the late afternoon (UTC).
        let daily = 0.5 - 0.5 * ((hour - 4.0) / 24.0 * std::f64::consts::TAU).cos();
        // 1 January 1970 was a Thursday: days 2 and 3 of each week are the weekend.
        let is_weekend = matches!(at.div_euclid(DAY).rem_euclid(7), 2 | 3);
        let weekly = if is_weekend { 0.65 } else { 1.0 };
        Spell {
            rhythm: (0.25 + 0.85 * daily) * weekly,
            is_gap: self.gaps.iter().any(|gap| within(*gap)),
            is_lock_storm: within(self.lock_storm),
            is_index_missing: within(self.index_missing),
            is_deployed: at >= self.deploy,
            is_night_report: (2.0..2.25).contains(&hour),
        }
    }

    /// A statement's rate and latency; `None` if it does not run.
    pub(super) fn at(&self, statement: &StatementScript, spell: &Spell, at: i64, rng: &mut SmallRng) -> Option<Now> {
        let mut now = Now {
            calls_per_sec: statement.calls_per_sec * spell.rhythm,
            latency_ms: statement.latency_ms * (0.9 + 0.2 * rng.random::<f64>()),
            waits: statement.waits.to_vec(),
        };
        match statement.role {
            Role::HotRow if spell.is_lock_storm => {
                let into = (at - self.lock_storm.0) as f64 / (self.lock_storm.1 - self.lock_storm.0) as f64;
                now.latency_ms *= 120.0 + 500.0 * into;
                now.waits = LOCKED.to_vec();
            }
            Role::LosesIndex if spell.is_index_missing => {
                now.latency_ms *= 14.0;
                now.waits = SCANS.to_vec();
            }
            Role::Regresses if spell.is_deployed => {
                now.latency_ms *= 3.2;
                now.waits = SORTS.to_vec();
            }
            Role::New if !spell.is_deployed => return None,
            Role::Gone if spell.is_deployed => return None,
            Role::Nightly if spell.is_night_report => now.calls_per_sec = statement.calls_per_sec,
            Role::Nightly => return None,
            _ => {}
        }
        Some(now)
    }
}

impl StatementScript {
    /// The statement with some literals in it; three forms.
    pub(super) fn as_sent(&self, form: u32) -> String {
        let mut sent = String::with_capacity(self.text.len() + 8);
        let mut number = 100 + form * 37;
        let mut rest = self.text;
        while let Some(at) = rest.find('$') {
            sent.push_str(&rest[..at]);
            sent.push_str(&number.to_string());
            number += 11;
            rest = rest[at + 1..].trim_start_matches(|letter: char| letter.is_ascii_digit());
        }
        sent + rest
    }

    /// One value per column of the sampler's statement deltas.
    pub(super) fn figures(&self, calls: f64, latency_ms: f64) -> Vec<f64> {
        let reads = self.waits.iter().filter(|wait| wait.1 == "DataFileRead").map(|wait| wait.2).sum::<f64>();
        let total_ms = calls * latency_ms;
        let blocks = calls * (3.0 + self.rows_per_call);
        let mut values = vec![0.0; sampler::STATEMENT_COLUMNS_POSTGRES.len()];
        for (column, value) in sampler::STATEMENT_COLUMNS_POSTGRES.iter().zip(&mut values) {
            *value = match *column {
                "calls" => calls,
                "rows" => (calls * self.rows_per_call).round(),
                "total_time" => total_ms,
                "shared_blks_hit" => (blocks * (1.0 - 0.2 * reads)).round(),
                "shared_blks_read" => (blocks * 0.2 * reads).round(),
                "blk_read_time" => total_ms * reads,
                _ => 0.0,
            };
        }
        values
    }
}

fn statements(rng: &mut SmallRng, seed: u64) -> Vec<StatementScript> {
    type Row = (&'static str, Caller, Role, f64, f64, f64, Waits);
    let rows: &[Row] = &[
        ("SELECT id, title, price_cents FROM books WHERE id = $1", SHOP, Role::Ordinary, 220.0, 0.9, 1.0, CPU),
        (
            "SELECT b.id, b.title, b.price_cents FROM books b JOIN book_authors ba ON ba.book_id = b.id WHERE ba.author_id = $1 ORDER BY b.published_on DESC LIMIT $2",
            SHOP,
            Role::Regresses,
            30.0,
            9.0,
            12.0,
            READS,
        ),
        ("SELECT id, title FROM books WHERE title ILIKE $1 LIMIT $2", SHOP, Role::Ordinary, 5.0, 95.0, 20.0, SCANS),
        ("SELECT * FROM cart_items WHERE cart_id = $1", SHOP, Role::Ordinary, 90.0, 1.4, 3.0, CPU),
        (
            "INSERT INTO cart_items (cart_id, book_id, quantity) VALUES ($1, $2, $3)",
            SHOP,
            Role::Ordinary,
            25.0,
            3.5,
            1.0,
            WRITES,
        ),
        ("UPDATE stock SET copies = copies - $1 WHERE book_id = $2", SHOP, Role::HotRow, 9.0, 7.0, 1.0, WRITES),
        (
            "INSERT INTO orders (customer_id, total_cents, placed_at) VALUES ($1, $2, now()) RETURNING id",
            SHOP,
            Role::Ordinary,
            9.0,
            6.0,
            1.0,
            WRITES,
        ),
        (
            "INSERT INTO order_items (order_id, book_id, quantity, price_cents) VALUES ($1, $2, $3, $4)",
            SHOP,
            Role::Ordinary,
            26.0,
            2.8,
            1.0,
            WRITES,
        ),
        (
            "SELECT o.id, o.placed_at, o.total_cents FROM orders o WHERE o.customer_id = $1 ORDER BY o.placed_at DESC LIMIT $2",
            SHOP,
            Role::LosesIndex,
            12.0,
            18.0,
            10.0,
            READS,
        ),
        ("SELECT count(*) FROM reviews WHERE book_id = $1", SHOP, Role::Ordinary, 60.0, 2.2, 1.0, READS),
        (
            "SELECT r.stars, r.body, c.name FROM reviews r JOIN customers c ON c.id = r.customer_id WHERE r.book_id = $1 LIMIT $2",
            SHOP,
            Role::Ordinary,
            28.0,
            6.5,
            8.0,
            READS,
        ),
        ("SELECT id, name, email FROM customers WHERE email = $1", SHOP, Role::Ordinary, 14.0, 1.1, 1.0, CPU),
        ("UPDATE sessions SET last_seen = now() WHERE token = $1", SHOP, Role::Ordinary, 110.0, 1.9, 1.0, WRITES),
        (
            "SELECT book_id, sum(quantity) FROM order_items GROUP BY book_id ORDER BY $1 DESC LIMIT $2",
            SHOP,
            Role::Gone,
            0.4,
            850.0,
            10.0,
            SORTS,
        ),
        ("SELECT book_id, sold FROM bestsellers ORDER BY sold DESC LIMIT $1", SHOP, Role::New, 14.0, 28.0, 10.0, READS),
        (
            "SELECT id, payload FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
            WORKER,
            Role::Ordinary,
            4.0,
            11.0,
            5.0,
            READS,
        ),
        ("UPDATE outbox SET sent_at = now() WHERE id = ANY($1)", WORKER, Role::Ordinary, 4.0, 8.0, 5.0, WRITES),
        (
            "DELETE FROM sessions WHERE last_seen < now() - $1::interval",
            WORKER,
            Role::Ordinary,
            0.05,
            900.0,
            400.0,
            WRITES,
        ),
        (
            "SELECT date_trunc($1, placed_at) AS day, sum(total_cents) FROM orders GROUP BY day ORDER BY day",
            REPORT,
            Role::Nightly,
            0.12,
            21_000.0,
            365.0,
            SORTS,
        ),
        (
            "SELECT c.country, count(DISTINCT o.customer_id), sum(o.total_cents) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.country",
            REPORT,
            Role::Nightly,
            0.08,
            34_000.0,
            60.0,
            SORTS,
        ),
    ];
    let vary = |value: f64, rng: &mut SmallRng| value * (0.75 + 0.5 * rng.random::<f64>());
    rows.iter()
        .map(|(text, caller, role, calls, latency, rows, waits)| StatementScript {
            database_id: (xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), seed) as i64).to_string(),
            text,
            caller: *caller,
            role: *role,
            calls_per_sec: vary(*calls, rng),
            latency_ms: vary(*latency, rng),
            rows_per_call: *rows,
            waits,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let (begin, end) = (1_800_000_000, 1_800_000_000 + 8 * DAY);
        let tell = |seed| {
            let script = Script::new(seed, begin, end);
            let mut rng = SmallRng::seed_from_u64(1);
            let spell = script.spell(script.lock_storm.0 + 600);
            let hot = script.statements().iter().find(|statement| statement.role == Role::HotRow).unwrap();
            let now = script.at(hot, &spell, script.lock_storm.0 + 600, &mut rng).unwrap();
            assert!(now.calls_per_sec * now.latency_ms / 1_000.0 > 2.0, "the storm is felt");
            format!("{:?} {:?} {now:?}", script.lock_storm, script.gaps)
        };
        assert_eq!(tell(7), tell(7));
        assert_ne!(tell(7), tell(8));
    }

    #[test]
    fn literals_stand_where_parameters_were() {
        let script = Script::new(1, 0, 8 * DAY);
        assert_eq!(script.statements()[0].as_sent(0), "SELECT id, title, price_cents FROM books WHERE id = 100");
    }
}
