//! Load ranked by a dimension.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use units::{Aas, DbLoadQuery, Dimension};
use view::{ContextView, DataTable, Panel, RowKind, SqlRow, TopSqlView};

use super::answer::{ApiError, csv};
use super::request::{by, limit, permalink, query};
use crate::clock;
use crate::web::AppState;

/// What a request asks for.
struct Asked {
    query: DbLoadQuery,
    by: Dimension,
    limit: usize,
}

/// Ranked load.
enum Ranked {
    Sql(TopSqlView),
    Other(ContextView),
    /// No session was active.
    Idle,
}

impl Asked {
    fn read(id: String, search: Option<String>) -> Result<Self, ApiError> {
        let search = search.unwrap_or_default();
        Ok(Self { query: query(id, &search)?, by: by(&search)?, limit: limit(&search)? })
    }

    async fn ranked(&self, state: &AppState) -> Result<Ranked, ApiError> {
        let now = clock::now();
        if self.by == Dimension::Sql {
            return match ranking::rank_top_sql(&state.reader, &self.query, self.limit, now).await? {
                Panel::Data(view) => Ok(Ranked::Sql(view)),
                Panel::Empty => Ok(Ranked::Idle),
                Panel::Trouble(trouble) => Err(trouble.into()),
            };
        }
        match ranking::rank_context(&state.reader, &self.query, self.by, now).await? {
            Panel::Data(view) => Ok(Ranked::Other(shortened(view, self.limit))),
            Panel::Empty => Ok(Ranked::Idle),
            Panel::Trouble(trouble) => Err(trouble.into()),
        }
    }
}

/// Keeps the first rows; the others join the remainder, so that the sum stays.
fn shortened(mut view: ContextView, limit: usize) -> ContextView {
    let cut = view.rows.split_off(view.rows.len().min(limit));
    view.remainder = view.remainder + cut.iter().map(|row| row.mean).sum::<Aas>();
    view
}

pub(super) async fn top(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let asked = Asked::read(id, search)?;
    let (rows, total) = match asked.ranked(&state).await? {
        Ranked::Sql(view) => (view.rows.iter().map(sql_row).collect(), view.total),
        Ranked::Other(view) => (context_rows(&view), view.total),
        Ranked::Idle => (Vec::new(), Aas::ZERO),
    };
    Ok(Json(json!({ "instance": asked.query.instance, "by": asked.by, "total_aas": total, "rows": rows })))
}

pub(super) async fn top_csv(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::read(id, search)?;
    let table = match asked.ranked(&state).await? {
        Ranked::Sql(view) => view.table(),
        Ranked::Other(view) => view.table(),
        Ranked::Idle => DataTable::default(),
    };
    Ok(csv(&table, &format!("top-{}-{}.csv", asked.by, asked.query.instance), &permalink(&headers, &asked.query, None)))
}

pub(super) fn sql_row(row: &SqlRow) -> Value {
    let (kind, id) = match &row.kind {
        RowKind::Digest(id) => ("digest", Some(id)),
        RowKind::Remainder { .. } => ("remainder", None),
        RowKind::Unattributed => ("unattributed", None),
    };
    let waits: Map<String, Value> =
        row.waits.iter().map(|part| (part.class.name().to_owned(), json!(part.aas))).collect();
    json!({
        "kind": kind,
        "key": id,
        "label": row.statement,
        "mean_aas": row.mean,
        "share": row.share,
        "peak_aas": row.peak,
        "p99_aas": row.p99,
        "before_aas": row.before,
        "waits": waits,
        "unknown_wait_aas": row.mean_by_unknown_wait,
        "calls_per_sec": row.calls_per_sec,
        "ms_per_call": row.ms_per_call,
        "rows_per_call": row.rows_per_call,
        "badges": row.badges,
        "children": row.children,
    })
}

fn context_rows(view: &ContextView) -> Vec<Value> {
    let rows = view.rows.iter().map(|row| {
        json!({
            "kind": "value",
            "key": row.key,
            "label": row.label,
            "class": row.class,
            "mean_aas": row.mean,
            "share": row.share,
            "before_aas": row.before,
        })
    });
    let rest = (view.remainder.0 > 0.0).then(|| {
        json!({ "kind": "remainder", "key": null, "label": "", "mean_aas": view.remainder, "share": view.remainder.share_of(view.total) })
    });
    rows.chain(rest).collect()
}
