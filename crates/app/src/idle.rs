//! Whether somebody is at the machine: sensed only for people who help at a desk, told as yes or no, never stored.

use std::{sync::Weak, time::Duration};

use deskside_protocol::{Entity, id::PersonId, values::Helpers};

use crate::{app::App, whole_screen::on_desktop};

/// Untouched for this long is idle.
const IDLE: Duration = Duration::from_secs(5 * 60);
const LOOK: Duration = Duration::from_secs(15);

/// Looks until the app is gone.
pub(crate) async fn watch(app: Weak<App>) {
    let mut looks = tokio::time::interval(LOOK);
    let mut said = false;
    loop {
        looks.tick().await;
        let Some(app) = app.upgrade() else { return };
        let helps = match app.client.replica().await {
            Ok(Some(snapshot)) => helps(&snapshot.entities, snapshot.me),
            Ok(None) | Err(_) => false,
        };
        let idle = helps
            && on_desktop(|desktop| Ok(desktop.idle())).await.ok().flatten().is_some_and(|idle| idle >= IDLE);
        if idle != said {
            app.client.idle(idle);
            said = idle;
        }
    }
}

fn helps(entities: &[Entity], me: PersonId) -> bool {
    entities.iter().any(|entity| match entity {
        Entity::Desk(desk) => match &desk.helpers {
            _ if desk.closed => false,
            Helpers::Everyone => true,
            Helpers::These { people } => people.contains(&me) || desk.owner == me,
        },
        _ => false,
    })
}
