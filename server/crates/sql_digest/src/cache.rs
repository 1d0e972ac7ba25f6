//! Digests of texts seen before.

use std::sync::Arc;

use units::Engine;
use xxhash_rust::xxh3::xxh3_128_with_secret;

use crate::digest::{Digest, Digester};
use crate::normalise::{Completeness, readable};

/// Texts that may stand at one place of the cache. Their keys fill one line of the processor's
/// cache.
const WAYS: usize = 8;

/// Bytes of the hash's secret, as many as xxh3's own.
const SECRET: usize = 192;

/// A bounded cache of digests, keyed by a hash of the raw text and its engine: 64 bits
/// compared, and as many others as choose the place.
///
/// One thread uses it without locks; a hit allocates nothing. Where several threads share one, they put
/// it behind a mutex: a hit holds it for some tens of nanoseconds.
#[derive(Debug)]
pub struct DigestCache {
    sets: Vec<[u64; WAYS]>,
    /// Empty places hold the digest of an empty text.
    digests: Vec<[Arc<Digest>; WAYS]>,
    /// The way of each set that is replaced next.
    hands: Vec<u8>,
    secret: [u8; SECRET],
    digester: Digester,
    hits: u64,
    misses: u64,
}

/// The hash of a text, in two parts.
#[derive(Clone, Copy)]
struct Key {
    compared: u64,
    set: usize,
}

impl DigestCache {
    /// A cache of at least `capacity` texts. Twice as many as are in use keep nearly all of them. `seed`
    /// should be unforeseeable where texts come from strangers, who could otherwise prepare two texts
    /// that share a key.
    #[must_use]
    pub fn new(capacity: usize, seed: u64) -> Self {
        let sets = capacity.div_ceil(WAYS).next_power_of_two();
        let mut digester = Digester::default();
        let nothing = Arc::new(digester.digest("", Engine::Postgres, Completeness::Whole));
        Self {
            sets: vec![[0; WAYS]; sets],
            digests: vec![std::array::from_fn(|_| Arc::clone(&nothing)); sets],
            hands: vec![0; sets],
            secret: secret_of(seed),
            digester,
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
        self.sets[key.set].iter().position(|&known| known == key.compared)
    }

    #[inline(always)]
    fn hit(&mut self, set: usize, way: usize) -> &Arc<Digest> {
        self.hits += 1;
        &self.digests[set][way]
    }

    #[cold]
    #[inline(never)]
    fn fill(&mut self, key: Key, text: &str, engine: Engine) -> &Arc<Digest> {
        self.misses += 1;
        let set = key.set;
        let empty = self.sets[set].iter().position(|&known| known == 0);
        let way = empty.unwrap_or_else(|| {
            let way = usize::from(self.hands[set]) % WAYS;
            self.hands[set] = (way as u8 + 1) % WAYS as u8;
            way
        });
        let digest = Arc::new(self.digester.digest(text, engine, Completeness::Unknown));
        self.sets[set][way] = key.compared;
        self.digests[set][way] = digest;
        &self.digests[set][way]
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
    fn it_stays_within_its_bound_and_right() {
        let mut cache = DigestCache::new(16, 2);
        for round in 0..3 {
            for column in 0..200 {
                let text = format!("select c{column} from t where id = {round}");
                let expected = format!("select c{column} from t where id = ?");
                assert_eq!(cache.digest(&text, Engine::Postgres).normal_form, expected);
            }
        }
        assert_eq!(cache.digests.len() * WAYS, 16);
    }
}
