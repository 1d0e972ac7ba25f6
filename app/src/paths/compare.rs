//! The address of the compare page: `/compare`.

use units::{Compare, ResourceId, TimeRange, TimeRangeError, Timestamp, Window, Zone};

use super::{COMPARE, DbPage, Search, pairs, shortened, time_point, with_search};

/// Two windows, of one instance or of two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct ComparePage {
    /// Instance of the later, or right, side; empty for the first there is.
    pub instance: String,
    /// Its range.
    pub range: TimeRange,
    /// Instance of the earlier, or left, side; empty for the same one.
    pub before_instance: String,
    /// Its range; `None` follows from [`ComparePage::compare`].
    pub before_range: Option<TimeRange>,
    /// How much earlier the left side lies, when it has no range of its own.
    pub compare: Compare,
    /// Parameters that could not be read.
    pub refused: Vec<String>,
}

impl ComparePage {
    /// The page that holds the window of an instance's page against its compare window.
    #[must_use]
    pub fn of(page: &DbPage) -> Self {
        Self {
            instance: page.query.instance.to_string(),
            range: page.query.range.clone(),
            compare: match page.query.compare {
                Compare::Off => Compare::default(),
                ref compare => compare.clone(),
            },
            ..Self::default()
        }
    }

    /// Reads the query string of an address (without its `?`).
    #[must_use]
    pub fn parse(search: &str) -> Self {
        let mut page = Self::default();
        for (name, value) in pairs(search) {
            if let Err(reason) = page.read(&name, &value) {
                page.refused.push(reason);
            }
        }
        page
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), String> {
        let before = |page: &Self| page.before_range.clone().unwrap_or_default();
        match name {
            "instance" => self.instance = shortened(value),
            "from" => self.range.from = time_point(value)?,
            "to" => self.range.to = time_point(value)?,
            "before" => self.before_instance = shortened(value),
            "before-from" if !value.is_empty() => {
                self.before_range = Some(TimeRange { from: time_point(value)?, ..before(self) });
            }
            "before-to" if !value.is_empty() => {
                self.before_range = Some(TimeRange { to: time_point(value)?, ..before(self) });
            }
            "compare" => self.compare = value.parse()?,
            _ => {}
        }
        Ok(())
    }

    /// The address of this page.
    #[must_use]
    pub fn href(&self) -> String {
        with_search(COMPARE.to_owned(), &self.search())
    }

    /// The query string, without `?`.
    #[must_use]
    pub fn search(&self) -> String {
        let mut search = Search::default();
        if !self.instance.is_empty() {
            search.add("instance", &self.instance);
        }
        if self.range != TimeRange::default() {
            search.add("from", &self.range.from.to_string());
            search.add("to", &self.range.to.to_string());
        }
        if !self.before_instance.is_empty() {
            search.add("before", &self.before_instance);
        }
        if let Some(range) = &self.before_range {
            search.add("before-from", &range.from.to_string());
            search.add("before-to", &range.to.to_string());
        }
        if self.compare != Compare::default() {
            search.add("compare", &self.compare.to_string());
        }
        search.0
    }

    /// Both windows: before, after.
    ///
    /// # Errors
    /// When a range makes no sense.
    pub fn windows(&self, now: Timestamp) -> Result<(Window, Window), TimeRangeError> {
        let after = self.range.resolve(now)?;
        let before = match &self.before_range {
            Some(range) => range.resolve(now)?,
            None => self.compare.window(after).unwrap_or(after),
        };
        Ok((before, after))
    }

    /// The page of an instance over a window, held against a window of equal length that lies
    /// `earlier_secs` before it.
    #[must_use]
    pub fn db_page(instance: &ResourceId, window: Window, earlier_secs: i64) -> DbPage {
        let page = DbPage::new(instance.clone(), Zone::default()).with_window(window);
        match u32::try_from(earlier_secs) {
            Ok(secs) if secs > 0 => page.with_compare(Compare::SecondsEarlier(secs)),
            _ => page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip_and_windows_follow() {
        for search in [
            "",
            "instance=db-1&compare=last-week",
            "instance=db-1&from=2026-11-23T14:30:00Z&to=2026-11-23T15:30:00Z&before=db-2&before-from=2026-11-20T00:00:00Z&before-to=2026-11-20T01:00:00Z",
        ] {
            assert_eq!(ComparePage::parse(search).search(), search);
        }
        let page = ComparePage::parse("from=2026-11-23T14:30:00Z&to=2026-11-23T15:30:00Z&compare=previous");
        let (before, after) = page.windows(Timestamp(0)).unwrap();
        assert_eq!(before.to, after.from);
        assert_eq!(ComparePage::parse("from=soon&compare=x").refused.len(), 2);
    }
}
