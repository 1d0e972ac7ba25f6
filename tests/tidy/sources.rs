//! What must not stand in the sources, and how long a file may be.

use crate::repository::{files, text};

/// From here on a file is named as a candidate for a seam.
const LONG_LINES: usize = 400;
/// From here on it must say at its top why it is one thing.
const TOO_LONG_LINES: usize = 600;
/// What follows is the file's own tests, which may be as many as they like.
const TESTS_BEGIN: &str = "#[cfg(test)]";
/// Where a file of more than `TOO_LONG_LINES` says so.
const TOP_LINES: usize = 40;

/// This file names what it forbids.
const THIS_FILE: &str = "tests/tidy/sources.rs";

struct Rule {
    /// Files whose path begins so.
    under: &'static str,
    ends: &'static [&'static str],
    forbidden: &'static str,
    why: &'static str,
}

const RULES: [Rule; 11] = [
    Rule { under: "", ends: &["rs"], forbidden: "todo!(", why: "finish it or leave it out" },
    Rule { under: "", ends: &["rs"], forbidden: "unimplemented!(", why: "finish it or leave it out" },
    Rule { under: "", ends: &["rs"], forbidden: "dbg!(", why: "left over from looking for a fault" },
    Rule { under: "", ends: &["rs"], forbidden: "#[ignore", why: "a test that does not run tests nothing" },
    Rule { under: "app/", ends: &["rs"], forbidden: "inner_html", why: "text from a database would become markup" },
    Rule { under: "app/", ends: &["rs"], forbidden: " style=", why: "the content-security policy drops it" },
    Rule { under: "app/", ends: &["rs"], forbidden: "<textarea", why: "SQL is read, not edited: use <pre>" },
    Rule { under: "style/", ends: &["css"], forbidden: "!important", why: "the layer order decides" },
    Rule { under: "style/", ends: &["css"], forbidden: "http", why: "nothing is loaded from elsewhere" },
    Rule { under: "", ends: TEXT, forbidden: "/home/", why: "a path of one person's machine" },
    Rule { under: "", ends: TEXT, forbidden: "/work/", why: "a path of one person's machine" },
];

/// A field for a reader's own words: nothing of ours stands in it.
const EMPTY_AREA: &str = "></textarea>";

const TEXT: &[&str] = &["rs", "md", "toml", "css", "py", "json", "yml", "sql"];

#[test]
fn nothing_forbidden_stands_in_the_sources() {
    let mut found = Vec::new();
    for file in files().iter().filter(|file| *file != THIS_FILE) {
        let rules: Vec<&Rule> = RULES.iter().filter(|rule| rule.is_about(file)).collect();
        let Some(text) = (!rules.is_empty()).then(|| text(file)).flatten() else { continue };
        for (index, line) in text.lines().enumerate() {
            for rule in rules.iter().filter(|rule| line.contains(rule.forbidden) && !line.contains(EMPTY_AREA)) {
                found.push(format!("{file}:{}: `{}`: {}", index + 1, rule.forbidden, rule.why));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn long_files_say_why() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.ends_with(".rs")) {
        let Some(text) = text(file) else { continue };
        let count = text.lines().take_while(|line| *line != TESTS_BEGIN).count();
        let explains = text.lines().take(TOP_LINES).any(|line| line.starts_with("//!") && line.contains("one "));
        if count > TOO_LONG_LINES && !explains {
            wrong.push(format!("{file} has {count} lines and does not say at its top why it is one thing"));
        } else if count > LONG_LINES {
            eprintln!("notice: {file} has {count} lines; look for the seam");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_says_what_it_must_not_know() {
    let mut silent = files();
    silent.retain(|file| file.ends_with("src/lib.rs") && file.contains("/crates/"));
    silent.retain(|file| {
        let text = text(file).unwrap_or_default();
        let opening: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        !(["know", "must not"].iter().any(|word| opening.contains(word)) && opening.contains("law"))
    });
    assert!(silent.is_empty(), "a crate opens with what it does, what it must not know and its one law: {silent:?}");
}

impl Rule {
    fn is_about(&self, file: &str) -> bool {
        let ending = file.rsplit('.').next().unwrap_or_default();
        file.starts_with(self.under) && self.ends.contains(&ending)
    }
}
