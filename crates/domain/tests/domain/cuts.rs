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
    };
    world.ok(ANA, start);
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    let finished = System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 30_000, poster: false };
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
    let late = System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 30_000, poster: true };
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
