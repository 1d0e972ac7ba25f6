//! Links on CloudWatch dashboards.

use super::description::Dashboard;
use super::quoted;

/// Markdown of a text widget: a button that opens a page over the last `hours` hours. Text widgets
/// do not know the dashboard's time range; [`custom_widget`] does.
#[must_use]
pub fn text_widget(dashboard: &Dashboard, path: &str, hours: u32) -> String {
    format!("[button:primary:Open in Loadlens]({}{path}?from=now-{hours}h&to=now)\n", dashboard.base())
}

/// CloudFormation of a custom widget: a Lambda function that answers with a link over exactly the
/// time range, or the zoom, of the dashboard it stands on. The page is a parameter of the widget:
/// `path: /db/db-…`.
#[must_use]
pub fn custom_widget(dashboard: &Dashboard) -> String {
    WIDGET.replace("@BASE@", &quoted(dashboard.base()))
}

const WIDGET: &str = r#"Resources:
  LoadlensWidgetRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
  LoadlensWidget:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: customWidgetLoadlens
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt LoadlensWidgetRole.Arn
      Code:
        ZipFile: |
          from html import escape
          from urllib.parse import quote, urlencode

          BASE = @BASE@

          def handler(event, context):
              if event.get("describe"):
                  return "**Loadlens** Opens a page over this dashboard's time range.\n```yaml\npath: /\n```"
              shown = event["widgetContext"]["timeRange"]
              shown = shown.get("zoom") or shown
              path = quote("/" + str(event.get("path", "/")).lstrip("/"))
              query = urlencode({"from": int(shown["start"]) // 1000, "to": int(shown["end"]) // 1000})
              address = escape(f"{BASE}{path}?{query}", quote=True)
              return f'<a class="btn btn-primary" href="{address}" target="_blank">Open in Loadlens</a>'
"#;
