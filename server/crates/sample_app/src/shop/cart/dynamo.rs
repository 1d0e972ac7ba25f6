//! Carts in DynamoDB: one item per session and book, which expires by itself.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};

use super::{CartError, CartItem};

/// A cart nobody comes back for is gone after this long.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// `BatchWriteItem` takes no more at a time.
const BATCH: usize = 25;
/// Times that refused parts of a batch are sent again.
const ATTEMPTS: u32 = 4;

/// A table with the keys `session_id` (string) and `book_id` (number), and the attributes
/// `quantity` and `expires_at`.
#[derive(Debug, Clone)]
pub struct DynamoCarts {
    client: Client,
    table: String,
}

fn refused(error: impl std::error::Error) -> CartError {
    CartError::Dynamo(DisplayErrorContext(error).to_string())
}

impl DynamoCarts {
    /// Carts in that table, with the credentials and the Region of the environment.
    pub async fn from_environment(table: impl Into<String>) -> Self {
        let tls = aws_smithy_http_client::tls::Provider::Rustls(
            aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
        );
        let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
        let config = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12()).http_client(http).load().await;
        Self::new(Client::new(&config), table)
    }

    /// Carts in that table, through a client that is there already.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    pub(super) async fn items(&self, session: &str) -> Result<Vec<CartItem>, CartError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("session_id = :session")
            .expression_attribute_values(":session", AttributeValue::S(session.to_owned()))
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.try_next().await.map_err(refused)? {
            // An item of another shape is not ours.
            items.extend(read_item(&item));
        }
        Ok(items)
    }

    pub(super) async fn add(&self, session: &str, book: i32) -> Result<(), CartError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let expires_at = (now + LIFETIME).as_secs();
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(session, book)))
            .update_expression("ADD quantity :one SET expires_at = :expires_at")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":expires_at", AttributeValue::N(expires_at.to_string()))
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    pub(super) async fn remove(&self, session: &str, items: &[CartItem]) -> Result<(), CartError> {
        for batch in items.chunks(BATCH) {
            let deletes = batch.iter().map(|item| delete(session, item.book_id)).collect::<Result<Vec<_>, _>>()?;
            self.write(deletes).await?;
        }
        Ok(())
    }

    /// The service may leave parts of a batch undone and ask for them again.
    async fn write(&self, mut requests: Vec<WriteRequest>) -> Result<(), CartError> {
        for _ in 0..ATTEMPTS {
            let answer =
                self.client.batch_write_item().request_items(&self.table, requests).send().await.map_err(refused)?;
            requests = answer.unprocessed_items.and_then(|mut left| left.remove(&self.table)).unwrap_or_default();
            if requests.is_empty() {
                return Ok(());
            }
        }
        Err(CartError::Dynamo(format!("{} items were left unprocessed", requests.len())))
    }
}

fn key(session: &str, book: i32) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("session_id".to_owned(), AttributeValue::S(session.to_owned())),
        ("book_id".to_owned(), AttributeValue::N(book.to_string())),
    ])
}

fn delete(session: &str, book: i32) -> Result<WriteRequest, CartError> {
    let delete = DeleteRequest::builder().set_key(Some(key(session, book))).build().map_err(refused)?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

fn read_item(item: &HashMap<String, AttributeValue>) -> Option<CartItem> {
    let number = |name: &str| item.get(name)?.as_n().ok()?.parse().ok();
    Some(CartItem { book_id: number("book_id")?, quantity: number("quantity")? })
}
