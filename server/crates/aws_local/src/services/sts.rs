//! STS: who is asking.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::Style;
use crate::wire::Value;
use crate::world::instance::ACCOUNT;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "sts",
    signing_name: "sts",
    target: "",
    query_version: "2011-06-15",
    xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    shape_namespace: "com.amazonaws.sts",
    style: Style::Detailed,
    operations: &[Operation { name: "GetCallerIdentity", handler: get_caller_identity }],
};

fn get_caller_identity(call: &Call<'_>) -> Result<Value, ServiceError> {
    Ok(Value::map([
        ("Arn", Value::text(format!("arn:aws:iam::{ACCOUNT}:user/local"))),
        ("UserId", Value::text(call.caller.access_key.as_str())),
        ("Account", Value::text(ACCOUNT)),
    ]))
}
