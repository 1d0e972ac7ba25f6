//! CloudWatch (API of 2010-08-01): metrics and alarms.

mod alarm_rules;
mod alarm_tags;
mod alarms;
mod composite;
mod list_metrics;
mod log_alarm;
mod math;
mod metric_data;
mod put_metric_data;
mod read;
mod search;
mod statistics;

pub(crate) use alarms::evaluate_alarms;

use super::{Operation, Service};
use crate::input::Style;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "cloudwatch",
    signing_name: "monitoring",
    target: "GraniteServiceVersion20100801",
    query_version: "2010-08-01",
    xml_namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    shape_namespace: "com.amazonaws.cloudwatch",
    style: Style::Detailed,
    operations: &[
        Operation { name: "DeleteAlarms", handler: alarms::delete_alarms },
        Operation { name: "DescribeAlarmHistory", handler: alarms::describe_alarm_history },
        Operation { name: "DescribeAlarms", handler: alarms::describe_alarms },
        Operation { name: "DescribeAlarmsForMetric", handler: alarms::describe_alarms_for_metric },
        Operation { name: "GetMetricData", handler: metric_data::get_metric_data },
        Operation { name: "GetMetricStatistics", handler: statistics::get_metric_statistics },
        Operation { name: "ListMetrics", handler: list_metrics::list_metrics },
        Operation { name: "ListTagsForResource", handler: alarm_tags::list_tags },
        Operation { name: "PutCompositeAlarm", handler: composite::put_composite_alarm },
        Operation { name: "PutLogAlarm", handler: log_alarm::put_log_alarm },
        Operation { name: "PutMetricAlarm", handler: alarms::put_metric_alarm },
        Operation { name: "PutMetricData", handler: put_metric_data::put_metric_data },
        Operation { name: "SetAlarmState", handler: alarms::set_alarm_state },
        Operation { name: "TagResource", handler: alarm_tags::tag_resource },
        Operation { name: "UntagResource", handler: alarm_tags::untag_resource },
    ],
};

/// CloudWatch's words for units.
const UNITS: &[&str] = &[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// The plain statistics.
const STATISTICS: &[&str] = &["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
