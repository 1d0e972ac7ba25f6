//! One line a figure.

/// Prints a figure, its unit and the goal it is held to.
pub(crate) fn figure(what: &str, value: f64, unit: &str, goal: &str) {
    let value = if value >= 1000.0 { format!("{value:.0}") } else { format!("{value:.3}") };
    println!("{what:<52} {value:>12} {unit:<10} {goal}");
}

/// The value below which a share of the values lies. The slice is sorted by this.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> f64 {
    assert!(!values.is_empty(), "nothing was measured");
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    values[((last as f64) * share).round() as usize]
}
