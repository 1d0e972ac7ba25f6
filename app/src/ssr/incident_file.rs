//! The incident file: what the page shows, as one HTML that opens anywhere.

use incidents::file::{Figure, FileWords, IncidentFile, TableSection, TimelineLine};
use incidents::snapshot::Snapshot;
use units::Dimension;
use view::chart::{
    Caption, ChartWords, LoadChartOptions, MetricOptions, draw_load, draw_metric, load_image, metric_image,
};
use view::{AppView, Panel};

use super::Source;
use super::incident_pages::{Read, sentences};
use crate::error::ViewError;
use crate::messages as m;
use crate::server_fns::Changed;

/// Width of the charts in pixels.
const WIDTH_PX: u32 = 1100;
/// Column of the statement in the table of Top SQL, and in the table of changes.
const STATEMENT_COLUMN: usize = 1;

impl Source {
    /// The file of an incident, with its snapshot inside.
    ///
    /// # Errors
    /// [`ViewError::NotFound`] for an id nobody kept, [`ViewError::Unavailable`].
    pub async fn incident_file(&self, id: &str) -> Result<String, ViewError> {
        let read = self.read_incident(id).await?;
        let app = self.app_view(&read).await?;
        let verdict = self.verdict_of(&read, app.as_ref()).await?;
        let say = self.say();
        let (figures, mut tables) = self.exhibits(&read, app.as_ref()).await?;
        for changed in self.changed(&read).await? {
            tables.extend(self.changed_table(&changed));
        }
        let timeline = self.worded(&read.timeline).into_iter().map(|row| TimelineLine {
            time: self.clock(row.at),
            text: row.text,
            is_first_mover: row.is_first_mover,
        });
        let file = IncidentFile {
            title: format!("{} · {}", read.line.name, read.line.resource),
            facts: self.facts(&read),
            verdict: verdict.as_ref().map(|verdict| sentences(verdict, say)).unwrap_or_default(),
            figures,
            tables,
            timeline: timeline.collect(),
            notes: read
                .notes
                .iter()
                .map(|note| (format!("{} {}", self.clock(note.written), note.by), note.text.clone()))
                .collect(),
            summary: self.summary(&read, verdict.as_ref()),
            words: FileWords {
                language: say.0.tag().to_owned(),
                verdict: say.text(m::VERDICT).to_owned(),
                timeline: say.text(m::TIMELINE).to_owned(),
                notes: say.text(m::INCIDENT_NOTES).to_owned(),
                summary: say.text(m::SUMMARY).to_owned(),
                numbers: say.text(m::SHOW_AS_TABLE).to_owned(),
                footer: say.text(m::FILE_FOOTER).to_owned(),
            },
        };
        let snapshot = self.snapshot_of(id)?;
        file.to_html(snapshot.as_ref()).map_err(|error| self.unavailable(&error))
    }

    /// The file of the snapshot alone, with the notes as they are now.
    ///
    /// # Errors
    /// [`ViewError::NotFound`] when there is none, [`ViewError::Unavailable`].
    pub fn snapshot_file(&self, id: &str) -> Result<Vec<u8>, ViewError> {
        let missing = || ViewError::NotFound { what: id.chars().take(64).collect() };
        let snapshot = self.snapshot_of(id)?.ok_or_else(missing)?;
        snapshot.to_bytes().map_err(|error| self.unavailable(&error))
    }

    fn snapshot_of(&self, id: &str) -> Result<Option<Snapshot>, ViewError> {
        let archive = self.reader.archive();
        let bytes = archive.snapshot(id).map_err(|error| self.unavailable(&error))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let mut snapshot = Snapshot::from_bytes(&bytes).map_err(|error| self.unavailable(&error))?;
        snapshot.notes = archive.notes(id).map_err(|error| self.unavailable(&error))?;
        Ok(Some(snapshot))
    }

    fn facts(&self, read: &Read) -> Vec<(String, String)> {
        let say = self.say();
        let range = self.reader.axis(read.window, units::Period::MINUTE, &self.zone()).range_label(read.window);
        vec![
            (say.text(m::RESOURCE).to_owned(), read.line.resource.clone()),
            (say.text(m::BEGAN).to_owned(), format!("{} {}", self.clock(read.line.at), self.zone().name())),
            (say.text(m::TIME_RANGE).to_owned(), format!("{range} {}", self.zone().name())),
            (say.text(m::ALARMS).to_owned(), read.arns.join(", ")),
        ]
    }

    /// Charts and tables: the alarms' values, the tiers, DB load, Top SQL.
    async fn exhibits(
        &self,
        read: &Read,
        app: Option<&AppView>,
    ) -> Result<(Vec<Figure>, Vec<TableSection>), ViewError> {
        let say = self.say();
        let (mut figures, mut tables) = (Vec::new(), Vec::new());
        for landing in &read.landings {
            let Some(view) = self.metric_of(landing)? else { continue };
            let states = [m::IN_ALARM, m::STATE_OK, m::STATE_NO_DATA].map(|word| say.text(word).to_owned());
            let limit = view.limit.as_ref().map(|(value, sign)| format!("{sign} {value}")).unwrap_or_default();
            let options = MetricOptions { width: WIDTH_PX, height: 168, time_ticks: 9, limit, states };
            let caption = Caption { title: format!("{} · {}", landing.name, view.label), note: String::new() };
            let svg = metric_image(&draw_metric(&view, &options), &caption, WIDTH_PX);
            figures.push(Figure { svg, caption: caption.title, table: view.table() });
        }
        if let Some(app) = app {
            let title = say.with(m::TIERS_OF, &[("app", &app.name)]);
            tables.push(TableSection { title, table: app.tier_table(), sql_column: None });
        }
        let Some(instance) = &read.instance else { return Ok((figures, tables)) };
        let query = self.query(instance, read.window, Dimension::Wait);
        if let Panel::Data(view) = self.load(&query, self.now).await? {
            let words = ChartWords { ghost: say.text(m::YESTERDAY).into(), ..ChartWords::default() };
            let options = LoadChartOptions { width: WIDTH_PX, words, ..LoadChartOptions::default() };
            let title = say.with(m::LOAD_OF, &[("instance", &read.line.resource)]);
            let caption = Caption { title: title.clone(), note: String::new() };
            let svg = load_image(&draw_load(&view, &options), &caption, WIDTH_PX);
            figures.push(Figure { svg, caption: title, table: view.table() });
        }
        if let Panel::Data(view) = self.top(&query, self.now).await? {
            let title = say.text(m::TOP_SQL).to_owned();
            tables.push(TableSection { title, table: view.table(), sql_column: Some(STATEMENT_COLUMN) });
        }
        Ok((figures, tables))
    }

    fn changed_table(&self, changed: &Changed) -> Option<TableSection> {
        let Panel::Data(view) = &changed.view else { return None };
        // What is not known before the incident has not changed.
        view.before.mean.zip(view.after.mean)?;
        let say = self.say();
        let title = say.text(if changed.is_hour_before { m::AGAINST_HOUR } else { m::AGAINST_YESTERDAY });
        Some(TableSection { title: title.to_owned(), table: view.table(), sql_column: Some(STATEMENT_COLUMN) })
    }
}
