//! Round tops and ticks of a value axis.

use crate::number;

/// A value axis from 0 (or below) to a round top, with its ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Value at the bottom; 0 unless values are negative.
    pub bottom: f64,
    /// Value at the top, greater than the bottom.
    pub top: f64,
    /// Ticks from the bottom, both ends included.
    pub ticks: Vec<f64>,
}

impl Scale {
    /// The smallest round axis that holds `lowest` to `highest` in at most `most` steps of 1, 2, 4
    /// or 5 times a power of ten. Numbers that are not finite count as 0.
    #[must_use]
    pub fn holding(lowest: f64, highest: f64, most: usize) -> Self {
        let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
        let bottom = finite(lowest).min(0.0);
        let highest = finite(highest).max(0.0);
        let highest = if highest > bottom { highest } else { 1.0 };
        let step = round_step(highest - bottom, most.max(1));
        let first = (bottom / step).floor();
        let last = (highest / step - 1e-9).ceil().max(first + 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "at most a few steps")]
        let ticks = (first as i64..=last as i64)
            .map(|number| {
                #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
                let number = number as f64;
                number * step
            })
            .collect();
        Self { bottom: first * step, top: last * step, ticks }
    }

    /// Distance of two ticks.
    #[must_use]
    pub fn step(&self) -> f64 {
        match self.ticks.as_slice() {
            [first, second, ..] => second - first,
            _ => self.top - self.bottom,
        }
    }

    /// A tick's label with no more decimals than its step needs, and a prefix from ten thousand on:
    /// `0`, `4`, `0.5`, `1,000`, `20k`.
    #[must_use]
    pub fn label(&self, tick: f64) -> String {
        let size = self.top.abs().max(self.bottom.abs());
        let (divisor, prefix) = match size {
            size if size < 1e4 => (1.0, ""),
            size if size < 1e7 => (1e3, "k"),
            size if size < 1e10 => (1e6, "M"),
            size if size < 1e13 => (1e9, "G"),
            _ => (1e12, "T"),
        };
        let step = self.step() / divisor;
        let is_whole = |decimals: &i32| {
            let scaled = step * 10_f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6
        };
        let decimals = usize::try_from((0..6_i32).find(is_whole).unwrap_or(6)).unwrap_or(0);
        if tick == 0.0 { "0".to_owned() } else { number::grouped(&format!("{:.decimals$}", tick / divisor)) + prefix }
    }
}

fn round_step(span: f64, most: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a handful of ticks")]
    let rough = span / most as f64;
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 4.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tops_are_round() {
        for (highest, top, ticks) in [
            (16.9, 20.0, "0 4 8 12 16 20"),
            (8.0, 8.0, "0 2 4 6 8"),
            (0.35, 0.4, "0 0.1 0.2 0.3 0.4"),
            (0.0, 1.0, "0 0.2 0.4 0.6 0.8 1.0"),
            (229.0, 250.0, "0 50 100 150 200 250"),
            (36_400.0, 40_000.0, "0 10k 20k 30k 40k"),
            (4_100.0, 5_000.0, "0 1,000 2,000 3,000 4,000 5,000"),
            (f64::NAN, 1.0, "0 0.2 0.4 0.6 0.8 1.0"),
        ] {
            let scale = Scale::holding(0.0, highest, 5);
            assert!((scale.top - top).abs() < 1e-9, "{highest}: {scale:?}");
            let labels: Vec<String> = scale.ticks.iter().map(|tick| scale.label(*tick)).collect();
            assert_eq!(labels.join(" "), ticks, "{highest}");
        }
    }

    #[test]
    fn negative_values_lower_the_bottom() {
        let scale = Scale::holding(-3.0, 5.0, 4);
        assert_eq!((scale.bottom, scale.top), (-4.0, 6.0));
    }
}
