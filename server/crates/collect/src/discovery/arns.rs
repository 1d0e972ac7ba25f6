//! From an ARN to its tier and the values of the tier's dimensions.

use samples::{Tier, catalogue};

/// Parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) service: &'a str,
    /// Empty for global services.
    pub(super) region: &'a str,
    /// Empty where the service has none.
    pub(super) account: &'a str,
    /// Everything after the account, without a slash in front.
    pub(super) resource: &'a str,
}

pub(super) fn parse(arn: &str) -> Option<Arn<'_>> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(_)) = (parts.next(), parts.next()) else { return None };
    let (service, region, account) = (parts.next()?, parts.next()?, parts.next()?);
    let resource = parts.next()?.trim_start_matches('/');
    (!resource.is_empty()).then_some(Arn { service, region, account, resource })
}

/// The tier of a resource: the one whose `tagged_as` is the longest beginning of it.
pub(super) fn tier_of(arn: &Arn<'_>) -> Option<&'static Tier> {
    let matches = |tier: &&Tier| {
        let (service, kind) = tier.tagged_as.split_once(':').unwrap_or((&tier.tagged_as, ""));
        let rest = arn.resource.strip_prefix(kind);
        service == arn.service
            && rest.is_some_and(|rest| kind.is_empty() || rest.is_empty() || rest.starts_with(['/', ':']))
    };
    let tier = catalogue().iter().filter(|tier| tier.of.is_none() && !tier.tagged_as.is_empty()).filter(matches);
    let tier = tier.max_by_key(|tier| tier.tagged_as.len())?;
    // Stages and deployments of an API carry its tags too.
    let is_part = arn.service == "apigateway" && arn.resource.split('/').count() > 2;
    (!is_part).then_some(tier)
}

/// Values of the tier's dimensions; `None` where the ARN does not hold them: REST APIs and proxies
/// are named by their `Name` tag, a target group's balancer by a describe call.
pub(super) fn dimension_values(tier: &Tier, arn: &Arn<'_>, name_tag: Option<&str>) -> Option<Vec<String>> {
    let after = |prefix: &str| arn.resource.strip_prefix(prefix).map(|rest| vec![rest.to_owned()]);
    match tier.key.as_str() {
        "alb" => after("loadbalancer/"),
        "route53" => after("healthcheck/"),
        "cloudfront" => after("distribution/"),
        "s3" => after(""),
        "api_http" => after("apis/"),
        "api_rest" | "rds_proxy" => name_tag.map(|name| vec![name.to_owned()]),
        "auto_scaling" => arn.resource.split_once("autoScalingGroupName/").map(|(_, name)| vec![name.to_owned()]),
        "ec2" => after("instance/"),
        "ecs" => {
            let (cluster, service) = arn.resource.strip_prefix("service/")?.split_once('/')?;
            Some(vec![cluster.to_owned(), service.to_owned()])
        }
        "eks" => after("cluster/"),
        "lambda" => {
            let name = arn.resource.strip_prefix("function:")?;
            Some(vec![name.split(':').next().unwrap_or(name).to_owned()])
        }
        "rds" => after("db:"),
        "dynamodb" => {
            let table = arn.resource.strip_prefix("table/")?;
            Some(vec![table.split('/').next().unwrap_or(table).to_owned()])
        }
        "dax" => after("cache/"),
        "ecr" => after("repository/"),
        _ => None,
    }
}

/// What people call a resource: its `Name` tag, else the last telling part of the ARN.
pub(super) fn name(tier: &Tier, arn: &Arn<'_>, name_tag: Option<&str>) -> String {
    let of_path = |index: usize| arn.resource.split('/').nth(index).unwrap_or(arn.resource).to_owned();
    match tier.key.as_str() {
        // app/NAME/ID and targetgroup/NAME/ID: the name is unique in a Region.
        "alb" => of_path(2),
        "target_group" => of_path(1),
        "auto_scaling" | "ecs" | "eks" | "dynamodb" | "dax" | "ec2" => {
            arn.resource.rsplit('/').next().unwrap_or(arn.resource).to_owned()
        }
        "lambda" | "rds" => arn.resource.split(':').nth(1).unwrap_or(arn.resource).to_owned(),
        _ => name_tag
            .map_or_else(|| arn.resource.rsplit(['/', ':']).next().unwrap_or_default().to_owned(), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_name_their_tier_and_dimensions() {
        let check = |text: &str, tier: &str, values: &[&str], name_of: &str| {
            let arn = parse(text).unwrap();
            let found = tier_of(&arn).unwrap_or_else(|| panic!("no tier for {text}"));
            assert_eq!(found.key, tier, "{text}");
            let found_values = dimension_values(found, &arn, None).unwrap_or_default();
            assert_eq!(found_values, values, "{text}");
            assert_eq!(name(found, &arn, None), name_of, "{text}");
        };
        let prefix = "arn:aws:elasticloadbalancing:us-east-1:1:";
        check(&format!("{prefix}loadbalancer/app/shop/50dc"), "alb", &["app/shop/50dc"], "shop");
        check(&format!("{prefix}targetgroup/web/73e2"), "target_group", &[], "web");
        check("arn:aws:lambda:eu-west-1:1:function:checkout", "lambda", &["checkout"], "checkout");
        check("arn:aws:ecs:eu-west-1:1:service/main/api", "ecs", &["main", "api"], "api");
        check("arn:aws:rds:eu-west-1:1:db:orders", "rds", &["orders"], "orders");
        check("arn:aws:dynamodb:eu-west-1:1:table/carts", "dynamodb", &["carts"], "carts");
        check("arn:aws:s3:::static", "s3", &["static"], "static");
        check("arn:aws:apigateway:eu-west-1::/apis/a1b2", "api_http", &["a1b2"], "a1b2");
        check("arn:aws:cloudfront::1:distribution/E2X", "cloudfront", &["E2X"], "E2X");
        check(
            "arn:aws:autoscaling:eu-west-1:1:autoScalingGroup:7c:autoScalingGroupName/web",
            "auto_scaling",
            &["web"],
            "web",
        );
    }

    #[test]
    fn others_have_no_tier() {
        for text in [
            "arn:aws:apigateway:eu-west-1::/apis/a1b2/stages/prod",
            "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/shop/50dc",
            "arn:aws:rds:eu-west-1:1:snapshot:orders",
            "arn:aws:sns:eu-west-1:1:topic",
        ] {
            assert_eq!(tier_of(&parse(text).unwrap()).map(|tier| tier.key.as_str()), None, "{text}");
        }
        assert_eq!(parse("shop"), None);
    }
}
