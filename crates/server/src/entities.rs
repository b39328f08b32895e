//! Reads: pages and single entities of every kind in protocol's table. What may be seen is
//! asked of the domain for every row; a row that may not be seen and one that is not there answer alike.

use axum::response::IntoResponse;
use deskside_domain::{Key, Read, Row, may_see};
use deskside_protocol::{Entity, EntityKind, EntityRef, Mirror, id::RequestId};
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, Asked, Json, Oops},
    caller::Caller,
    parts::Shared,
};

/// Which page.
#[derive(Deserialize)]
pub(crate) struct Pages {
    after: Option<String>,
    limit: Option<usize>,
    /// Only what belongs to this request; then all of it, in one page.
    request: Option<String>,
    /// Of requests: only those about the ticket with this label, at any desk; then all of them, in one page.
    ticket: Option<String>,
}

/// One page.
#[derive(Serialize)]
struct Page {
    items: Vec<Entity>,
    next: Option<String>,
}

/// `GET /api/v1/ENTITY`
pub(crate) async fn list(
    server: Shared,
    caller: Caller,
    kind: EntityKind,
    Asked(pages): Asked<Pages>,
) -> Answer<axum::response::Response> {
    if kind == EntityKind::Org {
        return one(server, caller, kind, String::new()).await;
    }
    if let Some(request) = &pages.request {
        let request = request.parse().map_err(|_| Oops::malformed("request is not an id"))?;
        return Ok(Json(thread(&server, &caller, kind, request).await?).into_response());
    }
    if let (EntityKind::Request, Some(ticket)) = (kind, &pages.ticket) {
        let state = server.parts.store.load(&[Read::Ticket(ticket.clone())]).await?.state;
        let viewer = caller.viewer();
        let seen =
            state.requests().map(|row| Row::Request(row.clone())).filter(|row| may_see(&viewer, row, &state));
        return Ok(Json(Page { items: seen.filter_map(Entity::shown).collect(), next: None }).into_response());
    }
    let limit = pages.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Oops::malformed("limit must be 1 to 200"));
    }
    let nil = uuid::Uuid::nil().to_string();
    let parse = |id: &str| {
        EntityRef::parse(kind, id).map(EntityRef::into_key).map_err(|_| Oops::malformed("after is not an id"))
    };
    let kind_key = parse(&nil)?;
    let mut after = pages.after.as_deref().map(parse).transpose()?;
    let viewer = caller.viewer();
    let mut items = Vec::new();
    // Rows that may not be seen leave no gap: pages are filled up behind them.
    let next = loop {
        let (rows, state) = server.parts.store.page(&kind_key, after.as_ref(), 200).await?;
        let whole = rows.len() < 200;
        let mut rows = rows.into_iter();
        while items.len() < limit {
            let Some(row) = rows.next() else { break };
            after = Some(row.key());
            if may_see(&viewer, &row, &state) {
                items.extend(Entity::shown(row));
            }
        }
        if items.len() == limit {
            break (rows.next().is_some() || !whole).then(|| after.as_ref().map(id_text)).flatten();
        }
        if whole {
            break None;
        }
    };
    Ok(Json(Page { items, next }).into_response())
}

/// What of `kind` belongs to one request, archived or not: as many as one thread has, so never cut into pages.
async fn thread(server: &Shared, caller: &Caller, kind: EntityKind, request: RequestId) -> Answer<Page> {
    let request = request.into_domain();
    let reads = [Read::Row(Key::Request(request)), Read::Thread(request)];
    let state = server.parts.store.load(&reads).await?.state;
    let viewer = caller.viewer();
    let items = state
        .rows()
        .filter(|row| row.request() == Some(request) && may_see(&viewer, row, &state))
        .filter_map(|row| Entity::shown(row.clone()))
        .filter(|entity| entity.kind() == kind)
        .collect();
    Ok(Page { items, next: None })
}

/// `GET /api/v1/ENTITY/ID`
pub(crate) async fn one(
    server: Shared,
    caller: Caller,
    kind: EntityKind,
    id: String,
) -> Answer<axum::response::Response> {
    let key = EntityRef::parse(kind, &id).map_err(|_| Oops::unknown())?.into_key();
    let state = server.parts.store.row(&key).await?;
    let row = state.get(&key).filter(|row| may_see(&caller.viewer(), row, &state));
    let entity = row.and_then(|row| Entity::shown(row.clone())).ok_or_else(Oops::unknown)?;
    Ok(Json(entity).into_response())
}

fn id_text(key: &Key) -> String {
    match key {
        Key::Org | Key::Secret(_) => String::new(),
        Key::Person(id) => id.to_string(),
        Key::Desk(id) => id.to_string(),
        Key::Request(id) => id.to_string(),
        Key::Message(id) => id.to_string(),
        Key::Attachment(id) => id.to_string(),
        Key::Clip(id) => id.to_string(),
        Key::Call(id) => id.to_string(),
        Key::Invite(id) => id.to_string(),
    }
}
