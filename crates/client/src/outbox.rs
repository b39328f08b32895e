//! The task that empties the outbox: in order, in batches, the same number again until the server has answered.

use std::sync::{Arc, atomic::Ordering};

use deskside_protocol::{Code, feed::BatchResult, id::PersonId};
use tracing::{info, warn};

use crate::{
    Trouble,
    backoff::Backoff,
    inner::{Inner, Session},
    outbox_store::{self, Batch},
    server::ends_session,
};

/// Runs until the client is closed.
pub(crate) async fn run(inner: Arc<Inner>) {
    let mut backoff = Backoff::default();
    // A network that cuts may carry a small batch where it never carries a large one; and one command at a time finds
    // out which of them can't be read.
    let mut size = outbox_store::BATCH;
    loop {
        let Some(session) = inner.signed_in() else {
            inner.outbox_wake.notified().await;
            continue;
        };
        match round(&inner, &session, size).await {
            Ok(Round::Empty) => {
                backoff.reset();
                inner.outbox_wake.notified().await;
            }
            Ok(Round::Sent) => {
                backoff.reset();
                size = (size * 2).min(outbox_store::BATCH);
            }
            Ok(Round::OneByOne) => size = 1,
            Err(trouble) => {
                size = (size / 4).max(1);
                inner.set_in_flight(&[]);
                inner.publish_outbox().await;
                if let Some(code) = ends_session(&trouble) {
                    inner.session_ended(&session, code).await;
                    continue;
                }
                warn!(%trouble, "the outbox waits");
                // The connection notices at once that there is none, and this task that there is one again.
                inner.connection_wake.notify_one();
                tokio::select! {
                    () = tokio::time::sleep(backoff.next()) => {}
                    () = inner.online_wake.notified() => {}
                }
            }
        }
    }
}

enum Round {
    Empty,
    Sent,
    OneByOne,
}

async fn round(inner: &Arc<Inner>, session: &Session, size: usize) -> Result<Round, Trouble> {
    let person = session.person;
    let now = inner.now();
    let batch = inner.db.call(move |db| outbox_store::next_batch(db, person, now, size)).await?;
    let Some(batch) = batch else {
        inner.publish_outbox().await;
        return Ok(Round::Empty);
    };
    inner.set_in_flight(&batch.commands.iter().map(|line| line.command_id).collect::<Vec<_>>());
    inner.publish_outbox().await;
    let answer: Result<BatchResult, Trouble> = session.server.post("/api/v1/commands", &batch).await;
    let outcome = match answer {
        Ok(result) => {
            inner.batches_sent.fetch_add(1, Ordering::Relaxed);
            inner.decided(person, result.epoch, &result.results).await?;
            if result.results.len() < batch.commands.len() { Round::OneByOne } else { Round::Sent }
        }
        Err(trouble @ Trouble::Unconnected(_)) => {
            inner.db.call(move |db| outbox_store::not_sent(db, person, batch.fresh)).await?;
            return Err(trouble);
        }
        Err(trouble) => refused(inner, person, &batch, trouble).await?,
    };
    inner.set_in_flight(&[]);
    inner.publish_outbox().await;
    Ok(outcome)
}

/// A whole batch was refused: nothing of it was decided.
async fn refused(
    inner: &Arc<Inner>,
    person: PersonId,
    batch: &Batch,
    trouble: Trouble,
) -> Result<Round, Trouble> {
    let Trouble::Refused(problem) = &trouble else { return Err(trouble) };
    match problem.code {
        Code::Gap | Code::BodyDiffers => {
            info!(code = ?problem.code, "the server knows other numbers of this client: a new line begins");
            inner.db.call(move |db| outbox_store::rotate(db, person)).await?;
            Ok(Round::OneByOne)
        }
        _ if trouble.passes()
            || ends_session(&trouble).is_some()
            || problem.code == Code::VersionMismatch =>
        {
            Err(trouble)
        }
        _ if batch.commands.len() > 1 => Ok(Round::OneByOne),
        _ => {
            let (n, problem) = (batch.commands.first().map_or(0, |line| line.n), problem.clone());
            let stored = problem.clone();
            let id = inner.db.call(move |db| outbox_store::unreadable(db, person, n, &stored)).await?;
            if let Some(id) = id {
                inner.answer(id, Err(*problem));
            }
            Ok(Round::Sent)
        }
    }
}
