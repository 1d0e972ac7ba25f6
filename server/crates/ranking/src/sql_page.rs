//! The page of one digest: its load by wait, its calls, what changed, what stands out in its text.

use samples::{LoadMatrix, Statement, StatementStat};
use units::{Aas, DbLoadQuery, DigestId, Dimension, Filter, Period, SortBy, Timestamp, WaitClass, Window};
use view::{
    Badge, CallFigure, CallSeries, ChangeCause, ChangeView, Clause, ColumnRole, Panel, Severity, SqlPageView, SqlRow,
    StatementFacts, StatementFinding, Verdict, number,
};

use crate::Result;
use crate::calls::Calls;
use crate::explain::{Side, explain};
use crate::facts::{source_of, state_of};
use crate::gather::{Gathered, gather};
use crate::hypotheses::{hypotheses, role};
use crate::load_view::{LoadInput, stack_load};
use crate::matrix::{known_by, reconciled};
use crate::page::Page;
use crate::plans::plan_changed;
use crate::reader::{Lookup, Reader, is_covered};
use crate::split::Split;
use crate::statement_text::{as_sent, explain_script, laid_out};
use crate::statements::tables_of;
use crate::top_sql::{TopInput, mean_of, row_of_digest};

/// A change smaller than this is not worth a sentence.
const CHANGE_WORTH_SAYING: f64 = 0.05;
/// A wait explains a change from this part of it.
const EXPLAINING_SHARE: f64 = 0.6;

/// The page of a digest. `None` when nobody ever saw it; [`Panel::Empty`] when it ran in neither
/// window.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn fetch_sql_page(
    reader: &Reader,
    query: &DbLoadQuery,
    digest: DigestId,
    now: Timestamp,
) -> Result<Option<Panel<SqlPageView>>> {
    let query = query.clone();
    reader
        .answer(now, move |lookup| {
            let mut page = Page::of(lookup, &query)?;
            // The digest comes first: other chips give way to it.
            page.filters.retain(|filter| filter.dimension != Dimension::Sql);
            sql_page(lookup, &page, lookup.archive.current_digest(digest)?)
        })
        .await
}

fn sql_page(lookup: &Lookup, page: &Page, digest: DigestId) -> Result<Option<Panel<SqlPageView>>> {
    let gathered = gather(lookup, page)?;
    if !is_covered(&gathered.matrix) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        return sql_page(lookup, &page.in_buckets(Period::MINUTE), digest);
    }
    if let Some(state) = state_of(lookup, &page.instance, &gathered.matrix) {
        return Ok(Some(state));
    }
    let known = statements_of(lookup, &gathered, digest)?;
    let input = gathered.input(&page.instance, SortBy::Mean, 0);
    let Some(mut row) = row_of_digest(&input, digest) else {
        return Ok((!known.is_empty()).then_some(Panel::Empty));
    };
    row.badges.extend(plan_changed(lookup, page, digest)?.then_some(Badge::PlanChanged));
    let side = Digested::of(lookup, page, &gathered, digest)?;
    let calls = gathered.calls.clone();
    let change = side.change(page, &row);
    let facts = facts_of(&known, &row, digest, page.instance.engine);
    let read = sql_digest::digest(facts.masked.as_bytes(), facts.engine);
    let explain = (!facts.truncated).then(|| explain_script(&facts.masked, facts.engine)).flatten();
    Ok(Some(Panel::Data(SqlPageView {
        load: load_by_wait(lookup, page, digest, &gathered.matrix)?,
        whole: reconciled(lookup.peek(
            &page.instance.id,
            &samples::Grouping::total(),
            page.axis.window,
            page.axis.period,
        )?)
        .total,
        call_count: side.calls.count,
        calls: call_series(lookup, page, &side.ids)?,
        verdict: verdict(change.as_ref(), &row, &side),
        change,
        findings: findings_of(&read),
        columns: columns_of(&read),
        hypotheses: hypotheses(&gathered, &read.columns, facts.engine, explain.as_deref()),
        laid_out: laid_out(&facts.masked, facts.engine, &read.findings),
        sent: as_sent(&facts.masked, &read.findings),
        explain,
        source: view::Source { calls, ..source_of(&page.instance, &gathered.matrix) },
        statement: facts,
        row,
    })))
}

/// What is kept of the texts of a digest: those that ran here, else any.
fn statements_of(lookup: &Lookup, gathered: &Gathered, digest: DigestId) -> Result<Vec<Statement>> {
    let all = lookup.archive.statements_of(digest)?;
    let here: Vec<Statement> =
        all.iter().filter(|statement| gathered.index.get(&statement.pi_id).is_some()).cloned().collect();
    Ok(if here.is_empty() { all } else { here })
}

fn facts_of(known: &[Statement], row: &SqlRow, digest: DigestId, engine: units::Engine) -> StatementFacts {
    // Of texts that were cut at different places the longest tells most.
    let longest = known.iter().max_by_key(|statement| statement.masked.len());
    StatementFacts {
        digest,
        engine: longest.map_or(engine, |statement| statement.engine),
        normal_form: longest.map_or_else(|| row.statement.clone(), |statement| statement.normal_form.clone()),
        masked: longest.map_or_else(|| row.statement.clone(), |statement| statement.masked.clone()),
        kind: longest.map(|statement| statement.kind.clone()).unwrap_or_default(),
        tables: longest.map(tables_of).unwrap_or_default(),
        tags: tags_of_all(row, known),
        truncated: !known.is_empty() && known.iter().all(|statement| statement.truncated),
        tree: longest.is_some_and(|statement| statement.tree),
        first_seen: known.iter().map(|statement| statement.first_seen).min(),
        last_seen: known.iter().map(|statement| statement.last_seen).max(),
        children: row.children.clone(),
    }
}

/// Tags shown of one digest.
const TAGS_MAX: usize = 32;

/// The tags of the row and of all statements known of its digest: each caller writes its own.
fn tags_of_all(row: &SqlRow, known: &[Statement]) -> Vec<(String, String)> {
    let mut tags = row.tags.clone();
    for tag in known.iter().flat_map(|statement| &statement.tags) {
        if tags.len() < TAGS_MAX && !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    tags
}

/// The digest's load by wait class, with its ghost: of the buckets in which the load by SQL is known,
/// of which the row tells.
fn load_by_wait(lookup: &Lookup, page: &Page, digest: DigestId, by_sql: &LoadMatrix) -> Result<view::LoadView> {
    let mut page = page.clone();
    page.filters.insert(0, Filter::is(Dimension::Sql, digest.to_string()));
    let (question, index) = page.plan(lookup, Dimension::WaitType)?;
    let matrix = known_by(page.answer(lookup, &question, &index)?, by_sql);
    let before = page.answer_before(lookup, &question, &index)?;
    Ok(stack_load(&LoadInput {
        instance: &page.instance,
        axis: &page.axis,
        slice: Dimension::WaitType,
        matrix: &matrix,
        before: before.as_ref(),
        earlier_secs: page.compare.map_or(0, |(_, earlier)| earlier),
        markers: crate::load_view::markers(lookup, &page)?,
        blocked: question.blocked,
        index: &index,
    }))
}

/// One digest on both sides.
struct Digested {
    ids: Vec<String>,
    calls: Calls,
    calls_before: Calls,
    /// Mean and waits in the compare window; `None` when that is not known.
    before: Option<(Aas, Vec<view::LoadPart>)>,
}

impl Digested {
    fn of(lookup: &Lookup, page: &Page, gathered: &Gathered, digest: DigestId) -> Result<Self> {
        let rows = gathered.matrix.series.iter().chain(gathered.before.iter().flat_map(|before| &before.series));
        let mut ids: Vec<String> =
            rows.map(|row| row.key.clone()).filter(|id| gathered.index.digest_of(id) == digest).collect();
        ids.sort_unstable();
        ids.dedup();
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let before = match (&gathered.before, page.compare) {
            (Some(before), Some((window, _))) => {
                let types = lookup.by_wait_type(&page.instance.id, window, page.axis.period)?;
                let input =
                    TopInput { matrix: before, by_type: &types, ..gathered.input(&page.instance, SortBy::Mean, 0) };
                let mean = names.iter().map(|id| mean_of(before, id)).sum();
                Some((mean, Split::new(&input, &before.covered_secs).of(&names, mean)))
            }
            _ => None,
        };
        Ok(Self {
            calls: Calls::of(gathered.stats.as_ref(), &names),
            calls_before: Calls::of(gathered.stats_before.as_ref(), &names),
            before,
            ids,
        })
    }

    fn change(&self, page: &Page, row: &SqlRow) -> Option<ChangeView> {
        let (mean, waits) = self.before.as_ref()?;
        let (before_window, _) = page.compare?;
        let before = Side { mean: *mean, waits, calls_per_sec: self.calls_before.per_sec };
        let after = Side { mean: row.mean, waits: &row.waits, calls_per_sec: self.calls.per_sec };
        Some(ChangeView {
            before: *mean,
            after: row.mean,
            before_window,
            window: page.axis.window,
            parts: explain(&before, &after),
        })
    }
}

/// Calls, latency and rows in the buckets of the page.
fn call_series(lookup: &Lookup, page: &Page, ids: &[String]) -> Result<Vec<CallSeries>> {
    let now = Rates::read(lookup, page, page.axis.window, ids)?;
    let before = page.compare.map(|(window, _)| Rates::read(lookup, page, window, ids)).transpose()?;
    let figures = [(CallFigure::Calls, "/s"), (CallFigure::Latency, "ms"), (CallFigure::Rows, "")];
    Ok(figures
        .into_iter()
        .map(|(figure, unit)| CallSeries {
            figure,
            unit: unit.to_owned(),
            values: now.series(figure),
            ghost: before
                .as_ref()
                .map(|before| before.series(figure))
                .filter(|values| values.iter().any(Option::is_some)),
            mean: now.mean(figure),
            mean_before: before.as_ref().and_then(|before| before.mean(figure)),
        })
        .filter(|series| series.values.iter().any(Option::is_some))
        .collect())
}

/// Rates of one digest a bucket.
struct Rates {
    calls: Vec<Option<f64>>,
    time_ms: Vec<Option<f64>>,
    rows: Vec<Option<f64>>,
    means: Calls,
}

impl Rates {
    fn read(lookup: &Lookup, page: &Page, window: Window, ids: &[String]) -> Result<Self> {
        let rate = |stat| -> Result<Vec<Option<f64>>> {
            // Statistics have no seconds: each second shows its minute.
            let period = page.axis.period.max(Period::MINUTE);
            let matrix = lookup.archive.statement_series(&page.instance.id, stat, window, period)?;
            Ok(spread(&matrix, &summed(&matrix, ids), window, page.axis.period))
        };
        let stats = lookup.archive.statement_stats(&page.instance.id, &StatementStat::ALL, window)?;
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        Ok(Self {
            calls: rate(StatementStat::Calls)?,
            time_ms: rate(StatementStat::TimeMs)?,
            rows: rate(StatementStat::Rows)?,
            means: Calls::of(Some(&stats), &names),
        })
    }

    fn series(&self, figure: CallFigure) -> Vec<Option<f64>> {
        let per_call = |rates: &[Option<f64>]| {
            let pairs = rates.iter().zip(&self.calls);
            pairs.map(|(rate, calls)| Some((*rate)? / calls.filter(|calls| *calls > 0.0)?)).collect()
        };
        match figure {
            CallFigure::Calls => self.calls.clone(),
            CallFigure::Latency => per_call(&self.time_ms),
            CallFigure::Rows => per_call(&self.rows),
        }
    }

    const fn mean(&self, figure: CallFigure) -> Option<f64> {
        match figure {
            CallFigure::Calls => self.means.per_sec,
            CallFigure::Latency => self.means.ms,
            CallFigure::Rows => self.means.rows,
        }
    }
}

/// The sum of the rows of `ids`. In a bucket that was answered, an id without a value was not
/// called; in one that was not, nothing is known.
fn summed(matrix: &LoadMatrix, ids: &[String]) -> Vec<Option<f64>> {
    let rows: Vec<_> = matrix.series.iter().filter(|row| ids.contains(&row.key)).collect();
    let is_answered = |bucket: usize| matrix.covered_secs.get(bucket).is_some_and(|secs| *secs > 0);
    (0..matrix.covered_secs.len())
        .map(|bucket| {
            let sum = rows.iter().filter_map(|row| row.values.get(bucket).copied().flatten()).sum();
            (is_answered(bucket) && !rows.is_empty()).then_some(sum)
        })
        .collect()
}

/// Values of `matrix` in shorter buckets of `window`: each shows the bucket it lies in.
fn spread(matrix: &LoadMatrix, values: &[Option<f64>], window: Window, period: Period) -> Vec<Option<f64>> {
    let step = i64::from(period.secs());
    let wide = i64::from(matrix.period.secs());
    (0..window.secs() / step)
        .map(|bucket| {
            let at = window.from.plus_secs(bucket * step);
            let place = (at.0 - matrix.window.from.0) / 1000 / wide;
            values.get(usize::try_from(place).ok()?).copied().flatten()
        })
        .collect()
}

fn findings_of(read: &sql_digest::Digest) -> Vec<StatementFinding> {
    use sql_digest::Rule;
    let name = |rule: Rule| match rule {
        Rule::LeadingWildcard => "leading_wildcard",
        Rule::FunctionOnColumn => "function_on_column",
        Rule::MissingWhere => "missing_where",
        Rule::NotInSubquery => "not_in_subquery",
        Rule::OffsetPaging => "offset_paging",
        Rule::SelectStarOnJoin => "select_star_on_join",
        Rule::CrossJoin => "cross_join",
        Rule::HugeInList => "huge_in_list",
        Rule::OrderByRandom => "order_by_random",
    };
    let found = read.findings.iter();
    found
        .map(|finding| StatementFinding { rule: name(finding.rule).to_owned(), start: finding.start, end: finding.end })
        .collect()
}

fn columns_of(read: &sql_digest::Digest) -> Vec<ColumnRole> {
    let columns = read.columns.iter();
    columns
        .map(|column| ColumnRole {
            table: column.table.clone(),
            column: column.column.clone(),
            role: role(column.column_use).to_owned(),
        })
        .collect()
}

/// The change in words: how much, calls against latency, and the wait behind it.
///
/// Rules: `sql_changed` (change, before, after), `sql_new` (after), `sql_calls_latency` (calls,
/// latency), `sql_change_is_wait` (class, share), `sql_blocked`; `sql_stands` (aas, share) where nothing is
/// known to hold it against.
fn verdict(change: Option<&ChangeView>, row: &SqlRow, side: &Digested) -> Verdict {
    let checked = vec![format!("mean {} AAS", number::three_figures(row.mean.0))];
    let Some(change) = change else {
        let share = row.share.map_or_else(|| "–".to_owned(), number::percent);
        let values = vec![("aas".to_owned(), number::three_figures(row.mean.0)), ("share".to_owned(), share)];
        let stands = Clause { rule: "sql_stands".to_owned(), values, evidence: Vec::new() };
        return Verdict { severity: Severity::Unknown, clauses: vec![stands], checked };
    };
    if (change.after.0 - change.before.0).abs() < CHANGE_WORTH_SAYING {
        return Verdict { severity: Severity::Good, clauses: Vec::new(), checked };
    }
    let delta = change.after.0 - change.before.0;
    let mut clauses = vec![change_clause(change, delta)];
    let factor = |now: Option<f64>, before: Option<f64>| Some(now? / before.filter(|before| *before > 0.0)?);
    let calls = factor(side.calls.per_sec, side.calls_before.per_sec);
    let latency = factor(side.calls.ms, side.calls_before.ms);
    if let Some((calls, latency)) = calls.zip(latency) {
        let values = vec![("calls".to_owned(), number::factor(calls)), ("latency".to_owned(), number::factor(latency))];
        clauses.push(Clause { rule: "sql_calls_latency".to_owned(), values, evidence: call_evidence(side) });
    }
    let is_more = |part: &&view::ChangePart| part.delta * delta > 0.0;
    let wait = change.parts.iter().filter(is_more).find_map(|part| match &part.cause {
        ChangeCause::Latency(classes) | ChangeCause::Waits(classes) if classes.len() == 1 => {
            Some((classes[0], part.delta / delta))
        }
        _ => None,
    });
    if let Some((class, share)) = wait.filter(|(_, share)| *share >= EXPLAINING_SHARE) {
        let values =
            vec![("class".to_owned(), class.label().to_owned()), ("share".to_owned(), number::percent(share.min(1.0)))];
        let evidence = vec![format!("{} of {} AAS", number::signed(share * delta), number::signed(delta))];
        clauses.push(Clause { rule: "sql_change_is_wait".to_owned(), values, evidence });
        let is_blocked = class == WaitClass::Lock && delta > 0.0 && calls.is_none_or(|calls| calls < 1.5);
        clauses.extend(is_blocked.then(|| Clause {
            rule: "sql_blocked".to_owned(),
            values: Vec::new(),
            evidence: Vec::new(),
        }));
    }
    let severity = if delta > 0.0 { Severity::Warning } else { Severity::Good };
    Verdict { severity, clauses, checked }
}

fn change_clause(change: &ChangeView, delta: f64) -> Clause {
    let figure = |aas: Aas| number::three_figures(aas.0);
    let evidence = vec![format!("{} → {} AAS", figure(change.before), figure(change.after))];
    if change.before.0 <= 0.0 {
        let values = vec![("after".to_owned(), figure(change.after))];
        return Clause { rule: "sql_new".to_owned(), values, evidence };
    }
    let values = vec![
        ("change".to_owned(), number::signed(delta)),
        ("before".to_owned(), figure(change.before)),
        ("after".to_owned(), figure(change.after)),
    ];
    Clause { rule: "sql_changed".to_owned(), values, evidence }
}

fn call_evidence(side: &Digested) -> Vec<String> {
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number::three_figures);
    vec![
        format!("calls {} → {} /s", figure(side.calls_before.per_sec), figure(side.calls.per_sec)),
        format!("latency {} → {} ms/call", figure(side.calls_before.ms), figure(side.calls.ms)),
    ]
}
