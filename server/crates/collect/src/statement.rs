//! Statement text: read once, masked, forgotten. // PI `GetDimensionKeyDetails`

use aws_sdk_pi::types::{DetailStatus, ServiceType};
use samples::{Batch, Grouping, Instance, Statement};
use sql_digest::{Completeness, Normaliser};
use units::{Dimension, Engine, Period, Timestamp, Window};

use crate::access::{Collector, Lane};
use crate::error::CollectError;
use crate::performance_insights::{Question, pi_resource};

/// Elements in answers of Performance Insights are cut at this many bytes.
const PI_TEXT_BYTES: usize = 500;
/// A cut falls on a character boundary, up to three bytes before the limit.
const PI_CUT_FROM: usize = PI_TEXT_BYTES - 3;
const ACTION: &str = "pi:GetDimensionKeyDetails";

/// A statement as a client sent it, literals and all. It cannot be serialised or printed; only its
/// digest leaves.
pub struct RawText(String);

impl RawText {
    /// Wraps a text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Whether Performance Insights may have cut it.
    const fn may_be_cut(&self) -> bool {
        self.0.len() >= PI_CUT_FROM && self.0.len() <= PI_TEXT_BYTES
    }
}

impl std::fmt::Debug for RawText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawText({} bytes)", self.0.len())
    }
}

/// Digests a text. Times, native id and parent are the caller's to fill in.
pub(crate) fn read_statement(text: &RawText, pi_id: &str, engine: Engine) -> Statement {
    let completeness = if text.may_be_cut() { Completeness::Unknown } else { Completeness::Whole };
    let mut normaliser = Normaliser::default();
    let read = normaliser.normalise(&text.0, engine, completeness);
    Statement {
        pi_id: pi_id.to_owned(),
        db_id: None,
        dimension: Dimension::Sql,
        parent: None,
        engine,
        digest: read.id,
        digest_version: read.id.version(),
        normal_form: read.normal_form.to_owned(),
        masked: read.normal_form.to_owned(),
        kind: read.normal_form.split(' ').next().unwrap_or_default().to_ascii_lowercase(),
        tables: Vec::new(),
        tags: read.tags.iter().map(|(key, value)| (key.to_string(), value.to_owned())).collect(),
        truncated: read.truncated,
        tree: false,
        first_seen: Timestamp::default(),
        last_seen: Timestamp::default(),
    }
}

impl Collector {
    /// The full text of a digest whose text came cut: finds one statement under it in `window`, asks
    /// for its details. `None` when AWS has no full text (any more).
    ///
    /// # Errors
    /// [`CollectError`] of either call.
    pub async fn fetch_full_text(
        &self,
        instance: &Instance,
        cut: &Statement,
        window: Window,
        lane: Lane,
    ) -> Result<Option<Statement>, CollectError> {
        let by_statement = Grouping::by(Dimension::Statement).filtered(Dimension::Sql, &cut.pi_id);
        let answer = self.ask(instance, &[Question::Load(by_statement)], window, Period::HOUR, lane).await?;
        let child = answer.batches.iter().find_map(|batch| match batch {
            Batch::Load(load) => load.series.first().map(|series| series.key.clone()),
            _ => None,
        });
        let Some(child) = child else { return Ok(None) };
        let details = self
            .clients(&instance.region)?
            .lane(lane)
            .pi
            .get_dimension_key_details()
            .service_type(ServiceType::Rds)
            .identifier(instance.id.as_str())
            .group("db.sql")
            .group_identifier(child)
            .requested_dimensions("statement")
            .send()
            .await
            .map_err(|error| CollectError::of(ACTION, &pi_resource(instance), &error))?;
        let full = details.dimensions().iter().find(|detail| detail.status() == Some(&DetailStatus::Available));
        let Some(text) = full.and_then(|detail| detail.value()) else { return Ok(None) };
        let read = read_statement(&RawText::new(text.to_owned()), &cut.pi_id, instance.engine);
        Ok(Some(Statement { db_id: cut.db_id.clone(), first_seen: cut.first_seen, last_seen: cut.last_seen, ..read }))
    }
}
