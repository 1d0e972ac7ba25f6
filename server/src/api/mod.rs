//! The JSON API under `/api/v1`: the same numbers as the pages, for scripts.
//!
//! [`ENDPOINTS`] is the one table of what there is: the router and the OpenAPI document are both made
//! from it.

mod answer;
mod apps;
mod blocking;
mod compare;
mod deploys;
mod fleet;
mod image;
mod load;
mod openapi;
mod request;
mod sources;
mod sql;
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
const COUNTERS: [Parameter; 4] = [openapi::FROM, openapi::TO, openapi::PERIOD, openapi::COMPARE];
const SQL: [Parameter; 5] = [openapi::FROM, openapi::TO, openapi::PERIOD, openapi::FILTER, openapi::COMPARE];
const JUDGE: [Parameter; 4] = [openapi::FROM, openapi::TO, openapi::FILTER, openapi::COMPARE];
const TWO: [Parameter; 7] = [
    openapi::INSTANCE,
    openapi::FROM,
    openapi::TO,
    openapi::BEFORE,
    openapi::BEFORE_FROM,
    openapi::BEFORE_TO,
    openapi::COMPARE,
];
const BLOCKING: [Parameter; 4] = [openapi::FROM, openapi::TO, openapi::FILTER, openapi::AT];
const DEPLOYS: [Parameter; 3] = [openapi::FROM, openapi::TO, openapi::INSTANCE];
const FIND: [Parameter; 1] = [openapi::TEXT];
const APP: [Parameter; 4] = [openapi::FROM, openapi::TO, openapi::COMPARE, openapi::ORDER];
const TIER: [Parameter; 4] = [openapi::FROM, openapi::TO, openapi::COMPARE, openapi::TIER];

/// Everything there is.
const ENDPOINTS: [Endpoint; 43] = [
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
        handler: || get(image::load_svg),
    },
    Endpoint {
        path: "/instances/{id}/judgement",
        summary: "The verdict on a window, clause by clause with its evidence, and the figures under it.",
        kind: JSON,
        parameters: &JUDGE,
        handler: || get(load::judgement),
    },
    Endpoint {
        path: "/instances/{id}/judgement.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &JUDGE,
        handler: || get(load::judgement_csv),
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
        path: "/instances/{id}/sql/{digest}",
        summary: "One statement on an instance: text, load by wait, calls, what changed, findings, index hypotheses.",
        kind: JSON,
        parameters: &SQL,
        handler: || get(sql::page),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/series.csv",
        summary: "Its aligned charts as CSV: load by wait, load of the instance, calls, latency, rows.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::series_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/change.csv",
        summary: "What its load changed by, part by part, as CSV.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::change_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/findings.csv",
        summary: "What stands out in its text, as CSV.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::findings_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/indexes.csv",
        summary: "Its index hypotheses as CSV.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::hypotheses_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/children.csv",
        summary: "Performance Insights' ids that merged into it, as CSV.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::children_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/load.svg",
        summary: "Its load by wait as an image.",
        kind: SVG,
        parameters: &SQL,
        handler: || get(image::sql_svg),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/literals",
        summary: "How the literals of its statements are spread, as keyed hashes; values are never told.",
        kind: JSON,
        parameters: &SQL,
        handler: || get(sql::literals),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/literals.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::literals_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/plans",
        summary: "How it was executed: load by plan, the plans as trees with literals masked, when one gave way to another.",
        kind: JSON,
        parameters: &SQL,
        handler: || get(sql::plans),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/plans.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &SQL,
        handler: || get(sql::plans_csv),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/elsewhere",
        summary: "Instances that run it, with load, calls and latency each.",
        kind: JSON,
        parameters: &RANGE,
        handler: || get(sql::elsewhere),
    },
    Endpoint {
        path: "/instances/{id}/sql/{digest}/elsewhere.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &RANGE,
        handler: || get(sql::elsewhere_csv),
    },
    Endpoint {
        path: "/instances/{id}/blocking",
        summary: "Who blocked whom: trees of one moment, and the load lost to each blocker over the window.",
        kind: JSON,
        parameters: &BLOCKING,
        handler: || get(blocking::blocking),
    },
    Endpoint {
        path: "/instances/{id}/blocking.csv",
        summary: "The same as CSV: losses, then the trees with the level of each session.",
        kind: CSV,
        parameters: &BLOCKING,
        handler: || get(blocking::blocking_csv),
    },
    Endpoint {
        path: "/compare",
        summary: "What differs between two windows of one instance or of two: statements, waits, callers.",
        kind: JSON,
        parameters: &TWO,
        handler: || get(compare::compare),
    },
    Endpoint {
        path: "/compare.csv",
        summary: "The statements of the comparison as CSV.",
        kind: CSV,
        parameters: &TWO,
        handler: || get(compare::compare_csv),
    },
    Endpoint {
        path: "/compare/sides.csv",
        summary: "The two sides of the comparison as CSV.",
        kind: CSV,
        parameters: &TWO,
        handler: || get(compare::sides_csv),
    },
    Endpoint {
        path: "/compare/dimensions.csv",
        summary: "Waits and callers of the comparison as CSV.",
        kind: CSV,
        parameters: &TWO,
        handler: || get(compare::dimensions_csv),
    },
    Endpoint {
        path: "/deploys",
        summary: "Deploys of a window with their marks; POST announces one.",
        kind: JSON,
        parameters: &DEPLOYS,
        handler: || get(deploys::list).post(deploys::announce),
    },
    Endpoint {
        path: "/deploys/cards",
        summary: "For the newest deploys of a window: half an hour before against half an hour after.",
        kind: JSON,
        parameters: &DEPLOYS,
        handler: || get(deploys::cards),
    },
    Endpoint {
        path: "/find",
        summary: "Instances, statements and tables that match a text.",
        kind: JSON,
        parameters: &FIND,
        handler: || get(compare::find),
    },
    Endpoint {
        path: "/apps",
        summary: "Apps with the worst tier of each place, the unwell first.",
        kind: JSON,
        parameters: &RANGE,
        handler: || get(apps::apps),
    },
    Endpoint {
        path: "/apps.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &RANGE,
        handler: || get(apps::apps_csv),
    },
    Endpoint {
        path: "/apps/{app}",
        summary: "Tiers of an app, who moved first, reading rules, and every strip a bucket. Missing buckets are null.",
        kind: JSON,
        parameters: &APP,
        handler: || get(apps::app),
    },
    Endpoint {
        path: "/apps/{app}/strips.csv",
        summary: "The strips as CSV.",
        kind: CSV,
        parameters: &APP,
        handler: || get(apps::strips_csv),
    },
    Endpoint {
        path: "/apps/{app}/tier",
        summary: "One tier: every metric, health of its targets with reasons, what to buy.",
        kind: JSON,
        parameters: &TIER,
        handler: || get(apps::tier),
    },
    Endpoint {
        path: "/spend",
        summary: "Calls to AWS today, their dollars, and 30 days at the present rate, by API.",
        kind: JSON,
        parameters: &[],
        handler: || get(apps::spend),
    },
    Endpoint {
        path: "/spend.csv",
        summary: "The same as CSV.",
        kind: CSV,
        parameters: &[],
        handler: || get(apps::spend_csv),
    },
    Endpoint {
        path: "/sources",
        summary: "What is collected, up to when, what fails and why; the size of the archive.",
        kind: JSON,
        parameters: &[],
        handler: || get(sources::sources),
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
