//! Small worlds whose every number can be checked by hand: who ran what, waiting for what, in which
//! minute. A world answers as Performance Insights would, and counts naively, session by session.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::cast_possible_wrap)]

use std::collections::BTreeMap;
use std::sync::Arc;

use archive::Archive;
use ranking::Reader;
use samples::{
    Batch, Grouping, Instance, LoadBatch, LoadSeries, PiState, Point, Refusal, Statement, StatementStat,
    StatisticBatch, Vcpus, Wanted, Wants,
};
use tempfile::TempDir;
use units::{DigestId, Dimension, Engine, Filter, FilterOp, Period, ResourceId, Timestamp, Window};

/// Rows of one answer.
const TOP: usize = 25;

/// Load of one sort of session, a value a minute.
#[derive(Clone, Debug)]
pub struct Sessions {
    pub sql: Option<String>,
    /// The statement under the digest, where a world tells them apart.
    pub child: Option<String>,
    pub wait: String,
    pub user: String,
    pub host: String,
    pub aas: Vec<f64>,
}

/// Sessions over some minutes; in `dark` minutes nobody looked.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub minutes: usize,
    pub sessions: Vec<Sessions>,
    pub dark: Vec<usize>,
    /// PI id → calls per second, ms per second.
    pub stats: BTreeMap<String, (f64, f64)>,
    /// PI ids that share a normal form: id → digest number.
    pub digests: BTreeMap<String, u128>,
    /// Texts of statements, where they matter.
    pub texts: BTreeMap<String, String>,
}

/// The first minute of every world: 2026-11-23T14:30Z.
pub const START: Timestamp = Timestamp::from_secs(1_795_444_200);

pub fn instance_id() -> ResourceId {
    ResourceId("db-WORLD".to_owned())
}

impl World {
    /// Reads a world: a line a sort of session, `sql wait user host | aas…`; sql `-` for none,
    /// `sql@route` for a caller's own statement, `sql@` for one without a tag; a column of `.` is a
    /// minute nobody looked.
    pub fn read(text: &str) -> Self {
        let mut world = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (who, values) = line.split_once('|').unwrap();
            let words: Vec<&str> = who.split_whitespace().collect();
            let [sql, wait, user, host] = words[..] else { panic!("four words: {line}") };
            let values: Vec<&str> = values.split_whitespace().collect();
            world.minutes = values.len();
            world.dark =
                values.iter().enumerate().filter(|(_, value)| **value == ".").map(|(minute, _)| minute).collect();
            world.sessions.push(Sessions {
                sql: (sql != "-").then(|| sql.split('@').next().unwrap().to_owned()),
                child: sql.contains('@').then(|| sql.to_owned()),
                wait: wait.to_owned(),
                user: user.to_owned(),
                host: host.to_owned(),
                aas: values.iter().map(|value| value.parse().unwrap_or(0.0)).collect(),
            });
        }
        world
    }

    pub fn window(&self) -> Window {
        Window::new(START, START.plus_secs(60 * self.minutes as i64))
    }

    pub fn key(sessions: &Sessions, dimension: Dimension) -> Option<String> {
        match dimension {
            Dimension::Wait => Some(sessions.wait.clone()),
            Dimension::WaitType => Some(sessions.wait.split(':').next().unwrap().to_owned()),
            Dimension::Sql => sessions.sql.clone(),
            Dimension::Statement => sessions.child.clone(),
            Dimension::User => Some(sessions.user.clone()),
            Dimension::Host => Some(sessions.host.clone()),
            _ => None,
        }
    }

    pub fn digest(&self, pi_id: &str) -> DigestId {
        DigestId::new(
            1,
            self.digests
                .get(pi_id)
                .copied()
                .unwrap_or_else(|| pi_id.bytes().fold(1000, |sum, byte| sum * 256 + u128::from(byte))),
        )
    }

    /// What a filter on a page means for one sort of session.
    pub fn passes(&self, sessions: &Sessions, filters: &[Filter]) -> bool {
        let matches = |filter: &Filter| match filter.dimension {
            Dimension::Sql => sessions.sql.as_ref().is_some_and(|id| self.digest(id).to_string() == filter.value),
            dimension => Self::key(sessions, dimension).as_deref() == Some(filter.value.as_str()),
        };
        let of_dimension = |dimension: Dimension| {
            let mut includes =
                filters.iter().filter(|filter| filter.dimension == dimension && filter.op == FilterOp::Is).peekable();
            includes.peek().is_none() || includes.any(matches)
        };
        Dimension::ALL.into_iter().all(of_dimension)
            && !filters.iter().any(|filter| filter.op == FilterOp::IsNot && matches(filter))
    }

    /// Load a minute of the sessions `is_counted`, added up one by one.
    pub fn count(&self, is_counted: impl Fn(&Sessions) -> bool) -> Vec<Option<f64>> {
        (0..self.minutes)
            .map(|minute| {
                let counted = self.sessions.iter().filter(|sessions| is_counted(sessions));
                (!self.dark.contains(&minute)).then(|| counted.map(|sessions| sessions.aas[minute]).sum())
            })
            .collect()
    }

    /// The answer to a grouping: the largest keys of the window, and the total.
    pub fn answer(&self, grouping: &Grouping) -> LoadBatch {
        let passes = |sessions: &&Sessions| {
            grouping.filter.iter().all(|(dimension, key)| Self::key(sessions, *dimension).as_ref() == Some(key))
        };
        let mut rows: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for sessions in self.sessions.iter().filter(passes) {
            if let Some(key) = Self::key(sessions, grouping.group) {
                let row = rows.entry(key).or_insert_with(|| vec![0.0; self.minutes]);
                row.iter_mut().zip(&sessions.aas).for_each(|(sum, aas)| *sum += aas);
            }
        }
        let mut rows: Vec<_> = rows.into_iter().filter(|(_, row)| row.iter().any(|aas| *aas > 0.0)).collect();
        rows.sort_by(|a, b| b.1.iter().sum::<f64>().total_cmp(&a.1.iter().sum()));
        rows.truncate(TOP);
        let points = |values: &[f64]| {
            let known = (0..self.minutes).filter(|minute| !self.dark.contains(minute));
            known
                .map(|minute| Point { at: START.plus_secs(60 * minute as i64), value: values[minute] })
                .collect::<Vec<_>>()
        };
        let total: Vec<f64> = (0..self.minutes)
            .map(|minute| self.sessions.iter().filter(passes).map(|sessions| sessions.aas[minute]).sum())
            .collect();
        LoadBatch {
            instance: instance_id(),
            grouping: grouping.clone(),
            period: Period::MINUTE,
            answered: self.window(),
            total: points(&total),
            series: rows.into_iter().map(|(key, values)| LoadSeries { key, points: points(&values) }).collect(),
        }
    }

    /// What a collector keeps every minute.
    fn standard(&self) -> Vec<Grouping> {
        let plain = [Dimension::Wait, Dimension::WaitType, Dimension::Sql, Dimension::User, Dimension::Host];
        let mut kinds: Vec<String> =
            self.sessions.iter().filter_map(|sessions| Self::key(sessions, Dimension::WaitType)).collect();
        kinds.sort();
        kinds.dedup();
        let split = kinds.into_iter().map(|kind| Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, kind));
        plain.into_iter().map(Grouping::by).chain(split).collect()
    }

    fn text(&self, id: &str) -> String {
        let plain = || format!("SELECT {} FROM {}", id.to_lowercase(), table_of(id));
        self.texts.get(id).cloned().unwrap_or_else(plain)
    }

    fn statements(&self) -> Vec<Statement> {
        let mut ids: Vec<&String> = self.sessions.iter().filter_map(|sessions| sessions.sql.as_ref()).collect();
        ids.sort();
        ids.dedup();
        let digest =
            |id: &String| Statement { tables: vec![table_of(id)], ..statement(id, &self.text(id), self.digest(id)) };
        let mut statements: Vec<Statement> = ids.into_iter().map(digest).collect();
        for (sql, child) in self.sessions.iter().filter_map(|one| one.sql.as_ref().zip(one.child.as_ref())) {
            let route = child.split('@').nth(1).unwrap();
            let tags = (!route.is_empty()).then(|| ("route".to_owned(), format!("/{route}")));
            let tags: Vec<_> = tags.into_iter().collect();
            // The digest shows the comment of its first caller only.
            if let Some(first) = statements.iter_mut().find(|known| known.pi_id == *sql && known.tags.is_empty()) {
                first.tags.clone_from(&tags);
            }
            let own = Statement { pi_id: child.clone(), parent: Some(sql.clone()), tags, ..digest(sql) };
            statements.push(Statement { dimension: Dimension::Statement, ..own });
        }
        statements
    }

    fn statistics(&self) -> Vec<Batch> {
        let series = |value: fn(&(f64, f64)) -> f64| {
            let points = |value: f64| {
                (0..self.minutes).map(|minute| Point { at: START.plus_secs(60 * minute as i64), value }).collect()
            };
            self.stats
                .iter()
                .map(|(key, stats)| LoadSeries { key: key.clone(), points: points(value(stats)) })
                .collect::<Vec<_>>()
        };
        let batch = |stat, series| {
            Batch::Statistic(StatisticBatch {
                instance: instance_id(),
                stat,
                period: Period::MINUTE,
                answered: self.window(),
                series,
            })
        };
        vec![
            batch(StatementStat::Calls, series(|stats| stats.0)),
            batch(StatementStat::TimeMs, series(|stats| stats.1)),
        ]
    }

    /// An archive that collected this world, and a reader that can ask it for more.
    pub fn collected(&self) -> (TempDir, Reader) {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        archive.put_instances(&[instance()]).unwrap();
        archive.put_statements(&self.statements()).unwrap();
        let mut batches: Vec<Batch> =
            self.standard().iter().map(|grouping| Batch::Load(self.answer(grouping))).collect();
        batches.extend(self.statistics());
        archive.append_all(&batches).unwrap();
        let (world, asked) = (Arc::new(self.clone()), archive.clone());
        let wants = Wants::new(move |wanted| {
            let (world, archive) = (Arc::clone(&world), asked.clone());
            Box::pin(async move {
                match wanted {
                    Wanted::Load { grouping, period: Period::MINUTE, .. } => {
                        assert!(grouping.is_answerable(), "{grouping}");
                        archive
                            .append(&Batch::Load(world.answer(&grouping)))
                            .map_err(|error| Refusal::Failed(error.to_string()))
                    }
                    other => Err(Refusal::Unanswerable(format!("{other:?}"))),
                }
            })
        });
        (folder, Reader::new(archive, wants))
    }
}

/// The table a statement of a world reads.
pub fn table_of(pi_id: &str) -> String {
    format!("t{}", pi_id.len() % 3)
}

/// A SELECT of no table.
pub fn statement(pi_id: &str, text: &str, digest: DigestId) -> Statement {
    Statement {
        pi_id: pi_id.to_owned(),
        db_id: None,
        dimension: Dimension::Sql,
        parent: None,
        engine: Engine::Postgres,
        digest,
        digest_version: 1,
        normal_form: text.to_owned(),
        masked: text.to_owned(),
        kind: "select".to_owned(),
        tables: Vec::new(),
        tags: Vec::new(),
        truncated: false,
        tree: true,
        literals: Vec::new(),
        first_seen: START,
        last_seen: START,
    }
}

pub fn instance() -> Instance {
    Instance {
        id: instance_id(),
        name: "orders-1".to_owned(),
        arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-1".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        engine: Engine::Postgres,
        engine_version: "17.6".to_owned(),
        class: "db.r7g.2xlarge".to_owned(),
        status: "available".to_owned(),
        multi_az: false,
        cluster: None,
        replica_of: None,
        pi: PiState::On,
        retention_days: Some(7),
        vcpus: Some(Vcpus { count: 8.0, origin: "instance class".to_owned() }),
        max_connections: Some(800),
        simulated: false,
        first_seen: START,
        last_seen: START,
    }
}
