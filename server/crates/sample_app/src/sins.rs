//! What a database administrator meets, each with a switch.
//!
//! The switches live in the table `sins`, so that all instances (and functions, which remember
//! nothing) agree; every instance reads them once a second.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::{PgPool, Row};

/// How often an instance reads the switches.
pub const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// One thing done badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sin {
    /// Search with `LIKE '%…%'`, which no ordinary index can serve.
    WildcardSearch,
    /// A category page that asks for each of its books one by one.
    NPlusOne,
    /// The growing table `visits` without the index that "recently viewed" needs.
    MissingIndex,
    /// All checkouts take one from the best-seller and hold its row while they wait for payment.
    HotRow,
    /// A report over everything, again and again.
    LongReport,
    /// `IN ($1, $2, …)` with as many places as there are books, instead of one array.
    InList,
    /// Two jobs that lock the same two rows in opposite order.
    DeadlockPair,
    /// Now and then a session that forgets to end its transaction for a while.
    IdleInTransaction,
    /// A query with the branch's number written into its text.
    InlinedLiterals,
}

impl Sin {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::WildcardSearch,
        Self::NPlusOne,
        Self::MissingIndex,
        Self::HotRow,
        Self::LongReport,
        Self::InList,
        Self::DeadlockPair,
        Self::IdleInTransaction,
        Self::InlinedLiterals,
    ];

    /// Name in the table and in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::WildcardSearch => "wildcard_search",
            Self::NPlusOne => "n_plus_one",
            Self::MissingIndex => "missing_index",
            Self::HotRow => "hot_row",
            Self::LongReport => "long_report",
            Self::InList => "in_list",
            Self::DeadlockPair => "deadlock_pair",
            Self::IdleInTransaction => "idle_in_transaction",
            Self::InlinedLiterals => "inlined_literals",
        }
    }

    /// The sin of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sin| sin.name() == name)
    }

    /// Everyday sins are there from the start; those that make an incident are not.
    pub fn is_on_at_start(self) -> bool {
        !matches!(self, Self::MissingIndex | Self::HotRow | Self::LongReport)
    }

    fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// The switches as this instance last read them.
#[derive(Debug)]
pub struct Sins {
    bits: AtomicU32,
}

impl Default for Sins {
    fn default() -> Self {
        let bits = Sin::ALL.into_iter().filter(|sin| sin.is_on_at_start()).map(Sin::bit).sum();
        Self { bits: AtomicU32::new(bits) }
    }
}

impl Sins {
    /// Whether it is switched on.
    pub fn is_on(&self, sin: Sin) -> bool {
        self.bits.load(Ordering::Relaxed) & sin.bit() != 0
    }

    /// Reads the switches.
    ///
    /// # Errors
    /// When the database cannot be asked; the switches stay as they were.
    pub async fn refresh(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let rows =
            sqlx::query(tagged!("poll_sins", "background", "SELECT name, is_on FROM sins")).fetch_all(pool).await?;
        let is_on = |row: &sqlx::postgres::PgRow| row.get::<bool, _>("is_on");
        let bits =
            rows.iter().filter(|row| is_on(row)).filter_map(|row| Sin::from_name(row.get("name"))).map(Sin::bit).sum();
        self.bits.store(bits, Ordering::Relaxed);
        Ok(())
    }

    /// Switches one for all instances; the others follow within [`POLL_INTERVAL`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set(&self, pool: &PgPool, sin: Sin, is_on: bool) -> Result<(), sqlx::Error> {
        if sin == Sin::MissingIndex {
            set_index(pool, !is_on).await?;
        }
        sqlx::query(tagged!("set_sin", "%2Fadmin%2Fsins", "UPDATE sins SET is_on = $2 WHERE name = $1"))
            .bind(sin.name())
            .bind(is_on)
            .execute(pool)
            .await?;
        self.refresh(pool).await
    }
}

async fn set_index(pool: &PgPool, is_wanted: bool) -> Result<(), sqlx::Error> {
    let sql = if is_wanted {
        tagged!(
            "set_sin",
            "%2Fadmin%2Fsins",
            "CREATE INDEX IF NOT EXISTS visits_customer ON visits (customer_id, visited_at DESC)"
        )
    } else {
        tagged!("set_sin", "%2Fadmin%2Fsins", "DROP INDEX IF EXISTS visits_customer")
    };
    sqlx::raw_sql(sql).execute(pool).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for sin in Sin::ALL {
            assert_eq!(Sin::from_name(sin.name()), Some(sin));
        }
    }

    #[test]
    fn everyday_sins_are_on_from_the_start() {
        let sins = Sins::default();
        assert!(sins.is_on(Sin::NPlusOne));
        assert!(!sins.is_on(Sin::HotRow));
    }
}
