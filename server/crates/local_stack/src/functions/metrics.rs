//! What `AWS/Lambda` and Lambda Insights publish about one function.
//!
//! An invocation is entered in the minute in which it began, as the service does.

use super::Report;
use crate::measure::{Dimensions, Meter, Metric, dimensions};

const fn of_lambda(name: &'static str, unit: &'static str) -> Metric {
    Metric { namespace: "AWS/Lambda", name, unit }
}

const fn of_insights(name: &'static str, unit: &'static str) -> Metric {
    Metric { namespace: "LambdaInsights", name, unit }
}

#[derive(Debug)]
pub(super) struct FunctionMetrics {
    meter: Meter,
    /// By function, by function and resource, and of the whole account.
    everywhere: [Dimensions; 3],
    insights: Dimensions,
}

impl FunctionMetrics {
    pub(super) fn new(meter: Meter, function: &str) -> Self {
        Self {
            meter,
            everywhere: [
                dimensions([("FunctionName", function)]),
                dimensions([("FunctionName", function), ("Resource", function)]),
                dimensions([]),
            ],
            insights: dimensions([("function_name", function)]),
        }
    }

    pub(super) fn throttle(&self, at_ms: i64) {
        self.add(at_ms, of_lambda("Throttles", "Count"), 1.0);
    }

    pub(super) fn concurrency(&self, at_ms: i64, busy: usize) {
        self.add(at_ms, of_lambda("ConcurrentExecutions", "Count"), busy as f64);
        let unreserved = of_lambda("UnreservedConcurrentExecutions", "Count");
        self.meter.add_at(at_ms, unreserved, &self.everywhere[2], busy as f64, 1.0);
    }

    /// Errors and throttles are entered as zero with every invocation, so that their average is
    /// the rate.
    pub(super) fn invocation(&self, report: &Report) {
        let at_ms = report.started_ms;
        self.add(at_ms, of_lambda("Invocations", "Count"), 1.0);
        self.add(at_ms, of_lambda("Errors", "Count"), if report.is_error { 1.0 } else { 0.0 });
        self.add(at_ms, of_lambda("Throttles", "Count"), 0.0);
        self.add(at_ms, of_lambda("Duration", "Milliseconds"), report.duration_ms);
        let insight = |name, unit, value: f64| {
            self.meter.add_at(at_ms, of_insights(name, unit), &self.insights, value, 1.0);
        };
        insight("total_memory", "Megabytes", f64::from(report.memory_mb));
        if let Some(init_ms) = report.init_ms {
            insight("init_duration", "Milliseconds", init_ms);
        }
        if let Some(bytes) = report.max_memory_bytes {
            let megabytes = bytes as f64 / 1_048_576.0;
            insight("used_memory_max", "Megabytes", megabytes);
            insight("memory_utilization", "Percent", megabytes / f64::from(report.memory_mb.max(1)) * 100.0);
        }
    }

    fn add(&self, at_ms: i64, metric: Metric, value: f64) {
        self.everywhere.iter().for_each(|dims| self.meter.add_at(at_ms, metric, dims, value, 1.0));
    }
}
