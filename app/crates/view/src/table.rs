//! A chart as a table: for people who hear or copy it, and for CSV of exactly what is drawn.

use crate::{
    AppView, AppsView, BucketCover, ContextView, CountersView, FleetView, LoadView, RowKind, SpendView, TierBox,
    TierState, TopSqlView, number,
};

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number as the chart has it.
    Number(f64),
    /// Not known: an empty cell, never 0.
    Missing,
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Missing, Self::Number)
    }
}

impl Cell {
    /// As printed in a table: three significant figures.
    #[must_use]
    pub fn printed(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) => number::three_figures(*value),
            Self::Missing => "–".to_owned(),
        }
    }

    /// As written to CSV: numbers in full, words guarded against spreadsheet formulas by a leading
    /// apostrophe. Quoting by RFC 4180 is the writer's.
    #[must_use]
    pub fn csv(&self) -> String {
        match self {
            Self::Text(text) => guarded(text),
            Self::Number(value) => format!("{value}"),
            Self::Missing => String::new(),
        }
    }
}

/// A text no spreadsheet takes for a formula: those that begin with `=`, `+`, `-`, `@`, tab or
/// carriage return get an apostrophe before them.
#[must_use]
pub fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A table of cells under column names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataTable {
    /// Column names, with units.
    pub head: Vec<String>,
    /// Rows, each as long as the head.
    pub rows: Vec<Vec<Cell>>,
}

impl DataTable {
    /// Head and rows as CSV fields.
    pub fn csv_records(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        let head = self.head.iter().map(|name| guarded(name)).collect();
        std::iter::once(head).chain(self.rows.iter().map(|row| row.iter().map(Cell::csv).collect()))
    }
}

pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(crate) fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const fn cover_word(cover: Option<BucketCover>) -> &'static str {
    match cover {
        Some(BucketCover::Full) => "full",
        Some(BucketCover::Partial) => "partial",
        Some(BucketCover::Pending) => "pending",
        Some(BucketCover::Missing) | None => "missing",
    }
}

impl LoadView {
    /// A row a bucket: time in UTC, total, layers from the bottom, remainder, compare window, cover.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let mut head = vec!["time UTC".to_owned(), "total AAS".to_owned()];
        head.extend(self.layers.iter().map(|layer| layer.label.clone()));
        head.extend(self.remainder.iter().map(|layer| layer.label.clone()));
        head.extend(
            self.ghost.iter().map(|ghost| format!("total AAS {} earlier", number::duration(ghost.earlier_secs))),
        );
        head.push("cover".to_owned());
        let at = |values: &[Option<f64>], bucket: usize| Cell::from(values.get(bucket).copied().flatten());
        let row = |bucket: usize| {
            let mut row = vec![text(self.axis.start_of(bucket).to_string()), at(&self.total, bucket)];
            row.extend(self.layers.iter().chain(&self.remainder).map(|layer| at(&layer.values, bucket)));
            row.extend(self.ghost.iter().map(|ghost| at(&ghost.total, bucket)));
            row.push(text(cover_word(self.coverage.buckets.get(bucket).copied())));
            row
        };
        DataTable { head, rows: (0..self.axis.len()).map(row).collect() }
    }
}

impl AppView {
    /// A row a tier: name, kind, state with the figure it is judged by, figures.
    #[must_use]
    pub fn tier_table(&self) -> DataTable {
        let head = ["tier", "kind", "state", "figures"].map(str::to_owned).to_vec();
        let row = |tier: &TierBox| {
            let figures = tier.figures.iter().map(|(label, value)| format!("{label} {value}"));
            let state = match &tier.state {
                TierState::Warning(figure) | TierState::Critical(figure) => format!("{}: {figure}", tier.state.word()),
                _ => tier.state.word().to_owned(),
            };
            vec![text(&tier.name), text(&tier.kind), text(state), text(figures.collect::<Vec<_>>().join(" · "))]
        };
        DataTable { head, rows: self.tiers.iter().map(row).collect() }
    }

    /// A row a bucket: time in UTC, then each strip under the name of its tier or signal.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let mut names = vec!["time".to_owned()];
        let mut columns: Vec<&[Option<f64>]> = Vec::new();
        for group in &self.groups {
            if let Some(load) = &group.load {
                names.push(format!("{} DB load AAS", group.title));
                columns.push(&load.total);
            }
            for strip in &group.strips {
                names.push(format!("{} {} {}", group.title, strip.label, strip.unit).trim_end().to_owned());
                columns.push(&strip.values);
            }
        }
        let row = |bucket: usize| {
            let values = columns.iter().map(|values| Cell::from(values.get(bucket).copied().flatten()));
            std::iter::once(text(self.axis.start_of(bucket).to_string())).chain(values).collect()
        };
        DataTable { head: names, rows: (0..self.axis.len()).map(row).collect() }
    }
}

impl AppsView {
    /// A row an app: its requests and the state of its four places.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let rows = self.apps.iter().map(|app| {
            let states = app.places.iter().map(|place| text(place.state.word()));
            [text(app.key.clone()), text(app.name.clone()), app.requests_per_sec.into()]
                .into_iter()
                .chain(states)
                .collect()
        });
        DataTable {
            head: head(&["app", "name", "requests /s", "edge", "balancer", "compute", "data"]),
            rows: rows.collect(),
        }
    }
}

impl SpendView {
    /// A row an API.
    #[must_use]
    pub fn table(&self) -> DataTable {
        #[expect(clippy::cast_precision_loss, reason = "calls of a day are far below 2^52")]
        let rows = self.lines.iter().map(|line| {
            vec![
                text(line.api.clone()),
                Cell::Number(line.calls as f64),
                Cell::Number(line.units as f64),
                line.usd.into(),
                line.calls_month.into(),
                line.usd_month.into(),
            ]
        });
        DataTable {
            head: head(&["api", "calls today", "billed units today", "USD today", "calls 30 days", "USD 30 days"]),
            rows: rows.collect(),
        }
    }
}

impl TopSqlView {
    /// The rows as shown, closing rows and total included.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let names = [
            "digest",
            "statement",
            "mean AAS",
            "share",
            "peak AAS",
            "p99 AAS",
            "change AAS",
            "calls /s",
            "ms /call",
            "rows /call",
        ];
        let mut rows: Vec<Vec<Cell>> = self
            .rows
            .iter()
            .map(|row| {
                let id = match &row.kind {
                    RowKind::Digest(id) => id.to_string(),
                    RowKind::Remainder { .. } => "other digests".to_owned(),
                    RowKind::Unattributed => "no statement".to_owned(),
                };
                vec![
                    text(id),
                    text(row.statement.clone()),
                    Cell::Number(row.mean.0),
                    row.share.into(),
                    row.peak.map(|aas| aas.0).into(),
                    row.p99.map(|aas| aas.0).into(),
                    row.before.map(|before| row.mean.0 - before.0).into(),
                    row.calls_per_sec.into(),
                    row.ms_per_call.into(),
                    row.rows_per_call.into(),
                ]
            })
            .collect();
        let mut total = vec![text("total"), text(""), Cell::Number(self.total.0)];
        total.resize(names.len(), Cell::Missing);
        total[6] = self.total_before.map(|before| self.total.0 - before.0).into();
        rows.push(total);
        DataTable { head: head(&names), rows }
    }
}

impl ContextView {
    /// The rows as shown, with remainder and total.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let mut rows: Vec<Vec<Cell>> = self
            .rows
            .iter()
            .map(|row| {
                vec![
                    text(row.label.clone()),
                    Cell::Number(row.mean.0),
                    row.share.into(),
                    row.before.map(|before| row.mean.0 - before.0).into(),
                ]
            })
            .collect();
        rows.push(vec![
            text("other"),
            Cell::Number(self.remainder.0),
            self.remainder.share_of(self.total).into(),
            Cell::Missing,
        ]);
        rows.push(vec![text("total"), Cell::Number(self.total.0), Cell::Missing, Cell::Missing]);
        DataTable {
            head: vec![self.dimension.to_string(), "mean AAS".into(), "share".into(), "change AAS".into()],
            rows,
        }
    }
}

impl crate::SqlPageView {
    /// The aligned charts: a row a bucket with the load by wait, the load of the instance, calls,
    /// latency and rows.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let mut table = self.load.table();
        let at = |values: &[Option<f64>], bucket: usize| Cell::from(values.get(bucket).copied().flatten());
        let figures = self.calls.iter().map(|series| match series.figure {
            crate::CallFigure::Calls => "calls /s",
            crate::CallFigure::Latency => "ms /call",
            crate::CallFigure::Rows => "rows /call",
        });
        table.head.push("instance total AAS".to_owned());
        table.head.extend(figures.map(ToOwned::to_owned));
        for (bucket, row) in table.rows.iter_mut().enumerate() {
            row.push(at(&self.whole, bucket));
            row.extend(self.calls.iter().map(|series| at(&series.values, bucket)));
        }
        table
    }
}

impl crate::CompareView {
    /// A row a digest by size of its change, then the rest and the total.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let names = [
            "digest",
            "statement",
            "kind",
            "before AAS",
            "after AAS",
            "change AAS",
            "calls before /s",
            "calls after /s",
            "ms before /call",
            "ms after /call",
        ];
        let kind = |kind: crate::ChangeKind| match kind {
            crate::ChangeKind::New => "new",
            crate::ChangeKind::Gone => "gone",
            crate::ChangeKind::Regressed => "regressed",
            crate::ChangeKind::Improved => "improved",
            crate::ChangeKind::More => "more",
            crate::ChangeKind::Less => "less",
        };
        let mut rows: Vec<Vec<Cell>> = self
            .digests
            .iter()
            .map(|digest| {
                vec![
                    text(digest.digest.to_string()),
                    text(digest.statement.clone()),
                    text(kind(digest.kind)),
                    Cell::Number(digest.before.0),
                    Cell::Number(digest.after.0),
                    Cell::Number(digest.change()),
                    digest.calls.0.into(),
                    digest.calls.1.into(),
                    digest.ms.0.into(),
                    digest.ms.1.into(),
                ]
            })
            .collect();
        let mut closing = |name: &str, before: Option<f64>, after: Option<f64>, change: Option<f64>| {
            let mut row = vec![text(name), text(""), text(""), before.into(), after.into(), change.into()];
            row.resize(names.len(), Cell::Missing);
            rows.push(row);
        };
        let (before, after) = (self.before.mean.map(|mean| mean.0), self.after.mean.map(|mean| mean.0));
        // Without one of the sides nothing is known of a change.
        let change = before.zip(after).map(|(before, after)| after - before);
        closing("other", None, None, change.map(|_| self.digests_rest));
        closing("total", before, after, change);
        DataTable { head: head(&names), rows }
    }
}

impl crate::CompareSide {
    fn cells(&self, name: &str) -> Vec<Cell> {
        vec![
            text(name),
            text(self.instance.name.clone()),
            text(self.window.from.to_string()),
            text(self.window.to.to_string()),
            self.mean.map(|mean| mean.0).into(),
            self.peak.map(|peak| peak.0).into(),
            self.coverage.share().into(),
        ]
    }
}

impl crate::CompareView {
    /// The two sides.
    #[must_use]
    pub fn sides_table(&self) -> DataTable {
        DataTable {
            head: head(&["side", "instance", "from UTC", "to UTC", "mean AAS", "peak AAS", "coverage"]),
            rows: vec![self.before.cells("before"), self.after.cells("after")],
        }
    }

    /// Waits and callers: a row a value, then the rest of each dimension.
    #[must_use]
    pub fn dimensions_table(&self) -> DataTable {
        let rows = self.dimensions.iter().flat_map(|dimension| {
            let name = move || text(dimension.dimension.to_string());
            let known = dimension.rows.iter().map(move |row| {
                let change = row.after.0 - row.before.0;
                let loads = [row.before.0, row.after.0, change].map(Cell::Number);
                [name(), text(row.key.clone())].into_iter().chain(loads).collect()
            });
            let rest = vec![name(), text("other"), Cell::Missing, Cell::Missing, Cell::Number(dimension.rest)];
            known.chain([rest])
        });
        DataTable { head: head(&["dimension", "value", "before AAS", "after AAS", "change AAS"]), rows: rows.collect() }
    }
}

impl CountersView {
    /// A row a bucket, a column a strip.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let mut head = vec!["time UTC".to_owned()];
        head.extend(self.strips.iter().map(|strip| {
            if strip.unit.is_empty() { strip.metric.clone() } else { format!("{} ({})", strip.metric, strip.unit) }
        }));
        let rows = (0..self.axis.len()).map(|bucket| {
            let values = self.strips.iter().map(|strip| Cell::from(strip.values.get(bucket).copied().flatten()));
            std::iter::once(text(self.axis.start_of(bucket).to_string())).chain(values).collect()
        });
        DataTable { head, rows: rows.collect() }
    }
}

impl FleetView {
    /// A row an instance.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let names =
            ["instance", "id", "engine", "class", "region", "mean AAS", "now AAS", "vCPU", "dominant wait", "alarms"];
        let row = |row: &crate::FleetRow| {
            vec![
                text(row.facts.name.clone()),
                text(row.facts.id.to_string()),
                text(format!("{} {}", row.facts.engine.label(), row.facts.engine_version)),
                text(row.facts.class.clone()),
                text(row.facts.region.clone()),
                row.mean.map(|aas| aas.0).into(),
                row.now.map(|aas| aas.0).into(),
                row.facts.vcpu.vcpus().into(),
                row.dominant.map_or(Cell::Missing, |(class, _)| text(class.label())),
                row.alarms.map(f64::from).into(),
            ]
        };
        DataTable { head: head(&names), rows: self.rows.iter().map(row).collect() }
    }
}
