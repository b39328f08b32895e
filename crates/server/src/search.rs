//! Search over what the caller may see. The permission is asked inside the search, so a hidden thread does
//! not even take a place among the hits.

use axum::extract::State;
use deskside_domain::may_see;
use deskside_protocol::{
    Mirror,
    search::{Found, Hit},
};
use serde::Deserialize;

use crate::{
    answer::{Answer, Asked, Json, Oops},
    caller::Caller,
    parts::Shared,
};

#[derive(Deserialize)]
pub(crate) struct Query {
    q: String,
    limit: Option<usize>,
}

/// `GET /api/v1/search`
pub(crate) async fn search(
    State(server): State<Shared>,
    caller: Caller,
    Asked(asked): Asked<Query>,
) -> Answer<Json<Found>> {
    let limit = asked.limit.unwrap_or(10);
    if !(1..=50).contains(&limit) {
        return Err(Oops::malformed("limit must be 1 to 50"));
    }
    if asked.q.chars().count() > 500 {
        return Err(Oops::malformed("q is over 500 characters"));
    }
    let viewer = caller.viewer();
    let visible = Box::new(move |row: &_, state: &_| may_see(&viewer, row, state));
    let matches = server.parts.store.search(&asked.q, limit, visible).await?;
    let hits = matches.into_iter().map(|found| Hit {
        request: Mirror::from_domain(found.request),
        message: found.message.map(Mirror::from_domain),
        marks: found.marks.iter().map(|&(start, end)| utf16(&found.snippet, start, end)).collect(),
        snippet: found.snippet,
        solved: found.solved,
    });
    Ok(Json(Found { hits: hits.collect() }))
}

/// A byte range as a range of UTF-16 code units, which is what JavaScript counts in.
fn utf16(text: &str, start: usize, end: usize) -> (u32, u32) {
    let units = |upto: usize| text.get(..upto).map_or(0, |text| text.encode_utf16().count()) as u32;
    (units(start), units(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_as_javascript_counts() {
        let text = "größe 🦀 port-out";
        let start = text.find("port").expect("is there");
        assert_eq!(utf16(text, start, start + 4), (9, 13));
    }
}
