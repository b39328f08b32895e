//! `deskside selftest --link` against a real server: what is sent is the test card alone, another client can open it at
//! the moment that is told, and nothing of it stays.

use std::path::Path;

use deskside_app::{
    app::App,
    cli,
    instance::{Errand, Instance, Received},
    profile,
    selftest::{
        link::{self, Sent},
        read,
    },
};
use deskside_client::{Client, Options, Trouble};
use deskside_protocol::{Code, Entity, EntityRef, entity::Clip, id::ClipId, values::ClipState};
use deskside_tests::server::{TestServer, until};
use futures_util::TryStreamExt as _;
use reqwest::header::{CONTENT_RANGE, HeaderValue, RANGE};

use crate::recording::{app, said_on_a_screen, sign_in};

/// Larger than the test card.
const SCREEN: &str = "800x600";
const CARD: (u32, u32) = (480, 270);

async fn row(client: &Client, clip: ClipId) -> Option<Clip> {
    match client.entity(EntityRef::Clip(clip)).await.expect("readable") {
        Some(Entity::Clip(row)) => Some(row),
        _ => None,
    }
}

/// What a player is given that asks for the clip from its beginning, and how much there is of it as far as is known.
async fn opened(client: &Client, clip: ClipId) -> Result<(Option<u64>, Vec<u8>), Trouble> {
    let from_the_first = [(RANGE, HeaderValue::from_static("bytes=0-"))];
    let media = client.media(&format!("/media/clip/{clip}"), &from_the_first).await?;
    let range = media.headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let total = range.and_then(|range| range.rsplit_once('/')?.1.parse().ok());
    let pieces: Vec<_> = media.into_stream().try_collect().await.expect("all of it comes");
    Ok((total, pieces.concat()))
}

/// Waits until nothing of it is left anywhere.
async fn is_gone(server: &TestServer, other: &Client, clip: ClipId) {
    until("the other client to know that it is gone", || async {
        row(other, clip).await.is_some_and(|row| row.state == ClipState::Discarded)
    })
    .await;
    let trouble = opened(other, clip).await.expect_err("it can't be opened any more");
    assert_eq!(trouble.code(), Some(Code::Unknown), "{trouble}");
    until("its bytes to be erased", || async { !server.keeps(&clip.to_string()) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_client_can_open_the_clip_when_that_is_told_and_then_nothing_of_it_stays() {
    let name = "selftest::another_client_can_open_the_clip_when_that_is_told_and_then_nothing_of_it_stays";
    if said_on_a_screen(name, SCREEN, &[]).is_some() {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let app = app(&server).await;
    let other = server.profile("other").await.expect("opens");
    let address = format!("http://{}", server.address);
    other.sign_in(Some(&address), "mia@numbra.example", "correct horse battery").await.expect("signed in");

    let sent = Sent::send(&app.client).await.expect("sent");
    let (total, bytes) = opened(&other, sent.clip).await.expect("it can be opened");
    let clip = sent.clip;
    assert!(sent.ms.is_some_and(|ms| ms > 0.0 && ms < 8_000.0), "{:?}", sent.ms);
    assert_eq!(total, Some(bytes.len() as u64), "it is whole");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clip.webm");
    std::fs::write(&path, &bytes).expect("written");
    // In the upper half of the card; a busy machine comes too late for the second one.
    let seen = read(&path, (CARD.0 / 2, CARD.1 / 4)).expect("it plays");
    assert!((1..=2).contains(&seen.flashes.len()), "{seen:?}");
    until("the row", || async {
        row(&other, clip).await.is_some_and(|row| row.state == ClipState::Finished)
    })
    .await;
    let its = row(&other, clip).await.expect("a row");
    assert_eq!((its.width, its.height, its.sound), (CARD.0, CARD.1, false), "the card and nothing else");
    assert!(server.keeps(&clip.to_string()), "or the end of this shows nothing");

    assert!(sent.remove().await, "it says that it is gone");
    is_gone(&server, &other, clip).await;
    assert_eq!(app.client.unfinished_uploads().await.expect("readable"), []);
    assert!(!app.client.folder().join("selftest").exists(), "nor is anything of it here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_test_left_at_the_server_is_removed_at_the_next_start() {
    let name = "selftest::what_a_killed_test_left_at_the_server_is_removed_at_the_next_start";
    if said_on_a_screen(name, SCREEN, &[]).is_some() {
        return;
    }
    let server = TestServer::start().await.expect("a server");
    let client = server.founder(server.address).await.expect("an organisation");
    let sent = Sent::send(&client).await.expect("sent");
    let clip = sent.clip;
    until("the row to be here", || async { row(&client, clip).await.is_some() }).await;
    // As if it were killed: nothing is said of it any more.
    drop((sent, client));
    assert!(server.keeps(&clip.to_string()), "it lies there");

    let app = App::open_as(server.options("founder")).await.expect("opens");
    is_gone(&server, &app.client, clip).await;
    until("its files here to go", || async { !app.client.folder().join("selftest").exists() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_tells_it_or_why_it_could_not() {
    let name = "selftest::the_command_line_tells_it_or_why_it_could_not";
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().to_str().expect("a plain name");
    let surroundings = [
        ("XDG_DATA_HOME", data),
        ("XDG_RUNTIME_DIR", data),
        ("HOME", data),
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"),
    ];
    if let Some(said) = said_on_a_screen(name, SCREEN, &surroundings) {
        let row =
            |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        let figure = row("stop to link").strip_suffix(" ms").and_then(|figure| figure.parse::<u32>().ok());
        assert!(figure.is_some() && row("stop to file").ends_with(" ms"), "{said}");
        let goes = "then 3 seconds of the test card alone are sent to http://127.0.0.1:";
        assert!(said.contains(goes), "it says so before: {said}");
        return;
    }
    let mut server = TestServer::start().await.expect("a server");
    drop(server.founder(server.address).await.expect("an organisation"));
    let folder = profile::default_folder();
    assert!(folder.starts_with(std::env::var("XDG_DATA_HOME").expect("a place")), "{folder:?}");
    assert_eq!(unmeasured(&folder).await, Code::SignInNeeded);
    assert!(!folder.exists(), "nobody was ever here, and that stays so");

    let mut options = Options::at(&folder);
    options.keychain = false;
    let app = App::open_as(options).await.expect("opens");
    sign_in(&app, &server).await;
    // The app that runs has the profile, and measures itself.
    let instance = Instance::take(&folder).expect("locked").expect("the first");
    let mut errands = instance.listen().await.expect("listening");
    let doing = app.clone();
    let does = tokio::spawn(async move {
        while let Some(Received { errand, done }) = errands.recv().await {
            let Errand::TestLink { send } = errand else { panic!("{errand:?}") };
            let outcome = doing.test_link(send).await.map_err(|trouble| trouble.problem());
            done.send(outcome).expect("somebody waits");
        }
    });
    let linked = asked(&folder, link::stop_to_link).await.expect("measured");
    assert!(linked.ms.is_some() && linked.removed, "{linked:?}");
    assert_eq!(address(&folder).await, format!("http://{}/", server.address));
    app.client.sign_out().await.expect("signed out");
    assert_eq!(unmeasured(&folder).await, Code::SignInNeeded);
    sign_in(&app, &server).await;
    does.abort();
    drop((app, instance));

    // Nothing else has the profile: the command does it alone, and prints it.
    until("the profile to be free", || async { Instance::take(&folder).is_ok_and(|taken| taken.is_some()) })
        .await;
    assert_eq!(address(&folder).await, format!("http://{}/", server.address));
    let test = ["deskside", "selftest", "--seconds", "4", "--link"];
    tokio::task::spawn_blocking(move || cli::run(test)).await.expect("no panic");

    server.stop().await.expect("stopped");
    let trouble = asked(&folder, link::stop_to_link).await.expect_err("nobody answers");
    assert!(matches!(trouble, Trouble::Unreachable(_) | Trouble::Unconnected(_)), "{trouble:?}");
    assert_eq!(trouble.problem().title, "the server can't be reached");
}

async fn asked<T: Send + 'static>(
    folder: &Path,
    ask: impl FnOnce(&Path) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || ask(&folder)).await.expect("no panic")
}

async fn address(folder: &Path) -> String {
    asked(folder, link::server).await.expect("somebody is signed in")
}

async fn unmeasured(folder: &Path) -> Code {
    let server = asked(folder, link::server).await.expect_err("nobody is signed in");
    let linked = asked(folder, link::stop_to_link).await.expect_err("nobody is signed in");
    assert_eq!(server.code(), linked.code());
    assert_eq!(linked.problem().title, "nobody is signed in here");
    linked.code().expect("refused")
}
