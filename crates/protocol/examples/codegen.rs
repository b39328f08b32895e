//! Writes every generated file below the repository's root given as the first argument; with `--check`
//! writes nothing and fails if one is stale. `cargo xtask codegen` calls it, so that xtask itself builds
//! in seconds.

use std::{fs, path::PathBuf, process::ExitCode};

fn main() -> std::io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|argument| argument == "--check");
    let root =
        PathBuf::from(arguments.iter().find(|argument| *argument != "--check").map_or(".", String::as_str));
    let mut stale = false;
    for (path, text) in deskside_protocol::generate::files() {
        let target = root.join(&path);
        if fs::read_to_string(&target).is_ok_and(|present| present == text) {
            continue;
        }
        if check {
            eprintln!("{} is stale: run `cargo xtask codegen`", path.display());
            stale = true;
        } else {
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&target, text)?;
            println!("wrote {}", path.display());
        }
    }
    Ok(if stale { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
