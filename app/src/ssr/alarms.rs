//! The alarm pages' questions, answered by `incidents` from what the archive has.

use incidents::{AlarmRef, Known, Landing, Limit, Question, Side, Target, Watched};
use units::{Compare, ResourceId, Timestamp, Window, Zone};
use view::{Panel, Severity};

use super::Source;
use crate::error::ViewError;
use crate::paths::DbPage;
use crate::server_fns::{AlarmLanding, AlarmLine, AlarmsView};

/// Longest text that may name an alarm.
const MAX_ALARM_BYTES: usize = 2048;
/// Changes of state are looked for so long before and after the moment of a link.
const HISTORY_SECS: i64 = 86_400;

impl Source {
    pub(crate) fn alarms(&self) -> Result<Panel<AlarmsView>, ViewError> {
        let archive = self.reader.archive();
        let alarms = archive.alarms().map_err(|error| self.unavailable(&error))?;
        let instances = archive.instances().map_err(|error| self.unavailable(&error))?;
        if alarms.is_empty() {
            return Ok(Panel::Empty);
        }
        let line = |alarm| {
            let known = Known { alarms: std::slice::from_ref(alarm), instances: &instances, ..Known::default() };
            let asked = AlarmRef::parse(&alarm.arn);
            let landing = incidents::resolve(&Question { alarm: asked, at: alarm.since, now: self.now }, &known);
            AlarmLine {
                arn: alarm.arn.clone(),
                name: alarm.name.clone(),
                severity: severity_of(alarm.status.name()),
                since: alarm.since,
                rule: rule_of(&landing),
                instance: instance_of(&landing.target).map(|(_, name)| name),
            }
        };
        let mut lines: Vec<AlarmLine> = alarms.iter().map(line).collect();
        lines.sort_by(|a, b| (b.severity, &a.name).cmp(&(a.severity, &b.name)));
        let collected_to = alarms.iter().map(|alarm| alarm.seen).max();
        let source = view::Source { name: "CloudWatch".to_owned(), collected_to, ..view::Source::default() };
        Ok(Panel::Data(AlarmsView { alarms: lines, source }))
    }

    /// Where a link to an alarm leads: to the frozen page of an instance, or to a reason why not.
    pub(crate) fn alarm(&self, named: &str, at_ms: i64) -> Result<AlarmLanding, ViewError> {
        if named.is_empty() || named.len() > MAX_ALARM_BYTES {
            return Err(ViewError::BadRequest { reason: "the address names no alarm".to_owned() });
        }
        let archive = self.reader.archive();
        let failed = |error| self.unavailable(&error);
        let (alarms, instances) = (archive.alarms().map_err(failed)?, archive.instances().map_err(failed)?);
        let at = (at_ms > 0).then_some(Timestamp(at_ms));
        let question = Question { alarm: AlarmRef::parse(named), at, now: self.now };
        let known = Known { alarms: &alarms, instances: &instances, ..Known::default() };
        let landing = incidents::resolve(&question, &known);
        let Some(arn) = landing.arn.as_ref().map(ToString::to_string) else { return landing_of(&landing) };
        let around = Window::new(landing.at.plus_secs(-HISTORY_SECS), landing.at.plus_secs(HISTORY_SECS));
        let mut events = archive.alarm_events(&arn, around).map_err(failed)?;
        for child in landing.children.iter().filter_map(|child| child.arn.as_ref()) {
            events.extend(archive.alarm_events(&child.to_string(), around).map_err(failed)?);
        }
        landing_of(&incidents::resolve(&question, &Known { events: &events, ..known }))
    }
}

fn landing_of(landing: &Landing) -> Result<AlarmLanding, ViewError> {
    let rule = rule_of(landing);
    let Some((instance, _)) = instance_of(&landing.target) else {
        return Err(match landing.alarm {
            Some(_) => ViewError::BadRequest { reason: format!("{} · {rule}", landing.name) },
            None => ViewError::NotFound { what: landing.name.clone() },
        });
    };
    let status = landing.alarm.as_ref().map_or("", |alarm| alarm.status.name());
    let mut page = DbPage::new(instance, Zone::Utc).with_window(landing.window.aligned(60));
    page.query.compare = if landing.compare == Compare::Off { Compare::Yesterday } else { landing.compare.clone() };
    page.alarm = Some(landing.arn.as_ref().map_or_else(|| landing.name.clone(), ToString::to_string));
    Ok(AlarmLanding {
        name: landing.name.clone(),
        severity: severity_of(status),
        at: Some(landing.at),
        threshold: load_limit(landing),
        rule,
        href: page.href(),
    })
}

fn severity_of(status: &str) -> Severity {
    match status {
        "ALARM" => Severity::Critical,
        "OK" => Severity::Good,
        _ => Severity::Unknown,
    }
}

/// The instance an alarm leads to: id and name.
fn instance_of(target: &Target) -> Option<(ResourceId, String)> {
    match target {
        Target::Instance(instance) => Some((instance.id.clone(), instance.name.clone())),
        Target::Cluster { members, .. } => members.first().map(|member| (member.id.clone(), member.name.clone())),
        Target::UnlistedDatabase { .. } | Target::Tier { .. } | Target::Unknown(_) => None,
    }
}

/// The limit as a line in the load chart: only of alarms on DB load itself, whose unit it is.
fn load_limit(landing: &Landing) -> Option<(f64, String)> {
    let is_load = matches!(landing.watched.first(), Some(Watched::Metric(metric)) if metric.name == "DBLoad");
    match landing.limit {
        Limit::Threshold { value, side } if is_load => Some((value, sign_of(side).to_owned())),
        _ => None,
    }
}

const fn sign_of(side: Side) -> &'static str {
    match side {
        Side::Above => ">",
        Side::AtOrAbove => "≥",
        Side::Below => "<",
        Side::AtOrBelow => "≤",
        Side::Outside => "≠",
    }
}

/// What an alarm watches, as one line that needs no translation: `DBLoad Average > 10, 3 of 3 × 60 s`.
fn rule_of(landing: &Landing) -> String {
    /// Longer rules are cut.
    const LONGEST_RULE: usize = 160;
    let subject = match landing.watched.first() {
        Some(Watched::Metric(metric)) => format!("{} {}", metric.name, metric.statistic),
        Some(Watched::Counters { metrics, .. }) => metrics.join(", "),
        Some(Watched::Expression(text) | Watched::PromQl(text)) => text.clone(),
        Some(Watched::LogQuery { query, .. }) => query.clone(),
        None => landing.children.iter().map(|child| child.reference.as_str()).collect::<Vec<_>>().join(", "),
    };
    let limit = match landing.limit {
        Limit::Threshold { value, side } => format!(" {} {value}", sign_of(side)),
        Limit::Band { width, .. } => format!(" ± {width} σ"),
        Limit::None => String::new(),
    };
    let evaluation = &landing.evaluation;
    let periods = evaluation.periods.zip(evaluation.period_secs).map(|(periods, secs)| {
        format!(", {} of {periods} × {secs} s", evaluation.datapoints_to_alarm.unwrap_or(periods))
    });
    let line = format!("{}{limit}{}", subject.trim(), periods.unwrap_or_default());
    if line.chars().count() > LONGEST_RULE {
        line.chars().take(LONGEST_RULE - 1).chain(['…']).collect()
    } else {
        line
    }
}
