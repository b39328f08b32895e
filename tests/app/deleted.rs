//! One's own clip lies on one's own disk until the server has it, and plays from there. What was deleted on another
//! device is gone from there too, also if the app was closed meanwhile or had not sent it yet.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use deskside_app::{
    app::App,
    record::{Journal, State},
    to_ui::{AppNews, ToUi},
};
use deskside_client::UploadState;
use deskside_clip::{PREFIX, Writer};
use deskside_frame::{Codec, Encoded, Time, Track, VideoFormat};
use deskside_protocol::{
    command::{DeleteClip, StartClip, StopClip},
    id::ClipId,
};
use deskside_tests::server::{TestServer, until};
use reqwest::StatusCode;
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

pub(crate) const EMAIL: &str = "mia@numbra.example";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Two seconds as a recorder writes them.
pub(crate) fn recorded() -> Vec<u8> {
    let format = VideoFormat { codec: Codec::Vp9, width: 64, height: 48, fps: 10, setup: Vec::new() };
    let mut writer = Writer::new(&format, None).expect("the format is right");
    let mut bytes = writer.prefix().to_vec();
    for millis in (0..2_000).step_by(100) {
        let keyframe = millis % 1_000 == 0;
        let picture = format!("picture at {millis}").into_bytes();
        let frame =
            Encoded { track: Track::Video, time: Time::from_millis(millis), keyframe, bytes: picture };
        writer.push(frame).expect("the frame is right");
    }
    writer.end(Time::from_millis(2_000));
    bytes.extend(std::iter::from_fn(|| writer.closed()).flat_map(|cluster| cluster.bytes));
    bytes
}

/// A clip that the server knows of, without any bytes yet.
async fn announced(app: &App) -> ClipId {
    let clip = ClipId::fresh();
    let start = StartClip {
        clip,
        request: None,
        width: 64,
        height: 48,
        sound: false,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    };
    app.client.keep(Uuid::now_v7(), start.into()).await.expect("kept").decided().await.expect("begun");
    clip
}

/// The shelf and the outbox as the recorder leaves them when Stop was pressed.
async fn stopped(app: &App, clip: ClipId) {
    let folder = app.client.folder().join("clips");
    let (file, head) = (folder.join(format!("{clip}.webm")), folder.join(format!("{clip}.prefix")));
    let bytes = recorded();
    let finished = deskside_clip::finish(&bytes).expect("a clip");
    fs::write(&head, &bytes[..PREFIX]).expect("writes");
    fs::write(&file, [&finished.prefix[..], &bytes[PREFIX..]].concat()).expect("writes");
    let journal = Journal {
        id: clip.0,
        state: State::Finished,
        started_at: 1_700_000_000_000,
        duration: 2_000,
        bytes: bytes.len() as u64,
        note: json!({ "request": null, "started": true }),
    };
    let journal = serde_json::to_vec(&journal).expect("JSON");
    fs::write(folder.join(format!("{clip}.json")), journal).expect("writes");
    let upload = app.client.upload_growing(clip.0, "video/webm", file, Some(head)).await.expect("kept");
    upload.finished(bytes.len() as u64).await.expect("kept");
    app.client.keep(Uuid::now_v7(), StopClip { clip, note: None }.into()).await.expect("kept");
}

/// Where the app's pages fetch media.
async fn media(app: &Arc<App>) -> String {
    let (tell, told) = oneshot::channel();
    let tell = Mutex::new(Some(tell));
    // Gone after the first word, so that nothing but the test holds the app.
    app.attach("test", move |news| {
        if let (ToUi::App(AppNews::Media { base }), Some(tell)) =
            (news, tell.lock().expect("no panic").take())
        {
            tell.send(base.clone()).expect("awaited");
        }
        false
    });
    told.await.expect("told")
}

async fn played(base: &str, clip: ClipId) -> (StatusCode, Vec<u8>) {
    let answer = reqwest::get(format!("{base}/media/clip/{clip}")).await.expect("the app answers");
    let status = answer.status();
    if status == StatusCode::OK {
        assert_eq!(answer.headers()["cache-control"], "no-store", "what can be deleted is cached nowhere");
    }
    (status, answer.bytes().await.expect("bytes").to_vec())
}

fn lies_here(app: &App, clip: ClipId) -> bool {
    let shelf = fs::read_dir(app.client.folder().join("clips")).expect("the shelf");
    shelf.filter_map(Result::ok).any(|entry| entry.file_name().to_string_lossy().contains(&clip.to_string()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clip_that_was_deleted_elsewhere_leaves_the_machine_that_recorded_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut server = TestServer::start().await.expect("a server");
    let other = server.founder(server.address).await.expect("the other device");
    let app = App::open_as(server.options("app")).await.expect("opens");
    let address = format!("http://{}", server.address);
    app.client.sign_in(Some(&address), EMAIL, PASSWORD).await.expect("signed in");
    let base = media(&app).await;
    let delete = async |clip: ClipId| {
        let kept = other.keep(Uuid::now_v7(), DeleteClip { clip }.into()).await.expect("kept");
        kept.decided().await.expect("deleted");
    };

    let sent = announced(&app).await;
    stopped(&app, sent).await;
    until("the clip to be sent", || async {
        let status = app.client.upload_status(sent.0).await.expect("readable");
        status.is_some_and(|status| status.state == UploadState::Done)
    })
    .await;
    until("its row to come back", || async { app.clips.whole(sent.0).await.is_some() }).await;
    server.stop().await.expect("stopped");
    let (status, bytes) = played(&base, sent).await;
    assert_eq!(status, StatusCode::OK, "it plays from this machine, also without a network");
    assert!(bytes.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]), "WebM");

    server.start_again().await.expect("started again");
    app.client.hurry();
    other.hurry();
    delete(sent).await;
    until("its files to go while the app runs", || async { !lies_here(&app, sent) }).await;
    assert_eq!(played(&base, sent).await.0, StatusCode::NOT_FOUND);
    assert!(app.client.upload_status(sent.0).await.expect("readable").is_none(), "nor is there an upload");

    // Stopped while the server was away, and the app closed before anything of it was sent.
    let unsent = announced(&app).await;
    server.stop().await.expect("stopped");
    stopped(&app, unsent).await;
    assert_eq!(played(&base, unsent).await.0, StatusCode::OK, "what is on its way plays, too");
    drop(app);
    server.start_again().await.expect("started again");
    other.hurry();
    delete(unsent).await;
    let app = App::open_as(server.options("app")).await.expect("opens");
    until("its files to go at the next start", || async { !lies_here(&app, unsent) }).await;
    assert_eq!(played(&media(&app).await, unsent).await.0, StatusCode::NOT_FOUND);
    assert_eq!(app.client.unfinished_uploads().await.expect("readable"), [], "nothing is sent any more");
}
