//! Names of wait events: `Lock:transactionid`, however the answer spells them.
//!
//! Answers were seen both with the type before the name (`IO:DataFileRead`) and without it
//! (`DataFileRead`, the type beside it). We keep the first form; a filter has to use the answer's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Remembers how this endpoint spells wait events. Clones share the memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitNames {
    type_comes_first: Arc<AtomicBool>,
}

impl WaitNames {
    /// The name with its type before it. Names that are their own type (`CPU`) and paths
    /// (`wait/io/table/sql/handler`) stay as they are.
    pub(crate) fn full(&self, name: &str, wait_type: Option<&String>) -> String {
        match wait_type {
            _ if name.contains(':') => {
                self.type_comes_first.store(true, Ordering::Relaxed);
                name.to_owned()
            }
            Some(wait_type) if !wait_type.is_empty() && wait_type != name && !name.contains('/') => {
                format!("{wait_type}:{name}")
            }
            _ => name.to_owned(),
        }
    }

    /// The name as a filter must spell it.
    pub(crate) fn as_asked<'a>(&self, full: &'a str) -> &'a str {
        match full.split_once(':') {
            Some((_, name)) if !self.type_comes_first.load(Ordering::Relaxed) => name,
            _ => full,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_become_one_and_are_asked_for_as_they_came() {
        let bare = WaitNames::default();
        assert_eq!(bare.full("DataFileRead", Some(&"IO".to_owned())), "IO:DataFileRead");
        assert_eq!(bare.full("CPU", Some(&"CPU".to_owned())), "CPU");
        assert_eq!(bare.full("wait/io/file", Some(&"io".to_owned())), "wait/io/file");
        assert_eq!(bare.as_asked("IO:DataFileRead"), "DataFileRead");
        let full = WaitNames::default();
        assert_eq!(full.full("IO:DataFileRead", Some(&"IO".to_owned())), "IO:DataFileRead");
        assert_eq!(full.as_asked("IO:DataFileRead"), "IO:DataFileRead");
    }
}
