//! What a join token says. The server signs the payload with HS256 and the secret that [`Claims::secret`]
//! names; formats: Jitsi's token documentation and LiveKit's access tokens (live.md 1a).

use crate::{
    Time,
    call::{Call, Provider},
    person::Person,
    time::{HOUR, MINUTE, SECOND},
};

/// A token is good for this long after it was made: long enough for a call, too short to pass around.
const GOOD_FOR: i64 = 4 * HOUR;
/// Clocks of two servers may differ by this much.
const SKEW: i64 = MINUTE;

/// What a join token says of one person and one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claims {
    /// For Jitsi Meet's `prosody` token authentication.
    Jitsi {
        /// `iss` and `aud`.
        app_id: String,
        /// `sub`.
        host: String,
        /// `room`.
        room: String,
        /// `context.user.id`.
        id: String,
        /// `context.user.name`.
        name: String,
        /// `nbf` in seconds since 1970.
        not_before: i64,
        /// `exp` in seconds since 1970.
        expires: i64,
    },
    /// For LiveKit.
    LiveKit {
        /// `iss`.
        key: String,
        /// `video.room`.
        room: String,
        /// `sub`.
        id: String,
        /// `name`.
        name: String,
        /// `nbf` in seconds since 1970.
        not_before: i64,
        /// `exp` in seconds since 1970.
        expires: i64,
    },
}

impl Claims {
    /// What the token of `me` for `call` says; `None` if the provider wants none.
    pub fn of(provider: &Provider, call: &Call, me: &Person, now: Time) -> Option<Self> {
        let (room, id, name) = (call.room.clone(), me.id.to_string(), me.name.clone());
        let not_before = now.plus(-SKEW).0 / SECOND;
        let expires = now.plus(GOOD_FOR).0 / SECOND;
        match provider {
            Provider::Jitsi { host, app_id } if !app_id.is_empty() => {
                let (app_id, host) = (app_id.clone(), host.clone());
                Some(Self::Jitsi { app_id, host, room, id, name, not_before, expires })
            }
            Provider::LiveKit { key, .. } => {
                Some(Self::LiveKit { key: key.clone(), room, id, name, not_before, expires })
            }
            _ => None,
        }
    }

    /// The name of the [`crate::secret::Secret`] that signs it; a desk's own (`NAME:DESK`) goes before it.
    pub fn secret(&self) -> &'static str {
        match self {
            Self::Jitsi { .. } => "jitsi",
            Self::LiveKit { .. } => "livekit",
        }
    }

    /// The token's second part before base64url: a JSON object.
    pub fn payload(&self) -> String {
        let text = json_string;
        match self {
            Self::Jitsi { app_id, host, room, id, name, not_before, expires } => format!(
                r#"{{"aud":{app},"iss":{app},"sub":{},"room":{},"nbf":{not_before},"exp":{expires},"context":{{"user":{{"id":{},"name":{}}}}}}}"#,
                text(host),
                text(room),
                text(id),
                text(name),
                app = text(app_id),
            ),
            Self::LiveKit { key, room, id, name, not_before, expires } => format!(
                r#"{{"iss":{},"sub":{},"name":{},"nbf":{not_before},"exp":{expires},"video":{{"roomJoin":true,"room":{},"canPublish":true,"canPublishSources":["microphone","screen_share","screen_share_audio"],"canSubscribe":true,"canPublishData":true}}}}"#,
                text(key),
                text(id),
                text(name),
                text(room),
            ),
        }
    }
}

/// `text` as a JSON string (RFC 8259 7).
pub(super) fn json_string(text: &str) -> String {
    let mut json = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => json.extend(['\\', char]),
            char if u32::from(char) < 0x20 => json.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => json.push(char),
        }
    }
    json.push('"');
    json
}
