//! Sees to it that unwatched desks are noticed. Who is connected is known here and nowhere else; what follows from it is the
//! domain's. A desk is looked at when one of its people comes, goes or says something of themselves, and when something
//! falls due about it; otherwise nothing here moves.

use std::{collections::BTreeSet, time::Duration};

use deskside_domain::{
    Key, Read,
    attendance::{Seen, is_as_found, is_watched, on_duty},
    command::System,
    desk::{Desk, Helpers},
    id::{DeskId, PersonId},
    org::Org,
};
use deskside_ports::bus::Hint;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::parts::{Server, Shared};

/// What changes within this time is looked at together: after a cut everybody comes back at once.
const BATCH: Duration = Duration::from_secs(1);
/// Of a large desk so many are named who are there; one would do, but they may go meanwhile.
const ENOUGH: usize = 8;

/// Whose whereabouts changed.
enum Whose {
    /// Nobody knows: every desk is looked at.
    Anybody,
    /// These people's.
    These(BTreeSet<PersonId>),
}

/// Looks at desks until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    // What an earlier version stored has no clock yet.
    let desks = server.parts.store.load(&[Read::Desks]).await;
    for desk in desks.iter().flat_map(|loaded| loaded.state.desks()) {
        look_at(&server, desk.id).await;
    }
    loop {
        let first = tokio::select! {
            whose = next(&mut hints) => whose,
            () = stop.cancelled() => return,
        };
        let Some(mut whose) = first else { return };
        while let Ok(hint) = hints.try_recv() {
            add(&mut whose, hint);
        }
        if let Err(error) = look(&server, &whose).await {
            tracing::error!(error = format!("{error:#}"), "nobody knows whether the desks are watched");
        }
        tokio::select! {
            () = tokio::time::sleep(BATCH) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// The command as it is carried out now: whoever looks at a desk says who is connected.
pub(crate) async fn seeing(server: &Server, command: System) -> anyhow::Result<System> {
    Ok(match command {
        System::LookAtDesk { desk, seen: None } => {
            let state = server.parts.store.row(&Key::Desk(desk)).await?;
            let seen = match state.desk(desk).ok().zip(state.org().ok()) {
                Some((desk, org)) => seen(server, desk, org).await?.0,
                None => Seen { here: Vec::new(), since: server.started_at },
            };
            System::LookAtDesk { desk, seen: Some(seen) }
        }
        other => other,
    })
}

async fn next(hints: &mut Receiver<Hint>) -> Option<Whose> {
    loop {
        match hints.recv().await {
            Ok(Hint::Whereabouts(people)) => return Some(Whose::These(people.iter().copied().collect())),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Some(Whose::Anybody),
            Err(RecvError::Closed) => return None,
        }
    }
}

fn add(whose: &mut Whose, hint: Hint) {
    if let (Whose::These(known), Hint::Whereabouts(people)) = (whose, hint) {
        known.extend(people.iter());
    }
}

/// Has those desks looked at by the domain that do not show what is there.
async fn look(server: &Shared, whose: &Whose) -> anyhow::Result<()> {
    let state = server.parts.store.load(&[Read::Row(Key::Org), Read::Desks]).await?.state;
    let Ok(org) = state.org() else { return Ok(()) };
    for desk in state.desks() {
        let Some(on_duty) = on_duty(desk, &desk.calendar(org), server.now()) else { continue };
        let is_theirs = match whose {
            Whose::Anybody => true,
            Whose::These(people) => people.iter().any(|person| on_duty.includes(*person)),
        };
        if is_theirs && !is_as_found(desk, seen(server, desk, org).await?.1) {
            look_at(server, desk.id).await;
        }
    }
    Ok(())
}

async fn look_at(server: &Shared, desk: DeskId) {
    let looked = match seeing(server, System::LookAtDesk { desk, seen: None }).await {
        Ok(command) => {
            server.decisions.system(command).await.map(drop).map_err(|problem| problem.to_string())
        }
        Err(error) => Err(format!("{error:#}")),
    };
    if let Err(problem) = looked {
        tracing::warn!(%desk, %problem, "whether a desk is watched is not known");
    }
}

/// Who of those on duty there is connected and works, and whether anybody does.
async fn seen(server: &Server, desk: &Desk, org: &Org) -> anyhow::Result<(Seen, bool)> {
    let now = server.now();
    let nobody = Seen { here: Vec::new(), since: server.started_at };
    let Some(on_duty) = on_duty(desk, &desk.calendar(org), now) else { return Ok((nobody, true)) };
    let reads = match &on_duty {
        Helpers::Everyone => vec![Read::People],
        Helpers::These(people) => {
            let here = people.iter().filter(|person| server.feed.is_here(**person));
            here.map(|person| Read::Row(Key::Person(*person))).collect()
        }
    };
    let state = server.parts.store.load(&reads).await?.state;
    let works = state
        .people()
        .filter(|person| person.works(now) && on_duty.includes(person.id) && server.feed.is_here(person.id));
    let seen = Seen { here: works.map(|person| person.id).take(ENOUGH).collect(), ..nobody };
    let is_watched = is_watched(&state, &on_duty, Some(&seen), now);
    Ok((seen, is_watched))
}
