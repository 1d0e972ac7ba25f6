//! The demo on MariaDB: a private server under the statements of the bookshop's visitors, the local
//! endpoint, the dashboard. The shop's own programs speak PostgreSQL only, so there is no balancer
//! and no function here.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use local_stack::guard::Guarded;
use local_stack::mariadb::Workload;
use local_stack::{Incident, MariaDb, MariaDbConfig};

use super::{REGION, announce, dashboard_port, data_dir, say, start_dashboard, wait, wait_for_dashboard};
use crate::cli::DemoArgs;
use crate::{demo_alarms, local, shutdown};

/// What the database instance is called.
const INSTANCE_NAME: &str = "bookshop-mariadb-1";
/// Folder below the demo's, apart from what the demo on PostgreSQL keeps.
const FOLDER: &str = "mariadb-demo";

/// Runs the demo until it is stopped or `--for` is over.
pub(super) async fn demo(args: &DemoArgs, incident: Option<Incident>) -> Result<()> {
    let stop = shutdown::requested();
    let port = dashboard_port(args.port)?;
    tokio::select! {
        started = Parts::start(args, port) => {
            let parts = started?;
            if let Some(incident) = incident {
                parts.workload.set_incident(incident, true).await?;
                say(&format!("incident on: {}", incident.name()));
            }
            announce(&format!("http://127.0.0.1:{port}/"))?;
            wait(args.for_secs, stop).await;
            say("stopping");
            parts.shutdown().await;
            Ok(())
        }
        () = stop.clone().cancelled_owned() => Ok(()),
    }
}

/// The parts, in the order they stop.
struct Parts {
    dashboard: Guarded,
    endpoint: aws_local::Running,
    workload: Workload,
    server: MariaDb,
}

impl Parts {
    async fn start(args: &DemoArgs, port: u16) -> Result<Self> {
        let root = data_dir(args)?.join(FOLDER);
        say("starting MariaDB");
        let server = MariaDb::start(MariaDbConfig::new(root.join("server"))).await?;
        say("filling the bookshop");
        let workload = Workload::start(&server, args.seed).await?;
        say("starting the local AWS endpoint");
        let endpoint = aws_local::Server::start(local::config(local::Endpoint {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            data_dir: root.join("endpoint"),
            region: REGION.to_owned(),
            targets: vec![format!("{INSTANCE_NAME}={}", server.watcher_url())],
            plan_logs: Vec::new(),
            vcpus: None,
            history: args.history,
            tiers: None,
            sentinels: args.history.is_some(),
        })?)
        .await?;
        say("starting the dashboard");
        let log = root.join("logs/dashboard.log");
        let hooks = demo_alarms::Receiving::prepare(&root, &endpoint)?;
        let dashboard = start_dashboard(&root, port, endpoint.addr, &args.log, &log, &hooks)?;
        let mut parts = Self { dashboard, endpoint, workload, server };
        wait_for_dashboard(&mut parts.dashboard, port, &log).await?;
        hooks.connect(&parts.endpoint, port)?;
        Ok(parts)
    }

    async fn shutdown(self) {
        drop(self.dashboard);
        self.endpoint.shutdown().await;
        drop(self.workload);
        let server = self.server;
        // It waits for an orderly end.
        drop(tokio::task::spawn_blocking(move || drop(server)).await);
    }
}
