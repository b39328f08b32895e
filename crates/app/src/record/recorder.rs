//! Starting, steering and ending the threads of a recording.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use deskside_capture::{Area, CaptureError, Session, Source};
use deskside_clip::Writer;
use deskside_codec::{AudioEncoder, OpusEncoder, Spent, VideoSettings, video_encoder};
use deskside_frame::{I420, Time};

use super::event::{Event, Note, Outcome, RecordError, Sound};
use super::mute::Mutes;
use super::sound::Ears;
use super::strip::Strip;
use super::{ClipFile, Course, Plan, camera, encoding, keeping, poster, sound};

/// A microphone that answers later than this joins a recording that has begun.
const DEVICES: Duration = Duration::from_millis(500);
/// Every step of stopping ends within this.
const STOP: Duration = Duration::from_secs(10);

type Listener = Box<dyn Fn(&Event) + Send + Sync>;

/// A running recording. Dropping it without [`Recorder::stop`] stops it and leaves the file as a crash would.
pub struct Recorder {
    shared: Arc<Shared>,
    kept: Receiver<ClipFile>,
    threads: Vec<JoinHandle<()>>,
    size: (u32, u32),
    sounds: Vec<Sound>,
}

impl Recorder {
    /// Begins to record into `file` and tells `listener` what happens, on the recorder's threads. Returns when the
    /// screen is open and the clip's first bytes are on disk; a microphone that fails is a note and no error.
    pub fn start(
        plan: &Plan,
        file: ClipFile,
        listener: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Result<Recorder, RecordError> {
        let view = plan.view();
        Recorder::start_with(plan, move || camera::open(&view), file, listener)
    }

    /// Like [`Recorder::start`], with a source of one's own choosing; it is opened on the thread that uses it.
    pub fn start_with(
        plan: &Plan,
        open: impl FnOnce() -> Result<Box<dyn Source>, CaptureError> + Send + 'static,
        mut file: ClipFile,
        listener: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Result<Recorder, RecordError> {
        let asked = Instant::now();
        let ears = Ears::open(plan);
        let shared = Arc::new(Shared::new(plan.fps.clamp(1, 60), Box::new(listener)));
        let mut threads = Vec::new();
        let mut spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
            spawned
                .map(|thread| threads.push(thread))
                .map_err(|error| RecordError::Disk { path: file_path(name), error })
        };

        let (opened, opens) = sync_channel(1);
        let (go, goes) = sync_channel(1);
        let (give_back, back) = channel::<Vec<u8>>();
        let camera = shared.clone();
        spawn("camera", Box::new(move || camera::run(open, &opened, &goes, &back, &camera)))?;
        let size = opens.recv_timeout(Session::here().patience()).map_err(|_| {
            RecordError::Capture(CaptureError::Unreachable("the screen does not answer".to_owned()))
        })??;

        let ears = ears.and_then(|ears| ears.answered(asked + DEVICES, &shared));
        let mut voice = match &ears {
            Some(_) => Some(OpusEncoder::new(1)?),
            None => None,
        };
        let encoder = video_encoder(plan.codec, settings(size, plan.fps))?;
        let sounds = ears.as_ref().map(Ears::sounds).unwrap_or_default();
        let canvas = I420::black(size.0, size.1).map_err(deskside_codec::CodecError::from)?;
        let voice_format = voice.as_ref().map(AudioEncoder::format);
        let writer = Writer::new(&encoder.format(), voice_format.as_ref())?;
        file.append(writer.prefix())?;
        let sound = voice.is_some();
        shared.tell(&Event::Started { width: size.0, height: size.1, sound });

        let (pieces, arrived) = sync_channel(1_024);
        let (done, kept) = sync_channel(1);
        let keeper = shared.clone();
        spawn(
            "keeping",
            Box::new(move || {
                let file = keeping::run(writer, file, &arrived, sound, &keeper);
                let _ = done.send(file);
            }),
        )?;
        if let Some((voice, ears)) = voice.take().zip(ears) {
            let (listening, pieces) = (shared.clone(), pieces.clone());
            spawn("sound", Box::new(move || sound::run(ears, Box::new(voice), &pieces, &listening)))?;
        }
        let (shown, pictures) = camera::queue();
        let encoding = shared.clone();
        spawn(
            "encoding",
            Box::new(move || encoding::run(encoder, canvas, &pictures, &give_back, &pieces, &encoding)),
        )?;
        let _ = go.send(shown);
        Ok(Recorder { shared, kept, threads, size, sounds })
    }

    /// Nothing is looked at, listened to or written from now on, and the clip's time stands still.
    pub fn pause(&self) {
        self.shared.course().pause(Instant::now());
        self.shared.wake();
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.shared.course().resume(Instant::now());
        self.shared.wake();
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.shared.is_paused()
    }

    /// From now on this is not heard, or it is again. The sound track goes on, in silence if nothing else is heard.
    pub fn mute(&self, sound: Sound, on: bool) {
        self.shared.mutes(sound).set(on, Instant::now());
    }

    /// Whether it is not heard on purpose.
    pub fn is_muted(&self, sound: Sound) -> bool {
        self.shared.mutes(sound).is_on()
    }

    /// Paints over these areas of the desktop from the next picture on, instead of those before. They stay where they
    /// are on the desktop, whatever moves below them.
    pub fn mask(&self, masks: Vec<Area>) {
        *lock(&self.shared.masks) = Some(masks);
    }

    /// How long the clip is by now, without pauses.
    pub fn elapsed(&self) -> Duration {
        self.shared.course().reached(Instant::now()).as_duration()
    }

    /// Width and height of the picture.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Whether the clip has a sound track.
    pub fn has_sound(&self) -> bool {
        !self.sounds.is_empty()
    }

    /// Whether what the computer plays may be in it: it was to be heard, and could be when the recording began.
    pub fn has_system_sound(&self) -> bool {
        self.sounds.contains(&Sound::System)
    }

    /// Whether something failed, so that only [`Recorder::stop`] makes sense.
    pub fn has_failed(&self) -> bool {
        self.shared.failed.load(Ordering::Acquire)
    }

    /// Ends the recording and makes the file a whole clip. Also after a failure: then with what was kept.
    pub fn stop(mut self) -> Result<Outcome, RecordError> {
        let file = self.end()?;
        let path = file.path().to_owned();
        let poster = self.shared.poster().take().map(|picture| poster::png(&picture)).unwrap_or_default();
        let finished = file.finish()?;
        Ok(Outcome {
            path,
            duration: finished.duration,
            bytes: finished.bytes,
            width: self.size.0,
            height: self.size.1,
            sound: self.has_sound(),
            pictures: self.shared.pictures.load(Ordering::Relaxed),
            lost: self.shared.lost.load(Ordering::Relaxed),
            poster,
            strip: self.shared.strip().take(),
            notes: std::mem::take(&mut *self.shared.notes()),
        })
    }

    /// Ends the recording and removes every trace of it from this machine.
    pub fn discard(mut self) -> Result<(), RecordError> {
        self.end()?.discard()
    }

    fn end(&mut self) -> Result<ClipFile, RecordError> {
        self.shared.stop();
        let file = self.kept.recv_timeout(STOP).map_err(|gone| match gone {
            RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected => RecordError::Stuck,
        })?;
        // A thread that hangs in a driver is left behind; nothing of the clip waits for it.
        let deadline = Instant::now() + Duration::from_secs(1);
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && Instant::now() < deadline {
                thread::park_timeout(Duration::from_millis(1));
            }
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
        Ok(file)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

/// How to encode here. One core stays free: the person who records is on a call, and works.
fn settings(size: (u32, u32), fps: u32) -> VideoSettings {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    VideoSettings { threads: if cores > 2 { 2 } else { 1 }, ..VideoSettings::screen(size.0, size.1, fps) }
}

fn file_path(name: &str) -> std::path::PathBuf {
    std::path::PathBuf::from(format!("thread {name}"))
}

/// What the threads of a recording share.
pub struct Shared {
    listener: Listener,
    course: Mutex<Course>,
    word: (Mutex<u64>, Condvar),
    ended: Mutex<Option<Instant>>,
    stopping: AtomicBool,
    /// Whether something failed.
    pub failed: AtomicBool,
    fps: u32,
    slow: AtomicBool,
    mutes: [Mutex<Mutes>; 2],
    /// What is to be painted over, until the camera knows it.
    masks: Mutex<Option<Vec<Area>>>,
    /// Bytes of pictures on their way to the encoder.
    pub waiting: AtomicUsize,
    /// Microseconds of the clip up to which pictures were sent to the encoder, and up to which it encoded them.
    pub shown: AtomicU64,
    /// See `shown`.
    pub encoded: AtomicU64,
    /// Microseconds of the clip up to which its sound was encoded.
    pub sounded: AtomicU64,
    /// Pictures that were encoded.
    pub pictures: AtomicU64,
    /// Pictures that were lost.
    pub lost: AtomicU64,
    spent: Mutex<Spent>,
    poster: Mutex<Option<I420>>,
    strip: Mutex<Option<Strip>>,
    notes: Mutex<Vec<Note>>,
}

impl Shared {
    pub(super) fn new(fps: u32, listener: Listener) -> Shared {
        Shared {
            listener,
            course: Mutex::new(Course::new()),
            word: (Mutex::new(0), Condvar::new()),
            ended: Mutex::new(None),
            stopping: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            fps,
            slow: AtomicBool::new(false),
            mutes: Default::default(),
            masks: Mutex::default(),
            waiting: AtomicUsize::new(0),
            shown: AtomicU64::new(0),
            encoded: AtomicU64::new(0),
            sounded: AtomicU64::new(0),
            pictures: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            spent: Mutex::default(),
            poster: Mutex::new(None),
            strip: Mutex::new(None),
            notes: Mutex::new(Vec::new()),
        }
    }

    /// The course of the recording.
    pub fn course(&self) -> MutexGuard<'_, Course> {
        lock(&self.course)
    }

    /// What the pictures took so far.
    pub fn spent(&self) -> MutexGuard<'_, Spent> {
        lock(&self.spent)
    }

    /// The picture that becomes the poster.
    pub fn poster(&self) -> MutexGuard<'_, Option<I420>> {
        lock(&self.poster)
    }

    /// Small pictures along the time.
    pub fn strip(&self) -> MutexGuard<'_, Option<Strip>> {
        lock(&self.strip)
    }

    fn notes(&self) -> MutexGuard<'_, Vec<Note>> {
        lock(&self.notes)
    }

    /// Whether the threads should end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Whether nothing may be looked at.
    pub fn is_paused(&self) -> bool {
        self.course().is_paused()
    }

    /// When the recording was ended.
    pub fn ended(&self) -> Option<Instant> {
        *lock(&self.ended)
    }

    /// How long the clip is, once it was ended.
    pub fn end_time(&self) -> Time {
        let moment = self.ended().unwrap_or_else(Instant::now);
        self.course().reached(moment)
    }

    /// When a sound was muted.
    pub fn mutes(&self, sound: Sound) -> MutexGuard<'_, Mutes> {
        lock(&self.mutes[sound as usize])
    }

    /// What is to be painted over from now on, if that changed.
    pub fn new_masks(&self) -> Option<Vec<Area>> {
        lock(&self.masks).take()
    }

    /// Time from one look to the next.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(1) * self.ticks_per_look() / self.fps
    }

    /// How many pictures of the rate that was asked for come to one look.
    pub fn ticks_per_look(&self) -> u32 {
        if self.slow.load(Ordering::Relaxed) { 2 } else { 1 }
    }

    /// Halves the frame rate, or not; gives the rate that holds.
    pub fn set_slow(&self, slow: bool) -> u32 {
        self.slow.store(slow, Ordering::Relaxed);
        if slow { (self.fps / 2).max(1) } else { self.fps }
    }

    /// Waits until `until`, or until the recording is paused, resumed or stopped.
    pub fn wait_for_word(&self, until: Instant) {
        let said = lock(&self.word.0);
        let before = *said;
        if self.is_stopping() {
            return;
        }
        let patience = until.saturating_duration_since(Instant::now());
        drop(self.word.1.wait_timeout_while(said, patience, |said| *said == before));
    }

    /// Tells the listener.
    pub fn tell(&self, event: &Event) {
        (self.listener)(event);
    }

    /// Notes something and tells it.
    pub fn note(&self, note: Note) {
        self.notes().push(note.clone());
        self.tell(&Event::Note(note));
    }

    /// Something can't go on. Told once; the first failure is the one that matters.
    pub fn fail(&self, error: RecordError) {
        tracing::error!(%error, code = error.code(), "recording failed");
        if !self.failed.swap(true, Ordering::AcqRel) {
            self.tell(&Event::Failed(error));
        }
    }

    pub(super) fn stop(&self) {
        lock(&self.ended).get_or_insert_with(Instant::now);
        self.stopping.store(true, Ordering::Release);
        self.wake();
    }

    fn wake(&self) {
        *lock(&self.word.0) += 1;
        self.word.1.notify_all();
    }
}

/// A thread that panicked while it held one of these left nothing half done in it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}
