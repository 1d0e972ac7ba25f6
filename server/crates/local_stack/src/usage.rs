//! What processes use, from `/proc` (Linux; elsewhere there is no answer).

/// CPU and memory of a process or a family of them.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Usage {
    /// CPU seconds used so far, user and system. Never falls while the process lives.
    pub cpu_secs: f64,
    /// Resident memory in bytes. Shared pages of a family are counted once per member.
    pub resident_bytes: u64,
}

/// Of one process; `None` when it is gone.
pub fn process_usage(pid: u32) -> Option<Usage> {
    let stat = read_stat(pid)?;
    Some(Usage { cpu_secs: seconds(stat.own_ticks), resident_bytes: resident_bytes(pid)? })
}

/// Of a process, its living children, and the CPU time of those that ended: what a PostgreSQL
/// server with all its sessions used. `None` when the process is gone.
pub fn family_usage(pid: u32) -> Option<Usage> {
    let head = read_stat(pid)?;
    let mut ticks = head.own_ticks + head.ended_children_ticks;
    let mut bytes = resident_bytes(pid)?;
    for child in all_processes() {
        if let Some(stat) = read_stat(child).filter(|stat| stat.parent == pid) {
            ticks += stat.own_ticks + stat.ended_children_ticks;
            bytes += resident_bytes(child).unwrap_or(0);
        }
    }
    Some(Usage { cpu_secs: seconds(ticks), resident_bytes: bytes })
}

/// Most memory a process ever had (`VmHWM` of proc(5), in kilobytes); `None` when it is gone.
pub fn peak_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

pub(crate) fn all_processes() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own_ticks: u64,
    ended_children_ticks: u64,
}

fn read_stat(pid: u32) -> Option<Stat> {
    parse_stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Fields 4 and 14 to 17 of proc(5). The program's name, in parentheses, may hold spaces and
/// parentheses: count from the last one.
fn parse_stat(stat: &str) -> Option<Stat> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own_ticks: ticks(11)? + ticks(12)?,
        ended_children_ticks: ticks(13)? + ticks(14)?,
    })
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

/// Field 2 of `/proc/pid/statm`, in pages.
fn resident_bytes(pid: u32) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn fields_are_found_behind_a_name_with_spaces() {
        let stat = "12 (a (b) c) S 1 12 12 0 -1 4194560 100 0 0 0 7 5 3 2 20 0 1 0 100 0 0";
        assert_eq!(parse_stat(stat), Some(Stat { parent: 1, own_ticks: 12, ended_children_ticks: 5 }));
    }

    #[test]
    fn our_own_usage_can_be_read_and_the_family_uses_no_less() {
        let own = process_usage(std::process::id()).unwrap();
        assert!(own.resident_bytes > 0);
        assert!(family_usage(std::process::id()).unwrap().cpu_secs >= own.cpu_secs);
    }
}
