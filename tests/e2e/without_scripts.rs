//! The same pages with scripts switched off: everything can be read, and links
//! and forms lead on.

use tests::browser::{Browser, Reader};
use tests::stage::Stage;

use crate::address::{every_page, past_hour_of_load};

const WITHOUT: Reader = Reader { scripts: false, dark: false };

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_read() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(WITHOUT).await;
    for page in every_page(&stage.dashboard).await {
        tab.goto(&page).await;
        let heading = tab.text_of("document.querySelector('h1')?.innerText ?? ''").await;
        assert!(!heading.is_empty(), "{page} has no heading");
        let busy = tab.eval("document.querySelectorAll('[aria-busy=true], .skeleton').length").await;
        assert_eq!(busy, 0, "{page} waits for scripts");
    }
    // A page that is not there is said to be so by its status too.
    let complaints = tab.complaints();
    assert!(complaints.iter().all(|line| line.contains("404") && line.ends_with("/nowhere")), "{complaints:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn load_is_read_and_narrowed_down_by_links() {
    let stage = Stage::shared().await;
    let browser = Browser::start().await;
    let tab = browser.tab(WITHOUT).await;
    tab.goto(&past_hour_of_load(&stage.dashboard).await).await;
    let layers = tab.eval("document.querySelectorAll('.load-chart .chart__plot path').length").await;
    assert!(layers.as_u64().unwrap() >= 3, "the chart is drawn by the server: {layers} paths");
    let rows = tab.eval("document.querySelectorAll('.top-sql__table tbody tr').length").await;
    assert!(rows.as_u64().unwrap() >= 3, "{rows} rows");

    let filter = tab.text_of("document.querySelector('.legend a.legend__item[href]').href").await;
    tab.goto(&filter).await;
    let chip = tab.text_of("document.querySelector('.chip__text')?.innerText ?? ''").await;
    assert!(!chip.is_empty(), "{filter} shows no chip");

    let slice = tab.text_of("document.querySelector('.segmented[data-key=s] a:not([aria-current])').href").await;
    tab.goto(&slice).await;
    let current = tab.text_of("document.querySelector('.segmented[data-key=s] [aria-current]').href").await;
    assert_eq!(current, slice);
}
