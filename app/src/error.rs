//! The only error a browser receives.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a page or panel could not be made, for the reader. The cause is in the log, under the
/// request id; nothing of it is in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ViewError {
    /// What the address names does not exist.
    #[error("there is no {what}")]
    NotFound {
        /// What was looked for, in the reader's own spelling.
        what: String,
    },
    /// The address cannot be understood.
    #[error("{reason}")]
    BadRequest {
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// The server has it but cannot give it now.
    #[error("the server could not answer; the log has the cause under {request_id}")]
    Unavailable {
        /// Id of the request in the log.
        request_id: String,
    },
    /// The server did not answer, or not in words we know.
    #[error("the server did not answer")]
    Transport,
}

impl FromServerFnError for ViewError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::BadRequest { reason: "the request cannot be read".to_owned() }
            }
            _ => Self::Transport,
        }
    }
}
