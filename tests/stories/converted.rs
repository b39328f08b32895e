//! A clip that a viewer's computer can't play: converted once by a process of its own, for whoever sees the clip, and gone
//! with it. The clips are AV1 of our own encoder, and what comes out is decoded and compared.

use std::time::Duration;

use deskside_codec::{
    AudioEncoder as _, Hints, OpusEncoder, PACKET_SAMPLES, SOUND_RATE, VideoSettings,
    convert::{Paint, fill},
    video_decoder, video_encoder,
};
use deskside_frame::{Codec, Encoded, I420, Pcm, Rect, Time, Track};
use deskside_protocol::{
    Code, Entity, EntityRef,
    command::{ConvertClip, CutClip, DeleteClip, StartClip, StopClip},
    entity::Clip,
    feed::FromServer,
    id::{ClipId, RequestId},
    values::{ClipCodec, ClipPart, ClipState, Conversion},
};

use crate::support::{House, Person, within};

const FPS: u64 = 10;

/// So many seconds of a square that goes over a page, with a voice, as our recorder writes it.
fn av1(width: u32, height: u32, seconds: u64) -> Vec<u8> {
    let mut encoder =
        video_encoder(Codec::Av1, VideoSettings::screen(width, height, FPS as u32)).expect("an encoder");
    let mut voice = OpusEncoder::new(1).expect("an encoder");
    let mut writer = deskside_clip::Writer::new(&encoder.format(), Some(&voice.format())).expect("a format");
    let mut bytes = writer.prefix().to_vec();
    let mut frames = Vec::new();
    for n in 0..seconds * FPS {
        let mut picture = I420::black(width, height).expect("a picture");
        fill(&mut picture, Rect::new(8, 8, width - 16, height - 16), Paint::of(255, 255, 255));
        let square = Rect::new((n * 6) as u32 % (width - 40), (n * 4) as u32 % (height - 40), 32, 32);
        fill(&mut picture, square, Paint::of(30, 60, 200));
        let hints = Hints { keyframe: n % (2 * FPS) == 0, changed: None, moving: false };
        encoder.encode(&picture, Time::from_millis(n * 1_000 / FPS), hints, &mut frames).expect("encodes");
    }
    let packets = seconds * u64::from(SOUND_RATE) / PACKET_SAMPLES as u64;
    for n in 0..packets {
        let samples = (0..PACKET_SAMPLES).map(|at| (at as f32 / 17.0 + n as f32).sin() / 3.0).collect();
        let time = Time::from_samples(n * PACKET_SAMPLES as u64, SOUND_RATE);
        let block = Pcm { rate: SOUND_RATE, channels: 1, time, samples };
        frames.push(voice.encode(&block).expect("encodes"));
    }
    frames.sort_by_key(|frame| (frame.time, frame.track));
    for frame in frames {
        writer.push(frame).expect("writes");
    }
    writer.end(Time::from_millis(seconds * 1_000));
    while let Some(cluster) = writer.closed() {
        bytes.extend(cluster.bytes);
    }
    bytes
}

fn frames(bytes: &[u8], track: Track) -> Vec<Encoded> {
    let reader = deskside_clip::Reader::open(bytes).expect("a clip");
    reader.map(|frame| frame.expect("a frame")).filter(|frame| frame.track == track).collect()
}

fn pictures(bytes: &[u8]) -> Vec<(Time, bool, I420)> {
    let codec = deskside_clip::Reader::open(bytes).expect("a clip").tracks().video.codec;
    let mut decoder = video_decoder(codec).expect("a decoder");
    let frames = frames(bytes, Track::Video).into_iter();
    frames
        .map(|frame| {
            let picture = decoder.decode(&frame.bytes).expect("decodes").expect("each shows a picture");
            (frame.time, frame.keyframe, picture)
        })
        .collect()
}

/// By how much pixels differ in the mean.
fn off(one: &I420, other: &I420) -> f64 {
    let pairs = one.bytes().iter().zip(other.bytes());
    pairs.map(|(one, other)| f64::from(one.abs_diff(*other))).sum::<f64>() / one.bytes().len() as f64
}

fn clip(person: &Person, id: ClipId) -> Option<&Clip> {
    match person.replica.get(&EntityRef::Clip(id)) {
        Some(Entity::Clip(clip)) => Some(clip),
        _ => None,
    }
}

fn is(person: &Person, id: ClipId, conversion: Conversion) -> bool {
    clip(person, id).is_some_and(|clip| clip.conversion == conversion)
}

async fn sends(person: &mut Person, request: Option<RequestId>, size: (u32, u32), bytes: &[u8]) -> ClipId {
    let id = ClipId::fresh();
    let (width, height) = size;
    let start = StartClip {
        clip: id,
        request,
        width,
        height,
        sound: true,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    };
    person.does(start).await;
    let upload = person.begins_upload("clip", id.0, None).await;
    let offset = person.uploads(&upload, 0, bytes).await;
    person.does(StopClip { clip: id, note: None }).await;
    person.ends_upload(&upload, offset).await;
    person
        .hears_until("the whole clip", |person| {
            clip(person, id).is_some_and(|clip| clip.state == ClipState::Finished)
        })
        .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_converted_once_for_all_who_ask_shows_the_same_and_goes_with_the_clip() {
    let (house, _ada, [mut ana, mut sam, mut ben]) = House::with_team(["Ana", "Sam", "Ben"]).await;
    let desk = house.desk(&ana).await.id;
    let request = ana.asks(desk, "look at this").await;
    for person in [&mut ana, &mut sam, &mut ben] {
        person.follows().await;
    }
    let recorded = av1(320, 240, 4);
    let own = sends(&mut ana, None, (320, 240), &recorded).await;
    let id = sends(&mut ana, Some(request), (320, 240), &recorded).await;
    let media = format!("/media/clip/{id}");
    let copy = format!("{media}?as=vp9");
    for person in [&mut sam, &mut ben] {
        let is_whole = |clip: &Clip| clip.state == ClipState::Finished;
        person.hears_until("the clip", |person| clip(person, id).is_some_and(is_whole)).await;
        assert_eq!(clip(person, id).expect("a clip").codec, Some(ClipCodec::Av1));
    }
    assert_eq!(sam.get(&copy).await.status(), 409, "nobody asked for it");
    let refused = sam.tries(ConvertClip { clip: own, version: 1 }).await.expect_err("he does not see it");
    assert_eq!(refused.code, Code::Unknown);
    let original = sam.get(&media).await.bytes().await.expect("bytes");

    sam.does(ConvertClip { clip: id, version: 1 }).await;
    ben.does(ConvertClip { clip: id, version: 1 }).await;
    for person in [&mut ana, &mut sam, &mut ben] {
        person.hears_until("the copy", |person| is(person, id, Conversion::Done)).await;
        person.verifies().await;
    }
    let told = ben
        .fleeting
        .iter()
        .any(|frame| matches!(frame, FromServer::ClipConverts { clip, seconds: 1.., .. } if *clip == id));
    assert!(told, "how long it takes: {:?}", ben.fleeting);

    let made = sam.get(&copy).await.bytes().await.expect("bytes");
    assert_eq!(ben.get(&copy).await.bytes().await.expect("bytes"), made);
    assert_eq!(sam.get(&media).await.bytes().await.expect("bytes"), original, "what was recorded stays");
    let length = |bytes: &[u8]| deskside_clip::finish(bytes).expect("a clip").duration;
    assert_eq!(length(&made), length(&original));
    assert_eq!(frames(&made, Track::Audio), frames(&original, Track::Audio), "sound is copied");
    let (before, after) = (pictures(&original), pictures(&made));
    assert_eq!(after.len(), before.len());
    for ((time, keyframe, picture), (at, key, shown)) in before.iter().zip(&after) {
        assert_eq!((time, keyframe), (at, key), "decoding can begin where it could");
        let off = off(picture, shown);
        assert!(off < 2.0, "at {time} it is {off:.2} off");
    }
    assert!(off(&before[0].2, &after[15].2) > 2.0, "a comparison that could not fail would say nothing");

    // What is cut is in no copy either, and the next version has its own.
    let copies = |house: &House| {
        let files = house.files_named(&id.to_string()).into_iter();
        files.filter(|path| path.to_string_lossy().contains(".converted")).count()
    };
    assert_eq!(copies(&house), 2, "bytes and prefix");
    ana.does(CutClip { clip: id, version: 1, keep: vec![ClipPart { from_ms: 2_000, to_ms: 4_000 }] }).await;
    sam.hears_until("the cut", |sam| clip(sam, id).is_some_and(|clip| clip.version == 2)).await;
    assert!(is(&sam, id, Conversion::Unasked));
    gone(&house, copies).await;
    sam.does(ConvertClip { clip: id, version: 2 }).await;
    sam.hears_until("the next copy", |sam| is(sam, id, Conversion::Done)).await;
    let made = sam.get(&copy).await.bytes().await.expect("bytes");
    assert_eq!(length(&made), Duration::from_secs(2));
    assert_eq!(house.findings(), []);
    ana.does(DeleteClip { clip: id }).await;
    assert_eq!(sam.get(&copy).await.status(), 404);
    gone(&house, copies).await;
}

/// The row says so first; the bytes go right behind it.
async fn gone(house: &House, copies: impl Fn(&House) -> usize) {
    within("the copy away", async {
        while copies(house) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_down_meanwhile_makes_it_when_it_is_there_again() {
    let (mut house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let id = sends(&mut ana, None, (640, 480), &av1(640, 480, 12)).await;
    ana.does(ConvertClip { clip: id, version: 1 }).await;
    ana.hears_until("it is on its way", |ana| {
        ana.fleeting.iter().any(|frame| matches!(frame, FromServer::ClipConverts { .. }))
    })
    .await;
    house.restart().await;
    let mut ana = house.sign_in("ana@numbra.example").await;
    ana.follows().await;
    ana.hears_until("the copy", |ana| is(ana, id, Conversion::Done)).await;
    let made = ana.get(&format!("/media/clip/{id}?as=vp9")).await.bytes().await.expect("bytes");
    assert_eq!(pictures(&made).len(), 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_that_breaks_decoders_breaks_nothing_else() {
    let (house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.follows().await;
    let good = av1(64, 48, 1);
    let reader = deskside_clip::Reader::open(&good[..]).expect("a clip");
    let format = reader.tracks().video.clone();
    // Described as what it is not, too large for any memory, without a picture that can be decoded.
    let hostile = |width, height, bytes: &[u8]| {
        let format = deskside_frame::VideoFormat { width, height, ..format.clone() };
        let mut writer = deskside_clip::Writer::new(&format, None).expect("a format");
        let mut clip = writer.prefix().to_vec();
        for n in 0..10 {
            let (time, keyframe) = (Time::from_millis(n * 100), n == 0);
            let frame = Encoded { track: Track::Video, time, keyframe, bytes: bytes.to_vec() };
            writer.push(frame).expect("writes");
        }
        writer.end(Time::from_millis(1_000));
        while let Some(cluster) = writer.closed() {
            clip.extend(cluster.bytes);
        }
        clip
    };
    let first = frames(&good, Track::Video).remove(0).bytes;
    for (width, height, bytes) in
        [(64, 48, b"nothing of the kind".to_vec()), (16_384, 16_384, first.clone()), (640, 480, first)]
    {
        let id = sends(&mut ana, None, (width, height), &hostile(width, height, &bytes)).await;
        ana.does(ConvertClip { clip: id, version: 1 }).await;
        ana.hears_until("the end of it", |ana| is(ana, id, Conversion::Failed)).await;
        assert_eq!(ana.get(&format!("/media/clip/{id}?as=vp9")).await.status(), 409);
        let left = house.files_named(&format!("{id}.converted"));
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(ana.get(&format!("/media/clip/{id}")).await.status(), 200, "the original is still there");
    }
    let id = sends(&mut ana, None, (64, 48), &good).await;
    ana.does(ConvertClip { clip: id, version: 1 }).await;
    ana.hears_until("a copy of the next one", |ana| is(ana, id, Conversion::Done)).await;
}
