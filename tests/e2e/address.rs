//! Addresses the tests open.

use tests::stage::{Dashboard, past_hour};

/// DB load of the simulated instance over a past hour, where nothing changes
/// any more; the zone is fixed so that texts do not depend on the machine.
pub(crate) async fn past_hour_of_load(dashboard: &Dashboard) -> String {
    let (id, _) = dashboard.simulated().await;
    let (from, to) = past_hour();
    format!("{}/db/{id}?from={from}&to={to}&tz=UTC", dashboard.url)
}

/// The same held against no other window: what is compared with is collected when it is asked for, and
/// would come in while a test reads.
pub(crate) async fn alone(dashboard: &Dashboard) -> String {
    format!("{}&compare=off", past_hour_of_load(dashboard).await)
}

/// The busiest statement of that hour.
async fn a_statement(dashboard: &Dashboard, load: &str) -> String {
    let (id, _) = dashboard.simulated().await;
    let (from, to) = past_hour();
    let top = dashboard.api(&format!("instances/{id}/top?from={from}&to={to}&limit=1")).await;
    let digest = top["rows"][0]["key"].as_str().unwrap_or_else(|| panic!("{top}")).to_owned();
    load.replacen('?', &format!("/sql/{digest}?"), 1)
}

/// Every page there is.
pub(crate) async fn every_page(dashboard: &Dashboard) -> Vec<String> {
    let load = past_hour_of_load(dashboard).await;
    let mut pages = vec![a_statement(dashboard, &load).await, load];
    pages.extend(
        ["/", "/apps", "/app/bookshop-container", "/alarms", "/sources", "/settings", "/nowhere"]
            .map(|path| format!("{}{path}", dashboard.url)),
    );
    pages
}
