//! A clip for a desk that wants it watched first: recorded by the real recorder, and nothing of it leaves before its
//! recorder sends it, whatever becomes of the app meanwhile. And what one person left unfinished is nobody else's.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use deskside_app::{
    app::App,
    area::{Area, AreaKind},
    record::{Journal, State},
    to_ui::{HeldClip, RecorderState},
};
use deskside_client::Options;
use deskside_clip::PREFIX;
use deskside_protocol::{
    Code, Entity, EntityRef,
    command::{Ask, EditDesk},
    entity::Desk,
    id::{ClipId, MessageId, PersonId, RequestId},
    values::{ClipNote, ClipPart, ClipState, Urgency},
};
use deskside_tests::server::{TestServer, drained, until};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::deleted::{EMAIL, PASSWORD, recorded};

/// The profile that the recording process opens; unset in the test itself.
const PROFILE: &str = "DESKSIDE_TEST_PROFILE";
/// The request that it records for.
const REQUEST: &str = "DESKSIDE_TEST_REQUEST";

/// A virtual screen that ends with the test.
struct Screen(Child, String);

impl Screen {
    fn start() -> Screen {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "320x240x24"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (package xvfb)");
        let mut line = String::new();
        let stdout = server.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("Xvfb tells its display");
        Screen(server, format!(":{}", line.trim()))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn desk(app: &App) -> Desk {
    let snapshot = app.client.replica().await.expect("readable").expect("a replica");
    let desk = snapshot.entities.into_iter().find_map(|entity| match entity {
        Entity::Desk(desk) => Some(desk),
        _ => None,
    });
    desk.expect("a desk")
}

async fn demands(app: &App, review_before_upload: bool) {
    let desk = desk(app).await;
    let edit = EditDesk {
        desk: desk.id,
        name: desk.name,
        purpose: desk.purpose,
        owner: desk.owner,
        helpers: desk.helpers,
        audience: desk.audience,
        hours: desk.hours,
        zone: desk.zone,
        provider: desk.provider,
        review_before_upload,
        closed: desk.closed,
    };
    app.client.keep(Uuid::now_v7(), edit.into()).await.expect("kept").decided().await.expect("changed");
    until("the replica to know", || async {
        self::desk(app).await.review_before_upload == review_before_upload
    })
    .await;
}

fn question(desk: &Desk, clip: Option<ClipId>) -> Ask {
    Ask {
        request: RequestId::fresh(),
        message: MessageId::fresh(),
        desk: desk.id,
        text: "look at this".into(),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency: Urgency::Today,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip,
        details: Vec::new(),
        asked_at: 0,
    }
}

/// Bytes that the server took by any upload since it started.
async fn uploaded(server: &TestServer) -> u64 {
    let metrics = reqwest::get(format!("http://{}/metrics", server.address)).await.expect("answers");
    let metrics = metrics.text().await.expect("text");
    let line = metrics.lines().find(|line| line.starts_with("deskside_upload_bytes_total"));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no count in {metrics}"))
}

/// What the server knows of clips, as their recorder would be told.
async fn clips(app: &App) -> Vec<ClipId> {
    let fresh = app.client.fresh_snapshot().await.expect("answers");
    let clips = fresh.entities.into_iter().filter_map(|entity| match entity {
        Entity::Clip(clip) => Some(clip.id),
        _ => None,
    });
    clips.collect()
}

async fn state(app: &App, clip: ClipId) -> Option<ClipState> {
    match app.client.entity(EntityRef::Clip(clip)).await.expect("readable") {
        Some(Entity::Clip(clip)) => Some(clip.state),
        _ => None,
    }
}

fn held(app: &App) -> Vec<HeldClip> {
    app.clips.held().borrow().clone()
}

async fn open(server: &TestServer, name: &str) -> Arc<App> {
    App::open_as(server.options(name)).await.expect("opens")
}

/// Records one clip and stops it, then begins another and waits for its end. Runs in a process of its own, on a screen of
/// its own; its lines tell how far it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_until_it_is_killed() {
    // Without a profile it is a test like any other, and has nothing to do.
    let (Ok(profile), Ok(request)) = (env::var(PROFILE), env::var(REQUEST)) else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut options = Options::at(profile);
    options.keychain = false;
    let app = App::open_as(options).await.expect("opens");
    until("the session", || async { app.client.person().is_some() }).await;
    let request = RequestId(request.parse().expect("an id"));
    for stops in [true, false] {
        let area = Area {
            kind: AreaKind::Display,
            name: String::new(),
            id: "1".into(),
            x: 0,
            y: 0,
            width: 0,
            height: 0,
        };
        let begin = app.record(area, None, false, Some(request));
        let skip = until("the count to be skipped", || async {
            app.clips.skip_count();
            matches!(*app.clips.state().borrow(), RecorderState::Recording { .. })
        });
        let (begun, ()) = tokio::join!(begin, skip);
        begun.expect("recording");
        until("two seconds", || async {
            matches!(*app.clips.state().borrow(), RecorderState::Recording { ms, held: true, .. } if ms > 2_500)
        })
        .await;
        if stops {
            app.stop_recording().await.expect("stopped");
        }
        println!("recorded");
    }
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_leaves_before_it_was_sent_also_when_the_app_is_killed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = TestServer::start().await.expect("a server");
    let _founder = server.founder(server.address).await.expect("an organisation");
    let app = open(&server, "app").await;
    app.client
        .sign_in(Some(&format!("http://{}", server.address)), EMAIL, PASSWORD)
        .await
        .expect("signed in");
    until("the replica", || async { app.client.replica().await.is_ok_and(|replica| replica.is_some()) })
        .await;
    demands(&app, true).await;
    let desk = desk(&app).await;
    let ask = question(&desk, None);
    let request = ask.request;
    app.client.keep(Uuid::now_v7(), ask.into()).await.expect("kept").decided().await.expect("asked");
    until("the request here", || async {
        app.client.entity(EntityRef::Request(request)).await.is_ok_and(|row| row.is_some())
    })
    .await;
    let profile = app.client.folder().to_owned();
    drop(app);

    let screen = Screen::start();
    let mut recorder = Command::new(env::current_exe().expect("this binary"))
        .args(["--exact", "held::records_until_it_is_killed", "--nocapture"])
        .env(PROFILE, &profile)
        .env(REQUEST, request.to_string())
        .env("DISPLAY", &screen.1)
        .env("XDG_SESSION_TYPE", "x11")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::piped())
        .spawn()
        .expect("this binary runs");
    let mut said = BufReader::new(recorder.stdout.take().expect("piped"));
    let recording = tokio::task::spawn_blocking(move || {
        let (mut words, mut piece) = (String::new(), [0; 256]);
        // The harness prints its own words before, on the same line.
        while words.matches("recorded").count() < 2 {
            let read = said.read(&mut piece).expect("readable");
            assert!(read > 0, "the recorder ended: {words}");
            words.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    });
    recording.await.expect("two recordings");
    assert_eq!(uploaded(&server).await, 0, "recorded, and one of them stopped");
    recorder.kill().expect("it ran");
    recorder.wait().expect("it ended");

    let app = open(&server, "app").await;
    until("both clips to wait here", || async { held(&app).len() == 2 }).await;
    drained(&app.client).await;
    let waiting = held(&app);
    assert_eq!(waiting.iter().map(|clip| clip.request).collect::<Vec<_>>(), [Some(request); 2]);
    assert_eq!(
        waiting.iter().map(|clip| clip.note).collect::<Vec<_>>(),
        [None, Some(ClipNote::RecorderLost)]
    );
    assert_eq!(app.client.unfinished_uploads().await.expect("readable"), []);
    assert_eq!(clips(&app).await, [], "the server does not even know that there is a clip");
    assert_eq!(uploaded(&server).await, 0, "also after the next start");
    assert!(app.clips.whole(waiting[0].clip.0).await.is_some(), "they play here meanwhile");

    // One is sent as it is, of the other only its first second is.
    let file = fs::read(app.clips.whole(waiting[0].clip.0).await.expect("here")).expect("readable");
    app.clips.send_held(waiting[0].clip, true).await.expect("sent");
    let part = ClipPart { from_ms: 0, to_ms: 1_000 };
    app.clips.cut_held(waiting[1].clip, &[part]).await.expect("cut");
    let cut = held(&app)[0].clone();
    assert!((900..=1_000).contains(&cut.ms) && cut.version == 2, "{cut:?}");
    let left = fs::read(app.clips.whole(cut.clip.0).await.expect("here")).expect("readable");
    app.clips.send_held(cut.clip, true).await.expect("sent");
    assert_eq!(held(&app), []);
    until("small pictures of the first", || async {
        let row = app.client.entity(EntityRef::Clip(waiting[0].clip)).await.expect("readable");
        matches!(row, Some(Entity::Clip(row)) if row.sprite.as_ref().is_some_and(|sprite| sprite.tiles >= 3))
    })
    .await;
    for (clip, bytes) in [(waiting[0].clip, file), (cut.clip, left)] {
        until("the clip to be whole there", || async {
            state(&app, clip).await == Some(ClipState::Finished)
        })
        .await;
        let served = app.client.media(&format!("/media/clip/{clip}"), &[]).await.expect("served");
        let mut pieces = Box::pin(served.into_stream());
        let mut hash = Sha256::new();
        while let Some(piece) = futures_util::StreamExt::next(&mut pieces).await {
            hash.update(piece.expect("bytes"));
        }
        assert_eq!(hash.finalize(), Sha256::digest(&bytes), "what was watched is what is there");
        let row = app.client.entity(EntityRef::Clip(clip)).await.expect("readable");
        assert!(matches!(row, Some(Entity::Clip(row)) if row.reviewed && row.request == Some(request)));
    }
}

/// The shelf as an app leaves it that was killed while it recorded. `person`: what stands on the clip's label.
fn left_behind(app: &App, person: Option<PersonId>, held: bool) -> ClipId {
    let note = json!({ "request": null, "started": false, "person": person, "held": held });
    on_shelf(app, State::Recording, note)
}

fn on_shelf(app: &App, state: State, note: serde_json::Value) -> ClipId {
    let clip = ClipId::fresh();
    let folder = app.client.folder().join("clips");
    let bytes = recorded();
    fs::write(folder.join(format!("{clip}.prefix")), &bytes[..PREFIX]).expect("writes");
    fs::write(folder.join(format!("{clip}.webm")), &bytes).expect("writes");
    let journal = Journal { id: clip.0, state, started_at: 1_700_000_000_000, duration: 0, bytes: 0, note };
    fs::write(folder.join(format!("{clip}.json")), serde_json::to_vec(&journal).expect("JSON"))
        .expect("writes");
    clip
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_person_left_is_not_taken_up_for_another() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = TestServer::start().await.expect("a server");
    let address = format!("http://{}", server.address);
    let founder = server.founder(server.address).await.expect("an organisation");
    let bo = server.newcomer(&founder, "bo", server.address).await.expect("joined");
    let app = open(&server, "app").await;
    app.client.sign_in(Some(&address), EMAIL, PASSWORD).await.expect("Mia");
    let mia = app.client.person();
    assert!(mia.is_some() && mia != bo.person());
    let (unfinished, waits) = (left_behind(&app, mia, false), left_behind(&app, mia, true));
    // One more of hers, left when she signed out while it was handed over: it is whole, and nobody knows of it.
    let note = json!({ "request": null, "started": false, "person": mia, "held": false, "left": true });
    let whole = on_shelf(&app, State::Finished, note);
    // A clip of Bo's own, as a sign that the shelf was looked at for him.
    let own = left_behind(&app, bo.person(), false);
    app.client.sign_out().await.expect("out");

    app.client.sign_in(Some(&address), "bo@numbra.example", PASSWORD).await.expect("Bo");
    until("Bo's own clip there", || async { state(&app, own).await == Some(ClipState::Finished) }).await;
    assert_eq!(held(&app), [], "nor is he shown what waits for Mia");
    assert_eq!(clips(&app).await, [own]);
    for clip in [unfinished, whole, waits] {
        let refused = app.clips.send_held(clip, true).await.expect_err("not his");
        assert_eq!(refused.code(), Some(Code::Unknown));
        assert!(app.clips.whole(clip.0).await.is_none(), "he can't watch it either");
    }
    app.client.sign_out().await.expect("out");

    app.client.sign_in(Some(&address), EMAIL, PASSWORD).await.expect("Mia again");
    for clip in [unfinished, whole] {
        until("her clip there", || async { state(&app, clip).await == Some(ClipState::Finished) }).await;
    }
    until("the other waiting", || async { held(&app).iter().map(|clip| clip.clip).eq([waits]) }).await;
    app.clips.discard_held(waits).await.expect("thrown away");
    assert!(!app.client.folder().join(format!("clips/{waits}.webm")).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_that_demands_it_takes_no_other_clip() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = TestServer::start().await.expect("a server");
    let _founder = server.founder(server.address).await.expect("an organisation");
    let app = open(&server, "app").await;
    app.client
        .sign_in(Some(&format!("http://{}", server.address)), EMAIL, PASSWORD)
        .await
        .expect("signed in");
    until("the replica", || async { app.client.replica().await.is_ok_and(|replica| replica.is_some()) })
        .await;
    demands(&app, true).await;
    let desk = desk(&app).await;
    for (reviewed, taken) in [(false, false), (true, true)] {
        let clip = left_behind(&app, app.client.person(), true);
        app.clips.recover().await.expect("looked");
        app.clips.send_held(clip, reviewed).await.expect("sent");
        until("the clip there", || async { state(&app, clip).await == Some(ClipState::Finished) }).await;
        let asked = app.client.keep(Uuid::now_v7(), question(&desk, Some(clip)).into()).await.expect("kept");
        let decided = asked.decided().await.map_err(|problem| problem.code);
        assert_eq!(decided.is_ok(), taken, "{decided:?}");
        if !taken {
            assert_eq!(decided.err(), Some(Code::NotReviewed));
        }
    }
}
