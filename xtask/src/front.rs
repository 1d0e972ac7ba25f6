//! What the browser loads, built into `target/site`: wasm, script, style, and
//! the files of `public/`.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{cargo, run, step, warn};
use crate::wasm::{self, Toolchain};
use crate::{css, repo};

/// The browser's half of `app`, as `front bind` names it.
const MODULE: [&str; 2] = ["loadlens.js", "loadlens_bg.wasm"];
const STYLE: &str = "loadlens.css";

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// Pages hydrate in the browser.
    Whole,
    /// No compiler for the browser: pages are rendered by the server only.
    ServerRenderedOnly,
}

/// Builds what changed since the last time.
pub(crate) fn build() -> Result<Built> {
    let site = repo::site_dir();
    let pkg = site.join("pkg");
    std::fs::create_dir_all(&pkg)?;
    copy_tree(&repo::root().join("public"), &site)?;
    let built = match wasm::toolchain() {
        Ok(toolchain) => {
            build_wasm(&toolchain, &pkg)?;
            Built::Whole
        }
        Err(error) => {
            warn(format!(
                "{error:#}\n    Pages work without it, rendered by the server: no hover, no brush, no live refresh."
            ));
            remove_module(&pkg)?;
            Built::ServerRenderedOnly
        }
    };
    write_style(&pkg)?;
    if built == Built::Whole {
        pack(&["compress".as_ref(), pkg.as_os_str()])?;
    }
    Ok(built)
}

/// Compiles `app` for the browser and binds it, unless the outputs are those
/// of the same sources and compiler.
fn build_wasm(toolchain: &Toolchain, pkg: &Path) -> Result<()> {
    let key = sources_key(&toolchain.version())?;
    let stamp = pkg.with_file_name(".front-key");
    let outputs = MODULE.map(|name| pkg.join(name));
    let unchanged = std::fs::read_to_string(&stamp).is_ok_and(|have| have == key);
    if unchanged && outputs.iter().all(|file| file.exists()) {
        return Ok(());
    }
    step("Building the pages for the browser (some minutes at the first time)");
    run(for_the_browser(toolchain.cargo().arg("build")))?;
    let module = target_dir().join("wasm32-unknown-unknown/wasm-release/app.wasm");
    remove_module(pkg)?;
    pack(&["bind".as_ref(), module.as_os_str(), pkg.as_os_str()])?;
    std::fs::write(&stamp, key)?;
    Ok(())
}

/// Cargo with a word of its own (`clippy`) on the browser's half of `app`. Where
/// the default compiler builds for the browser, what the front build makes is
/// used again; elsewhere, Debian's compiler having no clippy beside it, the same
/// code is looked at as if it ran on this machine.
pub(crate) fn cargo_for_the_pages(word: &str) -> Command {
    let mut command = cargo();
    command.arg(word);
    if matches!(wasm::toolchain(), Ok(Toolchain::Default)) {
        for_the_browser(&mut command);
    } else {
        command.args(["--locked", "--package", "app", "--lib", "--no-default-features", "--features", "hydrate"]);
    }
    command
}

fn for_the_browser(command: &mut Command) -> &mut Command {
    command
        .env("CARGO_TARGET_DIR", target_dir())
        .args(["--locked", "--package", "app", "--lib", "--no-default-features", "--features", "hydrate"])
        .args(["--profile", "wasm-release", "--target", "wasm32-unknown-unknown"])
}

/// Builds for the browser lie apart: other features, another compiler perhaps.
fn target_dir() -> PathBuf {
    repo::target_dir().join("front")
}

/// Runs the heavy half, `xtask/front`, in its own words.
fn pack(arguments: &[&std::ffi::OsStr]) -> Result<()> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "front", "--"]).args(arguments);
    run(&mut command)
}

/// A text that changes when the compiler or anything compiled into the module
/// does.
fn sources_key(compiler: &str) -> Result<String> {
    let root = repo::root();
    let mut files = vec![root.join("Cargo.toml"), root.join("Cargo.lock")];
    for folder in ["app", "xtask/front", ".cargo"] {
        list_files(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    compiler.hash(&mut hasher);
    for file in files {
        file.strip_prefix(&root).unwrap_or(&file).hash(&mut hasher);
        std::fs::read(&file).with_context(|| file.display().to_string())?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn list_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            list_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Takes away what would belong to another build of the module.
fn remove_module(pkg: &Path) -> Result<()> {
    for name in MODULE {
        remove_if_there(&pkg.join(name))?;
        remove_if_there(&pkg.join(format!("{name}.br")))?;
    }
    remove_if_there(&pkg.with_file_name(".front-key"))
}

/// Writes the style sheet when it changed; a packed copy of the old one goes.
fn write_style(pkg: &Path) -> Result<()> {
    let source = repo::root().join("style/main.css");
    let sheet = css::inline(&source)?;
    write_if_changed(&pkg.join(STYLE), sheet.as_bytes())
}

/// Copies a folder's files that differ, and their folders.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_tree(&path, &target)?;
        } else {
            write_if_changed(&target, &std::fs::read(&path)?)?;
        }
    }
    Ok(())
}

fn write_if_changed(file: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(file).is_ok_and(|have| have == bytes) {
        return Ok(());
    }
    let mut packed = file.as_os_str().to_owned();
    packed.push(".br");
    remove_if_there(Path::new(&packed))?;
    std::fs::write(file, bytes).with_context(|| file.display().to_string())
}

fn remove_if_there(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| file.display().to_string())
        }
        _ => Ok(()),
    }
}
