//! From ids of Performance Insights to our digests, tables, kinds and tags.

use std::collections::{BTreeMap, BTreeSet};

use samples::Statement;
use units::{DigestId, Dimension, Filter};

use crate::question::group_of;

/// Statements by `db.sql_tokenized.id`, and by `db.sql.id` where tags are of interest. Ids whose text
/// nobody fetched yet are listed without one.
#[derive(Clone, Debug, Default)]
pub struct SqlIndex {
    statements: BTreeMap<String, Statement>,
    ids: BTreeSet<String>,
}

/// Longest statement of a table row, in characters.
const SHORT_STATEMENT: usize = 240;

impl SqlIndex {
    /// An index over `ids` with what is known of them.
    #[must_use]
    pub fn new(ids: impl IntoIterator<Item = String>, statements: BTreeMap<String, Statement>) -> Self {
        let ids = ids.into_iter().chain(statements.keys().cloned()).collect();
        Self { statements, ids }
    }

    /// The same index with more texts; the ids load is filtered by stay as they are.
    #[must_use]
    pub(crate) fn with(mut self, statements: BTreeMap<String, Statement>) -> Self {
        self.statements.extend(statements);
        self
    }

    /// What is known of an id.
    #[must_use]
    pub fn get(&self, pi_id: &str) -> Option<&Statement> {
        self.statements.get(pi_id)
    }

    /// The digest of an id. Without a text each id is a digest of its own, marked by version 0.
    #[must_use]
    pub fn digest_of(&self, pi_id: &str) -> DigestId {
        self.get(pi_id).map_or_else(|| textless_digest(pi_id), |statement| statement.digest)
    }

    /// Normal form for a table: one line, shortened; the id itself when there is no text.
    #[must_use]
    pub fn short_text(&self, pi_id: &str) -> String {
        self.get(pi_id).map_or_else(|| pi_id.to_owned(), |statement| shortened(&statement.normal_form))
    }

    /// Names of an id in a dimension derived from SQL; several tables share its load equally.
    #[must_use]
    pub fn names(&self, pi_id: &str, dimension: Dimension) -> Vec<String> {
        let statement = self.get(pi_id);
        match dimension {
            Dimension::Sql => vec![self.digest_of(pi_id).to_string()],
            Dimension::Table => statement.map(tables_of).unwrap_or_default(),
            Dimension::Kind => {
                statement.map(|statement| statement.kind.clone()).filter(|kind| !kind.is_empty()).into_iter().collect()
            }
            Dimension::Tag => statement.and_then(first_tag).into_iter().collect(),
            _ => vec![pi_id.to_owned()],
        }
    }

    /// Whether an id passes a filter on a dimension of SQL.
    #[must_use]
    pub fn matches(&self, pi_id: &str, filter: &Filter) -> bool {
        match filter.dimension {
            Dimension::Tag => self.get(pi_id).is_some_and(|statement| {
                statement.tags.iter().any(|(key, value)| filter.value == tag_text(key, value))
            }),
            dimension => self.names(pi_id, dimension).contains(&filter.value),
        }
    }

    /// Every id that passes a filter: of digests of Performance Insights, for tags of statements.
    #[must_use]
    pub fn ids_matching(&self, filter: &Filter) -> Vec<String> {
        let wanted = group_of(filter.dimension);
        let is_wanted = |id: &&String| match self.get(id) {
            Some(statement) => statement.dimension == wanted,
            None => wanted == Dimension::Sql,
        };
        self.ids.iter().filter(is_wanted).filter(|id| self.matches(id, filter)).cloned().collect()
    }
}

/// Tables of a statement, each once. Statements kept before tables were noted are read again.
pub(crate) fn tables_of(statement: &Statement) -> Vec<String> {
    if statement.tables.is_empty() {
        let read = sql_digest::digest(statement.normal_form.as_bytes(), statement.engine);
        return unique(&read.tables.into_iter().map(|table| table.name).collect::<Vec<_>>());
    }
    unique(&statement.tables)
}

fn unique(names: &[String]) -> Vec<String> {
    names.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

fn tag_text(key: &str, value: &str) -> String {
    format!("{key}={value}")
}

/// The tag a statement is sliced by: its route, else the first it carries.
fn first_tag(statement: &Statement) -> Option<String> {
    let route = statement.tags.iter().find(|(key, _)| key == "route");
    route.or(statement.tags.first()).map(|(key, value)| tag_text(key, value))
}

/// One line of at most [`SHORT_STATEMENT`] characters.
#[must_use]
pub fn shortened(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + usize::from(count > 0);
        if count + length > SHORT_STATEMENT {
            let room = SHORT_STATEMENT.saturating_sub(count + 1);
            out.extend((count > 0 && room > 1).then_some(' '));
            out.extend(word.chars().take(room.saturating_sub(1)));
            out.push('…');
            return out;
        }
        out.extend((count > 0).then_some(' '));
        out.push_str(word);
        count += length;
    }
    out
}

/// FNV-1a over an id, for ids without a text: <http://www.isthe.com/chongo/tech/comp/fnv/>, 128 bits.
#[must_use]
pub fn textless_digest(pi_id: &str) -> DigestId {
    const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = pi_id.bytes().fold(OFFSET_BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    DigestId::new(0, hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortening_keeps_words_and_says_so() {
        assert_eq!(shortened("SELECT\n  1"), "SELECT 1");
        let long = "word ".repeat(100);
        let short = shortened(&long);
        assert!(short.chars().count() <= SHORT_STATEMENT && short.ends_with('…'), "{short}");
        assert!(shortened(&"x".repeat(500)).chars().count() <= SHORT_STATEMENT);
    }

    #[test]
    fn ids_without_text_have_digests_of_their_own() {
        assert_ne!(textless_digest("A"), textless_digest("B"));
        assert_eq!(textless_digest("A").version(), 0);
    }
}
