//! A clip that was cut: what comes late, and was made of the version before, does not come back.

use deskside_domain::{
    Key, Refusal, Row,
    attachment::AttachmentState,
    clip::{Clip, ClipPart},
    command::*,
    id::MessageId,
    message::Moment,
};
use expect_test::{Expect, expect};

use crate::{
    telling::{check, told},
    world::*,
};

/// Ana's finished clip of 40 seconds in R1.
fn finished() -> World {
    let mut world = World::with_r1();
    let start = StartClip {
        clip: clip(1),
        request: Some(R1),
        width: 640,
        height: 400,
        sound: false,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    };
    world.ok(ANA, start);
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    let finished = System::ClipFinished {
        clip: clip(1),
        duration_ms: 40_000,
        bytes: 30_000,
        codec: None,
        poster: false,
    };
    world.system(&finished).expect("it is finished");
    world
}

/// Of which the first ten seconds are cut out.
fn cut(world: &mut World) {
    let keep = vec![ClipPart { from_ms: 10_000, to_ms: 40_000 }];
    let version = row(world).version;
    world.ok(ANA, CutClip { clip: clip(1), version, keep: keep.clone() });
    let comments: Vec<MessageId> =
        world.state.messages().filter(|row| row.moment.is_some()).map(|row| row.id).collect();
    let version = version + 1;
    let cut =
        System::ClipCut { clip: clip(1), version, kept: keep, duration_ms: 30_000, bytes: 20_000, comments };
    world.system(&cut).expect("it is cut");
}

fn row(world: &World) -> &Clip {
    world.state.clip(clip(1)).expect("a clip")
}

fn system(world: &mut World, command: System, expected: Expect) {
    let result = world.system(&command);
    expected.assert_eq(&told(world, &result));
}

fn comment(n: u128, version: u32, at_ms: u32) -> Say {
    Say { moment: Some(Moment { clip: clip(1), version, at_ms }), ..say(n, "here") }
}

#[test]
fn a_late_poster_of_what_was_cut_does_not_come_back() {
    let mut world = finished();
    system(
        &mut world,
        System::PosterStored { clip: clip(1), version: 1 },
        expect![[r#"
            clip Finished 40000 ms in the thread
        "#]],
    );
    assert!(row(&world).poster);
    cut(&mut world);
    assert!(!row(&world).poster, "it showed the version before");
    system(
        &mut world,
        System::PosterStored { clip: clip(1), version: 1 },
        expect![[r#"
            effect: purge clip before version 2
        "#]],
    );
    let late =
        System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 30_000, codec: None, poster: true };
    system(
        &mut world,
        late,
        expect![[r#"
            nothing changes
        "#]],
    );
    assert_eq!((row(&world).duration_ms, row(&world).bytes, row(&world).poster), (30_000, 20_000, false));
    world.system(&System::PosterStored { clip: clip(1), version: 2 }).expect("it is one of this version");
    assert!(row(&world).poster);
    world.ok(ANA, DeleteClip { clip: clip(1) });
    system(
        &mut world,
        System::PosterStored { clip: clip(1), version: 2 },
        expect![[r#"
            effect: erase clip
        "#]],
    );
}

#[test]
fn a_comment_is_on_a_moment_of_the_clip_as_it_is() {
    let mut world = finished();
    world.ok(SAM, comment(1, 1, 25_000));
    for late in [40_500, u32::MAX] {
        assert_eq!(world.give(SAM, comment(2, 1, late)), Err(Refusal::WrongState("clip")), "behind the end");
    }
    world.ok(SAM, comment(3, 1, 40_001));
    cut(&mut world);
    let moment = world.state.message(message(1)).expect("a comment").moment;
    assert_eq!(moment, Some(Moment { clip: clip(1), version: 2, at_ms: 15_000 }));
    check(
        &mut world,
        SAM,
        Say { attachments: vec![picture(1)], ..comment(4, 1, 5_000) },
        expect![[r#"
            refused: that does not fit the present state: clip
        "#]],
    );
    assert!(world.state.get(&Key::Attachment(picture(1).id)).is_none(), "nor is its still kept");
    world.ok(SAM, comment(5, 2, 5_000));
    // Moments move along a second time, too.
    cut(&mut world);
    let moment = world.state.message(message(1)).expect("a comment").moment;
    assert_eq!(moment, Some(Moment { clip: clip(1), version: 3, at_ms: 5_000 }));
}

#[test]
fn a_cut_erases_the_stills_of_what_goes_and_no_other_file() {
    let mut world = finished();
    let paper = NewAttachment {
        name: "contract.pdf".into(),
        mime: "application/pdf".into(),
        width: 0,
        height: 0,
        ..picture(2)
    };
    world.ok(SAM, Say { attachments: vec![picture(1), paper], ..comment(1, 1, 5_000) });
    for file in [picture(1), picture(2)] {
        let stored = System::AttachmentStored { attachment: file.id, size: 1_000, width: 0, height: 0 };
        world.system(&stored).expect("stored");
    }
    cut(&mut world);
    let state = |n| match world.state.get(&Key::Attachment(picture(n).id)) {
        Some(Row::Attachment(row)) => row.state,
        other => panic!("no attachment: {other:?}"),
    };
    assert_eq!((state(1), state(2)), (AttachmentState::Deleted, AttachmentState::Stored));
}

#[test]
fn moments_move_with_what_is_around_them() {
    let kept = [ClipPart { from_ms: 400, to_ms: 700 }, ClipPart { from_ms: 800, to_ms: 1_000 }];
    for (old, new) in
        [(399, None), (400, Some(0)), (699, Some(299)), (700, None), (800, Some(300)), (1_000, None)]
    {
        assert_eq!(ClipPart::moved(&kept, old), new, "{old}");
    }
}
