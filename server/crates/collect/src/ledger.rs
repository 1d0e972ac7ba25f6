//! Counts every request that leaves the process, retries included.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Calls of one API since the ledger was last emptied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent, retries included.
    pub calls: u64,
    /// Units AWS bills: metrics for `GetMetricData`, requests otherwise.
    pub billed_units: u64,
}

/// Calls by IAM action (`pi:GetResourceMetrics`). Clones share one count.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<BTreeMap<String, Tally>>>);

impl Ledger {
    /// What was counted since the last call; counting begins anew.
    #[must_use]
    pub fn take(&self) -> BTreeMap<String, Tally> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn add(&self, action: &str, calls: u64, billed_units: u64) {
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tallies.entry(action.to_owned()).or_default();
        tally.calls += calls;
        tally.billed_units += billed_units;
    }

    /// Adds units to a call whose price is not by request.
    pub(crate) fn add_units(&self, action: &str, units: u64) {
        self.add(action, 0, units);
    }
}

/// The API whose price is by metric instead of by request.
pub(crate) const BILLED_BY_METRIC: &str = "cloudwatch:GetMetricData";

/// Counts the attempts of one service's client.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) service: &'static str,
    pub(crate) ledger: Ledger,
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Count {
    fn name(&self) -> &'static str {
        "CountCalls"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = bag.load::<Metadata>().map_or("unknown", Metadata::name);
        let action = format!("{}:{operation}", self.service);
        let billed = u64::from(action != BILLED_BY_METRIC);
        self.ledger.add(&action, 1, billed);
        Ok(())
    }
}
