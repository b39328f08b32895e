//! A copy of a clip for players that can't decode it: who may ask for it, and that it never outlives what it is of.

use deskside_domain::{
    Refusal,
    clip::{ClipCodec, ClipPart, Conversion},
    command::*,
    id::PersonId,
};
use expect_test::expect;

use crate::{telling::told, world::*};

/// Ana's finished clip in R1, coded like this.
fn finished(codec: Option<ClipCodec>) -> World {
    let mut world = World::with_r1();
    let (width, height) = (640, 400);
    let request = Some(R1);
    let start = StartClip {
        clip: clip(1),
        request,
        width,
        height,
        sound: false,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    };
    world.ok(ANA, start);
    assert_eq!(asks(&mut world, ANA), Err(Refusal::WrongState("clip")), "it is still recorded");
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    let finished =
        System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 30_000, codec, poster: false };
    world.system(&finished).expect("it is finished");
    world
}

fn asks(world: &mut World, who: PersonId) -> Result<(), Refusal> {
    let version = world.state.clip(clip(1)).expect("a clip").version;
    world.give(who, ConvertClip { clip: clip(1), version }).map(drop)
}

fn is_made(world: &mut World, version: u32, worked: bool) -> String {
    let result = world.system(&System::ClipConverted { clip: clip(1), version, worked });
    told(world, &result)
}

fn conversion(world: &World) -> Conversion {
    world.state.clip(clip(1)).expect("a clip").conversion
}

#[test]
fn whoever_sees_it_may_ask_and_all_share_what_is_made() {
    let mut world = finished(Some(ClipCodec::Av1));
    assert_eq!(conversion(&world), Conversion::Unasked);
    asks(&mut world, SAM).expect("he sees it");
    assert_eq!(conversion(&world), Conversion::Asked);
    let again = world.give(ANA, ConvertClip { clip: clip(1), version: 1 });
    expect![[r#"
        nothing changes
    "#]]
    .assert_eq(&told(&world, &again));
    is_made(&mut world, 1, true);
    assert_eq!(conversion(&world), Conversion::Done);
    asks(&mut world, SID).expect("it is there");
    assert_eq!(conversion(&world), Conversion::Done);
}

#[test]
fn nobody_learns_of_a_clip_by_asking_and_what_plays_everywhere_is_not_converted() {
    let mut world = finished(Some(ClipCodec::Av1));
    world.ok(
        ANA,
        StartClip {
            clip: clip(2),
            request: None,
            width: 64,
            height: 48,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        },
    );
    let foreign = world.give(SAM, ConvertClip { clip: clip(2), version: 1 });
    let unknown = world.give(SAM, ConvertClip { clip: clip(9), version: 1 });
    assert_eq!(foreign.expect_err("it is Ana's"), unknown.expect_err("there is none"));

    let mut world = finished(Some(ClipCodec::Vp9));
    assert_eq!(asks(&mut world, SAM), Err(Refusal::WrongState("clip")));
}

#[test]
fn what_failed_is_tried_anew_by_whoever_asks() {
    let mut world = finished(Some(ClipCodec::Av1));
    asks(&mut world, SAM).expect("he sees it");
    is_made(&mut world, 1, false);
    assert_eq!(conversion(&world), Conversion::Failed);
    asks(&mut world, ANA).expect("once more");
    assert_eq!(conversion(&world), Conversion::Asked);
}

#[test]
fn a_copy_of_what_was_cut_or_deleted_meanwhile_does_not_stay() {
    let mut world = finished(Some(ClipCodec::Av1));
    asks(&mut world, SAM).expect("he sees it");
    let keep = vec![ClipPart { from_ms: 10_000, to_ms: 40_000 }];
    world.ok(ANA, CutClip { clip: clip(1), version: 1, keep: keep.clone() });
    assert_eq!(asks(&mut world, SAM), Err(Refusal::WrongState("clip")), "it is being cut");
    let cut = System::ClipCut {
        clip: clip(1),
        version: 2,
        kept: keep,
        duration_ms: 30_000,
        bytes: 20_000,
        comments: vec![],
    };
    world.system(&cut).expect("it is cut");
    assert_eq!(conversion(&world), Conversion::Unasked, "nobody asked for one of this version");
    expect![[r#"
        effect: purge clip before version 2
    "#]]
    .assert_eq(&is_made(&mut world, 1, true));
    assert_eq!(conversion(&world), Conversion::Unasked);
    let late = world.give(SAM, ConvertClip { clip: clip(1), version: 1 });
    assert_eq!(late.map(drop), Err(Refusal::WrongState("clip")), "he saw the version before");
    asks(&mut world, SAM).expect("he sees this one");
    world.ok(ANA, DeleteClip { clip: clip(1) });
    expect![[r#"
        effect: erase clip
    "#]]
    .assert_eq(&is_made(&mut world, 2, true));
}
