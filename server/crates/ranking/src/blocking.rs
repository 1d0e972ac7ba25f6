//! Blocking trees from pairs of sessions.

use std::collections::{BTreeMap, BTreeSet};

use view::{BlockingNode, SessionFacts};

/// Deepest level that is drawn; a chain of waits in a healthy program is far shorter.
const DEEPEST: usize = 64;

/// Trees of who waits for whom, the one with most sessions behind its root first. `pairs` are
/// (blocked, blocker); a session may wait for several and then stands under each. The second value
/// tells whether sessions waited for each other in a circle: the circle is cut at its smallest id.
#[must_use]
pub fn blocking_trees(pairs: &[(String, String)], facts: &BTreeMap<String, SessionFacts>) -> (Vec<BlockingNode>, bool) {
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (blocked, blocker) in pairs.iter().filter(|(blocked, blocker)| blocked != blocker) {
        waiting.entry(blocker).or_default().insert(blocked);
    }
    let blocked: BTreeSet<&str> = waiting.values().flatten().copied().collect();
    let mut roots: Vec<&str> = waiting.keys().copied().filter(|session| !blocked.contains(session)).collect();
    let mut reached = BTreeSet::new();
    roots.iter().for_each(|root| reach(root, &waiting, &mut reached));
    // What no root reaches waits in a circle.
    let mut has_cycle = false;
    for session in waiting.keys() {
        if !reached.contains(session) {
            has_cycle = true;
            roots.push(session);
            reach(session, &waiting, &mut reached);
        }
    }
    let mut trees: Vec<BlockingNode> =
        roots.into_iter().map(|root| node(root, &waiting, facts, &mut Vec::new(), &mut has_cycle)).collect();
    trees.sort_by(|a, b| b.blocked_count.cmp(&a.blocked_count).then_with(|| a.session.cmp(&b.session)));
    (trees, has_cycle)
}

fn reach<'a>(session: &'a str, waiting: &BTreeMap<&'a str, BTreeSet<&'a str>>, reached: &mut BTreeSet<&'a str>) {
    let mut next = vec![session];
    while let Some(session) = next.pop() {
        if reached.insert(session) {
            next.extend(waiting.get(session).into_iter().flatten().copied());
        }
    }
}

fn node<'a>(
    session: &'a str,
    waiting: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    facts: &BTreeMap<String, SessionFacts>,
    above: &mut Vec<&'a str>,
    has_cycle: &mut bool,
) -> BlockingNode {
    above.push(session);
    let mut blocked = Vec::new();
    for below in waiting.get(session).into_iter().flatten() {
        if above.contains(below) || above.len() >= DEEPEST {
            *has_cycle = true;
        } else {
            blocked.push(node(below, waiting, facts, above, has_cycle));
        }
    }
    above.pop();
    blocked.sort_by(|a, b| b.blocked_count.cmp(&a.blocked_count).then_with(|| a.session.cmp(&b.session)));
    BlockingNode {
        session: session.to_owned(),
        facts: facts.get(session).cloned().unwrap_or_default(),
        blocked_count: blocked.iter().map(|below| below.blocked_count + 1).sum(),
        blocked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(node: &BlockingNode) -> String {
        let below: Vec<String> = node.blocked.iter().map(show).collect();
        if below.is_empty() { node.session.clone() } else { format!("{}({})", node.session, below.join(" ")) }
    }

    fn trees(pairs: &[(&str, &str)]) -> (Vec<String>, bool) {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let (trees, has_cycle) = blocking_trees(&pairs, &BTreeMap::new());
        (trees.iter().map(show).collect(), has_cycle)
    }

    #[test]
    fn roots_stand_first_with_most_behind_them() {
        let pairs = [("2", "1"), ("3", "2"), ("4", "2"), ("8", "7")];
        assert_eq!(trees(&pairs), (vec!["1(2(3 4))".to_owned(), "7(8)".to_owned()], false));
        assert_eq!(trees(&[]), (Vec::new(), false));
    }

    #[test]
    fn a_circle_is_cut_and_told() {
        assert_eq!(trees(&[("1", "2"), ("2", "1")]), (vec!["1(2)".to_owned()], true));
        assert_eq!(trees(&[("1", "1")]), (Vec::new(), false));
        let long: Vec<(String, String)> =
            (0..200).map(|number| ((number + 1).to_string(), number.to_string())).collect();
        let (trees, _) = blocking_trees(&long, &BTreeMap::new());
        assert_eq!(trees.len(), 1);
    }
}
