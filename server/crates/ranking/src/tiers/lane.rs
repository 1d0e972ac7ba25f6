//! Alarms and deploys of an app on its axis.

use samples::{AlarmEvent, AlarmKind, AlarmState, AlarmStatus, MarkerKind};
use units::{ResourceId, Window};
use view::{AlarmLane, AlarmSpan};

use super::world::AppWorld;
use crate::Result;
use crate::alarms::concerns;
use crate::reader::Lookup;

/// Most lanes of a page.
const MOST_ALARMS: usize = 8;

/// The lane of an app's window.
pub(crate) fn of(lookup: &Lookup, world: &AppWorld) -> Result<AlarmLane> {
    let window = world.axis.window;
    let mut alarms = Vec::new();
    for alarm in lookup.archive.alarms()?.into_iter().filter(|alarm| is_about(world, alarm)) {
        let events = lookup.archive.alarm_events(&alarm.arn, window)?;
        let spans = spans(&alarm, &events, window);
        if !spans.is_empty() {
            alarms.push(AlarmSpan { name: alarm.name, arn: alarm.arn, spans });
        }
    }
    alarms.sort_by_key(|alarm| alarm.spans[0].from);
    alarms.truncate(MOST_ALARMS);
    Ok(AlarmLane { alarms, markers: markers(lookup, world)? })
}

/// Whether an alarm watches a metric of one of the app's resources.
fn is_about(world: &AppWorld, alarm: &AlarmState) -> bool {
    let metrics = match &alarm.kind {
        AlarmKind::Metric(metric) => std::slice::from_ref(metric),
        AlarmKind::Math { metrics, .. } => metrics.as_slice(),
        _ => &[],
    };
    let is_member = |arn: &str| world.app.members.iter().any(|member| member == arn);
    let of_tier = |metric| world.topology.resource_of(metric).is_some_and(|resource| is_member(&resource.arn));
    let databases = world.tiers.iter().filter_map(|tier| tier.database.as_ref());
    metrics.iter().any(of_tier) || databases.into_iter().any(|database| concerns(alarm, &database.instance))
}

/// Spans in ALARM within a window, from its changes of state there and its state now.
fn spans(alarm: &AlarmState, events: &[AlarmEvent], window: Window) -> Vec<Window> {
    let began_before = match events.first() {
        Some(first) => first.from == Some(AlarmStatus::Alarm),
        None => alarm.status == AlarmStatus::Alarm && alarm.since.is_some_and(|since| since < window.from),
    };
    let mut open = began_before.then_some(window.from);
    let mut spans = Vec::new();
    for event in events {
        match (event.to == AlarmStatus::Alarm, open) {
            (true, None) => open = Some(event.at),
            (false, Some(from)) => {
                spans.push(Window::new(from, event.at));
                open = None;
            }
            _ => {}
        }
    }
    spans.extend(open.map(|from| Window::new(from, window.to)));
    spans
}

fn markers(lookup: &Lookup, world: &AppWorld) -> Result<Vec<view::Marker>> {
    let databases = world.tiers.iter().filter_map(|tier| tier.database.as_ref());
    // An empty id belongs to no instance: what concerns all of them.
    let of = databases.map(|database| database.instance.id.clone()).chain([ResourceId(String::new())]);
    let mut markers: Vec<view::Marker> = Vec::new();
    for id in of {
        for marker in lookup.archive.markers(&id, world.axis.window)? {
            let kind = match marker.kind {
                MarkerKind::Deploy => view::MarkerKind::Deploy,
                MarkerKind::RdsEvent => view::MarkerKind::RdsEvent,
            };
            let marker = view::Marker { at: marker.at, kind, label: marker.label };
            if !markers.contains(&marker) {
                markers.push(marker);
            }
        }
    }
    markers.sort_by_key(|marker| marker.at);
    Ok(markers)
}

#[cfg(test)]
mod tests {
    use units::Timestamp;

    use super::*;

    fn alarm(status: AlarmStatus, since: i64) -> AlarmState {
        AlarmState {
            arn: "arn:aws:cloudwatch:us-east-1:1:alarm:a".to_owned(),
            name: "a".to_owned(),
            description: String::new(),
            status,
            reason: String::new(),
            reason_data: String::new(),
            since: Some(Timestamp::from_secs(since)),
            kind: AlarmKind::Other,
            threshold: None,
            comparison: None,
            evaluation_periods: None,
            datapoints_to_alarm: None,
            treat_missing_data: None,
            seen: Timestamp::from_secs(0),
        }
    }

    fn event(at: i64, from: AlarmStatus, to: AlarmStatus) -> AlarmEvent {
        AlarmEvent {
            arn: String::new(),
            at: Timestamp::from_secs(at),
            from: Some(from),
            to,
            reason: String::new(),
            data: String::new(),
        }
    }

    #[test]
    fn spans_follow_the_changes_of_state() {
        use AlarmStatus::{Alarm, InsufficientData, Ok};
        let window = Window::new(Timestamp::from_secs(100), Timestamp::from_secs(200));
        let secs = |events: &[AlarmEvent], now: AlarmState| -> Vec<(i64, i64)> {
            spans(&now, events, window).iter().map(|span| (span.from.secs(), span.to.secs())).collect()
        };
        assert_eq!(secs(&[event(120, Ok, Alarm), event(150, Alarm, Ok)], alarm(Ok, 150)), [(120, 150)]);
        assert_eq!(secs(&[event(150, Alarm, Ok)], alarm(Ok, 150)), [(100, 150)]);
        assert_eq!(secs(&[event(120, InsufficientData, Alarm)], alarm(Alarm, 120)), [(120, 200)]);
        assert_eq!(secs(&[], alarm(Alarm, 50)), [(100, 200)]);
        assert_eq!(secs(&[], alarm(Alarm, 250)), [], "it went off after the window");
        assert_eq!(secs(&[], alarm(Ok, 50)), []);
    }
}
