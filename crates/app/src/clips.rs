//! A clip from the first click to the server: count down, record, upload while recording, stop. The link works from
//! the first moment, because the id is made here. What a crash left behind is finished and sent at the next start. A clip
//! for a desk that demands it stays here until its recorder has watched it (`held`).

mod held;
mod left;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU32, Ordering},
};
use std::{path::PathBuf, time::Duration};

use deskside_capture::{DenyList, microphone, microphone::Choice};
use deskside_client::{Client, Growing, Trouble};
use deskside_protocol::{
    Code, Entity, EntityRef,
    command::{DiscardClip, LetWatch, StopClip},
    entity::Clip,
    id::{ClipId, PersonId, RequestId},
    values::{ClipNote, ClipSprite, ClipState},
};
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, watch},
    task::AbortHandle,
};
use uuid::Uuid;

pub(crate) use held::{is_demanded, may_be_uncovered, system_sound_reason};

use self::held::Label;
use crate::{
    area::Area,
    masks::Mask,
    record::{Event, Layout, Note, Plan, RecordError, Recorder, Recovered, Shelf, Sound, State},
    to_ui::{HeldClip, MicState, RecordFailed, RecorderState},
};

pub(crate) const MIME: &str = "video/webm";
/// How often the bar is told.
const BEAT: Duration = Duration::from_millis(100);
/// 3, 2, 1.
const COUNT: u32 = 3;

/// How to record.
#[derive(Clone, Debug)]
pub struct Begin {
    /// What.
    pub area: Area,
    /// The microphone's id; `None`: it is not heard.
    pub mic: Option<String>,
    /// What the computer plays is recorded too. Refused unless an admin allowed it for the request's desk.
    pub system_sound: bool,
    /// The thread it belongs to, if there is one yet.
    pub request: Option<RequestId>,
    /// Windows that are painted over.
    pub deny: DenyList,
    /// Seconds to count down; zero for none.
    pub count: bool,
    /// Nothing of it leaves this machine before its recorder has watched it and sends it.
    pub hold: bool,
}

/// The recorder's owner: at most one recording at a time.
pub struct Clips {
    client: Client,
    shelf: Shelf,
    state: watch::Sender<RecorderState>,
    held: watch::Sender<Vec<HeldClip>>,
    running: AsyncMutex<Option<Running>>,
    skip: Notify,
    give_up: Notify,
}

struct Running {
    id: ClipId,
    recorder: Recorder,
    /// Its upload; `None`: it stays here.
    growing: Option<Growing>,
    heard: Arc<Heard>,
    ticker: AbortHandle,
    masks: Vec<Mask>,
    /// Whether boxes are being drawn, and whether it stands still after that.
    masking: Option<bool>,
}

/// What the recorder's threads say, for the bar.
#[derive(Default)]
struct Heard {
    mic: Ear,
    system: Ear,
    disk_full: AtomicBool,
    failed: Notify,
    watchers: Mutex<Vec<PersonId>>,
}

/// One sound of it.
#[derive(Default)]
struct Ear {
    level: AtomicU32,
    lost: AtomicBool,
    still: AtomicBool,
}

impl Heard {
    fn ear(&self, sound: Sound) -> &Ear {
        match sound {
            Sound::Microphone => &self.mic,
            Sound::System => &self.system,
        }
    }

    fn note(&self, note: &Note) {
        match note {
            Note::NoSound { sound, .. } => self.ear(*sound).lost.store(true, Ordering::Relaxed),
            Note::Still { sound } => self.ear(*sound).still.store(true, Ordering::Relaxed),
            // It is back, if it was gone.
            Note::Heard { sound, .. } => {
                self.ear(*sound).lost.store(false, Ordering::Relaxed);
                self.ear(*sound).still.store(false, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}

/// What was asked to be heard.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    mic: bool,
    system: bool,
}

impl Clips {
    /// Opens the shelf in the profile.
    pub fn open(client: Client) -> Result<Self, Trouble> {
        let shelf = Shelf::open(client.folder().join("clips")).map_err(anyhow::Error::from)?;
        Ok(Self {
            client,
            shelf,
            state: watch::Sender::new(RecorderState::Idle),
            held: watch::Sender::default(),
            running: AsyncMutex::default(),
            skip: Notify::new(),
            give_up: Notify::new(),
        })
    }

    /// The recorder's state, and every change of it.
    pub fn state(&self) -> watch::Receiver<RecorderState> {
        self.state.subscribe()
    }

    /// The file of a clip that lies here whole and may still be watched here.
    pub async fn whole(&self, clip: Uuid) -> Option<PathBuf> {
        let journal = self.shelf.journal(clip).ok()?;
        let shown = journal.state == State::Finished
            && match self.client.entity(EntityRef::Clip(ClipId(clip))).await.ok()? {
                Some(Entity::Clip(row)) => !is_gone(&row),
                _ if self.is_held(ClipId(clip)) => true,
                // Not there yet, and on its way; or out of the lists by now: then the server knows who may watch.
                _ => self.client.unfinished_uploads().await.ok()?.iter().any(|upload| upload.id == clip),
            };
        shown.then(|| self.shelf.clip(clip))
    }

    /// What was deleted, cut or thrown away on another device, or is past its time, does not stay here either: its file
    /// and its upload go, and a recording of it ends.
    pub(crate) async fn forget_gone(&self, gone: &[Clip]) {
        for clip in gone {
            if self.shelf.journal(clip.id.0).is_ok()
                && let Err(trouble) = self.forget(clip.id).await
            {
                tracing::error!(%trouble, clip = %clip.id, "a clip that is gone still lies here");
            }
        }
    }

    async fn forget(&self, clip: ClipId) -> Result<(), Trouble> {
        let running = self.running.lock().await.take_if(|running| running.id == clip);
        let unsent = self.client.forget_upload(clip.0).await;
        if let Some(running) = running {
            running.ticker.abort();
            self.throw_away(clip, running.recorder).await?;
        }
        unsent?;
        Ok(self.shelf.forget(clip.0).map_err(anyhow::Error::from)?)
    }

    /// The area is being picked, or no longer.
    pub fn picking(&self, picking: bool) {
        self.state.send_if_modified(|state| {
            let fits =
                matches!(state, RecorderState::Idle | RecorderState::Picking | RecorderState::Failed { .. });
            if fits {
                *state = if picking { RecorderState::Picking } else { RecorderState::Idle };
            }
            fits
        });
    }

    /// Counts down and begins. Answers the clip's id as soon as the first bytes are on disk. Refused as `wrong_state`
    /// while another recording runs.
    pub async fn begin(self: &Arc<Self>, how: Begin) -> Result<ClipId, Trouble> {
        let target = how.area.target()?;
        let is_by_the_back_door = how.mic.as_deref().is_some_and(microphone::is_monitor);
        if is_by_the_back_door
            || how.system_sound && system_sound_reason(&self.client, how.request).await?.is_none()
        {
            return Err(Trouble::refused(Code::NoSystemSound, "no system sound for this desk"));
        }
        let mut running = self.running.lock().await;
        if running.is_some() {
            return Err(Trouble::refused(Code::WrongState, "another recording runs"));
        }
        if how.count && !self.count().await {
            self.state.send_replace(RecorderState::Idle);
            return Err(Trouble::refused(Code::WrongState, "the recording was given up"));
        }
        let mut plan = Plan::of(target);
        plan.deny = how.deny;
        plan.mic = how.mic.map(|mic| if mic == "default" { Choice::Default } else { Choice::Named(mic) });
        plan.system_sound = how.system_sound;
        let wanted = Wanted { mic: plan.mic.is_some(), system: plan.system_sound };
        match self.record(plan, how.request, how.hold).await {
            Ok(started) => {
                let id = started.id;
                *running = Some(started);
                self.show(running.as_ref(), wanted);
                Ok(id)
            }
            Err(error) => {
                let because = match error.code() {
                    "disk_full" => RecordFailed::DiskFull,
                    "encoder" | "clip_unwritable" | "disk" => RecordFailed::Encoder,
                    _ => RecordFailed::NoDisplay,
                };
                self.state.send_replace(RecorderState::Failed { because });
                let mut problem =
                    deskside_protocol::Problem::new(Code::Unavailable, "the recording did not begin");
                problem.detail = Some(format!("{error} {}", error.hint()));
                Err(problem.into())
            }
        }
    }

    /// False if it was given up.
    async fn count(&self) -> bool {
        for left in (1..=COUNT).rev() {
            self.state.send_replace(RecorderState::Counting { left });
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                () = self.skip.notified() => return true,
                () = self.give_up.notified() => return false,
            }
        }
        true
    }

    async fn record(
        self: &Arc<Self>,
        plan: Plan,
        request: Option<RequestId>,
        hold: bool,
    ) -> Result<Running, RecordError> {
        let id = ClipId::fresh();
        let started_at = u64::try_from(self.client.server_now().0).unwrap_or_default();
        let wanted = Wanted { mic: plan.mic.is_some(), system: plan.system_sound };
        let heard = Arc::new(Heard::default());
        let path = self.shelf.clip(id.0);
        let head = path.with_extension("prefix");
        let growing = match hold {
            true => None,
            false => {
                Some(self.client.upload_growing(id.0, MIME, path, Some(head)).await.map_err(kept_nowhere)?)
            }
        };
        let committed = growing.as_ref().map(Growing::reporter);
        let (clips, listening) = (self.clone(), heard.clone());
        // Claimed before anything is heard: a crash may come at any moment.
        let system_sound = plan.system_sound;
        let mut label =
            Label { request, person: self.client.person(), held: hold, system_sound, ..Label::default() };
        let note = label.to_value();
        let shelf = self.shelf.clone();
        let recorder = tokio::task::spawn_blocking(move || {
            let file = shelf.begin(id.0, started_at, note)?;
            Recorder::start(&plan, file, move |event| match event {
                Event::Kept { bytes, .. } => {
                    if let Some(committed) = &committed {
                        committed.send_replace(*bytes);
                    }
                }
                Event::Level(sound, level) => {
                    let loudness = level.peak.min(1.0).to_bits();
                    listening.ear(*sound).level.store(loudness, Ordering::Relaxed);
                }
                Event::Note(note) => listening.note(note),
                Event::Failed(error) => {
                    listening.disk_full.store(matches!(error, RecordError::DiskFull), Ordering::Relaxed);
                    listening.failed.notify_one();
                }
                Event::Started { .. } => {}
            })
        })
        .await
        .map_err(kept_nowhere)
        .flatten();
        let recorder = match recorder {
            Ok(recorder) => recorder,
            Err(error) => {
                if let Some(growing) = growing {
                    let _ = growing.discarded().await;
                }
                let _ = self.shelf.forget(id.0);
                return Err(error);
            }
        };
        if label.system_sound != recorder.has_system_sound() {
            label.system_sound = recorder.has_system_sound();
            let _ = self.relabel(id.0, &label);
        }
        if !hold {
            let (size, sound) = (recorder.size(), recorder.has_sound());
            self.announce(id, &mut label, size, sound).await;
        }
        let ticker = tokio::spawn(tick(clips, heard.clone(), wanted)).abort_handle();
        Ok(Running { id, recorder, growing, heard, ticker, masks: Vec::new(), masking: None })
    }

    /// Tells the server of a clip that begins.
    async fn announce(self: &Arc<Self>, id: ClipId, label: &mut Label, size: (u32, u32), sound: bool) {
        let start = label.start(id, size, sound);
        match self.client.keep(Uuid::now_v7(), start.into()).await {
            Ok(ticket) => {
                label.started = true;
                let _ = self.relabel(id.0, label);
                let clips = self.clone();
                tokio::spawn(async move {
                    let Err(problem) = ticket.decided().await else { return };
                    if problem.code == Code::NoSystemSound {
                        // Forbidden only just now: nothing more of it is heard.
                        clips.mute(Sound::System, true).await;
                    }
                    if matches!(problem.code, Code::NotReviewed | Code::NoSystemSound)
                        && let Err(trouble) = clips.hold_after_all(id).await
                    {
                        tracing::error!(%trouble, %id, "a clip that its desk does not take could not be kept back");
                    }
                });
            }
            // The clip is recorded all the same; the next start finds the note and says it then.
            Err(trouble) => tracing::error!(%trouble, "the clip could not be announced"),
        }
    }

    fn show(&self, running: Option<&Running>, wanted: Wanted) {
        let Some(running) = running else { return };
        let state = |sound: Sound, is_wanted: bool| {
            let ear = running.heard.ear(sound);
            if !is_wanted {
                MicState::Off
            } else if ear.lost.load(Ordering::Relaxed) || ear.still.load(Ordering::Relaxed) {
                MicState::Lost
            } else if running.recorder.is_muted(sound) {
                MicState::Muted
            } else {
                MicState::On
            }
        };
        let level = |sound: Sound| f32::from_bits(running.heard.ear(sound).level.swap(0, Ordering::Relaxed));
        self.state.send_replace(RecorderState::Recording {
            ms: u64::try_from(running.recorder.elapsed().as_millis()).unwrap_or(u64::MAX),
            level: level(Sound::Microphone),
            system_level: level(Sound::System),
            watchers: running.heard.watchers.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            paused: running.recorder.is_paused(),
            mic: state(Sound::Microphone, wanted.mic),
            system: state(Sound::System, wanted.system),
            masks: running.masks.len(),
            held: running.growing.is_none(),
            clip: running.id,
        });
    }

    /// Begins at once.
    pub fn skip_count(&self) {
        self.skip.notify_waiters();
    }

    /// Does not begin after all, if it still counts down.
    pub fn give_up_count(&self) {
        self.give_up.notify_waiters();
    }

    /// Stands still, or goes on. While boxes are drawn it stands still whatever is said, and then as was said last.
    pub async fn pause(&self, on: bool) {
        if let Some(running) = &mut *self.running.lock().await {
            match &mut running.masking {
                Some(stands_still) => *stands_still = on,
                None if on => running.recorder.pause(),
                None => running.recorder.resume(),
            }
        }
    }

    /// From now on this is not heard, or it is again.
    pub async fn mute(&self, sound: Sound, on: bool) {
        if let Some(running) = &*self.running.lock().await {
            running.recorder.mute(sound, on);
        }
    }

    /// Stands still while boxes are drawn. False when nothing is recorded.
    pub async fn begin_masking(&self) -> bool {
        let mut running = self.running.lock().await;
        let Some(running) = &mut *running else { return false };
        if running.masking.is_none() {
            running.masking = Some(running.recorder.is_paused());
            running.recorder.pause();
        }
        true
    }

    /// The boxes that are painted over.
    pub async fn masks(&self) -> Vec<Mask> {
        self.running.lock().await.as_ref().map(|running| running.masks.clone()).unwrap_or_default()
    }

    /// Paints over these boxes from the next picture on, instead of those before.
    pub async fn set_masks(&self, masks: Vec<Mask>) {
        let mut running = self.running.lock().await;
        let Some(running) = &mut *running else { return };
        running.recorder.mask(masks.iter().copied().map(Into::into).collect());
        running.masks = masks;
    }

    /// Goes on, unless it stood still before [`Self::begin_masking`] or was told to since.
    pub async fn end_masking(&self) {
        let mut running = self.running.lock().await;
        let Some(running) = &mut *running else { return };
        if running.masking.take() == Some(false) {
            running.recorder.resume();
        }
    }

    /// Lets somebody watch while it is recorded, or no longer.
    pub async fn let_watch(&self, person: PersonId, watch: bool) -> Result<(), Trouble> {
        let running = self.running.lock().await;
        let Some((clip, heard, is_held)) =
            running.as_ref().map(|running| (running.id, running.heard.clone(), running.growing.is_none()))
        else {
            return Ok(());
        };
        drop(running);
        if is_held {
            return Err(Trouble::refused(Code::NotReviewed, "nobody watches what stays on this machine"));
        }
        self.client.keep(Uuid::now_v7(), LetWatch { clip, person, watch }.into()).await?;
        let mut watchers = heard.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|one| *one != person);
        if watch {
            watchers.push(person);
        }
        Ok(())
    }

    /// Ends the recording; the clip is whole here when this returns, and at the server soon after. `None` if nothing
    /// was recorded.
    pub async fn stop(&self) -> Result<Option<ClipId>, Trouble> {
        let Some(running) = self.running.lock().await.take() else { return Ok(None) };
        running.ticker.abort();
        let id = running.id;
        self.state.send_replace(RecorderState::Finishing { clip: id });
        let done = self.finish(running).await;
        // Whatever came of it: nothing is recorded any more.
        self.state.send_replace(RecorderState::Idle);
        done
    }

    async fn finish(&self, running: Running) -> Result<Option<ClipId>, Trouble> {
        let id = running.id;
        let is_lost = |sound: Sound| running.heard.ear(sound).lost.load(Ordering::Relaxed);
        let (mic_lost, system_lost) = (is_lost(Sound::Microphone), is_lost(Sound::System));
        let full = running.heard.disk_full.load(Ordering::Relaxed);
        let recorder = running.recorder;
        let outcome =
            tokio::task::spawn_blocking(move || recorder.stop()).await.map_err(anyhow::Error::from)?;
        match outcome {
            Ok(outcome) => {
                let note = match (full, mic_lost, system_lost) {
                    (true, ..) => Some(ClipNote::DiskFull),
                    (_, true, _) => Some(ClipNote::MicrophoneLost),
                    (_, _, true) => Some(ClipNote::SystemSoundLost),
                    _ => None,
                };
                match running.growing {
                    Some(growing) => {
                        // In this order: a clip that is whole and whose upload does not know its length was not stopped
                        // for good, and `recover` does that.
                        self.client.keep(Uuid::now_v7(), StopClip { clip: id, note }.into()).await?;
                        growing.finished(outcome.bytes).await?;
                        if !outcome.poster.is_empty() {
                            self.client.put_poster(id, outcome.poster);
                        }
                        if let Some(strip) = outcome.strip {
                            let client = self.client.clone();
                            tokio::task::spawn_blocking(move || {
                                if let Some((png, layout)) = strip.png() {
                                    client.put_sprite(id, png, sprite_of(layout));
                                }
                            });
                        }
                    }
                    None => {
                        let measured = Recovered {
                            duration: outcome.duration,
                            bytes: outcome.bytes,
                            width: outcome.width,
                            height: outcome.height,
                            sound: outcome.sound,
                        };
                        let sprite = outcome.strip.and_then(|strip| strip.png());
                        self.hold(id.0, &measured, note, &outcome.poster, sprite)?;
                    }
                }
                Ok(Some(id))
            }
            // Stopped before the first picture: there is no clip.
            Err(error @ RecordError::Unplayable(_)) => {
                tracing::info!(%error, "an empty recording");
                if let Some(growing) = running.growing {
                    self.say_discarded(id, growing).await?;
                }
                let _ = self.shelf.forget(id.0);
                Ok(None)
            }
            Err(error) => Err(anyhow::Error::new(error)
                .context("the clip is kept and finished at the next start")
                .into()),
        }
    }

    /// Throws the recording away, here and at the server; gives up a countdown. Answers which clip it was.
    pub async fn discard(&self) -> Result<Option<ClipId>, Trouble> {
        self.give_up_count();
        let Some(running) = self.running.lock().await.take() else {
            // A failure that was read is over.
            self.picking(false);
            return Ok(None);
        };
        let clip = running.id;
        running.ticker.abort();
        // What was thrown away is gone, also if that can't be said now.
        let said = match running.growing {
            Some(growing) => self.say_discarded(clip, growing).await,
            // Nobody else knows of it.
            None => Ok(()),
        };
        self.throw_away(clip, running.recorder).await?;
        said?;
        Ok(Some(clip))
    }

    /// Says that a clip was thrown away, and sends nothing more of it. If it can't be said, its upload stays open without
    /// a file, and the next start says it.
    async fn say_discarded(&self, clip: ClipId, growing: Growing) -> Result<(), Trouble> {
        match self.client.keep(Uuid::now_v7(), DiscardClip { clip }.into()).await {
            Ok(_) => growing.discarded().await,
            Err(trouble) => {
                growing.left_open();
                Err(trouble)
            }
        }
    }

    async fn throw_away(&self, clip: ClipId, recorder: Recorder) -> Result<(), Trouble> {
        let discarded = tokio::task::spawn_blocking(move || recorder.discard()).await;
        // A recorder that hangs leaves its files behind, and what lies here is sent at the next start.
        let gone = match discarded {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => self.shelf.forget(clip.0).map_err(anyhow::Error::from),
        };
        self.state.send_replace(RecorderState::Idle);
        Ok(gone?)
    }
}

/// What lies here of it may not be seen any more: nothing is left of it but its place, or it was cut, and what lies
/// here still has what was cut out.
pub(crate) fn is_gone(clip: &Clip) -> bool {
    let was_cut = clip.version > 1 || !clip.cutting.is_empty();
    was_cut || matches!(clip.state, ClipState::Discarded | ClipState::Deleted | ClipState::Expired)
}

/// Tells the bar, and ends a recording that can't go on.
async fn tick(clips: Arc<Clips>, heard: Arc<Heard>, wanted: Wanted) {
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            _ = beat.tick() => {
                if let Ok(running) = clips.running.try_lock() {
                    clips.show(running.as_ref(), wanted);
                }
            }
            () = heard.failed.notified() => {
                // Stopping ends this very task.
                tokio::spawn(async move { clips.stop().await });
                return;
            }
        }
    }
}

fn sprite_of(Layout { every_ms, tiles, columns }: Layout) -> ClipSprite {
    ClipSprite { every_ms, tiles, columns }
}

fn kept_nowhere(error: impl std::fmt::Display) -> RecordError {
    RecordError::Disk { path: "profile".into(), error: std::io::Error::other(error.to_string()) }
}
