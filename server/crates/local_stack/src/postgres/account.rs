//! Who PostgreSQL runs as: ourselves, or somebody else when we are root, which it refuses.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use super::PostgresError;

/// An account of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// `None`: run it as ourselves.
pub(crate) fn choose(names: &[&str]) -> Result<Option<Account>, PostgresError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let path = Path::new("/etc/passwd");
    let passwd = std::fs::read_to_string(path).map_err(PostgresError::io("reading", path))?;
    names.iter().find_map(|name| find(&passwd, name)).map(Some).ok_or(PostgresError::NoAccount)
}

fn find(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [found, _, uid, gid, ..] = fields.as_slice() else { return None };
        (*found == name).then_some(Account { name: name.to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? })
    })
}

/// Makes `folder` private to the account and checks that it can get there.
pub(crate) fn hand_over(folder: &Path, account: Option<&Account>) -> Result<(), PostgresError> {
    std::fs::create_dir_all(folder).map_err(PostgresError::io("creating", folder))?;
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(folder, mode).map_err(PostgresError::io("protecting", folder))?;
    let Some(account) = account else { return Ok(()) };
    chown(folder, Some(account.uid), Some(account.gid)).map_err(PostgresError::io("handing over", folder))?;
    let absolute = folder.canonicalize().map_err(PostgresError::io("resolving", folder))?;
    for above in absolute.ancestors().skip(1) {
        let meta = std::fs::metadata(above).map_err(PostgresError::io("looking at", above))?;
        if !may_traverse(meta.mode(), meta.uid(), meta.gid(), account) {
            return Err(PostgresError::Unreachable { account: account.name.clone(), folder: above.to_owned() });
        }
    }
    Ok(())
}

/// The execute bit that counts for this account (its supplementary groups are not looked up).
fn may_traverse(mode: u32, owner: u32, group: u32, account: &Account) -> bool {
    let bit = if owner == account.uid {
        0o100
    } else if group == account.gid {
        0o010
    } else {
        0o001
    };
    mode & bit != 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\nbroken\npostgres:x:101:104:PG,,,:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_read_from_passwd() {
        let found = find(PASSWD, "postgres").unwrap();
        assert_eq!((found.uid, found.gid), (101, 104));
        assert_eq!(find(PASSWD, "nobody"), None);
    }

    #[test]
    fn the_bit_of_the_right_class_decides() {
        let account = Account { name: "postgres".into(), uid: 101, gid: 104 };
        assert!(!may_traverse(0o700, 0, 0, &account));
        assert!(may_traverse(0o701, 0, 0, &account));
        assert!(may_traverse(0o700, 101, 0, &account));
        assert!(may_traverse(0o710, 0, 104, &account));
        assert!(!may_traverse(0o701, 0, 104, &account));
    }
}
