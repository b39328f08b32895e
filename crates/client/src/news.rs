//! What hosts are told. The serialised forms are those of the screens (`ui/src/host/host.ts`), so that a host hands
//! them on as they are.

use deskside_protocol::{
    Code, Command, Millis, Problem,
    account::Hello,
    feed::{Change, Here, Snapshot},
    id::{ClipId, PersonId, RequestId},
};
use serde::Serialize;
use uuid::Uuid;

/// Something changed. A subscription begins with one of each, then brings changes in order.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// Who is signed in.
    Session {
        /// Now.
        state: SessionState,
    },
    /// How it stands with the server.
    Connection {
        /// Now.
        state: Connection,
    },
    /// Server time minus this machine's.
    Skew {
        /// In milliseconds.
        ms: i64,
    },
    /// The commands on their way, oldest first.
    Outbox {
        /// All of them.
        waiting: Vec<Waiting>,
    },
    /// Replaces everything.
    Snapshot {
        /// With this.
        snapshot: Snapshot,
    },
    /// Applied and on disk.
    Changes {
        /// In order.
        items: Vec<Change>,
    },
    /// True for a moment, never stored.
    Passing {
        /// What.
        news: Passing,
    },
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SessionState {
    /// Not known yet.
    Starting,
    /// Nobody.
    Out {
        /// The server, if it could be reached.
        hello: Option<Hello>,
        /// Why the last session ended, if it did not end by signing out.
        #[serde(skip_serializing_if = "Option::is_none")]
        because: Option<Code>,
    },
    /// This person.
    In {
        /// Who.
        me: PersonId,
    },
}

/// How it stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Connection {
    /// For the first time.
    Connecting,
    /// Changes arrive.
    Online,
    /// They don't.
    Offline {
        /// Since when.
        since: Millis,
    },
    /// The server speaks another version; drafts and the outbox are kept.
    Outdated,
}

/// A command on its way; gone from the outbox once its effects came by the feed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Names it.
    pub command_id: Uuid,
    /// What.
    pub command: Command,
    /// How far it is.
    pub state: WaitingState,
    /// When it was kept.
    pub since: Millis,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// How far a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingState {
    /// On disk, not sent.
    Kept,
    /// On the wire, or decided and its effects not here yet.
    Sending,
    /// A customer was waiting and it lay here for more than ten minutes: still needed?
    Held,
    /// The server said no.
    Refused,
}

/// News that is true for a moment.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Passing {
    /// Who is connected.
    Presence {
        /// People whose presence changed.
        people: Vec<Here>,
    },
    /// A clip grows.
    #[serde(rename_all = "camelCase")]
    ClipGrows {
        /// Which.
        clip: ClipId,
        /// Milliseconds kept safely.
        kept_ms: u32,
        /// Bytes kept safely.
        bytes: u64,
        /// No byte came for three seconds while it should grow.
        silent: bool,
    },
    /// A clip is being converted.
    ClipConverts {
        /// Which.
        clip: ClipId,
        /// Clips that are converted before it.
        ahead: u32,
        /// Thousandths of it that are done.
        permille: u16,
        /// Seconds that it will take from now on.
        seconds: u32,
    },
    /// Somebody writes.
    Typing {
        /// Where.
        request: RequestId,
        /// Who.
        person: PersonId,
    },
}
