//! How long after Stop a clip can be opened by its address: a few seconds go the way of every clip, uploaded while they
//! are recorded, stopped, and asked for as a player asks; then they are thrown away.
//!
//! Only the test card's window is recorded, without pointer and sound, and what lies above it is painted over: nothing of
//! the desktop leaves. Where no window can be named (Wayland) nothing is sent. The files lie in the profile, on the disk
//! of real clips, and a journal beside them: should this program be killed, [`clear`] finds there what has to be removed
//! from the server. No still is sent along: nobody waits for one.

use std::{
    path::Path,
    sync::atomic::AtomicU64,
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderValue, header};
use deskside_capture::{Session, Target, x11::TestCard};
use deskside_client::{Client, Options, Trouble};
use deskside_frame::Track;
use deskside_protocol::{
    Code, Command, Entity, EntityRef,
    command::{DiscardClip, StartClip, StopClip},
    id::ClipId,
};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{
    sync::{Mutex, MutexGuard},
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{FPS, STOPS, show};
use crate::{
    clips::{MIME, is_gone},
    instance::{Errand, Instance, PATIENCE, hand_over},
    record::{Event, Outcome, Plan, RecordError, Recorder, Shelf},
};

/// How long the card is recorded.
pub const LENGTH: Duration = Duration::from_secs(3);
/// How long the server may take for one answer.
const REACH: Duration = Duration::from_secs(2);
/// A clip that can't be opened for so long after Stop is not waited for any longer.
pub const LATE: Duration = Duration::from_secs(8);
/// How long removing may take.
const REMOVE: Duration = Duration::from_secs(5);
/// What opening the screen and stopping may take besides.
const BESIDES: Duration = Duration::from_secs(5);
/// A running app does all of it while somebody waits for its answer.
const _: () = assert!(
    REACH.as_secs() * 4 + LENGTH.as_secs() + LATE.as_secs() + REMOVE.as_secs() + BESIDES.as_secs()
        <= PATIENCE.as_secs()
);
/// Between two tries to open it.
const AGAIN: Duration = Duration::from_millis(10);
/// What a player asks for at first.
const FIRST: HeaderValue = HeaderValue::from_static("bytes=0-262143");
/// The clips of tests, in the profile.
const FOLDER: &str = "selftest";

/// One test at a time, and no clearing up meanwhile: somebody may sign in to the running app at any moment.
static ONE: Mutex<()> = Mutex::const_new(());

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// From the word to stop until it could be opened, in milliseconds; `None`: not within [`LATE`].
    pub ms: Option<f64>,
    /// Whether nothing of it is left at the server. If not, the app removes it when it next can.
    pub removed: bool,
}

impl Linked {
    /// What of it is not as it should be, in sentences.
    pub(super) fn troubles(&self) -> Vec<String> {
        let slow = match self.ms {
            Some(ms) if ms > STOPS => {
                Some(format!("it took {ms:.0} ms after Stop until the clip could be opened at the server"))
            }
            Some(_) => None,
            None => {
                Some(format!("{} s after Stop the clip could not be opened at the server", LATE.as_secs()))
            }
        };
        let later = "the test clip is still at the server; Deskside removes it when it next reaches it";
        slow.into_iter().chain((!self.removed).then(|| later.to_owned())).collect()
    }
}

/// Where the clip of a test would go: the address of the server at which this profile is signed in. Nothing is sent.
pub fn server(profile: &Path) -> Result<String, Trouble> {
    through(profile, false)
}

/// Records, sends and removes it: as this profile's only program, or by the app that runs.
pub fn stop_to_link(profile: &Path) -> Result<Linked, Trouble> {
    Ok(serde_json::from_str(&through(profile, true)?).map_err(anyhow::Error::from)?)
}

fn through(profile: &Path, send: bool) -> Result<String, Trouble> {
    possible()?;
    // A profile that nobody ever used is not made for this.
    if !profile.join("profile.db").exists() {
        return Err(nobody());
    }
    match Instance::take(profile)? {
        None => hand_over(profile, &Errand::TestLink { send }),
        Some(_lock) => {
            let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
            runtime.block_on(async { asked(&Client::open(Options::at(profile)).await?, send).await })
        }
    }
}

/// What the program that has the profile does for a test: says its server's address, or measures.
pub(crate) async fn asked(client: &Client, send: bool) -> Result<String, Trouble> {
    possible()?;
    client.person().ok_or_else(nobody)?;
    if !send {
        return Ok(client.address().unwrap_or_default());
    }
    let sent = Sent::send(client).await?;
    let linked = Linked { ms: sent.ms, removed: sent.remove().await };
    Ok(serde_json::to_string(&linked).map_err(anyhow::Error::from)?)
}

fn possible() -> Result<(), Trouble> {
    match Session::here() {
        Session::X11 => Ok(()),
        _ => Err(Trouble::refused(
            Code::Unavailable,
            "on a Wayland desktop the test card can't be recorded alone, and nothing else is sent",
        )),
    }
}

fn nobody() -> Trouble {
    Trouble::refused(Code::SignInNeeded, "nobody is signed in here")
}

/// What is recorded: the card and nothing else, whatever lies above it.
pub fn plan(card: &TestCard) -> Plan {
    Plan { cursor: false, rings: false, fps: FPS, ..Plan::of(Target::Window(card.window())) }
}

/// A test's clip at the server. [`Sent::remove`] it.
pub struct Sent {
    client: Client,
    shelf: Shelf,
    announced: bool,
    _one: MutexGuard<'static, ()>,
    /// Its id.
    pub clip: ClipId,
    /// From the word to stop until it could be opened, in milliseconds; `None`: not within [`LATE`].
    pub ms: Option<f64>,
}

impl Sent {
    /// Records the test card and sends it. When this returns the clip can be opened, if `ms` says so.
    pub async fn send(client: &Client) -> Result<Self, Trouble> {
        match timeout(REACH, client.sessions()).await {
            Ok(answer) => drop(answer?),
            Err(_) => return Err(Trouble::Unreachable(format!("no answer within {} s", REACH.as_secs()))),
        }
        let busy = |_| Trouble::refused(Code::WrongState, "another self-test runs right now");
        let one = timeout(REACH, ONE.lock()).await.map_err(busy)?;
        clear_up(client).await?;
        let shelf = Shelf::open(client.folder().join(FOLDER)).map_err(anyhow::Error::from)?;
        let (client, clip) = (client.clone(), ClipId::fresh());
        let mut sent = Self { client, shelf, announced: false, _one: one, clip, ms: None };
        match sent.go().await {
            Ok(()) => Ok(sent),
            Err(trouble) => {
                sent.remove().await;
                Err(trouble)
            }
        }
    }

    async fn go(&mut self) -> Result<(), Trouble> {
        let (id, clip) = (self.clip.0, self.clip);
        let path = self.shelf.clip(id);
        let head = path.with_extension("prefix");
        let growing = self.client.upload_growing(id, MIME, path, Some(head)).await?;
        let committed = growing.reporter();
        let (shelf, started_at) = (self.shelf.clone(), self.client.server_now().0);
        let (card, recorder) = blocking(move || {
            let card = TestCard::open(None)?;
            let file = shelf.begin(id, u64::try_from(started_at).unwrap_or_default(), Value::Null)?;
            let recorder = Recorder::start(&plan(&card), file, move |event| {
                if let Event::Kept { bytes, .. } = event {
                    committed.send_replace(*bytes);
                }
            })?;
            Ok((card, recorder))
        })
        .await?;
        let (width, height) = recorder.size();
        let start = StartClip {
            clip,
            request: None,
            width,
            height,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        };
        let begun = self.client.keep(Uuid::now_v7(), start.into()).await?;
        self.announced = true;
        let (card, recorder) = blocking(move || {
            show(&card, None, Instant::now(), LENGTH, &AtomicU64::new(0))?;
            Ok((card, recorder))
        })
        .await?;
        match timeout(REACH, begun.decided()).await {
            Ok(decided) => drop(decided?),
            Err(_) => return Err(Trouble::Unreachable("the clip was not taken in time".to_owned())),
        }
        let stopping = Instant::now();
        let outcome = blocking(move || recorder.stop()).await?;
        self.client.keep(Uuid::now_v7(), StopClip { clip, note: None }.into()).await?;
        growing.finished(outcome.bytes).await?;
        if let Ok(opened) = timeout(LATE.saturating_sub(stopping.elapsed()), self.opened()).await {
            opened?;
            self.ms = Some(stopping.elapsed().as_secs_f64() * 1e3);
            self.is_whole(&outcome).await?;
        }
        drop(card);
        Ok(())
    }

    /// Returns when a player that asks for the clip's address is given the beginning of a clip that is whole.
    async fn opened(&self) -> Result<(), Trouble> {
        loop {
            match self.client.media(&self.address(), &[(header::RANGE, FIRST)]).await {
                Ok(media) if has_an_end(&media.headers) => {
                    let read = media.into_stream().try_for_each(|_| async { Ok(()) }).await;
                    if read.is_ok() {
                        return Ok(());
                    }
                }
                // It still grows; or a connection was cut, and a player asks again.
                Ok(_) | Err(Trouble::Unreachable(_) | Trouble::Unconnected(_)) => {}
                Err(trouble) => return Err(trouble),
            }
            sleep(AGAIN).await;
        }
    }

    /// What was opened is what was recorded, to the last picture.
    async fn is_whole(&self, outcome: &Outcome) -> Result<(), Trouble> {
        let whole = async {
            let media = self.client.media(&self.address(), &[]).await?;
            let bytes = media.into_stream().try_fold(Vec::new(), |mut bytes, piece| async move {
                bytes.extend_from_slice(&piece);
                Ok(bytes)
            });
            Ok::<_, Trouble>(bytes.await.map_err(anyhow::Error::from)?)
        };
        let late = |_| Trouble::Unreachable("the clip can be opened and does not come".to_owned());
        let bytes = timeout(REACH, whole).await.map_err(late)??;
        let reader = deskside_clip::Reader::open(&bytes[..]).map_err(anyhow::Error::from)?;
        let pictures = reader.filter(|frame| frame.as_ref().is_ok_and(|frame| frame.track == Track::Video));
        let (found, wanted) = (pictures.count() as u64, outcome.pictures);
        if found != wanted {
            return Err(anyhow::anyhow!("{wanted} pictures were recorded and {found} can be opened").into());
        }
        Ok(())
    }

    fn address(&self) -> String {
        format!("/media/clip/{}", self.clip)
    }

    /// Throws it away, here and at the server. Whether nothing is left of it; if that can't be said now, it is said when
    /// somebody is next signed in.
    pub async fn remove(self) -> bool {
        let gone = !self.announced || timeout(REMOVE, self.thrown_away()).await.is_ok_and(|gone| gone);
        let forgotten = self.client.forget_upload(self.clip.0).await;
        if gone && forgotten.is_ok() {
            let _ = self.shelf.forget(self.clip.0);
            // Only when nothing else lies in it.
            let _ = std::fs::remove_dir(self.client.folder().join(FOLDER));
        }
        gone
    }

    async fn thrown_away(&self) -> bool {
        let said = self.client.keep(Uuid::now_v7(), DiscardClip { clip: self.clip }.into()).await;
        let Ok(said) = said else { return false };
        let refused = said.decided().await.is_err();
        let asked = self.client.media(&self.address(), &[(header::RANGE, FIRST)]).await;
        !refused && asked.is_err_and(|trouble| trouble.code() == Some(Code::Unknown))
    }
}

/// Removes from the server what a test left there that was killed. Call when somebody is signed in.
pub(crate) async fn clear(client: &Client) -> Result<(), Trouble> {
    match ONE.try_lock() {
        Ok(_one) => clear_up(client).await,
        // A test that runs has done so before.
        Err(_) => Ok(()),
    }
}

async fn clear_up(client: &Client) -> Result<(), Trouble> {
    let folder = client.folder().join(FOLDER);
    if !folder.exists() {
        return Ok(());
    }
    let shelf = Shelf::open(&folder).map_err(anyhow::Error::from)?;
    let waiting = client.waiting().await?;
    for journal in shelf.list().map_err(anyhow::Error::from)? {
        let clip = ClipId(journal.id);
        client.forget_upload(clip.0).await?;
        let is_said = waiting
            .iter()
            .any(|line| matches!(&line.command, Command::DiscardClip(said) if said.clip == clip));
        let begins = waiting
            .iter()
            .any(|line| matches!(&line.command, Command::StartClip(start) if start.clip == clip));
        match client.entity(EntityRef::Clip(clip)).await? {
            _ if is_said => {}
            Some(Entity::Clip(row)) if is_gone(&row) => {}
            None if !begins => {
                // Not in the replica yet, or somebody else's: said at another start.
                continue;
            }
            _ => drop(client.keep(Uuid::now_v7(), DiscardClip { clip }.into()).await?),
        }
        shelf.forget(clip.0).map_err(anyhow::Error::from)?;
    }
    let _ = std::fs::remove_dir(&folder);
    Ok(())
}

/// Whether an answer says how long the clip is: one that still grows has no end.
fn has_an_end(headers: &HeaderMap) -> bool {
    let range = headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.and_then(|range| range.rsplit_once('/')).is_some_and(|(_, total)| total.parse::<u64>().is_ok())
}

/// Runs what waits for the screen or the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RecordError> + Send + 'static,
) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    Ok(done.map_err(anyhow::Error::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_slow_or_stays_is_a_trouble() {
        let told = |ms, removed| Linked { ms, removed }.troubles();
        assert!(told(Some(500.0), true).is_empty());
        let slow = told(Some(501.4), true);
        assert!(slow.len() == 1 && slow[0].contains("501 ms after Stop"), "{slow:?}");
        let late = told(None, true);
        assert!(late.len() == 1 && late[0].starts_with("8 s after Stop"), "{late:?}");
        let stays = told(Some(80.0), false);
        assert!(stays.len() == 1 && stays[0].contains("still at the server"), "{stays:?}");
    }

    #[test]
    fn a_clip_that_still_grows_has_no_end() {
        let has_end = |range: Option<&'static str>| {
            let range = range.map(|range| (header::CONTENT_RANGE, HeaderValue::from_static(range)));
            has_an_end(&range.into_iter().collect())
        };
        assert!(has_end(Some("bytes 0-99/100")));
        assert!(!has_end(Some("bytes 0-99/*")) && !has_end(None));
    }
}
