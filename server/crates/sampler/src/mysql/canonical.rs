//! One form for a statement as sent and for the server's digest text of it. Pure.
//!
//! `SELECT a FROM t WHERE id IN (1, 2)` and ``SELECT `a` FROM `t` WHERE `id` IN (...)`` both become
//! `selectafromtwhereidin(...)`: no white space, no quotes around identifiers, no comments, lower case,
//! values as `?`, lists of values as `(...)`.

/// Letters compared: both texts are cut by the server somewhere beyond it.
const COMPARED: usize = 800;

/// The canonical form.
pub(crate) fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(COMPARED));
    let mut letters = text.chars().peekable();
    let mut follows_word = false;
    while let Some(letter) = letters.next() {
        let was_word = std::mem::replace(&mut follows_word, false);
        match letter {
            '\'' | '"' => {
                skip_quoted(&mut letters, letter);
                out.push('?');
            }
            '`' => follows_word = was_word,
            '/' if letters.peek() == Some(&'*') => skip_comment(&mut letters),
            '#' => skip_line(&mut letters),
            '-' if letters.peek() == Some(&'-') => skip_line(&mut letters),
            '0'..='9' if !was_word => {
                while letters.next_if(|next| next.is_ascii_alphanumeric() || *next == '.').is_some() {}
                out.push('?');
            }
            _ if letter.is_whitespace() => {}
            _ => {
                follows_word = letter.is_alphanumeric() || letter == '_' || letter == '$';
                out.extend(letter.to_lowercase());
            }
        }
        if out.len() > 4 * COMPARED {
            break;
        }
    }
    let out = collapse_lists(&out);
    out.trim_end_matches(';').chars().take(COMPARED).collect()
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

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

/// `(?,?)` becomes `(...)`, and several of those one.
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
    inner == "..." || (inner.contains(',') && inner.split(',').all(|value| matches!(value, "?" | "-?" | "null")))
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
    }

    #[test]
    fn different_statements_stay_apart() {
        assert_ne!(canonical("SELECT a1 FROM t"), canonical("SELECT a2 FROM t"));
        assert_eq!(canonical("SELECT 'cut"), "select?");
    }
}
