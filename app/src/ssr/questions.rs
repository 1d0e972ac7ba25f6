//! The questions pages ask: parsed from an address, answered by `ranking`, errors mapped.

use leptos::prelude::*;
use ranking::Reader;
use units::{DbLoadQuery, Dimension, ResourceId, TimeRange, Timestamp};
use view::{
    BlockingView, ContextView, CountersView, FleetView, InstanceFacts, LoadView, Panel, SourcesView, TopSqlView,
};

use crate::error::ViewError;
use crate::messages::Say;
use crate::paths::DbPage;
use crate::server_fns::{Frame, Judgement};
use crate::session::Session;

/// Rows of the Top SQL table.
const TOP_ROWS: usize = 25;
/// Longest query string that is looked at.
const MAX_SEARCH_BYTES: usize = 8192;
/// A page may stand for a moment this long ago; older ones are asked about the present.
const OLDEST_MOMENT_SECS: i64 = 86_400;

/// Where pages get their data.
#[derive(Clone)]
pub struct Source {
    pub(super) reader: Reader,
    pub(super) now: Timestamp,
    pub(super) session: Option<Session>,
    /// Where browsers reach us, without a `/` at its end.
    pub(super) public_url: String,
}

impl Source {
    /// A source for one request that came at `now`; the only clock pages know.
    #[must_use]
    pub const fn new(reader: Reader, now: Timestamp) -> Self {
        Self { reader, now, session: None, public_url: String::new() }
    }

    /// The same source, knowing where browsers reach us.
    #[must_use]
    pub fn reached_at(self, public_url: String) -> Self {
        Self { public_url, ..self }
    }

    /// The same source for a reader.
    #[must_use]
    pub fn with_session(self, session: Session) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The source of the request at hand.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`] outside of a request.
    pub(crate) fn of_request() -> Result<Self, ViewError> {
        let source = use_context::<Self>().ok_or(ViewError::Unavailable { request_id: String::new() })?;
        Ok(Self { session: use_context::<Session>(), ..source })
    }

    /// The moment a page stands for: as it says, but neither in the future nor long ago.
    pub(crate) fn moment(&self, at_ms: i64) -> Timestamp {
        let at = Timestamp(at_ms);
        if at < self.now.plus_secs(-OLDEST_MOMENT_SECS) { self.now } else { at.min(self.now) }
    }

    /// The page of a panel's request.
    pub(super) fn question(&self, instance: String, search: &str) -> DbPage {
        DbPage::parse(ResourceId(instance), search, &self.zone())
    }

    /// Refuses a query string that is too long to look at.
    ///
    /// # Errors
    /// [`ViewError::BadRequest`].
    pub(super) fn checked_search(&self, search: &str) -> Result<(), ViewError> {
        if search.len() > MAX_SEARCH_BYTES {
            return Err(ViewError::BadRequest { reason: "the address is longer than 8 KiB".to_owned() });
        }
        Ok(())
    }

    /// The reader's zone.
    pub(super) fn zone(&self) -> units::Zone {
        self.session.as_ref().map(|session| session.zone.clone()).unwrap_or_default()
    }

    /// Maps an error of `ranking`; the cause goes to the log, with the id the reader sees.
    pub(super) fn mapped(&self, error: ranking::Error) -> ViewError {
        match error {
            ranking::Error::UnknownInstance(what)
            | ranking::Error::UnknownApp(what)
            | ranking::Error::UnknownTier(what) => ViewError::NotFound { what },
            error @ (ranking::Error::AmbiguousName { .. } | ranking::Error::Range(_)) => {
                ViewError::BadRequest { reason: error.to_string() }
            }
            error @ (ranking::Error::Archive(_) | ranking::Error::CutOff) => self.unavailable(&error),
        }
    }

    /// The reader's language.
    pub(super) fn say(&self) -> Say {
        Say(self.session.as_ref().map(|session| session.locale).unwrap_or_default())
    }

    /// Logs a cause and gives the reader the id it is logged under.
    pub(super) fn unavailable(&self, cause: &dyn std::error::Error) -> ViewError {
        let request_id = self.session.as_ref().map(|session| session.request_id.clone()).unwrap_or_default();
        tracing::error!(request.id = %request_id, error = %cause, "a page could not be made");
        ViewError::Unavailable { request_id }
    }

    pub(crate) async fn instance(&self, id: &str) -> Result<InstanceFacts, ViewError> {
        ranking::fetch_instance(&self.reader, id, self.now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn load(&self, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<LoadView>, ViewError> {
        ranking::fetch_db_load(&self.reader, query, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn overview(&self, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<LoadView>, ViewError> {
        ranking::fetch_overview(&self.reader, query, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn judge(&self, query: &DbLoadQuery, now: Timestamp) -> Result<Judgement, ViewError> {
        let judged = ranking::judge_db_load(&self.reader, query, now).await.map_err(|error| self.mapped(error))?;
        Ok(Judgement { verdict: judged.verdict, tiles: judged.tiles, subject: judged.subject })
    }

    pub(crate) async fn top(&self, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<TopSqlView>, ViewError> {
        ranking::rank_top_sql(&self.reader, query, TOP_ROWS, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn context(
        &self,
        query: &DbLoadQuery,
        dimension: Dimension,
        now: Timestamp,
    ) -> Result<Panel<ContextView>, ViewError> {
        ranking::rank_context(&self.reader, query, dimension, now).await.map_err(|error| self.mapped(error))
    }

    /// Who blocks whom; `digest` narrows it to one statement.
    pub(crate) async fn blocking(
        &self,
        page: &DbPage,
        digest: &str,
        now: Timestamp,
    ) -> Result<Panel<BlockingView>, ViewError> {
        let bad = |error: units::DigestIdError| ViewError::BadRequest { reason: error.to_string() };
        let digest = if digest.is_empty() { None } else { Some(digest.parse().map_err(bad)?) };
        let at = page.lock.as_ref().and_then(|lock| lock.resolve(now));
        let query = ranking::BlockingQuery { load: page.query.clone(), at, digest };
        ranking::fetch_blocking(&self.reader, &query, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn counters(&self, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<CountersView>, ViewError> {
        ranking::fetch_counters(&self.reader, query, now).await.map_err(|error| self.mapped(error))
    }

    pub(crate) async fn fleet(&self, range: &TimeRange, now: Timestamp) -> Result<Panel<FleetView>, ViewError> {
        let zone = self.zone();
        let fleet = ranking::rank_fleet(&self.reader, range, &zone, now).await.map_err(|error| self.mapped(error))?;
        Ok(match fleet.trouble {
            Some(trouble) => Panel::Trouble(trouble),
            None if fleet.rows.is_empty() => Panel::Empty,
            None => Panel::Data(fleet),
        })
    }

    pub(crate) fn frame(&self) -> Result<Frame, ViewError> {
        let archive = self.reader.archive();
        let failed = |error| self.unavailable(&error);
        let mut living = archive.instances().map_err(failed)?;
        living.retain(|instance| instance.status != "deleted");
        living.sort_by(|a, b| a.name.cmp(&b.name));
        let simulated = living.iter().filter(|one| one.simulated).map(|one| one.name.clone()).collect();
        let instances = living.into_iter().map(|instance| (instance.id, instance.name)).collect();
        let alarms = archive.alarms().map_err(failed)?;
        let ringing = alarms.iter().filter(|alarm| alarm.status.name() == "ALARM").count();
        let today = self.now.secs().div_euclid(86_400);
        let calls = archive.api_calls(today, today + 1).map_err(failed)?;
        Ok(Frame {
            instances,
            alarms: (!alarms.is_empty()).then(|| u32::try_from(ringing).unwrap_or(u32::MAX)),
            calls_today: Some(calls.iter().map(|one| one.calls).sum()),
            filling: self.reader.health().filling_all(),
            simulated,
        })
    }

    pub(crate) async fn sources(&self) -> Result<SourcesView, ViewError> {
        ranking::fetch_sources(&self.reader, self.now).await.map_err(|error| self.mapped(error))
    }
}
