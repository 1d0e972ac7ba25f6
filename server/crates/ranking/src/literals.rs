//! Literal skew: which value of which literal carries the load of a digest. Values are keyed hashes
//! from `collect`; nothing here or behind has ever seen one.

use std::collections::{BTreeMap, BTreeSet};

use samples::Statement;
use sql_digest::SpanKind;
use units::{Aas, DbLoadQuery, DigestId, Dimension, Filter, Period, Timestamp};
use view::{LiteralSlot, LiteralValue, LiteralsView, Panel};

use crate::Result;
use crate::facts::{source_of, state_of};
use crate::page::Page;
use crate::reader::{Lookup, Reader, is_covered};
use crate::top_sql::mean_of;

/// Most places and values shown.
const MOST_SLOTS: usize = 8;
const MOST_VALUES: usize = 10;
/// Words shown before a literal.
const WORDS_BEFORE: usize = 4;

/// How the literals of a digest's statements are spread. Asks for the statements under the digest.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn fetch_literals(
    reader: &Reader,
    query: &DbLoadQuery,
    digest: DigestId,
    now: Timestamp,
) -> Result<Panel<LiteralsView>> {
    let query = DbLoadQuery { filters: vec![Filter::is(Dimension::Sql, digest.to_string())], ..query.clone() };
    reader.answer(now, move |lookup| literals_panel(lookup, &Page::of(lookup, &query)?, digest)).await
}

fn literals_panel(lookup: &Lookup, page: &Page, digest: DigestId) -> Result<Panel<LiteralsView>> {
    let (question, index) = page.plan(lookup, Dimension::Statement)?;
    let matrix = page.answer(lookup, &question, &index)?;
    if !is_covered(&matrix) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        return literals_panel(lookup, &page.in_buckets(Period::MINUTE), digest);
    }
    if let Some(state) = state_of(lookup, &page.instance, &matrix) {
        return Ok(state);
    }
    let ids: Vec<&str> = matrix.series.iter().map(|row| row.key.as_str()).collect();
    let statements = lookup.archive.statements(&ids)?;
    let loads: Vec<(&Statement, Aas)> =
        statements.values().map(|statement| (statement, mean_of(&matrix, &statement.pi_id))).collect();
    let shape = lookup.archive.statements_of(digest)?.into_iter().next().map(|statement| statement.normal_form);
    let total = crate::averages::weighted_mean(&matrix.total, &matrix.covered_secs).unwrap_or(0.0);
    Ok(Panel::Data(LiteralsView {
        slots: slots(&loads, shape.as_deref().unwrap_or_default(), page.instance.engine),
        statements: u32::try_from(loads.len()).unwrap_or(u32::MAX),
        known: loads.iter().map(|(_, load)| *load).sum(),
        total: Aas(total),
        source: source_of(&page.instance, &matrix),
    }))
}

/// The places of literals with their values by load; the most skewed place first.
fn slots(loads: &[(&Statement, Aas)], shape: &str, engine: units::Engine) -> Vec<LiteralSlot> {
    let known: Aas = loads.iter().map(|(_, load)| *load).sum();
    let mut by_slot: BTreeMap<u32, BTreeMap<&str, Aas>> = BTreeMap::new();
    for (statement, load) in loads {
        let pairs: BTreeSet<(u32, &str)> =
            statement.literals.iter().map(|(slot, hash)| (*slot, hash.as_str())).collect();
        for (slot, hash) in pairs {
            let sum = by_slot.entry(slot).or_default().entry(hash).or_default();
            *sum = *sum + *load;
        }
    }
    let places = places(shape, engine);
    let mut slots: Vec<LiteralSlot> = by_slot
        .into_iter()
        .map(|(slot, hashes)| {
            let distinct = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
            let mut values: Vec<LiteralValue> = hashes
                .into_iter()
                .map(|(hash, load)| LiteralValue { hash: hash.to_owned(), load, share: load.share_of(known) })
                .collect();
            values.sort_by(|a, b| b.load.0.total_cmp(&a.load.0).then_with(|| a.hash.cmp(&b.hash)));
            values.truncate(MOST_VALUES);
            let place = usize::try_from(slot).ok().and_then(|slot| places.get(slot)).cloned().unwrap_or_default();
            LiteralSlot { slot, place, values, distinct }
        })
        .collect();
    // A place with one value for all is no skew but a constant: it comes behind the others.
    let skew = |slot: &LiteralSlot| {
        let first = slot.values.first().and_then(|value| value.share).unwrap_or(0.0);
        if slot.distinct > 1 { first } else { 0.0 }
    };
    slots.sort_by(|a, b| skew(b).total_cmp(&skew(a)).then_with(|| a.slot.cmp(&b.slot)));
    slots.truncate(MOST_SLOTS);
    slots
}

/// The words before each literal of a normal form: slots are counted as its parameters stand.
fn places(shape: &str, engine: units::Engine) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut places = Vec::new();
    for span in sql_digest::format(shape, engine) {
        if span.kind == SpanKind::Param {
            let first = words.len().saturating_sub(WORDS_BEFORE);
            places.push(format!("{} ?", words[first..].join(" ")).trim_start().to_owned());
        }
        words.extend(span.text.split_whitespace().map(ToOwned::to_owned));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::Engine;

    fn statement(id: &str, literals: &[(u32, &str)]) -> Statement {
        Statement {
            pi_id: id.to_owned(),
            db_id: None,
            dimension: Dimension::Statement,
            parent: None,
            engine: Engine::Postgres,
            digest: DigestId::new(1, 1),
            digest_version: 1,
            normal_form: String::new(),
            masked: String::new(),
            kind: "select".to_owned(),
            tables: Vec::new(),
            tags: Vec::new(),
            truncated: false,
            literals: literals.iter().map(|(slot, hash)| (*slot, (*hash).to_owned())).collect(),
            tree: true,
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
        }
    }

    #[test]
    fn the_value_that_carries_the_load_stands_first() {
        let statements = [
            statement("A", &[(0, "aa"), (1, "t1")]),
            statement("B", &[(0, "aa"), (1, "t2")]),
            statement("C", &[(0, "aa"), (1, "t1"), (1, "t3")]),
        ];
        let loads: Vec<(&Statement, Aas)> = statements.iter().zip([Aas(3.0), Aas(1.0), Aas(4.0)]).collect();
        let found = slots(&loads, "SELECT ? FROM orders WHERE tenant_id = ?", Engine::Postgres);
        let shown: Vec<(u32, &str, u32)> =
            found.iter().map(|slot| (slot.slot, slot.place.as_str(), slot.distinct)).collect();
        assert_eq!(shown, [(1, "orders WHERE tenant_id = ?", 3), (0, "SELECT ?", 1)]);
        let values: Vec<(&str, Aas)> = found[0].values.iter().map(|value| (value.hash.as_str(), value.load)).collect();
        assert_eq!(values, [("t1", Aas(7.0)), ("t3", Aas(4.0)), ("t2", Aas(1.0))]);
        assert_eq!(found[0].values[0].share, Some(0.875));
    }
}
