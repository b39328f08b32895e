//! Rows, the log, stored results, what falls due, search. Coarse on purpose: one method per thing the
//! server does, so that each store can do it in one transaction.

use std::collections::BTreeMap;

use async_trait::async_trait;
use deskside_domain::{
    Key, Read, Row, Scope, State, Time,
    command::System,
    decide::{Access, Due},
    id::{MessageId, PersonId, RequestId},
};
use deskside_protocol::{Problem, feed::Cursor};

/// Where rows are kept.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Loads what `reads` name and what those rows lead to, all from one moment.
    async fn load(&self, reads: &[Read]) -> anyhow::Result<Loaded>;

    /// Stores a decision: rows, log rows, what falls due and the command's result in ONE transaction that is
    /// on disk when this returns. Several commits may share a disk flush.
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;

    /// What was answered to command `n` of `client_id`, if it is stored; and the highest `n` decided so far.
    async fn stored(&self, client_id: &str, n: u64) -> anyhow::Result<(Option<StoredResult>, u64)>;

    /// What was answered under an Idempotency-Key of this person's token.
    async fn stored_by_key(&self, client_id: &str, key: &str) -> anyhow::Result<Option<StoredResult>>;

    /// Whose line of commands `client_id` is, if it gave any. Another person's command under it is a fault: a line
    /// belongs to one person for good.
    async fn line_of(&self, client_id: &str) -> anyhow::Result<Option<PersonId>>;

    /// Forgets results of `client_id` up to `n` (they were received); the numbers stay used.
    async fn forget_results(&self, client_id: &str, n: u64) -> anyhow::Result<()>;

    /// The log's head.
    async fn head(&self) -> anyhow::Result<Cursor>;

    /// The oldest `seq` from which `log_after` can still go on.
    async fn log_floor(&self) -> anyhow::Result<u64>;

    /// Up to `limit` log rows after `seq`, in order, each with the row as it is NOW and what it leads to,
    /// all from one moment. An access row carries every row of its scope.
    async fn log_after(&self, seq: u64, limit: usize) -> anyhow::Result<LogPage>;

    /// Every row of the feed (nothing archived, no secret) and the cursor, from one moment.
    async fn snapshot(&self) -> anyhow::Result<(Cursor, State)>;

    /// The row at `key` and what it leads to; archived rows too.
    async fn row(&self, key: &Key) -> anyhow::Result<State>;

    /// One page of a kind in key order: up to `limit` rows after `after`, with what they lead to besides.
    /// `kind` is any key of that kind.
    async fn page(&self, kind: &Key, after: Option<&Key>, limit: usize) -> anyhow::Result<(Vec<Row>, State)>;

    /// Requests and accepted answers that match `query`, best first, as far as `visible` says yes, until
    /// `limit` are found. The permission is asked inside the search, never after it was cut to `limit`.
    async fn search(&self, query: &str, limit: usize, visible: Visible) -> anyhow::Result<Vec<Match>>;

    /// What is due at `now`, earliest first, at most `limit`.
    async fn due(&self, now: Time, limit: usize) -> anyhow::Result<Vec<DueRow>>;

    /// When the next thing falls due.
    async fn next_due(&self) -> anyhow::Result<Option<Time>>;

    /// Forgets what is older than [`KEEP_DAYS`] at `now`: log rows (the floor rises; who comes later starts with a
    /// snapshot) and results under Idempotency-Keys. Numbered results stay until their client has them.
    async fn forget_old(&self, now: Time) -> anyhow::Result<()>;
}

/// A client that was away this long resumes without a snapshot; an Idempotency-Key is remembered this long.
pub const KEEP_DAYS: i64 = 30;

/// A permission question the search asks.
pub type Visible = Box<dyn Fn(&Row, &State) -> bool + Send + Sync>;

/// Rows from one moment.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The rows.
    pub state: State,
    /// Each row's revision; a row that is not there has revision 0.
    pub revisions: BTreeMap<Key, u64>,
    /// The log's head at that moment.
    pub seq: u64,
}

/// One decision to store.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Where the command came from.
    pub origin: Origin,
    /// Server time of the decision.
    pub now: Time,
    /// Revisions the decision was made on; any difference is a conflict. Absent rows with 0.
    pub expect: BTreeMap<Key, u64>,
    /// If set (the command read sets of rows), the log must still stand here.
    pub expect_seq: Option<u64>,
    /// Rows as they shall be.
    pub rows: Vec<Row>,
    /// Who gains or loses sight of what.
    pub access: Vec<Access>,
    /// What falls due, or no longer does.
    pub due: Vec<Due>,
    /// If the command was refused: why. Stored like any other result; `rows` is empty then.
    pub refused: Option<Problem>,
}

/// Where a command came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Number `n` of an app's or browser's line of commands.
    Line {
        /// Names the outbox.
        client_id: String,
        /// Whose.
        person: PersonId,
        /// The number; must be the last one plus 1.
        n: u64,
        /// SHA-256 of the command's canonical JSON.
        body_hash: [u8; 32],
    },
    /// One command under an Idempotency-Key.
    Keyed {
        /// Names the token.
        client_id: String,
        /// Whose.
        person: PersonId,
        /// The key.
        key: String,
        /// SHA-256 of the command's canonical JSON.
        body_hash: [u8; 32],
    },
    /// The server; with what fell due, which is removed in the same transaction.
    System {
        /// The due row that is used up.
        due: Option<DueRow>,
    },
}

/// Stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The log's head with this decision in.
    pub seq: u64,
}

/// Not stored.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A row changed since it was loaded: load and decide again.
    #[error("a row changed meanwhile")]
    Conflict,
    /// This number or key was decided before; this is what was answered.
    #[error("already decided")]
    Duplicate(StoredResult),
    /// A number before this one is missing.
    #[error("expected command {expected}")]
    Gap {
        /// The number that comes next.
        expected: u64,
    },
    /// The due row is gone (somebody else used it, or the world moved on): nothing to do.
    #[error("no longer due")]
    NotDue,
    /// The store can't write (disk full); still readable.
    #[error("the store can't write: {0}")]
    Full(String),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

/// What was answered to a command.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredResult {
    /// SHA-256 of the command it answered.
    pub body_hash: [u8; 32],
    /// The log's head with it in.
    pub seq: u64,
    /// If it was refused, why.
    pub refused: Option<Problem>,
}

/// Log rows with what they are about, from one moment.
#[derive(Clone, Debug, Default)]
pub struct LogPage {
    /// In order of `seq`.
    pub items: Vec<Logged>,
    /// The touched rows as they are now, and what they lead to.
    pub state: State,
    /// The log's head at that moment.
    pub head: u64,
}

/// One log row.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Its number.
    pub seq: u64,
    /// What it says.
    pub what: LogWhat,
}

/// What a log row says.
#[derive(Clone, Debug, PartialEq)]
pub enum LogWhat {
    /// The row at this key changed.
    Touched(Key),
    /// Sight of a scope changed for this person (`None`: everyone); these are its rows' keys.
    Access {
        /// Of what.
        scope: Scope,
        /// For whom.
        person: Option<PersonId>,
        /// Every row in the scope, archived ones included.
        keys: Vec<Key>,
    },
}

/// Something that falls due, as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct DueRow {
    /// What it is about.
    pub key: Key,
    /// Which of its clocks.
    pub slot: String,
    /// When.
    pub at: Time,
    /// What then.
    pub command: System,
}

/// One search match.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Which request.
    pub request: RequestId,
    /// The answer that matched; `None`: the question.
    pub message: Option<MessageId>,
    /// Text around the match.
    pub snippet: String,
    /// Marked stretches of `snippet`, as byte ranges on character boundaries.
    pub marks: Vec<(usize, usize)>,
    /// Whether the request is solved.
    pub solved: bool,
}
