//! What metric-math and Metrics Insights expressions tell about the resources they watch.
//!
//! Nothing is evaluated here. An expression is searched for the calls that name a resource:
//! `DB_PERF_INSIGHTS('RDS', 'db-…', 'os.cpuUtilization.user.avg')`, `ANOMALY_DETECTION_BAND(m1, 2)`,
//! `SEARCH('{AWS/RDS,DBInstanceIdentifier} …')` and `SELECT AVG(x) FROM SCHEMA("AWS/RDS", …) WHERE`.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>

use std::collections::BTreeMap;

use samples::MetricRef;
use units::ResourceId;

/// Performance Insights counters an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PiCounters {
    /// `RDS` or `DOCDB`.
    pub service: String,
    /// The instance.
    pub resource: ResourceId,
    /// `os.cpuUtilization.user.avg` …, verbatim.
    pub metrics: Vec<String>,
}

/// An anomaly-detection band.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Id of the metric or expression it is trained on.
    pub of: String,
    /// Half its width in standard deviations; AWS's default is 2.
    pub width: f64,
}

/// A Metrics Insights query, as far as it names resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsInsightsQuery {
    /// The metric with the dimensions that `WHERE` fixes by equality.
    pub metric: MetricRef,
    /// Dimensions of `GROUP BY`: the query makes one series for each of their values.
    pub group_by: Vec<String>,
}

/// Longest expression that is looked at, in bytes; AWS allows 2048 characters.
const MAX_BYTES: usize = 16_384;

/// Every `DB_PERF_INSIGHTS` call.
#[must_use]
pub fn pi_counters(expression: &str) -> Vec<PiCounters> {
    let counters = |arguments: &str| {
        let mut texts = quoted(arguments).into_iter();
        let (service, resource) = (texts.next()?, texts.next()?);
        let metrics: Vec<_> = texts.collect();
        is_resource_id(&resource).then_some(PiCounters { service, resource: ResourceId(resource), metrics })
    };
    calls(expression, "DB_PERF_INSIGHTS").into_iter().filter_map(counters).collect()
}

/// The first `ANOMALY_DETECTION_BAND` call.
#[must_use]
pub fn anomaly_band(expression: &str) -> Option<Band> {
    let arguments = calls(expression, "ANOMALY_DETECTION_BAND").into_iter().next()?;
    let (of, width) = arguments.split_once(',').unwrap_or((arguments, "2"));
    let width = width.trim().parse().ok().filter(|width: &f64| width.is_finite() && *width > 0.0)?;
    Some(Band { of: of.trim().to_owned(), width })
}

/// The metrics that `SEARCH` calls name: schema in braces, then `Name="value"` terms.
#[must_use]
pub fn search_metrics(expression: &str) -> Vec<MetricRef> {
    let metric = |arguments: &str| {
        let mut texts = quoted(arguments).into_iter();
        let search = texts.next()?;
        let schema = search.split_once('{')?.1.split_once('}')?;
        let namespace = unquote(schema.0.split(',').next()?.trim());
        let mut fixed = equalities(schema.1);
        let name = fixed.remove("MetricName").unwrap_or_default();
        let statistic = texts.next().unwrap_or_default();
        let period_secs = arguments.rsplit(',').next().and_then(|last| last.trim().parse().ok()).unwrap_or(0);
        Some(MetricRef { namespace, name, dimensions: fixed, statistic, period_secs })
    };
    calls(expression, "SEARCH").into_iter().filter_map(metric).collect()
}

/// Reads a Metrics Insights query; `None` for an expression that is none.
#[must_use]
pub fn metrics_insights(expression: &str) -> Option<MetricsInsightsQuery> {
    let words = words(expression);
    let place = |word: &str| words.iter().position(|have| have.is_bare(word));
    let (select, from) = (place("SELECT")?, place("FROM")?);
    if select != 0 || from < 4 {
        return None;
    }
    let statistic = statistic_name(&words[1].text);
    let name = words.get(3)?.text.clone();
    let is_schema = words.get(from + 1)?.is_bare("SCHEMA");
    let namespace = words.get(from + if is_schema { 3 } else { 1 })?.text.clone();
    let clause = |from: usize, ends: &[&str]| {
        let end = words[from..].iter().position(|word| ends.iter().any(|end| word.is_bare(end)));
        &words[from..end.map_or(words.len(), |end| from + end)]
    };
    let mut dimensions = BTreeMap::new();
    if let Some(at) = place("WHERE") {
        let conditions = clause(at + 1, &["GROUP", "ORDER", "LIMIT"]);
        for condition in conditions.split(|word| word.is_bare("AND")) {
            if let [key, equal, value] = condition
                && equal.text == "="
            {
                dimensions.insert(key.text.clone(), value.text.clone());
            }
        }
    }
    let group_by = place("GROUP").map_or_else(Vec::new, |at| {
        let keys = clause((at + 2).min(words.len()), &["ORDER", "LIMIT"]).iter();
        keys.filter(|word| word.text != ",").map(|word| word.text.clone()).collect()
    });
    let metric = MetricRef { namespace, name, dimensions, statistic, period_secs: 0 };
    Some(MetricsInsightsQuery { metric, group_by })
}

/// Metrics Insights writes functions where the API writes statistics.
fn statistic_name(function: &str) -> String {
    match function.to_ascii_uppercase().as_str() {
        "AVG" => "Average".to_owned(),
        "MAX" => "Maximum".to_owned(),
        "MIN" => "Minimum".to_owned(),
        "COUNT" => "SampleCount".to_owned(),
        "SUM" => "Sum".to_owned(),
        _ => function.to_owned(),
    }
}

/// `db-` and letters or digits, as RDS makes its resource ids.
pub(crate) fn is_resource_id(text: &str) -> bool {
    text.strip_prefix("db-").is_some_and(|rest| {
        (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// The arguments of every call of a function, without its parentheses.
fn calls<'a>(expression: &'a str, function: &str) -> Vec<&'a str> {
    let expression = if expression.len() > MAX_BYTES { "" } else { expression };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = expression[from..].find(function).map(|at| from + at) {
        from = at + function.len();
        let is_whole_word = !expression[..at].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '_');
        let Some(inside) = expression[from..].trim_start().strip_prefix('(') else { continue };
        if is_whole_word && let Some(end) = closing(inside) {
            found.push(&inside[..end]);
        }
    }
    found
}

/// Where the parenthesis that was open before `text` closes; quotes hide parentheses.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => return Some(at),
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The quoted texts, in order; either quote sign opens, the same closes.
fn quoted(text: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['\'', '"']) {
        let sign = &rest[open..=open];
        let Some(length) = rest[open + 1..].find(sign) else { break };
        texts.push(rest[open + 1..open + 1 + length].to_owned());
        rest = &rest[open + 1 + length + 1..];
    }
    texts
}

fn unquote(text: &str) -> String {
    text.trim_matches(['"', '\'']).to_owned()
}

/// `Name="value"` and `Name=value` terms.
fn equalities(text: &str) -> BTreeMap<String, String> {
    let words = words(text);
    let triples = words.windows(3).filter(|triple| triple[1].text == "=");
    triples.map(|triple| (triple[0].text.clone(), triple[2].text.clone())).collect()
}

struct Word {
    text: String,
    is_quoted: bool,
}

impl Word {
    fn is_bare(&self, word: &str) -> bool {
        !self.is_quoted && self.text.eq_ignore_ascii_case(word)
    }
}

/// Words, quoted texts and single signs of a query.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = if text.len() > MAX_BYTES { "" } else { text };
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return words };
        let (text, is_quoted, used) = if matches!(first, '\'' | '"') {
            let inside = &rest[1..];
            let end = inside.find(first).unwrap_or(inside.len());
            (&inside[..end], true, (end + 2).min(rest.len()))
        } else {
            let is_sign = |letter: char| "(),=<>!'\"".contains(letter) || letter.is_whitespace();
            let end = rest.find(is_sign).unwrap_or(rest.len()).max(first.len_utf8());
            (&rest[..end], false, end)
        };
        words.push(Word { text: text.to_owned(), is_quoted });
        rest = &rest[used..];
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pi_counters_are_found_wherever_they_stand() {
        let found = pi_counters(
            "(DB_PERF_INSIGHTS('RDS', 'db-ABCDEFGHIJKLMNOPQRSTUVWXY1', 'os.cpuUtilization.user.avg') + \
             DB_PERF_INSIGHTS(\"RDS\",\"db-ZZZZ9\",['db.Cache.blks_hit.avg','db.load.avg'])) / 2",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].resource.as_str(), "db-ABCDEFGHIJKLMNOPQRSTUVWXY1");
        assert_eq!(found[0].metrics, ["os.cpuUtilization.user.avg"]);
        assert_eq!(found[1].metrics, ["db.Cache.blks_hit.avg", "db.load.avg"]);
        assert!(pi_counters("DB_PERF_INSIGHTS('RDS', '../../etc', 'x')").is_empty());
        assert!(pi_counters("MY_DB_PERF_INSIGHTS('RDS', 'db-ABCD', 'x')").is_empty());
        assert!(pi_counters("DB_PERF_INSIGHTS('RDS', 'db-ABCD'").is_empty());
    }

    #[test]
    fn bands_have_a_width() {
        assert_eq!(anomaly_band("ANOMALY_DETECTION_BAND(m1, 0.8)"), Some(Band { of: "m1".into(), width: 0.8 }));
        assert_eq!(anomaly_band("ANOMALY_DETECTION_BAND(m1)"), Some(Band { of: "m1".into(), width: 2.0 }));
        assert_eq!(anomaly_band("m1 * 2"), None);
        assert_eq!(anomaly_band("ANOMALY_DETECTION_BAND(m1, NaN)"), None);
    }

    #[test]
    fn metrics_insights_names_its_metric() {
        let query = metrics_insights(
            "SELECT MAX(CPUUtilization) FROM SCHEMA(\"AWS/RDS\", DBInstanceIdentifier) \
             WHERE DBInstanceIdentifier = 'orders-1' AND Stage != 'test' GROUP BY DBInstanceIdentifier, Role \
             ORDER BY MAX() DESC LIMIT 10",
        )
        .unwrap();
        assert_eq!(query.metric.namespace, "AWS/RDS");
        assert_eq!((query.metric.name.as_str(), query.metric.statistic.as_str()), ("CPUUtilization", "Maximum"));
        assert_eq!(query.metric.dimensions["DBInstanceIdentifier"], "orders-1");
        assert_eq!(query.metric.dimensions.len(), 1);
        assert_eq!(query.group_by, ["DBInstanceIdentifier", "Role"]);
        let query = metrics_insights("select sum(Errors) from \"AWS/Lambda\"").unwrap();
        assert_eq!((query.metric.namespace.as_str(), query.metric.name.as_str()), ("AWS/Lambda", "Errors"));
        assert!(metrics_insights("m1 / m2").is_none());
        assert!(metrics_insights("SELECT FROM").is_none());
    }

    #[test]
    fn searches_name_their_schema() {
        let found = search_metrics(
            "SUM(SEARCH('{AWS/RDS,DBInstanceIdentifier} MetricName=\"DBLoad\" DBInstanceIdentifier=\"orders-1\"', 'Average', 300))",
        );
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].namespace.as_str(), found[0].name.as_str()), ("AWS/RDS", "DBLoad"));
        assert_eq!(found[0].dimensions["DBInstanceIdentifier"], "orders-1");
        assert_eq!((found[0].statistic.as_str(), found[0].period_secs), ("Average", 300));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[SELECTFROMWHER_DBANI(){}'\",=é \\[\\]a-c0-9]{0,120}") {
            let _found = (pi_counters(&text), anomaly_band(&text), search_metrics(&text), metrics_insights(&text));
        }
    }
}
