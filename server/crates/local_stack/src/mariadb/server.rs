//! The life of one server: initialise, start, stop.

use std::fs::File;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::{MariaDbConfig, MariaDbError};
use crate::guard::{GuardSpec, Guarded};
use crate::postgres::account::{self, Account};
use crate::postgres::place::{free_port, lock_root, password, write_private};
use crate::postgres::{Durability, PostgresError};

/// The user everything is done as; it may do everything.
const ADMIN: &str = "loadlens";
/// A user that may only look, as a sampler should be.
const WATCHER: &str = "loadlens_watcher";
/// A cold start after a crash replays the log; more than this is a fault.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// An orderly end writes dirty pages first.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);
/// The server says so when it accepts connections.
const READY: &str = "ready for connections";
/// Where Debian puts the server, which the `PATH` of an ordinary user lacks.
const FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

/// Memory is kept small so that a data set of some ten megabytes does not fit and reads are seen.
/// Waits are instrumented as Performance Insights has them on RDS.
const BASE: [&str; 16] = [
    "bind-address=127.0.0.1",
    // Relative to the data folder: a socket's full path may be too long.
    "socket=mariadb.sock",
    "pid-file=mariadb.pid",
    "skip-name-resolve",
    "skip-log-bin",
    "max-connections=200",
    "innodb-buffer-pool-size=32M",
    "innodb-log-file-size=48M",
    "innodb-lock-wait-timeout=50",
    "performance-schema=ON",
    "performance-schema-instrument=wait/%=ON",
    "performance-schema-consumer-events-statements-current=ON",
    "performance-schema-consumer-events-waits-current=ON",
    "performance-schema-max-digest-length=4096",
    "performance-schema-max-sql-text-length=4096",
    "max-digest-length=4096",
];

/// A running server. Dropping it stops it; nothing survives us even after `kill -9`.
#[derive(Debug)]
pub struct MariaDb {
    config: MariaDbConfig,
    account: Option<Account>,
    password: String,
    port: u16,
    server: Option<Guarded>,
    /// Held open: the lock ends with us, however we end.
    _lock: File,
}

impl MariaDb {
    /// Initialises the data folder if it is new, starts the server and waits until it accepts
    /// connections. Blocks for some seconds the first time and one or two after that.
    ///
    /// # Errors
    /// One clear line: see [`MariaDbError`].
    pub fn start_blocking(mut config: MariaDbConfig) -> Result<Self, MariaDbError> {
        let account = account::choose(&["mysql", "nobody"])?;
        account::hand_over(&config.root, account.as_ref())?;
        config.root = config.root.canonicalize().map_err(PostgresError::io("resolving", &config.root))?;
        let lock = lock_root(&config.root)?;
        let password = password(&config.root, account.as_ref())?;
        let port = if config.port == 0 { free_port()? } else { config.port };
        let mut server = Self { config, account, password, port, server: None, _lock: lock };
        server.initialise()?;
        server.launch()?;
        Ok(server)
    }

    /// [`Self::start_blocking`] for asynchronous callers.
    ///
    /// # Errors
    /// As there.
    pub async fn start(config: MariaDbConfig) -> Result<Self, MariaDbError> {
        let log = config.root.join("mariadb.log");
        tokio::task::spawn_blocking(move || Self::start_blocking(config))
            .await
            .unwrap_or_else(|error| Err(MariaDbError::Start { reason: error.to_string(), log }))
    }

    /// Connection URL as the user who may do everything, password included.
    pub fn url(&self, database: &str) -> String {
        self.url_as(ADMIN, database)
    }

    /// Connection URL as the user who may only look: `PROCESS`, and to read `performance_schema`.
    pub fn watcher_url(&self) -> String {
        self.url_as(WATCHER, "")
    }

    /// TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Process id of the server; `None` while stopped.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Guarded::pid)
    }

    /// Stops the server in an orderly way and keeps the data.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop(STOP_PATIENCE);
        }
    }

    /// Starts it again on the same port, after [`Self::stop`].
    ///
    /// # Errors
    /// As for [`Self::start_blocking`].
    pub fn restart_blocking(&mut self) -> Result<(), MariaDbError> {
        self.stop();
        self.launch()
    }

    fn url_as(&self, user: &str, database: &str) -> String {
        format!("mariadb://{user}:{}@{}:{}/{database}", self.password, Ipv4Addr::LOCALHOST, self.port)
    }

    fn data_dir(&self) -> PathBuf {
        self.config.root.join("data")
    }

    fn initialise(&self) -> Result<(), MariaDbError> {
        let data = self.data_dir();
        let marker = self.config.root.join("initialised");
        if marker.exists() {
            return Ok(());
        }
        // What an interrupted initialisation left is of no use to anybody.
        if data.exists() {
            std::fs::remove_dir_all(&data).map_err(PostgresError::io("removing", &data))?;
        }
        let mut command = Command::new(find("mariadb-install-db")?);
        command
            .args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"])
            .arg("--skip-name-resolve")
            .arg(format!("--datadir={}", data.display()))
            .current_dir("/");
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        let output = command.output().map_err(PostgresError::io("running mariadb-install-db for", &data))?;
        if !output.status.success() {
            let reason = last_line(&String::from_utf8_lossy(&output.stderr));
            return Err(MariaDbError::Init { root: self.config.root.clone(), reason });
        }
        std::fs::write(&marker, "").map_err(PostgresError::io("writing", &marker))?;
        Ok(())
    }

    /// Statements run at each start, before connections are accepted: our users, and none without a
    /// password.
    fn init_file(&self) -> Result<PathBuf, MariaDbError> {
        let path = self.config.root.join("init.sql");
        let password = &self.password;
        let text = format!(
            "CREATE USER IF NOT EXISTS '{ADMIN}'@'%' IDENTIFIED BY '{password}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{ADMIN}'@'%' WITH GRANT OPTION;\n\
             CREATE USER IF NOT EXISTS '{WATCHER}'@'%' IDENTIFIED BY '{password}';\n\
             GRANT PROCESS ON *.* TO '{WATCHER}'@'%';\n\
             GRANT SELECT ON performance_schema.* TO '{WATCHER}'@'%';\n\
             DROP USER IF EXISTS 'root'@'localhost', 'root'@'127.0.0.1', 'root'@'::1', ''@'localhost';\n"
        );
        write_private(&path, &text, self.account.as_ref())?;
        Ok(path)
    }

    fn launch(&mut self) -> Result<(), MariaDbError> {
        let log = self.config.root.join("mariadb.log");
        let log_start = std::fs::metadata(&log).map_or(0, |meta| meta.len());
        let mut args = vec!["--no-defaults".to_owned(), format!("--datadir={}", self.data_dir().display())];
        args.push(format!("--init-file={}", self.init_file()?.display()));
        args.push(format!("--port={}", self.port));
        let flush = if self.config.durability == Durability::None { "0" } else { "1" };
        args.push(format!("--innodb-flush-log-at-trx-commit={flush}"));
        let options = BASE.iter().map(|option| (*option).to_owned()).chain(self.config.options.iter().cloned());
        args.extend(options.map(|option| format!("--{option}")));
        let spec = GuardSpec {
            args,
            run_as: self.account.as_ref().map(|account| (account.uid, account.gid)),
            ..GuardSpec::new(find("mariadbd")?, &log)
        };
        let mut server = Guarded::spawn(&spec).map_err(PostgresError::io("starting", &spec.program))?;
        wait_until_ready(&mut server, &log, log_start)
            .map_err(|reason| MariaDbError::Start { reason, log: log.clone() })?;
        self.server = Some(server);
        Ok(())
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.stop();
    }
}

fn find(program: &'static str) -> Result<PathBuf, MariaDbError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.map(PathBuf::from));
    let mut candidates = folders.map(|folder| folder.join(program));
    candidates.find(|file| file.is_file()).ok_or(MariaDbError::NotInstalled { looked_for: program })
}

fn wait_until_ready(server: &mut Guarded, log: &Path, log_start: u64) -> Result<(), String> {
    let deadline = Instant::now() + START_PATIENCE;
    let said = || {
        let text = std::fs::read(log).unwrap_or_default();
        let fresh = text.get(usize::try_from(log_start).unwrap_or(0)..).unwrap_or_default();
        String::from_utf8_lossy(fresh).into_owned()
    };
    while Instant::now() < deadline {
        if said().contains(READY) {
            return Ok(());
        }
        if let Ok(Some(status)) = server.try_wait() {
            let text = said();
            let complaint = text.lines().rfind(|line| line.contains("[ERROR]"));
            return Err(complaint.map_or_else(|| format!("it ended with {status}"), str::to_owned));
        }
        std::thread::sleep(POLL);
    }
    Err(format!("not ready after {} s", START_PATIENCE.as_secs()))
}

fn last_line(text: &str) -> String {
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default().to_owned()
}
