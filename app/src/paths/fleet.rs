//! The address of the fleet.

use units::{Refresh, ResourceId, TimeRange, Zone};

use super::{AppPage, DbPage, FLEET, Search, pairs, refresh, time_point, with_search};

/// The fleet page: `/`, over a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct FleetPage {
    /// Time range as written.
    pub range: TimeRange,
    /// Only instances whose name, engine or class contains this text.
    pub find: String,
    /// Refresh interval.
    pub refresh: Refresh,
}

impl FleetPage {
    /// Reads the query string of an address (without its `?`).
    #[must_use]
    pub fn parse(search: &str) -> Self {
        let mut page = Self::default();
        for (name, value) in pairs(search) {
            match name.as_str() {
                "from" => page.range.from = time_point(&value).unwrap_or(page.range.from),
                "to" => page.range.to = time_point(&value).unwrap_or(page.range.to),
                "find" => page.find = value,
                "refresh" => page.refresh = refresh(&value).unwrap_or_default(),
                _ => {}
            }
        }
        page
    }

    /// The address of this page.
    #[must_use]
    pub fn href(&self) -> String {
        self.href_at(FLEET)
    }

    /// The same range on another page over many resources, such as [`super::APPS`].
    #[must_use]
    pub fn href_at(&self, path: &str) -> String {
        with_search(path.to_owned(), &self.search())
    }

    /// The query string, without `?`.
    #[must_use]
    pub fn search(&self) -> String {
        let mut search = Search::default();
        if self.range != TimeRange::default() {
            search.add("from", &self.range.from.to_string());
            search.add("to", &self.range.to.to_string());
        }
        if !self.find.is_empty() {
            search.add("find", &self.find);
        }
        if let Refresh::Every(secs) = self.refresh {
            search.add("refresh", &secs.to_string());
        }
        search.0
    }

    /// The page of an instance over the same range.
    #[must_use]
    pub fn db_href(&self, instance: &ResourceId) -> String {
        let mut page = DbPage::new(instance.clone(), Zone::default());
        page.query.range = self.range.clone();
        page.href()
    }

    /// The page of an app over the same range.
    #[must_use]
    pub fn app_href(&self, key: &str) -> String {
        AppPage::new(key, Zone::default()).with_range(self.range.clone()).href()
    }
}
