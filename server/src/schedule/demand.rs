//! Serving readers: one collection for equal requests, questions of one moment in one call, and a
//! budget of calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use collect::{Lane, Question};
use samples::{Grouping, Refusal, Wanted};
use tokio::sync::oneshot;
use units::{Period, ResourceId, Timestamp, Window};

use super::health::Fault;
use super::plan::QUESTIONS_PER_CALL;
use super::{Inner, Watched, poll, rounds, tiers};

/// Questions of one page arrive within this time and share calls.
const GATHER: Duration = Duration::from_millis(10);
/// An answered request is not asked again for this long, whoever asks.
const HOLD: Duration = Duration::from_secs(10);
/// One-second data newer than this is asked for in steps of ten seconds: viewers that refresh at
/// different moments still share calls.
const LIVE_STEP_SECS: u32 = 10;
/// Values of an alarm newer than this are asked for in steps of half a minute.
const SERIES_STEP_SECS: u32 = 30;
/// Longest window of one-second data of one request: three calls.
const MAX_SECONDS_WINDOW: i64 = 900;
/// Longest window a lock snapshot is looked for in: one call's seconds.
const MAX_SNAPSHOT_WINDOW: i64 = 300;
/// Windows that end this recently concern the poll.
const NEWEST_SECS: i64 = 3 * 3600;
/// Most slices of one request.
const MAX_SLICES: i64 = 4;
/// Most plans of one request: those of one chart's layers.
const MAX_PLANS: usize = 25;
/// Answers remembered for [`HOLD`].
const MAX_HELD: usize = 4096;

type Waiting = oneshot::Sender<Result<(), Refusal>>;

/// Requests on their way, and those answered a moment ago.
#[derive(Default)]
pub(super) struct Flights(Mutex<Board>);

#[derive(Default)]
struct Board {
    waiting: HashMap<Wanted, Vec<Waiting>>,
    held: HashMap<Wanted, (tokio::time::Instant, Result<(), Refusal>)>,
    /// Load requests gathered for the next call: those that may ride together.
    gathering: HashMap<(ResourceId, Window, Period), Vec<Grouping>>,
}

impl Flights {
    fn with<T>(&self, work: impl FnOnce(&mut Board) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn land(&self, wanted: &Wanted, outcome: &Result<(), Refusal>) {
        let waiting = self.with(|board| {
            if board.held.len() >= MAX_HELD {
                board.held.retain(|_, (at, _)| at.elapsed() < HOLD);
            }
            board.held.insert(wanted.clone(), (tokio::time::Instant::now(), outcome.clone()));
            board.waiting.remove(wanted).unwrap_or_default()
        });
        for one in waiting {
            // A reader who went away does not mind.
            let _gone = one.send(outcome.clone());
        }
    }
}

/// Serves one request.
pub(super) async fn serve(inner: &Arc<Inner>, wanted: Wanted) -> Result<(), Refusal> {
    let wanted = normalised(wanted, inner.now());
    if let Wanted::Load { instance, .. } | Wanted::Counters { instance, .. } = &wanted
        && let Some(watched) = inner.watched(instance)
    {
        watched.look(inner.now());
    }
    let (sender, receiver) = oneshot::channel();
    let joined = inner.flights.with(|board| {
        if let Some((at, outcome)) = board.held.get(&wanted)
            && at.elapsed() < HOLD
        {
            return Some(Some(outcome.clone()));
        }
        let waiting = board.waiting.entry(wanted.clone()).or_default();
        waiting.push(sender);
        (waiting.len() > 1).then_some(None)
    });
    match joined {
        Some(Some(outcome)) => return outcome,
        Some(None) => {}
        None => start(inner, wanted),
    }
    receiver.await.unwrap_or_else(|_| Err(Refusal::Failed("the collection was stopped".to_owned())))
}

/// Windows on whole buckets, so that equal questions are equal requests.
fn normalised(wanted: Wanted, now: Timestamp) -> Wanted {
    match wanted {
        Wanted::Load { instance, grouping, window, period } => {
            let offered = period.offered();
            let mut window = window.aligned(offered.secs());
            let newest = if offered < Period::MINUTE { now.floor_to(LIVE_STEP_SECS) } else { now.floor_to(60) };
            window.to = window.to.min(newest).max(window.from);
            Wanted::Load { instance, grouping, window, period: offered }
        }
        Wanted::Counters { instance, window } => Wanted::Counters { instance, window: window.aligned(60) },
        Wanted::Tiers { app, window } => Wanted::Tiers { app, window: window.aligned(60) },
        Wanted::AlarmSeries { alarm, window } => {
            // Whoever looks at a window that is not over shares the answer of half a minute.
            let to = window.to.min(now.floor_to(SERIES_STEP_SECS)).max(window.from);
            Wanted::AlarmSeries { alarm, window: Window::new(window.from.floor_to(60), to) }
        }
        other => other,
    }
}

/// Starts the collection of a request in a task of its own: it ends even if the reader leaves.
fn start(inner: &Arc<Inner>, wanted: Wanted) {
    let task_inner = Arc::clone(inner);
    match wanted {
        Wanted::Load { instance, grouping, window, period } => {
            let place = (instance, window, period);
            let is_first = inner.flights.with(|board| {
                let groupings = board.gathering.entry(place.clone()).or_default();
                groupings.push(grouping);
                groupings.len() == 1
            });
            if is_first {
                inner.tasks.spawn(async move { gather_and_load(&task_inner, place).await });
            }
        }
        wanted => {
            inner.tasks.spawn(async move {
                let work = {
                    let (inner, wanted) = (Arc::clone(&task_inner), wanted.clone());
                    async move { other(&inner, wanted).await }
                };
                let outcome = guarded(&task_inner, work).await;
                task_inner.flights.land(&wanted, &outcome);
            });
        }
    }
}

/// Waits a moment for questions that may ride along, then collects them together.
async fn gather_and_load(inner: &Arc<Inner>, place: (ResourceId, Window, Period)) {
    tokio::time::sleep(GATHER).await;
    let groupings = inner.flights.with(|board| board.gathering.remove(&place)).unwrap_or_default();
    let (instance, window, period) = place;
    let work = {
        let (inner, instance, groupings) = (Arc::clone(inner), instance.clone(), groupings.clone());
        async move { load(&inner, &instance, groupings, window, period).await }
    };
    let outcome = guarded(inner, work).await;
    for grouping in groupings {
        let refused = outcome.as_ref().map(|refused| refused.iter().find(|(one, _)| *one == grouping));
        let of_this = match refused {
            Ok(None) => Ok(()),
            Ok(Some((_, words))) => Err(Refusal::Unanswerable(words.clone())),
            Err(refusal) => Err(refusal.clone()),
        };
        inner.flights.land(&Wanted::Load { instance: instance.clone(), grouping, window, period }, &of_this);
    }
}

/// Runs a collection so that its panic becomes an answer and a stop ends it.
async fn guarded<T: Send + 'static>(
    inner: &Arc<Inner>,
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    let mut task = tokio::spawn(work);
    tokio::select! {
        ended = &mut task => ended.unwrap_or_else(|error| {
            tracing::error!(%error, "a collection for a reader failed");
            Err(Refusal::Failed("the collection failed; the log has the cause".to_owned()))
        }),
        () = inner.stop.cancelled() => {
            task.abort();
            Err(Refusal::Failed("the program is stopping".to_owned()))
        }
    }
}

pub(super) fn take_calls(inner: &Inner, calls: usize) -> Result<(), Refusal> {
    let calls = u32::try_from(calls).unwrap_or(u32::MAX);
    inner.budget.take(calls).map_err(|wait| {
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Refusal::Budget { until: inner.now().plus_ms(wait_ms) }
    })
}

/// The pollers of an instance. None runs before the inventory was first read: that is waited for.
async fn known(inner: &Arc<Inner>, instance: &ResourceId) -> Result<Arc<Watched>, Refusal> {
    if let Some(watched) = inner.watched(instance) {
        return Ok(watched);
    }
    let is_first = inner.inventory_turn.lock().await.is_none();
    let read = if is_first { rounds::read_inventory(inner).await.map(drop) } else { Ok(()) };
    // What the archive knows is polled although the reading failed.
    let unknown = || read.map_or_else(|fault| fault.refusal(), |()| Refusal::Unknown(instance.to_string()));
    inner.watched(instance).ok_or_else(unknown)
}

/// Groupings the source cannot answer, with its words or ours.
type Refused = Vec<(Grouping, String)>;

async fn load(
    inner: &Arc<Inner>,
    instance: &ResourceId,
    groupings: Vec<Grouping>,
    window: Window,
    period: Period,
) -> Result<Refused, Refusal> {
    let watched = known(inner, instance).await?;
    let (groupings, unanswerable): (Vec<_>, Vec<_>) = groupings.into_iter().partition(Grouping::is_answerable);
    let words = "Performance Insights takes any filters on the grouped dimension and one on another";
    let mut refused: Refused = unanswerable.into_iter().map(|grouping| (grouping, words.to_owned())).collect();
    let (standard, special): (Vec<_>, Vec<_>) =
        groupings.into_iter().partition(|grouping| period >= Period::MINUTE && poll::is_standard(grouping));
    let now = inner.now();
    let kept_longer = watched.facts().retention_days.is_some_and(|days| days > inner.config.backfill_days);
    let filled_secs = (i64::from(inner.config.backfill_days) * 86_400).max(NEWEST_SECS);
    let filled_from = now.plus_secs(-filled_secs).floor_to(3600);
    if !standard.is_empty() && window.to.0 >= now.0 - NEWEST_SECS * 1000 {
        take_calls(inner, 2)?;
        poll::bring_up_to_date(inner, &watched, Lane::Interactive).await.map_err(|fault| fault.refusal())?;
    }
    if !standard.is_empty() && kept_longer && window.from < filled_from {
        // Older than the back-fill reaches, but the source keeps it.
        let old = Window::new(window.from, window.to.min(filled_from));
        refused.extend(load_special(inner, &watched, standard, old, period).await?);
    }
    if !special.is_empty() {
        refused.extend(load_special(inner, &watched, special, window, period).await?);
    }
    Ok(refused)
}

/// Load that is not collected by the minute: one-second data, filters.
async fn load_special(
    inner: &Inner,
    watched: &Watched,
    groupings: Vec<Grouping>,
    window: Window,
    period: Period,
) -> Result<Refused, Refusal> {
    let facts = watched.facts();
    let now = inner.now();
    let retention = i64::from(facts.retention_days.unwrap_or(7)) * 86_400;
    let kept = Window::new(now.plus_secs(-retention + 120).ceil_to(period.secs()).min(now), now);
    let window = window
        .intersect(kept)
        .ok_or_else(|| Refusal::Unanswerable("Performance Insights no longer keeps that time".to_owned()))?;
    let period = if period < Period::MINUTE { period } else { affordable(window, period) };
    if period < Period::MINUTE && window.secs() > MAX_SECONDS_WINDOW {
        return Err(Refusal::Unanswerable(format!("one-second data is fetched for {MAX_SECONDS_WINDOW} s at most")));
    }
    let id = facts.id.clone();
    let asked = groupings.clone();
    let missing = inner
        .with_archive(move |archive| {
            let mut span: Option<Window> = None;
            for grouping in &asked {
                for run in archive.missing(&id, grouping, window, period)? {
                    span = Some(span.map_or(run, |span| Window::new(span.from.min(run.from), span.to.max(run.to))));
                }
            }
            Ok(span)
        })
        .await
        .map_err(|fault| fault.refusal())?;
    let Some(missing) = missing else { return Ok(Refused::new()) };
    let mut questions: Vec<Question> = groupings.into_iter().map(Question::Load).collect();
    if !questions.contains(&Question::Load(Grouping::total())) {
        // Its total says which buckets were sampled, so that a filter without match is a zero.
        questions.insert(0, Question::Load(Grouping::total()));
    }
    let slices = usize::try_from(slices_of(missing, period)).unwrap_or(1);
    take_calls(inner, slices * questions.len().div_ceil(QUESTIONS_PER_CALL))?;
    let answer = inner.collector.ask(&facts, &questions, missing, period, Lane::Interactive).await;
    let answer = answer.map_err(|error| Fault::aws(&error, now).refusal())?;
    let mut refused = Refused::new();
    for (question, words) in &answer.refused {
        if let Question::Load(grouping) = question {
            refused.push((grouping.clone(), words.clone()));
        }
    }
    let total = poll::total_of(&answer);
    poll::keep(inner, &facts, answer, &total, now).await.map_err(|fault| fault.refusal())?;
    Ok(refused)
}

/// Seconds one call may span; the same figures by which `collect` slices.
const fn call_span(period: Period) -> i64 {
    match period.secs() {
        ..60 => 300,
        60..300 => 3 * 3600,
        300..3600 => 24 * 3600,
        _ => 7 * 86_400,
    }
}

fn slices_of(window: Window, period: Period) -> i64 {
    let span = call_span(period);
    (window.secs() + span - 1) / span
}

/// The finest period of Performance Insights, not finer than asked, that needs few calls.
fn affordable(window: Window, period: Period) -> Period {
    let coarser = Period::OFFERED_BY_PI.into_iter().filter(|offered| *offered >= period && *offered <= Period::HOUR);
    coarser.into_iter().find(|offered| slices_of(window, *offered) <= MAX_SLICES).unwrap_or(Period::HOUR)
}

async fn other(inner: &Arc<Inner>, wanted: Wanted) -> Result<(), Refusal> {
    match wanted {
        Wanted::Load { .. } => Ok(()),
        Wanted::Counters { instance, window } => {
            let watched = known(inner, &instance).await?;
            rounds::want_counters(inner, watched, window).await
        }
        Wanted::StatementText { instance, pi_id } => {
            let watched = known(inner, &instance).await?;
            let ids = [pi_id.clone()];
            let statements = inner.with_archive(move |archive| archive.statements(&ids)).await;
            let statements = statements.map_err(|fault| fault.refusal())?;
            let cut = statements.get(&pi_id).ok_or(Refusal::Unknown(pi_id))?;
            if !cut.truncated {
                return Ok(());
            }
            take_calls(inner, 2)?;
            poll::fetch_text(inner, &watched.facts(), cut, Lane::Interactive).await.map_err(|fault| fault.refusal())
        }
        Wanted::LockSnapshot { instance, window, worst } => {
            let watched = known(inner, &instance).await?;
            if window.secs() > MAX_SNAPSHOT_WINDOW {
                return Err(Refusal::Unanswerable(format!(
                    "a lock snapshot is looked for in {MAX_SNAPSHOT_WINDOW} s at most"
                )));
            }
            take_calls(inner, 2)?;
            let fetched = poll::fetch_lock_snapshot(inner, &watched.facts(), window, worst, Lane::Interactive).await;
            fetched.map_err(|fault| fault.refusal())
        }
        Wanted::Plans { instance, mut ids } => {
            let watched = known(inner, &instance).await?;
            ids.truncate(MAX_PLANS);
            take_calls(inner, ids.len())?;
            poll::fetch_plans(inner, &watched.facts(), ids, Lane::Interactive).await.map_err(|fault| fault.refusal())
        }
        Wanted::Alarm { alarm, at } => {
            take_calls(inner, 2)?;
            rounds::read_alarm(inner, &alarm, at).await
        }
        Wanted::Tiers { app, window } => tiers::want(inner, &app, window).await,
        Wanted::AlarmSeries { alarm, window } => {
            take_calls(inner, 2)?;
            rounds::read_alarm_series(inner, &alarm, window, Lane::Interactive).await
        }
        Wanted::Inventory => {
            take_calls(inner, 1)?;
            rounds::read_inventory(inner).await.map(drop).map_err(|fault| fault.refusal())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::Dimension;

    #[test]
    fn equal_questions_become_equal_requests() {
        let now = Timestamp::from_secs(1_795_392_007);
        let ask = |from: i64, to: i64, period| {
            let window = Window::new(now.plus_secs(from), now.plus_secs(to));
            let grouping = Grouping::by(Dimension::Wait);
            normalised(Wanted::Load { instance: ResourceId("db-1".into()), grouping, window, period }, now)
        };
        assert_eq!(ask(-3600, 0, Period::MINUTE), ask(-3601, 40, Period::MINUTE));
        assert_eq!(ask(-60, 0, Period::SECOND), ask(-60, 2, Period::SECOND));
        assert_ne!(ask(-60, 0, Period::SECOND), ask(-70, 0, Period::SECOND));
    }

    #[test]
    fn long_windows_are_asked_in_longer_periods() {
        let window = |hours: i64| Window::new(Timestamp(0), Timestamp::from_secs(hours * 3600));
        assert_eq!(affordable(window(12), Period::MINUTE), Period::MINUTE);
        assert_eq!(affordable(window(24), Period::MINUTE), Period::FIVE_MINUTES);
        assert_eq!(affordable(window(24 * 7), Period::MINUTE), Period::HOUR);
        assert_eq!(affordable(window(1), Period::HOUR), Period::HOUR);
    }
}
