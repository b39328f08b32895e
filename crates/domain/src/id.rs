//! Names of things: newtypes over UUIDv7, made by whoever creates the thing, so that an id is final before
//! the server has seen it (a clip's link is valid offline). Never a bare `Uuid` or string in a signature.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A person who asks, helps or both.
    PersonId,
    /// A staffed place to ask.
    DeskId,
    /// One question or problem, one thread.
    RequestId,
    /// One entry of a thread: words, an event, or both.
    MessageId,
    /// A picture or file that belongs to a thread.
    AttachmentId,
    /// A screen recording; its link is made of this id.
    ClipId,
    /// One attempt to talk, from the first ring to the outcome.
    CallId,
    /// A link that lets somebody join the organisation.
    InviteId,
}
