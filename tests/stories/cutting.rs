//! A cut after Stop: what is kept plays, what is cut out is nowhere any more, and comments know where they belong.

use std::{sync::atomic::Ordering, time::Duration};

use deskside_domain::time::MINUTE;
use deskside_ports::{Clock as _, blobs::Upload};
use deskside_protocol::{
    Code, Entity, EntityRef,
    command::{CutClip, DeleteClip, Say, StartClip, StopClip},
    entity::{Clip, Message},
    id::{AttachmentId, ClipId, MessageId, RequestId},
    values::{AttachmentState, ClipPart, ClipState, Moment, NewAttachment},
};
use deskside_tests::within;
use reqwest::Method;

use crate::support::{House, Person, png, recording};

fn clip(person: &Person, id: ClipId) -> Clip {
    match person.replica.get(&EntityRef::Clip(id)) {
        Some(Entity::Clip(clip)) => clip.clone(),
        other => panic!("{}: no clip but {other:?}", person.name),
    }
}

/// Whether its person has heard that all of it is there, in this version.
fn is_whole(person: &Person, id: ClipId, version: u32) -> bool {
    let heard = person.replica.get(&EntityRef::Clip(id));
    matches!(heard, Some(Entity::Clip(clip)) if clip.state == ClipState::Finished && clip.version == version)
}

fn message(person: &Person, id: MessageId) -> Message {
    match person.replica.get(&EntityRef::Message(id)) {
        Some(Entity::Message(message)) => message.clone(),
        other => panic!("{}: no message but {other:?}", person.name),
    }
}

fn keep(parts: &[(u32, u32)]) -> Vec<ClipPart> {
    parts.iter().map(|(from_ms, to_ms)| ClipPart { from_ms: *from_ms, to_ms: *to_ms }).collect()
}

/// Records so many seconds for a request, with a keyframe at every whole second.
async fn records(person: &mut Person, request: RequestId, seconds: u64) -> ClipId {
    let id = ClipId::fresh();
    let start = StartClip {
        clip: id,
        request: Some(request),
        width: 64,
        height: 48,
        sound: false,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    };
    person.does(start).await;
    let upload = person.begins_upload("clip", id.0, None).await;
    let bytes = recording(seconds).concat();
    let offset = person.uploads(&upload, 0, &bytes).await;
    person.does(StopClip { clip: id, note: None }).await;
    person.ends_upload(&upload, offset).await;
    id
}

async fn comments(person: &mut Person, request: RequestId, clip: ClipId, at_ms: u32) -> MessageId {
    let message = MessageId::fresh();
    person
        .does(Say {
            request,
            message,
            text: format!("see {at_ms}"),
            attachments: vec![],
            clip: None,
            moment: Some(Moment { clip, version: 1, at_ms }),
            readable_ibans: vec![],
            mentions: Default::default(),
        })
        .await;
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_out_is_nowhere_and_the_rest_plays_on() {
    let (mut house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let request = ana.asks(desk, "look at this").await;
    for person in [&mut ana, &mut sam] {
        person.follows().await;
    }
    let id = records(&mut ana, request, 6).await;
    for person in [&mut ana, &mut sam] {
        person.hears_until("the whole clip", |person| is_whole(person, id, 1)).await;
    }
    let stays = comments(&mut sam, request, id, 500).await;
    let moves = comments(&mut sam, request, id, 4_200).await;
    // Drawn on a still of what will be cut out.
    let (drawn, gone) = (AttachmentId::fresh(), MessageId::fresh());
    let still = png(320, 200);
    let (size, mime) = (still.len() as u64, "image/png".to_owned());
    sam.does(Say {
        request,
        message: gone,
        text: "here".into(),
        attachments: vec![NewAttachment {
            id: drawn,
            name: "still.png".into(),
            mime,
            size,
            width: 320,
            height: 200,
        }],
        clip: None,
        moment: Some(Moment { clip: id, version: 1, at_ms: 2_500 }),
        readable_ibans: vec![],
        mentions: Default::default(),
    })
    .await;
    let upload = sam.begins_upload("attachment", drawn.0, Some(size)).await;
    sam.uploads(&upload, 0, &still).await;
    let state = |person: &Person| match person.replica.get(&EntityRef::Attachment(drawn)) {
        Some(Entity::Attachment(row)) => Some(row.state),
        _ => None,
    };
    sam.hears_until("the still", |sam| state(sam) == Some(AttachmentState::Stored)).await;
    // A search that could find nothing would prove nothing.
    for at in [1_900, 2_500, 3_900, 4_100] {
        assert!(!house.files_with(format!("picture at {at}").as_bytes()).is_empty(), "{at} ms was recorded");
    }

    let cut = CutClip { clip: id, version: 1, keep: keep(&[(0, 2_000), (3_400, 6_000)]) };
    let refused = sam.tries(cut.clone()).await.expect_err("it is Ana's clip");
    assert_eq!(refused.code, Code::NotAllowed);
    ana.does(cut.clone()).await;
    for person in [&mut ana, &mut sam] {
        person.hears_until("the cut", |person| is_whole(person, id, 2)).await;
        let now = clip(person, id);
        assert_eq!((now.state, now.duration_ms, now.cutting.len()), (ClipState::Finished, 4_000, 0));
        person.verifies().await;
    }
    assert_eq!(ana.tries(cut).await.expect_err("it was cut").code, Code::WrongState);

    let media = format!("/media/clip/{id}");
    let served = sam.get(&media).await;
    assert_eq!(served.status(), 200);
    let served = served.bytes().await.expect("bytes");
    assert_eq!(served.len() as u64, clip(&sam, id).bytes);
    let finished = deskside_clip::finish(&served).expect("a clip");
    assert_eq!(finished.duration.as_millis(), 4_000);
    assert_eq!(finished.prefix[..], served[..finished.prefix.len()], "with an index of its own");
    let holds =
        |at: u64| served.windows(20).any(|part| part.starts_with(format!("picture at {at}p").as_bytes()));
    for (at, is_kept) in
        [(0, true), (1_900, true), (2_000, false), (3_900, false), (4_000, true), (5_900, true)]
    {
        assert_eq!(holds(at), is_kept, "{at} ms");
    }
    // Only the recorder's own cut is gone: what was cut out is on no disk, in no database and in no log.
    let nowhere = |house: &House| {
        for at in (2_000..4_000).step_by(100) {
            let left = house.files_with(format!("picture at {at}p").as_bytes());
            assert!(left.is_empty(), "{at} ms lies in {left:?}");
        }
    };
    nowhere(&house);

    assert_eq!(message(&ana, stays).moment.map(|moment| moment.at_ms), Some(500));
    assert_eq!(message(&ana, moves).moment.map(|moment| moment.at_ms), Some(2_200));
    assert_eq!(message(&ana, gone).moment, None, "its moment is no more, its words are");
    assert_eq!(message(&ana, gone).text, "here");
    assert_eq!(state(&ana), Some(AttachmentState::Deleted));
    assert!(house.files_with(&still).is_empty(), "the still of that moment is erased too");

    // A recorder that asks is told that everything arrived, and has no reason to send it again.
    let path = format!("/api/v1/uploads/{id}");
    let head = ana.http(Method::HEAD, &path).header("Tus-Resumable", "1.0.0").send().await.expect("answers");
    assert_eq!(head.headers()["upload-offset"], head.headers()["upload-length"]);
    // Nor does a poster come back that was on its way.
    let poster = ana.http(Method::PUT, &format!("/api/v1/clips/{id}/poster")).body(still).send().await;
    assert_eq!(poster.expect("answers").status(), 409);

    house.restart().await;
    sam.base = house.base.clone();
    nowhere(&house);
    assert_eq!(sam.get(&media).await.bytes().await.expect("bytes"), served, "also after a restart");
    house.stop().await;
    assert_eq!(house.findings(), []);
    house.start().await;

    ana.base = house.base.clone();
    ana.connects().await;
    ana.does(DeleteClip { clip: id }).await;
    ana.hears_until("the end", |ana| clip(ana, id).state == ClipState::Deleted).await;
    assert!(house.files_with(b"picture at 100p").is_empty(), "a deleted clip leaves no version");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_begin_the_clip_stays_as_it_was() {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let request = ana.asks(desk, "look at this").await;
    for person in [&mut ana, &mut sam] {
        person.follows().await;
    }
    let id = records(&mut ana, request, 3).await;
    ana.hears_until("the whole clip", |ana| is_whole(ana, id, 1)).await;
    let before = sam.get(&format!("/media/clip/{id}")).await.bytes().await.expect("bytes");
    for wrong in [vec![], keep(&[(500, 500)]), keep(&[(900, 1_500), (1_400, 2_000)]), keep(&[(3_000, 4_000)])]
    {
        let cut = CutClip { clip: id, version: 1, keep: wrong };
        let code = ana.tries(cut).await.expect_err("that is no cut").code;
        assert!(matches!(code, Code::Invalid | Code::Empty), "{code:?}");
    }
    let seq = ana.does(CutClip { clip: id, version: 1, keep: keep(&[(1_100, 1_900)]) }).await;
    ana.reaches(seq + 1).await;
    assert_eq!(clip(&ana, id).cutting, []);
    assert_eq!((clip(&ana, id).version, clip(&ana, id).duration_ms), (1, 3_000));
    assert_eq!(sam.get(&format!("/media/clip/{id}")).await.bytes().await.expect("bytes"), before);
    // It can be cut again and again; each version leaves nothing of the one before.
    for (version, parts, length) in
        [(1, [(0, 3_000)], 3_000), (2, [(1_000, 3_000)], 2_000), (3, [(1_000, 1_500)], 500)]
    {
        ana.does(CutClip { clip: id, version, keep: keep(&parts) }).await;
        ana.hears_until("the next version", |ana| is_whole(ana, id, version + 1)).await;
        assert_eq!(clip(&ana, id).duration_ms, length);
    }
    // The row says so first; the old bytes go right behind it.
    within("the version before away", async {
        while !house.files_with(b"picture at 1900p").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(!house.files_with(b"picture at 2000p").is_empty());
    assert!(house.files_with(b"picture at 2500p").is_empty());
}

/// Ana with a whole clip of three seconds in a request of hers.
async fn with_clip() -> (House, Person, Person, ClipId) {
    let (house, _ada, [mut ana, mut sam]) = House::with_team(["Ana", "Sam"]).await;
    let desk = house.desk(&ana).await.id;
    let request = ana.asks(desk, "look at this").await;
    for person in [&mut ana, &mut sam] {
        person.follows().await;
    }
    let id = records(&mut ana, request, 3).await;
    for person in [&mut ana, &mut sam] {
        person.hears_until("the whole clip", |person| is_whole(person, id, 1)).await;
    }
    (house, ana, sam, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poster_that_was_on_its_way_while_the_clip_was_cut_is_nowhere() {
    let (house, mut ana, _sam, id) = with_clip().await;
    let path = format!("/api/v1/clips/{id}/poster");
    let put = |path: &str| {
        ana.http(Method::PUT, path).header("content-type", "image/png").body(png(320, 200)).send()
    };
    house.door.shut(".poster");
    let under_way = tokio::spawn(put(&path));
    within("the poster at the disk", house.door.come(1)).await;
    ana.does(CutClip { clip: id, version: 1, keep: keep(&[(1_000, 3_000)]) }).await;
    ana.hears_until("the cut", |ana| is_whole(ana, id, 2)).await;
    house.door.open();
    within("an answer", under_way).await.expect("no panic").expect("answers");
    ana.verifies().await;
    let now = clip(&ana, id);
    assert_eq!((now.duration_ms, now.poster), (2_000, false), "it is of what was cut");
    assert_eq!(ana.get(&format!("/media/clip/{id}/poster")).await.status(), 404);
    let posters = |house: &House| {
        let left = house.files_named(&id.to_string());
        left.into_iter().filter(|path| path.extension().is_some_and(|end| end == "poster")).count()
    };
    assert_eq!(posters(&house), 0, "what was cut out is in no picture");
    // One of the version as it is comes as ever, and goes with it.
    let new = ana
        .http(Method::PUT, &format!("{path}?version=2"))
        .header("content-type", "image/png")
        .body(png(320, 200))
        .send()
        .await;
    assert_eq!(new.expect("answers").status(), 204);
    ana.hears_until("the poster", |ana| clip(ana, id).poster).await;
    assert_eq!(ana.get(&format!("/media/clip/{id}/poster")).await.status(), 200);
    ana.does(CutClip { clip: id, version: 2, keep: keep(&[(1_000, 2_000)]) }).await;
    ana.hears_until("the next cut", |ana| is_whole(ana, id, 3)).await;
    within("the poster away", async {
        while posters(&house) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_clips_are_to_be_cut_a_few_are_cut_at_a_time() {
    let (house, mut ana, _sam, first) = with_clip().await;
    let request = clip(&ana, first).request.expect("it is in a thread");
    let mut clips = vec![first];
    for _ in 0..3 {
        let id = records(&mut ana, request, 3).await;
        ana.hears_until("the whole clip", |ana| is_whole(ana, id, 1)).await;
        clips.push(id);
    }
    house.door.shut(".v2.prefix");
    for id in &clips {
        ana.does(CutClip { clip: *id, version: 1, keep: keep(&[(1_000, 3_000)]) }).await;
    }
    within("two at the disk", house.door.come(2)).await;
    let more = tokio::time::timeout(Duration::from_millis(500), house.door.come(3)).await;
    assert!(more.is_err(), "each holds a thread while it is cut");
    house.door.open();
    for id in clips {
        ana.hears_until("the cut", |ana| is_whole(ana, id, 2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_cut_out_is_seen_by_nobody_while_the_disk_is_full_and_is_cut_then() {
    let (house, mut ana, sam, id) = with_clip().await;
    let media = format!("/media/clip/{id}");
    house.free.store(1 << 20, Ordering::Relaxed);
    ana.does(CutClip { clip: id, version: 1, keep: keep(&[(1_000, 3_000)]) }).await;
    within("a full disk", house.door.told_full()).await;
    assert_eq!(sam.get(&media).await.status(), 409, "its owner ordered it out");
    house.free.store(u64::MAX, Ordering::Relaxed);
    let clock = house.clock.clone();
    let time_goes_by = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        loop {
            tick.tick().await;
            clock.turn(MINUTE);
        }
    });
    ana.hears_until("the cut", |ana| is_whole(ana, id, 2)).await;
    time_goes_by.abort();
    assert_eq!(sam.get(&media).await.status(), 200);
    // The row says so first; the old bytes go right behind it.
    within("what was cut out away", async {
        while !house.files_with(b"picture at 900p").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_of_a_deleted_clip_is_swept_at_start() {
    let (mut house, mut ana, _sam, id) = with_clip().await;
    ana.does(DeleteClip { clip: id }).await;
    ana.hears_until("the end", |ana| clip(ana, id).state == ClipState::Deleted).await;
    // As if it had been deleted while it was cut, and its poster come, and the server died then.
    let blobs = house.parts().blobs.clone();
    let now = house.clock.now();
    let half = Upload {
        name: format!("{id}.v2"),
        kind: "clip".into(),
        owner: ana.id.to_string(),
        length: None,
        offset: 0,
        touched_at: now,
        closed: false,
    };
    blobs.create(half.clone()).await.expect("is made");
    let token = blobs.take_writer(&half.name).await.expect("is there");
    blobs.append(&half.name, token, 0, b"half of a cut", now).await.expect("is written");
    for end in ["v2.prefix", "poster"] {
        blobs.put(&format!("{id}.{end}"), "what was seen".into()).await.expect("is kept");
    }
    drop(blobs);
    assert_eq!(house.files_named(&id.to_string()).len(), 3);
    house.restart().await;
    within("all of it away", async {
        while !house.files_named(&id.to_string()).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
