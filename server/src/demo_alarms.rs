//! Alarms of the demo: on what the bookshop really does, told to the dashboard as AWS tells them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use aws_local::Running;
use local_stack::stack::Inventory;
use serde_json::{Value, json};

/// The topic all alarms send to.
const TOPIC: &str = "loadlens-alarms";
/// The composite alarm over what visitors notice.
const VISITORS: &str = "bookshop/visitors notice";
/// Header of the key that events carry.
const KEY_HEADER: &str = "x-loadlens-key";

/// How the dashboard is told of alarms: a topic whose signer it is told to believe, and a key.
pub(crate) struct Receiving {
    topic: String,
    root: PathBuf,
    key: String,
}

impl Receiving {
    /// Writes the certificate of the endpoint's authority where the dashboard finds it.
    ///
    /// # Errors
    /// One line: the file cannot be written.
    pub(crate) fn prepare(folder: &Path, endpoint: &Running) -> Result<Self> {
        let root = folder.join("sns-test-root.pem");
        std::fs::write(&root, aws_local::test_authority())
            .with_context(|| format!("cannot write {}", root.display()))?;
        let key = uuid::Uuid::new_v4().simple().to_string();
        Ok(Self { topic: endpoint.topic_arn(TOPIC), root, key })
    }

    /// Arguments of the dashboard.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let root = self.root.display().to_string();
        ["--sns-topics", &self.topic, "--sns-test-root", &root].map(str::to_owned).to_vec()
    }

    /// The key of events.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Subscribes the dashboard, which confirms by itself, and sends it events.
    ///
    /// # Errors
    /// Never for an address on this machine.
    pub(crate) fn connect(&self, endpoint: &Running, port: u16) -> Result<()> {
        let base = format!("http://127.0.0.1:{port}");
        endpoint.subscribe(TOPIC, &format!("{base}/hooks/sns"))?;
        endpoint.send_events(&format!("{base}/hooks/eventbridge"), KEY_HEADER, &self.key)?;
        Ok(())
    }
}

/// Makes the alarms.
///
/// # Errors
/// One line with the endpoint's words.
pub(crate) fn put(endpoint: &Running, inventory: &Inventory, instance: &str) -> Result<()> {
    let topic = endpoint.topic_arn(TOPIC);
    let vcpus = std::thread::available_parallelism().map_or(2, usize::from);
    for mut alarm in alarms(inventory, instance, vcpus) {
        for actions in ["AlarmActions", "OKActions"] {
            alarm[actions] = json!([topic]);
        }
        let name = alarm["AlarmName"].as_str().unwrap_or_default().to_owned();
        endpoint.put_metric_alarm(alarm).map_err(|words| anyhow!("alarm {name}: {words}"))?;
    }
    let words = "Visitors notice: they wait, or get errors.";
    let composite = json!({
        "AlarmName": VISITORS,
        "AlarmDescription": words,
        "AlarmRule": "ALARM(\"bookshop-slow\") OR ALARM(\"bookshop-target-5xx\") OR ALARM(\"bookshop-balancer-5xx\")",
        "AlarmActions": [topic],
        "OKActions": [topic],
    });
    endpoint.put_composite_alarm(composite).map_err(|words| anyhow!("alarm {VISITORS}: {words}"))
}

/// Two of three minutes over a limit; minutes without a value are no breach.
fn alarm(
    name: &str,
    words: &str,
    metric: (&str, &str),
    statistic: &str,
    limit: f64,
    dimensions: &[(&str, &str)],
) -> Value {
    let dimensions: Vec<Value> =
        dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let mut alarm = json!({
        "AlarmName": name,
        "AlarmDescription": words,
        "Namespace": metric.0,
        "MetricName": metric.1,
        "Dimensions": dimensions,
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": limit,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    });
    let member = if statistic.starts_with('p') { "ExtendedStatistic" } else { "Statistic" };
    alarm[member] = statistic.into();
    alarm
}

#[expect(clippy::cast_precision_loss, reason = "a machine has few vCPUs")]
fn alarms(inventory: &Inventory, instance: &str, vcpus: usize) -> Vec<Value> {
    let database = [("DBInstanceIdentifier", instance)];
    let balancer = [("LoadBalancer", inventory.balancer.ids.load_balancer.as_str())];
    let function = [("FunctionName", inventory.function.name.as_str())];
    let (rds, elb, lambda) = ("AWS/RDS", "AWS/ApplicationELB", "AWS/Lambda");
    let load = "More sessions are active than the instance has vCPUs.";
    vec![
        alarm("bookshop/db load above vCPU", load, (rds, "DBLoad"), "Average", vcpus as f64, &database),
        alarm("bookshop-db-cpu", "CPU near its end.", (rds, "CPUUtilization"), "Average", 95.0, &database),
        alarm(
            "bookshop-balancer-5xx",
            "The balancer itself fails.",
            (elb, "HTTPCode_ELB_5XX_Count"),
            "Sum",
            5.0,
            &balancer,
        ),
        alarm(
            "bookshop-target-5xx",
            "The shop answers with errors.",
            (elb, "HTTPCode_Target_5XX_Count"),
            "Sum",
            5.0,
            &balancer,
        ),
        alarm("bookshop-slow", "Visitors wait.", (elb, "TargetResponseTime"), "p99", 2.0, &balancer),
        alarm(
            "bookshop-function-throttles",
            "Calls of the function are refused.",
            (lambda, "Throttles"),
            "Sum",
            0.0,
            &function,
        ),
    ]
}
