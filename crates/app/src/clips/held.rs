//! Clips that stay on this machine until their recorder has watched them, because a desk demands it.
//!
//! It is the client that keeps them: no upload is begun and no command is kept for such a clip before its recorder says
//! so, so the server does not even know that there is one. A server could only refuse bytes that have left already. It
//! refuses the clip as such (`Refusal::NotReviewed`) when a client that knows nothing of this sends it.
//!
//! Where a clip stands is on its label, beside its bytes: a crash leaves it here, and it is offered again.

use deskside_capture::Session;
use deskside_client::{Client, Trouble, UploadKind};
use deskside_clip::Stretch;
use deskside_frame::Time;
use deskside_protocol::{
    Code, Entity, EntityRef, Problem,
    command::{StartClip, StopClip},
    id::{ClipId, PersonId, RequestId},
    values::{ClipNote, ClipPart, ClipSprite},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::{Clips, MIME};
use crate::{
    ask,
    record::{Journal, Layout, RecordError, Recovered, State, first_picture, png},
    to_ui::HeldClip,
};

/// What stands on a clip of the shelf besides what the shelf itself knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Label {
    /// The thread it was recorded for.
    pub request: Option<RequestId>,
    /// Whether the command that announces it is in the outbox.
    pub started: bool,
    /// Who recorded it; `None`: an app that did not write that down.
    pub person: Option<PersonId>,
    /// Its app ended while it was recorded, and it is not handed to the uploads yet.
    pub left: bool,
    /// Nothing of it leaves before its recorder says so.
    pub held: bool,
    /// Of a held one: width and height of the picture.
    pub size: (u32, u32),
    /// Of a held one: whether there is something to hear.
    pub sound: bool,
    /// Whether what the computer played is in it.
    pub system_sound: bool,
    /// Of a held one: how its small pictures stand, if there are any.
    pub sprite: Option<ClipSprite>,
    /// Of a held one: how often it was cut.
    pub cuts: u64,
    /// Of a held one: what happened to the recording.
    pub note: Option<ClipNote>,
    /// Of a held one that its recorder sends: under which ids, so that a crash in between sends nothing twice.
    pub sending: Option<Sending>,
}

/// Its recorder said: send it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sending {
    start: Uuid,
    stop: Uuid,
    /// Whether it was watched before.
    reviewed: bool,
}

impl Label {
    /// That of a clip on the shelf. One that can't be read keeps the clip here: its recorder is asked.
    pub fn of(journal: &Journal) -> Self {
        serde_json::from_value(journal.note.clone())
            .unwrap_or_else(|_| Self { held: true, ..Self::default() })
    }

    /// What announces its clip, of that width and height, with something to hear or without.
    pub fn start(&self, clip: ClipId, (width, height): (u32, u32), sound: bool) -> StartClip {
        let Self { request, system_sound, .. } = *self;
        StartClip { clip, request, width, height, sound, in_browser: false, reviewed: false, system_sound }
    }

    pub fn to_value(&self) -> Value {
        // A struct of plain fields always has a JSON form.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Whether it is `person`'s, as far as it says.
    pub fn is_of(&self, person: Option<PersonId>) -> bool {
        self.person.is_none() || self.person == person
    }

    pub fn measured(&mut self, recovered: &Recovered, note: Option<ClipNote>) {
        self.size = (recovered.width, recovered.height);
        self.sound = recovered.sound;
        self.note = note.or(self.note);
    }
}

/// Whether clips for this request, or for a question that may go to any desk, are watched before anything of them
/// leaves. What the replica knows counts: it is asked when a recording begins.
pub(crate) async fn is_demanded(client: &Client, request: Option<RequestId>) -> Result<bool, Trouble> {
    let desk = match request {
        Some(request) => match client.entity(EntityRef::Request(request)).await? {
            Some(Entity::Request(row)) => Some(row.desk),
            // Out of the lists by now: any desk's.
            _ => None,
        },
        // Which desk it will be is chosen later.
        None => None,
    };
    if let Some(desk) = desk
        && let Some(Entity::Desk(desk)) = client.entity(EntityRef::Desk(desk)).await?
    {
        return Ok(desk.review_before_upload);
    }
    let entities = client.replica().await?.map(|snapshot| snapshot.entities).unwrap_or_default();
    Ok(entities
        .iter()
        .any(|entity| matches!(entity, Entity::Desk(desk) if desk.review_before_upload && !desk.closed)))
}

/// Refuses a recording here if nothing could be painted over and the organisation wants none of that kind: the same
/// choice that an admin made for browsers, because the deny-list reaches neither.
pub(crate) async fn may_be_uncovered(client: &Client) -> Result<(), Trouble> {
    if Session::here().knows_windows() || ask::org(client).await?.is_none_or(|org| org.browser_clips) {
        return Ok(());
    }
    let mut problem = Problem::new(Code::NotAllowed, "clips may not be recorded on this desktop");
    problem.detail = Some(
        "Your organisation lets clips be recorded only where windows on its list can be painted over, and a Wayland \
         desktop tells nobody which windows there are. Sign in with an X11 session, or ask an admin."
            .to_owned(),
    );
    Err(problem.into())
}

/// What the computer's sound is needed for, in the words of the admin who allowed it for this request's desk; `None`: it
/// may not be recorded. Without a request there is no desk that would want it. What the replica knows counts; the server
/// asks again.
pub(crate) async fn system_sound_reason(
    client: &Client,
    request: Option<RequestId>,
) -> Result<Option<String>, Trouble> {
    let Some(request) = request else { return Ok(None) };
    let Some(Entity::Request(row)) = client.entity(EntityRef::Request(request)).await? else {
        return Ok(None);
    };
    match client.entity(EntityRef::Desk(row.desk)).await? {
        Some(Entity::Desk(desk)) => Ok(desk.system_sound.map(|allowed| allowed.reason)),
        _ => Ok(None),
    }
}

impl Clips {
    /// Clips that wait here for their recorder, the oldest first, and every change of that.
    pub fn held(&self) -> watch::Receiver<Vec<HeldClip>> {
        self.held.subscribe()
    }

    /// Looks at the shelf and tells what waits on it for whoever is signed in.
    pub(crate) fn look_at_held(&self) {
        let me = self.client.person();
        let journals = self.shelf.list().unwrap_or_else(|error| {
            tracing::error!(%error, "the shelf can't be read");
            Vec::new()
        });
        let waiting =
            journals.iter().filter(|journal| journal.state == State::Finished).filter_map(|journal| {
                let label = Label::of(journal);
                let waits = label.held && label.sending.is_none() && me.is_some() && label.is_of(me);
                waits.then(|| HeldClip {
                    clip: ClipId(journal.id),
                    request: label.request,
                    ms: journal.duration,
                    width: label.size.0,
                    height: label.size.1,
                    sound: label.sound,
                    system_sound: label.system_sound,
                    at: journal.started_at,
                    note: label.note,
                    version: 1 + label.cuts,
                })
            });
        let waiting: Vec<_> = waiting.collect();
        self.held.send_if_modified(|before| {
            let changed = *before != waiting;
            *before = waiting;
            changed
        });
    }

    /// Its recorder sends it: from now on it is on its way, whatever becomes of the app. `reviewed`: they watched it.
    pub async fn send_held(&self, clip: ClipId, reviewed: bool) -> Result<(), Trouble> {
        let (journal, mut label) = self.waiting(clip)?;
        if label.system_sound && system_sound_reason(&self.client, label.request).await?.is_none() {
            return Err(Trouble::refused(
                Code::NoSystemSound,
                "its desk takes no clips with system sound any more",
            ));
        }
        let sending = Sending { start: Uuid::now_v7(), stop: Uuid::now_v7(), reviewed };
        label.sending = Some(sending);
        self.relabel(clip.0, &label)?;
        self.begin_sending(&journal, label, sending).await
    }

    /// Announces a held clip and begins its upload. Doing it twice does no harm: a crash may have been in between.
    pub(super) async fn begin_sending(
        &self,
        journal: &Journal,
        mut label: Label,
        sending: Sending,
    ) -> Result<(), Trouble> {
        let clip = ClipId(journal.id);
        let (width, height) = label.size;
        let start =
            StartClip { reviewed: sending.reviewed, ..label.start(clip, (width, height), label.sound) };
        self.client.keep(sending.start, start.into()).await?;
        // Finished, so nothing of it changes any more: no bytes of before have to be kept apart.
        self.client.upload(journal.id, UploadKind::Clip, MIME, self.shelf.clip(journal.id)).await?;
        self.client.keep(sending.stop, StopClip { clip, note: label.note }.into()).await?;
        if let Some(poster) = self.shelf.poster(journal.id) {
            self.client.put_poster(clip, poster);
        }
        if let Some((sprite, png)) = label.sprite.take().zip(self.shelf.sprite(journal.id)) {
            self.client.put_sprite(clip, png, sprite);
        }
        (label.held, label.started, label.sending) = (false, true, None);
        self.relabel(journal.id, &label)?;
        self.look_at_held();
        Ok(())
    }

    /// Keeps only these parts of it, before anything of it leaves: what is cut out never does.
    pub async fn cut_held(&self, clip: ClipId, keep: &[ClipPart]) -> Result<(), Trouble> {
        let (_, mut label) = self.waiting(clip)?;
        let time = |millis: u32| Time::from_millis(millis.into());
        let keep: Vec<_> =
            keep.iter().map(|part| Stretch { from: time(part.from_ms), to: time(part.to_ms) }).collect();
        let shelf = self.shelf.clone();
        let recovered = tokio::task::spawn_blocking(move || {
            let recovered = shelf.cut(clip.0, &keep)?;
            // The still may show what was cut out.
            let still = first_picture(&shelf.clip(clip.0)).map(|picture| png(&picture)).unwrap_or_default();
            let kept = shelf.keep_poster(clip.0, &still);
            kept.and_then(|()| shelf.keep_sprite(clip.0, &[]))
                .map_err(|error| RecordError::disk(&shelf.clip(clip.0), error))?;
            Ok::<_, RecordError>(recovered)
        });
        let recovered = recovered.await.map_err(anyhow::Error::from)?.map_err(|error| match error {
            RecordError::Uncut(_) => Trouble::refused(Code::Invalid, "nothing of the clip would be left"),
            error => anyhow::Error::new(error).into(),
        })?;
        label.measured(&recovered, None);
        label.sprite = None;
        label.cuts += 1;
        self.relabel(clip.0, &label)?;
        self.look_at_held();
        Ok(())
    }

    /// Throws it away: it was nowhere else.
    pub async fn discard_held(&self, clip: ClipId) -> Result<(), Trouble> {
        self.waiting(clip)?;
        self.shelf.forget(clip.0).map_err(anyhow::Error::from)?;
        self.look_at_held();
        Ok(())
    }

    /// Whether it waits here for whoever is signed in.
    pub fn is_held(&self, clip: ClipId) -> bool {
        self.waiting(clip).is_ok()
    }

    /// The still of a clip that has not left yet.
    pub(crate) fn poster_of_held(&self, clip: ClipId) -> Option<Vec<u8>> {
        self.waiting(clip).ok()?;
        self.shelf.poster(clip.0)
    }

    /// Stopped: it waits. Nothing of it was sent.
    pub(super) fn hold(
        &self,
        id: Uuid,
        measured: &Recovered,
        note: Option<ClipNote>,
        poster: &[u8],
        sprite: Option<(Vec<u8>, Layout)>,
    ) -> Result<(), Trouble> {
        let mut label = Label::of(&self.shelf.journal(id).map_err(anyhow::Error::from)?);
        label.measured(measured, note);
        if let Some((png, layout)) = sprite {
            self.shelf.keep_sprite(id, &png).map_err(anyhow::Error::from)?;
            label.sprite = Some(super::sprite_of(layout));
        }
        self.relabel(id, &label)?;
        self.shelf.keep_poster(id, poster).map_err(anyhow::Error::from)?;
        self.look_at_held();
        Ok(())
    }

    /// The server does not take it unless it was watched: its desk has demanded that only just now.
    pub(super) async fn hold_after_all(&self, clip: ClipId) -> Result<(), Trouble> {
        let growing = self
            .running
            .lock()
            .await
            .as_mut()
            .filter(|running| running.id == clip)
            .map(|running| running.growing.take());
        match growing.flatten() {
            Some(growing) => growing.discarded().await?,
            None => self.client.forget_upload(clip.0).await?,
        }
        let journal = self.shelf.journal(clip.0).map_err(anyhow::Error::from)?;
        let mut label = Label::of(&journal);
        (label.held, label.started) = (true, false);
        self.relabel(clip.0, &label)?;
        if journal.state == State::Finished {
            self.measure(clip.0, label, None).await?;
        }
        self.look_at_held();
        Ok(())
    }

    /// Reads from its bytes what a held clip is. Doing it twice does no harm.
    pub(super) async fn measure(
        &self,
        id: Uuid,
        mut label: Label,
        note: Option<ClipNote>,
    ) -> Result<(), Trouble> {
        let shelf = self.shelf.clone();
        let recovered = tokio::task::spawn_blocking(move || shelf.recover(id));
        let recovered = recovered.await.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
        label.measured(&recovered, note);
        self.relabel(id, &label)
    }

    fn waiting(&self, clip: ClipId) -> Result<(Journal, Label), Trouble> {
        let gone = || Trouble::refused(Code::Unknown, "no such clip waits here");
        let journal = self.shelf.journal(clip.0).map_err(|_| gone())?;
        let label = Label::of(&journal);
        let me = self.client.person();
        let waits = journal.state == State::Finished && label.held && me.is_some() && label.is_of(me);
        if waits { Ok((journal, label)) } else { Err(gone()) }
    }

    pub(super) fn relabel(&self, id: Uuid, label: &Label) -> Result<(), Trouble> {
        Ok(self.shelf.note(id, label.to_value()).map_err(anyhow::Error::from)?)
    }
}
