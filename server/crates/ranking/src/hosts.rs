//! What the addresses that a database sees belong to, as discovery found it.

use units::Dimension;

use crate::Result;
use crate::reader::Lookup;

/// Adds to the labels of addresses what they belong to: `10.0.1.17 · checkout`. Labels of other
/// dimensions, and addresses nobody knows, stay.
pub(crate) fn name_hosts<'a>(
    lookup: &Lookup,
    dimension: Dimension,
    labels: impl IntoIterator<Item = &'a mut String>,
) -> Result<()> {
    if dimension != Dimension::Host {
        return Ok(());
    }
    let topology = lookup.archive.topology()?;
    for label in labels {
        let owner = topology.addresses.get(label).and_then(|arn| topology.resource(arn));
        if let Some(owner) = owner {
            label.push_str(" · ");
            label.push_str(&owner.name);
        }
    }
    Ok(())
}
