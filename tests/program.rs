//! The `loadlens` program as a process of its own: what ships is what is
//! tested, and it can be killed without warning.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Starting takes well under a second, making eight days of past some seconds; a busy machine takes
/// much longer.
const START_PATIENCE: Duration = Duration::from_secs(240);

/// An orderly end waits for work in flight.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Behind a lock only so that tests can share a program.
    lines: Mutex<Receiver<String>>,
    stderr: Arc<Mutex<String>>,
}

impl Program {
    /// Starts `loadlens` with these arguments and environment.
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("AWS_") || text.starts_with("LOADLENS_") {
                command.env_remove(&name);
            }
        }
        command.env("NO_COLOR", "1").envs(environment.iter().copied());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let stderr = Arc::default();
        read_lines(child.stdout.take().unwrap(), sender.clone(), Arc::default());
        read_lines(child.stderr.take().unwrap(), sender, Arc::clone(&stderr));
        Self { child, lines: Mutex::new(lines), stderr }
    }

    /// The address on the first line that says `opening`, as `http://127.0.0.1:PORT`.
    pub fn url(&mut self, opening: &str) -> String {
        self.wait_for_line("an address", |line| {
            let after = line.contains(opening).then(|| line.split_once("127.0.0.1:")).flatten()?.1;
            let port: String = after.chars().take_while(char::is_ascii_digit).collect();
            Some(format!("http://127.0.0.1:{port}"))
        })
    }

    /// Waits for the first line of output that `wanted` accepts.
    pub fn wait_for_line<T>(&mut self, what: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let left = START_PATIENCE.saturating_sub(begun.elapsed());
            match self.lines.get_mut().unwrap().recv_timeout(left) {
                Ok(line) => {
                    if let Some(found) = wanted(&line) {
                        return found;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {what} within {START_PATIENCE:?}\n{}", self.stderr()),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().unwrap();
                    panic!("ended before it said {what} ({status})\n{}", self.stderr())
                }
            }
        }
    }

    /// What it wrote to standard error up to now.
    pub fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Ends it without warning, as the kernel does when memory runs out.
    pub fn kill_9(mut self) {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "it had ended by itself: {status}\n{}", self.stderr());
    }

    /// Asks it to end and waits until it has.
    pub fn terminate(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.wait(STOP_PATIENCE)
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self, patience: Duration) -> ExitStatus {
        let begun = Instant::now();
        // Its output closes when the program ends: no polling is needed for that.
        let lines = self.lines.get_mut().unwrap();
        while let Ok(_line) = lines.recv_timeout(patience.saturating_sub(begun.elapsed())) {}
        match self.child.try_wait().unwrap() {
            Some(status) => status,
            None if begun.elapsed() < patience => self.child.wait().unwrap(),
            None => panic!("did not end within {patience:?}\n{}", self.stderr()),
        }
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("--- standard error of loadlens ---\n{}", self.stderr());
        }
    }
}

/// The program: `loadlens` beside the running test, not older than its sources, or the one that
/// `LOADLENS_BINARY` names.
pub fn binary() -> PathBuf {
    if let Some(given) = std::env::var_os("LOADLENS_BINARY") {
        return given.into();
    }
    let running = std::env::current_exe().unwrap();
    // Tests lie in `deps` of the folder of programs, the measuring program in that itself.
    let folder = running.ancestors().skip(1).find(|folder| !folder.ends_with("deps")).unwrap();
    let binary = folder.join("loadlens");
    assert!(binary.exists(), "{} is missing: run `./dev test`, or `cargo build --workspace`", binary.display());
    assert_fresh(&binary, &folder.join("loadlens.d"));
    binary
}

/// A test of yesterday's program proves nothing. Cargo lists the program's
/// sources beside it.
fn assert_fresh(binary: &Path, sources: &Path) {
    let built = std::fs::metadata(binary).unwrap().modified().unwrap();
    let Ok(list) = std::fs::read_to_string(sources) else { return };
    let (_, files) = list.split_once(':').unwrap_or_default();
    for file in files.split_whitespace() {
        let changed = std::fs::metadata(file).and_then(|meta| meta.modified());
        assert!(
            changed.is_ok_and(|time| time <= built),
            "{} is older than {file}: run `cargo build --workspace`",
            binary.display()
        );
    }
}

/// Hands each line on and keeps it, until the program closes the stream.
fn read_lines(stream: impl Read + Send + 'static, lines: Sender<String>, kept: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut kept = kept.lock().unwrap();
            kept.push_str(&line);
            kept.push('\n');
            // Nobody may listen any more: keep reading, or the program would block.
            drop(lines.send(line));
        }
    });
}
