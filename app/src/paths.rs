//! Every URL of the app: what a page shows is a function of its address and the archive.
//!
//! Addresses are canonical: defaults are left out, parameters come in one order, and what was
//! written is read back to the same value. A parameter that cannot be read falls back to its default
//! and is named in [`DbPage::refused`], so that a mistyped link still opens a page that says so.

mod apps;
mod compare;
mod fleet;
mod sql_tab;

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use units::{
    Compare, DbLoadQuery, DigestId, Dimension, Filter, FilterOp, Period, Refresh, ResourceId, SortBy, TimePoint,
    TimeRange, Timestamp, Window, Zone,
};

pub use self::apps::{APPS, AppPage, app};
pub use self::compare::ComparePage;
pub use self::fleet::FleetPage;
pub use self::sql_tab::SqlTab;

/// The fleet.
pub const FLEET: &str = "/";
/// The instance with most load: the server redirects to it.
pub const BUSIEST: &str = "/db";
/// Alarms.
pub const ALARMS: &str = "/alarms";
/// Incidents.
pub const INCIDENTS: &str = "/incidents";
/// What is collected, up to when, and what fails.
pub const SOURCES: &str = "/sources";
/// The same as JSON.
pub const API_SOURCES: &str = "/api/v1/sources";
/// Two windows side by side.
pub const COMPARE: &str = "/compare";
/// Instances, statements and tables by name.
pub const SEARCH: &str = "/find";
/// Theme, density, language, zone.
pub const SETTINGS: &str = "/settings";

/// Characters that stay as they are inside a query value: the unreserved ones and those that are
/// harmless there and keep addresses readable.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':')
    .remove(b'/')
    .remove(b',')
    .remove(b'*');

/// Characters that stay as they are inside a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Longest value of one parameter that is looked at, in bytes as written: an alarm's name of 255
/// characters outside of ASCII, encoded, with the rest of its ARN.
const MAX_VALUE_BYTES: usize = 4096;

/// Shortest and longest refresh interval in seconds.
const REFRESH_SECS: std::ops::RangeInclusive<u16> = 5..=3600;

/// The refresh intervals menus offer, in seconds.
pub const REFRESH_CHOICES: [u16; 5] = [10, 30, 60, 300, 900];

/// The DB load page and everything below it: `/db/{instance}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DbPage {
    /// What is asked of the archive.
    pub query: DbLoadQuery,
    /// Whether the address names the zone; otherwise it is the reader's own.
    pub zone_is_pinned: bool,
    /// The statement whose page this is; `None` for the page of the instance.
    pub digest: Option<DigestId>,
    /// The open tab of the statement.
    pub sql_tab: SqlTab,
    /// The statement stands as it was sent, not laid out.
    pub as_sent: bool,
    /// The open context tab.
    pub tab: Dimension,
    /// The alarm this window was frozen for: its ARN.
    pub alarm: Option<String>,
    /// The moment of that alarm.
    pub alarm_at: Option<Timestamp>,
    /// The load chart stands as a table of its numbers.
    pub as_table: bool,
    /// The moment whose blocking is shown; the one with most sessions waiting when left out.
    pub lock: Option<TimePoint>,
    /// Parameters that could not be read, in the words of their parsers.
    pub refused: Vec<String>,
}

impl DbPage {
    /// The page of an instance as it opens, in the reader's zone.
    #[must_use]
    pub fn new(instance: ResourceId, zone: Zone) -> Self {
        let query = DbLoadQuery { zone, ..DbLoadQuery::new(instance) };
        Self {
            query,
            zone_is_pinned: false,
            digest: None,
            sql_tab: SqlTab::default(),
            as_sent: false,
            tab: Dimension::Wait,
            alarm: None,
            alarm_at: None,
            as_table: false,
            lock: None,
            refused: Vec::new(),
        }
    }

    /// Reads the query string of an address (without its `?`). `zone` is the reader's own.
    #[must_use]
    pub fn parse(instance: ResourceId, search: &str, zone: &Zone) -> Self {
        let mut page = Self::new(instance, zone.clone());
        for (name, value) in pairs(search) {
            if let Err(reason) = page.read(&name, &value) {
                page.refused.push(reason);
            }
        }
        page
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), String> {
        let query = &mut self.query;
        match name {
            "from" => query.range.from = time_point(value)?,
            "to" => query.range.to = time_point(value)?,
            "slice" => query.slice = value.parse().map_err(|error: units::UnknownDimension| error.to_string())?,
            "filter" => {
                let filter: Filter = value.parse().map_err(|error: units::FilterError| error.to_string())?;
                if query.filters.len() < DbLoadQuery::MAX_FILTERS && !query.filters.contains(&filter) {
                    query.filters.push(filter);
                }
            }
            "sort" => query.sort = value.parse()?,
            "compare" => query.compare = value.parse()?,
            "period" => query.period = Some(period(value)?),
            "tz" => {
                query.zone = zone(value)?;
                self.zone_is_pinned = true;
            }
            "refresh" => query.refresh = refresh(value)?,
            "tab" => self.tab = value.parse().map_err(|error: units::UnknownDimension| error.to_string())?,
            "show" => self.sql_tab = value.parse()?,
            "text" => self.as_sent = value == "sent",
            "alarm" => self.alarm = (!value.is_empty()).then(|| value.to_owned()),
            "at" => self.alarm_at = link_time(value),
            "view" => self.as_table = value == "table",
            "lock" => self.lock = Some(time_point(value)?),
            _ => {}
        }
        Ok(())
    }

    /// The query string, without `?`; empty for a page as it opens.
    #[must_use]
    pub fn search(&self) -> String {
        let query = &self.query;
        let mut search = Search::default();
        if query.range != TimeRange::default() {
            search.add("from", &query.range.from.to_string());
            search.add("to", &query.range.to.to_string());
        }
        if query.slice != Dimension::Wait {
            search.add("slice", query.slice.name());
        }
        for filter in &query.filters {
            search.add("filter", &filter.to_string());
        }
        if query.sort != SortBy::default() {
            search.add("sort", query.sort.name());
        }
        if query.compare != Compare::default() {
            search.add("compare", &query.compare.to_string());
        }
        if let Some(period) = query.period {
            search.add("period", &period.secs().to_string());
        }
        if self.zone_is_pinned {
            search.add("tz", query.zone.name());
        }
        if let Refresh::Every(secs) = query.refresh {
            search.add("refresh", &secs.to_string());
        }
        if self.tab != Dimension::Wait {
            search.add("tab", self.tab.name());
        }
        if self.sql_tab != SqlTab::default() {
            search.add("show", self.sql_tab.name());
        }
        if self.as_sent {
            search.add("text", "sent");
        }
        if let Some(alarm) = &self.alarm {
            search.add("alarm", alarm);
        }
        if let Some(at) = self.alarm_at {
            search.add("at", &at.to_string());
        }
        if self.as_table {
            search.add("view", "table");
        }
        if let Some(lock) = &self.lock {
            search.add("lock", &lock.to_string());
        }
        search.0
    }

    /// The address of this page.
    #[must_use]
    pub fn href(&self) -> String {
        with_search(self.path(), &self.search())
    }

    /// The address without its parameters: what forms are sent to.
    #[must_use]
    pub fn path(&self) -> String {
        let instance = db(&self.query.instance);
        self.digest.map_or_else(|| instance.clone(), |digest| format!("{instance}/sql/{digest}"))
    }

    /// The parameters of this page as a form carries them, without those named in `but`.
    #[must_use]
    pub fn carried(&self, but: &[&str]) -> Vec<(String, String)> {
        pairs(&self.search()).filter(|(name, _)| !but.contains(&name.as_str())).collect()
    }

    /// The address of a digest's page with the same window, filters and compare window.
    #[must_use]
    pub fn sql_href(&self, digest: DigestId) -> String {
        self.of_statement(digest).href()
    }

    /// The page of a digest with the same window, filters and compare window.
    #[must_use]
    pub fn of_statement(&self, digest: DigestId) -> Self {
        self.with(|page| page.digest = Some(digest))
    }

    /// The page of the instance with the same window, filters and compare window.
    #[must_use]
    pub fn of_instance(&self) -> Self {
        self.with(|page| {
            page.digest = None;
            page.sql_tab = SqlTab::default();
            page.as_sent = false;
        })
    }

    /// The same page of a statement with another tab open.
    #[must_use]
    pub fn with_sql_tab(&self, tab: SqlTab) -> Self {
        self.with(|page| page.sql_tab = tab)
    }

    /// The same page of a statement, laid out or as it was sent.
    #[must_use]
    pub fn with_as_sent(&self, as_sent: bool) -> Self {
        self.with(|page| page.as_sent = as_sent)
    }

    /// The address of a JSON, CSV or SVG form of a panel under `/api/v1`.
    #[must_use]
    pub fn api_href(&self, what: &str, window: Window) -> String {
        let mut search = Search::default();
        search.add("from", &window.from.to_string());
        search.add("to", &window.to.to_string());
        if what.starts_with("load") {
            search.add("slice", self.query.slice.name());
        }
        let lock = self.lock.as_ref().filter(|_| what.starts_with("blocking"));
        if let Some(at) = lock.and_then(|lock| lock.resolve(window.to)) {
            search.add("at", &at.to_string());
        }
        if what.starts_with("top") {
            search.add("sort", self.query.sort.name());
        }
        for filter in self.query.filters.iter().filter(|_| !what.starts_with("counters")) {
            search.add("filter", &filter.to_string());
        }
        if let Some(period) = self.query.period.filter(|_| !what.starts_with("top")) {
            search.add("period", &period.secs().to_string());
        }
        search.add("compare", &self.query.compare.to_string());
        with_search(format!("/api/v1/instances/{}/{what}", segment(self.query.instance.as_str())), &search.0)
    }

    /// The address of a statement's JSON or CSV form under `/api/v1`: `""` or `".csv"`.
    #[must_use]
    pub fn sql_api_href(&self, digest: DigestId, form: &str, window: Window) -> String {
        self.api_href(&format!("sql/{digest}{form}"), window)
    }

    /// The address of the open context tab under `/api/v1`: load ranked by its dimension.
    #[must_use]
    pub fn ranked_href(&self, what: &str, window: Window) -> String {
        let href = self.with_sort(SortBy::default()).api_href(what, window);
        format!("{href}&by={}", self.tab)
    }

    /// The same page over another range. A chosen period goes, since it may not fit.
    #[must_use]
    pub fn with_range(&self, range: TimeRange) -> Self {
        self.with(|page| {
            page.query.range = range;
            page.query.period = None;
        })
    }

    /// The same page over a fixed window.
    #[must_use]
    pub fn with_window(&self, window: Window) -> Self {
        self.with_range(TimeRange::fixed(window))
    }

    /// The same page sliced by another dimension.
    #[must_use]
    pub fn with_slice(&self, slice: Dimension) -> Self {
        self.with(|page| page.query.slice = slice)
    }

    /// The same page with one more chip, or one chip turned around when only its sign differs.
    #[must_use]
    pub fn with_filter(&self, filter: Filter) -> Self {
        self.with(|page| {
            page.query.filters.retain(|have| have.dimension != filter.dimension || have.value != filter.value);
            if filter.op == FilterOp::Is {
                page.query.filters.retain(|have| have.dimension != filter.dimension || have.op != FilterOp::Is);
            }
            if page.query.filters.len() < DbLoadQuery::MAX_FILTERS {
                page.query.filters.push(filter);
            }
        })
    }

    /// The same page without a chip.
    #[must_use]
    pub fn without_filter(&self, filter: &Filter) -> Self {
        self.with(|page| page.query.filters.retain(|have| have != filter))
    }

    /// The same page with Top SQL in another order.
    #[must_use]
    pub fn with_sort(&self, sort: SortBy) -> Self {
        self.with(|page| page.query.sort = sort)
    }

    /// The same page held against another window.
    #[must_use]
    pub fn with_compare(&self, compare: Compare) -> Self {
        self.with(|page| page.query.compare = compare)
    }

    /// The same page with another bucket; `None` lets the length of the window choose.
    #[must_use]
    pub fn with_period(&self, period: Option<Period>) -> Self {
        self.with(|page| page.query.period = period)
    }

    /// The same page with times printed in another zone.
    #[must_use]
    pub fn with_zone(&self, zone: Zone) -> Self {
        self.with(|page| {
            page.query.zone = zone;
            page.zone_is_pinned = true;
        })
    }

    /// The same page with another refresh interval.
    #[must_use]
    pub fn with_refresh(&self, refresh: Refresh) -> Self {
        self.with(|page| page.query.refresh = refresh)
    }

    /// The same page with another context tab open.
    #[must_use]
    pub fn with_tab(&self, tab: Dimension) -> Self {
        self.with(|page| page.tab = tab)
    }

    /// The same page with the load chart as a table, or as a chart.
    #[must_use]
    pub fn with_table(&self, as_table: bool) -> Self {
        self.with(|page| page.as_table = as_table)
    }

    /// The same page with the blocking of one moment; `None` shows the worst.
    #[must_use]
    pub fn with_lock(&self, lock: Option<TimePoint>) -> Self {
        self.with(|page| page.lock = lock)
    }

    /// The same page as it is now: relative range of the same length, no alarm.
    #[must_use]
    pub fn live(&self) -> Self {
        self.with(|page| {
            page.query.range = TimeRange::default();
            page.query.period = None;
            page.alarm = None;
            page.alarm_at = None;
        })
    }

    /// The page everybody who gets the link sees alike: fixed window, named zone, no refresh.
    #[must_use]
    pub fn pinned(&self, window: Window) -> Self {
        self.with(|page| {
            page.query.range = TimeRange::fixed(window);
            page.query.refresh = Refresh::Off;
            page.zone_is_pinned = true;
        })
    }

    /// What the mini-map depends on, as a query string.
    #[must_use]
    pub fn overview_search(&self) -> String {
        self.only(|query, plain| plain.filters.clone_from(&query.filters))
    }

    /// What the load chart depends on, as a query string.
    #[must_use]
    pub fn load_search(&self) -> String {
        self.only(|query, plain| {
            plain.slice = query.slice;
            plain.filters.clone_from(&query.filters);
            plain.period = query.period;
            plain.compare = query.compare.clone();
        })
    }

    /// What the verdict and the tiles depend on, as a query string.
    #[must_use]
    pub fn judge_search(&self) -> String {
        self.only(|query, plain| {
            plain.filters.clone_from(&query.filters);
            plain.compare = query.compare.clone();
        })
    }

    /// What the Top SQL table depends on, as a query string.
    #[must_use]
    pub fn top_search(&self) -> String {
        self.only(|query, plain| {
            plain.filters.clone_from(&query.filters);
            plain.compare = query.compare.clone();
            plain.sort = query.sort;
        })
    }

    /// What the open context tab depends on, as a query string.
    #[must_use]
    pub fn context_search(&self) -> String {
        let search = self.only(|query, plain| {
            plain.filters.clone_from(&query.filters);
            plain.compare = query.compare.clone();
        });
        let mut search = Search(search);
        search.add("tab", self.tab.name());
        search.0
    }

    /// What the page of a statement depends on, as a query string.
    #[must_use]
    pub fn sql_search(&self) -> String {
        let mut search = Search(self.only(|query, plain| {
            plain.filters.clone_from(&query.filters);
            plain.period = query.period;
            plain.compare = query.compare.clone();
        }));
        if self.as_sent {
            search.add("text", "sent");
        }
        search.0
    }

    /// What the panel of blocking depends on, as a query string.
    #[must_use]
    pub fn blocking_search(&self) -> String {
        let mut search = Search(self.only(|query, plain| plain.filters.clone_from(&query.filters)));
        if let Some(lock) = &self.lock {
            search.add("lock", &lock.to_string());
        }
        search.0
    }

    /// What the panel of plans depends on, as a query string.
    #[must_use]
    pub fn plans_search(&self) -> String {
        self.only(|query, plain| plain.period = query.period)
    }

    /// What the open tab of a statement depends on, as a query string.
    #[must_use]
    pub fn sql_tab_search(&self) -> String {
        let mut search = Search(self.only(|query, plain| {
            plain.filters.clone_from(&query.filters);
            plain.compare = query.compare.clone();
        }));
        search.add("show", self.sql_tab.name());
        search.0
    }

    /// What the counter metrics depend on, as a query string.
    #[must_use]
    pub fn counters_search(&self) -> String {
        self.only(|query, plain| {
            plain.period = query.period;
            plain.compare = query.compare.clone();
        })
    }

    /// A query string of range, zone and what `take` takes over.
    fn only(&self, take: impl FnOnce(&DbLoadQuery, &mut DbLoadQuery)) -> String {
        let mut page = Self::new(self.query.instance.clone(), self.query.zone.clone());
        page.zone_is_pinned = self.zone_is_pinned;
        page.query.range = self.query.range.clone();
        take(&self.query, &mut page.query);
        page.search()
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut page = self.clone();
        page.refused.clear();
        change(&mut page);
        page
    }
}

/// The address of an instance's page as it opens.
#[must_use]
pub fn db(instance: &ResourceId) -> String {
    format!("/db/{}", segment(instance.as_str()))
}

/// The address that finds a text.
#[must_use]
pub fn find(text: &str) -> String {
    let mut search = Search::default();
    search.add("find", text);
    with_search(SEARCH.to_owned(), &search.0)
}

/// The address that resolves an alarm: `/alarm?arn=…&at=…`.
#[must_use]
pub fn alarm(arn: &str, at: Option<Timestamp>) -> String {
    let mut search = Search::default();
    search.add("arn", arn);
    if let Some(at) = at {
        search.add("at", &at.to_string());
    }
    with_search("/alarm".to_owned(), &search.0)
}

/// The short address of an alarm: `/a/{name}`.
#[must_use]
pub fn named_alarm(name: &str, at: Option<Timestamp>) -> String {
    let mut search = Search::default();
    if let Some(at) = at {
        search.add("at", &at.to_string());
    }
    with_search(format!("/a/{}", segment(name)), &search.0)
}

/// An incident: `/incidents/{id}`.
#[must_use]
pub fn incident(id: &str) -> String {
    format!("{INCIDENTS}/{}", segment(id))
}

/// A file of an incident: `incident.html`, `snapshot.llinc`; or where its notes are sent.
#[must_use]
pub fn incident_part(id: &str, part: &str) -> String {
    format!("{}/{part}", incident(id))
}

/// The page of an app over a window, with one of its tiers open.
#[must_use]
pub fn app_tier(app: &str, tier: &str, window: Window) -> String {
    AppPage::new(app, Zone::default()).with_range(TimeRange::fixed(window)).with_tier(Some(tier)).href()
}

/// Reads the time of a link: RFC 3339, AWS's form of it (`…T10:14:05.000+0000`, perhaps with the `+`
/// turned into a space), or seconds or milliseconds since 1970.
#[must_use]
pub fn link_time(text: &str) -> Option<Timestamp> {
    /// More digits than this are milliseconds.
    const SECONDS_DIGITS: usize = 11;
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return Some(if text.len() > SECONDS_DIGITS { Timestamp(number) } else { Timestamp::from_secs(number) });
    }
    let text = if text.contains('T') { text.replace(' ', "+") } else { text.to_owned() };
    let with_colon = || {
        let (before, zone) = text.split_at_checked(text.len().checked_sub(5)?)?;
        let is_zone = zone.starts_with(['+', '-']) && zone[1..].bytes().all(|byte| byte.is_ascii_digit());
        is_zone.then(|| format!("{before}{}:{}", &zone[..3], &zone[3..]))
    };
    text.parse().ok().or_else(|| with_colon()?.parse().ok())
}

/// The value of a parameter of a query string; the last one counts.
#[must_use]
pub fn parameter(search: &str, name: &str) -> Option<String> {
    pairs(search).filter(|(have, _)| have == name).last().map(|(_, value)| value)
}

/// The zone a query string names, when it can be read.
#[must_use]
pub fn zone_of(search: &str) -> Option<Zone> {
    parameter(search, "tz").and_then(|name| zone(&name).ok())
}

/// Whether a text is an address inside this app that may be redirected to: a path of ours and not
/// `//host`, `/\host` or anything with a control character.
#[must_use]
pub fn is_local(address: &str) -> bool {
    let mut bytes = address.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && address.bytes().all(|byte| byte > b' ' && byte != 0x7f && byte != b'\\')
}

fn segment(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, SEGMENT)
}

fn with_search(path: String, search: &str) -> String {
    if search.is_empty() { path } else { format!("{path}?{search}") }
}

#[derive(Default)]
struct Search(String);

impl Search {
    fn add(&mut self, name: &str, value: &str) {
        let separator = if self.0.is_empty() { "" } else { "&" };
        // Writing to a String cannot fail.
        write!(self.0, "{separator}{name}={}", utf8_percent_encode(value, VALUE)).unwrap_or_default();
    }
}

/// The parameters of a query string, decoded; `+` is a space, as forms send it.
fn pairs(search: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    search
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| value.len() <= MAX_VALUE_BYTES)
        .map(move |(name, value)| (decode(name), decode(value)))
}

/// Reads one end of a range. Besides the grammar of [`TimePoint`]: `13h` means `now-13h`, and a `+`
/// that a form turned into a space is put back.
fn time_point(text: &str) -> Result<TimePoint, String> {
    let text = text.trim();
    let text = if text.starts_with("now") || text.contains('T') { text.replace(' ', "+") } else { text.to_owned() };
    let is_length = text.len() > 1 && text.as_bytes()[..text.len() - 1].iter().all(u8::is_ascii_digit);
    let last_is_letter = text.ends_with(|letter: char| letter.is_ascii_alphabetic());
    let text = if is_length && last_is_letter { format!("now-{text}") } else { text };
    text.parse().map_err(|error: units::TimeRangeError| error.to_string())
}

fn period(text: &str) -> Result<Period, String> {
    text.parse()
        .ok()
        .and_then(Period::from_secs)
        .ok_or_else(|| format!("'{}' is no period; use seconds, 1 to 86400", shortened(text)))
}

/// An IANA name: letters, digits, `/`, `_`, `+`, `-`; at most 64 bytes. Whether the zone exists only
/// the server knows.
fn zone(text: &str) -> Result<Zone, String> {
    if text.eq_ignore_ascii_case("utc") {
        return Ok(Zone::Utc);
    }
    let text = text.replace(' ', "+");
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'+' | b'-'));
    if plain && !text.is_empty() && text.len() <= 64 {
        Ok(Zone::Named(text))
    } else {
        Err(format!("'{}' is no time zone; use UTC or a name such as Europe/Berlin", shortened(&text)))
    }
}

fn refresh(text: &str) -> Result<Refresh, String> {
    match text.parse::<u16>() {
        _ if text == "off" => Ok(Refresh::Off),
        Ok(secs) if REFRESH_SECS.contains(&secs) => Ok(Refresh::Every(secs)),
        _ => Err(format!("'{}' is no refresh interval; use off, or seconds from 5 to 3600", shortened(text))),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instance() -> ResourceId {
        ResourceId("db-4XK7QJ2M5T3LBNWZPY6R".to_owned())
    }

    fn parse(search: &str) -> DbPage {
        DbPage::parse(instance(), search, &Zone::Utc)
    }

    #[test]
    fn a_page_as_it_opens_has_a_bare_address() {
        assert_eq!(DbPage::new(instance(), Zone::Utc).href(), "/db/db-4XK7QJ2M5T3LBNWZPY6R");
        assert_eq!(FleetPage::default().href(), "/");
    }

    #[test]
    fn what_people_type_is_understood() {
        for (search, expected) in [
            ("from=13h", "from=now-13h&to=now"),
            ("from=now/d+8h", "from=now/d%2B8h&to=now"),
            ("from=2026-11-23T15:30:00+01:00&to=1795447800", "from=2026-11-23T14:30:00Z&to=2026-11-23T15:30:00Z"),
            ("filter=user%3Aweb&filter=-user%3Ardsadmin", "filter=user:web&filter=-user:rdsadmin"),
            ("filter=wait:Lock%3Atransactionid&filter=wait:Lock:transactionid", "filter=wait:Lock:transactionid"),
            ("slice=wait&sort=mean&compare=yesterday&refresh=off", ""),
            ("tz=utc", "tz=UTC"),
        ] {
            assert_eq!(parse(search).search(), expected, "{search}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let page = parse("from=soon&slice=colour&refresh=1&period=0&tz=%3Cscript%3E&filter=x");
        assert_eq!(page.refused.len(), 6, "{:?}", page.refused);
        assert_eq!(page.search(), "");
    }

    #[test]
    fn a_chip_replaces_its_opposite() {
        let page = parse("filter=user:web").with_filter(Filter::is_not(Dimension::User, "web"));
        assert_eq!(page.search(), "filter=-user:web");
        let page = parse("filter=user:web").with_filter(Filter::is(Dimension::User, "batch"));
        assert_eq!(page.search(), "filter=user:batch");
    }

    #[test]
    fn only_paths_of_ours_are_redirected_to() {
        for address in ["/", "/db/x?from=now-1h", "/settings"] {
            assert!(is_local(address), "{address}");
        }
        for address in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\r\nSet-Cookie: x", "/a\\b"]
        {
            assert!(!is_local(address), "{address}");
        }
    }

    #[test]
    fn times_of_links_are_read_as_aws_writes_them() {
        let at = Some(Timestamp(1_772_100_845_000));
        for text in [
            "2026-02-26T10:14:05Z",
            "2026-02-26T10:14:05.000+0000",
            "2026-02-26T10:14:05.000 0000",
            "2026-02-26T11:14:05+0100",
            "2026-02-26T11:14:05 01:00",
            "1772100845",
            "1772100845000",
        ] {
            assert_eq!(link_time(text), at, "{text}");
        }
        assert_eq!(link_time("yesterday"), None);
        assert_eq!(link_time(""), None);
    }

    #[test]
    fn a_long_name_in_any_script_survives_its_address() {
        let arn = format!("arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:{}", "경".repeat(255));
        let address = alarm(&arn, None);
        assert_eq!(parameter(address.split_once('?').unwrap().1, "arn"), Some(arn));
        assert_eq!(named_alarm("prod/db: load > 4 %", None), "/a/prod%2Fdb%3A%20load%20%3E%204%20%25");
    }

    fn any_filter() -> impl Strategy<Value = Filter> {
        (prop::sample::select(Dimension::ALL.to_vec()), any::<bool>(), "\\PC{1,40}").prop_map(
            |(dimension, keep, value)| {
                if keep { Filter::is(dimension, value) } else { Filter::is_not(dimension, value) }
            },
        )
    }

    fn any_range() -> impl Strategy<Value = TimeRange> {
        prop_oneof![
            (1..100_000u32).prop_map(TimeRange::last_secs),
            (0..4_000_000_000i64, 1..1_000_000i64).prop_map(|(from, secs)| TimeRange::fixed(Window::new(
                Timestamp::from_secs(from),
                Timestamp::from_secs(from + secs)
            ))),
        ]
    }

    prop_compose! {
        fn any_page()(
            range in any_range(),
            slice in prop::sample::select(Dimension::ALL.to_vec()),
            filters in prop::collection::vec(any_filter(), 0..5),
            sort in prop::sample::select(SortBy::ALL.to_vec()),
            compare in prop_oneof![Just(Compare::Off), Just(Compare::Previous), Just(Compare::Yesterday), Just(Compare::LastWeek), (1..10_000_000u32).prop_map(Compare::SecondsEarlier)],
            period in prop::option::of((1..=86_400u32).prop_map(|secs| Period::from_secs(secs).unwrap())),
            zone in prop::option::of(prop_oneof![Just(Zone::Utc), "[A-Z][a-z]{2,8}/[A-Z][a-z]{2,8}".prop_map(Zone::Named)]),
            refresh in prop_oneof![Just(Refresh::Off), (5..=3600u16).prop_map(Refresh::Every)],
            tab in prop::sample::select(Dimension::ALL.to_vec()),
            alarm in prop::option::of("\\PC{1,60}"),
            alarm_at in prop::option::of((0..4_000_000_000_000i64).prop_map(Timestamp)),
            as_table in any::<bool>(),
            sql_tab in prop::sample::select(SqlTab::ALL.to_vec()),
            as_sent in any::<bool>(),
            lock in prop::option::of((0..=4_000_000_000i64).prop_map(|secs| TimePoint::At(Timestamp::from_secs(secs)))),
        ) -> DbPage {
            let mut unique = Vec::new();
            for filter in filters {
                if filter.value.len() <= Filter::MAX_VALUE_BYTES && !unique.contains(&filter) {
                    unique.push(filter);
                }
            }
            let query = DbLoadQuery { instance: instance(), range, slice, filters: unique, sort, compare, period, zone: zone.clone().unwrap_or_default(), refresh };
            DbPage { query, zone_is_pinned: zone.is_some(), digest: None, sql_tab, as_sent, tab, alarm, alarm_at, as_table, lock, refused: Vec::new() }
        }
    }

    proptest! {
        #[test]
        fn every_page_survives_its_address(page in any_page()) {
            let search = page.search();
            prop_assert!(search.is_ascii());
            prop_assert_eq!(DbPage::parse(instance(), &search, &Zone::Utc), page);
        }

        #[test]
        fn any_text_is_some_page_with_a_stable_address(search in "\\PC{0,200}") {
            let page = parse(&search);
            let canonical = page.search();
            prop_assert_eq!(parse(&canonical).search(), canonical);
        }
    }
}
