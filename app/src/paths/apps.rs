//! Addresses of apps: `/apps` and `/app/{app}`.

use units::{AppQuery, Compare, Refresh, ResourceId, StripOrder, TimeRange, Window, Zone};

use super::{DbPage, Search, pairs, refresh, segment, time_point, with_search, zone};

/// The list of apps.
pub const APPS: &str = "/apps";

/// The page of an app: `/app/{app}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppPage {
    /// What is asked of the archive.
    pub query: AppQuery,
    /// Whether the address names the zone; otherwise it is the reader's own.
    pub zone_is_pinned: bool,
    /// The tier whose drawer is open.
    pub tier: Option<String>,
    /// Parameters that could not be read, in the words of their parsers.
    pub refused: Vec<String>,
}

impl AppPage {
    /// The page of an app as it opens, in the reader's zone.
    #[must_use]
    pub fn new(app: impl Into<String>, zone: Zone) -> Self {
        let query = AppQuery { zone, ..AppQuery::new(app) };
        Self { query, zone_is_pinned: false, tier: None, refused: Vec::new() }
    }

    /// Reads the query string of an address (without its `?`). `zone` is the reader's own.
    #[must_use]
    pub fn parse(app: impl Into<String>, search: &str, zone: &Zone) -> Self {
        let mut page = Self::new(app, zone.clone());
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
            "compare" => query.compare = value.parse()?,
            "by" => query.order = order(value)?,
            "tz" => {
                query.zone = zone(value)?;
                self.zone_is_pinned = true;
            }
            "refresh" => query.refresh = refresh(value)?,
            "tier" => self.tier = (!value.is_empty()).then(|| value.to_owned()),
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
        if query.compare != Compare::default() {
            search.add("compare", &query.compare.to_string());
        }
        if query.order != StripOrder::default() {
            search.add("by", query.order.name());
        }
        if self.zone_is_pinned {
            search.add("tz", query.zone.name());
        }
        if let Refresh::Every(secs) = query.refresh {
            search.add("refresh", &secs.to_string());
        }
        if let Some(tier) = &self.tier {
            search.add("tier", tier);
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
        app(&self.query.app)
    }

    /// The parameters of this page as a form carries them, without those named in `but`.
    #[must_use]
    pub fn carried(&self, but: &[&str]) -> Vec<(String, String)> {
        pairs(&self.search()).filter(|(name, _)| !but.contains(&name.as_str())).collect()
    }

    /// The page of a database over the same window.
    #[must_use]
    pub fn db_href(&self, instance: &ResourceId) -> String {
        let mut page = DbPage::new(instance.clone(), self.query.zone.clone());
        page.zone_is_pinned = self.zone_is_pinned;
        page.query.range = self.query.range.clone();
        page.query.compare = self.query.compare.clone();
        page.query.refresh = self.query.refresh;
        page.href()
    }

    /// The address of a form under `/api/v1`: nothing for JSON, `/strips.csv` for CSV.
    #[must_use]
    pub fn api_href(&self, kind: &str, window: Window) -> String {
        let mut search = Search::default();
        search.add("from", &window.from.to_string());
        search.add("to", &window.to.to_string());
        with_search(format!("/api/v1/apps/{}{kind}", segment(&self.query.app)), &search.0)
    }

    /// The same page over another range.
    #[must_use]
    pub fn with_range(&self, range: TimeRange) -> Self {
        self.with(|page| page.query.range = range)
    }

    /// The same page held against another window.
    #[must_use]
    pub fn with_compare(&self, compare: Compare) -> Self {
        self.with(|page| page.query.compare = compare)
    }

    /// The same page with strips in another order.
    #[must_use]
    pub fn with_order(&self, order: StripOrder) -> Self {
        self.with(|page| page.query.order = order)
    }

    /// The same page with another refresh interval.
    #[must_use]
    pub fn with_refresh(&self, refresh: Refresh) -> Self {
        self.with(|page| page.query.refresh = refresh)
    }

    /// The same page with times printed in another zone.
    #[must_use]
    pub fn with_zone(&self, zone: Zone) -> Self {
        self.with(|page| {
            page.query.zone = zone;
            page.zone_is_pinned = true;
        })
    }

    /// The same page with the drawer of a tier open, or none.
    #[must_use]
    pub fn with_tier(&self, tier: Option<&str>) -> Self {
        self.with(|page| page.tier = tier.map(ToOwned::to_owned))
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

    /// What the tiers depend on, as a query string: all but drawer and refresh.
    #[must_use]
    pub fn tiers_search(&self) -> String {
        self.with(|page| {
            page.tier = None;
            page.query.refresh = Refresh::Off;
        })
        .search()
    }

    /// What the drawer depends on, as a query string.
    #[must_use]
    pub fn drawer_search(&self) -> String {
        self.with(|page| {
            page.query.order = StripOrder::default();
            page.query.refresh = Refresh::Off;
        })
        .search()
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut page = self.clone();
        page.refused.clear();
        change(&mut page);
        page
    }
}

/// The address of an app's page as it opens.
#[must_use]
pub fn app(key: &str) -> String {
    format!("/app/{}", segment(key))
}

fn order(text: &str) -> Result<StripOrder, String> {
    StripOrder::ALL
        .into_iter()
        .find(|order| order.name() == text)
        .ok_or_else(|| format!("'{}' is no order of strips; use tier or signal", super::shortened(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(search: &str) -> AppPage {
        AppPage::parse("bookshop", search, &Zone::Utc)
    }

    #[test]
    fn a_page_as_it_opens_has_a_bare_address() {
        assert_eq!(AppPage::new("bookshop", Zone::Utc).href(), "/app/bookshop");
        assert_eq!(app("a b/c"), "/app/a%20b%2Fc");
    }

    #[test]
    fn the_window_goes_along_to_the_database() {
        let page = parse("from=now-3h&to=now&by=signal&tier=rds/orders&compare=off");
        assert_eq!(page.db_href(&ResourceId("db-X".to_owned())), "/db/db-X?from=now-3h&to=now&compare=off");
        assert_eq!(page.search(), "from=now-3h&to=now&compare=off&by=signal&tier=rds/orders");
        assert_eq!(page.tiers_search(), "from=now-3h&to=now&compare=off&by=signal");
        assert_eq!(page.drawer_search(), "from=now-3h&to=now&compare=off&tier=rds/orders");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let page = parse("from=soon&by=colour&refresh=1&tz=%3Cscript%3E&compare=x");
        assert_eq!(page.refused.len(), 5, "{:?}", page.refused);
        assert_eq!(page.search(), "");
    }

    proptest! {
        #[test]
        fn every_page_survives_its_address(
            secs in prop::option::of(1..100_000u32),
            by_signal in any::<bool>(),
            tier in prop::option::of("\\PC{1,60}"),
            every in prop::option::of(5..=3600u16),
        ) {
            let mut page = AppPage::new("bookshop", Zone::Utc);
            page.query.range = secs.map(TimeRange::last_secs).unwrap_or_default();
            page.query.order = if by_signal { StripOrder::Signal } else { StripOrder::Tier };
            page.query.refresh = every.map(Refresh::Every).unwrap_or_default();
            page.tier = tier;
            let search = page.search();
            prop_assert!(search.is_ascii());
            prop_assert_eq!(parse(&search), page);
        }
    }
}
