//! What travels to the browser, in bytes as they travel.

use tests::tools::site_file;

/// 250 kB brotli; what may still be taken off is worth more than a stricter limit.
const WASM_BYTES: u64 = 250_000;

/// Everything of the first view but its HTML, fonts of the system included at 0.
const FIRST_VIEW_BYTES: u64 = 400_000 - HTML_BYTES;

/// HTML of the busiest page.
const HTML_BYTES: u64 = 80_000;

#[test]
fn the_module_is_small() {
    let packed = size("pkg/loadlens_bg.wasm.br");
    assert!(packed > 1000, "an empty module proves nothing: {packed} bytes");
    assert!(packed <= WASM_BYTES, "{packed} bytes of wasm, {WASM_BYTES} are allowed");
}

#[test]
fn the_first_view_is_small() {
    let files = ["pkg/loadlens_bg.wasm.br", "pkg/loadlens.js.br", "pkg/loadlens.css.br"];
    let sizes = files.map(size);
    let sum: u64 = sizes.iter().sum();
    assert!(sum <= FIRST_VIEW_BYTES, "{sum} bytes ({files:?}: {sizes:?}), {FIRST_VIEW_BYTES} are allowed");
}

fn size(name: &str) -> u64 {
    std::fs::metadata(site_file(name)).unwrap().len()
}
