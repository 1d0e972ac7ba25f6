//! SQL with its origin written into it, in the sqlcommenter format.

/// A statement as one constant, with a trailing `/*action='…',route='…'*/` comment.
///
/// Keys are in alphabetical order and values percent-encoded, as the format asks. The comment
/// trails because PostgreSQL 18 strips what leads a statement before it stores the text. It is a
/// constant per place in the program, so each statement keeps one text and the driver's statement
/// cache keeps working.
macro_rules! tagged {
    ($action:literal, $route:literal, $sql:literal) => {
        concat!($sql, " /*action='", $action, "',route='", $route, "'*/")
    };
}
