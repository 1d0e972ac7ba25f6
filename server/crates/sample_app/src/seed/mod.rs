//! Makes the shop's database: roles, schema, rows, indexes.
//!
//! The rows are made by the server itself from a seed (`rows.sql`), which takes seconds where
//! sending them would take minutes.

use std::str::FromStr;
use std::time::Instant;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};

use crate::sins::Sin;

/// Raised when the schema or the rows change: an older database is made anew.
const VERSION: i32 = 1;
/// The shop's database.
pub const DATABASE: &str = "bookshop";
/// Owner of the tables; the pages run as this user.
pub const APP_ROLE: &str = "bookshop_app";
/// Reads only; reports run as this user.
pub const REPORT_ROLE: &str = "bookshop_report";
/// Key of the advisory lock that lets one seeder work at a time ("bookshop" in ASCII).
const LOCK_KEY: i64 = 0x626f_6f6b_7368_6f70;

/// How much to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scale {
    /// For demonstrations: 300,000 orders, about 250 MB.
    Full,
    /// For tests: a fiftieth of it.
    Small,
}

impl Scale {
    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Small => "small",
        }
    }

    /// Row counts by the name used in `rows.sql`.
    fn rows(self) -> [(&'static str, i64); 6] {
        let divisor = match self {
            Self::Full => 1,
            Self::Small => 50,
        };
        [
            ("authors", 8_000 / divisor),
            ("books", 60_000 / divisor),
            ("customers", 40_000 / divisor),
            ("orders", 300_000 / divisor),
            ("reviews", 150_000 / divisor),
            ("visits", 400_000 / divisor),
        ]
    }

    /// Books in the shop, ids 1 to this; the first is the best-seller.
    pub fn books(self) -> u32 {
        self.count("books")
    }

    /// Customers of the shop, ids 1 to this.
    pub fn customers(self) -> u32 {
        self.count("customers")
    }

    fn count(self, table: &str) -> u32 {
        let rows = self.rows();
        rows.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| u32::try_from(*rows).unwrap_or(0))
    }
}

/// Why seeding failed.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database refused something.
    #[error("{step}: {source}")]
    Database {
        /// What was being done.
        step: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
}

fn at(step: &'static str) -> impl FnOnce(sqlx::Error) -> SeedError {
    move |source| SeedError::Database { step, source }
}

/// Makes roles, database and rows unless they are there already for this seed and scale.
/// `admin_url` is a superuser's (or on RDS the master user's), for any database of the cluster;
/// `password` becomes that of the two roles. Returns whether anything had to be made.
///
/// # Errors
/// When the database cannot be reached or refuses a step; running it again continues.
pub async fn prepare(admin_url: &str, password: &str, seed: u32, scale: Scale) -> Result<bool, SeedError> {
    let options = PgConnectOptions::from_str(admin_url)
        .map_err(at("reading the database URL"))?
        .application_name("bookshop-seed")
        .disable_statement_logging();
    let mut admin = options.connect().await.map_err(at("connecting"))?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK_KEY).execute(&mut admin).await.map_err(at("locking"))?;
    make_roles(&mut admin, password).await.map_err(at("making the roles"))?;
    make_database(&mut admin).await.map_err(at("making the database"))?;
    let mut shop = options.database(DATABASE).connect().await.map_err(at("connecting to the shop"))?;
    let is_needed = !is_seeded(&mut shop, seed, scale).await.map_err(at("looking for a former seed"))?;
    if is_needed {
        make_shop(&mut shop, seed, scale).await?;
    }
    // Without it Performance Insights has no calls, latencies and rows of statements.
    sqlx::raw_sql("create extension if not exists pg_stat_statements")
        .execute(&mut shop)
        .await
        .map_err(at("adding pg_stat_statements"))?;
    reset_sins(&mut shop).await.map_err(at("resetting the sins"))?;
    // The advisory lock ends with its connection, however that ends.
    drop(shop.close().await);
    drop(admin.close().await);
    Ok(is_needed)
}

async fn make_roles(admin: &mut PgConnection, password: &str) -> Result<(), sqlx::Error> {
    let quoted = password.replace('\'', "''");
    for role in [APP_ROLE, REPORT_ROLE] {
        let exists = sqlx::query("select 1 from pg_roles where rolname = $1")
            .bind(role)
            .fetch_optional(&mut *admin)
            .await?
            .is_some();
        let verb = if exists { "alter" } else { "create" };
        let sql = format!("{verb} role {role} login password '{quoted}'");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *admin).await?;
    }
    Ok(())
}

async fn make_database(admin: &mut PgConnection) -> Result<(), sqlx::Error> {
    let exists = sqlx::query("select 1 from pg_database where datname = $1")
        .bind(DATABASE)
        .fetch_optional(&mut *admin)
        .await?
        .is_some();
    if !exists {
        sqlx::raw_sql(AssertSqlSafe(format!("create database {DATABASE}"))).execute(admin).await?;
    }
    Ok(())
}

async fn is_seeded(shop: &mut PgConnection, seed: u32, scale: Scale) -> Result<bool, sqlx::Error> {
    let table: Option<String> =
        sqlx::query("select to_regclass('shop.seed_info')::text").fetch_one(&mut *shop).await?.get(0);
    if table.is_none() {
        return Ok(false);
    }
    let found = sqlx::query("select 1 from shop.seed_info where version = $1 and seed = $2 and scale = $3")
        .bind(VERSION)
        .bind(i64::from(seed))
        .bind(scale.name())
        .fetch_optional(shop)
        .await?;
    Ok(found.is_some())
}

/// Everything in one transaction: an interrupted seeding leaves nothing.
async fn make_shop(shop: &mut PgConnection, seed: u32, scale: Scale) -> Result<(), SeedError> {
    let started = Instant::now();
    let mut work = shop.begin().await.map_err(at("beginning"))?;
    let steps = [
        ("making the schema", schema_sql()),
        ("filling the tables", rows_sql(seed, scale)),
        ("making the indexes", include_str!("indexes.sql").to_owned()),
        ("granting", grants_sql()),
    ];
    for (step, sql) in steps {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *work).await.map_err(at(step))?;
    }
    sqlx::query("insert into seed_info (version, seed, scale) values ($1, $2, $3)")
        .bind(VERSION)
        .bind(i64::from(seed))
        .bind(scale.name())
        .execute(&mut *work)
        .await
        .map_err(at("signing"))?;
    work.commit().await.map_err(at("committing"))?;
    sqlx::raw_sql("vacuum analyze").execute(shop).await.map_err(at("analysing"))?;
    tracing::info!(duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), "seed.done");
    Ok(())
}

fn schema_sql() -> String {
    let head = "set local synchronous_commit = off; set local maintenance_work_mem = '128MB';
        drop schema if exists shop cascade; create schema shop; set local search_path = shop, pg_catalog;";
    format!("{head}{}", include_str!("schema.sql"))
}

fn rows_sql(seed: u32, scale: Scale) -> String {
    let with_seed = include_str!("rows.sql").replace("{seed}", &seed.to_string());
    scale.rows().iter().fold(with_seed, |sql, (name, rows)| sql.replace(&format!("{{{name}}}"), &rows.to_string()))
}

/// The app owns the tables, so that it can lose and regain an index; the report only reads.
fn grants_sql() -> String {
    format!(
        "grant usage, create on schema shop to {APP_ROLE};
        grant usage on schema shop to {REPORT_ROLE};
        grant select on all tables in schema shop to {REPORT_ROLE};
        grant all on all tables in schema shop to {APP_ROLE};
        grant all on all sequences in schema shop to {APP_ROLE};
        alter table shop.visits owner to {APP_ROLE};
        alter role {APP_ROLE} in database {DATABASE} set search_path = shop;
        alter role {REPORT_ROLE} in database {DATABASE} set search_path = shop;"
    )
}

/// A former run may have ended in the middle of an incident.
async fn reset_sins(shop: &mut PgConnection) -> Result<(), sqlx::Error> {
    for sin in Sin::ALL {
        sqlx::query("insert into shop.sins (name, is_on) values ($1, $2) on conflict (name) do update set is_on = $2")
            .bind(sin.name())
            .bind(sin.is_on_at_start())
            .execute(&mut *shop)
            .await?;
    }
    sqlx::raw_sql("create index if not exists visits_customer on shop.visits (customer_id, visited_at desc)")
        .execute(shop)
        .await?;
    Ok(())
}
