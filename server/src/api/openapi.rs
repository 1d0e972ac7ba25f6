//! The OpenAPI document, made from the table of endpoints.

use serde_json::{Map, Value, json};
use units::{Dimension, SortBy};

use super::{BASE, Endpoint};

/// One parameter of a query.
pub(super) struct Parameter {
    /// Name.
    pub(super) name: &'static str,
    /// What it means, as a sentence.
    pub(super) words: &'static str,
    /// What it takes.
    pub(super) takes: Takes,
}

/// What a parameter takes.
pub(super) enum Takes {
    /// A time or a relative range.
    Time,
    /// Seconds.
    Seconds,
    /// A count from 1 to this.
    Count(u32),
    /// A dimension that Performance Insights groups by.
    Dimension,
    /// An order of Top SQL.
    Sort,
    /// Text.
    Text,
    /// Text, again and again.
    Texts,
}

/// Dimensions the API slices and ranks by.
pub(super) const DIMENSIONS: [Dimension; 14] = [
    Dimension::Wait,
    Dimension::WaitType,
    Dimension::Sql,
    Dimension::User,
    Dimension::Host,
    Dimension::Application,
    Dimension::Database,
    Dimension::SessionType,
    Dimension::Table,
    Dimension::Kind,
    Dimension::Tag,
    Dimension::BlockingSession,
    Dimension::BlockingSql,
    Dimension::BlockingObject,
];

/// Most rows `/top` gives.
pub(super) const MOST_ROWS: u32 = 100;

pub(super) const FROM: Parameter = Parameter {
    name: "from",
    words: "Start, inside: RFC 3339, epoch seconds, or relative such as now-1h. One hour ago when left out.",
    takes: Takes::Time,
};
pub(super) const TO: Parameter =
    Parameter { name: "to", words: "End, outside; as from. Now when left out.", takes: Takes::Time };
pub(super) const SLICE: Parameter =
    Parameter { name: "slice", words: "What load is stacked by; wait when left out.", takes: Takes::Dimension };
pub(super) const BY: Parameter =
    Parameter { name: "by", words: "What load is ranked by; sql when left out.", takes: Takes::Dimension };
pub(super) const PERIOD: Parameter = Parameter {
    name: "period",
    words: "Seconds of a bucket, 1 to 86400; chosen by the length of the window when left out or when it makes too many.",
    takes: Takes::Seconds,
};
pub(super) const LIMIT: Parameter =
    Parameter { name: "limit", words: "Most rows; 25 when left out.", takes: Takes::Count(MOST_ROWS) };
pub(super) const SORT: Parameter =
    Parameter { name: "sort", words: "Order of the rows of by=sql; mean when left out.", takes: Takes::Sort };
pub(super) const FILTER: Parameter = Parameter {
    name: "filter",
    words: "dimension:value keeps, -dimension:value drops; may be given more than once.",
    takes: Takes::Texts,
};
pub(super) const INSTANCE: Parameter = Parameter {
    name: "instance",
    words: "DbiResourceId, or a name only one instance has; the later side of a comparison.",
    takes: Takes::Text,
};
pub(super) const BEFORE: Parameter = Parameter {
    name: "before",
    words: "Instance of the earlier side; the same one when left out.",
    takes: Takes::Text,
};
pub(super) const BEFORE_FROM: Parameter = Parameter {
    name: "before-from",
    words: "Start of the earlier side; follows from compare when left out.",
    takes: Takes::Time,
};
pub(super) const BEFORE_TO: Parameter =
    Parameter { name: "before-to", words: "End of the earlier side.", takes: Takes::Time };
pub(super) const AT: Parameter = Parameter {
    name: "at",
    words: "The moment of the trees; the one with most sessions waiting when left out.",
    takes: Takes::Time,
};
pub(super) const TEXT: Parameter = Parameter { name: "find", words: "What is looked for.", takes: Takes::Text };
pub(super) const COMPARE: Parameter = Parameter {
    name: "compare",
    words: "Compare window: off, previous, yesterday, last-week or -3600s; off when left out.",
    takes: Takes::Text,
};

pub(super) const ORDER: Parameter = Parameter {
    name: "by",
    words: "What strips stand together: tier or signal; tier when left out.",
    takes: Takes::Text,
};
pub(super) const TIER: Parameter =
    Parameter { name: "tier", words: "Key of the tier, as /apps/{app} lists it.", takes: Takes::Text };

/// The document.
pub(super) fn document(endpoints: &[Endpoint]) -> Value {
    let paths: Map<String, Value> =
        endpoints.iter().map(|endpoint| (format!("{BASE}{}", endpoint.path), path_item(endpoint))).collect();
    let mut paths = paths;
    if let Some(deploys) = paths.get_mut(&format!("{BASE}/deploys")).and_then(Value::as_object_mut) {
        deploys.insert("post".to_owned(), announce_item());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Loadlens",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Database load of RDS and Aurora instances and the tiers of apps, as the pages show them. Loads are average active \
                            sessions (AAS). A bucket nobody sampled is null, never 0. Times are UTC."
        },
        "paths": paths,
        "components": { "schemas": { "Error": error_schema() } }
    })
}

fn path_item(endpoint: &Endpoint) -> Value {
    let id = endpoint.path.contains("{id}").then(|| {
        json!({
            "name": "id", "in": "path", "required": true, "schema": { "type": "string" },
            "description": "DbiResourceId. A name that only one instance has redirects to it."
        })
    });
    let app = endpoint.path.contains("{app}").then(|| {
        json!({
            "name": "app", "in": "path", "required": true, "schema": { "type": "string" },
            "description": "Key of the app, as /apps lists it."
        })
    });
    let digest = endpoint.path.contains("{digest}").then(|| {
        json!({
            "name": "digest", "in": "path", "required": true, "schema": { "type": "string" },
            "description": "Id of the digest, as /top tells it: d1- and 32 hex digits."
        })
    });
    let parameters: Vec<Value> =
        id.into_iter().chain(digest).chain(app).chain(endpoint.parameters.iter().map(parameter)).collect();
    let schema = if endpoint.kind == super::JSON { json!({ "type": "object" }) } else { json!({ "type": "string" }) };
    let error = json!({
        "description": "What is wrong, where, and how to mend it.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } }
    });
    json!({
        "get": {
            "summary": endpoint.summary,
            "parameters": parameters,
            "responses": { "200": { "description": "The answer.", "content": { endpoint.kind: { "schema": schema } } }, "default": error }
        }
    })
}

/// POST of a deploy, the one request that keeps something.
fn announce_item() -> Value {
    json!({
        "summary": "Announces a deploy: a mark on every load chart from then on.",
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["label"],
                "additionalProperties": false,
                "properties": {
                    "label": { "type": "string", "minLength": 1, "maxLength": super::deploys::MAX_LABEL_CHARS, "description": "What was deployed: checkout 2.31.0." },
                    "at": { "type": "string", "description": "When, RFC 3339; now when left out." },
                    "instance": { "type": "string", "description": "DbiResourceId or name, when it concerns one instance only." }
                }
            } } }
        },
        "responses": {
            "201": { "description": "Kept.", "content": { "application/json": { "schema": { "type": "object" } } } },
            "default": {
                "description": "What is wrong, where, and how to mend it.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } }
            }
        }
    })
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.takes {
        Takes::Time => json!({ "type": "string", "examples": ["now-1h", "2026-11-23T14:30:00Z", "1795444200"] }),
        Takes::Seconds => json!({ "type": "integer", "minimum": 1, "maximum": 86_400 }),
        Takes::Count(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Takes::Dimension => json!({ "type": "string", "enum": DIMENSIONS.map(Dimension::name) }),
        Takes::Sort => json!({ "type": "string", "enum": SortBy::ALL.map(SortBy::name) }),
        Takes::Text => json!({ "type": "string" }),
        Takes::Texts => json!({ "type": "array", "items": { "type": "string" } }),
    };
    json!({ "name": parameter.name, "in": "query", "required": false, "description": parameter.words, "schema": schema })
}

fn error_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {
                    "what": { "type": "string", "description": "What is wrong." },
                    "where": { "type": "string", "description": "The parameter, source or action it concerns." },
                    "mend": { "type": "string", "description": "What to do." }
                },
                "required": ["what", "where", "mend"]
            }
        },
        "required": ["error"]
    })
}
