//! From a link in an alarm to the page that explains it, on the running program.

use std::process::Command;

use hyper::StatusCode;
use tests::http::{get, send};
use tests::program::binary;
use tests::stage::{SEED, Stage};

/// Signed for CloudWatch, as far as the local endpoint looks.
const SIGNED: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=local/20261123/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=x",
);
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
/// Everything a name may hold that an address must encode.
const NAME: &str = "orders/db load: > 2 %, größer 경보";

async fn call(stage: &Stage, fields: &[(&str, &str)]) {
    ask(stage, fields).await;
}

async fn ask(stage: &Stage, fields: &[(&str, &str)]) -> String {
    let all = fields.iter().chain(&[("Version", "2010-08-01")]);
    let body: Vec<String> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let answer = send("POST", &stage.endpoint.url, &[SIGNED, FORM], &body.join("&")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[tokio::test]
async fn a_link_opens_the_database_with_the_alarms_own_values_first() {
    let stage = Stage::with_history().await;
    let instance = format!("history-{SEED}");
    call(
        &stage,
        &[
            ("Action", "PutMetricAlarm"),
            ("AlarmName", NAME),
            ("Namespace", "AWS/RDS"),
            ("MetricName", "DBLoad"),
            ("Dimensions.member.1.Name", "DBInstanceIdentifier"),
            ("Dimensions.member.1.Value", &instance),
            ("Statistic", "Average"),
            ("Period", "60"),
            ("EvaluationPeriods", "1"),
            ("Threshold", "0.01"),
            ("ComparisonOperator", "GreaterThanThreshold"),
        ],
    )
    .await;
    call(&stage, &[("Action", "SetAlarmState"), ("AlarmName", NAME), ("StateValue", "ALARM"), ("StateReason", "test")])
        .await;
    // The dashboard has not polled it yet: the link itself makes it ask.
    let arn = format!("arn:aws:cloudwatch:us-east-1:{}:alarm:{NAME}", account(&stage).await);
    let by_arn = format!("{}/alarm?arn={}", stage.dashboard.url, encoded(&arn));
    let by_name = format!("{}/a/{}", stage.dashboard.url, encoded(NAME));
    for address in [by_arn, by_name] {
        let page = get(&address).await;
        let html = page.text();
        assert_eq!(page.status, StatusCode::OK, "{address}");
        for part in [
            "orders/db load: &gt; 2 %, größer 경보",
            "DBLoad Average &gt; 0.01, 1 of 1 × 60 s",
            "metric-chart",
            "chart__threshold",
            "lane__span--alarm",
            "top-sql__table",
        ] {
            assert!(html.contains(part), "{address}: no {part}");
        }
        let (values, load) = (html.find("metric-chart").unwrap(), html.find("top-sql__table").unwrap());
        assert!(values < load, "the alarm's own values come first");
    }
    // The page of the database that the link leads on to tells the alarm and draws its threshold.
    let (id, _) = stage.dashboard.simulated().await;
    let database = get(&format!("{}/db/{id}?alarm={}", stage.dashboard.url, encoded(&arn))).await.text();
    for part in ["alarm-head__title", "größer 경보", "chart__threshold"] {
        assert!(database.contains(part), "no {part}: {database}");
    }
    let list = get(&format!("{}/alarms", stage.dashboard.url)).await.text();
    assert!(list.contains("größer 경보"), "the list lacks the alarm");
}

/// What a command of the program prints, run against the endpoint of a stage.
fn printed(stage: &Stage, arguments: &[&str]) -> String {
    let mut command = Command::new(binary());
    let output = command.args(arguments).envs(stage.endpoint.environment()).env("NO_COLOR", "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[tokio::test]
async fn links_are_shown_then_written_into_every_kind_of_alarm() {
    let stage = Stage::with_history().await;
    let metric = [
        ("Action", "PutMetricAlarm"),
        ("AlarmName", "links-metric"),
        ("AlarmDescription", "Call the DBA."),
        ("Namespace", "AWS/RDS"),
        ("MetricName", "DBLoad"),
        ("Dimensions.member.1.Name", "DBInstanceIdentifier"),
        ("Dimensions.member.1.Value", "orders"),
        ("Statistic", "Average"),
        ("Period", "60"),
        ("EvaluationPeriods", "3"),
        ("DatapointsToAlarm", "2"),
        ("Threshold", "4"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("TreatMissingData", "notBreaching"),
    ];
    let composite =
        [("Action", "PutCompositeAlarm"), ("AlarmName", "links-composite"), ("AlarmRule", "ALARM(\"links-metric\")")];
    let log = [
        ("Action", "PutLogAlarm"),
        ("AlarmName", "links-log"),
        ("ScheduledQueryConfiguration.QueryString", "filter @message like /ERROR/ | stats count()"),
        ("ScheduledQueryConfiguration.LogGroupIdentifiers.member.1", "/ecs/shop"),
        ("QueryResultsToEvaluate", "3"),
        ("QueryResultsToAlarm", "2"),
        ("Threshold", "10"),
        ("ComparisonOperator", "GreaterThanThreshold"),
    ];
    call(&stage, &metric).await;
    call(&stage, &composite).await;
    call(&stage, &log).await;
    let link = ["alarms", "link", "--public-url", "https://dash.example"];
    let shown = printed(&stage, &link);
    assert!(shown.contains("3 of 3 alarms would change; nothing was written"), "{shown}");
    assert!(shown.contains("  Call the DBA.\n") && shown.contains("+ [Open in Loadlens]("), "{shown}");
    let before = described(&stage).await;
    let written = printed(&stage, &[&link[..], &["--apply"]].concat());
    assert!(written.contains("3 of 3 alarms written"), "{written}");
    let after = described(&stage).await;
    assert_eq!(after.matches("https://dash.example/alarm?arn=").count(), 3, "{after}");
    for name in ["links-metric", "links-composite", "links-log"] {
        let tags = tags_of(&stage, name).await;
        assert!(tags.contains("<Key>loadlens-url</Key>") && tags.contains("https://dash.example/a/links-"), "{tags}");
    }
    // Nothing else of them has changed.
    for kept in ["<Threshold>4", "<DatapointsToAlarm>2", "notBreaching", "/ecs/shop", "ALARM(&quot;links-metric&quot;)"]
    {
        assert!(before.contains(kept) && after.contains(kept), "{kept}: {after}");
    }
    let again = printed(&stage, &link);
    assert!(again.contains("3 alarms; every link is there already"), "{again}");
    // A link opens the log alarm with its query.
    let arn = format!("arn:aws:cloudwatch:us-east-1:{}:alarm:links-log", account(&stage).await);
    let page = get(&format!("{}/alarm?arn={}", stage.dashboard.url, encoded(&arn))).await;
    assert!(page.status == StatusCode::OK && page.text().contains("filter @message like /ERROR/"), "{}", page.text());
}

/// All alarms as XML.
async fn described(stage: &Stage) -> String {
    ask(
        stage,
        &[
            ("Action", "DescribeAlarms"),
            ("AlarmTypes.member.1", "MetricAlarm"),
            ("AlarmTypes.member.2", "CompositeAlarm"),
            ("AlarmTypes.member.3", "LogAlarm"),
        ],
    )
    .await
}

async fn tags_of(stage: &Stage, name: &str) -> String {
    let arn = format!("arn:aws:cloudwatch:us-east-1:{}:alarm:{name}", account(stage).await);
    ask(stage, &[("Action", "ListTagsForResource"), ("ResourceARN", &arn)]).await
}

/// The account of the local endpoint, as the dashboard's inventory has it.
async fn account(stage: &Stage) -> String {
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let signed = (SIGNED.0, SIGNED.1.replace("monitoring", "sts"));
    let answer = send("POST", &stage.endpoint.url, &[(signed.0, &signed.1), FORM], body).await.text();
    let (_, after) = answer.split_once("<Account>").unwrap();
    after.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_cannot_be_opened_helps_on() {
    let stage = Stage::shared().await;
    for (query, status, part) in [
        ("arn=arn%3Aaws%3Acloudwatch%3Aeu-west-1%3A999999999999%3Aalarm%3Anobody", 404, "eu-west-1"),
        ("arn=arn%3Aaws%3Asqs%3Aus-east-1%3A999999999999%3Aqueue", 404, "something else than a CloudWatch alarm"),
        ("arn=", 400, "names no alarm"),
        ("", 400, "names no alarm"),
        ("arn=%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, "Where to go from here"),
    ] {
        let page = get(&format!("{}/alarm?{query}", stage.dashboard.url)).await;
        let html = page.text();
        assert_eq!(page.status.as_u16(), status, "{query}");
        assert!(html.contains(part), "{query}: no {part}");
        assert!(html.contains("/alarms") && !html.contains("<script>alert"), "{query}");
    }
    assert_eq!(get(&format!("{}/incidents/none", stage.dashboard.url)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&format!("{}/incidents", stage.dashboard.url)).await.status, StatusCode::OK);
    let file = get(&format!("{}/incidents/none/incident.html", stage.dashboard.url)).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_is_received_that_was_not_asked_for() {
    let stage = Stage::shared().await;
    for path in ["/hooks/sns", "/hooks/eventbridge"] {
        let answer = send("POST", &format!("{}{path}", stage.dashboard.url), &[], "{}").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
        assert!(answer.text().contains("configured"), "{path}");
    }
    let url = format!("{}/incidents/none/notes", stage.dashboard.url);
    let foreign = send("POST", &url, &[FORM, ("origin", "http://evil.example")], "text=x").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "another site added a note");
}
