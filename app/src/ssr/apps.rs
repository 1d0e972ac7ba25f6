//! The questions of the pages of apps, answered by `ranking`.

use units::{AppQuery, TimeRange, Timestamp};
use view::{AppView, AppsView, Panel, SpendView, TierView};

use super::Source;
use crate::error::ViewError;
use crate::paths::AppPage;

impl Source {
    /// The page of an app a panel's request is about.
    pub(super) fn app_question(&self, app: String, search: &str) -> AppPage {
        AppPage::parse(app, search, &self.zone())
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
