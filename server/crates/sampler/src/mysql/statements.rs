//! Statement statistics, from `events_statements_summary_by_digest`.

use super::activity::statement_id;
use crate::counters::STATEMENT_COLUMNS_MYSQL;
use crate::deltas::StatementTotals;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use std::collections::HashMap;
use std::sync::Arc;

/// Timers are in picoseconds.
const PICOSECONDS_PER_MS: f64 = 1e9;

type Texts = HashMap<Arc<str>, Arc<str>>;

/// Totals per statement, summed over schemas, and the statements' texts.
pub(super) async fn totals(
    connection: &mut Conn,
    is_mariadb: bool,
    at_secs: i64,
) -> Result<(StatementTotals, Texts), Error> {
    let columns: Vec<String> = STATEMENT_COLUMNS_MYSQL
        .iter()
        .map(|column| format!("CAST({} AS DOUBLE)", column.to_ascii_uppercase()))
        .collect();
    let query = format!(
        "SELECT DIGEST AS loadlens_sampler, DIGEST_TEXT, {} \
         FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST IS NOT NULL",
        columns.join(", ")
    );
    let rows: Vec<Row> = connection.query(query).await?;
    let mut totals = StatementTotals { at_secs, reset_mark: None, rows: HashMap::with_capacity(rows.len()) };
    let mut texts = Texts::with_capacity(rows.len());
    for mut row in rows {
        let Some(digest) = row.take::<Option<String>, _>(0).flatten() else { continue };
        let text = row.take::<Option<String>, _>(1).flatten().unwrap_or_default();
        let id: Arc<str> = if is_mariadb { statement_id(&text) } else { Arc::from(digest) };
        let values = STATEMENT_COLUMNS_MYSQL.iter().enumerate().map(|(index, column)| {
            let value = row.take::<Option<f64>, _>(index + 2).flatten().unwrap_or(0.0);
            if matches!(*column, "sum_timer_wait" | "sum_lock_time") { value / PICOSECONDS_PER_MS } else { value }
        });
        let values: Vec<f64> = values.collect();
        match totals.rows.get_mut(&id) {
            Some(sums) => sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
            None => {
                totals.rows.insert(id.clone(), values);
            }
        }
        texts.entry(id).or_insert_with(|| Arc::from(text));
    }
    Ok((totals, texts))
}
