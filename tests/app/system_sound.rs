//! What the computer plays in a clip: recorded only for a desk where an admin said what for, and the clip says that it
//! holds it. On a screen and a sound server of its own.

use std::process::{Child, Command, Stdio};

use deskside_app::{
    app::App,
    area::{Area, AreaKind},
    to_ui::{MicState, RecorderState},
};
use deskside_protocol::{
    Code, Entity, EntityRef,
    command::{AllowSystemSound, Ask, ForbidSystemSound},
    entity::Clip,
    id::{ClipId, DeskId, MessageId, RequestId},
    values::Urgency,
};
use deskside_tests::server::{TestServer, until};
use uuid::Uuid;

use crate::recording::{app, is_inside, on_a_screen, state};

/// PulseAudio with a loudspeaker that nobody hears.
struct SoundServer(Child);

impl SoundServer {
    fn start(home: &str) -> SoundServer {
        let server = Command::new("pulseaudio")
            .env("XDG_RUNTIME_DIR", home)
            .env("HOME", home)
            .env_remove("DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .args(["-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no"])
            .args(["-L", "module-null-sink sink_name=speakers", "-L", "module-native-protocol-unix"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pulseaudio is installed");
        SoundServer(server)
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn desk_of(app: &App) -> DeskId {
    let snapshot = app.client.replica().await.expect("readable").expect("a replica");
    let mut desks = snapshot.entities.into_iter().filter_map(|entity| match entity {
        Entity::Desk(desk) => Some(desk.id),
        _ => None,
    });
    desks.next().expect("a desk")
}

async fn allowed(app: &App, desk: DeskId) -> Option<String> {
    match app.client.entity(EntityRef::Desk(desk)).await.expect("readable") {
        Some(Entity::Desk(row)) => row.system_sound.map(|allowed| allowed.reason),
        _ => None,
    }
}

async fn row(app: &App, clip: ClipId) -> Option<Clip> {
    match app.client.entity(EntityRef::Clip(clip)).await.expect("readable") {
        Some(Entity::Clip(row)) => Some(row),
        _ => None,
    }
}

/// Records the whole screen for a request.
async fn record(
    app: &std::sync::Arc<App>,
    mic: Option<&str>,
    system_sound: bool,
    request: Option<RequestId>,
) -> Result<(), Code> {
    let area = Area {
        kind: AreaKind::Display,
        name: "Display 1".to_owned(),
        id: "1".to_owned(),
        x: 0,
        y: 0,
        width: 320,
        height: 240,
    };
    let mic = mic.map(str::to_owned);
    let records = tokio::spawn({
        let app = app.clone();
        async move { app.record(area, mic, system_sound, request).await }
    });
    until("the recording", || async {
        app.clips.skip_count();
        records.is_finished()
    })
    .await;
    records.await.expect("no panic").map_err(|trouble| trouble.code().expect("refused"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_recorded_only_where_an_admin_allowed_it_and_the_clip_says_so() {
    let name = "system_sound::it_is_recorded_only_where_an_admin_allowed_it_and_the_clip_says_so";
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path().to_str().expect("a plain name");
    let server = (!is_inside()).then(|| SoundServer::start(home));
    if !on_a_screen(name, &[("XDG_RUNTIME_DIR", home), ("HOME", home)]) {
        return drop(server);
    }
    let mut server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    until("a replica", || async { app.client.replica().await.expect("readable").is_some() }).await;
    let desk = desk_of(&app).await;
    let request = RequestId::fresh();
    let ask = Ask {
        request,
        message: MessageId::fresh(),
        desk,
        text: "Do you hear the dropouts?".into(),
        readable_ibans: Vec::new(),
        urgency: Urgency::Today,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip: None,
        details: Vec::new(),
        asked_at: 0,
        mentions: Default::default(),
    };
    app.client.keep(Uuid::now_v7(), ask.into()).await.expect("kept").decided().await.expect("asked");
    until("the replica to know the question", || async {
        app.client.entity(EntityRef::Request(request)).await.expect("readable").is_some()
    })
    .await;

    // Not in the open, not as a microphone, and not for a question that no desk has yet.
    assert_eq!(record(&app, None, true, Some(request)).await, Err(Code::NoSystemSound));
    assert_eq!(record(&app, Some("speakers.monitor"), false, Some(request)).await, Err(Code::NoSystemSound));
    assert_eq!(state(&app), RecorderState::Idle);

    let allow = AllowSystemSound { desk, reason: "Dropouts can only be heard".into() };
    app.client.keep(Uuid::now_v7(), allow.into()).await.expect("kept").decided().await.expect("allowed");
    until("the replica to know", || async { allowed(&app, desk).await.is_some() }).await;
    assert_eq!(record(&app, None, true, None).await, Err(Code::NoSystemSound));
    assert_eq!(record(&app, None, true, Some(request)).await, Ok(()));
    let RecorderState::Recording { clip, system, mic, .. } = state(&app) else { panic!("{:?}", state(&app)) };
    assert_eq!((system, mic), (MicState::On, MicState::Off));
    until("the server to know of it", || async { row(&app, clip).await.is_some() }).await;
    let said = row(&app, clip).await.expect("a clip");
    assert!(said.sound && said.system_sound, "whoever may watch it is told: {said:?}");

    // It is forbidden while it is recorded. What was begun when it was allowed is kept, and nothing new is begun.
    let forbid = ForbidSystemSound { desk };
    app.client.keep(Uuid::now_v7(), forbid.into()).await.expect("kept").decided().await.expect("forbidden");
    until("the replica to know", || async { allowed(&app, desk).await.is_none() }).await;
    until("some of it to be kept", || async {
        matches!(state(&app), RecorderState::Recording { ms, .. } if ms > 1_500)
    })
    .await;
    app.stop_recording().await.expect("stopped");
    until("the clip in the thread", || async {
        row(&app, clip).await.is_some_and(|row| row.request == Some(request) && row.duration_ms > 0)
    })
    .await;
    assert!(row(&app, clip).await.expect("a clip").system_sound);
    assert_eq!(record(&app, None, true, Some(request)).await, Err(Code::NoSystemSound));
    server.stop().await.expect("stopped");
}
