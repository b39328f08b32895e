//! Words in a thread, with pictures, files, a clip or a moment of one, and what they do to the request.
//!
//! A helper who writes to a request that nobody has becomes its owner, whether the words are an answer, a
//! question or a remark: otherwise the desk would go on ringing about somebody who is being helped. A remark
//! to a request that has an owner changes nothing but the thread.

use crate::{
    Read, Refusal, Row, Time,
    attachment::{ALLOWED, Attachment, AttachmentState, MAX_PER_MESSAGE, MAX_SIZE},
    clip::{Clip, ClipState},
    command::{Answer, AskBack, DeleteMessage, NewAttachment, Say, System},
    decide::{Change, Decide, attachment, clip, mention, request, words},
    id::{AttachmentId, ClipId, MessageId, RequestId},
    mention::{Mentions, NewMentions},
    message::{Message, MessageKind, Moment},
    person::Person,
    request::{Request, RequestState},
    row::Key,
};

/// The clock that erases a picture, file or clip.
pub(crate) const EXPIRY: &str = "expiry";
/// A player counts in fractions of a second, and may end a little later than the clip, in milliseconds.
const ROUNDED: u32 = 100;
/// Longest side of a picture in pixels, as far as its sender says.
const MAX_SIDE: u32 = 32_768;

/// What a message brings.
pub(crate) struct Contents<'a> {
    pub message: MessageId,
    pub text: &'a str,
    pub readable_ibans: &'a [String],
    pub mentions: &'a NewMentions,
    pub attachments: &'a [NewAttachment],
    pub clip: Option<ClipId>,
    pub moment: Option<Moment>,
}

impl Contents<'_> {
    pub fn reads(&self) -> Vec<Read> {
        let mut keys = vec![Key::Org, Key::Message(self.message)];
        keys.extend(self.attachments.iter().map(|new| Key::Attachment(new.id)));
        keys.extend(self.clip.map(Key::Clip));
        keys.extend(self.moment.map(|moment| Key::Clip(moment.clip)));
        let mut reads: Vec<Read> = keys.into_iter().map(Read::Row).collect();
        reads.extend(mention::reads(self.mentions));
        reads
    }

    fn brings_media(&self) -> bool {
        !self.attachments.is_empty() || self.clip.is_some()
    }
}

macro_rules! words {
    ($($command:ident: $kind:expr;)+) => {$(
        impl Decide for $command {
            fn reads(&self) -> Vec<Read> {
                let mut reads = self.contents().reads();
                reads.extend([Read::Row(Key::Request(self.request)), Read::OwnerOf(self.request)]);
                reads
            }

            fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
                add(change, by, self.request, &self.contents(), $kind)
            }
        }

        impl $command {
            fn contents(&self) -> Contents<'_> {
                Contents {
                    message: self.message,
                    text: &self.text,
                    readable_ibans: &self.readable_ibans,
                    mentions: &self.mentions,
                    attachments: &self.attachments,
                    clip: self.clip,
                    moment: self.moment,
                }
            }
        }
    )+};
}

words! {
    Say: MessageKind::Said;
    Answer: MessageKind::Answered;
    AskBack: MessageKind::AskedBack;
}

/// Adds words or media of `by` to a thread and does to the request what they mean.
pub(crate) fn add(
    change: &mut Change<'_>,
    by: &Person,
    request: RequestId,
    contents: &Contents<'_>,
    kind: MessageKind,
) -> Result<(), Refusal> {
    let mut request = change.request_seen(by, request)?;
    let kind = if request.is_asked_by(by.id) {
        if kind != MessageKind::Said {
            return Err(Refusal::NotAllowed("somebody other than the asker"));
        }
        asker_speaks(change, by, &mut request, contents.brings_media())?;
        kind
    } else {
        helper_speaks(change, by, &mut request, kind)?
    };
    write(change, by, &mut request, contents, kind)?;
    request::touch(change, &mut request);
    change.put(Row::Request(request));
    Ok(())
}

fn asker_speaks(
    change: &mut Change<'_>,
    by: &Person,
    request: &mut Request,
    media: bool,
) -> Result<(), Refusal> {
    match request.state {
        RequestState::Withdrawn | RequestState::Merged => return Err(Refusal::RequestClosed),
        RequestState::Solved => request::reopen(change, by, request)?,
        RequestState::WaitingAsker | RequestState::Answered => request.back_to_helpers(),
        RequestState::Open | RequestState::Accepted | RequestState::WaitingOther => {}
    }
    if media {
        request.clip_wanted_by = None;
    }
    Ok(())
}

/// Answers with the kind the words have: after *solved* an answer is a remark, for it asks nothing any more.
fn helper_speaks(
    change: &Change<'_>,
    by: &Person,
    request: &mut Request,
    kind: MessageKind,
) -> Result<MessageKind, Refusal> {
    let closed = request.archived || matches!(request.state, RequestState::Withdrawn | RequestState::Merged);
    if closed || (!request.is_open() && kind == MessageKind::AskedBack) {
        return Err(Refusal::RequestClosed);
    }
    request.first_response_at.get_or_insert(change.now);
    if !request.is_open() {
        return Ok(MessageKind::Said);
    }
    request.taken_by_if_unclaimed(by.id);
    if request.owner == Some(by.id) {
        // This is the update that was owed; the next one is owed anew.
        request.care.next_update_by = None;
    }
    match kind {
        MessageKind::Answered => {
            request.state = RequestState::Answered;
            request.answered_at = Some(change.now);
        }
        MessageKind::AskedBack => request.state = RequestState::WaitingAsker,
        _ => {}
    }
    Ok(kind)
}

/// Writes the message and the rows of what it brings. The caller stores the request.
pub(crate) fn write(
    change: &mut Change<'_>,
    by: &Person,
    request: &mut Request,
    contents: &Contents<'_>,
    kind: MessageKind,
) -> Result<(), Refusal> {
    change.is_free(&Key::Message(contents.message))?;
    let text = words::thread(change.state, "text", contents.text, words::TEXT, contents.readable_ibans)?;
    if text.is_empty() && !contents.brings_media() {
        return Err(Refusal::Empty("text"));
    }
    if contents.attachments.len() > MAX_PER_MESSAGE {
        return Err(Refusal::TooLong { field: "attachments", limit: MAX_PER_MESSAGE as u64 });
    }
    let expires_at = request::media_expires_at(request, change.state.org()?);
    for new in contents.attachments {
        change.is_free(&Key::Attachment(new.id))?;
        let row = attached(change, by, request, new)?;
        change.put(Row::Attachment(row));
        if let Some(at) = expires_at {
            attachment_expires(change, new.id, at);
        }
    }
    if let Some(clip) = contents.clip {
        let clip = clip::shown_by(change, by, request, clip)?;
        match expires_at {
            Some(at) => clip_expires(change, clip.id, at),
            None => change.not_due(Key::Clip(clip.id), EXPIRY),
        }
        change.put(Row::Clip(clip));
    }
    if let Some(moment) = contents.moment {
        let clip = change.clip_seen(by, moment.clip)?;
        if !is_of_thread(&clip, request, contents) || !has_moment(&clip, moment) {
            return Err(Refusal::WrongState("clip"));
        }
    }
    change.put(Row::Message(Message {
        id: contents.message,
        request: request.id,
        author: Some(by.id),
        kind,
        text,
        attachments: contents.attachments.iter().map(|new| new.id).collect(),
        clip: contents.clip,
        moment: contents.moment,
        mentions: mention::told(change, by, request, contents.mentions)?,
        at: change.now,
        deleted: false,
    }));
    Ok(())
}

fn is_of_thread(clip: &Clip, request: &Request, contents: &Contents<'_>) -> bool {
    !clip.is_gone() && (clip.request == Some(request.id) || contents.clip == Some(clip.id))
}

/// Whether this is a moment of the clip as it is now. While it is being cut nobody knows where the moment will be, and one
/// of an earlier version lies elsewhere or was cut out, with the picture that was drawn on it.
fn has_moment(clip: &Clip, moment: Moment) -> bool {
    // What is still on its way has no length yet.
    let end = if clip.state == ClipState::Finished { clip.duration_ms } else { u32::MAX };
    clip.cutting.is_empty() && moment.version == clip.version && moment.at_ms <= end.saturating_add(ROUNDED)
}

fn attached(
    change: &Change<'_>,
    by: &Person,
    request: &Request,
    new: &NewAttachment,
) -> Result<Attachment, Refusal> {
    let name = words::name("attachment name", &new.name, 2 * words::NAME)?;
    if name.contains(['/', '\\']) {
        return Err(Refusal::Invalid { field: "attachment name", why: "a path" });
    }
    let name = words::own_line(change.state, "attachment name", &name)?;
    if !ALLOWED.contains(&new.mime.as_str()) {
        return Err(Refusal::Invalid { field: "attachment", why: "a type that may not be attached" });
    }
    if new.size == 0 {
        return Err(Refusal::Empty("attachment"));
    }
    if new.size > MAX_SIZE {
        return Err(Refusal::TooLong { field: "attachment", limit: MAX_SIZE });
    }
    let is_picture = new.mime.starts_with("image/");
    if is_picture && new.width.max(new.height) > MAX_SIDE {
        return Err(Refusal::TooLong { field: "picture", limit: u64::from(MAX_SIDE) });
    }
    Ok(Attachment {
        id: new.id,
        request: request.id,
        owner: by.id,
        name,
        mime: new.mime.clone(),
        size: new.size,
        width: if is_picture { new.width } else { 0 },
        height: if is_picture { new.height } else { 0 },
        state: AttachmentState::Awaited,
        at: change.now,
    })
}

pub(crate) fn attachment_expires(change: &mut Change<'_>, id: AttachmentId, at: Time) {
    let command = System::MediaExpired { attachment: Some(id), clip: None };
    change.due(Key::Attachment(id), EXPIRY, at, command);
}

pub(crate) fn clip_expires(change: &mut Change<'_>, id: ClipId, at: Time) {
    change.due(Key::Clip(id), EXPIRY, at, System::MediaExpired { attachment: None, clip: Some(id) });
}

impl Decide for DeleteMessage {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Message(self.message)), Read::ShownBy(self.message)]
    }

    /// The words and what came with them go; the place stays, so that the thread still makes sense.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut message = change.message_seen(by, self.message)?;
        if message.author != Some(by.id) {
            return Err(Refusal::NotAllowed("its author deletes it"));
        }
        if matches!(message.kind, MessageKind::Event(_)) {
            return Err(Refusal::NotAllowed("what happened stays on the timeline"));
        }
        if message.deleted {
            return Ok(());
        }
        for id in &message.attachments {
            let row = change.state.attachment(*id)?.clone();
            attachment::erase(change, row, AttachmentState::Deleted);
        }
        if let Some(id) = message.clip {
            let row = change.state.clip(id)?.clone();
            if row.recorder == by.id {
                clip::erase(change, row, ClipState::Deleted);
            }
        }
        if message.kind == MessageKind::Asked {
            let mut request = change.request_seen(by, message.request)?;
            request.text = String::new();
            change.put(Row::Request(request));
        }
        message.text = String::new();
        message.moment = None;
        message.mentions = Mentions::default();
        message.deleted = true;
        change.put(Row::Message(message));
        Ok(())
    }
}
