//! The surface over a plot: pointer, wheel and keys become a moment or a window.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use units::{Timestamp, Window};
use view::Axis;
use view::number::duration;

use super::drawing::mark_view;

/// A window being drawn: where it began and where the pointer is, as parts of the axis.
pub type Brushed = Option<(f64, f64)>;

/// What a surface changes.
#[derive(Clone, Copy)]
pub struct SurfaceActions {
    /// The moment under the pointer.
    pub at: RwSignal<Option<Timestamp>>,
    /// The window being drawn.
    pub brush: RwSignal<Brushed>,
    /// What happens with a finished window.
    pub on_window: Callback<Window>,
}

/// A press that moves less than this many pixels is no brush.
const SHORTEST_BRUSH_PX: f64 = 4.0;

/// How much of the window stays at one step of the wheel inwards.
const WHEEL_STEP: f64 = 0.7;

/// The surface. It is a slider over the buckets for keyboards and assistive technology: arrows move
/// by one bucket, Page keys by ten, Home and End to the ends, Escape lets go.
#[component]
pub fn Surface(
    /// The axis under it.
    axis: Axis,
    /// What it changes.
    actions: SurfaceActions,
    /// Its name.
    name: &'static str,
    /// The values at the crosshair, as words.
    text: Signal<String>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let axis = StoredValue::new(axis);
    let SurfaceActions { at, brush, on_window } = actions;
    let part_of = move |event: &ev::PointerEvent| part_under(node, f64::from(event.client_x()));
    let on_move = move |event: ev::PointerEvent| {
        let Some((part, _)) = part_of(&event) else { return };
        at.set(axis.with_value(|axis| axis.bucket_at(part).map(|bucket| axis.start_of(bucket))));
        brush.update(|brush| {
            if let Some((_, to)) = brush {
                *to = part;
            }
        });
    };
    let on_down = move |event: ev::PointerEvent| {
        if event.button() == 0 && !event.alt_key() && event.pointer_type() != "touch" {
            capture(node, event.pointer_id());
            brush.set(part_of(&event).map(|(part, _)| (part, part)));
        }
    };
    let on_up = move |event: ev::PointerEvent| {
        let Some((from, to)) = brush.get_untracked() else { return };
        brush.set(None);
        let width = part_of(&event).map_or(0.0, |(_, width)| width);
        if (to - from).abs() * width >= SHORTEST_BRUSH_PX
            && let Some(window) = axis.with_value(|axis| axis.brushed(from, to))
        {
            at.set(None);
            on_window.run(window);
        }
    };
    let on_leave = move |_: ev::PointerEvent| {
        if brush.get_untracked().is_none() {
            at.set(None);
        }
    };
    let on_wheel = move |event: ev::WheelEvent| {
        // A page that scrolls must go on scrolling: the wheel zooms with a key held, or once the
        // chart has the focus.
        if !(event.ctrl_key() || event.shift_key() || has_focus(node)) {
            return;
        }
        event.prevent_default();
        let Some((part, _)) = part_under(node, f64::from(event.client_x())) else { return };
        let turn = if event.delta_y() == 0.0 { event.delta_x() } else { event.delta_y() };
        if let Some(window) = axis.with_value(|axis| zoomed(axis, part, turn < 0.0)) {
            on_window.run(window);
        }
    };
    let on_double_click = move |_: ev::MouseEvent| {
        if let Some(window) = axis.with_value(widened) {
            on_window.run(window);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let next = axis.with_value(|axis| moved(axis, at.get_untracked(), &event.key()));
        if let Some(next) = next {
            event.prevent_default();
            event.stop_propagation();
            at.set(next);
        }
    };
    let last = axis.with_value(|axis| axis.len().saturating_sub(1)).to_string();
    let value_now = move || {
        let bucket = at.get().and_then(|at| axis.with_value(|axis| axis.bucket_of(at)));
        bucket.unwrap_or(0).to_string()
    };
    view! {
        <div
            class="chart__surface"
            node_ref=node
            tabindex="0"
            role="slider"
            aria-label=name
            aria-valuemin="0"
            aria-valuemax=last
            aria-valuenow=value_now
            aria-valuetext=text
            on:pointermove=on_move
            on:pointerdown=on_down
            on:pointerup=on_up
            on:pointerleave=on_leave
            on:wheel=on_wheel
            on:dblclick=on_double_click
            on:keydown=on_key
        ></div>
    }
}

/// The brush as it is drawn: area, edges, and how long it is.
#[component]
pub fn BrushMark(
    /// The axis.
    axis: Axis,
    /// The window being drawn.
    brush: RwSignal<Brushed>,
    /// Top and height of the plot in pixels.
    rows: (u32, u32),
) -> impl IntoView {
    move || {
        brush.get().map(|(a, b)| {
            let (from, to) = (a.min(b), a.max(b));
            let length = axis.brushed(from, to).map(|window| duration(window.secs()));
            mark_view(view::chart::brush(from, to, rows, false, length))
        })
    }
}

/// A window zoomed at a part of the axis, of whole buckets; `None` where it cannot get smaller.
fn zoomed(axis: &Axis, part: f64, inwards: bool) -> Option<Window> {
    const SHORTEST_SECS: f64 = 60.0;
    #[expect(clippy::cast_precision_loss, reason = "seconds of years are below 2^53")]
    let length = axis.window.secs() as f64;
    let next = if inwards { length * WHEEL_STEP } else { length / WHEEL_STEP };
    if next < SHORTEST_SECS {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "seconds of years fit")]
    let (before, after) = ((next * part) as i64, (next * (1.0 - part)) as i64);
    #[expect(clippy::cast_possible_truncation, reason = "seconds of years fit")]
    let middle = axis.window.from.plus_secs((length * part) as i64);
    let step = axis.period.secs().min(60);
    Some(Window::new(middle.plus_secs(-before), middle.plus_secs(after)).aligned(step))
}

/// Twice the window around its middle.
fn widened(axis: &Axis) -> Option<Window> {
    let half = axis.window.secs() / 2;
    (half > 0).then(|| Window::new(axis.window.from.plus_secs(-half), axis.window.to.plus_secs(half)))
}

/// Where a key moves the crosshair; `None` for other keys.
#[expect(clippy::option_option, reason = "no key of ours, or a key that lets go")]
fn moved(axis: &Axis, at: Option<Timestamp>, key: &str) -> Option<Option<Timestamp>> {
    let last = axis.len().checked_sub(1)?;
    let bucket = at.and_then(|at| axis.bucket_of(at));
    let next = match key {
        "ArrowLeft" => bucket.unwrap_or(last).saturating_sub(usize::from(bucket.is_some())),
        "ArrowRight" => bucket.map_or(0, |bucket| (bucket + 1).min(last)),
        "PageDown" => bucket.unwrap_or(last).saturating_sub(10),
        "PageUp" => (bucket.unwrap_or(0) + 10).min(last),
        "Home" => 0,
        "End" => last,
        "Escape" if at.is_some() => return Some(None),
        _ => return None,
    };
    Some(Some(axis.start_of(next)))
}

/// The part of the surface under `client_x`, 0 to 1, and its width in pixels.
#[cfg(feature = "hydrate")]
pub(super) fn part_under(node: NodeRef<Div>, client_x: f64) -> Option<(f64, f64)> {
    let rect = node.get_untracked()?.get_bounding_client_rect();
    let part = ((client_x - rect.left()) / rect.width()).clamp(0.0, 1.0);
    part.is_finite().then(|| (part, rect.width()))
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn part_under(_: NodeRef<Div>, _: f64) -> Option<(f64, f64)> {
    None
}

#[cfg(feature = "hydrate")]
pub(super) fn capture(node: NodeRef<Div>, pointer: i32) {
    if let Some(surface) = node.get_untracked() {
        // Refused only when the pointer is gone already; then there is nothing to capture.
        drop(surface.set_pointer_capture(pointer));
    }
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn capture(_: NodeRef<Div>, _: i32) {}

#[cfg(feature = "hydrate")]
fn has_focus(node: NodeRef<Div>) -> bool {
    let surface = node.get_untracked().map(web_sys::Element::from);
    surface.is_some() && surface == document().active_element()
}

#[cfg(not(feature = "hydrate"))]
fn has_focus(_: NodeRef<Div>) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use units::Period;

    use super::*;

    fn axis() -> Axis {
        let window = Window::new(Timestamp::from_secs(3600), Timestamp::from_secs(7200));
        Axis { window, period: Period::MINUTE, zone: "UTC".to_owned(), offsets: Vec::new() }
    }

    #[test]
    fn keys_move_by_buckets_and_stop_at_the_ends() {
        let axis = axis();
        let first = axis.start_of(0);
        assert_eq!(moved(&axis, Some(first), "ArrowLeft"), Some(Some(first)));
        assert_eq!(moved(&axis, Some(first), "ArrowRight"), Some(Some(axis.start_of(1))));
        assert_eq!(moved(&axis, None, "End"), Some(Some(axis.start_of(59))));
        assert_eq!(moved(&axis, Some(first), "Escape"), Some(None));
        assert_eq!(moved(&axis, None, "j"), None);
    }

    #[test]
    fn the_wheel_keeps_the_moment_under_the_pointer() {
        let window = zoomed(&axis(), 0.5, true).unwrap();
        assert!(window.secs() < 3600 && window.contains(axis().start_of(30)));
        let out = zoomed(&axis(), 0.5, false).unwrap();
        assert!(out.secs() > 3600);
    }
}
