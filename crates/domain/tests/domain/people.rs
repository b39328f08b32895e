//! People, invitations, desks and the organisation.

use deskside_domain::{
    Refusal,
    call::Provider,
    command::*,
    desk::{Audience, Helpers, OpenInterval},
    id::{DeskId, InviteId, PersonId},
    org::{ExemptNumber, TicketPattern},
    person::{Role, Status},
    time::{DAY, SECOND},
};
use expect_test::expect;
use uuid::Uuid;

use crate::{
    telling::{check, told},
    world::*,
};

const INVITE: InviteId = InviteId(Uuid::from_u128(31));
const NEW: PersonId = PersonId(Uuid::from_u128(32));
const DESK: DeskId = DeskId(Uuid::from_u128(33));

fn invite() -> MakeInvite {
    let secret_hash = "0123456789abcdef".repeat(4);
    MakeInvite { invite: INVITE, secret_hash, role: Role::Agent, label: "Team".into(), uses: 2, days: 7 }
}

fn join(n: u128, email: &str) -> System {
    let person = PersonId(Uuid::from_u128(32 + n));
    System::Join { invite: INVITE, person, name: "Chi".into(), email: email.into() }
}

fn desk() -> OpenDesk {
    OpenDesk {
        desk: DESK,
        name: "Billing".into(),
        purpose: "Invoices".into(),
        owner: SID,
        helpers: Helpers::These(vec![BEN, BEN]),
        audience: Audience::Open,
        hours: vec![OpenInterval { weekday: 1, from: 480, to: 720 }],
        zone: String::new(),
    }
}

fn edit(desk: DeskId, owner: PersonId, helpers: Helpers, audience: Audience) -> EditDesk {
    EditDesk {
        desk,
        name: "A desk".into(),
        purpose: String::new(),
        owner,
        helpers,
        audience,
        hours: vec![OpenInterval { weekday: 1, from: 480, to: 720 }],
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    }
}

#[test]
fn the_founding_makes_an_organisation_with_one_desk() {
    let mut founding = Founding::empty();
    expect![[r#"
        org "Numbra" zone Europe/Berlin keeps 90 days
        person Ada Admin Available
        desk "Help" Open of Ada, helped by everyone
        due: sweep of desk in 2 d
        due: watch of desk in 0 s
    "#]]
    .assert_eq(&founding.found(NEW));
    expect![[r#"
        nothing changes
    "#]]
    .assert_eq(&founding.found(NEW));
    expect![[r#"
        refused: that does not fit the present state: organisation
    "#]]
    .assert_eq(&founding.found(ANA));
    let hours = &founding.0.state.desk(DESK).expect("a desk").hours;
    assert_eq!(hours.len(), 5);
    assert!(hours.iter().all(|interval| (interval.from, interval.to) == (540, 1_020)));
    assert_eq!(
        founding.0.state.org().expect("an organisation").provider,
        None,
        "nothing goes to a third party"
    );
}

/// A server before anybody set it up.
struct Founding(World);

impl Founding {
    fn empty() -> Self {
        Self(World::empty())
    }

    fn found(&mut self, founder: PersonId) -> String {
        let (org_name, zone, desk) = ("Numbra".into(), "Europe/Berlin".into(), DESK);
        let (name, email, desk_name) = ("Ada".into(), "Ada@Numbra.example".into(), "Help".into());
        let decided = self.0.system(&System::Found { org_name, zone, founder, name, email, desk, desk_name });
        told(&self.0, &decided)
    }
}

#[test]
fn roles_are_given_by_admins_and_the_last_admin_stays() {
    let mut world = World::numbra();
    check(
        &mut world,
        SAM,
        SetRole { person: SAM, role: Role::Admin },
        expect![[r#"
        refused: this needs another role or another person: an admin
    "#]],
    );
    check(
        &mut world,
        ADA,
        SetRole { person: ADA, role: Role::Agent },
        expect![[r#"
        refused: the last admin must stay
    "#]],
    );
    check(
        &mut world,
        ADA,
        Deactivate { person: ADA },
        expect![[r#"
        refused: the last admin must stay
    "#]],
    );
    world.ok(ADA, invite());
    check(
        &mut world,
        ADA,
        SetRole { person: BEN, role: Role::Admin },
        expect![[r#"
        person Ben Admin Available
        invite Agent 2 uses left
        access: desk for Ben
    "#]],
    );
    check(
        &mut world,
        ADA,
        SetRole { person: ADA, role: Role::Agent },
        expect![[r#"
        person Ada Agent Available
        invite Agent 2 uses left
        access: desk for Ada
    "#]],
    );
}

#[test]
fn who_is_deactivated_leaves_nothing_without_an_owner() {
    let mut world = World::with_r1();
    world.ok(ADA, SetRole { person: SAM, role: Role::Admin });
    world.ok(SAM, invite());
    world.ok(SAM, answer(1, "yes"));
    let quick =
        |n, callee| Ring { call: call(n), request: None, callee, then: vec![BEN], wants_callback: false };
    world.ok(SAM, quick(1, SID));
    world.ok(SID, AcceptCall { call: call(1) });
    world.ok(SAM, quick(2, ANA));
    world.ok(ADA, Ring { call: call(3), request: Some(R1), ..quick(3, SID) });
    check(
        &mut world,
        ADA,
        Deactivate { person: SAM },
        expect![[r#"
            person Sam Admin Off left
            Sam event: GivenBack
            request Answered Live of the desk, first response after 0 s
            desk "Phones help" Open of Ada, helped by everyone
            desk "Payroll" Private of Sid, helped by Sid
            invite Agent 2 uses left revoked
            call Ended Sam > Sid, then Ben, over 0 s ago
            call Cancelled Sam > Ana, then Ben, over 0 s ago
            due no longer: status of person
            due no longer: meeting of person
            due no longer: ring of call
            due no longer: talk of call
            due no longer: ring of call
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            access: desk for Sam
            effect: end sessions of Sam
        "#]],
    );
    check(
        &mut world,
        ADA,
        Deactivate { person: SAM },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        ADA,
        Deactivate { person: SID },
        expect![[r#"
            person Sid Lead Off left
            desk "Payroll" Private of Ada, helped by Sid
            due no longer: status of person
            due no longer: meeting of person
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            access: desk for Ada
            effect: end sessions of Sid
        "#]],
    );
    check(
        &mut world,
        ADA,
        Reactivate { person: SAM },
        expect![[r#"
        person Sam Admin Off
    "#]],
    );
}

#[test]
fn joining_by_an_invitation() {
    let mut world = World::numbra();
    check(
        &mut world,
        SAM,
        invite(),
        expect![[r#"
        refused: this needs another role or another person: an admin
    "#]],
    );
    check(
        &mut world,
        ADA,
        invite(),
        expect![[r#"
        invite Agent 2 uses left
    "#]],
    );
    let joined = |world: &mut World, command: System, expected: expect_test::Expect| {
        let decided = world.system(&command);
        expected.assert_eq(&told(world, &decided));
    };
    joined(
        &mut world,
        join(0, "ana@NUMBRA.example"),
        expect![[r#"
        refused: this e-mail address is already in use
    "#]],
    );
    joined(
        &mut world,
        join(0, "no address"),
        expect![[r#"
        refused: email is not valid: not an address
    "#]],
    );
    joined(
        &mut world,
        join(0, " Chi@Numbra.Example "),
        expect![[r#"
        invite Agent 1 uses left
        person Chi Agent Available
    "#]],
    );
    joined(
        &mut world,
        join(0, "chi@numbra.example"),
        expect![[r#"
        nothing changes
    "#]],
    );
    joined(
        &mut world,
        join(1, "dov@numbra.example"),
        expect![[r#"
        invite Agent 0 uses left
        person Chi Agent Available
    "#]],
    );
    joined(
        &mut world,
        join(2, "eve@numbra.example"),
        expect![[r#"
        refused: this invitation can't be used any more
    "#]],
    );
}

#[test]
fn an_invitation_ends() {
    let spent = |world: &mut World| {
        assert_eq!(world.system(&join(0, "chi@numbra.example")), Err(Refusal::InviteSpent));
    };
    let mut world = World::numbra();
    world.ok(ADA, invite());
    world.pass(7 * DAY);
    spent(&mut world);
    let mut world = World::numbra();
    world.ok(ADA, invite());
    check(
        &mut world,
        ADA,
        RevokeInvite { invite: INVITE },
        expect![[r#"
        invite Agent 2 uses left revoked
    "#]],
    );
    spent(&mut world);
}

#[test]
fn what_an_invitation_must_be() {
    let mut world = World::numbra();
    check(
        &mut world,
        ADA,
        MakeInvite { secret_hash: "secret".into(), ..invite() },
        expect![[r#"
        refused: secret_hash is not valid: not a SHA-256 in lower-case hex
    "#]],
    );
    check(
        &mut world,
        ADA,
        MakeInvite { uses: 0, ..invite() },
        expect![[r#"
        refused: uses must not be empty
    "#]],
    );
    check(
        &mut world,
        ADA,
        MakeInvite { days: 91, ..invite() },
        expect![[r#"
        refused: days is over the limit of 90
    "#]],
    );
}

#[test]
fn a_profile() {
    let mut world = World::numbra();
    let profile = |name: &str, phone: &str, call_link: &str| EditProfile {
        name: name.into(),
        phone: phone.into(),
        call_link: call_link.into(),
    };
    check(
        &mut world,
        ANA,
        profile(" ", "", ""),
        expect![[r#"
        refused: name must not be empty
    "#]],
    );
    check(
        &mut world,
        ANA,
        profile("Ana\u{202e}", "", ""),
        expect![[r#"
        refused: name is not valid: control or direction characters
    "#]],
    );
    check(
        &mut world,
        ANA,
        profile("Ana", "call me", ""),
        expect![[r#"
        refused: phone is not valid: digits, spaces and + - ( ) . / only
    "#]],
    );
    check(
        &mut world,
        ANA,
        profile("Ana", "", "javascript:alert(1)"),
        expect![[r#"
        refused: call_link is not valid: must begin with https://
    "#]],
    );
    check(
        &mut world,
        ANA,
        profile("Ana", "", "https://evil.example/zoom.us"),
        expect![[r#"
        refused: call_link is not valid: not a known meeting host
    "#]],
    );
    check(
        &mut world,
        ANA,
        profile("Ana", "+49 (228) 2041", "https://zoom.us/j/123"),
        expect![[r#"
        person Ana Agent Available
    "#]],
    );
    check(
        &mut world,
        ANA,
        SetStatus { status: Status::OnCall, until: None },
        expect![[r#"
            person Ana Agent OnCall
            due: status of person in 4 h
        "#]],
    );
}

#[test]
fn a_desk_needs_an_owner_and_hours() {
    let mut world = World::numbra();
    check(
        &mut world,
        ANA,
        desk(),
        expect![[r#"
        refused: this needs another role or another person: a lead or an admin
    "#]],
    );
    check(
        &mut world,
        SAM,
        OpenDesk { owner: NEW, ..desk() },
        expect![[r#"
        refused: there is no such person
    "#]],
    );
    let interval = |weekday, from, to| OpenInterval { weekday, from, to };
    let with = |hours: &[OpenInterval]| OpenDesk { hours: hours.to_vec(), ..desk() };
    check(
        &mut world,
        SAM,
        with(&[]),
        expect![[r#"
        refused: hours must not be empty
    "#]],
    );
    check(
        &mut world,
        SAM,
        with(&[interval(8, 0, 60)]),
        expect![[r#"
            refused: hours: weekday 8 does not exist: 1 is Monday, 7 is Sunday
        "#]],
    );
    check(
        &mut world,
        SAM,
        with(&[interval(1, 60, 60)]),
        expect![[r#"
            refused: hours: Monday 01:00 to 01:00 ends before it begins: swap the times, or write a night as two stretches, until 24:00 and from 00:00 on the next day
        "#]],
    );
    check(
        &mut world,
        SAM,
        with(&[interval(1, 60, 1_441)]),
        expect![[r#"
            refused: hours: Monday 01:00 to 24:01 goes past 24:00: end it at 24:00 and go on from 00:00 on the next day
        "#]],
    );
    check(
        &mut world,
        SAM,
        with(&[interval(1, 480, 720), interval(1, 700, 1_020)]),
        expect![[r#"
            refused: hours: Monday two stretches overlap at 11:40: make them one, or let one end where the other begins
        "#]],
    );
    check(
        &mut world,
        SAM,
        OpenDesk { zone: "Mars; drop".into(), ..desk() },
        expect![[r#"
            refused: zone: there is no time zone "Mars; drop": choose one by its city, such as Europe/Berlin
        "#]],
    );
    check(
        &mut world,
        SAM,
        OpenDesk { zone: "Europe/Berlin".into(), ..desk() },
        expect![[r#"
            desk "Billing" Open of Sid, helped by Ben
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
        "#]],
    );
    check(
        &mut world,
        SAM,
        desk(),
        expect![[r#"
        refused: this id is already taken
    "#]],
    );
}

#[test]
fn who_sees_a_desk_changes_with_it() {
    let mut world = World::with_r1();
    check(
        &mut world,
        BEN,
        edit(PHONES, BEN, Helpers::Everyone, Audience::Open),
        expect![[r#"
        refused: this needs another role or another person: the desk's owner or an admin
    "#]],
    );
    check(
        &mut world,
        SAM,
        edit(PHONES, SAM, Helpers::These(vec![SID]), Audience::Open),
        expect![[r#"
            desk "A desk" Open of Sam, helped by Sid
            request Open Live of the desk, alarm Closed rings nobody, cards Sid Sam
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            due: clocks of request in 2 d
            due: alarm of request in 2 d
        "#]],
    );
    check(
        &mut world,
        SAM,
        edit(PHONES, SAM, Helpers::These(vec![SID]), Audience::Private),
        expect![[r#"
            desk "A desk" Private of Sam, helped by Sid
            due: sweep of desk in 2 d
            access: desk for everyone
        "#]],
    );
    check(
        &mut world,
        SAM,
        edit(PHONES, SAM, Helpers::These(vec![BEN]), Audience::Private),
        expect![[r#"
            desk "A desk" Private of Sam, helped by Ben
            request Open Live of the desk, alarm Closed rings nobody, cards Ben Sam
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            access: desk for Ben
            access: desk for Sid
        "#]],
    );
    check(
        &mut world,
        ADA,
        edit(PHONES, SID, Helpers::These(vec![BEN]), Audience::Private),
        expect![[r#"
            desk "A desk" Private of Sid, helped by Ben
            request Open Live of the desk, alarm Closed rings nobody, cards Ben Sid
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            access: desk for Sam
            access: desk for Sid
        "#]],
    );
    check(
        &mut world,
        SAM,
        edit(PHONES, SAM, Helpers::Everyone, Audience::Private),
        expect![[r#"
        refused: there is no such desk
    "#]],
    );
    check(
        &mut world,
        SID,
        edit(PHONES, SID, Helpers::Everyone, Audience::Private),
        expect![[r#"
            desk "A desk" Private of Sid, helped by everyone
            request Open Live of the desk, alarm Closed rings nobody, cards everyone
            due: sweep of desk in 2 d
            due: watch of desk in 0 s
            access: desk for everyone
        "#]],
    );
}

#[test]
fn the_organisation() {
    let mut world = World::numbra();
    check(
        &mut world,
        SAM,
        edit_org(),
        expect![[r#"
        refused: this needs another role or another person: an admin
    "#]],
    );
    check(
        &mut world,
        ADA,
        EditOrg { zone: String::new(), ..edit_org() },
        expect![[r#"
        refused: zone must not be empty
    "#]],
    );
    check(
        &mut world,
        ADA,
        EditOrg { keep_media_days: 0, ..edit_org() },
        expect![[r#"
        refused: keep_media_days must not be empty
    "#]],
    );
    let exempt = |prefix: &str, digits| EditOrg {
        exempt_numbers: vec![ExemptNumber { prefix: prefix.into(), digits }],
        ..edit_org()
    };
    check(
        &mut world,
        ADA,
        exempt("4", 16),
        expect![[r#"
        refused: exempt_numbers is not valid: three or more leading digits of a number of 12 to 19
    "#]],
    );
    check(
        &mut world,
        ADA,
        exempt("46x0", 16),
        expect![[r#"
        refused: exempt_numbers is not valid: three or more leading digits of a number of 12 to 19
    "#]],
    );
    check(
        &mut world,
        ADA,
        exempt("4600", 16),
        expect![[r#"
        org "Numbra" zone Europe/Berlin keeps 90 days
    "#]],
    );
    let address = "javascript:{room}".into();
    check(
        &mut world,
        ADA,
        EditOrg { provider: Some(Provider::Template { address }), ..edit_org() },
        expect![[r#"
            refused: call address is not valid: must begin with https://
        "#]],
    );
    let (label, title) = ("X".into(), String::new());
    let pattern = TicketPattern { label, address: "https://*/{id}".into(), title };
    check(
        &mut world,
        ADA,
        EditOrg { ticket_patterns: vec![pattern], ..edit_org() },
        expect![[r#"
        refused: ticket pattern is not valid: a host with at least two fixed labels
    "#]],
    );
}

#[test]
fn a_signing_key_is_seen_by_nobody() {
    let mut world = World::numbra();
    let keep = |name: &str| KeepSecret { name: name.into(), value: "k".repeat(32) };
    check(
        &mut world,
        SAM,
        keep("jitsi"),
        expect![[r#"
        refused: this needs another role or another person: an admin
    "#]],
    );
    check(
        &mut world,
        ADA,
        keep("root password"),
        expect![[r#"
        refused: secret is not valid: no secret has this name
    "#]],
    );
    check(
        &mut world,
        ADA,
        keep("jitsi:not-a-desk"),
        expect![[r#"
        refused: secret is not valid: no secret has this name
    "#]],
    );
    check(
        &mut world,
        ADA,
        keep(&format!("livekit:{PHONES}")),
        expect![[r#"
        secret livekit:00000000-0000-0000-0000-00000000000b
    "#]],
    );
    check(
        &mut world,
        ADA,
        keep("jitsi"),
        expect![[r#"
        secret jitsi
    "#]],
    );
    for person in world.members() {
        assert!(!world.sees(person, &deskside_domain::Key::Secret("jitsi".into())));
    }
    assert!(!format!("{:?}", world.state).contains("kkkk"), "a key must not get into a log");
}

#[test]
fn a_ring_that_times_out_while_its_callee_leaves_goes_on_once() {
    let mut world = World::numbra();
    world.ok(ANA, Ring { call: call(1), request: None, callee: BEN, then: vec![SID], wants_callback: false });
    world.pass(10 * SECOND);
    world.ok(ADA, Deactivate { person: BEN });
    world.pass(35 * SECOND);
    assert_eq!(world.state.call(call(1)).expect("a call").callee, SID, "Sid's 45 seconds are not over");
    assert!(world.state.call(call(1)).expect("a call").is_active());
}
