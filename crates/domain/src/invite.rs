//! A link that lets somebody join. The secret is made by the inviter's client; only its hash is kept.

use crate::{
    id::{InviteId, PersonId},
    person::Role,
    time::Time,
};

/// One link: for a team (many uses) or for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Name of this row.
    pub id: InviteId,
    /// SHA-256 of the link's secret, lower-case hex.
    pub secret_hash: String,
    /// Role of whoever joins by it.
    pub role: Role,
    /// Whom it is for, shown to admins; empty for a team link.
    pub label: String,
    /// How often it can still be used.
    pub uses_left: u32,
    /// Until when.
    pub expires_at: Time,
    /// Who made it.
    pub made_by: PersonId,
    /// Taken back.
    pub revoked: bool,
}
