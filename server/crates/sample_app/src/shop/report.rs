//! The sales report of the back office.

use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use sqlx::{FromRow, PgPool};

use super::html::{self, escape, price};
use super::{PageError, Shop};

/// The window of the everyday report.
const USUAL_DAYS: i32 = 7;
/// Longer than the shop exists.
pub(crate) const ALL_DAYS: i32 = 4_000;

#[derive(Debug, Deserialize)]
pub(super) struct ReportQuery {
    days: Option<i32>,
}

#[derive(Debug, FromRow)]
pub(crate) struct ReportRow {
    branch: String,
    category: String,
    customers: i64,
    copies: i64,
    sales_cents: i64,
}

pub(super) async fn show_report(
    State(shop): State<Shop>,
    Query(query): Query<ReportQuery>,
) -> Result<Html<String>, PageError> {
    let days = query.days.unwrap_or(USUAL_DAYS).clamp(1, ALL_DAYS);
    let rows = sales(shop.reports(), days).await?;
    let body = html::table(
        ["Branch", "Shelf", "Customers", "Copies", "Sales"],
        rows.iter().map(|row| {
            [
                escape(&row.branch),
                escape(&row.category),
                row.customers.to_string(),
                row.copies.to_string(),
                price(row.sales_cents),
            ]
        }),
    );
    Ok(html::page(&format!("Sales of {days} days"), shop.instance(), &body))
}

/// Cheap for a week, long for everything: it counts distinct customers, so it sorts all it reads.
pub(crate) async fn sales(pool: &PgPool, days: i32) -> Result<Vec<ReportRow>, sqlx::Error> {
    sqlx::query_as(tagged!(
        "sales_report",
        "%2Fadmin%2Freport",
        "SELECT t.name AS branch, b.category, count(DISTINCT o.customer_id) AS customers, \
         sum(l.quantity) AS copies, sum(l.quantity * l.price_cents) AS sales_cents \
         FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN books b ON b.id = l.book_id \
         JOIN tenants t ON t.id = o.tenant_id WHERE o.created_at >= now() - make_interval(days => $1) \
         GROUP BY t.name, b.category ORDER BY sales_cents DESC LIMIT 50"
    ))
    .bind(days)
    .fetch_all(pool)
    .await
}
