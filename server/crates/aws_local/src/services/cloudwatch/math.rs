//! Metric math: expressions over series.
//!
//! Element-wise operations keep the points that all sides have; a scalar meets every point. A division
//! by zero gives no point. What is not understood is an error that names the expression.

use std::collections::{BTreeMap, BTreeSet};

/// A series: its points by time.
pub(super) type Points = BTreeMap<i64, f64>;

/// Deepest nesting of an expression.
const DEEPEST: usize = 40;

/// What an expression yields on the way.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Scalar(f64),
    Series(Points),
    Array(Vec<Points>),
    Text(String),
}

/// Finds series by a query, a statistic and perhaps a period.
pub(super) type Searcher<'a> = dyn Fn(&str, &str, Option<i64>) -> Result<Vec<Points>, String> + 'a;

/// Where an expression is evaluated.
pub(super) struct Context<'a> {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) period: i64,
    /// The series of another query of the request.
    pub(super) lookup: &'a mut dyn FnMut(&str) -> Result<Option<Operand>, String>,
    /// Ids and series of all metric queries (not expressions), for `METRICS()`.
    pub(super) metrics: &'a [(String, Points)],
    /// Answers `SEARCH(query, statistic, period)`.
    pub(super) search: &'a Searcher<'a>,
}

/// Evaluates an expression to its series.
pub(super) fn evaluate(expression: &str, context: &mut Context<'_>) -> Result<Vec<Points>, String> {
    let mut parser = Parser { rest: expression, context, depth: 0 };
    let operand = parser.alternatives()?;
    parser.skip_space();
    if !parser.rest.is_empty() {
        return Err(format!("unexpected `{}`", first_word(parser.rest)));
    }
    match operand {
        Operand::Series(points) => Ok(vec![points]),
        Operand::Array(series) => Ok(series),
        Operand::Scalar(_) | Operand::Text(_) => Err("the expression does not return a time series".to_owned()),
    }
}

fn first_word(text: &str) -> String {
    text.chars().take(12).collect()
}

struct Parser<'t, 'c, 'a> {
    rest: &'t str,
    context: &'c mut Context<'a>,
    depth: usize,
}

type Parsed = Result<Operand, String>;

impl Parser<'_, '_, '_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(format!("`{token}` expected before `{}`", first_word(self.rest))) }
    }

    /// A word operator, e.g. `AND`, not followed by more of a name.
    fn take_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let is_it = self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !self.rest[word.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if is_it {
            self.rest = &self.rest[word.len()..];
        }
        is_it
    }

    fn alternatives(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the expression is nested too deeply".to_owned());
        }
        let mut left = self.conjunction()?;
        while self.take("||") || self.take_word("OR") {
            let right = self.conjunction()?;
            left = combine(left, right, |left, right| Some(truth(left != 0.0 || right != 0.0)))?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Parsed {
        let mut left = self.comparison()?;
        while self.take("&&") || self.take_word("AND") {
            let right = self.comparison()?;
            left = combine(left, right, |left, right| Some(truth(left != 0.0 && right != 0.0)))?;
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.sum()?;
        let compare: fn(f64, f64) -> bool = if self.take("==") {
            |left, right| left == right
        } else if self.take("!=") {
            |left, right| left != right
        } else if self.take("<=") {
            |left, right| left <= right
        } else if self.take(">=") {
            |left, right| left >= right
        } else if self.take("<") {
            |left, right| left < right
        } else if self.take(">") {
            |left, right| left > right
        } else {
            return Ok(left);
        };
        let right = self.sum()?;
        combine(left, right, |left, right| Some(truth(compare(left, right))))
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            if self.take("+") {
                left = combine(left, self.product()?, |left, right| Some(left + right))?;
            } else if self.take("-") {
                left = combine(left, self.product()?, |left, right| Some(left - right))?;
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.power()?;
        loop {
            if self.take("*") {
                left = combine(left, self.power()?, |left, right| Some(left * right))?;
            } else if self.take("/") {
                left = combine(left, self.power()?, |left, right| (right != 0.0).then(|| left / right))?;
            } else {
                return Ok(left);
            }
        }
    }

    fn power(&mut self) -> Parsed {
        let left = self.unary()?;
        if self.take("^") { combine(left, self.unary()?, |left, right| Some(left.powf(right))) } else { Ok(left) }
    }

    fn unary(&mut self) -> Parsed {
        if self.take("-") {
            return combine(Operand::Scalar(0.0), self.unary()?, |left, right| Some(left - right));
        }
        self.atom()
    }

    fn atom(&mut self) -> Parsed {
        self.skip_space();
        if self.take("(") {
            let inner = self.alternatives()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take("[") {
            return self.array();
        }
        match self.rest.chars().next() {
            Some('"' | '\'') => self.text(),
            Some(first) if first.is_ascii_digit() || first == '.' => self.number(),
            Some(first) if first.is_ascii_alphabetic() => self.name(),
            _ => Err(format!("unexpected `{}`", first_word(self.rest))),
        }
    }

    fn array(&mut self) -> Parsed {
        let mut series = Vec::new();
        while !self.take("]") {
            match self.alternatives()? {
                Operand::Series(points) => series.push(points),
                Operand::Array(more) => series.extend(more),
                _ => return Err("an array holds time series".to_owned()),
            }
            self.take(",");
        }
        Ok(Operand::Array(series))
    }

    fn text(&mut self) -> Parsed {
        let quote = self.rest.chars().next().unwrap_or('"');
        let inner = &self.rest[1..];
        let end = inner.find(quote).ok_or("a text is not closed")?;
        let text = inner[..end].to_owned();
        self.rest = &inner[end + 1..];
        Ok(Operand::Text(text))
    }

    fn number(&mut self) -> Parsed {
        let end = self.rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.')).unwrap_or(self.rest.len());
        let number = self.rest[..end].parse().map_err(|_| format!("`{}` is no number", &self.rest[..end]))?;
        self.rest = &self.rest[end..];
        Ok(Operand::Scalar(number))
    }

    fn name(&mut self) -> Parsed {
        let end = self
            .rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(self.rest.len());
        let name = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        if self.take("(") {
            let mut arguments = Vec::new();
            while !self.take(")") {
                arguments.push(self.alternatives()?);
                if !self.take(",") {
                    self.expect(")")?;
                    break;
                }
            }
            return call(&name.to_ascii_uppercase(), arguments, self.context);
        }
        if matches!(name.as_str(), "REPEAT" | "LINEAR" | "AVG" | "MAX" | "MIN" | "SUM" | "ASC" | "DESC") {
            return Ok(Operand::Text(name));
        }
        (self.context.lookup)(&name)?.ok_or_else(|| format!("`{name}` is not the id of a query in this request"))
    }
}

fn truth(value: bool) -> f64 {
    if value { 1.0 } else { 0.0 }
}

fn combine(left: Operand, right: Operand, with: impl Fn(f64, f64) -> Option<f64> + Copy) -> Parsed {
    use Operand::{Array, Scalar, Series, Text};
    Ok(match (left, right) {
        (Scalar(left), Scalar(right)) => Scalar(with(left, right).unwrap_or(0.0)),
        (Series(left), Scalar(right)) => Series(map_points(&left, |value| with(value, right))),
        (Scalar(left), Series(right)) => Series(map_points(&right, |value| with(left, value))),
        (Series(left), Series(right)) => Series(join(&left, &right, with)),
        (Array(series), Scalar(right)) => {
            Array(series.iter().map(|left| map_points(left, |value| with(value, right))).collect())
        }
        (Scalar(left), Array(series)) => {
            Array(series.iter().map(|right| map_points(right, |value| with(left, value))).collect())
        }
        (Array(series), Series(right)) => Array(series.iter().map(|left| join(left, &right, with)).collect()),
        (Series(left), Array(series)) => Array(series.iter().map(|right| join(&left, right, with)).collect()),
        (Array(_), Array(_)) => return Err("two arrays cannot be combined".to_owned()),
        (Text(_), _) | (_, Text(_)) => return Err("a text cannot be calculated with".to_owned()),
    })
}

fn map_points(points: &Points, with: impl Fn(f64) -> Option<f64>) -> Points {
    points.iter().filter_map(|(at, value)| Some((*at, with(*value)?))).collect()
}

fn join(left: &Points, right: &Points, with: impl Fn(f64, f64) -> Option<f64>) -> Points {
    left.iter().filter_map(|(at, value)| Some((*at, with(*value, *right.get(at)?)?))).collect()
}

fn call(name: &str, mut arguments: Vec<Operand>, context: &Context<'_>) -> Parsed {
    if name == "METRICS" {
        return metrics(arguments.first(), context);
    }
    if arguments.is_empty() {
        return Err(format!("{name} needs an argument"));
    }
    let first = arguments.remove(0);
    match (name, arguments.as_slice()) {
        ("SEARCH", further) => search(&first, further, context),
        ("SORT", further) => sort(first, further),
        ("SLICE", further) => slice(first, further),
        ("MINUTE" | "HOUR" | "DAY" | "DATE" | "MONTH" | "YEAR" | "EPOCH", []) => {
            each(first, |points| points.keys().filter_map(|at| Some((*at, part_of_time(name, *at)?))).collect())
        }
        ("ABS", []) => each(first, |points| map_points(points, |value| Some(value.abs()))),
        ("CEIL", []) => each(first, |points| map_points(points, |value| Some(value.ceil()))),
        ("FLOOR", []) => each(first, |points| map_points(points, |value| Some(value.floor()))),
        ("LOG", []) => each(first, |points| map_points(points, |value| (value > 0.0).then(|| value.ln()))),
        ("LOG10", []) => each(first, |points| map_points(points, |value| (value > 0.0).then(|| value.log10()))),
        ("SUM" | "AVG" | "MIN" | "MAX" | "STDDEV", []) => reduce(name, first),
        ("RATE", []) => each(first, |points| differences(points, |change, seconds| change / seconds)),
        ("DIFF", []) => each(first, |points| differences(points, |change, _| change)),
        ("DIFF_TIME", []) => each(first, |points| differences(points, |_, seconds| seconds)),
        ("RUNNING_SUM", []) => each(first, running_sum),
        ("PERIOD", []) => Ok(Operand::Scalar(context.period as f64)),
        ("FIRST" | "LAST" | "DATAPOINT_COUNT", []) => summary(name, first),
        ("METRIC_COUNT", []) => match first {
            Operand::Array(series) => Ok(Operand::Scalar(series.len() as f64)),
            _ => Err("METRIC_COUNT needs an array".to_owned()),
        },
        ("TIME_SERIES", []) => match first {
            Operand::Scalar(value) => Ok(Operand::Series(marks(context).map(|at| (at, value)).collect())),
            _ => Err("TIME_SERIES needs a number".to_owned()),
        },
        ("REMOVE_EMPTY", []) => match first {
            Operand::Array(series) => {
                Ok(Operand::Array(series.into_iter().filter(|points| !points.is_empty()).collect()))
            }
            other => Ok(other),
        },
        ("FILL", [with]) => fill(first, with, context),
        ("IF", [then]) => choose(first, then, None),
        ("IF", [then, otherwise]) => choose(first, then, Some(otherwise)),
        _ => Err(format!("{name} with {} arguments is not supported", arguments.len() + 1)),
    }
}

fn search(query: &Operand, further: &[Operand], context: &Context<'_>) -> Parsed {
    let (Operand::Text(query), [Operand::Text(statistic), period @ ..]) = (query, further) else {
        return Err("SEARCH takes a query, a statistic and perhaps a period".to_owned());
    };
    let period = match period {
        [] => None,
        [Operand::Scalar(secs)] if *secs >= 1.0 && secs.fract() == 0.0 => Some(*secs as i64),
        _ => return Err("the period of SEARCH is a whole number of seconds".to_owned()),
    };
    (context.search)(query, statistic, period).map(Operand::Array)
}

/// `SORT(array, AVG|MAX|MIN|SUM, ASC|DESC [, most])`.
fn sort(array: Operand, further: &[Operand]) -> Parsed {
    let (Operand::Array(mut series), [Operand::Text(by), Operand::Text(order), most @ ..]) = (array, further) else {
        return Err("SORT takes an array, a function and an order".to_owned());
    };
    let most = match most {
        [] => usize::MAX,
        [Operand::Scalar(most)] if *most >= 1.0 => *most as usize,
        _ => return Err("SORT's last argument is a number".to_owned()),
    };
    let weight = |points: &Points| {
        let sum: f64 = points.values().sum();
        match by.as_str() {
            "AVG" => sum / points.len().max(1) as f64,
            "SUM" => sum,
            "MIN" => points.values().copied().fold(f64::INFINITY, f64::min),
            _ => points.values().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    series.sort_by(|left, right| weight(left).total_cmp(&weight(right)));
    if order == "DESC" {
        series.reverse();
    }
    series.truncate(most);
    Ok(Operand::Array(series))
}

/// `SLICE(array, from [, to])`; one element alone is a series.
fn slice(array: Operand, further: &[Operand]) -> Parsed {
    let Operand::Array(mut series) = array else { return Err("SLICE needs an array".to_owned()) };
    let place = |operand: &Operand| match operand {
        Operand::Scalar(place) if *place >= 0.0 => Ok(*place as usize),
        _ => Err("SLICE counts from 0".to_owned()),
    };
    match further {
        [from] => {
            let from = place(from)?;
            if from < series.len() {
                Ok(Operand::Series(series.remove(from)))
            } else {
                Ok(Operand::Series(Points::new()))
            }
        }
        [from, to] => {
            let to = place(to)?.min(series.len());
            let from = place(from)?.min(to);
            Ok(Operand::Array(series.drain(from..to).collect()))
        }
        _ => Err("SLICE takes an array, a first and perhaps an end".to_owned()),
    }
}

/// A part of a point's time, in UTC; Monday is day 1.
fn part_of_time(name: &str, at_secs: i64) -> Option<f64> {
    let at = jiff::Timestamp::from_second(at_secs).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    Some(match name {
        "MINUTE" => f64::from(at.minute()),
        "HOUR" => f64::from(at.hour()),
        "DAY" => f64::from(at.weekday().to_monday_one_offset()),
        "DATE" => f64::from(at.day()),
        "MONTH" => f64::from(at.month()),
        "YEAR" => f64::from(at.year()),
        _ => at_secs as f64,
    })
}

fn marks(context: &Context<'_>) -> impl Iterator<Item = i64> {
    (context.start..context.end).step_by(usize::try_from(context.period.max(1)).unwrap_or(60))
}

fn metrics(filter: Option<&Operand>, context: &Context<'_>) -> Parsed {
    let wanted = match filter {
        None => "",
        Some(Operand::Text(text)) => text.as_str(),
        Some(_) => return Err("METRICS takes a text".to_owned()),
    };
    let chosen = context.metrics.iter().filter(|(id, _)| id.contains(wanted));
    Ok(Operand::Array(chosen.map(|(_, points)| points.clone()).collect()))
}

fn each(operand: Operand, with: impl Fn(&Points) -> Points) -> Parsed {
    match operand {
        Operand::Series(points) => Ok(Operand::Series(with(&points))),
        Operand::Array(series) => Ok(Operand::Array(series.iter().map(with).collect())),
        Operand::Scalar(value) => {
            let points = with(&Points::from([(0, value)]));
            points.get(&0).map(|value| Operand::Scalar(*value)).ok_or_else(|| "the number has no such value".to_owned())
        }
        Operand::Text(_) => Err("a text cannot be calculated with".to_owned()),
    }
}

/// One series to a number; an array to a series, a missing value counting as nothing at all, except
/// that AVG divides by the number of series (CloudWatch treats missing as zero there).
fn reduce(name: &str, operand: Operand) -> Parsed {
    let number = |values: &[f64], size: usize| -> Option<f64> {
        let sum: f64 = values.iter().sum();
        match name {
            _ if values.is_empty() => None,
            "SUM" => Some(sum),
            "AVG" => Some(sum / size as f64),
            "MIN" => values.iter().copied().reduce(f64::min),
            "MAX" => values.iter().copied().reduce(f64::max),
            _ => {
                let mean = sum / values.len() as f64;
                Some((values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
            }
        }
    };
    match operand {
        Operand::Series(points) => {
            let values: Vec<f64> = points.values().copied().collect();
            Ok(Operand::Scalar(number(&values, values.len()).unwrap_or(0.0)))
        }
        Operand::Array(series) => {
            let times: BTreeSet<i64> = series.iter().flat_map(|points| points.keys().copied()).collect();
            let at = |at: i64| {
                let values: Vec<f64> = series.iter().filter_map(|points| points.get(&at).copied()).collect();
                number(&values, series.len()).map(|value| (at, value))
            };
            Ok(Operand::Series(times.into_iter().filter_map(at).collect()))
        }
        _ => Err(format!("{name} needs a time series or an array")),
    }
}

fn differences(points: &Points, with: impl Fn(f64, f64) -> f64) -> Points {
    let pairs = points.iter().zip(points.iter().skip(1));
    pairs.map(|((then, before), (now, value))| (*now, with(value - before, (now - then) as f64))).collect()
}

fn running_sum(points: &Points) -> Points {
    let mut sum = 0.0;
    points
        .iter()
        .map(|(at, value)| {
            sum += value;
            (*at, sum)
        })
        .collect()
}

fn summary(name: &str, operand: Operand) -> Parsed {
    let Operand::Series(points) = operand else { return Err(format!("{name} needs a time series")) };
    let value = match name {
        "FIRST" => points.first_key_value().map(|(_, value)| *value),
        "LAST" => points.last_key_value().map(|(_, value)| *value),
        _ => Some(points.len() as f64),
    };
    Ok(Operand::Scalar(value.unwrap_or(0.0)))
}

/// Fills marks without a point; a series without any point stays empty.
fn fill(operand: Operand, with: &Operand, context: &Context<'_>) -> Parsed {
    let filled = |points: &Points| -> Points {
        if points.is_empty() {
            return Points::new();
        }
        let value_at = |at: i64| match with {
            Operand::Scalar(value) => Some(*value),
            Operand::Series(other) => other.get(&at).copied(),
            Operand::Text(kind) if kind == "REPEAT" => points.range(..at).next_back().map(|(_, value)| *value),
            Operand::Text(_) => {
                let (before, low) = points.range(..at).next_back()?;
                let (after, high) = points.range(at..).next()?;
                Some(low + (high - low) * (at - before) as f64 / (after - before) as f64)
            }
            Operand::Array(_) => None,
        };
        marks(context).filter_map(|at| Some((at, points.get(&at).copied().or_else(|| value_at(at))?))).collect()
    };
    each(operand, filled)
}

fn choose(condition: Operand, then: &Operand, otherwise: Option<&Operand>) -> Parsed {
    let value_of = |operand: &Operand, at: i64| match operand {
        Operand::Scalar(value) => Some(*value),
        Operand::Series(points) => points.get(&at).copied(),
        _ => None,
    };
    match condition {
        Operand::Series(points) => {
            let chosen = points.iter().filter_map(|(at, value)| {
                let side = if *value == 0.0 { otherwise? } else { then };
                Some((*at, value_of(side, *at)?))
            });
            Ok(Operand::Series(chosen.collect()))
        }
        Operand::Scalar(value) => {
            let side = if value == 0.0 { otherwise } else { Some(then) };
            Ok(side.cloned().unwrap_or_else(|| Operand::Series(Points::new())))
        }
        _ => Err("IF needs a time series or a number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[(i64, f64)]) -> Points {
        values.iter().copied().collect()
    }

    fn check(expression: &str, expected: Result<&[(i64, f64)], &str>) {
        let m1 = points(&[(0, 2.0), (60, 4.0), (120, 6.0)]);
        let m2 = points(&[(0, 1.0), (120, 0.0)]);
        let metrics = [("m1".to_owned(), m1.clone()), ("m2".to_owned(), m2.clone())];
        let mut lookup = |name: &str| {
            Ok(match name {
                "m1" => Some(Operand::Series(m1.clone())),
                "m2" => Some(Operand::Series(m2.clone())),
                _ => None,
            })
        };
        let search = |query: &str, statistic: &str, _: Option<i64>| match (query, statistic) {
            ("both", "Sum") => Ok(vec![m1.clone(), m2.clone()]),
            _ => Err(format!("`{query}` was not meant")),
        };
        let mut context =
            Context { start: 0, end: 180, period: 60, lookup: &mut lookup, metrics: &metrics, search: &search };
        let found = evaluate(expression, &mut context);
        match expected {
            Ok(expected) => assert_eq!(found.unwrap(), [points(expected)], "{expression}"),
            Err(part) => {
                let error = found.unwrap_err();
                assert!(error.contains(part), "{expression}: {error}");
            }
        }
    }

    #[test]
    fn arithmetic_and_functions() {
        check("m1 + m2 * 2", Ok(&[(0, 4.0), (120, 6.0)]));
        check("m1 / m2", Ok(&[(0, 2.0)]));
        check("100 * (m1 - 1)", Ok(&[(0, 100.0), (60, 300.0), (120, 500.0)]));
        check("FILL(m2, 0)", Ok(&[(0, 1.0), (60, 0.0), (120, 0.0)]));
        check("FILL(m2, REPEAT)", Ok(&[(0, 1.0), (60, 1.0), (120, 0.0)]));
        check("FILL(m2, LINEAR)", Ok(&[(0, 1.0), (60, 0.5), (120, 0.0)]));
        check("IF(m1 > 3, m1, 0)", Ok(&[(0, 0.0), (60, 4.0), (120, 6.0)]));
        check("SUM(METRICS())", Ok(&[(0, 3.0), (60, 4.0), (120, 6.0)]));
        check("SUM([m1, m2])", Ok(&[(0, 3.0), (60, 4.0), (120, 6.0)]));
        check("AVG(METRICS(\"m\"))", Ok(&[(0, 1.5), (60, 2.0), (120, 3.0)]));
        check("m1 - AVG(m1)", Ok(&[(0, -2.0), (60, 0.0), (120, 2.0)]));
        check("RATE(m1) * PERIOD(m1)", Ok(&[(60, 2.0), (120, 2.0)]));
        check("RUNNING_SUM(m1)", Ok(&[(0, 2.0), (60, 6.0), (120, 12.0)]));
        check("SUM(SEARCH('both', 'Sum', 60))", Ok(&[(0, 3.0), (60, 4.0), (120, 6.0)]));
        check("SLICE(SORT([m1, m2], MAX, ASC), 0)", Ok(&[(0, 1.0), (120, 0.0)]));
        check("SLICE(SORT(SEARCH(\"both\", \"Sum\"), AVG, DESC, 1), 0)", Ok(&[(0, 2.0), (60, 4.0), (120, 6.0)]));
        check("MINUTE(m1)", Ok(&[(0, 0.0), (60, 1.0), (120, 2.0)]));
        check("m1 >= 4 AND m1 < 6", Ok(&[(0, 0.0), (60, 1.0), (120, 0.0)]));
    }

    #[test]
    fn errors_name_what_is_wrong() {
        check("m9", Err("m9"));
        check("m1 +", Err("unexpected"));
        check("m1 m2", Err("unexpected `m2`"));
        check("5", Err("time series"));
        check("NOSUCH(m1)", Err("NOSUCH"));
        check(&"(".repeat(500), Err("nested"));
    }
}
