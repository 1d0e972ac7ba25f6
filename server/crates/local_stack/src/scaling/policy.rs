//! Following the load: target tracking on requests per target.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{Lifecycle, Shared};

/// Keep the requests per minute and target near a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    /// Requests per minute that one instance should have (`ALBRequestCountPerTarget`).
    pub requests_per_target: f64,
    /// How long the load must be higher before instances are added (3 minutes in the service).
    pub out_after: Duration,
    /// How long it must be lower before one is taken away (15 minutes in the service).
    pub in_after: Duration,
}

/// What follows from one look at the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go to this many.
    Resize(u32),
    /// Nothing, or not yet.
    Stay,
}

/// How often the load is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// Below this share of the target, instances are too many.
const LOW_SHARE: f64 = 0.9;

pub(super) async fn follow(shared: Arc<Shared>) {
    let Some(tracking) = shared.config.tracking.clone() else { return };
    let seen = AtomicU64::new(shared.balancer.requests());
    let mut watch = Watch::new(Instant::now());
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        let requests = shared.balancer.requests();
        let per_minute = (requests - seen.swap(requests, Ordering::Relaxed)) as f64 * 60.0 / LOOK.as_secs_f64();
        let in_service = shared.instances().iter().filter(|i| i.lifecycle() == Lifecycle::InService).count();
        let in_service = u32::try_from(in_service).unwrap_or(u32::MAX);
        if let Decision::Resize(size) = watch.look(Instant::now(), per_minute, in_service, &tracking) {
            let why = format!(
                "monitor alarm TargetTracking-{} changed state: {per_minute:.0} requests a minute over {in_service} instances against a target of {:.0} each",
                shared.config.name, tracking.requests_per_target
            );
            shared.set_desired(size, &why);
        }
    }
}

/// Since when the load has been high or low.
#[derive(Debug)]
struct Watch {
    high_since: Option<Instant>,
    low_since: Option<Instant>,
    started: Instant,
}

impl Watch {
    fn new(now: Instant) -> Self {
        Self { high_since: None, low_since: None, started: now }
    }

    fn look(&mut self, now: Instant, per_minute: f64, in_service: u32, tracking: &Tracking) -> Decision {
        // A group that has just begun has not seen its load yet.
        if in_service == 0 || now.duration_since(self.started) < tracking.out_after {
            return Decision::Stay;
        }
        let share = per_minute / f64::from(in_service) / tracking.requests_per_target;
        let needed = (per_minute / tracking.requests_per_target).ceil().max(1.0) as u32;
        if share > 1.0 {
            self.low_since = None;
            let since = *self.high_since.get_or_insert(now);
            if now.duration_since(since) >= tracking.out_after {
                self.high_since = None;
                return Decision::Resize(needed);
            }
        } else if share < LOW_SHARE && needed < in_service {
            self.high_since = None;
            let since = *self.low_since.get_or_insert(now);
            if now.duration_since(since) >= tracking.in_after {
                self.low_since = None;
                // Down in small steps: too few is worse than too many.
                return Decision::Resize(in_service - 1);
            }
        } else {
            self.high_since = None;
            self.low_since = None;
        }
        Decision::Stay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_after_a_while_and_shrinks_later_and_slower() {
        let tracking = Tracking {
            requests_per_target: 100.0,
            out_after: Duration::from_secs(10),
            in_after: Duration::from_secs(30),
        };
        let start = Instant::now();
        let at = |secs| start + Duration::from_secs(secs);
        let mut watch = Watch::new(start);
        assert_eq!(watch.look(at(5), 900.0, 2, &tracking), Decision::Stay, "too young");
        assert_eq!(watch.look(at(10), 500.0, 2, &tracking), Decision::Stay, "high, not for long");
        assert_eq!(watch.look(at(15), 150.0, 2, &tracking), Decision::Stay, "and over");
        assert_eq!(watch.look(at(20), 500.0, 2, &tracking), Decision::Stay);
        assert_eq!(watch.look(at(30), 450.0, 2, &tracking), Decision::Resize(5));
        assert_eq!(watch.look(at(40), 100.0, 5, &tracking), Decision::Stay);
        assert_eq!(watch.look(at(69), 100.0, 5, &tracking), Decision::Stay);
        assert_eq!(watch.look(at(70), 100.0, 5, &tracking), Decision::Resize(4));
    }
}
