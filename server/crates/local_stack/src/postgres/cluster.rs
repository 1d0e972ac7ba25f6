//! The life of one cluster: initialise, start, stop, start again.

use std::fs::File;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::account::{self, Account};
use super::binaries::{Binaries, find_binaries};
use super::place::{free_port, lock_root, password, password_path};
use super::{PostgresConfig, PostgresError, settings};
use crate::guard::{GuardSpec, Guarded, is_alive, send_signal};
use crate::usage::{Usage, all_processes, family_usage};

/// The superuser that `initdb` makes.
const SUPERUSER: &str = "postgres";
/// `initdb` admits 127.0.0.1 alone; forwarders come from other loopback addresses.
const ALL_LOOPBACK: &str = "\nhost all all 127.0.0.0/8 scram-sha-256\n";
/// A cold start after a crash replays the log; more than this is a fault.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// A fast shutdown writes a checkpoint first.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);
/// Between choosing a free port and binding it somebody else may take it.
const PORT_ATTEMPTS: u32 = 5;

/// A running cluster. Dropping it stops the server; nothing survives us even after `kill -9`.
#[derive(Debug)]
pub struct Postgres {
    config: PostgresConfig,
    binaries: Binaries,
    account: Option<Account>,
    password: String,
    port: u16,
    server: Option<Guarded>,
    /// Held open: the lock ends with us, however we end.
    _lock: File,
}

impl Postgres {
    /// Initialises the cluster if it is new, starts it and waits until it accepts connections.
    /// Blocks for one to three seconds the first time and well under one after that.
    ///
    /// # Errors
    /// One clear line: see [`PostgresError`].
    pub fn start_blocking(mut config: PostgresConfig) -> Result<Self, PostgresError> {
        let binaries = find_binaries(config.bin_dir.as_deref())?;
        let account = account::choose(&["postgres", "nobody"])?;
        account::hand_over(&config.root, account.as_ref())?;
        config.root = config.root.canonicalize().map_err(PostgresError::io("resolving", &config.root))?;
        let lock = lock_root(&config.root)?;
        stop_orphan(&config.root)?;
        let password = password(&config.root, account.as_ref())?;
        let mut cluster = Self { config, binaries, account, password, port: 0, server: None, _lock: lock };
        cluster.initialise()?;
        cluster.launch()?;
        Ok(cluster)
    }

    /// [`Self::start_blocking`] for asynchronous callers.
    ///
    /// # Errors
    /// As there.
    pub async fn start(config: PostgresConfig) -> Result<Self, PostgresError> {
        let root = config.root.clone();
        tokio::task::spawn_blocking(move || Self::start_blocking(config))
            .await
            .unwrap_or_else(|error| Err(PostgresError::Start { reason: error.to_string(), log: log_path(&root) }))
    }

    /// Connection URL of a database as the superuser, password included.
    pub fn url(&self, database: &str) -> String {
        self.url_as(SUPERUSER, &self.password, Ipv4Addr::LOCALHOST, self.port, database)
    }

    /// The same through another address, for example that of a forwarder.
    pub fn url_via(&self, address: std::net::SocketAddrV4, database: &str) -> String {
        self.url_as(SUPERUSER, &self.password, *address.ip(), address.port(), database)
    }

    /// The superuser's password; random, kept in the cluster's folder, readable to its owner only.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Major version of the server.
    pub fn major(&self) -> u32 {
        self.binaries.major
    }

    /// Process id of the postmaster; `None` while stopped.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Guarded::pid)
    }

    /// CPU and memory of the server with all its sessions; `None` while stopped.
    pub fn usage(&self) -> Option<Usage> {
        family_usage(self.pid()?)
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        log_path(&self.config.root)
    }

    /// Stops the server in an orderly way and keeps the data.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop(STOP_PATIENCE);
        }
    }

    /// Kills the server without warning, as a crash would.
    pub fn crash(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.signal(Signal::KILL);
            server.stop(STOP_PATIENCE);
        }
        wait_for_release(&self.data_dir());
    }

    /// Starts it again on the same port, after [`Self::stop`] or [`Self::crash`].
    ///
    /// # Errors
    /// As for [`Self::start_blocking`].
    pub fn restart_blocking(&mut self) -> Result<(), PostgresError> {
        self.stop();
        self.launch_on(self.port)
    }

    fn url_as(&self, user: &str, password: &str, ip: Ipv4Addr, port: u16, database: &str) -> String {
        format!("postgres://{user}:{password}@{ip}:{port}/{database}?sslmode=disable")
    }

    fn data_dir(&self) -> PathBuf {
        self.config.root.join("data")
    }

    fn initialise(&self) -> Result<(), PostgresError> {
        let data = self.data_dir();
        let marker = self.config.root.join("initialised");
        if marker.exists() {
            return self.check_version(&data);
        }
        // What an interrupted initdb left is of no use to anybody.
        if data.exists() {
            std::fs::remove_dir_all(&data).map_err(PostgresError::io("removing", &data))?;
        }
        let mut command = Command::new(self.binaries.bin_dir.join("initdb"));
        command
            .arg("--pgdata")
            .arg(&data)
            .args(["--username", SUPERUSER, "--auth=scram-sha-256", "--pwfile"])
            .arg(password_path(&self.config.root))
            .args(["--encoding=UTF8", "--locale=C", "--no-sync"])
            .current_dir("/");
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        let output = command.output().map_err(PostgresError::io("running initdb for", &data))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(PostgresError::Init { root: self.config.root.clone(), reason: telling_line(&text) });
        }
        append(&data.join("postgresql.conf"), "\ninclude 'loadlens.conf'\n")?;
        append(&data.join("pg_hba.conf"), ALL_LOOPBACK)?;
        std::fs::write(&marker, "").map_err(PostgresError::io("writing", &marker))
    }

    fn check_version(&self, data: &Path) -> Result<(), PostgresError> {
        let path = data.join("PG_VERSION");
        let found = std::fs::read_to_string(&path).map_err(PostgresError::io("reading", &path))?;
        let ours = self.binaries.major.to_string();
        if found.trim() == ours {
            return Ok(());
        }
        Err(PostgresError::Version { root: self.config.root.clone(), found: found.trim().to_owned(), ours })
    }

    fn launch(&mut self) -> Result<(), PostgresError> {
        if self.config.port != 0 {
            return self.launch_on(self.config.port);
        }
        let mut attempt = 1;
        loop {
            let port = free_port()?;
            match self.launch_on(port) {
                Err(PostgresError::Start { reason, .. })
                    if attempt < PORT_ATTEMPTS && reason.contains("could not create any TCP/IP sockets") =>
                {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn launch_on(&mut self, port: u16) -> Result<(), PostgresError> {
        let data = self.data_dir();
        let conf = data.join("loadlens.conf");
        let text = settings::render(self.binaries.major, port, self.config.durability, &self.config.settings);
        std::fs::write(&conf, text).map_err(PostgresError::io("writing", &conf))?;
        let log = self.log();
        let log_start = std::fs::metadata(&log).map_or(0, |meta| meta.len());
        let spec = GuardSpec {
            args: vec!["-D".to_owned(), data.display().to_string()],
            soft_signal: "INT",
            hard_signal: "QUIT",
            run_as: self.account.as_ref().map(|account| (account.uid, account.gid)),
            ..GuardSpec::new(self.binaries.bin_dir.join("postgres"), &log)
        };
        let mut server = Guarded::spawn(&spec).map_err(PostgresError::io("starting", &spec.program))?;
        wait_until_ready(&mut server, &data)
            .map_err(|fallback| PostgresError::Start { reason: log_reason(&log, log_start, fallback), log })?;
        self.port = port;
        self.server = Some(server);
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

fn log_path(root: &Path) -> PathBuf {
    root.join("postgres.log")
}

fn append(path: &Path, further: &str) -> Result<(), PostgresError> {
    let mut text = std::fs::read_to_string(path).map_err(PostgresError::io("reading", path))?;
    text.push_str(further);
    std::fs::write(path, text).map_err(PostgresError::io("writing", path))
}

/// The postmaster that a `kill -9` of a former owner may have left; we hold the lock, so it has
/// no owner any more.
fn stop_orphan(root: &Path) -> Result<(), PostgresError> {
    let data = root.join("data");
    let Some(pid) = postmaster_pid(&data).filter(|pid| runs_cluster(*pid, &data)) else {
        return Ok(());
    };
    tracing::warn!(process.pid = pid, "postgres.orphan_stopped");
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        send_signal(pid, Signal::INT);
    }
    let deadline = Instant::now() + STOP_PATIENCE;
    while is_alive(pid) && Instant::now() < deadline {
        std::thread::sleep(POLL);
    }
    if is_alive(pid) { Err(PostgresError::InUse { root: root.to_owned() }) } else { Ok(()) }
}

fn postmaster_pid(data: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// A process id may have been given to somebody else since: its command line must name the folder.
fn runs_cluster(pid: u32, data: &Path) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&*data.to_string_lossy()))
}

/// After a crash the backends notice the postmaster's death by themselves; only then may a new one
/// take the folder.
fn wait_for_release(data: &Path) {
    let deadline = Instant::now() + STOP_PATIENCE;
    while Instant::now() < deadline && any_process_in(data) {
        std::thread::sleep(POLL);
    }
}

fn any_process_in(data: &Path) -> bool {
    let folder_of = |pid: u32| std::fs::read_link(format!("/proc/{pid}/cwd"));
    all_processes().any(|pid| folder_of(pid).is_ok_and(|cwd| cwd == data))
}

/// The postmaster writes `ready` into line 8 of its pid file, as `pg_ctl -w` reads it.
fn wait_until_ready(server: &mut Guarded, data: &Path) -> Result<(), String> {
    let deadline = Instant::now() + START_PATIENCE;
    let own = server.pid();
    while Instant::now() < deadline {
        if let Ok(Some(status)) = server.try_wait() {
            return Err(format!("it ended with {status}"));
        }
        let text = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines();
        let is_ours = lines.next().is_some_and(|pid| pid.trim() == own.to_string());
        if is_ours && lines.nth(6).is_some_and(|status| status.trim() == "ready") {
            return Ok(());
        }
        std::thread::sleep(POLL);
    }
    Err(format!("not ready after {} s", START_PATIENCE.as_secs()))
}

fn log_reason(log: &Path, start: u64, fallback: String) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let fresh = text.get(usize::try_from(start).unwrap_or(0)..).unwrap_or_default();
    let line = telling_line(&String::from_utf8_lossy(fresh));
    if line.is_empty() { fallback } else { line }
}

/// The line that says why: the first complaint, with the last one when that is another.
fn telling_line(text: &str) -> String {
    let complaints: Vec<&str> = text.lines().filter_map(complaint).collect();
    let last_line = || text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    match complaints.as_slice() {
        [] => last_line().to_owned(),
        [only] => (*only).to_owned(),
        [first, .., last] => format!("{first}; {last}"),
    }
}

/// The text behind the severity, of lines that complain: the server writes some of what is wrong
/// with its settings as mere `LOG`.
fn complaint(line: &str) -> Option<&str> {
    let of_severity = |severity: &str| Some(line.split_once(severity)?.1.trim());
    let complains =
        |text: &&str| ["invalid", "could not", "unrecognized", "error"].iter().any(|word| text.contains(word));
    ["FATAL:", "PANIC:", "ERROR:", "error:"]
        .iter()
        .find_map(|severity| of_severity(severity))
        .or_else(|| of_severity("LOG:").filter(complains))
}

#[cfg(test)]
mod tests {
    use super::telling_line;

    #[test]
    fn the_reason_is_taken_from_the_log() {
        let log = "2026-01-01 00:00:00 UTC [1] LOG:  invalid value for parameter \"max_connections\": \"many\"\n\
                   2026-01-01 00:00:00 UTC [1] FATAL:  configuration file contains errors\n";
        let expected = "invalid value for parameter \"max_connections\": \"many\"; configuration file contains errors";
        assert_eq!(telling_line(log), expected);
        assert_eq!(telling_line("\ninitdb: error: no space\ninitdb: removing\n"), "no space");
        assert_eq!(telling_line("something\n\n"), "something");
        assert_eq!(telling_line(""), "");
    }
}
