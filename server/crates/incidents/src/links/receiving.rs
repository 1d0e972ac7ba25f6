//! Templates that make AWS tell us about alarms: an EventBridge rule, or an SNS topic.

use super::description::Dashboard;
use super::quoted;
use super::terraform::literal;

/// The tool a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CloudFormation, YAML.
    CloudFormation,
    /// Terraform.
    Terraform,
    /// Commands of the AWS CLI.
    Cli,
}

/// The events a rule matches.
const PATTERN: &str = r#"{"source":["aws.cloudwatch"],"detail-type":["CloudWatch Alarm State Change","CloudWatch Alarm Configuration Change","CloudWatch Alarm Contributor State Change"]}"#;

/// An EventBridge rule with an API destination that posts to `/hooks/eventbridge`. The key is a
/// parameter: no secret stands in a template.
#[must_use]
pub fn event_rule(dashboard: &Dashboard, format: Format) -> String {
    let url = format!("{}/hooks/eventbridge", dashboard.base());
    match format {
        Format::CloudFormation => EVENTS_CLOUDFORMATION.replace("@URL@", &quoted(&url)).replace("@PATTERN@", PATTERN),
        Format::Terraform => EVENTS_TERRAFORM.replace("@URL@", &literal(&url)).replace("@PATTERN@", &literal(PATTERN)),
        Format::Cli => EVENTS_CLI.replace("@URL@", &url).replace("@PATTERN@", PATTERN),
    }
}

/// An SNS topic with signature version 2, and its subscription of `/hooks/sns`.
#[must_use]
pub fn sns_subscription(dashboard: &Dashboard, format: Format) -> String {
    let url = format!("{}/hooks/sns", dashboard.base());
    let protocol = if url.starts_with("https:") { "https" } else { "http" };
    let template = match format {
        Format::CloudFormation => SNS_CLOUDFORMATION.replace("@URL@", &quoted(&url)),
        Format::Terraform => SNS_TERRAFORM.replace("@URL@", &literal(&url)),
        Format::Cli => SNS_CLI.replace("@URL@", &url),
    };
    template.replace("@PROTOCOL@", protocol)
}

const EVENTS_CLOUDFORMATION: &str = r"Parameters:
  LoadlensKey:
    Type: String
    NoEcho: true
    MinLength: 24
Resources:
  LoadlensConnection:
    Type: AWS::Events::Connection
    Properties:
      AuthorizationType: API_KEY
      AuthParameters:
        ApiKeyAuthParameters:
          ApiKeyName: x-loadlens-key
          ApiKeyValue: !Ref LoadlensKey
  LoadlensDestination:
    Type: AWS::Events::ApiDestination
    Properties:
      ConnectionArn: !GetAtt LoadlensConnection.Arn
      HttpMethod: POST
      InvocationEndpoint: @URL@
      InvocationRateLimitPerSecond: 20
  LoadlensRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: post
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: events:InvokeApiDestination
                Resource: !GetAtt LoadlensDestination.Arn
  LoadlensRule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: @PATTERN@
      Targets:
        - Id: loadlens
          Arn: !GetAtt LoadlensDestination.Arn
          RoleArn: !GetAtt LoadlensRole.Arn
";

const EVENTS_TERRAFORM: &str = r#"variable "loadlens_key" {
  type      = string
  sensitive = true
}

resource "aws_cloudwatch_event_connection" "loadlens" {
  name               = "loadlens"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-loadlens-key"
      value = var.loadlens_key
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "loadlens" {
  name                             = "loadlens"
  connection_arn                   = aws_cloudwatch_event_connection.loadlens.arn
  http_method                      = "POST"
  invocation_endpoint              = @URL@
  invocation_rate_limit_per_second = 20
}

resource "aws_iam_role" "loadlens_events" {
  name_prefix = "loadlens-events-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "loadlens_events" {
  role = aws_iam_role.loadlens_events.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:InvokeApiDestination"
      Resource = aws_cloudwatch_event_api_destination.loadlens.arn
    }]
  })
}

resource "aws_cloudwatch_event_rule" "loadlens" {
  name_prefix   = "loadlens-alarms-"
  event_pattern = @PATTERN@
}

resource "aws_cloudwatch_event_target" "loadlens" {
  rule     = aws_cloudwatch_event_rule.loadlens.name
  arn      = aws_cloudwatch_event_api_destination.loadlens.arn
  role_arn = aws_iam_role.loadlens_events.arn
}
"#;

const EVENTS_CLI: &str = r#"# KEY: the value of eventbridge-key. ROLE: a role that events.amazonaws.com may assume and that
# allows events:InvokeApiDestination.
aws events create-connection --name loadlens --authorization-type API_KEY \
  --auth-parameters "{\"ApiKeyAuthParameters\":{\"ApiKeyName\":\"x-loadlens-key\",\"ApiKeyValue\":\"$KEY\"}}"
aws events create-api-destination --name loadlens --http-method POST --invocation-endpoint '@URL@' \
  --connection-arn "$(aws events describe-connection --name loadlens --query ConnectionArn --output text)"
aws events put-rule --name loadlens-alarms --event-pattern '@PATTERN@'
aws events put-targets --rule loadlens-alarms --targets \
  "Id=loadlens,RoleArn=$ROLE,Arn=$(aws events describe-api-destination --name loadlens --query ApiDestinationArn --output text)"
"#;

const SNS_CLOUDFORMATION: &str = r"Resources:
  LoadlensTopic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: loadlens-alarms
      SignatureVersion: '2'
  LoadlensSubscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref LoadlensTopic
      Protocol: @PROTOCOL@
      Endpoint: @URL@
      RawMessageDelivery: false
Outputs:
  SnsTopics:
    Description: Put this into sns-topics of Loadlens before the subscription is made
    Value: !Ref LoadlensTopic
";

const SNS_TERRAFORM: &str = r#"resource "aws_sns_topic" "loadlens" {
  name              = "loadlens-alarms"
  signature_version = 2
}

# Put the topic's ARN into sns-topics of Loadlens first: it confirms only topics it knows.
resource "aws_sns_topic_subscription" "loadlens" {
  topic_arn              = aws_sns_topic.loadlens.arn
  protocol               = "@PROTOCOL@"
  endpoint               = @URL@
  endpoint_auto_confirms = true
  raw_message_delivery   = false
}
"#;

const SNS_CLI: &str = r#"TOPIC=$(aws sns create-topic --name loadlens-alarms --attributes SignatureVersion=2 --query TopicArn --output text)
echo "put $TOPIC into sns-topics of Loadlens, restart it, then:"
aws sns subscribe --topic-arn "$TOPIC" --protocol @PROTOCOL@ --notification-endpoint '@URL@'
"#;
