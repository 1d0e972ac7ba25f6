//! Two windows side by side, of one instance or of two.

use std::collections::{BTreeMap, BTreeSet};

use samples::LoadMatrix;
use units::{Aas, DigestId, Dimension, Period, ResourceId, SortBy, Timestamp, Window, Zone};
use view::{
    Axis, ChangeKind, CompareDigest, CompareDimension, CompareRow, CompareSide, CompareView, DeployCard, LoadPart,
    Panel, Source,
};

use crate::Result;
use crate::averages::weighted_mean;
use crate::buckets::bucket_for;
use crate::calls::Calls;
use crate::explain::{Side, explain};
use crate::facts::{facts_of, source_of, state_of};
use crate::gather::{Gathered, gather};
use crate::load_view::{by_slice, wait_class};
use crate::page::Page;
use crate::reader::{Lookup, Reader, is_covered};
use crate::split::Split;
use crate::top_sql::mean_of;

/// Most digests with a row.
const MOST_DIGESTS: usize = 50;
/// Most values of a dimension with a row.
const MOST_VALUES: usize = 15;
/// Dimensions besides SQL.
const DIMENSIONS: [Dimension; 5] =
    [Dimension::Wait, Dimension::User, Dimension::Host, Dimension::Application, Dimension::Database];
/// Latency changed from this factor, up or down.
const LATENCY_CHANGED: f64 = 1.25;
/// A deploy is judged by this much before and after.
const DEPLOY_SECS: i64 = 1800;
/// Most deploys with a card, and digests on it.
const DEPLOY_CARDS: (usize, usize) = (5, 5);

/// What to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareQuery {
    /// The earlier, or left, side.
    pub before: (ResourceId, Window),
    /// The later, or right, side.
    pub after: (ResourceId, Window),
}

/// What differs between two windows.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn fetch_compare(reader: &Reader, query: &CompareQuery, now: Timestamp) -> Result<Panel<CompareView>> {
    let query = query.clone();
    reader.answer(now, move |lookup| compare(lookup, &query)).await
}

fn compare(lookup: &Lookup, query: &CompareQuery) -> Result<Panel<CompareView>> {
    let before = Sided::read(lookup, &query.before)?;
    let after = Sided::read(lookup, &query.after)?;
    for side in [&after, &before] {
        if let Some(Panel::Trouble(trouble)) =
            state_of::<CompareView>(lookup, &side.page.instance, &side.gathered.matrix)
        {
            return Ok(Panel::Trouble(trouble));
        }
    }
    let mut digests = changes(&before, &after);
    digests.truncate(MOST_DIGESTS);
    let named: f64 = digests.iter().map(CompareDigest::change).sum();
    let (mut digests_rest, mut dimensions) = (0.0, Vec::new());
    if are_known(&before, &after) {
        digests_rest = after.mean() - before.mean() - named;
        for dimension in DIMENSIONS {
            dimensions.push(compare_dimension(lookup, &before.page, &after.page, dimension)?);
        }
    }
    Ok(Panel::Data(CompareView {
        source: Source {
            calls: [&before, &after].iter().flat_map(|side| side.gathered.calls.clone()).collect(),
            ..source_of(&after.page.instance, &after.gathered.matrix)
        },
        before: before.side(),
        after: after.side(),
        digests,
        digests_rest,
        dimensions,
    }))
}

/// One side, read.
struct Sided {
    page: Page,
    gathered: Gathered,
    digests: BTreeMap<DigestId, DigestSide>,
}

/// One digest on one side.
#[derive(Clone, Debug, Default)]
struct DigestSide {
    statement: String,
    mean: Aas,
    waits: Vec<LoadPart>,
    calls: Calls,
}

impl Sided {
    fn read(lookup: &Lookup, (id, window): &(ResourceId, Window)) -> Result<Self> {
        // Seconds would only make both sides slower to read: means are the same.
        let period = bucket_for(*window, None).max(Period::MINUTE);
        let axis = Axis {
            window: window.aligned(period.secs()),
            period,
            zone: Zone::Utc.name().to_owned(),
            offsets: Vec::new(),
        };
        let page = Page { instance: lookup.instance(id)?, axis, compare: None, filters: Vec::new() };
        let gathered = gather(lookup, &page)?;
        let digests = digests_of(&page, &gathered);
        Ok(Self { page, gathered, digests })
    }

    fn mean(&self) -> f64 {
        weighted_mean(&self.gathered.matrix.total, &self.gathered.matrix.covered_secs).unwrap_or(0.0)
    }

    fn side(&self) -> CompareSide {
        let matrix = &self.gathered.matrix;
        CompareSide {
            instance: facts_of(&self.page.instance),
            window: self.page.axis.window,
            mean: weighted_mean(&matrix.total, &matrix.covered_secs).map(Aas),
            peak: matrix.total.iter().flatten().copied().reduce(f64::max).map(Aas),
            coverage: matrix.cover.clone(),
        }
    }
}

fn digests_of(page: &Page, gathered: &Gathered) -> BTreeMap<DigestId, DigestSide> {
    let input = gathered.input(&page.instance, SortBy::Mean, 0);
    let split = Split::new(&input, &gathered.matrix.covered_secs);
    let mut ids: BTreeMap<DigestId, Vec<&str>> = BTreeMap::new();
    for row in &gathered.matrix.series {
        ids.entry(gathered.index.digest_of(&row.key)).or_default().push(&row.key);
    }
    ids.into_iter()
        .map(|(digest, ids)| {
            let mean: Aas = ids.iter().map(|id| mean_of(&gathered.matrix, id)).sum();
            let side = DigestSide {
                statement: ids.first().map(|id| gathered.index.short_text(id)).unwrap_or_default(),
                mean,
                waits: split.of(&ids, mean),
                calls: Calls::of(gathered.stats.as_ref(), &ids),
            };
            (digest, side)
        })
        .collect()
}

/// Whether something is known of both sides: what is not known is no zero to compare with.
fn are_known(before: &Sided, after: &Sided) -> bool {
    is_covered(&before.gathered.matrix) && is_covered(&after.gathered.matrix)
}

/// Every digest of either side, the largest change first; none unless both are known.
fn changes(before: &Sided, after: &Sided) -> Vec<CompareDigest> {
    if !are_known(before, after) {
        return Vec::new();
    }
    let (before, after) = (&before.digests, &after.digests);
    let all: BTreeSet<&DigestId> = before.keys().chain(after.keys()).collect();
    let none = DigestSide::default();
    let mut changes: Vec<CompareDigest> = all
        .into_iter()
        .map(|digest| change_of(*digest, before.get(digest).unwrap_or(&none), after.get(digest).unwrap_or(&none)))
        .collect();
    changes.sort_by(|a, b| b.change().abs().total_cmp(&a.change().abs()));
    changes
}

fn change_of(digest: DigestId, before: &DigestSide, after: &DigestSide) -> CompareDigest {
    let side = |side: &DigestSide| (side.mean, side.calls.per_sec);
    let ((was, calls_before), (is, calls_after)) = (side(before), side(after));
    let parts = explain(
        &Side { mean: was, waits: &before.waits, calls_per_sec: calls_before },
        &Side { mean: is, waits: &after.waits, calls_per_sec: calls_after },
    );
    CompareDigest {
        digest,
        statement: if after.statement.is_empty() { before.statement.clone() } else { after.statement.clone() },
        kind: kind_of(before, after),
        before: was,
        after: is,
        calls: (calls_before, calls_after),
        ms: (before.calls.ms, after.calls.ms),
        parts,
    }
}

fn kind_of(before: &DigestSide, after: &DigestSide) -> ChangeKind {
    let latency =
        after.calls.ms.zip(before.calls.ms).filter(|(_, before)| *before > 0.0).map(|(ms, before)| ms / before);
    let is_more = after.mean.0 >= before.mean.0;
    match latency {
        _ if before.mean.0 <= 0.0 => ChangeKind::New,
        _ if after.mean.0 <= 0.0 => ChangeKind::Gone,
        Some(latency) if is_more && latency >= LATENCY_CHANGED => ChangeKind::Regressed,
        Some(latency) if !is_more && latency * LATENCY_CHANGED <= 1.0 => ChangeKind::Improved,
        _ if is_more => ChangeKind::More,
        _ => ChangeKind::Less,
    }
}

fn compare_dimension(lookup: &Lookup, before: &Page, after: &Page, dimension: Dimension) -> Result<CompareDimension> {
    let read = |page: &Page| -> Result<LoadMatrix> {
        let (question, index) = page.plan(lookup, dimension)?;
        Ok(by_slice(&page.answer(lookup, &question, &index)?, dimension, &index))
    };
    let (was, is) = (read(before)?, read(after)?);
    let keys: BTreeSet<&str> = was.series.iter().chain(&is.series).map(|row| row.key.as_str()).collect();
    let mut rows: Vec<CompareRow> = keys
        .into_iter()
        .map(|key| CompareRow {
            key: key.to_owned(),
            class: wait_class(key, dimension, &after.instance),
            before: mean_of(&was, key),
            after: mean_of(&is, key),
        })
        .collect();
    let change = |row: &CompareRow| row.after.0 - row.before.0;
    rows.sort_by(|a, b| change(b).abs().total_cmp(&change(a).abs()));
    rows.truncate(MOST_VALUES);
    let total = |matrix: &LoadMatrix| weighted_mean(&matrix.total, &matrix.covered_secs).unwrap_or(0.0);
    let named: f64 = rows.iter().map(change).sum();
    Ok(CompareDimension { dimension, rest: total(&is) - total(&was) - named, rows })
}

/// For the newest deploys of a window: half an hour before against half an hour after.
///
/// # Errors
/// [`crate::Error`].
pub async fn judge_deploys(
    reader: &Reader,
    instance: &ResourceId,
    window: Window,
    now: Timestamp,
) -> Result<Vec<DeployCard>> {
    let instance = instance.clone();
    reader
        .answer(now, move |lookup| {
            let (most, digests) = DEPLOY_CARDS;
            let deploys = lookup.archive.markers(&instance, window)?;
            let deploys = deploys.iter().rev().filter(|marker| marker.kind == samples::MarkerKind::Deploy).take(most);
            deploys.map(|deploy| deploy_card(lookup, &instance, deploy, digests)).collect()
        })
        .await
}

fn deploy_card(lookup: &Lookup, instance: &ResourceId, deploy: &samples::Marker, digests: usize) -> Result<DeployCard> {
    let at = deploy.at.floor_to(60);
    let before = Sided::read(lookup, &(instance.clone(), Window::new(at.plus_secs(-DEPLOY_SECS), at)))?;
    let after = Sided::read(lookup, &(instance.clone(), Window::new(at, at.plus_secs(DEPLOY_SECS))))?;
    let mut changed = changes(&before, &after);
    changed.truncate(digests);
    Ok(DeployCard {
        instance: instance.clone(),
        label: deploy.label.clone(),
        windows: (before.page.axis.window, after.page.axis.window),
        mean: (before.side().mean, after.side().mean),
        digests: changed,
    })
}
