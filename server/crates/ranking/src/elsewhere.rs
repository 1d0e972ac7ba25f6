//! The same digest on other instances.

use samples::{Grouping, StatementStat};
use units::{Aas, DigestId, Dimension, TimeRange, Timestamp};
use view::{ElsewhereRow, ElsewhereView};

use crate::Result;
use crate::averages::weighted_mean;
use crate::buckets::bucket_for;
use crate::calls::Calls;
use crate::matrix::reconciled;
use crate::reader::{Reader, is_covered};
use crate::top_sql::mean_of;

/// Most instances looked at: those with the most load.
const MOST_INSTANCES: usize = 100;

/// Instances that run `digest` in a time range, from what is archived; nothing is asked for.
///
/// # Errors
/// [`crate::Error`].
pub async fn find_elsewhere(
    reader: &Reader,
    digest: DigestId,
    range: &TimeRange,
    now: Timestamp,
) -> Result<ElsewhereView> {
    let window = range.resolve(now)?;
    let period = bucket_for(window, None).max(units::Period::MINUTE);
    reader
        .answer(now, move |lookup| {
            let digest = lookup.archive.current_digest(digest)?;
            let ids: Vec<String> =
                lookup.archive.statements_of(digest)?.into_iter().map(|statement| statement.pi_id).collect();
            let names: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut rows = Vec::new();
            for instance in lookup.archive.instances()?.into_iter().take(MOST_INSTANCES) {
                let matrix = lookup.stored(&instance.id, &Grouping::by(Dimension::Sql), window, period)?;
                if !is_covered(&matrix) {
                    continue;
                }
                let matrix = reconciled(matrix);
                let mean: Aas = names.iter().map(|id| mean_of(&matrix, id)).sum();
                if mean.0 <= 0.0 {
                    continue;
                }
                let total = Aas(weighted_mean(&matrix.total, &matrix.covered_secs).unwrap_or(0.0));
                let stats = lookup.archive.statement_stats(&instance.id, &StatementStat::ALL, window)?;
                let calls = Calls::of(Some(&stats), &names);
                rows.push(ElsewhereRow {
                    instance: instance.id,
                    name: instance.name,
                    mean,
                    share: mean.share_of(total),
                    calls_per_sec: calls.per_sec,
                    ms_per_call: calls.ms,
                    rows_per_call: calls.rows,
                });
            }
            rows.sort_by(|a, b| b.mean.0.total_cmp(&a.mean.0).then_with(|| a.name.cmp(&b.name)));
            Ok(ElsewhereView { rows })
        })
        .await
}
