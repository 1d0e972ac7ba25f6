//! One detail of a dimension key. // PI `GetDimensionKeyDetails`

use aws_sdk_pi::types::{DetailStatus, ServiceType};
use samples::Instance;

use crate::access::{Collector, Lane};
use crate::error::CollectError;
use crate::performance_insights::pi_resource;

const ACTION: &str = "pi:GetDimensionKeyDetails";

/// A detail AWS can be asked for.
#[derive(Clone, Copy)]
pub(crate) struct DetailName {
    /// Such as `db.sql`.
    pub(crate) group: &'static str,
    /// Such as `statement`.
    pub(crate) dimension: &'static str,
}

/// What AWS says of a detail.
pub(crate) enum Detail {
    Available(String),
    /// AWS does not know the key, or does not have the detail; the reason in its words.
    Unavailable(String),
}

impl Collector {
    /// Asks for one detail of the key with this identifier in the detail's group.
    ///
    /// # Errors
    /// [`CollectError`] of the call, unless AWS says that there is no such key.
    pub(crate) async fn detail(
        &self,
        instance: &Instance,
        name: DetailName,
        identifier: &str,
        lane: Lane,
    ) -> Result<Detail, CollectError> {
        let answer = self
            .clients(&instance.region)?
            .lane(lane)
            .pi
            .get_dimension_key_details()
            .service_type(ServiceType::Rds)
            .identifier(instance.id.as_str())
            .group(name.group)
            .group_identifier(identifier)
            .requested_dimensions(name.dimension)
            .send()
            .await
            .map_err(|error| CollectError::of(ACTION, &pi_resource(instance), &error));
        let answer = match answer {
            Ok(answer) => answer,
            Err(CollectError::Invalid { message, .. }) => return Ok(Detail::Unavailable(message)),
            Err(error) => return Err(error),
        };
        let details = answer.dimensions();
        let available = details.iter().find(|detail| detail.status() == Some(&DetailStatus::Available));
        Ok(match available.and_then(|detail| detail.value()) {
            Some(text) => Detail::Available(text.to_owned()),
            None => {
                let status = details.first().and_then(|detail| detail.status());
                Detail::Unavailable(status.map_or("no detail", DetailStatus::as_str).to_owned())
            }
        })
    }
}
