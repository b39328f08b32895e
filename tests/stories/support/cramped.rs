//! A disk that says it is nearly full, or keeps small blobs waiting, when the story wants it to; otherwise the real one.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use deskside_domain::Time;
use deskside_ports::{
    Blobs,
    blobs::{AppendError, Upload},
};
use tokio::sync::watch;

pub struct Cramped {
    pub disk: Arc<dyn Blobs>,
    /// Bytes that are free; `u64::MAX`: what the disk says.
    pub free: Arc<AtomicU64>,
    pub door: Arc<Door>,
}

/// Before which small blobs wait.
#[derive(Default)]
pub struct Door(watch::Sender<Before>);

#[derive(Default)]
struct Before {
    /// It is shut for names that end like this.
    shut_for: Option<&'static str>,
    /// So many have come since.
    waiting: usize,
    /// So often it was said that the disk is nearly full.
    told_full: usize,
}

impl Door {
    /// Keeps blobs waiting whose names end like this.
    pub fn shut(&self, shut_for: &'static str) {
        self.0.send_modify(|before| *before = Before { shut_for: Some(shut_for), ..Before::default() });
    }

    /// Lets them in.
    pub fn open(&self) {
        self.0.send_modify(|before| before.shut_for = None);
    }

    /// Until so many wait.
    pub async fn come(&self, waiting: usize) {
        let _ = self.0.subscribe().wait_for(|before| before.waiting >= waiting).await;
    }

    /// Until somebody was told that the disk is nearly full.
    pub async fn told_full(&self) {
        let _ = self.0.subscribe().wait_for(|before| before.told_full > 0).await;
    }

    async fn pass(&self, name: &str) {
        let is_shut = |before: &Before| before.shut_for.is_some_and(|end| name.ends_with(end));
        self.0.send_if_modified(|before| {
            let waits = is_shut(before);
            before.waiting += usize::from(waits);
            waits
        });
        let _ = self.0.subscribe().wait_for(|before| !is_shut(before)).await;
    }
}

#[async_trait]
impl Blobs for Cramped {
    async fn create(&self, upload: Upload) -> anyhow::Result<Upload> {
        self.disk.create(upload).await
    }

    async fn upload(&self, name: &str) -> anyhow::Result<Option<Upload>> {
        self.disk.upload(name).await
    }

    async fn open_uploads(&self) -> anyhow::Result<Vec<Upload>> {
        self.disk.open_uploads().await
    }

    async fn take_writer(&self, name: &str) -> anyhow::Result<u64> {
        self.disk.take_writer(name).await
    }

    async fn append(
        &self,
        name: &str,
        token: u64,
        offset: u64,
        bytes: &[u8],
        now: Time,
    ) -> Result<u64, AppendError> {
        self.disk.append(name, token, offset, bytes, now).await
    }

    async fn set_length(&self, name: &str, length: u64) -> Result<(), AppendError> {
        self.disk.set_length(name, length).await
    }

    async fn close(&self, name: &str) -> anyhow::Result<()> {
        self.disk.close(name).await
    }

    async fn read(&self, name: &str, start: u64, end: u64) -> anyhow::Result<Bytes> {
        self.disk.read(name, start, end).await
    }

    async fn empty(&self, name: &str) -> anyhow::Result<()> {
        self.disk.empty(name).await
    }

    async fn erase(&self, name: &str) -> anyhow::Result<()> {
        self.disk.erase(name).await
    }

    async fn put(&self, name: &str, bytes: Bytes) -> anyhow::Result<()> {
        self.door.pass(name).await;
        self.disk.put(name, bytes).await
    }

    async fn get(&self, name: &str) -> anyhow::Result<Option<Bytes>> {
        self.disk.get(name).await
    }

    async fn remove(&self, name: &str) -> anyhow::Result<()> {
        self.disk.remove(name).await
    }

    async fn free(&self) -> anyhow::Result<u64> {
        match self.free.load(Ordering::Relaxed) {
            u64::MAX => self.disk.free().await,
            free => {
                self.door.0.send_modify(|before| before.told_full += 1);
                Ok(free)
            }
        }
    }
}
