//! The loop: connect, sample every second, report, reconnect with back-off.

use crate::clock::{Clock, Stopwatch};
use crate::counters::statement_columns;
use crate::deltas::{CounterTotals, StatementTotals, counter_rates, statement_deltas};
use crate::host::{self, Host};
use crate::observation::{
    ActivitySample, CounterReading, DatabaseDescription, Engine, GapReason, Observation, SamplerCost,
    StatementInterval, StatementText,
};
use crate::schedule::{LATEST_START_MS, Schedule};
use crate::session::Session;
use crate::{SamplerError, Target};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Counters are read this often: six readings make a minute's minimum, maximum and average.
const COUNTER_PERIOD_SECS: i64 = 10;
/// Statement statistics are read this often, on the minute, so that minutes add up exactly.
const STATEMENT_PERIOD_SECS: i64 = 60;
/// Texts of statements newly seen in sessions are asked for this often.
const TEXT_PERIOD_SECS: i64 = 10;
/// Statements asked for at once.
const TEXTS_AT_ONCE: usize = 200;
/// How often a text is asked for before it is given up (a statement may be evicted before we ask).
const TEXT_ATTEMPTS: u8 = 6;
/// Known statements; beyond it the memory is emptied and texts are asked for again.
const MOST_KNOWN_TEXTS: usize = 50_000;
/// What our own statements carry, in texts of either family.
const OWN_MARKS: [&str; 2] = ["loadlens sampler", "loadlens_sampler"];
/// First and longest pause between attempts to connect.
const BACKOFF_MS: std::ops::RangeInclusive<i64> = 500..=15_000;

/// Samples `target` until the receiver of `observations` is dropped.
///
/// Nothing the database does ends it: lost connections are reported and made anew.
pub async fn run(target: Target, clock: Clock, observations: mpsc::Sender<Observation>) {
    let mut sampler =
        Sampler { clock, observations, schedule: Schedule::default(), memory: Memory::new(target.engine) };
    let mut pause_ms = *BACKOFF_MS.start();
    loop {
        let reason = match Session::open(&target).await {
            Ok((session, description)) => {
                pause_ms = *BACKOFF_MS.start();
                sampler.sample(session, description).await
            }
            Err(error) => Err(error),
        };
        let Err(error) = reason else { return };
        let observation = Observation::Disconnected { reason: error.to_string() };
        if sampler.observations.send(observation).await.is_err() {
            return;
        }
        sampler.clock.sleep_until_ms(sampler.clock.now_ms() + pause_ms).await;
        pause_ms = (pause_ms * 2).min(*BACKOFF_MS.end());
    }
}

struct Sampler {
    clock: Clock,
    observations: mpsc::Sender<Observation>,
    schedule: Schedule,
    memory: Memory,
}

/// What outlives a connection.
struct Memory {
    engine: Engine,
    system_identifier: Option<String>,
    started_at_ms: Option<i64>,
    statements: Option<StatementTotals>,
    counters: Option<CounterTotals>,
    host: Host,
    texts: Texts,
    cost: SamplerCost,
    backend_cpu_ms: Option<f64>,
}

/// Which statements' texts are known, wanted, or ours.
#[derive(Default)]
struct Texts {
    known: HashSet<Arc<str>>,
    own: HashSet<Arc<str>>,
    wanted: HashMap<Arc<str>, u8>,
}

/// The receiver is gone: nobody wants samples any more.
struct Unwanted;

impl Sampler {
    /// Samples over one connection. Ends with an error when it breaks, with `Ok` when unwanted.
    async fn sample(&mut self, mut session: Session, description: DatabaseDescription) -> Result<(), SamplerError> {
        if self.memory.system_identifier != description.system_identifier {
            self.memory = Memory::new(description.engine);
            self.memory.system_identifier.clone_from(&description.system_identifier);
        }
        self.memory.engine = description.engine;
        // A server that was restarted counts from zero, or nearly so: nothing to subtract from.
        if self.memory.started_at_ms.is_none_or(|then| !is_same_start(then, description.started_at_ms)) {
            self.memory.counters = None;
        }
        self.memory.started_at_ms = description.started_at_ms;
        self.memory.backend_cpu_ms = None;
        let is_local = description.is_on_this_machine;
        let mut gap_reason = GapReason::Disconnected;
        if self.tell(Observation::Connected(Box::new(description))).await.is_err() {
            return Ok(());
        }
        loop {
            let due = self.schedule.next_due(self.clock.now_ms());
            if !due.missed.is_empty() && self.gap(due.missed.start, due.missed.end, gap_reason).await.is_err() {
                return Ok(());
            }
            gap_reason = GapReason::Late;
            self.clock.sleep_until_ms(due.second * 1_000).await;
            if self.second(&mut session, due.second, is_local).await?.is_err() {
                return Ok(());
            }
        }
    }

    /// All the work due at one second.
    async fn second(
        &mut self,
        session: &mut Session,
        at: i64,
        is_local: bool,
    ) -> Result<Result<(), Unwanted>, SamplerError> {
        if self.clock.now_ms() - at * 1_000 > LATEST_START_MS {
            return Ok(self.gap(at, at + 1, GapReason::Late).await);
        }
        let watch = self.asked();
        let sample = session.activity(at).await;
        self.answered(watch);
        let told = match sample {
            Ok(sample) => {
                self.memory.texts.note_activity(&sample);
                self.tell(Observation::Activity(sample)).await
            }
            Err(error) => {
                let told = self.gap(at, at + 1, GapReason::Failed).await;
                survivable(error)?;
                told
            }
        };
        if told.is_err() {
            return Ok(told);
        }
        if at % COUNTER_PERIOD_SECS == 0 && self.counters(session, at, is_local).await?.is_err() {
            return Ok(Err(Unwanted));
        }
        if at % STATEMENT_PERIOD_SECS == 0 {
            if self.statements(session, at).await?.is_err() || self.cost(session, at, is_local).await.is_err() {
                return Ok(Err(Unwanted));
            }
        } else if at % TEXT_PERIOD_SECS == 3 && !self.memory.texts.wanted.is_empty() {
            return self.texts(session).await;
        }
        Ok(Ok(()))
    }

    async fn counters(
        &mut self,
        session: &mut Session,
        at: i64,
        is_local: bool,
    ) -> Result<Result<(), Unwanted>, SamplerError> {
        let watch = self.asked();
        let totals = session.counters(at).await;
        self.answered(watch);
        let mut values = Vec::new();
        match totals {
            Ok(totals) => {
                values = counter_rates(self.memory.counters.as_ref(), &totals);
                self.memory.counters = Some(totals);
            }
            Err(error) => survivable(error)?,
        }
        if is_local {
            values.extend(self.memory.host.read());
        }
        Ok(self.tell(Observation::Counters(CounterReading { at_secs: at, values })).await)
    }

    async fn statements(&mut self, session: &mut Session, at: i64) -> Result<Result<(), Unwanted>, SamplerError> {
        let watch = self.asked();
        let totals = session.statements(at).await;
        self.answered(watch);
        let totals = match totals {
            Ok(Some(totals)) => totals,
            Ok(None) => return Ok(Ok(())),
            Err(error) => return survivable(error).map(Ok),
        };
        let before = self.memory.statements.as_ref();
        let deltas = before.and_then(|before| Some((before.at_secs, statement_deltas(before, &totals)?)));
        for id in deltas.iter().flat_map(|(_, deltas)| deltas).map(|delta| &delta.statement_id) {
            self.memory.texts.want(id);
        }
        self.memory.statements = Some(totals);
        // Texts first: they tell which statements are our own.
        if self.texts(session).await?.is_err() {
            return Ok(Err(Unwanted));
        }
        let Some((from_secs, mut deltas)) = deltas else { return Ok(Ok(())) };
        deltas.retain(|delta| !self.memory.texts.own.contains(&delta.statement_id));
        let interval =
            StatementInterval { from_secs, to_secs: at, columns: statement_columns(self.memory.engine), deltas };
        Ok(self.tell(Observation::Statements(interval)).await)
    }

    async fn texts(&mut self, session: &mut Session) -> Result<Result<(), Unwanted>, SamplerError> {
        let mut wanted: Vec<Arc<str>> = self.memory.texts.wanted.keys().cloned().collect();
        if wanted.is_empty() {
            return Ok(Ok(()));
        }
        wanted.sort();
        wanted.truncate(TEXTS_AT_ONCE);
        let watch = self.asked();
        let found = session.texts(&wanted).await;
        self.answered(watch);
        match found {
            Ok(found) => {
                let news = self.memory.texts.learn(&wanted, found);
                if news.is_empty() { Ok(Ok(())) } else { Ok(self.tell(Observation::Texts(news)).await) }
            }
            Err(error) => survivable(error).map(Ok),
        }
    }

    async fn cost(&mut self, session: &mut Session, at: i64, is_local: bool) -> Result<(), Unwanted> {
        let cpu_ms = if is_local { session.backend_id().and_then(host::process_cpu_ms) } else { None };
        let backend_cpu_ms = self.memory.backend_cpu_ms.and_then(|then| Some((cpu_ms? - then).max(0.0)));
        self.memory.backend_cpu_ms = cpu_ms;
        let cost = SamplerCost { at_secs: at, backend_cpu_ms, ..self.memory.cost };
        self.memory.cost = SamplerCost::default();
        self.tell(Observation::Cost(cost)).await
    }

    fn asked(&mut self) -> Stopwatch {
        self.memory.cost.queries += 1;
        Stopwatch::start()
    }

    fn answered(&mut self, watch: Stopwatch) {
        self.memory.cost.round_trip_ms += watch.elapsed_ms();
    }

    async fn gap(&self, from_secs: i64, to_secs: i64, reason: GapReason) -> Result<(), Unwanted> {
        self.tell(Observation::Gap { from_secs, to_secs, reason }).await
    }

    async fn tell(&self, observation: Observation) -> Result<(), Unwanted> {
        self.observations.send(observation).await.map_err(|_| Unwanted)
    }
}

/// MySQL tells its start to the second only.
fn is_same_start(then_ms: i64, now_ms: Option<i64>) -> bool {
    now_ms.is_some_and(|now_ms| (now_ms - then_ms).abs() <= 2_000)
}

impl Memory {
    fn new(engine: Engine) -> Self {
        Self {
            engine,
            system_identifier: None,
            started_at_ms: None,
            statements: None,
            counters: None,
            host: Host::default(),
            texts: Texts::default(),
            cost: SamplerCost::default(),
            backend_cpu_ms: None,
        }
    }
}

/// A failed query leaves the connection usable; anything else ends it.
fn survivable(error: SamplerError) -> Result<(), SamplerError> {
    match error {
        SamplerError::Query(reason) => {
            tracing::debug!(reason, "sampling query failed");
            Ok(())
        }
        other => Err(other),
    }
}

impl Texts {
    fn want(&mut self, id: &Arc<str>) {
        if !self.known.contains(id) && !self.own.contains(id) {
            self.wanted.entry(id.clone()).or_insert(0);
        }
    }

    fn note_activity(&mut self, sample: &ActivitySample) {
        for session in &sample.sessions {
            if let Some(id) = &session.statement_id {
                self.want(id);
            }
        }
    }

    /// Sorts answers into known and ours; gives up on statements that stay unknown.
    fn learn(&mut self, asked: &[Arc<str>], found: Vec<StatementText>) -> Vec<StatementText> {
        if self.known.len() > MOST_KNOWN_TEXTS {
            self.known.clear();
        }
        let mut news = Vec::with_capacity(found.len());
        for text in found {
            self.wanted.remove(&text.statement_id);
            if OWN_MARKS.iter().any(|mark| text.text.contains(mark)) {
                self.own.insert(text.statement_id);
            } else {
                self.known.insert(text.statement_id.clone());
                news.push(text);
            }
        }
        for id in asked {
            if let Some(attempts) = self.wanted.get_mut(id) {
                *attempts += 1;
                if *attempts >= TEXT_ATTEMPTS {
                    self.wanted.remove(id);
                    self.known.insert(id.clone());
                }
            }
        }
        news
    }
}
