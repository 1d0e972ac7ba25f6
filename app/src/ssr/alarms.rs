//! The alarm pages' questions, answered by `incidents` from what the archive has.

use incidents::links::{QuerySource, alarm_in_cdk, alarm_in_cloudformation, alarm_in_terraform, missing_alarms};
use incidents::{
    AlarmArn, AlarmRef, Child, Hint, Landing, LaneSubject, Limit, Note, Presence, Question, Target, TimeOrigin, Watched,
};
use units::{Compare, DbLoadQuery, Timestamp, Window};
use view::{MetricView, Panel, Severity, StateLane, Trouble};

use super::Source;
use crate::error::ViewError;
use crate::server_fns::{
    AlarmChild, AlarmHint, AlarmLanding, AlarmLine, AlarmNote, AlarmTarget, AlarmsView, Suggestion,
};

/// Longest text that may name an alarm.
const MAX_ALARM_BYTES: usize = 8192;
/// Most suggestions of one page.
const MOST_SUGGESTIONS: usize = 60;
/// An incident belongs to an alarm's moment when it began within this time of it.
const SAME_INCIDENT_SECS: i64 = 45 * 60;
/// Values of CloudWatch arrive within this time.
const ARRIVAL_SECS: i64 = 60;

impl Source {
    pub(crate) fn alarms(&self) -> Result<Panel<AlarmsView>, ViewError> {
        let archive = self.reader.archive();
        let failed = |error| self.unavailable(&error);
        let alarms = archive.alarms().map_err(failed)?;
        if alarms.is_empty() {
            return Ok(Panel::Empty);
        }
        let mut lines = Vec::with_capacity(alarms.len());
        for alarm in &alarms {
            let question = Question { alarm: AlarmRef::parse(&alarm.arn), at: alarm.since, now: self.now };
            let landing = incidents::resolve_in(archive, &question).map_err(failed)?;
            lines.push(AlarmLine {
                arn: alarm.arn.clone(),
                name: alarm.name.clone(),
                severity: severity_of(alarm.status.name()),
                since: alarm.since,
                rule: rule_of(&landing),
                resource: landing.target.name(),
                place: place_of(landing.arn.as_ref()),
                is_gone: matches!(landing.presence, Presence::Gone { .. }),
            });
        }
        lines.sort_by(|a, b| (a.is_gone, b.severity, &a.name).cmp(&(b.is_gone, a.severity, &b.name)));
        let collected_to = alarms.iter().map(|alarm| alarm.seen).max();
        let source = view::Source { name: "CloudWatch".to_owned(), collected_to, ..view::Source::default() };
        Ok(Panel::Data(AlarmsView { alarms: lines, source }))
    }

    /// Alarms worth having, as templates, for resources that have none of the kind.
    pub(crate) fn suggestions(&self) -> Result<Vec<Suggestion>, ViewError> {
        let archive = self.reader.archive();
        let failed = |error| self.unavailable(&error);
        let templates = missing_alarms(archive).map_err(failed)?;
        let worded = templates.into_iter().take(MOST_SUGGESTIONS).map(|(resource, template)| Suggestion {
            reason: template.reason.to_owned(),
            name: template.name.clone(),
            rule: template_rule(&template),
            cloudformation: alarm_in_cloudformation(&template),
            terraform: alarm_in_terraform(&template),
            cdk: alarm_in_cdk(&template),
            resource,
        });
        Ok(worded.collect())
    }

    /// Where a link to an alarm leads; nothing is unresolved without a reason.
    pub(crate) async fn alarm(&self, named: &str, at_ms: i64) -> Result<AlarmLanding, ViewError> {
        let landing = self.landing(named, at_ms).await?;
        let incident = self.incident_of(&landing)?;
        let mut view = landing_of(&landing, incident);
        let topology = self.reader.archive().topology().map_err(|error| self.unavailable(&error))?;
        let all = std::iter::once((&mut view.target, &landing.target)).chain(view.also.iter_mut().zip(&landing.also));
        for (shown, target) in all {
            if let AlarmTarget::Tier { app, .. } = shown {
                *app = incidents::app_of(&topology, target);
            }
        }
        Ok(view)
    }

    pub(super) async fn landing(&self, named: &str, at_ms: i64) -> Result<Landing, ViewError> {
        if named.trim().is_empty() || named.len() > MAX_ALARM_BYTES {
            let reason = "the address names no alarm; use /alarm?arn=<AlarmArn>&at=<time>".to_owned();
            return Err(ViewError::BadRequest { reason });
        }
        let at = (at_ms > 0).then_some(Timestamp(at_ms));
        let question = Question { alarm: AlarmRef::parse(named), at, now: self.now };
        let found = self.resolved(&question)?;
        let is_new =
            found.presence == Presence::NeverSeen && matches!(question.alarm, AlarmRef::Arn(_) | AlarmRef::Name { .. });
        // It may be younger than the last poll; a refusal leaves the page as it is.
        if !is_new || self.reader.want_alarm(question.alarm.text(), at).await.is_some() {
            return Ok(found);
        }
        self.resolved(&question)
    }

    fn resolved(&self, question: &Question) -> Result<Landing, ViewError> {
        incidents::resolve_in(self.reader.archive(), question).map_err(|error| self.unavailable(&error))
    }

    /// The incident that was kept of an alarm around a moment.
    fn incident_of(&self, landing: &Landing) -> Result<Option<String>, ViewError> {
        let Some(arn) = landing.arn.as_ref().map(ToString::to_string) else { return Ok(None) };
        let around = Window::new(landing.at.plus_secs(-SAME_INCIDENT_SECS), landing.at.plus_secs(SAME_INCIDENT_SECS));
        let found = self.reader.archive().incidents(around, 50).map_err(|error| self.unavailable(&error))?;
        Ok(found.into_iter().find(|incident| incident.alarms.contains(&arn)).map(|incident| incident.id))
    }

    pub(crate) async fn alarm_metric(&self, named: &str, at_ms: i64) -> Result<Panel<MetricView>, ViewError> {
        let landing = self.landing(named, at_ms).await?;
        if landing.decided_by.is_none() {
            return Ok(Panel::Trouble(Trouble::NotCollected { what: landing.name }));
        }
        let refusal = self.bring_series(&landing).await?;
        match self.metric_of(&landing)? {
            Some(view) => Ok(Panel::Data(view)),
            None => Ok(Panel::Trouble(refusal.unwrap_or(Trouble::Pending { done: None }))),
        }
    }

    /// Asks for the values of an alarm's window that are not archived yet.
    pub(super) async fn bring_series(&self, landing: &Landing) -> Result<Option<Trouble>, ViewError> {
        let Some(arn) = landing.decided_by.as_ref().map(ToString::to_string) else { return Ok(None) };
        let window = incidents::chart_window(landing);
        let stored = self.reader.archive().alarm_series(&arn, window).map_err(|error| self.unavailable(&error))?;
        let due = window.to.min(self.now.plus_secs(-ARRIVAL_SECS));
        let has = stored.iter().any(|one| one.window.from <= window.from && one.window.to >= due.floor_to(60));
        if has {
            return Ok(None);
        }
        Ok(self.reader.want_alarm_series(arn, window).await)
    }

    pub(super) fn metric_of(&self, landing: &Landing) -> Result<Option<MetricView>, ViewError> {
        let zone = self.zone();
        let axis = |window, period| self.reader.axis(window, period, &zone);
        incidents::metric_view(self.reader.archive(), landing, self.now, axis).map_err(|error| self.unavailable(&error))
    }

    pub(crate) fn alarm_lane(&self, query: &DbLoadQuery, now: Timestamp) -> Result<StateLane, ViewError> {
        let window = query.range.resolve(now).map_err(|error| ViewError::BadRequest { reason: error.to_string() })?;
        let period = ranking::bucket_for(window, query.period);
        let axis = self.reader.axis(window.aligned(period.secs()), period, &query.zone);
        let subjects = [LaneSubject::Instance(query.instance.clone())];
        incidents::alarm_lane(self.reader.archive(), &subjects, axis).map_err(|error| self.unavailable(&error))
    }
}

fn landing_of(landing: &Landing, incident: Option<String>) -> AlarmLanding {
    let alarm = landing.alarm.as_ref();
    AlarmLanding {
        arn: landing.arn.as_ref().map(ToString::to_string),
        name: landing.name.clone(),
        description: alarm.map(|alarm| alarm.description.clone()).unwrap_or_default(),
        reason: alarm.map(|alarm| alarm.reason.clone()).unwrap_or_default(),
        place: place_of(landing.arn.as_ref()),
        is_known: alarm.is_some(),
        severity: alarm.map_or(Severity::Unknown, |alarm| severity_of(alarm.status.name())),
        since: alarm.and_then(|alarm| alarm.since),
        at: landing.at,
        went_off: landing.breach.map(|breach| breach.from),
        window: landing.window,
        compare: if landing.compare == Compare::Off { Compare::Yesterday } else { landing.compare.clone() },
        rule: rule_of(landing),
        threshold: load_limit(landing),
        target: target_of(&landing.target),
        also: landing.also.iter().map(target_of).collect(),
        children: landing.children.iter().map(child_of).collect(),
        notes: landing.notes.iter().map(note_of).collect(),
        hints: landing.hints.iter().map(hint_of).collect(),
        console_url: landing.console_url.clone(),
        incident,
    }
}

fn target_of(target: &Target) -> AlarmTarget {
    match target {
        Target::Instance(found) => AlarmTarget::Instance { id: found.id.clone(), name: found.name.clone() },
        Target::Cluster { name, role, members } => AlarmTarget::Cluster {
            name: name.clone(),
            role: role.clone(),
            members: members.iter().map(|member| (member.id.clone(), member.name.clone())).collect(),
        },
        Target::UnlistedDatabase { .. } => AlarmTarget::UnlistedDatabase { name: target.name().unwrap_or_default() },
        Target::Tier { kind, namespace, resource, dimensions } => AlarmTarget::Tier {
            kind: kind.key().to_owned(),
            namespace: namespace.clone(),
            resource: resource.clone(),
            dimensions: dimensions.clone().into_iter().collect(),
            app: None,
        },
        Target::Unknown(_) => AlarmTarget::Nothing,
    }
}

fn child_of(child: &Child) -> AlarmChild {
    AlarmChild {
        name: child.arn.as_ref().map_or_else(|| child.reference.clone(), |arn| arn.name.clone()),
        arn: child.arn.as_ref().map(ToString::to_string),
        severity: child.status.map(|status| severity_of(status.name())),
        since: child.since,
        resource: child.target.name(),
        is_cause: child.is_cause,
        is_negated: child.is_negated,
    }
}

fn hint_of(hint: &Hint) -> AlarmHint {
    match hint {
        Hint::SimilarAlarm(arn) => AlarmHint::Alarm(arn.to_string(), arn.name.clone()),
        Hint::Instance(instance) => AlarmHint::Instance(instance.id.clone(), instance.name.clone()),
    }
}

fn note_of(note: &Note) -> AlarmNote {
    let with = |key: &str, values: &[(&str, String)]| AlarmNote {
        key: key.to_owned(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    match note {
        Note::NeverSeen => with("never_seen", &[]),
        Note::NotCollected { account, region } => {
            with("not_collected", &[("account", account.clone()), ("region", region.clone())])
        }
        Note::Gone { last_seen } => with("gone", &[("time", last_seen.to_string())]),
        Note::SeveralAlarms(arns) => {
            let names: Vec<String> = arns.iter().map(|arn| format!("{} · {}", arn.account, arn.region)).collect();
            with("several", &[("count", arns.len().to_string()), ("places", names.join(", "))])
        }
        Note::NotAnAlarm => with("not_an_alarm", &[]),
        Note::Unreadable => with("unreadable", &[]),
        Note::TimeAssumed(TimeOrigin::LastAlarm) => with("time_last_alarm", &[]),
        Note::TimeAssumed(TimeOrigin::LastChange) => with("time_last_change", &[]),
        Note::TimeAssumed(TimeOrigin::Now | TimeOrigin::Asked) => with("time_now", &[]),
        Note::TimeInFuture => with("time_in_future", &[]),
        Note::InstanceElsewhere => with("instance_elsewhere", &[]),
        Note::DatabaseNotListed => with("database_not_listed", &[]),
        Note::RuleUnreadable => with("rule_unreadable", &[]),
        Note::RuleCircular => with("rule_circular", &[]),
        Note::ChildUnknown(name) => with("child_unknown", &[("name", name.clone())]),
        Note::QueryNamesNoResource => with("query_names_none", &[]),
        Note::MetricsInRegion(region) => with("metrics_in_region", &[("region", region.clone())]),
    }
}

fn place_of(arn: Option<&AlarmArn>) -> String {
    arn.map(|arn| format!("{} · {}", arn.region, arn.account)).unwrap_or_default()
}

pub(super) fn severity_of(status: &str) -> Severity {
    match status {
        "ALARM" => Severity::Critical,
        "OK" => Severity::Good,
        _ => Severity::Unknown,
    }
}

/// The limit as a line in the load chart: only of alarms on DB load itself, whose unit it is.
fn load_limit(landing: &Landing) -> Option<(f64, String)> {
    let is_load = matches!(landing.watched.first(), Some(Watched::Metric(metric)) if metric.name == "DBLoad");
    match landing.limit {
        Limit::Threshold { value, side } if is_load => Some((value, side.sign().to_owned())),
        Limit::Threshold { .. } | Limit::Band { .. } | Limit::None => None,
    }
}

/// What an alarm watches, as one line that needs no translation: `DBLoad Average > 10, 3 of 3 × 60 s`.
pub(super) fn rule_of(landing: &Landing) -> String {
    let subject = match landing.watched.first() {
        _ if !landing.children.is_empty() => children_of(landing),
        Some(Watched::Metric(metric)) => format!("{} {}", metric.name, metric.statistic),
        Some(Watched::Counters { metrics, .. }) => metrics.join(", "),
        Some(Watched::Expression(text) | Watched::PromQl(text)) => text.clone(),
        Some(Watched::LogQuery { query, .. }) => query.clone(),
        None => children_of(landing),
    };
    let limit = match landing.limit {
        _ if !landing.children.is_empty() => String::new(),
        Limit::Threshold { value, side } => format!(" {} {value}", side.sign()),
        Limit::Band { width, .. } => format!(" ± {width} σ"),
        Limit::None => String::new(),
    };
    let evaluation = &landing.evaluation;
    let periods = evaluation.periods.zip(evaluation.period_secs).filter(|_| landing.children.is_empty());
    let periods = periods.map(|(periods, secs)| {
        format!(", {} of {periods} × {secs} s", evaluation.datapoints_to_alarm.unwrap_or(periods))
    });
    shortened(&format!("{}{limit}{}", subject.trim(), periods.unwrap_or_default()))
}

fn children_of(landing: &Landing) -> String {
    landing.children.iter().map(|child| child.reference.as_str()).collect::<Vec<_>>().join(", ")
}

fn template_rule(template: &incidents::links::AlarmTemplate) -> String {
    let subject = match template.single_metric() {
        Some(metric) => format!("{} {}", metric.name, metric.statistic),
        None => template
            .queries
            .iter()
            .find_map(|query| match &query.source {
                QuerySource::Expression(text, _) => Some(text.clone()),
                QuerySource::Metric(_) => None,
            })
            .unwrap_or_default(),
    };
    let (needed, periods) = (template.datapoints_to_alarm, template.periods);
    shortened(&format!("{subject} {} {}, {needed} of {periods} × 60 s", template.side.sign(), template.threshold))
}

/// One line; longer ones are cut.
fn shortened(line: &str) -> String {
    const LONGEST_RULE: usize = 160;
    if line.chars().count() > LONGEST_RULE {
        line.chars().take(LONGEST_RULE - 1).chain(['…']).collect()
    } else {
        line.to_owned()
    }
}
