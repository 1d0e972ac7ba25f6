//! Bringing back what the archive has dropped since a snapshot was taken.

use archive::Archive;
use samples::{Grouping, Incident};
use units::Period;

use super::Snapshot;

/// When none of the minutes of an incident's window are in the archive any more, puts back what its
/// snapshot holds, so that every page reads it as it did then. Says whether it did.
///
/// # Errors
/// [`archive::Error`] when it cannot be read or kept.
pub fn bring_back(archive: &Archive, incident: &Incident) -> archive::Result<bool> {
    let is_there = match &incident.instance {
        Some(instance) => {
            let load = archive.load(instance, &Grouping::total(), incident.window, Period::MINUTE)?;
            load.covered_secs.iter().any(|secs| *secs > 0)
        }
        None => {
            let first = incident.alarms.first().map(|arn| archive.alarm_series(arn, incident.window)).transpose()?;
            first.is_some_and(|series| !series.is_empty())
        }
    };
    if is_there {
        return Ok(false);
    }
    let Some(bytes) = archive.snapshot(&incident.id)? else { return Ok(false) };
    // A snapshot that cannot be read any more leaves the page with what the archive has.
    let Ok(snapshot) = Snapshot::from_bytes(&bytes) else { return Ok(false) };
    snapshot.put_back(archive)?;
    Ok(true)
}
