//! Asking the desktop's portal for a screen, and keeping what it granted for as long as it is used.
//!
//! The conversation has a thread and a bus connection of its own: what was granted ends with that connection, so a
//! recorder that dies leaves nothing shared, and a bus that died once is not remembered.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use ashpd::desktop::screencast::{CursorMode, Screencast, SelectSourcesOptions, SourceType};
use ashpd::desktop::{PersistMode, ResponseError, Session};
use ashpd::{Error, zbus};
use futures_lite::{StreamExt as _, future};
use tokio::sync::oneshot;

use super::stream::{End, Shared};
use crate::CaptureError;

/// Until the desktop has put its question, or found that it need not.
const ANSWERS: Duration = Duration::from_secs(30);
/// For somebody to answer it.
const DECIDES: Duration = Duration::from_secs(90);
/// Tokens exist from this version of the portal on.
const TOKENS: u32 = 4;

/// What the desktop granted.
pub struct Granted {
    /// Where PipeWire is to be talked to: only what was granted can be seen there.
    pub remote: Option<OwnedFd>,
    /// The picture's node there.
    pub node: u32,
    /// For the next recording.
    pub token: Option<String>,
    /// Whether the pointer is drawn into the picture.
    pub pointer: bool,
}

/// A conversation that goes on until it is dropped: then nothing is shared any more.
pub struct Portal {
    _over: oneshot::Sender<()>,
}

enum Said {
    /// The question is put.
    Asked,
    /// And answered.
    Answered(Result<Granted, CaptureError>),
}

/// Whether this desktop can be asked to share a screen; tells why not.
pub fn offers() -> Result<(), CaptureError> {
    let (done, over) = oneshot::channel::<()>();
    let (say, said) = channel();
    let asked = async move {
        let connection = zbus::Connection::session().await.map_err(no_bus)?;
        let portal = Screencast::with_connection(connection).await.map_err(wrong)?;
        let sources = portal.available_source_types().await.map_err(wrong)?;
        if sources.is_empty() {
            return Err(CaptureError::NoPortal("its portal shares no screen".to_owned()));
        }
        Ok(())
    };
    spawn(async move {
        let asked = future::or(async { Some(asked.await) }, async {
            let _ = over.await;
            None
        });
        if let Some(answer) = asked.await {
            let _ = say.send(answer);
        }
    })?;
    let answer = said.recv_timeout(ANSWERS).unwrap_or_else(|_| Err(silent()));
    drop(done);
    answer
}

/// Asks for a screen or window, with the pointer in it if `pointer`; `token` may stand for an earlier answer. `shared` is
/// told when the desktop takes back what it granted.
pub fn ask(
    pointer: bool,
    token: Option<String>,
    shared: Arc<Shared>,
) -> Result<(Portal, Granted), CaptureError> {
    let (over, is_over) = oneshot::channel();
    let (say, said) = channel();
    spawn(async move {
        let talk = async {
            if let Err(error) = converse(pointer, token, &say, &shared).await {
                let _ = say.send(Said::Answered(Err(error)));
            }
        };
        // Dropping the conversation drops its connection, and with that the desktop ends what it shares.
        future::or(talk, async {
            let _ = is_over.await;
        })
        .await;
    })?;
    let granted = listen(&said)?;
    Ok((Portal { _over: over }, granted))
}

fn listen(said: &Receiver<Said>) -> Result<Granted, CaptureError> {
    match said.recv_timeout(ANSWERS) {
        Ok(Said::Answered(answer)) => return answer,
        Ok(Said::Asked) => {}
        Err(_) => return Err(silent()),
    }
    match said.recv_timeout(DECIDES) {
        Ok(Said::Answered(answer)) => answer,
        Err(RecvTimeoutError::Timeout) => Err(CaptureError::Unanswered),
        Ok(Said::Asked) | Err(RecvTimeoutError::Disconnected) => Err(silent()),
    }
}

async fn converse(
    pointer: bool,
    token: Option<String>,
    say: &Sender<Said>,
    shared: &Shared,
) -> Result<(), CaptureError> {
    let connection = zbus::Connection::session().await.map_err(no_bus)?;
    let portal = Screencast::with_connection(connection.clone()).await.map_err(wrong)?;
    let sources =
        portal.available_source_types().await.map_err(wrong)? & (SourceType::Monitor | SourceType::Window);
    if sources.is_empty() {
        return Err(CaptureError::NoPortal("its portal shares no screen".to_owned()));
    }
    // Portals before version 2 know no modes and decide by themselves.
    let modes = portal.available_cursor_modes().await.unwrap_or_default();
    let embedded = modes.contains(CursorMode::Embedded);
    let mode = match pointer && embedded {
        true => Some(CursorMode::Embedded),
        false => modes.contains(CursorMode::Hidden).then_some(CursorMode::Hidden),
    };
    let session = portal.create_session(Default::default()).await.map_err(wrong)?;
    let mut closed = Box::pin(session.receive_closed().await.map_err(wrong)?);
    let mut wish = SelectSourcesOptions::default().set_sources(sources).set_multiple(false);
    if let Some(mode) = mode {
        wish = wish.set_cursor_mode(mode);
    }
    if portal.version() >= TOKENS {
        wish = wish.set_persist_mode(PersistMode::ExplicitlyRevoked).set_restore_token(token.as_deref());
    }
    // Some desktops ask now, others when it starts.
    let _ = say.send(Said::Asked);
    portal.select_sources(&session, wish).await.and_then(|request| request.response()).map_err(wrong)?;
    let granted = grant(&portal, &session, pointer && embedded).await.map_err(wrong)?;
    let _ = say.send(Said::Answered(Ok(granted)));
    closed.next().await;
    shared.end(End::Withdrawn);
    Ok(())
}

async fn grant(portal: &Screencast, session: &Session<Screencast>, pointer: bool) -> Result<Granted, Error> {
    let streams = portal.start(session, None, Default::default()).await?.response()?;
    let stream = streams.streams().first().ok_or(Error::NoResponse)?;
    let remote = portal.open_pipe_wire_remote(session, Default::default()).await?;
    Ok(Granted {
        remote: Some(remote),
        node: stream.pipe_wire_node_id(),
        token: streams.restore_token().map(str::to_owned),
        pointer,
    })
}

fn spawn(talk: impl Future<Output = ()> + Send + 'static) -> Result<(), CaptureError> {
    let thread = thread::Builder::new().name("portal".to_owned()).spawn(move || future::block_on(talk));
    thread.map(drop).map_err(CaptureError::Memory)
}

fn no_bus(error: zbus::Error) -> CaptureError {
    CaptureError::NoPortal(format!("there is no session bus: {error}"))
}

fn silent() -> CaptureError {
    CaptureError::NoPortal("its portal does not answer".to_owned())
}

/// What an error of the portal means for whoever wants to record.
fn wrong(error: Error) -> CaptureError {
    match error {
        Error::Response(ResponseError::Cancelled) => CaptureError::Refused,
        Error::PortalNotFound(_) => CaptureError::NoPortal("it has no portal for that".to_owned()),
        Error::Response(ResponseError::Other) | Error::NoResponse => {
            CaptureError::NoPortal("its portal gave up without a reason".to_owned())
        }
        other => CaptureError::NoPortal(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_told_apart_from_a_portal_that_fails() {
        assert!(matches!(wrong(Error::Response(ResponseError::Cancelled)), CaptureError::Refused));
        assert!(matches!(wrong(Error::Response(ResponseError::Other)), CaptureError::NoPortal(_)));
        assert!(matches!(wrong(Error::NoResponse), CaptureError::NoPortal(_)));
    }
}
