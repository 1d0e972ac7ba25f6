//! The shop's pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use sqlx::PgPool;
use tokio::sync::Semaphore;

use crate::sins::Sins;
use cart::{CartError, CartStore};

mod account;
mod admin;
pub mod cart;
mod catalogue;
mod checkout;
mod html;
mod orders;
pub(crate) mod report;
mod visitor;

/// Checkouts at work in one instance; more wait a little and are then told to come back, so that
/// a queue on one row does not take all connections of the other pages.
const CHECKOUTS_AT_ONCE: usize = 8;

/// What every page can reach.
#[derive(Debug, Clone)]
pub struct Shop {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    instance: String,
    pages: PgPool,
    reports: PgPool,
    carts: CartStore,
    sins: Sins,
    checkouts: Semaphore,
    faults: Faults,
}

/// Faults of this one instance, for showing what a balancer does about them.
#[derive(Debug, Default)]
struct Faults {
    is_unhealthy: AtomicBool,
    delay_ms: AtomicU32,
}

impl Shop {
    /// A shop with its own name, over its connections for pages and for reports, and its carts.
    pub fn new(instance: impl Into<String>, pages: PgPool, reports: PgPool, carts: CartStore) -> Self {
        Self {
            inner: Arc::new(Inner {
                instance: instance.into(),
                pages,
                reports,
                carts,
                sins: Sins::default(),
                checkouts: Semaphore::new(CHECKOUTS_AT_ONCE),
                faults: Faults::default(),
            }),
        }
    }

    /// Connections for pages.
    pub fn pages(&self) -> &PgPool {
        &self.inner.pages
    }

    /// Connections for reports.
    pub fn reports(&self) -> &PgPool {
        &self.inner.reports
    }

    /// Where carts live.
    pub fn carts(&self) -> &CartStore {
        &self.inner.carts
    }

    /// The switches.
    pub fn sins(&self) -> &Sins {
        &self.inner.sins
    }

    /// The instance's name.
    pub fn instance(&self) -> &str {
        &self.inner.instance
    }
}

/// All routes. The switches and faults are mounted only when asked for: a shop on the open
/// internet should not offer them.
pub fn router(shop: Shop, with_switches: bool) -> Router {
    let mut pages = Router::new()
        .route("/", get(catalogue::show_home))
        .route("/static/shop.css", get(html::stylesheet))
        .route("/category/{name}", get(catalogue::show_category))
        .route("/book/{id}", get(catalogue::show_book))
        .route("/search", get(catalogue::search))
        .route("/api/books/{id}", get(catalogue::book_json))
        .route("/api/search", get(catalogue::search_json))
        .route("/cart", get(cart::show_cart))
        .route("/cart/add", post(cart::add_to_cart))
        .route("/checkout", post(checkout::checkout))
        .route("/orders", get(orders::list_orders))
        .route("/orders/{id}", get(orders::show_order))
        .route("/account", get(account::show_account))
        .route("/admin/report", get(report::show_report))
        .route("/admin/branch/{tenant}", get(admin::show_branch))
        .layer(middleware::from_fn_with_state(shop.clone(), delay));
    if with_switches {
        pages = pages
            .route("/admin/sins", get(admin::list_sins))
            .route("/admin/sins/{name}/{state}", post(admin::set_sin))
            .route("/admin/faults/{name}/{value}", post(admin::set_fault))
            .route("/admin/transfer/{from}/{to}", post(admin::transfer_stock));
    }
    pages.route("/health", get(health)).fallback(html::not_found).with_state(shop)
}

/// Shallow on purpose: a check that asked the database would take every instance out of service
/// together with it.
async fn health(State(shop): State<Shop>) -> Response {
    if shop.inner.faults.is_unhealthy.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "unhealthy\n").into_response();
    }
    (StatusCode::OK, "ok\n").into_response()
}

async fn delay(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    let delay_ms = shop.inner.faults.delay_ms.load(Ordering::Relaxed);
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms.into())).await;
    }
    next.run(request).await
}

/// What went wrong with a page.
#[derive(Debug)]
pub(crate) enum PageError {
    /// There is no such book, order or branch.
    NotFound,
    /// The request makes no sense; why.
    BadRequest(&'static str),
    /// Too many checkouts at once.
    Busy,
    /// The database refused or could not be reached.
    Database(sqlx::Error),
    /// The table of carts refused or could not be reached.
    #[cfg(feature = "dynamodb")]
    Carts(String),
}

impl From<CartError> for PageError {
    fn from(error: CartError) -> Self {
        match error {
            CartError::Postgres(error) => error.into(),
            #[cfg(feature = "dynamodb")]
            CartError::Dynamo(reason) => Self::Carts(reason),
        }
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            other => Self::Database(other),
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => html::message(StatusCode::NOT_FOUND, "We do not have that."),
            Self::BadRequest(reason) => html::message(StatusCode::BAD_REQUEST, reason),
            Self::Busy | Self::Database(sqlx::Error::PoolTimedOut) => {
                html::message(StatusCode::SERVICE_UNAVAILABLE, "The shop is very busy. Please try again in a minute.")
            }
            #[cfg(feature = "dynamodb")]
            Self::Carts(reason) => {
                tracing::warn!(reason, "page.cart_error");
                html::message(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
            }
            Self::Database(error) => {
                tracing::warn!(%error, "page.database_error");
                html::message(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
            }
        }
    }
}
