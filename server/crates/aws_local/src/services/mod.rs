//! The services, one module each, found by what a request names.
//!
//! A service is a table: how requests name it in each format, and its operations. Adding a service is
//! adding a module with such a table to [`SERVICES`].

mod autoscaling;
mod cloudwatch;
mod ecs;
mod elbv2;
pub(crate) mod lambda;
mod pi;
mod rds;
mod sns;
mod sts;
mod tagging;

pub(crate) use cloudwatch::evaluate_alarms;

use crate::auth::Caller;
use crate::error::ServiceError;
use crate::faults::{Behaviour, SLOW_MS};
use crate::input::{Input, Style};
use crate::wire::Value;
use crate::world::World;
use std::cell::Cell;

/// All services on the port.
pub(crate) static SERVICES: &[&Service] = &[
    &pi::SERVICE,
    &cloudwatch::SERVICE,
    &rds::SERVICE,
    &sns::SERVICE,
    &sts::SERVICE,
    &elbv2::SERVICE,
    &autoscaling::SERVICE,
    &lambda::SERVICE,
    &ecs::SERVICE,
    &tagging::SERVICE,
];

/// A tag as most services write it.
fn tag(key: &str, value: &str) -> Value {
    Value::map([("Key", Value::text(key)), ("Value", Value::text(value))])
}

/// Everything the endpoint can do: the prefix of IAM actions of the service, and the operation.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of =
        |service: &'static Service| service.operations.iter().map(|operation| (service.action_prefix, operation.name));
    SERVICES.iter().copied().flat_map(of)
}

/// How a service is addressed, and what it can do.
#[derive(Debug)]
pub(crate) struct Service {
    /// Prefix of IAM actions, e.g. `rds`.
    pub(crate) action_prefix: &'static str,
    /// Service names in the credential scope.
    pub(crate) signing_name: &'static str,
    /// `X-Amz-Target` prefix and RPC path segment; empty where there is neither.
    pub(crate) target: &'static str,
    /// `Version` of the Query form; empty where there is none.
    pub(crate) query_version: &'static str,
    /// XML name space of the Query form.
    pub(crate) xml_namespace: &'static str,
    /// Shape name space of CBOR errors.
    pub(crate) shape_namespace: &'static str,
    /// How broken constraints are worded.
    pub(crate) style: Style,
    pub(crate) operations: &'static [Operation],
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) handler: fn(&Call<'_>) -> Result<Value, ServiceError>,
}

/// One request, read and admitted.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a World,
    pub(crate) caller: &'a Caller,
    pub(crate) input: Input<'a>,
    /// The answer is held back this long, milliseconds.
    pub(crate) delay_ms: Cell<u64>,
}

/// Calls an operation of CloudWatch from within, with the members of its input as JSON.
pub(crate) fn call_cloudwatch(world: &World, operation: &str, input: serde_json::Value) -> Result<(), String> {
    let (region, service) = (world.region().to_owned(), cloudwatch::SERVICE.signing_name.to_owned());
    let caller = Caller { access_key: "local".to_owned(), region, service };
    let value = crate::wire::from_json(input);
    let call = Call { world, caller: &caller, input: Input::new(&value, Style::Detailed), delay_ms: Cell::new(0) };
    let found = cloudwatch::SERVICE.operation(operation).map_err(|error| error.message)?;
    (found.handler)(&call).map(|_| ()).map_err(|error| error.message)
}

impl Service {
    /// The operation of that name.
    pub(crate) fn operation(&self, name: &str) -> Result<&'static Operation, ServiceError> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
            .ok_or_else(|| ServiceError::unknown_operation(name))
    }
}

impl Call<'_> {
    /// What reading a resource of this behaviour does before any data is looked at.
    pub(crate) fn meet(&self, behaviour: Behaviour, action: &str, resource: &str) -> Result<(), ServiceError> {
        match behaviour {
            Behaviour::Denied if action.starts_with("pi:") => Err(ServiceError::not_authorized(format!(
                "User: arn:aws:iam::000000000000:user/local is not authorized to perform: {action} on resource: {resource}"
            ))),
            Behaviour::Denied => Err(ServiceError::access_denied(action, resource)),
            Behaviour::Throttled => Err(ServiceError::throttled()),
            Behaviour::Slow => {
                self.delay_ms.set(SLOW_MS);
                Ok(())
            }
            Behaviour::Gaps | Behaviour::PiOff | Behaviour::Ordinary => Ok(()),
        }
    }
}
