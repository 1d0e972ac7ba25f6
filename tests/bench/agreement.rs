//! DB load and calls against an independent count.

use tests::agreement::{self, Pair};

use crate::figure::figure;

pub(crate) async fn measure(minutes: u32) {
    let found = agreement::measure(None, i64::from(minutes)).await;
    println!("window: {} s", found.window_secs);
    let pair = |pair: &Pair, unit: &str, goal: &str| {
        println!(
            "{:<40} told {:>10.4} {unit}, counted {:>10.4} ± {:.4}",
            pair.name, pair.told, pair.counted, pair.deviation
        );
        figure(&pair.name, pair.difference() * 100.0, "% apart", goal);
    };
    pair(&found.total, "AAS", "<= 3");
    found.waits.iter().for_each(|wait| pair(wait, "AAS", "<= 5, or three standard deviations"));
    found.calls.iter().for_each(|call| pair(call, "calls", "0"));
    let complaints = found.complaints();
    println!("{}", if complaints.is_empty() { "within the goals".to_owned() } else { complaints.join("\n") });
}
