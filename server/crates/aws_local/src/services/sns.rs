//! SNS, as far as alarms need it: topics, and HTTP subscribers on this machine.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::Style;
use crate::notify::ask_to_confirm;
use crate::wire::Value;
use crate::world::instance::ACCOUNT;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "sns",
    signing_name: "sns",
    target: "",
    query_version: "2010-03-31",
    xml_namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    shape_namespace: "com.amazonaws.sns",
    style: Style::Detailed,
    operations: &[
        Operation { name: "CreateTopic", handler: create_topic },
        Operation { name: "ListTopics", handler: list_topics },
        Operation { name: "Subscribe", handler: subscribe },
        Operation { name: "ConfirmSubscription", handler: confirm_subscription },
        Operation { name: "ListSubscriptionsByTopic", handler: list_subscriptions },
        Operation { name: "Unsubscribe", handler: unsubscribe },
    ],
};

fn create_topic(call: &Call<'_>) -> Result<Value, ServiceError> {
    let name = call.input.required_text("Name")?;
    let is_good = (1..=256).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_good {
        return Err(ServiceError::invalid_sns_parameter("Invalid parameter: Topic Name"));
    }
    let arn = format!("arn:aws:sns:{}:{ACCOUNT}:{name}", call.world.region());
    call.world.topics().create(&arn);
    Ok(Value::map([("TopicArn", Value::text(arn))]))
}

fn list_topics(call: &Call<'_>) -> Result<Value, ServiceError> {
    let topics = call.world.topics().arns();
    let topic = |arn: String| Value::map([("TopicArn", Value::text(arn))]);
    Ok(Value::map([("Topics", Value::list(topics.into_iter().map(topic)))]))
}

fn known_topic<'a>(call: &'a Call<'_>) -> Result<&'a str, ServiceError> {
    let topic = call.input.required_text("TopicArn")?;
    if call.world.topics().has(topic) { Ok(topic) } else { Err(ServiceError::topic_not_found()) }
}

fn subscribe(call: &Call<'_>) -> Result<Value, ServiceError> {
    let topic = known_topic(call)?;
    let protocol = call.input.required_text("Protocol")?;
    if protocol != "http" {
        let words = format!("Invalid parameter: the local endpoint delivers by http only, not {protocol}");
        return Err(ServiceError::invalid_sns_parameter(words));
    }
    let endpoint = call.input.required_text("Endpoint")?;
    let subscribed = call.world.topics().subscribe(topic, endpoint);
    let subscription =
        subscribed.map_err(|error| ServiceError::invalid_sns_parameter(format!("Invalid parameter: {error}")))?;
    let arn = if subscription.is_confirmed { subscription.arn.clone() } else { "pending confirmation".to_owned() };
    if !subscription.is_confirmed {
        ask_to_confirm(call.world.clone(), topic.to_owned(), subscription);
    }
    Ok(Value::map([("SubscriptionArn", Value::text(arn))]))
}

fn confirm_subscription(call: &Call<'_>) -> Result<Value, ServiceError> {
    let topic = known_topic(call)?;
    let token = call.input.required_text("Token")?;
    let confirmed = call.world.topics().confirm(topic, token);
    let arn = confirmed.ok_or_else(|| ServiceError::invalid_sns_parameter("Invalid parameter: Token"))?;
    Ok(Value::map([("SubscriptionArn", Value::text(arn))]))
}

fn list_subscriptions(call: &Call<'_>) -> Result<Value, ServiceError> {
    let topic = known_topic(call)?;
    let all = call.world.topics().all(topic);
    let entries = all.into_iter().map(|one| {
        let arn = if one.is_confirmed { one.arn } else { "PendingConfirmation".to_owned() };
        Value::map([
            ("SubscriptionArn", Value::text(arn)),
            ("Owner", Value::text(ACCOUNT)),
            ("Protocol", Value::text("http")),
            ("Endpoint", Value::text(one.endpoint)),
            ("TopicArn", Value::text(topic)),
        ])
    });
    Ok(Value::map([("Subscriptions", Value::list(entries))]))
}

fn unsubscribe(call: &Call<'_>) -> Result<Value, ServiceError> {
    call.world.topics().unsubscribe(call.input.required_text("SubscriptionArn")?);
    Ok(Value::Map(Vec::new()))
}
