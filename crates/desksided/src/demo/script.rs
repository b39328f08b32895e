//! Who does what when: people by name, a clock that the script turns, one call per command.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use anyhow::Context;
use async_trait::async_trait;
use deskside_domain::{
    Time,
    command::System,
    id::{InviteId, PersonId},
    time::MINUTE,
};
use deskside_ports::{Clock, blobs::Upload};
use deskside_protocol::{
    Command, Mirror,
    command::{Ask, MakeInvite, StartClip, StopClip},
    id::{AttachmentId, ClipId, DeskId, MessageId, RequestId},
    values::{NewAttachment, Role, Ticket, Urgency},
};
use deskside_server::{Decisions, POSTER, Parts};
use uuid::Uuid;

/// The clock on the wall of the demo.
struct Wall(AtomicI64);

#[async_trait]
impl Clock for Wall {
    fn now(&self) -> Time {
        Time(self.0.load(Relaxed))
    }
    async fn sleep_until(&self, _time: Time) {
        // Nothing waits in a script.
    }
}

/// A script under way.
pub struct Script {
    parts: Parts,
    decisions: Arc<Decisions>,
    wall: Arc<Wall>,
    now: Time,
    media: Option<PathBuf>,
    people: BTreeMap<&'static str, PersonId>,
    done: u32,
}

impl Script {
    pub fn new(parts: &Parts, media: Option<&Path>) -> Self {
        let now = parts.clock.now();
        let wall = Arc::new(Wall(now.0.into()));
        let parts = Parts { clock: wall.clone(), ..parts.clone() };
        Self {
            decisions: Arc::new(Decisions::new(&parts)),
            parts,
            wall,
            now,
            media: media.map(Path::to_owned),
            people: BTreeMap::new(),
            done: 0,
        }
    }

    /// Turns the clock to this many minutes before the demo is filled.
    pub fn ago(&self, minutes: i64) {
        self.wall.0.store(self.now.plus(-minutes * MINUTE).0, Relaxed);
    }

    /// Some seconds pass.
    pub fn wait(&self, seconds: i64) {
        self.wall.0.fetch_add(seconds * 1_000, Relaxed);
    }

    pub fn person(&self, name: &str) -> deskside_protocol::id::PersonId {
        let id = self.people.get(name).copied();
        Mirror::from_domain(id.expect("the script names only people who have joined"))
    }

    /// The first of all, who sets up the organisation.
    pub async fn found(&mut self, org: &str, founder: &'static str, desk: &str) -> anyhow::Result<DeskId> {
        let (person, desk_id) = (PersonId(Uuid::now_v7()), deskside_domain::id::DeskId(Uuid::now_v7()));
        let found = System::Found {
            org_name: org.into(),
            zone: "Europe/Berlin".into(),
            founder: person,
            name: founder.into(),
            email: email(founder),
            desk: desk_id,
            desk_name: desk.into(),
        };
        self.decisions.system(found).await?;
        self.people.insert(founder, person);
        Ok(Mirror::from_domain(desk_id))
    }

    /// Somebody joins by an invitation of `by`.
    pub async fn join(&mut self, by: &str, name: &'static str, role: Role) -> anyhow::Result<()> {
        let invite = deskside_protocol::id::InviteId::fresh();
        let secret_hash = format!("{:032x}{:032x}", self.parts.chance.bits(), self.parts.chance.bits());
        let label = name.to_owned();
        self.does(by, MakeInvite { invite, secret_hash, role, label, uses: 1, days: 1 }).await?;
        let person = PersonId(Uuid::now_v7());
        let invite: InviteId = invite.into_domain();
        self.decisions.system(System::Join { invite, person, name: name.into(), email: email(name) }).await?;
        self.people.insert(name, person);
        Ok(())
    }

    /// One command.
    pub async fn does(&mut self, name: &str, command: impl Into<Command>) -> anyhow::Result<()> {
        self.done += 1;
        let command = command.into();
        let kind = command.kind();
        let person = self.people.get(name).copied().with_context(|| format!("nobody is called {name}"))?;
        let done = self.decisions.command(person, &format!("demo-{}", self.done), command).await;
        done.map(|_| ()).with_context(|| format!("{name} could not {kind} (step {})", self.done))
    }

    /// Asks; with a picture and a clip, if the media folder has some of this name.
    pub async fn asks(
        &mut self,
        name: &str,
        desk: DeskId,
        question: Question<'_>,
    ) -> anyhow::Result<RequestId> {
        let request = RequestId::fresh();
        let attachments = self.picture(name, question.media).await?;
        let clip = self.clip(name, question.media).await?;
        let ask = Ask {
            request,
            message: MessageId::fresh(),
            desk,
            text: question.text.into(),
            readable_ibans: Vec::new(),
            mentions: Default::default(),
            urgency: question.urgency,
            ticket: question.ticket.map(|id| Ticket {
                label: format!("ZD {id}"),
                url: format!("https://numbra.zendesk.com/agent/tickets/{id}"),
            }),
            private_with: question.only.map(|other| vec![self.person(other)]),
            attachments,
            clip,
            details: Vec::new(),
            asked_at: self.wall.now().0,
        };
        self.does(name, ask).await?;
        Ok(request)
    }

    async fn picture(&self, owner: &str, stem: &str) -> anyhow::Result<Vec<NewAttachment>> {
        let Some(bytes) = self.media_file(stem, "png").await? else { return Ok(Vec::new()) };
        let id = AttachmentId::fresh();
        self.upload("attachment", &id.to_string(), owner, &bytes).await?;
        let size = bytes.len() as u64;
        // The server measures it when it looks at the bytes.
        let mime = "image/png".to_owned();
        Ok(vec![NewAttachment { id, name: format!("{stem}.png"), mime, size, width: 0, height: 0 }])
    }

    async fn clip(&mut self, recorder: &str, stem: &str) -> anyhow::Result<Option<ClipId>> {
        let Some(bytes) = self.media_file(stem, "webm").await? else { return Ok(None) };
        let clip = ClipId::fresh();
        self.upload("clip", &clip.to_string(), recorder, &bytes).await?;
        if let Some(poster) = self.media_file(stem, "poster.jpg").await? {
            self.parts.blobs.put(&format!("{clip}{POSTER}"), poster.into()).await?;
        }
        // As `cargo xtask demo-media` records them: of this size, and without a microphone.
        let start = StartClip {
            clip,
            request: None,
            width: 1_280,
            height: 720,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        };
        self.does(recorder, start).await?;
        self.does(recorder, StopClip { clip, note: None }).await?;
        Ok(Some(clip))
    }

    async fn media_file(&self, stem: &str, kind: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(folder) = self.media.as_ref().filter(|_| !stem.is_empty()) else { return Ok(None) };
        let path = folder.join(format!("{stem}.{kind}"));
        match tokio::fs::read(&path).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Whole bytes; the server finishes them when it starts.
    async fn upload(&self, kind: &str, name: &str, owner: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let blobs = &self.parts.blobs;
        let upload = Upload {
            name: name.into(),
            kind: kind.into(),
            owner: self.person(owner).to_string(),
            length: Some(bytes.len() as u64),
            offset: 0,
            touched_at: self.wall.now(),
            closed: false,
        };
        blobs.create(upload).await?;
        let token = blobs.take_writer(name).await?;
        blobs.append(name, token, 0, bytes, self.wall.now()).await?;
        Ok(())
    }
}

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub text: &'a str,
    pub urgency: Urgency,
    pub ticket: Option<u32>,
    /// Only this person shall see it.
    pub only: Option<&'a str>,
    /// Name of a picture and a clip in the media folder, without their endings.
    pub media: &'a str,
}

fn email(name: &str) -> String {
    format!("{}@numbra.example", name.to_lowercase())
}
