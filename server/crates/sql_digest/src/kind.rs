//! What a statement does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::tokens::{Kind, Token};

/// The kind of a statement. Text forms are stable: they are stored and stand in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatementKind {
    /// SELECT, TABLE, VALUES, and WITH before them.
    Select,
    /// INSERT and REPLACE.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// CALL, EXECUTE, DO and anonymous blocks.
    Call,
    /// CREATE, ALTER, DROP, TRUNCATE, COMMENT, RENAME.
    Ddl,
    /// GRANT, REVOKE, DENY.
    Grant,
    /// BEGIN, START TRANSACTION, SAVEPOINT.
    Begin,
    /// COMMIT, END, RELEASE, PREPARE TRANSACTION.
    Commit,
    /// ROLLBACK, ABORT.
    Rollback,
    /// SET, RESET, USE, DISCARD.
    Set,
    /// SHOW, DESCRIBE.
    Show,
    /// EXPLAIN of any statement.
    Explain,
    /// COPY, LOAD DATA, BULK INSERT.
    Copy,
    /// PREPARE and DEALLOCATE of a statement.
    Prepare,
    /// DECLARE, OPEN, FETCH, MOVE, CLOSE of a cursor.
    Cursor,
    /// VACUUM, ANALYZE, REINDEX, CLUSTER, CHECKPOINT, LOCK, LISTEN, KILL and other upkeep.
    Utility,
    /// Nothing known.
    Other,
}

impl StatementKind {
    /// Every kind, in the order menus show them.
    pub const ALL: [Self; 19] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Merge,
        Self::Call,
        Self::Ddl,
        Self::Grant,
        Self::Begin,
        Self::Commit,
        Self::Rollback,
        Self::Set,
        Self::Show,
        Self::Explain,
        Self::Copy,
        Self::Prepare,
        Self::Cursor,
        Self::Utility,
        Self::Other,
    ];

    /// The stable text form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Merge => "merge",
            Self::Call => "call",
            Self::Ddl => "ddl",
            Self::Grant => "grant",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Set => "set",
            Self::Show => "show",
            Self::Explain => "explain",
            Self::Copy => "copy",
            Self::Prepare => "prepare",
            Self::Cursor => "cursor",
            Self::Utility => "utility",
            Self::Other => "other",
        }
    }

    fn of_word(word: &str, next: Option<&str>) -> Self {
        match word {
            "select" | "table" | "values" => Self::Select,
            "insert" | "replace" => Self::Insert,
            "update" => Self::Update,
            "delete" => Self::Delete,
            "merge" => Self::Merge,
            "call" | "execute" | "exec" | "do" => Self::Call,
            "declare" if next.is_some_and(|next| next.starts_with('@')) => Self::Call,
            "create" | "alter" | "drop" | "truncate" | "comment" | "rename" => Self::Ddl,
            "grant" | "revoke" | "deny" => Self::Grant,
            "begin" | "savepoint" | "save" => Self::Begin,
            "start" => Self::Begin,
            "prepare" if next == Some("transaction") => Self::Commit,
            "commit" | "end" | "release" => Self::Commit,
            "rollback" | "abort" => Self::Rollback,
            "set" | "reset" | "use" | "discard" => Self::Set,
            "show" | "describe" | "desc" => Self::Show,
            "explain" => Self::Explain,
            "copy" | "load" | "bulk" => Self::Copy,
            "prepare" | "deallocate" => Self::Prepare,
            "declare" | "open" | "fetch" | "move" | "close" => Self::Cursor,
            "vacuum" | "analyze" | "analyse" | "reindex" | "cluster" | "checkpoint" | "lock" | "unlock" | "listen"
            | "unlisten" | "notify" | "kill" | "flush" | "optimize" | "repair" | "check" | "refresh" | "reassign"
            | "security" | "import" | "handler" | "purge" | "dbcc" | "waitfor" => Self::Utility,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text names no statement kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStatementKind(pub String);

impl fmt::Display for UnknownStatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown statement kind '{}'", self.0)
    }
}

impl std::error::Error for UnknownStatementKind {}

impl FromStr for StatementKind {
    type Err = UnknownStatementKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| UnknownStatementKind(text.chars().take(64).collect()))
    }
}

/// The kind of the first statement in `tokens`: its first keyword, or the one behind a WITH clause.
pub(crate) fn kind_of(text: &str, tokens: &[Token]) -> StatementKind {
    let mut words = tokens.iter().filter(|token| token.kind != Kind::Comment && token.kind != Kind::Semicolon);
    let Some(first) = words.find(|token| token.kind != Kind::Open) else { return StatementKind::Other };
    if first.kind != Kind::Word {
        // `{call …}` of ODBC and JDBC.
        let call = first.of(text) == "{" && words.any(|token| token.is_word(text, "call"));
        return if call { StatementKind::Call } else { StatementKind::Other };
    }
    let next = words.next().map(|token| token.of(text).to_ascii_lowercase());
    let word = first.of(text).to_ascii_lowercase();
    match word.as_str() {
        "with" => behind_with(text, tokens),
        // A block of PL/SQL or T-SQL rather than a transaction.
        "begin" if next.as_deref().is_some_and(is_block_start) => StatementKind::Call,
        word => StatementKind::of_word(word, next.as_deref()),
    }
}

fn is_block_start(next: &str) -> bool {
    !matches!(next, "transaction" | "tran" | "work" | "isolation" | "read" | "not" | "deferrable" | "distributed")
}

/// The main verb behind common table expressions: the first at their own depth.
fn behind_with(text: &str, tokens: &[Token]) -> StatementKind {
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 => {
                let word = token.of(text).to_ascii_lowercase();
                if matches!(word.as_str(), "select" | "insert" | "update" | "delete" | "merge" | "table" | "values") {
                    return StatementKind::of_word(&word, None);
                }
            }
            _ => {}
        }
    }
    StatementKind::Select
}

#[cfg(test)]
mod tests {
    use units::Engine;

    use super::*;
    use crate::tokens::tokens_of;

    fn check(text: &str, expected: StatementKind) {
        let (tokens, _) = tokens_of(text, Engine::Postgres);
        assert_eq!(kind_of(text, &tokens), expected, "{text}");
    }

    #[test]
    fn the_first_verb_decides() {
        check("select 1", StatementKind::Select);
        check("/* c */ ((SELECT 1) union select 2)", StatementKind::Select);
        check("with a as (select 1) insert into t select * from a", StatementKind::Insert);
        check("with a as (delete from t returning *) select * from a", StatementKind::Select);
        check("begin", StatementKind::Begin);
        check("begin update t set a = 1; end", StatementKind::Call);
        check("prepare transaction 'x'", StatementKind::Commit);
        check("explain analyze delete from t", StatementKind::Explain);
        check("{ call f(1) }", StatementKind::Call);
        check("", StatementKind::Other);
        check("'x'", StatementKind::Other);
    }

    #[test]
    fn text_forms_round_trip() {
        for kind in StatementKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("Select".parse::<StatementKind>().is_err());
    }
}
