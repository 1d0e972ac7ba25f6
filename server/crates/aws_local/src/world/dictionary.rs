//! Names, statements and combinations of dimensions, each under a small number.
//!
//! A second of load is then a handful of (combination, sessions) pairs, in memory and on disk.

use crate::tokenise::tokenise;
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Statements kept at once; beyond it new ones are not attributed to `db.sql` until old ones go.
const MOST_STATEMENTS: usize = 100_000;
/// Longest statement text kept, bytes.
const LONGEST_TEXT: usize = 65_536;

/// What distinguishes one active session's load from another's. Zero means absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Combination(pub(crate) [u32; Column::COUNT]);

/// The parts of a [`Combination`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Database,
    Application,
    Host,
    HostName,
    User,
    SessionType,
    WaitType,
    WaitEvent,
    /// Number of a [`StatementEntry`].
    Statement,
    /// Number of a [`DigestEntry`].
    Digest,
    /// Session at the root of what the session waits for; a name.
    BlockingSession,
    /// Digest that session runs, or ran last.
    BlockingDigest,
    /// Type and value of the object waited for; a name made by [`object_name`].
    BlockingObject,
    /// Id of the plan it was executed by; a name.
    Plan,
}

impl Column {
    pub(crate) const COUNT: usize = 14;
}

/// Between type and value of a lock object: in no name PostgreSQL or MySQL gives.
const OBJECT_SEPARATOR: char = '\u{1f}';

/// Type and value of a lock object as one name.
pub(crate) fn object_name(kind: &str, value: &str) -> String {
    format!("{kind}{OBJECT_SEPARATOR}{value}")
}

/// Type and value of what [`object_name`] made.
pub(crate) fn object_parts(name: &str) -> (&str, &str) {
    name.split_once(OBJECT_SEPARATOR).unwrap_or(("", name))
}

impl Combination {
    pub(crate) fn get(&self, column: Column) -> u32 {
        self.0[column as usize]
    }

    pub(crate) fn set(&mut self, column: Column, number: u32) {
        self.0[column as usize] = number;
    }
}

/// A statement as sent.
#[derive(Clone, Debug)]
pub(crate) struct StatementEntry {
    pub(crate) id: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) digest: u32,
}

/// A tokenised statement.
#[derive(Clone, Debug)]
pub(crate) struct DigestEntry {
    pub(crate) id: Arc<str>,
    /// The database's own id of it.
    pub(crate) database_id: Arc<str>,
    pub(crate) text: Arc<str>,
    /// The text comes from the server; otherwise it is our own reading of a statement.
    pub(crate) is_from_server: bool,
}

/// A change to be written down.
#[derive(Clone, Debug)]
pub(crate) enum Learned {
    Name(u32, Arc<str>),
    Digest(u32, DigestEntry),
    Statement(u32, StatementEntry),
    Combination(u32, Combination),
}

/// All numbers of one instance.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    names: HashMap<u32, Arc<str>>,
    name_numbers: HashMap<Arc<str>, u32>,
    digests: HashMap<u32, DigestEntry>,
    digest_numbers: HashMap<Arc<str>, u32>,
    statements: HashMap<u32, StatementEntry>,
    statement_numbers: HashMap<Arc<str>, u32>,
    combinations: HashMap<u32, Combination>,
    combination_numbers: HashMap<Combination, u32>,
    last_number: u32,
    /// News since they were last taken.
    learned: Vec<Learned>,
}

/// 40 hexadecimal digits, as AWS's ids have.
pub(crate) fn hex_id(kind: &str, text: &str) -> String {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(text).finalize();
    hex::encode_upper(&hash[..20])
}

impl Dictionary {
    fn number(&mut self) -> u32 {
        self.last_number += 1;
        self.last_number
    }

    /// Number of a name; 0 for none.
    pub(crate) fn name(&mut self, name: Option<&str>) -> u32 {
        let Some(name) = name else { return 0 };
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        let number = self.number();
        self.put(Learned::Name(number, Arc::from(name)), true);
        number
    }

    /// Number of the digest the database calls `database_id`; `statement` serves until the server's text comes.
    pub(crate) fn digest(
        &mut self,
        database_id: &str,
        statement: Option<&str>,
        double_quotes_are_strings: bool,
    ) -> u32 {
        let id = hex_id("digest", database_id);
        if let Some(number) = self.digest_numbers.get(id.as_str()) {
            return *number;
        }
        let number = self.number();
        let text = statement.map(|text| tokenise(text, double_quotes_are_strings)).unwrap_or_default();
        let entry = DigestEntry {
            id: Arc::from(id),
            database_id: Arc::from(database_id),
            text: Arc::from(text),
            is_from_server: false,
        };
        self.put(Learned::Digest(number, entry), true);
        number
    }

    /// The server's text of a digest.
    pub(crate) fn digest_text(&mut self, database_id: &str, text: &str, double_quotes_are_strings: bool) {
        let number = self.digest(database_id, None, double_quotes_are_strings);
        let text = tokenise(crate::tokenise::cut(text, LONGEST_TEXT), double_quotes_are_strings);
        if let Some(entry) = self.digests.get(&number) {
            let entry = DigestEntry { text: Arc::from(text), is_from_server: true, ..entry.clone() };
            self.put(Learned::Digest(number, entry), true);
        }
    }

    /// Number of a statement as sent; 0 when there are too many.
    pub(crate) fn statement(&mut self, text: &str, digest: u32) -> u32 {
        let text = crate::tokenise::cut(text, LONGEST_TEXT);
        let id = hex_id("statement", text);
        if let Some(number) = self.statement_numbers.get(id.as_str()) {
            return *number;
        }
        if self.statements.len() >= MOST_STATEMENTS {
            return 0;
        }
        let number = self.number();
        let entry = StatementEntry { id: Arc::from(id), text: Arc::from(text), digest };
        self.put(Learned::Statement(number, entry), true);
        number
    }

    /// Number of a combination.
    pub(crate) fn combination(&mut self, combination: Combination) -> u32 {
        if let Some(number) = self.combination_numbers.get(&combination) {
            return *number;
        }
        let number = self.number();
        self.put(Learned::Combination(number, combination), true);
        number
    }

    /// Enters something; `is_news` if it is to be written down.
    pub(crate) fn put(&mut self, entry: Learned, is_news: bool) {
        match &entry {
            Learned::Name(number, name) => {
                self.names.insert(*number, name.clone());
                self.name_numbers.insert(name.clone(), *number);
                self.last_number = self.last_number.max(*number);
            }
            Learned::Digest(number, digest) => {
                self.digests.insert(*number, digest.clone());
                self.digest_numbers.insert(digest.id.clone(), *number);
                self.last_number = self.last_number.max(*number);
            }
            Learned::Statement(number, statement) => {
                self.statements.insert(*number, statement.clone());
                self.statement_numbers.insert(statement.id.clone(), *number);
                self.last_number = self.last_number.max(*number);
            }
            Learned::Combination(number, combination) => {
                self.combinations.insert(*number, *combination);
                self.combination_numbers.insert(*combination, *number);
                self.last_number = self.last_number.max(*number);
            }
        }
        if is_news {
            self.learned.push(entry);
        }
    }

    /// News since the last call.
    pub(crate) fn take_learned(&mut self) -> Vec<Learned> {
        std::mem::take(&mut self.learned)
    }

    pub(crate) fn name_of(&self, number: u32) -> Option<&Arc<str>> {
        self.names.get(&number)
    }

    /// Number of a name that was entered before.
    pub(crate) fn find_name(&self, name: &str) -> Option<u32> {
        self.name_numbers.get(name).copied()
    }

    pub(crate) fn digest_of(&self, number: u32) -> Option<&DigestEntry> {
        self.digests.get(&number)
    }

    pub(crate) fn statement_of(&self, number: u32) -> Option<&StatementEntry> {
        self.statements.get(&number)
    }

    pub(crate) fn combination_of(&self, number: u32) -> Option<&Combination> {
        self.combinations.get(&number)
    }

    /// A statement by its id.
    pub(crate) fn find_statement(&self, id: &str) -> Option<&StatementEntry> {
        self.statements.get(self.statement_numbers.get(id)?)
    }

    /// Forgets combinations that are not `used`, and statements only they had; returns what was forgotten.
    pub(crate) fn forget_unused(&mut self, used: &HashSet<u32>) -> Vec<u32> {
        let mut forgotten: Vec<u32> =
            self.combinations.keys().copied().filter(|number| !used.contains(number)).collect();
        for number in &forgotten {
            if let Some(combination) = self.combinations.remove(number) {
                self.combination_numbers.remove(&combination);
            }
        }
        let kept: HashSet<u32> =
            self.combinations.values().map(|combination| combination.get(Column::Statement)).collect();
        let unused: Vec<u32> = self.statements.keys().copied().filter(|number| !kept.contains(number)).collect();
        for number in &unused {
            if let Some(statement) = self.statements.remove(number) {
                self.statement_numbers.remove(&statement.id);
            }
        }
        forgotten.extend(unused);
        forgotten.sort_unstable();
        forgotten
    }
}
