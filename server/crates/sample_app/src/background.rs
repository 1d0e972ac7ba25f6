//! What an instance does when nobody asks: it reads the switches, and commits the sins that need
//! no visitor.

use std::time::Duration;

use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::shop::{Shop, report};
use crate::sins::{POLL_INTERVAL, Sin};

/// Between two runs of the endless report, and between looks at whether it is wanted.
const REPORT_PAUSE: Duration = Duration::from_millis(300);
/// How often a session forgets to end its transaction.
const FORGET_EVERY: Duration = Duration::from_secs(50);
/// For how long.
const FORGOTTEN_FOR: Duration = Duration::from_secs(12);
/// How often carts nobody came back for are cleared.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Starts the tasks; they end when the set is dropped.
pub fn start(shop: &Shop) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(poll_sins(shop.clone()));
    tasks.spawn(run_reports(shop.clone()));
    tasks.spawn(forget_transactions(shop.clone()));
    tasks.spawn(sweep_carts(shop.clone()));
    tasks
}

/// In a function only the switches are read: it is frozen between requests, and there may be many.
pub fn start_in_function(shop: &Shop) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(poll_sins(shop.clone()));
    tasks
}

async fn poll_sins(shop: Shop) {
    let mut tick = tokio::time::interval(POLL_INTERVAL);
    loop {
        tick.tick().await;
        note(shop.sins().refresh(shop.pages()).await);
    }
}

async fn run_reports(shop: Shop) {
    loop {
        tokio::time::sleep(REPORT_PAUSE).await;
        if shop.sins().is_on(Sin::LongReport) {
            note(report::sales(shop.reports(), report::ALL_DAYS).await);
        }
    }
}

async fn forget_transactions(shop: Shop) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        if shop.sins().is_on(Sin::IdleInTransaction) {
            note(forget_transaction(shop.pages()).await);
        }
    }
}

async fn forget_transaction(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut work = pool.begin().await?;
    sqlx::query(tagged!(
        "count_open_orders",
        "background",
        "SELECT count(*) FROM orders WHERE tenant_id = 1 AND status = 'open'"
    ))
    .execute(&mut *work)
    .await?;
    tokio::time::sleep(FORGOTTEN_FOR).await;
    work.rollback().await
}

async fn sweep_carts(shop: Shop) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    loop {
        tick.tick().await;
        let swept = sqlx::query(tagged!(
            "sweep_carts",
            "background",
            "DELETE FROM carts WHERE added_at < now() - interval '30 minutes'"
        ))
        .execute(shop.pages())
        .await;
        note(swept);
    }
}

/// These tasks go on whatever happens: the database may be away for a while.
fn note<T>(outcome: Result<T, sqlx::Error>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "background.database_error");
    }
}
