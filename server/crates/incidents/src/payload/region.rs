//! Regions: SNS alarm messages write the display name, everything else the code.

/// Display name → code.
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
const REGIONS: &[(&str, &str)] = &[
    ("US East (N. Virginia)", "us-east-1"),
    ("US East (Ohio)", "us-east-2"),
    ("US West (N. California)", "us-west-1"),
    ("US West (Oregon)", "us-west-2"),
    ("Africa (Cape Town)", "af-south-1"),
    ("Asia Pacific (Hong Kong)", "ap-east-1"),
    ("Asia Pacific (Taipei)", "ap-east-2"),
    ("Asia Pacific (Tokyo)", "ap-northeast-1"),
    ("Asia Pacific (Seoul)", "ap-northeast-2"),
    ("Asia Pacific (Osaka)", "ap-northeast-3"),
    ("Asia Pacific (Mumbai)", "ap-south-1"),
    ("Asia Pacific (Hyderabad)", "ap-south-2"),
    ("Asia Pacific (Singapore)", "ap-southeast-1"),
    ("Asia Pacific (Sydney)", "ap-southeast-2"),
    ("Asia Pacific (Jakarta)", "ap-southeast-3"),
    ("Asia Pacific (Melbourne)", "ap-southeast-4"),
    ("Asia Pacific (Malaysia)", "ap-southeast-5"),
    ("Asia Pacific (New Zealand)", "ap-southeast-6"),
    ("Asia Pacific (Thailand)", "ap-southeast-7"),
    ("Canada (Central)", "ca-central-1"),
    ("Canada West (Calgary)", "ca-west-1"),
    ("EU (Frankfurt)", "eu-central-1"),
    ("EU (Zurich)", "eu-central-2"),
    ("EU (Stockholm)", "eu-north-1"),
    ("EU (Milan)", "eu-south-1"),
    ("EU (Spain)", "eu-south-2"),
    ("EU (Ireland)", "eu-west-1"),
    ("EU (London)", "eu-west-2"),
    ("EU (Paris)", "eu-west-3"),
    ("Israel (Tel Aviv)", "il-central-1"),
    ("Mexico (Central)", "mx-central-1"),
    ("Middle East (UAE)", "me-central-1"),
    ("Middle East (Bahrain)", "me-south-1"),
    ("South America (Sao Paulo)", "sa-east-1"),
    ("China (Beijing)", "cn-north-1"),
    ("China (Ningxia)", "cn-northwest-1"),
    ("AWS GovCloud (US-East)", "us-gov-east-1"),
    ("AWS GovCloud (US-West)", "us-gov-west-1"),
];

/// Partition and code of a display name, in any of the spellings AWS has used: `EU (Ireland)`,
/// `Europe (Ireland)`, `EU - Ireland`. A code stands for itself.
pub(super) fn code_of(display: &str) -> Option<(&'static str, &'static str)> {
    let plain = display.trim().replace("Europe (", "EU (").replace('ã', "a");
    let exact = REGIONS.iter().find(|(name, code)| *name == plain || *code == plain);
    let found = exact.or_else(|| {
        let mut same =
            REGIONS.iter().filter(|(name, _)| place_of(name).is_some() && place_of(name) == place_of(&plain));
        same.next().filter(|_| same.next().is_none())
    });
    found.map(|(_, code)| (partition_of(code), *code))
}

/// The place inside a display name: `Ireland`.
fn place_of(display: &str) -> Option<&str> {
    let in_brackets = display.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    in_brackets.or_else(|| display.split_once(" - ").map(|(_, place)| place.trim()))
}

/// The partition of a region.
pub(super) fn partition_of(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn every_spelling_of_a_region_is_read() {
        for (display, code) in [
            ("US East (N. Virginia)", Some("us-east-1")),
            ("EU - Ireland", Some("eu-west-1")),
            ("Europe (Ireland)", Some("eu-west-1")),
            ("APAC - Tokyo", Some("ap-northeast-1")),
            ("Asia Pacific - Sydney", Some("ap-southeast-2")),
            ("South America (São Paulo)", Some("sa-east-1")),
            ("AWS GovCloud (US-West)", Some("us-gov-west-1")),
            ("eu-west-2", Some("eu-west-2")),
            ("Somewhere - Central", None),
            ("Moon (Base)", None),
            ("", None),
        ] {
            assert_eq!(code_of(display).map(|(_, code)| code), code, "{display}");
        }
    }
}
