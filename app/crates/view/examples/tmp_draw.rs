use units::*; use view::*; use view::chart::*;
fn main() {
    let n = 240usize; let at = Timestamp::from_secs(1_795_444_200);
    let mut seed = 7u64; let mut rnd = move || { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; (seed % 1000) as f64 / 1000.0 };
    let mut mk = |class: WaitClass, base: f64, storm: f64| { let values: Vec<Option<f64>> = (0..n).map(|i| { if (200..212).contains(&i) || i >= 234 { None } else { let s = if (85..170).contains(&i) { storm } else { 0.0 }; Some((base + s) * (0.8 + 0.4 * rnd())) } }).collect(); let k: Vec<f64> = values.iter().flatten().copied().collect(); Layer { key: class.label().into(), label: class.label().into(), class: Some(class), mean: Aas(k.iter().sum::<f64>() / k.len() as f64), values } };
    let layers = vec![mk(WaitClass::Cpu, 1.9, 0.2), mk(WaitClass::Io, 0.8, 0.1), mk(WaitClass::Client, 0.2, 0.0), mk(WaitClass::LwLock, 0.25, 0.2), mk(WaitClass::Ipc, 0.08, 0.0), mk(WaitClass::Lock, 0.01, 11.0), mk(WaitClass::Extension, 0.01, 0.0)];
    let total: Vec<Option<f64>> = (0..n).map(|i| layers.iter().map(|l| l.values[i]).sum()).collect();
    let mut buckets = vec![BucketCover::Full; n]; for i in 200..212 { buckets[i] = BucketCover::Missing } for i in 234..n { buckets[i] = BucketCover::Pending }
    let view = LoadView { axis: Axis { window: Window::new(at, at.plus_secs(2400)), period: Period::from_secs(10).unwrap(), zone: "UTC".into(), offsets: vec![] }, slice: Dimension::WaitType, layers, remainder: None, total, mean: None, peak: None, p99: None, now: None, vcpu: VcpuLine::Known { vcpus: 8.0, origin: String::new() }, ghost: Some(Ghost { earlier_secs: 86400, total: (0..n).map(|i| Some(2.6 + (i as f64 / 20.0).sin() * 0.5)).collect(), mean: None }), markers: vec![Marker { at: at.plus_secs(690), kind: MarkerKind::Deploy, label: "checkout 2.31.0".into() }, Marker { at: at.plus_secs(1080), kind: MarkerKind::Alarm, label: "orders-db-load-high".into() }, Marker { at: at.plus_secs(1860), kind: MarkerKind::AlarmOk, label: "OK".into() }], blocked: vec![], coverage: Coverage { buckets, collected_to: None, reasons: vec![] }, source: Source::default() };
    let t = std::time::Instant::now();
    let mut c = draw_load(&view, &LoadChartOptions::default());
    for _ in 0..100 { c = draw_load(&view, &LoadChartOptions::default()); }
    eprintln!("draw {:?}", t.elapsed() / 101);
    let img = load_image(&c, &Caption { title: "DB load of bookshop-orders-1 by wait, 14:30–15:10 UTC".into(), note: "Performance Insights".into() }, 1200);
    eprintln!("bytes {} plot {}", img.len(), write_drawing(&c.plot()).len());
    println!("{img}");
}
