//! Small things the sentences of the server are made of.

use units::Compare;

use crate::messages::{self as m, Say};

/// A value with a dash where nothing is known.
pub(super) fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), view::number::three_figures)
}

/// The compare window in one word: `Yesterday`.
pub(super) fn compare_word(compare: &Compare, say: Say) -> String {
    match compare {
        Compare::Yesterday => say.text(m::YESTERDAY).to_owned(),
        Compare::LastWeek => say.text(m::LAST_WEEK).to_owned(),
        Compare::Previous => say.text(m::BEFORE).to_owned(),
        Compare::Off => say.text(m::COMPARE_OFF).to_owned(),
        Compare::SecondsEarlier(secs) => {
            say.with(m::COMPARE_EARLIER, &[("length", &view::number::duration(i64::from(*secs)))])
        }
    }
}
