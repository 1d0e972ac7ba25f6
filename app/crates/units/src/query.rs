//! What a database page asks for. The URL holds all of it (`app::paths` encodes and decodes).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Dimension, Filter, Period, ResourceId, TimeRange, Window};

/// The window another one is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Compare {
    /// No comparison.
    Off,
    /// The window of equal length just before.
    Previous,
    /// The same window one day earlier.
    #[default]
    Yesterday,
    /// The same window seven days earlier.
    LastWeek,
    /// The window of equal length beginning this many seconds earlier.
    SecondsEarlier(u32),
}

impl Compare {
    /// The compare window of `window`; `None` when comparison is off.
    #[must_use]
    pub fn window(&self, window: Window) -> Option<Window> {
        let earlier = match self {
            Self::Off => return None,
            Self::Previous => window.secs(),
            Self::Yesterday => 86_400,
            Self::LastWeek => 7 * 86_400,
            Self::SecondsEarlier(secs) => i64::from(*secs),
        };
        Some(window.shifted(-earlier))
    }
}

/// `off`, `previous`, `yesterday`, `last-week`, `-7200s`.
impl fmt::Display for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Previous => f.write_str("previous"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::LastWeek => f.write_str("last-week"),
            Self::SecondsEarlier(secs) => write!(f, "-{secs}s"),
        }
    }
}

impl FromStr for Compare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "off" => Self::Off,
            "previous" => Self::Previous,
            "yesterday" => Self::Yesterday,
            "last-week" => Self::LastWeek,
            other => other
                .strip_prefix('-')
                .and_then(seconds)
                .map(Self::SecondsEarlier)
                .ok_or_else(|| {
                    format!(
                        "'{}' is no compare window; use off, previous, yesterday, last-week, or a length such as -3600s, -2h or -28d",
                        other.chars().take(64).collect::<String>()
                    )
                })?,
        })
    }
}

/// Seconds of a length such as `90s`, `15m`, `2h`, `28d` or `4w`; more than none.
fn seconds(text: &str) -> Option<u32> {
    let unit = text.chars().next_back()?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    let count: u32 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(each).filter(|secs| *secs > 0)
}

impl From<Compare> for String {
    fn from(compare: Compare) -> Self {
        compare.to_string()
    }
}

impl TryFrom<String> for Compare {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// What the Top SQL table is sorted by, descending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Mean AAS in the window.
    #[default]
    Mean,
    /// Highest bucket.
    Peak,
    /// 99th percentile over buckets.
    P99,
    /// Change of mean AAS against the compare window, largest rise first.
    Change,
    /// Calls per second.
    Calls,
    /// Milliseconds per call.
    Latency,
    /// Rows per call.
    Rows,
}

impl SortBy {
    /// Every order.
    pub const ALL: [Self; 7] =
        [Self::Mean, Self::Peak, Self::P99, Self::Change, Self::Calls, Self::Latency, Self::Rows];

    /// Name in URLs and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Peak => "peak",
            Self::P99 => "p99",
            Self::Change => "change",
            Self::Calls => "calls",
            Self::Latency => "latency",
            Self::Rows => "rows",
        }
    }
}

impl FromStr for SortBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|sort| sort.name() == text).ok_or_else(|| {
            format!(
                "'{}' is no order; use mean, peak, p99, change, calls, latency or rows",
                text.chars().take(64).collect::<String>()
            )
        })
    }
}

/// The zone times are printed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Coordinated universal time.
    #[default]
    Utc,
    /// An IANA zone, `Europe/Berlin`. The server turns it into offset changes for the window.
    Named(String),
}

impl Zone {
    /// `UTC` or the IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Utc => "UTC",
            Self::Named(name) => name,
        }
    }
}

/// How often a live page asks again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refresh {
    /// Only when the reader asks.
    #[default]
    Off,
    /// Every this many seconds; 5 to 3600.
    Every(u16),
}

/// Everything the DB load page shows is a function of this and the archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DbLoadQuery {
    /// The instance.
    pub instance: ResourceId,
    /// Time range as written.
    pub range: TimeRange,
    /// What the chart is stacked by.
    pub slice: Dimension,
    /// Chips, in the order they were added; at most [`DbLoadQuery::MAX_FILTERS`].
    pub filters: Vec<Filter>,
    /// Order of the Top SQL table.
    pub sort: SortBy,
    /// Compare window.
    pub compare: Compare,
    /// Bucket asked for; `None` picks one by the length of the window.
    pub period: Option<Period>,
    /// Zone of the printed times.
    pub zone: Zone,
    /// Refresh interval.
    pub refresh: Refresh,
}

impl DbLoadQuery {
    /// Bound on chips in one URL.
    pub const MAX_FILTERS: usize = 8;

    /// The page as it opens: last hour by wait event against the same time yesterday.
    #[must_use]
    pub fn new(instance: ResourceId) -> Self {
        Self {
            instance,
            range: TimeRange::default(),
            slice: Dimension::Wait,
            filters: Vec::new(),
            sort: SortBy::default(),
            compare: Compare::default(),
            period: None,
            zone: Zone::default(),
            refresh: Refresh::default(),
        }
    }
}

/// Everything the page of an app shows is a function of this and the archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AppQuery {
    /// Name of the app in addresses.
    pub app: String,
    /// Time range as written.
    pub range: TimeRange,
    /// Compare window.
    pub compare: Compare,
    /// What strips stand together.
    pub order: StripOrder,
    /// Zone of the printed times.
    pub zone: Zone,
    /// Refresh interval.
    pub refresh: Refresh,
}

impl AppQuery {
    /// The page as it opens: last hour by tier, against the same time yesterday.
    #[must_use]
    pub fn new(app: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            range: TimeRange::default(),
            compare: Compare::default(),
            order: StripOrder::default(),
            zone: Zone::default(),
            refresh: Refresh::default(),
        }
    }
}

/// What strips of an app stand together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripOrder {
    /// Those of a tier.
    #[default]
    Tier,
    /// Those of a golden signal: traffic, latency, errors, saturation.
    Signal,
}

impl StripOrder {
    /// Both orders.
    pub const ALL: [Self; 2] = [Self::Tier, Self::Signal];

    /// Name in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Signal => "signal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compare_windows_are_read_in_any_unit_and_printed_in_seconds() {
        for (text, printed) in [("-2h", "-7200s"), ("-28d", "-2419200s"), ("-90s", "-90s"), ("off", "off")] {
            let compare: Compare = text.parse().unwrap();
            assert_eq!(compare.to_string(), printed);
            assert_eq!(printed.parse(), Ok(compare));
        }
        for text in ["-0s", "-h", "2h", "-99999999w", "-1x", "-1é", ""] {
            assert!(text.parse::<Compare>().is_err(), "{text}");
        }
    }
}
