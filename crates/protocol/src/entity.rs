//! The entity table: every kind of row that clients hold, once. Secrets have no wire form on purpose.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Mirror, calls::*, care::*, charter::*, id::*, mentions::*, mirror::Millis, profile::*, values::*,
};

mirror_struct! {
    /// The organisation.
    Org = domain::org::Org {
        /// Shown in titles and invitations.
        name: String,
        /// IANA time zone.
        zone: String,
        /// Who carries the media of calls; null until someone answered.
        provider: Option<Provider>,
        /// How tickets are recognised, tried in order.
        ticket_patterns: Vec<TicketPattern>,
        /// Windows that recorders paint solid: part of a title or class, any case.
        deny_windows: Vec<String>,
        /// Numbers never masked as cards.
        exempt_numbers: Vec<ExemptNumber>,
        /// Days after which media of closed requests is erased.
        keep_media_days: u16,
        /// Whether clips may be recorded in a browser, where nothing is painted over.
        #[serde(default = "yes")]
        browser_clips: bool,
        /// Whether phone numbers and e-mail addresses are masked without asking.
        #[serde(default)]
        mask_contacts: bool,
    }
}

/// What rows say that were written before they could say otherwise.
pub(crate) fn yes() -> bool {
    true
}

fn unasked() -> Conversion {
    Conversion::Unasked
}

pub(crate) fn one() -> u32 {
    1
}

mirror_struct! {
    /// A person.
    Person = domain::person::Person {
        /// Name of this row.
        id: PersonId,
        /// The name colleagues see.
        name: String,
        /// Sign-in name.
        email: String,
        /// Rights.
        role: Role,
        /// False once deactivated.
        active: bool,
        /// What the person says of themselves.
        status: Status,
        /// When it was last said.
        status_at: Millis,
        /// Extension or number; may be empty.
        phone: String,
        /// Personal meeting link; may be empty.
        call_link: String,
        /// When to be left in peace, every day; null: never.
        quiet: Option<QuietHours>,
        /// Whether that is now.
        #[serde(default)]
        quiet_now: bool,
        /// Until when the status holds, if they said; then they are available again.
        #[serde(default)] status_until: Option<Millis>,
        /// The status was said too long ago to rely on.
        #[serde(default)] status_unconfirmed: bool,
        /// In a meeting until then, by their calendar.
        #[serde(default)] busy_until: Option<Millis>,
        /// How it stands with the calendar they have named.
        #[serde(default)] calendar: CalendarFile,
        /// When they were last asked "Solved?".
        #[serde(default)] asked_solved_at: Option<Millis>,
        /// What the directory says of them.
        #[serde(default)] profile: Profile,
    }
}
mirror_struct! {
    /// A desk.
    Desk = domain::desk::Desk {
        /// Name of this row.
        id: DeskId,
        /// e.g. *Phones help*.
        name: String,
        /// One line: what it is for.
        purpose: String,
        /// The one accountable person.
        owner: PersonId,
        /// Who is notified and rung.
        helpers: Helpers,
        /// Who sees what is asked here.
        audience: Audience,
        /// Opening hours in local time.
        hours: Vec<OpenInterval>,
        /// IANA zone; empty: the organisation's.
        zone: String,
        /// Who carries calls here; null: as the organisation says.
        provider: Option<Provider>,
        /// A clip is watched by its recorder before anything of it is uploaded. Pictures are marked before that anyway.
        review_before_upload: bool,
        /// Clips may hold what the computer plays, and who answers for that; null: they may not.
        #[serde(default)] system_sound: Option<SystemSound>,
        /// Closed for good.
        closed: bool,
        /// What people are told before they ask, and what it promises.
        #[serde(default)] service: Charter,
        /// Since when the present hours hold; null: since ever.
        #[serde(default)] hours_since: Option<Millis>,
        /// Opening hours of before, oldest first.
        #[serde(default)] earlier_hours: Vec<Hours>,
        /// Who is on duty when, week by week; empty: every helper.
        #[serde(default)] rota: Vec<DutySlot>,
        /// Hours of the next open day in which nobody is on duty.
        #[serde(default)] gaps: Vec<Gap>,
        /// Nobody on duty is there although it is open; null: somebody is, or it is closed.
        #[serde(default)] unwatched: Option<Unwatched>,
        /// What was changed, by whom and when, oldest first.
        #[serde(default)] history: Vec<DeskChange>,
    }
}
mirror_struct! {
    /// A request.
    Request = domain::request::Request {
        /// Name of this row.
        id: RequestId,
        /// Where it was asked.
        desk: DeskId,
        /// Who asked.
        asker: PersonId,
        /// The one owner; null: the desk.
        owner: Option<PersonId>,
        /// The words asked.
        text: String,
        /// How soon.
        urgency: Urgency,
        /// The customer's ticket.
        ticket: Option<Ticket>,
        /// If set, only the asker and these people see it.
        private_with: Option<Vec<PersonId>>,
        /// Where it stands.
        state: RequestState,
        /// T0.
        asked_at: Millis,
        /// First response by a human other than the asker.
        first_response_at: Option<Millis>,
        /// Newest answer.
        answered_at: Option<Millis>,
        /// Last solved.
        solved_at: Option<Millis>,
        /// Newest change by a person.
        touched_at: Millis,
        /// A helper wants a clip and has none yet.
        clip_wanted_by: Option<PersonId>,
        /// The asker said thanks.
        thanked: bool,
        /// Out of the feed.
        archived: bool,
        /// How it is looked after.
        #[serde(default)] care: Care,
    }
}
mirror_struct! {
    /// An entry of a thread.
    Message = domain::message::Message {
        /// Name of this row.
        id: MessageId,
        /// Whose thread.
        request: RequestId,
        /// Who; null: Deskside.
        author: Option<PersonId>,
        /// What it is.
        kind: MessageKind,
        /// The words; may be empty.
        text: String,
        /// Pictures and files.
        attachments: Vec<AttachmentId>,
        /// A clip shown here.
        clip: Option<ClipId>,
        /// A comment on one moment of a clip.
        moment: Option<Moment>,
        /// Whom the words name, and who is told because of it.
        #[serde(default)] mentions: Mentions,
        /// Server time.
        at: Millis,
        /// Deleted by its author.
        deleted: bool,
    }
}
mirror_struct! {
    /// A picture or file.
    Attachment = domain::attachment::Attachment {
        /// Name of this row and its upload.
        id: AttachmentId,
        /// Whose thread.
        request: RequestId,
        /// Who attached it.
        owner: PersonId,
        /// File name shown.
        name: String,
        /// Media type.
        mime: String,
        /// Bytes.
        size: u64,
        /// Pixels; 0 if not a picture.
        width: u32,
        /// Pixels; 0 if not a picture.
        height: u32,
        /// Whether the bytes are there.
        state: AttachmentState,
        /// When attached.
        at: Millis,
    }
}
mirror_struct! {
    /// A screen recording.
    Clip = domain::clip::Clip {
        /// Name of this row, its upload and its link.
        id: ClipId,
        /// Who records.
        recorder: PersonId,
        /// Its thread; null: only the recorder sees it.
        request: Option<RequestId>,
        /// Where it stands.
        state: ClipState,
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Whether there is sound.
        sound: bool,
        /// When recording began.
        started_at: Millis,
        /// Milliseconds; final once finished.
        duration_ms: u32,
        /// Bytes served.
        bytes: u64,
        /// Who may watch before Stop.
        watchers: Vec<PersonId>,
        /// What happened to it.
        note: Option<ClipNote>,
        /// Whether there is a poster.
        poster: bool,
        /// Which version of its bytes it is: one more with each cut.
        #[serde(default = "one")] version: u32,
        /// What shall be kept of it, while it is being cut: nobody sees it meanwhile. Else empty.
        #[serde(default)] cutting: Vec<ClipPart>,
        /// Whether its recorder watched it before a byte of it was uploaded.
        #[serde(default)] reviewed: bool,
        /// Whether what the computer played is in its sound.
        #[serde(default)] system_sound: bool,
        /// Small pictures along its time; null: there are none.
        #[serde(default)] sprite: Option<ClipSprite>,
        /// How its pictures are coded; null: not known yet.
        #[serde(default)] codec: Option<ClipCodec>,
        /// Whether there is a copy in VP9 for those whose player can't decode it (`/media/clip/ID?as=vp9`).
        #[serde(default = "unasked")] conversion: Conversion,
    }
}
mirror_struct! {
    /// A call.
    Call = domain::call::Call {
        /// Name of this row.
        id: CallId,
        /// What it is about; null: a quick share.
        request: Option<RequestId>,
        /// Who wants to talk.
        caller: PersonId,
        /// Who is rung or has answered.
        callee: PersonId,
        /// Who is next.
        then: Vec<PersonId>,
        /// Who was rung before.
        before: Vec<RungBefore>,
        /// Where it stands.
        state: CallState,
        /// A silent card, no ring.
        silent: bool,
        /// "Can you call me?"
        wants_callback: bool,
        /// Always empty here: the room is in the link that the two people of the call are given.
        room: String,
        /// Who opened the link.
        joined: Vec<PersonId>,
        /// One line: what came out of it.
        outcome: String,
        /// When it began to ring.
        rang_at: Millis,
        /// When accepted.
        accepted_at: Option<Millis>,
        /// When first joined.
        joined_at: Option<Millis>,
        /// When over.
        ended_at: Option<Millis>,
        /// When "still talking?" was asked; null: not, or somebody said yes.
        still_asked_at: Option<Millis>,
    }
}
mirror_struct! {
    /// A link to join by; admins only.
    Invite = domain::invite::Invite {
        /// Name of this row.
        id: InviteId,
        /// SHA-256 of the link's secret, hex.
        secret_hash: String,
        /// Role of whoever joins.
        role: Role,
        /// Whom it is for; empty: a team link.
        label: String,
        /// How often it can still be used.
        uses_left: u32,
        /// Until when.
        expires_at: Millis,
        /// Who made it.
        made_by: PersonId,
        /// Taken back.
        revoked: bool,
    }
}

macro_rules! entities {
    ($($(#[$doc:meta])* $kind:ident $plural:literal id $id:ty;)+) => {
        /// Any entity: its fields, and `entity` saying which kind (`kind` is a field of messages).
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(tag = "entity", rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant, reason = "most are requests and messages; a box each saves nothing")]
        pub enum Entity {
            /// The organisation.
            Org(Org),
            $($(#[$doc])* $kind($kind)),+
        }

        /// Which entity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(tag = "entity", content = "id", rename_all = "snake_case")]
        pub enum EntityRef {
            /// The organisation.
            Org,
            $($(#[$doc])* $kind($id)),+
        }

        /// A kind of entity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum EntityKind {
            /// The organisation.
            Org,
            $($(#[$doc])* $kind),+
        }

        impl EntityKind {
            /// Every kind, in table order.
            pub const ALL: &[Self] = &[Self::Org, $(Self::$kind),+];

            /// The kind's path below `/api/v1`.
            pub fn plural(self) -> &'static str {
                match self { Self::Org => "org", $(Self::$kind => $plural),+ }
            }
        }

        impl Entity {
            /// Which entity this is.
            pub fn reference(&self) -> EntityRef {
                match self { Self::Org(_) => EntityRef::Org, $(Self::$kind(entity) => EntityRef::$kind(entity.id)),+ }
            }

            /// Its kind.
            pub fn kind(&self) -> EntityKind {
                match self { Self::Org(_) => EntityKind::Org, $(Self::$kind(_) => EntityKind::$kind),+ }
            }

            /// The wire form of a row; `None` for a secret.
            pub fn from_row(row: domain::Row) -> Option<Self> {
                Some(match row {
                    domain::Row::Org(row) => Self::Org(Mirror::from_domain(row)),
                    $(domain::Row::$kind(row) => Self::$kind(Mirror::from_domain(row)),)+
                    domain::Row::Secret(_) => return None,
                })
            }

            /// The wire form of a row as clients are given it: without a call's room, because whoever knows that is in the
            /// call (its two people get it with their link), without a request's clocks, which only the server moves, and with
            /// nothing of a desk whose people may be back before anybody is told.
            pub fn shown(row: domain::Row) -> Option<Self> {
                let mut entity = Self::from_row(row)?;
                match &mut entity {
                    Self::Call(call) => call.room.clear(),
                    Self::Request(request) => {
                        request.care.clocks = None;
                        request.care.clocks_look_at = None;
                        request.care.blocks.clear();
                    }
                    Self::Desk(desk) if desk.unwatched.as_ref().is_some_and(|row| row.tell_at.is_some()) => {
                        desk.unwatched = None;
                    }
                    _ => {}
                }
                Some(entity)
            }

            /// The row this is the wire form of.
            pub fn into_row(self) -> domain::Row {
                match self {
                    Self::Org(entity) => domain::Row::Org(entity.into_domain()),
                    $(Self::$kind(entity) => domain::Row::$kind(entity.into_domain())),+
                }
            }
        }

        impl EntityRef {
            /// Its kind.
            pub fn kind(&self) -> EntityKind {
                match self { Self::Org => EntityKind::Org, $(Self::$kind(_) => EntityKind::$kind),+ }
            }

            /// The wire form of a key; `None` for a secret.
            pub fn from_key(key: &domain::Key) -> Option<Self> {
                Some(match key {
                    domain::Key::Org => Self::Org,
                    $(domain::Key::$kind(id) => Self::$kind(Mirror::from_domain(*id)),)+
                    domain::Key::Secret(_) => return None,
                })
            }

            /// The key of the row.
            pub fn into_key(self) -> domain::Key {
                match self { Self::Org => domain::Key::Org, $(Self::$kind(id) => domain::Key::$kind(id.into_domain())),+ }
            }

            /// The entity of this kind with this id in text form.
            pub fn parse(kind: EntityKind, id: &str) -> Result<Self, uuid::Error> {
                Ok(match kind { EntityKind::Org => Self::Org, $(EntityKind::$kind => Self::$kind(id.parse()?)),+ })
            }
        }
    };
}

entities! {
    /// A person.
    Person "people" id PersonId;
    /// A desk.
    Desk "desks" id DeskId;
    /// A request.
    Request "requests" id RequestId;
    /// An entry of a thread.
    Message "messages" id MessageId;
    /// A picture or file.
    Attachment "attachments" id AttachmentId;
    /// A screen recording.
    Clip "clips" id ClipId;
    /// A call.
    Call "calls" id CallId;
    /// A link to join by; admins only.
    Invite "invites" id InviteId;
}
