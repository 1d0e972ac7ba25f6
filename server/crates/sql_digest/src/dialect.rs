//! What differs between the engines at the level of bytes.
//!
//! One zero-sized type per family, so that the scanner is compiled once for each and asks no question
//! at run time.

use units::Engine;

/// Lexical rules of a family of engines.
pub(crate) trait Dialect {
    /// A backslash escapes the next byte inside `'…'`.
    const BACKSLASH: bool = false;
    /// `"…"` is a string, as in MySQL without `ANSI_QUOTES`; otherwise an identifier.
    const DOUBLE_QUOTED_STRING: bool = false;
    /// `` `…` `` is an identifier.
    const BACKTICK: bool = false;
    /// `[…]` is an identifier.
    const BRACKET: bool = false;
    /// `#` opens a comment to the end of the line.
    const HASH_COMMENT: bool = false;
    /// `--` opens a comment only before white space.
    const DASH_NEEDS_SPACE: bool = false;
    /// `/* /* */ */` nests.
    const NESTED_COMMENT: bool = false;
    /// `/*! … */` holds code that is executed.
    const EXECUTABLE_COMMENT: bool = false;
    /// `$tag$ … $tag$` is a string.
    const DOLLAR_QUOTE: bool = false;
    /// Operators are runs of symbols that users may define, and `E'…'`, `U&'…'` exist.
    const POSTGRES: bool = false;
    /// `q'[…]'` exists.
    const ORACLE: bool = false;
    /// `@name` is a bind marker or a variable.
    const AT_MARKER: bool = false;
    /// `#` and `@` may stand inside a name.
    const HASH_IN_NAME: bool = false;
    /// A name may begin with a digit.
    const DIGIT_NAME: bool = false;
    /// A currency sign may stand before a number, and a bare `e` behind one.
    const CURRENCY: bool = false;
    /// The case of names is kept; only keywords are folded.
    const KEEP_CASE: bool = false;
    /// Unquoted names fold to upper case, so `"ABC"` is `abc`.
    const UPPER: bool = false;
    /// Names compare without case, quoted or not.
    const QUOTED_IGNORES_CASE: bool = false;
}

pub(crate) struct Postgres;
pub(crate) struct MySql;
pub(crate) struct Oracle;
pub(crate) struct SqlServer;

impl Dialect for Postgres {
    const NESTED_COMMENT: bool = true;
    const DOLLAR_QUOTE: bool = true;
    const POSTGRES: bool = true;
}

impl Dialect for MySql {
    const BACKSLASH: bool = true;
    const DOUBLE_QUOTED_STRING: bool = true;
    const BACKTICK: bool = true;
    const HASH_COMMENT: bool = true;
    const DASH_NEEDS_SPACE: bool = true;
    const EXECUTABLE_COMMENT: bool = true;
    const AT_MARKER: bool = true;
    const DIGIT_NAME: bool = true;
    const KEEP_CASE: bool = true;
}

impl Dialect for Oracle {
    const ORACLE: bool = true;
    const HASH_IN_NAME: bool = true;
    const UPPER: bool = true;
}

impl Dialect for SqlServer {
    const BRACKET: bool = true;
    const NESTED_COMMENT: bool = true;
    const AT_MARKER: bool = true;
    const HASH_IN_NAME: bool = true;
    const CURRENCY: bool = true;
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
