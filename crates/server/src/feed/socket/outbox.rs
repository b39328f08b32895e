//! A socket's bounded queue: at most 256 frames and a mebibyte wait; fleeting frames only while it is half
//! empty.

use std::{future::Future, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{SinkExt, stream::SplitSink};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::timeout,
};

const FRAMES: usize = 256;
const BYTES: usize = 1024 * 1024;
/// How much of what a socket catches up with waits at most: thousands come back at once after a cut, and each would
/// hold its whole stretch in memory while the others are served.
const STRETCH: usize = 32 * 1024;
/// A socket that takes nothing for this long while it catches up is slow too.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is left of a frame, and the close frame, get this long.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The queue is full.
#[derive(Debug)]
pub(super) struct Slow;

/// The filling end.
pub(super) struct Outbox {
    frames: mpsc::Sender<(Message, Option<OwnedSemaphorePermit>)>,
    room: Arc<Semaphore>,
    close: oneshot::Sender<(u16, &'static str)>,
}

/// A queue, and the future that empties it into the socket until it is closed.
pub(super) fn outbox(sink: SplitSink<WebSocket, Message>) -> (Outbox, impl Future<Output = ()>) {
    let (frames, queue) = mpsc::channel(FRAMES);
    let (close, closed) = oneshot::channel();
    (Outbox { frames, room: Arc::new(Semaphore::new(BYTES)), close }, write(sink, queue, closed))
}

impl Outbox {
    /// Queues a frame; full is an error.
    pub fn now(&self, text: impl Into<Utf8Bytes>) -> Result<(), Slow> {
        let text = text.into();
        let room = self.room.clone().try_acquire_many_owned(size(&text)).map_err(|_| Slow)?;
        self.frames.try_send((Message::Text(text), Some(room))).map_err(|_| Slow)
    }

    /// Queues a frame as soon as little else waits.
    pub async fn wait(&self, text: impl Into<Utf8Bytes>) -> Result<(), Slow> {
        let text = text.into();
        let size = size(&text);
        // There is so much room only while less than a stretch is queued; what is over is given back at once.
        let over = BYTES.saturating_sub(STRETCH.max(size as usize));
        let queued = async {
            let mut room =
                self.room.clone().acquire_many_owned(size + over as u32).await.map_err(|_| Slow)?;
            drop(room.split(over));
            self.frames.send((Message::Text(text), Some(room))).await.map_err(|_| Slow)
        };
        timeout(PATIENCE, queued).await.map_err(|_| Slow)?
    }

    /// Queues a frame that may be dropped.
    pub fn maybe(&self, text: Utf8Bytes) {
        if self.frames.capacity() > FRAMES / 2 && self.room.available_permits() > BYTES / 2 {
            let _ = self.now(text);
        }
    }

    /// Asks the other side for a sign of life.
    pub fn ping(&self) {
        let _ = self.frames.try_send((Message::Ping(Default::default()), None));
    }

    /// Closes the socket; what still waits is not sent.
    pub fn close(self, code: (u16, &'static str)) {
        let _ = self.close.send(code);
    }
}

fn size(text: &str) -> u32 {
    text.len().min(BYTES) as u32
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut queue: mpsc::Receiver<(Message, Option<OwnedSemaphorePermit>)>,
    mut closed: oneshot::Receiver<(u16, &'static str)>,
) {
    let code = loop {
        let (message, room) = tokio::select! {
            biased;
            // What was said before a polite close is sent first; a slow socket's queue is not waited for.
            code = &mut closed => break code.ok(),
            next = queue.recv() => match next { Some(next) => next, None => break None },
        };
        let mut sending = std::pin::pin!(sink.send(message));
        tokio::select! {
            sent = &mut sending => if sent.is_err() { return },
            code = &mut closed => {
                let _ = timeout(LAST_WORDS, sending).await;
                break code.ok();
            }
        }
        drop(room);
    };
    if let Some((code, reason)) = code {
        if code != SLOW {
            let rest = async {
                while let Ok((message, _)) = queue.try_recv() {
                    if sink.feed(message).await.is_err() {
                        return;
                    }
                }
            };
            let _ = timeout(LAST_WORDS, rest).await;
        }
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = timeout(LAST_WORDS, sink.send(Message::Close(Some(frame)))).await;
    }
    let _ = timeout(LAST_WORDS, sink.close()).await;
}

const SLOW: u16 = 4008;
