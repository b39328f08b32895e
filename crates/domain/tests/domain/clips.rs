//! Clips: who may see and watch them when, and that none is lost.

use deskside_domain::{
    Key, Refusal, Viewer,
    clip::{ClipNote, ClipState},
    command::*,
    id::PersonId,
    may_watch,
    message::Moment,
    time::{DAY, SECOND},
};
use expect_test::expect;

use crate::{
    telling::{check, told},
    world::*,
};

fn start(request: bool) -> StartClip {
    StartClip {
        clip: clip(1),
        request: request.then_some(R1),
        width: 1920,
        height: 1080,
        sound: true,
        in_browser: false,
        reviewed: false,
        system_sound: false,
    }
}

fn recording_for_r1() -> World {
    let mut world = World::with_r1();
    world.ok(ANA, start(true));
    world
}

fn state(world: &World) -> ClipState {
    world.state.clip(clip(1)).expect("a clip").state
}

fn knows(world: &World, person: PersonId) -> bool {
    world.sees(person, &Key::Clip(clip(1)))
}

fn watches(world: &World, person: PersonId) -> bool {
    let viewer = Viewer::of(world.state.person(person).expect("a person"));
    may_watch(&viewer, world.state.clip(clip(1)).expect("a clip"), &world.state)
}

fn system(world: &mut World, command: System, expected: expect_test::Expect) {
    let result = world.system(&command);
    expected.assert_eq(&told(world, &result));
}

#[test]
fn until_stop_it_is_the_recorders_alone() {
    let mut world = recording_for_r1();
    assert!(knows(&world, ANA) && watches(&world, ANA));
    assert!(!knows(&world, SAM) && !watches(&world, SAM));
    check(
        &mut world,
        ANA,
        StopClip { clip: clip(1), note: None },
        expect![[r#"
            clip Stopped 0 ms in the thread
            Ana Said +clip
            due: open of clip in 7 d
            due no longer: expiry of clip
            access: clip for everyone
        "#]],
    );
    assert!(knows(&world, SAM) && watches(&world, SAM));
    check(
        &mut world,
        ANA,
        StopClip { clip: clip(1), note: None },
        expect![[r#"
        nothing changes
    "#]],
    );
}

#[test]
fn sam_is_let_in_and_out() {
    let mut world = recording_for_r1();
    check(
        &mut world,
        SAM,
        LetWatch { clip: clip(1), person: SAM, watch: true },
        expect![[r#"
        refused: there is no such clip
    "#]],
    );
    check(
        &mut world,
        ANA,
        LetWatch { clip: clip(1), person: SAM, watch: true },
        expect![[r#"
        clip Recording 0 ms in the thread, watched by Sam
        access: clip for Sam
    "#]],
    );
    assert!(watches(&world, SAM) && !watches(&world, BEN));
    check(
        &mut world,
        SAM,
        LetWatch { clip: clip(1), person: BEN, watch: true },
        expect![[r#"
        refused: this needs another role or another person: its recorder
    "#]],
    );
    check(
        &mut world,
        ANA,
        LetWatch { clip: clip(1), person: SAM, watch: false },
        expect![[r#"
        clip Recording 0 ms in the thread
        access: clip for Sam
    "#]],
    );
    assert!(!watches(&world, SAM) && !knows(&world, SAM));
}

#[test]
fn a_clip_without_a_request_waits_to_be_sent() {
    let mut world = World::with_r1();
    world.ok(ANA, start(false));
    check(
        &mut world,
        ANA,
        StopClip { clip: clip(1), note: Some(ClipNote::MicrophoneLost) },
        expect![[r#"
            clip Stopped 0 ms of its recorder only, MicrophoneLost
            due: open of clip in 7 d
            access: clip for everyone
        "#]],
    );
    assert!(!knows(&world, SAM));
    check(
        &mut world,
        SAM,
        AttachClip { clip: clip(1), request: R1 },
        expect![[r#"
        refused: there is no such clip
    "#]],
    );
    check(
        &mut world,
        ANA,
        AttachClip { clip: clip(1), request: R1 },
        expect![[r#"
        clip Stopped 0 ms in the thread, MicrophoneLost
        Ana Said +clip
        due no longer: expiry of clip
        access: clip for everyone
    "#]],
    );
    check(
        &mut world,
        ANA,
        AttachClip { clip: clip(1), request: R1 },
        expect![[r#"
        nothing changes
    "#]],
    );
    assert!(watches(&world, SAM));
}

#[test]
fn a_recorder_fallen_silent_loses_nothing() {
    let mut world = recording_for_r1();
    system(
        &mut world,
        System::ClipSilent { clip: clip(1), duration_ms: 12_000, bytes: 9_000, codec: None },
        expect![[r#"
            clip Interrupted 12000 ms in the thread
            due: open of clip in 7 d
        "#]],
    );
    assert!(!watches(&world, SAM), "a cut network shows nobody what was not sent");
    assert!(watches(&world, ANA), "its recorder has it up to 0:12");
    system(
        &mut world,
        System::ClipAwake { clip: clip(1) },
        expect![[r#"
            clip Recording 12000 ms in the thread
            due no longer: open of clip
        "#]],
    );
    assert!(!watches(&world, SAM), "it is being recorded again");
    world
        .system(&System::ClipSilent { clip: clip(1), duration_ms: 14_000, bytes: 9_900, codec: None })
        .expect("allowed");
    world.pass(7 * DAY);
    assert_eq!(state(&world), ClipState::Finished);
    assert_eq!(world.state.clip(clip(1)).expect("a clip").note, Some(ClipNote::RecorderLost));
    assert!(!knows(&world, SAM), "Stop was never said: it stays Ana's");
    world.ok(ANA, AttachClip { clip: clip(1), request: R1 });
    assert!(watches(&world, SAM), "she sends it after all");
}

#[test]
fn whoever_was_let_in_goes_on_watching_while_the_recorder_is_silent() {
    let mut world = recording_for_r1();
    world.ok(ANA, LetWatch { clip: clip(1), person: SAM, watch: true });
    world
        .system(&System::ClipSilent { clip: clip(1), duration_ms: 12_000, bytes: 9_000, codec: None })
        .expect("allowed");
    assert!(watches(&world, SAM), "viewers read: recorder silent, kept up to 0:12");
}

#[test]
fn an_empty_clip_nobody_went_on_with_is_erased() {
    let mut world = recording_for_r1();
    world
        .system(&System::ClipSilent { clip: clip(1), duration_ms: 0, bytes: 0, codec: None })
        .expect("allowed");
    world.pass(7 * DAY);
    assert_eq!(state(&world), ClipState::Expired);
}

#[test]
fn stopped_stays_shown_while_the_last_bytes_are_late() {
    let mut world = recording_for_r1();
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    system(
        &mut world,
        System::ClipSilent { clip: clip(1), duration_ms: 12_000, bytes: 9_000, codec: None },
        expect![[r#"
            clip Stopped 12000 ms in the thread
            due: open of clip in 7 d
        "#]],
    );
    system(
        &mut world,
        System::ClipAwake { clip: clip(1) },
        expect![[r#"
        due no longer: open of clip
    "#]],
    );
    let finished =
        System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 30_000, codec: None, poster: true };
    system(
        &mut world,
        finished,
        expect![[r#"
        clip Finished 40000 ms in the thread
        due no longer: open of clip
    "#]],
    );
}

#[test]
fn discarded_before_anybody_saw_it_it_leaves_no_trace_for_others() {
    let mut world = recording_for_r1();
    check(
        &mut world,
        SAM,
        DiscardClip { clip: clip(1) },
        expect![[r#"
        refused: there is no such clip
    "#]],
    );
    check(
        &mut world,
        ANA,
        DiscardClip { clip: clip(1) },
        expect![[r#"
        clip Discarded 0 ms of its recorder only
        due no longer: expiry of clip
        due no longer: open of clip
        access: clip for everyone
        effect: erase clip
    "#]],
    );
    assert!(!knows(&world, SAM));
    check(
        &mut world,
        ANA,
        DiscardClip { clip: clip(1) },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        ANA,
        Say { clip: Some(clip(1)), ..say(1, "see") },
        expect![[r#"
        refused: that does not fit the present state: clip
    "#]],
    );
    // Bytes that come after all are erased again.
    let late =
        System::ClipFinished { clip: clip(1), duration_ms: 40_000, bytes: 30_000, codec: None, poster: true };
    system(
        &mut world,
        late,
        expect![[r#"
        effect: erase clip
    "#]],
    );
}

#[test]
fn deleted_after_it_was_sent_a_tombstone_stays() {
    let mut world = recording_for_r1();
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    check(
        &mut world,
        SAM,
        DeleteClip { clip: clip(1) },
        expect![[r#"
        refused: this needs another role or another person: its recorder
    "#]],
    );
    check(
        &mut world,
        ANA,
        DeleteClip { clip: clip(1) },
        expect![[r#"
        clip Deleted 0 ms in the thread
        due no longer: expiry of clip
        due no longer: open of clip
        access: clip for everyone
        effect: erase clip
    "#]],
    );
    assert!(knows(&world, SAM) && !watches(&world, SAM) && !watches(&world, ANA));
}

#[test]
fn deleting_the_message_deletes_its_authors_clip() {
    let mut world = World::numbra();
    world.ok(ANA, start(false));
    world.ok(ANA, Ask { clip: Some(clip(1)), ..ask("see") });
    check(
        &mut world,
        ANA,
        DeleteMessage { message: message(0) },
        expect![[r#"
            clip Deleted 0 ms in the thread
            request Open Live of the desk, alarm Duty rings everyone, without words
            Ana Asked +clip deleted
            due no longer: expiry of clip
            due no longer: open of clip
            effect: erase clip
        "#]],
    );
}

#[test]
fn a_comment_on_a_moment() {
    let mut world = recording_for_r1();
    let comment = |n| Say {
        moment: Some(Moment { clip: clip(1), version: 1, at_ms: 12_000 }),
        ..say(n, "here: tick porting")
    };
    check(
        &mut world,
        SAM,
        comment(1),
        expect![[r#"
        refused: there is no such clip
    "#]],
    );
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    check(
        &mut world,
        SAM,
        comment(1),
        expect![[r#"
            Sam Said "here: tick porting" at 12000 ms
            request Accepted Live of Sam, first response after 0 s
            due no longer: clocks of request
            due no longer: alarm of request
            due: update of request in 10 min
        "#]],
    );
    world.ok(ANA, DeleteClip { clip: clip(1) });
    check(
        &mut world,
        SAM,
        comment(2),
        expect![[r#"
        refused: that does not fit the present state: clip
    "#]],
    );
}

#[test]
fn nobody_shows_anothers_clip_or_one_of_another_thread() {
    let mut world = recording_for_r1();
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    check(
        &mut world,
        SAM,
        Answer { clip: Some(clip(1)), ..answer(1, "see") },
        expect![[r#"
        refused: this needs another role or another person: its recorder
    "#]],
    );
    let other = deskside_domain::id::RequestId(uuid::Uuid::from_u128(22));
    let elsewhere = Ask { request: other, message: message(5), clip: Some(clip(1)), ..ask("see") };
    check(
        &mut world,
        ANA,
        elsewhere,
        expect![[r#"
        refused: that does not fit the present state: clip
    "#]],
    );
}

#[test]
fn a_clip_whose_request_was_withdrawn_meanwhile_stays_its_recorders() {
    let mut world = recording_for_r1();
    world.ok(ANA, Withdraw { request: R1 });
    check(
        &mut world,
        ANA,
        StopClip { clip: clip(1), note: None },
        expect![[r#"
            clip Stopped 0 ms of its recorder only
            due: open of clip in 7 d
            access: clip for everyone
        "#]],
    );
}

#[test]
fn a_clip_never_sent_is_not_kept_for_ever() {
    let mut world = World::numbra();
    world.ok(ANA, start(false));
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    world
        .system(&System::ClipFinished {
            clip: clip(1),
            duration_ms: 1_000,
            bytes: 9,
            codec: None,
            poster: true,
        })
        .expect("allowed");
    world.pass(90 * DAY);
    assert_eq!(state(&world), ClipState::Finished);
    world.pass(SECOND);
    assert_eq!(state(&world), ClipState::Expired);
}

#[test]
fn browsers_record_only_where_an_admin_lets_them() {
    let mut world = World::with_r1();
    let edit = EditOrg { browser_clips: false, ..edit_org() };
    world.ok(ADA, edit);
    check(
        &mut world,
        ANA,
        StartClip { in_browser: true, ..start(true) },
        expect![[r#"
        refused: this needs another role or another person: an admin, to let browsers record
    "#]],
    );
    world.ok(ANA, start(true));
}

#[test]
fn sizes_and_ids() {
    let mut world = World::with_r1();
    check(
        &mut world,
        ANA,
        StartClip { width: 0, ..start(false) },
        expect![[r#"
        refused: clip must not be empty
    "#]],
    );
    check(
        &mut world,
        ANA,
        StartClip { height: 20_000, ..start(false) },
        expect![[r#"
        refused: clip is over the limit of 16384
    "#]],
    );
    world.ok(ANA, start(false));
    check(
        &mut world,
        ANA,
        start(false),
        expect![[r#"
        refused: this id is already taken
    "#]],
    );
    check(
        &mut world,
        BEN,
        start(false),
        expect![[r#"
        refused: this id is already taken
    "#]],
    );
}

/// Phones help from now on takes only clips that were watched before upload.
fn demand_review(world: &mut World) {
    let desk = world.state.desk(world.r1().desk).expect("a desk").clone();
    let owner = desk.owner;
    let edit = EditDesk {
        desk: desk.id,
        name: desk.name,
        purpose: desk.purpose,
        owner: desk.owner,
        helpers: desk.helpers,
        audience: desk.audience,
        hours: desk.hours,
        zone: desk.zone,
        provider: desk.provider,
        review_before_upload: true,
        closed: false,
    };
    world.ok(owner, edit);
}

#[test]
fn a_desk_that_demands_it_takes_only_clips_that_were_watched_before_upload() {
    let mut world = World::with_r1();
    demand_review(&mut world);
    assert_eq!(world.give(ANA, start(true)), Err(Refusal::NotReviewed));
    world.ok(ANA, StartClip { request: None, ..start(true) });
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    let attach = AttachClip { clip: clip(1), request: R1 };
    assert_eq!(world.give(ANA, attach), Err(Refusal::NotReviewed), "the bytes of this one left unwatched");

    let watched = StartClip { clip: clip(2), reviewed: true, ..start(true) };
    world.ok(ANA, watched);
    world.ok(ANA, StopClip { clip: clip(2), note: None });
    assert!(world.sees(SAM, &Key::Clip(clip(2))));
    assert!(world.state.clip(clip(2)).expect("a clip").reviewed);
}

#[test]
fn a_clip_that_was_begun_before_a_desk_demanded_anything_is_not_lost_to_it() {
    let mut world = recording_for_r1();
    demand_review(&mut world);
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    assert_eq!(state(&world), ClipState::Stopped);
    assert!(knows(&world, SAM));
}

#[test]
fn what_the_computer_plays_is_recorded_only_for_desks_where_an_admin_said_what_for() {
    let mut world = World::with_r1();
    let desk = world.r1().desk;
    let claims = StartClip { system_sound: true, ..start(true) };
    assert_eq!(world.give(ANA, claims.clone()), Err(Refusal::NoSystemSound));
    let no_thread = StartClip { request: None, ..claims.clone() };
    assert_eq!(
        world.give(ANA, no_thread),
        Err(Refusal::NoSystemSound),
        "for no desk yet, so no desk wants it"
    );

    let allow = |reason: &str| AllowSystemSound { desk, reason: reason.into() };
    assert_eq!(world.give(ADA, allow(" \n ")), Err(Refusal::Empty("reason")));
    let owner = world.state.desk(desk).expect("a desk").owner;
    assert_ne!(owner, ADA, "the owner is no admin here");
    assert_eq!(world.give(owner, allow("I want it")), Err(Refusal::NotAllowed("an admin")));
    world.ok(ADA, allow("Dropouts on the new line can only be heard"));
    let row = world.state.desk(desk).expect("a desk").clone();
    let allowed = row.system_sound.clone().expect("allowed");
    assert_eq!((allowed.by, allowed.since), (ADA, world.now));
    let said = row.history.last().expect("a change");
    assert_eq!((said.field.as_str(), said.by), ("system_sound", ADA));
    assert_eq!(said.reason, "Dropouts on the new line can only be heard");

    world.ok(ANA, claims.clone());
    world.ok(ANA, StopClip { clip: clip(1), note: None });
    assert!(world.state.clip(clip(1)).expect("a clip").system_sound, "whoever watches it is told");

    // Its owner may end it; what was begun before stays, and nothing new comes.
    world.ok(owner, ForbidSystemSound { desk });
    let row = world.state.desk(desk).expect("a desk").clone();
    assert_eq!(row.system_sound, None);
    assert_eq!(row.history.iter().filter(|change| change.field == "system_sound").count(), 2);
    assert!(
        row.history.iter().any(|change| change.reason.starts_with("Dropouts")),
        "why it was allowed stays known"
    );
    assert_eq!(world.give(ANA, StartClip { clip: clip(2), ..claims }), Err(Refusal::NoSystemSound));
    assert!(world.state.clip(clip(1)).expect("a clip").system_sound);
}
