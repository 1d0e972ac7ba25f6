//! Tags of alarms, and how alarms send them along.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html>

use std::collections::BTreeMap;

use super::super::Call;
use super::alarms::save;
use crate::error::ServiceError;
use crate::input::Input;
use crate::wire::Value;
use crate::world::alarms::{Alarm, AlarmBook};

/// Tags one resource may have.
const MOST_TAGS: usize = 50;

/// `Tags` of a request.
pub(super) fn read_tags(input: &Input<'_>) -> Result<BTreeMap<String, String>, ServiceError> {
    let tags = input.structures("Tags", 0..=MOST_TAGS)?.unwrap_or_default();
    tags.iter().map(|tag| Ok((tag.required_text("Key")?.to_owned(), tag.required_text("Value")?.to_owned()))).collect()
}

pub(super) fn tag_resource(call: &Call<'_>) -> Result<Value, ServiceError> {
    let tags = read_tags(&call.input)?;
    change(call, |alarm| alarm.tags.extend(tags))
}

pub(super) fn untag_resource(call: &Call<'_>) -> Result<Value, ServiceError> {
    let keys = call.input.required_texts("TagKeys", 0..=MOST_TAGS)?;
    change(call, |alarm| alarm.tags.retain(|key, _| !keys.contains(&key.as_str())))
}

pub(super) fn list_tags(call: &Call<'_>) -> Result<Value, ServiceError> {
    let mut book = call.world.alarms();
    let alarm = named(call, &mut book)?;
    let tag = |(key, value): (&String, &String)| {
        Value::map([("Key", Value::text(key.as_str())), ("Value", Value::text(value.as_str()))])
    };
    Ok(Value::map([("Tags", Value::list(alarm.tags.iter().map(tag)))]))
}

fn change(call: &Call<'_>, change: impl FnOnce(&mut Alarm)) -> Result<Value, ServiceError> {
    let mut book = call.world.alarms();
    let alarm = named(call, &mut book)?;
    change(alarm);
    save(call.world, alarm);
    Ok(Value::Map(Vec::new()))
}

fn named<'a>(call: &Call<'_>, book: &'a mut AlarmBook) -> Result<&'a mut Alarm, ServiceError> {
    let arn = call.input.required_text("ResourceARN")?;
    let name = arn.split_once(":alarm:").map(|(_, name)| name);
    name.and_then(|name| book.alarms.get_mut(name)).ok_or_else(ServiceError::alarm_not_found)
}
