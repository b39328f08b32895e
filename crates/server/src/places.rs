//! Places in queues, waits and what is known of a desk, asked when somebody looks; and what every new question met, written down once so
//! that the desk learns from it. Nothing here is pushed: who waits asks again when something changes.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use axum::extract::State;
use deskside_domain::{
    self as domain, Key, Read, Row,
    attendance::{Seen, is_watched, on_duty},
    command::System,
    decide::{Actor, Circumstances, decide},
    id::{DeskId, PersonId, RequestId},
    may_see,
    request::Urgency,
    time::SECOND,
};
use deskside_ports::bus::Hint;
use deskside_protocol::{
    Command, Mirror, Problem,
    place::{Affected, LiveShare, Place},
};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::{
    answer::{Answer, Asked, Json, Named, Oops, id},
    caller::Caller,
    parts::{Server, Shared},
};

/// Whoever was connected before a server starts again is so after this time.
const ALL_BACK: i64 = 15 * SECOND;
/// The longest pause between two looks at what was asked.
const LONGEST: Duration = Duration::from_secs(1);

/// `GET /api/v1/requests/ID/place`
pub(crate) async fn of_request(
    State(server): State<Shared>,
    caller: Caller,
    Named(request): Named,
) -> Answer<Json<Place>> {
    let request = RequestId(id(&request)?);
    let key = Key::Request(request);
    let state = server.parts.store.row(&key).await?;
    let row = state.get(&key).filter(|row| may_see(&caller.viewer(), row, &state));
    let Some(Row::Request(row)) = row else { return Err(Oops::unknown()) };
    let (place, state) = look(&server, row.desk, row.urgency, Some(request)).await?;
    let to = domain::place::shown_to(&state, row);
    Ok(Json(shown(&server, &state, row.desk, place, to)?))
}

/// For whom.
#[derive(Deserialize)]
pub(crate) struct Question {
    urgency: deskside_protocol::values::Urgency,
}

/// `GET /api/v1/desks/ID/place?urgency=…`
pub(crate) async fn of_question(
    State(server): State<Shared>,
    caller: Caller,
    Named(desk): Named,
    Asked(question): Asked<Question>,
) -> Answer<Json<Place>> {
    let desk = DeskId(id(&desk)?);
    let key = Key::Desk(desk);
    let state = server.parts.store.row(&key).await?;
    state.get(&key).filter(|row| may_see(&caller.viewer(), row, &state)).ok_or_else(Oops::unknown)?;
    let urgency = question.urgency.into_domain();
    let (place, state) = look(&server, desk, urgency, None).await?;
    let to = domain::place::would_be_shown_to(&state, state.desk(desk)?, urgency, caller.id());
    Ok(Json(shown(&server, &state, desk, place, to)?))
}

/// `GET /api/v1/desks/ID/live-share`
pub(crate) async fn live_share(
    State(server): State<Shared>,
    caller: Caller,
    Named(desk): Named,
) -> Answer<Json<LiveShare>> {
    let desk = DeskId(id(&desk)?);
    let key = Key::Desk(desk);
    let state = server.parts.store.row(&key).await?;
    state.get(&key).filter(|row| may_see(&caller.viewer(), row, &state)).ok_or_else(Oops::unknown)?;
    let (now, row) = (server.now(), state.desk(desk)?);
    let reads = domain::share::reads(row, &row.calendar(state.org()?), now);
    let state = server.parts.store.load(&reads).await?.state;
    Ok(Json(LiveShare::from_domain(domain::share::live_share(&state, desk, now)?)))
}

/// `POST /api/v1/desks/ID/affected`
pub(crate) async fn affected(
    State(server): State<Shared>,
    caller: Caller,
    Named(desk): Named,
    Json(command): Json<Command>,
) -> Answer<Json<Affected>> {
    let desk = DeskId(id(&desk)?);
    let about = match &command {
        Command::EditDesk(args) => args.desk,
        Command::ArrangeDesk(args) => args.desk,
        Command::SetRota(args) => args.desk,
        _ => return Err(Oops::malformed("edit_desk, arrange_desk or set_rota")),
    };
    if about.into_domain() != desk {
        return Err(Oops::malformed("the command is about another desk"));
    }
    let command = command.into_domain();
    let mut reads = domain::reads(&command);
    reads.extend([Read::Row(Key::Person(caller.id())), Read::People]);
    let state = server.parts.store.load(&reads).await?.state;
    let at = Circumstances { now: server.now(), chance: server.parts.chance.bits() };
    let decision = decide(&state, Actor::Person(caller.id()), &command, at).map_err(Problem::from)?;
    let before = state.desk(desk)?;
    let after = decision.rows.iter().find_map(|row| match row {
        Row::Desk(row) if row.id == desk => Some(row),
        _ => None,
    });
    Ok(Json(Affected::from_domain(domain::place::affected(&state, before, after.unwrap_or(before)))))
}

/// A place as whoever asked is told of it. `to`: who sees the question although the desk is closed.
fn shown(
    server: &Server,
    state: &domain::State,
    desk: DeskId,
    place: domain::place::Place,
    to: Option<Vec<PersonId>>,
) -> Answer<Place> {
    let mut place = Place::from(place);
    if place.opens_at.is_none() {
        place.here = is_empty(server, state, desk)?.then_some(0);
    } else if let Some(people) = to {
        let here = people.into_iter().filter(|person| server.feed.is_here(*person)).count();
        place.here = Some(u16::try_from(here).unwrap_or(u16::MAX));
    }
    Ok(place)
}

/// Whether the rota puts somebody on duty now, and none of them is connected. Nobody waits two minutes to be told that,
/// as those who answer for the desk do: who is asked about can come back, who asks has a customer on the line.
fn is_empty(server: &Server, state: &domain::State, desk: DeskId) -> Answer<bool> {
    let (desk, now) = (state.desk(desk)?, server.now());
    if now < server.started_at.plus(ALL_BACK) {
        return Ok(false);
    }
    let Some(on_duty) = on_duty(desk, &desk.calendar(state.org()?), now) else { return Ok(false) };
    let connected = state.people().map(|person| person.id).filter(|person| server.feed.is_here(*person));
    let seen = Seen { here: connected.collect(), since: server.started_at };
    Ok(is_watched(state, &on_duty, None, now) && !is_watched(state, &on_duty, Some(&seen), now))
}

/// The place, and what it was read off: everybody, the desk and what waits there.
async fn look(
    server: &Server,
    desk: DeskId,
    urgency: Urgency,
    request: Option<RequestId>,
) -> Answer<(domain::place::Place, domain::State)> {
    let now = server.now();
    let state = server.parts.store.load(&domain::place::reads(desk, urgency, now)).await?.state;
    let place = domain::place::place(&state, desk, urgency, request, now)?;
    Ok((place, state))
}

/// Writes down what new questions met, until `stop`. A lost hint costs the desk one sample.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    loop {
        let hint = tokio::select! {
            hint = hints.recv() => hint,
            () = stop.cancelled() => return,
        };
        let mut asked = match hint {
            Ok(Hint::Asked(request)) => vec![request],
            Ok(_) | Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        // Where many ask at once, a look at their desk is enough for all of them.
        while let Ok(hint) = hints.try_recv() {
            if let Hint::Asked(request) = hint {
                asked.push(request);
            }
        }
        let began = Instant::now();
        met(&server, &asked).await;
        // It can wait: never more than half of a core for it, however much lies at a desk.
        tokio::select! {
            () = tokio::time::sleep(began.elapsed().min(LONGEST)) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Writes down what each of these questions met. What can't be known of one costs the others nothing.
async fn met(server: &Shared, asked: &[RequestId]) {
    let mut alike: BTreeMap<(DeskId, Urgency), Vec<RequestId>> = BTreeMap::new();
    for &request in asked {
        let key = Key::Request(request);
        match server.parts.store.row(&key).await {
            Ok(state) => {
                if let Some(Row::Request(row)) = state.get(&key)
                    && row.care.met.is_none()
                    && row.is_unclaimed()
                {
                    alike.entry((row.desk, row.urgency)).or_default().push(request);
                }
            }
            Err(error) => tracing::warn!(%request, error = format!("{error:#}"), "a question can't be read"),
        }
    }
    for ((desk, urgency), requests) in alike {
        if let Err(error) = met_at(server, desk, urgency, &requests).await {
            tracing::warn!(?requests, ?error, "what questions met is not known");
        }
    }
}

/// The same for questions that are alike, by one look at their desk.
async fn met_at(server: &Shared, desk: DeskId, urgency: Urgency, requests: &[RequestId]) -> Answer<()> {
    let now = server.now();
    let state = server.parts.store.load(&domain::place::reads(desk, urgency, now)).await?.state;
    let look = domain::place::Look::new(&state, desk, urgency, now)?;
    for &request in requests {
        // Whoever took it meanwhile waits no longer.
        let Ok(place) = look.of(Some(request)) else { continue };
        if let Err(problem) = server.decisions.system(System::Placed { request, met: place.met() }).await {
            tracing::warn!(%request, ?problem, "what a question met was not written down");
        }
    }
    Ok(())
}
