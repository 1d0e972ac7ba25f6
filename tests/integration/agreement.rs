//! What Performance Insights of the local endpoint tells is what an independent count finds: a short
//! version of `./dev bench agreement`.

use tests::agreement::measure;

/// Whole minutes of the window.
const MINUTES: i64 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn load_and_calls_agree_with_an_independent_count() {
    let found = measure(None, MINUTES).await;
    let complaints = found.complaints();
    assert!(complaints.is_empty(), "{}\n{found:#?}", complaints.join("\n"));
}
