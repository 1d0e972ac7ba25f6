//! The heavy half of the front build: `front bind MODULE FOLDER` makes the
//! script and the module a browser loads out of what rustc wrote; `front
//! compress FOLDER` puts a brotli copy beside each file.
//!
//! It must not know where the repository keeps things. Its one law: the same
//! input gives the same bytes.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walrus::ModuleConfig;
use wasm_bindgen_cli_support::Bindgen;

/// Gives `loadlens.js` and `loadlens_bg.wasm`.
const OUTPUT_NAME: &str = "loadlens";

/// What is worth packing; pictures are packed already.
const PACKED_ENDS: [&str; 5] = ["js", "wasm", "css", "svg", "json"];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["bind", module, folder] => bind(Path::new(module), Path::new(folder)),
        ["compress", folder] => compress(Path::new(folder)),
        _ => bail!("usage: front bind MODULE FOLDER | front compress FOLDER"),
    }
}

fn bind(file: &Path, folder: &Path) -> Result<()> {
    let reading = || format!("binding {}", file.display());
    // wasm-bindgen's own settings: our module may use what is newer than walrus knows to check.
    let mut settings = ModuleConfig::new();
    settings.strict_validate(false).generate_name_section(false).generate_producers_section(false);
    let module = settings.parse_file(file).with_context(reading)?;
    Bindgen::new()
        .input_module(OUTPUT_NAME, module)
        .out_name(OUTPUT_NAME)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .generate(folder)
        .with_context(reading)
}

/// Writes `file.br` for each file that has none, folders included. Whoever
/// changes a file removes its packed copy.
fn compress(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path)?;
        } else if is_worth_packing(&path) && !packed_name(&path).exists() {
            let packed = brotli_11(&std::fs::read(&path)?)?;
            std::fs::write(packed_name(&path), packed)?;
        }
    }
    Ok(())
}

fn is_worth_packing(path: &Path) -> bool {
    path.extension().is_some_and(|end| PACKED_ENDS.iter().any(|known| *known == end))
}

fn packed_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// Quality 11 and a window of 4 MiB: slow once, small for every reader.
fn brotli_11(bytes: &[u8]) -> Result<Vec<u8>> {
    const BUFFER_BYTES: usize = 4096;
    const QUALITY: u32 = 11;
    const WINDOW_LOG2: u32 = 22;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), BUFFER_BYTES, QUALITY, WINDOW_LOG2);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}
