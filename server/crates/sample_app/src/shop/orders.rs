//! What a customer bought.

use axum::extract::{Path, State};
use axum::response::Html;
use sqlx::FromRow;

use super::html::{self, escape, price};
use super::visitor::Visitor;
use super::{PageError, Shop};

#[derive(Debug, FromRow)]
struct OrderRow {
    id: i64,
    status: String,
    total_cents: i32,
    created: String,
}

#[derive(Debug, FromRow)]
struct LineRow {
    id: i32,
    title: String,
    quantity: i32,
    price_cents: i32,
}

pub(super) async fn list_orders(State(shop): State<Shop>, visitor: Visitor) -> Result<Html<String>, PageError> {
    let customer = visitor.customer.ok_or(PageError::BadRequest("Please sign in."))?;
    let rows: Vec<OrderRow> = sqlx::query_as(tagged!(
        "list_orders",
        "%2Forders",
        "SELECT id, status, total_cents, to_char(created_at, 'YYYY-MM-DD') AS created FROM orders \
         WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 30"
    ))
    .bind(customer)
    .fetch_all(shop.pages())
    .await?;
    let body = html::table(
        ["Order", "Date", "Status", "Total"],
        rows.iter().map(|row| {
            let link = format!("<a href=\"/orders/{0}\">{0}</a>", row.id);
            [link, escape(&row.created), escape(&row.status), price(row.total_cents)]
        }),
    );
    Ok(html::page("Your orders", shop.instance(), &body))
}

pub(super) async fn show_order(State(shop): State<Shop>, Path(id): Path<i64>) -> Result<Html<String>, PageError> {
    let lines: Vec<LineRow> = sqlx::query_as(tagged!(
        "show_order",
        "%2Forders%2F%7Bid%7D",
        "SELECT b.id, b.title, l.quantity, l.price_cents FROM order_lines l JOIN books b ON b.id = l.book_id \
         WHERE l.order_id = $1 ORDER BY l.line_no"
    ))
    .bind(id)
    .fetch_all(shop.pages())
    .await?;
    if lines.is_empty() {
        return Err(PageError::NotFound);
    }
    let body = html::table(
        ["Title", "Quantity", "Price"],
        lines.iter().map(|row| [html::book_link(row.id, &row.title), row.quantity.to_string(), price(row.price_cents)]),
    );
    Ok(html::page(&format!("Order {id}"), shop.instance(), &body))
}
