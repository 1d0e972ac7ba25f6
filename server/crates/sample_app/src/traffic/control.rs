//! Looking at the traffic and steering it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Profile, Report, Traffic};

/// `GET /counts`; `POST /profile/{normal|burst|sale}`; `POST /pause`; `POST /resume`.
pub fn control_router(traffic: Arc<Traffic>) -> Router {
    Router::new()
        .route("/counts", get(show_counts))
        .route("/profile/{name}", post(set_profile))
        .route("/pause", post(pause))
        .route("/resume", post(resume))
        .with_state(traffic)
}

async fn show_counts(State(traffic): State<Arc<Traffic>>) -> Json<Report> {
    Json(traffic.counts.report())
}

async fn set_profile(State(traffic): State<Arc<Traffic>>, Path(name): Path<String>) -> StatusCode {
    let profile = match name.as_str() {
        "normal" => Profile::Normal,
        "burst" => Profile::Burst,
        "sale" => Profile::Sale,
        _ => return StatusCode::NOT_FOUND,
    };
    traffic.profile.send_replace(profile);
    StatusCode::NO_CONTENT
}

/// What is under way is finished; nothing new is sent.
async fn pause(State(traffic): State<Arc<Traffic>>) -> StatusCode {
    traffic.is_paused.send_replace(true);
    StatusCode::NO_CONTENT
}

async fn resume(State(traffic): State<Arc<Traffic>>) -> StatusCode {
    traffic.is_paused.send_replace(false);
    StatusCode::NO_CONTENT
}
