//! Sign-in, joining, set-up, sessions, one-time links. These are not commands because they deal in secrets
//! or happen before there is a person; the rows they change are still decided by the domain.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{id::PersonId, mirror::Millis, values::Role};

/// `GET /api/v1/hello`: what a client must know before signing in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Hello {
    /// `deskside`, so that a wrong address is noticed.
    pub product: String,
    /// `protocol::VERSION`.
    pub version: String,
    /// Version of the server program.
    pub server_version: String,
    /// The organisation's name; empty before set-up.
    pub org: String,
    /// Where links point, e.g. `https://desk.example.com`.
    pub public_url: String,
    /// Whether the organisation exists.
    pub set_up: bool,
    /// SHA-256 of the server's own certificate authority in hex, if it has one: links to join by carry it as
    /// `&pin=HEX`, so that apps know whom to trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
}

/// `POST /api/v1/setup`: uses the one-time set-up link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The link's secret.
    pub secret: String,
    /// The organisation.
    pub org: String,
    /// IANA zone.
    pub zone: String,
    /// The founder.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// Password.
    pub password: String,
    /// The first desk.
    pub desk: String,
}

/// `POST /api/v1/join`: uses an invitation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The link's secret.
    pub secret: String,
    /// The newcomer.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// Password.
    pub password: String,
}

/// `GET /api/v1/join/SECRET`: what an invitation offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct InviteOffer {
    /// The organisation.
    pub org: String,
    /// Role of whoever joins.
    pub role: Role,
    /// Whom it is for.
    pub label: String,
}

/// `POST /api/v1/session`: sign in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Sign-in name.
    pub email: String,
    /// Password.
    pub password: String,
    /// Shown in the list of sessions, e.g. `Deskside on Linux`.
    #[serde(default)]
    pub device: String,
    /// True: answer with a token (apps); false: set a cookie (browsers).
    #[serde(default)]
    pub token: bool,
}

/// `POST /api/v1/session/link`: sign in by a one-time link (demo, an admin's password link).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInByLink {
    /// The link's secret.
    pub secret: String,
    /// Sets a new password, if the link is for that.
    #[serde(default)]
    pub new_password: Option<String>,
    /// Shown in the list of sessions.
    #[serde(default)]
    pub device: String,
    /// True: answer with a token; false: set a cookie.
    #[serde(default)]
    pub token: bool,
}

/// The answer to every way of signing in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// The bearer token, if one was asked for. Shown once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// One of one's own sessions; `GET /api/v1/sessions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Session {
    /// Names it for revoking: `DELETE /api/v1/sessions/ID`.
    pub id: String,
    /// What it was called when it began.
    pub device: String,
    /// When it began.
    pub since: Millis,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `POST /api/v1/people/ID/password-link`: an admin makes a one-time link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct OneTimeLink {
    /// The whole link.
    pub link: String,
    /// Until when.
    pub expires_at: Millis,
}

/// `GET /api/v1/calls/ID/link`: where this caller joins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CallLink {
    /// Opens in a browser.
    pub web: String,
    /// Opens an app directly, where the provider has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
}

/// One line of "What Deskside keeps"; `GET /api/v1/kept`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Kept {
    /// Where it is kept.
    pub table: String,
    /// Which field.
    pub field: String,
    /// What for.
    pub purpose: String,
    /// Who sees it.
    pub seen_by: String,
    /// How long.
    pub how_long: String,
}
