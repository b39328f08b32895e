//! A clip: seen while it grows by those let in, playable whatever becomes of its recorder, gone when discarded.

use deskside_domain::time::{DAY, SECOND};
use deskside_protocol::{
    Entity, EntityRef,
    command::{CutClip, DeleteClip, DiscardClip, LetWatch, StartClip, StopClip},
    feed::FromServer,
    id::{ClipId, RequestId},
    values::{ClipPart, ClipState},
};
use reqwest::header;

use crate::support::{House, Person, recording, within};

fn clip(person: &Person, id: ClipId) -> Option<(ClipState, u32)> {
    match person.replica.get(&EntityRef::Clip(id)) {
        Some(Entity::Clip(clip)) => Some((clip.state, clip.duration_ms)),
        _ => None,
    }
}

async fn starts(person: &mut Person, request: Option<RequestId>) -> ClipId {
    let clip = ClipId::fresh();
    person
        .does(StartClip {
            clip,
            request,
            width: 64,
            height: 48,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        })
        .await;
    clip
}

#[tokio::test(flavor = "multi_thread")]
async fn sam_watches_while_ana_records_and_everyone_after_stop() {
    let (house, _ada, [mut ana, mut sam, mut ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    let desk = house.desk(&ana).await.id;
    let request = ana.asks(desk, "look at this").await;
    for person in [&mut ana, &mut sam, &mut ben] {
        person.follows().await;
    }
    let id = starts(&mut ana, Some(request)).await;
    let media = format!("/media/clip/{id}");
    let pieces = recording(5);
    let upload = ana.begins_upload("clip", id.0, None).await;
    let mut offset = 0;
    for piece in &pieces[..3] {
        offset = ana.uploads(&upload, offset, piece).await;
    }
    for person in [&sam, &ben] {
        assert_eq!(person.get(&media).await.status(), 404, "until Stop it is Ana's");
    }
    ana.does(LetWatch { clip: id, person: sam.id, watch: true }).await;
    sam.hears_until("being let in", |sam| clip(sam, id).is_some()).await;
    offset = ana.uploads(&upload, offset, &pieces[3]).await;
    sam.hears_until("the clip growing", |sam| {
        sam.fleeting.iter().any(|frame| matches!(frame, FromServer::ClipGrows { clip, kept_ms, bytes, silent: false } if *clip == id && *kept_ms >= 2_000 && *bytes == offset))
    })
    .await;
    let so_far = pieces[..4].concat();
    let part = sam
        .http(reqwest::Method::GET, &media)
        .header(header::RANGE, "bytes=100-")
        .send()
        .await
        .expect("answers");
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()[header::CONTENT_RANGE], format!("bytes 100-{}/*", so_far.len() - 1).as_str());
    assert_eq!(part.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(part.headers()["deskside-init"], pieces[0].len().to_string().as_str());
    let join: usize = part.headers()["deskside-join"].to_str().expect("text").parse().expect("an offset");
    assert!(so_far[join..].starts_with(&[0x1F, 0x43, 0xB6, 0x75]), "a cluster begins there");
    assert_eq!(part.bytes().await.expect("bytes"), so_far[100..]);
    assert_eq!(ben.get(&media).await.status(), 404);
    assert!(!serde_json::to_string(&ben.fleeting).expect("JSON").contains(&id.to_string()));

    for piece in &pieces[4..] {
        offset = ana.uploads(&upload, offset, piece).await;
    }
    ana.does(StopClip { clip: id, note: None }).await;
    ana.ends_upload(&upload, offset).await;
    for person in [&mut ana, &mut sam, &mut ben] {
        person
            .hears_until("the whole clip", |person| clip(person, id) == Some((ClipState::Finished, 5_000)))
            .await;
        person.verifies().await;
    }

    // What is served is what finishing the same bytes gives anywhere.
    let recorded = pieces.concat();
    let finished = deskside_clip::finish(&recorded).expect("a clip");
    let expected = [&finished.prefix[..], &recorded[finished.body as usize..finished.cut as usize]].concat();
    let whole = ben.get(&media).await;
    assert_eq!(whole.headers()[header::CONTENT_TYPE], "video/webm");
    let etag = whole.headers()[header::ETAG].clone();
    assert_eq!(whole.bytes().await.expect("bytes"), expected);
    let ask = async |name: header::HeaderName, value: &str, range: &str| {
        let request = ben.http(reqwest::Method::GET, &media).header(name, value).header(header::RANGE, range);
        request.send().await.expect("answers")
    };
    let etag = etag.to_str().expect("text");
    // A range across the seam between prefix and recorded bytes.
    let seam = finished.prefix.len();
    let across = ask(header::IF_RANGE, etag, &format!("bytes={}-{}", seam - 5, seam + 4)).await;
    assert_eq!(across.status(), 206);
    assert_eq!(
        across.headers()[header::CONTENT_RANGE],
        format!("bytes {}-{}/{}", seam - 5, seam + 4, expected.len()).as_str()
    );
    assert_eq!(across.bytes().await.expect("bytes"), expected[seam - 5..seam + 5]);
    assert_eq!(ask(header::IF_NONE_MATCH, etag, "bytes=0-1").await.status(), 304);
    assert_eq!(ask(header::IF_RANGE, "\"other\"", "bytes=0-1").await.status(), 200);
    let beyond = ask(header::ACCEPT, "*/*", &format!("bytes={}-", expected.len())).await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()[header::CONTENT_RANGE], format!("bytes */{}", expected.len()).as_str());
    let head = ben.http(reqwest::Method::HEAD, &media).send().await.expect("answers");
    assert_eq!(head.headers()[header::CONTENT_LENGTH], expected.len().to_string().as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_carries_each_second_as_it_comes_until_the_watcher_is_sent_out() {
    let (_house, _ada, [mut ana, sam]) = House::with_team(["Ana", "Sam"]).await;
    let id = starts(&mut ana, None).await;
    let pieces = recording(5);
    let upload = ana.begins_upload("clip", id.0, None).await;
    let mut offset = 0;
    for piece in &pieces[..2] {
        offset = ana.uploads(&upload, offset, piece).await;
    }
    ana.does(LetWatch { clip: id, person: sam.id, watch: true }).await;
    let mut answer = sam
        .http(reqwest::Method::GET, &format!("/media/clip/{id}"))
        .header(header::RANGE, "bytes=10-9007199254740991")
        .send()
        .await
        .expect("answers");
    assert_eq!(answer.status(), 206);
    assert_eq!(answer.headers()[header::CONTENT_RANGE], "bytes 10-9007199254740991/*", "no end is promised");
    let mut seen = Vec::new();
    for piece in &pieces[2..4] {
        while seen.len() + 10 < offset as usize {
            seen.extend(within("what is there", answer.chunk()).await.expect("goes on").expect("no end yet"));
        }
        offset = ana.uploads(&upload, offset, piece).await;
    }
    while seen.len() + 10 < offset as usize {
        seen.extend(within("the newest second", answer.chunk()).await.expect("goes on").expect("no end yet"));
    }
    assert_eq!(seen, pieces[..4].concat()[10..]);
    ana.does(LetWatch { clip: id, person: sam.id, watch: false }).await;
    assert_eq!(within("the end", answer.chunk()).await.expect("ends well"), None, "Sam was sent out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_recorder_leaves_a_clip_that_plays_and_goes_on_when_it_is_back() {
    let (mut house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let id = starts(&mut ana, None).await;
    let pieces = recording(4);
    let upload = ana.begins_upload("clip", id.0, None).await;
    let mut offset = 0;
    for piece in &pieces[..3] {
        offset = ana.uploads(&upload, offset, piece).await;
    }
    // Half a cluster: what is kept ends before it.
    let (half, rest) = pieces[3].split_at(pieces[3].len() / 2);
    offset = ana.uploads(&upload, offset, half).await;
    ana.hears_until("the bytes to be seen", |ana| {
        ana.fleeting
            .iter()
            .any(|frame| matches!(frame, FromServer::ClipGrows { bytes, .. } if *bytes == offset))
    })
    .await;
    house.clock.turn(3 * SECOND);
    ana.hears_until("being told of silence", |ana| {
        ana.fleeting.iter().any(|frame| matches!(frame, FromServer::ClipGrows { silent: true, .. }))
    })
    .await;
    // The server restarts meanwhile and picks up where it was.
    house.restart().await;
    ana.base = house.base.clone();
    ana.connects().await;
    house.clock.turn(30 * SECOND);
    ana.hears_until("the interruption", |ana| clip(ana, id) == Some((ClipState::Interrupted, 2_000))).await;
    let media = format!("/media/clip/{id}");
    let first = ana.get(&media).await;
    let etag = first.headers()[header::ETAG].clone();
    let finished = deskside_clip::finish(&pieces[..3].concat()).expect("a clip");
    assert_eq!(first.bytes().await.expect("bytes").len() as u64, finished.layout().total());

    house.clock.turn(DAY);
    offset = ana.uploads(&upload, offset, rest).await;
    ana.hears_until("the recorder being back", |ana| {
        clip(ana, id).is_some_and(|(state, _)| state == ClipState::Recording)
    })
    .await;
    for piece in &pieces[4..] {
        offset = ana.uploads(&upload, offset, piece).await;
    }
    ana.ends_upload(&upload, offset).await;
    ana.does(StopClip { clip: id, note: None }).await;
    ana.hears_until("the whole clip", |ana| clip(ana, id) == Some((ClipState::Finished, 4_000))).await;
    let whole = ana.get(&media).await;
    assert_ne!(whole.headers()[header::ETAG], etag, "other bytes, another tag");
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_whose_recorder_never_comes_back_is_whole_as_far_as_it_came() {
    let (house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let (kept, empty) = (starts(&mut ana, None).await, starts(&mut ana, None).await);
    let upload = ana.begins_upload("clip", kept.0, None).await;
    let pieces = recording(2);
    ana.uploads(&upload, 0, &pieces[..2].concat()).await;
    ana.hears_until("the bytes to be seen", |ana| {
        !ana.fleeting.is_empty()
            && ana.fleeting.iter().any(|frame| matches!(frame, FromServer::ClipGrows { kept_ms: 1_000, .. }))
    })
    .await;
    house.clock.turn(31 * SECOND);
    for clip_id in [kept, empty] {
        ana.hears_until("the silence", |ana| {
            clip(ana, clip_id).is_some_and(|(state, _)| state == ClipState::Interrupted)
        })
        .await;
    }
    house.clock.turn(8 * DAY);
    ana.hears_until("the end", |ana| clip(ana, kept).is_some_and(|(state, _)| state == ClipState::Finished))
        .await;
    ana.hears_until("the other's end", |ana| {
        clip(ana, empty).is_some_and(|(state, _)| state == ClipState::Expired)
    })
    .await;
    assert_eq!(ana.get(&format!("/media/clip/{kept}")).await.status(), 200);
    let late = ana.patch(&upload, 0).body("late").send().await.expect("answers");
    assert_eq!(late.status(), 409, "it takes no more");
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_clip_is_erased_on_the_server_too() {
    let (house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let id = starts(&mut ana, None).await;
    let upload = ana.begins_upload("clip", id.0, None).await;
    ana.uploads(&upload, 0, &recording(1).concat()).await;
    ana.does(DiscardClip { clip: id }).await;
    within("the bytes to be gone", async {
        while house.parts().blobs.upload(&id.to_string()).await.expect("reads").is_some() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(ana.get(&format!("/media/clip/{id}")).await.status(), 404);
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poster_is_decoded_and_shown_to_who_may_watch() {
    let (house, _ada, [mut ana, sam]) = House::with_team(["Ana", "Sam"]).await;
    ana.follows().await;
    let id = starts(&mut ana, None).await;
    let path = format!("/api/v1/clips/{id}/poster");
    let put = async |person: &Person, bytes: Vec<u8>| {
        let request =
            person.http(reqwest::Method::PUT, &path).header("content-type", "image/png").body(bytes);
        request.send().await.expect("answers").status().as_u16()
    };
    assert_eq!(put(&sam, crate::support::png(320, 200)).await, 404);
    assert_eq!(put(&ana, b"no picture".to_vec()).await, 415);
    assert_eq!(put(&ana, crate::support::png(320, 200)).await, 204);
    let upload = ana.begins_upload("clip", id.0, None).await;
    let bytes = recording(1).concat();
    ana.uploads(&upload, 0, &bytes).await;
    ana.ends_upload(&upload, bytes.len() as u64).await;
    ana.does(StopClip { clip: id, note: None }).await;
    ana.hears_until(
        "the poster",
        |ana| matches!(ana.replica.get(&EntityRef::Clip(id)), Some(Entity::Clip(clip)) if clip.poster),
    )
    .await;
    let poster = ana.get(&format!("/media/clip/{id}/poster")).await;
    assert_eq!(poster.headers()[header::CONTENT_TYPE], "image/jpeg");
    assert_eq!(sam.get(&format!("/media/clip/{id}/poster")).await.status(), 404);
    drop(house);
}

/// A picture of ten small ones in two rows, each of a grey of its own.
fn ten_greys() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let grey = |x: u32, y: u32| image::Rgb([20 * (x / 16 + 5 * (y / 12)) as u8; 3]);
    let all = image::RgbImage::from_fn(80, 24, grey);
    all.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}

/// The greys of a served sprite, by tens and rounded, because JPEG is.
fn greys(jpeg: &[u8], tiles: u32, columns: u32) -> Vec<u8> {
    let all = image::load_from_memory(jpeg).expect("a picture").to_rgb8();
    let (width, height) = (all.width() / columns, all.height() / tiles.div_ceil(columns));
    let middle = |tile: u32| (tile % columns * width + width / 2, tile / columns * height + height / 2);
    (0..tiles).map(middle).map(|(x, y)| (all.get_pixel(x, y)[0] + 10) / 20).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn small_pictures_are_shown_to_who_may_watch_cut_along_and_erased_with_the_clip() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let request = ana.asks(desk, "look at this").await;
    ana.follows().await;
    sam.follows().await;
    let id = starts(&mut ana, Some(request)).await;
    let put = async |person: &Person, laid: &str, bytes: Vec<u8>| {
        let path = format!("/api/v1/clips/{id}/sprite?{laid}");
        let request =
            person.http(reqwest::Method::PUT, &path).header("content-type", "image/png").body(bytes);
        request.send().await.expect("answers").status().as_u16()
    };
    let laid = "every_ms=1000&tiles=10&columns=5";
    assert_eq!(put(&sam, laid, ten_greys()).await, 404);
    assert_eq!(put(&ana, laid, b"no picture".to_vec()).await, 415);
    assert_eq!(put(&ana, "every_ms=1000&tiles=10&columns=3", ten_greys()).await, 422, "it does not fit");
    assert_eq!(put(&ana, "every_ms=0&tiles=10&columns=5", ten_greys()).await, 422);
    assert_eq!(put(&ana, laid, ten_greys()).await, 204);
    let upload = ana.begins_upload("clip", id.0, None).await;
    let bytes = recording(10).concat();
    ana.uploads(&upload, 0, &bytes).await;
    ana.ends_upload(&upload, bytes.len() as u64).await;
    let media = format!("/media/clip/{id}/sprite");
    assert_eq!(sam.get(&media).await.status(), 404, "until Stop it is Ana's");
    ana.does(StopClip { clip: id, note: None }).await;
    let sprite = |person: &Person| match person.replica.get(&EntityRef::Clip(id)) {
        Some(Entity::Clip(clip)) if clip.state == ClipState::Finished => {
            clip.sprite.clone().map(|sprite| (clip.version, sprite))
        }
        _ => None,
    };
    sam.hears_until("the small pictures", |sam| sprite(sam).is_some()).await;
    let served = sam.get(&media).await;
    assert_eq!(served.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(greys(&served.bytes().await.expect("bytes"), 10, 5), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

    // Seconds 2 to 4 and 6 to 9 are kept; half a second of 6 goes.
    let keep = [(2_000, 4_000), (6_500, 9_000)].map(|(from_ms, to_ms)| ClipPart { from_ms, to_ms });
    ana.does(CutClip { clip: id, version: 1, keep: keep.to_vec() }).await;
    sam.hears_until("those of the cut clip", |sam| sprite(sam).is_some_and(|(version, _)| version == 2))
        .await;
    let (_, now) = sprite(&sam).expect("there are");
    let cut = sam.get(&media).await.bytes().await.expect("bytes");
    // It goes on at the keyframe behind what was asked for, with second 7.
    assert_eq!(greys(&cut, now.tiles, now.columns), [2, 3, 7, 8]);
    assert!(
        house.parts().blobs.get(&format!("{id}.sprite")).await.expect("reads").is_none(),
        "the old ones are gone"
    );

    ana.does(DeleteClip { clip: id }).await;
    within("the small pictures to be gone", async {
        while house.parts().blobs.get(&format!("{id}.v2.sprite")).await.expect("reads").is_some() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(sam.get(&media).await.status(), 404);
    ana.verifies().await;
}
