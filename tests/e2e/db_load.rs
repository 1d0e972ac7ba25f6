//! DB load, as the person on call uses it: look, read, narrow down, go back.

use serde_json::Value;
use tests::browser::{Browser, Reader, Tab};
use tests::stage::{Dashboard, Stage, past_hour};

use crate::address::alone;
use crate::page::{
    CHART, HERE, READ_OUT, SETTLED, STATEMENTS, back_at, chip, expect_calls, forget_calls, left, path_of,
};

/// What a window is made of; a filter leaves the counters alone.
const WINDOW: [&str; 7] = ["alarm-lane", "context", "counters", "db-load", "judgement", "overview", "top-sql"];
const FILTER: [&str; 5] = ["context", "db-load", "judgement", "overview", "top-sql"];

#[tokio::test(flavor = "multi_thread")]
async fn hover_brush_filter_and_back() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    let address = alone(&stage.dashboard).await;
    tab.goto_hydrated(&address).await;
    expect_calls(&tab, &[]).await;
    let begun = path_of(&address);

    the_number_under_the_pointer_is_that_of_the_api(&tab, &stage.dashboard).await;
    let before = tab.eval(STATEMENTS).await;
    assert!(rows_of(&before) >= 3, "a table worth reading: {before}");

    forget_calls(&tab).await;
    tab.drag(CHART, 0.25, 0.5).await;
    let brushed = left(&tab, begun).await;
    expect_calls(&tab, &WINDOW).await;
    let after = tab.eval(STATEMENTS).await;
    assert_ne!(after, before, "the table follows the brush");

    forget_calls(&tab).await;
    filter_by_the_first_layer(&tab).await;
    expect_calls(&tab, &FILTER).await;
    let filtered = tab.location().await;
    assert_ne!(filtered, brushed);

    for expected in [brushed.as_str(), begun] {
        tab.eval("history.back()").await;
        back_at(&tab, expected).await;
    }
    tab.wait_for(&format!("JSON.stringify({STATEMENTS}) === {}", Value::from(before.to_string()))).await;
    tab.wait_for("!document.querySelector('.chip__text')").await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn wheel_mini_map_rows_and_waits() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    let address = alone(&stage.dashboard).await;
    tab.goto_hydrated(&address).await;
    let begun = path_of(&address);

    // The wheel zooms in, Escape undoes it, a double click doubles the window.
    tab.turn_wheel(CHART, -120.0).await;
    left(&tab, begun).await;
    tab.wait_for("document.querySelector('[data-undo]')").await;
    tab.press("Escape").await;
    back_at(&tab, begun).await;
    tab.double_click(CHART).await;
    left(&tab, begun).await;
    tab.eval("history.back()").await;
    back_at(&tab, begun).await;

    // The mini-map draws a window, too.
    tab.drag(".mini-map .chart__surface", 0.2, 0.4).await;
    left(&tab, begun).await;
    tab.eval("history.back()").await;
    back_at(&tab, begun).await;

    // A click on a wait filters by it, an Alt-click leaves it out.
    let wait = tab.text_of("document.querySelector('.rank-list__row[href] .rank-list__label').innerText").await;
    tab.click(".rank-list__row[href]").await;
    chip(&tab, &wait).await;
    tab.eval("history.back()").await;
    back_at(&tab, begun).await;
    tab.alt_click(".rank-list__row[href]").await;
    tab.wait_for(&format!("document.querySelector('.chip--not') && {SETTLED}")).await;
    tab.click(".chip__remove").await;
    tab.wait_for(&format!("!document.querySelector('.chip__text') && !{HERE}.includes('filter')")).await;
    // The same page, with its address as the links write it.
    let begun = &tab.location().await;

    // The bar of a row shows only that statement; its text opens the page of the statement.
    tab.click(".top-sql__only").await;
    tab.wait_for("document.querySelector('.chip__text')").await;
    tab.eval("history.back()").await;
    back_at(&tab, begun).await;
    tab.click(".top-sql__text").await;
    tab.wait_for("location.pathname.includes('/sql/') && document.querySelector('.sql-block, pre code')").await;
    tab.eval("history.back()").await;
    back_at(&tab, begun).await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_view_asks_only_for_what_it_changes() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.goto_hydrated(&alone(&stage.dashboard).await).await;
    for (control, expected) in [
        (".segmented[data-key=s] a:nth-of-type(3)", &["db-load"][..]),
        (".tabs__tab:nth-of-type(2)", &["context"]),
        (".top-sql__table .table__sort[href*='sort=calls']", &["top-sql"]),
        (".panel__tools a[href*='view=table']", &[]),
    ] {
        let before = tab.location().await;
        forget_calls(&tab).await;
        tab.click(control).await;
        left(&tab, &before).await;
        expect_calls(&tab, expected).await;
    }
    let copied = tab.text_of("location.href").await;
    let seen = tab.eval(STATEMENTS).await;
    tab.wait_for("document.querySelectorAll('.load-table tbody tr').length > 10").await;

    let second = browser.tab(Reader::default()).await;
    second.goto_hydrated(&copied).await;
    assert_eq!(second.eval(STATEMENTS).await, seen, "a copied address shows the same page");
    assert_eq!(second.text_of("location.href").await, copied);
}

/// One crosshair on all charts; the tooltip, what is read out, and the API agree.
async fn the_number_under_the_pointer_is_that_of_the_api(tab: &Tab, dashboard: &Dashboard) {
    let (id, _) = dashboard.simulated().await;
    let (from, to) = past_hour();
    let load = dashboard.api(&format!("instances/{id}/load?from={from}&to={to}&slice=wait")).await;
    let (times, totals) = (load["times"].as_array().unwrap(), load["total"].as_array().unwrap());
    // The past has gaps: a bucket with a number, as near to the middle as there is one.
    let middle = totals.len() / 2;
    let known = (0..totals.len()).filter(|bucket| totals[*bucket].is_number());
    let bucket = known.min_by_key(|bucket| bucket.abs_diff(middle)).unwrap();
    let (at, total) = (times[bucket].as_str().unwrap(), totals[bucket].as_f64().unwrap());

    tab.hover(CHART, (bucket as f64 + 0.5) / totals.len() as f64, 0.5).await;
    tab.wait_for(&format!("/AAS/.test({READ_OUT})")).await;
    let read_out = tab.text_of(READ_OUT).await;
    let (time, rest) = read_out.split_once(": ").unwrap_or_else(|| panic!("{read_out}"));
    assert!(at.contains(&format!("T{time}")), "{time} is read out of {at}");
    let figure = rest.split(';').next().and_then(|total| total.split_whitespace().next()).unwrap_or_default();
    let decimals = figure.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    assert_eq!(format!("{total:.decimals$}"), figure.replace(',', ""), "at {time}");
    let head = tab.text_of("document.querySelector('.tooltip__head').innerText").await;
    assert!(head.contains(time) && head.contains(figure), "tooltip {head:?}, read out {read_out:?}");

    let charts = tab.eval("document.querySelectorAll('.strip, .load-chart').length").await;
    let lines = tab.eval("document.querySelectorAll('.crosshair__line').length").await;
    assert_eq!(charts, lines, "a crosshair on each chart");
}

/// The first click on a legend entry isolates its layer, the second filters.
async fn filter_by_the_first_layer(tab: &Tab) {
    let entry = ".legend a.legend__item[href]";
    let label = tab.text_of(&format!("document.querySelector('{entry} .legend__label').innerText")).await;
    tab.hover(entry, 0.5, 0.5).await;
    tab.wait_for("document.querySelector('.chart__layer--faded')").await;
    tab.click(entry).await;
    tab.wait_for("document.querySelector('.legend__item--off')").await;
    tab.click(entry).await;
    chip(tab, &label).await;
}

fn rows_of(statements: &Value) -> usize {
    statements.as_array().map_or(0, Vec::len)
}
