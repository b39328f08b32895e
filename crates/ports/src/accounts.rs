//! Passwords, sessions, one-time links and throttles: secrets as hashes, apart from the rows that clients hold.

use async_trait::async_trait;
use deskside_domain::{Time, id::PersonId};

/// Where sign-in data is kept.
#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    /// The password hash (PHC string) of the person with this sign-in name (lower case), if both are there.
    async fn password(&self, email: &str) -> anyhow::Result<Option<(PersonId, String)>>;
    /// Sets a person's password hash.
    async fn set_password(&self, person: PersonId, hash: &str) -> anyhow::Result<()>;

    /// Begins a session; `token_hash` is the SHA-256 of its token.
    async fn begin_session(
        &self,
        token_hash: [u8; 32],
        person: PersonId,
        device: &str,
        now: Time,
    ) -> anyhow::Result<String>;
    /// The session of this token.
    async fn session(&self, token_hash: [u8; 32]) -> anyhow::Result<Option<SessionRow>>;
    /// A person's sessions, newest first.
    async fn sessions_of(&self, person: PersonId) -> anyhow::Result<Vec<SessionRow>>;
    /// Ends one session of a person; false if there was none.
    async fn end_session(&self, person: PersonId, id: &str) -> anyhow::Result<bool>;
    /// Ends every session of a person.
    async fn end_sessions_of(&self, person: PersonId) -> anyhow::Result<()>;

    /// Keeps a one-time link.
    async fn keep_link(&self, link: LinkRow) -> anyhow::Result<()>;
    /// Looks at a one-time link without using it.
    async fn link(&self, secret_hash: [u8; 32], now: Time) -> anyhow::Result<Option<LinkRow>>;
    /// Uses a one-time link: at most one caller ever gets it.
    async fn use_link(&self, secret_hash: [u8; 32], now: Time) -> anyhow::Result<Option<LinkRow>>;

    /// Failed tries under this name (an account or an address) since it was last cleared: count and the last one's time.
    async fn failures(&self, name: &str) -> anyhow::Result<(u32, Time)>;
    /// One more failed try; survives a restart.
    async fn add_failure(&self, name: &str, now: Time) -> anyhow::Result<()>;
    /// Success: forget the failures.
    async fn clear_failures(&self, name: &str) -> anyhow::Result<()>;

    /// Forgets links that are over at `now`, and failures of which the last is older than a day.
    async fn forget_old(&self, now: Time) -> anyhow::Result<()>;
}

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Names it for its person.
    pub id: String,
    /// Whose.
    pub person: PersonId,
    /// What it was called when it began.
    pub device: String,
    /// When it began.
    pub since: Time,
}

/// A one-time link as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// What it lets one do.
    pub purpose: LinkPurpose,
    /// Until when.
    pub expires_at: Time,
}

/// What a one-time link lets one do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Create the organisation.
    SetUp,
    /// Sign in as this person.
    SignIn(PersonId),
    /// Set a new password for this person and sign in.
    NewPassword(PersonId),
}
