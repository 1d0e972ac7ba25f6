//! The questions of the pages of apps, answered by `ranking`.

use units::{AppQuery, TimeRange, Timestamp};
use view::{AppView, AppsView, Panel, SpendView, TierView};

use super::Source;
use crate::error::ViewError;
use crate::paths::AppPage;

impl Source {
    /// The page of an app and the moment of a panel's request.
    ///
    /// # Errors
    /// [`ViewError::BadRequest`] when the query string is too long.
    pub(crate) fn app_question(
        &self,
        app: String,
        search: &str,
        at_ms: i64,
    ) -> Result<(AppPage, Timestamp), ViewError> {
        self.checked_search(search)?;
        Ok((AppPage::parse(app, search, &self.zone()), self.moment(at_ms)))
    }

    pub(crate) async fn apps(&self, range: &TimeRange, now: Timestamp) -> Result<AppsView, ViewError> {
        ranking::rank_apps(&self.reader, range, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn app(&self, query: &AppQuery, now: Timestamp) -> Result<Panel<AppView>, ViewError> {
        ranking::fetch_app(&self.reader, query, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn tier(
        &self,
        query: &AppQuery,
        tier: &str,
        now: Timestamp,
    ) -> Result<Panel<TierView>, ViewError> {
        ranking::fetch_tier(&self.reader, query, tier, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn spend(&self) -> Result<SpendView, ViewError> {
        ranking::fetch_spend(&self.reader, self.now).await.map_err(|error| self.mapped(error))
    }
}
