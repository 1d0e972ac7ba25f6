//! One process per archive.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// An exclusive lock on a data directory, held by the operating system for as long as this value
/// lives: it vanishes with the process, however it ends.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

/// Longest text read from a lock file: a process id and a line end.
const MAX_PID_BYTES: u64 = 16;

impl DirLock {
    /// Takes the lock and writes our process id into `archive.lock`.
    ///
    /// # Errors
    /// [`Error::Locked`] with the holder's process id; [`Error::Io`].
    pub(crate) fn take(dir: &Path) -> Result<Self> {
        let path = dir.join("archive.lock");
        let io = |source| Error::Io { path: path.clone(), source };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = (&mut file).take(MAX_PID_BYTES).read_to_string(&mut text);
                let pid = read.ok().and_then(|_| text.trim().parse().ok());
                return Err(Error::Locked { path, pid });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }
}
