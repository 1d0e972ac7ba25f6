//! A compiler for `wasm32-unknown-unknown`, wherever it can be had.
//!
//! In this order: the standard library for that target is there; rustup can
//! fetch it; Debian's compiler (package `rustc-web`) builds it once from
//! `rust-web-src`. rustup's own toolchain is never changed by the last way.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::packages::apt_install;
use crate::repo;
use crate::run::{cargo, clean_env, find_program, quiet, step, succeeds, warn};

const TARGET: &str = "wasm32-unknown-unknown";

/// The oldest compiler the workspace takes: `rust-version` of the root manifest.
const OLDEST_RUSTC: (u32, u32) = (1, 95);

/// rustup tries for minutes where its server cannot be reached.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(120);

/// Debian's packages with a compiler, its library's source and a wasm linker.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// How to compile for the browser.
pub(crate) enum Toolchain {
    /// The default compiler has the target's standard library.
    Default,
    /// Debian's compiler with a standard library built into the cache.
    Debian { sysroot: PathBuf, linker: PathBuf },
}

impl Toolchain {
    /// A cargo that builds for the browser.
    pub(crate) fn cargo(&self) -> Command {
        match self {
            Toolchain::Default => cargo(),
            Toolchain::Debian { sysroot, linker } => {
                let mut command = debian_cargo();
                command
                    .current_dir(repo::root())
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", format!("--sysroot={}", sysroot.display()));
                command
            }
        }
    }

    /// What the compiler calls itself; part of the key of a build.
    pub(crate) fn version(&self) -> String {
        let program = match self {
            Toolchain::Default => "rustc",
            Toolchain::Debian { .. } => DEBIAN_RUSTC,
        };
        quiet(Command::new(program).arg("-vV").current_dir(repo::root())).unwrap_or_default()
    }
}

/// Finds or installs a compiler for the browser. `LOADLENS_WASM=debian` skips
/// the default compiler, `LOADLENS_WASM=none` does without.
pub(crate) fn toolchain() -> Result<Toolchain> {
    match std::env::var("LOADLENS_WASM").as_deref() {
        Ok("none") => bail!("LOADLENS_WASM=none asks for none"),
        Ok("debian") => return debian(),
        _ => {}
    }
    if has_target() || rustup_adds_target() {
        return Ok(Toolchain::Default);
    }
    debian()
}

/// Whether the default compiler's library for the target lies on the disk.
fn has_target() -> bool {
    let mut ask = Command::new("rustc");
    ask.current_dir(repo::root()).args(["--print", "target-libdir", "--target", TARGET]);
    quiet(&mut ask).is_ok_and(|dir| has_std(Path::new(dir.trim())))
}

fn has_std(libdir: &Path) -> bool {
    std::fs::read_dir(libdir)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

fn rustup_adds_target() -> bool {
    if find_program("rustup").is_none() {
        return false;
    }
    step(format!("Adding {TARGET} (rustup)"));
    let mut add = Command::new("rustup");
    add.current_dir(repo::root()).args(["target", "add", TARGET]);
    add.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let added = ends_within(&mut add, RUSTUP_PATIENCE) && has_target();
    if !added {
        warn(format!("rustup could not add {TARGET}; trying Debian's compiler instead"));
    }
    added
}

/// Whether the program succeeds before its time is over; it is killed then.
fn ends_within(command: &mut Command, patience: Duration) -> bool {
    let Ok(mut child) = command.spawn() else { return false };
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if begun.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(200));
            }
            _ => {
                drop(child.kill());
                drop(child.wait());
                return false;
            }
        }
    }
}

fn debian() -> Result<Toolchain> {
    if !debian_is_complete() {
        apt_install(&DEBIAN_PACKAGES).context("no compiler for the browser")?;
    }
    let linker = find_program("wasm-ld-19").context("no wasm-ld-19 (Debian package lld-19)")?;
    let sysroot = sysroot()?;
    Ok(Toolchain::Debian { sysroot, linker })
}

fn debian_is_complete() -> bool {
    let source = quiet(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]))
        .is_ok_and(|root| Path::new(root.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists());
    source
        && find_program("wasm-ld-19").is_some()
        && succeeds(Command::new(DEBIAN_CARGO).arg("--version"))
        && debian_version().is_ok_and(|version| version.number >= OLDEST_RUSTC)
}

struct Version {
    number: (u32, u32),
    commit: String,
}

fn debian_version() -> Result<Version> {
    let text = quiet(Command::new(DEBIAN_RUSTC).arg("-vV"))?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let release = field("release:").context("rustc does not tell its release")?;
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    let number = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let commit = field("commit-hash:").filter(|hash| *hash != "unknown").unwrap_or(release);
    Ok(Version { number, commit: commit.to_owned() })
}

/// Debian's cargo and rustc, untouched by rustup's choice.
fn debian_cargo() -> Command {
    let mut command = Command::new(DEBIAN_CARGO);
    clean_env(&mut command);
    command
        .env("RUSTC", DEBIAN_RUSTC)
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTFLAGS");
    command
}

/// The folder that holds the standard library for the browser as built by this
/// version of Debian's compiler; built at the first call.
fn sysroot() -> Result<PathBuf> {
    let commit = debian_version()?.commit;
    let done = repo::cache_dir().join(format!("wasm-sysroot-{commit}"));
    let libdir = Path::new("lib/rustlib").join(TARGET).join("lib");
    if has_std(&done.join(&libdir)) {
        return Ok(done);
    }
    step("Building Rust's standard library for the browser, once (about a minute)");
    std::fs::create_dir_all(repo::cache_dir())?;
    let work = repo::cache_dir().join(format!("wasm-std-{}", std::process::id()));
    let built = build_std(&work).and_then(|libraries| {
        let fresh = work.join("sysroot");
        std::fs::create_dir_all(fresh.join(&libdir))?;
        for library in libraries {
            let name = library.file_name().unwrap_or_default();
            std::fs::copy(&library, fresh.join(&libdir).join(name))?;
        }
        if !done.exists() {
            std::fs::rename(&fresh, &done)?;
        }
        Ok(())
    });
    drop(std::fs::remove_dir_all(&work));
    built?;
    Ok(done)
}

/// Compiles an empty library with `-Z build-std`; gives back the rlibs of the
/// standard library that came along.
fn build_std(work: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(work.join("src"))?;
    std::fs::write(work.join("src/lib.rs"), "")?;
    std::fs::write(work.join("Cargo.toml"), "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n")?;
    let mut build = debian_cargo();
    build
        .current_dir(work)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", work.join("target"))
        .args(["build", "--release", "--target", TARGET, "-Z", "build-std=std,panic_abort"]);
    quiet(&mut build)?;
    let deps = work.join("target").join(TARGET).join("release/deps");
    let libraries: Vec<PathBuf> = std::fs::read_dir(&deps)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "rlib"))
        .collect();
    if libraries.is_empty() {
        bail!("building the standard library left no library in {}", deps.display());
    }
    Ok(libraries)
}
