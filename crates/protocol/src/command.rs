//! The command table: every change there is, once. Ids are UUIDv7 made by the client, so that a thing has
//! its final name (and a clip its link) before the server has seen it.

#![allow(missing_docs, reason = "request, message, text, attachments, clip mean the same in every command")]

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Mirror, calls::*, care::*, charter::*, id::*, mentions::*, mirror::Millis, profile::*, values::*,
};

macro_rules! commands {
    ($($(#[$doc:meta])* $method:ident $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(mirror_struct! {
            $(#[$doc])*
            #[serde(deny_unknown_fields)]
            $name = domain::command::$name { $($(#[$field_meta])* $field: $type),* }
        })+

        /// Any command: `{"kind": "ask", "args": {…}}`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(tag = "kind", content = "args", rename_all = "snake_case")]
        pub enum Command { $($(#[$doc])* $name($name)),+ }

        impl Mirror for Command {
            type Domain = domain::Command;
            fn from_domain(command: domain::Command) -> Self {
                match command { $(domain::Command::$name(args) => Self::$name(Mirror::from_domain(args))),+ }
            }
            fn into_domain(self) -> domain::Command {
                match self { $(Self::$name(args) => domain::Command::$name(args.into_domain())),+ }
            }
        }

        $(impl From<$name> for Command {
            fn from(args: $name) -> Self { Self::$name(args) }
        })+

        impl Command {
            /// Every kind, in table order, as it stands on the wire and in `POST /api/v1/commands/KIND`.
            pub const KINDS: &[&str] = &[$(stringify!($method)),+];

            /// This command's kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($method)),+ }
            }

            /// The command of `kind` with these arguments.
            pub fn from_parts(kind: &str, args: serde_json::Value) -> Result<Self, CommandError> {
                match kind {
                    $(stringify!($method) => {
                        serde_json::from_value::<$name>(args).map(Self::$name).map_err(CommandError::Args)
                    })+
                    _ => Err(CommandError::UnknownKind),
                }
            }

            /// Kind, one-line purpose and argument schema of every command, for the OpenAPI document.
            pub(crate) fn table(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
                vec![$((stringify!($method), generator.subschema_for::<$name>())),+]
            }

            pub(crate) fn type_names(config: &ts_rs::Config) -> Vec<(&'static str, String)> {
                vec![$((stringify!($method), <$name as TS>::name(config))),+]
            }
        }

        /// One method per command for whoever can send one; a command without a method does not compile
        /// because this trait is made from the table.
        pub trait Commands {
            /// What sending a command gives.
            type Sent;
            /// Sends any command.
            fn send(&self, command: Command) -> Self::Sent;
            $($(#[$doc])*
            fn $method(&self, args: $name) -> Self::Sent { self.send(args.into()) })+
        }
    };
}

/// Why a command could not be read.
#[derive(Debug)]
pub enum CommandError {
    /// No command of this kind.
    UnknownKind,
    /// The arguments don't fit.
    Args(serde_json::Error),
}

impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownKind => f.write_str("there is no command of this kind"),
            Self::Args(error) => write!(f, "the arguments don't fit: {error}"),
        }
    }
}

impl std::error::Error for CommandError {}

commands! {
    /// Ask a desk for help. Only the text is required of a person; the client fills in the rest.
    ask Ask {
        /// The request's id, made by the client.
        request: RequestId,
        /// The id of the thread's first entry.
        message: MessageId,
        /// Where.
        desk: DeskId,
        /// The words.
        text: String,
        /// IBANs in them that shall not be masked. A card number can't be named here.
        #[serde(default)] readable_ibans: Vec<String>,
        /// Whom the words name with `@`.
        #[serde(default)] mentions: NewMentions,
        /// How soon.
        urgency: Urgency,
        /// The customer's ticket.
        #[serde(default)] ticket: Option<Ticket>,
        /// Only the asker and these people shall see it.
        #[serde(default)] private_with: Option<Vec<PersonId>>,
        /// Pictures and files; their bytes follow.
        #[serde(default)] attachments: Vec<NewAttachment>,
        /// A clip of the asker's.
        #[serde(default)] clip: Option<ClipId>,
        /// What the desk requires besides the words.
        #[serde(default)] details: Vec<GivenDetail>,
        /// When the asker pressed Enter, by their clock, in milliseconds since 1970. Never counted; at a desk that takes
        /// questions in its opening hours only, what was kept without a network is judged by it, up to seven days back.
        asked_at: i64,
    }
    /// Become the owner of an unclaimed request.
    take Take { request: RequestId }
    /// Give a request back to its desk.
    give_back GiveBack { request: RequestId }
    /// Say something in the thread. By the asker it hands the turn back; after Solved it reopens.
    say Say {
        request: RequestId,
        message: MessageId,
        #[serde(default)] text: String,
        #[serde(default)] readable_ibans: Vec<String>,
        #[serde(default)] mentions: NewMentions,
        #[serde(default)] attachments: Vec<NewAttachment>,
        #[serde(default)] clip: Option<ClipId>,
        /// A comment on one moment of a clip.
        #[serde(default)] moment: Option<Moment>,
    }
    /// Answer; takes the request if nobody has.
    answer Answer {
        request: RequestId,
        message: MessageId,
        #[serde(default)] text: String,
        #[serde(default)] readable_ibans: Vec<String>,
        #[serde(default)] mentions: NewMentions,
        #[serde(default)] attachments: Vec<NewAttachment>,
        #[serde(default)] clip: Option<ClipId>,
        #[serde(default)] moment: Option<Moment>,
    }
    /// Ask the asker something; it is their turn then.
    ask_back AskBack {
        request: RequestId,
        message: MessageId,
        #[serde(default)] text: String,
        #[serde(default)] readable_ibans: Vec<String>,
        #[serde(default)] mentions: NewMentions,
        #[serde(default)] attachments: Vec<NewAttachment>,
        #[serde(default)] clip: Option<ClipId>,
        #[serde(default)] moment: Option<Moment>,
    }
    /// Ask the asker for a clip: opens the recorder on their side in one click.
    ask_for_clip AskForClip { request: RequestId }
    /// Change how soon, e.g. "no longer live".
    set_urgency SetUrgency { request: RequestId, urgency: Urgency }
    /// Let the whole desk see a private request.
    open_to_desk OpenToDesk { request: RequestId }
    /// The asker: it is solved.
    solve Solve { request: RequestId }
    /// The asker: it is not solved after all.
    reopen Reopen { request: RequestId }
    /// The asker: thanks. Changes nothing else.
    thank Thank { request: RequestId }
    /// The asker: never mind.
    withdraw Withdraw { request: RequestId }
    /// The owner says what happens next, and until when there is an update (by itself if left out).
    plan Plan { request: RequestId, text: String, #[serde(default)] update_by: Option<Millis> }
    /// The owner waits for a third party: for what and whom, and until when.
    wait_for_other WaitForOther { request: RequestId, what: String, #[serde(default)] until: Option<Millis> }
    /// What was awaited is there.
    go_on GoOn { request: RequestId }
    /// The asker is called at this time: chosen by the asker, or promised by a helper.
    promise_callback PromiseCallback { request: RequestId, at: Millis }
    /// A helper: the asker was called (`called`). The asker: no need to call any more (not `called`).
    callback_done CallbackDone { request: RequestId, called: bool }
    /// The owner offers it to a desk, or a person there, with a card. They stay its owner until it is taken.
    offer_hand_over OfferHandOver {
        request: RequestId,
        desk: DeskId,
        #[serde(default)] person: Option<PersonId>,
        card: NewCard,
    }
    /// Take over what is on offer to oneself or one's desk.
    take_over TakeOver { request: RequestId }
    /// Don't take it over, with a reason.
    decline_hand_over DeclineHandOver { request: RequestId, reason: String }
    /// The giver takes the offer back.
    take_back_hand_over TakeBackHandOver { request: RequestId }
    /// A vetter sends a request on to their vetted desk, with a card.
    forward Forward { request: RequestId, card: NewCard }
    /// Many customers or safety: calls everybody concerned at once. Open to all, with a reason.
    mark_critical MarkCritical { request: RequestId, reason: String }
    /// Write down what was learnt from something critical.
    review_critical ReviewCritical { request: RequestId, text: String }
    /// Wait for the same answer ("+1").
    join_request JoinRequest { request: RequestId }
    /// Don't wait for it any more.
    leave_request LeaveRequest { request: RequestId }
    /// A helper merges a request into a look-alike at the same desk.
    merge Merge { request: RequestId, into: RequestId }
    /// It can't be solved before another request is, which one sees: said by who asked it, has it, or helps at its desk.
    /// Clocks go on; its owner waits for that one then. What is over holds nothing up any more.
    block_by BlockBy { request: RequestId, blocker: RequestId }
    /// It does not wait for that request.
    unblock Unblock { request: RequestId, blocker: RequestId }
    /// The asker: solved, yes or no, and an optional line. A no makes the desk's owner call.
    confirm Confirm { request: RequestId, solved: bool, #[serde(default)] line: String }
    /// The asker has been called after a no: what came out of it.
    follow_up_done FollowUpDone { request: RequestId, text: String }
    /// A helper says where the answer is found next time.
    point_next_time PointNextTime { request: RequestId, text: String }
    /// A helper made use of a detail that the desk asks for.
    use_detail UseDetail { request: RequestId, name: String }
    /// Erase one's own message with its pictures and clip; its place stays.
    delete_message DeleteMessage { message: MessageId }
    /// Erase one's own picture or file.
    delete_attachment DeleteAttachment { attachment: AttachmentId }
    /// A clip begins. Its link is valid from now on.
    start_clip StartClip {
        clip: ClipId,
        #[serde(default)] request: Option<RequestId>,
        width: u32,
        height: u32,
        sound: bool,
        /// Recorded by a browser, which paints nothing over.
        #[serde(default)] in_browser: bool,
        /// Its recorder watched it before a byte of it was uploaded; some desks take no other clip.
        #[serde(default)] reviewed: bool,
        /// What the computer plays is recorded too. Only for desks where an admin allowed it.
        #[serde(default)] system_sound: bool,
    }
    /// Put one's own clip into a thread.
    attach_clip AttachClip { clip: ClipId, request: RequestId }
    /// Let somebody watch before Stop, or no longer.
    let_watch LetWatch { clip: ClipId, person: PersonId, watch: bool }
    /// Stop was pressed; the last bytes follow.
    stop_clip StopClip { clip: ClipId, #[serde(default)] note: Option<ClipNote> }
    /// Throw a clip away; erases it here too.
    discard_clip DiscardClip { clip: ClipId }
    /// Erase one's own clip after it was sent.
    delete_clip DeleteClip { clip: ClipId }
    /// Keep only these parts of one's own finished clip, in order; what is not in them is erased for good. A part begins
    /// at the first place at or after `from_ms` where decoding can begin. Comments move along; those on what is cut out
    /// become plain words, and pictures that were drawn on it go.
    cut_clip CutClip {
        clip: ClipId,
        /// The version that is cut, so that nothing is cut twice.
        version: u32,
        keep: Vec<ClipPart>,
    }
    /// Have a finished clip converted to VP9, because it does not play here. Done once, for all who ask; when it is done the
    /// clip says so and the copy is served under `/media/clip/ID?as=vp9`.
    convert_clip ConvertClip { clip: ClipId, version: u32 }
    /// Ring somebody, or ask them to call ("can you call me?").
    ring Ring {
        call: CallId,
        #[serde(default)] request: Option<RequestId>,
        callee: PersonId,
        /// Who is rung next if the callee can't.
        #[serde(default)] then: Vec<PersonId>,
        #[serde(default)] wants_callback: bool,
    }
    /// Yes.
    accept_call AcceptCall { call: CallId }
    /// In two minutes.
    answer_soon AnswerSoon { call: CallId }
    /// No.
    decline_call DeclineCall { call: CallId, reason: DeclineReason }
    /// Let somebody else be rung: this one, or the next available.
    pass_on_call PassOnCall { call: CallId, #[serde(default)] to: Option<PersonId> }
    /// The caller gives up.
    cancel_call CancelCall { call: CallId }
    /// The link was opened.
    join_call JoinCall { call: CallId }
    /// It is over; one line says what came out of it.
    end_call EndCall { call: CallId, #[serde(default)] outcome: String }
    /// Yes, we still talk: asked after an hour, and every hour after a yes.
    still_talking StillTalking { call: CallId }
    /// Say whether one can be reached.
    set_status SetStatus {
        status: Status,
        /// Until when it holds, if that is known.
        #[serde(default)] until: Option<Millis>,
    }
    /// Name one's calendar: an https address, or the text of a calendar file (ICS); empty: none any more. Nobody is shown it.
    set_calendar SetCalendar { person: PersonId, source: String }
    /// Say when one wants to be left in peace; a waiting customer whom nobody else could help still rings.
    set_quiet_hours SetQuietHours { #[serde(default)] hours: Option<QuietHours> }
    /// Change one's own name, phone and meeting link.
    edit_profile EditProfile { name: String, #[serde(default)] phone: String, #[serde(default)] call_link: String }
    /// Say what the directory says of oneself.
    describe_self DescribeSelf { profile: Profile }
    /// An admin changes somebody's role.
    set_role SetRole { person: PersonId, role: Role }
    /// An admin ends somebody's membership: sessions end, their open requests go back to the desk.
    deactivate Deactivate { person: PersonId }
    /// An admin lets somebody back in.
    reactivate Reactivate { person: PersonId }
    /// An admin makes a link to join by. The client makes the secret and sends its SHA-256 in hex.
    make_invite MakeInvite {
        invite: InviteId,
        secret_hash: String,
        role: Role,
        #[serde(default)] label: String,
        uses: u32,
        days: u16,
    }
    /// An admin takes such a link back.
    revoke_invite RevokeInvite { invite: InviteId }
    /// A lead opens a desk.
    open_desk OpenDesk {
        desk: DeskId,
        name: String,
        purpose: String,
        owner: PersonId,
        helpers: Helpers,
        audience: Audience,
        hours: Vec<OpenInterval>,
        #[serde(default)] zone: String,
    }
    /// The desk's owner or a lead changes a desk.
    edit_desk EditDesk {
        desk: DeskId,
        name: String,
        purpose: String,
        owner: PersonId,
        helpers: Helpers,
        audience: Audience,
        hours: Vec<OpenInterval>,
        #[serde(default)] zone: String,
        #[serde(default)] provider: Option<Provider>,
        #[serde(default)] review_before_upload: bool,
        #[serde(default)] closed: bool,
    }
    /// The desk's owner says what people are told before they ask, and what the desk promises.
    arrange_desk ArrangeDesk { desk: DeskId, service: Charter }
    /// The desk's owner or deputy, or a lead, says who is on duty when.
    set_rota SetRota { desk: DeskId, slots: Vec<DutySlot> }
    /// An admin lets clips for a desk hold what the computer plays, and says what for.
    allow_system_sound AllowSystemSound { desk: DeskId, reason: String }
    /// The desk's owner or an admin ends that. Clips that hold it stay as they are.
    forbid_system_sound ForbidSystemSound { desk: DeskId }
    /// An admin changes the organisation.
    edit_org EditOrg {
        name: String,
        zone: String,
        #[serde(default)] provider: Option<Provider>,
        ticket_patterns: Vec<TicketPattern>,
        deny_windows: Vec<String>,
        exempt_numbers: Vec<ExemptNumber>,
        keep_media_days: u16,
        #[serde(default = "crate::entity::yes")] browser_clips: bool,
        #[serde(default)] mask_contacts: bool,
    }
    /// An admin sets a signing key (`jitsi`, `livekit`). Nobody can read it back.
    keep_secret KeepSecret { name: String, value: String }
}
