//! The house as a test: which crate may use which, where the toolkits live, and that the pages saying so are true.
//!
//! It reads `cargo metadata`, the manifests and the sources. Rules about single files are in `xtask`'s tidy step.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Package, layer. A crate uses only layers below its own, and never a neighbour.
const LAYERS: &[(&str, u8)] = &[
    ("deskside-domain", 0),
    ("deskside-agenda", 1),
    ("deskside-frame", 1),
    ("deskside-protocol", 1),
    ("deskside-clip", 2),
    ("deskside-codec", 2),
    ("deskside-ports", 2),
    ("deskside-capture", 3),
    ("deskside-client", 3),
    ("deskside-local", 3),
    ("deskside-ocr", 3),
    ("deskside-server", 3),
    ("deskside-app", 4),
    ("deskside", 5),
    ("desksided", 5),
    ("deskside-tests", 6),
    ("xtask", 6),
];

/// What only some packages may name as a dependency, and why it may not spread.
const CONFINED: &[(&str, &[&str], &str)] = &[
    ("tauri", &["deskside"], "the desktop shell is a guest: everything else runs and is tested without it"),
    ("wry", &["deskside"], "see tauri"),
    ("tao", &["deskside"], "see tauri"),
    ("rusqlite", &["deskside-local", "deskside-client"], "the server and the app know no database"),
    ("sqlx", &[], "one machine needs no second database"),
    ("axum", &["deskside-server", "deskside-app", "desksided", "deskside-tests"], "the rest speaks no HTTP"),
    (
        "reqwest",
        &["deskside-client", "deskside-server", "desksided", "deskside-tests"],
        "only the client asks servers, and the server calendars",
    ),
    ("x11rb", &["deskside-capture", "deskside", "deskside-tests"], "the screen is the business of capture"),
    ("scrap", &["deskside-capture"], "its defects are guarded in one place"),
];

/// What the domain never has, however indirectly.
const NOT_IN_DOMAIN: &[&str] = &[
    "tokio",
    "axum",
    "hyper",
    "reqwest",
    "rusqlite",
    "tauri",
    "tracing",
    "x11rb",
    "serde_json",
    "schemars",
    "ts-rs",
];

/// Ways to reach the world that the domain's sources never name.
const WORLD: &[&str] = &[
    "SystemTime",
    "Instant::now",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "getrandom",
    "println!",
    "async fn",
];

struct Package {
    name: String,
    manifest: PathBuf,
    description: String,
    /// Name and kind (`normal`, `dev`, `build`) of each direct dependency.
    dependencies: Vec<(String, String)>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf()
}

fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).current_dir(root()).args(arguments).output().expect("cargo starts");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn packages() -> Vec<Package> {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps"]))
        .expect("cargo prints JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| Package {
            name: text(&package["name"]),
            manifest: text(&package["manifest_path"]).into(),
            description: text(&package["description"]),
            dependencies: package["dependencies"]
                .as_array()
                .expect("a list of dependencies")
                .iter()
                .map(|one| (text(&one["name"]), one["kind"].as_str().unwrap_or("normal").to_owned()))
                .collect(),
        })
        .collect()
}

fn layers() -> BTreeMap<&'static str, u8> {
    LAYERS.iter().copied().collect()
}

/// Names of all packages that `package` is linked with, itself included.
fn closure(package: &str) -> Vec<String> {
    let tree =
        cargo(&["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let mut names: Vec<String> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    assert!(names.iter().any(|name| name == package), "cargo tree lists the package itself: {tree}");
    names
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn a_crate_uses_only_layers_below_its_own() {
    let layers = layers();
    let mut wrong = Vec::new();
    for package in packages() {
        let Some(own) = layers.get(package.name.as_str()) else {
            wrong.push(format!(
                "{} has no layer: give it one in this file and in ARCHITECTURE.md",
                package.name
            ));
            continue;
        };
        for (dependency, kind) in &package.dependencies {
            let Some(other) = layers.get(dependency.as_str()) else { continue };
            if other >= own {
                wrong.push(format!(
                    "{} (layer {own}) may not use {dependency} (layer {other}, {kind})",
                    package.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_member_says_its_layer_and_purpose() {
    let layers = layers();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let members =
        manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once("\n]")).expect("members").0;
    for package in packages() {
        assert!(package.description.ends_with('.'), "{} describes itself in one sentence", package.name);
        let folder = package.manifest.parent().and_then(|folder| folder.strip_prefix(root()).ok());
        let folder = folder.expect("a member lies in the repository").display().to_string();
        let line = members.lines().find(|line| line.trim_start().starts_with(&format!("\"{folder}\",")));
        let line = line.unwrap_or_else(|| panic!("{folder} is listed as a member, on a line of its own"));
        let layer =
            layers.get(package.name.as_str()).expect("the layer table is complete, see the test above");
        let (_, comment) =
            line.split_once('#').unwrap_or_else(|| panic!("{folder} says its purpose: {line}"));
        let purpose = comment.trim().strip_prefix(&format!("layer {layer}: "));
        assert!(
            purpose.is_some_and(|purpose| purpose.len() > 10),
            "{folder} says its layer and purpose: {line}"
        );
    }
}

#[test]
fn toolkits_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for package in packages() {
        // A test may paint the window that it records.
        for (dependency, _) in package.dependencies.iter().filter(|(_, kind)| kind != "dev") {
            // A family counts as one: tauri-build and tauri-plugin-* are as much of a guest as tauri.
            let confined = CONFINED.iter().find(|(name, _, _)| {
                dependency == name || (*name == "tauri" && dependency.starts_with("tauri-"))
            });
            let Some((_, allowed, reason)) = confined else { continue };
            if !allowed.contains(&package.name.as_str()) {
                wrong.push(format!("{} may not use {dependency}: {reason}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_domain_does_no_io_and_reads_no_clock() {
    let linked = closure("deskside-domain");
    let found: Vec<_> =
        NOT_IN_DOMAIN.iter().filter(|name| linked.iter().any(|other| other == *name)).collect();
    assert!(found.is_empty(), "the domain is linked with {found:?}");

    let mut wrong = Vec::new();
    for file in sources(&root().join("crates/domain/src")) {
        let text = fs::read_to_string(&file).expect("a readable source");
        // Tests at the end of a file may do what they need.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (index, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            for word in WORLD.iter().filter(|word| line.contains(**word)) {
                wrong.push(format!("{}:{}: {word}", file.display(), index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "the domain reaches the world:\n{}", wrong.join("\n"));
}

#[test]
fn the_server_is_linked_with_no_database() {
    let linked = closure("deskside-server");
    let databases: Vec<_> = linked.iter().filter(|name| name.contains("sql")).collect();
    assert!(databases.is_empty(), "the server reaches storage through ports only, yet has {databases:?}");
}

#[test]
fn the_server_is_linked_with_no_decoder() {
    let linked = closure("deskside-server");
    assert!(!linked.iter().any(|name| name == "deskside-codec"), "what strangers made is decoded elsewhere");
}

#[test]
fn a_clip_is_bytes_and_nothing_else() {
    let linked = closure("deskside-clip");
    let native: Vec<_> = linked.iter().filter(|name| name.ends_with("-sys") || *name == "tokio").collect();
    assert!(native.is_empty(), "clip is pure Rust without I/O runtime, yet has {native:?}");
}

#[test]
fn the_parts_are_assembled_in_one_place() {
    let users: Vec<String> = packages()
        .into_iter()
        .filter(|package| package.dependencies.iter().any(|(name, _)| name == "deskside-local"))
        .map(|package| package.name)
        .filter(|name| name != "deskside-tests")
        .collect();
    assert_eq!(users, ["desksided"], "only the server binary chooses the storage");
}

#[test]
fn no_crate_is_a_grab_bag() {
    for package in packages() {
        let last = package.name.rsplit('-').next().unwrap_or_default();
        let grab_bag =
            ["core", "common", "util", "utils", "shared", "helpers", "misc", "lib"].contains(&last);
        assert!(!grab_bag, "{} is named after what it does", package.name);
    }
}

#[test]
fn the_architecture_page_is_true() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for package in packages() {
        let folder = package.manifest.parent().and_then(|folder| folder.strip_prefix(root()).ok());
        let folder = folder.expect("a member lies in the repository").display().to_string();
        assert!(page.contains(&format!("`{folder}`")), "the code map names `{folder}`");
    }
    // Every `file::test` that the page names as the holder of an invariant has to exist.
    let mut named = 0;
    for quoted in page.split('`').skip(1).step_by(2) {
        let Some((file, test)) = quoted.split_once("::") else { continue };
        if !file.contains('/') {
            continue;
        }
        named += 1;
        let text = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let spelled = [format!("fn {test}("), format!("'{test}'"), format!("\"{test}\"")];
        assert!(spelled.iter().any(|spelling| text.contains(spelling)), "{file} holds no test {test}");
    }
    assert!(named >= 5, "the page names the tests that hold its invariants, found {named}");
    // The invariants are counted: others are referred to by number.
    let (_, invariants) = page.split_once("## Invariants").expect("a section of invariants");
    let numbers: Vec<usize> =
        invariants.lines().filter_map(|line| line.split_once(". **")?.0.parse().ok()).collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "numbered one after the other");
    assert!(numbers.len() >= 13, "found {numbers:?}");
}

#[test]
fn every_path_that_the_pages_name_is_there() {
    let mut named = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/server.md", "docs/performance.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        for quoted in text.split('`').skip(1).step_by(2) {
            let path = quoted.split("::").next().unwrap_or_default();
            let (top, rest) = path.split_once('/').unwrap_or_default();
            let is_ours = ["crates", "docs", "icons", "src-tauri", "tests", "ui", "xtask"].contains(&top);
            // A pattern or a command line is no path.
            if !is_ours || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)) {
                continue;
            }
            named += 1;
            // A decision may be named by its number alone.
            let there = root().join(path).exists()
                || path.strip_prefix("docs/decisions/").is_some_and(|number| {
                    let pages = fs::read_dir(root().join("docs/decisions")).expect("decisions");
                    pages
                        .flatten()
                        .any(|page| page.file_name().to_string_lossy().starts_with(&format!("{number}-")))
                });
            assert!(there, "{page} names {path}, which is not there");
        }
    }
    assert!(named >= 30, "the pages name what they speak of, found {named}");
}
