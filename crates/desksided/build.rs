//! Lists the files of the UI bundle for `ui.rs`, if it was built, and beside those that shrink a zipped twin: a browser
//! on a slow line has the page in a third of the time, and nothing is zipped while it waits.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let bundle = root.join("../../ui/dist");
    println!("cargo::rerun-if-changed={}", bundle.display());
    let mut files = Vec::new();
    list(&bundle, &bundle, &mut files);
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to build"));
    let zipped: Vec<_> = files.iter().filter_map(|(name, path)| zip(name, path, &out)).collect();
    files.extend(zipped);
    files.sort();
    let mut code = String::from("static FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        code += &format!("    ({name:?}, include_bytes!({:?})),\n", path.display().to_string());
    }
    code += "];\n";
    fs::write(out.join("ui.rs"), code).expect("the build folder can be written");
}

/// The file's twin `NAME.gz`, if it is of a kind that shrinks and long enough to be worth it.
fn zip(name: &str, path: &Path, out: &Path) -> Option<(String, PathBuf)> {
    const WORTH: usize = 1024;
    let shrinks = ["html", "js", "css", "json", "webmanifest", "svg", "txt"];
    if !shrinks.contains(&path.extension()?.to_str()?) {
        return None;
    }
    let plain = fs::read(path).expect("a file of the bundle can be read");
    if plain.len() < WORTH {
        return None;
    }
    let mut zipped = GzBuilder::new().write(Vec::new(), Compression::best());
    zipped.write_all(&plain).expect("memory takes everything");
    let to = out.join("zipped").join(format!("{name}.gz"));
    fs::create_dir_all(to.parent()?).expect("the build folder can be written");
    fs::write(&to, zipped.finish().expect("memory takes everything"))
        .expect("the build folder can be written");
    Some((format!("{name}.gz"), to))
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
