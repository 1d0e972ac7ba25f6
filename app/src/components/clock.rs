//! The moment a page stands for. On the server and while hydrating it is the time of the response;
//! later it moves on with the browser's own clock, at each change of the address and each refresh.
//! All panels of one state ask for the same moment, so that their totals agree.

use leptos::prelude::*;
use units::{TimeRange, Timestamp, Window, Zone};
use view::{Axis, OffsetChange};

use crate::session::use_session;

#[derive(Clone, Copy)]
struct PageClock {
    server_now: Timestamp,
    started_ms: i64,
    /// Until the page is live, the moment is that of the response.
    is_live: StoredValue<bool>,
    ticks: RwSignal<u32>,
}

/// Provides the clock of the page. `server_now` came with the response.
pub fn provide_page_clock(server_now: Timestamp) {
    let is_live = StoredValue::new(false);
    provide_context(PageClock { server_now, started_ms: browser_ms(), is_live, ticks: RwSignal::new(0) });
    Effect::new(move |_| is_live.set_value(true));
}

/// The moment the present state stands for: it moves on when the range changes and when the page
/// asks again, not when the reader sorts a table.
#[must_use]
pub fn use_moment(range: Memo<TimeRange>) -> Memo<Timestamp> {
    let clock = expect_context::<PageClock>();
    Memo::new(move |_| {
        range.track();
        clock.ticks.track();
        if clock.is_live.get_value() {
            clock.server_now.plus_ms(browser_ms() - clock.started_ms)
        } else {
            clock.server_now
        }
    })
}

/// A function that asks again.
pub fn use_refresh() -> impl Fn() + Copy + Send + Sync + 'static {
    let clock = expect_context::<PageClock>();
    move || {
        clock.ticks.try_update(|ticks| *ticks = ticks.wrapping_add(1));
    }
}

#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}

#[cfg(not(feature = "hydrate"))]
const fn browser_ms() -> i64 {
    0
}

/// Prints times in the reader's zone.
#[derive(Clone, Debug)]
pub struct ReaderClock {
    zone: Zone,
    offsets: Vec<OffsetChange>,
}

/// The clock of the reader's zone.
#[must_use]
pub fn use_reader_clock() -> ReaderClock {
    use_session().with_value(|session| ReaderClock { zone: session.zone.clone(), offsets: session.offsets.clone() })
}

impl ReaderClock {
    /// `UTC`, `Europe/Berlin`.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.zone.name()
    }

    fn axis(&self, window: Window) -> Axis {
        Axis { window, period: units::Period::SECOND, zone: self.zone.name().to_owned(), offsets: self.offsets.clone() }
    }

    /// `14:30–15:10`, or with dates when it spans more than one day.
    #[must_use]
    pub fn range(&self, window: Window) -> String {
        /// Longer windows are told in whole minutes.
        const SECONDS_MATTER_SECS: i64 = 600;
        let window = if window.secs() > SECONDS_MATTER_SECS { window.aligned(60) } else { window };
        self.axis(window).range_label(window)
    }

    /// `2026-11-23`
    #[must_use]
    pub fn date(&self, at: Timestamp) -> String {
        self.axis(Window::new(at, at)).local(at).date()
    }

    /// `14:30:10`
    #[must_use]
    pub fn seconds(&self, at: Timestamp) -> String {
        self.axis(Window::new(at, at)).local(at).seconds()
    }

    /// `2026-11-23T15:30:00+01:00`: what forms show and read back without loss.
    #[must_use]
    pub fn exact(&self, at: Timestamp) -> String {
        let axis = self.axis(Window::new(at, at));
        let local = axis.local(at);
        let offset = axis.offset_at(at);
        if offset == 0 {
            return format!("{}T{}Z", local.date(), local.seconds());
        }
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs() / 60;
        format!("{}T{}{sign}{:02}:{:02}", local.date(), local.seconds(), minutes / 60, minutes % 60)
    }
}
