//! Random days: anybody may try anything at any time. `World` watches every step; here are the dice.

use deskside_domain::{
    Command, Key, Row, Time, Viewer,
    attendance::Seen,
    call::{CallState, DeclineReason, Provider},
    care::HandOver,
    clip::ClipPart,
    clock::{Standard, Standards},
    command::*,
    desk::{Audience, Charter, Deputy, DutySlot, Helpers, OpenInterval},
    id::*,
    may_see, may_watch,
    mention::{Mention, NewMentions},
    message::Moment,
    person::{Profile, QuietHours, Role, Status},
    posting::{Posting, When},
    request::{Request, RequestState, Urgency},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use proptest::{prelude::*, strategy::ValueTree};
use uuid::Uuid;

use crate::world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// Nothing panics, every promise is kept, everybody's view converges, reads are exact, nothing leaks.
    #[test]
    fn a_random_day_keeps_every_promise(steps in prop::collection::vec(any::<[u16; 8]>(), 1..70)) {
        let mut world = World::numbra();
        for (n, dice) in steps.iter().enumerate() {
            step(&mut world, &mut Dice { world: 0, dice, at: 0, n: n as u128 }, &[]);
        }
        nothing_leaks(&world);
    }
}

/// Every kind of command is decided favourably at least once. Here the dice lean toward what was not reached yet
/// and toward what such commands stand on; the days are the same each time.
#[test]
fn the_dice_reach_every_command() {
    use std::collections::{BTreeMap, BTreeSet};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut done = BTreeSet::new();
    let mut names = BTreeMap::new();
    let days = prop::collection::vec(any::<[u16; 8]>(), 60..61);
    for _ in 0..MOST_DAYS {
        if done.len() == KINDS {
            break;
        }
        let steps = days.new_tree(&mut runner).expect("vectors can be made").current();
        let mut world = World::numbra();
        for (n, dice) in steps.iter().enumerate() {
            let is_missing = |kind: &usize| names.get(kind).is_none_or(|name| !done.contains(name));
            let missing: Vec<usize> = (0..SIDES).filter(is_missing).collect();
            let mut dice = Dice { world: 0, dice, at: 0, n: n as u128 };
            if let Some((kind, name, is_done)) = step(&mut world, &mut dice, &missing) {
                names.insert(kind, name.clone());
                if is_done {
                    done.insert(name);
                }
            }
        }
    }
    let all: BTreeSet<String> = names.into_values().collect();
    let never: Vec<_> = all.difference(&done).collect();
    assert!(never.is_empty(), "always refused: {never:?}");
    assert_eq!(all.len(), KINDS, "not every kind was rolled: {all:?}");
}

/// Numbers to choose by.
struct Dice<'a> {
    world: u8,
    dice: &'a [u16; 8],
    at: usize,
    n: u128,
}

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        let value = usize::from(self.dice[self.at % 8]).wrapping_add(self.at / 8 * 7);
        self.at += 1;
        value % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let at = self.roll(from.len().max(1));
        from.get(at).cloned()
    }

    /// The same; where there is nothing to choose from no dice are rolled.
    fn pick_of(&mut self, from: &[usize]) -> Option<usize> {
        if from.is_empty() { None } else { self.pick(from) }
    }

    fn id(&mut self, kind: u128) -> Uuid {
        self.world += 1;
        Uuid::from_u128(kind << 64 | self.n << 8 | u128::from(self.world))
    }
}

/// How many kinds of commands there are.
const KINDS: usize = 66;
/// Two of them are rolled twice: without them their opposites would never be reached.
const SIDES: usize = KINDS + 2;
/// So many days are tried until each kind was reached.
const MOST_DAYS: usize = 120;
/// What most others stand on: questions, owners, calls, offers, desks with rules, something critical, a "no".
const GROUND: [usize; 14] = [0, 0, 0, 1, 1, 4, 21, 22, 36, 45, 45, 52, 57, 62];

/// One step: a command, what the server sees, or time. Two of three commands are of those that are `missing`, or
/// lead there, if there are any. Answers which kind of command it was, its name, and whether it was done.
fn step(world: &mut World, dice: &mut Dice<'_>, missing: &[usize]) -> Option<(usize, String, bool)> {
    match dice.roll(10) {
        0 => {
            let spans = [1, 40 * SECOND, 121 * SECOND, HOUR, DAY, 5 * DAY, 8 * DAY, 15 * DAY, 100 * DAY];
            let span = dice.pick(&spans).unwrap_or(1);
            world.pass(span);
            None
        }
        1 => {
            if let Some(command) = seen_by_server(world, dice) {
                // Joining may be refused; nothing else may.
                let result = world.system(&command);
                assert!(result.is_ok() || matches!(command, System::Join { .. }), "{command:?}: {result:?}");
            }
            None
        }
        _ => {
            let lean: &[usize] = match missing {
                [] => &[],
                missing => [missing, &GROUND, &[]][dice.roll(3)],
            };
            let kind =
                dice.pick_of(lean).or_else(|| follow_up(world, dice)).unwrap_or_else(|| dice.roll(SIDES));
            let command = command(world, dice, kind)?;
            let anybody: Vec<PersonId> = world.state.people().map(|person| person.id).collect();
            let concerned = concerned(world, &command);
            let from = if dice.one_in(3) || concerned.is_empty() { anybody } else { concerned };
            let who = dice.pick(&from)?;
            let debug = format!("{command:?}");
            let name = debug.split(['(', ' ']).next().unwrap_or_default().to_owned();
            let is_done = world.give(who, command).is_ok();
            Some((kind, name, is_done))
        }
    }
}

/// What often comes next where something waits for it: rolled alone, two such steps would hardly ever meet.
fn follow_up(world: &World, dice: &mut Dice<'_>) -> Option<usize> {
    let requests = || world.state.requests().filter(|row| row.is_open());
    let calls = || world.state.calls();
    let waiting = [
        (requests().any(|row| row.care.hand_over.is_some()), [48, 49]),
        (requests().any(|row| row.care.to_vet), [51, 51]),
        (requests().any(|row| row.care.details.iter().any(|detail| !detail.used)), [60, 60]),
        (requests().count() > 2, [56, 45]),
        (calls().any(|row| row.state == CallState::Accepted), [27, 28]),
    ];
    let waiting: Vec<[usize; 2]> = waiting.iter().filter(|(is, _)| *is).map(|(_, kinds)| *kinds).collect();
    if waiting.is_empty() || !dice.one_in(3) {
        return None;
    }
    let kinds = dice.pick(&waiting)?;
    dice.pick(&kinds)
}

/// Who might well give this command: most of the others are refused.
fn concerned(world: &World, command: &Command) -> Vec<PersonId> {
    let state = &world.state;
    let of_call = |id: CallId| state.call(id).map(|call| vec![call.caller, call.callee]).unwrap_or_default();
    let of_clip = |id: ClipId| state.clip(id).map(|clip| vec![clip.recorder]).unwrap_or_default();
    let of_request = |id: RequestId| {
        state
            .request(id)
            .map(|row| [Some(row.asker), row.owner].into_iter().flatten().collect())
            .unwrap_or_default()
    };
    match command {
        Command::AcceptCall(AcceptCall { call })
        | Command::AnswerSoon(AnswerSoon { call })
        | Command::DeclineCall(DeclineCall { call, .. })
        | Command::PassOnCall(PassOnCall { call, .. })
        | Command::CancelCall(CancelCall { call })
        | Command::JoinCall(JoinCall { call })
        | Command::StillTalking(StillTalking { call })
        | Command::EndCall(EndCall { call, .. }) => of_call(*call),
        Command::AttachClip(AttachClip { clip, .. })
        | Command::LetWatch(LetWatch { clip, .. })
        | Command::StopClip(StopClip { clip, .. })
        | Command::DiscardClip(DiscardClip { clip })
        | Command::CutClip(CutClip { clip, .. })
        | Command::ConvertClip(ConvertClip { clip, .. })
        | Command::DeleteClip(DeleteClip { clip }) => of_clip(*clip),
        Command::Say(Say { request, .. })
        | Command::GiveBack(GiveBack { request })
        | Command::SetUrgency(SetUrgency { request, .. })
        | Command::OpenToDesk(OpenToDesk { request })
        | Command::Solve(Solve { request })
        | Command::Reopen(Reopen { request })
        | Command::Thank(Thank { request })
        | Command::Withdraw(Withdraw { request })
        | Command::Plan(Plan { request, .. })
        | Command::WaitForOther(WaitForOther { request, .. })
        | Command::GoOn(GoOn { request })
        | Command::BlockBy(BlockBy { request, .. })
        | Command::Unblock(Unblock { request, .. })
        | Command::CallbackDone(CallbackDone { request, .. })
        | Command::OfferHandOver(OfferHandOver { request, .. })
        | Command::TakeBackHandOver(TakeBackHandOver { request })
        | Command::Confirm(Confirm { request, .. }) => of_request(*request),
        Command::TakeOver(TakeOver { request })
        | Command::DeclineHandOver(DeclineHandOver { request, .. }) => {
            let offer = state.request(*request).ok().and_then(|row| row.care.hand_over.clone());
            match offer {
                Some(HandOver { person: Some(person), .. }) => vec![person],
                Some(offer) => state.desk(offer.desk).map(|desk| vec![desk.owner]).unwrap_or_default(),
                None => Vec::new(),
            }
        }
        Command::Forward(Forward { request, .. }) => {
            let desk = state.request(*request).ok().and_then(|row| state.desk(row.desk).ok());
            desk.map(|desk| desk.service.vetters.iter().copied().chain([desk.owner]).collect())
                .unwrap_or_default()
        }
        Command::LeaveRequest(LeaveRequest { request }) => {
            state.request(*request).map(|row| row.care.joined.clone()).unwrap_or_default()
        }
        Command::DeleteMessage(DeleteMessage { message }) => {
            state.message(*message).ok().and_then(|row| row.author).into_iter().collect()
        }
        Command::DeleteAttachment(DeleteAttachment { attachment }) => {
            state.attachment(*attachment).map(|row| vec![row.owner]).unwrap_or_default()
        }
        Command::SetRole(_)
        | Command::Deactivate(_)
        | Command::Reactivate(_)
        | Command::MakeInvite(_)
        | Command::RevokeInvite(_)
        | Command::EditDesk(_)
        | Command::ArrangeDesk(_)
        | Command::SetRota(_)
        | Command::AllowSystemSound(_)
        | Command::ForbidSystemSound(_)
        | Command::EditOrg(_)
        | Command::KeepSecret(_) => {
            state.people().filter(|row| row.active && row.role == Role::Admin).map(|row| row.id).collect()
        }
        _ => Vec::new(),
    }
}

fn command(world: &World, dice: &mut Dice<'_>, kind: usize) -> Option<Command> {
    let state = &world.state;
    let people: Vec<PersonId> = state.people().map(|row| row.id).collect();
    let requests: Vec<RequestId> = state.requests().map(|row| row.id).collect();
    let clips: Vec<ClipId> = state.clips().map(|row| row.id).collect();
    let calls: Vec<CallId> = state.calls().map(|row| row.id).collect();
    let desks: Vec<DeskId> = state.desks().map(|row| row.id).collect();
    let person = dice.pick(&people)?;
    let other = dice.pick(&people)?;
    let some_request = |dice: &mut Dice<'_>| dice.pick(&requests);
    let dice_n = dice.n;
    let text = format!("words-{}-", dice.n);
    let urgency = dice.pick(&[Urgency::Live, Urgency::Today, Urgency::Whenever])?;
    let attachments = |dice: &mut Dice<'_>| {
        let id = AttachmentId(dice.id(4));
        let (name, mime) = (format!("file-{}-.png", dice.n), "image/png".into());
        if dice.one_in(3) {
            vec![NewAttachment { id, name, mime, size: 9, width: 2, height: 2 }]
        } else {
            vec![]
        }
    };
    let some_clip = |dice: &mut Dice<'_>| if dice.one_in(2) { dice.pick(&clips) } else { None };
    let moment = |dice: &mut Dice<'_>| {
        let clip = if dice.one_in(4) { dice.pick(&clips) } else { None };
        let version = |clip| state.clip(clip).map_or(1, |row| row.version);
        clip.map(|clip| Moment { clip, version: version(clip), at_ms: 12 })
    };
    // A vetted desk is chosen more often than others: what is asked there takes one step more.
    let vetted = state.desks().find(|desk| desk.audience == Audience::Vetted && !desk.closed);
    let at = vetted.filter(|_| dice.one_in(2)).map(|desk| desk.id).or_else(|| dice.pick(&desks))?;
    // Time and again a promise in the past, which is refused.
    let ahead = |dice: &mut Dice<'_>| {
        world.now.plus(dice.pick(&[-HOUR, HOUR, 3 * HOUR, DAY, 3 * DAY]).unwrap_or(HOUR))
    };
    let card = || NewCard {
        summary: format!("summary-{}-", dice_n),
        tried: String::new(),
        impact: String::new(),
        needed: format!("needed-{}-", dice_n),
    };
    let offered: Vec<RequestId> =
        state.requests().filter(|row| row.care.hand_over.is_some()).map(|row| row.id).collect();
    Some(match kind {
        0 => Ask {
            request: RequestId(dice.id(1)),
            message: MessageId(dice.id(2)),
            desk: at,
            text,
            readable_ibans: Vec::new(),
            urgency,
            ticket: None,
            private_with: dice.one_in(3).then(|| vec![person]),
            attachments: attachments(dice),
            clip: some_clip(dice),
            details: state
                .desk(at)
                .map(|desk| desk.service.fields.clone())
                .unwrap_or_default()
                .into_iter()
                .map(|name| GivenDetail { name, value: format!("detail-{}-", dice.n) })
                .collect(),
            asked_at: 0,
            mentions: mentions(dice, &people),
        }
        .into(),
        1 => Take { request: some_request(dice)? }.into(),
        2 => GiveBack { request: some_request(dice)? }.into(),
        3 => Say {
            request: some_request(dice)?,
            message: MessageId(dice.id(2)),
            text,
            readable_ibans: Vec::new(),
            attachments: attachments(dice),
            clip: some_clip(dice),
            moment: moment(dice),
            mentions: mentions(dice, &people),
        }
        .into(),
        4 => Answer {
            request: some_request(dice)?,
            message: MessageId(dice.id(2)),
            text,
            readable_ibans: Vec::new(),
            attachments: attachments(dice),
            clip: some_clip(dice),
            moment: moment(dice),
            mentions: mentions(dice, &people),
        }
        .into(),
        5 => AskBack {
            request: some_request(dice)?,
            message: MessageId(dice.id(2)),
            text,
            readable_ibans: Vec::new(),
            attachments: vec![],
            clip: None,
            moment: None,
            mentions: mentions(dice, &people),
        }
        .into(),
        6 => AskForClip { request: some_request(dice)? }.into(),
        7 => SetUrgency { request: some_request(dice)?, urgency }.into(),
        8 => OpenToDesk { request: some_request(dice)? }.into(),
        9 => Solve { request: some_request(dice)? }.into(),
        10 => Reopen { request: some_request(dice)? }.into(),
        11 => Thank { request: some_request(dice)? }.into(),
        12 => Withdraw { request: some_request(dice)? }.into(),
        13 => {
            let messages: Vec<MessageId> = state.messages().map(|row| row.id).collect();
            DeleteMessage { message: dice.pick(&messages)? }.into()
        }
        14 => {
            let attachments: Vec<AttachmentId> = state.attachments().map(|row| row.id).collect();
            DeleteAttachment { attachment: dice.pick(&attachments)? }.into()
        }
        15 => {
            let request = if dice.one_in(3) { None } else { some_request(dice) };
            StartClip {
                clip: ClipId(dice.id(3)),
                request,
                width: 8,
                height: 8,
                sound: false,
                in_browser: dice.pick(&[true, false])?,
                reviewed: false,
                system_sound: false,
            }
            .into()
        }
        16 => AttachClip { clip: dice.pick(&clips)?, request: some_request(dice)? }.into(),
        17 => LetWatch { clip: dice.pick(&clips)?, person, watch: !dice.one_in(3) }.into(),
        18 => StopClip { clip: dice.pick(&clips)?, note: None }.into(),
        19 => DiscardClip { clip: dice.pick(&clips)? }.into(),
        20 if dice.one_in(2) => {
            let (clip, from_ms) = (dice.pick(&clips)?, dice.roll(3) as u32 * 1_000);
            let version = state.clip(clip).map_or(1, |row| row.version);
            CutClip { clip, version, keep: vec![ClipPart { from_ms, to_ms: from_ms + 2_000 }] }.into()
        }
        20 if dice.one_in(2) => {
            let clip = dice.pick(&clips)?;
            ConvertClip { clip, version: state.clip(clip).map_or(1, |row| row.version) }.into()
        }
        20 => DeleteClip { clip: dice.pick(&clips)? }.into(),
        21 => {
            let request = if dice.one_in(3) { None } else { some_request(dice) };
            let wants_callback = dice.one_in(4);
            Ring { call: CallId(dice.id(5)), request, callee: person, then: vec![other], wants_callback }
                .into()
        }
        22 => AcceptCall { call: dice.pick(&calls)? }.into(),
        23 => AnswerSoon { call: dice.pick(&calls)? }.into(),
        24 => DeclineCall { call: dice.pick(&calls)?, reason: DeclineReason::Said(text) }.into(),
        25 => PassOnCall { call: dice.pick(&calls)?, to: dice.one_in(2).then_some(person) }.into(),
        26 => CancelCall { call: dice.pick(&calls)? }.into(),
        27 => JoinCall { call: dice.pick(&calls)? }.into(),
        28 => EndCall { call: dice.pick(&calls)?, outcome: text }.into(),
        29 => {
            let status = dice.pick(&[Status::Available, Status::OnCall, Status::Away, Status::Off])?;
            let until = dice.one_in(2).then(|| world.now.plus(HOUR));
            SetStatus { status, until }.into()
        }
        30 => EditProfile { name: "Somebody".into(), phone: "2041".into(), call_link: String::new() }.into(),
        31 => {
            let role = dice.pick(&[Role::Agent, Role::Lead, Role::Admin])?;
            SetRole { person, role }.into()
        }
        32 => Deactivate { person }.into(),
        33 => Reactivate { person }.into(),
        34 => MakeInvite {
            invite: InviteId(dice.id(6)),
            secret_hash: "0f".repeat(32),
            role: Role::Agent,
            label: String::new(),
            uses: 2,
            days: 7,
        }
        .into(),
        35 => {
            let invites: Vec<InviteId> = state.invites().map(|row| row.id).collect();
            RevokeInvite { invite: dice.pick(&invites)? }.into()
        }
        36 => OpenDesk {
            desk: DeskId(dice.id(7)),
            name: "New desk".into(),
            purpose: String::new(),
            owner: person,
            helpers: helpers(dice, other),
            audience: audience(dice),
            hours: hours(),
            zone: String::new(),
        }
        .into(),
        37 => EditDesk {
            desk: dice.pick(&desks)?,
            name: "Desk".into(),
            purpose: String::new(),
            owner: person,
            helpers: helpers(dice, other),
            audience: audience(dice),
            hours: hours(),
            zone: String::new(),
            provider: None,
            review_before_upload: false,
            closed: dice.one_in(6),
        }
        .into(),
        38 => EditOrg {
            name: "Numbra".into(),
            zone: "Europe/Berlin".into(),
            provider: dice.pick(&[
                None,
                Some(Provider::Phone),
                Some(Provider::Teams),
                Some(Provider::PersonalLink),
                Some(Provider::Template { address: "https://meet.example.com/{room}".into() }),
            ])?,
            ticket_patterns: vec![],
            deny_windows: vec![],
            exempt_numbers: vec![],
            keep_media_days: dice.pick(&[1, 3, 30, 90])?,
            browser_clips: dice.pick(&[true, false])?,
            mask_contacts: dice.pick(&[true, false])?,
        }
        .into(),
        40 => {
            Plan { request: some_request(dice)?, text, update_by: dice.one_in(2).then(|| ahead(dice)) }.into()
        }
        41 => WaitForOther {
            request: some_request(dice)?,
            what: text,
            until: dice.one_in(2).then(|| ahead(dice)),
        }
        .into(),
        42 => {
            let waits = state.requests().filter(|row| row.state == RequestState::WaitingOther);
            let waits: Vec<RequestId> = waits.map(|row| row.id).collect();
            GoOn { request: dice.pick(&waits).or_else(|| dice.pick(&requests))? }.into()
        }
        43 => PromiseCallback { request: some_request(dice)?, at: ahead(dice) }.into(),
        44 => {
            let promised = state.requests().filter(|row| row.care.callback.is_some());
            let promised: Vec<RequestId> = promised.map(|row| row.id).collect();
            let request = dice.pick(&promised).or_else(|| dice.pick(&requests))?;
            CallbackDone { request, called: dice.one_in(2) }.into()
        }
        45 | 46 => OfferHandOver {
            request: some_request(dice)?,
            desk: at,
            person: dice.one_in(2).then_some(person),
            card: card(),
        }
        .into(),
        47 | 48 => TakeOver { request: dice.pick(&offered).or_else(|| dice.pick(&requests))? }.into(),
        49 => {
            let request = dice.pick(&offered).or_else(|| dice.pick(&requests))?;
            DeclineHandOver { request, reason: text }.into()
        }
        50 => TakeBackHandOver { request: dice.pick(&offered).or_else(|| dice.pick(&requests))? }.into(),
        51 => {
            let to_vet = state.requests().filter(|row| row.care.to_vet && row.is_open());
            let to_vet: Vec<RequestId> = to_vet.map(|row| row.id).collect();
            Forward { request: dice.pick(&to_vet).or_else(|| dice.pick(&requests))?, card: card() }.into()
        }
        52 => MarkCritical { request: some_request(dice)?, reason: text }.into(),
        53 => {
            let critical = state.requests().filter(|row| row.care.critical.is_some());
            let critical: Vec<RequestId> = critical.map(|row| row.id).collect();
            ReviewCritical { request: dice.pick(&critical).or_else(|| dice.pick(&requests))?, text }.into()
        }
        54 => JoinRequest { request: some_request(dice)? }.into(),
        55 => LeaveRequest { request: some_request(dice)? }.into(),
        56 => {
            let open: Vec<&Request> =
                state.requests().filter(|row| row.is_open() && row.private_with.is_none()).collect();
            let merged = dice.pick(&open)?;
            let alike = open.iter().filter(|row| row.desk == merged.desk && row.id != merged.id);
            let alike: Vec<RequestId> = alike.map(|row| row.id).collect();
            Merge { request: merged.id, into: dice.pick(&alike)? }.into()
        }
        57 => Confirm { request: some_request(dice)?, solved: dice.one_in(2), line: text }.into(),
        58 => {
            let promised = state.requests().filter(|row| row.care.follow_up.is_some());
            let promised: Vec<RequestId> = promised.map(|row| row.id).collect();
            FollowUpDone { request: dice.pick(&promised).or_else(|| dice.pick(&requests))?, text }.into()
        }
        59 => PointNextTime { request: some_request(dice)?, text }.into(),
        60 => {
            let detailed = state.requests().filter(|row| !row.care.details.is_empty());
            let detailed: Vec<RequestId> = detailed.map(|row| row.id).collect();
            let request = dice.pick(&detailed).or_else(|| dice.pick(&requests))?;
            UseDetail { request, name: "tariff".into() }.into()
        }
        61 => DescribeSelf {
            profile: Profile { team: "Phones".into(), topics: vec!["porting".into()], ..Profile::default() },
        }
        .into(),
        62 => ArrangeDesk { desk: at, service: service(dice, person, &desks) }.into(),
        63 => {
            let from = dice.pick(&[0, 480, 700])?;
            let slots = if dice.one_in(3) {
                vec![]
            } else {
                (1..=5).map(|weekday| DutySlot { weekday, from, to: from + 300, person }).collect()
            };
            SetRota { desk: at, slots }.into()
        }
        64 => StillTalking { call: dice.pick(&calls)? }.into(),
        65 => {
            let hours = QuietHours { from: 1_080, to: 480, zone: "Europe/Berlin".into() };
            SetQuietHours { hours: (!dice.one_in(3)).then_some(hours) }.into()
        }
        66 => {
            let open: Vec<RequestId> =
                state.requests().filter(|row| row.is_open()).map(|row| row.id).collect();
            BlockBy { request: dice.pick(&open)?, blocker: dice.pick(&open)? }.into()
        }
        67 => {
            let blocked = state.requests().find(|row| !row.care.blocked_by.is_empty());
            let named = blocked.map(|row| (row.id, row.care.blocked_by[0]));
            let (request, blocker) =
                named.or_else(|| Some((dice.pick(&requests)?, dice.pick(&requests)?)))?;
            Unblock { request, blocker }.into()
        }
        _ => KeepSecret { name: "jitsi".into(), value: "k".into() }.into(),
    })
}

/// Now and then somebody is named: also who has left, who writes themselves, or who may not see it.
fn mentions(dice: &mut Dice<'_>, people: &[PersonId]) -> NewMentions {
    let mut whom = Vec::new();
    if !dice.one_in(3) {
        return NewMentions::default();
    }
    while whom.len() < 4 && (whom.is_empty() || dice.one_in(3)) {
        let person = dice.pick(people).map(Mention::Person);
        whom.extend(
            dice.pick(&[person, Some(Mention::Desk), Some(Mention::All)]).flatten().or(Some(Mention::All)),
        );
    }
    NewMentions { whom, ..NewMentions::default() }
}

fn helpers(dice: &mut Dice<'_>, other: PersonId) -> Helpers {
    if dice.one_in(2) { Helpers::Everyone } else { Helpers::These(vec![other]) }
}

fn audience(dice: &mut Dice<'_>) -> Audience {
    dice.pick(&[Audience::Open, Audience::Vetted, Audience::Private]).unwrap_or(Audience::Open)
}

fn service(dice: &mut Dice<'_>, person: PersonId, desks: &[DeskId]) -> Charter {
    let minutes = dice.pick(&[0, 2, 30]).unwrap_or(0);
    let within = |times: i64| (minutes > 0).then_some(times * minutes * MINUTE);
    let standard = Standard { respond_ms: within(1), solve_ms: within(4), reply_ms: within(2) };
    Charter {
        fields: if dice.one_in(2) { vec!["tariff".into()] } else { vec![] },
        deputy: if dice.one_in(2) { Deputy::Person(person) } else { Deputy::Members },
        vetters: if dice.one_in(2) { vec![person] } else { vec![] },
        special_days: vec![],
        standards: Standards { live: standard, today: standard, whenever: standard },
        escalation: if dice.one_in(3) { dice.pick(desks) } else { None },
        posting: Posting {
            agents: if dice.one_in(9) { When::WhileOpen } else { When::Always },
            leads: if dice.one_in(12) { When::Never } else { When::Always },
            admins: When::Always,
        },
        ..Charter::default()
    }
}

fn hours() -> Vec<OpenInterval> {
    vec![OpenInterval { weekday: 1, from: 0, to: 1_440 }]
}

fn seen_by_server(world: &World, dice: &mut Dice<'_>) -> Option<System> {
    let state = &world.state;
    let attachments: Vec<AttachmentId> = state.attachments().map(|row| row.id).collect();
    let clips: Vec<ClipId> = state.clips().map(|row| row.id).collect();
    let calls: Vec<CallId> = state.calls().map(|row| row.id).collect();
    let length = dice.roll(3) as u32 * 4_000;
    let requests: Vec<RequestId> = state.requests().map(|row| row.id).collect();
    let desks: Vec<DeskId> = state.desks().map(|row| row.id).collect();
    Some(match dice.roll(23) {
        22 => System::BlockerOver { request: dice.pick(&requests)? },
        21 => {
            let here = state.people().map(|row| row.id).filter(|_| dice.one_in(2)).collect();
            let since = world.now.plus(dice.pick(&[0, -MINUTE, -DAY])?);
            System::LookAtDesk { desk: dice.pick(&desks)?, seen: Some(Seen { here, since }) }
        }
        20 => System::PosterStored { clip: dice.pick(&clips)?, version: dice.pick(&[1, 1, 2])? },
        19 => System::FollowUpDue { request: dice.pick(&requests)? },
        18 => System::ClocksDue { request: dice.pick(&requests)? },
        12 => System::AlarmDue { request: dice.pick(&requests)? },
        13 => System::UpdateDue { request: dice.pick(&requests)? },
        14 => System::SilenceDue { request: dice.pick(&requests)? },
        15 => System::CallbackDue { request: dice.pick(&requests)? },
        16 => System::Sweep { desk: dice.pick(&desks)? },
        17 => System::StatusDue { person: dice.pick(&state.people().map(|row| row.id).collect::<Vec<_>>())? },
        0 => System::AttachmentStored { attachment: dice.pick(&attachments)?, size: 9, width: 2, height: 2 },
        1 => System::AttachmentRefused { attachment: dice.pick(&attachments)? },
        2 | 3 => System::ClipSilent { clip: dice.pick(&clips)?, duration_ms: length, bytes: 70, codec: None },
        4 if dice.one_in(2) => {
            let row = state.clip(dice.pick(&clips)?).ok()?;
            let comments: Vec<MessageId> =
                state.messages().filter(|row| row.moment.is_some()).map(|row| row.id).collect();
            let (clip, version, kept) = (row.id, row.version + 1, row.cutting.clone());
            System::ClipCut { clip, version, kept, duration_ms: length, bytes: 50, comments }
        }
        4 if dice.one_in(2) => System::ClipUncut { clip: dice.pick(&clips)?, version: 1 },
        4 if dice.one_in(2) => {
            let (clip, version) = (dice.pick(&clips)?, dice.pick(&[1, 1, 2])?);
            System::ClipConverted { clip, version, worked: dice.one_in(2) }
        }
        4 => System::ClipAwake { clip: dice.pick(&clips)? },
        5 => System::ClipFinished {
            clip: dice.pick(&clips)?,
            duration_ms: length,
            bytes: 99,
            codec: None,
            poster: true,
        },
        6 => System::MediaExpired { attachment: dice.pick(&attachments), clip: dice.pick(&clips) },
        7 => System::SoonOver { call: dice.pick(&calls)? },
        8 => {
            let call = state.call(dice.pick(&calls)?).ok()?;
            System::RingOver { call: call.id, callee: call.callee, rang_at: call.rang_at.0 }
        }
        10 => System::ClipAbandoned { clip: dice.pick(&clips)? },
        9 => System::Archive { request: dice.pick(&state.requests().map(|row| row.id).collect::<Vec<_>>())? },
        _ => {
            let invites: Vec<InviteId> = state.invites().map(|row| row.id).collect();
            let person = dice.id(8);
            let email = format!("new-{}@numbra.example", dice.n);
            System::Join { invite: dice.pick(&invites)?, person: PersonId(person), name: "New".into(), email }
        }
    })
}

/// Every text has a number of its own: none of what somebody may not see stands in what they see.
fn nothing_leaks(world: &World) {
    let state = &world.state;
    for id in world.members() {
        let viewer = Viewer::of(state.person(id).expect("a member"));
        let (seen, hidden): (Vec<&Row>, Vec<&Row>) =
            state.rows().partition(|row| may_see(&viewer, row, state));
        let seen_words: String = seen.iter().map(|row| format!("{row:?}\n")).collect();
        for row in hidden {
            for word in words_of(row) {
                assert!(!seen_words.contains(&word), "{viewer:?} reads {word} of {row:?}");
            }
            if let Row::Clip(clip) = row {
                assert!(!may_watch(&viewer, clip, state), "{viewer:?} watches {clip:?}");
            }
        }
        for row in seen {
            if let Row::Clip(clip) = row {
                let is_early = !clip.is_shown() && clip.recorder != id && !clip.watchers.contains(&id);
                assert!(
                    !(is_early && may_watch(&viewer, clip, state)),
                    "{viewer:?} watches {clip:?} before Stop"
                );
            }
        }
    }
}

fn words_of(row: &Row) -> Vec<String> {
    let words = match row {
        Row::Request(row) => {
            let details = row.care.details.iter().map(|detail| detail.value.clone());
            let card = row.care.card.iter().map(|card| card.summary.clone());
            [row.text.clone(), row.care.plan.clone()].into_iter().chain(details).chain(card).collect()
        }
        Row::Message(row) => vec![row.text.clone()],
        Row::Attachment(row) => vec![row.name.clone()],
        Row::Call(row) => vec![row.outcome.clone()],
        _ => vec![],
    };
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// A private desk's rows are never known to somebody who neither helps there nor asked; an admin knows its name.
#[test]
fn an_admin_knows_of_a_private_desk_but_not_what_is_asked_there() {
    use crate::world::{ADA, ANA, PAYROLL, R1, SID, ask};
    let mut world = World::numbra();
    world.ok(SID, Ask { desk: PAYROLL, ..ask("my pay slip") });
    assert!(world.sees(ADA, &Key::Desk(PAYROLL)));
    assert!(!world.sees(ADA, &Key::Request(R1)));
    assert!(!world.sees(ANA, &Key::Desk(PAYROLL)));
}

/// Ids made by a decision are UUIDs of version 7 in the server's time, all different, and in the order they were made:
/// entries of one moment stand in a thread as they were written. Another decision of that moment makes others.
#[test]
fn minted_ids_are_of_the_server_s_time_and_in_order() {
    let now = Time(1_780_669_260_123);
    let [ids, others] = [7, 8].map(|chance| {
        let at = deskside_domain::Circumstances { now, chance };
        (0..1_000).map(|n| at.mint(n)).collect::<Vec<Uuid>>()
    });
    assert!(ids.is_sorted() && others.is_sorted());
    assert_eq!(ids.iter().chain(&others).collect::<std::collections::BTreeSet<_>>().len(), 2_000);
    for id in ids {
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().expect("version 7 has a time").to_unix(), (1_780_669_260, 123_000_000));
    }
}
