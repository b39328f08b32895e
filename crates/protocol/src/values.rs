//! Values that entities and commands share.

use deskside_domain as domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Mirror,
    calls::CallStep,
    care::CareStep,
    id::{AttachmentId, CallId, ClipId, PersonId},
};

mirror_enum! {
    /// How soon an answer is needed.
    Urgency = request::Urgency {
        /// A customer is waiting on the line now.
        Live,
        /// Today.
        Today,
        /// Whenever there is time.
        Whenever,
    }
}
mirror_enum! {
    /// Where a request stands.
    RequestState = request::RequestState {
        /// Nobody has taken it.
        Open,
        /// Somebody has it.
        Accepted,
        /// The asker's turn.
        WaitingAsker,
        /// The owner waits for a third party.
        WaitingOther,
        /// Answered; the asker confirms.
        Answered,
        /// The asker said so.
        Solved,
        /// Taken back.
        Withdrawn,
        /// Went on in another request.
        Merged,
    }
}
mirror_struct! {
    /// Hours of every day to be left in peace; `from` later than `to`: over midnight.
    QuietHours = domain::person::QuietHours {
        /// First minute since midnight on the wall.
        from: u16,
        /// First minute after them.
        to: u16,
        /// IANA zone of the wall clock.
        zone: String,
    }
}
mirror_struct! {
    /// A ticket in the customer's ticket tool.
    Ticket = domain::request::Ticket {
        /// What stands on the chip, e.g. `ZD 4711`.
        label: String,
        /// Where it is (https); empty if only the label is known.
        #[serde(default)] url: String,
    }
}
mirror_struct! {
    /// A part of a clip; the end is not in it.
    ClipPart = domain::clip::ClipPart {
        /// Milliseconds from the clip's start.
        from_ms: u32,
        /// Milliseconds from the clip's start.
        to_ms: u32,
    }
}
mirror_enum! {
    /// How the pictures of a clip are coded.
    ClipCodec = clip::ClipCodec {
        /// VP8.
        Vp8,
        /// VP9.
        Vp9,
        /// AV1.
        Av1,
    }
}
mirror_enum! {
    /// A copy of a clip in VP9, for those whose player can't decode it as it was recorded.
    Conversion = clip::Conversion {
        /// Nobody needed one.
        Unasked,
        /// It is made, or waits for its turn.
        Asked,
        /// It is there.
        Done,
        /// None could be made.
        Failed,
    }
}

mirror_struct! {
    /// Small pictures along a clip's time in one picture, row by row.
    ClipSprite = domain::clip::Sprite {
        /// Milliseconds from one to the next.
        every_ms: u32,
        /// How many there are.
        tiles: u32,
        /// How many stand in a row.
        columns: u32,
    }
}
mirror_struct! {
    /// One moment of a clip.
    Moment = domain::message::Moment {
        /// Which clip.
        clip: ClipId,
        /// Which version of it, as whoever comments sees it.
        #[serde(default = "first_version")] version: u32,
        /// Milliseconds from its start.
        at_ms: u32,
    }
}

fn first_version() -> u32 {
    1
}

mirror_struct! {
    /// A picture or file named by the message it comes with; its bytes follow as an upload of the same id.
    NewAttachment = domain::command::NewAttachment {
        /// Made by the client.
        id: AttachmentId,
        /// File name shown.
        name: String,
        /// Media type.
        mime: String,
        /// Bytes.
        size: u64,
        /// Pixels; 0 for what is not a picture.
        #[serde(default)] width: u32,
        /// Pixels; 0 for what is not a picture.
        #[serde(default)] height: u32,
    }
}
mirror_enum! {
    /// Whether an attachment's bytes are there.
    AttachmentState = attachment::AttachmentState {
        /// On their way.
        Awaited,
        /// Served.
        Stored,
        /// Refused by the server.
        Refused,
        /// Erased by the owner.
        Deleted,
        /// Its time was over.
        Expired,
    }
}
mirror_enum! {
    /// Where a clip stands.
    ClipState = clip::ClipState {
        /// Being recorded.
        Recording,
        /// Stopped; the last bytes are on their way.
        Stopped,
        /// The recorder fell silent; playable up to what came.
        Interrupted,
        /// Whole.
        Finished,
        /// Thrown away.
        Discarded,
        /// Erased after it was sent.
        Deleted,
        /// Its time was over.
        Expired,
    }
}
mirror_enum! {
    /// What happened to a clip.
    ClipNote = clip::ClipNote {
        /// The microphone failed; the picture went on.
        MicrophoneLost,
        /// What the computer plays could not be heard any more.
        SystemSoundLost,
        /// The recorder ended without Stop.
        RecorderLost,
        /// The disk was nearly full.
        DiskFull,
    }
}
mirror_enum! {
    /// Rights, from least to most.
    Role = person::Role {
        /// Asks and helps.
        Agent,
        /// Also sets up desks.
        Lead,
        /// Also people, invitations, the organisation.
        Admin,
    }
}
mirror_enum! {
    /// What a person says of themselves.
    Status = person::Status {
        /// Can be rung.
        Available,
        /// With a customer: silent cards only.
        OnCall,
        /// Not at the desk.
        Away,
        /// Not working.
        Off,
    }
}
mirror_enum! {
    /// Who may see what is asked at a desk.
    Audience = desk::Audience {
        /// Everyone.
        Open,
        /// Everyone; what is asked goes to the desk's vetters first.
        Vetted,
        /// The asker, helpers and owner.
        Private,
    }
}
mirror_struct! {
    /// One stretch of opening hours.
    OpenInterval = domain::desk::OpenInterval {
        /// 1 = Monday … 7 = Sunday.
        weekday: u8,
        /// Minute of the local day it opens.
        from: u16,
        /// Minute of the local day it closes, at most 1440.
        to: u16,
    }
}
mirror_struct! {
    /// How a ticket of one tool is recognised; `{id}` stands for the ticket's id.
    TicketPattern = domain::org::TicketPattern {
        /// Short name on the chip.
        label: String,
        /// Address pattern.
        address: String,
        /// Window title pattern; may be empty.
        #[serde(default)] title: String,
    }
}
mirror_struct! {
    /// Numbers that look like cards but are order numbers.
    ExemptNumber = domain::org::ExemptNumber {
        /// Leading digits.
        prefix: String,
        /// Count of digits.
        digits: u8,
    }
}
/// Who helps at a desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Helpers {
    /// Everyone in the organisation.
    Everyone,
    /// These people.
    These {
        /// Who.
        people: Vec<PersonId>,
    },
}

impl Mirror for Helpers {
    type Domain = domain::desk::Helpers;
    fn from_domain(domain: Self::Domain) -> Self {
        match domain {
            domain::desk::Helpers::Everyone => Self::Everyone,
            domain::desk::Helpers::These(people) => Self::These { people: Mirror::from_domain(people) },
        }
    }
    fn into_domain(self) -> Self::Domain {
        match self {
            Self::Everyone => domain::desk::Helpers::Everyone,
            Self::These { people } => domain::desk::Helpers::These(people.into_domain()),
        }
    }
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MessageKind {
    /// The asker's first words.
    Asked,
    /// Words that change nothing but the thread.
    Said,
    /// A helper's answer.
    Answered,
    /// A helper's question back.
    AskedBack,
    /// Something happened.
    Event {
        /// What.
        event: Event,
    },
}

impl Mirror for MessageKind {
    type Domain = domain::message::MessageKind;
    fn from_domain(domain: Self::Domain) -> Self {
        use domain::message::MessageKind as K;
        match domain {
            K::Asked => Self::Asked,
            K::Said => Self::Said,
            K::Answered => Self::Answered,
            K::AskedBack => Self::AskedBack,
            K::Event(event) => Self::Event { event: Mirror::from_domain(event) },
        }
    }
    fn into_domain(self) -> Self::Domain {
        use domain::message::MessageKind as K;
        match self {
            Self::Asked => K::Asked,
            Self::Said => K::Said,
            Self::Answered => K::Answered,
            Self::AskedBack => K::AskedBack,
            Self::Event { event } => K::Event(event.into_domain()),
        }
    }
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
#[allow(missing_docs, reason = "documented at domain::message::Event")]
pub enum Event {
    /// The author took it.
    Taken,
    /// Back at the desk.
    GivenBack,
    /// The author wants a clip.
    ClipWanted,
    /// Urgency changed.
    UrgencyNow { urgency: Urgency },
    /// A private request became the desk's.
    OpenedToDesk,
    /// Solved.
    Solved,
    /// Reopened.
    Reopened,
    /// Taken back.
    Withdrawn,
    /// Thanks.
    Thanked,
    /// A step of a call.
    Call { call: CallId, step: CallStep },
    /// A step of looking after it; words that go with it stand in the message's text.
    Care { step: CareStep },
}

impl Mirror for Event {
    type Domain = domain::message::Event;
    fn from_domain(domain: Self::Domain) -> Self {
        use domain::message::Event as E;
        match domain {
            E::Taken => Self::Taken,
            E::GivenBack => Self::GivenBack,
            E::ClipWanted => Self::ClipWanted,
            E::UrgencyNow(urgency) => Self::UrgencyNow { urgency: Mirror::from_domain(urgency) },
            E::OpenedToDesk => Self::OpenedToDesk,
            E::Solved => Self::Solved,
            E::Reopened => Self::Reopened,
            E::Withdrawn => Self::Withdrawn,
            E::Thanked => Self::Thanked,
            E::Call(call, step) => {
                Self::Call { call: Mirror::from_domain(call), step: Mirror::from_domain(step) }
            }
            E::Care(step) => Self::Care { step: Mirror::from_domain(step) },
        }
    }
    fn into_domain(self) -> Self::Domain {
        use domain::message::Event as E;
        match self {
            Self::Taken => E::Taken,
            Self::GivenBack => E::GivenBack,
            Self::ClipWanted => E::ClipWanted,
            Self::UrgencyNow { urgency } => E::UrgencyNow(urgency.into_domain()),
            Self::OpenedToDesk => E::OpenedToDesk,
            Self::Solved => E::Solved,
            Self::Reopened => E::Reopened,
            Self::Withdrawn => E::Withdrawn,
            Self::Thanked => E::Thanked,
            Self::Call { call, step } => E::Call(call.into_domain(), step.into_domain()),
            Self::Care { step } => E::Care(step.into_domain()),
        }
    }
}
