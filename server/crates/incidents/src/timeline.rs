//! The moment, the breach and the lane of states, from changes of state.

use samples::{AlarmEvent, AlarmState, AlarmStatus};
use units::{Timestamp, Window};

use crate::landing::{Breach, StateSpan, TimeOrigin};
use crate::payload::reason_data_of;

/// Links carry the time of the change or of the evaluation that led to it; a change this much later
/// than the link's time is still the one that is meant.
pub(crate) const LINK_TOLERANCE_SECS: i64 = 120;

/// The moment a page is about.
pub(crate) fn moment(
    asked: Option<Timestamp>,
    alarm: Option<&AlarmState>,
    changes: &[&AlarmEvent],
    now: Timestamp,
) -> (Timestamp, TimeOrigin) {
    if let Some(at) = asked {
        return (at, TimeOrigin::Asked);
    }
    let past = || changes.iter().rev().filter(|change| change.at <= now);
    if let Some(change) = past().find(|change| change.to == AlarmStatus::Alarm) {
        return (change.at, TimeOrigin::LastAlarm);
    }
    if let Some((since, status)) =
        alarm.and_then(|alarm| Some((alarm.since?, alarm.status))).filter(|(since, _)| *since <= now)
    {
        let origin = if status == AlarmStatus::Alarm { TimeOrigin::LastAlarm } else { TimeOrigin::LastChange };
        return (since, origin);
    }
    past().next().map_or((now, TimeOrigin::Now), |change| (change.at, TimeOrigin::LastChange))
}

/// The state at a moment and since when; `None` when nothing tells.
pub(crate) fn status_at(
    at: Timestamp,
    alarm: Option<&AlarmState>,
    changes: &[&AlarmEvent],
) -> Option<(AlarmStatus, Option<Timestamp>)> {
    let before = changes.iter().rev().find(|change| change.at <= at).map(|change| (change.to, Some(change.at)));
    let after =
        || changes.iter().find(|change| change.at > at).and_then(|change| change.from).map(|status| (status, None));
    let last = || {
        let alarm = alarm.filter(|alarm| alarm.since.is_some_and(|since| since <= at))?;
        Some((alarm.status, alarm.since))
    };
    // What was told last is newer than a change that was recorded before it.
    match (before, last()) {
        (Some(before), Some(last)) => Some(if last.1 > before.1 { last } else { before }),
        (before, last) => before.or(last).or_else(after),
    }
}

/// The span in ALARM that holds `at`, or begins just after it.
pub(crate) fn breach_at(at: Timestamp, alarm: Option<&AlarmState>, changes: &[&AlarmEvent]) -> Option<Breach> {
    let latest = at.plus_secs(LINK_TOLERANCE_SECS);
    let (status, since) = status_at(latest, alarm, changes)?;
    let ended = || changes.iter().rev().find(|change| change.at <= latest && change.to == AlarmStatus::Alarm);
    let (from, reason_data) = if status == AlarmStatus::Alarm {
        let from = since?;
        let change = changes.iter().find(|change| change.at == from && change.to == AlarmStatus::Alarm);
        (from, change.map(|change| change.data.as_str()).or_else(|| alarm.map(|alarm| alarm.reason_data.as_str())))
    } else {
        let change = ended()?;
        (change.at, Some(change.data.as_str()))
    };
    let end = changes.iter().find(|change| change.at > from && change.to != AlarmStatus::Alarm).map(|change| change.at);
    let is_over = alarm.is_some_and(|alarm| alarm.status != AlarmStatus::Alarm);
    let end = end.or_else(|| alarm.filter(|_| is_over).and_then(|alarm| alarm.since).filter(|since| *since > from));
    // A breach that was over before the moment of the page is another one.
    let concerns = end.is_none_or(|end| end >= at);
    concerns.then(|| Breach { first_datapoint: reason_data.and_then(first_datapoint), from, to: end })
}

/// The earliest data point of an evaluation, from `StateReasonData` or from `HistoryData` around it.
fn first_datapoint(data: &str) -> Option<Timestamp> {
    let data = reason_data_of(data)?;
    let points = ["evaluatedDatapoints", "results"].into_iter().filter_map(|key| data.get(key)?.as_array()).flatten();
    let with_value = points.filter(|point| point.get("value").is_some_and(|value| !value.is_null()));
    let times = with_value.filter_map(|point| aws_time(point.get("timestamp")?.as_str()?));
    times.min().or_else(|| aws_time(data.get("startDate")?.as_str()?))
}

/// Reads the two forms AWS writes times in: RFC 3339, and `2026-02-26T10:14:05.000+0000`. A `+` that
/// a query string turned into a space is put back.
#[must_use]
pub fn aws_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let (before, zone) = text.split_at_checked(text.len().checked_sub(5)?)?;
    let digits = &zone[1..];
    let has_zone = matches!(zone.as_bytes()[0], b'+' | b'-' | b' ') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let sign = if zone.starts_with('-') { '-' } else { '+' };
    if has_zone && before.contains('T') {
        return format!("{before}{sign}{}:{}", &digits[..2], &digits[2..]).parse().ok();
    }
    // `…T10:14:05 00:00`, from `+00:00`.
    text.contains('T').then(|| text.replacen(' ', "+", 1).parse().ok()).flatten()
}

/// The lane of states within a window; spans of unknown state are absent.
pub(crate) fn states_within(window: Window, alarm: Option<&AlarmState>, changes: &[&AlarmEvent]) -> Vec<StateSpan> {
    let mut edges: Vec<Timestamp> = vec![window.from];
    edges.extend(changes.iter().map(|change| change.at));
    edges.extend(alarm.and_then(|alarm| alarm.since));
    edges.retain(|edge| window.contains(*edge));
    edges.sort_unstable();
    edges.dedup();
    let mut spans: Vec<StateSpan> = Vec::new();
    let ends = edges.iter().skip(1).copied().chain([window.to]);
    for (from, to) in edges.iter().copied().zip(ends) {
        let Some((status, _)) = status_at(from, alarm, changes) else { continue };
        match spans.last_mut() {
            Some(last) if last.status == status && last.to == from => last.to = to,
            _ => spans.push(StateSpan { from, to, status }),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::aws_time;

    #[test]
    fn both_ways_of_aws_to_write_a_time_are_read() {
        for text in [
            "2026-02-26T10:14:05Z",
            "2026-02-26T10:14:05.000Z",
            "2026-02-26T10:14:05.000+0000",
            "2026-02-26T10:14:05.000+00:00",
            "2026-02-26T10:14:05.000+00",
            "2026-02-26T11:14:05.000+0100",
            "2026-02-26T09:14:05.000-0100",
            // From a query string in which `+` is a space.
            "2026-02-26T10:14:05.000 0000",
            "2026-02-26T10:14:05.000 00:00",
            "1772100845",
            "1772100845000",
        ] {
            assert_eq!(aws_time(text).map(units::Timestamp::secs), Some(1_772_100_845), "{text}");
        }
        for text in ["", "soon", "T+0000", "T 0000", "é 0000"] {
            assert_eq!(aws_time(text), None, "{text}");
        }
    }
}
