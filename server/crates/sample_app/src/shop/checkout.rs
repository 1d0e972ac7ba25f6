//! From a cart to an order, in one transaction.

use std::time::Duration;

use axum::extract::State;
use axum::response::Redirect;
use sqlx::{FromRow, PgConnection};
use tokio::sync::SemaphorePermit;

use super::cart::CartItem;
use super::visitor::Visitor;
use super::{PageError, Shop};
use crate::sins::Sin;

/// How long a checkout waits for its turn.
const QUEUE_PATIENCE: Duration = Duration::from_secs(3);
/// What the payment service takes while the hot row is held.
const PAYMENT: Duration = Duration::from_millis(1_200);
/// The book everybody buys.
const BEST_SELLER: i32 = 1;

#[derive(Debug, FromRow)]
struct Line {
    book_id: i32,
    quantity: i32,
    price_cents: i32,
}

pub(super) async fn checkout(State(shop): State<Shop>, visitor: Visitor) -> Result<Redirect, PageError> {
    let customer = visitor.customer.ok_or(PageError::BadRequest("Please sign in to buy."))?;
    let _turn = take_turn(&shop).await?;
    let mut work = shop.pages().begin().await?;
    let items = shop.carts().take(&mut work, &visitor.session).await?;
    if items.is_empty() {
        return Err(PageError::BadRequest("Your cart is empty."));
    }
    let lines = price_lines(&mut work, &items).await?;
    if shop.sins().is_on(Sin::HotRow) {
        take_from_stock(&mut work, BEST_SELLER, 1).await?;
        tokio::time::sleep(PAYMENT).await;
    }
    for line in &lines {
        take_from_stock(&mut work, line.book_id, line.quantity).await?;
    }
    let order = place_order(&mut work, customer, &lines).await?;
    work.commit().await?;
    shop.carts().clear(&visitor.session, &items).await?;
    Ok(Redirect::to(&format!("/orders/{order}")))
}

async fn take_turn(shop: &Shop) -> Result<SemaphorePermit<'_>, PageError> {
    let turn = tokio::time::timeout(QUEUE_PATIENCE, shop.inner.checkouts.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or(PageError::Busy)
}

/// In the order of the books' ids, so that two checkouts never wait for each other in a circle.
async fn price_lines(work: &mut PgConnection, items: &[CartItem]) -> Result<Vec<Line>, sqlx::Error> {
    sqlx::query_as(tagged!(
        "price_lines",
        "%2Fcheckout",
        "SELECT b.id AS book_id, i.quantity, b.price_cents FROM unnest($1::int[], $2::int[]) AS i(book_id, quantity) \
         JOIN books b ON b.id = i.book_id ORDER BY b.id"
    ))
    .bind(items.iter().map(|item| item.book_id).collect::<Vec<_>>())
    .bind(items.iter().map(|item| item.quantity).collect::<Vec<_>>())
    .fetch_all(work)
    .await
}

/// What runs out is ordered again by itself: this shop never closes.
async fn take_from_stock(work: &mut PgConnection, book: i32, quantity: i32) -> Result<(), sqlx::Error> {
    sqlx::query(tagged!(
        "take_from_stock",
        "%2Fcheckout",
        "UPDATE inventory SET stock = CASE WHEN stock > $2 THEN stock - $2 ELSE 500 END, changed_at = now() \
         WHERE book_id = $1"
    ))
    .bind(book)
    .bind(quantity)
    .execute(work)
    .await?;
    Ok(())
}

async fn place_order(work: &mut PgConnection, customer: i32, lines: &[Line]) -> Result<i64, sqlx::Error> {
    let total: i32 = lines.iter().map(|line| line.price_cents * line.quantity).sum();
    let (order,): (i64,) = sqlx::query_as(tagged!(
        "place_order",
        "%2Fcheckout",
        "INSERT INTO orders (customer_id, tenant_id, status, total_cents) \
         SELECT id, tenant_id, 'open', $2 FROM customers WHERE id = $1 RETURNING id"
    ))
    .bind(customer)
    .bind(total)
    .fetch_one(&mut *work)
    .await?;
    sqlx::query(tagged!(
        "place_order_lines",
        "%2Fcheckout",
        "INSERT INTO order_lines (order_id, line_no, book_id, quantity, price_cents) \
         SELECT $1, l.line_no, l.book_id, l.quantity, l.price_cents \
         FROM unnest($2::int[], $3::int[], $4::int[]) WITH ORDINALITY AS l(book_id, quantity, price_cents, line_no)"
    ))
    .bind(order)
    .bind(lines.iter().map(|line| line.book_id).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.quantity).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.price_cents).collect::<Vec<_>>())
    .execute(work)
    .await?;
    Ok(order)
}
