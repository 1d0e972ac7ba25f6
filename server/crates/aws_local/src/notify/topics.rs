//! Topics and who is subscribed to them. They live as long as the endpoint runs.

use std::collections::BTreeMap;

/// An address that is not on this machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not on this machine: messages are sent to http://127.0.0.1 and http://localhost only")]
pub struct NotLoopback(pub String);

/// Most subscriptions of one topic.
const MOST_SUBSCRIPTIONS: usize = 100;

/// One subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) arn: String,
    pub(crate) endpoint: String,
    /// What confirms it.
    pub(crate) token: String,
    pub(crate) is_confirmed: bool,
}

/// All topics by ARN.
#[derive(Debug, Default)]
pub(crate) struct Topics(BTreeMap<String, Vec<Subscription>>);

impl Topics {
    pub(crate) fn create(&mut self, arn: &str) {
        self.0.entry(arn.to_owned()).or_default();
    }

    pub(crate) fn arns(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    pub(crate) fn has(&self, arn: &str) -> bool {
        self.0.contains_key(arn)
    }

    /// Adds a subscriber that has to confirm; one that is there already keeps its state.
    pub(crate) fn subscribe(&mut self, topic: &str, endpoint: &str) -> Result<Subscription, NotLoopback> {
        if !is_loopback(endpoint) {
            return Err(NotLoopback(endpoint.chars().take(120).collect()));
        }
        let subscribers = self.0.entry(topic.to_owned()).or_default();
        if let Some(known) = subscribers.iter().find(|one| one.endpoint == endpoint) {
            return Ok(known.clone());
        }
        let subscription = Subscription {
            arn: format!("{topic}:{}", uuid::Uuid::new_v4()),
            endpoint: endpoint.to_owned(),
            token: format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple()),
            is_confirmed: false,
        };
        subscribers.truncate(MOST_SUBSCRIPTIONS - 1);
        subscribers.push(subscription.clone());
        Ok(subscription)
    }

    /// Confirms; the subscription's ARN.
    pub(crate) fn confirm(&mut self, topic: &str, token: &str) -> Option<String> {
        let found = self.0.get_mut(topic)?.iter_mut().find(|one| one.token == token)?;
        found.is_confirmed = true;
        Some(found.arn.clone())
    }

    pub(crate) fn unsubscribe(&mut self, arn: &str) {
        for subscribers in self.0.values_mut() {
            subscribers.retain(|one| one.arn != arn);
        }
    }

    pub(crate) fn all(&self, topic: &str) -> Vec<Subscription> {
        self.0.get(topic).cloned().unwrap_or_default()
    }

    pub(crate) fn confirmed(&self, topic: &str) -> Vec<Subscription> {
        self.all(topic).into_iter().filter(|one| one.is_confirmed).collect()
    }
}

/// Whether an address is plain HTTP on this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { "" });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn messages_stay_on_this_machine() {
        for url in ["http://127.0.0.1:3000/hooks/sns", "http://localhost/x", "http://[::1]:1/"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://127.0.0.1/",
            "http://dash.example/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1:80@evil.example/",
            "http://0.0.0.0/",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn only_a_confirmed_subscriber_is_sent_to() {
        let mut topics = Topics::default();
        let topic = "arn:aws:sns:us-east-1:123456789012:t";
        let one = topics.subscribe(topic, "http://127.0.0.1:1/").unwrap();
        assert!(topics.confirmed(topic).is_empty());
        assert_eq!(topics.confirm(topic, "guessed"), None);
        assert_eq!(topics.confirm(topic, &one.token), Some(one.arn.clone()));
        assert_eq!(topics.confirmed(topic).len(), 1);
        topics.unsubscribe(&one.arn);
        assert!(topics.all(topic).is_empty());
    }
}
