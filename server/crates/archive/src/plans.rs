//! What plans are. Load by plan is load like any other and lies with it.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use samples::Plan;
use units::{ResourceId, Timestamp};

use crate::error::Result;
use crate::facts::json;

/// Keeps a plan. A tree that is known is not given up for a flaw: the source has forgotten it.
pub(crate) fn put(connection: &Connection, instance: &ResourceId, plan: &Plan) -> Result<()> {
    let known = list(connection, instance, &[&plan.id])?.remove(&plan.id);
    let kept = match known {
        Some(known) if known.root.is_some() && plan.root.is_none() => Plan { asked: plan.asked, ..known },
        _ => plan.clone(),
    };
    connection
        .prepare_cached(
            "INSERT INTO plan (instance, id, asked, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET asked = excluded.asked, body = excluded.body",
        )?
        .execute(params![instance.as_str(), kept.id, kept.asked.secs(), json(&kept)?])?;
    Ok(())
}

/// The plans of these ids that are known.
pub(crate) fn list<S: AsRef<str>>(
    connection: &Connection,
    instance: &ResourceId,
    ids: &[S],
) -> Result<BTreeMap<String, Plan>> {
    let mut select = connection.prepare_cached("SELECT body FROM plan WHERE instance = ?1 AND id = ?2")?;
    let mut plans = BTreeMap::new();
    for id in ids {
        let body: Option<String> =
            select.query_row(params![instance.as_str(), id.as_ref()], |row| row.get(0)).optional()?;
        if let Some(plan) = body.and_then(|body| serde_json::from_str::<Plan>(&body).ok()) {
            plans.insert(plan.id.clone(), plan);
        }
    }
    Ok(plans)
}

pub(crate) fn expire(connection: &Connection, oldest: Timestamp) -> Result<usize> {
    Ok(connection.prepare_cached("DELETE FROM plan WHERE asked <= ?1")?.execute([oldest.secs()])?)
}
