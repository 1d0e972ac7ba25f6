//! Alarms on the axis of a chart.

use archive::Archive;
use samples::{AlarmKind, AlarmState, Instance};
use units::{ResourceId, Window};
use view::{Axis, Severity, StateLane, StateLaneRow};

use crate::metric::lane_span;
use crate::resolve::{changes_of, place_of};
use crate::snapshot::children_of;
use crate::target::Target;
use crate::timeline::states_within;
use crate::watched::targets_of;
use crate::{AlarmArn, TierKind};

/// Most alarms of one lane.
const MOST_ROWS: usize = 20;
/// State at the start of an axis follows from changes this long before it.
const BEFORE_SECS: i64 = 30 * 86_400;

/// What a chart is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaneSubject {
    /// A database instance.
    Instance(ResourceId),
    /// Another resource: its sort, and the value that names it in CloudWatch.
    Tier(TierKind, String),
}

/// The alarms over a resource, or over one of its alarms, with their states on an axis. Those that
/// were in ALARM come first.
///
/// # Errors
/// [`archive::Error`] when it cannot be read.
pub fn alarm_lane(archive: &Archive, subjects: &[LaneSubject], axis: Axis) -> archive::Result<StateLane> {
    let (alarms, instances) = (archive.alarms()?, archive.instances()?);
    let is_about = |alarm: &AlarmState| {
        let arn: Option<AlarmArn> = alarm.arn.parse().ok();
        let targets = targets_of(&alarm.kind, place_of(arn.as_ref()), &instances);
        targets.iter().any(|target| subjects.iter().any(|subject| is_same(target, subject, &instances)))
    };
    let own: Vec<&AlarmState> = alarms.iter().filter(|alarm| is_about(alarm)).collect();
    let over = |alarm: &&AlarmState| {
        matches!(alarm.kind, AlarmKind::Composite { .. })
            && children_of(&alarms, Some(&alarm.arn)).iter().any(|arn| own.iter().any(|one| one.arn == *arn))
    };
    let mut rows = Vec::new();
    for alarm in alarms.iter().filter(over).chain(own.iter().copied()) {
        let window = Window::new(axis.window.from.plus_secs(-BEFORE_SECS), axis.window.to);
        let events = archive.alarm_events(&alarm.arn, window)?;
        let changes = changes_of(&alarm.arn, &events);
        let spans: Vec<_> = states_within(axis.window, Some(alarm), &changes).iter().map(lane_span).collect();
        rows.push(StateLaneRow { arn: alarm.arn.clone(), name: alarm.name.clone(), spans });
    }
    rows.sort_by_key(|row| (row.spans.iter().all(|span| span.state != Severity::Critical), row.name.clone()));
    rows.truncate(MOST_ROWS);
    Ok(StateLane { axis, rows })
}

fn is_same(target: &Target, subject: &LaneSubject, instances: &[Instance]) -> bool {
    match (target, subject) {
        (Target::Instance(found), LaneSubject::Instance(id)) => found.id == *id,
        (Target::Cluster { name, .. }, LaneSubject::Instance(id)) => {
            let instance = instances.iter().find(|instance| instance.id == *id);
            instance.is_some_and(|instance| instance.cluster.as_deref() == Some(name))
        }
        (Target::Tier { kind, resource, .. }, LaneSubject::Tier(of, name)) => kind == of && resource == name,
        _ => false,
    }
}
