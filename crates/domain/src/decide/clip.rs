//! Clips: from the first frame to finish, discard or expiry.
//!
//! A clip shows in a thread through a message. One that was started for a request is shown there by Stop
//! itself, in a message of its recorder that counts like words; one started without stays its recorder's until
//! a message or `AttachClip` shows it. Nobody's clip is lost because its recorder was: an interrupted one
//! that nobody goes on with for seven days is finished as far as it came, and stays its recorder's.

use crate::{
    Read, Refusal, Row,
    attachment::AttachmentState,
    clip::{Clip, ClipCodec, ClipNote, ClipPart, ClipState, Conversion, OPEN_FOR, Sprite},
    command::{
        AttachClip, ConvertClip, CutClip, DeleteClip, DiscardClip, LetWatch, StartClip, StopClip, System,
    },
    decide::{
        Change, Decide, Effect, attachment,
        message::{self, Contents, EXPIRY, clip_expires},
        request,
    },
    id::ClipId,
    mention::NewMentions,
    message::{MessageKind, Moment},
    person::Person,
    request::{Request, RequestState},
    row::Key,
    time::DAY,
};

/// The clock of a clip whose last bytes have not come.
const OPEN: &str = "open";
/// Longest side in pixels: what VP9 and AV1 level 6.2 can show.
const MAX_SIDE: u32 = 16_384;
/// Most parts that a cut leaves.
const MOST_STRETCHES: usize = 50;
/// Most people let in to watch before Stop.
const MOST_WATCHERS: usize = 20;

impl Decide for StartClip {
    fn reads(&self) -> Vec<Read> {
        let mut reads = vec![Read::Row(Key::Org), Read::Row(Key::Clip(self.clip))];
        reads.extend(self.request.map(|request| Read::Row(Key::Request(request))));
        reads
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        change.is_free(&Key::Clip(self.clip))?;
        if self.in_browser && !change.state.org()?.browser_clips {
            return Err(Refusal::NotAllowed("an admin, to let browsers record"));
        }
        if self.width == 0 || self.height == 0 {
            return Err(Refusal::Empty("clip"));
        }
        if self.width.max(self.height) > MAX_SIDE {
            return Err(Refusal::TooLong { field: "clip", limit: u64::from(MAX_SIDE) });
        }
        if let Some(request) = self.request {
            let request = change.request_seen(by, request)?;
            if request.archived || matches!(request.state, RequestState::Withdrawn | RequestState::Merged) {
                return Err(Refusal::RequestClosed);
            }
            takes(change, &request, self.reviewed, self.system_sound)?;
        } else if self.system_sound {
            // For whom it is may still be anybody: only a desk can want it.
            return Err(Refusal::NoSystemSound);
        }
        change.put(Row::Clip(Clip {
            id: self.clip,
            recorder: by.id,
            request: self.request,
            state: ClipState::Recording,
            width: self.width,
            height: self.height,
            sound: self.sound,
            started_at: change.now,
            duration_ms: 0,
            bytes: 0,
            watchers: Vec::new(),
            note: None,
            poster: false,
            version: 1,
            cutting: Vec::new(),
            reviewed: self.reviewed,
            system_sound: self.system_sound,
            sprite: None,
            codec: None,
            conversion: Conversion::Unasked,
        }));
        Ok(())
    }
}

impl Decide for AttachClip {
    fn reads(&self) -> Vec<Read> {
        vec![
            Read::Row(Key::Org),
            Read::Row(Key::Clip(self.clip)),
            Read::Row(Key::Request(self.request)),
            Read::OwnerOf(self.request),
            Read::MessagesOfClip(self.clip),
        ]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let clip = own(change, by, self.clip)?;
        if clip.request == Some(self.request) && is_in_thread(change, &clip) {
            return Ok(());
        }
        // One that was begun for this very request was taken then.
        let is_known = clip.request == Some(self.request);
        takes(
            change,
            &change.request_seen(by, self.request)?,
            clip.reviewed || is_known,
            clip.system_sound && !is_known,
        )?;
        show_in_thread(change, by, &clip, self.request)
    }
}

impl Decide for LetWatch {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Clip(self.clip)), Read::Row(Key::Person(self.person))]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut clip = own(change, by, self.clip)?;
        if !self.watch {
            clip.watchers.retain(|person| *person != self.person);
            change.put(Row::Clip(clip));
            return Ok(());
        }
        change.active_person(self.person)?;
        if !matches!(clip.state, ClipState::Recording | ClipState::Interrupted) {
            return Err(Refusal::WrongState("clip"));
        }
        if self.person == by.id || clip.watchers.contains(&self.person) {
            return Ok(());
        }
        if clip.watchers.len() >= MOST_WATCHERS {
            return Err(Refusal::TooLong { field: "watchers", limit: MOST_WATCHERS as u64 });
        }
        clip.watchers.push(self.person);
        change.put(Row::Clip(clip));
        Ok(())
    }
}

impl Decide for StopClip {
    fn reads(&self) -> Vec<Read> {
        system_reads(self.clip)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let clip = own(change, by, self.clip)?;
        match clip.state {
            ClipState::Recording | ClipState::Interrupted => {}
            ClipState::Stopped | ClipState::Finished => return Ok(()),
            ClipState::Discarded | ClipState::Deleted | ClipState::Expired => {
                return Err(Refusal::WrongState("clip"));
            }
        }
        let note = self.note.or(clip.note);
        // Should its last bytes never come, it ends as far as it came.
        let abandoned = System::ClipAbandoned { clip: self.clip };
        change.due(Key::Clip(self.clip), OPEN, change.now.plus(OPEN_FOR), abandoned);
        over(change, by, Clip { state: ClipState::Stopped, note, ..clip });
        Ok(())
    }
}

impl Decide for DiscardClip {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Clip(self.clip)), Read::MessagesOfClip(self.clip)]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let clip = own(change, by, self.clip)?;
        erase_known(change, clip, ClipState::Discarded);
        Ok(())
    }
}

impl Decide for DeleteClip {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Clip(self.clip)), Read::MessagesOfClip(self.clip)]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let clip = own(change, by, self.clip)?;
        erase_known(change, clip, ClipState::Deleted);
        Ok(())
    }
}

impl Decide for CutClip {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Clip(self.clip))]
    }

    /// Says what shall be left. The bytes follow, and until then nobody sees the clip: what is cut out was perhaps never
    /// to be seen.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let clip = own(change, by, self.clip)?;
        if clip.state != ClipState::Finished || !clip.cutting.is_empty() || clip.version != self.version {
            return Err(Refusal::WrongState("clip"));
        }
        if self.keep.is_empty() {
            return Err(Refusal::Empty("what is kept"));
        }
        if self.keep.len() > MOST_STRETCHES {
            return Err(Refusal::TooLong { field: "stretches", limit: MOST_STRETCHES as u64 });
        }
        let is_in_order = self.keep.windows(2).all(|pair| pair[0].to_ms <= pair[1].from_ms);
        let are_parts =
            self.keep.iter().all(|part| part.from_ms < part.to_ms && part.from_ms < clip.duration_ms);
        if !is_in_order || !are_parts {
            return Err(Refusal::Invalid { field: "stretches", why: "parts of the clip in their order" });
        }
        change.put(Row::Clip(Clip { cutting: self.keep.clone(), ..clip }));
        Ok(())
    }
}

impl Decide for ConvertClip {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Clip(self.clip))]
    }

    /// Whoever may see it may ask; all who ask share what is made. What failed is tried anew when somebody asks for it.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let clip = change.clip_seen(by, self.clip)?;
        let is_whole = clip.state == ClipState::Finished && clip.cutting.is_empty();
        if !is_whole || clip.version != self.version || clip.codec == Some(ClipCodec::Vp9) {
            return Err(Refusal::WrongState("clip"));
        }
        if matches!(clip.conversion, Conversion::Unasked | Conversion::Failed) {
            change.put(Row::Clip(Clip { conversion: Conversion::Asked, ..clip }));
        }
        Ok(())
    }
}

/// What the commands about a clip read that may show it in its thread.
pub(crate) fn system_reads(clip: ClipId) -> Vec<Read> {
    // Everyone, because the clip may reopen its request, whose owner the command does not name.
    vec![Read::Row(Key::Org), Read::Row(Key::Clip(clip)), Read::MessagesOfClip(clip), Read::People]
}

pub(crate) fn silent(
    change: &mut Change<'_>,
    id: ClipId,
    (duration_ms, bytes): (u32, u64),
    codec: Option<ClipCodec>,
) {
    let Ok(clip) = change.state.clip(id) else { return };
    let state = match clip.state {
        ClipState::Recording | ClipState::Interrupted => ClipState::Interrupted,
        // Stop was said: others see it already, and it may not disappear when more bytes come.
        ClipState::Stopped => ClipState::Stopped,
        ClipState::Finished => return,
        ClipState::Discarded | ClipState::Deleted | ClipState::Expired => {
            return change.effect(Effect::EraseClip(id, clip.version));
        }
    };
    let after = Clip { state, duration_ms, bytes, codec, ..clip.clone() };
    if after != *clip {
        let abandoned = System::ClipAbandoned { clip: id };
        change.due(Key::Clip(id), OPEN, change.now.plus(OPEN_FOR), abandoned);
        change.put(Row::Clip(after));
    }
}

pub(crate) fn awake(change: &mut Change<'_>, id: ClipId) {
    let Ok(clip) = change.state.clip(id) else { return };
    match clip.state {
        ClipState::Interrupted => {
            change.not_due(Key::Clip(id), OPEN);
            change.put(Row::Clip(Clip { state: ClipState::Recording, ..clip.clone() }));
        }
        ClipState::Stopped => change.not_due(Key::Clip(id), OPEN),
        _ => {}
    }
}

pub(crate) fn finished(
    change: &mut Change<'_>,
    id: ClipId,
    (duration_ms, bytes): (u32, u64),
    codec: Option<ClipCodec>,
    poster: bool,
) {
    let Ok(clip) = change.state.clip(id) else { return };
    if clip.is_gone() {
        return change.effect(Effect::EraseClip(id, clip.version));
    }
    // Its length may be that of a cut by now.
    if clip.state == ClipState::Finished {
        return;
    }
    let state = ClipState::Finished;
    let after = Clip { state, duration_ms, bytes, codec, poster: poster || clip.poster, ..clip.clone() };
    finish(change, clip, after);
}

/// Its poster is there, unless the clip went on while the picture was looked at: a picture of what was cut out, or of a
/// clip that is gone, may not stay.
pub(crate) fn poster_stored(change: &mut Change<'_>, id: ClipId, version: u32) {
    let Ok(clip) = change.state.clip(id) else { return };
    if clip.is_gone() {
        return change.effect(Effect::EraseClip(id, clip.version));
    }
    if clip.version != version {
        return change.effect(Effect::PurgeClip(id, clip.version));
    }
    change.put(Row::Clip(Clip { poster: true, ..clip.clone() }));
}

/// The bytes of the new version are there: it is the clip from now on, and nothing of the old one is kept.
pub(crate) fn was_cut(
    change: &mut Change<'_>,
    id: ClipId,
    version: u32,
    kept: &[ClipPart],
    (duration_ms, bytes): (u32, u64),
) {
    let Ok(clip) = change.state.clip(id) else { return };
    if clip.is_gone() {
        return change.effect(Effect::EraseClip(id, clip.version.max(version)));
    }
    if clip.cutting.is_empty() || clip.version + 1 != version {
        return;
    }
    // The poster shows a picture of the old version, and so do the small ones: those that may stay come anew.
    let cut = Clip {
        version,
        cutting: Vec::new(),
        duration_ms,
        bytes,
        poster: false,
        sprite: None,
        conversion: Conversion::Unasked,
        ..clip.clone()
    };
    change.put(Row::Clip(cut));
    change.effect(Effect::PurgeClip(id, version));
    let comments: Vec<_> = change.state.messages().filter(|row| row.moment.is_some()).cloned().collect();
    for mut message in comments {
        let Some(moment) = message.moment.filter(|moment| moment.clip == id) else { continue };
        message.moment = ClipPart::moved(kept, moment.at_ms).map(|at_ms| Moment { version, at_ms, ..moment });
        if message.moment.is_none() {
            // What was drawn on a still of a moment shows that moment. Other files have nothing to do with it.
            for attachment in &message.attachments {
                if let Ok(row) = change.state.attachment(*attachment)
                    && row.mime.starts_with("image/")
                {
                    attachment::erase(change, row.clone(), AttachmentState::Deleted);
                }
            }
        }
        change.put(Row::Message(message));
    }
}

/// There are small pictures of this version of it.
pub(crate) fn has_sprite(change: &mut Change<'_>, id: ClipId, version: u32, sprite: Sprite) {
    let Ok(clip) = change.state.clip(id) else { return };
    if !clip.is_gone() && clip.version == version {
        change.put(Row::Clip(Clip { sprite: Some(sprite), ..clip.clone() }));
    }
}

/// There is a copy of this version for other players, or none can be made. One of a version that went meanwhile goes too.
pub(crate) fn converted(change: &mut Change<'_>, id: ClipId, version: u32, worked: bool) {
    let Ok(clip) = change.state.clip(id) else { return };
    if clip.is_gone() {
        return change.effect(Effect::EraseClip(id, clip.version));
    }
    if clip.version != version {
        return change.effect(Effect::PurgeClip(id, clip.version));
    }
    if clip.conversion == Conversion::Asked {
        let conversion = if worked { Conversion::Done } else { Conversion::Failed };
        change.put(Row::Clip(Clip { conversion, ..clip.clone() }));
    }
}

/// It stays as it was.
pub(crate) fn uncut(change: &mut Change<'_>, id: ClipId, version: u32) {
    let Ok(clip) = change.state.clip(id) else { return };
    if clip.version == version && !clip.cutting.is_empty() {
        change.put(Row::Clip(Clip { cutting: Vec::new(), ..clip.clone() }));
    }
}

/// It waited in vain for its recorder: what came is all there is.
pub(crate) fn abandoned(change: &mut Change<'_>, id: ClipId) {
    let Ok(clip) = change.state.clip(id) else { return };
    if !matches!(clip.state, ClipState::Interrupted | ClipState::Stopped) {
        return;
    }
    if clip.duration_ms == 0 {
        return erase(change, clip.clone(), ClipState::Expired);
    }
    let note = Some(ClipNote::RecorderLost);
    // Its recorder never pressed Stop: unless a message shows it already, it stays theirs, to send or to erase.
    let is_sent = clip.state == ClipState::Stopped || is_in_thread(change, clip);
    let request = clip.request.filter(|_| is_sent);
    finish(change, clip, Clip { state: ClipState::Finished, note, request, ..clip.clone() });
}

/// The organisation keeps it no longer.
pub(crate) fn expired(change: &mut Change<'_>, id: ClipId) {
    let Ok(clip) = change.state.clip(id) else { return };
    match kept_until(change, clip) {
        Some(at) if at <= change.now => erase(change, clip.clone(), ClipState::Expired),
        // The organisation keeps media longer than it did when this was planned.
        Some(at) if !clip.is_gone() => clip_expires(change, id, at),
        _ => {}
    }
}

/// The clip `id` as `by` shows it in a message of `request`.
pub(crate) fn shown_by(
    change: &Change<'_>,
    by: &Person,
    request: &Request,
    id: ClipId,
) -> Result<Clip, Refusal> {
    let clip = own(change, by, id)?;
    let is_elsewhere = clip.request.is_some_and(|other| other != request.id);
    if clip.is_gone() || is_elsewhere {
        return Err(Refusal::WrongState("clip"));
    }
    // One that was begun for this very request was taken then.
    let is_known = clip.request.is_some();
    takes(change, request, clip.reviewed || is_known, clip.system_sound && !is_known)?;
    Ok(Clip { request: Some(request.id), ..clip })
}

/// Refuses a clip that nobody watched before upload where the request's desk demands it. The client is the one that
/// keeps the bytes back (it starts no upload before Send): once they came, it would be too late to refuse them. This
/// makes the demand hold for a client that knows nothing of it, and for a clip that was recorded for another desk.
///
/// And one that holds what the computer played, unless an admin allowed that for the desk.
fn takes(change: &Change<'_>, request: &Request, reviewed: bool, system_sound: bool) -> Result<(), Refusal> {
    if !reviewed && change.state.desk(request.desk)?.review_before_upload {
        return Err(Refusal::NotReviewed);
    }
    if system_sound && change.state.desk(request.desk)?.system_sound.is_none() {
        return Err(Refusal::NoSystemSound);
    }
    Ok(())
}

/// Leaves a tombstone and has the bytes erased. What is gone already stays as it is.
pub(crate) fn erase(change: &mut Change<'_>, clip: Clip, state: ClipState) {
    if clip.is_gone() {
        return;
    }
    change.not_due(Key::Clip(clip.id), EXPIRY);
    change.not_due(Key::Clip(clip.id), OPEN);
    change.effect(Effect::EraseClip(clip.id, clip.version));
    change.put(Row::Clip(Clip {
        state,
        width: 0,
        height: 0,
        sound: false,
        system_sound: false,
        duration_ms: 0,
        bytes: 0,
        watchers: Vec::new(),
        note: None,
        poster: false,
        sprite: None,
        cutting: Vec::new(),
        codec: None,
        conversion: Conversion::Unasked,
        ..clip
    }));
}

/// Erases a clip of which all messages were read: one that no message shows leaves no trace in the thread.
fn erase_known(change: &mut Change<'_>, clip: Clip, state: ClipState) {
    let request = clip.request.filter(|_| is_in_thread(change, &clip));
    erase(change, Clip { request, ..clip }, state);
}

/// All bytes are there, or all that will ever be.
fn finish(change: &mut Change<'_>, before: &Clip, after: Clip) {
    if *before == after {
        return;
    }
    change.not_due(Key::Clip(after.id), OPEN);
    let Ok(recorder) = change.state.person(after.recorder) else { return change.put(Row::Clip(after)) };
    let after = over(change, recorder, after);
    if let Some(at) = kept_until(change, &after) {
        clip_expires(change, after.id, at);
    }
}

/// The recording is over. What was recorded for a request is shown there, unless that has closed meanwhile:
/// then the clip stays its recorder's, who can send it elsewhere.
fn over(change: &mut Change<'_>, recorder: &Person, mut clip: Clip) -> Clip {
    if let Some(request) = clip.request
        && !is_in_thread(change, &clip)
        && show_in_thread(change, recorder, &clip, request).is_err()
    {
        clip.request = None;
    }
    change.put(Row::Clip(clip.clone()));
    clip
}

fn show_in_thread(
    change: &mut Change<'_>,
    by: &Person,
    clip: &Clip,
    request: crate::id::RequestId,
) -> Result<(), Refusal> {
    let message = change.mint();
    let contents = Contents {
        message,
        text: "",
        readable_ibans: &[],
        mentions: &NewMentions::default(),
        attachments: &[],
        clip: Some(clip.id),
        moment: None,
    };
    message::add(change, by, request, &contents, MessageKind::Said)
}

fn is_in_thread(change: &Change<'_>, clip: &Clip) -> bool {
    change.state.messages().any(|row| row.clip == Some(clip.id) && Some(row.request) == clip.request)
}

/// Until when the organisation keeps it; `None` while it is recorded, or its request is open.
fn kept_until(change: &Change<'_>, clip: &Clip) -> Option<crate::Time> {
    let org = change.state.org().ok()?;
    match clip.request {
        Some(request) => request::media_expires_at(change.state.request(request).ok()?, org),
        None if clip.state == ClipState::Finished => {
            let end = clip.started_at.plus(i64::from(clip.duration_ms));
            Some(end.plus(i64::from(org.keep_media_days) * DAY))
        }
        None => None,
    }
}

fn own(change: &Change<'_>, by: &Person, id: ClipId) -> Result<Clip, Refusal> {
    let clip = change.clip_seen(by, id)?;
    if clip.recorder == by.id { Ok(clip) } else { Err(Refusal::NotAllowed("its recorder")) }
}
