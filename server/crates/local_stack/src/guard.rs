//! A child process that cannot outlive us, however we end.
//!
//! The child runs below a tiny shell that holds the reading end of a pipe whose only writing end is
//! ours. When we drop it — or when the kernel drops it for us after `kill -9` — the shell reads end
//! of file, signals the program, waits ten seconds and kills it. No `prctl`, no unsafe code.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

/// `$1` is the polite signal, `$2` the one sent ten seconds later; the program follows.
///
/// The program's process id goes to standard output, its own output to standard error, which is the
/// log file. A background job's standard input would be `/dev/null`, hence descriptor 3.
const SCRIPT: &str = r#"
soft=$1; hard=$2; shift 2
exec 3<&0
"$@" </dev/null 1>&2 3<&- &
pid=$!
echo "$pid"
exec 1>&2
(
  read _ <&3
  kill -s "$soft" "$pid" 2>/dev/null
  n=0
  while kill -0 "$pid" 2>/dev/null && [ "$n" -lt 100 ]; do sleep 0.1; n=$((n+1)); done
  kill -s "$hard" "$pid" 2>/dev/null
) &
watch=$!
exec 3<&-
wait "$pid"; code=$?
kill "$watch" 2>/dev/null
exit "$code"
"#;

/// A log larger than this is set aside when it is opened again; one former log is kept.
const MOST_LOG_BYTES: u64 = 16 << 20;

/// What to run, as whom, and where its output goes.
#[derive(Debug, Clone)]
pub struct GuardSpec {
    /// Program to run; found in `PATH` when it has no slash.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment variables added to ours.
    pub env: Vec<(String, String)>,
    /// File that receives its standard output and error, appended to.
    pub log: PathBuf,
    /// Signal that asks it to stop (a name as `kill -s` knows it).
    pub soft_signal: &'static str,
    /// Signal that ends the wait.
    pub hard_signal: &'static str,
    /// User and group to run as; `None` keeps ours.
    pub run_as: Option<(u32, u32)>,
}

impl GuardSpec {
    /// A program that stops on `TERM` and is killed if it does not.
    pub fn new(program: impl Into<PathBuf>, log: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            log: log.into(),
            soft_signal: "TERM",
            hard_signal: "KILL",
            run_as: None,
        }
    }
}

/// A running child. Dropping it stops the program.
#[derive(Debug)]
pub struct Guarded {
    shell: Child,
    program_pid: Pid,
}

impl Guarded {
    /// Starts the program.
    ///
    /// # Errors
    /// When the log cannot be opened or the shell cannot be started. A program that does not exist
    /// is seen later, as an early exit with its reason in the log.
    pub fn spawn(spec: &GuardSpec) -> std::io::Result<Self> {
        let log = open_log(&spec.log)?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "loadlens-guard"])
            .args([spec.soft_signal, spec.hard_signal])
            .arg(&spec.program)
            .args(&spec.args)
            .envs(spec.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(log))
            .current_dir("/")
            // A Ctrl-C on the terminal is for us; the children hear of it from us, in order.
            .process_group(0);
        if let Some((uid, gid)) = spec.run_as {
            command.uid(uid).gid(gid);
        }
        let mut shell = command.spawn()?;
        let program_pid = read_pid(&mut shell)?;
        Ok(Self { shell, program_pid })
    }

    /// Process id of the program itself.
    pub fn pid(&self) -> u32 {
        self.program_pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Exit status once the program has ended; `None` while it runs.
    ///
    /// # Errors
    /// When the operating system cannot tell.
    pub fn try_wait(&mut self) -> std::io::Result<Option<ExitStatus>> {
        self.shell.try_wait()
    }

    /// Sends a signal to the program; without effect when it is gone already.
    pub fn signal(&self, signal: Signal) {
        send_signal(self.program_pid, signal);
    }

    /// Asks the program to stop and waits; after `patience` it is killed.
    pub fn stop(&mut self, patience: Duration) {
        drop(self.shell.stdin.take());
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if !matches!(self.shell.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        tracing::warn!(process.pid = self.pid(), "stop.forced");
        send_signal(self.program_pid, Signal::KILL);
        if let Err(error) = kill_process_group(Pid::from_child(&self.shell), Signal::KILL) {
            tracing::debug!(%error, "signal.group_gone");
        }
        drop(self.shell.wait());
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.stop(Duration::from_secs(12));
    }
}

/// Whether a process of that id exists.
pub fn is_alive(pid: u32) -> bool {
    i32::try_from(pid).ok().and_then(Pid::from_raw).is_some_and(|pid| test_kill_process(pid).is_ok())
}

/// A process that is gone already needs no signal: that is as good.
pub(crate) fn send_signal(pid: Pid, signal: Signal) {
    if let Err(error) = kill_process(pid, signal) {
        tracing::debug!(process.pid = pid.as_raw_nonzero().get(), %error, "signal.gone");
    }
}

pub(crate) fn open_log(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    if std::fs::metadata(path).is_ok_and(|meta| meta.len() > MOST_LOG_BYTES) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    File::options().create(true).append(true).open(path)
}

fn read_pid(shell: &mut Child) -> std::io::Result<Pid> {
    let mut line = String::new();
    if let Some(stdout) = shell.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    line.trim()
        .parse()
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| std::io::Error::other("the guarding shell did not report a process id"))
}
