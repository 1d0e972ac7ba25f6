//! Digests of texts seen before.

use std::collections::HashMap;
use std::sync::Arc;

use units::{DigestId, Engine};
use xxhash_rust::xxh3::xxh3_128_with_secret;

use crate::digest::{Analysis, Digest, Digester};
use crate::normalise::{Completeness, readable};

/// Texts that may stand at one place of the cache: their keys and digests fill one line of the
/// processor's cache, so that a hit waits for memory once.
const WAYS: usize = 4;

/// Bytes of the hash's secret, as many as xxh3's own.
const SECRET: usize = 192;

/// A bounded cache of digests, keyed by a hash of the raw text and its engine: 64 bits
/// compared, and as many others as choose the place.
///
/// One thread uses it without locks; a hit allocates nothing. Where several threads share one, they put
/// it behind a mutex: a hit holds it for some tens of nanoseconds. Of texts with one digest only the
/// first is parsed: kind, tables and columns are the digest's.
#[derive(Debug)]
pub struct DigestCache {
    sets: Vec<Set>,
    /// The way of each set that is replaced next.
    hands: Vec<u8>,
    secret: [u8; SECRET],
    digester: Digester,
    analyses: HashMap<AnalysisKey, Arc<Analysis>>,
    hits: u64,
    misses: u64,
}

/// Empty places have the key 0 and hold the digest of an empty text.
#[derive(Debug)]
#[repr(align(64))]
struct Set {
    keys: [u64; WAYS],
    digests: [Arc<Digest>; WAYS],
}

/// What decides kind, tables and columns. A cut text may share its digest with a whole one, of which
/// more is known.
type AnalysisKey = (DigestId, Engine, bool);

/// The hash of a text, in two parts.
#[derive(Clone, Copy)]
struct Key {
    compared: u64,
    set: usize,
}

impl DigestCache {
    /// A cache of at least `capacity` texts. Four times as many as are in use keep nearly all of them.
    /// `seed` should be unforeseeable where texts come from strangers, who could otherwise prepare two
    /// texts that share a key.
    #[must_use]
    pub fn new(capacity: usize, seed: u64) -> Self {
        let sets = capacity.div_ceil(WAYS).next_power_of_two();
        let mut digester = Digester::default();
        let nothing = Arc::new(digester.digest("", Engine::Postgres, Completeness::Whole));
        let empty = || Set { keys: [0; WAYS], digests: std::array::from_fn(|_| Arc::clone(&nothing)) };
        Self {
            sets: std::iter::repeat_with(empty).take(sets).collect(),
            hands: vec![0; sets],
            secret: secret_of(seed),
            digester,
            analyses: HashMap::new(),
            hits: 0,
            misses: 0,
        }
    }

    /// The digest of `text`, computed at most once while it stays in the cache.
    #[inline]
    pub fn digest(&mut self, text: &str, engine: Engine) -> &Arc<Digest> {
        let key = self.key(text.as_bytes(), engine);
        match self.find(key) {
            Some(way) => self.hit(key.set, way),
            None => self.fill(key, text, engine),
        }
    }

    /// The same for bytes that may not be UTF-8.
    pub fn digest_bytes(&mut self, text: &[u8], engine: Engine) -> &Arc<Digest> {
        let key = self.key(text, engine);
        match self.find(key) {
            Some(way) => self.hit(key.set, way),
            None => self.fill(key, &readable(text), engine),
        }
    }

    /// Texts found and texts computed since the cache was made.
    #[must_use]
    pub const fn hits_and_misses(&self) -> (u64, u64) {
        (self.hits, self.misses)
    }

    /// The key of a text and its engine; never 0, which marks an empty place.
    #[inline(always)]
    fn key(&self, text: &[u8], engine: Engine) -> Key {
        let hash = xxh3_128_with_secret(text, &self.secret).wrapping_add(engine as u128);
        Key { compared: hash as u64 | 1, set: (hash >> 64) as usize & (self.sets.len() - 1) }
    }

    #[inline(always)]
    fn find(&self, key: Key) -> Option<usize> {
        self.sets[key.set].keys.iter().position(|&known| known == key.compared)
    }

    #[inline(always)]
    fn hit(&mut self, set: usize, way: usize) -> &Arc<Digest> {
        self.hits += 1;
        &self.sets[set].digests[way]
    }

    #[cold]
    #[inline(never)]
    fn fill(&mut self, key: Key, text: &str, engine: Engine) -> &Arc<Digest> {
        self.misses += 1;
        let digest = Arc::new(self.read(text, engine));
        let set = &mut self.sets[key.set];
        let empty = set.keys.iter().position(|&known| known == 0);
        let way = empty.unwrap_or_else(|| {
            let way = usize::from(self.hands[key.set]) % WAYS;
            self.hands[key.set] = (way as u8 + 1) % WAYS as u8;
            way
        });
        set.keys[way] = key.compared;
        set.digests[way] = digest;
        &set.digests[way]
    }

    /// The digest of a new text, parsed only if no text of its digest was.
    fn read(&mut self, text: &str, engine: Engine) -> Digest {
        let Self { sets, digester, analyses, .. } = self;
        // As many as texts: each text has one digest.
        let bound = sets.len() * WAYS;
        digester.digest_with(text, engine, Completeness::Unknown, |id, truncated, analyse| {
            if analyses.len() >= bound {
                analyses.clear();
            }
            Arc::clone(analyses.entry((id, engine, truncated)).or_insert_with(|| Arc::new(analyse())))
        })
    }
}

/// The key of the hash, from a seed: xxh3 asks for bytes without pattern, as splitmix64 gives them.
fn secret_of(seed: u64) -> [u8; SECRET] {
    let mut state = seed;
    let mut secret = [0; SECRET];
    for word in secret.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_the_same_digest_and_the_engine_counts() {
        let mut cache = DigestCache::new(64, 1);
        let first = Arc::clone(cache.digest("select \"a\" from T", Engine::Postgres));
        assert!(Arc::ptr_eq(&first, cache.digest("select \"a\" from T", Engine::Postgres)));
        assert_ne!(first.id, cache.digest("select \"a\" from T", Engine::MySql).id);
        assert_eq!(cache.hits_and_misses(), (1, 2));
    }

    #[test]
    fn of_texts_with_one_digest_one_is_parsed() {
        let mut cache = DigestCache::new(64, 1);
        for id in 0..10 {
            let digest = cache.digest(&format!("select a from T where id = {id}"), Engine::MySql);
            assert_eq!((digest.tree, digest.tables[0].name.as_str()), (true, "T"));
        }
        assert_eq!((cache.hits_and_misses(), cache.analyses.len()), ((0, 10), 1));
    }

    #[test]
    fn it_stays_within_its_bound_and_right() {
        let mut cache = DigestCache::new(16, 2);
        for round in 0..3 {
            for column in 0..200 {
                let text = format!("select c{column} from t where id = {round}");
                let expected = format!("select c{column} from t where id = ?");
                assert_eq!(cache.digest(&text, Engine::Postgres).normal_form, expected);
            }
        }
        assert_eq!(cache.sets.len() * WAYS, 16);
        assert!(cache.analyses.len() <= 16);
    }
}
