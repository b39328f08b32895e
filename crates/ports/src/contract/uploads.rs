//! Bytes: what was promised is there, one writer at a time, readers in nobody's way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use bytes::Bytes;
use deskside_domain::Time;

use super::{Place, rows::uuid, seed::Seeded};
use crate::{
    Blobs,
    blobs::{AppendError, Upload},
};

fn upload(name: &str) -> Upload {
    Upload {
        name: name.to_owned(),
        kind: "clip".to_owned(),
        owner: uuid(1).to_string(),
        length: None,
        offset: 0,
        touched_at: Time(1),
        closed: false,
    }
}

/// Byte `at` of every upload here.
fn byte(at: u64) -> u8 {
    u8::try_from((at * 31 + at / 251) % 256).unwrap()
}

fn stretch(from: u64, to: u64) -> Vec<u8> {
    (from..to).map(byte).collect()
}

async fn append(blobs: &dyn Blobs, token: u64, from: u64, to: u64) -> Result<u64, AppendError> {
    blobs.append("c1", token, from, &stretch(from, to), Time(i64::try_from(to).unwrap())).await
}

/// Whoever asks last writes; what the one before wrote stays, what it still wants to write does not come in.
pub async fn older_writers_are_fenced(place: &dyn Place) {
    let opened = place.open().await;
    let blobs = &*opened.blobs;
    blobs.create(upload("c1")).await.unwrap();
    let first = blobs.take_writer("c1").await.unwrap();
    assert_eq!(append(blobs, first, 0, 100).await.unwrap(), 100);
    let second = blobs.take_writer("c1").await.unwrap();
    assert!(matches!(append(blobs, first, 100, 200).await, Err(AppendError::Fenced)));
    let wrong = append(blobs, second, 0, 50).await;
    assert!(matches!(wrong, Err(AppendError::Offset(100))), "{wrong:?}");
    assert_eq!(append(blobs, second, 100, 150).await.unwrap(), 150);
    drop(opened);
    let opened = place.open().await;
    let blobs = &*opened.blobs;
    assert!(matches!(append(blobs, first, 150, 200).await, Err(AppendError::Fenced)), "also after a restart");
    let third = blobs.take_writer("c1").await.unwrap();
    assert!(third > second);
    assert!(matches!(append(blobs, second, 150, 200).await, Err(AppendError::Fenced)));
    assert_eq!(append(blobs, third, 150, 160).await.unwrap(), 160);
    assert_eq!(blobs.read("c1", 0, 1_000).await.unwrap(), stretch(0, 160));
    assert!(blobs.take_writer("nobody").await.is_err());

    // Many who take over from each other at once: still one line of bytes.
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let blobs = opened.blobs.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                let token = blobs.take_writer("c1").await.unwrap();
                let offset = blobs.upload("c1").await.unwrap().unwrap().offset;
                match append(&*blobs, token, offset, offset + 37).await {
                    Ok(end) => assert_eq!(end, offset + 37),
                    Err(AppendError::Fenced | AppendError::Offset(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let end = blobs.upload("c1").await.unwrap().unwrap().offset;
    assert!(end > 160, "not one of them got through");
    assert_eq!(blobs.read("c1", 0, end).await.unwrap(), stretch(0, end));
}

/// While it grows, a reader sees exactly what is kept: never less than the mark, never a byte that changes.
pub async fn readers_see_what_is_kept(place: &dyn Place) {
    let mut random = Seeded::from_environment();
    let blobs = place.open().await.blobs;
    blobs.create(upload("c1")).await.unwrap();
    let token = blobs.take_writer("c1").await.unwrap();
    let total = 200_000;
    let reader = tokio::spawn({
        let blobs = blobs.clone();
        async move {
            let mut kept = 0;
            while kept < total {
                let offset = blobs.upload("c1").await.unwrap().unwrap().offset;
                assert!(offset >= kept, "the mark went back");
                kept = offset;
                let from = kept.saturating_sub(5_000);
                let bytes = blobs.read("c1", from, kept).await.unwrap();
                assert_eq!(bytes, stretch(from, kept), "at {kept}");
            }
        }
    });
    let mut offset = 0;
    while offset < total {
        let end = total.min(offset + 1 + random.below(20_000));
        offset = append(&*blobs, token, offset, end).await.unwrap();
    }
    reader.await.unwrap();
    assert_eq!(blobs.read("c1", 100, 90).await.unwrap(), Bytes::new());
    assert_eq!(blobs.read("c1", total, total + 10).await.unwrap(), Bytes::new());
    assert_eq!(blobs.read("c1", total - 3, total + 10).await.unwrap(), stretch(total - 3, total));
}

/// An offset that was answered is there after a restart, byte for byte.
pub async fn promised_bytes_survive(place: &dyn Place) {
    let opened = place.open().await;
    let created = opened.blobs.create(upload("c1")).await.unwrap();
    assert_eq!(created, upload("c1"));
    let token = opened.blobs.take_writer("c1").await.unwrap();
    append(&*opened.blobs, token, 0, 70_000).await.unwrap();
    append(&*opened.blobs, token, 70_000, 70_001).await.unwrap();
    assert_eq!(append(&*opened.blobs, token, 70_001, 70_001).await.unwrap(), 70_001, "nothing is fine too");
    drop(opened);
    let blobs = place.open().await.blobs;
    let kept = blobs.upload("c1").await.unwrap().unwrap();
    assert_eq!(kept, Upload { offset: 70_001, touched_at: Time(70_001), ..upload("c1") });
    assert_eq!(blobs.create(upload("c1")).await.unwrap(), kept, "made again: answered as it is");
    let foreign = Upload { owner: uuid(2).to_string(), ..upload("c1") };
    assert!(blobs.create(foreign).await.is_err());
    assert_eq!(blobs.read("c1", 0, 80_000).await.unwrap(), stretch(0, 70_001));
    assert_eq!(blobs.open_uploads().await.unwrap(), [kept]);
    assert!(blobs.free().await.unwrap() > 0);
    assert!(blobs.upload("c2").await.unwrap().is_none());
}

/// The declared length is declared once, and nothing goes beyond it.
pub async fn lengths_are_kept(place: &dyn Place) {
    let blobs = place.open().await.blobs;
    let blobs = &*blobs;
    blobs.create(upload("c1")).await.unwrap();
    let token = blobs.take_writer("c1").await.unwrap();
    append(blobs, token, 0, 100).await.unwrap();
    assert!(matches!(blobs.set_length("c1", 99).await, Err(AppendError::Length)));
    blobs.set_length("c1", 150).await.unwrap();
    blobs.set_length("c1", 150).await.unwrap();
    assert!(matches!(blobs.set_length("c1", 160).await, Err(AppendError::Length)));
    assert!(matches!(append(blobs, token, 100, 151).await, Err(AppendError::Length)));
    assert_eq!(append(blobs, token, 100, 150).await.unwrap(), 150);
    assert_eq!(blobs.upload("c1").await.unwrap().unwrap().length, Some(150));
    assert!(matches!(blobs.set_length("nobody", 1).await, Err(AppendError::Closed)));
    let declared = Upload { length: Some(3), ..upload("c2") };
    assert_eq!(blobs.create(declared).await.unwrap().length, Some(3));
}

/// A closed upload takes nothing more and is still read; an erased one is gone.
pub async fn uploads_end(place: &dyn Place) {
    let opened = place.open().await;
    let blobs = &*opened.blobs;
    blobs.create(upload("c1")).await.unwrap();
    let token = blobs.take_writer("c1").await.unwrap();
    append(blobs, token, 0, 10).await.unwrap();
    blobs.close("c1").await.unwrap();
    blobs.close("c1").await.unwrap();
    assert!(matches!(append(blobs, token, 10, 20).await, Err(AppendError::Closed)));
    assert!(matches!(blobs.set_length("c1", 10).await, Err(AppendError::Closed)));
    assert_eq!(blobs.read("c1", 0, 10).await.unwrap(), stretch(0, 10));
    assert!(blobs.open_uploads().await.unwrap().is_empty());
    assert!(blobs.create(upload("c1")).await.unwrap().closed);
    blobs.erase("c1").await.unwrap();
    blobs.erase("c1").await.unwrap();
    assert!(blobs.upload("c1").await.unwrap().is_none());
    assert!(blobs.read("c1", 0, 10).await.is_err());
    drop(opened);
    let blobs = place.open().await.blobs;
    assert!(blobs.upload("c1").await.unwrap().is_none());
    blobs.create(upload("c1")).await.unwrap();
    let token = blobs.take_writer("c1").await.unwrap();
    assert_eq!(append(&*blobs, token, 0, 5).await.unwrap(), 5, "the name is free again");
    assert_eq!(blobs.read("c1", 0, 10).await.unwrap(), stretch(0, 5));
    for name in ["../c1", "", "a/b", ".c1"] {
        assert!(blobs.create(upload(name)).await.is_err(), "{name:?}");
        assert!(blobs.put(name, Bytes::new()).await.is_err(), "{name:?}");
    }
}

/// A small blob is one of those that were put, whole; uploads and small blobs don't share names.
pub async fn small_blobs_are_whole(place: &dyn Place) {
    let opened = place.open().await;
    let blobs = opened.blobs.clone();
    blobs.create(upload("c1")).await.unwrap();
    assert_eq!(blobs.get("c1").await.unwrap(), None);
    let versions = [Bytes::from(vec![1; 50_000]), Bytes::from(vec![2; 10]), Bytes::from(vec![3; 70_000])];
    blobs.put("c1.prefix", versions[0].clone()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for version in versions.clone() {
        let blobs = blobs.clone();
        tasks.spawn(async move {
            for _ in 0..5 {
                blobs.put("c1.prefix", version.clone()).await.unwrap();
            }
        });
    }
    while !tasks.is_empty() {
        let read = blobs.get("c1.prefix").await.unwrap().expect("it is always there");
        assert!(versions.contains(&read), "a blob of {} bytes that nobody put", read.len());
        if let Some(done) = tasks.try_join_next() {
            done.unwrap();
        }
    }
    blobs.put("c1.prefix", versions[1].clone()).await.unwrap();
    drop((opened, blobs, tasks));
    let blobs = place.open().await.blobs;
    assert_eq!(blobs.get("c1.prefix").await.unwrap().unwrap(), versions[1]);
    blobs.remove("c1.prefix").await.unwrap();
    blobs.remove("c1.prefix").await.unwrap();
    assert_eq!(blobs.get("c1.prefix").await.unwrap(), None);
}
