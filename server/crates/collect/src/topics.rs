//! Confirming that a topic may send to us. // SNS `ConfirmSubscription`

use aws_sdk_sns::config::{Builder, Region};

use crate::access::Collector;
use crate::error::CollectError;

const CONFIRM: &str = "sns:ConfirmSubscription";

impl Collector {
    /// Confirms a subscription in the Region of its topic. Whoever wants to end it must be allowed to
    /// by AWS: the address that ends it travels in every message.
    ///
    /// # Errors
    /// [`CollectError`]: the token is not (or no longer) good, or the action is missing.
    pub async fn confirm_subscription(&self, topic_arn: &str, token: &str) -> Result<(), CollectError> {
        let region = topic_arn.split(':').nth(3).unwrap_or_default();
        let request = self.clients(region)?.sns.confirm_subscription();
        let request = request.topic_arn(topic_arn).token(token).authenticate_on_unsubscribe("true");
        let in_region = Builder::new().region(Region::new(region.to_owned()));
        let answer = request.customize().config_override(in_region).send().await;
        answer.map_err(|error| CollectError::of(CONFIRM, topic_arn, &error))?;
        Ok(())
    }
}
