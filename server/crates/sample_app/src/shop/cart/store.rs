//! Where carts live: beside the rest in PostgreSQL, or in DynamoDB.

use sqlx::{FromRow, PgConnection, PgPool};

#[cfg(feature = "dynamodb")]
use super::dynamo::DynamoCarts;

/// Where carts live.
#[derive(Debug, Clone, Default)]
pub enum CartStore {
    /// In the table `carts` of the shop's database.
    #[default]
    Postgres,
    /// In a DynamoDB table.
    #[cfg(feature = "dynamodb")]
    Dynamo(DynamoCarts),
}

/// One book in a cart.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CartItem {
    /// Which book.
    pub book_id: i32,
    /// How many copies.
    pub quantity: i32,
}

/// Why a cart could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CartError {
    /// PostgreSQL refused.
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    /// DynamoDB refused.
    #[cfg(feature = "dynamodb")]
    #[error("the cart table: {0}")]
    Dynamo(String),
}

impl CartStore {
    /// In the DynamoDB table that `BOOKSHOP_CART_TABLE` names, else in PostgreSQL. A program built
    /// without DynamoDB says so when it is asked for it.
    pub async fn from_environment() -> Self {
        let table = std::env::var("BOOKSHOP_CART_TABLE").ok().filter(|name| !name.is_empty());
        let Some(table) = table else { return Self::Postgres };
        #[cfg(feature = "dynamodb")]
        return Self::Dynamo(DynamoCarts::from_environment(table).await);
        #[cfg(not(feature = "dynamodb"))]
        {
            tracing::warn!(table, "built without the feature `dynamodb`: carts stay in PostgreSQL");
            Self::Postgres
        }
    }

    /// The books of a cart, in the order of their ids.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn items(&self, pool: &PgPool, session: &str) -> Result<Vec<CartItem>, CartError> {
        match self {
            Self::Postgres => Ok(sqlx::query_as(tagged!(
                "show_cart",
                "%2Fcart",
                "SELECT book_id, quantity FROM carts WHERE session_id = $1 ORDER BY book_id"
            ))
            .bind(session)
            .fetch_all(pool)
            .await?),
            #[cfg(feature = "dynamodb")]
            Self::Dynamo(carts) => carts.items(session).await,
        }
    }

    /// Puts one more copy of a book into a cart.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn add(&self, pool: &PgPool, session: &str, book: i32) -> Result<(), CartError> {
        match self {
            Self::Postgres => {
                sqlx::query(tagged!(
                    "add_to_cart",
                    "%2Fcart%2Fadd",
                    "INSERT INTO carts (session_id, book_id, quantity) VALUES ($1, $2, 1) \
                     ON CONFLICT (session_id, book_id) DO UPDATE SET quantity = carts.quantity + 1"
                ))
                .bind(session)
                .bind(book)
                .execute(pool)
                .await?;
                Ok(())
            }
            #[cfg(feature = "dynamodb")]
            Self::Dynamo(carts) => carts.add(session, book).await,
        }
    }

    /// Takes the books out of a cart, as part of the checkout's transaction where the store is the
    /// same database. From DynamoDB they are only read: [`Self::clear`] follows the commit.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn take(&self, work: &mut PgConnection, session: &str) -> Result<Vec<CartItem>, CartError> {
        match self {
            Self::Postgres => Ok(sqlx::query_as(tagged!(
                "take_cart",
                "%2Fcheckout",
                "DELETE FROM carts WHERE session_id = $1 RETURNING book_id, quantity"
            ))
            .bind(session)
            .fetch_all(work)
            .await?),
            #[cfg(feature = "dynamodb")]
            Self::Dynamo(carts) => carts.items(session).await,
        }
    }

    /// Empties a cart after its order is placed. An order that is placed twice because this failed
    /// is better than one that is lost.
    ///
    /// # Errors
    /// When the store refuses.
    #[cfg_attr(not(feature = "dynamodb"), expect(unused_variables, reason = "one store needs them"))]
    pub async fn clear(&self, session: &str, items: &[CartItem]) -> Result<(), CartError> {
        match self {
            // Taken with the order.
            Self::Postgres => Ok(()),
            #[cfg(feature = "dynamodb")]
            Self::Dynamo(carts) => carts.remove(session, items).await,
        }
    }
}
