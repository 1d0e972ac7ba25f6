//! Strips: aligned small charts on one axis with one crosshair and one brush.

use leptos::prelude::*;
use units::{Timestamp, Window};
use view::chart::{
    Mark, Strip, StripHeight, StripSeries, crosshair_flag, crosshair_line, draw_load_strip, draw_strip, time_axis,
};
use view::number::{scaled, three_figures, trimmed};
use view::{Axis, CounterStrip, LoadView};

use super::brush::{Surface, SurfaceActions};
use super::drawing::{drawing_view, drawing_with, mark_view};
use super::load_chart::ChartFocus;
use crate::messages::{self as m, Say, use_say};

/// What all strips of a figure share.
#[derive(Clone, Copy)]
pub struct StripSetup {
    axis: StoredValue<Axis>,
    at: RwSignal<Option<Timestamp>>,
    place: Memo<Option<f64>>,
    actions: SurfaceActions,
    lines: StoredValue<Vec<Mark>>,
    width: u32,
}

impl StripSetup {
    /// Strips on `axis`, drawn for `width` pixels, with `lines` through all of them.
    #[must_use]
    pub fn new(axis: Axis, width: u32, focus: ChartFocus, on_window: Callback<Window>, lines: Vec<Mark>) -> Self {
        let axis = StoredValue::new(axis);
        let place = Memo::new(move |_| axis.with_value(|axis| crosshair_place(axis, focus.at.get())));
        let actions = SurfaceActions { at: focus.at, brush: RwSignal::new(None), on_window };
        Self { axis, at: focus.at, place, actions, lines: StoredValue::new(lines), width }
    }

    /// One strip a series.
    #[must_use]
    pub fn rows(self, strips: Vec<CounterStrip>) -> AnyView {
        strips.into_iter().map(|strip| self.row(strip)).collect_view().into_any()
    }

    fn row(self, strip: CounterStrip) -> AnyView {
        let series =
            StripSeries { values: &strip.values, ghost: None, limit: strip.limit, unit: &strip.unit, modifier: "" };
        let plot = self.plot(draw_strip(&series, StripHeight::Low, self.width), StripHeight::Low);
        let note = note(&strip, use_say());
        let CounterStrip { metric, label, unit, values, mean, .. } = strip;
        view! {
            {self.label(StripWords { name: label, title: metric, unit, note }, values, mean)}
            {plot}
        }
        .into_any()
    }

    /// A strip that the caller drew, of full height.
    #[must_use]
    pub fn drawn(self, words: StripWords, values: Vec<Option<f64>>, mean: Option<f64>, drawn: Strip) -> AnyView {
        let plot = self.plot(drawn, StripHeight::Tall);
        view! {
            {self.label(words, values, mean)}
            {plot}
        }
        .into_any()
    }

    /// The load of a database by wait, against its vCPUs.
    #[must_use]
    pub fn load(self, load: LoadView) -> AnyView {
        let say = use_say();
        let drawn = draw_load_strip(&load, StripHeight::Tall, self.width);
        let note = load.vcpu.vcpus().map(|vcpus| say.with(m::VCPUS_DASHED, &[("count", &trimmed(vcpus))]));
        let words = StripWords {
            name: say.text(m::DB_LOAD).to_owned(),
            title: "db.load.avg".to_owned(),
            unit: "AAS".to_owned(),
            note: note.unwrap_or_default(),
        };
        self.drawn(words, load.total, load.mean.map(|mean| mean.0), drawn)
    }

    /// The axis below, with the time under the crosshair.
    #[must_use]
    pub fn axis(self) -> AnyView {
        let drawing = self.axis.with_value(|axis| time_axis(axis, 9, "strips__axis".into(), true));
        let flag = move || {
            self.place.get().map(|place| {
                let label = self.at.get().map(|at| self.axis.with_value(|axis| axis.label(at))).unwrap_or_default();
                mark_view(crosshair_flag(place, 0, &label))
            })
        };
        drawing_with(drawing, flag).into_any()
    }

    /// The lines and the crosshair over a row without a plot: a heading, a gap.
    #[must_use]
    pub fn lines_only(self, extra: Vec<Mark>) -> AnyView {
        let marks = self.lines.get_value().into_iter().chain(extra).map(mark_view).collect_view();
        view! { <svg class="strip__overlay" aria-hidden="true">{marks}{self.crosshair(StripHeight::Low)}</svg> }
            .into_any()
    }

    fn crosshair(self, height: StripHeight) -> impl IntoView {
        let height = i32::try_from(height.px()).unwrap_or(0);
        move || self.place.get().map(|place| mark_view(crosshair_line(place, 0, height)))
    }

    fn plot(self, mut drawn: Strip, height: StripHeight) -> AnyView {
        let class = if height == StripHeight::Tall { "strip strip--tall" } else { "strip" };
        drawn.overlay.marks.extend(self.lines.get_value());
        view! {
            <div class=class>
                {drawing_view(drawn.plot)} {drawing_with(drawn.overlay, self.crosshair(height))}
                <Surface
                    axis=self.axis.get_value()
                    actions=self.actions
                    name=use_say().text(m::CHART_CURSOR)
                    text=Signal::stored(String::new())
                />
            </div>
        }
        .into_any()
    }

    /// Name, value at the crosshair (else the mean), and a note.
    fn label(self, words: StripWords, values: Vec<Option<f64>>, mean: Option<f64>) -> AnyView {
        let StripWords { name, title, unit, note } = words;
        let value = move || {
            let bucket = self.at.get().and_then(|at| self.axis.with_value(|axis| axis.bucket_of(at)));
            let value = bucket.map_or(mean, |bucket| values.get(bucket).copied().flatten());
            let (figures, unit) = value.map_or_else(|| ("–".to_owned(), unit.clone()), |value| scaled(value, &unit));
            view! {
                {figures}
                " "
                <span class="strips__unit">{unit}</span>
            }
        };
        view! {
            <div class="strips__label">
                <span class="strips__name" title=(!title.is_empty()).then_some(title)>{name}</span>
                <span class="strips__value">{value}</span>
                <span class="strips__note">{note}</span>
            </div>
        }
        .into_any()
    }
}

/// The words of a strip.
#[derive(Clone, Debug, Default)]
pub struct StripWords {
    /// What the reader sees.
    pub name: String,
    /// The vendor's name, shown under the pointer; may be empty.
    pub title: String,
    /// Unit behind values.
    pub unit: String,
    /// Line below.
    pub note: String,
}

/// Where the crosshair stands: the middle of the bucket.
fn crosshair_place(axis: &Axis, at: Option<Timestamp>) -> Option<f64> {
    let bucket = axis.bucket_of(at?)?;
    let window = axis.window_of(bucket);
    Some(f64::midpoint(axis.place_of(window.from), axis.place_of(window.to)))
}

fn note(strip: &CounterStrip, say: Say) -> String {
    let printed = |value: f64| {
        let (figures, unit) = scaled(value, &strip.unit);
        format!("{figures} {unit}").trim_end().to_owned()
    };
    let count = strip.count.map(|count| {
        let printed = if strip.unit.starts_with('B') { view::number::bytes(count) } else { whole(count) };
        say.with(m::IN_ALL, &[("count", &printed)])
    });
    let before = strip.mean_before.map(|before| say.with(m::COMPARED_VALUE, &[("value", &printed(before))]));
    let limit = strip.limit.map(|limit| say.with(m::LIMIT, &[("value", &printed(limit))]));
    [count, before, limit].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A count to the last one: a reader may hold it against his own.
fn whole(count: f64) -> String {
    /// Up to here a double tells every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !(0.0..EXACT).contains(&count) {
        return three_figures(count);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    let whole = count.round() as u64;
    view::number::count(whole)
}
