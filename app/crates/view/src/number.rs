//! Numbers as they are printed: three significant figures, a no-break space before the unit.

/// Stands between a number and its unit, so that a line never breaks there (U+00A0).
pub const NO_BREAK_SPACE: char = '\u{a0}';
/// The minus sign of printed changes (U+2212); a hyphen is too short beside digits.
pub const MINUS: char = '\u{2212}';

/// Below this a printed number says `<0.0001` in place of a row of noughts.
const SMALLEST_PRINTED: f64 = 0.0001;

/// A number in three significant figures, at most two decimals from 0.01 on: `0.35`, `3.52`,
/// `14.4`, `229`, `1,240`. Negative numbers carry the true minus sign. `–` when not finite.
#[must_use]
pub fn three_figures(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let text = if size == 0.0 {
        "0".to_owned()
    } else if size < SMALLEST_PRINTED {
        format!("<{SMALLEST_PRINTED}")
    } else {
        grouped(&format!("{size:.*}", decimals(size)))
    };
    if value < 0.0 { format!("{MINUS}{text}") } else { text }
}

/// Decimals that leave three significant figures after rounding.
fn decimals(size: f64) -> usize {
    match size {
        size if size < 0.000_95 => 4,
        size if size < 0.009_5 => 3,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    }
}

/// Sets commas between thousands of the whole part: `1240.5` → `1,240.5`.
pub(crate) fn grouped(text: &str) -> String {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::with_capacity(text.len() + whole.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// A whole number with commas between thousands: `1,240`.
#[must_use]
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A number without decimals it does not need: `8`, `0.5`, `1,240`. For counts that may be
/// fractions, such as capacities.
#[must_use]
pub fn trimmed(value: f64) -> String {
    let text = three_figures(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A change with its sign: `+3.21`, `−0.13`, `−0.01`, `+0.00` for nearly nothing.
#[must_use]
pub fn signed(change: f64) -> String {
    if !change.is_finite() {
        return "–".to_owned();
    }
    if change.abs() < 0.005 {
        return "+0.00".to_owned();
    }
    let sign = if change < 0.0 { MINUS } else { '+' };
    // Beside each other, small changes read better to the same place.
    let figures = if change.abs() < 1.0 { format!("{:.2}", change.abs()) } else { three_figures(change.abs()) };
    format!("{sign}{figures}")
}

/// How many times as much: `× 30`, `× 1.0`, `× 0.25`.
#[must_use]
pub fn factor(times: f64) -> String {
    if !times.is_finite() || times < 0.0 {
        return "–".to_owned();
    }
    let decimals = match times {
        times if times >= 9.95 => 0,
        times if times >= 0.95 => 1,
        _ => 2,
    };
    format!("×{NO_BREAK_SPACE}{}", grouped(&format!("{times:.decimals$}")))
}

/// A share of 0 to 1 in per cent: `76 %`, `3.9 %`, `<0.1 %`, `0 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{}{NO_BREAK_SPACE}%", percent_figures(share))
}

/// The figures of [`percent`] without the unit, for columns that carry it in the head.
#[must_use]
pub fn percent_figures(share: f64) -> String {
    let value = share * 100.0;
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let text = match size {
        0.0 => "0".to_owned(),
        size if size < 0.05 => "<0.1".to_owned(),
        size if size < 9.95 => format!("{size:.1}"),
        _ => grouped(&format!("{size:.0}")),
    };
    if value < 0.0 { format!("{MINUS}{text}") } else { text }
}

/// A value with its unit: `14.4 AAS`, `0.35 ms`. An empty unit prints the number alone.
#[must_use]
pub fn with_unit(value: f64, unit: &str) -> String {
    if unit.is_empty() { three_figures(value) } else { format!("{}{NO_BREAK_SPACE}{unit}", three_figures(value)) }
}

/// A size in bytes by powers of 1024: `500 B`, `1.50 KiB`, `14.4 GiB`.
#[must_use]
pub fn bytes(size: f64) -> String {
    let (value, unit) = scaled_by(size, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
    format!("{value}{NO_BREAK_SPACE}{unit}")
}

/// A value and its unit with a decimal prefix from a thousand on: `(18.4, k/s)`, `(3.10, M)`,
/// bytes by powers of 1024 (`B` and `B/s`), seconds and milliseconds as they are.
#[must_use]
pub fn scaled(value: f64, unit: &str) -> (String, String) {
    match unit {
        "B" | "B/s" => {
            let (figures, prefixed) = scaled_by(value, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
            (figures, format!("{prefixed}{}", unit.trim_start_matches('B')))
        }
        "s" | "ms" | "%" | "µs" => (three_figures(value), unit.to_owned()),
        _ => {
            let (figures, prefix) = scaled_by(value, 1000.0, &["", "k", "M", "G", "T", "P"]);
            (figures, format!("{prefix}{unit}"))
        }
    }
}

fn scaled_by(value: f64, step: f64, units: &[&'static str]) -> (String, &'static str) {
    let mut scaled = value;
    let mut unit = 0;
    // Under ten thousand plain numbers read better than 1.24 k; bytes scale at once.
    let first = if step > 1000.0 { step } else { 10_000.0 };
    while unit + 1 < units.len() && scaled.abs() >= if unit == 0 { first } else { step } {
        scaled /= step;
        unit += 1;
    }
    (three_figures(scaled), units.get(unit).copied().unwrap_or_default())
}

/// A length of time in its two largest units: `14 min 10 s`, `2 h 5 min`, `3 d`, `42 s`.
#[must_use]
pub fn duration(secs: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let size = secs.unsigned_abs();
    let mut left = size;
    let mut parts = Vec::new();
    for (length, unit) in UNITS {
        let whole = left / length.unsigned_abs();
        left %= length.unsigned_abs();
        if whole > 0 {
            parts.push(format!("{whole}{NO_BREAK_SPACE}{unit}"));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    let sign = if secs < 0 { MINUS.to_string() } else { String::new() };
    if parts.is_empty() { format!("0{NO_BREAK_SPACE}s") } else { sign + &parts.join(&NO_BREAK_SPACE.to_string()) }
}

/// A duration given in milliseconds: `0.35 ms`, `345 ms`, `2.10 s`, then as [`duration`].
#[must_use]
pub fn duration_ms(ms: f64) -> String {
    match ms {
        ms if !ms.is_finite() => "–".to_owned(),
        ms if ms.abs() < 999.5 => with_unit(ms, "ms"),
        ms if ms.abs() < 59_950.0 => with_unit(ms / 1000.0, "s"),
        #[expect(clippy::cast_possible_truncation, reason = "a saturating cast of a whole number of seconds")]
        ms => duration((ms / 1000.0).round() as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The no-break space, to keep the tables below readable.
    fn plain(text: &str) -> String {
        text.replace(NO_BREAK_SPACE, " ")
    }

    #[test]
    fn three_figures_survive_rounding() {
        for (value, expected) in [
            (0.0, "0"),
            (0.000_03, "<0.0001"),
            (0.0004, "0.0004"),
            (0.0035, "0.004"),
            (0.009_75, "0.01"),
            (0.0123, "0.01"),
            (0.35, "0.35"),
            (3.524, "3.52"),
            (9.996, "10.0"),
            (14.44, "14.4"),
            (99.96, "100"),
            (229.4, "229"),
            (1240.0, "1,240"),
            (1_234_567.8, "1,234,568"),
            (-0.13, "−0.13"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(three_figures(value), expected, "{value}");
        }
    }

    #[test]
    fn changes_factors_and_shares() {
        assert_eq!(signed(3.21), "+3.21");
        assert_eq!(signed(-0.13), "−0.13");
        assert_eq!(signed(-0.001), "+0.00");
        assert_eq!(plain(&factor(30.2)), "× 30");
        assert_eq!(plain(&factor(1.02)), "× 1.0");
        assert_eq!(plain(&factor(9.96)), "× 10");
        assert_eq!(plain(&factor(0.25)), "× 0.25");
        assert_eq!(plain(&percent(0.764)), "76 %");
        assert_eq!(plain(&percent(0.039)), "3.9 %");
        assert_eq!(plain(&percent(0.0996)), "10 %");
        assert_eq!(plain(&percent(0.0001)), "<0.1 %");
        assert_eq!(plain(&percent(0.0)), "0 %");
    }

    #[test]
    fn durations_have_two_units() {
        for (secs, expected) in [
            (0, "0 s"),
            (42, "42 s"),
            (850, "14 min 10 s"),
            (3600, "1 h"),
            (7500, "2 h 5 min"),
            (259_200, "3 d"),
            (3605, "1 h"),
            (-60, "−1 min"),
        ] {
            assert_eq!(plain(&duration(secs)), expected, "{secs}");
        }
        assert_eq!([trimmed(8.0), trimmed(0.5), trimmed(1240.0)], ["8", "0.5", "1,240"]);
        assert_eq!(plain(&duration_ms(0.351)), "0.35 ms");
        assert_eq!(plain(&duration_ms(2100.0)), "2.10 s");
        assert_eq!(plain(&duration_ms(850_000.0)), "14 min 10 s");
    }

    #[test]
    fn units_scale() {
        assert_eq!(plain(&bytes(500.0)), "500 B");
        assert_eq!(plain(&bytes(1536.0)), "1.50 KiB");
        assert_eq!(scaled(18_400.0, "/s"), ("18.4".to_owned(), "k/s".to_owned()));
        assert_eq!(scaled(3_100_000.0, ""), ("3.10".to_owned(), "M".to_owned()));
        assert_eq!(scaled(1240.0, ""), ("1,240".to_owned(), String::new()));
        assert_eq!(scaled(850.0, "s"), ("850".to_owned(), "s".to_owned()));
        assert_eq!(scaled(2048.0, "B/s"), ("2.00".to_owned(), "KiB/s".to_owned()));
    }
}
