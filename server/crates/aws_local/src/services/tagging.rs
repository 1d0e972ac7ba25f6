//! Resource Groups Tagging API: everything that carries tags.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::Style;
use crate::wire::Value;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "tag",
    signing_name: "tagging",
    target: "ResourceGroupsTaggingAPI_20170126",
    query_version: "",
    xml_namespace: "",
    shape_namespace: "com.amazonaws.resourcegroupstaggingapi",
    style: Style::Detailed,
    operations: &[
        Operation { name: "GetResources", handler: get_resources },
        Operation { name: "GetTagKeys", handler: get_tag_keys },
        Operation { name: "GetTagValues", handler: get_tag_values },
    ],
};

fn offset(call: &Call<'_>) -> Result<usize, ServiceError> {
    match call.input.text("PaginationToken")?.filter(|token| !token.is_empty()) {
        None => Ok(0),
        Some(token) => token.parse().map_err(|_| ServiceError::pagination_token_expired()),
    }
}

/// A page of `all`; an empty token ends the paging, as on AWS.
fn page(call: &Call<'_>, member: &'static str, all: &[Value], limit: usize) -> Result<Value, ServiceError> {
    let offset = offset(call)?;
    let end = (offset + limit).min(all.len());
    let next = if end < all.len() { end.to_string() } else { String::new() };
    let found = all.get(offset..end).unwrap_or_default().iter().cloned();
    Ok(Value::map([(member, Value::list(found)), ("PaginationToken", Value::text(next))]))
}

fn get_resources(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let filters = input.structures("TagFilters", 0..=50)?.unwrap_or_default();
    let filters = filters
        .iter()
        .map(|filter| Ok((filter.required_text("Key")?, filter.texts("Values", 0..=20)?.unwrap_or_default())))
        .collect::<Result<Vec<_>, ServiceError>>()?;
    let types = input.texts("ResourceTypeFilters", 0..=100)?.unwrap_or_default();
    let arns = input.texts("ResourceARNList", 1..=100)?;
    let limit = input.int("ResourcesPerPage", 1..=100)?.unwrap_or(50) as usize;
    if arns.is_some() && (!filters.is_empty() || !types.is_empty()) {
        return Err(ServiceError::invalid_tagging_parameter(
            "The parameter ResourceARNList can't be used with TagFilters or ResourceTypeFilters",
        ));
    }
    let estate = call.world.estate();
    let passes = |arn: &str, tags: &[(String, String)]| {
        let has = |(key, values): &(&str, Vec<&str>)| {
            tags.iter().any(|(found, value)| found == key && (values.is_empty() || values.contains(&value.as_str())))
        };
        filters.iter().all(has)
            && (types.is_empty() || types.iter().any(|wanted| is_of_type(arn, wanted)))
            && arns.as_ref().is_none_or(|arns| arns.contains(&arn))
    };
    let found: Vec<Value> = estate
        .tags
        .iter()
        .filter(|(arn, tags)| passes(arn, tags))
        .map(|(arn, tags)| {
            let tags = tags.iter().map(|(key, value)| super::tag(key, value));
            Value::map([("ResourceARN", Value::text(arn.as_str())), ("Tags", Value::list(tags))])
        })
        .collect();
    page(call, "ResourceTagMappingList", &found, limit)
}

/// `service` or `service:type`; the type is how the resource part of the ARN begins.
fn is_of_type(arn: &str, wanted: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts.as_slice() else { return false };
    match wanted.split_once(':') {
        None => *service == wanted,
        Some((wanted_service, kind)) => {
            let resource = resource.trim_start_matches('/');
            let rest = resource.strip_prefix(kind);
            *service == wanted_service && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
        }
    }
}

fn get_tag_keys(call: &Call<'_>) -> Result<Value, ServiceError> {
    let estate = call.world.estate();
    let mut keys: Vec<&str> = estate.tags.values().flatten().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    let keys: Vec<Value> = keys.into_iter().map(Value::text).collect();
    page(call, "TagKeys", &keys, 100)
}

fn get_tag_values(call: &Call<'_>) -> Result<Value, ServiceError> {
    let wanted = call.input.required_text("Key")?;
    let estate = call.world.estate();
    let tags = estate.tags.values().flatten().filter(|(key, _)| key == wanted);
    let mut values: Vec<&str> = tags.map(|(_, value)| value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    let values: Vec<Value> = values.into_iter().map(Value::text).collect();
    page(call, "TagValues", &values, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_from_arns() {
        let balancer = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/shop/50dc6c495c0c9188";
        for (arn, wanted, expected) in [
            (balancer, "elasticloadbalancing", true),
            (balancer, "elasticloadbalancing:loadbalancer", true),
            (balancer, "elasticloadbalancing:loadbalancer/app", true),
            (balancer, "elasticloadbalancing:targetgroup", false),
            ("arn:aws:rds:us-east-1:000000000000:db:orders", "rds:db", true),
            ("arn:aws:rds:us-east-1:000000000000:db-proxy:prx-1", "rds:db", false),
            ("arn:aws:apigateway:us-east-1::/apis/abc", "apigateway:apis", true),
            ("arn:aws:s3:::static", "s3", true),
        ] {
            assert_eq!(is_of_type(arn, wanted), expected, "{arn} {wanted}");
        }
    }
}
