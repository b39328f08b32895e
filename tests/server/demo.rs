//! The demo organisation, with the clips that `cargo xtask demo-media` records.

use deskside_protocol::{
    Entity,
    account::{SignInByLink, SignedIn},
    values::ClipState,
};
use deskside_tests::{
    desksided::{Desksided, desksided},
    person::Person,
    within,
};
use reqwest::Client;

#[path = "../stories/support/recording.rs"]
mod recording;

use recording::{png, recording};

/// The scenes that the demo's questions name.
const STEMS: [&str; 3] = ["esim", "porting", "refund"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_clip_of_the_demo_has_a_picture() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let [data, media] = ["data", "media"].map(|name| folder.path().join(name));
    std::fs::create_dir(&media).expect("a folder");
    let mut poster = Vec::new();
    let still = image::DynamicImage::new_rgb8(64, 48);
    still.write_to(&mut std::io::Cursor::new(&mut poster), image::ImageFormat::Jpeg).expect("encodes");
    for stem in STEMS {
        let files = [("webm", recording(2).concat()), ("png", png(64, 48)), ("poster.jpg", poster.clone())];
        for (kind, bytes) in files {
            std::fs::write(media.join(format!("{stem}.{kind}")), bytes).expect("writes");
        }
    }
    let links = desksided(&["demo", "--links", "--json"], &[("--data", &data), ("--media", &media)]);
    let links: serde_json::Value = serde_json::from_str(&links.expect("the demo is filled")).expect("JSON");
    let server = Desksided::serve(&data, "127.0.0.1:0").expect("serves");
    let base = format!("http://{}", server.address);
    let secret = links["Sam"].as_str().and_then(|link| link.split_once('#')).expect("Sam's link").1;
    let body = SignInByLink { secret: secret.into(), new_password: None, device: "test".into(), token: true };
    let sent = Client::new().post(format!("{base}/api/v1/session/link")).json(&body).send();
    let signed_in: SignedIn =
        within("a session", sent).await.expect("answers").json().await.expect("signed in");
    let mut sam = Person::new("Sam", &base, signed_in);
    sam.follows().await;
    let clips = |sam: &Person| -> Vec<_> {
        let clips = sam.replica.values().filter_map(|entity| match entity {
            Entity::Clip(clip) => Some(clip.clone()),
            _ => None,
        });
        clips.collect()
    };
    sam.hears_until("the clips to be whole", |sam| {
        let clips = clips(sam);
        clips.len() == STEMS.len() && clips.iter().all(|clip| clip.state == ClipState::Finished)
    })
    .await;
    for clip in clips(&sam) {
        assert!(clip.poster, "{}", clip.id);
        let shown = sam.get(&format!("/media/clip/{}/poster", clip.id)).await;
        assert_eq!(shown.bytes().await.expect("bytes"), poster);
    }
}
