//! What is made from the tables: TypeScript types and command functions, and the OpenAPI document.
//! `cargo xtask codegen` writes them; a test fails when the committed files are stale.

mod openapi;
mod typescript;

use std::path::{Path, PathBuf};

/// Every generated file, by its path from the repository's root.
pub fn files() -> Vec<(PathBuf, String)> {
    vec![
        (Path::new("ui/src/protocol/wire.ts").to_owned(), typescript::types()),
        (Path::new("ui/src/protocol/commands.ts").to_owned(), typescript::commands()),
        (Path::new("docs/openapi.json").to_owned(), openapi::document()),
    ]
}
