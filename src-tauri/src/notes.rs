//! Notes of the system. A click shows what the note is about; one about a waiting customer stays until somebody took it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use deskside_app::{bell::Bell, notices::Notice, to_ui::Shown};
use deskside_protocol::{
    care::Owed,
    id::{DeskId, MessageId, RequestId},
};
use notify_rust::{Notification, Timeout};
use tauri::AppHandle;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{tray, windows};

/// Questions that come within this time make one sound.
const BURST: Duration = Duration::from_secs(4);

/// What a note is about: who waits there, what this person owes, a desk at which nobody is, or which words name them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum About {
    Asked(RequestId),
    Owed(RequestId, Owed),
    Desk(DeskId),
    Mentioned(RequestId, MessageId),
}

/// The notes that stay, by their number at the system once it has given one.
type Standing = Arc<Mutex<HashMap<About, Option<u32>>>>;

/// Tells what the app wants told, until it ends.
pub async fn run(app: AppHandle, mut notices: Receiver<Notice>) {
    let standing = Standing::default();
    let mut sounded: Option<Instant> = None;
    let mut bell = Bell::default();
    loop {
        let notice = match notices.recv().await {
            Ok(notice) => notice,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        match notice {
            Notice::Asked { request, asker, text, live, sound } => {
                let title =
                    if live { format!("{asker}: a customer is waiting") } else { format!("{asker} asks") };
                let sound = sound && may_sound(&mut sounded);
                let about = About::Asked(request);
                let note = Note { about, title, text, stays: live, sound };
                show(app.clone(), standing.clone(), note);
            }
            Notice::Over { request } => take_back(&standing, About::Asked(request)),
            Notice::Owed { request, of, asker, text, stays, sound } => {
                let title = match of {
                    Owed::Callback => format!("The call to {asker} is late"),
                    Owed::Update => format!("{asker} waits for a word that is late"),
                    Owed::FollowUp => format!("{asker} was not helped: please call"),
                    Owed::LateFollowUp => format!("{asker} was not helped, and the call is late"),
                };
                let sound = sound && may_sound(&mut sounded);
                let note = Note { about: About::Owed(request, of), title, text, stays, sound };
                show(app.clone(), standing.clone(), note);
            }
            Notice::Kept { request, of } => take_back(&standing, About::Owed(request, of)),
            Notice::Unblocked { request, text } => {
                let title = "What this waited for is over".to_owned();
                let note = Note { about: About::Asked(request), title, text, stays: false, sound: false };
                show(app.clone(), standing.clone(), note);
            }
            Notice::Unwatched { desk, name } => {
                let title = format!("Nobody on duty is at {name}");
                let text = "Open it to see who can be reached, and who is on duty next.".to_owned();
                let note = Note { about: About::Desk(desk), title, text, stays: true, sound: false };
                show(app.clone(), standing.clone(), note);
            }
            Notice::Watched { desk } => take_back(&standing, About::Desk(desk)),
            Notice::Mentioned { request, message, author, text } => {
                let title = format!("{author} mentions you");
                let about = About::Mentioned(request, message);
                let note = Note { about, title, text, stays: false, sound: false };
                show(app.clone(), standing.clone(), note);
            }
            Notice::Answered { message } => windows::show_answer(&app, Shown::Answer { message }),
            Notice::ClipWanted { request, by } => windows::show_answer(&app, Shown::Clip { request, by }),
            Notice::Rings { .. } => {
                if let Err(error) = windows::show_ring(&app) {
                    tracing::error!(%error, "the ring could not be shown");
                }
            }
            Notice::RingOver => windows::close(&app, windows::RING),
            Notice::Bell { rings } => bell.ring(rings),
            Notice::Waiting { count } => {
                if let Err(error) = tray::mark(&app, count > 0) {
                    tracing::debug!(%error, "no tray");
                }
            }
        }
    }
}

/// One sound for a burst.
fn may_sound(sounded: &mut Option<Instant>) -> bool {
    let may = sounded.is_none_or(|last| last.elapsed() > BURST);
    if may {
        *sounded = Some(Instant::now());
    }
    may
}

fn take_back(standing: &Standing, about: About) {
    let number = standing.lock().unwrap_or_else(PoisonError::into_inner).remove(&about);
    if let Some(Some(number)) = number {
        std::thread::spawn(move || system::take_back(number));
    }
}

impl About {
    /// Where a click leads.
    fn path(self) -> String {
        match self {
            Self::Asked(request) | Self::Owed(request, _) | Self::Mentioned(request, _) => {
                format!("/r/{request}")
            }
            Self::Desk(desk) => format!("/board/{desk}"),
        }
    }
}

struct Note {
    about: About,
    title: String,
    text: String,
    stays: bool,
    sound: bool,
}

/// Shows one on a thread of its own: it waits there for the click.
fn show(app: AppHandle, standing: Standing, note: Note) {
    if note.stays {
        standing.lock().unwrap_or_else(PoisonError::into_inner).insert(note.about, None);
    }
    std::thread::spawn(move || {
        let text: String = note.text.chars().take(140).collect();
        let mut shown = Notification::new();
        let timeout = if note.stays { Timeout::Never } else { Timeout::Default };
        shown.appname("Deskside").summary(&note.title).body(&text).icon("deskside").timeout(timeout);
        if note.sound {
            shown.sound_name(system::SOUND);
        }
        system::dress(&mut shown, &note);
        match shown.show() {
            #[cfg(target_os = "linux")]
            Ok(shown) => {
                if note.stays {
                    match standing.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&note.about) {
                        Some(number) => *number = Some(shown.id()),
                        // Taken while it appeared.
                        None => return shown.close(),
                    }
                }
                shown.wait_for_action(|action| {
                    if action == "default" {
                        windows::show_main(&app, Some(note.about.path()));
                    }
                });
            }
            #[cfg(not(target_os = "linux"))]
            Ok(_) => drop((app, standing)),
            Err(error) => tracing::debug!(%error, "no note: this desktop shows none"),
        }
    });
}

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use notify_rust::{Hint, Notification, Urgency};

    /// From the sound naming specification, so that every theme has it.
    pub const SOUND: &str = "message-new-instant";
    const PATIENCE: Duration = Duration::from_secs(2);

    pub fn dress(shown: &mut Notification, note: &super::Note) {
        shown
            .action("default", "Open")
            .urgency(if note.stays { Urgency::Critical } else { Urgency::Normal })
            .hint(Hint::SuppressSound(!note.sound))
            .hint(Hint::DesktopEntry("deskside".to_owned()));
    }

    /// Takes a note back that the system may still show. The thread that shows it waits for a click and can't.
    pub fn take_back(number: u32) {
        const NAME: &str = "org.freedesktop.Notifications";
        let done = dbus::blocking::Connection::new_session().and_then(|bus| {
            let notes = bus.with_proxy(NAME, "/org/freedesktop/Notifications", PATIENCE);
            notes.method_call::<(), _, _, _>(NAME, "CloseNotification", (number,))
        });
        if let Err(error) = done {
            tracing::debug!(%error, "a note could not be taken back");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! What is shown there goes by itself.

    pub const SOUND: &str = "Ping";

    pub fn dress(_shown: &mut notify_rust::Notification, _note: &super::Note) {}

    pub fn take_back(_number: u32) {}
}
