//! Every change there is. A command says what somebody wants; `decide` says what becomes of it.
//! Fields are documented where they cross the wire (`protocol::command`), which mirrors these types;
//! `System…` commands never do: they are what falls due, or what the server itself has seen.

#![allow(missing_docs, reason = "fields are documented where they cross the wire")]

use crate::{
    attendance::Seen,
    calendar::Span,
    call::{DeclineReason, Provider},
    clip::{ClipCodec, ClipNote, ClipPart, Sprite},
    decide::Decide,
    desk::{Audience, Charter, DutySlot, Helpers, OpenInterval},
    id::*,
    mention::NewMentions,
    message::Moment,
    org::{ExemptNumber, TicketPattern},
    person::{CalendarFile, Profile, QuietHours, Role, Status},
    place::Met,
    request::{Ticket, Urgency},
    time::Time,
};

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $(pub $field: $type),* })+

        /// Any command a person can give.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Command { $($(#[$doc])* $name($name)),+ }

        impl Command {
            /// The decision on this command. A command without one does not compile.
            pub(crate) fn decision(&self) -> &dyn Decide {
                match self { $(Self::$name(command) => command),+ }
            }
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self { Self::$name(command) }
        })+
    };
}

commands! {
    // Requests
    Ask { request: RequestId, message: MessageId, desk: DeskId, text: String, readable_ibans: Vec<String>, mentions: NewMentions,
          urgency: Urgency, ticket: Option<Ticket>, private_with: Option<Vec<PersonId>>,
          attachments: Vec<NewAttachment>, clip: Option<ClipId>, details: Vec<GivenDetail>, asked_at: i64 }
    Take { request: RequestId }
    GiveBack { request: RequestId }
    Say { request: RequestId, message: MessageId, text: String, readable_ibans: Vec<String>, mentions: NewMentions,
          attachments: Vec<NewAttachment>, clip: Option<ClipId>, moment: Option<Moment> }
    Answer { request: RequestId, message: MessageId, text: String, readable_ibans: Vec<String>, mentions: NewMentions,
             attachments: Vec<NewAttachment>, clip: Option<ClipId>, moment: Option<Moment> }
    AskBack { request: RequestId, message: MessageId, text: String, readable_ibans: Vec<String>, mentions: NewMentions,
              attachments: Vec<NewAttachment>, clip: Option<ClipId>, moment: Option<Moment> }
    AskForClip { request: RequestId }
    SetUrgency { request: RequestId, urgency: Urgency }
    OpenToDesk { request: RequestId }
    Solve { request: RequestId }
    Reopen { request: RequestId }
    Thank { request: RequestId }
    Withdraw { request: RequestId }
    // Looking after a request
    Plan { request: RequestId, text: String, update_by: Option<Time> }
    WaitForOther { request: RequestId, what: String, until: Option<Time> }
    GoOn { request: RequestId }
    PromiseCallback { request: RequestId, at: Time }
    CallbackDone { request: RequestId, called: bool }
    OfferHandOver { request: RequestId, desk: DeskId, person: Option<PersonId>, card: NewCard }
    TakeOver { request: RequestId }
    DeclineHandOver { request: RequestId, reason: String }
    TakeBackHandOver { request: RequestId }
    Forward { request: RequestId, card: NewCard }
    MarkCritical { request: RequestId, reason: String }
    ReviewCritical { request: RequestId, text: String }
    JoinRequest { request: RequestId }
    LeaveRequest { request: RequestId }
    Merge { request: RequestId, into: RequestId }
    BlockBy { request: RequestId, blocker: RequestId }
    Unblock { request: RequestId, blocker: RequestId }
    Confirm { request: RequestId, solved: bool, line: String }
    FollowUpDone { request: RequestId, text: String }
    PointNextTime { request: RequestId, text: String }
    UseDetail { request: RequestId, name: String }
    DeleteMessage { message: MessageId }
    DeleteAttachment { attachment: AttachmentId }
    // Clips
    StartClip { clip: ClipId, request: Option<RequestId>, width: u32, height: u32, sound: bool,
                in_browser: bool, reviewed: bool, system_sound: bool }
    AttachClip { clip: ClipId, request: RequestId }
    LetWatch { clip: ClipId, person: PersonId, watch: bool }
    StopClip { clip: ClipId, note: Option<ClipNote> }
    DiscardClip { clip: ClipId }
    DeleteClip { clip: ClipId }
    CutClip { clip: ClipId, version: u32, keep: Vec<ClipPart> }
    ConvertClip { clip: ClipId, version: u32 }
    // Calls
    Ring { call: CallId, request: Option<RequestId>, callee: PersonId, then: Vec<PersonId>, wants_callback: bool }
    AcceptCall { call: CallId }
    AnswerSoon { call: CallId }
    DeclineCall { call: CallId, reason: DeclineReason }
    PassOnCall { call: CallId, to: Option<PersonId> }
    CancelCall { call: CallId }
    JoinCall { call: CallId }
    EndCall { call: CallId, outcome: String }
    StillTalking { call: CallId }
    // People
    SetStatus { status: Status, until: Option<Time> }
    SetCalendar { person: PersonId, source: String }
    SetQuietHours { hours: Option<QuietHours> }
    EditProfile { name: String, phone: String, call_link: String }
    DescribeSelf { profile: Profile }
    SetRole { person: PersonId, role: Role }
    Deactivate { person: PersonId }
    Reactivate { person: PersonId }
    MakeInvite { invite: InviteId, secret_hash: String, role: Role, label: String, uses: u32, days: u16 }
    RevokeInvite { invite: InviteId }
    // Desks and the organisation
    OpenDesk { desk: DeskId, name: String, purpose: String, owner: PersonId, helpers: Helpers, audience: Audience,
               hours: Vec<OpenInterval>, zone: String }
    EditDesk { desk: DeskId, name: String, purpose: String, owner: PersonId, helpers: Helpers, audience: Audience,
               hours: Vec<OpenInterval>, zone: String, provider: Option<Provider>, review_before_upload: bool,
               closed: bool }
    ArrangeDesk { desk: DeskId, service: Charter }
    SetRota { desk: DeskId, slots: Vec<DutySlot> }
    AllowSystemSound { desk: DeskId, reason: String }
    ForbidSystemSound { desk: DeskId }
    EditOrg { name: String, zone: String, provider: Option<Provider>, ticket_patterns: Vec<TicketPattern>,
              deny_windows: Vec<String>, exempt_numbers: Vec<ExemptNumber>, keep_media_days: u16,
              browser_clips: bool, mask_contacts: bool }
    KeepSecret { name: String, value: String }
}

/// A picture or file named by the message it comes with; its bytes follow as an upload of the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    pub id: AttachmentId,
    pub name: String,
    pub mime: String,
    pub size: u64,
    pub width: u32,
    pub height: u32,
}

/// One thing that a desk asks for, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenDetail {
    pub name: String,
    pub value: String,
}

/// What the next one must know, as the giver writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCard {
    pub summary: String,
    pub tried: String,
    pub impact: String,
    pub needed: String,
}

/// What falls due, or what the server saw. Given by the actor *system* only; each is idempotent: where the
/// world has moved on it changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum System {
    /// Set-up by the one-time link: the organisation, its founder and its first desk.
    Found {
        org_name: String,
        zone: String,
        founder: PersonId,
        name: String,
        email: String,
        desk: DeskId,
        desk_name: String,
    },
    /// Somebody used an invitation. The server has checked that the secret's hash names this invitation.
    Join { invite: InviteId, person: PersonId, name: String, email: String },
    /// The ring's time is over.
    RingOver { call: CallId, callee: PersonId, rang_at: i64 },
    /// "In two minutes" is over: ring again.
    SoonOver { call: CallId },
    /// An hour of talking: ask whether they still do.
    AskStillTalking { call: CallId },
    /// A person's quiet hours begin or end.
    QuietTurns { person: PersonId },
    /// An attachment's bytes are stored, with what was found in them.
    AttachmentStored { attachment: AttachmentId, size: u64, width: u32, height: u32 },
    /// An attachment's bytes were refused.
    AttachmentRefused { attachment: AttachmentId },
    /// No byte of a clip for thirty seconds while it was recorded.
    ClipSilent { clip: ClipId, duration_ms: u32, bytes: u64, codec: Option<ClipCodec> },
    /// Bytes of an interrupted clip come again.
    ClipAwake { clip: ClipId },
    /// All bytes of a clip are there and it was finished.
    ClipFinished { clip: ClipId, duration_ms: u32, bytes: u64, codec: Option<ClipCodec>, poster: bool },
    /// A poster of version `version` of a clip is stored.
    PosterStored { clip: ClipId, version: u32 },
    /// A clip was cut: these stretches of `version - 1` are version `version`. These messages comment on it.
    ClipCut {
        clip: ClipId,
        version: u32,
        kept: Vec<ClipPart>,
        duration_ms: u32,
        bytes: u64,
        comments: Vec<MessageId>,
    },
    /// Nothing could be kept of version `version`, or it could not be cut: it stays as it was.
    ClipUncut { clip: ClipId, version: u32 },
    /// Small pictures along the time of version `version` are stored.
    ClipSprite { clip: ClipId, version: u32, sprite: Sprite },
    /// The copy of version `version` in VP9 is stored, or none could be made.
    ClipConverted { clip: ClipId, version: u32, worked: bool },
    /// Nobody went on with an interrupted clip for seven days.
    ClipAbandoned { clip: ClipId },
    /// Its time is over: media of a closed request, or never sent, past the organisation's days.
    MediaExpired { attachment: Option<AttachmentId>, clip: Option<ClipId> },
    /// Closed long ago: leaves the feed.
    Archive { request: RequestId },
    /// What the desk promised should be kept by now.
    ClocksDue { request: RequestId },
    /// Nobody took it in time: the next step of its alarm.
    AlarmDue { request: RequestId },
    /// The next update should be there by now.
    UpdateDue { request: RequestId },
    /// The asker was silent for a working day.
    SilenceDue { request: RequestId },
    /// The asker should have been called by now.
    CallbackDue { request: RequestId },
    /// Somebody who was not helped should have been called by now.
    FollowUpDue { request: RequestId },
    /// What a question met when it was asked, and what its asker was told.
    Placed { request: RequestId, met: Met },
    /// A working day of the desk begins: what does not move, and who is missing tomorrow.
    Sweep { desk: DeskId },
    /// Something that this request waits for is over.
    BlockerOver { request: RequestId },
    /// Is anybody on duty there? With what the server sees; `None`: only what people say of themselves counts.
    LookAtDesk { desk: DeskId, seen: Option<Seen> },
    /// In which meeting somebody is now by their calendar, and how it stands with the file.
    CalendarSays { person: PersonId, meeting: Option<Span>, file: CalendarFile },
    /// A meeting is over.
    MeetingOver { person: PersonId },
    /// A status is over, or too old to rely on.
    StatusDue { person: PersonId },
}
