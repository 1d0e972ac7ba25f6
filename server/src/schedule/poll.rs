//! One poll: the standard questions about an instance in a window of minutes, archived.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use collect::{Answer, Capabilities, CollectError, Lane, Question};
use samples::{
    Batch, Grouping, Instance, LoadBatch, LoadSeries, PiState, Point, Refusal, SourceKind, Statement, StatementStat,
    StatisticBatch, Vcpus,
};
use units::{Dimension, Period, Timestamp, Window};

use super::health::Fault;
use super::{Inner, Watched, plan};

/// One call holds three hours of minutes, so the first poll and one after a pause cost no more.
pub(super) const CALL_SPAN_SECS: i64 = 3 * 3600;
/// Minutes younger than this may still change; they are asked for again.
const FINAL_AFTER_SECS: i64 = 180;
/// Capabilities are asked for again after this long.
const OFFERS_HOLD_SECS: i64 = 6 * 3600;
/// Without statement statistics they are asked for again after this long, then after twice as long
/// each time: statistics appear a while after an instance starts, or its extension is added.
const OFFERS_RETRY_SECS: i64 = 60;
/// History that wait event types are remembered from.
const TYPES_FROM_DAYS: i64 = 7;
/// Full texts asked for in one poll at most; each costs two calls, once.
const TEXTS_PER_POLL: usize = 2;
/// A statement whose full text was not to be had is tried again after this long.
const TEXT_AGAIN_SECS: i64 = 6 * 3600;
/// Statements remembered as tried.
const MAX_TEXTS_TRIED: usize = 2000;
/// Reader's patience: an instance polled this recently is not polled for him again.
const FRESH_SECS: i64 = 20;

/// What is remembered from poll to poll.
#[derive(Default)]
pub(super) struct PollState {
    offers: Option<(Capabilities, Timestamp)>,
    /// How often in a row the offers came without statistics.
    poor_offers: u32,
    refused: Vec<Question>,
    wait_types: BTreeSet<String>,
    types_loaded: bool,
    texts_tried: BTreeMap<String, Timestamp>,
    /// End of the newest minute answered.
    pub(super) polled_to: Option<Timestamp>,
    /// When the last poll ended.
    pub(super) polled_at: Option<Timestamp>,
    /// Failures in a row.
    pub(super) failures: u32,
    /// Whether the last failure is one that asking less often does not help: our disk, our
    /// credentials.
    pub(super) is_ours: bool,
    /// Whether the last poll saw any load.
    pub(super) saw_load: bool,
    /// A pause or a failure left a hole that the back-fill should look for.
    pub(super) has_hole: bool,
}

/// Brings an instance up to date. Holding its turn makes equal requests one: who waited finds the
/// minutes there.
pub(super) async fn bring_up_to_date(inner: &Inner, watched: &Watched, lane: Lane) -> Result<(), Fault> {
    let mut state = watched.turn.lock().await;
    let now = inner.now();
    let newest = now.floor_to(60);
    let is_fresh = state.polled_at.is_some_and(|at| now.0 - at.0 < FRESH_SECS * 1000);
    if lane == Lane::Interactive && state.failures == 0 && (is_fresh || state.polled_to >= Some(newest)) {
        return Ok(());
    }
    let facts = watched.facts();
    let outcome = poll(inner, watched, &facts, &mut state, lane).await;
    let ended = inner.now();
    match &outcome {
        Ok(()) => {
            state.has_hole |= state.failures > 0;
            state.failures = 0;
            state.polled_at = Some(ended);
            inner.board.succeeded(SourceKind::PerformanceInsights, Some(&facts.id), ended, state.polled_to);
        }
        Err(fault) => {
            state.failures += 1;
            state.is_ours =
                matches!(fault, Fault::Archive(_) | Fault::Internal(_) | Fault::Aws(Refusal::Credentials(_)));
            inner.board.failed(SourceKind::PerformanceInsights, Some(&facts.id), ended, fault);
            note_failure(inner, &facts, state.polled_to, newest, fault).await;
        }
    }
    outcome
}

async fn note_failure(inner: &Inner, facts: &Instance, from: Option<Timestamp>, to: Timestamp, fault: &Fault) {
    let Some(from) = from.filter(|from| *from < to) else { return };
    let (id, reason) = (facts.id.clone(), fault.to_string());
    let noted = inner.with_archive(move |archive| archive.put_failure(&id, Window::new(from, to), &reason)).await;
    if let Err(fault) = noted {
        inner.board.failed(SourceKind::Archive, None, inner.now(), &fault);
    }
}

async fn poll(
    inner: &Inner,
    watched: &Watched,
    facts: &Instance,
    state: &mut PollState,
    lane: Lane,
) -> Result<(), Fault> {
    match facts.pi {
        PiState::On => {}
        PiState::Off | PiState::Unsupported => {
            return Err(Fault::Aws(Refusal::NotEnabled("Performance Insights".to_owned())));
        }
    }
    prepare(inner, facts, state, lane).await?;
    let now = inner.now();
    let newest = now.floor_to(60);
    let oldest = newest.plus_secs(-CALL_SPAN_SECS);
    // A clock that was set back must not stop collection until it has caught up.
    state.polled_to = state.polled_to.filter(|to| *to <= newest.plus_secs(60));
    state.has_hole |= state.polled_to.is_some_and(|to| to < oldest);
    let from = state.polled_to.map_or(oldest, |to| to.plus_secs(-FINAL_AFTER_SECS).floor_to(60).max(oldest));
    let window = Window::new(from, newest);
    if window.is_empty() {
        return Ok(());
    }
    let kept = collect_minutes(inner, facts, state, window, lane).await?;
    state.polled_to = state.polled_to.max(kept.answered_to);
    state.saw_load = kept.saw_load;
    if let Some(count) = kept.vcpus {
        note_vcpus(inner, watched, facts, count).await;
    }
    if let Some(minute) = kept.worst_lock_minute {
        let window = Window::new(minute, minute.plus_secs(60));
        if let Err(fault) = fetch_lock_snapshot(inner, facts, window, true, lane).await {
            tracing::debug!(%fault, "a lock snapshot was not to be had");
        }
    }
    if lane == Lane::Background {
        fetch_cut_texts(inner, facts, state, &kept.cut).await;
    }
    Ok(())
}

/// What a window brought.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// End of the newest answered minute.
    pub(super) answered_to: Option<Timestamp>,
    /// Whether there was any load.
    pub(super) saw_load: bool,
    /// Number of vCPUs the instance reported.
    vcpus: Option<f64>,
    /// Statements that came cut.
    cut: Vec<Statement>,
    /// The minute with most load that waited for a lock.
    worst_lock_minute: Option<Timestamp>,
}

/// Learns once what the instance offers and what is known of it.
pub(super) async fn prepare(inner: &Inner, facts: &Instance, state: &mut PollState, lane: Lane) -> Result<(), Fault> {
    let now = inner.now();
    if !state.types_loaded {
        let (id, window) = (facts.id.clone(), Window::new(now.plus_secs(-TYPES_FROM_DAYS * 86_400), now));
        let known =
            inner.with_archive(move |archive| archive.load(&id, &Grouping::total(), window, Period::HOUR)).await?;
        state.wait_types = known.series.into_iter().map(|series| series.key).collect();
        state.wait_types.extend(plan::usual_wait_types(facts.engine).iter().map(|name| (*name).to_owned()));
        state.types_loaded = true;
    }
    let hold = match state.poor_offers {
        0 => OFFERS_HOLD_SECS,
        times => (OFFERS_RETRY_SECS << (times - 1).min(9)).min(OFFERS_HOLD_SECS),
    };
    if state.offers.as_ref().is_some_and(|(_, at)| now.0 - at.0 < hold * 1000) {
        return Ok(());
    }
    match inner.collector.discover(facts, lane).await {
        Ok(offers) => {
            let has_statistics =
                StatementStat::Calls.metric(facts.engine).is_none_or(|name| offers.offers_metric(name));
            state.poor_offers = if has_statistics { 0 } else { state.poor_offers + 1 };
            state.refused.clear();
            let (id, groups) = (facts.id.clone(), offers.groups.clone());
            inner.with_archive(move |archive| archive.put_offers(&id, &groups)).await?;
            state.offers = Some((offers, now));
        }
        // Not allowed to list what there is: ask for what every engine has.
        Err(CollectError::AccessDenied { .. } | CollectError::Invalid { .. }) => {
            state.offers = Some((plan::basic_offers(), now));
        }
        Err(error) if state.offers.is_none() => return Err(Fault::aws(&error, now)),
        Err(_) => {}
    }
    Ok(())
}

/// Asks the standard questions for a window of minutes and archives the answers: one call, and a
/// second for SQL by each wait event type the first one named.
pub(super) async fn collect_minutes(
    inner: &Inner,
    facts: &Instance,
    state: &mut PollState,
    window: Window,
    lane: Lane,
) -> Result<Kept, Fault> {
    let offers = state.offers.as_ref().map_or_else(plan::basic_offers, |(offers, _)| offers.clone());
    let (first, left) = plan::questions(facts, &offers, &state.refused);
    let now = inner.now();
    let mut answer = ask(inner, facts, &first, window, lane).await?;
    let total = reference_total(&answer.batches);
    // Nothing was sampled in all of the window: there is nothing more to ask.
    let left = if total.is_empty() { Vec::new() } else { left };
    let mut second = plan::sql_by_type(types_in(&answer.batches).iter().map(String::as_str));
    let blocking = plan::blocking(&offers);
    let types = types_in(&answer.batches);
    if plan::may_block(facts.engine, types.iter().map(String::as_str)) {
        second.extend(blocking.iter().cloned());
    } else {
        answer.batches.extend(blocking.iter().filter_map(|question| nobody_waited(facts, question, &total, window)));
    }
    second.retain(|question| !state.refused.contains(question));
    second.extend(left);
    if !second.is_empty() {
        let more = ask(inner, facts, &second, window, lane).await?;
        answer.batches.extend(more.batches);
        answer.statements.extend(more.statements);
        answer.refused.extend(more.refused);
    }
    state.wait_types.extend(types_in(&answer.batches));
    let asked_types = types_in(&answer.batches);
    let silent = state.wait_types.iter().filter(|name| !asked_types.contains(*name));
    answer.batches.extend(silent.map(|name| no_load(facts, name, window)));
    note_refused(inner, facts, state, &answer, now);
    keep(inner, facts, answer, &total, now).await
}

async fn ask(
    inner: &Inner,
    facts: &Instance,
    questions: &[Question],
    window: Window,
    lane: Lane,
) -> Result<Answer, Fault> {
    let asked = inner.collector.ask(facts, questions, window, Period::MINUTE, lane).await;
    asked.map_err(|error| Fault::aws(&error, inner.now()))
}

fn note_refused(inner: &Inner, facts: &Instance, state: &mut PollState, answer: &Answer, now: Timestamp) {
    for (question, _) in &answer.refused {
        if !state.refused.contains(question) {
            state.refused.push(question.clone());
        }
    }
    if !answer.refused.is_empty() {
        let notes = answer.refused.iter().map(|(question, words)| format!("{question:?}: {words}"));
        inner.board.note(SourceKind::PerformanceInsights, &facts.id, now, notes.collect());
    }
}

/// The unfiltered total: where it has a point, the instance was sampled.
fn reference_total(batches: &[Batch]) -> Vec<Point> {
    let mut totals = batches.iter().filter_map(|batch| match batch {
        Batch::Load(load) if load.grouping.filter.is_empty() && !load.total.is_empty() => Some(load.total.clone()),
        _ => None,
    });
    totals.next().unwrap_or_default()
}

/// Wait event types with load in an answer.
fn types_in(batches: &[Batch]) -> BTreeSet<String> {
    let by_type = batches.iter().filter_map(|batch| match batch {
        Batch::Load(load) if load.grouping == Grouping::total() => Some(&load.series),
        _ => None,
    });
    by_type.flatten().map(|series| series.key.clone()).collect()
}

/// SQL of a wait event type that the answer by type did not name: a true zero wherever the instance
/// was sampled, which the total filled in later says.
fn no_load(facts: &Instance, wait_type: &str, window: Window) -> Batch {
    Batch::Load(LoadBatch {
        instance: facts.id.clone(),
        grouping: plan::sql_where(wait_type),
        period: Period::MINUTE,
        answered: window,
        total: Vec::new(),
        series: Vec::new(),
    })
}

/// Load by blocker where no wait event type says that anybody waited for a lock: all of it is
/// unattributed.
fn nobody_waited(facts: &Instance, question: &Question, total: &[Point], window: Window) -> Option<Batch> {
    let Question::Load(grouping) = question else { return None };
    Some(Batch::Load(LoadBatch {
        instance: facts.id.clone(),
        grouping: grouping.clone(),
        period: Period::MINUTE,
        answered: window,
        total: total.to_vec(),
        series: Vec::new(),
    }))
}

/// Archives an answer. `total` is the unfiltered total of the same window.
pub(super) async fn keep(
    inner: &Inner,
    facts: &Instance,
    answer: Answer,
    total: &[Point],
    now: Timestamp,
) -> Result<Kept, Fault> {
    let mut batches: Vec<Batch> = answer.batches.into_iter().flat_map(|batch| measured(batch, total)).collect();
    for batch in &mut batches {
        fill_zeros(batch, total);
    }
    batches.retain_mut(|batch| cut_unfinished(batch, total, now));
    let mut statements = answer.statements;
    statements.sort_by(|a, b| a.pi_id.cmp(&b.pi_id).then(b.last_seen.cmp(&a.last_seen)));
    statements.dedup_by(|a, b| a.pi_id == b.pi_id);
    let kept = Kept {
        answered_to: batches.iter().filter_map(load_end).max(),
        saw_load: total.iter().any(|point| point.value > 0.0),
        vcpus: vcpus_in(&batches),
        worst_lock_minute: worst_lock_minute(&batches),
        cut: statements.iter().filter(|statement| statement.truncated).cloned().collect(),
    };
    let id = facts.id.clone();
    inner
        .with_archive(move |archive| {
            archive.append_all(&batches)?;
            archive.put_statements(&statements)
        })
        .await
        .inspect_err(|fault| inner.board.failed(SourceKind::Archive, Some(&id), now, fault))?;
    Ok(kept)
}

/// The unfiltered total in an answer.
pub(super) fn total_of(answer: &Answer) -> Vec<Point> {
    reference_total(&answer.batches)
}

/// A counter batch without what is not final; `None` when nothing remains.
pub(super) fn settled(mut batch: Batch, now: Timestamp) -> Option<Batch> {
    cut_unfinished(&mut batch, &[], now).then_some(batch)
}

fn load_end(batch: &Batch) -> Option<Timestamp> {
    matches!(batch, Batch::Load(_)).then(|| batch.answered().to)
}

/// Statistics have no total of their own: where the load of the same answer has no point, nothing was
/// measured, and a statement without calls there is not one that was not called.
fn measured(batch: Batch, total: &[Point]) -> Vec<Batch> {
    let Batch::Statistic(statistic) = batch else { return vec![batch] };
    let period = statistic.period.secs();
    let starts: BTreeSet<Timestamp> =
        total.iter().map(|point| point.at.floor_to(period)).filter(|at| statistic.answered.contains(*at)).collect();
    let mut runs: Vec<Window> = Vec::new();
    for from in starts {
        let to = from.plus_secs(i64::from(period));
        match runs.last_mut() {
            Some(last) if last.to == from => last.to = to,
            _ => runs.push(Window::new(from, to)),
        }
    }
    let part = |answered: Window| {
        let inside = |series: &LoadSeries| LoadSeries {
            key: series.key.clone(),
            points: series.points.iter().copied().filter(|point| answered.contains(point.at)).collect(),
        };
        let mut series: Vec<LoadSeries> = statistic.series.iter().map(inside).collect();
        series.retain(|series| !series.points.is_empty());
        Batch::Statistic(StatisticBatch { instance: statistic.instance.clone(), answered, series, ..statistic })
    };
    runs.into_iter().map(part).collect()
}

/// A filter that matched nothing has no total in the answer; where the unfiltered total has a
/// point, that is a zero and no gap.
fn fill_zeros(batch: &mut Batch, total: &[Point]) {
    let Batch::Load(load) = batch else { return };
    if load.grouping.filter.is_empty() {
        return;
    }
    let known: BTreeSet<Timestamp> = load.total.iter().map(|point| point.at).collect();
    let zeros = total.iter().filter(|point| load.answered.contains(point.at) && !known.contains(&point.at));
    load.total.extend(zeros.map(|point| Point { at: point.at, value: 0.0 }));
    load.total.sort_by_key(|point| point.at);
}

/// Ends a batch where the source is not done yet: young buckets without a value stay unanswered,
/// and nothing is kept of the future. `false` when nothing remains.
fn cut_unfinished(batch: &mut Batch, total: &[Point], now: Timestamp) -> bool {
    let period = batch.period().secs();
    let settled = now.plus_secs(-FINAL_AFTER_SECS).floor_to(period);
    let newest = |points: &[Point]| points.last().map(|point| point.at.plus_secs(i64::from(period)));
    let told = match batch {
        // Filtered load and statistics are as new as the load of the same answer.
        Batch::Load(load) if load.grouping.filter.is_empty() => newest(&load.total),
        Batch::Load(_) | Batch::Statistic(_) => newest(total),
        Batch::Counter(counter) => newest(&counter.points),
    };
    let end = told.map_or(settled, |told| told.max(settled)).min(now.ceil_to(period));
    let (answered, all): (&mut Window, Vec<&mut Vec<Point>>) = match batch {
        Batch::Load(load) => {
            let series = load.series.iter_mut().map(|series| &mut series.points);
            (&mut load.answered, std::iter::once(&mut load.total).chain(series).collect())
        }
        Batch::Counter(counter) => (&mut counter.answered, vec![&mut counter.points]),
        Batch::Statistic(statistic) => {
            let series = statistic.series.iter_mut().map(|series| &mut series.points);
            (&mut statistic.answered, series.collect())
        }
    };
    answered.to = answered.to.min(end).max(answered.from);
    for points in all {
        points.retain(|point| point.at < answered.to);
        points.sort_by_key(|point| point.at);
        points.dedup_by_key(|point| point.at);
    }
    !answered.is_empty()
}

/// Asks for the whole text of statements that came cut, a few a poll, each seldom.
async fn fetch_cut_texts(inner: &Inner, facts: &Instance, state: &mut PollState, cut: &[Statement]) {
    let now = inner.now();
    let due = |tried: &BTreeMap<String, Timestamp>, pi_id: &str| {
        tried.get(pi_id).is_none_or(|at| now.0 - at.0 > TEXT_AGAIN_SECS * 1000)
    };
    let ids: Vec<String> =
        cut.iter().map(|one| one.pi_id.clone()).filter(|pi_id| due(&state.texts_tried, pi_id)).collect();
    let Ok(known) = inner.with_archive(move |archive| archive.statements(&ids)).await else { return };
    for statement in known.values().filter(|statement| statement.truncated).take(TEXTS_PER_POLL) {
        if state.texts_tried.len() >= MAX_TEXTS_TRIED {
            state.texts_tried.clear();
        }
        state.texts_tried.insert(statement.pi_id.clone(), now);
        if let Err(fault) = fetch_text(inner, facts, statement, Lane::Background).await {
            tracing::debug!(%fault, "a full text was not to be had");
        }
    }
}

/// Asks for one full text and archives it; the digest is corrected and history follows.
pub(super) async fn fetch_text(inner: &Inner, facts: &Instance, cut: &Statement, lane: Lane) -> Result<(), Fault> {
    let now = inner.now();
    let window = Window::new(cut.last_seen.plus_secs(-3600).floor_to(3600), now.ceil_to(3600));
    let text = inner.collector.fetch_full_text(facts, cut, window, lane).await;
    if let Some(full) = text.map_err(|error| Fault::aws(&error, now))? {
        inner.with_archive(move |archive| archive.put_statements(&[full])).await?;
    }
    Ok(())
}

/// Asks who waited for whom in a second of `window` and archives it.
pub(super) async fn fetch_lock_snapshot(
    inner: &Inner,
    facts: &Instance,
    window: Window,
    worst: bool,
    lane: Lane,
) -> Result<(), Fault> {
    let now = inner.now();
    let found = inner.collector.fetch_lock_snapshot(facts, window, worst, lane).await;
    if let Some(snapshot) = found.map_err(|error| Fault::aws(&error, now))? {
        let id = facts.id.clone();
        inner.with_archive(move |archive| archive.put_lock_snapshot(&id, &snapshot)).await?;
    }
    Ok(())
}

/// Asks what plans are, a call each, and archives them.
pub(super) async fn fetch_plans(
    inner: &Inner,
    facts: &Instance,
    plan_ids: Vec<String>,
    lane: Lane,
) -> Result<(), Fault> {
    let now = inner.now();
    for plan_id in plan_ids {
        let plan = inner.collector.fetch_plan(facts, &plan_id, now, lane).await;
        let (plan, id) = (plan.map_err(|error| Fault::aws(&error, now))?, facts.id.clone());
        inner.with_archive(move |archive| archive.put_plan(&id, &plan)).await?;
    }
    Ok(())
}

/// The minute in which most load waited for a lock, if any did.
fn worst_lock_minute(batches: &[Batch]) -> Option<Timestamp> {
    let by_session = batches.iter().find_map(|batch| match batch {
        Batch::Load(load) if load.grouping == Grouping::by(Dimension::BlockingSession) => Some(load),
        _ => None,
    })?;
    let mut minutes: BTreeMap<Timestamp, f64> = BTreeMap::new();
    for point in by_session.series.iter().flat_map(|series| &series.points) {
        *minutes.entry(point.at).or_default() += point.value;
    }
    let worst = minutes.into_iter().filter(|(_, load)| *load > 0.0).max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(worst.0)
}

/// Takes the number of vCPUs from what a poll brought.
async fn note_vcpus(inner: &Inner, watched: &Watched, facts: &Instance, count: f64) {
    let measured = Some(Vcpus { count, origin: Vcpus::MEASURED.to_owned() });
    if facts.vcpus == measured {
        return;
    }
    let known = Instance { vcpus: measured, ..facts.clone() };
    *watched.facts.write().unwrap_or_else(PoisonError::into_inner) = known.clone();
    if let Err(fault) = inner.with_archive(move |archive| archive.put_instances(&[known])).await {
        inner.board.failed(SourceKind::Archive, None, inner.now(), &fault);
    }
}

/// The newest number of vCPUs in an answer.
fn vcpus_in(batches: &[Batch]) -> Option<f64> {
    let counted = batches.iter().filter_map(|batch| match batch {
        Batch::Counter(counter) if counter.metric.as_str() == plan::VCPUS => counter.points.last(),
        _ => None,
    });
    counted.map(|point| point.value).find(|count| *count > 0.0)
}

/// Everything this module stores per minute and instance, for the coverage of the Sources page.
#[must_use]
pub(super) fn is_standard(grouping: &Grouping) -> bool {
    match grouping.filter.as_slice() {
        [] => !matches!(grouping.group, Dimension::Statement | Dimension::Plan),
        [(Dimension::WaitType, _)] => grouping.group == Dimension::Sql,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::ResourceId;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_secs(1_795_392_000 + minute * 60)
    }

    fn load(grouping: Grouping, minutes: &[i64]) -> Batch {
        Batch::Load(LoadBatch {
            instance: ResourceId("db-1".into()),
            grouping,
            period: Period::MINUTE,
            answered: Window::new(at(0), at(10)),
            total: minutes.iter().map(|minute| Point { at: at(*minute), value: 1.0 }).collect(),
            series: Vec::new(),
        })
    }

    #[test]
    fn young_minutes_without_a_value_stay_unanswered() {
        let total: Vec<Point> = (0..8).map(|minute| Point { at: at(minute), value: 1.0 }).collect();
        let mut batch = load(Grouping::total(), &[0, 1, 2, 3, 4, 5, 6, 7]);
        assert!(cut_unfinished(&mut batch, &total, at(10)));
        assert_eq!(batch.answered(), Window::new(at(0), at(8)), "minutes 8 and 9 have not arrived");
        let mut old = load(Grouping::total(), &[0]);
        assert!(cut_unfinished(&mut old, &[], at(60)));
        assert_eq!(old.answered(), Window::new(at(0), at(10)), "an old gap is an answer");
        let mut future = load(Grouping::total(), &[0, 5, 9]);
        assert!(cut_unfinished(&mut future, &[], at(3)));
        assert_eq!(future.answered(), Window::new(at(0), at(3)), "nothing is kept of the future");
    }

    #[test]
    fn a_filter_without_match_is_zero_where_the_instance_was_sampled() {
        let mut batch = load(plan::sql_where("Lock"), &[3]);
        fill_zeros(&mut batch, &[Point { at: at(2), value: 4.0 }, Point { at: at(3), value: 4.0 }]);
        let Batch::Load(load) = batch else { panic!("a load batch") };
        assert_eq!(load.total, [Point { at: at(2), value: 0.0 }, Point { at: at(3), value: 1.0 }]);
    }

    #[test]
    fn statistics_are_known_where_the_load_is() {
        let point = |minute, value| Point { at: at(minute), value };
        let called = LoadSeries { key: "A".into(), points: vec![point(3, 7.0), point(6, 8.0)] };
        let batch = Batch::Statistic(StatisticBatch {
            instance: ResourceId("db-1".into()),
            stat: StatementStat::Calls,
            period: Period::MINUTE,
            answered: Window::new(at(0), at(10)),
            series: vec![called],
        });
        let parts = measured(batch, &[point(3, 1.0), point(4, 0.0), point(6, 2.0)]);
        let answered: Vec<Window> = parts.iter().map(Batch::answered).collect();
        assert_eq!(answered, [Window::new(at(3), at(5)), Window::new(at(6), at(7))]);
        let values = parts.iter().map(|part| match part {
            Batch::Statistic(part) => part.series.iter().flat_map(|one| &one.points).map(|one| one.value).collect(),
            _ => Vec::new(),
        });
        assert_eq!(values.collect::<Vec<Vec<f64>>>(), [[7.0], [8.0]]);
    }

    #[test]
    fn standard_groupings_are_known() {
        assert!(is_standard(&Grouping::by(Dimension::User)));
        assert!(is_standard(&plan::sql_where("IO")));
        assert!(!is_standard(&Grouping::by(Dimension::Sql).filtered(Dimension::User, "web")));
    }
}
