//! Execution plans. // PI `GetDimensionKeyDetails`, group `db.execution_plan`
//!
//! AWS documents that a plan is found by its id and told as `raw_plan`; not what that looks like, nor
//! that the id is the one load is grouped by (`db.plans.id`). Assumed is the latter, and PostgreSQL's
//! own `EXPLAIN (FORMAT JSON)`; anything else becomes a [`PlanFlaw`], never a guess.

use samples::{Instance, Plan, PlanFlaw, PlanNode};
use serde_json::Value;
use units::{Engine, Timestamp};

use crate::access::{Collector, Lane};
use crate::detail::{Detail, DetailName};
use crate::error::CollectError;

const PLAN: DetailName = DetailName { group: "db.execution_plan", dimension: "raw_plan" };
/// Most nodes read of one plan. How deep it goes is bounded by what `serde_json` reads (128 levels).
const MOST_NODES: usize = 500;
/// Longest condition kept, characters.
const LONGEST_CONDITION: usize = 500;
/// What is told of a node besides its names and figures: expressions, which are masked. Whatever is
/// not in this list stays behind.
const CONDITIONS: [&str; 12] = [
    "Index Cond",
    "Recheck Cond",
    "Filter",
    "Join Filter",
    "Hash Cond",
    "Merge Cond",
    "TID Cond",
    "One-Time Filter",
    "Order By",
    "Sort Key",
    "Presorted Key",
    "Group Key",
];

impl Collector {
    /// The plan of an id; one that AWS does not have comes with that flaw.
    ///
    /// # Errors
    /// [`CollectError`] of the call, unless AWS says that it has no such plan.
    pub async fn fetch_plan(
        &self,
        instance: &Instance,
        id: &str,
        now: Timestamp,
        lane: Lane,
    ) -> Result<Plan, CollectError> {
        let flawed = |flaw: PlanFlaw| Plan { id: id.to_owned(), asked: now, root: None, flaw: Some(flaw) };
        let text = match self.detail(instance, PLAN, id, lane).await? {
            Detail::Available(text) => text,
            Detail::Unavailable(reason) => return Ok(flawed(PlanFlaw::Unavailable { reason })),
        };
        Ok(match read_plan(&text, instance.engine) {
            Some(root) => Plan { id: id.to_owned(), asked: now, root: Some(root), flaw: None },
            None => flawed(PlanFlaw::UnknownShape),
        })
    }
}

/// Reads a plan; `None` for one that cannot be read.
fn read_plan(text: &str, engine: Engine) -> Option<PlanNode> {
    let value: Value = serde_json::from_str(text).ok()?;
    // `EXPLAIN` gives a list of one, `auto_explain` the one.
    let statement = value.get(0).unwrap_or(&value);
    let mut left = MOST_NODES;
    read_node(statement.get("Plan")?, engine, &mut left)
}

fn read_node(node: &Value, engine: Engine, left: &mut usize) -> Option<PlanNode> {
    *left = left.checked_sub(1)?;
    let word = |name: &str| node.get(name).and_then(Value::as_str).filter(|word| !word.is_empty()).map(str::to_owned);
    let figure = |name: &str| node.get(name).and_then(Value::as_f64);
    let name = word("Relation Name").or_else(|| word("CTE Name")).or_else(|| word("Function Name"));
    let alias = word("Alias").filter(|alias| name.as_ref().is_some_and(|name| name != alias));
    let relation = name.map(|name| match word("Schema") {
        Some(schema) => format!("{schema}.{name}"),
        None => name,
    });
    let nodes = node.get("Plans").and_then(Value::as_array).into_iter().flatten();
    let below = nodes.filter_map(|node| read_node(node, engine, left)).collect();
    Some(PlanNode {
        operation: operation(&word("Node Type")?, word("Strategy").as_deref(), word("Operation").as_deref()),
        join: word("Join Type"),
        alias,
        relation,
        index: word("Index Name"),
        part: word("Subplan Name"),
        conditions: CONDITIONS
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), condition(node.get(name)?, engine)?)))
            .collect(),
        cost: figure("Total Cost"),
        rows: figure("Plan Rows"),
        below,
    })
}

/// The name `EXPLAIN` gives a node as text: `HashAggregate`, `Update`.
fn operation(kind: &str, strategy: Option<&str>, operation: Option<&str>) -> String {
    match (kind, strategy, operation) {
        ("Aggregate", Some("Hashed"), _) => "HashAggregate".to_owned(),
        ("Aggregate", Some("Sorted"), _) => "GroupAggregate".to_owned(),
        ("ModifyTable", _, Some(operation)) => operation.to_owned(),
        (kind, ..) => kind.to_owned(),
    }
}

/// An expression, or a list of them, with its literals masked.
fn condition(value: &Value, engine: Engine) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(keys) => keys.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => return None,
    };
    let masked = sql_digest::masked(&text, engine);
    Some(masked.chars().take(LONGEST_CONDITION).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"[{"Plan":{"Node Type":"Nested Loop","Join Type":"Inner","Total Cost":16.6,"Plan Rows":1,
        "Output":["a.secret_column","'secret output'"],"Plans":[
        {"Node Type":"Index Scan","Schema":"shop","Relation Name":"orders","Alias":"o","Index Name":"orders_pkey",
         "Index Cond":"(o.id = 4711)","Filter":"((o.status)::text = 'top secret'::text)","Total Cost":8.3,"Plan Rows":1},
        {"Node Type":"Aggregate","Strategy":"Hashed","Group Key":["books.id","('x'::text)"],"Plans":[
         {"Node Type":"Seq Scan","Relation Name":"books","Alias":"books","Filter":"(title ~~ '%war%'::text)"}]}]}}]"#;

    #[test]
    fn a_tree_is_read_and_literals_stay_behind() {
        let root = read_plan(PLAN, Engine::Postgres).unwrap();
        assert_eq!(
            (root.operation.as_str(), root.join.as_deref(), root.cost),
            ("Nested Loop", Some("Inner"), Some(16.6))
        );
        let scan = &root.below[0];
        assert_eq!((scan.relation.as_deref(), scan.alias.as_deref()), (Some("shop.orders"), Some("o")));
        assert_eq!(scan.index.as_deref(), Some("orders_pkey"));
        assert_eq!(scan.conditions[0], ("Index Cond".to_owned(), "(o.id = ?)".to_owned()));
        assert_eq!((root.below[1].operation.as_str(), root.below[1].cost), ("HashAggregate", None));
        assert_eq!(root.below[1].below[0].alias, None, "the same name twice says nothing");
        let all = serde_json::to_string(&root).unwrap();
        for literal in ["4711", "secret", "war", "'x'"] {
            assert!(!all.contains(literal), "{literal} in {all}");
        }
    }

    #[test]
    fn other_shapes_are_told_not_guessed() {
        assert_eq!(read_plan("Seq Scan on orders  (cost=0.00..1.01 rows=1 width=4)", Engine::Postgres), None);
        assert_eq!(read_plan("[]", Engine::Postgres), None);
        assert_eq!(read_plan(r#"[{"Plan":{"Operation":"x"}}]"#, Engine::Postgres), None);
    }

    #[test]
    fn nobody_can_make_it_endless() {
        fn count(node: &PlanNode) -> usize {
            1 + node.below.iter().map(count).sum::<usize>()
        }
        let wide = vec![r#"{"Node Type":"Result"}"#; 2 * MOST_NODES].join(",");
        let root = read_plan(&format!(r#"{{"Plan":{{"Node Type":"Append","Plans":[{wide}]}}}}"#), Engine::Postgres);
        assert_eq!(count(&root.unwrap()), MOST_NODES);
        let deep = r#"{"Node Type":"Limit","Plans":["#.repeat(10_000);
        assert_eq!(read_plan(&format!(r#"{{"Plan":{deep}"#), Engine::Postgres), None);
    }
}
