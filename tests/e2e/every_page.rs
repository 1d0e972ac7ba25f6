//! What holds for each page, in both themes: nothing for the console to say,
//! nothing the content-security policy refuses, nothing axe finds.

use serde_json::Value;
use tests::browser::{Browser, Reader};
use tests::stage::Stage;
use tests::tools::axe_source;

use crate::address::every_page;

const THEMES: [Reader; 2] = [Reader { scripts: true, dark: false }, Reader { scripts: true, dark: true }];

/// What axe checks against: WCAG 2.2, levels A and AA, and its best practices.
const RULES: &str = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }";

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_silent_and_axe_finds_nothing() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let axe = axe_source();
    let mut wrong = Vec::new();
    for reader in THEMES {
        let theme = if reader.dark { "dark" } else { "light" };
        for page in every_page(&stage.dashboard).await {
            let tab = browser.tab(reader).await;
            tab.goto_hydrated(&page).await;
            // A page that is not there is said to be so, by its status too.
            let complaints =
                tab.complaints().into_iter().filter(|line| !page.ends_with("/nowhere") || !line.contains("404"));
            wrong.extend(complaints.map(|line| format!("{theme} {page}: {line}")));
            tab.eval(&axe).await;
            let found = tab.eval(&format!("axe.run(document, {RULES}).then((result) => result.violations)")).await;
            wrong.extend(violations(&found).map(|line| format!("{theme} {page}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each violation in one line, with the first element it was found at.
fn violations(found: &Value) -> impl Iterator<Item = String> {
    found.as_array().unwrap_or_else(|| panic!("axe says {found}")).iter().map(|one| {
        let count = one["nodes"].as_array().map_or(0, Vec::len);
        let node = &one["nodes"][0];
        format!("{} ({count}): {} at {}\n    {}", one["id"], one["help"], node["html"], node["failureSummary"])
    })
}

/// Of phones and desks, in CSS pixels.
const WIDTHS: [u32; 3] = [390, 1024, 1440];

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_wider_than_its_window() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let mut wrong = Vec::new();
    for width in WIDTHS {
        let tab = browser.tab(Reader::default()).await;
        tab.resize(width, 900).await;
        for language in ["en", "ko"] {
            for page in every_page(&stage.dashboard).await {
                tab.goto(&page).await;
                tab.eval(&format!("document.cookie = 'lang={language}; Path=/'")).await;
                tab.goto(&page).await;
                let over =
                    tab.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
                if over.as_i64() != Some(0) {
                    wrong.push(format!("{width} px, {language}: {page} is {over} px too wide"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
