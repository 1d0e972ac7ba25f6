//! What calls cost.

use serde::{Deserialize, Serialize};

/// Calls of one API on one UTC day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiCalls {
    /// Day as days since 1970-01-01 UTC.
    pub day: i64,
    /// `pi:GetResourceMetrics` … the IAM action of the call.
    pub api: String,
    /// Requests sent, retries included.
    pub calls: u64,
    /// Units AWS bills: metrics for `GetMetricData`, requests otherwise.
    pub billed_units: u64,
}

/// Price in US dollars of one billed unit of an API, beyond any free tier; us-east prices as of
/// November 2026. `None` for calls that cost nothing.
///
/// `GetMetricData` has no free tier; the others below share a free million a month, so this is an
/// upper bound. <https://aws.amazon.com/cloudwatch/pricing/>
#[must_use]
pub fn api_price_usd(api: &str) -> Option<f64> {
    match api {
        "cloudwatch:GetMetricData"
        | "cloudwatch:GetMetricStatistics"
        | "cloudwatch:ListMetrics"
        | "cloudwatch:DescribeAlarms"
        | "cloudwatch:DescribeAlarmHistory" => Some(0.01 / 1000.0),
        _ if api.starts_with("pi:") => Some(0.01 / 1000.0),
        _ => None,
    }
}
