//! Answers of the API: one line of JSON for an error, CSV with guarded cells.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::json;
use view::{DataTable, Trouble};

/// Why there is no answer: what, where, how to mend it.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    what: String,
    place: String,
    mend: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, what: impl Into<String>, place: &str, mend: &str) -> Self {
        Self { status, what: what.into(), place: place.to_owned(), mend: mend.to_owned() }
    }

    /// A parameter that cannot be read.
    pub(super) fn bad_parameter(name: &str, what: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, what, name, "see /api/v1/openapi.json")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self { status, what, place, mend } = self;
        (status, Json(json!({ "error": { "what": what, "where": place, "mend": mend } }))).into_response()
    }
}

impl From<ranking::Error> for ApiError {
    fn from(error: ranking::Error) -> Self {
        let what = error.to_string();
        match error {
            ranking::Error::UnknownInstance(_) => {
                Self::new(StatusCode::NOT_FOUND, what, "id", "GET /api/v1/instances lists what there is")
            }
            ranking::Error::UnknownApp(_) | ranking::Error::UnknownTier(_) => {
                Self::new(StatusCode::NOT_FOUND, what, "app", "GET /api/v1/apps lists what there is")
            }
            ranking::Error::AmbiguousName { .. } => {
                Self::new(StatusCode::CONFLICT, what, "id", "ask by one of the ids")
            }
            ranking::Error::Range(_) => Self::bad_parameter("from, to", what),
            ranking::Error::Archive(_) | ranking::Error::CutOff => {
                tracing::error!(%error, "the API could not answer");
                let mend = "try again; the log has the cause under the x-request-id of this answer";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the archive could not be read", "server", mend)
            }
        }
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        match trouble {
            Trouble::NotCollected { what } => {
                let mend = "modify the instance to turn it on, or ask for what it offers";
                Self::new(StatusCode::CONFLICT, format!("{what} is not collected"), &what, mend)
            }
            Trouble::NotRunning { status } => {
                let mend = "wait until RDS calls it available; its events say why it is not";
                Self::new(unavailable, format!("the instance is {status}"), "id", mend)
            }
            Trouble::Denied { action, resource } => {
                let mend = format!("allow {action} on {resource}");
                Self::new(StatusCode::BAD_GATEWAY, format!("the role lacks {action}"), &action, &mend)
            }
            Trouble::Throttled { retry_at } => {
                let mend = retry_at.map_or_else(|| "try again later".to_owned(), |at| format!("try again after {at}"));
                Self::new(unavailable, "AWS is slowing our calls", "AWS", &mend)
            }
            Trouble::Credentials => Self::new(
                unavailable,
                "AWS credentials are missing or expired",
                "AWS",
                "log in again, or set AWS_PROFILE",
            ),
            Trouble::Unreachable => {
                Self::new(unavailable, "AWS cannot be reached", "AWS", "check the network and AWS_ENDPOINT_URL")
            }
            Trouble::NotInFile => {
                Self::new(unavailable, "this is not in the file", "from, to", "ask for the window of the incident")
            }
            Trouble::Pending { .. } => {
                Self::new(unavailable, "this window is not collected yet", "from, to", "try again in a minute")
            }
            Trouble::Failed { request_id } => {
                let mend = format!("the log has the cause under {request_id}");
                Self::new(unavailable, "the collection failed", "server", &mend)
            }
        }
    }
}

/// A table as RFC 4180, to be saved under `name`. The head ends with the address of the page that
/// shows the same numbers.
pub(super) fn csv(table: &DataTable, name: &str, permalink: &str) -> Response {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut records = table.csv_records().enumerate();
    let written = records.try_for_each(|(number, mut record)| {
        record.push(if number == 0 { permalink.to_owned() } else { String::new() });
        writer.write_record(record)
    });
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    match bytes {
        Some(bytes) => {
            let disposition = format!("attachment; filename=\"{name}\"");
            ([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)], bytes)
                .into_response()
        }
        None => {
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "the table could not be written", "server", "try again")
                .into_response()
        }
    }
}

/// No endpoint has this path.
pub(super) async fn no_such_endpoint() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "there is no such endpoint", "path", "see /api/v1/openapi.json")
}
