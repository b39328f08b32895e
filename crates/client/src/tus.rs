//! The tus 1.0 words between this client and a server: create, ask for the offset, send on from there. Knows one
//! request at a time; `uploads` decides which.

use std::io::SeekFrom;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::stream;
use reqwest::{Body, Method, header};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
};

use crate::{
    Trouble, UploadStatus,
    server::{Server, send},
};

/// Read from the file at a time; the memory one upload needs.
const PIECE: usize = 256 << 10;

/// Creates the upload, or finds it created; answers where it is.
pub(crate) async fn create(server: &Server, upload: &UploadStatus) -> Result<String, Trouble> {
    let metadata = [
        ("id", upload.id.to_string()),
        ("kind", upload.kind.name().to_owned()),
        ("filetype", upload.mime.clone()),
    ];
    let metadata: Vec<_> =
        metadata.iter().map(|(name, value)| format!("{name} {}", STANDARD.encode(value))).collect();
    let mut request = server
        .request(Method::POST, "/api/v1/uploads")?
        .header("tus-resumable", "1.0.0")
        .header("upload-metadata", metadata.join(","))
        .header(header::CONTENT_LENGTH, 0);
    request = match upload.length {
        Some(length) => request.header("upload-length", length),
        None => request.header("upload-defer-length", 1),
    };
    let response = send(request).await?;
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or_else(|| Trouble::Unreachable("the upload has no address".to_owned()))?;
    // Relative to the server we know: whatever it calls itself behind a proxy, the token goes nowhere else.
    let url = server.link.base.join(location).with_context(|| format!("{location} is no address"))?;
    Ok(url.path().to_owned())
}

/// How many bytes the server has for good, and whether it still has to be told how many there will be.
pub(crate) async fn offset(server: &Server, location: &str) -> Result<(u64, bool), Trouble> {
    let request = server.request(Method::HEAD, location)?.header("tus-resumable", "1.0.0");
    let response = request.send().await.map_err(|error| Trouble::Unreachable(error.to_string()))?;
    let status = response.status();
    if !status.is_success() {
        // An answer to HEAD has no body to carry a problem.
        return Err(match status.as_u16() {
            401 => Trouble::refused(deskside_protocol::Code::SignInNeeded, "this session has ended"),
            403 | 404 | 410 => {
                Trouble::refused(deskside_protocol::Code::Unknown, "the server has no such upload")
            }
            other => Trouble::Unreachable(format!("HEAD was answered with {other}")),
        });
    }
    Ok((read_offset(&response)?, response.headers().contains_key("upload-defer-length")))
}

/// Sends bytes `offset..until` of the upload, and with `length` says that this is all. Answers the new offset.
pub(crate) async fn send_on(
    server: &Server,
    location: &str,
    upload: &UploadStatus,
    offset: u64,
    until: u64,
    length: Option<u64>,
) -> Result<u64, Trouble> {
    let source = Source::open(upload).await?;
    let pieces = stream::try_unfold((source, offset), move |(mut source, at)| async move {
        if at >= until {
            return Ok::<_, std::io::Error>(None);
        }
        let piece = source.read(at, until).await?;
        let next = at + piece.len() as u64;
        Ok(Some((piece, (source, next))))
    });
    let mut request = server
        .request(Method::PATCH, location)?
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset)
        .header(header::CONTENT_TYPE, "application/offset+octet-stream")
        .header(header::CONTENT_LENGTH, until - offset)
        .body(Body::wrap_stream(pieces));
    if let Some(length) = length {
        request = request.header("upload-length", length);
    }
    read_offset(&send(request).await?)
}

/// An upload's bytes: the kept beginning, if there is one, then the file.
struct Source {
    head: Vec<u8>,
    file: File,
}

impl Source {
    async fn open(upload: &UploadStatus) -> Result<Self, Trouble> {
        let head = match &upload.head {
            Some(head) => {
                tokio::fs::read(head).await.with_context(|| format!("reading {}", head.display()))?
            }
            None => Vec::new(),
        };
        let file =
            File::open(&upload.path).await.with_context(|| format!("opening {}", upload.path.display()))?;
        Ok(Self { head, file })
    }

    /// At least one byte of `at..until`.
    async fn read(&mut self, at: u64, until: u64) -> std::io::Result<Bytes> {
        let most = PIECE.min(usize::try_from(until - at).unwrap_or(PIECE));
        if let Some(rest) =
            usize::try_from(at).ok().and_then(|at| self.head.get(at..)).filter(|rest| !rest.is_empty())
        {
            return Ok(Bytes::copy_from_slice(&rest[..most.min(rest.len())]));
        }
        self.file.seek(SeekFrom::Start(at)).await?;
        let mut piece = vec![0; most];
        let read = self.file.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(read);
        Ok(Bytes::from(piece))
    }
}

fn read_offset(response: &reqwest::Response) -> Result<u64, Trouble> {
    let offset = response.headers().get("upload-offset").and_then(|value| value.to_str().ok()?.parse().ok());
    offset.ok_or_else(|| Trouble::Unreachable("the answer names no offset".to_owned()))
}
