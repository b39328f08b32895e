//! Files: growing, cut, restarted; what the server keeps is what was written, byte for byte.

use std::{io::Write as _, time::Duration};

use deskside_client::{Client, UploadKind, UploadState};
use deskside_protocol::{command::StartClip, id::ClipId};
use deskside_tests::{
    cutting::CuttingProxy,
    server::{TestServer, until},
};
use futures_util::StreamExt as _;
use uuid::Uuid;

/// Bytes that differ everywhere.
fn bytes(length: usize) -> Vec<u8> {
    (0..length as u64)
        .flat_map(|at| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56).to_le_bytes()[..1].to_vec())
        .collect()
}

/// What the server gives of a clip that is being recorded: what it has.
async fn kept_there(client: &Client, clip: ClipId) -> Vec<u8> {
    let Ok(media) = client.media(&format!("/media/clip/{clip}"), &[]).await else { return Vec::new() };
    let mut stream = Box::pin(media.into_stream());
    let mut all = Vec::new();
    while let Some(Ok(piece)) = stream.next().await {
        all.extend_from_slice(&piece);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_growing_file_is_followed_over_cuts_and_a_restart() {
    let server = TestServer::start().await.expect("a server");
    let proxy = CuttingProxy::start(server.address, 7, (30_000, 400_000)).await.expect("a proxy");
    let client = server.founder(proxy.address).await.expect("a founder");
    let clip = ClipId::fresh();
    let start = StartClip {
        clip,
        request: None,
        width: 16,
        height: 16,
        sound: false,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    };
    client.keep(Uuid::now_v7(), start.into()).await.expect("kept").decided().await.expect("accepted");
    // Looks without the cutting proxy in between.
    let eye = server.profile("eye").await.expect("opened");
    let address = format!("http://{}", server.address);
    eye.sign_in(Some(&address), "mia@numbra.example", "correct horse battery").await.expect("signed in");
    proxy.cut(true);

    let folder = tempfile::tempdir().expect("a folder");
    let (path, head) = (folder.path().join("clip.webm"), folder.path().join("clip.prefix"));
    let whole = bytes(3_000_000);
    std::fs::write(&head, &whole[..1_000]).expect("the beginning");
    let mut file = std::fs::File::create(&path).expect("a file");
    let growing = client.upload_growing(clip.0, "video/webm", path.clone(), Some(head)).await.expect("kept");
    for piece in whole.chunks(150_000).take(10) {
        file.write_all(piece).expect("written");
        growing.grew(file.metadata().expect("metadata").len());
    }
    until("half of it to arrive", || async { kept_there(&eye, clip).await.len() >= 1_500_000 }).await;
    assert_eq!(kept_there(&eye, clip).await, whole[..1_500_000]);

    // The app dies; the file goes on to its end and gets another beginning, as finishing a clip does.
    drop(growing);
    drop(client);
    file.write_all(&whole[1_500_000..]).expect("written");
    let mut finished = whole.clone();
    finished[..1_000].fill(0);
    std::fs::write(&path, &finished).expect("finished");
    let client = server.profile("founder").await.expect("opened");
    let unfinished = client.unfinished_uploads().await.expect("readable");
    assert_eq!(
        unfinished.iter().map(|upload| (upload.id, &upload.state)).collect::<Vec<_>>(),
        [(clip.0, &UploadState::Growing)]
    );
    client.upload_recovered(clip.0, whole.len() as u64).await.expect("kept");
    until("all of it to arrive", || async {
        client
            .upload_status(clip.0)
            .await
            .expect("readable")
            .is_some_and(|status| status.state == UploadState::Done)
    })
    .await;
    assert!(
        kept_there(&eye, clip).await == whole,
        "the bytes as they were recorded, not as they were finished"
    );
    assert!(proxy.cuts() > 3, "the network was cut {} times only", proxy.cuts());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_waits_for_the_network_and_leaves_nothing_behind() {
    let mut server = TestServer::start().await.expect("a server");
    let client = server.founder(server.address).await.expect("a founder");
    super::delivery::desk(&client).await;
    server.stop().await.expect("stopped");
    let id = Uuid::now_v7();
    client.upload_bytes(id, "text/plain", b"what the router said".to_vec()).await.expect("kept");
    let status = client.upload_status(id).await.expect("readable").expect("there");
    assert_eq!((status.kind, status.length), (UploadKind::Attachment, Some(20)));
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.start_again().await.expect("started again");
    client.hurry();
    until("it to arrive", || async {
        client
            .upload_status(id)
            .await
            .expect("readable")
            .is_some_and(|status| status.state == UploadState::Done)
    })
    .await;
    until("the copy in the profile to go", || async { !status.path.exists() }).await;
}
