//! Bytes: uploads that grow and are read while they grow, and small finished blobs. An upload's committed
//! bytes never change; readers take no lock; one writer at a time, the newest wins.

use async_trait::async_trait;
use bytes::Bytes;
use deskside_domain::Time;

/// Where bytes are kept. Names are checked by the server (ids in text form plus a suffix), never a client's path.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Creates an empty upload; an existing one of the same name and owner is answered as it is.
    async fn create(&self, upload: Upload) -> anyhow::Result<Upload>;
    /// The upload as it stands.
    async fn upload(&self, name: &str) -> anyhow::Result<Option<Upload>>;
    /// Every upload that is not closed (start-up, expiry).
    async fn open_uploads(&self) -> anyhow::Result<Vec<Upload>>;
    /// Becomes the upload's writer: any older writer's next append fails. Answers the fencing token.
    async fn take_writer(&self, name: &str) -> anyhow::Result<u64>;
    /// Appends at `offset` as writer `token`; on disk when it returns. Answers the new committed offset.
    async fn append(
        &self,
        name: &str,
        token: u64,
        offset: u64,
        bytes: &[u8],
        now: Time,
    ) -> Result<u64, AppendError>;
    /// Declares the length once it is known; refused if another was declared, or less than is there.
    async fn set_length(&self, name: &str, length: u64) -> Result<(), AppendError>;
    /// Takes no more bytes (finished, discarded, expired).
    async fn close(&self, name: &str) -> anyhow::Result<()>;
    /// Bytes `start..end` of an upload's committed part, at most up to its committed offset.
    async fn read(&self, name: &str, start: u64, end: u64) -> anyhow::Result<Bytes>;
    /// Erases the bytes of a closed upload, which is known to have been whole all the same. Costs little where it was
    /// done before.
    async fn empty(&self, name: &str) -> anyhow::Result<()>;
    /// Erases an upload and its bytes.
    async fn erase(&self, name: &str) -> anyhow::Result<()>;

    /// Keeps a small blob (a finished clip's prefix, a poster, a thumbnail), replacing one of the same name.
    async fn put(&self, name: &str, bytes: Bytes) -> anyhow::Result<()>;
    /// A small blob.
    async fn get(&self, name: &str) -> anyhow::Result<Option<Bytes>>;
    /// Erases a small blob; none is fine.
    async fn remove(&self, name: &str) -> anyhow::Result<()>;
    /// Free bytes where uploads go.
    async fn free(&self) -> anyhow::Result<u64>;
}

/// Suffix of the small blob that stands for the bytes of an upload that was emptied.
pub const ALONE: &str = ".alone";

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name: the id of its clip or attachment.
    pub name: String,
    /// `clip` or `attachment`.
    pub kind: String,
    /// Who uploads, in text form.
    pub owner: String,
    /// Declared length, once known.
    pub length: Option<u64>,
    /// Bytes safely on disk.
    pub offset: u64,
    /// When the last byte came.
    pub touched_at: Time,
    /// Takes no more bytes.
    pub closed: bool,
}

/// Why bytes were not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A newer writer has taken over.
    #[error("another writer has gone on")]
    Fenced,
    /// The upload stands elsewhere.
    #[error("the upload stands at {0}")]
    Offset(u64),
    /// More than the declared length, or another length was declared.
    #[error("that does not fit the declared length")]
    Length,
    /// No such upload, or it takes no more bytes.
    #[error("the upload is closed")]
    Closed,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}
