//! STS, over Query and XML.

use aws_sdk_sts::Client;
use serde_json::json;

use super::{Answer, refusal};

pub(super) async fn call(client: &Client, operation: &str) -> Answer {
    assert_eq!(operation, "get_caller_identity");
    let answer = client.get_caller_identity().send().await.map_err(|error| refusal(&error))?;
    Ok(json!({ "UserId": answer.user_id(), "Account": answer.account(), "Arn": answer.arn() }))
}
