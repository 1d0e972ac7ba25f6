//! Visitors of the bookshop on MariaDB: real sessions that send real statements until they are
//! stopped.
//!
//! The shop itself speaks PostgreSQL only; these tasks send what its visitors would make it ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::task::JoinSet;

use super::shop::{self, BATCH, BOOKS, CATEGORIES, CUSTOMERS, WEB};
use super::{MariaDb, MariaDbError};
use crate::Incident;

/// Sessions of visitors, of which those beyond the first part come only with a burst.
const VISITORS: u64 = 40;
const USUAL_VISITORS: u64 = 8;
/// Sessions that make reports; the first makes one now and then, the others only in the incident.
const REPORTERS: u64 = 2;
/// A visitor thinks this long between steps, milliseconds.
const THINKS_MS: std::ops::Range<u64> = 40..160;
/// How long a payment takes inside the transaction, milliseconds: usually, and in a sale.
const PAYMENT_MS: u64 = 4;
const SALE_PAYMENT_MS: u64 = 60;
/// Seconds between two reports of a day without incident.
const REPORT_EVERY_SECS: u64 = 30;
/// Everybody wants this one in a sale.
const BEST_SELLER: u64 = 1;
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// Until a lost connection is made again.
const RECONNECT: Duration = Duration::from_millis(500);

/// What goes wrong at the moment.
#[derive(Debug, Default)]
struct Switches {
    lock: AtomicBool,
    report: AtomicBool,
    burst: AtomicBool,
    steps: AtomicU64,
}

/// A running workload; dropping it stops it.
#[derive(Debug)]
pub struct Workload {
    switches: Arc<Switches>,
    admin: Opts,
    _tasks: JoinSet<()>,
}

impl Workload {
    /// Makes and fills the tables, then lets the visitors in. `seed` decides what they do.
    ///
    /// # Errors
    /// [`MariaDbError::Shop`] with the server's words.
    pub async fn start(server: &MariaDb, seed: u32) -> Result<Self, MariaDbError> {
        let admin = opts(&server.url(""))?;
        let mut connection = Conn::new(admin.clone()).await.map_err(said)?;
        // What users log in with is as private as the server's own password.
        let password = admin.pass().unwrap_or_default().to_owned();
        for statement in shop::schema().into_iter().chain(shop::users(&password)) {
            connection.query_drop(statement).await.map_err(said)?;
        }
        let lines: Option<u64> = connection.query_first("SELECT COUNT(*) FROM bookshop.visits").await.map_err(said)?;
        if lines.unwrap_or(0) == 0 {
            for statement in shop::seed() {
                connection.query_drop(statement).await.map_err(said)?;
            }
        }
        connection.query_drop(shop::ADD_INDEX).await.map_err(said)?;
        drop(connection);
        let switches = Arc::new(Switches::default());
        let mut tasks = JoinSet::new();
        let as_user = |user: &str| -> Opts {
            OptsBuilder::from_opts(admin.clone()).user(Some(user)).db_name(Some("bookshop")).into()
        };
        for number in 0..VISITORS {
            let rng = SmallRng::seed_from_u64(u64::from(seed) * 1_000 + number);
            let visitor = Visitor { number, switches: Arc::clone(&switches), rng };
            tasks.spawn(keep_going(as_user(WEB), visitor));
        }
        for number in 0..REPORTERS {
            tasks.spawn(keep_reporting(as_user(BATCH), number, Arc::clone(&switches)));
        }
        Ok(Self { switches, admin, _tasks: tasks })
    }

    /// Begins or ends an incident.
    ///
    /// # Errors
    /// [`MariaDbError::Shop`] when the index cannot be dropped or made.
    pub async fn set_incident(&self, incident: Incident, is_on: bool) -> Result<(), MariaDbError> {
        match incident {
            Incident::Lock => self.switches.lock.store(is_on, Ordering::Relaxed),
            Incident::Report => self.switches.report.store(is_on, Ordering::Relaxed),
            Incident::Burst => self.switches.burst.store(is_on, Ordering::Relaxed),
            Incident::Index => {
                let mut connection = Conn::new(self.admin.clone()).await.map_err(said)?;
                let statement = if is_on { shop::DROP_INDEX } else { shop::ADD_INDEX };
                connection.query_drop(statement).await.map_err(said)?;
            }
        }
        Ok(())
    }

    /// Steps visitors have taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.switches.steps.load(Ordering::Relaxed)
    }
}

fn opts(url: &str) -> Result<Opts, MariaDbError> {
    Opts::from_url(&url.replacen("mariadb://", "mysql://", 1))
        .map(|opts| OptsBuilder::from_opts(opts).prefer_socket(false).into())
        .map_err(|error| MariaDbError::Shop(error.to_string()))
}

fn said(error: mysql_async::Error) -> MariaDbError {
    MariaDbError::Shop(error.to_string())
}

/// Takes steps over one connection after another.
async fn keep_going(opts: Opts, mut visitor: Visitor) {
    loop {
        if let Ok(mut connection) = Conn::new(opts.clone()).await {
            while visitor.step(&mut connection).await.is_ok() {}
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn keep_reporting(opts: Opts, number: u64, switches: Arc<Switches>) {
    let mut rested = Duration::ZERO;
    loop {
        let is_due = number == 0 && rested >= Duration::from_secs(REPORT_EVERY_SECS);
        if !is_due && !switches.report.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK_AGAIN).await;
            rested += LOOK_AGAIN;
            continue;
        }
        rested = Duration::ZERO;
        let made = async {
            let mut connection = Conn::new(opts.clone()).await?;
            connection.query_drop(shop::REPORT).await
        };
        if made.await.is_err() {
            tokio::time::sleep(RECONNECT).await;
        }
    }
}

/// One visitor after another, in one session.
struct Visitor {
    number: u64,
    switches: Arc<Switches>,
    rng: SmallRng,
}

impl Visitor {
    async fn step(&mut self, connection: &mut Conn) -> Result<(), mysql_async::Error> {
        let is_burst = self.switches.burst.load(Ordering::Relaxed);
        let is_sale = self.switches.lock.load(Ordering::Relaxed);
        if self.number >= USUAL_VISITORS && !is_burst && !is_sale {
            tokio::time::sleep(LOOK_AGAIN).await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(self.rng.random_range(THINKS_MS))).await;
        self.switches.steps.fetch_add(1, Ordering::Relaxed);
        let book = self.rng.random_range(1..=BOOKS);
        let customer = self.rng.random_range(1..=CUSTOMERS);
        match self.rng.random_range(0..100) {
            _ if is_sale && self.number.is_multiple_of(2) => self.check_out(connection, BEST_SELLER, customer).await,
            0..35 => {
                let category = self.rng.random_range(0..CATEGORIES);
                connection.exec_drop(shop::BROWSE, (category,)).await
            }
            35..70 => self.look_at(connection, book, customer).await,
            70..76 => connection.exec_drop(shop::SEARCH, (format!("river {}", book % 1_000),)).await,
            76..90 => self.read_orders(connection, customer).await,
            _ => self.check_out(connection, book, customer).await,
        }
    }

    async fn look_at(&self, connection: &mut Conn, book: u64, customer: u64) -> Result<(), mysql_async::Error> {
        connection.exec_drop(shop::BOOK, (book,)).await?;
        connection.exec_drop(shop::POPULARITY, (book,)).await?;
        connection.exec_drop(shop::VISIT, (book, customer)).await
    }

    async fn read_orders(&self, connection: &mut Conn, customer: u64) -> Result<(), mysql_async::Error> {
        let orders: Vec<u64> =
            connection.exec_map(shop::ORDERS_OF, (customer,), |row: mysql_async::Row| row.get(0).unwrap_or(0)).await?;
        for order in orders {
            connection.exec_drop(shop::LINES_OF, (order,)).await?;
        }
        Ok(())
    }

    async fn check_out(&self, connection: &mut Conn, book: u64, customer: u64) -> Result<(), mysql_async::Error> {
        let payment_ms = if book == BEST_SELLER { SALE_PAYMENT_MS } else { PAYMENT_MS };
        let mut transaction = connection.start_transaction(mysql_async::TxOpts::default()).await?;
        transaction.exec_drop(shop::TAKE, (book,)).await?;
        transaction.exec_drop(shop::ORDER, (customer, 2_500)).await?;
        transaction.exec_drop(shop::LINE, (book,)).await?;
        tokio::time::sleep(Duration::from_millis(payment_ms)).await;
        transaction.commit().await
    }
}
