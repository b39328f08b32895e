//! Commands over HTTP: ordered batches of apps and browsers, single ones of whoever calls the API by hand.

use axum::{extract::State, http::HeaderMap};
use deskside_protocol::{
    Code, Command, Problem,
    command::CommandError,
    feed::{BatchResult, CommandResult},
};
use serde::Deserialize;

use crate::{
    answer::{Answer, Json, Named, Oops},
    caller::Caller,
    decisions::{Done, body_hash},
    parts::{Server, Shared},
};

/// Most commands of one batch.
const MOST: usize = 256;

/// A batch whose commands are read one by one: one that makes no sense (a newer app's) is refused alone.
#[derive(Deserialize)]
pub(crate) struct RawBatch {
    client_id: String,
    #[serde(default)]
    acked: u64,
    commands: Vec<RawNumbered>,
}

#[derive(Deserialize)]
struct RawNumbered {
    n: u64,
    #[serde(rename = "command_id")]
    _command_id: uuid::Uuid,
    command: serde_json::Value,
}

/// `POST /api/v1/commands`
pub(crate) async fn batch(
    State(server): State<Shared>,
    caller: Caller,
    Json(batch): Json<RawBatch>,
) -> Answer<Json<BatchResult>> {
    let store = &server.parts.store;
    if batch.client_id.is_empty()
        || batch.client_id.len() > 64
        || !batch.client_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    {
        return Err(Oops::malformed("client_id must be 1 to 64 letters, digits, - _ ."));
    }
    if batch.commands.len() > MOST {
        return Err(Oops::new(Code::TooLong, format!("a batch holds at most {MOST} commands")));
    }
    server.pace.allow(caller.token_hash, batch.commands.len(), server.now())?;
    let epoch = store.head().await?.epoch;
    let mut results: Vec<CommandResult> = Vec::new();
    for RawNumbered { n, command, .. } in batch.commands {
        let hash = body_hash(&command);
        let command = serde_json::from_value::<Command>(command).map_err(|error| {
            let mut problem = Problem::new(Code::Malformed, "the command could not be read");
            problem.detail = Some(error.to_string());
            problem
        });
        match server.decisions.in_line(&batch.client_id, caller.id(), n, hash, command).await {
            Ok(done) => {
                count(&server, &done);
                results.push(CommandResult { n, seq: done.seq, refused: done.refused });
            }
            // What was done before stands and is answered; the next batch meets the same problem alone.
            Err(_) if !results.is_empty() => break,
            Err(undecided) => return Err(undecided.into()),
        }
    }
    if batch.acked > 0 {
        store.forget_results(&batch.client_id, batch.acked).await?;
    }
    Ok(Json(BatchResult { epoch, results }))
}

/// `POST /api/v1/commands/KIND`; routes are made from `Command::KINDS`.
pub(crate) async fn single(
    State(server): State<Shared>,
    caller: Caller,
    kind: &'static str,
    headers: HeaderMap,
    Json(args): Json<serde_json::Value>,
) -> Answer<Json<CommandResult>> {
    let key =
        headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::trim).unwrap_or_default();
    if key.is_empty() || key.len() > 128 {
        return Err(Oops::malformed("the header Idempotency-Key of 1 to 128 characters is missing"));
    }
    server.pace.allow(caller.token_hash, 1, server.now())?;
    let hash = body_hash(&serde_json::json!({ "kind": kind, "args": args }));
    let command = Command::from_parts(kind, args).map_err(|error| match error {
        CommandError::UnknownKind => Oops::new(Code::UnknownCommand, error.to_string()),
        CommandError::Args(_) => Oops::malformed(error.to_string()),
    })?;
    let done = server.decisions.keyed(caller.id(), key, hash, command).await?;
    count(&server, &done);
    match done.refused {
        Some(problem) => Err(problem.into()),
        None => Ok(Json(CommandResult { n: 0, seq: done.seq, refused: None })),
    }
}

/// `POST /api/v1/commands/WHATEVER` that is in no table.
pub(crate) async fn no_such(_caller: Caller, Named(kind): Named) -> Oops {
    Oops::new(Code::UnknownCommand, format!("there is no command {kind:?}"))
}

fn count(server: &Server, done: &Done) {
    let counter = if done.refused.is_some() {
        &server.metrics.commands_refused_total
    } else {
        &server.metrics.commands_done_total
    };
    counter.add(1);
}
