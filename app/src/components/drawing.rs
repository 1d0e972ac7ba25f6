//! Drawings of `view` as elements.

use leptos::prelude::*;
use leptos::svg;
use view::chart::{Drawing, Mark, Place};

/// A drawing without a voice: its figure carries the name.
#[must_use]
pub fn drawing_view(drawing: Drawing) -> AnyView {
    drawing_with(drawing, ()).into_any()
}

/// A drawing with something of ours on top: crosshair, brush.
#[must_use]
pub fn drawing_with(drawing: Drawing, extra: impl IntoView + 'static) -> impl IntoView {
    let (view_box, fit) = drawing.view_box.unzip();
    view! {
        <svg
            class=drawing.class
            viewBox=view_box.map(|view_box| view_box.to_string())
            preserveAspectRatio=fit.map(|fit| fit.attribute())
            height=drawing.height.map(|height| height.to_string())
            aria-hidden="true"
        >
            {drawing.marks.into_iter().map(mark_view).collect_view()}
            {extra}
        </svg>
    }
}

fn text_of(place: Place) -> Option<String> {
    (place != Place::ZERO).then(|| place.to_string())
}

/// One mark as an element.
#[must_use]
pub fn mark_view(mark: Mark) -> AnyView {
    match mark {
        Mark::Path { class, fill, d } => svg::path().class(class).attr("fill", fill).attr("d", d).into_any(),
        Mark::Line { class, from, to } => svg::line()
            .class(class)
            .attr("x1", text_of(from.0))
            .attr("y1", text_of(from.1))
            .attr("x2", text_of(to.0))
            .attr("y2", text_of(to.1))
            .into_any(),
        Mark::Rect { class, fill, at, size, radius } => svg::rect()
            .class(class)
            .attr("fill", fill)
            .attr("x", text_of(at.0))
            .attr("y", text_of(at.1))
            .attr("width", size.0.to_string())
            .attr("height", size.1.to_string())
            .attr("rx", (radius > 0).then(|| radius.to_string()))
            .into_any(),
        Mark::Circle { class, at, radius } => svg::circle()
            .class(class)
            .attr("cx", text_of(at.0))
            .attr("cy", text_of(at.1))
            .attr("r", radius.to_string())
            .into_any(),
        Mark::Text { class, at, dx, anchor, text } => svg::text()
            .class(class)
            .attr("x", text_of(at.0))
            .attr("y", text_of(at.1))
            .attr("dx", (dx != 0).then(|| dx.to_string()))
            .attr("text-anchor", anchor.attribute())
            .child(text)
            .into_any(),
        Mark::Group { class, marks } => {
            svg::g().class(class).child(marks.into_iter().map(mark_view).collect_view()).into_any()
        }
        Mark::Frame { class, at, size, name, marks } => frame_view(class, at, size, name, marks),
    }
}

fn frame_view(
    class: view::chart::Class,
    at: (Place, Place),
    size: (Option<Place>, Option<Place>),
    name: Option<String>,
    marks: Vec<Mark>,
) -> AnyView {
    let title = name.clone().map(|name| svg::title().child(name));
    svg::svg()
        .class(class)
        .attr("x", text_of(at.0))
        .attr("y", text_of(at.1))
        .attr("width", size.0.map(|width| width.to_string()))
        .attr("height", size.1.map(|height| height.to_string()))
        .attr("overflow", "visible")
        .attr("role", name.is_some().then_some("img"))
        .attr("aria-label", name)
        .child((title, marks.into_iter().map(mark_view).collect_view()))
        .into_any()
}
