//! A statement as pages show it, and the scripts a reader takes along. Nothing here is executed.

use std::fmt::Write as _;

use sql_digest::{Finding, Span, SpanKind};
use units::Engine;
use view::{SqlSpan, SqlSpanKind};

/// Parameters of a script: more are not written out.
const MOST_PARAMETERS: usize = 1000;

/// A masked text laid out on lines, with the places of findings marked.
pub(crate) fn laid_out(masked: &str, engine: Engine, findings: &[Finding]) -> Vec<SqlSpan> {
    let spans = sql_digest::format(masked, engine);
    // Laying out moves white space only, so places are counted in what is not white.
    let solid =
        |place: usize| masked.get(..place).unwrap_or(masked).chars().filter(|char| !char.is_whitespace()).count();
    let ranges: Vec<(usize, usize)> = findings.iter().map(|found| (solid(found.start), solid(found.end))).collect();
    let mut seen = 0;
    let mut marked = Vec::new();
    for span in spans {
        for char in span.text.chars() {
            let mark = mark_at(&ranges, seen);
            // White space is marked inside of a place, not at its ends.
            let mark = mark.filter(|_| !char.is_whitespace() || (seen > 0 && mark_at(&ranges, seen - 1) == mark));
            seen += usize::from(!char.is_whitespace());
            push(&mut marked, kind_of(span.kind), char, mark);
        }
    }
    marked
}

/// A masked text as it was sent, with the places of findings marked.
pub(crate) fn as_sent(masked: &str, findings: &[Finding]) -> Vec<SqlSpan> {
    let ranges: Vec<(usize, usize)> = findings.iter().map(|found| (found.start, found.end)).collect();
    let mut spans = Vec::new();
    for (place, char) in masked.char_indices() {
        push(&mut spans, SqlSpanKind::Plain, char, mark_at(&ranges, place));
    }
    spans
}

/// The number, from 1, of the first finding that holds a place.
fn mark_at(ranges: &[(usize, usize)], place: usize) -> Option<u8> {
    let at = ranges.iter().position(|(start, end)| (*start..*end).contains(&place))?;
    u8::try_from(at + 1).ok()
}

fn push(spans: &mut Vec<SqlSpan>, kind: SqlSpanKind, char: char, mark: Option<u8>) {
    match spans.last_mut() {
        Some(last) if last.kind == kind && last.mark == mark => last.text.push(char),
        _ => spans.push(SqlSpan { kind, text: char.to_string(), mark }),
    }
}

const fn kind_of(kind: SpanKind) -> SqlSpanKind {
    match kind {
        SpanKind::Keyword => SqlSpanKind::Keyword,
        SpanKind::Table => SqlSpanKind::Table,
        SpanKind::Param => SqlSpanKind::Param,
        SpanKind::Comment => SqlSpanKind::Comment,
        SpanKind::Plain => SqlSpanKind::Plain,
    }
}

/// The statement with each literal and parameter written by `name`, from 1; and how many there are.
fn with_parameters(masked: &str, engine: Engine, name: impl Fn(usize) -> String) -> Option<(String, usize)> {
    let mut text = String::with_capacity(masked.len());
    let mut count = 0;
    for Span { kind, text: piece } in sql_digest::format(masked, engine) {
        if kind == SpanKind::Param {
            count += 1;
            text.push_str(&name(count));
        } else {
            text.push_str(&piece);
        }
    }
    let text = text.trim().trim_end_matches(';').trim_end().to_owned();
    (count <= MOST_PARAMETERS && !text.is_empty()).then_some((text, count))
}

/// A script that shows the plan of a statement without executing it. PostgreSQL plans it with
/// unknown parameters (a generic plan), MySQL with NULL.
pub(crate) fn explain_script(masked: &str, engine: Engine) -> Option<String> {
    if matches!(engine, Engine::MySql | Engine::MariaDb) {
        let (text, count) = with_parameters(masked, engine, |number| format!("@p{number}"))?;
        let format = if engine == Engine::MySql { "FORMAT=TREE " } else { "" };
        let set: Vec<String> = (1..=count).map(|number| format!("@p{number} = NULL")).collect();
        let set = if set.is_empty() { String::new() } else { format!("SET {};\n", set.join(", ")) };
        return Some(format!("{set}EXPLAIN {format}\n{text};\n"));
    }
    if engine != Engine::Postgres {
        return None;
    }
    let (text, count) = with_parameters(masked, engine, |number| format!("${number}"))?;
    let mut script = format!("PREPARE loadlens AS\n{text};\nSET plan_cache_mode = force_generic_plan;\n");
    let values = vec!["NULL"; count].join(", ");
    let values = if count == 0 { String::new() } else { format!("({values})") };
    // Writing to a String cannot fail.
    write!(script, "EXPLAIN (VERBOSE, SETTINGS) EXECUTE loadlens{values};\nDEALLOCATE loadlens;\n").unwrap_or_default();
    Some(script)
}

/// A script that tests an index hypothesis with the extension `hypopg`: the planner sees an index
/// that is not there. MySQL and MariaDB have nothing like it.
pub(crate) fn hypopg_script(table: &str, columns: &[String], explain: &str, engine: Engine) -> Option<String> {
    if engine != Engine::Postgres || columns.is_empty() {
        return None;
    }
    let definition = format!(
        "CREATE INDEX ON {} ({})",
        path(table),
        columns.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
    );
    let quoted = definition.replace('\'', "''");
    Some(format!(
        "-- A test, not a change: the index exists for this session's planner only.\n\
         CREATE EXTENSION IF NOT EXISTS hypopg;\n\
         SELECT * FROM hypopg_create_index('{quoted}');\n\
         {explain}SELECT hypopg_reset();\n"
    ))
}

fn path(table: &str) -> String {
    table.split('.').map(identifier).collect::<Vec<_>>().join(".")
}

/// A name as it may stand in a statement: quoted unless it is plain.
fn identifier(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let first = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if plain && first { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(spans: &[SqlSpan]) -> String {
        spans.iter().map(|span| span.text.as_str()).collect()
    }

    fn marked(spans: &[SqlSpan], number: u8) -> String {
        spans.iter().filter(|span| span.mark == Some(number)).map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn places_of_findings_are_marked_in_both_layouts() {
        let masked = "select * from a join b on a.id = b.id where lower(a.name) = ? order by random()";
        let read = sql_digest::digest(masked.as_bytes(), Engine::Postgres);
        assert!(read.findings.len() >= 2, "{:?}", read.findings);
        let (sent, laid) = (as_sent(masked, &read.findings), laid_out(masked, Engine::Postgres, &read.findings));
        assert_eq!(text_of(&sent), masked);
        for (number, found) in read.findings.iter().enumerate() {
            let number = u8::try_from(number + 1).unwrap();
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            let place = squeezed(&masked[found.start..found.end]);
            assert!(!place.is_empty());
            assert_eq!(squeezed(&marked(&sent, number)), place);
            assert_eq!(squeezed(&marked(&laid, number)), place);
        }
    }

    #[test]
    fn plans_are_shown_without_executing_anything() {
        let script =
            explain_script("UPDATE inventory SET stock = stock - ? WHERE book_id = ?", Engine::Postgres).unwrap();
        assert!(script.contains("stock - $1") && script.contains("book_id = $2"), "{script}");
        assert!(script.contains("EXECUTE loadlens(NULL, NULL)") && !script.contains("ANALYZE"), "{script}");
        let script = explain_script("SELECT now()", Engine::MySql).unwrap();
        assert!(!script.contains("SET"), "{script}");
    }

    #[test]
    fn an_index_is_only_hypothetical() {
        let columns = ["book_id".to_owned(), "Odd name".to_owned()];
        let script = hypopg_script("shop.inventory", &columns, "EXPLAIN x;\n", Engine::Postgres).unwrap();
        assert!(
            script.contains("hypopg_create_index('CREATE INDEX ON shop.inventory (book_id, \"Odd name\")')"),
            "{script}"
        );
        assert!(hypopg_script("t", &columns, "", Engine::MySql).is_none());
    }
}
