//! What can go wrong with a call, by what the reader or the schedule can do about it.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CollectError {
    /// An IAM action is missing.
    #[error("{action} is denied on {resource}")]
    AccessDenied {
        /// The IAM action: `pi:GetResourceMetrics`.
        action: String,
        /// ARN pattern the action is needed on.
        resource: String,
    },
    /// AWS asked to slow down, and the SDK's own attempts are used up.
    #[error("{action} is throttled")]
    Throttled {
        /// The IAM action.
        action: String,
        /// What `x-amz-retry-after` said, when it was there.
        retry_after: Option<Duration>,
    },
    /// Credentials are missing, expired or wrong.
    #[error("credentials: {0}")]
    Credentials(String),
    /// Performance Insights is off for the instance, or the instance is gone.
    #[error("{0} is not enabled")]
    NotEnabled(String),
    /// AWS refused the question itself: a group or metric the engine lacks, a window out of retention.
    #[error("{action} refused: {message}")]
    Invalid {
        /// The IAM action.
        action: String,
        /// AWS's words.
        message: String,
    },
    /// No answer, or none that could be read.
    #[error("{action}: no answer: {message}")]
    Unreachable {
        /// The IAM action.
        action: String,
        /// Cause.
        message: String,
    },
}

const THROTTLING_CODES: [&str; 10] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
    "LimitExceededException",
    "BandwidthLimitExceeded",
];
const DENIED_CODES: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorizedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "OptInRequired",
];
const CREDENTIAL_CODES: [&str; 8] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
];

impl CollectError {
    /// Sorts an SDK error. `action` is the IAM action of the call, `resource` the ARN pattern a
    /// policy would have to allow it on.
    pub(crate) fn of<E>(action: &str, resource: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let action = action.to_owned();
        match error {
            SdkError::ServiceError(refused) => {
                let code = refused.err().code().unwrap_or("unknown").to_owned();
                let message = refused.err().message().unwrap_or("no message").to_owned();
                let retry_after = retry_after(refused.raw());
                Self::of_code(action, resource, &code, message, retry_after)
            }
            other => Self::of_transport(action, other),
        }
    }

    /// Sorts an error by its code.
    pub(crate) fn of_code(
        action: String,
        resource: &str,
        code: &str,
        message: String,
        retry_after: Option<Duration>,
    ) -> Self {
        if THROTTLING_CODES.contains(&code) {
            Self::Throttled { action, retry_after }
        } else if DENIED_CODES.contains(&code) {
            Self::AccessDenied { action, resource: resource.to_owned() }
        } else if CREDENTIAL_CODES.contains(&code) {
            Self::Credentials(format!("{code}: {message}; log in again, or set AWS_PROFILE"))
        } else if matches!(code, "InternalServiceError" | "InternalFailure" | "ServiceUnavailable") {
            Self::Unreachable { action, message: format!("{code}: {message}") }
        } else if action.starts_with("pi:") && message.to_ascii_lowercase().contains("not enabled") {
            // It has no code of its own; the wording is assumed.
            Self::NotEnabled("Performance Insights".to_owned())
        } else {
            Self::Invalid { action, message: format!("{code}: {message}") }
        }
    }

    fn of_transport(action: String, error: &(dyn Error + 'static)) -> Self {
        let causes = causes(error);
        if let Some(credentials) = causes.iter().find_map(|cause| cause.downcast_ref::<CredentialsError>()) {
            return Self::Credentials(no_credentials(&sentence(credentials)));
        }
        let message = sentence(error);
        // Identity resolution that found no provider reports itself only by its words.
        if NONE_FOUND.iter().any(|words| message.contains(words)) {
            return Self::Credentials(no_credentials(&message));
        }
        Self::Unreachable { action, message }
    }
}

/// An error and what caused it, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

/// An error and its causes in one line, each said once. The SDK lists its attempts on lines of their own.
fn sentence(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = causes(error).iter().map(ToString::to_string).collect();
    words.dedup();
    words.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How the SDK says that it has found no credentials at all.
const NONE_FOUND: [&str; 3] =
    ["no credentials found in chain", "no providers in chain provided credentials", "no identity"];

/// Why there are no credentials, and what to do. That there are none anywhere needs no list of places.
fn no_credentials(message: &str) -> String {
    let cause = if NONE_FOUND.iter().any(|words| message.contains(words)) {
        "none found in the environment, the profile, or the role of this machine"
    } else {
        message
    };
    format!("{cause}; log in (aws sso login), or set AWS_PROFILE")
}

fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let ms = response.headers().get("x-amz-retry-after")?.parse().ok()?;
    Some(Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_credentials_are_one_line_with_a_way_out() {
        let told = no_credentials("no credentials found in chain. Attempted:\n  Environment: not set");
        assert_eq!(
            told,
            "none found in the environment, the profile, or the role of this machine; \
             log in (aws sso login), or set AWS_PROFILE"
        );
        assert!(no_credentials("the token has expired").starts_with("the token has expired; log in"));
    }

    #[test]
    fn codes_are_sorted_by_what_can_be_done() {
        let of = |code: &str| CollectError::of_code("pi:GetResourceMetrics".into(), "arn", code, "m".into(), None);
        assert!(matches!(of("ThrottlingException"), CollectError::Throttled { .. }));
        assert!(matches!(of("NotAuthorizedException"), CollectError::AccessDenied { .. }));
        assert!(matches!(of("ExpiredTokenException"), CollectError::Credentials(_)));
        assert!(matches!(of("InternalServiceError"), CollectError::Unreachable { .. }));
        assert!(matches!(of("InvalidArgumentException"), CollectError::Invalid { .. }));
        let words = "Performance Insights is not enabled for the resource db-1.".to_owned();
        let off = CollectError::of_code("pi:GetResourceMetrics".into(), "arn", "InvalidArgumentException", words, None);
        assert!(matches!(off, CollectError::NotEnabled(_)), "{off:?}");
    }
}
