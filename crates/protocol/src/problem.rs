//! Errors on the wire: RFC 9457 `application/problem+json` with a stable code. Programs act on the code;
//! people read the sentence and next step that the UI keeps for each code.

use deskside_domain::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $status:literal $next:literal;)+) => {
        /// What went wrong, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $code),+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The HTTP status it travels with.
            pub fn status(self) -> u16 {
                match self { $(Self::$code => $status),+ }
            }

            /// What to do next, for somebody who calls the API by hand.
            pub fn next_step(self) -> &'static str {
                match self { $(Self::$code => $next),+ }
            }
        }
    };
}

codes! {
    /// There is no such thing, or the caller may not see it.
    Unknown 404 "Check the id; it may have been removed, or belong to a desk you are not part of.";
    /// Seen, but not to be changed by this caller.
    NotAllowed 403 "Ask the desk's owner or an admin.";
    /// No session, or one that ended.
    SignInNeeded 401 "Sign in again.";
    /// E-mail or password is wrong.
    WrongPassword 401 "Check both; an admin can make a one-time password link.";
    /// Too many tries or too much traffic; `Retry-After` says how long.
    SlowDown 429 "Wait as long as Retry-After says, then try again.";
    /// The account was deactivated.
    Deactivated 403 "Ask an admin to reactivate the account.";
    /// The id is used for something else.
    IdTaken 409 "Send the command with a fresh id.";
    /// The request is closed.
    RequestClosed 409 "Ask a new request.";
    /// Solved too long ago.
    TooLateToReopen 409 "Ask a new request and link this one.";
    /// Somebody else has it.
    AlreadyTaken 409 "Answer beside them, or ask them to give it back.";
    /// The desk is closed for good.
    DeskClosed 409 "Ask another desk.";
    /// The step does not fit the present state.
    WrongState 409 "Look at the present state; somebody may have been faster.";
    /// The desk takes only clips that their recorder watched before upload.
    NotReviewed 409 "Record again, watch the clip before any of it is uploaded, and say so (`reviewed`).";
    /// Somebody who is mentioned may not see what they would be told of.
    CannotSee 409 "Leave them out of the mentions, or open the request to its desk first.";
    /// So many people are not told at once without a reason.
    ReasonNeeded 422 "Say in mentions.reason why so many have to be told, or name fewer.";
    /// The desk takes questions from this role in its opening hours only.
    OutsideHours 409 "Ask whoever the title names, or here when the desk opens.";
    /// The desk takes no questions from this role.
    MayNotAsk 403 "Ask whoever the title names.";
    /// The desk takes no clips that hold what the computer played.
    NoSystemSound 409 "Record without system sound, or ask an admin to allow it for the desk.";
    /// The other one is on a call.
    Busy 409 "Leave a message in the thread, or ring somebody else.";
    /// No way to call has been set up.
    NoProvider 409 "An admin answers \"how do you call each other?\" in the settings.";
    /// The provider needs something of the other person.
    ProviderIncomplete 409 "The other person adds their link or phone in their profile.";
    /// The one waits for the other already.
    WaitInCircle 409 "Take the other link away first, or say in the thread what each waits for.";
    /// Empty where it must not be.
    Empty 422 "Write something.";
    /// Over a limit.
    TooLong 422 "Shorten it, or send fewer or smaller files.";
    /// Of the wrong form.
    Invalid 422 "See detail for what is wrong.";
    /// The last admin must stay.
    LastAdmin 409 "Make somebody else an admin first.";
    /// The invitation can't be used any more.
    InviteSpent 410 "Ask for a new invitation.";
    /// The address is somebody's already.
    EmailTaken 409 "Sign in with it, or use another.";
    /// The body could not be read.
    Malformed 400 "See detail for where it stops making sense.";
    /// No command of this kind.
    UnknownCommand 404 "See /api/openapi.json for the commands there are.";
    /// The same `(client_id, n)` came with another body.
    BodyDiffers 422 "Use a fresh number for a different command.";
    /// An earlier command of this client is missing.
    Gap 409 "Send the commands from the number in `expected` on.";
    /// Another writer has gone on with this upload, or the offset is not where the server is.
    OffsetMismatch 409 "Ask HEAD for the offset and go on from there.";
    /// The checksum does not fit the bytes.
    ChecksumMismatch 460 "Send the same bytes again.";
    /// This protocol or feature version is not spoken here.
    VersionMismatch 426 "Update the app; drafts are kept.";
    /// The media type is not on the list.
    MediaType 415 "Send a picture (PNG, JPEG, WebP), text, PDF or ZIP.";
    /// Over the size limit.
    TooLarge 413 "Make it smaller.";
    /// The disk is full or the server is shutting down; nothing was changed.
    Unavailable 503 "Try again later; what you wrote is kept by the app.";
    /// Something broke here; the id in `trace` finds it in the log.
    Fault 500 "Try again; if it stays, tell your admin the id.";
    /// The page came from elsewhere.
    ForeignOrigin 403 "Open Deskside at its own address.";
    /// The set-up link was used already.
    AlreadySetUp 409 "Sign in, or ask an admin for an invitation.";
}

/// An error as it travels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Problem {
    /// `https://deskside.example/problems/CODE`-like stable name; here `urn:deskside:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// For programs.
    pub code: Code,
    /// One sentence for a log.
    pub title: String,
    /// What to do next.
    pub next: String,
    /// What exactly was wrong, where that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Finds the line in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// With `gap`: the number the server expects next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
}

impl Problem {
    /// A problem of this code with this sentence.
    pub fn new(code: Code, title: impl Into<String>) -> Self {
        let name = serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned));
        Self {
            kind: format!("urn:deskside:{}", name.unwrap_or_default()),
            status: code.status(),
            code,
            title: title.into(),
            next: code.next_step().to_owned(),
            detail: None,
            trace: None,
            expected: None,
        }
    }
}

impl From<&Refusal> for Code {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Unknown(_) => Self::Unknown,
            Refusal::NotAllowed(_) => Self::NotAllowed,
            Refusal::Deactivated => Self::Deactivated,
            Refusal::IdTaken => Self::IdTaken,
            Refusal::RequestClosed => Self::RequestClosed,
            Refusal::TooLateToReopen => Self::TooLateToReopen,
            Refusal::AlreadyTaken => Self::AlreadyTaken,
            Refusal::DeskClosed => Self::DeskClosed,
            Refusal::WrongState(_) => Self::WrongState,
            Refusal::NotReviewed => Self::NotReviewed,
            Refusal::CannotSee { .. } => Self::CannotSee,
            Refusal::ReasonNeeded { .. } => Self::ReasonNeeded,
            Refusal::OutsideHours { .. } => Self::OutsideHours,
            Refusal::MayNotAsk { .. } => Self::MayNotAsk,
            Refusal::NoSystemSound => Self::NoSystemSound,
            Refusal::Busy => Self::Busy,
            Refusal::NoProvider => Self::NoProvider,
            Refusal::ProviderIncomplete(_) => Self::ProviderIncomplete,
            Refusal::WaitInCircle => Self::WaitInCircle,
            Refusal::Empty(_) => Self::Empty,
            Refusal::TooLong { .. } => Self::TooLong,
            Refusal::Invalid { .. } | Refusal::Impossible { .. } => Self::Invalid,
            Refusal::LastAdmin => Self::LastAdmin,
            Refusal::InviteSpent => Self::InviteSpent,
            Refusal::EmailTaken => Self::EmailTaken,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(Code::from(&refusal), refusal.to_string())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?}): {}", self.title, self.code, self.next)
    }
}

impl std::error::Error for Problem {}
