//! Statement statistics and normalised texts, from `pg_stat_statements`.
//!
//! Totals are read without texts (the server keeps those in a file); texts are asked for once per
//! statement. Entries of one statement by different users and databases are summed, as PI does.

use super::describe::StatementsExtension;
use super::{MARK, said};
use crate::SamplerError;
use crate::counters::STATEMENT_COLUMNS_POSTGRES;
use crate::deltas::StatementTotals;
use crate::observation::StatementText;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::{Client, Error, Statement};

/// `total_exec_time` since 1.8; block times split into shared and local since 1.11; reset time of
/// all statistics since 1.9.
const SPLIT_BLOCK_TIMES: (u32, u32) = (1, 11);
const TELLS_RESET: (u32, u32) = (1, 9);

/// Longest text kept, in bytes: what RDS for PostgreSQL keeps at most with its default setting is 4 KiB.
const TEXT_LIMIT: usize = 16_384;

pub(super) struct Query {
    totals: Statement,
    texts: Statement,
}

impl Query {
    pub(super) async fn prepare(client: &Client, extension: &StatementsExtension) -> Result<Self, SamplerError> {
        let schema = &extension.schema;
        let columns: Vec<String> = STATEMENT_COLUMNS_POSTGRES
            .iter()
            .map(|column| format!("sum({})::float8", server_column(column, extension.version)))
            .collect();
        let reset_mark = if extension.version >= TELLS_RESET {
            format!("(SELECT extract(epoch FROM stats_reset)::float8 FROM {schema}.pg_stat_statements_info)")
        } else {
            "NULL::float8".to_owned()
        };
        let totals = format!(
            "SELECT {MARK} queryid, {reset_mark}, {} FROM {schema}.pg_stat_statements(false) \
             WHERE queryid IS NOT NULL GROUP BY queryid",
            columns.join(", ")
        );
        let texts = format!(
            "SELECT {MARK} queryid, left(min(query), {TEXT_LIMIT}) FROM {schema}.pg_stat_statements(true) \
             WHERE queryid = ANY($1) GROUP BY queryid"
        );
        let query_error = |error: Error| SamplerError::Query(said(&error));
        let query = Self {
            totals: client.prepare(&totals).await.map_err(query_error)?,
            texts: client.prepare(&texts).await.map_err(query_error)?,
        };
        // Preparing succeeds even where the library is not loaded: only reading tells.
        query.totals(client, 0).await.map_err(query_error)?;
        Ok(query)
    }

    pub(super) async fn totals(&self, client: &Client, at_secs: i64) -> Result<StatementTotals, Error> {
        let rows = client.query(&self.totals, &[]).await?;
        let mut totals = StatementTotals { at_secs, reset_mark: None, rows: HashMap::with_capacity(rows.len()) };
        for row in &rows {
            let id: i64 = row.try_get(0)?;
            totals.reset_mark = row.try_get(1)?;
            let values = (0..STATEMENT_COLUMNS_POSTGRES.len())
                .map(|column| row.try_get::<_, Option<f64>>(column + 2).map(Option::unwrap_or_default))
                .collect::<Result<_, _>>()?;
            totals.rows.insert(Arc::from(id.to_string()), values);
        }
        Ok(totals)
    }

    pub(super) async fn texts(&self, client: &Client, ids: &[Arc<str>]) -> Result<Vec<StatementText>, Error> {
        let ids: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        let rows = client.query(&self.texts, &[&ids]).await?;
        rows.iter()
            .filter_map(|row| {
                let id = row.try_get::<_, i64>(0);
                let text = row.try_get::<_, Option<&str>>(1).transpose()?;
                Some(id.and_then(|id| Ok((id, text?))))
            })
            .filter(|found| !matches!(found, Ok((_, "<insufficient privilege>"))))
            .map(|found| {
                found.map(|(id, text)| StatementText { statement_id: Arc::from(id.to_string()), text: Arc::from(text) })
            })
            .collect()
    }
}

fn server_column(column: &str, version: (u32, u32)) -> &str {
    match column {
        "total_time" => "total_exec_time",
        "blk_read_time" if version >= SPLIT_BLOCK_TIMES => "shared_blk_read_time + local_blk_read_time",
        "blk_write_time" if version >= SPLIT_BLOCK_TIMES => "shared_blk_write_time + local_blk_write_time",
        other => other,
    }
}
