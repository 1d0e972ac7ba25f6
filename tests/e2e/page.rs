//! What the tests look at and touch on the pages of an instance.

use serde_json::Value;
use tests::browser::Tab;

/// The load chart, where the pointer is listened to.
pub(crate) const CHART: &str = ".load-chart .chart__surface";

/// What the crosshair reads out, to the reader's ear.
pub(crate) const READ_OUT: &str =
    "document.querySelector('.load-chart .chart__surface').getAttribute('aria-valuetext')";

/// Path and query of the page.
pub(crate) const HERE: &str = "(location.pathname + location.search)";

/// The statements of the table, in order.
pub(crate) const STATEMENTS: &str =
    "[...document.querySelectorAll('.top-sql__table tbody tr')].map((row) => row.innerText.replace(/\\s+/g, ' '))";

/// What was asked since [`forget_calls`], in order of the alphabet.
const CALLS: &str = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name))\
    .filter((address) => address.pathname.startsWith('/api/page/'))\
    .map((address) => address.searchParams.get('what')).sort()";

/// Every panel shows the answer to what was asked last.
pub(crate) const SETTLED: &str = "!document.querySelector('.panel--stale')";

/// Starts counting the calls of the page anew.
pub(crate) async fn forget_calls(tab: &Tab) {
    tab.eval("performance.clearResourceTimings()").await;
}

/// Waits until the page has asked exactly these questions and shows their answers.
pub(crate) async fn expect_calls(tab: &Tab, expected: &[&str]) {
    let expected = Value::from(expected.to_vec()).to_string();
    tab.wait_for(&format!("JSON.stringify({CALLS}) === {} && {SETTLED}", Value::from(expected))).await;
}

/// Waits until the address is another one, and gives it back.
pub(crate) async fn left(tab: &Tab, before: &str) -> String {
    tab.wait_for(&format!("{HERE} !== {}", Value::from(before))).await;
    tab.location().await
}

/// Waits until the address is this one again, and its page is there.
pub(crate) async fn back_at(tab: &Tab, address: &str) {
    let there = format!("document.querySelector({}) && {SETTLED}", Value::from(CHART));
    tab.wait_for(&format!("{HERE} === {} && {there}", Value::from(address))).await;
}

/// Waits until a chip holds this text.
pub(crate) async fn chip(tab: &Tab, text: &str) {
    tab.wait_for(&format!("document.querySelector('.chip')?.innerText.includes({})", Value::from(text))).await;
}

/// Path and query of a whole address.
pub(crate) fn path_of(address: &str) -> &str {
    address.find("/db/").map_or(address, |at| &address[at..])
}
