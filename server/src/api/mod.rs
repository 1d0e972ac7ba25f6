//! The JSON API under `/api/v1`: the same numbers as the pages, for scripts.
//!
//! [`ENDPOINTS`] is the one table of what there is: the router and the OpenAPI document are both made
//! from it.

mod answer;
mod fleet;
mod load;
mod openapi;
mod request;
mod top;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};

use self::openapi::{Parameter, document};
use crate::web::{AppState, lead_to_id};

/// One endpoint.
struct Endpoint {
    /// Path below `/api/v1`.
    path: &'static str,
    /// What it answers, in one sentence.
    summary: &'static str,
    /// Content type of the answer.
    kind: &'static str,
    /// Parameters of the query.
    parameters: &'static [Parameter],
    /// What answers.
    handler: fn() -> MethodRouter<AppState>,
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv";
const SVG: &str = "image/svg+xml";

const RANGE: [Parameter; 2] = [openapi::FROM, openapi::TO];
const LOAD: [Parameter; 6] =
    [openapi::FROM, openapi::TO, openapi::SLICE, openapi::PERIOD, openapi::FILTER, openapi::COMPARE];
const TOP: [Parameter; 7] =
    [openapi::FROM, openapi::TO, openapi::BY, openapi::LIMIT, openapi::SORT, openapi::FILTER, openapi::COMPARE];
const COUNTERS: [Parameter; 3] = [openapi::FROM, openapi::TO, openapi::PERIOD];

/// Everything there is.
const ENDPOINTS: [Endpoint; 11] = [
    Endpoint {
        path: "/instances",
        summary: "Instances, ranked by load against their vCPUs.",
        kind: JSON,
        parameters: &RANGE,
        handler: || get(fleet::instances),
    },
    Endpoint {
        path: "/instances.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &RANGE,
        handler: || get(fleet::instances_csv),
    },
    Endpoint {
        path: "/instances/{id}",
        summary: "Facts of one instance.",
        kind: JSON,
        parameters: &[],
        handler: || get(fleet::instance),
    },
    Endpoint {
        path: "/instances/{id}/load",
        summary: "DB load of an instance a bucket, stacked by a dimension. Missing buckets are null.",
        kind: JSON,
        parameters: &LOAD,
        handler: || get(load::load),
    },
    Endpoint {
        path: "/instances/{id}/load.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &LOAD,
        handler: || get(load::load_csv),
    },
    Endpoint {
        path: "/instances/{id}/load.svg",
        summary: "The same as an image.",
        kind: SVG,
        parameters: &LOAD,
        handler: || get(load::load_svg),
    },
    Endpoint {
        path: "/instances/{id}/top",
        summary: "Load of an instance ranked by a dimension. Rows, remainder and unattributed load sum to the total.",
        kind: JSON,
        parameters: &TOP,
        handler: || get(top::top),
    },
    Endpoint {
        path: "/instances/{id}/top.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &TOP,
        handler: || get(top::top_csv),
    },
    Endpoint {
        path: "/instances/{id}/counters",
        summary: "Counter metrics of an instance a bucket.",
        kind: JSON,
        parameters: &COUNTERS,
        handler: || get(load::counters),
    },
    Endpoint {
        path: "/instances/{id}/counters.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &COUNTERS,
        handler: || get(load::counters_csv),
    },
    Endpoint {
        path: "/openapi.json",
        summary: "This description.",
        kind: JSON,
        parameters: &[],
        handler: || get(|| async { axum::Json(document(&ENDPOINTS)) }),
    },
];

/// Where the API begins.
pub(crate) const BASE: &str = "/api/v1";

/// The router of the API. An unknown path below it is answered in JSON as well.
pub(crate) fn router(state: AppState) -> Router<AppState> {
    let routes = ENDPOINTS.iter().fold(Router::new(), |router, endpoint| {
        router.route(&format!("{BASE}{}", endpoint.path), (endpoint.handler)())
    });
    routes
        .route(&format!("{BASE}/{{*rest}}"), get(answer::no_such_endpoint))
        .layer(from_fn_with_state(state, lead_to_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_described_once() {
        let document = document(&ENDPOINTS);
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), ENDPOINTS.len());
        for endpoint in &ENDPOINTS {
            let described = &paths[&format!("{BASE}{}", endpoint.path)]["get"];
            assert_eq!(described["summary"], endpoint.summary);
            let in_path = endpoint.path.matches('{').count();
            assert_eq!(described["parameters"].as_array().unwrap().len(), endpoint.parameters.len() + in_path);
            assert!(described["responses"]["200"]["content"][endpoint.kind].is_object(), "{}", endpoint.path);
        }
    }

    #[test]
    fn every_parameter_is_valid_open_api() {
        for parameter in ENDPOINTS.iter().flat_map(|endpoint| endpoint.parameters) {
            assert!(parameter.words.ends_with('.'), "{}", parameter.name);
        }
    }
}
