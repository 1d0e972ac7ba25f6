//! What an instance offers: dimension groups, metrics, features.

use super::request::{Paging, page_of};
use super::statistics;
use super::{Call, ELEMENT_BYTES, instance};
use crate::error::ServiceError;
use crate::faults::Behaviour;
use crate::tokenise::cut;
use crate::wire::Value;
use crate::world::dictionary::{Column, Combination, Dictionary, hex_id, object_parts};
use crate::world::instance::InstanceData;
use sampler::Engine;

/// A dimension group and its dimensions, in AWS's order.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) dimensions: &'static [Dimension],
}

/// One dimension: the column that decides it, and how its value is read.
#[derive(Debug)]
pub(super) struct Dimension {
    pub(super) name: &'static str,
    pub(super) column: Column,
    part: Part,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    /// The name itself.
    Name,
    /// A stable id made from the name; the text tells kinds of names apart.
    IdOfName(&'static str),
    StatementId,
    StatementDatabaseId,
    StatementText,
    StatementDigestId,
    DigestId,
    DigestDatabaseId,
    DigestText,
    /// An id of its own: AWS does not say that it is that of `db.sql_tokenized`.
    BlockingDigestId,
    ObjectId,
    ObjectType,
    ObjectValue,
}

const fn dimension(name: &'static str, column: Column, part: Part) -> Dimension {
    Dimension { name, column, part }
}

/// Groups of RDS for PostgreSQL; MySQL and MariaDB lack some.
///
/// Names of the `db.blocking_…` groups and their dimensions are AWS's. Assumed is what AWS leaves open:
/// that a wait counts once, for the session at the root of it; that a session is named by its process
/// or thread id; that `db.blocking_sql` is the tokenised text of what that session runs or ran last;
/// and that engines beyond Aurora PostgreSQL and RDS for PostgreSQL could offer them.
static GROUPS: &[Group] = &[
    Group { name: "db", dimensions: &[dimension("db.name", Column::Database, Part::Name)] },
    Group { name: "db.application", dimensions: &[dimension("db.application.name", Column::Application, Part::Name)] },
    Group {
        name: "db.blocking_object",
        dimensions: &[
            dimension("db.blocking_object.id", Column::BlockingObject, Part::ObjectId),
            dimension("db.blocking_object.type", Column::BlockingObject, Part::ObjectType),
            dimension("db.blocking_object.value", Column::BlockingObject, Part::ObjectValue),
        ],
    },
    Group {
        name: "db.blocking_session",
        dimensions: &[dimension("db.blocking_session.id", Column::BlockingSession, Part::Name)],
    },
    Group {
        name: "db.blocking_sql",
        dimensions: &[
            dimension("db.blocking_sql.id", Column::BlockingDigest, Part::BlockingDigestId),
            dimension("db.blocking_sql.sql", Column::BlockingDigest, Part::DigestText),
        ],
    },
    Group {
        name: "db.host",
        dimensions: &[
            dimension("db.host.id", Column::Host, Part::Name),
            dimension("db.host.name", Column::HostName, Part::Name),
        ],
    },
    // Assumed is the dimension; AWS documents the group, for Aurora PostgreSQL.
    Group { name: "db.plans", dimensions: &[dimension("db.plans.id", Column::Plan, Part::Name)] },
    Group {
        name: "db.session_type",
        dimensions: &[dimension("db.session_type.name", Column::SessionType, Part::Name)],
    },
    Group {
        name: "db.sql",
        dimensions: &[
            dimension("db.sql.id", Column::Statement, Part::StatementId),
            dimension("db.sql.db_id", Column::Statement, Part::StatementDatabaseId),
            dimension("db.sql.statement", Column::Statement, Part::StatementText),
            dimension("db.sql.tokenized_id", Column::Statement, Part::StatementDigestId),
        ],
    },
    Group {
        name: "db.sql_tokenized",
        dimensions: &[
            dimension("db.sql_tokenized.id", Column::Digest, Part::DigestId),
            dimension("db.sql_tokenized.db_id", Column::Digest, Part::DigestDatabaseId),
            dimension("db.sql_tokenized.statement", Column::Digest, Part::DigestText),
        ],
    },
    Group {
        name: "db.user",
        dimensions: &[
            dimension("db.user.id", Column::User, Part::IdOfName("user")),
            dimension("db.user.name", Column::User, Part::Name),
        ],
    },
    Group {
        name: "db.wait_event",
        dimensions: &[
            dimension("db.wait_event.name", Column::WaitEvent, Part::Name),
            dimension("db.wait_event.type", Column::WaitType, Part::Name),
        ],
    },
    Group {
        name: "db.wait_event_type",
        dimensions: &[dimension("db.wait_event_type.name", Column::WaitType, Part::Name)],
    },
];

/// Groups only PostgreSQL has.
const POSTGRES_ONLY: &[&str] = &["db.application", "db.session_type"];

/// What decides which groups an instance has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    engine: Engine,
    plans: bool,
}

impl Offer {
    pub(super) fn of(data: &InstanceData) -> Self {
        Self { engine: data.engine, plans: data.offers_plans }
    }
}

/// The groups of an instance.
fn groups(offer: Offer) -> impl Iterator<Item = &'static Group> {
    let is_offered = move |group: &&Group| match group.name {
        "db.plans" => offer.plans,
        name => offer.engine == Engine::Postgres || !POSTGRES_ONLY.contains(&name),
    };
    GROUPS.iter().filter(is_offered)
}

/// The group of that name, if the instance has it.
pub(super) fn find_group(offer: Offer, name: &str) -> Option<&'static Group> {
    groups(offer).find(|group| group.name == name)
}

/// The dimension of that name and its group.
pub(super) fn find_dimension(offer: Offer, name: &str) -> Option<(&'static Group, &'static Dimension)> {
    groups(offer).find_map(|group| {
        group.dimensions.iter().find(|dimension| dimension.name == name).map(|dimension| (group, dimension))
    })
}

impl Dimension {
    /// The value for a combination, cut to what a list may carry; `None` if the session had none.
    pub(super) fn value(&self, combination: &Combination, dictionary: &Dictionary) -> Option<String> {
        let number = combination.get(self.column);
        let statement = || dictionary.statement_of(number);
        let digest = || dictionary.digest_of(number);
        let digest_of_statement = || dictionary.digest_of(statement()?.digest);
        let value = match self.part {
            Part::Name => dictionary.name_of(number)?.to_string(),
            Part::IdOfName(kind) => hex_id(kind, dictionary.name_of(number)?),
            Part::StatementId => statement()?.id.to_string(),
            Part::StatementDatabaseId => digest_of_statement()?.database_id.to_string(),
            Part::StatementText => statement()?.text.to_string(),
            Part::StatementDigestId => digest_of_statement()?.id.to_string(),
            Part::DigestId => digest()?.id.to_string(),
            Part::DigestDatabaseId => digest()?.database_id.to_string(),
            Part::DigestText => digest()?.text.to_string(),
            Part::BlockingDigestId => hex_id("blocking", &digest()?.database_id),
            Part::ObjectId => hex_id("object", dictionary.name_of(number)?),
            Part::ObjectType => object_parts(dictionary.name_of(number)?).0.to_owned(),
            Part::ObjectValue => object_parts(dictionary.name_of(number)?).1.to_owned(),
        };
        let value = cut(&value, ELEMENT_BYTES).to_owned();
        (!value.trim().is_empty()).then_some(value)
    }
}

pub(super) fn list_available_resource_dimensions(call: &Call<'_>) -> Result<Value, ServiceError> {
    let metrics = call.input.required_texts("Metrics", 1..=5)?;
    let paging = Paging::read(call)?;
    call.input.texts("AuthorizedActions", 0..=3)?;
    let offer = Offer::of(&instance(call, "ListAvailableResourceDimensions")?.data());
    let metrics = metrics
        .into_iter()
        .map(|metric| match metric {
            "db.load" | "db.sampledload" => Ok(metric),
            _ => Err(ServiceError::invalid_argument("The specified metric is not a known metric")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let group = |group: &Group| {
        let dimensions =
            group.dimensions.iter().map(|dimension| Value::map([("Identifier", Value::text(dimension.name))]));
        Value::map([("Group", Value::text(group.name)), ("Dimensions", Value::list(dimensions))])
    };
    let of_metrics: Vec<Value> = metrics
        .into_iter()
        .map(|metric| Value::map([("Metric", Value::text(metric)), ("Groups", Value::list(groups(offer).map(group)))]))
        .collect();
    let (page, next) = page_of(of_metrics, &paging);
    Ok(Value::map([("MetricDimensions", Value::list(page)), ("NextToken", next)]))
}

pub(super) fn list_available_resource_metrics(call: &Call<'_>) -> Result<Value, ServiceError> {
    let types = call.input.required_texts("MetricTypes", 0..=100)?;
    let paging = Paging::read(call)?;
    let instance = instance(call, "ListAvailableResourceMetrics")?;
    let data = instance.data();
    let mut metrics = Vec::new();
    for kind in types {
        match kind {
            "os" | "db" => metrics.extend(counters(&data, kind)),
            "db.sql_tokenized.stats" if data.has_statement_statistics() => {
                let described =
                    |statistic: &statistics::Statistic| metric(statistic.name, statistic.description, statistic.unit);
                metrics.extend(statistics::of_engine(data.engine).iter().map(described));
            }
            // Neither PostgreSQL nor MySQL has figures of single statements.
            "db.sql_tokenized.stats" | "db.sql.stats" => {}
            _ => return Err(ServiceError::invalid_argument("The specified metric type is not a known metric type")),
        }
    }
    let (page, next) = page_of(metrics, &paging);
    Ok(Value::map([("Metrics", Value::list(page)), ("NextToken", next)]))
}

fn counters(data: &InstanceData, kind: &str) -> Vec<Value> {
    let prefix = format!("{kind}.");
    let mut specs = sampler::counter_specs(data.engine);
    specs.retain(|spec| spec.name.starts_with(&prefix) && data.offered.contains(spec.name));
    specs.sort_by_key(|spec| spec.name);
    specs.dedup_by_key(|spec| spec.name);
    specs.iter().map(|spec| metric(spec.name, spec.description, spec.unit)).collect()
}

fn metric(name: &str, description: &str, unit: &str) -> Value {
    Value::map([("Metric", Value::text(name)), ("Description", Value::text(description)), ("Unit", Value::text(unit))])
}

pub(super) fn get_resource_metadata(call: &Call<'_>) -> Result<Value, ServiceError> {
    let instance = instance(call, "GetResourceMetadata")?;
    let is_on = instance.behaviour != Behaviour::PiOff;
    let digests = if !is_on {
        "DISABLED"
    } else if instance.data().has_statement_statistics() {
        "ENABLED"
    } else {
        "UNSUPPORTED"
    };
    // Assumed: the model names no feature.
    let feature = Value::map([("Status", Value::text(digests))]);
    Ok(Value::map([
        ("Identifier", Value::text(instance.identity.resource_id.as_str())),
        ("Features", Value::map([("SQL_DIGEST_STATISTICS", feature)])),
    ]))
}
