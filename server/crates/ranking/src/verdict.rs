//! The verdict: rules over the numbers of a page, each clause with its evidence. No score, no guess.
//!
//! | rule | places | holds when |
//! |---|---|---|
//! | `load_above_vcpu` | aas, vcpu, from, to, duration | load stood above the vCPUs for two buckets or more, and it ended |
//! | `load_above_vcpu_now` | aas, vcpu, from, duration | the same, up to the newest bucket |
//! | `load_above_before` | aas, before, factor | load is twice that of the compare window, and half a session more |
//! | `wait_dominates` | share, class, event | one wait class is half of the load judged |
//! | `cpu_dominates` | share | the class is CPU |
//! | `digest_causes` | statement, digest, share | one digest is a quarter of that class |
//! | `digest_new` | statement, digest, share | the same, and the compare window does not have it |
//! | `digest_route` | route | and its text carries a route tag |
//! | `caller_application`, `caller_host`, `caller_user` | caller, share | one caller has half of the load judged |
//! | `blocked_not_busier` | calls, latency | calls flat, latency up, and the class is Lock |
//! | `slower_not_busier` | calls, latency | calls flat, latency up |
//! | `busier_not_slower` | calls, latency | calls up, latency flat |
//! | `busier_and_slower` | calls, latency | both up |
//! | `no_data` | – | nothing is known of the window |

use std::collections::BTreeMap;
use std::ops::Range;

use samples::{Instance, LoadMatrix, StatementStats};
use units::{Aas, Dimension, Timestamp, WaitClass, Window};
use view::chart::{longest_span_over, spans_over};
use view::{Axis, Clause, Severity, Verdict, number};

use crate::averages::{peak, weighted_mean};
use crate::calls::Calls;
use crate::matrix::{part, regrouped};
use crate::statements::SqlIndex;
use crate::top_sql::mean_of;

/// A span this long over capacity is critical, a shorter one a warning.
const CRITICAL_SPAN_SECS: i64 = 120;
/// A span needs this many buckets: one is noise.
const SPAN_BUCKETS: usize = 2;
/// Load is up when it is this many times that before, and this many sessions more.
const LOAD_UP: (f64, f64) = (2.0, 0.5);
/// A class dominates from this part of the load judged.
const DOMINANT_SHARE: f64 = 0.5;
/// Waiting this much on locks is worth a word even under capacity.
const LOCK_AAS: f64 = 1.0;
/// A digest causes a wait from this part of it.
const CAUSE_SHARE: f64 = 0.25;
/// A caller is named from this part of the load judged.
const CALLER_SHARE: f64 = 0.5;
/// Calls or latency are up from this factor, flat below it and above its inverse.
const UP: f64 = 1.5;

/// What a verdict is made of.
pub struct VerdictInput<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Axis of the page.
    pub axis: &'a Axis,
    /// Load by wait event, reconciled.
    pub waits: &'a LoadMatrix,
    /// The same in the compare window, when that is known.
    pub waits_before: Option<&'a LoadMatrix>,
    /// Load by PI's id of each wait type.
    pub by_type: &'a BTreeMap<String, LoadMatrix>,
    /// Load by PI's id, all waits.
    pub by_sql: &'a LoadMatrix,
    /// Load by PI's id in the compare window, when that is known.
    pub by_sql_before: Option<&'a LoadMatrix>,
    /// Statements by PI's id.
    pub index: &'a SqlIndex,
    /// Load by those who may call, in the order they are named: applications, hosts, users. Empty
    /// when filters narrow the load.
    pub callers: &'a [(Dimension, LoadMatrix)],
}

/// The buckets a verdict speaks of, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subject {
    pub(crate) buckets: Range<usize>,
    pub(crate) is_over_capacity: bool,
}

impl VerdictInput<'_> {
    /// The span over capacity, else the whole window.
    pub(crate) fn subject(&self) -> Subject {
        let vcpus = self.instance.vcpus.as_ref().map(|vcpus| vcpus.count);
        let over = vcpus.and_then(|vcpus| longest_span_over(&self.waits.total, vcpus));
        match over.filter(|span| span.len() >= SPAN_BUCKETS) {
            Some(buckets) => Subject { buckets, is_over_capacity: true },
            None => Subject { buckets: 0..self.waits.total.len(), is_over_capacity: false },
        }
    }

    /// The subject in time.
    pub(crate) fn window_of(&self, subject: &Subject) -> Window {
        Window::new(self.axis.start_of(subject.buckets.start), self.axis.start_of(subject.buckets.end))
    }

    /// The verdict. `stats` are the statement statistics of the subject's window, `stats_before`
    /// those of the compare window.
    #[must_use]
    pub(crate) fn judge(
        &self,
        subject: &Subject,
        stats: Option<&StatementStats>,
        stats_before: Option<&StatementStats>,
    ) -> Verdict {
        if self.waits.covered_secs.iter().all(|secs| *secs == 0) {
            return Verdict {
                severity: Severity::Unknown,
                clauses: vec![clause("no_data", &[], Vec::new())],
                checked: Vec::new(),
            };
        }
        let checked = self.checked();
        let judged = part(self.waits, subject.buckets.clone());
        let Some((severity, first)) = self.load_clause(subject, &judged) else {
            return Verdict { severity: Severity::Good, clauses: Vec::new(), checked };
        };
        let mut clauses: Vec<Clause> = first.into_iter().collect();
        if let Some(dominant) = Dominant::of(&judged, self.instance) {
            clauses.push(dominant.clause());
            clauses.extend(self.cause_clauses(subject, &dominant, stats, stats_before));
            clauses.extend(self.caller_clause(subject));
        }
        Verdict { severity, clauses, checked }
    }

    /// The clause on the load itself, with its severity. `None` when nothing is to be said; `Some`
    /// without a clause when a wait alone is.
    fn load_clause(&self, subject: &Subject, judged: &LoadMatrix) -> Option<(Severity, Option<Clause>)> {
        let mean = weighted_mean(&judged.total, &judged.covered_secs)?;
        if subject.is_over_capacity {
            return Some(self.over_capacity(subject, mean));
        }
        let before = self.waits_before.and_then(|before| weighted_mean(&before.total, &before.covered_secs));
        let (times, more) = LOAD_UP;
        if let Some(before) = before
            && mean >= before * times
            && mean - before >= more
        {
            let values = [
                ("aas", number::three_figures(mean)),
                ("before", number::three_figures(before)),
                ("factor", if before > 0.0 { number::factor(mean / before) } else { "–".to_owned() }),
            ];
            let evidence =
                vec![format!("mean {} → {} AAS", number::three_figures(before), number::three_figures(mean))];
            return Some((Severity::Warning, Some(clause("load_above_before", &values, evidence))));
        }
        let is_locked = Dominant::of(judged, self.instance)
            .is_some_and(|dominant| dominant.class == WaitClass::Lock && dominant.aas.0 >= LOCK_AAS);
        is_locked.then_some((Severity::Warning, None))
    }

    fn over_capacity(&self, subject: &Subject, mean: f64) -> (Severity, Option<Clause>) {
        let window = self.window_of(subject);
        let vcpus = self.instance.vcpus.as_ref().map_or(0.0, |vcpus| vcpus.count);
        let newest_known = self.waits.total.iter().rposition(Option::is_some);
        let is_going_on = newest_known.is_some_and(|newest| newest < subject.buckets.end);
        let at = |at: Timestamp| self.axis.label(at);
        let mut values = vec![
            ("aas", number::three_figures(mean)),
            ("vcpu", number::trimmed(vcpus)),
            ("from", at(window.from)),
            ("duration", number::duration(window.secs())),
        ];
        let rule = if is_going_on {
            "load_above_vcpu_now"
        } else {
            values.push(("to", at(window.to)));
            "load_above_vcpu"
        };
        let highest = peak(self.axis, &self.waits.total);
        let spans = spans_over(&self.waits.total, vcpus).len();
        let mut evidence = vec![
            format!(
                "{} buckets of {} in a row above {} vCPU",
                subject.buckets.len(),
                self.axis.period,
                number::trimmed(vcpus)
            ),
            format!("vCPU from {}", self.instance.vcpus.as_ref().map_or("", |vcpus| vcpus.origin.as_str())),
        ];
        evidence.extend(
            highest.map(|peak| format!("highest {} AAS at {}", number::three_figures(peak.aas.0), at(peak.at))),
        );
        evidence.extend((spans > 1).then(|| format!("{spans} spans above it in the window, this is the longest")));
        let severity = if window.secs() >= CRITICAL_SPAN_SECS { Severity::Critical } else { Severity::Warning };
        (severity, Some(clause(rule, &values, evidence)))
    }

    /// Clauses on the digest behind the dominant wait.
    fn cause_clauses(
        &self,
        subject: &Subject,
        dominant: &Dominant,
        stats: Option<&StatementStats>,
        stats_before: Option<&StatementStats>,
    ) -> Vec<Clause> {
        let of_class: Vec<&LoadMatrix> = self
            .by_type
            .iter()
            .filter(|(kind, _)| WaitClass::of_event(kind, self.instance.engine) == dominant.class)
            .map(|(_, matrix)| matrix)
            .collect();
        let source = of_class.first().copied().unwrap_or(self.by_sql);
        let names = |id: &str| self.index.names(id, Dimension::Sql);
        let digests = regrouped(&part(source, subject.buckets.clone()), names);
        let Some(top) = digests.series.first() else { return Vec::new() };
        let mean = mean_of(&digests, &top.key);
        let of_what = if of_class.is_empty() { dominant.total } else { dominant.aas };
        let Some(share) = mean.share_of(of_what).filter(|share| *share >= CAUSE_SHARE) else { return Vec::new() };
        let ids: Vec<&str> = source
            .series
            .iter()
            .map(|row| row.key.as_str())
            .filter(|id| self.index.digest_of(id).to_string() == top.key)
            .collect();
        let is_new = self.by_sql_before.is_some_and(|before| mean_of(&regrouped(before, names), &top.key).0 <= 0.0);
        let text = ids.first().map(|id| self.index.short_text(id)).unwrap_or_default();
        let values = [
            ("statement", statement_head(&text)),
            ("digest", top.key.clone()),
            ("share", number::percent(share.min(1.0))),
        ];
        let what = if of_class.is_empty() { "the load" } else { dominant.class.label() };
        let mut evidence = vec![
            format!("{} of {} AAS of {what}", number::three_figures(mean.0), number::three_figures(of_what.0)),
            text,
        ];
        if is_new {
            evidence.push("not in the compare window".to_owned());
        }
        let mut clauses = vec![clause(if is_new { "digest_new" } else { "digest_causes" }, &values, evidence)];
        let route = ids.iter().filter_map(|id| self.index.get(id)).flat_map(|statement| &statement.tags);
        let route = route.filter(|(key, _)| key == "route").map(|(_, value)| value.clone()).next();
        clauses.extend(route.map(|route| clause("digest_route", &[("route", route)], Vec::new())));
        clauses.extend(change_clause(dominant.class, &Calls::of(stats, &ids), &Calls::of(stats_before, &ids)));
        clauses
    }

    /// The clause on who causes the load: the first sort of caller that one value dominates.
    fn caller_clause(&self, subject: &Subject) -> Option<Clause> {
        self.callers.iter().find_map(|(dimension, matrix)| {
            let judged = part(matrix, subject.buckets.clone());
            let named = match dimension {
                Dimension::Application => regrouped(&judged, |name| vec![service_of(name).to_owned()]),
                _ => judged,
            };
            let total = Aas(weighted_mean(&named.total, &named.covered_secs)?);
            let top = named.series.iter().find(|row| !row.key.is_empty())?;
            let mean = mean_of(&named, &top.key);
            let share = mean.share_of(total).filter(|share| *share >= CALLER_SHARE)?;
            let rule = match dimension {
                Dimension::Application => "caller_application",
                Dimension::Host => "caller_host",
                _ => "caller_user",
            };
            let values = [("caller", top.key.clone()), ("share", number::percent(share.min(1.0)))];
            let evidence = format!(
                "{dimension} {}: {} of {} AAS",
                top.key,
                number::three_figures(mean.0),
                number::three_figures(total.0)
            );
            Some(clause(rule, &values, vec![evidence]))
        })
    }

    /// What was looked at, with its numbers.
    fn checked(&self) -> Vec<String> {
        let mut checked = Vec::new();
        let highest = peak(self.axis, &self.waits.total);
        let highest = highest
            .map(|peak| format!("highest {} AAS at {}", number::three_figures(peak.aas.0), self.axis.label(peak.at)));
        let capacity = self.instance.vcpus.as_ref().map_or_else(
            || "load against vCPU: not known how many".to_owned(),
            |vcpus| format!("load against {} vCPU", number::trimmed(vcpus.count)),
        );
        checked.push([Some(capacity), highest].into_iter().flatten().collect::<Vec<_>>().join(": "));
        if let Some(dominant) = Dominant::largest(self.waits, self.instance) {
            checked.push(format!("largest wait: {} {}", dominant.class.label(), number::percent(dominant.share)));
        }
        let mean = weighted_mean(&self.waits.total, &self.waits.covered_secs);
        let before = self.waits_before.and_then(|before| weighted_mean(&before.total, &before.covered_secs));
        checked.push(match (before, mean) {
            (Some(before), Some(mean)) => format!(
                "load against the compare window: {} → {} AAS",
                number::three_figures(before),
                number::three_figures(mean)
            ),
            _ => "load against the compare window: nothing known of it".to_owned(),
        });
        checked
    }
}

/// The largest wait class of a load.
struct Dominant {
    class: WaitClass,
    event: String,
    event_aas: Aas,
    aas: Aas,
    total: Aas,
    share: f64,
}

impl Dominant {
    /// The class that is at least half of the load.
    fn of(waits: &LoadMatrix, instance: &Instance) -> Option<Self> {
        Self::largest(waits, instance).filter(|dominant| dominant.share >= DOMINANT_SHARE)
    }

    fn largest(waits: &LoadMatrix, instance: &Instance) -> Option<Self> {
        let class_of = |key: &str| WaitClass::of_event(key, instance.engine);
        let classes = regrouped(waits, |key| vec![class_of(key).name().to_owned()]);
        let top = classes.series.first()?;
        let class = WaitClass::ALL.into_iter().find(|class| class.name() == top.key)?;
        let aas = mean_of(&classes, &top.key);
        let total = Aas(weighted_mean(&waits.total, &waits.covered_secs)?);
        let event = waits.series.iter().find(|row| class_of(&row.key) == class)?;
        let event_aas = mean_of(waits, &event.key);
        Some(Self { class, event: event.key.clone(), event_aas, aas, total, share: aas.share_of(total)? })
    }

    fn clause(&self) -> Clause {
        let share = ("share", number::percent(self.share));
        let evidence = vec![
            format!(
                "{} {} of {} AAS",
                self.class.label(),
                number::three_figures(self.aas.0),
                number::three_figures(self.total.0)
            ),
            format!("{} {} AAS", self.event, number::three_figures(self.event_aas.0)),
        ];
        if self.class == WaitClass::Cpu {
            return clause("cpu_dominates", &[share], evidence);
        }
        let values = [share, ("class", self.class.label().to_owned()), ("event", self.event.clone())];
        clause("wait_dominates", &values, evidence)
    }
}

/// The clause on calls and latency of a digest against before; `None` when either is not known or
/// nothing changed.
fn change_clause(class: WaitClass, now: &Calls, before: &Calls) -> Option<Clause> {
    let times = |now: Option<f64>, before: Option<f64>| Some(now? / before.filter(|before| *before > 0.0)?);
    let calls = times(now.per_sec, before.per_sec)?;
    let latency = times(now.ms, before.ms)?;
    let rule = match (calls >= UP, latency >= UP) {
        (false, true) if class == WaitClass::Lock => "blocked_not_busier",
        (false, true) => "slower_not_busier",
        (true, false) => "busier_not_slower",
        (true, true) => "busier_and_slower",
        (false, false) => return None,
    };
    let line = |what: &str, unit: &str, before: Option<f64>, now: Option<f64>| {
        let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number::three_figures);
        format!("{what} {} → {} {unit}", figure(before), figure(now))
    };
    let evidence =
        vec![line("calls", "/s", before.per_sec, now.per_sec), line("latency", "ms/call", before.ms, now.ms)];
    Some(clause(rule, &[("calls", number::factor(calls)), ("latency", number::factor(latency))], evidence))
}

/// The service in an application name that carries its instance or version too: `checkout` of
/// `checkout:i-1`.
fn service_of(name: &str) -> &str {
    name.split(':').next().unwrap_or(name)
}

/// The beginning of a statement that a sentence can carry.
fn statement_head(text: &str) -> String {
    const HEAD_CHARS: usize = 48;
    if text.chars().count() <= HEAD_CHARS {
        return text.to_owned();
    }
    let head: String = text.chars().take(HEAD_CHARS).collect();
    let end = head.rfind(' ').unwrap_or(head.len());
    format!("{} …", head[..end].trim_end())
}

fn clause(rule: &str, values: &[(&str, String)], evidence: Vec<String>) -> Clause {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Clause { rule: rule.to_owned(), values, evidence }
}
