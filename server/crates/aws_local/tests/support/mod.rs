//! Starts a throw-away PostgreSQL for a test, as a user that is not root, and stops it after.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server in a folder of its own.
pub(crate) struct Postgres {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
    account: Option<(u32, u32)>,
    _folder: tempfile::TempDir,
}

impl Postgres {
    /// Initialises and starts a server with `settings` appended to its configuration.
    pub(crate) fn start(settings: &str) -> Self {
        let bin = installed().expect("PostgreSQL is installed");
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let account = account();
        if let Some((user, group)) = account {
            chown(&data, Some(user), Some(group)).unwrap();
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { bin, data, port, account, _folder: folder };
        let data = server.data.to_str().unwrap();
        server.run("initdb", &["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--no-instructions"]);
        let configuration = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{data}'\nfsync = off\n\
             shared_buffers = 16MB\n{settings}\n"
        );
        let file = server.data.join("postgresql.auto.conf");
        std::fs::write(&file, configuration).unwrap();
        server.launch();
        server
    }

    /// Starts the server again after [`Postgres::stop`].
    pub(crate) fn launch(&self) {
        let data = self.data.to_str().unwrap();
        let log = self.data.join("log");
        self.run("pg_ctl", &["-D", data, "-l", log.to_str().unwrap(), "-w", "-t", "60", "start"]);
    }

    /// Stops the server; `mode` is `fast` or `immediate` (a crash).
    pub(crate) fn stop(&self, mode: &str) {
        self.run("pg_ctl", &["-D", self.data.to_str().unwrap(), "-m", mode, "-w", "stop"]);
    }

    /// URL for `user` on `database`.
    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.bin.join(program));
        command.args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).env("LC_ALL", "C");
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        let status = command.status().unwrap();
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.data.join("postmaster.pid").exists() {
            self.stop("immediate");
        }
    }
}

/// Folder of the newest installed server's programs.
fn installed() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    folders.retain(|folder| folder.join("initdb").exists());
    folders.sort();
    folders.pop()
}

/// The account servers run under when the test runs as root: they refuse root itself.
fn account() -> Option<(u32, u32)> {
    let is_root =
        std::fs::metadata("/proc/self").map(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0).unwrap_or(false);
    if !is_root {
        return None;
    }
    let accounts = std::fs::read_to_string(Path::new("/etc/passwd")).ok()?;
    let of = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    of("postgres").or_else(|| of("nobody"))
}
