//! Keyboard, menus, live refresh, theme: what surrounds the panels.

use serde_json::Value;
use tests::browser::{Browser, Reader};
use tests::stage::Stage;

use crate::address::past_hour_of_load;
use crate::page::{CHART, HERE, READ_OUT, SETTLED, back_at, forget_calls, left, path_of};

/// The tabs about a statement.
const TABS: &str = "'.tabs [role=tab]'";
/// An app of the seeded world.
const APP: &str = "bookshop-container";

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_reaches_everything() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.allow_clipboard().await;
    let address = past_hour_of_load(&stage.dashboard).await;
    tab.goto_hydrated(&address).await;
    let begun = path_of(&address);

    // The crosshair, by buckets.
    tab.eval(&format!("document.querySelector('{CHART}').focus()")).await;
    tab.press("Home").await;
    tab.wait_for(&format!("/AAS/.test({READ_OUT})")).await;
    let first = tab.text_of(READ_OUT).await;
    tab.press("ArrowRight").await;
    tab.wait_for(&format!("{READ_OUT} !== {}", Value::from(first))).await;
    tab.eval("document.activeElement.blur()").await;

    // Rows.
    let selected = "[...document.querySelectorAll('[data-rows] > tr')].findIndex((row) => row.classList.contains('table__row--selected'))";
    for (key, row) in [("j", 0), ("j", 1), ("k", 0)] {
        tab.press(key).await;
        tab.wait_for(&format!("{selected} === {row}")).await;
    }
    tab.press("Enter").await;
    tab.wait_for("location.pathname.includes('/sql/')").await;
    tab.eval("history.back()").await;
    back_at(&tab, begun).await;

    // Windows: earlier, later, in, out, the last day.
    let mut last = begun.to_owned();
    for key in ["[", "]", "+", "-", "w"] {
        tab.press(key).await;
        last = left(&tab, &last).await;
    }
    assert!(last.contains("from=now-1d") || last.contains("from=now-24h"), "{last}");

    // Menus.
    let open = |what: &str| format!("document.querySelector('details[open] > summary')?.innerText.includes('{what}')");
    tab.press("c").await;
    tab.wait_for(&open("Compare")).await;
    tab.press("Escape").await;
    tab.wait_for("!document.querySelector('details[open]')").await;
    tab.eval("document.activeElement.blur()").await;
    tab.press("s").await;
    tab.wait_for("document.activeElement.closest('[data-key=s]')").await;
    tab.eval("document.activeElement.blur()").await;
    tab.press("?").await;
    tab.wait_for("document.querySelector('#keys').matches(':popover-open')").await;
    tab.press("Escape").await;
    tab.press("/").await;
    tab.wait_for("document.activeElement.name === 'find'").await;
    tab.eval("document.activeElement.blur()").await;

    tab.eval("document.querySelector('#keys').hidePopover()").await;
    tab.press("y").await;
    tab.wait_for("document.querySelector('[data-key=y]').innerText.includes('Copied')").await;
    let copied = tab.text_of("navigator.clipboard.readText()").await;
    assert!(
        copied.starts_with("http://127.0.0.1:") && copied.contains("from=20"),
        "a link with a fixed window: {copied}"
    );
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_zones_themes_and_refresh() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    let (id, _) = stage.dashboard.simulated().await;
    let page = format!("{}/db/{id}", stage.dashboard.url);

    // A relative range from the menu, then a written one.
    tab.goto_hydrated(&page).await;
    tab.press("t").await;
    tab.wait_for("document.querySelector('.time-range__picker[open]')").await;
    tab.click(".range-picker__choices a[href*='now-3h']").await;
    tab.wait_for("location.search.includes('now-3h')").await;
    tab.press("t").await;
    tab.wait_for("document.querySelector('.time-range__picker[open]')").await;
    let fill = "const set = (name, text) => document.querySelector(`.range-picker__form [name=${name}]`).value = text;\
        set('from', '2h'); set('to', 'now-1h');";
    tab.eval(&format!("(() => {{ {fill} }})()")).await;
    tab.click(".range-picker__form button").await;
    tab.wait_for("/from=(now-)?2h/.test(location.search) && document.documentElement.dataset.hydrated").await;

    // The reader's own zone: the browser tells it, the next page offers it.
    let zone = tab.text_of("Intl.DateTimeFormat().resolvedOptions().timeZone").await;
    tab.goto_hydrated(&format!("{page}?tz=Asia/Seoul")).await;
    tab.wait_for("document.querySelector('.time-range__zone').innerText === 'Asia/Seoul'").await;
    assert!(tab.eval("document.cookie").await.to_string().contains(&format!("zone={zone}")), "the zone is told");

    // Live: asks again by itself, without a change of the address or of history.
    let live = format!("{page}?refresh=5");
    tab.goto_hydrated(&live).await;
    forget_calls(&tab).await;
    let asked =
        "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('what=db-load')).length";
    tab.wait_for(&format!("{asked} >= 2")).await;
    assert_eq!(tab.location().await, path_of(&live));

    // The theme comes with the document: no flash.
    tab.click("summary[aria-label='Theme and density']").await;
    tab.click("button[name=theme][value=dark]").await;
    tab.wait_for("document.documentElement.dataset.theme === 'dark' && document.documentElement.dataset.hydrated")
        .await;
    assert_eq!(tab.location().await, path_of(&live), "the reader stays where he was");
    tab.click("summary[aria-label='Theme and density']").await;
    tab.click("button[name=density][value=compact]").await;
    tab.wait_for("document.documentElement.dataset.density === 'compact' && document.documentElement.dataset.hydrated")
        .await;
    let source = tab.text_of(&format!("fetch({HERE}).then((answer) => answer.text())")).await;
    let head = source.split("<head").next().unwrap_or_default();
    assert!(head.contains("data-theme=\"dark\"") && head.contains("data-density=\"compact\""), "{head}");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_reached_without_loading_a_document() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.goto_hydrated(&stage.dashboard.url).await;
    tab.eval("window.kept = true").await;
    for (link, place) in [
        ("main a[href^='/db/']", "/db/"),
        (".app-bar__link[href='/alarms']", "/alarms"),
        (".app-bar__link[href='/sources']", "/sources"),
        (".app-bar__link[href='/']", "/"),
    ] {
        tab.click(link).await;
        tab.wait_for(&format!("location.pathname.startsWith('{place}') && document.querySelector('h1')")).await;
        tab.wait_for("!document.querySelector('.skeleton')").await;
    }
    assert_eq!(tab.eval("window.kept").await, Value::Bool(true), "one document all along");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_and_drawers_open_and_give_way() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.goto_hydrated(&past_hour_of_load(&stage.dashboard).await).await;
    tab.click(".top-sql__table tbody a[href*='/sql/']").await;
    tab.wait_for(&format!("document.querySelectorAll({TABS}).length === 7 && {SETTLED}")).await;
    // Those with panels of their own in the middle, both ways.
    for place in [1, 3, 2, 3, 4, 5, 6, 2, 0] {
        let at = format!("document.querySelectorAll({TABS})[{place}]");
        tab.eval(&format!("{at}.click()")).await;
        tab.wait_for(&format!("{at}.ariaSelected === 'true' && {SETTLED} && !document.querySelector('.skeleton')"))
            .await;
    }
    assert_eq!(tab.complaints(), Vec::<String>::new());

    let app = "apps?from=now-1h&to=now";
    stage.dashboard.api_until(app, "an app in containers", |apps| apps.to_string().contains(APP)).await;
    tab.goto_hydrated(&format!("{}/app/{APP}", stage.dashboard.url)).await;
    tab.click("main a[href*='tier=alb/']").await;
    tab.wait_for("document.querySelector('#tier')?.innerText.includes('arn:aws:elasticloadbalancing')").await;
    tab.click("#tier a[aria-label=Close]").await;
    tab.wait_for("!document.querySelector('#tier')").await;
    assert_eq!(tab.complaints(), Vec::<String>::new());
}
