//! Watches uploads: hints say that bytes came, the clock says that none did. One task, so that no clip is
//! finished twice at once; pictures are looked at beside it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use deskside_domain::{
    Time,
    id::{AttachmentId, ClipId},
    time::MINUTE,
};
use deskside_ports::bus::Hint;
use tokio::sync::{Semaphore, broadcast::error::RecvError};
use tokio_util::sync::CancellationToken;

use super::{attachment, clip::Growing, cut, sweep};
use crate::parts::Shared;

/// All that is watched is looked at this often: a lost hint costs this much time.
const LOOK: Duration = Duration::from_secs(5);
/// Clips that are cut at the same time.
const CUTS: usize = 2;
/// A cut that failed for a reason that may pass is tried again after this long.
const AGAIN: i64 = MINUTE;

/// What others may know of the watch.
#[derive(Default)]
pub(crate) struct Watch {
    joins: Mutex<HashMap<ClipId, (u64, u64)>>,
    cuts: Cuts,
}

/// What is being cut.
struct Cuts {
    clips: Mutex<HashMap<ClipId, Cutting>>,
    /// Each holds a thread for as long as it takes, and waits for others: with no thread left nobody would go on.
    turns: Semaphore,
}

#[derive(Clone, Copy)]
enum Cutting {
    /// It is under way, or waits for its turn.
    Now,
    /// It could not be done; it is tried again.
    Again(Time),
}

impl Default for Cuts {
    fn default() -> Self {
        Self { clips: Mutex::default(), turns: Semaphore::new(CUTS) }
    }
}

impl Watch {
    /// Where a player that comes late to a growing clip begins: the end of what initialises it, and the offset
    /// of the newest cluster it can start with.
    pub fn join(&self, clip: ClipId) -> Option<(u64, u64)> {
        self.lock().get(&clip).copied()
    }

    /// Cuts a clip beside everything else, once at a time, unless it is to be left alone for a while. Says when it is to
    /// be looked at again if nothing is heard of it.
    pub(super) fn cut(&self, server: &Shared, clip: ClipId) -> Option<Time> {
        match self.cutting().get(&clip) {
            Some(Cutting::Now) => return None,
            Some(Cutting::Again(at)) if *at > server.now() => return Some(*at),
            Some(Cutting::Again(_)) | None => {}
        }
        self.cutting().insert(clip, Cutting::Now);
        let server = server.clone();
        tokio::spawn(async move {
            // The server goes down: the order stands in the row.
            let Ok(_turn) = server.watch.cuts.turns.acquire().await else { return };
            match cut::run(&server, clip).await {
                Ok(()) => _ = server.watch.cutting().remove(&clip),
                Err(error) => {
                    tracing::error!(%clip, error = format!("{error:#}"), "a cut will be tried again");
                    server.watch.cutting().insert(clip, Cutting::Again(server.now().plus(AGAIN)));
                }
            }
            // The next order may have come before this one was off the list.
            server.parts.bus.say(Hint::Upload(clip.to_string()));
        });
        None
    }

    fn cutting(&self) -> MutexGuard<'_, HashMap<ClipId, Cutting>> {
        self.cuts.clips.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClipId, (u64, u64)>> {
        self.joins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    let mut growing: HashMap<ClipId, Growing> = HashMap::new();
    match sweep::run(&server).await {
        Ok(found) => {
            for clip in found.clips {
                growing.insert(clip, Growing::new(clip));
            }
            for attachment in found.attachments {
                look_at_picture(&server, attachment);
            }
        }
        Err(error) => tracing::error!(error = format!("{error:#}"), "the sweep at start failed"),
    }
    look_at_all(&server, &mut growing).await;
    loop {
        let next = growing.values().filter_map(Growing::look_at).min();
        let due = async {
            match next {
                Some(at) => server.parts.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            hint = hints.recv() => match hint {
                Ok(Hint::Upload(name)) => {
                    // Several hints about one upload are one look.
                    let mut names = HashSet::from([name]);
                    while let Ok(hint) = hints.try_recv() {
                        if let Hint::Upload(name) = hint {
                            names.insert(name);
                        }
                    }
                    for name in names {
                        look(&server, &mut growing, &name).await;
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => look_at_all(&server, &mut growing).await,
                Err(RecvError::Closed) => return,
            },
            () = due => look_at_all(&server, &mut growing).await,
            () = tokio::time::sleep(LOOK) => look_at_all(&server, &mut growing).await,
            () = stop.cancelled() => return server.watch.cuts.turns.close(),
        }
    }
}

/// An upload is named like its clip or attachment; which of the two, its row says.
async fn look(server: &Shared, growing: &mut HashMap<ClipId, Growing>, name: &str) {
    let Ok(id) = name.parse().map(ClipId) else { return };
    match server.parts.blobs.upload(name).await {
        Ok(Some(upload)) if upload.kind == "attachment" => look_at_picture(server, AttachmentId(id.0)),
        Ok(_) => {
            growing.entry(id).or_insert_with(|| Growing::new(id));
            look_at(server, growing, id).await;
        }
        Err(error) => tracing::error!(error = format!("{error:#}"), "an upload could not be read"),
    }
}

async fn look_at_all(server: &Shared, growing: &mut HashMap<ClipId, Growing>) {
    for clip in growing.keys().copied().collect::<Vec<_>>() {
        look_at(server, growing, clip).await;
    }
}

async fn look_at(server: &Shared, growing: &mut HashMap<ClipId, Growing>, clip: ClipId) {
    let Some(followed) = growing.get_mut(&clip) else { return };
    let goes_on = followed.look(server).await.unwrap_or_else(|error| {
        tracing::error!(%clip, error = format!("{error:#}"), "a clip could not be followed");
        true
    });
    let join = followed.join();
    let mut joins = server.watch.lock();
    if !goes_on {
        growing.remove(&clip);
        joins.remove(&clip);
    } else if let Some(join) = join {
        joins.insert(clip, join);
    }
}

fn look_at_picture(server: &Shared, attachment: AttachmentId) {
    let server = server.clone();
    tokio::spawn(async move {
        let looked = async {
            match server.parts.blobs.upload(&attachment.to_string()).await? {
                Some(upload) => attachment::look(&server, &upload).await,
                None => Ok(()),
            }
        };
        if let Err(error) = looked.await {
            tracing::error!(%attachment, error = format!("{error:#}"), "an attachment could not be looked at");
        }
    });
}
