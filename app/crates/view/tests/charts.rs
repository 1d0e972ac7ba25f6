//! Drawn charts: small ones as snapshots, larger ones against the laws.
#![allow(clippy::unwrap_used)]

use units::{Aas, Dimension, Period, Timestamp, WaitClass, Window};
use view::chart::{
    LoadChart, LoadChartOptions, Mark, StripHeight, StripSeries, WaterfallBar, WaterfallRow, draw_load,
    draw_load_meter, draw_mini_map, draw_spark, draw_strip, draw_wait_bar, draw_waterfall, load_image, write_drawing,
};
use view::{Axis, BucketCover, Coverage, Ghost, Layer, LoadPart, LoadView, Marker, MarkerKind, Source, VcpuLine};

fn layer(class: WaitClass, values: &[Option<f64>]) -> Layer {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    Layer {
        key: class.label().to_owned(),
        label: class.label().to_owned(),
        class: Some(class),
        mean: Aas(known.iter().sum::<f64>() / known.len().max(1) as f64),
        values: values.to_vec(),
    }
}

/// Eight minutes: calm, a lock storm, a minute nobody collected, one still pending.
fn storm() -> LoadView {
    let at = Timestamp::from_secs(1_795_444_200);
    let cpu = [1.0, 1.5, 2.0, 2.0, 2.0].map(Some).into_iter().chain([None, Some(1.0), None]).collect::<Vec<_>>();
    let lock = [0.0, 0.0, 9.0, 10.0, 8.0].map(Some).into_iter().chain([None, Some(0.0), None]).collect::<Vec<_>>();
    let io = [0.01, 0.0, 0.0, 0.02, 0.0].map(Some).into_iter().chain([None, Some(0.0), None]).collect::<Vec<_>>();
    let total = (0..8).map(|bucket| Some(cpu[bucket]? + lock[bucket]? + io[bucket]?)).collect::<Vec<_>>();
    let mut buckets = vec![BucketCover::Full; 8];
    buckets[5] = BucketCover::Missing;
    buckets[7] = BucketCover::Pending;
    LoadView {
        axis: Axis {
            window: Window::new(at, at.plus_secs(480)),
            period: Period::MINUTE,
            zone: "UTC".to_owned(),
            offsets: Vec::new(),
        },
        slice: Dimension::WaitType,
        layers: vec![layer(WaitClass::Cpu, &cpu), layer(WaitClass::Io, &io), layer(WaitClass::Lock, &lock)],
        remainder: None,
        total,
        mean: Some(Aas(5.0)),
        peak: None,
        p99: None,
        now: None,
        vcpu: VcpuLine::Known { vcpus: 8.0, origin: "instance class".to_owned() },
        ghost: Some(Ghost { earlier_secs: 86_400, total: [Some(1.0); 8].to_vec(), mean: Some(Aas(1.0)) }),
        markers: vec![
            Marker { at: at.plus_secs(60), kind: MarkerKind::Deploy, label: "checkout 2.31.0".to_owned() },
            Marker { at: at.plus_secs(150), kind: MarkerKind::Alarm, label: "load-high".to_owned() },
        ],
        blocked: Vec::new(),
        coverage: Coverage { buckets, collected_to: Some(at.plus_secs(420)), reasons: Vec::new() },
        behind: None,
        source: Source::default(),
    }
}

fn small() -> LoadChartOptions {
    LoadChartOptions { width: 320, height: 100, time_ticks: 5, ..LoadChartOptions::default() }
}

/// One element a line, so that a difference is readable.
fn lines(svg: &str) -> String {
    svg.replace("><", ">\n<")
}

fn drawn(chart: &LoadChart) -> String {
    [&chart.y_axis, &chart.plot(), &chart.overlay, &chart.x_axis]
        .map(|drawing| lines(&write_drawing(drawing)))
        .join("\n\n")
}

#[test]
fn a_storm_is_drawn() {
    insta::assert_snapshot!(drawn(&draw_load(&storm(), &small())));
}

#[test]
fn small_charts_are_drawn() {
    let view = storm();
    let map = draw_mini_map(&view, Window::new(view.axis.start_of(2), view.axis.start_of(5)), 160, 4);
    let values = [Some(3.0), Some(4.0), None, Some(1.0), None, Some(8.0), Some(7.0)];
    let series = StripSeries { values: &values, ghost: None, limit: Some(10.0), unit: "/s", modifier: "" };
    let strip = draw_strip(&series, StripHeight::Low, 280);
    let waits = [
        LoadPart { class: WaitClass::Lock, aas: Aas(3.34) },
        LoadPart { class: WaitClass::Cpu, aas: Aas(0.1) },
        LoadPart { class: WaitClass::Io, aas: Aas(0.01) },
    ];
    let rows = [
        WaterfallRow { name: "Yesterday".into(), bar: WaterfallBar::Whole(Aas(0.31)), note: "14:30–15:10".into() },
        WaterfallRow {
            name: "Slower: Lock".into(), bar: WaterfallBar::Change(3.34), note: "0.3 → 80 ms/call".into()
        },
        WaterfallRow {
            name: "Faster: I/O".into(), bar: WaterfallBar::Change(-0.13), note: "3.9 → 0.7 ms/call".into()
        },
        WaterfallRow { name: "Today".into(), bar: WaterfallBar::Whole(Aas(3.52)), note: "14:30–15:10".into() },
    ];
    let drawings = [
        map.plot,
        map.overlay,
        strip.plot,
        strip.overlay,
        draw_spark(&view.total, Some(8.0)),
        draw_wait_bar(&waits, Aas(0.02), Aas(3.52), Some(Aas(0.31))),
        draw_load_meter(Aas(9.0), Some(Aas(15.0)), 8.0),
        draw_waterfall(&rows),
    ];
    insta::assert_snapshot!(
        drawings.iter().map(|drawing| lines(&write_drawing(drawing))).collect::<Vec<_>>().join("\n\n")
    );
}

/// Everything of a drawing that could carry text or style.
fn is_free_of_style(svg: &str) -> bool {
    !svg.contains("style=") && !svg.contains("NaN") && !svg.contains("inf")
}

#[test]
fn nothing_is_joined_over_a_gap_and_nothing_has_inline_style() {
    let chart = draw_load(&storm(), &small());
    let cpu = chart.layers.iter().find(|layer| layer.index == Some(0)).unwrap();
    let Mark::Path { d, .. } = &cpu.mark else { panic!("a layer is a path") };
    assert_eq!(d.matches('M').count(), 2, "two runs around the gap: {d}");
    assert!(is_free_of_style(&drawn(&chart)));
}

#[test]
fn a_layer_under_one_pixel_is_in_the_grey_layer() {
    let chart = draw_load(&storm(), &small());
    let drawn: Vec<Option<usize>> = chart.layers.iter().map(|layer| layer.index).collect();
    assert_eq!(drawn, [Some(0), Some(2), None]);
}

#[test]
fn a_long_window_is_at_most_one_bucket_a_pixel_and_keeps_its_peak() {
    let mut view = storm();
    let buckets = 1440;
    view.axis.window = Window::new(view.axis.window.from, view.axis.window.from.plus_secs(60 * buckets as i64));
    let mut values = vec![Some(1.0); buckets];
    values[777] = Some(40.0);
    view.layers = vec![layer(WaitClass::Cpu, &values)];
    view.total = values;
    view.coverage.buckets = vec![BucketCover::Full; buckets];
    view.ghost = None;
    let chart = draw_load(&view, &LoadChartOptions { width: 600, ..LoadChartOptions::default() });
    assert_eq!((chart.columns.per_column, chart.columns.len()), (3, 480));
    assert_eq!(chart.scale.top, 40.0);
    let Mark::Path { d, .. } = &chart.layers[0].mark else { panic!("a layer is a path") };
    assert!(d.contains("v-261"), "the peak rises to the top: {d}");
    assert!(d.len() < 200, "flat runs merge: {d}");
}

#[test]
fn a_capacity_far_above_is_said_and_not_drawn() {
    let mut view = storm();
    view.vcpu = VcpuLine::Known { vcpus: 960.0, origin: "instance class".to_owned() };
    let svg = drawn(&draw_load(&view, &small()));
    assert!(!svg.contains("class=\"chart__capacity\""));
    assert!(svg.contains("960\u{a0}vCPU, above this scale"));
}

#[test]
fn an_empty_window_draws_without_panic() {
    let mut view = storm();
    view.axis.window = Window::new(view.axis.window.from, view.axis.window.from);
    (view.layers, view.total, view.ghost, view.coverage) = (Vec::new(), Vec::new(), None, Coverage::default());
    assert!(is_free_of_style(&drawn(&draw_load(&view, &small()))));
    assert!(is_free_of_style(&write_drawing(&draw_spark(&[], None))));
    assert!(view.readout(0).is_none());
}

#[test]
fn the_readout_reconciles_with_the_total() {
    let view = storm();
    let readout = view.readout(3).unwrap();
    let sum: f64 = readout.rows.iter().map(|row| row.aas.0).sum::<f64>() + readout.rest.map_or(0.0, |rest| rest.aas.0);
    assert!((sum - readout.total.unwrap().0).abs() < 1e-9);
    assert_eq!(readout.rows[0].label, "Lock");
    assert_eq!(readout.label, "14:33");
    assert_eq!(view.readout(5).unwrap().total, None);
    assert_eq!(view.axis.bucket_at(0.99), Some(7));
    assert_eq!(view.axis.brushed(0.3, 0.55).unwrap(), Window::new(view.axis.start_of(2), view.axis.start_of(5)));
}

#[test]
fn the_table_is_what_is_drawn_and_safe_to_open() {
    let mut view = storm();
    view.layers[0].label = "=cmd|' /C calc'!A0".to_owned();
    let table = view.table();
    let records: Vec<Vec<String>> = table.csv_records().collect();
    assert_eq!(records[0][2], "'=cmd|' /C calc'!A0");
    assert_eq!(records[3], ["2026-11-23T14:32:00Z", "11", "2", "0", "9", "1", "full"]);
    assert_eq!(records[6], ["2026-11-23T14:35:00Z", "", "", "", "", "1", "missing"]);
    assert!(records.iter().all(|record| record.len() == table.head.len()));
}

#[test]
fn an_image_stands_alone_and_escapes() {
    let caption = view::chart::Caption { title: "DB load <b>&\"x\" \u{1}".to_owned(), note: String::new() };
    let image = load_image(&draw_load(&storm(), &small()), &caption, 400);
    assert!(image.starts_with("<svg xmlns="));
    assert!(image.contains("DB load &lt;b&gt;&amp;&quot;x&quot; </title>"));
    for pattern in view::chart::patterns() {
        assert!(image.contains(&format!("id=\"{}\"", pattern.id)));
    }
    assert!(!image.contains("style=\""));
}
