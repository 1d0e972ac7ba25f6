//! The cart of a session.

#[cfg(feature = "dynamodb")]
mod dynamo;
mod store;

use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;
use sqlx::FromRow;

use super::html::{self, price};
use super::visitor::Visitor;
use super::{PageError, Shop};

#[cfg(feature = "dynamodb")]
pub use dynamo::DynamoCarts;
pub use store::{CartError, CartItem, CartStore};

#[derive(Debug, FromRow)]
struct Priced {
    id: i32,
    title: String,
    price_cents: i32,
}

#[derive(Debug, Deserialize)]
pub(super) struct AddQuery {
    book: i32,
}

pub(super) async fn show_cart(State(shop): State<Shop>, visitor: Visitor) -> Result<Html<String>, PageError> {
    let items = shop.carts().items(shop.pages(), &visitor.session).await?;
    let books: Vec<Priced> = sqlx::query_as(tagged!(
        "price_cart",
        "%2Fcart",
        "SELECT id, title, price_cents FROM books WHERE id = ANY($1) ORDER BY id"
    ))
    .bind(items.iter().map(|item| item.book_id).collect::<Vec<_>>())
    .fetch_all(shop.pages())
    .await?;
    let quantity = |book: i32| items.iter().find(|item| item.book_id == book).map_or(0, |item| item.quantity);
    let total: i64 = books.iter().map(|book| i64::from(book.price_cents) * i64::from(quantity(book.id))).sum();
    let mut body = html::table(
        ["Title", "Quantity", "Price"],
        books.iter().map(|book| {
            [html::book_link(book.id, &book.title), quantity(book.id).to_string(), price(book.price_cents)]
        }),
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
    let book = sqlx::query(tagged!("find_book", "%2Fcart%2Fadd", "SELECT 1 FROM books WHERE id = $1"))
        .bind(query.book)
        .fetch_optional(shop.pages())
        .await?;
    if book.is_none() {
        return Err(PageError::NotFound);
    }
    shop.carts().add(shop.pages(), &visitor.session, query.book).await?;
    Ok(Redirect::to("/cart"))
}
