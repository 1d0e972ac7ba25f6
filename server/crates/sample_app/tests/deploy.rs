//! The recipes in `deploy/`: accepted by AWS's own linter, and true to the program.
#![allow(clippy::unwrap_used)]

mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

#[test]
fn the_templates_are_accepted_by_the_linter() {
    let templates = ["multi-tier.yaml", "container.yaml", "serverless.yaml"].map(deploy);
    let output = Command::new(tools::peer("cfn-lint")).arg("--template").args(&templates).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.trim().is_empty(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

/// What the templates set must be what the programs read.
#[test]
fn templates_and_image_name_the_variables_that_the_programs_read() {
    let help = |program: &str| {
        let output = Command::new(program).arg("--help").output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let instance = help(env!("CARGO_BIN_EXE_bookshop"));
    for file in ["multi-tier.yaml", "container.yaml", "Containerfile"] {
        let text = std::fs::read_to_string(deploy(file)).unwrap();
        for name in ["BOOKSHOP_LISTEN", "BOOKSHOP_INSTANCE", "DATABASE_URL"] {
            assert!(instance.contains(&format!("[env: {name}")), "{name} in the help");
            assert!(file == "Containerfile" || text.contains(name), "{name} in {file}");
        }
        assert!(!text.contains("BOOKSHOP_SWITCHES"), "{file} must not offer the switches to the internet");
    }
}

/// Each line of the recipe that copies something names a file that exists or is built.
#[test]
fn the_image_recipe_is_sound() {
    let text = std::fs::read_to_string(deploy("Containerfile")).unwrap();
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let of = |word: &str| lines.iter().filter(|line| line.starts_with(&format!("{word} "))).count();
    assert_eq!(of("FROM"), 2, "built in one image, run in a smaller one");
    assert_eq!((of("USER"), of("EXPOSE"), of("ENTRYPOINT")), (1, 1, 1));
    assert!(lines.contains(&"USER 65532:65532"), "not root");
    assert!(text.contains("--bin bookshop") && text.contains("/bookshop\""), "the program that is built is run");
    assert!(!text.contains(":latest"), "images are named by version");
}
