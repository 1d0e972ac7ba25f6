//! Load, statistics, counters and texts of a seeded instance.

use std::collections::BTreeMap;

use aws_local::Faults;
use collect::{Lane, Question};
use samples::{Batch, Grouping, LoadBatch, MetricName, PiState, StatementStat};
use units::{Dimension, Engine, Period, Timestamp};

use crate::world::{Endpoint, last_hours};

fn loads(batches: &[Batch]) -> BTreeMap<Grouping, LoadBatch> {
    let loads = batches.iter().filter_map(|batch| match batch {
        Batch::Load(load) => Some((load.grouping.clone(), load.clone())),
        _ => None,
    });
    loads.collect()
}

fn sums(batch: &LoadBatch) -> BTreeMap<Timestamp, f64> {
    let mut sums: BTreeMap<Timestamp, f64> = batch.total.iter().map(|point| (point.at, 0.0)).collect();
    for point in batch.series.iter().flat_map(|series| &series.points) {
        *sums.entry(point.at).or_default() += point.value;
    }
    sums
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_is_described() {
    let endpoint = Endpoint::start().await;
    let who = endpoint.collector.identify().await.unwrap();
    let instance = endpoint.instance("history-7").await;
    assert_eq!(instance.engine, Engine::Postgres);
    assert_eq!((instance.pi, instance.simulated), (PiState::On, true));
    assert_eq!(instance.account, who.account);
    assert_eq!(endpoint.instance("pi-off-db").await.pi, PiState::Off);
    let offers = endpoint.collector.discover(&instance, Lane::Background).await.unwrap();
    assert!(offers.offers(Dimension::Wait) && offers.offers(Dimension::Sql) && !offers.offers(Dimension::Table));
    assert_eq!(offers.statistics(&instance), StatementStat::ALL);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifteen_questions_ride_in_one_call_and_reconcile() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let by_type = Grouping::total();
    let types = ["CPU", "IO", "Lock", "LWLock", "Client", "IPC", "Timeout", "BufferPin"];
    let mut questions = vec![Question::Load(by_type.clone())];
    questions
        .extend([Dimension::Wait, Dimension::Sql, Dimension::User].map(|group| Question::Load(Grouping::by(group))));
    let sql_where = |name: &str| Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, name);
    questions.extend(types.map(|name| Question::Load(sql_where(name))));
    questions.extend([StatementStat::Calls, StatementStat::TimeMs].map(Question::Statistic));
    questions.push(Question::Counter(MetricName::pi("db.Transactions.xact_commit.avg")));
    assert_eq!(questions.len(), 15);
    drop(endpoint.collector.ledger().take());
    let answer =
        endpoint.collector.ask(&instance, &questions, last_hours(3), Period::MINUTE, Lane::Background).await.unwrap();
    let calls = endpoint.collector.ledger().take();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls["pi:GetResourceMetrics"].calls, 1);
    assert_eq!(answer.refused, []);
    assert_eq!(answer.batches.len(), 15);

    let found = loads(&answer.batches);
    let total = &found[&by_type].total;
    assert!(total.len() > 100, "{} minutes", total.len());
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1.0);
    for point in total {
        assert!(close(sums(&found[&by_type])[&point.at], point.value), "types do not sum to the total at {}", point.at);
        assert!(sums(&found[&Grouping::by(Dimension::Sql)])[&point.at] <= point.value + 1e-9);
    }
    for name in types {
        let filtered = &found[&sql_where(name)];
        let of_type = found[&by_type].series.iter().find(|series| series.key == name);
        let of_type: BTreeMap<_, _> =
            of_type.iter().flat_map(|series| &series.points).map(|point| (point.at, point.value)).collect();
        for point in &filtered.total {
            let expected = of_type.get(&point.at).copied().unwrap_or(0.0);
            assert!(close(point.value, expected), "{name} at {}: {} is not {expected}", point.at, point.value);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_slices_change_nothing() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let questions = [Dimension::WaitType, Dimension::Sql].map(|group| Question::Load(Grouping::by(group)));
    let ask = || endpoint.collector.ask(&instance, &questions, last_hours(3), Period::MINUTE, Lane::Background);
    let whole = ask().await.unwrap();
    endpoint.set_faults(Faults { pi_page_limit: Some(7), ..Faults::default() });
    drop(endpoint.collector.ledger().take());
    let paged = ask().await.unwrap();
    assert_eq!(whole.batches, paged.batches);
    assert!(endpoint.collector.ledger().take()["pi:GetResourceMetrics"].calls > 1);
    // Beyond what one call answers completely, the window is cut, and no minute is lost between.
    endpoint.set_faults(Faults::default());
    let window = last_hours(30);
    let day =
        endpoint.collector.ask(&instance, &questions[..1], window, Period::MINUTE, Lane::Background).await.unwrap();
    assert_eq!(day.batches.len(), 10);
    assert_eq!(day.batches[0].answered().from, window.from);
    assert_eq!(day.batches[9].answered().to, window.to);
    assert!(day.batches.windows(2).all(|pair| pair[0].answered().to == pair[1].answered().from));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_question_leaves_the_others_answered() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let bad = Question::Counter(MetricName::pi("db.Nothing.such.avg"));
    let questions = [
        Question::Load(Grouping::by(Dimension::Wait)),
        bad.clone(),
        Question::Load(Grouping::by(Dimension::User)),
        Question::Statistic(StatementStat::Calls),
    ];
    let answer =
        endpoint.collector.ask(&instance, &questions, last_hours(1), Period::MINUTE, Lane::Interactive).await.unwrap();
    assert_eq!(answer.batches.len(), 3);
    assert_eq!(answer.refused.len(), 1);
    assert_eq!(answer.refused[0].0, bad);
}

#[tokio::test(flavor = "multi_thread")]
async fn seconds_are_whole_sessions_and_gaps_stay_gaps() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let question = [Question::Load(Grouping::total())];
    let window = units::Window::new(last_hours(1).to.plus_secs(-600), last_hours(1).to);
    let answer = endpoint.collector.ask(&instance, &question, window, Period::SECOND, Lane::Interactive).await.unwrap();
    let points: Vec<_> = loads_of(&answer.batches);
    assert_eq!(answer.batches.len(), 2, "five minutes a call");
    assert!(points.len() > 500 && points.iter().all(|value| value.fract() == 0.0));
    // The same time as minutes: the mean of its seconds.
    let minutes =
        endpoint.collector.ask(&instance, &question, window, Period::MINUTE, Lane::Interactive).await.unwrap();
    let minutes = loads_of(&minutes.batches);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean(&points) - mean(&minutes)).abs() < 1e-9, "{} is not {}", mean(&points), mean(&minutes));
}

fn loads_of(batches: &[Batch]) -> Vec<f64> {
    let mut values = Vec::new();
    for batch in batches {
        if let Batch::Load(load) = batch {
            values.extend(load.total.iter().map(|point| point.value));
        }
    }
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_digested_and_cut_ones_completed() {
    let endpoint = Endpoint::start().await;
    let instance = endpoint.instance("history-7").await;
    let question = [Question::Load(Grouping::by(Dimension::Sql))];
    let answer =
        endpoint.collector.ask(&instance, &question, last_hours(3), Period::MINUTE, Lane::Background).await.unwrap();
    assert!(answer.statements.len() > 3);
    for statement in &answer.statements {
        assert!(!statement.normal_form.is_empty());
        assert!(statement.first_seen <= statement.last_seen);
        assert!(statement.masked.len() <= 2000);
    }
    if let Some(cut) = answer.statements.iter().find(|statement| statement.truncated) {
        let full =
            endpoint.collector.fetch_full_text(&instance, cut, last_hours(3), Lane::Background).await.unwrap().unwrap();
        assert_eq!(full.pi_id, cut.pi_id);
        assert!(!full.truncated && full.masked.len() >= cut.masked.len());
    }
}
