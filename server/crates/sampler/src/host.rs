//! Figures of the machine the database runs on, read from `/proc`; only used where the database
//! was seen to run on this machine.

use crate::counters::{CounterSpec, Rate};

const fn level(name: &'static str, unit: &'static str, description: &'static str) -> CounterSpec {
    CounterSpec { name, unit, description, expression: "", rate: Rate::Level }
}

/// Host counters, named as in Performance Insights (`os.*`).
pub(crate) const HOST_COUNTERS: &[CounterSpec] = &[
    level("os.general.numVCPUs", "vCPUs", "The number of virtual CPUs of the DB instance"),
    level("os.cpuUtilization.total", "Percent", "The percentage of CPU in use"),
    level("os.cpuUtilization.user", "Percent", "The percentage of CPU in use by user programs"),
    level("os.cpuUtilization.system", "Percent", "The percentage of CPU in use by the kernel"),
    level("os.cpuUtilization.wait", "Percent", "The percentage of CPU idle while waiting for I/O"),
    level("os.cpuUtilization.idle", "Percent", "The percentage of CPU that is idle"),
    level("os.cpuUtilization.nice", "Percent", "The percentage of CPU in use by low-priority programs"),
    level("os.cpuUtilization.irq", "Percent", "The percentage of CPU in use by interrupts"),
    level("os.cpuUtilization.steal", "Percent", "The percentage of CPU in use by other virtual machines"),
    level("os.cpuUtilization.guest", "Percent", "The percentage of CPU in use by guest programs"),
    level("os.loadAverageMinute.one", "Processes", "Processes requesting CPU time over the last minute"),
    level("os.loadAverageMinute.five", "Processes", "Processes requesting CPU time over the last 5 minutes"),
    level("os.loadAverageMinute.fifteen", "Processes", "Processes requesting CPU time over the last 15 minutes"),
    level("os.memory.total", "KB", "The total amount of memory"),
    level("os.memory.free", "KB", "The amount of unassigned memory"),
    level("os.memory.cached", "KB", "The amount of memory used for caching file-based I/O"),
    level("os.memory.buffers", "KB", "The amount of memory used for buffering block I/O"),
    level("os.memory.active", "KB", "The amount of assigned memory"),
    level("os.memory.inactive", "KB", "The amount of least-frequently used memory pages"),
    level("os.memory.dirty", "KB", "The amount of memory modified but not yet written"),
    level("os.memory.slab", "KB", "The amount of reusable kernel data structures"),
    level("os.swap.total", "KB", "The total amount of swap"),
    level("os.swap.free", "KB", "The total amount of swap that is free"),
];

/// The fields of the first line of `/proc/stat`, in ticks, in the kernel's order.
const CPU_FIELDS: [&str; 9] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest"];

/// CPU ticks at one reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CpuTicks([f64; CPU_FIELDS.len()]);

/// Reads the host; CPU percentages need the ticks of the reading before.
#[derive(Debug, Default)]
pub(crate) struct Host {
    ticks: Option<CpuTicks>,
}

impl Host {
    /// Current host figures; what cannot be read is absent.
    pub(crate) fn read(&mut self) -> Vec<(&'static str, f64)> {
        let mut values = Vec::new();
        if let Ok(cpus) = std::thread::available_parallelism() {
            values.push(("os.general.numVCPUs", cpus.get() as f64));
        }
        let ticks = read_proc("stat").as_deref().and_then(cpu_ticks);
        if let (Some(then), Some(now)) = (self.ticks, ticks) {
            values.extend(cpu_percent(then, now));
        }
        self.ticks = ticks;
        values.extend(read_proc("loadavg").as_deref().map(load_average).unwrap_or_default());
        values.extend(read_proc("meminfo").as_deref().map(memory).unwrap_or_default());
        values
    }
}

/// CPU time a process has used, milliseconds; `None` if it is not on this machine.
pub(crate) fn process_cpu_ms(process_id: i64) -> Option<f64> {
    let stat = read_proc(&format!("{process_id}/stat"))?;
    // The command may contain spaces and parentheses: fields are counted after its last one.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let user: f64 = fields.get(11)?.parse().ok()?;
    let system: f64 = fields.get(12)?.parse().ok()?;
    // Linux reports ticks of 1/100 s to user space on every supported architecture.
    Some((user + system) * 10.0)
}

/// The command name of a process, `None` if it is not on this machine.
pub(crate) fn process_command(process_id: i64) -> Option<String> {
    read_proc(&format!("{process_id}/comm")).map(|name| name.trim().to_owned())
}

fn read_proc(path: &str) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{path}")).ok()
}

fn cpu_ticks(stat: &str) -> Option<CpuTicks> {
    let mut fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let mut ticks = [0.0; CPU_FIELDS.len()];
    for tick in &mut ticks {
        *tick = fields.next()?.parse().ok()?;
    }
    Some(CpuTicks(ticks))
}

fn cpu_percent(then: CpuTicks, now: CpuTicks) -> Vec<(&'static str, f64)> {
    let [user, nice, system, idle, wait, irq, softirq, steal, guest] =
        std::array::from_fn(|index| (now.0[index] - then.0[index]).max(0.0));
    // Guest time is contained in user time and is not added again.
    let total = user + nice + system + idle + wait + irq + softirq + steal;
    if total <= 0.0 {
        return Vec::new();
    }
    let percent = |ticks: f64| 100.0 * ticks / total;
    vec![
        ("os.cpuUtilization.total", percent(total - idle - wait)),
        ("os.cpuUtilization.user", percent((user - guest).max(0.0))),
        ("os.cpuUtilization.system", percent(system)),
        ("os.cpuUtilization.wait", percent(wait)),
        ("os.cpuUtilization.idle", percent(idle)),
        ("os.cpuUtilization.nice", percent(nice)),
        ("os.cpuUtilization.irq", percent(irq + softirq)),
        ("os.cpuUtilization.steal", percent(steal)),
        ("os.cpuUtilization.guest", percent(guest)),
    ]
}

fn load_average(loadavg: &str) -> Vec<(&'static str, f64)> {
    let names = ["os.loadAverageMinute.one", "os.loadAverageMinute.five", "os.loadAverageMinute.fifteen"];
    let numbers = loadavg.split_whitespace().map_while(|field| field.parse().ok());
    names.into_iter().zip(numbers).collect()
}

fn memory(meminfo: &str) -> Vec<(&'static str, f64)> {
    let name_of = |field: &str| {
        Some(match field {
            "MemTotal" => "os.memory.total",
            "MemFree" => "os.memory.free",
            "Cached" => "os.memory.cached",
            "Buffers" => "os.memory.buffers",
            "Active" => "os.memory.active",
            "Inactive" => "os.memory.inactive",
            "Dirty" => "os.memory.dirty",
            "Slab" => "os.memory.slab",
            "SwapTotal" => "os.swap.total",
            "SwapFree" => "os.swap.free",
            _ => return None,
        })
    };
    meminfo
        .lines()
        .filter_map(|line| {
            let (field, rest) = line.split_once(':')?;
            Some((name_of(field)?, rest.split_whitespace().next()?.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_shares_sum_to_a_hundred() {
        let then = cpu_ticks("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 …").unwrap();
        let now = cpu_ticks("cpu  130 0 60 840 70 0 0 0 0 0\n").unwrap();
        let shares = cpu_percent(then, now);
        let share = |name: &str| shares.iter().find(|(found, _)| *found == name).unwrap().1;
        assert_eq!(share("os.cpuUtilization.total"), 40.0);
        assert_eq!(share("os.cpuUtilization.wait"), 20.0);
        assert_eq!(
            share("os.cpuUtilization.total") + share("os.cpuUtilization.idle") + share("os.cpuUtilization.wait"),
            100.0
        );
    }

    #[test]
    fn own_process_is_seen() {
        assert!(process_cpu_ms(i64::from(std::process::id())).is_some());
        assert_eq!(process_cpu_ms(-1), None);
    }
}
