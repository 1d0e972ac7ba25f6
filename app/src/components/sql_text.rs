//! A statement in its normal form, with keywords, parameters and comments told apart.
//!
//! A small scanner is enough here: it only chooses a class for each stretch of text and gives back
//! every byte. What the text means is `sql_digest`'s business, on the server.

use leptos::prelude::*;

/// Longest statement that is set in colours; longer ones are shown plain.
const MOST_COLOURED_BYTES: usize = 64 * 1024;

const KEYWORDS: [&str; 58] = [
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CASE",
    "COMMIT",
    "CREATE",
    "CROSS",
    "DELETE",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "FALSE",
    "FOR",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "ILIKE",
    "IN",
    "INDEX",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "LATERAL",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "RETURNING",
    "RIGHT",
    "ROLLBACK",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "TRUE",
    "UNION",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

/// Words that also count as keywords, since statements hinge on them.
const MORE_KEYWORDS: [&str; 6] = ["WITH", "OVER", "PARTITION", "LOCK", "NOWAIT", "SKIP"];

/// The statement as `<pre><code>`.
#[component]
pub fn SqlText(
    /// Normal form or text.
    text: String,
) -> impl IntoView {
    let pieces = if text.len() > MOST_COLOURED_BYTES { vec![(Kind::Plain, text.as_str())] } else { pieces(&text) };
    let pieces = pieces.into_iter().map(|(kind, text)| {
        let text = text.to_owned();
        match kind.class() {
            None => text.into_any(),
            Some(class) => view! { <span class=class>{text}</span> }.into_any(),
        }
    });
    let pieces = pieces.collect_view();
    view! {
        <pre class="sql-block" tabindex="0"><code>{pieces}</code></pre>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Keyword,
    Param,
    Comment,
}

impl Kind {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("sql-block__keyword"),
            Self::Param => Some("sql-block__param"),
            Self::Comment => Some("sql-block__comment"),
        }
    }
}

/// Stretches of the text, which together are the whole text.
fn pieces(text: &str) -> Vec<(Kind, &str)> {
    let mut pieces: Vec<(Kind, &str)> = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while at < text.len() {
        let (kind, length) = next(&text[at..]);
        if kind != Kind::Plain {
            if plain_from < at {
                pieces.push((Kind::Plain, &text[plain_from..at]));
            }
            pieces.push((kind, &text[at..at + length]));
            plain_from = at + length;
        }
        at += length;
    }
    if plain_from < text.len() {
        pieces.push((Kind::Plain, &text[plain_from..]));
    }
    pieces
}

/// Kind and length of what a text begins with; the length is never 0.
fn next(rest: &str) -> (Kind, usize) {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let first = rest.chars().next().unwrap_or(' ');
    if rest.starts_with("--") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if first == '?' {
        return (Kind::Param, 1);
    }
    if first == '$' {
        let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        return (if digits > 0 { Kind::Param } else { Kind::Plain }, 1 + digits);
    }
    if is_word(first) {
        let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let word = rest[..length].to_ascii_uppercase();
        let known = KEYWORDS.contains(&word.as_str()) || MORE_KEYWORDS.contains(&word.as_str());
        return (if known { Kind::Keyword } else { Kind::Plain }, length);
    }
    (Kind::Plain, first.len_utf8())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keywords_and_parameters_are_told_apart() {
        let found = pieces("UPDATE inventory SET stock = stock - ? WHERE id = $1 /* route=/x */");
        let kinds: Vec<(Kind, &str)> = found.into_iter().filter(|(kind, _)| *kind != Kind::Plain).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Keyword, "UPDATE"),
                (Kind::Keyword, "SET"),
                (Kind::Param, "?"),
                (Kind::Keyword, "WHERE"),
                (Kind::Param, "$1"),
                (Kind::Comment, "/* route=/x */"),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_byte_is_lost(text in "\\PC{0,200}") {
            let whole: String = pieces(&text).into_iter().map(|(_, text)| text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
