//! Digests of texts seen before.

use std::sync::Arc;

use units::Engine;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::digest::{Digest, Digester};
use crate::normalise::{Completeness, readable};

/// Texts that may stand at one place of the cache. Their keys fill one line of the processor's cache.
const WAYS: usize = 4;

/// A bounded cache of digests, keyed by 128 bits over the raw text and its engine.
///
/// One thread uses it without locks; a hit allocates nothing. Where several threads share one, they put
/// it behind a mutex: a hit holds it for some tens of nanoseconds.
#[derive(Debug)]
pub struct DigestCache {
    sets: Vec<[u128; WAYS]>,
    /// Empty places hold the digest of an empty text.
    digests: Vec<[Arc<Digest>; WAYS]>,
    /// The way of each set that is replaced next.
    hands: Vec<u8>,
    seed: u64,
    digester: Digester,
    hits: u64,
    misses: u64,
}

impl DigestCache {
    /// A cache of at least `capacity` texts. `seed` should be unforeseeable where texts come from
    /// strangers, who could otherwise make two texts that share a key.
    #[must_use]
    pub fn new(capacity: usize, seed: u64) -> Self {
        let sets = capacity.div_ceil(WAYS).next_power_of_two();
        let mut digester = Digester::default();
        let nothing = Arc::new(digester.digest("", Engine::Postgres, Completeness::Whole));
        Self {
            sets: vec![[0; WAYS]; sets],
            digests: vec![std::array::from_fn(|_| Arc::clone(&nothing)); sets],
            hands: vec![0; sets],
            seed,
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
            Some((set, way)) => self.hit(set, way),
            None => self.fill(key, text, engine),
        }
    }

    /// The same for bytes that may not be UTF-8.
    pub fn digest_bytes(&mut self, text: &[u8], engine: Engine) -> &Arc<Digest> {
        let key = self.key(text, engine);
        match self.find(key) {
            Some((set, way)) => self.hit(set, way),
            None => self.fill(key, &readable(text), engine),
        }
    }

    /// Texts found and texts computed since the cache was made.
    #[must_use]
    pub const fn hits_and_misses(&self) -> (u64, u64) {
        (self.hits, self.misses)
    }

    #[inline(always)]
    fn key(&self, text: &[u8], engine: Engine) -> u128 {
        // 0 marks an empty place.
        xxh3_128_with_seed(text, self.seed ^ (engine as u64 + 1)) | 1
    }

    #[inline(always)]
    fn set_of(&self, key: u128) -> usize {
        (key >> 64) as usize & (self.sets.len() - 1)
    }

    #[inline(always)]
    fn find(&self, key: u128) -> Option<(usize, usize)> {
        let set = self.set_of(key);
        self.sets[set].iter().position(|&known| known == key).map(|way| (set, way))
    }

    #[inline(always)]
    fn hit(&mut self, set: usize, way: usize) -> &Arc<Digest> {
        self.hits += 1;
        &self.digests[set][way]
    }

    #[cold]
    #[inline(never)]
    fn fill(&mut self, key: u128, text: &str, engine: Engine) -> &Arc<Digest> {
        self.misses += 1;
        let set = self.set_of(key);
        let empty = self.sets[set].iter().position(|&known| known == 0);
        let way = empty.unwrap_or_else(|| {
            let way = usize::from(self.hands[set]) % WAYS;
            self.hands[set] = (way as u8 + 1) % WAYS as u8;
            way
        });
        let digest = Arc::new(self.digester.digest(text, engine, Completeness::Unknown));
        self.sets[set][way] = key;
        self.digests[set][way] = digest;
        &self.digests[set][way]
    }
}
