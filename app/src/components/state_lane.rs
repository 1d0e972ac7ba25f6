//! Alarms as bars on the axis of the chart above: the name inside, the state in colour and word.

use leptos::prelude::*;
use view::chart::draw_lane;
use view::{Severity, StateLane, StateLaneRow};

use super::drawing::drawing_view;
use crate::messages::{self as m, use_say};
use crate::ui::{Status, StatusGlyph};

/// The lane; nothing when there are no alarms.
#[component]
pub fn StateLaneView(
    /// Alarms and the axis.
    lane: StateLane,
    /// Where the bar of an alarm leads.
    href: Callback<StateLaneRow, String>,
) -> impl IntoView {
    let say = use_say();
    if lane.rows.is_empty() {
        return ().into_any();
    }
    let axis = lane.axis;
    let rows = lane.rows.into_iter().map(|row| {
        let drawing =
            draw_lane(&axis, &row.spans, &[row.name.clone(), row.name.clone(), row.name.clone()], "state-lane__bars");
        let is_ringing = row.spans.iter().any(|span| span.state == Severity::Critical);
        let (status, word) =
            if is_ringing { (Status::Critical, m::WENT_OFF) } else { (Status::Good, m::DID_NOT_GO_OFF) };
        let name = format!("{}, {}", row.name, say.text(word));
        let href = href.run(row);
        view! {
            <li>
                <a class="state-lane__row" href=href rel="external" aria-label=name.clone() title=name>
                    <StatusGlyph status=status class="state-lane__glyph" />
                    {drawing_view(drawing)}
                </a>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! { <ul class="state-lane" aria-label=say.text(m::ALARMS)>{rows}</ul> }.into_any()
}
