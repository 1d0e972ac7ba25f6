//! Bytes a load row takes in the archive, everything included: the file of a week of the simulated
//! instance, collected as from AWS, over the values in it.

use tests::flow::Flow;

use crate::figure::figure;

pub(crate) async fn measure() {
    let flow = Flow::start(7, true).await;
    flow.fill().await;
    let rows = flow.load_rows();
    let bytes = flow.sealed_bytes();
    figure("load rows of a week", rows as f64, "rows", "");
    figure("archive file", bytes as f64, "bytes", "");
    figure("bytes a load row, all in", bytes as f64 / rows as f64, "bytes", "<= 3.5");
    flow.stop().await;
}
