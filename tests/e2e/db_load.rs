//! DB load, as the person on call uses it: look, read, narrow down, go back.

use serde_json::Value;
use tests::browser::{Browser, Reader, Tab};
use tests::stage::Stage;

use crate::address::past_hour_of_load;

const CHART: &str = ".load-chart .chart__surface";

/// What the crosshair reads out, to the reader's ear.
const READ_OUT: &str = "document.querySelector('.load-chart .chart__surface').getAttribute('aria-valuetext')";

/// The statements of the table, in order.
const STATEMENTS: &str =
    "[...document.querySelectorAll('.top-sql__table tbody tr')].map((row) => row.innerText.replace(/\\s+/g, ' '))";

#[tokio::test(flavor = "multi_thread")]
async fn hover_brush_filter_and_back() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    let address = past_hour_of_load(&stage.dashboard).await;
    tab.goto_hydrated(&address).await;
    let begun = tab.location().await;

    the_chart_reads_out_its_number(&tab).await;
    let before = tab.eval(STATEMENTS).await;
    assert!(rows_of(&before) >= 3, "a table worth reading: {before}");

    tab.drag(CHART, 0.25, 0.5).await;
    tab.wait_for(&format!("location.pathname + location.search !== {}", Value::from(begun.clone()))).await;
    tab.wait_for(&format!("JSON.stringify({STATEMENTS}) !== {}", Value::from(before.to_string()))).await;
    let brushed = tab.location().await;

    filter_by_the_largest_wait(&tab).await;
    let filtered = tab.location().await;
    assert_ne!(filtered, brushed);

    for expected in [&brushed, &begun] {
        tab.eval("history.back()").await;
        tab.wait_for(&format!("location.pathname + location.search === {}", Value::from(expected.as_str()))).await;
    }
    tab.wait_for(&format!("JSON.stringify({STATEMENTS}) === {}", Value::from(before.to_string()))).await;
    tab.wait_for("!document.querySelector('.chip__text')").await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_address_shows_the_same_page() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let address = past_hour_of_load(&stage.dashboard).await;
    let first = browser.tab(Reader::default()).await;
    first.goto_hydrated(&address).await;
    first.drag(CHART, 0.25, 0.5).await;
    first.wait_for(&format!("location.href !== {}", Value::from(address.clone()))).await;
    filter_by_the_largest_wait(&first).await;
    let copied = first.text_of("location.href").await;
    let seen = first.eval(STATEMENTS).await;

    let second = browser.tab(Reader::default()).await;
    second.goto_hydrated(&copied).await;
    assert_eq!(second.eval(STATEMENTS).await, seen);
    assert_eq!(second.text_of("location.href").await, copied);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_reads_the_chart_too() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.goto_hydrated(&past_hour_of_load(&stage.dashboard).await).await;
    tab.eval(&format!("document.querySelector('{CHART}').focus()")).await;
    tab.press("Home").await;
    tab.wait_for(&format!("/AAS/.test({READ_OUT})")).await;
    let first = tab.text_of(READ_OUT).await;
    tab.press("ArrowRight").await;
    tab.wait_for(&format!("{READ_OUT} !== {}", Value::from(first))).await;
}

/// The number under the pointer is the number of the chart's own table.
async fn the_chart_reads_out_its_number(tab: &Tab) {
    tab.hover(CHART, 0.4, 0.5).await;
    tab.wait_for(&format!("/AAS/.test({READ_OUT})")).await;
    let read_out = tab.text_of(READ_OUT).await;
    let shown = tab.text_of("document.querySelector('.tooltip__head').innerText").await;
    let figure = read_out.split(": ").nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_default().trim();
    assert!(figure.ends_with("AAS") && shown.contains(figure), "tooltip {shown:?}, read out {read_out:?}");
}

/// The first click on a legend entry isolates its layer, the second filters.
async fn filter_by_the_largest_wait(tab: &Tab) {
    let entry = ".legend a.legend__item[href]";
    let label = tab.text_of(&format!("document.querySelector('{entry} .legend__label').innerText")).await;
    tab.click(entry).await;
    tab.wait_for("document.querySelector('.legend__item--off')").await;
    tab.click(entry).await;
    tab.wait_for(&format!("document.querySelector('.chip__text')?.innerText.includes({})", Value::from(label))).await;
}

fn rows_of(statements: &Value) -> usize {
    statements.as_array().map_or(0, Vec::len)
}
