//! What differs between the engines at the level of bytes.
//!
//! One zero-sized type per family, so that the scanner is compiled once for each and asks no question
//! at run time.

use units::Engine;

/// Lexical rules of a family of engines.
pub(crate) trait Dialect {
    /// A backslash escapes the next byte inside `'…'`.
    const BACKSLASH: bool;
    /// `"…"` is a string, as in MySQL without `ANSI_QUOTES`; otherwise an identifier.
    const DOUBLE_QUOTED_STRING: bool;
    /// `` `…` `` is an identifier.
    const BACKTICK: bool;
    /// `[…]` is an identifier.
    const BRACKET: bool;
    /// `#` opens a comment to the end of the line.
    const HASH_COMMENT: bool;
    /// `--` opens a comment only before white space.
    const DASH_NEEDS_SPACE: bool;
    /// `/* /* */ */` nests.
    const NESTED_COMMENT: bool;
    /// `/*! … */` holds code that is executed.
    const EXECUTABLE_COMMENT: bool;
    /// `$tag$ … $tag$` is a string.
    const DOLLAR_QUOTE: bool;
    /// Operators are runs of symbols that users may define, and `E'…'`, `U&'…'` exist.
    const POSTGRES: bool;
    /// `q'[…]'` exists.
    const ORACLE: bool;
    /// `@name` is a bind marker or a variable.
    const AT_MARKER: bool;
    /// `#` and `@` may stand inside a name.
    const HASH_IN_NAME: bool;
    /// A name may begin with a digit.
    const DIGIT_NAME: bool;
    /// A currency sign may stand before a number, and a bare `e` behind one.
    const CURRENCY: bool;
    /// The case of names is kept; only keywords are folded.
    const KEEP_CASE: bool;
    /// Unquoted names fold to upper case, so `"ABC"` is `abc`.
    const UPPER: bool;
    /// Names compare without case, quoted or not.
    const QUOTED_IGNORES_CASE: bool;
}

pub(crate) struct Postgres;
pub(crate) struct MySql;
pub(crate) struct Oracle;
pub(crate) struct SqlServer;

impl Dialect for Postgres {
    const BACKSLASH: bool = false;
    const DOUBLE_QUOTED_STRING: bool = false;
    const BACKTICK: bool = false;
    const BRACKET: bool = false;
    const HASH_COMMENT: bool = false;
    const DASH_NEEDS_SPACE: bool = false;
    const NESTED_COMMENT: bool = true;
    const EXECUTABLE_COMMENT: bool = false;
    const DOLLAR_QUOTE: bool = true;
    const POSTGRES: bool = true;
    const ORACLE: bool = false;
    const AT_MARKER: bool = false;
    const HASH_IN_NAME: bool = false;
    const DIGIT_NAME: bool = false;
    const CURRENCY: bool = false;
    const KEEP_CASE: bool = false;
    const UPPER: bool = false;
    const QUOTED_IGNORES_CASE: bool = false;
}

impl Dialect for MySql {
    const BACKSLASH: bool = true;
    const DOUBLE_QUOTED_STRING: bool = true;
    const BACKTICK: bool = true;
    const BRACKET: bool = false;
    const HASH_COMMENT: bool = true;
    const DASH_NEEDS_SPACE: bool = true;
    const NESTED_COMMENT: bool = false;
    const EXECUTABLE_COMMENT: bool = true;
    const DOLLAR_QUOTE: bool = false;
    const POSTGRES: bool = false;
    const ORACLE: bool = false;
    const AT_MARKER: bool = true;
    const HASH_IN_NAME: bool = false;
    const DIGIT_NAME: bool = true;
    const CURRENCY: bool = false;
    const KEEP_CASE: bool = true;
    const UPPER: bool = false;
    const QUOTED_IGNORES_CASE: bool = false;
}

impl Dialect for Oracle {
    const BACKSLASH: bool = false;
    const DOUBLE_QUOTED_STRING: bool = false;
    const BACKTICK: bool = false;
    const BRACKET: bool = false;
    const HASH_COMMENT: bool = false;
    const DASH_NEEDS_SPACE: bool = false;
    const NESTED_COMMENT: bool = false;
    const EXECUTABLE_COMMENT: bool = false;
    const DOLLAR_QUOTE: bool = false;
    const POSTGRES: bool = false;
    const ORACLE: bool = true;
    const AT_MARKER: bool = false;
    const HASH_IN_NAME: bool = true;
    const DIGIT_NAME: bool = false;
    const CURRENCY: bool = false;
    const KEEP_CASE: bool = false;
    const UPPER: bool = true;
    const QUOTED_IGNORES_CASE: bool = false;
}

impl Dialect for SqlServer {
    const BACKSLASH: bool = false;
    const DOUBLE_QUOTED_STRING: bool = false;
    const BACKTICK: bool = false;
    const BRACKET: bool = true;
    const HASH_COMMENT: bool = false;
    const DASH_NEEDS_SPACE: bool = false;
    const NESTED_COMMENT: bool = true;
    const EXECUTABLE_COMMENT: bool = false;
    const DOLLAR_QUOTE: bool = false;
    const POSTGRES: bool = false;
    const ORACLE: bool = false;
    const AT_MARKER: bool = true;
    const HASH_IN_NAME: bool = true;
    const DIGIT_NAME: bool = false;
    const CURRENCY: bool = true;
    const KEEP_CASE: bool = false;
    const UPPER: bool = false;
    const QUOTED_IGNORES_CASE: bool = true;
}

/// Work to be done under the rules of an engine that is known only at run time.
pub(crate) trait WithDialect {
    type Output;
    fn run<D: Dialect>(self) -> Self::Output;
}

/// Calls `work` with the dialect of `engine`.
pub(crate) fn with_dialect<W: WithDialect>(engine: Engine, work: W) -> W::Output {
    match engine {
        Engine::Postgres => work.run::<Postgres>(),
        Engine::MySql | Engine::MariaDb => work.run::<MySql>(),
        Engine::Oracle => work.run::<Oracle>(),
        Engine::SqlServer => work.run::<SqlServer>(),
    }
}
