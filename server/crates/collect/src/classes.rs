//! vCPUs of an instance class, where nobody measures them.

/// Number of vCPUs of an RDS instance class (`db.r7g.2xlarge` → 8); `None` for serverless, for
/// metal and for names of another form.
///
/// AWS sizes all current families alike: `large` has 2, `xlarge` 4, `Nxlarge` 4·N; burstable
/// classes (`db.t…`) have 2 from `micro` to `large`, other `medium` and `small` classes 1.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html>
#[must_use]
pub fn vcpus_of_class(class: &str) -> Option<u32> {
    let mut parts = class.strip_prefix("db.")?.split('.');
    let (family, size) = (parts.next()?, parts.next()?);
    if family == "serverless" {
        return None;
    }
    let burstable = family.starts_with('t');
    match size {
        "micro" | "small" | "medium" if burstable && family != "t2" => Some(2),
        "medium" if burstable => Some(2),
        "micro" | "small" | "medium" => Some(1),
        "large" => Some(2),
        "xlarge" => Some(4),
        other => other.strip_suffix("xlarge")?.parse::<u32>().ok().map(|factor| factor * 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_the_list() {
        for (class, expected) in [
            ("db.r7g.2xlarge", Some(8)),
            ("db.t4g.micro", Some(2)),
            ("db.t2.micro", Some(1)),
            ("db.m6i.large", Some(2)),
            ("db.x2iedn.32xlarge", Some(128)),
            ("db.r5.12xlarge.tpc2.mem2x", Some(48)),
            ("db.serverless", None),
            ("db.m7g.metal", None),
            ("local", None),
        ] {
            assert_eq!(vcpus_of_class(class), expected, "{class}");
        }
    }
}
