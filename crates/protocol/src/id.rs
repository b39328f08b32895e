//! Ids on the wire: a UUID as a string, branded in TypeScript so that one kind can't stand for another.

use deskside_domain::id as domain;
use uuid::Uuid;

use crate::Mirror;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $brand:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, ts_rs::TS,
            schemars::JsonSchema,
        )]
        #[serde(transparent)]
        #[ts(type = $brand)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh UUIDv7: sorted by the time it was made.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Mirror for $name {
            type Domain = domain::$name;
            fn from_domain(id: domain::$name) -> Self { Self(id.0) }
            fn into_domain(self) -> domain::$name { domain::$name(self.0) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { Ok(Self(text.parse()?)) }
        }
    )+};
}

ids! {
    /// A person.
    PersonId "string & { readonly of: 'person' }",
    /// A desk.
    DeskId "string & { readonly of: 'desk' }",
    /// A request.
    RequestId "string & { readonly of: 'request' }",
    /// An entry of a thread.
    MessageId "string & { readonly of: 'message' }",
    /// A picture or file, and its upload.
    AttachmentId "string & { readonly of: 'attachment' }",
    /// A clip, its upload and its link.
    ClipId "string & { readonly of: 'clip' }",
    /// A call.
    CallId "string & { readonly of: 'call' }",
    /// An invitation.
    InviteId "string & { readonly of: 'invite' }",
}
