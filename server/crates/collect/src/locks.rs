//! Lock snapshots. // PI `GetDimensionKeyDetails`, group `db.lock_snapshot`
//!
//! AWS documents that a snapshot is found by its second, and that seconds are found by one-second
//! load; not what a snapshot looks like. Read is a CSV whose first line names the columns the local
//! endpoint uses; anything else becomes a [`SnapshotFlaw`], never a guess.

use csv::StringRecord;
use samples::{Batch, Grouping, Instance, LockSnapshot, LockedSession, SnapshotFlaw};
use units::{Dimension, Engine, Period, Timestamp, Window};

use crate::access::{Collector, Lane};
use crate::detail::{Detail, DetailName};
use crate::error::CollectError;
use crate::performance_insights::Question;
use crate::statement::{RawText, TextReader};

const LOCK_TREES: DetailName = DetailName { group: "db.lock_snapshot", dimension: "lock_trees" };
/// Most sessions read of one snapshot.
const MOST_SESSIONS: usize = 2000;

impl Collector {
    /// Who waited for whom in one second of `window`: with `worst` the one with most load waiting,
    /// otherwise the newest. A window in which nobody waited gives an empty snapshot of its last
    /// second; one that was not sampled gives `None`.
    ///
    /// # Errors
    /// [`CollectError`] of the call for load, or of the call for the snapshot unless AWS says that
    /// it has none.
    pub async fn fetch_lock_snapshot(
        &self,
        instance: &Instance,
        window: Window,
        worst: bool,
        lane: Lane,
    ) -> Result<Option<LockSnapshot>, CollectError> {
        let question = [Question::Load(Grouping::by(Dimension::BlockingSession))];
        let answer = self.ask(instance, &question, window, Period::SECOND, lane).await?;
        let Some(load) = answer.batches.iter().find_map(|batch| match batch {
            Batch::Load(load) => Some(load),
            _ => None,
        }) else {
            return Ok(None);
        };
        let Some(last) = load.total.last().map(|point| point.at) else { return Ok(None) };
        let waiting = load.total.iter().map(|total| {
            let at_that = |series: &samples::LoadSeries| {
                series.points.iter().find(|point| point.at == total.at).map(|point| point.value)
            };
            (total.at, load.series.iter().filter_map(at_that).sum::<f64>())
        });
        let mut waiting: Vec<(Timestamp, f64)> = waiting.filter(|(_, load)| *load > 0.0).collect();
        if worst {
            waiting.sort_by(|a, b| a.1.total_cmp(&b.1));
        }
        let Some((at, _)) = waiting.last() else {
            return Ok(Some(LockSnapshot { at: last, sessions: Vec::new(), flaw: None }));
        };
        self.fetch_snapshot_of(instance, *at, lane).await.map(Some)
    }

    async fn fetch_snapshot_of(
        &self,
        instance: &Instance,
        at: Timestamp,
        lane: Lane,
    ) -> Result<LockSnapshot, CollectError> {
        let flawed = |flaw: SnapshotFlaw| LockSnapshot { at, sessions: Vec::new(), flaw: Some(flaw) };
        let text = match self.detail(instance, LOCK_TREES, &at.secs().to_string(), lane).await? {
            Detail::Available(text) => text,
            Detail::Unavailable(reason) => return Ok(flawed(SnapshotFlaw::Unavailable { reason })),
        };
        Ok(match read_lock_trees(&text, instance.engine, &self.texts) {
            Ok(sessions) => LockSnapshot { at, sessions, flaw: None },
            Err(columns) => flawed(SnapshotFlaw::UnknownShape { columns }),
        })
    }
}

/// Reads a snapshot; the error is the number of columns of one that cannot be read.
fn read_lock_trees(text: &str, engine: Engine, texts: &TextReader) -> Result<Vec<LockedSession>, usize> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let place = |name: &str| header.iter().position(|column| column == name);
    let (Some(session), Some(blocked_by)) = (place("session_id"), place("blocked_by")) else {
        return Err(header.len());
    };
    let mut sessions = Vec::new();
    for record in reader.records().take(MOST_SESSIONS) {
        let Ok(record) = record else { break };
        let field = |name: &str| place(name).and_then(|place| filled(&record, place));
        let age = |name: &str| field(name).and_then(|text| text.parse().ok());
        let Some(id) = filled(&record, session) else { continue };
        let read = field("sql").map(|sql| texts.read(&RawText::new(sql), "", engine));
        sessions.push(LockedSession {
            session: id,
            blocked_by: record.get(blocked_by).unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            state: field("state"),
            user: field("user"),
            application: field("application"),
            host: field("host"),
            wait: field("wait_event"),
            lock_type: field("lock_type"),
            lock_mode: field("lock_mode"),
            lock_object: field("lock_object"),
            waiting_ms: age("waiting_ms"),
            transaction_ms: age("transaction_ms"),
            digest: read.as_ref().map(|read| read.digest),
            statement: read.map(|read| read.normal_form),
        });
    }
    Ok(sessions)
}

fn filled(record: &StringRecord, place: usize) -> Option<String> {
    record.get(place).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<LockedSession>, usize> {
        read_lock_trees(text, Engine::Postgres, &TextReader::default())
    }

    #[test]
    fn columns_are_found_by_name_and_literals_stay_behind() {
        let text = "sql,blocked_by,extra,session_id,waiting_ms\n\
                    \"UPDATE t SET a = 'secret, \"\"x\"\"' WHERE id = 7\",1 2,?,3,1500\n,,,1,\n";
        let sessions = read(text).unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!((sessions[0].session.as_str(), sessions[0].waiting_ms), ("3", Some(1500)));
        assert_eq!(sessions[0].blocked_by, ["1", "2"]);
        let statement = sessions[0].statement.as_deref().unwrap();
        assert!(!statement.contains("secret") && !statement.contains('7'), "{statement}");
        assert_eq!(sessions[1], LockedSession { session: "1".to_owned(), ..LockedSession::default() });
    }

    #[test]
    fn unknown_shapes_are_told_not_guessed() {
        assert_eq!(read("pid,waits_for\n1,2\n"), Err(2));
        assert_eq!(read(""), Err(0));
        assert!(read("{\"trees\":[]}").is_err());
    }
}
