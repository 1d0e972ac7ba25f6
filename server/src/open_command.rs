//! `loadlens open`: an incident of a file in the dashboard's own pages, without AWS.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use archive::Archive;
use incidents::file::snapshot_in;
use incidents::links::Dashboard;
use incidents::snapshot::Snapshot;
use incidents::{AlarmRef, Question};
use ranking::Reader;
use samples::{Incident, Wants};
use tokio::net::TcpListener;

use crate::cli::OpenArgs;
use crate::config::LogFormat;
use crate::{shutdown, telemetry, web};

/// What the incident is called in the archive that is made for it.
const ID: &str = "opened";

/// Shows the incident of a file until it is stopped.
///
/// # Errors
/// One line: the file cannot be read or is none of ours, or the address cannot be used.
pub fn run(args: &OpenArgs) -> Result<()> {
    telemetry::start(&args.log, LogFormat::Text)?;
    if !args.listen.ip().is_loopback() {
        bail!("--listen {}: there is no sign-in, so only 127.0.0.1 or [::1] is served", args.listen);
    }
    let file = &args.file;
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let snapshot = snapshot_in(&bytes).with_context(|| file.display().to_string())?;
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let archive = restored(folder.path(), &snapshot)?;
    tokio::runtime::Runtime::new().context("no runtime")?.block_on(serve(args, archive))
}

/// An archive of its own that holds what the snapshot holds.
fn restored(folder: &Path, snapshot: &Snapshot) -> Result<Archive> {
    let archive = Archive::open(folder).context("the archive cannot be opened")?;
    snapshot.restore(&archive).context("the snapshot cannot be unpacked")?;
    let asked = snapshot.alarm_arn.as_deref().unwrap_or_default();
    let question = Question { alarm: AlarmRef::parse(asked), at: Some(snapshot.at), now: snapshot.taken_at };
    let landing = incidents::resolve_in(&archive, &question).context("the snapshot cannot be read")?;
    let first = snapshot.instances.first();
    let resource = landing.target.name().or_else(|| first.map(|instance| instance.name.clone()));
    // A snapshot without an alarm is about its first instance; one of a tier's alarm holds the databases
    // behind it, and is about none.
    let instance = match snapshot.alarm_arn {
        Some(_) => landing.target.instance(),
        None => first.map(|instance| &instance.id),
    };
    archive.put_incident(&Incident {
        id: ID.to_owned(),
        alarms: snapshot.alarm_arn.clone().into_iter().collect(),
        resource: resource.unwrap_or_else(|| landing.name.clone()),
        name: landing.name,
        instance: instance.cloned(),
        at: snapshot.at,
        window: snapshot.window,
        taken_at: Some(snapshot.taken_at),
        is_final: true,
    })?;
    for note in &snapshot.notes {
        archive.put_note(ID, note)?;
    }
    archive.put_snapshot(ID, &snapshot.to_bytes()?)?;
    Ok(archive)
}

async fn serve(args: &OpenArgs, archive: Archive) -> Result<()> {
    let stop = shutdown::requested();
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another address with --listen", args.listen))?;
    let base = format!("http://{}", listener.local_addr()?);
    let reader = Reader::new(archive, Wants::offline()).with_zones(web::offset_changes);
    let state = web::AppState {
        reader,
        dashboard: Dashboard::new(&base)?,
        readiness: Arc::new(|| web::Ready { archive_open: true, first_poll_done: true, ..web::Ready::default() }),
        metrics: None,
    };
    let mut out = std::io::stdout();
    writeln!(out, "{base}{}", app::paths::incident(ID))
        .and_then(|()| out.flush())
        .context("standard output is closed")?;
    web::serve(listener, state, None, stop).await.context("the server ended")
}
