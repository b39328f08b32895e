//! A picture and a clip in one message, whole and with everything that the server makes of them.

use deskside_protocol::{
    Entity, EntityRef,
    command::{Say, StartClip, StopClip},
    id::{AttachmentId, ClipId, MessageId, RequestId},
    values::{AttachmentState, ClipState, NewAttachment},
};
use reqwest::Method;

use super::{Person, png, recording, within};

/// What is shown, and where it is fetched.
pub struct Shown {
    pub message: MessageId,
    pub picture: AttachmentId,
    pub clip: ClipId,
}

impl Shown {
    /// `by`, who follows the feed, shows both in the thread with these words.
    pub async fn in_thread(by: &mut Person, request: RequestId, words: &str) -> Self {
        let shown =
            Self { message: MessageId::fresh(), picture: AttachmentId::fresh(), clip: ClipId::fresh() };
        let clip = shown.clip;
        by.does(StartClip {
            clip,
            request: None,
            width: 64,
            height: 48,
            sound: false,
            in_browser: false,
            reviewed: false,
            system_sound: false,
        })
        .await;
        let poster = by.http(Method::PUT, &format!("/api/v1/clips/{clip}/poster"));
        let poster = poster.header("content-type", "image/png").body(png(320, 200)).send();
        assert_eq!(within("the poster", poster).await.expect("answers").status(), 204);
        let upload = by.begins_upload("clip", clip.0, None).await;
        let bytes = recording(2).concat();
        by.uploads(&upload, 0, &bytes).await;
        by.ends_upload(&upload, bytes.len() as u64).await;
        by.does(StopClip { clip, note: None }).await;

        let bytes = png(900, 300);
        let picture = NewAttachment {
            id: shown.picture,
            name: "screen.png".into(),
            mime: "image/png".into(),
            size: bytes.len() as u64,
            width: 900,
            height: 300,
        };
        let (text, attachments) = (words.into(), vec![picture]);
        by.does(Say {
            request,
            message: shown.message,
            text,
            readable_ibans: Vec::new(),
            mentions: Default::default(),
            attachments,
            clip: Some(clip),
            moment: None,
        })
        .await;
        let upload = by.begins_upload("attachment", shown.picture.0, Some(bytes.len() as u64)).await;
        by.uploads(&upload, 0, &bytes).await;
        by.hears_until("picture and clip to be whole", |by| shown.states(by) == Some(WHOLE)).await;
        shown
    }

    /// Where both stand, as `person` has heard.
    pub fn states(&self, person: &Person) -> Option<(AttachmentState, ClipState)> {
        let picture = person.replica.get(&EntityRef::Attachment(self.picture))?;
        let clip = person.replica.get(&EntityRef::Clip(self.clip))?;
        match (picture, clip) {
            (Entity::Attachment(picture), Entity::Clip(clip)) => Some((picture.state, clip.state)),
            _ => None,
        }
    }

    /// Every address that serves something of them.
    pub fn addresses(&self) -> [String; 4] {
        let (picture, clip) = (self.picture, self.clip);
        [
            format!("/media/attachment/{picture}"),
            format!("/media/attachment/{picture}?thumb"),
            format!("/media/clip/{clip}"),
            format!("/media/clip/{clip}/poster"),
        ]
    }

    /// What `person` is answered at each of them.
    pub async fn answers(&self, person: &Person) -> [u16; 4] {
        let mut answers = [0; 4];
        for (answer, address) in answers.iter_mut().zip(self.addresses()) {
            *answer = person.get(&address).await.status().as_u16();
        }
        answers
    }
}

const WHOLE: (AttachmentState, ClipState) = (AttachmentState::Stored, ClipState::Finished);
