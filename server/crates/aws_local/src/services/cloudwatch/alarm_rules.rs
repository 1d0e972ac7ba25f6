//! When an alarm changes its state. Pure: points in, state out.
//!
//! A window somewhat longer than the evaluation periods is looked at. If it holds enough points, the
//! newest of them decide and missing ones do not matter; else the missing ones are treated as the
//! alarm says.

/// Points looked at beyond the evaluation periods. AWS calls the whole the evaluation range and does
/// not say how long it is (assumed).
pub(super) const EXTRA_PERIODS: usize = 2;

/// An alarm's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    Alarm,
    InsufficientData,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// Reads AWS's word.
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            _ => Self::InsufficientData,
        }
    }
}

/// What a missing point counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Neither: the state becomes `INSUFFICIENT_DATA` when nothing is there.
    Unknown,
    Breaching,
    NotBreaching,
    Ignore,
}

impl Missing {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "missing" => Self::Unknown,
            "breaching" => Self::Breaching,
            "notBreaching" => Self::NotBreaching,
            "ignore" => Self::Ignore,
            _ => return None,
        })
    }
}

/// How a value is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    GreaterOrEqual,
    Greater,
    Less,
    LessOrEqual,
}

impl Comparison {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "GreaterThanOrEqualToThreshold" => Self::GreaterOrEqual,
            "GreaterThanThreshold" => Self::Greater,
            "LessThanThreshold" => Self::Less,
            "LessThanOrEqualToThreshold" => Self::LessOrEqual,
            _ => return None,
        })
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::GreaterOrEqual => "greater than or equal to",
            Self::Greater => "greater than",
            Self::Less => "less than",
            Self::LessOrEqual => "less than or equal to",
        }
    }

    fn is_breaching(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterOrEqual => value >= threshold,
            Self::Greater => value > threshold,
            Self::Less => value < threshold,
            Self::LessOrEqual => value <= threshold,
        }
    }
}

/// An alarm's numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) comparison: Comparison,
    pub(super) threshold: f64,
    pub(super) evaluation_periods: usize,
    pub(super) datapoints_to_alarm: usize,
    pub(super) missing: Missing,
}

/// The state that follows from the periods of the evaluation range, oldest first; and the values that
/// decided, oldest first.
pub(super) fn evaluate(rule: &Rule, range: &[Option<f64>], current: State) -> (State, Vec<f64>) {
    let present: Vec<f64> = range.iter().rev().copied().flatten().take(rule.evaluation_periods).collect();
    let breaching =
        |values: &[f64]| values.iter().filter(|value| rule.comparison.is_breaching(**value, rule.threshold)).count();
    let breaches = breaching(&present);
    let absent = rule.evaluation_periods - present.len();
    let decide = |breaches: usize| if breaches >= rule.datapoints_to_alarm { State::Alarm } else { State::Ok };
    let state = match rule.missing {
        _ if absent == 0 => decide(breaches),
        Missing::Breaching => decide(breaches + absent),
        Missing::NotBreaching => decide(breaches),
        // The points that are there decide if they can; otherwise nothing changes.
        Missing::Ignore if breaches >= rule.datapoints_to_alarm => State::Alarm,
        Missing::Ignore if breaches + absent < rule.datapoints_to_alarm => State::Ok,
        Missing::Ignore => current,
        Missing::Unknown if present.is_empty() => State::InsufficientData,
        // All that is there breaches: the alarm does not wait for points that may never come.
        Missing::Unknown if breaches >= rule.datapoints_to_alarm.min(present.len()) => State::Alarm,
        Missing::Unknown => State::Ok,
    };
    (state, present.into_iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(missing: Missing, to_alarm: usize, range: &str, current: State, expected: State) {
        let rule = Rule {
            comparison: Comparison::Greater,
            threshold: 1.0,
            evaluation_periods: 3,
            datapoints_to_alarm: to_alarm,
            missing,
        };
        let range: Vec<Option<f64>> = range
            .chars()
            .map(|mark| match mark {
                'X' => Some(2.0),
                '0' => Some(0.0),
                _ => None,
            })
            .collect();
        assert_eq!(evaluate(&rule, &range, current).0, expected, "{missing:?} {range:?}");
    }

    #[test]
    fn as_the_users_guide_tables_say() {
        use Missing::{Breaching, Ignore, NotBreaching, Unknown as Gone};
        use State::{Alarm, InsufficientData, Ok};
        for missing in [Gone, Breaching, NotBreaching, Ignore] {
            check(missing, 3, "0-X-X", Ok, Ok);
            check(missing, 3, "XX-0X", Ok, Ok);
            check(missing, 3, "--XXX", Ok, Alarm);
        }
        check(Gone, 3, "-----", Ok, InsufficientData);
        check(Breaching, 3, "-----", Ok, Alarm);
        check(NotBreaching, 3, "-----", Alarm, Ok);
        check(Ignore, 3, "-----", Alarm, Alarm);
        check(Gone, 3, "0----", Alarm, Ok);
        check(Breaching, 3, "0----", Ok, Ok);
        check(Ignore, 3, "0----", Alarm, Ok);
        check(Gone, 3, "----X", Ok, Alarm);
        check(NotBreaching, 3, "----X", Ok, Ok);
        check(Gone, 2, "0-X-X", Ok, Alarm);
        check(NotBreaching, 2, "---XX", Ok, Alarm);
    }
}
