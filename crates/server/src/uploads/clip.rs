//! A clip's bytes: followed as they grow, finished as far as they go. Finishing is a pure function of the
//! bytes, so it is done again after a crash or when more came, and gives the same.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use deskside_clip::{Finished, Layout, Scan, Unplayable};
use deskside_domain::{
    Key, Time,
    clip::{Clip, ClipCodec, ClipState, Conversion, SILENT_AFTER},
    command::System,
    id::ClipId,
    time::SECOND,
};
use deskside_frame::Codec;
use deskside_ports::{Blobs, blobs::Upload, bus::Hint};
use deskside_protocol::{Mirror, feed::FromServer};
use sha2::{Digest, Sha256};

use crate::{
    decisions::{OF_CLIP, POSTER, PREFIX, erase, erase_clip},
    parts::Shared,
};

/// Viewers read "recorder silent" after this long.
const HUSH_AFTER: i64 = 2 * SECOND;
/// Bytes read at once while following; most of a clip is hopped over.
const READ: u64 = 16 * 1024;

/// What finishing made of a clip's bytes, as kept in the blob `ID.prefix`: three numbers, then the prefix.
#[derive(Clone, Debug)]
pub(crate) struct Prefix {
    pub layout: Layout,
    /// How many bytes there were: with more, it is finished anew.
    pub of: u64,
    pub bytes: Bytes,
}

impl Prefix {
    pub(super) fn pack(finished: Finished, of: u64) -> Bytes {
        let mut blob = BytesMut::with_capacity(24 + finished.prefix.len());
        blob.put_u64(finished.body);
        blob.put_u64(finished.cut);
        blob.put_u64(of);
        blob.put_slice(&finished.prefix);
        blob.freeze()
    }

    fn unpack(mut blob: Bytes) -> Option<Self> {
        if blob.len() < 24 {
            return None;
        }
        let (body, cut, of) = (blob.get_u64(), blob.get_u64(), blob.get_u64());
        Some(Self { layout: Layout { prefix: blob.len() as u64, body, cut }, of, bytes: blob })
    }

    /// Names exactly these bytes: recorded ones never change, the rest is hashed.
    pub fn etag(&self, clip: ClipId) -> String {
        let hash: [u8; 32] = Sha256::digest(&self.bytes).into();
        format!("\"{}-{:x}-{}\"", clip.0.simple(), self.layout.cut, crate::secret::hex(&hash[..8]))
    }
}

/// Begins bytes under that name which are made here of the clip's own, as if its recorder sent them; the writer's token.
pub(super) async fn begin(blobs: &dyn Blobs, name: &str, row: &Clip, now: Time) -> anyhow::Result<u64> {
    let upload = Upload {
        name: name.to_owned(),
        kind: "clip".into(),
        owner: row.recorder.to_string(),
        length: None,
        offset: 0,
        touched_at: now,
        closed: false,
    };
    blobs.create(upload).await?;
    blobs.take_writer(name).await
}

/// The finished prefix of a clip's bytes of that name, if they were ever finished.
pub(crate) async fn prefix(blobs: &dyn Blobs, name: &str) -> anyhow::Result<Option<Prefix>> {
    Ok(blobs.get(&format!("{name}{PREFIX}")).await?.and_then(Prefix::unpack))
}

/// A clip that is being recorded, as the watch follows it.
pub(super) struct Growing {
    clip: ClipId,
    scan: Scan,
    /// When the last byte came, or the clip began.
    touched_at: Time,
    /// Bytes when viewers were last told.
    told: Option<u64>,
    hushed: bool,
    /// Whether the row knows that it fell silent.
    silent: bool,
    /// Bytes of which the row knows how far they play.
    reckoned: u64,
    /// It is whole: only what is made of it is followed.
    is_over: bool,
    /// When a cut or a conversion that failed is tried again.
    again_at: Option<Time>,
}

impl Growing {
    pub fn new(clip: ClipId) -> Self {
        let touched_at = Time(i64::MIN);
        Self {
            clip,
            scan: Scan::new(),
            touched_at,
            told: None,
            hushed: false,
            silent: false,
            reckoned: 0,
            is_over: false,
            again_at: None,
        }
    }

    /// When it has to be looked at again if no byte comes.
    pub fn look_at(&self) -> Option<Time> {
        if self.is_over {
            return self.again_at;
        }
        match (self.silent, self.hushed) {
            (true, _) => None,
            (false, true) => Some(self.touched_at.plus(SILENT_AFTER)),
            (false, false) => Some(self.touched_at.plus(HUSH_AFTER)),
        }
    }

    /// Looks at row and bytes and does what follows. False: nothing is left to be followed.
    pub async fn look(&mut self, server: &Shared) -> anyhow::Result<bool> {
        let name = self.clip.to_string();
        let state = server.parts.store.row(&Key::Clip(self.clip)).await?;
        let upload = server.parts.blobs.upload(&name).await?;
        let Ok(row) = state.clip(self.clip) else { return Ok(false) };
        if row.is_gone() {
            erase_clip(&*server.parts.blobs, self.clip, row.version).await?;
            return Ok(false);
        }
        if let Some(upload) = &upload
            && upload.owner != row.recorder.to_string()
        {
            tracing::warn!(clip = %self.clip, "the uploader is not the recorder");
            erase(&*server.parts.blobs, &name, OF_CLIP).await?;
            return Ok(false);
        }
        if row.state == ClipState::Finished {
            // Finished by its expiry clock while the upload was open: it takes no more.
            if upload.as_ref().is_some_and(|upload| !upload.closed) {
                server.parts.blobs.close(&name).await?;
            }
            self.is_over = true;
            self.again_at = None;
            if !row.cutting.is_empty() {
                self.again_at = server.watch.cut(server, self.clip);
            } else if row.conversion == Conversion::Asked {
                self.again_at = server.watch.convert(server, row);
            } else {
                return Ok(false);
            }
            return Ok(true);
        }
        let bytes = upload.as_ref().map_or(0, |upload| upload.offset);
        self.touched_at =
            self.touched_at.max(upload.as_ref().map_or(row.started_at, |upload| upload.touched_at));
        self.scan_to(server, &name, bytes).await?;

        let quiet = server.now().since(self.touched_at);
        if row.state == ClipState::Interrupted {
            let known = prefix(&*server.parts.blobs, &name).await?.map_or(0, |prefix| prefix.of);
            self.reckoned = self.reckoned.max(known);
            if bytes <= self.reckoned {
                self.silent = true;
                return Ok(true);
            }
            // Bytes that came long ago (a server that was down saw none) are reckoned below: nobody is back.
            if quiet < SILENT_AFTER {
                server.decisions.system(System::ClipAwake { clip: self.clip }).await?;
            }
            self.silent = false;
        }
        let whole = upload.as_ref().is_some_and(|upload| upload.length == Some(upload.offset));
        if row.state == ClipState::Stopped && whole {
            self.finish(server, &name, bytes).await?;
            return Ok(false);
        }
        if self.told != Some(bytes) {
            // More came: whoever was told of silence is told of this.
            self.hushed = quiet >= HUSH_AFTER;
            self.silent = false;
            self.tell(server, bytes);
        } else if quiet >= HUSH_AFTER && !self.hushed {
            self.hushed = true;
            self.tell(server, bytes);
        }
        if quiet >= SILENT_AFTER && !self.silent {
            self.silent(server, row, &name, upload.as_ref()).await?;
        }
        Ok(true)
    }

    fn tell(&mut self, server: &Shared, bytes: u64) {
        self.told = Some(bytes);
        server.parts.bus.say(Hint::Fleeting(FromServer::ClipGrows {
            clip: Mirror::from_domain(self.clip),
            kept_ms: self.kept_ms(),
            bytes,
            silent: self.hushed,
        }));
    }

    /// It is playable from now on as far as it came.
    async fn silent(
        &mut self,
        server: &Shared,
        row: &Clip,
        name: &str,
        upload: Option<&Upload>,
    ) -> anyhow::Result<()> {
        let of = upload.map_or(0, |upload| upload.offset);
        let (duration_ms, bytes) = match self.keep_prefix(server, name, of).await? {
            Ok(layout) => (self.kept_ms(), layout.total()),
            Err(_) => (0, 0),
        };
        tracing::info!(clip = %self.clip, state = ?row.state, duration_ms, "a recorder fell silent");
        server
            .decisions
            .system(System::ClipSilent { clip: self.clip, duration_ms, bytes, codec: self.codec() })
            .await?;
        self.silent = true;
        self.reckoned = of;
        Ok(())
    }

    async fn finish(&mut self, server: &Shared, name: &str, of: u64) -> anyhow::Result<()> {
        let clip = self.clip;
        let commands = match self.keep_prefix(server, name, of).await? {
            Ok(layout) => {
                let poster = server.parts.blobs.get(&format!("{name}{POSTER}")).await?.is_some();
                let (duration_ms, bytes) = (self.kept_ms(), layout.total());
                vec![System::ClipFinished { clip, duration_ms, bytes, codec: self.codec(), poster }]
            }
            // Nothing was kept: abandoning it leaves a tombstone and erases the bytes.
            Err(unplayable) => {
                tracing::warn!(%clip, %unplayable, "a clip can't be finished");
                let silent = System::ClipSilent { clip, duration_ms: 0, bytes: 0, codec: None };
                vec![silent, System::ClipAbandoned { clip }]
            }
        };
        server.parts.blobs.close(name).await?;
        for command in commands {
            server.decisions.system(command).await?;
        }
        server.metrics.clips_finished_total.add(1);
        Ok(())
    }

    async fn keep_prefix(
        &mut self,
        server: &Shared,
        name: &str,
        of: u64,
    ) -> anyhow::Result<Result<Layout, Unplayable>> {
        let finished = match self.scan.finish() {
            Ok(finished) => finished,
            Err(unplayable) => return Ok(Err(unplayable)),
        };
        let layout = finished.layout();
        server.parts.blobs.put(&format!("{name}{PREFIX}"), Prefix::pack(finished, of)).await?;
        Ok(Ok(layout))
    }

    async fn scan_to(&mut self, server: &Shared, name: &str, end: u64) -> anyhow::Result<()> {
        while self.scan.position() < end && self.scan.fault().is_none() {
            let start = self.scan.position();
            let bytes = server.parts.blobs.read(name, start, end.min(start + READ)).await?;
            if bytes.is_empty() {
                break;
            }
            self.scan.push(&bytes);
            self.scan.skip(end.saturating_sub(self.scan.position()));
        }
        Ok(())
    }

    /// Milliseconds kept in whole clusters.
    pub fn kept_ms(&self) -> u32 {
        self.scan.kept().as_duration().as_millis().try_into().unwrap_or(u32::MAX)
    }

    /// How its pictures are coded, once its tracks are described.
    fn codec(&self) -> Option<ClipCodec> {
        match self.scan.tracks()?.video.codec {
            Codec::Vp8 => Some(ClipCodec::Vp8),
            Codec::Vp9 => Some(ClipCodec::Vp9),
            Codec::Av1 => Some(ClipCodec::Av1),
            _ => None,
        }
    }

    /// Where a player that comes late begins: the bytes that initialise it, and the newest place to join.
    pub fn join(&self) -> Option<(u64, u64)> {
        Some((self.scan.body()?, self.scan.latest_keyframe()?.offset))
    }
}
