//! Tauri's build step. The page is made by the UI's own build; where that has not run yet (a check of the Rust
//! code alone), a page that says so takes its place, because the macro that embeds the page fails without one.

use std::{fs, path::Path};

fn main() {
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        let written = fs::create_dir_all("../ui/dist").and_then(|()| {
            fs::write(page, "<!doctype html><title>Deskside</title><p>The screens are not built: npm run build in ui.</p>")
        });
        if let Err(error) = written {
            println!("cargo::warning=no page to embed: {error}");
        }
    }
    tauri_build::build();
}
