//! Plans that were executed: their ids, one text of each, and which sampled seconds they explain.
//!
//! A server tells a plan when the statement has ended; the seconds it was sampled in are then given
//! the plan after the fact. A statement that is never told (too fast, or the server does not tell)
//! stays without.

use super::codec;
use super::dictionary::{Column, hex_id};
use super::instance::InstanceData;
use super::load::{MINUTES_KEPT_SECS, minute_of};
use crate::store::{Store, Write};
use sampler::ExecutedPlan;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Sessions of this many seconds are remembered; of a statement that runs longer, the older seconds
/// stay without a plan.
const REMEMBERED_SECS: i64 = 900;
/// A statement ended at most this long before its plan was read in the log.
const READ_LATE_SECS: i64 = 3;
/// Most plans kept of one instance; of further ones only the id is known.
const MOST_PLANS: usize = 2_000;
/// Longest text of a plan kept, bytes.
const LONGEST_PLAN: usize = 262_144;
/// That a plan is still in use is written down this often.
pub(crate) const SEEN_STEP_SECS: i64 = 3_600;
/// What makes the shape of a node: what is done, to what, by which index. Costs, row counts and
/// conditions do not: they differ from one execution to the next.
const SHAPE: [&str; 10] = [
    "Node Type",
    "Strategy",
    "Partial Mode",
    "Operation",
    "Join Type",
    "Parent Relationship",
    "Schema",
    "Relation Name",
    "Index Name",
    "Function Name",
];

/// Id of a plan in the form of `EXPLAIN (FORMAT JSON)`: a hash of its shape. `None` for other forms.
pub(crate) fn plan_id(plan: &str) -> Option<String> {
    let plan: Value = serde_json::from_str(plan).ok()?;
    let root = plan.get(0)?.get("Plan")?;
    let mut shape = String::new();
    write_shape(root, &mut shape);
    Some(hex_id("plan", &shape))
}

fn write_shape(node: &Value, shape: &mut String) {
    for name in SHAPE {
        // Separators that are in no name.
        shape.push_str(node.get(name).and_then(Value::as_str).unwrap_or_default());
        shape.push('\u{1f}');
    }
    let below = node.get("Plans").and_then(Value::as_array);
    below.into_iter().flatten().for_each(|node| write_shape(node, shape));
    shape.push('\u{1e}');
}

/// A plan that is kept.
#[derive(Debug)]
struct KeptPlan {
    seen_secs: i64,
    text: Arc<str>,
}

/// The plans of one instance.
#[derive(Debug, Default)]
pub(crate) struct PlanStore {
    kept: BTreeMap<String, KeptPlan>,
    /// By second: sessions that have no plan yet, as process id and combination.
    recent: VecDeque<(i64, Vec<(i64, u32)>)>,
}

impl PlanStore {
    /// Remembers the sessions of a second, until a plan explains them.
    pub(crate) fn remember(&mut self, at_secs: i64, sessions: Vec<(i64, u32)>) {
        self.recent.push_back((at_secs, sessions));
        while self.recent.front().is_some_and(|(first, _)| at_secs - first > REMEMBERED_SECS) {
            self.recent.pop_front();
        }
    }

    /// Takes the seconds of an execution out of what is remembered: those in which the session ran a
    /// statement that `is_it`, from its begin to now. A second belongs to one execution only.
    pub(crate) fn claim(
        &mut self,
        session_id: i64,
        read_secs: i64,
        duration_ms: f64,
        is_it: impl Fn(u32) -> bool,
    ) -> Vec<(i64, u32)> {
        let from = read_secs - READ_LATE_SECS - (duration_ms / 1_000.0).ceil() as i64;
        let mut claimed = Vec::new();
        for (at, sessions) in self.recent.iter_mut().rev().take_while(|(at, _)| *at >= from) {
            let found = sessions.iter().position(|(id, combination)| *id == session_id && is_it(*combination));
            claimed.extend(found.map(|place| (*at, sessions.swap_remove(place).1)));
        }
        claimed
    }

    /// Keeps a plan; true if that is to be written down.
    pub(crate) fn keep(&mut self, id: &str, seen_secs: i64, text: &Arc<str>) -> bool {
        let is_full = self.kept.len() >= MOST_PLANS;
        match self.kept.get_mut(id) {
            Some(plan) if seen_secs - plan.seen_secs < SEEN_STEP_SECS => false,
            Some(plan) => {
                *plan = KeptPlan { seen_secs, text: text.clone() };
                true
            }
            None if is_full || text.len() > LONGEST_PLAN => false,
            None => {
                self.restore(id.to_owned(), seen_secs, text.clone());
                true
            }
        }
    }

    /// Enters a plan read back from disk.
    pub(crate) fn restore(&mut self, id: String, seen_secs: i64, text: Arc<str>) {
        self.kept.insert(id, KeptPlan { seen_secs, text });
    }

    /// Text of a plan.
    pub(crate) fn text(&self, id: &str) -> Option<&Arc<str>> {
        self.kept.get(id).map(|plan| &plan.text)
    }

    /// Drops what is too old: the SQL in the store says the same.
    pub(crate) fn expire(&mut self, now_secs: i64) {
        self.kept.retain(|_, plan| now_secs - plan.seen_secs <= MINUTES_KEPT_SECS + SEEN_STEP_SECS);
    }
}

impl InstanceData {
    /// Enters plans of statements that ended: the seconds they were sampled in get their plan.
    pub(crate) fn add_plans(&mut self, plans: &[ExecutedPlan], store: &Store) {
        for plan in plans {
            let Some(id) = plan_id(&plan.plan) else { continue };
            if self.plans.keep(&id, plan.read_secs, &plan.plan) {
                let (instance, seen_secs, text) = (self.number, plan.read_secs, plan.plan.clone());
                store.write(Write::Plan { instance, id: id.clone(), seen_secs, text });
            }
            let number = self.dictionary.name(Some(&id));
            let dictionary = &self.dictionary;
            // Sessions may show a text that the server has cut.
            let is_it = |combination: u32| {
                let combination = dictionary.combination_of(combination);
                let statement = combination.and_then(|found| dictionary.statement_of(found.get(Column::Statement)));
                statement.is_some_and(|statement| plan.statement.starts_with(&*statement.text))
            };
            for (at_secs, combination) in self.plans.claim(plan.session_id, plan.read_secs, plan.duration_ms, is_it) {
                self.explain_second(at_secs, combination, number, store);
            }
        }
        self.save_learned(store);
    }

    /// Gives one session of a second its plan, in the second and in its minute.
    fn explain_second(&mut self, at_secs: i64, from: u32, plan: u32, store: &Store) {
        let Some(mut combination) = self.dictionary.combination_of(from).copied() else { return };
        let mut bare = combination;
        bare.set(Column::Statement, 0);
        combination.set(Column::Plan, plan);
        let to = self.dictionary.combination(combination);
        if let Some(sessions) = self.load.move_in_second(at_secs, from, to) {
            let blob = codec::write_sessions(sessions);
            store.write(Write::Second { instance: self.number, at_secs, blob });
        }
        let minute = minute_of(at_secs);
        if !self.load.move_in_minute(minute, from, to) {
            // The minute is closed and no longer tells this statement from others of its digest.
            let from = self.dictionary.combination(bare);
            bare.set(Column::Plan, plan);
            let to = self.dictionary.combination(bare);
            self.load.move_in_minute(minute, from, to);
        }
        self.unsaved.insert(minute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(index: &str, cost: f64, condition: &str) -> String {
        serde_json::json!([{ "Plan": { "Node Type": "Nested Loop", "Join Type": "Inner", "Total Cost": cost, "Plans": [
            { "Node Type": "Index Scan", "Index Name": index, "Relation Name": "a", "Index Cond": condition },
            { "Node Type": "Seq Scan", "Relation Name": "b" } ] } }])
        .to_string()
    }

    #[test]
    fn the_id_is_the_shape() {
        let id = plan_id(&plan("a_pkey", 1.0, "(id = 1)")).unwrap();
        assert_eq!(plan_id(&plan("a_pkey", 9.5, "(id = 2)")).unwrap(), id, "costs and literals do not count");
        assert_ne!(plan_id(&plan("a_name", 1.0, "(id = 1)")).unwrap(), id);
        assert_eq!(id.len(), 40);
        assert_eq!(plan_id("Seq Scan on a"), None);
        let nested = |below: &str| format!(r#"[{{"Plan":{{"Node Type":"A","Plans":[{below}]}}}}]"#);
        let beside = plan_id(&nested(r#"{"Node Type":"B"},{"Node Type":"C"}"#));
        let under = plan_id(&nested(r#"{"Node Type":"B","Plans":[{"Node Type":"C"}]}"#));
        assert_ne!(beside, under, "levels count");
    }

    #[test]
    fn a_second_is_claimed_once_and_by_its_own_execution() {
        let mut store = PlanStore::default();
        for at in 100..110 {
            store.remember(at, vec![(1, 7), (2, 7), (3, 8)]);
        }
        let is_seven = |combination| combination == 7;
        assert_eq!(store.claim(1, 109, 1_500.0, is_seven), [109, 108, 107, 106, 105, 104].map(|at| (at, 7)));
        assert_eq!(store.claim(1, 109, 1_500.0, is_seven), []);
        assert_eq!(store.claim(3, 109, 1_500.0, is_seven), [], "it ran another statement");
        store.remember(109 + REMEMBERED_SECS + 1, Vec::new());
        assert_eq!(store.claim(2, 109, 1e9, is_seven), [], "too long ago");
    }

    #[test]
    fn plans_in_use_are_written_down_now_and_then() {
        let (mut store, text) = (PlanStore::default(), Arc::from("[]"));
        assert!(store.keep("A", 0, &text) && !store.keep("A", 60, &text) && store.keep("A", 3_600, &text));
        store.expire(3_600 + MINUTES_KEPT_SECS);
        assert!(store.text("A").is_some());
        store.expire(7_201 + MINUTES_KEPT_SECS);
        assert!(store.text("A").is_none());
    }
}
