//! `decide`: rows, a command, the time and some chance in; rows, or a refusal, out. One submodule per noun;
//! beside each decision stands which rows it reads. Who gains or loses sight is not said by the decisions:
//! `change` derives it from the rows before and after, so that no decision can forget it.

mod alarm;
mod attachment;
mod attendance;
mod block;
mod calendar;
mod call;
mod care;
mod change;
mod clip;
mod desk;
mod handover;
mod mention;
mod message;
mod org;
mod person;
mod posting;
mod quiet;
mod remind;
mod request;
mod ring;
mod together;
mod verdict;
mod vigil;
mod words;

pub(crate) use alarm::behind_closed_doors;
pub(crate) use block::leads_on;
pub(crate) use request::is_vetted;
pub(crate) use vigil::on_the_wall;
pub(crate) use words::is_deceptive;

use change::Change;
use uuid::Uuid;

use crate::{
    Command, Read, Refusal, Row, Scope, State, Time,
    command::System,
    id::{AttachmentId, ClipId, PersonId},
    person::Person,
    row::Key,
};

/// Who wants the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// The server: what falls due, what it saw.
    System,
}

/// What a decision may depend on besides rows: time and chance are arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The server's time.
    pub now: Time,
    /// 128 fresh random bits.
    pub chance: u128,
}

impl Circumstances {
    /// The `n`th id this decision needs: a UUIDv7 of the server's time, of `n` where RFC 9562 (6.2, method 1) has its
    /// counter, and of the chance given. So what one decision writes sorts in the order it was written.
    pub fn mint(&self, n: u64) -> Uuid {
        let [low, high] = [self.chance as u64, (self.chance >> 64) as u64];
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&((n & 0xfff) as u16).to_be_bytes());
        bytes[2..].copy_from_slice(&mix(high ^ mix(low ^ mix(n))).to_be_bytes());
        let millis = u64::try_from(self.now.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

/// The finaliser of SplitMix64: every bit of the input moves about half of the bits of the output.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// What becomes of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Rows as they shall be: new ones and changed ones. Rows are never removed, they are emptied.
    pub rows: Vec<Row>,
    /// What falls due later, or no longer does.
    pub due: Vec<Due>,
    /// Who gains or loses sight of what.
    pub access: Vec<Access>,
    /// What the server does once the decision is stored; each is idempotent.
    pub effects: Vec<Effect>,
}

/// A command that falls due. There is at most one per `(key, slot)`: a later one replaces it.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// What it is about.
    pub key: Key,
    /// Which of the thing's clocks, e.g. `ring`.
    pub slot: &'static str,
    /// When, and what; `None`: no longer.
    pub at: Option<(Time, System)>,
}

/// Somebody gains or loses sight of a scope with this decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What.
    pub scope: Scope,
    /// Who; `None`: everyone.
    pub person: Option<PersonId>,
}

/// What the server does after the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End every session and socket of this person at once.
    EndSessions(PersonId),
    /// Erase the bytes of an attachment: blob, thumbnails, upload.
    EraseAttachment(AttachmentId),
    /// Erase the bytes of a clip: blob, prefix, poster, upload, of every version up to this and the next.
    EraseClip(ClipId, u32),
    /// Erase the bytes of a clip's versions before this one, and the posters made of them.
    PurgeClip(ClipId, u32),
}

/// What a person's command needs and what it does. Implemented by every command of `command::commands!`.
pub(crate) trait Decide {
    /// The rows to load first, besides the row of the person who commands.
    fn reads(&self) -> Vec<Read>;
    /// Makes the change `by` wants, or refuses and is thrown away whole.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal>;
}

/// Decides a person's command. `state` holds what [`crate::reads`] named and the actor's own row.
///
/// # Errors
/// The refusal of the first rule that says no; then nothing is changed.
pub fn decide(
    state: &State,
    actor: Actor,
    command: &Command,
    at: Circumstances,
) -> Result<Decision, Refusal> {
    let Actor::Person(id) = actor else {
        return Err(Refusal::NotAllowed("the system gives system commands"));
    };
    let by = state.person(id)?;
    if !by.active {
        return Err(Refusal::Deactivated);
    }
    let mut change = Change::new(state, at);
    command.decision().decide(by, &mut change)?;
    Ok(change.finish())
}

/// Decides a system command. `state` holds what [`crate::reads::system_reads`] named.
///
/// # Errors
/// Only set-up and joining are refused; what falls due changes nothing where the world has moved on.
pub fn decide_system(state: &State, command: &System, at: Circumstances) -> Result<Decision, Refusal> {
    let mut change = Change::new(state, at);
    match command {
        System::Found { org_name, zone, founder, name, email, desk, desk_name } => {
            let founder = org::Founder { id: *founder, name, email };
            org::found(&mut change, org_name, zone, &founder, *desk, desk_name)?;
        }
        System::Join { invite, person, name, email } => {
            person::join(&mut change, *invite, *person, name, email)?
        }
        System::RingOver { call, callee, rang_at } => ring::over(&mut change, *call, *callee, *rang_at),
        System::SoonOver { call } => ring::soon_over(&mut change, *call),
        System::AskStillTalking { call } => call::ask_still_talking(&mut change, *call),
        System::QuietTurns { person } => quiet::turns(&mut change, *person),
        System::AttachmentStored { attachment, size, width, height } => {
            attachment::stored(&mut change, *attachment, *size, *width, *height);
        }
        System::AttachmentRefused { attachment } => attachment::refused(&mut change, *attachment),
        System::ClipSilent { clip, duration_ms, bytes, codec } => {
            clip::silent(&mut change, *clip, (*duration_ms, *bytes), *codec);
        }
        System::ClipAwake { clip } => clip::awake(&mut change, *clip),
        System::ClipFinished { clip, duration_ms, bytes, codec, poster } => {
            clip::finished(&mut change, *clip, (*duration_ms, *bytes), *codec, *poster);
        }
        System::PosterStored { clip, version } => clip::poster_stored(&mut change, *clip, *version),
        System::ClipCut { clip, version, kept, duration_ms, bytes, comments: _ } => {
            let size = (*duration_ms, *bytes);
            clip::was_cut(&mut change, *clip, *version, kept, size);
        }
        System::ClipUncut { clip, version } => clip::uncut(&mut change, *clip, *version),
        System::ClipSprite { clip, version, sprite } => {
            clip::has_sprite(&mut change, *clip, *version, *sprite);
        }
        System::ClipConverted { clip, version, worked } => {
            clip::converted(&mut change, *clip, *version, *worked);
        }
        System::ClipAbandoned { clip } => clip::abandoned(&mut change, *clip),
        System::MediaExpired { attachment, clip } => {
            if let Some(attachment) = attachment {
                attachment::expired(&mut change, *attachment);
            }
            if let Some(clip) = clip {
                clip::expired(&mut change, *clip);
            }
        }
        System::Archive { request } => request::archive(&mut change, *request),
        System::ClocksDue { request } => care::clocks_due(&mut change, *request),
        System::AlarmDue { request } => care::alarm_due(&mut change, *request),
        System::UpdateDue { request } => care::update_due(&mut change, *request),
        System::SilenceDue { request } => care::silence_due(&mut change, *request),
        System::CallbackDue { request } => care::callback_due(&mut change, *request),
        System::FollowUpDue { request } => verdict::follow_up_due(&mut change, *request),
        System::Placed { request, met } => care::placed(&mut change, *request, *met),
        System::Sweep { desk } => care::sweep(&mut change, *desk),
        System::BlockerOver { request } => block::blocker_over(&mut change, *request),
        System::LookAtDesk { desk, seen } => attendance::look(&mut change, *desk, seen.as_ref()),
        System::StatusDue { person } => person::status_due(&mut change, *person),
        System::CalendarSays { person, meeting, file } => {
            calendar::says(&mut change, *person, *meeting, *file);
        }
        System::MeetingOver { person } => calendar::meeting_over(&mut change, *person),
    }
    Ok(change.finish())
}

/// The rows a system command needs.
pub(crate) fn system_reads(command: &System) -> Vec<Read> {
    match command {
        System::Found { founder, .. } => vec![Read::Row(Key::Org), Read::Row(Key::Person(*founder))],
        System::Join { invite, person, .. } => {
            vec![Read::Row(Key::Invite(*invite)), Read::Row(Key::Person(*person)), Read::People]
        }
        System::RingOver { call, .. } | System::SoonOver { call } | System::AskStillTalking { call } => {
            call::system_reads(*call)
        }
        System::AttachmentStored { attachment, .. } | System::AttachmentRefused { attachment } => {
            vec![Read::Row(Key::Attachment(*attachment))]
        }
        System::ClipSilent { clip, .. }
        | System::ClipAwake { clip }
        | System::ClipFinished { clip, .. }
        | System::ClipAbandoned { clip } => clip::system_reads(*clip),
        System::ClipCut { clip, comments, .. } => {
            let mut reads = clip::system_reads(*clip);
            reads.extend(comments.iter().map(|message| Read::ShownBy(*message)));
            reads
        }
        System::ClipUncut { clip, .. } | System::ClipSprite { clip, .. } => clip::system_reads(*clip),
        System::PosterStored { clip, .. } | System::ClipConverted { clip, .. } => {
            vec![Read::Row(Key::Clip(*clip))]
        }
        System::MediaExpired { attachment, clip } => {
            let mut reads = vec![Read::Row(Key::Org)];
            reads.extend(attachment.map(|id| Read::Row(Key::Attachment(id))));
            reads.extend(clip.map(|id| Read::Row(Key::Clip(id))));
            reads
        }
        System::QuietTurns { person } => vec![Read::Row(Key::Person(*person))],
        System::Archive { request }
        | System::ClocksDue { request }
        | System::UpdateDue { request }
        | System::FollowUpDue { request }
        | System::Placed { request, .. } => vec![Read::Row(Key::Request(*request))],
        System::AlarmDue { request } => care::reads_of_alarm(*request),
        System::SilenceDue { request } => {
            let mut reads = request::closing(*request);
            reads.push(Read::AskerOf(*request));
            reads
        }
        System::CallbackDue { request } => vec![Read::Row(Key::Request(*request)), Read::People],
        System::Sweep { desk } => care::reads_of_sweep(*desk),
        System::BlockerOver { request } => block::reads_of_over(*request),
        System::LookAtDesk { desk, seen } => attendance::reads(*desk, seen.as_ref()),
        System::StatusDue { person }
        | System::CalendarSays { person, .. }
        | System::MeetingOver { person } => vec![Read::Row(Key::Person(*person))],
    }
}
