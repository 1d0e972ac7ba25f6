//! How many calls of Performance Insights an instance costs: each part counted by itself on a clock
//! that is moved by hand, then added up for a month of 730 hours.

use crate::figure::figure;
use tests::flow::Flow;

const MONTH_HOURS: f64 = 730.0;
/// Minutes between two polls that nobody asks for, as `loadlens serve` has it.
const POLL_MINUTES: i64 = 5;
const POLLS: i64 = 12;

pub(crate) async fn measure() {
    for (pages, limit) in [("answers of one page", None), ("25 series a page", Some(25))] {
        let flow = Flow::start(7, false).await;
        flow.set_page_limit(limit);
        let discovery = flow.calls("pi:ListAvailableResource").await;
        let mut steady = 0;
        for _ in 0..POLLS {
            let before = flow.calls("pi:GetResourceMetrics").await;
            flow.advance(POLL_MINUTES * 60).await;
            flow.poll().await;
            steady += flow.calls("pi:GetResourceMetrics").await - before;
        }
        let a_poll = steady as f64 / POLLS as f64;
        let polls = MONTH_HOURS * 60.0 / POLL_MINUTES as f64;
        let discoveries = MONTH_HOURS / 6.0;
        println!("{pages}:");
        figure("calls a poll, mean of an hour of polls", a_poll, "", "");
        figure("calls to discover what is offered, every 6 h", discovery as f64, "", "");
        figure("calls a month and instance", a_poll * polls + discovery as f64 * discoveries, "", "<= 26000");
        flow.stop().await;
    }
}
