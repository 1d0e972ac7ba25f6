//! The wider range under the load chart, with the window on it to move and stretch.

use leptos::ev;
use leptos::prelude::*;
use units::{Timestamp, Window};
use view::LoadView;
use view::chart::{MINI_MAP_HEIGHT, draw_mini_map};

use super::brush::part_under;
use super::drawing::drawing_view;
use crate::messages::{self as m, use_say};

/// Half the hit area of a handle in pixels.
const HANDLE_PX: f64 = 12.0;

/// What a drag on the mini-map does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    /// Moves the start.
    From,
    /// Moves the end.
    To,
    /// Moves the whole window; where in the map it was taken hold of.
    Whole(f64),
    /// Draws a new window from this place.
    New(f64),
}

/// The mini-map.
#[component]
pub fn MiniMapView(
    /// Load of the wider range.
    overview: StoredValue<LoadView>,
    /// The window of the page.
    window: Window,
    /// Pixels to draw for.
    width: u32,
    /// What happens with a new window.
    on_window: Callback<Window>,
) -> impl IntoView {
    let say = use_say();
    let drawn = overview.with_value(|view| draw_mini_map(view, window, width, 9));
    let shown = RwSignal::new(window);
    let overlay = move || overview.with_value(|view| drawing_view(draw_mini_map(view, shown.get(), 16, 2).overlay));
    let name = overview.with_value(|view| {
        let values = [("whole", view.axis.range_label(view.axis.window)), ("window", view.axis.range_label(window))];
        say.with(m::OVERVIEW, &[("whole", &values[0].1), ("window", &values[1].1)])
    });
    view! {
        <div class="mini-map">
            <figure class="chart" aria-label=name>
                <svg class="chart__y-axis" height=MINI_MAP_HEIGHT.to_string() aria-hidden="true"></svg>
                {drawing_view(drawn.plot)}
                {overlay}
                <MapSurface overview=overview shown=shown on_window=on_window />
                {drawing_view(drawn.x_axis)}
            </figure>
        </div>
    }
}

#[component]
fn MapSurface(overview: StoredValue<LoadView>, shown: RwSignal<Window>, on_window: Callback<Window>) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let drag = StoredValue::new(None::<(Drag, Window)>);
    let place = move |at: Timestamp| overview.with_value(|view| view.axis.place_of(at));
    let on_down = move |event: ev::PointerEvent| {
        let Some((part, width)) = part_under(node, f64::from(event.client_x())) else { return };
        if event.button() != 0 {
            return;
        }
        super::brush::capture(node, event.pointer_id());
        let window = shown.get_untracked();
        let (from, to) = (place(window.from), place(window.to));
        let near = |handle: f64| (part - handle).abs() * width <= HANDLE_PX;
        let taken = match part {
            _ if near(from) => Drag::From,
            _ if near(to) => Drag::To,
            part if from < part && part < to => Drag::Whole(part),
            part => Drag::New(part),
        };
        drag.set_value(Some((taken, window)));
    };
    let on_move = move |event: ev::PointerEvent| {
        let Some((taken, start)) = drag.get_value() else { return };
        let Some((part, _)) = part_under(node, f64::from(event.client_x())) else { return };
        let next = overview.with_value(|view| dragged(view, taken, start, part));
        shown.set(next.unwrap_or(start));
    };
    let on_up = move |_: ev::PointerEvent| {
        let Some((_, start)) = drag.get_value() else { return };
        drag.set_value(None);
        let window = shown.get_untracked();
        if window != start {
            on_window.run(window);
        }
    };
    view! {
        <div
            class="chart__surface"
            node_ref=node
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
        ></div>
    }
}

/// The window a drag leads to, in whole buckets of the map.
fn dragged(view: &LoadView, drag: Drag, start: Window, part: f64) -> Option<Window> {
    let axis = &view.axis;
    let bucket = axis.window_of(axis.bucket_at(part)?);
    match drag {
        Drag::From => (bucket.from < start.to).then(|| Window::new(bucket.from, start.to)),
        Drag::To => (bucket.to > start.from).then(|| Window::new(start.from, bucket.to)),
        Drag::Whole(taken) => {
            let held = axis.window_of(axis.bucket_at(taken)?);
            Some(start.shifted(bucket.from.secs() - held.from.secs()))
        }
        Drag::New(taken) => axis.brushed(taken, part),
    }
}
