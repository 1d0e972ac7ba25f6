//! Who blocked whom in a window, what that cost, and the trees of one moment.

use std::collections::BTreeMap;

use samples::{LoadMatrix, LockSnapshot, LockedSession, SnapshotFlaw, Wanted};
use units::{Aas, DbLoadQuery, DigestId, Dimension, Filter, Period, Timestamp, Window};
use view::{BlockerRow, BlockingFlaw, BlockingMoment, BlockingView, Panel, SessionFacts, Trouble};

use crate::Result;
use crate::averages::weighted_mean;
use crate::blocking::blocking_trees;
use crate::facts::{source_of, state_of};
use crate::matrix::reconciled;
use crate::page::Page;
use crate::reader::{Lookup, Reader};
use crate::statements::{SqlIndex, shortened};

/// The group without which there is nothing to show.
const GROUP: &str = "db.blocking_session";
/// Most rows of a list.
const MOST_ROWS: usize = 25;
/// Most moments whose trees are offered.
const MOST_MOMENTS: usize = 60;
/// Database Insights takes a lock snapshot this often: a moment shows the one before it.
const SNAPSHOT_EVERY_SECS: i64 = 15;

/// What is asked about blocking.
#[derive(Clone, Debug)]
pub struct BlockingQuery {
    /// Instance, window and filters.
    pub load: DbLoadQuery,
    /// The moment of the trees; `None`: the one with most sessions waiting.
    pub at: Option<Timestamp>,
    /// The statement of the page: only what it lost, and trees it stands in.
    pub digest: Option<DigestId>,
}

/// Blocking of a page.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel. [`Trouble::NotCollected`] of
/// `db.blocking_session` means that the instance does not offer it.
pub async fn fetch_blocking(reader: &Reader, query: &BlockingQuery, now: Timestamp) -> Result<Panel<BlockingView>> {
    let query = query.clone();
    reader.answer(now, move |lookup| panel(lookup, &query)).await
}

fn panel(lookup: &Lookup, query: &BlockingQuery) -> Result<Panel<BlockingView>> {
    let mut page = Page::of(lookup, &query.load)?;
    if page.axis.period < Period::MINUTE {
        page = page.in_buckets(Period::MINUTE);
    }
    if lookup.archive.offers(&page.instance.id)?.is_some_and(|groups| !groups.contains(GROUP)) {
        return Ok(Panel::Trouble(Trouble::NotCollected { what: GROUP.to_owned() }));
    }
    let everybody = page.clone();
    if let Some(digest) = query.digest {
        page.filters.insert(0, Filter::is(Dimension::Sql, digest.to_string()));
    }
    let (sessions, index) = by(lookup, &page, Dimension::BlockingSession)?;
    if let Some(state) = state_of(lookup, &page.instance, &sessions) {
        return Ok(state);
    }
    let lost = lost_in(&sessions);
    let moments = moments(lookup, &page, query)?;
    let shown = shown(lookup, &page, query, &sessions, &moments)?;
    let (statements, blockers) = by(lookup, &page, Dimension::BlockingSql)?;
    let (objects, _) = by(lookup, &page, Dimension::BlockingObject)?;
    let caused = query.digest.map(|digest| caused_by(lookup, &everybody, digest)).transpose()?;
    let trees = shown.as_ref().map(|snapshot| trees(snapshot, query.digest)).unwrap_or_default();
    Ok(Panel::Data(BlockingView {
        at: shown.as_ref().map(|snapshot| snapshot.at),
        waiting: shown.as_ref().map_or(0, |snapshot| count(snapshot.waiting())),
        flaw: shown.and_then(|snapshot| snapshot.flaw).map(flaw_of),
        roots: trees.0,
        has_cycle: trees.1,
        moments: moments.iter().map(|one| BlockingMoment { at: one.at, waiting: count(one.waiting()) }).collect(),
        lost,
        total: Aas(weighted_mean(&sessions.total, &sessions.covered_secs).unwrap_or(0.0)),
        sessions: rows(&sessions, lost, |_| None, &index),
        statements: rows(&statements, lost, |key| Some(blockers.digest_of(key)), &blockers),
        objects: rows(&objects, lost, |_| None, &index),
        caused,
        source: source_of(&page.instance, &sessions),
    }))
}

fn by(lookup: &Lookup, page: &Page, dimension: Dimension) -> Result<(LoadMatrix, SqlIndex)> {
    let (question, index) = page.plan(lookup, dimension)?;
    Ok((reconciled(page.answer(lookup, &question, &index)?), index))
}

/// Load in a row of the matrix: whoever is in none waited for nobody.
fn lost_in(matrix: &LoadMatrix) -> Aas {
    let means = matrix.series.iter().map(|row| weighted_mean(&row.values, &matrix.covered_secs).unwrap_or(0.0));
    Aas(means.sum())
}

fn rows(
    matrix: &LoadMatrix,
    lost: Aas,
    digest: impl Fn(&str) -> Option<DigestId>,
    index: &SqlIndex,
) -> Vec<BlockerRow> {
    let rows = matrix.series.iter().take(MOST_ROWS).map(|row| {
        let mean = Aas(weighted_mean(&row.values, &matrix.covered_secs).unwrap_or(0.0));
        let digest = digest(&row.key);
        let label = if digest.is_some() { index.short_text(&row.key) } else { row.key.clone() };
        BlockerRow { key: row.key.clone(), label, digest, lost: mean, share: mean.share_of(lost) }
    });
    rows.filter(|row| row.lost.0 > 0.0).collect()
}

/// Load of others that waited for sessions running a digest.
fn caused_by(lookup: &Lookup, page: &Page, digest: DigestId) -> Result<Aas> {
    let (matrix, index) = by(lookup, page, Dimension::BlockingSql)?;
    let of_digest = matrix.series.iter().filter(|row| index.digest_of(&row.key) == digest);
    let means = of_digest.map(|row| weighted_mean(&row.values, &matrix.covered_secs).unwrap_or(0.0));
    Ok(Aas(means.sum()))
}

/// Kept snapshots in which somebody waits; on a statement's page those it stands in.
fn moments(lookup: &Lookup, page: &Page, query: &BlockingQuery) -> Result<Vec<LockSnapshot>> {
    let mut kept = lookup.archive.lock_snapshots(&page.instance.id, page.axis.window, MOST_MOMENTS)?;
    kept.retain(|snapshot| {
        let is_in = |digest: DigestId| snapshot.sessions.iter().any(|session| session.digest == Some(digest));
        snapshot.waiting() > 0 && query.digest.is_none_or(is_in)
    });
    Ok(kept)
}

/// The snapshot to show; what is not kept is asked for.
fn shown(
    lookup: &Lookup,
    page: &Page,
    query: &BlockingQuery,
    sessions: &LoadMatrix,
    moments: &[LockSnapshot],
) -> Result<Option<LockSnapshot>> {
    let id = &page.instance.id;
    let want = |window: Window, worst: bool| {
        lookup.lack(Wanted::LockSnapshot { instance: id.clone(), window, worst });
    };
    if let Some(at) = query.at {
        let at = at.min(lookup.now).floor_to(1);
        let window = Window::new(at.plus_secs(1 - SNAPSHOT_EVERY_SECS), at.plus_secs(1));
        let kept = lookup.archive.lock_snapshots(id, window, MOST_MOMENTS)?;
        // Exactly that second, or, once it was asked for, the newest before it.
        let exact = kept.iter().find(|snapshot| snapshot.at == at);
        if exact.is_none() {
            want(window, false);
        }
        let newest = if lookup.is_settled() { kept.first() } else { None };
        return Ok(exact.or(newest).cloned());
    }
    let fullest = moments.iter().max_by_key(|snapshot| (snapshot.waiting(), snapshot.at));
    if fullest.is_none()
        && let Some(window) = worst_bucket(sessions)
    {
        want(window, true);
        let flawed = lookup.archive.lock_snapshots(id, window, 1)?.into_iter().find(|one| one.flaw.is_some());
        return Ok(flawed);
    }
    Ok(fullest.cloned())
}

/// Five minutes at most, of the bucket in which most load waited.
fn worst_bucket(matrix: &LoadMatrix) -> Option<Window> {
    let secs = i64::from(matrix.period.secs());
    let waited = |bucket: usize| matrix.series.iter().filter_map(|row| row.values.get(bucket).copied().flatten()).sum();
    let waited = (0..matrix.total.len()).map(|bucket| (bucket, waited(bucket)));
    let worst = waited.filter(|(_, load): &(usize, f64)| *load > 0.0).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let from = matrix.window.from.plus_secs(i64::try_from(worst.0).ok()? * secs);
    Some(Window::new(from, from.plus_secs(secs.min(300))))
}

fn trees(snapshot: &LockSnapshot, digest: Option<DigestId>) -> (Vec<view::BlockingNode>, bool) {
    let pairs: Vec<(String, String)> = snapshot
        .sessions
        .iter()
        .flat_map(|session| session.blocked_by.iter().map(|blocker| (session.session.clone(), blocker.clone())))
        .collect();
    let facts: BTreeMap<String, SessionFacts> =
        snapshot.sessions.iter().map(|session| (session.session.clone(), facts_of(session))).collect();
    let (mut roots, has_cycle) = blocking_trees(&pairs, &facts);
    if let Some(digest) = digest {
        roots.retain(|root| holds(root, digest));
    }
    (roots, has_cycle)
}

fn holds(node: &view::BlockingNode, digest: DigestId) -> bool {
    node.facts.digest == Some(digest) || node.blocked.iter().any(|below| holds(below, digest))
}

fn facts_of(session: &LockedSession) -> SessionFacts {
    let is_idle = |state: &String| state.starts_with("idle in transaction");
    // `CPU` means that no wait was seen: nothing to tell.
    let wait = session.wait.clone().filter(|wait| wait != "CPU");
    SessionFacts {
        user: session.user.clone(),
        host: session.host.clone(),
        application: session.application.clone(),
        digest: session.digest,
        statement: session.statement.as_deref().map(shortened),
        idle_in_transaction: session.state.as_ref().is_some_and(is_idle),
        state: session.state.clone(),
        wait,
        lock_object: session.lock_object.clone().or_else(|| session.lock_type.clone()),
        lock_mode: session.lock_mode.clone(),
        waiting_ms: session.waiting_ms,
        transaction_ms: session.transaction_ms,
    }
}

fn flaw_of(flaw: SnapshotFlaw) -> BlockingFlaw {
    match flaw {
        SnapshotFlaw::UnknownShape { columns } => BlockingFlaw::UnknownShape { columns: count(columns) },
        SnapshotFlaw::Unavailable { reason } => BlockingFlaw::Unavailable { reason },
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
