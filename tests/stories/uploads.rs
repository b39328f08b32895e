//! tus 1.0, resumed wherever it was cut; pictures looked at before anyone sees them.

use base64::{Engine, engine::general_purpose::STANDARD};
use deskside_protocol::{
    Code, Entity, EntityRef, Problem,
    command::{Ask, DeleteAttachment},
    id::AttachmentId,
    values::{AttachmentState, NewAttachment},
};
use reqwest::Method;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::support::{House, Person, png, question, within};

fn attached(person: &Person, id: AttachmentId) -> Option<(AttachmentState, u32, u32)> {
    match person.replica.get(&EntityRef::Attachment(id)) {
        Some(Entity::Attachment(row)) => Some((row.state, row.width, row.height)),
        _ => None,
    }
}

fn with_file(desk: deskside_protocol::id::DeskId, id: AttachmentId, mime: &str, size: usize) -> Ask {
    let file = NewAttachment {
        id,
        name: "größe.png".into(),
        mime: mime.into(),
        size: size as u64,
        width: 0,
        height: 0,
    };
    Ask { attachments: vec![file], ..question(desk, "see the picture") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_resumed_after_a_cut_looked_at_and_shown() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    sam.follows().await;
    let (picture, id) = (png(900, 300), AttachmentId::fresh());
    ana.does(with_file(desk, id, "image/png", picture.len())).await;
    let upload = ana.begins_upload("attachment", id.0, Some(picture.len() as u64)).await;

    // A connection that promises the whole and breaks off in the middle: what came is kept.
    let half = picture.len() / 2;
    let address = house.base.strip_prefix("http://").expect("http");
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("connects");
    let head = format!(
        "PATCH {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n",
        upload.path,
        ana.token,
        picture.len()
    );
    connection.write_all(head.as_bytes()).await.expect("writes");
    connection.write_all(&picture[..half]).await.expect("writes");
    drop(connection);
    within("the half to be on disk", async {
        while ana.offset(&upload).await < half as u64 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(ana.offset(&upload).await, half as u64);
    assert_eq!(ana.uploads(&upload, half as u64, &picture[half..]).await, picture.len() as u64);

    sam.hears_until("the picture", |sam| {
        attached(sam, id).is_some_and(|(state, ..)| state == AttachmentState::Stored)
    })
    .await;
    assert_eq!(attached(&sam, id), Some((AttachmentState::Stored, 900, 300)), "measured by the server");
    let served = sam.get(&format!("/media/attachment/{id}")).await;
    assert_eq!(served.headers()["content-type"], "image/png");
    assert_eq!(served.headers()["x-content-type-options"], "nosniff");
    assert!(served.headers()["content-security-policy"].to_str().expect("text").contains("sandbox"));
    assert_eq!(served.bytes().await.expect("bytes"), picture, "byte for byte");
    let small = sam.get(&format!("/media/attachment/{id}?thumb")).await.bytes().await.expect("bytes");
    let small = image::load_from_memory(&small).expect("a picture");
    assert_eq!((small.width(), small.height()), (640, 213));

    ana.does(DeleteAttachment { attachment: id }).await;
    assert_eq!(sam.get(&format!("/media/attachment/{id}")).await.status(), 404);
    within("the bytes to be gone", async {
        while house.parts().blobs.upload(&id.to_string()).await.expect("reads").is_some() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    sam.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_says_is_refused_and_erased() {
    let (house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    let desk = house.desk(&ana).await.id;
    ana.follows().await;
    let page = b"<html><script>alert(1)</script></html>".to_vec();
    let mut half = png(200, 200);
    half.truncate(100);
    for (mime, bytes) in [
        ("image/png", page.clone()),
        ("image/png", half),
        ("image/jpeg", png(20, 20)),
        ("application/pdf", page),
    ] {
        let id = AttachmentId::fresh();
        // The bytes may come before the command that names them.
        let upload = ana.begins_upload("attachment", id.0, Some(bytes.len() as u64)).await;
        ana.uploads(&upload, 0, &bytes).await;
        ana.does(with_file(desk, id, mime, bytes.len())).await;
        ana.hears_until("the refusal", |ana| {
            attached(ana, id).is_some_and(|(state, ..)| state == AttachmentState::Refused)
        })
        .await;
        assert_eq!(ana.get(&format!("/media/attachment/{id}")).await.status(), 404);
        assert!(house.parts().blobs.upload(&id.to_string()).await.expect("reads").is_none(), "{mime}");
    }
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocol_is_spoken_as_tus_writes_it() {
    let (_house, _ada, [ana, sam]) = House::with_team(["Ana", "Sam"]).await;
    let options = ana.http(Method::OPTIONS, "/api/v1/uploads").send().await.expect("answers");
    assert_eq!(options.headers()["tus-version"], "1.0.0");
    assert!(options.headers()["tus-extension"].to_str().expect("text").contains("creation-defer-length"));

    let id = Uuid::now_v7();
    let upload = ana.begins_upload("clip", id, None).await;
    let old =
        ana.http(Method::HEAD, &upload.path).header("Tus-Resumable", "0.2.2").send().await.expect("answers");
    assert_eq!(
        (old.status().as_u16(), &old.headers()["tus-version"]),
        (412, &"1.0.0".parse().expect("a value"))
    );
    let head =
        ana.http(Method::HEAD, &upload.path).header("Tus-Resumable", "1.0.0").send().await.expect("answers");
    assert_eq!(head.headers()["upload-defer-length"], "1");
    assert_eq!(head.headers()["cache-control"], "no-store");

    assert_eq!(ana.uploads(&upload, 0, b"0123456789").await, 10);
    let elsewhere = ana.patch(&upload, 4).body("x").send().await.expect("answers");
    assert_eq!(elsewhere.status(), 409);
    let problem: Problem = elsewhere.json().await.expect("a problem");
    assert_eq!((problem.code, problem.expected), (Code::OffsetMismatch, Some(10)));

    let sum = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let wrong = ana
        .patch(&upload, 10)
        .header("Upload-Checksum", sum(b"other"))
        .body("abc")
        .send()
        .await
        .expect("answers");
    assert_eq!(wrong.status(), 460);
    assert_eq!(ana.offset(&upload).await, 10, "nothing of it counts");
    let right = ana
        .patch(&upload, 10)
        .header("Upload-Checksum", sum(b"abc"))
        .body("abc")
        .send()
        .await
        .expect("answers");
    assert_eq!(right.status(), 204);

    // The length comes late, and then holds.
    ana.ends_upload(&upload, 13).await;
    let more = ana.patch(&upload, 13).body("more").send().await.expect("answers");
    assert!(more.status().is_client_error(), "{}", more.status());
    assert_eq!(ana.offset(&upload).await, 13);

    // Nobody else's business.
    let theirs =
        sam.http(Method::HEAD, &upload.path).header("Tus-Resumable", "1.0.0").send().await.expect("answers");
    assert_eq!(theirs.status(), 404);
    let delete = ana
        .http(Method::DELETE, &upload.path)
        .header("Tus-Resumable", "1.0.0")
        .send()
        .await
        .expect("answers");
    assert_eq!(delete.status(), 204);
    let gone =
        ana.http(Method::HEAD, &upload.path).header("Tus-Resumable", "1.0.0").send().await.expect("answers");
    assert_eq!(gone.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_writer_wins() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let id = Uuid::now_v7();
    let upload = ana.begins_upload("clip", id, None).await;
    // An older connection that still has something to say.
    let (say, said) = tokio::sync::mpsc::unbounded_channel::<Result<Vec<u8>, std::io::Error>>();
    let stream = futures_util::stream::unfold(said, async |mut said| Some((said.recv().await?, said)));
    say.send(Ok(b"first".to_vec())).expect("sends");
    let older = ana.patch(&upload, 0).body(reqwest::Body::wrap_stream(stream));
    let older = tokio::spawn(older.send());
    within("the first bytes", async {
        while ana.offset(&upload).await < 5 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(ana.uploads(&upload, 5, b"second").await, 11);
    say.send(Ok(b"LATE".to_vec())).expect("sends");
    drop(say);
    let older = within("the older one's answer", older).await.expect("no panic").expect("answers");
    assert_eq!(older.status(), 409);
    let bytes = house.parts().blobs.read(&id.to_string(), 0, 100).await.expect("reads");
    assert_eq!(&bytes[..], b"firstsecond");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_photo_only_the_picture_is_kept() {
    const SECRET: &[u8] = b"Exif\0\0Ana's phone, Hauptstr. 7, Bonn";
    let (mut house, _ada, [mut ana, sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    ana.follows().await;
    let mut photo = Vec::new();
    let picture = image::DynamicImage::new_rgb8(300, 200);
    picture.write_to(&mut std::io::Cursor::new(&mut photo), image::ImageFormat::Jpeg).expect("encodes");
    let mut segment = vec![0xFF, 0xE1];
    segment.extend_from_slice(&(SECRET.len() as u16 + 2).to_be_bytes());
    segment.extend_from_slice(SECRET);
    photo.splice(2..2, segment);

    let id = AttachmentId::fresh();
    ana.does(with_file(desk, id, "image/jpeg", photo.len())).await;
    let upload = ana.begins_upload("attachment", id.0, Some(photo.len() as u64)).await;
    ana.uploads(&upload, 0, &photo).await;
    ana.hears_until("the photo", |ana| {
        attached(ana, id).is_some_and(|(state, ..)| state == AttachmentState::Stored)
    })
    .await;
    assert_eq!(attached(&ana, id), Some((AttachmentState::Stored, 300, 200)));
    let served = sam.get(&format!("/media/attachment/{id}")).await.bytes().await.expect("bytes");
    let Some(Entity::Attachment(row)) = ana.replica.get(&EntityRef::Attachment(id)) else { panic!("no row") };
    assert_eq!(served.len() as u64, row.size, "the size that is served");
    let seen = image::load_from_memory(&served).expect("a picture");
    assert_eq!((seen.width(), seen.height()), (300, 200));
    // Whoever lost the last answer hears that all of it came.
    assert_eq!(ana.offset(&upload).await, photo.len() as u64);
    house.stop().await;
    assert_eq!(house.files_with(SECRET), [] as [std::path::PathBuf; 0], "nothing of it is on the server");
    assert_eq!(house.findings(), [], "and the data is sound");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_bytes_may_come_with_the_creation_and_what_nobody_goes_on_with_expires() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let id = Uuid::now_v7();
    let metadata = format!("kind {},id {}", STANDARD.encode("attachment"), STANDARD.encode(id.to_string()));
    let create = async |body: &'static str| {
        let request = ana
            .http(Method::POST, "/api/v1/uploads")
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", 10)
            .header("Upload-Metadata", &metadata)
            .header("Content-Type", "application/offset+octet-stream");
        within("the creation", request.body(body).send()).await.expect("answers")
    };
    let created = create("01234").await;
    assert_eq!(created.status(), 201);
    assert_eq!(created.headers()["upload-offset"], "5");
    // Whoever lost that answer creates again, and goes on from where it stands.
    let again = create("0123456").await;
    let offset = &again.headers()["upload-offset"];
    assert_eq!((again.status().as_u16(), offset.as_bytes()), (201, &b"7"[..]), "what is new of it is taken");
    assert_eq!(again.headers()["location"], created.headers()["location"]);
    // Eight days after Friday, 2026-06-05, 08:45 is past the seven that are promised.
    assert_eq!(again.headers()["upload-expires"], "Fri, 12 Jun 2026 08:45:00 GMT");
    let upload = || async { house.parts().blobs.upload(&id.to_string()).await.expect("reads") };
    house.clock.turn(6 * deskside_domain::time::DAY);
    assert!(upload().await.is_some());
    house.clock.turn(2 * deskside_domain::time::DAY);
    within("it to expire while the server runs", async {
        while upload().await.is_some() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
