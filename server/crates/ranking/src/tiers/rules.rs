//! Reading rules: what the figures of balancer, functions and database say together. Rules are data;
//! each condition keeps the figures it was judged by, so that a page can print them.

use view::{Condition, Reading, number};

/// A figure of the whole app, before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    /// Requests per second over balancers and gateways.
    Traffic,
    /// Latency that visitors see: p95 of balancers and gateways.
    Latency,
    /// Answers of 5xx by the balancer itself, per minute.
    BalancerErrors,
    /// Answers of 5xx by targets, per minute.
    TargetErrors,
    /// Load of the databases in average active sessions.
    Load,
    /// Load of 1,000 requests per second.
    LoadPerRequest,
    /// Queries per request.
    QueriesPerRequest,
    /// Connections of the databases.
    Connections,
    /// Throttled invocations of functions per minute.
    Throttles,
    /// Share of instances or targets that are well, in per cent.
    HealthyShare,
}

impl Figure {
    /// Key of its name in messages.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Latency => "latency",
            Self::BalancerErrors => "balancer_errors",
            Self::TargetErrors => "target_errors",
            Self::Load => "load",
            Self::LoadPerRequest => "load_per_request",
            Self::QueriesPerRequest => "queries_per_request",
            Self::Connections => "connections",
            Self::Throttles => "throttles",
            Self::HealthyShare => "healthy_share",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Traffic => "/s",
            Self::Latency => "ms",
            Self::BalancerErrors | Self::TargetErrors | Self::Throttles => "/min",
            Self::Load | Self::LoadPerRequest => "AAS",
            Self::QueriesPerRequest | Self::Connections => "",
            Self::HealthyShare => "%",
        }
    }

    /// Less than this is nothing, whatever its factor.
    const fn least(self) -> f64 {
        match self {
            Self::Traffic => 0.5,
            Self::Latency => 20.0,
            Self::BalancerErrors | Self::TargetErrors | Self::Throttles => 1.0,
            Self::Load => 0.5,
            Self::LoadPerRequest => 1.0,
            Self::QueriesPerRequest => 0.5,
            Self::Connections => 5.0,
            Self::HealthyShare => 5.0,
        }
    }
}

/// What a rule asks of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    /// Grew by half or more.
    Up,
    /// Did not grow by half: flat, or fell since visitors wait.
    NotUp,
    /// Fell.
    Down,
    /// Some happened.
    Some,
    /// As good as none happened.
    None,
    /// The database has room: load under [`LOW_LOAD`] of its vCPUs.
    Low,
}

impl Trend {
    const fn key(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::NotUp => "not_up",
            Self::Down => "down",
            Self::Some => "some",
            Self::None => "none",
            Self::Low => "low",
        }
    }
}

/// From this factor on a figure is up.
const UP: f64 = 1.5;
/// A load under this part of the vCPUs is low.
const LOW_LOAD: f64 = 0.5;

/// A rule: what it concludes and when.
struct Rule {
    key: &'static str,
    conditions: &'static [(Figure, Trend)],
}

/// Every rule, the most telling first: what fails at once is asked for again, so a rise of traffic explains
/// less than a host that is gone.
const RULES: [Rule; 8] = [
    Rule {
        key: "database",
        conditions: &[(Figure::Traffic, Trend::NotUp), (Figure::Load, Trend::Up), (Figure::Latency, Trend::Up)],
    },
    Rule { key: "limit", conditions: &[(Figure::Throttles, Trend::Some), (Figure::Load, Trend::NotUp)] },
    Rule { key: "fewer_targets", conditions: &[(Figure::HealthyShare, Trend::Down)] },
    Rule { key: "demand", conditions: &[(Figure::Traffic, Trend::Up), (Figure::LoadPerRequest, Trend::NotUp)] },
    Rule { key: "targets", conditions: &[(Figure::BalancerErrors, Trend::Some), (Figure::TargetErrors, Trend::None)] },
    Rule { key: "app", conditions: &[(Figure::TargetErrors, Trend::Some), (Figure::Load, Trend::Low)] },
    Rule { key: "pool", conditions: &[(Figure::Connections, Trend::Up), (Figure::Load, Trend::Low)] },
    Rule { key: "queries", conditions: &[(Figure::Traffic, Trend::NotUp), (Figure::QueriesPerRequest, Trend::Up)] },
];

/// A figure before and after the change, each where known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Measured {
    pub(crate) before: Option<f64>,
    pub(crate) after: Option<f64>,
}

/// What rules are judged by.
pub(crate) struct Figures<'a> {
    pub(crate) of: &'a dyn Fn(Figure) -> Measured,
    /// Virtual CPUs of all databases; `None` when one does not tell.
    pub(crate) vcpus: Option<f64>,
}

/// All rules against the figures, those that hold first.
pub(crate) fn readings(figures: &Figures<'_>) -> Vec<Reading> {
    let mut readings: Vec<Reading> = RULES
        .iter()
        .map(|rule| {
            let conditions: Vec<Condition> =
                rule.conditions.iter().map(|(figure, trend)| condition(*figure, *trend, figures)).collect();
            let holds = conditions.iter().all(|condition| condition.holds);
            Reading { rule: rule.key.to_owned(), holds, conditions }
        })
        .collect();
    readings.sort_by_key(|reading| !reading.holds);
    readings
}

fn condition(figure: Figure, trend: Trend, figures: &Figures<'_>) -> Condition {
    let measured = (figures.of)(figure);
    let printed = |value: f64| number::with_unit(value, figure.unit());
    let values = measured.after.map(|after| match trend {
        Trend::Low => {
            (figures.vcpus.map_or_else(String::new, |vcpus| number::with_unit(vcpus, "vCPU")), printed(after))
        }
        _ => (measured.before.map_or_else(String::new, printed), printed(after)),
    });
    Condition {
        figure: figure.key().to_owned(),
        trend: trend.key().to_owned(),
        values,
        holds: holds(figure, trend, measured, figures.vcpus).unwrap_or(false),
    }
}

/// `None` when a figure it needs is not known.
fn holds(figure: Figure, trend: Trend, measured: Measured, vcpus: Option<f64>) -> Option<bool> {
    let after = measured.after?;
    let least = figure.least();
    let grew = |before: f64| after >= before * UP && after - before >= least;
    Some(match trend {
        Trend::Up => grew(measured.before?),
        Trend::NotUp => !grew(measured.before?),
        Trend::Down => measured.before? - after >= least,
        Trend::Some => after >= least,
        Trend::None => after < least,
        Trend::Low => after < vcpus? * LOW_LOAD,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Rules that hold for figures `name before after`; vCPUs are 8.
    fn that_hold(lines: &[(Figure, Option<f64>, Option<f64>)]) -> Vec<String> {
        let known: BTreeMap<Figure, Measured> = lines
            .iter()
            .map(|(figure, before, after)| (*figure, Measured { before: *before, after: *after }))
            .collect();
        let of = |figure: Figure| known.get(&figure).copied().unwrap_or_default();
        let readings = readings(&Figures { of: &of, vcpus: Some(8.0) });
        assert_eq!(readings.len(), RULES.len());
        readings.into_iter().filter(|reading| reading.holds).map(|reading| reading.rule).collect()
    }

    #[test]
    fn each_rule_fires_on_its_own_story() {
        let calm = |changed: &[(Figure, f64, f64)]| {
            let mut lines: Vec<(Figure, Option<f64>, Option<f64>)> = [
                (Figure::Traffic, 384.0),
                (Figure::Latency, 300.0),
                (Figure::BalancerErrors, 0.0),
                (Figure::TargetErrors, 0.0),
                (Figure::Load, 2.9),
                (Figure::LoadPerRequest, 7.6),
                (Figure::QueriesPerRequest, 2.9),
                (Figure::Connections, 120.0),
                (Figure::Throttles, 0.0),
                (Figure::HealthyShare, 100.0),
            ]
            .map(|(figure, value)| (figure, Some(value), Some(value)))
            .to_vec();
            for (figure, before, after) in changed {
                lines.retain(|(known, ..)| known != figure);
                lines.push((*figure, Some(*before), Some(*after)));
            }
            that_hold(&lines)
        };
        assert_eq!(calm(&[]), [""; 0]);
        assert_eq!(
            calm(&[(Figure::Load, 2.9, 14.4), (Figure::Latency, 300.0, 2900.0), (Figure::LoadPerRequest, 7.6, 40.0)]),
            ["database"]
        );
        // A visitor who waits asks less often: the fall of traffic does not hide the database.
        assert_eq!(
            calm(&[(Figure::Traffic, 384.0, 90.0), (Figure::Load, 2.9, 14.4), (Figure::Latency, 300.0, 2900.0)]),
            ["database"]
        );
        assert_eq!(
            calm(&[(Figure::Traffic, 384.0, 900.0), (Figure::Load, 2.9, 7.0), (Figure::Latency, 300.0, 500.0)]),
            ["demand"]
        );
        assert_eq!(calm(&[(Figure::Throttles, 0.0, 40.0)]), ["limit"]);
        assert_eq!(calm(&[(Figure::BalancerErrors, 0.0, 40.0)]), ["targets"]);
        assert_eq!(calm(&[(Figure::HealthyShare, 100.0, 50.0)]), ["fewer_targets"]);
        assert_eq!(calm(&[(Figure::TargetErrors, 0.0, 40.0)]), ["app"]);
        assert_eq!(calm(&[(Figure::Connections, 120.0, 400.0)]), ["pool"]);
        assert_eq!(calm(&[(Figure::QueriesPerRequest, 2.9, 14.0)]), ["queries"]);
    }

    #[test]
    fn an_unknown_figure_never_fires_a_rule() {
        assert_eq!(that_hold(&[]), [""; 0]);
        assert_eq!(that_hold(&[(Figure::Traffic, None, Some(384.0)), (Figure::Load, None, Some(14.0))]), [""; 0]);
    }

    #[test]
    fn conditions_keep_their_figures() {
        let of = |figure: Figure| match figure {
            Figure::Throttles => Measured { before: Some(0.0), after: Some(12.0) },
            Figure::Load => Measured { before: Some(1.0), after: Some(1.1) },
            _ => Measured::default(),
        };
        let readings = readings(&Figures { of: &of, vcpus: None });
        let limit = readings.first().unwrap();
        assert_eq!((limit.rule.as_str(), limit.holds), ("limit", true));
        assert_eq!(limit.conditions[0].values, Some(("0\u{a0}/min".to_owned(), "12.0\u{a0}/min".to_owned())));
        let app = readings.iter().find(|reading| reading.rule == "app").unwrap();
        assert_eq!((app.holds, &app.conditions[0].values), (false, &None));
    }
}
