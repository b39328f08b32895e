//! Watches uploads: hints say that bytes came, the clock says that none did. One task, so that no clip is
//! finished twice at once; pictures are looked at beside it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use deskside_domain::{
    Time,
    clip::Clip,
    id::{AttachmentId, ClipId},
    time::MINUTE,
};
use deskside_ports::bus::Hint;
use tokio::sync::{Semaphore, broadcast::error::RecvError};
use tokio_util::sync::CancellationToken;

use super::{
    attachment,
    clip::Growing,
    convert::{self, Line},
    cut, sweep,
};
use crate::parts::Shared;

/// All that is watched is looked at this often: a lost hint costs this much time.
const LOOK: Duration = Duration::from_secs(5);
/// Clips that are cut at the same time.
const CUTS: usize = 2;
/// Clips that are converted at the same time.
const CONVERSIONS: usize = 1;
/// Work that failed for a reason that may pass is tried again after this long.
const AGAIN: i64 = MINUTE;

/// What others may know of the watch.
pub(crate) struct Watch {
    joins: Mutex<HashMap<ClipId, (u64, u64)>>,
    cuts: Work,
    conversions: Work,
    /// Who waits for a copy, and how long.
    pub(super) line: Line,
    /// The server goes down.
    pub(super) stop: CancellationToken,
}

/// What is being made of finished clips.
struct Work {
    clips: Mutex<HashMap<ClipId, Working>>,
    /// Each costs a thread or a process for as long as it takes: with no thread left nobody would go on.
    turns: Semaphore,
}

#[derive(Clone, Copy)]
enum Working {
    /// It is under way, or waits for its turn.
    Now,
    /// It could not be done; it is tried again.
    Again(Time),
}

impl Work {
    fn of(turns: usize) -> Self {
        Self { clips: Mutex::default(), turns: Semaphore::new(turns) }
    }

    fn clips(&self) -> MutexGuard<'_, HashMap<ClipId, Working>> {
        self.clips.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            joins: Mutex::default(),
            cuts: Work::of(CUTS),
            conversions: Work::of(CONVERSIONS),
            line: Line::default(),
            stop: CancellationToken::new(),
        }
    }
}

impl Watch {
    /// Where a player that comes late to a growing clip begins: the end of what initialises it, and the offset
    /// of the newest cluster it can start with.
    pub fn join(&self, clip: ClipId) -> Option<(u64, u64)> {
        self.lock().get(&clip).copied()
    }

    /// Cuts a clip beside everything else. Says when it is to be looked at again if nothing is heard of it.
    pub(super) fn cut(&self, server: &Shared, clip: ClipId) -> Option<Time> {
        Self::work(server, clip, |watch| &watch.cuts, || cut::run(server.clone(), clip))
    }

    /// Makes a clip's copy in VP9 beside everything else. Says the same.
    pub(super) fn convert(&self, server: &Shared, row: &Clip) -> Option<Time> {
        let convert = || convert::run(server.clone(), row.id, Line::join(server, row));
        Self::work(server, row.id, |watch| &watch.conversions, convert)
    }

    /// Does `job` for that clip, once at a time, unless it is to be left alone for a while.
    fn work<F>(
        server: &Shared,
        clip: ClipId,
        of: fn(&Watch) -> &Work,
        job: impl FnOnce() -> F,
    ) -> Option<Time>
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let work = of(&server.watch);
        match work.clips().get(&clip) {
            Some(Working::Now) => return None,
            Some(Working::Again(at)) if *at > server.now() => return Some(*at),
            Some(Working::Again(_)) | None => {}
        }
        work.clips().insert(clip, Working::Now);
        let job = job();
        let server = server.clone();
        tokio::spawn(async move {
            let work = of(&server.watch);
            // The server goes down: the order stands in the row.
            let Ok(_turn) = work.turns.acquire().await else { return };
            match job.await {
                Ok(()) => _ = work.clips().remove(&clip),
                Err(error) => {
                    tracing::error!(%clip, error = format!("{error:#}"), "what is made of a clip will be tried again");
                    work.clips().insert(clip, Working::Again(server.now().plus(AGAIN)));
                }
            }
            // The next order may have come before this one was off the list.
            server.parts.bus.say(Hint::Upload(clip.to_string()));
        });
        None
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
            () = stop.cancelled() => {
                server.watch.stop.cancel();
                server.watch.cuts.turns.close();
                return server.watch.conversions.turns.close();
            }
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
