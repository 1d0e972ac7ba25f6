//! Which crate may know which: `ARCHITECTURE.md`, "Allowed edges".

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::repository::root;

/// May be used in every build.
const ALLOWED: [(&str, &[&str]); 17] = [
    ("units", &[]),
    ("view", &["units"]),
    ("samples", &["units"]),
    ("sql_digest", &["units"]),
    ("collect", &["samples", "sql_digest", "units"]),
    ("archive", &["samples", "units"]),
    ("ranking", &["archive", "samples", "sql_digest", "view", "units"]),
    ("incidents", &["ranking", "archive", "samples", "view", "units"]),
    ("sampler", &[]),
    ("aws_local", &["sampler"]),
    ("local_stack", &["aws_local"]),
    ("sample_app", &[]),
    ("app", &["view", "units"]),
    ("loadlens", SERVER),
    ("tests", EVERYTHING),
    ("xtask", &[]),
    ("front", &[]),
];

const SERVER: &[&str] =
    &["app", "units", "view", "samples", "collect", "archive", "sql_digest", "ranking", "incidents", "sampler"];

const EVERYTHING: &[&str] = &[
    "app",
    "units",
    "view",
    "samples",
    "collect",
    "archive",
    "sql_digest",
    "ranking",
    "incidents",
    "sampler",
    "aws_local",
    "local_stack",
    "sample_app",
    "loadlens",
];

/// May be used behind a feature only: the browser must not get the archive, and
/// a server without the local endpoint must be buildable.
const ALLOWED_BEHIND_A_FEATURE: [(&str, &[&str]); 2] =
    [("app", &["ranking", "incidents"]), ("loadlens", &["aws_local", "local_stack", "sampler", "sample_app"])];

#[test]
fn crates_know_only_what_they_may() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(offline())
        .exec()
        .unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let optional: BTreeMap<&str, &[&str]> = ALLOWED_BEHIND_A_FEATURE.into_iter().collect();
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some(may_know) = allowed.get(name) else {
            wrong.push(format!("{name}: a crate without a line in ALLOWED; say there what it may know"));
            continue;
        };
        let normal = package.dependencies.iter().filter(|edge| edge.kind == DependencyKind::Normal);
        for edge in normal.filter(|edge| ours.contains(&edge.name.as_str())) {
            let behind_feature =
                edge.optional && optional.get(name).is_some_and(|known| known.contains(&edge.name.as_str()));
            if !may_know.contains(&edge.name.as_str()) && !behind_feature {
                wrong.push(format!("{name} must not know {}", edge.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Without dependencies the manifests alone are read; no registry is asked.
fn offline() -> Vec<String> {
    vec!["--offline".into()]
}
