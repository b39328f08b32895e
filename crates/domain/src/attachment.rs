//! A picture or file of a thread: what is known of it. The bytes are blobs elsewhere.

use crate::{
    id::{AttachmentId, PersonId, RequestId},
    time::Time,
};

/// A picture or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Name of this row, and of its upload and blob.
    pub id: AttachmentId,
    /// Whose thread.
    pub request: RequestId,
    /// Who attached it.
    pub owner: PersonId,
    /// File name shown; never used as a path.
    pub name: String,
    /// Media type from the allow-list ([`ALLOWED`]).
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// Pixels; 0 for what is not a picture.
    pub width: u32,
    /// Pixels; 0 for what is not a picture.
    pub height: u32,
    /// Whether the bytes are there.
    pub state: AttachmentState,
    /// When it was attached.
    pub at: Time,
}

/// Whether an attachment's bytes are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentState {
    /// Named in a thread, bytes still on their way.
    Awaited,
    /// Stored and served.
    Stored,
    /// The server refused the bytes (not a picture, too large): nothing is served.
    Refused,
    /// Its owner erased it.
    Deleted,
    /// Its time was over.
    Expired,
}

/// Media types that may be attached. No HTML, no SVG: nothing that runs when it is opened.
pub const ALLOWED: [&str; 6] =
    ["image/png", "image/jpeg", "image/webp", "text/plain", "application/pdf", "application/zip"];
/// Largest attachment in bytes.
pub const MAX_SIZE: u64 = 25 * 1024 * 1024;
/// Most attachments of one message.
pub const MAX_PER_MESSAGE: usize = 10;
