//! The app without windows: one profile, its client, its recorder, its pictures. A shell with windows (`src-tauri`)
//! calls it in one or two lines per command; a test calls it without any window.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use deskside_capture::Session;
use deskside_client::{Client, News, Options, Passing, SessionState, Trouble};
use deskside_protocol::{
    Code, Command, Entity, Mirror as _, Problem,
    feed::{Change, CommandResult},
    id::{AttachmentId, ClipId, RequestId},
    values::Urgency,
};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{
    area::{self, Area, Mic},
    ask::{self, AskFor},
    clips::{self, Begin, Clips},
    level::Level,
    loopback::Loopback,
    notices::{Notice, Watch},
    numbers::{self, Number},
    pages::{Gathered, Pages},
    picture,
    settings::Settings,
    shots::{Held, Shots},
    telephony::Telephone,
    ticket::{self, Guess, Looks},
    to_ui::{AppNews, Because, Capabilities, Capability, PictureAt, RecorderState, Shown, ToUi},
    whole_screen::{along, deny, exempt, on_desktop, with_note},
};

/// How long somebody at a command line waits for the server before they are told that it is kept.
pub(crate) const SOON: Duration = Duration::from_secs(5);
/// How long Deskside's own windows have to leave the screen before it is frozen.
const LEAVE: Duration = Duration::from_millis(400);
/// How long the clipboard's owner may take to say what is in it.
const CLIPBOARD: Duration = Duration::from_millis(300);
/// The page that picks an area.
const PICKER: &str = "picker";
/// The draft that holds the clip of the question being written; `ui/src/features/ask/kept.ts` reads it.
const CLIP_DRAFT: &str = "ask:clip";
/// The app itself writes a draft: all pages are told.
const NO_PAGE: &str = "";
/// Notices that a listener may lag behind.
const BEHIND: usize = 256;

/// An open profile with everything that works without a window.
pub struct App {
    /// Replica, outbox, uploads.
    pub client: Client,
    /// What this machine remembers.
    pub settings: Settings,
    /// The recorder.
    pub clips: Arc<Clips>,
    pub(crate) shots: Arc<Shots>,
    looks: Looks,
    loopback: Loopback,
    telephone: Arc<Telephone>,
    pages: Pages,
    /// The page that began the shot being marked.
    shot_for: Mutex<Option<String>>,
    /// The still that boxes are being drawn over.
    pub(crate) masks_over: Mutex<Option<u64>>,
    /// The request that an area is being picked for.
    pick_for: Mutex<Option<RequestId>>,
    level: Level,
    notices: broadcast::Sender<Notice>,
}

impl App {
    /// Opens a profile and begins to serve its pages. Clips that a crash left behind are finished and sent.
    pub async fn open(folder: PathBuf) -> Result<Arc<Self>, Trouble> {
        Self::open_as(Options::at(folder)).await
    }

    /// The same with another clock, or without the system's keychain.
    pub async fn open_as(options: Options) -> Result<Arc<Self>, Trouble> {
        let folder = options.folder.clone();
        let client = Client::open(options).await?;
        let shots = Arc::new(Shots::default());
        let clips = Arc::new(Clips::open(client.clone())?);
        let telephone = Telephone::open(client.clone(), &folder);
        let loopback =
            Loopback::start(client.clone(), clips.clone(), shots.clone(), telephone.clone()).await?;
        let app = Arc::new(Self {
            settings: Settings::open(&folder),
            clips,
            shots,
            looks: Looks::default(),
            loopback,
            telephone,
            pages: Pages::default(),
            shot_for: Mutex::default(),
            masks_over: Mutex::default(),
            pick_for: Mutex::default(),
            level: Level::default(),
            notices: broadcast::Sender::new(BEHIND),
            client,
        });
        tokio::spawn(crate::idle::watch(Arc::downgrade(&app)));
        let weak = Arc::downgrade(&app);
        let mut news = app.client.subscribe().await?;
        tokio::spawn(async move {
            let mut watch = Watch::default();
            while let Some(news) = news.next().await {
                let Some(app) = weak.upgrade() else { return };
                let notices = match news {
                    News::Session { state: SessionState::In { .. } } => {
                        if let Err(trouble) = app.clips.recover().await {
                            tracing::error!(%trouble, "clips of a crash wait for the next start");
                        }
                        #[cfg(target_os = "linux")]
                        if let Err(trouble) = crate::selftest::link::clear(&app.client).await {
                            tracing::error!(%trouble, "the clip of a self-test waits for the next start");
                        }
                        continue;
                    }
                    News::Session { state: SessionState::Out { .. } } => {
                        app.clips.look_at_held();
                        watch.over()
                    }
                    News::Snapshot { snapshot } => {
                        app.forget_gone(&snapshot.entities);
                        watch.begin(snapshot.me, &snapshot.entities)
                    }
                    News::Changes { items } => {
                        app.forget_gone(items.iter().filter_map(|item| match item {
                            Change::Put(entity) => Some(entity),
                            Change::Gone(_) => None,
                        }));
                        watch.changed(&items)
                    }
                    News::Passing { news: Passing::Presence { people } } => watch.present(&people),
                    _ => continue,
                };
                for notice in notices {
                    // Nobody may listen: a test, a start without windows.
                    let _ = app.notices.send(notice);
                }
            }
        });
        Ok(app)
    }

    /// Has the clips among `entities` forgotten that are gone. Beside the news, which must not wait for a countdown.
    fn forget_gone<'a>(&self, entities: impl IntoIterator<Item = &'a Entity>) {
        let clips = entities.into_iter().filter_map(|entity| match entity {
            Entity::Clip(clip) => Some(clip.clone()),
            _ => None,
        });
        let gone: Vec<_> = clips.filter(clips::is_gone).collect();
        if !gone.is_empty() {
            let clips = self.clips.clone();
            tokio::spawn(async move { clips.forget_gone(&gone).await });
        }
    }

    /// What a person should be told, from now on.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// Tells a page everything, in order, until `tell` says that it is gone or the same page attaches anew.
    pub fn attach(self: &Arc<Self>, page: &str, tell: impl Fn(&ToUi) -> bool + Send + Sync + 'static) {
        let mut own = self.pages.open(page);
        let app = self.clone();
        tokio::spawn(async move {
            let mut recorder = app.clips.state();
            let mut held = app.clips.held();
            let first = [
                AppNews::Media { base: app.loopback.base().to_owned() },
                AppNews::Server { address: app.client.address() },
                AppNews::Capabilities { capabilities: app.capabilities().await },
                AppNews::Recorder { state: recorder.borrow_and_update().clone() },
                AppNews::Held { clips: held.borrow_and_update().clone() },
            ];
            if !first.into_iter().all(|news| tell(&news.into())) {
                return;
            }
            loop {
                let Ok(mut client) = app.client.subscribe().await else { return };
                let drafts = std::mem::take(&mut client.drafts);
                if !tell(&AppNews::Drafts { drafts }.into()) {
                    return;
                }
                let mut changes = Gathered::default();
                loop {
                    let news: ToUi = tokio::select! {
                        // In this order, so that a page knows where media is before it hears of any.
                        biased;
                        news = own.recv() => match news {
                            Some(news) => news,
                            None => return,
                        },
                        () = tokio::time::sleep_until(changes.due()), if !changes.is_empty() => {
                            ToUi::Client(News::Changes { items: changes.take() })
                        }
                        news = client.next() => match news {
                            Some(News::Changes { items }) => {
                                changes.add(items);
                                continue;
                            }
                            Some(news) => {
                                while !changes.is_empty() {
                                    if !tell(&ToUi::Client(News::Changes { items: changes.take() })) {
                                        return;
                                    }
                                }
                                ToUi::Client(news)
                            }
                            // Too far behind: from a snapshot on.
                            None => break,
                        },
                        Ok(()) = recorder.changed() => {
                            AppNews::Recorder { state: recorder.borrow_and_update().clone() }.into()
                        }
                        Ok(()) = held.changed() => {
                            AppNews::Held { clips: held.borrow_and_update().clone() }.into()
                        }
                    };
                    let signed_in =
                        matches!(&news, ToUi::Client(News::Session { state: SessionState::In { .. } }));
                    if !tell(&news) {
                        return;
                    }
                    if signed_in {
                        let drafts = app.client.drafts().await.unwrap_or_default();
                        let capabilities = app.capabilities().await;
                        let address = app.client.address();
                        let news = [
                            AppNews::Server { address },
                            AppNews::Drafts { drafts },
                            AppNews::Capabilities { capabilities },
                        ];
                        if !news.into_iter().all(|news| tell(&news.into())) {
                            return;
                        }
                    }
                }
            }
        });
    }

    /// Tells one page something; answers whether it is open.
    pub fn tell(&self, page: &str, news: AppNews) -> bool {
        self.pages.tell(page, news)
    }

    /// Tells one page something that it must not miss: one that is still loading hears it once it attaches.
    pub fn tell_surely(&self, page: &str, news: AppNews) {
        self.pages.tell_surely(page, news);
    }

    async fn capabilities(&self) -> Capabilities {
        let screen = tokio::task::spawn_blocking(deskside_capture::check).await.is_ok_and(|can| can.is_ok());
        let wayland = Session::here() == Session::Wayland;
        Capabilities {
            record_screen: Capability::when(screen, Because::NoDisplayAccess),
            take_shot: Capability::when(screen, Because::NoDisplayAccess),
            hotkey: Capability::when(!wayland, Because::NoDisplayAccess),
            notify: Capability::YES,
            open_apps: Capability::YES,
            keep_secrets: Capability::when(self.client.keychain_holds(), Because::NotInstalled),
            find_numbers: Capability::when(numbers::is_possible(), Because::NotInstalled),
        }
    }

    /// Keeps a draft and tells the other pages.
    pub async fn put_draft(&self, page: &str, key: String, value: String) -> Result<(), Trouble> {
        self.pages.tell_others(page, || AppNews::Draft { key: key.clone(), value: value.clone() });
        self.client.put_draft(key, value).await
    }

    /// Keeps a command and waits for the server's decision.
    pub async fn send(&self, command_id: Uuid, command: Command) -> Result<CommandResult, Problem> {
        if let Command::Ask(ask) = &command {
            let (desk, urgency) = (ask.desk, ask.urgency);
            self.settings
                .change(|values| (values.last_desk, values.last_urgency) = (Some(desk), Some(urgency)));
        }
        let ticket = self.client.keep(command_id, command).await.map_err(|trouble| trouble.problem())?;
        ticket.decided().await
    }

    /// Keeps a file and sends it under the id that its message has named. Pictures must come from a shot or [`clean`].
    ///
    /// [`clean`]: Self::clean
    pub async fn upload(&self, id: AttachmentId, mime: &str, bytes: Vec<u8>) -> Result<(), Trouble> {
        if mime.starts_with("image/") && !(mime == "image/png" && picture::is_clean(&bytes)) {
            return Err(Trouble::refused(Code::MediaType, "pictures are written anew before they leave"));
        }
        self.client.upload_bytes(id.0, mime, bytes).await
    }

    /// The same pixels as a PNG with nothing else in it.
    pub async fn clean(&self, bytes: Vec<u8>) -> Result<Vec<u8>, Trouble> {
        let cleaned = tokio::task::spawn_blocking(move || picture::clean(&bytes)).await;
        Ok(cleaned.map_err(anyhow::Error::from)??.png)
    }

    /// Ends the session, and a recording before that, while its person can still say so.
    pub async fn sign_out(&self) -> Result<(), Trouble> {
        self.clips.give_up_count();
        if let Err(trouble) = self.stop_recording().await {
            tracing::error!(%trouble, "the clip lies here until its person signs in again");
        }
        self.client.sign_out().await
    }

    /// What the overlay begins with: the words and choices that came along or were last. Nothing here waits for a
    /// disk or another program: the caret comes first.
    pub fn question(&self, text: Option<String>) -> Shown {
        let last = self.settings.get();
        // "Customer waiting" is never assumed of somebody who last asked something else, unless one is on the telephone.
        let last_urgency = last.last_urgency.filter(|urgency| *urgency != Urgency::Whenever);
        let urgency = if self.telephone.is_on_call() { Some(Urgency::Live) } else { last_urgency };
        Shown::Ask { text: text.unwrap_or_default(), urgency, desk: last.last_desk }
    }

    /// The ticket somebody is on. `title`: that of the window somebody was in; `address`: of a ticket that was named.
    pub async fn ticket(&self, title: Option<String>, address: Option<String>) -> Option<Guess> {
        let org = ask::org(&self.client).await.ok().flatten();
        let patterns = org.map(|org| org.ticket_patterns.into_domain()).unwrap_or_default();
        if let Some(ticket) = address.and_then(|address| ticket::of_address(&address, &patterns)) {
            return Some(Guess { ticket, guessed: false });
        }
        if let Some(ticket) = self.telephone.ticket(&patterns) {
            return Some(Guess { ticket, guessed: false });
        }
        // The clipboard's owner may be slow or gone.
        let clipboard = tokio::task::spawn_blocking(ticket::clipboard);
        let clipboard = tokio::time::timeout(CLIPBOARD, clipboard).await;
        let clipboard = clipboard.ok().and_then(Result::ok).flatten();
        self.looks.guess(title.as_deref(), clipboard.as_deref(), &patterns)
    }

    /// Asks without the overlay; answers one line for whoever asked.
    pub async fn ask(&self, what: AskFor) -> Result<String, Trouble> {
        let (picture, note) = along(&self.client, what.shot).await?;
        let asked = ask::ask(&self.client, &self.settings, &what, picture).await?;
        let address = self.client.address().unwrap_or_default();
        Ok(with_note(told(asked, &address).await?, note))
    }

    /// Freezes the screen for `page`, once Deskside's own windows have left it.
    pub async fn freeze(&self, page: &str) -> Result<PictureAt, Trouble> {
        let deny = deny(&self.client).await;
        let shots = self.shots.clone();
        let held = on_desktop(move |desktop| {
            let deadline = Instant::now() + LEAVE;
            let own = Some(std::process::id());
            while desktop.windows().map_err(area::no_screen)?.iter().any(|window| window.pid == own)
                && Instant::now() < deadline
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            shots.freeze(desktop, &deny)
        })
        .await?;
        *self.shot_for.lock().unwrap_or_else(PoisonError::into_inner) = Some(page.to_owned());
        Ok(self.at(&held))
    }

    /// The frozen screen, if there is one.
    pub fn frozen(&self) -> Result<PictureAt, Trouble> {
        let held = self.shots.frozen();
        held.map(|held| self.at(&held))
            .ok_or_else(|| Trouble::refused(Code::WrongState, "no screen is frozen"))
    }

    /// Looks for numbers in the frozen screen; `tell` hears of them as they are found. Refused as `unavailable` if it
    /// could not be looked at to its end: it was wiped meanwhile, for one, or somebody looks anew.
    pub async fn look_at_frozen(
        &self,
        tell: impl Fn(Vec<Number>) + Send + 'static,
    ) -> Result<Vec<Number>, Trouble> {
        let frozen = self.shots.to_look_at();
        let (png, is_wanted) =
            frozen.ok_or_else(|| Trouble::refused(Code::WrongState, "no screen is frozen"))?;
        numbers::look(decoded(png).await?, exempt(&self.client).await, is_wanted, tell).await
    }

    /// Looks for numbers in a picture, as [`Self::clean`] gives it.
    pub async fn look(&self, picture: Vec<u8>) -> Result<Vec<Number>, Trouble> {
        numbers::look(decoded(picture).await?, exempt(&self.client).await, || true, |_| {}).await
    }

    /// The marked picture is ready: tells the page that began. Answers which one that was.
    pub async fn shot_done(&self, picture: Vec<u8>) -> Result<Option<String>, Trouble> {
        let shots = self.shots.clone();
        let held = tokio::task::spawn_blocking(move || shots.done(&picture))
            .await
            .map_err(anyhow::Error::from)??;
        let page = self.shot_for.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(page) = &page {
            self.tell(page, AppNews::Picture { picture: self.at(&held) });
        }
        Ok(page)
    }

    /// Given up: nothing of the frozen screen is left. Answers which page had begun.
    pub fn shot_cancel(&self) -> Option<String> {
        self.shots.cancel();
        self.shot_for.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn at(&self, held: &Held) -> PictureAt {
        PictureAt {
            address: format!("{}/{}", self.loopback.base(), held.path),
            width: held.width,
            height: held.height,
            bytes: held.bytes,
        }
    }

    /// What can be recorded.
    pub async fn areas(&self) -> Result<Vec<Area>, Trouble> {
        on_desktop(area::areas).await
    }

    /// The still behind the picker, where windows can't be see-through.
    pub fn backdrop(&self) -> Option<String> {
        self.shots.frozen().map(|held| self.at(&held).address)
    }

    /// The microphones.
    pub async fn mics(&self) -> Vec<Mic> {
        tokio::task::spawn_blocking(area::mics).await.unwrap_or_default()
    }

    /// An area is being picked, for a request or a draft.
    pub async fn pick(&self, request: Option<RequestId>) {
        *self.pick_for.lock().unwrap_or_else(PoisonError::into_inner) = request;
        // Without a backdrop one still picks from the list. Where the desktop asks, a still would be one question more.
        if !Session::here().asks()
            && let Err(trouble) = self.freeze(PICKER).await
        {
            tracing::warn!(%trouble, "no backdrop");
        }
        self.clips.picking(true);
    }

    /// Whether what the computer plays may be recorded for what is being picked for; and if so, what for, in the words of
    /// the admin who allowed it.
    pub async fn system_sound(&self) -> Result<Option<String>, Trouble> {
        let request = *self.pick_for.lock().unwrap_or_else(PoisonError::into_inner);
        clips::system_sound_reason(&self.client, request).await
    }

    /// No area is picked after all.
    pub fn cancel_pick(&self) {
        self.shots.cancel();
        self.clips.picking(false);
    }

    /// Tells how loud a microphone is, ten times a second from 0 to 1, until [`Self::stop_listening`] or until `tell`
    /// says that nobody is there.
    pub fn listen(&self, mic: String, tell: impl Fn(f32) -> bool + Send + 'static) {
        self.level.listen(mic, tell);
    }

    /// Nobody looks at the level any more.
    pub fn stop_listening(&self) {
        self.level.stop();
    }

    /// Counts down and records. A clip that is for no request belongs to the question being written: its id is that
    /// question's draft, so that it is found again after a crash too.
    pub async fn record(
        &self,
        area: Area,
        mic: Option<String>,
        system_sound: bool,
        request: Option<RequestId>,
    ) -> Result<(), Trouble> {
        self.shots.cancel();
        let picked_for = self.pick_for.lock().unwrap_or_else(PoisonError::into_inner).take();
        let request = request.or(picked_for);
        let remembered = area.clone();
        self.settings.change(|values| values.last_area = Some(remembered));
        let deny = deny(&self.client).await;
        clips::may_be_uncovered(&self.client).await?;
        let hold = clips::is_demanded(&self.client, request).await?;
        let clip =
            self.clips.begin(Begin { area, mic, system_sound, request, deny, count: true, hold }).await?;
        if request.is_none() {
            self.put_draft(NO_PAGE, CLIP_DRAFT.to_owned(), clip.to_string()).await?;
        }
        Ok(())
    }

    /// Ends the recording. One that came to nothing is no longer part of the question it was for.
    pub async fn stop_recording(&self) -> Result<(), Trouble> {
        match self.clips.stop().await? {
            Some(_) => Ok(()),
            None => self.put_draft(NO_PAGE, CLIP_DRAFT.to_owned(), String::new()).await,
        }
    }

    /// Throws the recording away, or gives up a countdown.
    pub async fn discard_recording(&self) -> Result<(), Trouble> {
        if let Some(clip) = self.clips.discard().await?
            && self.is_for_question(clip).await
        {
            self.put_draft(NO_PAGE, CLIP_DRAFT.to_owned(), String::new()).await?;
        }
        Ok(())
    }

    /// Throws away a clip that waits here to be watched.
    pub async fn discard_held(&self, clip: ClipId) -> Result<(), Trouble> {
        self.clips.discard_held(clip).await?;
        if self.is_for_question(clip).await {
            self.put_draft(NO_PAGE, CLIP_DRAFT.to_owned(), String::new()).await?;
        }
        Ok(())
    }

    /// Where a clip that was stopped just now is watched before it is sent, if it has to be and it is for a thread.
    pub fn review_of(&self, clip: ClipId) -> Option<String> {
        let held = self.clips.held().borrow().iter().find(|held| held.clip == clip).cloned();
        held.and_then(|held| held.request).map(|request| format!("/r/{request}"))
    }

    /// Whether the clip was recorded for the question that is being written.
    pub async fn is_for_question(&self, clip: ClipId) -> bool {
        let drafts = self.client.drafts().await.unwrap_or_default();
        drafts.get(CLIP_DRAFT).is_some_and(|kept| *kept == clip.to_string())
    }

    /// What `deskside selftest --link` asks of the app that has the profile: where a test's clip would go or, to `send` it,
    /// how long it took. Its picture is the test card alone, and the bar says nothing of it.
    pub async fn test_link(&self, send: bool) -> Result<String, Trouble> {
        if !matches!(*self.clips.state().borrow(), RecorderState::Idle | RecorderState::Failed { .. }) {
            return Err(Trouble::refused(Code::WrongState, "Deskside records something else right now"));
        }
        #[cfg(target_os = "linux")]
        return crate::selftest::link::asked(&self.client, send).await;
        #[cfg(not(target_os = "linux"))]
        Err(Trouble::refused(Code::Unavailable, format!("there is no self-test here to send for ({send})")))
    }

    /// A request with its thread: from the server, or as far as the replica has it.
    pub async fn read(&self, request: RequestId) -> Result<Vec<Entity>, Trouble> {
        self.client.read(request).await
    }
}

async fn decoded(picture: Vec<u8>) -> Result<image::RgbImage, Trouble> {
    let decoded = tokio::task::spawn_blocking(move || picture::decoded(&picture));
    decoded.await.map_err(anyhow::Error::from)?
}

/// One line on what became of a question.
pub async fn told(asked: ask::Asked, address: &str) -> Result<String, Trouble> {
    let link = format!("{address}r/{}", asked.request);
    match tokio::time::timeout(SOON, asked.kept.decided()).await {
        Ok(Ok(_)) => Ok(format!("Asked {}: {link}", asked.desk)),
        Ok(Err(problem)) => Err(problem.into()),
        Err(_) => {
            Ok(format!("Kept here, not sent yet; it goes to {} when the server can be reached.", asked.desk))
        }
    }
}

/// The title of the window that has the keyboard. Call before the overlay takes it.
pub async fn title_of_active_window() -> Option<String> {
    let window = on_desktop(|desktop| desktop.active_window().map_err(area::no_screen)).await;
    window.ok().flatten().map(|window| window.title)
}
