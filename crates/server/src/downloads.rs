//! `/download`: the app that fits this server, from a folder. A page for people, a list for programs; where the folder
//! is empty the page says what to do instead.

use std::{fmt::Write, path::Path};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Response},
};
use serde::Serialize;
use tokio_util::io::ReaderStream;

use crate::{
    answer::{Answer, Json, Named, Oops},
    parts::Shared,
};

/// The version of this server, and of the app that fits it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A file that is offered.
#[derive(Serialize)]
struct Offer {
    name: String,
    bytes: u64,
    /// Whether it is of this server's version.
    fits: bool,
}

/// `GET /download`
pub(crate) async fn page(State(server): State<Shared>, headers: HeaderMap) -> Answer {
    let mut offers = match &server.parts.settings.downloads {
        Some(folder) => offers(folder).await?,
        None => Vec::new(),
    };
    offers.sort_by(|one, other| (other.fits, &one.name).cmp(&(one.fits, &other.name)));
    let wanted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if wanted.contains("application/json") {
        return Ok(Json(offers).into_response());
    }
    Ok(Html(html(&offers)).into_response())
}

/// `GET /download/NAME`
pub(crate) async fn file(State(server): State<Shared>, Named(name): Named) -> Answer<Response> {
    let folder = server.parts.settings.downloads.as_ref().ok_or_else(Oops::unknown)?;
    if !is_offered(&name) {
        return Err(Oops::unknown());
    }
    let file = tokio::fs::File::open(folder.join(&name)).await.map_err(|_| Oops::unknown())?;
    let about = file.metadata().await.map_err(anyhow::Error::from)?;
    if !about.is_file() {
        return Err(Oops::unknown());
    }
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::CONTENT_LENGTH, about.len().to_string()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        ],
        Body::from_stream(ReaderStream::new(file)),
    )
        .into_response())
}

async fn offers(folder: &Path) -> Answer<Vec<Offer>> {
    let mut offers = Vec::new();
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(offers),
        Err(error) => return Err(anyhow::Error::from(error).into()),
    };
    while let Some(entry) = entries.next_entry().await.map_err(anyhow::Error::from)? {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let about = tokio::fs::metadata(entry.path()).await;
        if let (true, Ok(about)) = (is_offered(&name), about)
            && about.is_file()
        {
            let fits = name.split(['_', '-']).any(|part| part == VERSION);
            offers.push(Offer { fits, bytes: about.len(), name });
        }
    }
    Ok(offers)
}

/// A name that leads nowhere else and needs no quoting: letters, digits and `-_.+~`, not hidden.
fn is_offered(name: &str) -> bool {
    !name.starts_with('.')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+~".contains(&byte))
}

/// Where a file belongs, and how it is installed there.
fn how(name: &str) -> (&'static str, String) {
    let tells = |text: &str| text.to_owned();
    match name {
        _ if name.ends_with(".deb") => {
            ("Debian and Ubuntu", format!("<code>sudo apt install ./{name}</code>"))
        }
        _ if name.contains("linux") && name.ends_with(".tar.gz") => {
            ("Other Linux", tells("Unpack it; the program is in <code>usr/bin</code>."))
        }
        _ if name.ends_with(".exe") || name.ends_with(".msi") => ("Windows", tells("Open it.")),
        _ if name.ends_with(".dmg") => ("macOS", tells("Open it and move Deskside to your programs.")),
        _ => ("File", String::new()),
    }
}

fn html(offers: &[Offer]) -> String {
    let mut list = String::new();
    for Offer { name, bytes, fits } in offers {
        let (system, install) = how(name);
        let size = (*bytes as f64 / 1e6).max(0.1);
        let other = if *fits { "" } else { " Another version than this server." };
        let _ = write!(
            list,
            "<li><a href=\"/download/{name}\" download>{system}</a> <small>{name}, {size:.1} MB.{other}</small>\
             <p>{install}</p></li>"
        );
    }
    let offered = if offers.is_empty() {
        "<p><strong>No app lies here yet.</strong> Until then work in the browser: it asks, records, watches and \
         answers like the app. Only the app has the hotkey and the tray, and paints over the windows that no clip may \
         show.</p>\
         <p>If this is your server: install it from its package, which brings the app, or put what \
         <code>cargo xtask dist</code> makes into the folder <code>downloads</code> of the data directory (or any \
         folder that <code>desksided serve --downloads</code> names).</p>"
            .to_owned()
    } else {
        let fits = if offers.iter().any(|offer| offer.fits) {
            "What you wrote and did not send stays on your machine while you update."
        } else {
            "<strong>None of these is of that version.</strong> Ask whoever runs this server for the one that fits."
        };
        format!("<p>{fits}</p><ul>{list}</ul>")
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Get Deskside</title><style>{STYLE}</style>\
         </head><body><main><h1>Deskside for your desk</h1><p>This server is version {VERSION}. The app of the same \
         version fits it.</p>{offered}<p><a href=\"/\">Go on in the browser</a></p></main></body></html>"
    )
}

const STYLE: &str = ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
    body{margin:0}main{max-width:40rem;margin:0 auto;padding:2rem 1rem}li{margin:0 0 1rem}\
    li p{margin:.25rem 0}a{font-weight:600}code{overflow-wrap:anywhere}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_offered() {
        for name in ["deskside_0.1.0_amd64.deb", "deskside-0.1.0-x86_64-linux.tar.gz", "a+b~c"] {
            assert!(is_offered(name), "{name}");
        }
        for name in ["", ".", "..", ".hidden", "a/b", "../a", "a\"b", "a b", "ä", "a\\b", "<b>"] {
            assert!(!is_offered(name), "{name}");
        }
    }

    #[tokio::test]
    async fn the_page_says_what_fits_and_what_to_do_when_nothing_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let none = html(&offers(folder.path()).await.expect("reads"));
        assert!(none.contains("No app lies here") && none.contains("asks, records, watches"), "{none}");
        assert!(offers(&folder.path().join("none")).await.expect("no folder is no fault").is_empty());

        std::fs::write(folder.path().join("deskside_0.0.1_amd64.deb"), "old").expect("writes");
        let old = html(&offers(folder.path()).await.expect("reads"));
        assert!(old.contains("None of these is of that version"), "{old}");

        let fitting = format!("deskside_{VERSION}_amd64.deb");
        std::fs::write(folder.path().join(&fitting), "new").expect("writes");
        std::fs::create_dir(folder.path().join("folder")).expect("makes");
        let offers = offers(folder.path()).await.expect("reads");
        assert_eq!(offers.len(), 2, "a folder is no download");
        let page = html(&offers);
        assert!(page.contains(&format!("href=\"/download/{fitting}\"")), "{page}");
        assert!(page.contains(&format!("sudo apt install ./{fitting}")), "{page}");
        assert!(!page.contains("None of these"), "{page}");
    }
}
