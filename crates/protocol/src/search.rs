//! Search over open requests and accepted answers the caller may see; `GET /api/v1/search?q=…&limit=…`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{MessageId, RequestId};

/// Hits, best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Found {
    /// At most as many as asked for.
    pub hits: Vec<Hit>,
}

/// One request that matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Hit {
    /// Which request.
    pub request: RequestId,
    /// The message that matched; null: the question itself.
    pub message: Option<MessageId>,
    /// The text around the match.
    pub snippet: String,
    /// Marked stretches of `snippet`: start and end in UTF-16 code units, in order.
    pub marks: Vec<(u32, u32)>,
    /// Whether it is solved (else it is waiting: join instead of asking again).
    pub solved: bool,
}
