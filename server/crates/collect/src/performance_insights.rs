//! Load, statement statistics and counters. // PI `GetResourceMetrics`
//!
//! Several questions ride in one call. The answer is a flat list of series in the order of the
//! questions: for each the total, which lacks the grouped dimension, then its groups. A series tells
//! its metric and its group but not its filter, so two questions that differ only by filter are told
//! apart by their totals; when one of those is lacking, they are asked again one by one.

use std::collections::HashMap;

use aws_sdk_pi::types::{DimensionGroup, MetricKeyDataPoints, MetricQuery, PeriodAlignment, ServiceType};
use samples::{
    Batch, CounterBatch, Grouping, Instance, LoadBatch, LoadSeries, MetricName, Point, Statement, StatementStat,
    StatisticBatch,
};
use units::{Dimension, Period, Timestamp, Window};

use crate::access::{Collector, Lane};
use crate::error::CollectError;
use crate::inventory::{date_time, timestamp};
use crate::statement::{RawText, TextReader};
use crate::waits::WaitNames;

/// Questions in one call. // `MetricQueries`: 1..15
const MAX_QUESTIONS: usize = 15;
/// Groups of one answer. // `GroupBy.Limit`: 1..25
const MAX_GROUPS: i32 = 25;
/// Pages of one call that are read at most.
const MAX_PAGES: usize = 64;
/// The metric of load. // average active sessions
const LOAD_METRIC: &str = "db.load.avg";
const ACTION: &str = "pi:GetResourceMetrics";

/// One thing to ask about an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// DB load by a grouping.
    Load(Grouping),
    /// A statement statistic of the top digests.
    Statistic(StatementStat),
    /// A counter metric of Performance Insights, statistic included.
    Counter(MetricName),
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Batches, ready for the archive.
    pub batches: Vec<Batch>,
    /// Statements named in the answer, masked.
    pub statements: Vec<Statement>,
    /// Questions AWS refused, with its words; the others were answered.
    pub refused: Vec<(Question, String)>,
}

impl Answer {
    fn absorb(&mut self, other: Self) {
        self.batches.extend(other.batches);
        self.statements.extend(other.statements);
        self.refused.extend(other.refused);
    }
}

/// The ARN pattern a policy has to allow for an instance.
pub(crate) fn pi_resource(instance: &Instance) -> String {
    let (account, region) = (&instance.account, &instance.region);
    let account = if account.is_empty() { "*" } else { account };
    format!("arn:aws:pi:{region}:{account}:metrics/rds/{}", instance.id)
}

/// Longest window for one call. PI cuts longer answers silently at some 350 points, so calls stay
/// at or under 300.
const fn longest_window_secs(period: Period) -> i64 {
    match period.secs() {
        ..60 => 300,
        60..300 => 3 * 3600,
        300..3600 => 24 * 3600,
        3600..86_400 => 7 * 86_400,
        _ => 200 * 86_400,
    }
}

impl Collector {
    /// Asks about an instance in a window, with the fewest calls: all questions of up to 15 ride in
    /// one, longer windows are sliced. `period` must be one Performance Insights offers.
    ///
    /// A question that AWS refuses does not take the others down: they are asked again without it.
    ///
    /// # Errors
    /// [`CollectError`] of the first call that fails for another reason, or when AWS refuses every
    /// question: then it is the instance or the window it does not like.
    pub async fn ask(
        &self,
        instance: &Instance,
        questions: &[Question],
        window: Window,
        period: Period,
        lane: Lane,
    ) -> Result<Answer, CollectError> {
        let period = period.offered();
        let mut answer = Answer::default();
        for slice in slices(window.aligned(period.secs()), longest_window_secs(period)) {
            for chunk in questions.chunks(MAX_QUESTIONS) {
                let call = Call { instance, window: slice, period, lane };
                answer.absorb(self.ask_or_split(&call, chunk).await?);
            }
        }
        match answer.refused.first() {
            Some((_, message)) if answer.batches.is_empty() => {
                Err(CollectError::Invalid { action: ACTION.to_owned(), message: message.clone() })
            }
            _ => Ok(answer),
        }
    }

    async fn ask_or_split(&self, call: &Call<'_>, questions: &[Question]) -> Result<Answer, CollectError> {
        match self.ask_once(call, questions).await {
            Err(CollectError::Invalid { message, .. }) if questions.len() == 1 => {
                Ok(Answer { refused: vec![(questions[0].clone(), message)], ..Answer::default() })
            }
            Err(CollectError::Invalid { .. }) => {
                let mut answer = Answer::default();
                let (left, right) = questions.split_at(questions.len() / 2);
                answer.absorb(Box::pin(self.ask_or_split(call, left)).await?);
                answer.absorb(Box::pin(self.ask_or_split(call, right)).await?);
                Ok(answer)
            }
            other => other,
        }
    }

    async fn ask_once(&self, call: &Call<'_>, questions: &[Question]) -> Result<Answer, CollectError> {
        let engine = call.instance.engine;
        let queries: Vec<MetricQuery> =
            questions.iter().filter_map(|question| query(question, engine, &self.waits)).collect();
        if queries.is_empty() {
            return Ok(Answer::default());
        }
        let request = self
            .clients(&call.instance.region)?
            .lane(call.lane)
            .pi
            .get_resource_metrics()
            .service_type(ServiceType::Rds)
            .identifier(call.instance.id.as_str())
            .set_metric_queries(Some(queries))
            .start_time(date_time(call.window.from))
            .end_time(date_time(call.window.to))
            .period_in_seconds(call.period.secs().cast_signed())
            .period_alignment(PeriodAlignment::StartTime);
        let mut pages = request.into_paginator().send();
        let mut list: Vec<MetricKeyDataPoints> = Vec::new();
        let mut answered = call.window;
        for _ in 0..MAX_PAGES {
            let Some(page) = pages.next().await else { break };
            let page = page.map_err(|error| CollectError::of(ACTION, &pi_resource(call.instance), &error))?;
            let end = page.aligned_end_time().and_then(timestamp).unwrap_or(answered.to);
            answered.to = answered.to.min(end.max(answered.from));
            page.metric_list.unwrap_or_default().into_iter().for_each(|series| join_pages(&mut list, series));
        }
        match sort_out(call, answered, questions, &list, &self.texts, &self.waits) {
            Some(answer) => Ok(answer),
            None => self.ask_one_by_one(call, questions).await,
        }
    }

    async fn ask_one_by_one(&self, call: &Call<'_>, questions: &[Question]) -> Result<Answer, CollectError> {
        let mut answer = Answer::default();
        for question in questions {
            answer.absorb(Box::pin(self.ask_once(call, std::slice::from_ref(question))).await?);
        }
        Ok(answer)
    }
}

/// One call, apart from its questions.
struct Call<'a> {
    instance: &'a Instance,
    window: Window,
    period: Period,
    lane: Lane,
}

fn slices(window: Window, longest_secs: i64) -> impl Iterator<Item = Window> {
    let starts = std::iter::successors(Some(window.from), move |from| Some(from.plus_secs(longest_secs)));
    starts
        .take_while(move |from| *from < window.to)
        .map(move |from| Window::new(from, from.plus_secs(longest_secs).min(window.to)))
}

/// `None` for a statistic the engine does not have and a dimension PI does not know.
fn query(question: &Question, engine: units::Engine, waits: &WaitNames) -> Option<MetricQuery> {
    let group =
        |dimension: Dimension| DimensionGroup::builder().group(dimension.pi()?.group).limit(MAX_GROUPS).build().ok();
    let builder = match question {
        Question::Counter(metric) => MetricQuery::builder().metric(metric.as_str()),
        Question::Statistic(stat) => {
            MetricQuery::builder().metric(stat.metric(engine)?).group_by(group(Dimension::Sql)?)
        }
        Question::Load(grouping) => {
            let mut filter = HashMap::new();
            for (dimension, key) in &grouping.filter {
                let value = if *dimension == Dimension::Wait { waits.as_asked(key) } else { key };
                filter.insert(dimension.pi()?.key.to_owned(), value.to_owned());
            }
            MetricQuery::builder()
                .metric(LOAD_METRIC)
                .group_by(group(grouping.group)?)
                .set_filter((!filter.is_empty()).then_some(filter))
        }
    };
    builder.build().ok()
}

/// Series with one key are one: a lock object is told apart by its type too, which is no part of ours.
fn joined(series: impl Iterator<Item = LoadSeries>) -> Vec<LoadSeries> {
    let mut out: Vec<LoadSeries> = Vec::new();
    for one in series {
        let Some(known) = out.iter_mut().find(|known| known.key == one.key) else {
            out.push(one);
            continue;
        };
        for point in one.points {
            match known.points.iter_mut().find(|other| other.at == point.at) {
                Some(sum) => sum.value += point.value,
                None => known.points.push(point),
            }
        }
        known.points.sort_by_key(|point| point.at);
    }
    out
}

/// Adds a series to the list; one that continues the last series of the page before is joined to it.
fn join_pages(list: &mut Vec<MetricKeyDataPoints>, series: MetricKeyDataPoints) {
    let continues = list.last().is_some_and(|last| {
        let newest = last.data_points().last().map(|point| *point.timestamp());
        let first = series.data_points().first().map(|point| *point.timestamp());
        last.key == series.key && matches!((newest, first), (Some(newest), Some(first)) if newest < first)
    });
    match list.last_mut().filter(|_| continues) {
        Some(last) => last.data_points.get_or_insert_default().extend(series.data_points.unwrap_or_default()),
        None => list.push(series),
    }
}

fn dimensions(series: &MetricKeyDataPoints) -> Option<&HashMap<String, String>> {
    series.key().and_then(|key| key.dimensions()).filter(|dimensions| !dimensions.is_empty())
}

/// The metric and the grouped dimension by which a question's series are known.
fn mark(question: &Question, engine: units::Engine) -> Option<(String, Option<&'static str>)> {
    Some(match question {
        Question::Load(grouping) => (LOAD_METRIC.to_owned(), Some(grouping.group.pi()?.key)),
        Question::Statistic(stat) => (stat.metric(engine)?.to_owned(), Some(Dimension::Sql.pi()?.key)),
        Question::Counter(metric) => (metric.as_str().to_owned(), None),
    })
}

/// Deals the flat list out to the questions. `None` when that is ambiguous: of several questions with
/// one metric, not every one came with its total.
fn sort_out(
    call: &Call<'_>,
    answered: Window,
    questions: &[Question],
    list: &[MetricKeyDataPoints],
    texts: &TextReader,
    waits: &WaitNames,
) -> Option<Answer> {
    let engine = call.instance.engine;
    let marked: Vec<_> = questions.iter().filter_map(|one| Some((one, mark(one, engine)?))).collect();
    let has_metric =
        |series: &MetricKeyDataPoints, metric: &str| series.key().is_some_and(|key| key.metric() == metric);
    let in_group = |series: &MetricKeyDataPoints, key: Option<&str>| {
        key.is_some_and(|key| dimensions(series).is_some_and(|dimensions| dimensions.contains_key(key)))
    };
    let mut answer = Answer::default();
    let mut rest = list;
    for (question, (metric, key)) in &marked {
        let asked = marked.iter().filter(|(_, (other, _))| other == metric).count();
        let totals = list.iter().filter(|series| has_metric(series, metric) && dimensions(series).is_none()).count();
        if asked > 1 && totals != asked {
            return None;
        }
        let is_total = |series: &MetricKeyDataPoints| has_metric(series, metric) && !in_group(series, *key);
        let (total, after) = match rest.split_first() {
            Some((first, after)) if is_total(first) => (Some(first), after),
            _ => (None, rest),
        };
        let groups = after.iter().take_while(|series| has_metric(series, metric) && in_group(series, *key)).count();
        let (groups, next) = after.split_at(groups);
        rest = next;
        let part = Part { call, answered, total, groups, waits };
        match question {
            Question::Counter(metric) => answer.batches.push(part.counter(metric)),
            Question::Statistic(stat) => answer.batches.push(part.statistic(*stat)),
            Question::Load(grouping) => {
                answer.statements.extend(part.statements(grouping.group, texts));
                answer.batches.push(part.load(grouping));
            }
        }
    }
    (rest.is_empty() || marked.len() == 1).then_some(answer)
}

/// The series of one question.
struct Part<'a> {
    call: &'a Call<'a>,
    answered: Window,
    total: Option<&'a MetricKeyDataPoints>,
    groups: &'a [MetricKeyDataPoints],
    waits: &'a WaitNames,
}

impl Part<'_> {
    fn load(&self, grouping: &Grouping) -> Batch {
        Batch::Load(LoadBatch {
            instance: self.call.instance.id.clone(),
            grouping: grouping.clone(),
            period: self.call.period,
            answered: self.answered,
            total: self.total.map(|total| self.points(total, 1.0)).unwrap_or_default(),
            series: self.keyed(grouping.group, 1.0),
        })
    }

    fn counter(&self, metric: &MetricName) -> Batch {
        Batch::Counter(CounterBatch {
            instance: self.call.instance.id.clone(),
            metric: metric.clone(),
            period: self.call.period,
            answered: self.answered,
            points: self.total.map(|total| self.points(total, 1.0)).unwrap_or_default(),
        })
    }

    fn statistic(&self, stat: StatementStat) -> Batch {
        Batch::Statistic(StatisticBatch {
            instance: self.call.instance.id.clone(),
            stat,
            period: self.call.period,
            answered: self.answered,
            series: self.keyed(Dimension::Sql, stat.scale()),
        })
    }

    fn keyed(&self, group: Dimension, scale: f64) -> Vec<LoadSeries> {
        let Some(names) = group.pi() else { return Vec::new() };
        let series = self.groups.iter().filter_map(|series| {
            let named = dimensions(series)?;
            let key = named.get(names.key)?;
            let key = match group {
                Dimension::Wait => self.waits.full(key, named.get("db.wait_event.type")),
                _ => key.clone(),
            };
            Some(LoadSeries { key, points: self.points(series, scale) })
        });
        joined(series)
    }

    /// Points inside the answered window; what is not finite was not measured.
    fn points(&self, series: &MetricKeyDataPoints, scale: f64) -> Vec<Point> {
        let points = series.data_points().iter().filter_map(|point| {
            let at = timestamp(point.timestamp())?.floor_to(self.call.period.secs());
            let known = point.value().is_finite() && self.answered.contains(at);
            known.then(|| Point { at, value: point.value() * scale })
        });
        points.collect()
    }

    fn statements(&self, group: Dimension, texts: &TextReader) -> Vec<Statement> {
        if !matches!(group, Dimension::Sql | Dimension::Statement | Dimension::BlockingSql) {
            return Vec::new();
        }
        self.groups.iter().filter_map(|series| self.statement(series, group, texts)).collect()
    }

    fn statement(&self, series: &MetricKeyDataPoints, group: Dimension, texts: &TextReader) -> Option<Statement> {
        let names = group.pi()?;
        let dimensions = dimensions(series)?;
        let text = RawText::new(dimensions.get(names.label)?.clone());
        let seen = |point: Option<Timestamp>| point.unwrap_or(self.answered.from);
        let mut times = self.points(series, 1.0).into_iter().filter(|point| point.value > 0.0).map(|point| point.at);
        let first_seen = seen(times.next());
        let last_seen = times.next_back().unwrap_or(first_seen);
        let mut statement = texts.read(&text, dimensions.get(names.key)?, self.call.instance.engine);
        statement.db_id = dimensions.get(&format!("{}.db_id", names.group)).cloned();
        statement.dimension = group;
        if group == Dimension::Statement {
            statement.literals = texts.literals(&text, self.call.instance.engine);
        }
        statement.parent = dimensions.get("db.sql.tokenized_id").cloned();
        (statement.first_seen, statement.last_seen) = (first_seen, last_seen);
        Some(statement)
    }
}
