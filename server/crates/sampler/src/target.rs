//! Where a database is: `[NAME=]postgres://user:password@host:port/database?sslmode=…`.

use crate::Engine;

/// Longest name: DB instance identifiers on RDS have at most 63 characters.
const LONGEST_NAME: usize = 63;

/// A database to sample. Its `Debug` form shows no password.
#[derive(Clone)]
pub struct Target {
    /// The name it is known by; letters, digits and hyphens, begins with a letter, ≤ 63 characters.
    pub name: String,
    /// The connection URL, credentials included.
    pub url: String,
    /// Which family the URL's scheme names.
    pub engine: Engine,
}

/// Why a target text was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TargetError {
    /// The name breaks RDS's rules for instance identifiers.
    #[error("`{0}` is no instance name: letters, digits and single hyphens, a letter first, at most 63 characters")]
    Name(String),
    /// The URL's scheme names no supported engine.
    #[error("`{0}` is no database URL: postgres://…, mysql://… or mariadb://… is expected")]
    Scheme(String),
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .field("engine", &self.engine)
            .field("host", &self.host_and_port().0)
            .finish_non_exhaustive()
    }
}

impl Target {
    /// Reads `NAME=URL`, or a bare URL whose database name (or else its host) becomes the name.
    ///
    /// # Errors
    /// A name that RDS would not take, or a scheme of no supported engine.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let (name, url) = match text.split_once('=') {
            Some((name, url)) if !name.contains("://") => (Some(name.trim()), url.trim()),
            _ => (None, text.trim()),
        };
        let engine = Engine::of_scheme(url.split("://").next().unwrap_or_default())
            .ok_or_else(|| TargetError::Scheme(url.chars().take(12).collect()))?;
        let mut target = Self { name: String::new(), url: url.to_owned(), engine };
        target.name = match name {
            Some(name) => name.to_ascii_lowercase(),
            None => target.default_name(),
        };
        if is_instance_name(&target.name) { Ok(target) } else { Err(TargetError::Name(target.name)) }
    }

    /// Host and port as written in the URL; the engine's default port where none is given, and
    /// `localhost` for a Unix-socket URL.
    #[must_use]
    pub fn host_and_port(&self) -> (String, u16) {
        let authority = self.authority();
        let host_port = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = match host_port.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port.parse().ok()),
            _ => (host_port, None),
        };
        let host = if host.is_empty() || host.contains('%') { "localhost" } else { host };
        (host.to_owned(), port.unwrap_or(self.engine.default_port()))
    }

    fn authority(&self) -> &str {
        let after_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        after_scheme.split(['/', '?']).next().unwrap_or_default()
    }

    fn default_name(&self) -> String {
        let after_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let database = after_scheme.split('?').next().and_then(|part| part.split_once('/'));
        let database = database.map_or("", |(_, database)| database);
        let base = if database.is_empty() { self.host_and_port().0 } else { database.to_owned() };
        let mut name = String::new();
        for letter in base.to_ascii_lowercase().chars() {
            if letter.is_ascii_alphanumeric() {
                name.push(letter);
            } else if !name.ends_with('-') {
                name.push('-');
            }
        }
        let name = name.trim_matches('-');
        let name = if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            name.to_owned()
        } else {
            format!("db-{name}")
        };
        name.chars().take(LONGEST_NAME).collect()
    }
}

fn is_instance_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        && !name.ends_with('-')
        && !name.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let target = Target::parse("shop=postgres://u:p=w@10.0.0.7:6543/books?sslmode=require").unwrap();
        assert_eq!(target.name, "shop");
        assert_eq!(target.host_and_port(), ("10.0.0.7".to_owned(), 6543));
        let bare = Target::parse("postgresql://u@db.example/book_shop?sslmode=require").unwrap();
        assert_eq!(bare.name, "book-shop");
        assert_eq!(bare.host_and_port(), ("db.example".to_owned(), 5432));
        assert!(!format!("{target:?}").contains("p=w"), "passwords are never shown");
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(Target::parse("1x=postgres://h/d").unwrap_err(), TargetError::Name("1x".into()));
        assert!(matches!(Target::parse("oracle://h/d").unwrap_err(), TargetError::Scheme(_)));
    }
}
