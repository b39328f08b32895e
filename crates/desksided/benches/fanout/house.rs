//! The organisation, made in a data directory before the server opens it: people who have joined, each with a session,
//! and desks with their helpers. Made by the same decisions as through the door, but without hashing a password each.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use deskside_domain::{
    Time,
    command::System,
    id::{InviteId, PersonId},
};
use deskside_ports::{Accounts, Clock};
use deskside_protocol::{
    Mirror,
    command::{MakeInvite, OpenDesk},
    id::DeskId,
    values::{Audience, Helpers, OpenInterval, Role},
};
use deskside_server::{Decisions, Parts, Settings, Token};
use uuid::Uuid;

use crate::Size;

/// Uses of one invitation.
const USES: u32 = 1_000;

/// Who is there.
pub struct House {
    /// In the order of joining; person `n` belongs to desk `n % desks`.
    pub people: Vec<Member>,
    /// The desks.
    pub desks: Vec<DeskId>,
    /// Whether a desk's people alone see what is asked there.
    pub private: bool,
}

/// One person.
pub struct Member {
    /// Of a session.
    pub token: String,
    /// Names the client's line of commands.
    pub client_id: String,
}

impl House {
    /// The people of a desk.
    pub fn members(&self, desk: usize) -> impl Iterator<Item = usize> {
        (desk..self.people.len()).step_by(self.desks.len())
    }

    /// Whether this person sees what is asked at this desk.
    pub fn sees(&self, person: usize, desk: usize) -> bool {
        !self.private || person % self.desks.len() == desk
    }
}

/// Makes it.
pub async fn build(data: &Path, size: Size, private: bool) -> anyhow::Result<House> {
    let machine = deskside_local::open(data)?;
    let parts = Parts {
        store: machine.store.clone(),
        accounts: machine.accounts.clone(),
        blobs: machine.blobs.clone(),
        bus: machine.bus.clone(),
        clock: machine.clock.clone(),
        chance: machine.chance.clone(),
        settings: Settings::at("http://127.0.0.1"),
    };
    let decisions = Arc::new(Decisions::new(&parts));
    let founder = PersonId(Uuid::now_v7());
    let found = System::Found {
        org_name: "Numbra".into(),
        zone: "Europe/Berlin".into(),
        founder,
        name: "Mia".into(),
        email: "mia@numbra.example".into(),
        desk: deskside_domain::id::DeskId(Uuid::now_v7()),
        desk_name: "Front desk".into(),
    };
    decisions.system(found).await.map_err(|problem| anyhow::anyhow!("{problem}"))?;

    let mut ids = Vec::new();
    let mut invite = None;
    for number in 0..size.clients {
        if number % USES as usize == 0 {
            invite = Some(open_door(&decisions, founder, number).await?);
        }
        let person = PersonId(Uuid::now_v7());
        let join = System::Join {
            invite: invite.context("an invitation")?,
            person,
            name: format!("Person {number:04}"),
            email: format!("person{number}@numbra.example"),
        };
        decisions.system(join).await.map_err(|problem| anyhow::anyhow!("{problem}"))?;
        ids.push(person);
    }

    let mut desks = Vec::new();
    for number in 0..size.desks {
        let desk = DeskId::fresh();
        let people = ids.iter().copied().skip(number).step_by(size.desks).map(Mirror::from_domain);
        let people: Vec<_> = people.collect();
        let open = OpenDesk {
            desk,
            name: format!("Desk {number}"),
            purpose: "Whatever comes".into(),
            owner: people[0],
            helpers: Helpers::These { people },
            audience: if private { Audience::Private } else { Audience::Open },
            hours: (1..=7).map(|weekday| OpenInterval { weekday, from: 0, to: 1440 }).collect(),
            zone: String::new(),
        };
        let opened = decisions.command(founder, &format!("desk-{number}"), open.into()).await;
        opened.map_err(|problem| anyhow::anyhow!("{problem}"))?;
        desks.push(desk);
    }

    let now: Time = machine.clock.now();
    let mut people = Vec::new();
    for person in ids {
        let token = Token::fresh(&*machine.chance);
        machine.accounts.begin_session(token.hash(), person, "bench", now).await?;
        people.push(Member { token: token.text(), client_id: Uuid::now_v7().to_string() });
    }
    Ok(House { people, desks, private })
}

async fn open_door(decisions: &Arc<Decisions>, founder: PersonId, number: usize) -> anyhow::Result<InviteId> {
    let invite = deskside_protocol::id::InviteId::fresh();
    let make = MakeInvite {
        invite,
        secret_hash: format!("{number:064x}"),
        role: Role::Agent,
        label: "everybody".into(),
        uses: USES,
        days: 1,
    };
    let made = decisions.command(founder, &format!("invite-{number}"), make.into()).await;
    made.map_err(|problem| anyhow::anyhow!("{problem}"))?;
    Ok(invite.into_domain())
}
