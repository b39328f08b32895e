//! Lists the files of the UI bundle for `ui.rs`, if it was built.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let bundle = root.join("../../ui/dist");
    println!("cargo::rerun-if-changed={}", bundle.display());
    let mut files = Vec::new();
    list(&bundle, &bundle, &mut files);
    files.sort();
    let mut code = String::from("static FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        code += &format!("    ({name:?}, include_bytes!({:?})),\n", path.display().to_string());
    }
    code += "];\n";
    let to = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to build")).join("ui.rs");
    fs::write(to, code).expect("the build folder can be written");
}

fn list(bundle: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            list(bundle, &path, files);
        } else if let (Ok(name), Ok(whole)) = (path.strip_prefix(bundle), path.canonicalize()) {
            let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
            files.push((name.join("/"), whole));
        }
    }
}
