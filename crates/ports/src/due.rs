//! The stored form of what falls due, so that it survives a restart. Only system commands that a clock fires have
//! one: what the server has seen (bytes came, a clip fell silent) is decided when it is seen and never stored.

use deskside_domain::{
    command::System,
    id::{AttachmentId, CallId, ClipId, DeskId, PersonId, RequestId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is stored. A stored form is never changed, only added to: databases hold it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "then", rename_all = "snake_case")]
enum Stored {
    RingOver { call: Uuid, callee: Uuid, rang_at: i64 },
    SoonOver { call: Uuid },
    AskStillTalking { call: Uuid },
    MediaExpired { attachment: Option<Uuid>, clip: Option<Uuid> },
    Archive { request: Uuid },
    QuietTurns { person: Uuid },
    ClipAbandoned { clip: Uuid },
    AlarmDue { request: Uuid },
    ClocksDue { request: Uuid },
    UpdateDue { request: Uuid },
    SilenceDue { request: Uuid },
    CallbackDue { request: Uuid },
    FollowUpDue { request: Uuid },
    Sweep { desk: Uuid },
    LookAtDesk { desk: Uuid },
    BlockerOver { request: Uuid },
    StatusDue { person: Uuid },
    MeetingOver { person: Uuid },
}

/// Why a command has no stored form, or a stored form is no command.
#[derive(Debug, thiserror::Error)]
pub enum DueError {
    /// A command that no clock fires was to fall due.
    #[error("{0:?} can't fall due; give it a stored form in ports::due")]
    NoForm(Box<System>),
    /// Not written by this program, or by a newer one.
    #[error("a stored command can't be read; it may be from a newer version")]
    Unreadable(#[from] serde_json::Error),
}

/// The JSON to store for `command`; the same for equal commands.
///
/// # Errors
/// For commands that no clock fires.
pub fn to_json(command: &System) -> Result<String, DueError> {
    let stored = match command {
        System::RingOver { call, callee, rang_at } => {
            Stored::RingOver { call: call.0, callee: callee.0, rang_at: *rang_at }
        }
        System::SoonOver { call } => Stored::SoonOver { call: call.0 },
        System::AskStillTalking { call } => Stored::AskStillTalking { call: call.0 },
        System::MediaExpired { attachment, clip } => {
            Stored::MediaExpired { attachment: attachment.map(|id| id.0), clip: clip.map(|id| id.0) }
        }
        System::Archive { request } => Stored::Archive { request: request.0 },
        System::QuietTurns { person } => Stored::QuietTurns { person: person.0 },
        System::ClipAbandoned { clip } => Stored::ClipAbandoned { clip: clip.0 },
        System::ClocksDue { request } => Stored::ClocksDue { request: request.0 },
        System::AlarmDue { request } => Stored::AlarmDue { request: request.0 },
        System::UpdateDue { request } => Stored::UpdateDue { request: request.0 },
        System::SilenceDue { request } => Stored::SilenceDue { request: request.0 },
        System::CallbackDue { request } => Stored::CallbackDue { request: request.0 },
        System::FollowUpDue { request } => Stored::FollowUpDue { request: request.0 },
        System::Sweep { desk } => Stored::Sweep { desk: desk.0 },
        System::BlockerOver { request } => Stored::BlockerOver { request: request.0 },
        // Who is connected is seen when it fires.
        System::LookAtDesk { desk, seen: None } => Stored::LookAtDesk { desk: desk.0 },
        System::StatusDue { person } => Stored::StatusDue { person: person.0 },
        System::MeetingOver { person } => Stored::MeetingOver { person: person.0 },
        // Named one by one, so that a new system command has to be thought of here.
        System::Found { .. }
        | System::Join { .. }
        | System::Placed { .. }
        | System::LookAtDesk { seen: Some(_), .. }
        | System::CalendarSays { .. }
        | System::AttachmentStored { .. }
        | System::AttachmentRefused { .. }
        | System::ClipSilent { .. }
        | System::ClipCut { .. }
        | System::ClipUncut { .. }
        | System::ClipSprite { .. }
        | System::ClipConverted { .. }
        | System::ClipAwake { .. }
        | System::PosterStored { .. }
        | System::ClipFinished { .. } => return Err(DueError::NoForm(Box::new(command.clone()))),
    };
    Ok(serde_json::to_string(&stored)?)
}

/// The command that `json` stands for.
///
/// # Errors
/// If it was not made by [`to_json`].
pub fn from_json(json: &str) -> Result<System, DueError> {
    Ok(match serde_json::from_str(json)? {
        Stored::RingOver { call, callee, rang_at } => {
            System::RingOver { call: CallId(call), callee: PersonId(callee), rang_at }
        }
        Stored::SoonOver { call } => System::SoonOver { call: CallId(call) },
        Stored::AskStillTalking { call } => System::AskStillTalking { call: CallId(call) },
        Stored::MediaExpired { attachment, clip } => {
            System::MediaExpired { attachment: attachment.map(AttachmentId), clip: clip.map(ClipId) }
        }
        Stored::Archive { request } => System::Archive { request: RequestId(request) },
        Stored::QuietTurns { person } => System::QuietTurns { person: PersonId(person) },
        Stored::ClipAbandoned { clip } => System::ClipAbandoned { clip: ClipId(clip) },
        Stored::ClocksDue { request } => System::ClocksDue { request: RequestId(request) },
        Stored::AlarmDue { request } => System::AlarmDue { request: RequestId(request) },
        Stored::UpdateDue { request } => System::UpdateDue { request: RequestId(request) },
        Stored::SilenceDue { request } => System::SilenceDue { request: RequestId(request) },
        Stored::CallbackDue { request } => System::CallbackDue { request: RequestId(request) },
        Stored::FollowUpDue { request } => System::FollowUpDue { request: RequestId(request) },
        Stored::Sweep { desk } => System::Sweep { desk: DeskId(desk) },
        Stored::BlockerOver { request } => System::BlockerOver { request: RequestId(request) },
        Stored::LookAtDesk { desk } => System::LookAtDesk { desk: DeskId(desk), seen: None },
        Stored::StatusDue { person } => System::StatusDue { person: PersonId(person) },
        Stored::MeetingOver { person } => System::MeetingOver { person: PersonId(person) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_due_comes_back_as_it_was() {
        let id = Uuid::from_u128(7);
        let commands = [
            System::RingOver { call: CallId(id), callee: PersonId(Uuid::from_u128(8)), rang_at: 9 },
            System::SoonOver { call: CallId(id) },
            System::AskStillTalking { call: CallId(id) },
            System::MediaExpired { attachment: Some(AttachmentId(id)), clip: None },
            System::MediaExpired { attachment: None, clip: Some(ClipId(id)) },
            System::Archive { request: RequestId(id) },
            System::QuietTurns { person: PersonId(id) },
            System::ClipAbandoned { clip: ClipId(id) },
            System::ClocksDue { request: RequestId(id) },
            System::AlarmDue { request: RequestId(id) },
            System::UpdateDue { request: RequestId(id) },
            System::SilenceDue { request: RequestId(id) },
            System::CallbackDue { request: RequestId(id) },
            System::FollowUpDue { request: RequestId(id) },
            System::Sweep { desk: DeskId(id) },
            System::LookAtDesk { desk: DeskId(id), seen: None },
            System::BlockerOver { request: RequestId(id) },
            System::StatusDue { person: PersonId(id) },
            System::MeetingOver { person: PersonId(id) },
        ];
        for command in commands {
            let json = to_json(&command).unwrap();
            assert_eq!(from_json(&json).unwrap(), command, "{json}");
        }
    }

    #[test]
    fn what_the_server_has_seen_is_never_stored() {
        assert!(matches!(
            to_json(&System::ClipAwake { clip: ClipId(Uuid::from_u128(1)) }),
            Err(DueError::NoForm(_))
        ));
        assert!(from_json(r#"{"then":"something_newer"}"#).is_err());
    }

    /// Databases hold these bytes.
    #[test]
    fn the_stored_form_stays() {
        let json = to_json(&System::SoonOver { call: CallId(Uuid::from_u128(7)) }).unwrap();
        assert_eq!(json, r#"{"then":"soon_over","call":"00000000-0000-0000-0000-000000000007"}"#);
    }
}
