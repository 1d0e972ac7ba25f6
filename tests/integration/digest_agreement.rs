//! Digests group statements as PostgreSQL 18 itself does, judged by its query ids: over what the sample
//! app sends, and over families of statements that differ in spelling, literals and list lengths.
//!
//! Lists have two elements at least: PostgreSQL takes `IN (1)` for `= 1`, we do not.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

use local_stack::{Postgres, PostgresConfig};
use tests::tools;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use units::{DigestId, Engine};

/// Statements on the sample app's tables. `{n}`, `{t}` and `{l}` are a number, a text and a list.
const FAMILIES: [&str; 15] = [
    "SELECT id, title FROM books WHERE id = {n}",
    "SELECT id, title FROM books WHERE author_id = {n}",
    "SELECT id FROM books WHERE id IN ({l})",
    "SELECT id FROM books WHERE id IN ({l}) AND category = {t}",
    "SELECT count(*) FROM books WHERE price_cents BETWEEN {n} AND {n}",
    "SELECT title FROM books WHERE title LIKE {t} ORDER BY id DESC LIMIT {n} OFFSET {n}",
    "SELECT b.title, a.name FROM books b JOIN authors a ON a.id = b.author_id WHERE a.country = {t}",
    "SELECT name FROM customers WHERE email = {t} AND tenant_id = {n}",
    "SELECT city, count(*) FROM customers GROUP BY city HAVING count(*) > {n}",
    "UPDATE books SET price_cents = {n} WHERE id = {n}",
    "UPDATE customers SET name = {t}, city = {t} WHERE id = {n}",
    "DELETE FROM inventory WHERE book_id = {n}",
    "INSERT INTO authors (id, name, country) VALUES ({n}, {t}, {t})",
    "WITH cheap AS (SELECT id FROM books WHERE price_cents < {n}) SELECT count(*) FROM cheap",
    "SELECT CASE WHEN stock > {n} THEN {t} ELSE {t} END FROM inventory",
];

/// Writings of each family.
const WRITINGS: u64 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn digests_group_as_query_ids_do() {
    let root = tempfile::tempdir().unwrap();
    let config = PostgresConfig { bin_dir: Some(tools::postgres_18()), ..PostgresConfig::for_test(root.path()) };
    let postgres = Postgres::start(config).await.unwrap();
    let client = prepare(&postgres.url("postgres")).await;

    let app = sample_app_statements();
    assert!(app.len() >= 20, "only {} statements found in the sample app", app.len());
    agree(&client, &app, "the sample app").await;

    let families: Vec<String> = FAMILIES
        .iter()
        .enumerate()
        .flat_map(|(family, shape)| (0..WRITINGS).map(move |writing| write(shape, 1 + writing * 31 + family as u64)))
        .collect();
    agree(&client, &families, "the families").await;
}

async fn prepare(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // Ends with the client; an error shows in the client's own call.
        drop(connection.await);
    });
    let schema =
        std::fs::read_to_string(tools::repository().join("server/crates/sample_app/src/seed/schema.sql")).unwrap();
    client.batch_execute("set compute_query_id = on").await.unwrap();
    client.batch_execute(&schema).await.unwrap();
    client
}

/// Pair precision and recall, homogeneity and completeness must be perfect.
async fn agree(client: &Client, statements: &[String], what: &str) {
    let mut by_digest: HashMap<DigestId, (i64, &str)> = HashMap::new();
    let mut by_query: HashMap<i64, (DigestId, &str)> = HashMap::new();
    for sql in statements {
        let digest = sql_digest::digest(sql.as_bytes(), Engine::Postgres).id;
        let query = query_id(client, sql).await;
        same(&mut by_digest, digest, query, sql, what);
        same(&mut by_query, query, digest, sql, what);
    }
    assert_eq!(by_digest.len(), by_query.len(), "{what}");
}

/// One group of one side is one group of the other.
fn same<'a, K: Eq + Hash, V: Copy + Eq + std::fmt::Debug>(
    groups: &mut HashMap<K, (V, &'a str)>,
    group: K,
    other: V,
    sql: &'a str,
    what: &str,
) {
    let (known, first) = *groups.entry(group).or_insert((other, sql));
    assert_eq!(known, other, "{what} parted differently:\n{first}\n{sql}");
}

async fn query_id(client: &Client, sql: &str) -> i64 {
    let explain = format!("explain (generic_plan, verbose, format json) {sql}");
    let answer = client.simple_query(&explain).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let plan: String = answer
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        })
        .collect();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    plan[0]["Query Identifier"].as_i64().unwrap_or_else(|| panic!("{sql}: {plan}"))
}

/// A shape with literals, in one of many spellings. `seed` decides everything.
fn write(shape: &str, seed: u64) -> String {
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut text = String::new();
    let mut rest = shape;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        match &rest[at + 1..at + 2] {
            "n" => text.push_str(&next(100_000).to_string()),
            "t" => text.push_str(&format!("'it''s {}'", next(1_000_000))),
            _ => {
                let list: Vec<String> = (0..2 + next(30)).map(|_| next(1_000).to_string()).collect();
                text.push_str(&list.join(if next(2) == 0 { "," } else { ", " }));
            }
        }
        rest = &rest[at + 3..];
    }
    text.push_str(rest);
    match next(4) {
        0 => text.to_lowercase(),
        1 => text.replace(' ', "\n  "),
        2 => format!("/* {} */ {text} -- {}", next(1_000), next(1_000)),
        _ => text,
    }
}

/// The statements of the sample app's `tagged!` macros; EXPLAIN takes all but its DDL.
fn sample_app_statements() -> Vec<String> {
    let mut statements = Vec::new();
    read_folder(&tools::repository().join("server/crates/sample_app/src"), &mut statements);
    statements
}

fn read_folder(folder: &Path, statements: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read_folder(&path, statements);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            for call in source.split("tagged!(").skip(1) {
                let mut literals = call;
                let texts: Vec<String> = (0..3).filter_map(|_| read_literal(&mut literals)).collect();
                statements.extend(texts.get(2).filter(|sql| is_explainable(sql)).cloned());
            }
        }
    }
}

fn is_explainable(sql: &str) -> bool {
    sql.contains(' ') && !sql.starts_with("CREATE") && !sql.starts_with("DROP")
}

/// The next string literal of Rust source, and what follows it.
fn read_literal(source: &mut &str) -> Option<String> {
    let inside = &source[source.find('"')? + 1..];
    let mut text = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => {
                *source = &inside[at + 1..];
                return Some(text);
            }
            '\\' => match chars.next()?.1 {
                // A line goes on behind the white space that begins the next.
                '\n' => {
                    let rest = chars.as_str();
                    let skipped = rest.len() - rest.trim_start().len();
                    chars.by_ref().take(rest[..skipped].chars().count()).for_each(drop);
                }
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}
