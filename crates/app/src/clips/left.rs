//! What a crash, a full disk or an ended app left behind: made whole at the next start and sent, or forgotten where it was
//! thrown away. Each step is on the clip's label before it is taken, so that ending in the middle of this loses nothing.

use deskside_client::{Trouble, UploadState};
use deskside_protocol::{
    Command, Entity, EntityRef,
    command::{DiscardClip, StopClip},
    id::{ClipId, PersonId},
    values::ClipNote,
};
use uuid::Uuid;

use super::{Clips, MIME, held::Label, is_gone};
use crate::record::{Journal, RecordError, Recovered, State};

impl Clips {
    /// Finishes what a crash left behind and sends it, unless it has to be watched first; forgets what the server has.
    /// Call when somebody is signed in: it takes up what that person recorded, and nobody else's. Answers how many
    /// clips were saved.
    pub async fn recover(&self) -> Result<usize, Trouble> {
        let shelf = self.shelf.clone();
        let (unfinished, all) = tokio::task::spawn_blocking(move || {
            Ok::<_, std::io::Error>((shelf.unfinished()?, shelf.list()?))
        })
        .await
        .map_err(anyhow::Error::from)?
        .map_err(anyhow::Error::from)?;
        let Some(me) = self.client.person() else { return Ok(0) };
        let is_mine = |journal: &&Journal| Label::of(journal).is_of(Some(me));
        let waiting = self.client.waiting().await?;
        let is_discarded = |clip: ClipId| {
            let says_so =
                |command: &Command| matches!(command, Command::DiscardClip(said) if said.clip == clip);
            waiting.iter().any(|line| says_so(&line.command))
        };
        let open = self.client.unfinished_uploads().await?;
        let open: Vec<_> = open.iter().filter(|upload| upload.state == UploadState::Growing).collect();
        // Whole, but the app ended, or its disk was full, before it was stopped for good or handed to the uploads.
        let unstopped = all.iter().filter(|journal| {
            let is_open = open.iter().any(|upload| upload.id == journal.id);
            journal.state == State::Finished && (is_open || Label::of(journal).left)
        });
        let mut saved = 0;
        for journal in unfinished.iter().chain(unstopped).filter(is_mine) {
            let clip = ClipId(journal.id);
            let row = self.client.entity(EntityRef::Clip(clip)).await?;
            if is_discarded(clip) || matches!(row, Some(Entity::Clip(row)) if is_gone(&row)) {
                self.forget(clip).await?;
                continue;
            }
            saved += usize::from(self.save(me, journal).await?);
        }
        let finished = all.iter().filter(|journal| unfinished.iter().all(|other| other.id != journal.id));
        for journal in finished.filter(is_mine) {
            let label = Label::of(journal);
            if let Some(sending) = label.sending {
                self.begin_sending(journal, label, sending).await?;
                continue;
            }
            // The app ended between the last byte and its size on the label.
            if label.held && label.size == (0, 0) && journal.state == State::Finished {
                self.measure(journal.id, label, None).await?;
                continue;
            }
            let status = self.client.upload_status(journal.id).await?;
            if status.is_some_and(|status| status.state == UploadState::Done) {
                self.client.forget_upload(journal.id).await?;
                self.shelf.forget(journal.id).map_err(anyhow::Error::from)?;
            }
        }
        // Thrown away when that could not be said: nothing lies here of it. One that is not in the replica yet is said at
        // the next start.
        for upload in open.iter().filter(|upload| !upload.path.exists()) {
            let clip = ClipId(upload.id);
            // One that begins just now has an upload before it has a file.
            let Ok(running) = self.running.try_lock() else { break };
            if running.is_none()
                && let Some(Entity::Clip(row)) = self.client.entity(EntityRef::Clip(clip)).await?
            {
                if !is_gone(&row) && !is_discarded(clip) {
                    self.client.keep(Uuid::now_v7(), DiscardClip { clip }.into()).await?;
                }
                self.client.forget_upload(upload.id).await?;
            }
        }
        self.look_at_held();
        Ok(saved)
    }

    /// Makes `me`'s clip whole and hands it over, step by step on its label: `me` may sign out at any moment, and the app
    /// may end.
    async fn save(&self, me: PersonId, journal: &Journal) -> Result<bool, Trouble> {
        let id = journal.id;
        let clip = ClipId(id);
        let shelf = self.shelf.clone();
        let mut label = Label::of(journal);
        if journal.state == State::Recording && !label.held {
            label.left = true;
            self.relabel(id, &label)?;
        }
        let recovered = match tokio::task::spawn_blocking(move || shelf.recover(id))
            .await
            .map_err(anyhow::Error::from)?
        {
            Ok(recovered) => recovered,
            Err(error @ RecordError::Unplayable(_)) => {
                tracing::info!(%error, %id, "a crash left an empty recording");
                self.client.forget_upload(id).await?;
                if label.started {
                    self.client.keep_for(me, Uuid::now_v7(), DiscardClip { clip }.into()).await?;
                }
                self.shelf.forget(id).map_err(anyhow::Error::from)?;
                return Ok(false);
            }
            // It stays where it is and is tried again at the next start.
            Err(error) => {
                tracing::error!(%error, %id, "a clip could not be finished");
                return Ok(false);
            }
        };
        if label.held {
            label.measured(&recovered, Some(ClipNote::RecorderLost));
            self.relabel(id, &label)?;
            return Ok(true);
        }
        if !label.started {
            let Recovered { width, height, sound, .. } = recovered;
            let start = label.start(clip, (width, height), sound);
            self.client.keep_for(me, Uuid::now_v7(), start.into()).await?;
            label.started = true;
            self.relabel(id, &label)?;
        }
        let path = self.shelf.clip(id);
        let head = path.with_extension("prefix");
        if self.client.upload_status(id).await?.is_none() {
            self.client.upload_left(me, id, MIME, path, Some(head)).await?;
        }
        let note = label.left.then_some(ClipNote::RecorderLost);
        self.client.keep_for(me, Uuid::now_v7(), StopClip { clip, note }.into()).await?;
        self.client.upload_recovered(id, recovered.bytes).await?;
        label.left = false;
        self.relabel(id, &label)?;
        Ok(true)
    }
}
