//! The folder and the port of a private server: ours alone, and kept from others.

use std::fs::{File, TryLockError};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::PostgresError;
use super::account::Account;

pub(crate) fn password_path(root: &Path) -> PathBuf {
    root.join("password")
}

pub(crate) fn lock_root(root: &Path) -> Result<File, PostgresError> {
    let path = root.join("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(PostgresError::io("opening", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(PostgresError::InUse { root: root.to_owned() }),
        Err(TryLockError::Error(source)) => Err(PostgresError::io("locking", &path)(source)),
    }
}

/// The password kept in the folder; made at first use.
pub(crate) fn password(root: &Path, account: Option<&Account>) -> Result<String, PostgresError> {
    let path = password_path(root);
    if let Ok(text) = std::fs::read_to_string(&path)
        && !text.trim().is_empty()
    {
        return Ok(text.trim().to_owned());
    }
    let secret = random_hex()?;
    write_private(&path, &format!("{secret}\n"), account)?;
    Ok(secret)
}

/// Writes a file that only its owner reads, and gives it to the account.
pub(crate) fn write_private(path: &Path, text: &str, account: Option<&Account>) -> Result<(), PostgresError> {
    // Made private before the secret goes in.
    let file = File::create(path).map_err(PostgresError::io("creating", path))?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(PostgresError::io("protecting", path))?;
    std::fs::write(path, text).map_err(PostgresError::io("writing", path))?;
    if let Some(account) = account {
        std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid))
            .map_err(PostgresError::io("handing over", path))?;
    }
    Ok(())
}

fn random_hex() -> Result<String, PostgresError> {
    let path = Path::new("/dev/urandom");
    let mut bytes = [0_u8; 16];
    File::open(path)
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(PostgresError::io("reading", path))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

pub(crate) fn free_port() -> Result<u16, PostgresError> {
    let path = Path::new("127.0.0.1:0");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(PostgresError::io("binding", path))?;
    Ok(listener.local_addr().map_err(PostgresError::io("binding", path))?.port())
}
