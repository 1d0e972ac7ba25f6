//! The band of figures under the verdict.

use leptos::prelude::*;
use view::{Severity, Tile};

use crate::messages::{self as m, use_say};

/// Tiles that phones keep: the four that decide.
const KEPT_ON_PHONES: [&str; 4] = ["now", "peak", "cpu", "alarms"];

/// The band.
#[component]
pub fn Tiles(
    /// Figures in order.
    tiles: Vec<Tile>,
) -> impl IntoView {
    view! { <div class="tiles">{tiles.into_iter().map(tile_view).collect_view()}</div> }
}

fn tile_view(tile: Tile) -> impl IntoView {
    let say = use_say();
    let extra = if KEPT_ON_PHONES.contains(&tile.key.as_str()) { "" } else { " tile--extra" };
    let severity = match tile.severity {
        Severity::Critical => " tile--critical",
        Severity::Warning => " tile--warning",
        Severity::Good | Severity::Unknown => "",
    };
    let label = m::tile(&tile.key).map_or(tile.key.clone(), |label| say.text(label).to_owned());
    let note = match m::tile_note(&tile.key).filter(|_| !tile.note.is_empty()) {
        Some(note) => say.with(note, &[("note", &tile.note)]),
        None if tile.value.is_none() && tile.key == "alarms" => say.text(m::NOT_READ).to_owned(),
        None => tile.note,
    };
    let value = tile.value.unwrap_or_else(|| "–".to_owned());
    view! {
        <div class=format!("tile{extra}{severity}")>
            <span class="tile__label">{label}</span>
            <span class="tile__value">
                {value} " " <span class="tile__unit">{tile.unit}</span>
            </span>
            <span class="tile__note" title=note.clone()>{note.clone()}</span>
        </div>
    }
}
