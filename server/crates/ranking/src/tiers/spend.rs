//! What asking AWS costs: today, and over a month at the present rate.

use samples::{ApiCalls, api_price_usd};
use units::Timestamp;
use view::{SpendLine, SpendView};

use crate::Result;
use crate::reader::{Lookup, Reader};

const DAY_SECS: i64 = 86_400;
/// Days of a forecast.
const MONTH_DAYS: f64 = 30.0;
/// From less time no rate is told.
const LEAST_HOURS: f64 = 0.1;

/// Calls and dollars of today, and the forecast, by API.
///
/// # Errors
/// [`crate::Error`].
pub async fn fetch_spend(reader: &Reader, now: Timestamp) -> Result<SpendView> {
    reader.answer(now, spend).await
}

fn spend(lookup: &Lookup) -> Result<SpendView> {
    let now = lookup.now;
    let today = now.secs().div_euclid(DAY_SECS);
    let calls = lookup.archive.api_calls(today - 1, today + 1)?;
    let first_seen = lookup.archive.instances()?.iter().map(|instance| instance.first_seen).min();
    Ok(view_of(&calls, now, first_seen))
}

/// Lines from the calls of yesterday and today. Collection began at `began`; time before it is no
/// time without calls.
fn view_of(calls: &[ApiCalls], now: Timestamp, began: Option<Timestamp>) -> SpendView {
    let today = now.secs().div_euclid(DAY_SECS);
    let yesterday_starts = Timestamp::from_secs((today - 1) * DAY_SECS);
    let from = began.map_or(yesterday_starts, |began| began.max(yesterday_starts));
    #[expect(clippy::cast_precision_loss, reason = "two days in seconds")]
    let basis_hours = (now.secs() - from.secs()).max(0) as f64 / 3600.0;
    let month = (basis_hours >= LEAST_HOURS).then(|| MONTH_DAYS * 24.0 / basis_hours);
    let mut apis: Vec<&str> = calls.iter().map(|calls| calls.api.as_str()).collect();
    apis.sort_unstable();
    apis.dedup();
    let mut lines: Vec<SpendLine> = apis.into_iter().map(|api| line(api, calls, today, month)).collect();
    lines.sort_by(|a, b| {
        let dollars = |line: &SpendLine| line.usd_month.or(line.usd).unwrap_or(-1.0);
        dollars(b).total_cmp(&dollars(a)).then(b.calls.cmp(&a.calls)).then_with(|| a.api.cmp(&b.api))
    });
    SpendView {
        usd_today: lines.iter().filter_map(|line| line.usd).sum(),
        usd_month: month.map(|_| lines.iter().filter_map(|line| line.usd_month).sum()),
        basis_hours,
        lines,
    }
}

#[expect(clippy::cast_precision_loss, reason = "calls of two days are far below 2^52")]
fn line(api: &str, calls: &[ApiCalls], today: i64, month: Option<f64>) -> SpendLine {
    let mine = || calls.iter().filter(|calls| calls.api == api);
    let of_today = || mine().filter(|calls| calls.day == today);
    let price = api_price_usd(api);
    let (today_calls, today_units): (u64, u64) =
        (of_today().map(|calls| calls.calls).sum(), of_today().map(|calls| calls.billed_units).sum());
    let (all_calls, all_units): (u64, u64) =
        (mine().map(|calls| calls.calls).sum(), mine().map(|calls| calls.billed_units).sum());
    SpendLine {
        api: api.to_owned(),
        calls: today_calls,
        units: today_units,
        usd: price.map(|price| price * today_units as f64),
        calls_month: month.map(|month| month * all_calls as f64),
        usd_month: month.and_then(|month| Some(price? * month * all_units as f64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(day: i64, api: &str, calls: u64, billed_units: u64) -> ApiCalls {
        ApiCalls { day, api: api.to_owned(), calls, billed_units }
    }

    /// Noon of the day 20,000.
    const NOON: Timestamp = Timestamp::from_secs(20_000 * DAY_SECS + 43_200);

    #[test]
    fn today_and_a_month_at_the_present_rate() {
        let all = [
            calls(19_999, "cloudwatch:GetMetricData", 100, 24_000),
            calls(20_000, "cloudwatch:GetMetricData", 50, 12_000),
            calls(20_000, "rds:DescribeDBInstances", 12, 12),
        ];
        let view = view_of(&all, NOON, Some(Timestamp(0)));
        assert_eq!(view.basis_hours, 36.0);
        let [metrics, inventory] = &view.lines[..] else { panic!("{:?}", view.lines) };
        // 12,000 metrics at a cent a thousand; 36,000 in a day and a half are 720,000 in a month.
        assert_eq!((metrics.calls, metrics.units), (50, 12_000));
        assert!((metrics.usd.unwrap() - 0.12).abs() < 1e-9);
        assert!((metrics.usd_month.unwrap() - 7.2).abs() < 1e-9);
        assert!((metrics.calls_month.unwrap() - 3000.0).abs() < 1e-9);
        assert_eq!((inventory.usd, inventory.usd_month), (None, None));
        assert!((view.usd_month.unwrap() - 7.2).abs() < 1e-9);
    }

    #[test]
    fn time_before_collection_began_is_no_saving() {
        let began = NOON.plus_secs(-3600);
        let view = view_of(&[calls(20_000, "pi:GetResourceMetrics", 60, 60)], NOON, Some(began));
        assert!((view.lines[0].calls_month.unwrap() - 43_200.0).abs() < 1e-6, "60 an hour for 720 hours");
        let view = view_of(&[calls(20_000, "pi:GetResourceMetrics", 60, 60)], NOON, Some(NOON.plus_secs(-60)));
        assert_eq!((view.usd_month, view.lines[0].calls_month), (None, None));
    }
}
