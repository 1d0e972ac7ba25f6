//! One form for a statement as sent and for the server's digest text of it. Pure.
//!
//! `SELECT a FROM t WHERE id IN (1, 2)` and ``SELECT `a` FROM `t` WHERE `id` IN (...)`` both become
//! `selectafromtwhereidin(...)`: no white space, no quotes around identifiers, no comments, lower case,
//! values as `?`, lists of values as `...`, and of words that MariaDB's parser takes for the same the
//! one its digests show.

/// Letters compared: both texts are cut by the server somewhere beyond it.
const COMPARED: usize = 800;

/// Words the parser takes for one, and the one digests show. Read off a MariaDB 10.11 by sending each
/// and reading its digest; a test does so again.
const SAME_WORDS: [(&str, &str); 37] = [
    ("any", "some"),
    ("bigint", "int8"),
    ("char", "character"),
    ("columns", "fields"),
    ("current_date", "curdate"),
    ("current_time", "curtime"),
    ("current_timestamp", "now"),
    ("database", "schema"),
    ("databases", "schemas"),
    ("day", "sql_tsi_day"),
    ("dec", "decimal"),
    ("distinct", "distinctrow"),
    ("double", "float8"),
    ("hour", "sql_tsi_hour"),
    ("int", "integer"),
    ("int1", "tinyint"),
    ("int2", "smallint"),
    ("int3", "middleint"),
    ("int4", "integer"),
    ("localtime", "now"),
    ("localtimestamp", "now"),
    ("mediumint", "middleint"),
    ("mid", "substring"),
    ("minute", "sql_tsi_minute"),
    ("month", "sql_tsi_month"),
    ("quarter", "sql_tsi_quarter"),
    ("regexp", "rlike"),
    ("second", "sql_tsi_second"),
    ("session_user", "system_user"),
    ("sql_tsi_week", "week"),
    ("sql_tsi_year", "year"),
    ("std", "stddev_pop"),
    ("stddev", "stddev_pop"),
    ("substr", "substring"),
    ("user", "system_user"),
    ("varchar", "varcharacter"),
    ("variance", "var_pop"),
];

/// Words and letters after which a sign belongs to the number that follows it; after a comparison and THEN the
/// digests show the sign. Read off the same server, and by the same test.
const BEFORE_A_SIGN: [&str; 14] = [
    "and", "between", "case", "div", "interval", "like", "mod", "not", "or", "return", "rlike", "select", "when", "xor",
];
const LETTERS_BEFORE_A_SIGN: [char; 10] = ['(', ',', '|', '&', '+', '-', '*', '/', '%', '^'];

/// The canonical form.
pub(crate) fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4 * COMPARED));
    let mut letters = text.chars().peekable();
    // Where the last word begins, as long as nothing follows it.
    let mut last_word = None;
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => {
                skip_quoted(&mut letters, letter);
                value(&mut out);
            }
            '`' => quoted_name(&mut letters, &mut out),
            '/' if letters.peek() == Some(&'*') => skip_comment(&mut letters),
            '#' => skip_line(&mut letters),
            '-' if letters.peek() == Some(&'-') => skip_line(&mut letters),
            '0'..='9' => {
                while letters.next_if(|next| next.is_ascii_alphanumeric() || *next == '.').is_some() {}
                value(&mut out);
            }
            '.' if letters.peek().is_some_and(char::is_ascii_digit) && !out.ends_with(is_name_end) => {
                while letters.next_if(|next| next.is_ascii_alphanumeric()).is_some() {}
                value(&mut out);
            }
            '@' => variable(&mut letters, &mut out),
            '<' if letters.next_if_eq(&'>').is_some() => out.push_str("!="),
            '-' | '+' if is_sign(&letters) && begins_value(&out, last_word) => {}
            _ if is_word(letter) => {
                let begin = out.len();
                word(letter, &mut letters, &mut out);
                last_word = Some(begin);
                continue;
            }
            _ if letter.is_whitespace() => continue,
            _ => out.push(letter),
        }
        last_word = None;
        if out.len() > 4 * COMPARED {
            break;
        }
    }
    let out = collapse_lists(&collapse_runs(&out));
    out.trim_end_matches(';').chars().take(COMPARED).collect()
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

fn is_name_end(letter: char) -> bool {
    is_word(letter) || letter == ')'
}

/// Whether a number follows.
fn is_sign(letters: &Letters<'_>) -> bool {
    letters.clone().find(|next| !next.is_whitespace()).is_some_and(|next| next.is_ascii_digit() || next == '.')
}

fn begins_value(out: &str, last_word: Option<usize>) -> bool {
    match last_word {
        Some(begin) => BEFORE_A_SIGN.contains(&&out[begin..]),
        None => out.ends_with(LETTERS_BEFORE_A_SIGN),
    }
}

/// A value; adjacent strings are one.
fn value(out: &mut String) {
    if !out.ends_with('?') {
        out.push('?');
    }
}

fn word(first: char, letters: &mut Letters<'_>, out: &mut String) {
    let mut word: String = first.to_lowercase().collect();
    while let Some(next) = letters.next_if(|next| is_word(*next)) {
        word.extend(next.to_lowercase());
    }
    // A column after its table's name is a name, whatever it is called.
    let is_qualified = out.ends_with('.') || letters.peek() == Some(&'.');
    let same = SAME_WORDS.iter().find(|(spelt, _)| *spelt == word && !is_qualified);
    out.push_str(same.map_or(word.as_str(), |(_, shown)| shown));
}

fn quoted_name(letters: &mut Letters<'_>, out: &mut String) {
    for letter in letters.by_ref().take_while(|letter| *letter != '`') {
        out.extend(letter.to_lowercase());
    }
}

/// `@name` is a value, `@@name` a name.
fn variable(letters: &mut Letters<'_>, out: &mut String) {
    out.push('@');
    if letters.next_if_eq(&'@').is_some() {
        out.push('@');
        return;
    }
    let mut is_named = false;
    while letters.next_if(|next| is_word(*next) || *next == '.').is_some() {
        is_named = true;
    }
    if is_named {
        out.push('?');
    }
}

fn skip_quoted(letters: &mut Letters<'_>, quote: char) {
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote && letters.next_if_eq(&quote).is_none() {
            return;
        }
    }
}

fn skip_comment(letters: &mut Letters<'_>) {
    let mut last = ' ';
    letters.next();
    for letter in letters.by_ref() {
        if last == '*' && letter == '/' {
            return;
        }
        last = letter;
    }
}

fn skip_line(letters: &mut Letters<'_>) {
    while letters.next_if(|letter| *letter != '\n').is_some() {}
}

/// `?,?,?` becomes `?,...`, as in `LIMIT ?, ...`.
fn collapse_runs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("?,?") {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        while let Some(after) = rest.strip_prefix(",?").or_else(|| rest.strip_prefix(",null")) {
            rest = after;
        }
        out.push_str("?,...");
    }
    out + rest
}

/// `(?,...)` becomes `(...)`, and several of those one.
fn collapse_lists(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('(') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let list_end = rest.find(')').map(|end| end + 1).filter(|end| is_value_list(&rest[1..end - 1]));
        match list_end {
            Some(end) => {
                if !out.ends_with("(...),") {
                    out.push_str("(...)");
                } else {
                    out.pop();
                }
                rest = &rest[end..];
            }
            None => {
                out.push('(');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn is_value_list(inner: &str) -> bool {
    let is_value = |value: &str| matches!(value, "?" | "-?" | "+?" | "null" | "...");
    inner == "..." || (inner.contains(',') && inner.split(',').all(is_value))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn sent_and_digest_texts_meet() {
        let check = |sent: &str, digest: &str| assert_eq!(canonical(sent), canonical(digest), "{sent}");
        check("SELECT a FROM t WHERE id = 5 AND n = 'it''s'", "SELECT `a` FROM `t` WHERE `id` = ? AND `n` = ?");
        check("select count(*) from t1 where id in (1, 2,3);", "SELECT COUNT ( * ) FROM `t1` WHERE `id` IN (...)");
        check(
            "insert into t (a, b) values (1, 'x'), (2, 'y')",
            "INSERT INTO `t` ( `a` , `b` ) VALUES (...) /* , ... */",
        );
        check("update shop.t set v=v+1.5e3 where id=7 -- why", "UPDATE `shop` . `t` SET `v` = `v` + ? WHERE `id` = ?");
        check("select sleep(5) /* route='x' */", "SELECT `sleep` (?)");
        check("select now() - interval 3 day limit 3, 4", "SELECT NOW ( ) - INTERVAL ? SQL_TSI_DAY LIMIT ?, ...");
        check("select distinct u.user from `user` u", "SELECT DISTINCTROW `u` . `user` FROM `user` `u`");
        check("select @x, @@version, .5", "SELECT @? , @@`version` , ?");
        check("select a <> -5", "SELECT `a` != - ?");
    }

    #[test]
    fn different_statements_stay_apart() {
        assert_ne!(canonical("SELECT a1 FROM t"), canonical("SELECT a2 FROM t"));
        assert_eq!(canonical("SELECT 'cut"), "select?");
    }
}
