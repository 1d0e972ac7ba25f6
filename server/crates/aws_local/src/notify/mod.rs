//! Telling others about alarms, as AWS does: signed SNS messages to subscribed addresses, events to
//! destinations of EventBridge.
//!
//! It watches the history of alarms, so that it does not matter what changed a state: evaluation,
//! `SetAlarmState`, a rule over other alarms. Addresses must be on this machine.

mod event;
mod message;
mod post;
mod signing;
mod topics;

pub(crate) use signing::{certificate_path, signer_pem};
pub(crate) use topics::{Subscription, Topics, is_loopback};

pub use topics::NotLoopback;

use crate::world::World;
use crate::world::alarms::{Alarm, HistoryItem};

/// The certificate of the authority that signs, PEM: what a dashboard must be told to believe.
#[must_use]
pub fn test_authority() -> &'static str {
    include_str!("authority/root.pem")
}

/// A destination of events: an API destination with a key.
#[derive(Clone, Debug)]
pub(crate) struct EventDestination {
    pub(crate) url: String,
    pub(crate) header: String,
    pub(crate) key: String,
}

/// Sends what happened since the last round.
pub(crate) async fn run(world: World) {
    let mut from = world.alarms().history.len();
    let mut last = newest(&world);
    loop {
        let next = (world.clock().now_ms() / 1_000 + 1) * 1_000;
        world.clock().sleep_until_ms(next).await;
        for (item, alarm) in happened(&world, &mut from, &mut last) {
            tell(&world, &item, alarm.as_ref()).await;
        }
    }
}

fn newest(world: &World) -> Option<(i64, String)> {
    world.alarms().history.back().map(|item| (item.at_ms, item.alarm.clone()))
}

/// Items of the history that were not told yet, with their alarms. The history drops its oldest items
/// when it is full: then its length stands still, and the newest item tells where we were.
fn happened(world: &World, from: &mut usize, last: &mut Option<(i64, String)>) -> Vec<(HistoryItem, Option<Alarm>)> {
    let book = world.alarms();
    let is_last = |item: &HistoryItem| last.as_ref().is_some_and(|(at, name)| item.at_ms == *at && item.alarm == *name);
    let start = match book.history.get(from.saturating_sub(1)) {
        Some(item) if *from > 0 && !is_last(item) => {
            book.history.iter().rposition(is_last).map_or(0, |place| place + 1)
        }
        _ => *from,
    };
    let items = book.history.iter().skip(start).map(|item| (item.clone(), book.alarms.get(&item.alarm).cloned()));
    let items: Vec<_> = items.collect();
    *from = book.history.len();
    *last = book.history.back().map(|item| (item.at_ms, item.alarm.clone()));
    items
}

async fn tell(world: &World, item: &HistoryItem, alarm: Option<&Alarm>) {
    let event = event::event(world, item, alarm);
    if let Some(event) = &event {
        for destination in world.event_destinations() {
            post::event(&destination, event).await;
        }
    }
    let Some(alarm) = alarm.filter(|_| item.kind == "StateUpdate") else { return };
    let Some((subject, text, topics)) = message::notification(world, item, alarm) else { return };
    for topic in topics {
        let subscribers = world.topics().confirmed(&topic);
        for subscription in subscribers {
            let envelope = signing::notification(world, &topic, &subscription, &subject, &text);
            post::envelope(&subscription, &topic, "Notification", &envelope).await;
        }
    }
}

/// Asks a new subscriber to confirm, as SNS does at once.
pub(crate) fn ask_to_confirm(world: World, topic: String, subscription: Subscription) {
    // Without a runtime nothing could have asked.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(async move {
        let envelope = signing::confirmation(&world, &topic, &subscription);
        post::envelope(&subscription, &topic, "SubscriptionConfirmation", &envelope).await;
    });
}
