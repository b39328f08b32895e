//! The house rules that a program can check by reading files; one function per rule.
//!
//! Rules about crates and their dependencies are in `tests/architecture.rs`. How long a file may be is a question
//! for the reader and not a rule, so it is only mentioned.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use regex_lite::Regex;

use crate::{shell, workspace};

/// Past this many lines a file is mentioned.
const LONG: usize = 500;

/// A file of the repository with its text.
struct File {
    /// Relative to the repository, with forward slashes.
    path: String,
    text: String,
}

impl File {
    fn ends_with(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// This file's lines that match, as `path:line: sentence`.
    fn findings(&self, pattern: &Regex, sentence: &str) -> Vec<String> {
        let lines = self.text.lines().enumerate().filter(|(_, line)| pattern.is_match(line));
        lines.map(|(index, _)| format!("{}:{}: {sentence}", self.path, index + 1)).collect()
    }
}

type Rule = fn(&File) -> Vec<String>;

const RULES: &[Rule] = &[
    doc_tests,
    module_files,
    module_headers,
    catch_all_names,
    text_errors,
    open_ends,
    colours,
    tauri_in_one_file,
];

/// The step: every rule on every file that is tracked or about to be.
pub fn tidy() -> Result<()> {
    let files = files()?;
    let mut findings: Vec<String> =
        files.iter().flat_map(|file| RULES.iter().flat_map(move |rule| rule(file))).collect();
    findings.sort();
    for file in files.iter().filter(|file| is_written_by_hand(file)) {
        let lines = file.text.lines().count();
        if lines > LONG {
            println!("note: {} has {lines} lines: which concept hides in there?", file.path);
        }
    }
    if !findings.is_empty() {
        bail!("{} against the house rules:\n{}", findings.len(), findings.join("\n"));
    }
    println!("{} files are tidy.", files.len());
    Ok(())
}

fn files() -> Result<Vec<File>> {
    let listing = shell::output(Command::new("git").current_dir(workspace::root()).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut files = Vec::new();
    for path in listing.split('\0').filter(|path| !path.is_empty()) {
        let full: PathBuf = workspace::root().join(path);
        // This file quotes what it forbids.
        if path == "xtask/src/tidy.rs" {
            continue;
        }
        // A file that is deleted but still tracked is not there; a picture is not text.
        if let Ok(text) = fs::read_to_string(full) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

fn is_written_by_hand(file: &File) -> bool {
    file.ends_with(&[".rs", ".ts", ".tsx", ".css"]) && !file.path.starts_with("ui/src/protocol/")
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are constant and tested")
}

/// Building every crate's documentation to find no test in it takes a minute of each run: a test is a test file's, and
/// what is fenced in a doc comment is text.
fn doc_tests(file: &File) -> Vec<String> {
    if !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let fence = regex(r"^\s*//[/!]\s*```(.*)$");
    let mut open = false;
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let Some(found) = fence.captures(line) else { continue };
        open = !open;
        if open && found.get(1).map(|kind| kind.as_str().trim()) != Some("text") {
            findings.push(format!(
                "{}:{}: doc tests are not run: write a test, or say ```text",
                file.path,
                index + 1
            ));
        }
    }
    findings
}

/// `foo.rs` beside `foo/`; one way, so nobody looks in two places.
fn module_files(file: &File) -> Vec<String> {
    let hit = file.path.ends_with("/mod.rs");
    hit.then(|| format!("{}: name it after the folder, beside the folder", file.path)).into_iter().collect()
}

/// Every Rust module says what it is, why so, and what is deliberately not here.
fn module_headers(file: &File) -> Vec<String> {
    if !file.path.ends_with(".rs") || file.text.lines().any(|line| line.starts_with("//!")) {
        return Vec::new();
    }
    vec![format!("{}: open with `//!`: what this is, and why it is so", file.path)]
}

/// Names that take in everything end up holding everything. A helper is a person here, so that word is free.
fn catch_all_names(file: &File) -> Vec<String> {
    if !is_written_by_hand(file) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    if ["util", "utils", "common", "misc", "manager"].contains(&stem) {
        findings.push(format!("{}: name the file after what it does", file.path));
    }
    let pattern = regex(
        r"\b(struct|enum|trait|class|interface|type|function)\s+\w*(Manager|Service|Utils?|Processor)\b",
    );
    findings.extend(file.findings(&pattern, "use a word of the support floor, not a catch-all"));
    findings
}

/// An error carries a code and a next step; a bare text carries neither.
fn text_errors(file: &File) -> Vec<String> {
    if !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let pattern = regex(r"->\s*(\w+::)*Result<.*,\s*(&'static str|String)>\s*(\{|;|where|$)");
    file.findings(&pattern, "return an error type with a code, not a text")
}

/// What is not done is said in the documents or not at all.
fn open_ends(file: &File) -> Vec<String> {
    if !file.ends_with(&[".rs", ".ts", ".tsx", ".css", ".html", ".md", ".mjs", ".toml", ".sql", ".sh"]) {
        return Vec::new();
    }
    let pattern = regex(r"\b(TODO|FIXME|XXX|HACK)\b");
    file.findings(&pattern, "finish it, or say in the documents that it is not there")
}

/// One palette, so that dark and high contrast are changed in one place.
fn colours(file: &File) -> Vec<String> {
    let styled = file.path.starts_with("ui/src/") && file.ends_with(&[".css", ".ts", ".tsx"]);
    // A test that looks for pixels has to name them.
    if !styled || file.path.ends_with("/tokens.css") || file.path.ends_with(".test.ts") {
        return Vec::new();
    }
    let pattern = if file.path.ends_with(".css") {
        regex(r"(?i)[:\s,(]#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(")
    } else {
        regex(
            r#"(?i)["'`\s:,(]#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})["'`;\s,)]|["'`](rgba?|hsla?|hwb|lab|lch|oklab|oklch)\("#,
        )
    };
    file.findings(&pattern, "take the colour from tokens.css")
}

/// The desktop shell is a guest of the UI: everything else asks the host interface. The host's own test stands in for it.
fn tauri_in_one_file(file: &File) -> Vec<String> {
    let knows = ["ui/src/host/tauri.ts", "ui/src/host/tauri.test.ts"];
    if !file.path.starts_with("ui/src/") || knows.contains(&&*file.path) {
        return Vec::new();
    }
    file.findings(&regex(r#"["'`]@tauri-apps/"#), "only host/tauri.ts knows Tauri; ask the host interface")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: Rule, path: &str, text: &str, expected: usize) {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let findings = rule(&file);
        assert_eq!(findings.len(), expected, "{path}: {text}\n{findings:?}");
    }

    #[test]
    fn doc_comments_hold_no_tests() {
        check(doc_tests, "crates/app/src/a.rs", "/// ```\n/// a();\n/// ```\nfn a() {}\n", 1);
        check(doc_tests, "crates/app/src/a.rs", "    /// ```rust\n    /// a();\n    /// ```\n", 1);
        check(doc_tests, "crates/app/src/a.rs", "//! ```text\n//! a > b\n//! ```\n", 0);
        check(doc_tests, "docs/a.md", "```\na\n```\n", 0);
    }

    #[test]
    fn modules_are_named_after_their_folder() {
        check(module_files, "crates/clip/src/cut/mod.rs", "", 1);
        check(module_files, "crates/clip/src/cut.rs", "", 0);
        check(module_files, "crates/clip/src/mod.rs.md", "", 0);
    }

    #[test]
    fn modules_say_what_they_are() {
        check(module_headers, "crates/clip/src/cut.rs", "fn cut() {}\n", 1);
        check(module_headers, "crates/clip/src/cut.rs", "#![forbid(unsafe_code)]\n//! Cuts.\n", 0);
        check(module_headers, "ui/src/cut.ts", "export const cut = 1\n", 0);
    }

    #[test]
    fn names_take_in_one_thing() {
        check(catch_all_names, "crates/app/src/a.rs", "pub struct ClipManager;\n", 1);
        check(catch_all_names, "ui/src/a.ts", "export class UploadService {}\n", 1);
        check(catch_all_names, "ui/src/utils.ts", "", 1);
        check(catch_all_names, "crates/app/src/a.rs", "pub struct ServiceLevel;\npub enum Helpers {}\n", 0);
        check(catch_all_names, "docs/a.md", "the struct ClipManager\n", 0);
    }

    #[test]
    fn errors_are_more_than_text() {
        check(text_errors, "crates/app/src/a.rs", "fn a() -> Result<(), String> {\n", 1);
        check(text_errors, "crates/app/src/a.rs", "fn a() -> Result<Vec<u8>, String>;\n", 1);
        check(text_errors, "crates/app/src/a.rs", "fn a() -> Result<(), &'static str>\n", 1);
        check(text_errors, "crates/app/src/a.rs", "fn a() -> Result<HashMap<u8, String>> {\n", 0);
        check(text_errors, "crates/app/src/a.rs", "fn a() -> Result<HashMap<u8, String>, Fault> {\n", 0);
    }

    #[test]
    fn nothing_is_left_open() {
        check(open_ends, "crates/app/src/a.rs", "// TODO: later\n", 1);
        check(open_ends, "ui/src/a.ts", "// FIXME\n", 1);
        check(open_ends, "ui/src/a.ts", "const todos = []\n", 0);
    }

    #[test]
    fn colours_come_from_one_file() {
        check(colours, "ui/src/design/Button.css", "a { color: #fff; }\n", 1);
        check(colours, "ui/src/design/Button.css", "a { background: linear-gradient(#fff000, red); }\n", 1);
        check(colours, "ui/src/design/Button.css", "a { color: oklch(50% 0 0); }\n", 1);
        check(colours, "ui/src/a.tsx", "<b style={{ color: '#ffcc00' }} />\n", 1);
        check(colours, "ui/src/a.tsx", "context.fillStyle = `rgb(0 0 0)`\n", 1);
        check(colours, "ui/src/design/tokens.css", ":root { --paper: #fff; }\n", 0);
        check(colours, "ui/src/design/Button.css", "a { color: var(--text); }\n#abc { margin: 0 }\n", 0);
        check(colours, "ui/src/a.tsx", "<a href=\"#main\">{message.replace(/x/, '#')}</a>\n", 0);
        check(colours, "docs/a.css", "a { color: #fff; }\n", 0);
    }

    #[test]
    fn tauri_is_known_in_one_file() {
        check(tauri_in_one_file, "ui/src/app.tsx", "import { invoke } from '@tauri-apps/api/core'\n", 1);
        check(
            tauri_in_one_file,
            "ui/src/host/tauri.ts",
            "import { invoke } from '@tauri-apps/api/core'\n",
            0,
        );
        check(tauri_in_one_file, "ui/src/app.tsx", "// not the package of tauri-apps\n", 0);
    }
}
