//! What the shop knows about a customer.

use axum::extract::State;
use axum::response::Html;
use sqlx::FromRow;

use super::html::{self, escape};
use super::visitor::Visitor;
use super::{PageError, Shop};

/// Books shown again.
const RECENT_BOOKS: i64 = 6;

#[derive(Debug, FromRow)]
struct Recent {
    id: i32,
    title: String,
    visited: String,
}

#[derive(Debug, FromRow)]
struct Customer {
    name: String,
    email: String,
    city: String,
    branch: String,
    orders: i64,
}

pub(super) async fn show_account(State(shop): State<Shop>, visitor: Visitor) -> Result<Html<String>, PageError> {
    let id = visitor.customer.ok_or(PageError::BadRequest("Please sign in."))?;
    let customer: Customer = sqlx::query_as(tagged!(
        "show_account",
        "%2Faccount",
        "SELECT c.name, c.email, c.city, t.name AS branch, \
         (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders \
         FROM customers c JOIN tenants t ON t.id = c.tenant_id WHERE c.id = $1"
    ))
    .bind(id)
    .fetch_one(shop.pages())
    .await?;
    let mut body = format!(
        "<p>{} · {} · {} · {} orders</p>",
        escape(&customer.email),
        escape(&customer.city),
        escape(&customer.branch),
        customer.orders
    );
    body.push_str(&recently_viewed(&shop, Some(id)).await?);
    Ok(html::page(&customer.name, shop.instance(), &body))
}

/// The strip at the foot of most pages, empty for guests. Without its index it reads the whole of
/// a growing table.
pub(super) async fn recently_viewed(shop: &Shop, customer: Option<i32>) -> Result<String, sqlx::Error> {
    let Some(customer) = customer else { return Ok(String::new()) };
    let rows: Vec<Recent> = sqlx::query_as(tagged!(
        "recently_viewed",
        "%2Faccount",
        "SELECT b.id, b.title, to_char(v.visited_at, 'YYYY-MM-DD HH24:MI') AS visited FROM visits v \
         JOIN books b ON b.id = v.book_id WHERE v.customer_id = $1 ORDER BY v.visited_at DESC LIMIT $2"
    ))
    .bind(customer)
    .bind(RECENT_BOOKS)
    .fetch_all(shop.pages())
    .await?;
    let table = html::table(
        ["Recently viewed", "When"],
        rows.iter().map(|row| [html::book_link(row.id, &row.title), escape(&row.visited)]),
    );
    Ok(format!("<h2>Recently viewed</h2>{table}"))
}
