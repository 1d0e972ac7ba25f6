//! The signature header: its form is checked, the signature itself is not (there is no secret).
//!
//! Access keys whose name begins with `expired`, `denied` or `invalid` (in any case) show what AWS
//! answers to such callers.

use crate::error::ServiceError;
use axum::http::{HeaderMap, header};

/// Who asks, and which service he signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// Reads `Authorization: AWS4-HMAC-SHA256 Credential=…/date/region/service/aws4_request, …`.
pub(crate) fn caller(headers: &HeaderMap) -> Result<Caller, ServiceError> {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(ServiceError::missing_token)?;
    let fields = header.strip_prefix("AWS4-HMAC-SHA256").ok_or_else(ServiceError::missing_token)?;
    let field = |name: &str| {
        fields
            .split(',')
            .filter_map(|field| field.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ServiceError::incomplete_signature(name))
    };
    field("Signature")?;
    field("SignedHeaders")?;
    // An access key may hold slashes: the scope is counted from the end.
    let mut scope = field("Credential")?.rsplitn(5, '/');
    let mut part = || scope.next().filter(|part| !part.is_empty());
    match (part(), part(), part(), part(), part()) {
        (Some("aws4_request"), Some(service), Some(region), Some(_date), Some(access_key)) => {
            Ok(Caller { access_key: access_key.to_owned(), region: region.to_owned(), service: service.to_owned() })
        }
        _ => Err(ServiceError::incomplete_signature("Credential")),
    }
}

/// What AWS says to callers of a special name.
pub(crate) fn admit(caller: &Caller, action: &str) -> Result<(), ServiceError> {
    let name = caller.access_key.to_ascii_lowercase();
    if name.starts_with("expired") {
        return Err(ServiceError::expired_token());
    }
    if name.starts_with("invalid") {
        return Err(ServiceError::unrecognized_client());
    }
    if name.starts_with("denied") {
        return Err(ServiceError::access_denied(action, "*"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        headers
    }

    #[test]
    fn well_formed_and_not() {
        let good =
            "AWS4-HMAC-SHA256 Credential=AK/20261123/us-east-1/pi/aws4_request, SignedHeaders=host, Signature=ab";
        assert_eq!(caller(&with(good)).unwrap().service, "pi");
        assert_eq!(caller(&HeaderMap::new()).unwrap_err().query_code(), "MissingAuthenticationToken");
        let cut = "AWS4-HMAC-SHA256 Credential=AK/20261123/us-east-1/pi/aws4_request, SignedHeaders=host";
        assert_eq!(caller(&with(cut)).unwrap_err().query_code(), "IncompleteSignature");
        let scope = "AWS4-HMAC-SHA256 Credential=AK/pi/aws4_request, SignedHeaders=host, Signature=ab";
        assert_eq!(caller(&with(scope)).unwrap_err().query_code(), "IncompleteSignature");
    }
}
