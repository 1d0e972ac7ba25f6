//! What compute costs: a dated table that ships with the program and that a user can replace.

use serde::Deserialize;

const TEXT: &str = include_str!("../prices.toml");

/// A price table.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Day the prices were looked up.
    pub as_of: String,
    /// Where.
    pub source: String,
    /// What rows do not say, as parts of their On-Demand price.
    #[serde(default)]
    assumed: Assumed,
    /// Rows.
    #[serde(rename = "price", default)]
    rows: Vec<Row>,
}

/// Parts of the On-Demand price, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Assumed {
    savings_plan: f64,
    reserved: f64,
    spot: f64,
}

impl Default for Assumed {
    fn default() -> Self {
        Self { savings_plan: 0.73, reserved: 0.63, spot: 0.40 }
    }
}

/// Prices of one kind in one region, US dollars an hour.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    kind: String,
    region: String,
    on_demand: f64,
    savings_plan: Option<f64>,
    reserved: Option<f64>,
    spot: Option<f64>,
}

/// What one instance or task costs, US dollars an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Without any commitment.
    pub on_demand: f64,
    /// Committed for a year by a Savings Plan.
    pub savings_plan: f64,
    /// Committed for a year as Reserved.
    pub reserved: f64,
    /// Interruptible.
    pub spot: f64,
    /// Some of them are parts of the On-Demand price instead of quoted ones.
    pub is_assumed: bool,
}

/// Kind that names a Fargate task.
pub const FARGATE: &str = "fargate";

impl Prices {
    /// The table that ships with the program.
    ///
    /// # Panics
    /// Never: a test reads the shipped file.
    #[must_use]
    pub fn shipped() -> Self {
        Self::parse(TEXT).unwrap_or_else(|_| Self {
            as_of: String::new(),
            source: String::new(),
            assumed: Assumed::default(),
            rows: Vec::new(),
        })
    }

    /// Reads a table.
    ///
    /// # Errors
    /// One line: the place in the file, or the row whose price is no price.
    pub fn parse(text: &str) -> Result<Self, String> {
        let prices: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!("line {line}: {}", error.message())
        })?;
        let assumed = &prices.assumed;
        if [assumed.savings_plan, assumed.reserved, assumed.spot].iter().any(|part| !(0.0..=1.0).contains(part)) {
            return Err("assumed: parts of the On-Demand price lie between 0 and 1".to_owned());
        }
        for row in &prices.rows {
            let all = [Some(row.on_demand), row.savings_plan, row.reserved, row.spot];
            if all.into_iter().flatten().any(|usd| !usd.is_finite() || usd <= 0.0) {
                return Err(format!("{} in {}: a price is a number above 0", row.kind, row.region));
            }
        }
        Ok(prices)
    }

    /// What one instance of a type costs in a region; for [`FARGATE`] one task of so many virtual
    /// CPUs and GB. `None` when the table does not say.
    #[must_use]
    pub fn of(&self, kind: &str, region: &str, task: Option<(f64, f64)>) -> Option<Price> {
        if kind != FARGATE {
            return self.row(kind, region);
        }
        let ((vcpus, gb), cpu, memory) = (task?, self.row("fargate.vcpu", region)?, self.row("fargate.gb", region)?);
        Some(Price {
            on_demand: vcpus * cpu.on_demand + gb * memory.on_demand,
            savings_plan: vcpus * cpu.savings_plan + gb * memory.savings_plan,
            reserved: vcpus * cpu.reserved + gb * memory.reserved,
            spot: vcpus * cpu.spot + gb * memory.spot,
            is_assumed: cpu.is_assumed || memory.is_assumed,
        })
    }

    fn row(&self, kind: &str, region: &str) -> Option<Price> {
        let row = self.rows.iter().find(|row| row.kind == kind && row.region == region)?;
        let part = |part: f64| part * row.on_demand;
        Some(Price {
            on_demand: row.on_demand,
            savings_plan: row.savings_plan.unwrap_or_else(|| part(self.assumed.savings_plan)),
            reserved: row.reserved.unwrap_or_else(|| part(self.assumed.reserved)),
            spot: row.spot.unwrap_or_else(|| part(self.assumed.spot)),
            is_assumed: row.savings_plan.is_none() || row.reserved.is_none() || row.spot.is_none(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_reads() {
        let prices = Prices::parse(TEXT).unwrap();
        assert_eq!(prices, Prices::shipped());
        let small = prices.of("t3.small", "us-east-1", None).unwrap();
        assert!(small.spot < small.reserved && small.reserved < small.savings_plan);
        assert!(small.savings_plan < small.on_demand && small.is_assumed);
        assert_eq!(prices.of("t3.small", "eu-west-1", None), None);
        // A quarter of a virtual CPU and half a GB.
        let task = prices.of(FARGATE, "us-east-1", Some((0.25, 0.5))).unwrap();
        assert!((task.on_demand - 0.012_342_5).abs() < 1e-12, "{}", task.on_demand);
    }

    #[test]
    fn mistakes_are_one_line_that_names_the_place() {
        let head = "as_of = '2026-11-01'\nsource = 'x'\n";
        let row = "[[price]]\nkind = 'a'\nregion = 'r'\non_demand = ";
        assert!(Prices::parse(&format!("{head}{row}1.0")).is_ok());
        for (text, expected) in [
            (format!("{head}{row}-1.0"), "a in r: a price is a number above 0"),
            (format!("{head}{row}'x'"), "line 6"),
            (format!("{head}{row}1.0\ncolour = 'red'"), "colour"),
            (format!("{head}[assumed]\nspot = 7.0"), "between 0 and 1"),
        ] {
            let message = Prices::parse(&text).unwrap_err();
            assert!(message.contains(expected), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}
