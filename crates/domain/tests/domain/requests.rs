//! Requests and their words, one decision at a time.

use deskside_domain::{
    command::*,
    desk::{Audience, Helpers, OpenInterval},
    org::ExemptNumber,
    person::Status,
    request::{Ticket, Urgency},
    time::{DAY, MINUTE, SECOND},
};
use expect_test::expect;

use crate::{telling::check, world::*};

#[test]
fn asking_needs_only_words() {
    let mut world = World::numbra();
    check(
        &mut world,
        ANA,
        ask("refund after port-out, allowed?"),
        expect![[r#"
            Ana Asked "refund after port-out, allowed?"
            request Open Live of the desk, alarm Duty rings everyone
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    check(
        &mut world,
        ANA,
        ask("again with the same id"),
        expect![[r#"
        refused: this id is already taken
    "#]],
    );
    check(
        &mut World::numbra(),
        ANA,
        ask(" \n\t "),
        expect![[r#"
        refused: text must not be empty
    "#]],
    );
    check(
        &mut World::numbra(),
        ANA,
        ask(&"x".repeat(10_001)),
        expect![[r#"
        refused: text is over the limit of 10000
    "#]],
    );
}

#[test]
fn asking_with_a_picture_a_clip_and_a_ticket() {
    let mut world = World::numbra();
    let (width, height) = (640, 400);
    world.ok(
        ANA,
        StartClip {
            clip: clip(1),
            request: None,
            width,
            height,
            sound: true,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        },
    );
    let ticket =
        Some(Ticket { label: "ZD 4711".into(), url: "https://numbra.zendesk.com/agent/tickets/4711".into() });
    let asked = Ask { attachments: vec![picture(1)], clip: Some(clip(1)), ticket, ..ask("see here") };
    check(
        &mut world,
        ANA,
        asked,
        expect![[r#"
            attachment Awaited "shot.png" 1000 bytes
            clip Recording 0 ms in the thread
            Ana Asked "see here" +picture +clip
            request Open Live of the desk, alarm Duty rings everyone
            due no longer: expiry of clip
            due: clocks of request in 2 min
            due: alarm of request in 45 s
            access: clip for everyone
        "#]],
    );
}

#[test]
fn a_ticket_leads_to_https_only() {
    for url in
        ["javascript:alert(1)", "http://numbra.zendesk.com/1", "https://user@evil.example/", "https://a b/"]
    {
        let ticket = Some(Ticket { label: "ZD 1".into(), url: url.into() });
        let refused = World::numbra().give(ANA, Ask { ticket, ..ask("x") });
        assert!(refused.is_err(), "{url} was taken");
    }
}

#[test]
fn what_may_be_attached() {
    let refused = |new: NewAttachment, expected: expect_test::Expect| {
        check(&mut World::numbra(), ANA, Ask { attachments: vec![new], ..ask("x") }, expected);
    };
    refused(
        NewAttachment { mime: "image/svg+xml".into(), ..picture(1) },
        expect![[r#"
        refused: attachment is not valid: a type that may not be attached
    "#]],
    );
    refused(
        NewAttachment { mime: "text/html".into(), ..picture(1) },
        expect![[r#"
        refused: attachment is not valid: a type that may not be attached
    "#]],
    );
    refused(
        NewAttachment { size: 26 * 1024 * 1024, ..picture(1) },
        expect![[r#"
        refused: attachment is over the limit of 26214400
    "#]],
    );
    refused(
        NewAttachment { size: 0, ..picture(1) },
        expect![[r#"
        refused: attachment must not be empty
    "#]],
    );
    refused(
        NewAttachment { width: 100_000, ..picture(1) },
        expect![[r#"
        refused: picture is over the limit of 32768
    "#]],
    );
    refused(
        NewAttachment { name: "../../etc/passwd".into(), ..picture(1) },
        expect![[r#"
        refused: attachment name is not valid: a path
    "#]],
    );
    refused(
        NewAttachment { name: "gpj.\u{202e}exe".into(), ..picture(1) },
        expect![[r#"
        refused: attachment name is not valid: control or direction characters
    "#]],
    );
    let eleven = (0..11).map(picture).collect();
    check(
        &mut World::numbra(),
        ANA,
        Ask { attachments: eleven, ..ask("x") },
        expect![[r#"
        refused: attachments is over the limit of 10
    "#]],
    );
    let twice = vec![picture(1), picture(1)];
    check(
        &mut World::numbra(),
        ANA,
        Ask { attachments: twice, ..ask("x") },
        expect![[r#"
        refused: this id is already taken
    "#]],
    );
}

#[test]
fn no_card_number_is_stored_in_any_words() {
    let mut world = World::numbra();
    let pan = "4111 1111 1111 1111";
    let attachments = vec![NewAttachment { name: format!("{pan}.png"), ..picture(1) }];
    check(
        &mut world,
        ANA,
        Ask { attachments, ..ask(&format!("card {pan} fails")) },
        expect![[r#"
            attachment Awaited "[card].png" 1000 bytes
            Ana Asked "card [card] fails" +picture
            request Open Live of the desk, alarm Duty rings everyone
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    check(
        &mut world,
        SAM,
        answer(1, &format!("is it {pan}?")),
        expect![[r#"
            Sam Answered "is it [card]?"
            request Answered Live of Sam, first response after 0 s
            due no longer: clocks of request
            due no longer: alarm of request
            due: silence of request in 3 d
        "#]],
    );
    world
        .ok(SAM, Ring { call: call(1), request: Some(R1), callee: ANA, then: vec![], wants_callback: false });
    world.ok(ANA, AcceptCall { call: call(1) });
    check(
        &mut world,
        SAM,
        EndCall { call: call(1), outcome: format!("blocked\n{pan}") },
        expect![[r#"
            Sam call: Ended(0)
            call Ended Sam > Ana, over 0 s ago, "blocked [card]"
            due no longer: ring of call
            due no longer: talk of call
        "#]],
    );
    for row in world.state.rows() {
        assert!(!format!("{row:?}").contains("1111 1111"), "{row:?}");
    }
}

#[test]
fn an_order_number_the_admin_exempted_stays_readable() {
    let mut world = World::numbra();
    let exempt_numbers = vec![ExemptNumber { prefix: "4600".into(), digits: 16 }];
    world.ok(ADA, EditOrg { exempt_numbers, ..edit_org() });
    check(
        &mut world,
        ANA,
        ask("order 4600123456789011 and card 4111111111111111"),
        expect![[r#"
            Ana Asked "order 4600123456789011 and card [card]"
            request Open Live of the desk, alarm Duty rings everyone
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    assert_eq!(world.r1().text, "order 4600123456789011 and card [card]");
}

#[test]
fn an_iban_that_was_named_stays_readable_and_a_card_under_its_name_does_not() {
    let mut world = World::numbra();
    let readable_ibans = vec!["DE89 3704 0044 0532 0130 00".into(), "4111111111111111".into()];
    check(
        &mut world,
        ANA,
        Ask { readable_ibans, ..ask("refund to DE89370400440532013000, paid with 4111 1111 1111 1111") },
        expect![[r#"
            Ana Asked "refund to DE89370400440532013000, paid with [card]"
            request Open Live of the desk, alarm Duty rings everyone
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    assert_eq!(world.r1().text, "refund to DE89370400440532013000, paid with [card]");
    check(
        &mut world,
        ANA,
        Say { readable_ibans: vec![String::new(); 21], ..say(1, "one more") },
        expect![[r#"
            refused: readable_ibans is over the limit of 20
        "#]],
    );
}

#[test]
fn where_an_admin_wants_it_contacts_are_masked_in_threads_and_stay_in_what_is_said_of_desks() {
    let mut world = World::numbra();
    world.ok(ADA, EditOrg { mask_contacts: true, ..edit_org() });
    let ticket = Some(Ticket { label: "ZD 0471112345".into(), url: String::new() });
    world.ok(ANA, Ask { ticket, ..ask("call +49 228 1234567 or ana@numbra.example") });
    assert_eq!(world.r1().text, "call [phone] or [e-mail]");
    let label = world.r1().ticket.as_ref().map(|ticket| ticket.label.as_str());
    assert_eq!(label, Some("ZD 0471112345"), "the number of a ticket is nobody's telephone");
    world.ok(SAM, answer(1, "rang 0228 7654321"));
    assert_eq!(world.state.message(message(1)).map(|row| row.text.as_str()), Ok("rang [phone]"));
}

#[test]
fn a_private_request_is_for_those_asked() {
    let mut world = World::numbra();
    check(
        &mut world,
        ANA,
        Ask { private_with: Some(vec![ANA]), ..ask("psst") },
        expect![[r#"
        refused: private_with must not be empty
    "#]],
    );
    check(
        &mut world,
        ANA,
        Ask { private_with: Some(vec![SAM]), ..ask("psst") },
        expect![[r#"
            Ana Asked "psst"
            request Open Live of the desk, private with Sam, alarm Duty rings Sam
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    check(
        &mut world,
        BEN,
        Take { request: R1 },
        expect![[r#"
        refused: there is no such request
    "#]],
    );
    check(
        &mut world,
        BEN,
        OpenToDesk { request: R1 },
        expect![[r#"
        refused: there is no such request
    "#]],
    );
    check(
        &mut world,
        SAM,
        OpenToDesk { request: R1 },
        expect![[r#"
            Sam event: OpenedToDesk
            request Open Live of the desk, alarm Duty rings everyone
            access: request for everyone
        "#]],
    );
    check(
        &mut world,
        BEN,
        Take { request: R1 },
        expect![[r#"
            Ben event: Taken
            request Accepted Live of Ben
            due no longer: alarm of request
            due: update of request in 10 min
        "#]],
    );
}

#[test]
fn a_private_desk_takes_questions_of_its_own_people() {
    let mut world = World::numbra();
    check(
        &mut world,
        ANA,
        Ask { desk: PAYROLL, ..ask("my pay slip") },
        expect![[r#"
        refused: there is no such desk
    "#]],
    );
    check(
        &mut world,
        SID,
        Ask { desk: PAYROLL, ..ask("my pay slip") },
        expect![[r#"
            Sid Asked "my pay slip"
            request Open Live of the desk, alarm Duty rings Sam
            due: clocks of request in 2 min
            due: alarm of request in 45 s
        "#]],
    );
    check(
        &mut world,
        ADA,
        Take { request: R1 },
        expect![[r#"
        refused: there is no such request
    "#]],
    );
}

#[test]
fn a_desk_closed_for_good_takes_no_requests() {
    let mut world = World::numbra();
    let hours = vec![OpenInterval { weekday: 1, from: 0, to: 60 }];
    let (helpers, audience) = (Helpers::Everyone, Audience::Open);
    world.ok(
        SAM,
        EditDesk {
            desk: PHONES,
            name: "Phones help".into(),
            purpose: String::new(),
            owner: SAM,
            helpers,
            audience,
            hours,
            zone: String::new(),
            provider: None,
            review_before_upload: false,
            closed: true,
        },
    );
    check(
        &mut world,
        ANA,
        ask("anybody?"),
        expect![[r#"
        refused: the desk is closed for good
    "#]],
    );
}

#[test]
fn taking_and_giving_back() {
    let mut world = World::with_r1();
    check(
        &mut world,
        ANA,
        Take { request: R1 },
        expect![[r#"
        refused: this needs another role or another person: somebody other than the asker
    "#]],
    );
    check(
        &mut world,
        SAM,
        Take { request: R1 },
        expect![[r#"
            Sam event: Taken
            request Accepted Live of Sam
            due no longer: alarm of request
            due: update of request in 10 min
        "#]],
    );
    check(
        &mut world,
        SAM,
        Take { request: R1 },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        BEN,
        Take { request: R1 },
        expect![[r#"
        refused: somebody else already has this request
    "#]],
    );
    check(
        &mut world,
        BEN,
        GiveBack { request: R1 },
        expect![[r#"
        refused: this needs another role or another person: its owner gives it back
    "#]],
    );
    check(
        &mut world,
        SAM,
        GiveBack { request: R1 },
        expect![[r#"
            Sam event: GivenBack
            request Open Live of the desk, alarm Duty rings everyone
            due: alarm of request in 45 s
            due no longer: update of request
        "#]],
    );
}

#[test]
fn an_answered_request_given_back_can_still_be_solved() {
    let mut world = World::with_r1();
    world.ok(SAM, answer(1, "yes"));
    check(
        &mut world,
        SAM,
        GiveBack { request: R1 },
        expect![[r#"
        Sam event: GivenBack
        request Answered Live of the desk, first response after 0 s
    "#]],
    );
    check(
        &mut world,
        ANA,
        Solve { request: R1 },
        expect![[r#"
            Ana event: Solved
            request Solved Live of the desk, first response after 0 s
            due: archive of request in 14 d
            due no longer: silence of request
        "#]],
    );
}

#[test]
fn an_answer_takes_a_request_that_nobody_has() {
    let mut world = World::with_r1();
    world.pass(30 * SECOND);
    check(
        &mut world,
        BEN,
        answer(1, "yes, within 14 days"),
        expect![[r#"
            Ben Answered "yes, within 14 days"
            request Answered Live of Ben, first response after 30 s
            due no longer: clocks of request
            due no longer: alarm of request
            due: silence of request in 3 d
        "#]],
    );
    check(
        &mut world,
        SAM,
        answer(2, "and the form is on the wiki"),
        expect![[r#"
        Sam Answered "and the form is on the wiki"
    "#]],
    );
    check(
        &mut world,
        ANA,
        answer(3, "an asker does not answer"),
        expect![[r#"
        refused: this needs another role or another person: somebody other than the asker
    "#]],
    );
}

#[test]
fn a_helpers_remark_takes_it_too_but_one_to_an_owned_request_changes_nothing() {
    let mut world = World::with_r1();
    check(
        &mut world,
        BEN,
        say(1, "looking"),
        expect![[r#"
            Ben Said "looking"
            request Accepted Live of Ben, first response after 0 s
            due no longer: clocks of request
            due no longer: alarm of request
            due: update of request in 10 min
        "#]],
    );
    check(
        &mut world,
        SAM,
        say(2, "same here last week"),
        expect![[r#"
        Sam Said "same here last week"
    "#]],
    );
}

#[test]
fn asking_back_waits_for_the_asker() {
    let mut world = World::with_r1();
    check(
        &mut world,
        SAM,
        ask_back(1, "which tariff?"),
        expect![[r#"
            Sam AskedBack "which tariff?"
            request WaitingAsker Live of Sam, first response after 0 s
            due no longer: clocks of request
            due no longer: alarm of request
            due: silence of request in 3 d
        "#]],
    );
    check(
        &mut world,
        ANA,
        say(2, "Flex M"),
        expect![[r#"
            Ana Said "Flex M"
            request Accepted Live of Sam, first response after 0 s
            due: update of request in 10 min
            due no longer: silence of request
        "#]],
    );
}

#[test]
fn words_after_an_answer_mean_not_yet() {
    let mut world = World::with_r1();
    world.ok(SAM, answer(1, "yes"));
    check(
        &mut world,
        ANA,
        say(2, "and for prepaid?"),
        expect![[r#"
            Ana Said "and for prepaid?"
            request Accepted Live of Sam, first response after 0 s
            due: update of request in 10 min
            due no longer: silence of request
        "#]],
    );
    world.ok(SAM, answer(3, "also"));
    check(
        &mut world,
        ANA,
        Reopen { request: R1 },
        expect![[r#"
            request Accepted Live of Sam, first response after 0 s
            due: update of request in 10 min
            due no longer: silence of request
        "#]],
    );
}

#[test]
fn words_need_words_or_something_to_look_at() {
    let mut world = World::with_r1();
    check(
        &mut world,
        SAM,
        answer(1, "  "),
        expect![[r#"
        refused: text must not be empty
    "#]],
    );
    check(
        &mut world,
        SAM,
        Answer { attachments: vec![picture(1)], ..answer(1, "") },
        expect![[r#"
            attachment Awaited "shot.png" 1000 bytes
            Sam Answered +picture
            request Answered Live of Sam, first response after 0 s
            due no longer: clocks of request
            due no longer: alarm of request
            due: silence of request in 3 d
        "#]],
    );
    check(
        &mut world,
        SAM,
        answer(1, "the same message id"),
        expect![[r#"
        refused: this id is already taken
    "#]],
    );
}

#[test]
fn asking_for_a_clip() {
    let mut world = World::with_r1();
    check(
        &mut world,
        ANA,
        AskForClip { request: R1 },
        expect![[r#"
        refused: this needs another role or another person: somebody other than the asker
    "#]],
    );
    check(
        &mut world,
        SAM,
        AskForClip { request: R1 },
        expect![[r#"
            Sam event: ClipWanted
            request WaitingAsker Live of Sam, Sam wants a clip
            due no longer: alarm of request
            due: silence of request in 3 d
        "#]],
    );
    check(
        &mut world,
        SAM,
        AskForClip { request: R1 },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        ANA,
        say(1, "one moment"),
        expect![[r#"
            Ana Said "one moment"
            request Accepted Live of Sam, Sam wants a clip
            due: update of request in 10 min
            due no longer: silence of request
        "#]],
    );
    world.ok(SAM, AskForClip { request: R1 });
    check(
        &mut world,
        ANA,
        Say { attachments: vec![picture(1)], ..say(2, "") },
        expect![[r#"
            attachment Awaited "shot.png" 1000 bytes
            Ana Said +picture
            request Accepted Live of Sam
            due: update of request in 10 min
            due no longer: silence of request
        "#]],
    );
}

#[test]
fn urgency_is_said_by_asker_or_owner() {
    let mut world = World::with_r1();
    check(
        &mut world,
        SAM,
        SetUrgency { request: R1, urgency: Urgency::Today },
        expect![[r#"
        refused: this needs another role or another person: its asker or owner says how urgent it is
    "#]],
    );
    check(
        &mut world,
        ANA,
        SetUrgency { request: R1, urgency: Urgency::Today },
        expect![[r#"
            Ana event: UrgencyNow(Today)
            request Open Today of the desk, alarm Duty rings everyone
            due: clocks of request in 30 min
            due: alarm of request in 22 min
        "#]],
    );
    check(
        &mut world,
        ANA,
        SetUrgency { request: R1, urgency: Urgency::Today },
        expect![[r#"
        nothing changes
    "#]],
    );
}

#[test]
fn only_the_asker_says_solved() {
    let mut world = World::numbra();
    world.ok(ANA, Ask { attachments: vec![picture(1)], ..ask("see") });
    world.ok(SAM, answer(1, "yes"));
    check(
        &mut world,
        SAM,
        Solve { request: R1 },
        expect![[r#"
        refused: this needs another role or another person: the asker
    "#]],
    );
    check(
        &mut world,
        ANA,
        Solve { request: R1 },
        expect![[r#"
            Ana event: Solved
            request Solved Live of Sam, first response after 0 s
            due: archive of request in 14 d
            due: expiry of attachment in 90 d
            due no longer: silence of request
        "#]],
    );
    check(
        &mut world,
        ANA,
        Solve { request: R1 },
        expect![[r#"
        nothing changes
    "#]],
    );
    check(
        &mut world,
        BEN,
        Take { request: R1 },
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    check(
        &mut world,
        BEN,
        answer(2, "by the way: also online"),
        expect![[r#"
        Ben Said "by the way: also online"
        due: archive of request in 14 d
    "#]],
    );
    check(
        &mut world,
        BEN,
        ask_back(3, "did it?"),
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    check(
        &mut world,
        ANA,
        Withdraw { request: R1 },
        expect![[r#"
        refused: the request is closed
    "#]],
    );
}

#[test]
fn what_was_withdrawn_stays_withdrawn() {
    let mut world = World::with_r1();
    check(
        &mut world,
        SAM,
        Withdraw { request: R1 },
        expect![[r#"
        refused: this needs another role or another person: the asker
    "#]],
    );
    check(
        &mut world,
        ANA,
        Withdraw { request: R1 },
        expect![[r#"
            Ana event: Withdrawn
            request Withdrawn Live of the desk
            due: archive of request in 14 d
            due no longer: clocks of request
            due no longer: alarm of request
        "#]],
    );
    check(
        &mut world,
        ANA,
        say(1, "hello?"),
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    check(
        &mut world,
        SAM,
        answer(1, "hello!"),
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    check(
        &mut world,
        ANA,
        Reopen { request: R1 },
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    check(
        &mut world,
        ANA,
        Thank { request: R1 },
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    check(
        &mut world,
        ANA,
        Solve { request: R1 },
        expect![[r#"
        refused: the request is closed
    "#]],
    );
}

#[test]
fn a_solved_request_reopens_with_its_owner_unless_that_one_is_off() {
    let mut world = World::with_r1();
    world.ok(SAM, answer(1, "yes"));
    world.ok(ANA, Solve { request: R1 });
    check(
        &mut world,
        ANA,
        Reopen { request: R1 },
        expect![[r#"
            Ana event: Reopened
            request Accepted Live of Sam, first response after 0 s
            due no longer: archive of request
            due: update of request in 10 min
        "#]],
    );
    world.ok(ANA, Solve { request: R1 });
    world.ok(SAM, SetStatus { status: Status::Off, until: None });
    check(
        &mut world,
        ANA,
        say(2, "still fails"),
        expect![[r#"
            Ana event: Reopened
            Ana Said "still fails"
            request Open Live of the desk, first response after 0 s, alarm Duty rings everyone
            due no longer: archive of request
            due: alarm of request in 45 s
        "#]],
    );
}

#[test]
fn seven_days_to_the_millisecond() {
    let solved = || {
        let mut world = World::with_r1();
        world.ok(ANA, Solve { request: R1 });
        world
    };
    let mut world = solved();
    world.pass(7 * DAY);
    assert!(world.give(ANA, say(1, "still fails")).is_ok());
    let mut world = solved();
    world.pass(7 * DAY + 1);
    check(
        &mut world,
        ANA,
        say(1, "still fails"),
        expect![[r#"
        refused: the request was solved too long ago to reopen
    "#]],
    );
    check(
        &mut world,
        ANA,
        Reopen { request: R1 },
        expect![[r#"
        refused: the request was solved too long ago to reopen
    "#]],
    );
}

#[test]
fn a_closed_request_leaves_the_feed_after_fourteen_days_without_a_change() {
    use deskside_domain::Key;
    let mut world = World::with_r1();
    world.ok(ANA, Solve { request: R1 });
    world.pass(10 * DAY);
    world.ok(ANA, Thank { request: R1 });
    world.pass(14 * DAY - MINUTE);
    assert!(world.sees(ANA, &Key::Request(R1)) && world.sees(BEN, &Key::Message(message(0))));
    world.pass(MINUTE);
    assert!(world.r1().archived);
    assert!(!world.sees(ANA, &Key::Request(R1)) && !world.sees(BEN, &Key::Message(message(0))));
    check(
        &mut world,
        SAM,
        answer(1, "too late"),
        expect![[r#"
        refused: the request is closed
    "#]],
    );
    // Its author may still erase it.
    check(
        &mut world,
        ANA,
        DeleteMessage { message: message(0) },
        expect![[r#"
        request Solved Live of the desk, thanked, archived, without words
        Ana Asked deleted
    "#]],
    );
}

#[test]
fn deleting_ones_own_words() {
    let mut world = World::numbra();
    world.ok(ANA, Ask { attachments: vec![picture(1)], ..ask("my customer Mrs Smith") });
    check(
        &mut world,
        SAM,
        DeleteMessage { message: message(0) },
        expect![[r#"
        refused: this needs another role or another person: its author deletes it
    "#]],
    );
    check(
        &mut world,
        ANA,
        DeleteMessage { message: message(0) },
        expect![[r#"
            attachment Deleted "" 0 bytes
            request Open Live of the desk, alarm Duty rings everyone, without words
            Ana Asked +picture deleted
            due no longer: expiry of attachment
            effect: erase attachment
        "#]],
    );
    check(
        &mut world,
        ANA,
        DeleteMessage { message: message(0) },
        expect![[r#"
        nothing changes
    "#]],
    );
    world.ok(SAM, Take { request: R1 });
    let taken = world.state.messages().find(|row| row.author == Some(SAM)).expect("an event").id;
    check(
        &mut world,
        SAM,
        DeleteMessage { message: taken },
        expect![[r#"
        refused: this needs another role or another person: what happened stays on the timeline
    "#]],
    );
}

#[test]
fn deleting_one_picture() {
    let mut world = World::numbra();
    world.ok(ANA, Ask { attachments: vec![picture(1), picture(2)], ..ask("see") });
    check(
        &mut world,
        SAM,
        DeleteAttachment { attachment: picture(1).id },
        expect![[r#"
        refused: this needs another role or another person: whoever attached it deletes it
    "#]],
    );
    check(
        &mut world,
        ANA,
        DeleteAttachment { attachment: picture(1).id },
        expect![[r#"
        attachment Deleted "" 0 bytes
        due no longer: expiry of attachment
        effect: erase attachment
    "#]],
    );
    // Bytes that come after all are erased again.
    let late = System::AttachmentStored { attachment: picture(1).id, size: 9, width: 1, height: 1 };
    let result = world.system(&late);
    expect![[r#"
        effect: erase attachment
    "#]]
    .assert_eq(&crate::telling::told(&world, &result));
}

#[test]
fn media_of_a_closed_request_are_erased_when_the_organisation_keeps_them_no_longer() {
    use deskside_domain::attachment::AttachmentState;
    let mut world = World::numbra();
    world.ok(ANA, Ask { attachments: vec![picture(1)], ..ask("see") });
    world
        .system(&System::AttachmentStored { attachment: picture(1).id, size: 9, width: 4, height: 3 })
        .expect("stored");
    let state = |world: &World| world.state.attachment(picture(1).id).expect("a row").state;
    world.pass(200 * DAY);
    assert_eq!(state(&world), AttachmentState::Stored, "an open request keeps its pictures");
    world.ok(ANA, Solve { request: R1 });
    world.pass(90 * DAY - 1);
    assert_eq!(state(&world), AttachmentState::Stored);
    world.pass(1);
    assert_eq!(state(&world), AttachmentState::Expired);
}

#[test]
fn media_of_a_reopened_request_stay() {
    use deskside_domain::attachment::AttachmentState;
    let mut world = World::numbra();
    world.ok(ANA, Ask { attachments: vec![picture(1)], ..ask("see") });
    world.ok(ANA, Solve { request: R1 });
    world.pass(DAY);
    world.ok(ANA, Reopen { request: R1 });
    world.pass(300 * DAY);
    assert_eq!(world.state.attachment(picture(1).id).expect("a row").state, AttachmentState::Awaited);
}

#[test]
fn what_one_may_not_see_is_answered_like_what_does_not_exist() {
    let mut private = World::numbra();
    private.ok(ANA, Ask { private_with: Some(vec![SAM]), attachments: vec![picture(1)], ..ask("psst") });
    private.ok(
        ANA,
        StartClip {
            clip: clip(1),
            request: Some(R1),
            width: 8,
            height: 8,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        },
    );
    private
        .ok(SAM, Ring { call: call(1), request: Some(R1), callee: ANA, then: vec![], wants_callback: false });
    let mut empty = World::numbra();
    let commands: Vec<deskside_domain::Command> = vec![
        Take { request: R1 }.into(),
        GiveBack { request: R1 }.into(),
        answer(1, "x").into(),
        AskForClip { request: R1 }.into(),
        SetUrgency { request: R1, urgency: Urgency::Today }.into(),
        OpenToDesk { request: R1 }.into(),
        Solve { request: R1 }.into(),
        Reopen { request: R1 }.into(),
        Thank { request: R1 }.into(),
        Withdraw { request: R1 }.into(),
        DeleteMessage { message: message(0) }.into(),
        DeleteAttachment { attachment: picture(1).id }.into(),
        StartClip {
            clip: clip(2),
            request: Some(R1),
            width: 8,
            height: 8,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        }
        .into(),
        AttachClip { clip: clip(1), request: R1 }.into(),
        LetWatch { clip: clip(1), person: BEN, watch: true }.into(),
        StopClip { clip: clip(1), note: None }.into(),
        DiscardClip { clip: clip(1) }.into(),
        DeleteClip { clip: clip(1) }.into(),
        Ring { call: call(2), request: Some(R1), callee: SAM, then: vec![], wants_callback: false }.into(),
        AcceptCall { call: call(1) }.into(),
        JoinCall { call: call(1) }.into(),
        EndCall { call: call(1), outcome: String::new() }.into(),
    ];
    for command in commands {
        let (seen, unseen) = (private.give(BEN, command.clone()), empty.give(BEN, command.clone()));
        assert!(seen.is_err(), "{command:?}");
        assert_eq!(seen, unseen, "{command:?} tells that something is there");
    }
}

#[test]
fn who_has_left_gives_no_commands() {
    let mut world = World::with_r1();
    world.ok(ADA, Deactivate { person: BEN });
    check(
        &mut world,
        BEN,
        Take { request: R1 },
        expect![[r#"
        refused: this account is deactivated
    "#]],
    );
}
