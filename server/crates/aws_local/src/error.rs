//! Errors as AWS words them: a code per protocol family, a message, an HTTP status.

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) status: u16,
    /// Shape name, as CBOR and JSON send it.
    pub(crate) code: &'static str,
    /// Code in Query/XML and in CloudWatch's query-mode header, where it differs.
    query_code: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) retry_after_ms: Option<u64>,
}

impl ServiceError {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, query_code: None, message: message.into(), retry_after_ms: None }
    }

    fn with_query_code(mut self, code: &'static str) -> Self {
        self.query_code = Some(code);
        self
    }

    /// The code as Query clients know it.
    pub(crate) fn query_code(&self) -> &'static str {
        self.query_code.unwrap_or(self.code)
    }

    // Common to all services.

    /// The body could not be read in its own format.
    pub(crate) fn serialization(message: String) -> Self {
        Self::new(400, "SerializationException", message).with_query_code("MalformedQueryString")
    }

    /// No such operation, or no such service.
    pub(crate) fn unknown_operation(name: &str) -> Self {
        Self::new(400, "UnknownOperationException", format!("The operation {name} is not known here."))
            .with_query_code("InvalidAction")
    }

    /// The request carries no signature.
    pub(crate) fn missing_token() -> Self {
        Self::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
            .with_query_code("MissingAuthenticationToken")
    }

    /// The signature header lacks a part.
    pub(crate) fn incomplete_signature(part: &str) -> Self {
        let message = format!("Authorization header requires '{part}' parameter.");
        Self::new(403, "IncompleteSignatureException", message).with_query_code("IncompleteSignature")
    }

    /// Temporary credentials have run out.
    pub(crate) fn expired_token() -> Self {
        Self::new(403, "ExpiredTokenException", "The security token included in the request is expired")
            .with_query_code("ExpiredToken")
    }

    /// The access key is unknown.
    pub(crate) fn unrecognized_client() -> Self {
        Self::new(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
            .with_query_code("InvalidClientTokenId")
    }

    /// The caller may not do this.
    pub(crate) fn access_denied(action: &str, resource: &str) -> Self {
        let message = format!(
            "User: arn:aws:iam::000000000000:user/local is not authorized to perform: {action} on resource: \
             {resource} because no identity-based policy allows the {action} action"
        );
        Self::new(400, "AccessDeniedException", message).with_query_code("AccessDenied")
    }

    /// Too many requests; SDKs wait and try again.
    pub(crate) fn throttled() -> Self {
        let mut error = Self::new(400, "ThrottlingException", "Rate exceeded").with_query_code("Throttling");
        error.retry_after_ms = Some(200);
        error
    }

    /// A value breaks a constraint of the model: its type, length, range, pattern or set.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message).with_query_code("ValidationError")
    }

    /// Something is wrong on our side.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "InternalServiceError", message).with_query_code("InternalServiceError")
    }

    // Performance Insights.

    /// An argument has the right form but no meaning here.
    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidArgumentException", message)
    }

    /// The caller may not read this resource, or there is none.
    pub(crate) fn not_authorized(message: impl Into<String>) -> Self {
        Self::new(400, "NotAuthorizedException", message)
    }

    // CloudWatch.

    /// A parameter's value makes no sense.
    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValueException", message).with_query_code("InvalidParameterValue")
    }

    /// Parameters that do not go together.
    pub(crate) fn invalid_combination(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterCombinationException", message).with_query_code("InvalidParameterCombination")
    }

    /// A parameter is missing.
    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message = format!("The parameter {name} is required.");
        Self::new(400, "MissingRequiredParameterException", message).with_query_code("MissingParameter")
    }

    /// A paging token is not one of ours.
    pub(crate) fn invalid_next_token() -> Self {
        Self::new(400, "InvalidNextToken", "The next token specified is invalid.")
    }

    /// No alarm of that name.
    pub(crate) fn alarm_not_found() -> Self {
        Self::new(404, "ResourceNotFound", "")
    }

    // SNS.

    /// A value SNS does not take.
    pub(crate) fn invalid_sns_parameter(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameter", message)
    }

    /// No topic of that ARN.
    pub(crate) fn topic_not_found() -> Self {
        Self::new(404, "NotFound", "Topic does not exist")
    }

    // RDS.

    /// No instance of that name.
    pub(crate) fn instance_not_found(name: &str) -> Self {
        Self::new(404, "DBInstanceNotFound", format!("DBInstance {name} not found."))
    }

    /// RDS's word for a bad value.
    pub(crate) fn invalid_rds_value(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValue", message)
    }

    // The tiers around databases.

    /// No balancer of that name or ARN.
    pub(crate) fn load_balancer_not_found(name: &str) -> Self {
        Self::new(400, "LoadBalancerNotFound", format!("Load balancers '[{name}]' not found"))
    }

    /// No target group of that ARN.
    pub(crate) fn target_group_not_found() -> Self {
        Self::new(400, "TargetGroupNotFound", "One or more target groups not found")
    }

    /// No function of that name.
    pub(crate) fn function_not_found(arn: &str) -> Self {
        Self::new(404, "ResourceNotFoundException", format!("Function not found: {arn}"))
    }

    /// A function without a policy.
    pub(crate) fn policy_not_found() -> Self {
        Self::new(404, "ResourceNotFoundException", "The resource you requested does not exist.")
    }

    /// Lambda's word for a bad value.
    pub(crate) fn invalid_lambda_parameter(message: &str) -> Self {
        Self::new(400, "InvalidParameterValueException", message)
    }

    /// No cluster of that name.
    pub(crate) fn cluster_not_found() -> Self {
        Self::new(400, "ClusterNotFoundException", "Cluster not found.")
    }

    /// ECS's word for a bad value.
    pub(crate) fn invalid_ecs_parameter(message: &str) -> Self {
        Self::new(400, "InvalidParameterException", message)
    }

    /// The tagging API's word for a bad value.
    pub(crate) fn invalid_tagging_parameter(message: &str) -> Self {
        Self::new(400, "InvalidParameterException", message)
    }

    /// A token of the tagging API that is not one of ours.
    pub(crate) fn pagination_token_expired() -> Self {
        Self::new(400, "PaginationTokenExpiredException", "The pagination token is invalid or has expired.")
    }
}
