//! `loadlens digest`: statements in, digests out, line by line.
//!
//! Reads JSON lines `{"sql": "…", "engine": "…", "truncated": true}` (engine and truncated may be left
//! out) or, with `--text`, one plain statement. Writes one JSON line for each line read, in order, and at
//! once when no more input waits. Blank lines are passed over. Another line that is no such object gives `{"error": "…"}` in its place; the
//! rest goes on, and the command fails at the end. Nothing it writes holds a literal, error texts
//! included.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};
use sql_digest::{Completeness, Digest, DigestCache, Digester, StatementKind, Tags, readable};
use units::{DigestId, Engine};

/// Texts whose digests are kept while the command runs.
const CACHE_TEXTS: usize = 1 << 14;

/// Bytes read at once.
const INPUT_BUFFER: usize = 1 << 16;

/// What some editors write before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Options of `loadlens digest`.
#[derive(Clone, Debug, Args)]
pub struct DigestArgs {
    /// Engine of statements that do not name theirs: postgres, mysql, mariadb, oracle or mssql.
    #[arg(long, value_name = "ENGINE", default_value = "postgres")]
    pub engine: Engine,
    /// Read one plain statement instead of JSON lines.
    #[arg(long)]
    pub text: bool,
    /// File to read; standard input without it.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Runs the command between the file or standard input and standard output.
///
/// # Errors
/// When the input cannot be read, the output not be written, or lines were no JSON objects with `sql`.
pub fn run(args: &DigestArgs) -> anyhow::Result<()> {
    let input: Box<dyn Read> = match &args.file {
        Some(path) => Box::new(File::open(path).with_context(|| path.display().to_string())?),
        None => Box::new(io::stdin().lock()),
    };
    let mut output = BufWriter::new(io::stdout().lock());
    let bad_lines = match digest_all(input, &mut output, args).and_then(|bad| output.flush().map(|()| bad)) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        Err(error) => {
            let name =
                args.file.as_ref().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
            return Err(error).with_context(|| format!("{name} cannot be read to its end"));
        }
        Ok(bad_lines) => bad_lines,
    };
    if bad_lines > 0 {
        bail!("{bad_lines} lines were no JSON objects with \"sql\"; an error stands in their place");
    }
    Ok(())
}

/// Digests everything in `input`; returns how many lines could not be read.
fn digest_all(input: impl Read, output: &mut impl Write, args: &DigestArgs) -> io::Result<u64> {
    let mut input = BufReader::with_capacity(INPUT_BUFFER, input);
    if args.text {
        let mut text = Vec::new();
        input.read_to_end(&mut text)?;
        write_line(output, &Line::from(&sql_digest::digest(&text, args.engine)))?;
        return Ok(0);
    }
    let mut reader = LineReader::new(args.engine);
    let mut line = Vec::new();
    let (mut line_number, mut bad_lines) = (0_u64, 0);
    while input.read_until(b'\n', &mut line)? > 0 {
        line_number += 1;
        let text = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| line_number == 1).unwrap_or(&line);
        if !text.trim_ascii().is_empty() {
            match reader.digest(text) {
                Ok(digest) => write_line(output, &Line::from(digest))?,
                Err(error) => {
                    bad_lines += 1;
                    write_line(output, &Failure { error: format!("line {line_number}: {error}") })?;
                }
            }
        }
        line.clear();
        // Who sends one line and waits for its answer gets it.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    Ok(bad_lines)
}

fn write_line(output: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}

/// Digests one line after the other.
struct LineReader {
    engine: Engine,
    cache: DigestCache,
    digester: Digester,
    /// The latest digest that did not come from the cache.
    latest: Option<Digest>,
}

impl LineReader {
    fn new(engine: Engine) -> Self {
        // One user's own input: nobody gains by colliding keys.
        Self { engine, cache: DigestCache::new(CACHE_TEXTS, 0), digester: Digester::default(), latest: None }
    }

    fn digest(&mut self, line: &[u8]) -> Result<&Digest, String> {
        let request: Request = serde_json::from_slice(line).map_err(|error| {
            // The parser's own message may quote the line.
            format!("no JSON object {{\"sql\": \"…\"}} at column {}", error.column())
        })?;
        let engine = match request.engine {
            None => self.engine,
            Some(name) => {
                let name = readable(&name.0).into_owned();
                name.parse().map_err(|_| "unknown engine; use postgres, mysql, mariadb, oracle or mssql".to_owned())?
            }
        };
        let completeness = match request.truncated {
            None => return Ok(self.cache.digest_bytes(&request.sql.0, engine)),
            Some(true) => Completeness::Cut,
            Some(false) => Completeness::Whole,
        };
        let digest = self.digester.digest(&readable(&request.sql.0), engine, completeness);
        Ok(self.latest.insert(digest))
    }
}

/// One line of input.
#[derive(DeriveDeserialize)]
struct Request {
    sql: AnyBytes,
    engine: Option<AnyBytes>,
    truncated: Option<bool>,
}

/// A JSON string that may hold what is no UTF-8: raw bytes and lone surrogates come through.
struct AnyBytes(Vec<u8>);

impl<'de> Deserialize<'de> for AnyBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = AnyBytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<AnyBytes, E> {
                Ok(AnyBytes(text.as_bytes().to_vec()))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<AnyBytes, E> {
                Ok(AnyBytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    id: DigestId,
    normal_form: &'a str,
    kind: StatementKind,
    tables: Vec<&'a str>,
    tags: &'a Tags,
    truncated: bool,
    tree: bool,
}

impl<'a> From<&'a Digest> for Line<'a> {
    fn from(digest: &'a Digest) -> Self {
        Self {
            id: digest.id,
            normal_form: &digest.normal_form,
            kind: digest.kind,
            tables: digest.tables.iter().map(|table| table.name.as_str()).collect(),
            tags: &digest.tags,
            truncated: digest.truncated,
            tree: digest.tree,
        }
    }
}

/// What stands in the place of a line that could not be read.
#[derive(Serialize)]
struct Failure {
    error: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn run_on(input: &[u8], text: bool) -> (Vec<serde_json::Value>, u64) {
        let args = DigestArgs { engine: Engine::Postgres, text, file: None };
        let mut output = Vec::new();
        let bad = digest_all(input, &mut output, &args).unwrap();
        let lines = String::from_utf8(output).unwrap();
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), bad)
    }

    #[test]
    fn one_line_out_for_each_line_in_that_is_not_blank_whatever_it_holds() {
        let input = b"{\"sql\": \"SELECT * FROM Orders WHERE id = 42\"}\n\
            no json 'secret'\n\
            \n\
            {\"engine\": \"mysql\", \"sql\": \"select `a` from T where x = 'secret\"}\n\
            {\"sql\": 'secret'}\n\
            {\"sql\": \"select '\xff\xfe', \\ud800 \\u0000\"}\n\
            {\"sql\": \"select 1\", \"engine\": \"secret\"}\n\
            {\"sql\": \"select a from t\", \"truncated\": true}";
        let (lines, bad) = run_on(input, false);
        assert_eq!(lines.len(), 7);
        assert_eq!(bad, 3);
        assert_eq!(lines[0]["normal_form"], "select * from orders where id = ?");
        assert_eq!(lines[0]["tables"], serde_json::json!(["orders"]));
        assert_eq!(lines[0]["tree"], true);
        assert_eq!(lines[2]["truncated"], true);
        assert!(lines[4]["normal_form"].as_str().unwrap().starts_with("select ?, "));
        assert_eq!(lines[6]["truncated"], true);
        assert!(lines[5]["error"].as_str().unwrap().starts_with("line 7: "));
        assert!([1, 3, 5].iter().all(|&at: &usize| lines[at]["error"].is_string()));
        assert!(!serde_json::to_string(&lines).unwrap().contains("secret"));
    }

    #[test]
    fn marks_line_ends_and_unknown_fields_do_no_harm() {
        let input = b"\xef\xbb\xbf{\"sql\": \"select 1\"}\r\n\
            {\"sql\": \"a\tb\x00\", \"engine\": null, \"truncated\": null, \"more\": [{\"x\": \"\xff\"}]}\r\n\
            {\"sql\": \"\"}\n\
            {\"sql\": \"select 2\"}";
        let (lines, bad) = run_on(input, false);
        let forms: Vec<&str> = lines.iter().map(|line| line["normal_form"].as_str().unwrap()).collect();
        assert_eq!((forms, bad), (vec!["select ?", "a b", "", "select ?"], 0));
    }

    #[test]
    fn an_error_says_where_and_how_to_mend_it() {
        let (lines, _) = run_on(b"{\"sql\": \"select 1\"}\n{\"SQL\": \"select secret\"}\n", false);
        let error = lines[1]["error"].as_str().unwrap();
        assert!(error.starts_with("line 2: no JSON object {\"sql\": \"…\"} at column "), "{error}");
        assert!(!error.contains("secret"));
    }

    #[test]
    fn plain_text_is_one_statement() {
        let (lines, bad) = run_on(b"select 1\nfrom t;\n", true);
        assert_eq!((lines.len(), bad), (1, 0));
        assert_eq!(lines[0]["normal_form"], "select ? from t");
        assert_eq!(lines[0]["kind"], "select");
    }
}
