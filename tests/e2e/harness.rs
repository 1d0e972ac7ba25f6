//! The browser itself: a console that is always silent would prove nothing if
//! the test could not hear it.

use tests::browser::{Browser, Reader};

const NOISY: &str = "data:text/html,<meta http-equiv=Content-Security-Policy \
    content=\"default-src 'none'; script-src 'unsafe-inline'\"><p style='color:red'>seen</p>\
    <script>console.error('said'); setTimeout(() => { throw new Error('thrown') })</script>";

const DRAGGED: &str = "data:text/html,<svg width=200 height=100></svg><script>\
    window.heard = [];\
    for (const kind of ['pointerdown', 'pointermove', 'pointerup'])\
        document.querySelector('svg').addEventListener(kind, (e) => heard.push(e.type + e.buttons));\
    </script>";

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_heard() {
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.goto(NOISY).await;
    tab.wait_for_complaints(3).await;
    let heard = tab.complaints().join("\n");
    for expected in ["Content Security Policy", "said", "thrown"] {
        assert!(heard.contains(expected), "{expected} was not heard in: {heard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pointer_drags_and_scripts_can_be_off() {
    let browser = Browser::start().await;
    let tab = browser.tab(Reader::default()).await;
    tab.goto(DRAGGED).await;
    tab.drag("svg", 0.1, 0.9).await;
    tab.wait_for("heard.at(-1) === 'pointerup0'").await;
    let heard = tab.eval("heard").await.to_string();
    assert!(heard.contains("pointerdown1") && heard.contains("pointermove1"), "{heard}");

    let without = browser.tab(Reader { scripts: false, ..Reader::default() }).await;
    without.goto("data:text/html,<p>plain</p><script>document.body.textContent = 'changed'</script>").await;
    assert_eq!(without.text_of("document.querySelector('p').textContent").await, "plain");
}
