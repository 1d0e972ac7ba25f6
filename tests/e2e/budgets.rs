//! What travels to the browser, in bytes as they travel.

use hyper::StatusCode;
use tests::http::send;
use tests::stage::Stage;
use tests::tools::site_file;

use crate::address::past_hour_of_load;

/// The module as it is sent. Missed today (515 kB): the test stays red until it is reached.
const WASM_BYTES: u64 = 250_000;

/// HTML of the busiest page, packed.
const HTML_BYTES: u64 = 80_000;

/// Everything of a first view; missed today by the module alone.
const FIRST_VIEW_BYTES: u64 = 400_000;

#[test]
fn the_module_is_small() {
    let packed = packed_file("pkg/loadlens_bg.wasm.br");
    assert!(packed > 50_000, "an empty module proves nothing: {packed} bytes");
    assert!(packed <= WASM_BYTES, "{packed} bytes of wasm, {WASM_BYTES} are allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_busiest_page_is_small() {
    let stage = Stage::shared().await;
    let address = past_hour_of_load(&stage.dashboard).await;
    let answer = send("GET", &address, &[("accept-encoding", "br")], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-encoding"), "br");
    let html = answer.body.len() as u64;
    assert!(html <= HTML_BYTES, "{html} bytes of HTML, {HTML_BYTES} are allowed");
    let files = ["pkg/loadlens_bg.wasm.br", "pkg/loadlens.js.br", "pkg/loadlens.css.br"].map(packed_file);
    let sum = html + files.iter().sum::<u64>();
    assert!(sum <= FIRST_VIEW_BYTES, "{sum} bytes (HTML {html}, files {files:?}), {FIRST_VIEW_BYTES} are allowed");
}

fn packed_file(name: &str) -> u64 {
    std::fs::metadata(site_file(name)).unwrap().len()
}
