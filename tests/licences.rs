//! Everything that is linked or bundled may be shipped under Apache-2.0 beside our own code.
//!
//! Only licences that ask for no more than a notice (which `cargo xtask dist` packs) or that stay with their own
//! unchanged files are allowed. Tools that build or test, and reach nobody's machine, are not looked at in the UI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    // Asks for the source of its own files only, which we do not change.
    "MPL-2.0",
    // The typeface.
    "OFL-1.1",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf()
}

/// Whether a licence expression leaves a choice, or a sum, of allowed ones only.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.trim();
    if let Some(parts) = split(expression, &[" OR ", "/"]) {
        return parts.into_iter().any(is_allowed);
    }
    if let Some(parts) = split(expression, &[" AND "]) {
        return parts.into_iter().all(is_allowed);
    }
    if let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return is_allowed(inner);
    }
    ALLOWED.contains(&expression)
}

/// The two sides of the first separator that stands outside brackets.
fn split<'a>(expression: &'a str, separators: &[&str]) -> Option<[&'a str; 2]> {
    let mut depth = 0;
    for (index, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let found = separators.iter().find(|separator| expression[index..].starts_with(**separator));
        if let (0, Some(separator)) = (depth, found) {
            return Some([&expression[..index], &expression[index + separator.len()..]]);
        }
    }
    None
}

#[test]
fn expressions_are_read() {
    for good in ["MIT", "MIT OR GPL-3.0", "GPL-2.0/MIT", "(MIT OR GPL-3.0) AND Unicode-3.0", "MIT AND ISC"] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["GPL-3.0", "", "MIT AND GPL-3.0", "(MIT AND GPL-3.0) OR AGPL-3.0", "SEE LICENSE IN x"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}

#[test]
fn every_crate_may_be_shipped() {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .current_dir(root())
        // Without a platform cargo would fetch the crates of systems that nothing is built for.
        .args(["metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    assert!(packages.len() > 50, "the whole tree is looked at, not {} packages", packages.len());
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(wrong.is_empty(), "look at these licences:\n{}", wrong.join("\n"));
}

#[test]
fn everything_in_the_bundle_of_the_ui_may_be_shipped() {
    let lock = fs::read(root().join("ui/package-lock.json")).expect("the UI's lock file");
    let lock: Value = serde_json::from_slice(&lock).expect("a lock file is JSON");
    let packages = lock["packages"].as_object().expect("packages by folder");
    let shipped: Vec<_> =
        packages.iter().filter(|(folder, one)| !folder.is_empty() && one["dev"] != true).collect();
    assert!(shipped.len() > 5, "the bundle has more than {} packages", shipped.len());
    let wrong: Vec<String> = shipped
        .into_iter()
        .filter(|(_, package)| !is_allowed(package["license"].as_str().unwrap_or_default()))
        .map(|(folder, package)| format!("{folder}: {}", package["license"]))
        .collect();
    assert!(wrong.is_empty(), "look at these licences:\n{}", wrong.join("\n"));
}
