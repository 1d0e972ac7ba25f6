//! One style sheet out of `style/main.css` and what it imports.
//!
//! Understands the two forms of `@import` the style folder uses, each on a line
//! of its own: `@import "file.css";` and `@import "file.css" layer(name);` (the
//! same with `url(…)`). Anything else is passed through.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};

use crate::run::read;

/// Imports deeper than this are a circle.
const DEEPEST_IMPORT: usize = 8;

/// The text of a style sheet with its imports put in place, in order.
pub(crate) fn inline(file: &Path) -> Result<String> {
    inline_at(file, 0)
}

fn inline_at(file: &Path, depth: usize) -> Result<String> {
    if depth > DEEPEST_IMPORT {
        bail!("{} is imported in a circle", file.display());
    }
    let mut sheet = String::new();
    for line in read(file)?.lines() {
        let Some(import) = parse_import(line) else {
            sheet.push_str(line);
            sheet.push('\n');
            continue;
        };
        let folder = file.parent().unwrap_or(Path::new("."));
        let text = inline_at(&folder.join(import.path), depth + 1)?;
        match import.layer {
            Some(layer) => writeln!(sheet, "@layer {layer} {{\n{text}}}")?,
            None => sheet.push_str(&text),
        }
    }
    Ok(sheet)
}

#[derive(Debug, PartialEq)]
struct Import<'a> {
    path: &'a str,
    layer: Option<&'a str>,
}

/// Reads a line that is an import of a file of ours and nothing else.
fn parse_import(line: &str) -> Option<Import<'_>> {
    let rest = line.trim().strip_prefix("@import")?.trim().strip_suffix(';')?.trim();
    let rest = rest.strip_prefix("url(").unwrap_or(rest);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (path, after) = rest[1..].split_once(quote)?;
    let after = after.strip_prefix(')').unwrap_or(after).trim();
    if path.contains("://") {
        return None;
    }
    let layer = after.strip_prefix("layer(").and_then(|text| text.strip_suffix(')'));
    (after.is_empty() || layer.is_some()).then_some(Import { path, layer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_recognised() {
        let check = |line, expected| assert_eq!(parse_import(line), expected, "{line}");
        let plain = Some(Import { path: "a.css", layer: None });
        check("@import \"a.css\";", plain);
        check("  @import url('a.css') ;", Some(Import { path: "a.css", layer: None }));
        let layered = Some(Import { path: "b/c.css", layer: Some("base") });
        check("@import \"b/c.css\" layer(base);", layered);
        check("@import \"https://example.org/a.css\";", None);
        check("@import \"a.css\" screen;", None);
        check(".a { color: red }", None);
    }
}
