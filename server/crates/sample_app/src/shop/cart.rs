//! The cart of a session.

use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;
use sqlx::FromRow;

use super::html::{self, price};
use super::visitor::Visitor;
use super::{PageError, Shop};

#[derive(Debug, FromRow)]
struct CartRow {
    id: i32,
    title: String,
    quantity: i32,
    price_cents: i32,
}

#[derive(Debug, Deserialize)]
pub(super) struct AddQuery {
    book: i32,
}

pub(super) async fn show_cart(State(shop): State<Shop>, visitor: Visitor) -> Result<Html<String>, PageError> {
    let rows: Vec<CartRow> = sqlx::query_as(tagged!(
        "show_cart",
        "%2Fcart",
        "SELECT b.id, b.title, c.quantity, b.price_cents FROM carts c JOIN books b ON b.id = c.book_id \
         WHERE c.session_id = $1 ORDER BY c.added_at, b.id"
    ))
    .bind(&visitor.session)
    .fetch_all(shop.pages())
    .await?;
    let total: i64 = rows.iter().map(|row| i64::from(row.price_cents) * i64::from(row.quantity)).sum();
    let mut body = html::table(
        ["Title", "Quantity", "Price"],
        rows.iter().map(|row| [html::book_link(row.id, &row.title), row.quantity.to_string(), price(row.price_cents)]),
    );
    body.push_str(&format!(
        "<p>Together {}</p><form method=post action=\"/checkout\"><button>Buy</button></form>",
        price(total)
    ));
    Ok(html::page("Your cart", shop.instance(), &body))
}

pub(super) async fn add_to_cart(
    State(shop): State<Shop>,
    Query(query): Query<AddQuery>,
    visitor: Visitor,
) -> Result<Redirect, PageError> {
    let added = sqlx::query(tagged!(
        "add_to_cart",
        "%2Fcart%2Fadd",
        "INSERT INTO carts (session_id, book_id, quantity) SELECT $1, id, 1 FROM books WHERE id = $2 \
         ON CONFLICT (session_id, book_id) DO UPDATE SET quantity = carts.quantity + 1"
    ))
    .bind(&visitor.session)
    .bind(query.book)
    .execute(shop.pages())
    .await?;
    if added.rows_affected() == 0 {
        return Err(PageError::NotFound);
    }
    Ok(Redirect::to("/cart"))
}
