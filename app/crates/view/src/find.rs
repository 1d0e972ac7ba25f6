//! What a search finds.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, ResourceId};

use crate::InstanceFacts;

/// What a text finds, the most load first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundView {
    /// Instances by name, id, engine or class.
    pub instances: Vec<InstanceFacts>,
    /// Statements by text or id.
    pub digests: Vec<FoundDigest>,
    /// Tables by name.
    pub tables: Vec<FoundTable>,
}

/// A statement that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundDigest {
    /// Its digest.
    pub digest: DigestId,
    /// Normal form, shortened.
    pub statement: String,
    /// Where it ran in the last day, the most load first.
    pub places: Vec<FoundPlace>,
}

/// A table that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundTable {
    /// Its name.
    pub table: String,
    /// Where statements on it ran in the last day, the most load first.
    pub places: Vec<FoundPlace>,
}

/// An instance where something ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundPlace {
    /// The instance.
    pub instance: ResourceId,
    /// Its name.
    pub name: String,
    /// Mean load over the last day.
    pub mean: Aas,
}
