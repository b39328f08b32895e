//! A thread's entries: words, pictures, clips, timestamped comments, and what happened to the request.

use crate::{
    call::CallStep,
    care::CareStep,
    id::{AttachmentId, CallId, ClipId, MessageId, PersonId, RequestId},
    mention::Mentions,
    request::Urgency,
    time::Time,
};

/// One entry of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Name of this row.
    pub id: MessageId,
    /// Whose thread.
    pub request: RequestId,
    /// Who wrote or did it; `None`: Deskside itself (a ring that timed out).
    pub author: Option<PersonId>,
    /// What it is.
    pub kind: MessageKind,
    /// The words, masked; may be empty (an event, a bare clip).
    pub text: String,
    /// Pictures and files, in order.
    pub attachments: Vec<AttachmentId>,
    /// A clip shown in the thread.
    pub clip: Option<ClipId>,
    /// A comment on one moment of a clip of this thread.
    pub moment: Option<Moment>,
    /// Whom the words name, and who is told because of it.
    pub mentions: Mentions,
    /// Server time.
    pub at: Time,
    /// Deleted by its author: words and pictures are gone, the place stays.
    pub deleted: bool,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The asker's first words.
    Asked,
    /// Anybody's words that change nothing but the thread.
    Said,
    /// A helper's answer.
    Answered,
    /// A helper's question back.
    AskedBack,
    /// Something happened.
    Event(Event),
}

/// What happened to a request, on its timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The author took it.
    Taken,
    /// The author gave it back to the desk (or left, or was deactivated).
    GivenBack,
    /// The author wants a clip of it.
    ClipWanted,
    /// Urgency changed to this.
    UrgencyNow(Urgency),
    /// A private request became the desk's.
    OpenedToDesk,
    /// The asker said solved.
    Solved,
    /// The asker reopened it.
    Reopened,
    /// The asker took it back.
    Withdrawn,
    /// The asker said thanks.
    Thanked,
    /// A step of a call.
    Call(CallId, CallStep),
    /// A step of looking after it.
    Care(CareStep),
}

/// One moment of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Which clip.
    pub clip: ClipId,
    /// Which version of it: a cut moves its comments along.
    pub version: u32,
    /// Milliseconds from its start.
    pub at_ms: u32,
}
