//! Statement text: read once, masked, forgotten.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use samples::{Batch, Grouping, Instance, Statement};
use sql_digest::{Completeness, Digest, DigestCache, Digester, Normaliser, literal_slots};
use units::{Dimension, Engine, Period, Timestamp, Window};

use crate::access::{Collector, Lane};
use crate::detail::{Detail, DetailName};
use crate::error::CollectError;
use crate::performance_insights::Question;

const STATEMENT: DetailName = DetailName { group: "db.sql", dimension: "statement" };
/// The form of a `db.sql.id`, of no statement.
const NOBODYS_STATEMENT: &str = "0000000000000000000000000000000000000000";

/// A statement as a client sent it, literals and all. It cannot be serialised or printed; only its
/// digest leaves.
pub struct RawText(String);

impl RawText {
    /// Wraps a text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for RawText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawText({} bytes)", self.0.len())
    }
}

/// Texts whose digest is remembered: a poll brings some hundred, mostly the same each time.
const REMEMBERED: usize = 4096;

/// Bytes kept of the hash of a literal: enough to tell values apart.
const LITERAL_HASH_BYTES: usize = 8;

/// Reads texts, each new one once. Clones share what they remember.
#[derive(Clone, Debug)]
pub(crate) struct TextReader {
    cache: Arc<Mutex<DigestCache>>,
    /// Hashes literals; without one they are not looked at.
    literal_key: Option<LiteralKey>,
}

/// Keys the hashes of literals. It is made once per installation and never leaves it.
#[derive(Clone, Copy)]
pub struct LiteralKey([u8; 32]);

impl LiteralKey {
    /// A key of 256 bits.
    #[must_use]
    pub const fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }
}

impl std::fmt::Debug for LiteralKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LiteralKey")
    }
}

impl Default for TextReader {
    fn default() -> Self {
        // Texts come from strangers, who must not know which ones share a place.
        let seed = RandomState::new().build_hasher().finish();
        Self { cache: Arc::new(Mutex::new(DigestCache::new(REMEMBERED, seed))), literal_key: None }
    }
}

impl TextReader {
    /// The same reader, hashing literals.
    pub(crate) fn with_literal_key(self, key: LiteralKey) -> Self {
        Self { literal_key: Some(key), ..self }
    }

    /// The literals of a text as slots and keyed hashes, each pair once; none without a key.
    pub(crate) fn literals(&self, text: &RawText, engine: Engine) -> Vec<(u32, String)> {
        let Some(LiteralKey(key)) = &self.literal_key else { return Vec::new() };
        let hex = |hash: &[u8]| hash.iter().take(LITERAL_HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let slots = literal_slots(&text.0, engine, key).into_iter();
        let pairs: BTreeSet<(u32, String)> = slots.map(|slot| (slot.slot, hex(&slot.hash))).collect();
        pairs.into_iter().collect()
    }

    /// Digests a text as answers hold it: perhaps cut. Times, native id and parent are the caller's
    /// to fill in.
    pub(crate) fn read(&self, text: &RawText, pi_id: &str, engine: Engine) -> Statement {
        let digest = Arc::clone(self.cache.lock().unwrap_or_else(PoisonError::into_inner).digest(&text.0, engine));
        statement(text, &digest, pi_id, engine)
    }
}

fn statement(text: &RawText, digest: &Digest, pi_id: &str, engine: Engine) -> Statement {
    Statement {
        pi_id: pi_id.to_owned(),
        db_id: None,
        dimension: Dimension::Sql,
        parent: None,
        engine,
        digest: digest.id,
        digest_version: digest.id.version(),
        normal_form: digest.normal_form.clone(),
        masked: sql_digest::masked(&text.0, engine),
        kind: digest.kind.to_string(),
        tables: digest.tables.iter().map(|table| table.name.clone()).collect(),
        tags: digest.tags.iter().map(|(key, value)| (key.to_string(), value.to_owned())).collect(),
        truncated: digest.truncated,
        literals: Vec::new(),
        tree: digest.tree,
        first_seen: Timestamp::default(),
        last_seen: Timestamp::default(),
    }
}

/// What a newer normaliser makes of a statement read by an older one, from what was kept of it: the
/// masked text, or of a cut one the normal form, whose end the lost literals decided.
#[must_use]
pub fn read_again(old: &Statement) -> Statement {
    if old.truncated {
        let mut normaliser = Normaliser::default();
        let form = normaliser.normalise(&old.normal_form, old.engine, Completeness::Unknown);
        let (digest, normal_form) = (form.id, form.normal_form.to_owned());
        return Statement { digest, digest_version: digest.version(), normal_form, ..old.clone() };
    }
    let digest = Digester::default().digest(&old.masked, old.engine, Completeness::Whole);
    Statement {
        digest: digest.id,
        digest_version: digest.id.version(),
        normal_form: digest.normal_form,
        kind: digest.kind.to_string(),
        tables: digest.tables.into_iter().map(|table| table.name).collect(),
        tree: digest.tree,
        ..old.clone()
    }
}

impl Collector {
    /// The full text of a digest, or of one statement, whose text came cut: finds one statement under a
    /// digest in `window`, asks for its details. `None` when AWS has no full text (any more).
    ///
    /// # Errors
    /// [`CollectError`] of either call.
    pub async fn fetch_full_text(
        &self,
        instance: &Instance,
        cut: &Statement,
        window: Window,
        lane: Lane,
    ) -> Result<Option<Statement>, CollectError> {
        let child = match cut.dimension {
            Dimension::Statement => cut.pi_id.clone(),
            _ => match self.child_of(instance, cut, window, lane).await? {
                Some(child) => child,
                None => return Ok(None),
            },
        };
        let Detail::Available(text) = self.detail(instance, STATEMENT, &child, lane).await? else { return Ok(None) };
        let text = RawText::new(text);
        let digest = Digester::default().digest(&text.0, instance.engine, Completeness::Whole);
        let read = statement(&text, &digest, &cut.pi_id, instance.engine);
        Ok(Some(Statement {
            db_id: cut.db_id.clone(),
            dimension: cut.dimension,
            parent: cut.parent.clone(),
            literals: cut.literals.clone(),
            first_seen: cut.first_seen,
            last_seen: cut.last_seen,
            ..read
        }))
    }

    /// A statement under a digest that ran in `window`. // `db.sql.id`
    async fn child_of(
        &self,
        instance: &Instance,
        digest: &Statement,
        window: Window,
        lane: Lane,
    ) -> Result<Option<String>, CollectError> {
        let by_statement = Grouping::by(Dimension::Statement).filtered(Dimension::Sql, &digest.pi_id);
        let answer = self.ask(instance, &[Question::Load(by_statement)], window, Period::HOUR, lane).await?;
        Ok(answer.batches.iter().find_map(|batch| match batch {
            Batch::Load(load) => load.series.first().map(|series| series.key.clone()),
            _ => None,
        }))
    }

    /// Whether full texts may be read: asks for a statement nobody has. AWS looks at the permission
    /// before it looks for the statement, so that it is unknown is the answer hoped for.
    ///
    /// # Errors
    /// [`CollectError`] of the call, other than that the statement is unknown.
    pub async fn may_read_texts(&self, instance: &Instance, lane: Lane) -> Result<(), CollectError> {
        self.detail(instance, STATEMENT, NOBODYS_STATEMENT, lane).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_enough_to_read_a_statement_again() {
        let columns: Vec<String> = (0..60).map(|column| format!("orders.column_{column}")).collect();
        let long = format!("SELECT a FROM t WHERE name = 'x' AND {} > 0", columns.join(" > 0 AND "));
        let texts = ["/*route='/a'*/ SELECT Id FROM Orders WHERE id IN (1, 2) AND n = -5", &long[..500]];
        for (text, truncated) in texts.into_iter().zip([false, true]) {
            for engine in Engine::ALL {
                let read = TextReader::default().read(&RawText::new(text.to_owned()), "A1", engine);
                assert_eq!((read.truncated, read_again(&read)), (truncated, read), "{engine}: {text}");
            }
        }
    }
}
