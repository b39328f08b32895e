//! Rows and commits for the contract: plain ones, so that a test says only what it is about.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is test code")]

use std::collections::BTreeMap;

use deskside_domain::{
    Row, Time,
    attachment::{Attachment, AttachmentState},
    call::{Call, CallState},
    clip::{Clip, ClipState, Conversion},
    desk::{Audience, Desk, Helpers},
    id::*,
    invite::Invite,
    message::{Message, MessageKind},
    org::Org,
    person::{Person, Role, Status},
    request::{Request, RequestState, Urgency},
};
use uuid::Uuid;

use crate::store::{Commit, Committed, Origin, Store};

/// The `n`th id.
pub fn uuid(n: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
}

/// The organisation; `days` tells versions apart.
pub fn org(days: u16) -> Row {
    Row::Org(Org {
        name: "Numbra".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        provider: None,
        ticket_patterns: Vec::new(),
        deny_windows: Vec::new(),
        exempt_numbers: Vec::new(),
        keep_media_days: days,
        browser_clips: true,
        mask_contacts: false,
    })
}

/// The `n`th person.
pub fn person(n: u64, name: &str) -> Person {
    Person {
        id: PersonId(uuid(n)),
        name: name.to_owned(),
        email: format!("{n}@numbra.example"),
        role: Role::Agent,
        active: true,
        status: Status::Available,
        status_at: Time(0),
        quiet: None,
        quiet_now: false,
        phone: String::new(),
        call_link: String::new(),
        status_until: None,
        status_unconfirmed: false,
        busy_until: None,
        calendar: Default::default(),
        asked_solved_at: None,
        profile: Default::default(),
    }
}

/// The `n`th desk.
pub fn desk(n: u64) -> Desk {
    Desk {
        id: DeskId(uuid(n)),
        name: format!("Desk {n}"),
        purpose: String::new(),
        owner: PersonId(uuid(1)),
        helpers: Helpers::Everyone,
        audience: Audience::Open,
        hours: Vec::new(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        system_sound: None,
        closed: false,
        service: Default::default(),
        hours_since: None,
        earlier_hours: Vec::new(),
        rota: Vec::new(),
        gaps: Vec::new(),
        unwatched: None,
        history: Vec::new(),
    }
}

/// The `n`th request, at desk `desk`.
pub fn request(n: u64, desk: u64, text: &str) -> Request {
    Request {
        id: RequestId(uuid(n)),
        desk: DeskId(uuid(desk)),
        asker: PersonId(uuid(1)),
        owner: None,
        text: text.to_owned(),
        urgency: Urgency::Today,
        ticket: None,
        private_with: None,
        state: RequestState::Open,
        asked_at: Time(1),
        first_response_at: None,
        answered_at: None,
        solved_at: None,
        touched_at: Time(1),
        clip_wanted_by: None,
        thanked: false,
        archived: false,
        care: Default::default(),
    }
}

/// The `n`th message, an answer to `request`.
pub fn answer(n: u64, request: u64, text: &str) -> Message {
    Message {
        id: MessageId(uuid(n)),
        request: RequestId(uuid(request)),
        author: Some(PersonId(uuid(2))),
        kind: MessageKind::Answered,
        text: text.to_owned(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
        mentions: Default::default(),
        at: Time(2),
        deleted: false,
    }
}

/// The `n`th attachment, of `request`.
pub fn attachment(n: u64, request: u64) -> Attachment {
    Attachment {
        id: AttachmentId(uuid(n)),
        request: RequestId(uuid(request)),
        owner: PersonId(uuid(1)),
        name: "shot.png".to_owned(),
        mime: "image/png".to_owned(),
        size: 10,
        width: 2,
        height: 2,
        state: AttachmentState::Awaited,
        at: Time(1),
    }
}

/// The `n`th clip.
pub fn clip(n: u64, request: Option<u64>) -> Clip {
    Clip {
        id: ClipId(uuid(n)),
        recorder: PersonId(uuid(1)),
        request: request.map(|n| RequestId(uuid(n))),
        state: ClipState::Recording,
        width: 1920,
        height: 1080,
        sound: false,
        started_at: Time(1),
        duration_ms: 0,
        bytes: 0,
        watchers: Vec::new(),
        version: 1,
        cutting: Vec::new(),
        reviewed: false,
        system_sound: false,
        sprite: None,
        codec: None,
        conversion: Conversion::Unasked,
        note: None,
        poster: false,
    }
}

/// The `n`th call.
pub fn call(n: u64, request: Option<u64>, state: CallState) -> Call {
    Call {
        id: CallId(uuid(n)),
        request: request.map(|n| RequestId(uuid(n))),
        caller: PersonId(uuid(1)),
        callee: PersonId(uuid(2)),
        then: Vec::new(),
        before: Vec::new(),
        state,
        silent: false,
        wants_callback: false,
        room: "room".to_owned(),
        joined: Vec::new(),
        outcome: String::new(),
        rang_at: Time(1),
        accepted_at: None,
        joined_at: None,
        ended_at: None,
        still_asked_at: None,
    }
}

/// The `n`th invitation.
pub fn invite(n: u64) -> Invite {
    Invite {
        id: InviteId(uuid(n)),
        secret_hash: "00".repeat(32),
        role: Role::Agent,
        label: String::new(),
        uses_left: 3,
        expires_at: Time(9),
        made_by: PersonId(uuid(1)),
        revoked: false,
    }
}

/// A commit of the server's own, of these rows, whatever was there.
pub fn commit(rows: Vec<Row>) -> Commit {
    Commit {
        origin: Origin::System { due: None },
        now: Time(1_000),
        expect: BTreeMap::new(),
        expect_seq: None,
        rows,
        access: Vec::new(),
        due: Vec::new(),
        refused: None,
    }
}

/// Command `n` of `client`, which stores `rows`.
pub fn command(client: &str, n: u64, rows: Vec<Row>) -> Commit {
    let origin = Origin::Line {
        client_id: client.to_owned(),
        person: PersonId(uuid(1)),
        n,
        body_hash: [u8::try_from(n % 256).unwrap(); 32],
    };
    Commit { origin, ..commit(rows) }
}

/// Stores rows.
pub async fn put(store: &dyn Store, rows: impl IntoIterator<Item = Row>) -> Committed {
    store.commit(commit(rows.into_iter().collect())).await.expect("rows without conditions are stored")
}
