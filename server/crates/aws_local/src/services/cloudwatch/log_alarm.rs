//! Alarms over logs. They are kept and described; there are no logs here to run their queries over, so
//! that their state changes by hand (`SetAlarmState`) only.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html>

use super::super::Call;
use super::alarms::{self, Kind};
use crate::error::ServiceError;
use crate::wire::Value;

/// Members of `PutLogAlarm` alone.
const MEMBERS: &[(&str, Kind)] = &[
    ("ScheduledQueryConfiguration", Kind::Document),
    ("QueryResultsToEvaluate", Kind::Int),
    ("QueryResultsToAlarm", Kind::Int),
    ("Threshold", Kind::Double),
    ("ComparisonOperator", Kind::Text),
    ("TreatMissingData", Kind::Text),
    ("ActionLogLineCount", Kind::Int),
    ("ActionLogLineRoleArn", Kind::Text),
    ("WarmUpConfiguration", Kind::Document),
];

pub(super) fn put_log_alarm(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    input.required_structure("ScheduledQueryConfiguration")?.required_text("QueryString")?;
    for number in ["QueryResultsToEvaluate", "QueryResultsToAlarm"] {
        input.int(number, 1..=10_000)?.ok_or_else(|| ServiceError::missing_parameter(number))?;
    }
    input.double("Threshold")?.ok_or_else(|| ServiceError::missing_parameter("Threshold"))?;
    input.required_text("ComparisonOperator")?;
    alarms::put(call, MEMBERS)
}
