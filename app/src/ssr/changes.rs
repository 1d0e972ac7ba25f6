//! A change of load taken apart, as rows of a waterfall and as one line.

use view::chart::{WaterfallBar, WaterfallRow};
use view::{ChangeCause, ChangePart, ChangeView, number};

use crate::messages::{self as m, Say, drill};

use super::words::figure;

/// The rows of a waterfall: before, the parts, after.
pub(super) fn waterfall(change: &ChangeView, before: String, say: Say) -> Vec<WaterfallRow> {
    let whole = |name: String, aas| WaterfallRow { name, bar: WaterfallBar::Whole(aas), note: String::new() };
    let parts = change.parts.iter().map(|part| WaterfallRow {
        name: part_name(part, say),
        bar: WaterfallBar::Change(part.delta),
        note: part_note(part),
    });
    let mut rows = vec![whole(before, change.before)];
    rows.extend(parts);
    rows.push(whole(say.text(drill::THIS_WINDOW).to_owned(), change.after));
    rows
}

/// What a part comes from: `Slower: Lock`.
pub(super) fn part_name(part: &ChangePart, say: Say) -> String {
    let is_more = part.delta >= 0.0;
    let of = |more: m::Message, less: m::Message, classes: &[units::WaitClass]| {
        let classes: Vec<&str> = classes.iter().map(|class| class.label()).collect();
        say.with(if is_more { more } else { less }, &[("classes", &classes.join(", "))])
    };
    match &part.cause {
        ChangeCause::New => say.text(drill::PART_NEW).to_owned(),
        ChangeCause::Gone => say.text(drill::PART_GONE).to_owned(),
        ChangeCause::Calls if is_more => say.text(drill::PART_MORE_CALLS).to_owned(),
        ChangeCause::Calls => say.text(drill::PART_FEWER_CALLS).to_owned(),
        ChangeCause::Latency(classes) => of(drill::PART_SLOWER, drill::PART_FASTER, classes),
        ChangeCause::Waits(classes) => of(drill::PART_MORE_WAITS, drill::PART_FEWER_WAITS, classes),
        ChangeCause::UnknownWait => say.text(drill::PART_UNKNOWN).to_owned(),
    }
}

/// `40.9 → 41.8 /s`; empty where the figures are not known.
fn part_note(part: &ChangePart) -> String {
    let unit = match part.cause {
        ChangeCause::Calls => "/s",
        ChangeCause::Latency(_) => "ms/call",
        ChangeCause::Waits(_) | ChangeCause::UnknownWait => "AAS",
        ChangeCause::New | ChangeCause::Gone => return String::new(),
    };
    if part.from.is_none() && part.to.is_none() {
        return String::new();
    }
    format!("{} → {}{}{unit}", figure(part.from), figure(part.to), number::NO_BREAK_SPACE)
}

/// The largest parts in one line: `Slower: Lock +3.32, More calls +0.01`.
pub(super) fn in_one_line(parts: &[ChangePart], say: Say) -> String {
    /// More are not read.
    const MOST_PARTS: usize = 3;
    let mut parts: Vec<&ChangePart> = parts.iter().filter(|part| part.delta.abs() >= 0.005).collect();
    parts.sort_by(|a, b| b.delta.abs().total_cmp(&a.delta.abs()));
    let words = parts.iter().take(MOST_PARTS);
    words.map(|part| format!("{} {}", part_name(part, say), number::signed(part.delta))).collect::<Vec<_>>().join(", ")
}
