//! A recording on a real screen, with a disk that takes nothing more at the worst moment, and what is drawn over it.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command as Process, Stdio},
    sync::Arc,
};

use deskside_app::{
    app::App,
    area::{Area, AreaKind},
    ask::AskFor,
    masks::Mask,
    to_ui::RecorderState,
};
use deskside_client::Trouble;
use deskside_protocol::{
    Code, Command, Entity, EntityRef, Problem,
    command::EditOrg,
    entity::Clip,
    id::ClipId,
    values::{ClipNote, ClipState},
};
use deskside_tests::server::{TestServer, until};
use rusqlite::Connection;
use uuid::Uuid;

/// Set where a test runs on a screen of its own.
const INSIDE: &str = "DESKSIDE_TEST_SCREEN";

/// Whether this is the process with a screen of its own.
pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// An app finds its screen by its surroundings: the test `name` runs once more in a process that has a screen of its own
/// and these surroundings. True there, where the story is told.
pub(crate) fn on_a_screen(name: &str, surroundings: &[(&str, &str)]) -> bool {
    said_on_a_screen(name, "320x240", surroundings).is_none()
}

/// The same on a screen of that size. `None` there; where the test began, what it said.
pub(crate) fn said_on_a_screen(name: &str, size: &str, surroundings: &[(&str, &str)]) -> Option<String> {
    if is_inside() {
        return None;
    }
    let mut screen = Process::new("Xvfb")
        .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", &format!("{size}x24")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is installed (package xvfb)");
    let mut display = String::new();
    let said = screen.stdout.take().expect("stdout was piped");
    BufReader::new(said).read_line(&mut display).expect("Xvfb says its display");
    let mut test = Process::new(std::env::current_exe().expect("this program"));
    test.args([name, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .env("DISPLAY", format!(":{}", display.trim()));
    test.env("XDG_SESSION_TYPE", "x11")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("PULSE_SERVER")
        .envs(surroundings.iter().copied());
    let told = test.output();
    screen.kill().expect("the screen was there");
    screen.wait().expect("a killed screen ends");
    let told = told.expect("the test runs");
    let words = [told.stdout, told.stderr].map(|words| String::from_utf8_lossy(&words).into_owned()).concat();
    assert!(told.status.success() && words.contains("1 passed"), "{words}");
    Some(words)
}

pub(crate) async fn app(server: &TestServer) -> Arc<App> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    drop(server.founder(server.address).await.expect("an organisation"));
    let app = App::open_as(server.options("app")).await.expect("opens");
    sign_in(&app, server).await;
    app
}

pub(crate) async fn sign_in(app: &App, server: &TestServer) {
    let address = format!("http://{}", server.address);
    let mia = ("mia@numbra.example", "correct horse battery");
    app.client.sign_in(Some(&address), mia.0, mia.1).await.expect("signed in");
}

pub(crate) fn state(app: &App) -> RecorderState {
    app.clips.state().borrow().clone()
}

/// Begins to record a screen of this size, without the count before it.
async fn begin(app: &Arc<App>, (width, height): (u32, u32)) -> Result<(), Trouble> {
    let (name, id) = ("Display 1".to_owned(), "1".to_owned());
    let area = Area { kind: AreaKind::Display, name, id, x: 0, y: 0, width, height };
    let begins = tokio::spawn({
        let app = app.clone();
        async move { app.record(area, None, false, None).await }
    });
    until("the recording to begin or be refused", || async {
        app.clips.skip_count();
        begins.is_finished()
    })
    .await;
    begins.await.expect("no panic")
}

/// Records the whole screen; the server knows of it when this returns.
async fn recording(app: &Arc<App>) -> ClipId {
    begin(app, (320, 240)).await.expect("it records");
    let RecorderState::Recording { clip, .. } = state(app) else { panic!("{:?}", state(app)) };
    until("the server to know of it", || async { row(app, clip).await.is_some() }).await;
    until("some of it to be kept", || async {
        matches!(state(app), RecorderState::Recording { ms, .. } if ms > 1_500)
    })
    .await;
    clip
}

async fn row(app: &App, clip: ClipId) -> Option<Clip> {
    match app.client.entity(EntityRef::Clip(clip)).await.expect("readable") {
        Some(Entity::Clip(row)) => Some(row),
        _ => None,
    }
}

/// The profile's database refuses this from now on, as a full disk would.
fn refuse(app: &App, what: &str) -> Connection {
    let profile = Connection::open(app.client.folder().join("profile.db")).expect("the profile");
    let trigger = format!("create trigger full before {what} begin select raise(abort, 'disk is full'); end");
    profile.execute_batch(&trigger).expect("a trigger");
    profile
}

fn allow(profile: Connection) {
    profile.execute_batch("drop trigger full").expect("no trigger");
}

fn lies_here(app: &App, clip: ClipId) -> bool {
    let shelf = std::fs::read_dir(app.client.folder().join("clips")).expect("the shelf");
    shelf.filter_map(Result::ok).any(|entry| entry.file_name().to_string_lossy().contains(&clip.to_string()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_thrown_away_is_gone_although_the_disk_was_too_full_to_say_so() {
    if !on_a_screen("recording::what_was_thrown_away_is_gone_although_the_disk_was_too_full_to_say_so", &[]) {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    let clip = recording(&app).await;
    let full = refuse(&app, "insert on lines");
    assert!(app.discard_recording().await.is_err(), "it says that something is wrong");
    assert_eq!(state(&app), RecorderState::Idle, "nothing is recorded any more, and the bar says so");
    assert!(!lies_here(&app, clip), "nothing of it lies here");

    allow(full);
    // As at the next start.
    assert_eq!(app.clips.recover().await.expect("looked after"), 0, "nothing of it is sent");
    until("the server to know", || async {
        row(&app, clip).await.is_some_and(|row| row.state == ClipState::Discarded)
    })
    .await;
    assert_eq!(app.client.unfinished_uploads().await.expect("readable"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stopped_on_a_full_disk_is_sent_whole_later() {
    if !on_a_screen("recording::what_was_stopped_on_a_full_disk_is_sent_whole_later", &[]) {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    for refused in ["update on uploads when new.state = 'waiting'", "insert on lines"] {
        let clip = recording(&app).await;
        let full = refuse(&app, refused);
        assert!(app.stop_recording().await.is_err(), "{refused}");
        assert_eq!(state(&app), RecorderState::Idle, "{refused}: another recording can begin");
        allow(full);
        assert_eq!(app.clips.recover().await.expect("looked after"), 1, "{refused}");
        until("the whole clip to be at the server", || async {
            row(&app, clip).await.is_some_and(|row| row.state == ClipState::Finished)
        })
        .await;
        let row = row(&app, clip).await.expect("a row");
        assert!(row.duration_ms > 1_000, "{refused}: {row:?}");
        assert_ne!(row.note, Some(ClipNote::RecorderLost), "it was stopped, not lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_boxes_are_drawn_the_recording_stands_still_whatever_the_bar_says() {
    if !on_a_screen("recording::while_boxes_are_drawn_the_recording_stands_still_whatever_the_bar_says", &[])
    {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    recording(&app).await;
    let is_paused = async || {
        // What is said now, and not what was said before.
        let mut states = app.clips.state();
        states.mark_unchanged();
        for _ in 0..2 {
            states.changed().await.expect("the recorder is there");
        }
        matches!(&*states.borrow(), RecorderState::Recording { paused: true, .. })
    };
    let boxes = vec![Mask { x: 10, y: 10, width: 50, height: 50 }];

    assert!(app.begin_masking().await.expect("asked"), "something is recorded");
    assert!(app.masking().await.backdrop.is_some(), "boxes are drawn over a still");
    assert!(is_paused().await);
    app.clips.pause(false).await;
    assert!(is_paused().await, "play is for when the boxes are drawn");
    app.clips.set_masks(boxes.clone()).await;
    assert!(is_paused().await, "their screen is still there");
    app.end_masking(None).await;
    assert!(!is_paused().await, "it goes on");
    assert_eq!(app.masking().await.masks, boxes);
    assert!(app.frozen().is_err(), "the still is wiped");

    assert!(app.begin_masking().await.expect("asked"));
    app.clips.pause(true).await;
    // Meanwhile the screen is frozen for a picture.
    let shot = app.freeze("overlay").await.expect("frozen");
    assert_eq!(app.masking().await.backdrop, None, "that one is not for boxes");
    app.end_masking(None).await;
    assert!(is_paused().await, "as was said last");
    assert_eq!(app.frozen().expect("still there"), shot, "whoever marks a picture keeps it");
    app.end_masking(None).await;
    assert!(is_paused().await, "an end that comes twice changes nothing");
    app.clips.pause(false).await;
    assert!(!is_paused().await);
    app.discard_recording().await.expect("thrown away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_ends_the_recording_and_its_person_has_it_when_they_are_back() {
    if !on_a_screen("recording::signing_out_ends_the_recording_and_its_person_has_it_when_they_are_back", &[])
    {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    let clip = recording(&app).await;
    app.sign_out().await.expect("signed out");
    assert_eq!(state(&app), RecorderState::Idle, "nobody is recorded who is not there");
    sign_in(&app, &server).await;
    until("the clip to be whole at the server", || async {
        row(&app, clip).await.is_some_and(|row| row.state == ClipState::Finished)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_could_not_be_searched_for_numbers_stays_here_and_the_question_goes() {
    // Nowhere a tesseract.
    if !on_a_screen(
        "recording::a_picture_that_could_not_be_searched_for_numbers_stays_here_and_the_question_goes",
        &[("PATH", "")],
    ) {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    let said = asks_with_a_picture(&app).await;
    assert!(said.starts_with("Asked Phones help: ") && said.contains("did NOT go along"), "{said}");
    let entities = app.client.replica().await.expect("readable").expect("a replica").entities;
    assert!(!entities.iter().any(|entity| matches!(entity, Entity::Attachment(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_windows_cant_be_painted_over_an_admin_decides_and_no_picture_leaves_unseen() {
    // A Wayland session in which nothing answers, beside an X server that must not be recorded instead.
    let surroundings = [("WAYLAND_DISPLAY", "none"), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")];
    let name = "recording::where_windows_cant_be_painted_over_an_admin_decides_and_no_picture_leaves_unseen";
    if !on_a_screen(name, &surroundings) {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    let said = asks_with_a_picture(&app).await;
    assert!(said.contains("did NOT go along") && said.contains("Wayland"), "{said}");

    let refused = refusal(&app).await;
    assert!(refused.detail.as_deref().is_some_and(|why| why.contains("no session bus")), "{refused:?}");
    let org = EditOrg {
        name: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        provider: None,
        ticket_patterns: Vec::new(),
        deny_windows: Vec::new(),
        exempt_numbers: Vec::new(),
        keep_media_days: 90,
        browser_clips: false,
        mask_contacts: false,
    };
    app.send(Uuid::now_v7(), Command::EditOrg(org)).await.expect("an admin may");
    until("the choice to be known here", || async {
        matches!(app.client.entity(EntityRef::Org).await, Ok(Some(Entity::Org(org))) if !org.browser_clips)
    })
    .await;
    let refused = refusal(&app).await;
    assert_eq!(refused.code, Code::NotAllowed, "{refused:?}");
    assert!(refused.detail.as_deref().is_some_and(|why| why.contains("Wayland")), "{refused:?}");
}

/// Asks with a screenshot where none may leave; answers what was said of it.
async fn asks_with_a_picture(app: &App) -> String {
    until("the desks to be known", || async { app.client.replica().await.expect("readable").is_some() })
        .await;
    let what = AskFor { text: "What is this?".to_owned(), shot: true, ..AskFor::default() };
    let said = app.ask(what).await.expect("asked");
    assert_eq!(app.client.unfinished_uploads().await.expect("readable"), [], "no picture is on its way");
    said
}

/// Why nothing was recorded.
async fn refusal(app: &Arc<App>) -> Problem {
    begin(app, (0, 0)).await.expect_err("nothing can be recorded").problem()
}
