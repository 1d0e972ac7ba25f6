//! The back office, and the switches of the demonstration.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow};

use super::html::{self, escape, price};
use super::{PageError, Shop};
use crate::sins::Sin;

/// Between the two rows of a transfer the clerk looks at the shelf.
const LOOK_AT_SHELF: Duration = Duration::from_millis(150);
/// No request is delayed longer than this.
const MOST_DELAY_MS: u32 = 60_000;

#[derive(Debug, FromRow)]
struct OpenOrder {
    id: i64,
    customer: String,
    total_cents: i32,
    created: String,
}

/// Open orders of one branch.
pub(super) async fn show_branch(State(shop): State<Shop>, Path(tenant): Path<i32>) -> Result<Html<String>, PageError> {
    const BOUND: &str = tagged!(
        "list_open_orders",
        "%2Fadmin%2Fbranch%2F%7Btenant%7D",
        "SELECT o.id, c.name AS customer, o.total_cents, to_char(o.created_at, 'YYYY-MM-DD HH24:MI') AS created \
         FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.tenant_id = $1 AND o.status = 'open' \
         ORDER BY o.created_at LIMIT 100"
    );
    let rows: Vec<OpenOrder> = if shop.sins().is_on(Sin::InlinedLiterals) {
        // The sin: a text of its own for every branch. A number cannot smuggle anything in.
        let text = BOUND.replace("$1", &tenant.to_string());
        sqlx::query_as(AssertSqlSafe(text)).persistent(false).fetch_all(shop.pages()).await?
    } else {
        sqlx::query_as(BOUND).bind(tenant).fetch_all(shop.pages()).await?
    };
    let body = html::table(
        ["Order", "Customer", "Total", "Since"],
        rows.iter()
            .map(|row| [row.id.to_string(), escape(&row.customer), price(row.total_cents), escape(&row.created)]),
    );
    Ok(html::page(&format!("Open orders of branch {tenant}"), shop.instance(), &body))
}

/// Moves one copy from one shelf to another. Two transfers in opposite directions wait for each
/// other in a circle, unless both take the lower id first.
pub(super) async fn transfer_stock(
    State(shop): State<Shop>,
    Path((from, to)): Path<(i32, i32)>,
) -> Result<StatusCode, PageError> {
    let mut moves = [(from, -1), (to, 1)];
    if !shop.sins().is_on(Sin::DeadlockPair) {
        moves.sort_unstable();
    }
    let mut work = shop.pages().begin().await?;
    for (book, change) in moves {
        sqlx::query(tagged!(
            "transfer_stock",
            "%2Fadmin%2Ftransfer",
            "UPDATE inventory SET stock = stock + $2, changed_at = now() WHERE book_id = $1"
        ))
        .bind(book)
        .bind(change)
        .execute(&mut *work)
        .await?;
        tokio::time::sleep(LOOK_AT_SHELF).await;
    }
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One switch.
#[derive(Debug, Serialize)]
pub(super) struct Switch {
    name: &'static str,
    is_on: bool,
}

pub(super) async fn list_sins(State(shop): State<Shop>) -> Json<Vec<Switch>> {
    let switch = |sin: Sin| Switch { name: sin.name(), is_on: shop.sins().is_on(sin) };
    Json(Sin::ALL.into_iter().map(switch).collect())
}

pub(super) async fn set_sin(
    State(shop): State<Shop>,
    Path((name, state)): Path<(String, String)>,
) -> Result<Json<Vec<Switch>>, PageError> {
    let sin = Sin::from_name(&name).ok_or(PageError::NotFound)?;
    let is_on = match state.as_str() {
        "on" => true,
        "off" => false,
        _ => return Err(PageError::BadRequest("A switch is on or off.")),
    };
    shop.sins().set(shop.pages(), sin, is_on).await?;
    Ok(list_sins(State(shop)).await)
}

/// `unhealthy/1`, `unhealthy/0`, `delay/<milliseconds>`: of this instance only.
pub(super) async fn set_fault(
    State(shop): State<Shop>,
    Path((name, value)): Path<(String, u32)>,
) -> Result<StatusCode, PageError> {
    let faults = &shop.inner.faults;
    match name.as_str() {
        "unhealthy" => faults.is_unhealthy.store(value != 0, Ordering::Relaxed),
        "delay" => faults.delay_ms.store(value.min(MOST_DELAY_MS), Ordering::Relaxed),
        _ => return Err(PageError::NotFound),
    }
    Ok(StatusCode::NO_CONTENT)
}
