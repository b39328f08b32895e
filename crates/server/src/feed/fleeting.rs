//! What is never stored: presence, typing, growing clips. The permission is asked once per frame and row,
//! and the answer taken for each socket; a frame that does not fit into a socket's queue is dropped.

use axum::extract::ws::Utf8Bytes;
use deskside_domain::{Key, Row, State, may_see, may_watch, permission::Viewer};
use deskside_ports::bus::Hint;
use deskside_protocol::{Mirror, feed::FromServer};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::Closing;
use crate::parts::Shared;

/// A frame that is never stored, with what is needed to say who may have it.
pub(super) struct Fleeting {
    /// The frame.
    pub text: Utf8Bytes,
    about: About,
}

enum About {
    /// Nothing in particular: presence.
    All,
    /// Typing in this request, by this person.
    Request(Key, deskside_domain::id::PersonId, State),
    /// This clip.
    Clip(Key, State),
}

impl Fleeting {
    /// Whether `viewer` may have it.
    pub fn is_for(&self, viewer: &Viewer) -> bool {
        match &self.about {
            About::All => true,
            About::Request(key, by, state) => {
                *by != viewer.person && state.get(key).is_some_and(|row| may_see(viewer, row, state))
            }
            About::Clip(key, state) => match state.get(key) {
                Some(Row::Clip(clip)) => may_watch(viewer, clip, state),
                _ => false,
            },
        }
    }
}

/// Takes what is said on the bus to the sockets until `stop`; also closes those whose sessions ended.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    loop {
        let hint = tokio::select! {
            hint = hints.recv() => hint,
            () = stop.cancelled() => return,
        };
        match hint {
            Ok(Hint::Fleeting(frame)) => match prepare(&server, frame).await {
                Ok(Some(frame)) => drop(server.feed.fleeting.send(frame.into())),
                Ok(None) => {}
                Err(error) => tracing::warn!(error = format!("{error:#}"), "a fleeting frame was dropped"),
            },
            Ok(Hint::Ended(person)) => server.feed.close(person, None, Closing::SignedOut),
            Ok(_) => {}
            // Sockets look at their session with every heartbeat: a lost hint costs twenty seconds.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn prepare(server: &Shared, frame: FromServer) -> anyhow::Result<Option<Fleeting>> {
    let about = match &frame {
        FromServer::Presence { .. } => About::All,
        FromServer::Typing { request, person } => {
            let key = Key::Request(request.into_domain());
            let state = server.parts.store.row(&key).await?;
            About::Request(key, person.into_domain(), state)
        }
        FromServer::ClipGrows { clip, .. } | FromServer::ClipConverts { clip, .. } => {
            let key = Key::Clip(clip.into_domain());
            let state = server.parts.store.row(&key).await?;
            About::Clip(key, state)
        }
        FromServer::Changes { .. }
        | FromServer::CaughtUp { .. }
        | FromServer::Head { .. }
        | FromServer::Reset { .. } => {
            return Ok(None);
        }
    };
    Ok(Some(Fleeting { text: serde_json::to_string(&frame)?.into(), about }))
}
