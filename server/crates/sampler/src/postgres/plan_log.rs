//! Plans from the server's log, as `auto_explain` writes them with `log_format = json`.
//!
//! An entry is a line that names the process in brackets (`%p` of `log_line_prefix`, as by default)
//! and ends in `duration: 12.345 ms  plan:`, then the lines of a JSON object, each behind a tab.
//! <https://www.postgresql.org/docs/current/auto-explain.html>

use crate::clock::Clock;
use crate::observation::{ExecutedPlan, Observation};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// The log is looked at this often: a plan is to be known while its seconds are remembered.
const LOOK_EVERY_MS: i64 = 1_000;
/// Bytes read at one look. A log that grows faster loses plans, not time.
const MOST_BYTES: u64 = 4 << 20;
/// Longest entry: a statement of a megabyte, and its plan.
const LONGEST_ENTRY: usize = 2 << 20;

/// Tells the plans in the log at `path` until the receiver of `observations` is dropped. What is in
/// the log already is not told: its seconds are gone. A log that does not exist yet is waited for;
/// one that was cut or replaced by a shorter one is read from its begin.
pub async fn read_plan_log(path: PathBuf, clock: Clock, observations: mpsc::Sender<Observation>) {
    let mut tail = Tail::at_end(&path);
    loop {
        clock.sleep_until_ms(clock.now_ms() + LOOK_EVERY_MS).await;
        let read_secs = clock.now_secs();
        let place = path.clone();
        let look = tokio::task::spawn_blocking(move || {
            let plans = tail.look(&place, read_secs);
            (tail, plans)
        });
        let Ok((back, plans)) = look.await else { return };
        tail = back;
        let is_gone = match plans {
            plans if plans.is_empty() => observations.is_closed(),
            plans => observations.send(Observation::Plans(plans)).await.is_err(),
        };
        if is_gone {
            return;
        }
    }
}

/// Where reading stands.
#[derive(Debug, Default)]
struct Tail {
    offset: u64,
    /// The begin of a line whose end is not written yet.
    rest: Vec<u8>,
    entries: Entries,
}

impl Tail {
    fn at_end(path: &Path) -> Self {
        Self { offset: std::fs::metadata(path).map_or(0, |meta| meta.len()), ..Self::default() }
    }

    fn look(&mut self, path: &Path, read_secs: i64) -> Vec<ExecutedPlan> {
        let bytes = self.read(path).unwrap_or_else(|error| {
            tracing::debug!(path = %path.display(), %error, "the log of plans cannot be read");
            Vec::new()
        });
        self.rest.extend(bytes);
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let later = self.rest.split_off(end + 1);
        let whole = std::mem::replace(&mut self.rest, later);
        let text = String::from_utf8_lossy(&whole);
        text.lines().filter_map(|line| self.entries.take(line, read_secs)).collect()
    }

    fn read(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        if length < self.offset {
            *self = Self::default();
        }
        if length - self.offset > MOST_BYTES {
            *self = Self { offset: length - MOST_BYTES, ..Self::default() };
        }
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
        self.offset += bytes.len() as u64;
        Ok(bytes)
    }
}

/// Puts entries together from lines.
#[derive(Debug, Default)]
struct Entries(Option<Entry>);

#[derive(Debug)]
struct Entry {
    session_id: i64,
    duration_ms: f64,
    json: String,
}

impl Entries {
    /// Takes the next line; gives the entry that it ends.
    fn take(&mut self, line: &str, read_secs: i64) -> Option<ExecutedPlan> {
        let Some(json_line) = line.strip_prefix('\t') else {
            self.0 = head(line);
            return None;
        };
        let entry = self.0.as_mut()?;
        if entry.json.len() + json_line.len() > LONGEST_ENTRY {
            self.0 = None;
            return None;
        }
        entry.json.push_str(json_line);
        // Lines inside the object are set in.
        let entry = if json_line == "}" { self.0.take()? } else { return None };
        let mut object: serde_json::Value = serde_json::from_str(&entry.json).ok()?;
        let plan = serde_json::json!([{ "Plan": object.get_mut("Plan")?.take() }]).to_string();
        Some(ExecutedPlan {
            read_secs,
            session_id: entry.session_id,
            duration_ms: entry.duration_ms,
            statement: Arc::from(object.get("Query Text")?.as_str()?),
            plan: Arc::from(plan),
        })
    }
}

fn head(line: &str) -> Option<Entry> {
    let before = line.strip_suffix(" ms  plan:")?;
    let (prefix, duration) = before.rsplit_once("duration: ")?;
    let in_brackets = prefix.split('[').skip(1).filter_map(|part| part.split_once(']'));
    let session_id = in_brackets.into_iter().find_map(|(number, _)| number.parse().ok())?;
    Some(Entry { session_id, duration_ms: duration.parse().ok()?, json: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const ENTRY: &str = "2026-01-01 00:00:00.000 UTC [4711] shop LOG:  duration: 12.345 ms  plan:\n\
        \t{\n\t  \"Query Text\": \"select 1\\nfrom a\",\n\t  \"Plan\": {\n\t    \"Node Type\": \"Seq Scan\"\n\t  }\n\t}\n";

    fn plans(text: &str) -> Vec<ExecutedPlan> {
        let mut entries = Entries::default();
        text.lines().filter_map(|line| entries.take(line, 7)).collect()
    }

    #[test]
    fn entries_are_found_among_other_lines() {
        let noise = "2026-01-01 00:00:00.000 UTC [1] LOG:  checkpoint starting: time\n";
        let cut = ENTRY.split_inclusive('\n').take(3).collect::<String>();
        let found = plans(&format!("{noise}{cut}{noise}\tx\n{ENTRY}{noise}"));
        assert_eq!(found.len(), 1);
        let plan = &found[0];
        assert_eq!((plan.read_secs, plan.session_id, plan.duration_ms), (7, 4711, 12.345));
        assert_eq!(&*plan.statement, "select 1\nfrom a");
        assert_eq!(&*plan.plan, r#"[{"Plan":{"Node Type":"Seq Scan"}}]"#);
    }

    #[test]
    fn other_formats_are_no_plans() {
        assert_eq!(plans(&ENTRY.replace("[4711]", "4711")), []);
        assert_eq!(plans("x [1] LOG:  duration: 1.5 ms  plan:\n\tQuery Text: select 1\n\tResult\n"), []);
    }

    #[test]
    fn the_tail_follows_what_is_appended_and_notices_a_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let append = |text: &str| {
            File::options().create(true).append(true).open(&path).unwrap().write_all(text.as_bytes()).unwrap();
        };
        append(ENTRY);
        let mut tail = Tail::at_end(&path);
        assert_eq!(tail.look(&path, 1), [], "what was there before is not told");
        let (first, second) = ENTRY.split_at(100);
        append(first);
        assert_eq!(tail.look(&path, 2), []);
        append(second);
        assert_eq!(tail.look(&path, 3).len(), 1);
        File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
        append(ENTRY);
        assert_eq!(tail.look(&path, 4).len(), 1);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(tail.look(&path, 5), []);
    }
}
