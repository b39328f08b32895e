//! From a command to a stored decision: load the rows it reads, let the domain decide, commit on the
//! revisions that were read, and where somebody was faster, do it again. What the world must do besides
//! (end sessions, erase bytes) follows the commit and can be repeated.

use std::{collections::BTreeSet, sync::Arc};

use deskside_domain::{
    self as domain, Key, Read, Row,
    attachment::AttachmentState,
    clip::{Clip, ClipState, Conversion},
    command::System,
    decide::{Actor, Circumstances, Decision, Effect, decide_system},
    id::{ClipId, PersonId},
    person::{CalendarFile, calendar_of},
    reads::system_reads,
};
use deskside_ports::{
    Accounts, Blobs, Bus, Chance, Clock, Store,
    bus::Hint,
    store::{Commit, CommitError, DueRow, Origin, StoredResult},
};
use deskside_protocol::{Code, Command, Mirror, Problem};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio_util::sync::DropGuard;

use crate::{Parts, answer::fault};

/// Times a decision is made again before the caller is told to try later. From the fourth on it waits in line.
const TRIES: usize = 40;

/// Takes decisions and stores them.
pub struct Decisions {
    store: Arc<dyn Store>,
    accounts: Arc<dyn Accounts>,
    blobs: Arc<dyn Blobs>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    /// Held by decisions that lost several races, so that they don't lose to each other for ever.
    crowded: Mutex<()>,
    pub(crate) conflicts: std::sync::atomic::AtomicU64,
    /// Says, when the last holder is gone, that the parts are let go. Declared last, so dropped last.
    _holds_parts: Option<Arc<DropGuard>>,
}

/// A stored answer.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// The log's head with it in.
    pub seq: u64,
    /// Why nothing was changed, if so.
    pub refused: Option<Problem>,
}

/// Why nothing was stored.
#[derive(Debug)]
pub(crate) enum Undecided {
    /// The same number or key came with another body.
    BodyDiffers,
    /// A number before this one is missing.
    Gap { expected: u64 },
    /// The due row is gone.
    NotDue,
    /// It could not be stored.
    Problem(Box<Problem>),
}

/// What is to be decided.
#[derive(Clone)]
enum Wish {
    Person(PersonId, Box<domain::Command>),
    System(System),
    /// Refused before it could be read; the number is used up all the same.
    Unreadable(Problem),
}

impl Decisions {
    /// Decisions on these parts.
    pub fn new(parts: &Parts) -> Self {
        Self {
            store: parts.store.clone(),
            accounts: parts.accounts.clone(),
            blobs: parts.blobs.clone(),
            bus: parts.bus.clone(),
            clock: parts.clock.clone(),
            chance: parts.chance.clone(),
            crowded: Mutex::new(()),
            conflicts: 0.into(),
            _holds_parts: None,
        }
    }

    /// The same, for a server that waits for whoever still holds its parts.
    pub(crate) fn holding(self, guard: Arc<DropGuard>) -> Self {
        Self { _holds_parts: Some(guard), ..self }
    }

    /// Carries out `command` for `person` under an idempotency key: the same key gives the same answer.
    ///
    /// # Errors
    /// The problem that is the command's answer, if it was refused or could not be stored.
    pub async fn command(
        self: &Arc<Self>,
        person: PersonId,
        key: &str,
        command: Command,
    ) -> Result<u64, Problem> {
        let body_hash = body_hash(&serde_json::to_value(&command).unwrap_or_default());
        let done = self.keyed(person, key, body_hash, command).await;
        match done {
            Ok(Done { refused: Some(problem), .. }) => Err(problem),
            Ok(Done { seq, refused: None }) => Ok(seq),
            Err(undecided) => Err(undecided.into()),
        }
    }

    /// Carries out a system command that is not due but seen.
    ///
    /// # Errors
    /// The refusal, or what broke.
    pub async fn system(self: &Arc<Self>, command: System) -> Result<u64, Problem> {
        match self.run(Wish::System(command), Origin::System { due: None }).await {
            Ok(Done { refused: Some(problem), .. }) => Err(problem),
            Ok(Done { seq, .. }) => Ok(seq),
            Err(undecided) => Err(undecided.into()),
        }
    }

    /// Carries out what fell due; once, however often it is tried.
    /// `command`: what fell due, with what is seen now.
    pub(crate) async fn due(self: &Arc<Self>, due: DueRow, command: System) -> Result<Done, Undecided> {
        self.run(Wish::System(command), Origin::System { due: Some(due) }).await
    }

    pub(crate) async fn keyed(
        self: &Arc<Self>,
        person: PersonId,
        key: &str,
        body_hash: [u8; 32],
        command: Command,
    ) -> Result<Done, Undecided> {
        let origin =
            Origin::Keyed { client_id: format!("key:{person}"), person, key: key.to_owned(), body_hash };
        self.run(Wish::Person(person, Box::new(command.into_domain())), origin).await
    }

    /// Command `n` of a client's line; `Err` as the command: it could not be read.
    pub(crate) async fn in_line(
        self: &Arc<Self>,
        client_id: &str,
        person: PersonId,
        n: u64,
        body_hash: [u8; 32],
        command: Result<Command, Problem>,
    ) -> Result<Done, Undecided> {
        let origin = Origin::Line { client_id: client_id.to_owned(), person, n, body_hash };
        let wish = match command {
            Ok(command) => Wish::Person(person, Box::new(command.into_domain())),
            Err(problem) => Wish::Unreadable(problem),
        };
        self.run(wish, origin).await
    }

    /// In a task of its own, so that a caller who hangs up between commit and effects changes nothing.
    async fn run(self: &Arc<Self>, wish: Wish, origin: Origin) -> Result<Done, Undecided> {
        let this = self.clone();
        match tokio::spawn(async move { this.decide_and_store(wish, origin).await }).await {
            Ok(done) => done,
            Err(error) => Err(Undecided::Problem(Box::new(fault(&format!("a decision panicked: {error}"))))),
        }
    }

    async fn decide_and_store(&self, wish: Wish, origin: Origin) -> Result<Done, Undecided> {
        let reads = wish.reads();
        let one_row_at_a_time = reads.iter().all(|read| {
            matches!(read, Read::Row(_) | Read::OwnerOf(_) | Read::AskerOf(_) | Read::BlockersOf(_))
        });
        for attempt in 0..TRIES {
            let _in_line = if attempt >= 3 { Some(self.crowded.lock().await) } else { None };
            let loaded = self.store.load(&reads).await.map_err(Undecided::fault)?;
            let at = Circumstances { now: self.clock.now(), chance: self.chance.bits() };
            let decided = match &wish {
                Wish::Person(person, command) => {
                    domain::decide(&loaded.state, Actor::Person(*person), command, at).map_err(Problem::from)
                }
                Wish::System(command) => decide_system(&loaded.state, command, at).map_err(Problem::from),
                Wish::Unreadable(problem) => Err(problem.clone()),
            };
            let (decision, refused) = match decided {
                Ok(decision) => (decision, None),
                Err(problem) => (Decision::default(), Some(problem)),
            };
            // A refusal changes nothing, so nothing can be in its way.
            let mut expect = if refused.is_none() { loaded.revisions } else { Default::default() };
            for row in &decision.rows {
                expect.entry(row.key()).or_insert(0);
            }
            let commit = Commit {
                origin: origin.clone(),
                now: at.now,
                expect,
                expect_seq: (refused.is_none() && !one_row_at_a_time).then_some(loaded.seq),
                rows: decision.rows.clone(),
                access: decision.access.clone(),
                due: decision.due.clone(),
                refused: refused.clone(),
            };
            match self.store.commit(commit).await {
                Ok(committed) => {
                    self.follow(&decision, committed.seq).await;
                    return Ok(Done { seq: committed.seq, refused });
                }
                Err(CommitError::Conflict) => {
                    self.conflicts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
                Err(CommitError::Duplicate(stored)) => return answered_before(&origin, stored),
                Err(CommitError::Gap { expected }) => return Err(Undecided::Gap { expected }),
                Err(CommitError::NotDue) => return Err(Undecided::NotDue),
                Err(CommitError::Full(why)) => {
                    tracing::error!(%why, "the store can't write");
                    return Err(Undecided::unavailable("the server can't store anything"));
                }
                Err(CommitError::Fault(error)) => return Err(Undecided::fault(error)),
            }
        }
        Err(Undecided::unavailable("too much is changing at once"))
    }

    /// What the server does once a decision is stored. Each step can be repeated; the bytes are also swept
    /// at start, so that a crash here leaves nothing behind.
    async fn follow(&self, decision: &Decision, seq: u64) {
        if !decision.rows.is_empty() || !decision.access.is_empty() {
            self.bus.say(Hint::Log(seq));
        }
        if !decision.due.is_empty() {
            self.bus.say(Hint::Due);
        }
        for row in &decision.rows {
            // Bytes may have come before the row that names them.
            match row {
                Row::Request(row) if row.is_unclaimed() && row.care.met.is_none() => {
                    self.bus.say(Hint::Asked(row.id));
                }
                Row::Attachment(row) if row.state == AttachmentState::Awaited => {
                    self.bus.say(Hint::Upload(row.id.to_string()));
                }
                Row::Clip(row)
                    if matches!(
                        row.state,
                        ClipState::Recording | ClipState::Stopped | ClipState::Interrupted
                    ) || !row.cutting.is_empty()
                        || row.conversion == Conversion::Asked =>
                {
                    self.bus.say(Hint::Upload(row.id.to_string()));
                }
                _ => {}
            }
        }
        let people = decision.rows.iter();
        let people: Arc<[PersonId]> =
            people.filter_map(|row| if let Row::Person(row) = row { Some(row.id) } else { None }).collect();
        if !people.is_empty() {
            self.bus.say(Hint::Whereabouts(people));
        }
        // Where another is named before the first was read, the person's row stays as it was; where the same one is named
        // again, the secret does.
        let named = decision.rows.iter().filter_map(|row| match row {
            Row::Person(row) if row.calendar == CalendarFile::Unread => Some(row.id),
            Row::Secret(row) => calendar_of(&row.name),
            _ => None,
        });
        for person in named.collect::<BTreeSet<_>>() {
            self.bus.say(Hint::Calendar(person));
        }
        for effect in &decision.effects {
            let done = match effect {
                Effect::EndSessions(person) => {
                    let ended = self.accounts.end_sessions_of(*person).await;
                    self.bus.say(Hint::Ended(*person));
                    ended
                }
                Effect::EraseAttachment(id) => erase(&*self.blobs, &id.to_string(), OF_ATTACHMENT).await,
                Effect::EraseClip(id, version) => erase_clip(&*self.blobs, *id, *version).await,
                Effect::PurgeClip(id, version) => purge_clip(&*self.blobs, *id, *version).await,
            };
            if let Err(error) = done {
                tracing::error!(
                    ?effect,
                    error = format!("{error:#}"),
                    "an effect will be tried again at start"
                );
            }
        }
    }
}

/// Suffix of a picture's small version.
pub(crate) const THUMB: &str = ".thumb";
/// Suffix of a picture without what else its file held.
pub(crate) const ALONE: &str = deskside_ports::blobs::ALONE;
/// All that is made of an attachment.
pub(crate) const OF_ATTACHMENT: &[&str] = &[THUMB, ALONE];
/// Suffix of a finished clip's prefix.
pub(crate) const PREFIX: &str = ".prefix";
/// Suffix of a clip's poster: of that version of it.
pub const POSTER: &str = ".poster";
/// Suffix of the small pictures along the time of one version of a clip.
pub(crate) const SPRITE: &str = ".sprite";
/// Suffix of the copy of one version of a clip in VP9: an upload of its own, with a prefix of its own.
pub(crate) const CONVERTED: &str = ".converted";
/// All that is made of one version of a clip, besides its copy.
pub(crate) const OF_CLIP: &[&str] = &[PREFIX, POSTER, SPRITE];

/// Erases an upload and what was made of it; the upload last, because it is by it that a sweep knows what a crash left.
/// Costs little where nothing is left.
pub(crate) async fn erase(blobs: &dyn Blobs, name: &str, made_of_it: &[&str]) -> anyhow::Result<()> {
    for suffix in made_of_it {
        blobs.remove(&format!("{name}{suffix}")).await?;
    }
    if blobs.upload(name).await?.is_some() {
        blobs.erase(name).await?;
    }
    Ok(())
}

/// Erases a clip's bytes in all versions up to the one after `version`, which may be in the making.
pub(crate) async fn erase_clip(blobs: &dyn Blobs, clip: ClipId, version: u32) -> anyhow::Result<()> {
    for version in 1..=version.saturating_add(1) {
        let name = Clip::name_of_bytes(clip, version);
        erase_converted(blobs, &name).await?;
        erase(blobs, &name, OF_CLIP).await?;
    }
    Ok(())
}

/// Erases the copy of the version of a clip whose bytes have that name.
pub(crate) async fn erase_converted(blobs: &dyn Blobs, name: &str) -> anyhow::Result<()> {
    erase(blobs, &format!("{name}{CONVERTED}"), &[PREFIX]).await
}

/// Erases a clip's bytes in all versions before `version`, and what was made of them. What its recorder uploaded goes on
/// counting as uploaded: a recorder that missed the answer would send it again.
pub(crate) async fn purge_clip(blobs: &dyn Blobs, clip: ClipId, version: u32) -> anyhow::Result<()> {
    for old in 1..version {
        let name = Clip::name_of_bytes(clip, old);
        erase_converted(blobs, &name).await?;
        if old > 1 {
            erase(blobs, &name, OF_CLIP).await?;
            continue;
        }
        for suffix in OF_CLIP {
            blobs.remove(&format!("{name}{suffix}")).await?;
        }
        if let Some(upload) = blobs.upload(&name).await? {
            if !upload.closed {
                blobs.close(&name).await?;
            }
            blobs.empty(&name).await?;
        }
    }
    Ok(())
}

/// SHA-256 of a command's JSON; the keys of a JSON value are in order.
pub(crate) fn body_hash(command: &serde_json::Value) -> [u8; 32] {
    Sha256::digest(command.to_string().as_bytes()).into()
}

fn answered_before(origin: &Origin, stored: StoredResult) -> Result<Done, Undecided> {
    let same = match origin {
        Origin::Line { body_hash, .. } | Origin::Keyed { body_hash, .. } => *body_hash == stored.body_hash,
        Origin::System { .. } => true,
    };
    if same { Ok(Done { seq: stored.seq, refused: stored.refused }) } else { Err(Undecided::BodyDiffers) }
}

impl Wish {
    fn reads(&self) -> Vec<Read> {
        match self {
            Self::Person(person, command) => {
                let mut reads = domain::reads(command);
                let own = Read::Row(Key::Person(*person));
                if !reads.contains(&own) {
                    reads.push(own);
                }
                reads
            }
            Self::System(command) => system_reads(command),
            Self::Unreadable(_) => Vec::new(),
        }
    }
}

impl Undecided {
    fn unavailable(why: &str) -> Self {
        Self::Problem(Box::new(Problem::new(Code::Unavailable, why)))
    }

    fn fault(error: anyhow::Error) -> Self {
        Self::Problem(Box::new(fault(&format!("{error:#}"))))
    }
}

impl From<Undecided> for Problem {
    fn from(undecided: Undecided) -> Self {
        match undecided {
            Undecided::BodyDiffers => {
                Problem::new(Code::BodyDiffers, "this number or key was used for another command")
            }
            Undecided::Gap { expected } => {
                let mut problem = Problem::new(Code::Gap, "an earlier command is missing");
                problem.expected = Some(expected);
                problem
            }
            Undecided::NotDue => Problem::new(Code::WrongState, "that is no longer due"),
            Undecided::Problem(problem) => *problem,
        }
    }
}

impl From<Undecided> for crate::answer::Oops {
    fn from(undecided: Undecided) -> Self {
        Problem::from(undecided).into()
    }
}
