//! The feed: a snapshot, then changes, over a WebSocket that resumes where it was cut.
//!
//! `GET /api/v1/snapshot` gives every entity the caller may see and the cursor it stands at. A socket at
//! `/api/v1/feed` then carries frames. Each `changes` frame names the cursor before it (`prev`); a client
//! accepts it only if that is its own cursor, otherwise it resumes from its cursor: nothing is lost, nothing
//! doubled. A change replaces a whole entity or removes it; clients hold no rules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Command, Entity, EntityRef, Problem, id::*, mirror::Millis};

/// Where a client stands in the log: valid within one epoch only (a restore changes it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
pub struct Cursor {
    /// Changes when the server is restored from a backup.
    pub epoch: u64,
    /// Last log row seen.
    pub seq: u64,
}

/// Everything the caller may see, at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Snapshot {
    /// Where the feed goes on.
    pub cursor: Cursor,
    /// Who the caller is.
    pub me: PersonId,
    /// The server's time.
    pub now: Millis,
    /// All of it, in no particular order.
    pub entities: Vec<Entity>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "nearly every change is a put; a box would cost each of them")]
pub enum Change {
    /// The entity is now this.
    Put(Entity),
    /// The entity is gone, or may no longer be seen.
    Gone(EntityRef),
}

/// What a client says on the socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromClient {
    /// First frame: go on from here.
    Hello {
        /// Names the outbox; a new hello with the same id replaces the old socket.
        client_id: String,
        /// Where the client stands.
        cursor: Cursor,
        /// `protocol::VERSION` of the client.
        version: String,
    },
    /// The person has (not) touched the machine for a while. Sent by helpers' apps only; never stored.
    Idle {
        /// Whether idle now.
        idle: bool,
    },
    /// The person is writing in this thread.
    Typing {
        /// Which.
        request: RequestId,
    },
}

/// What the server says on the socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromServer {
    /// Changes after `prev`.
    Changes {
        /// The cursor before them.
        prev: u64,
        /// The cursor after them.
        seq: u64,
        /// In order.
        items: Vec<Change>,
    },
    /// Everything up to here has been sent.
    CaughtUp {
        /// The cursor.
        seq: u64,
    },
    /// Heartbeat every 20 s with the log's head.
    Head {
        /// The log's head.
        seq: u64,
        /// The server's time.
        now: Millis,
    },
    /// Start again with a snapshot.
    Reset {
        /// Why, for a log.
        reason: ResetReason,
    },
    /// Who is connected, latest value each; never stored.
    Presence {
        /// People whose presence changed.
        people: Vec<Here>,
    },
    /// A clip grows; latest value each; never stored.
    ClipGrows {
        /// Which.
        clip: ClipId,
        /// Milliseconds kept safely so far.
        kept_ms: u32,
        /// Bytes kept safely so far.
        bytes: u64,
        /// No byte came for three seconds while it should grow.
        silent: bool,
    },
    /// A clip is being converted; about once a second; never stored.
    ClipConverts {
        /// Which.
        clip: ClipId,
        /// Clips that are converted before it.
        ahead: u32,
        /// Thousandths of it that are done.
        permille: u16,
        /// Seconds that it will take from now on, those before it included.
        seconds: u32,
    },
    /// Somebody writes in a thread.
    Typing {
        /// Which thread.
        request: RequestId,
        /// Who.
        person: PersonId,
    },
}

/// Why a client must start again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The server was restored from a backup.
    Epoch,
    /// The cursor is older than the log reaches, or ahead of it.
    Cursor,
    /// The rights changed so much that a snapshot is simpler.
    Rights,
    /// Another protocol version.
    Version,
}

/// Whether somebody is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Here {
    /// Who.
    pub person: PersonId,
    /// Connected with at least one app or browser.
    pub connected: bool,
    /// Every connected machine is idle.
    pub idle: bool,
}

/// `POST /api/v1/commands`: an ordered batch of one client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Batch {
    /// Names the outbox; made once per profile or browser tab store.
    pub client_id: String,
    /// Results up to this number were received and may be forgotten.
    #[serde(default)]
    pub acked: u64,
    /// In order of `n`, without gaps.
    pub commands: Vec<Numbered>,
}

/// One command of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Numbered {
    /// Position in this client's line of commands, from 1.
    pub n: u64,
    /// Names the command across clients.
    pub command_id: uuid::Uuid,
    /// The command.
    pub command: Command,
}

/// What became of one command. Stored; the same number always gives the same answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CommandResult {
    /// Its number.
    pub n: u64,
    /// The log's position with it in; a client that has reached it sees the command's effects.
    pub seq: u64,
    /// If it was refused, why; nothing was changed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Problem>,
}

/// The answer to a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct BatchResult {
    /// The epoch that `seq` belongs to.
    pub epoch: u64,
    /// One per command, in order; fewer if the batch stopped at a gap.
    pub results: Vec<CommandResult>,
}
