//! Patterns and icons that every drawing of a page refers to: written once, by the shell.

use leptos::prelude::*;
use leptos::svg;
use view::chart::patterns;

use super::drawing::mark_view;

/// Icons by id, as path data on a 16 × 16 grid.
const ICONS: [(&str, &str); 20] = [
    ("icon-caret", "M4 6l4 4 4-4"),
    ("icon-left", "M10 3.5L5.5 8l4.5 4.5"),
    ("icon-right", "M6 3.5L10.5 8 6 12.5"),
    ("icon-close", "M4.5 4.5l7 7M11.5 4.5l-7 7"),
    ("icon-plus", "M8 3.5v9M3.5 8h9"),
    ("icon-search", "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.1 3.1"),
    ("icon-link", "M6.5 9.5l3-3M7.5 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M8.5 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1"),
    ("icon-code", "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5"),
    ("icon-download", "M8 2.5v7.5M5 7.5L8 10.5l3-3M3 13.5h10"),
    ("icon-refresh", "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3"),
    (
        "icon-sun",
        "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
    ),
    ("icon-zoom", "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.1 3.1M7 5v4M5 7h4"),
    ("icon-copy", "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"),
    ("icon-clock", "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6"),
    ("icon-lock", "M4 7.2h8v6H4zM5.7 7.2V5.3a2.3 2.3 0 0 1 4.6 0v1.9"),
    ("icon-warn", "M8 2.2L14.2 13H1.8zM8 6.4v3.1M8 11.3v.1"),
    ("icon-empty", "M2.5 4.5h11v8h-11zM2.5 7.5h11M6 10h4"),
    ("icon-down", "M8 3.5v9M4.5 9L8 12.5 11.5 9"),
    ("icon-list", "M3 4.5h10M3 8h10M3 11.5h10"),
    ("icon-ban", "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.8 3.8l8.4 8.4"),
];

/// The sprite.
#[component]
pub fn Sprite() -> impl IntoView {
    let patterns = patterns().into_iter().map(|pattern| {
        let size = pattern.size.to_string();
        svg::pattern()
            .attr("id", pattern.id)
            .attr("width", size.clone())
            .attr("height", size)
            .attr("patternUnits", "userSpaceOnUse")
            .child(pattern.marks.into_iter().map(mark_view).collect_view())
    });
    let icons = ICONS
        .map(|(id, path)| svg::symbol().attr("id", id).attr("viewBox", "0 0 16 16").child(svg::path().attr("d", path)));
    view! {
        <svg class="sprite" aria-hidden="true">
            <defs>{patterns.collect_view()} {icons.into_iter().collect_view()}</defs>
        </svg>
    }
}
