//! What a telephone may say on this machine: "on a call, and this is the contact". A CTI client, or a line of a script,
//! posts it to the loopback address (docs/telephony.md); the person is then on a call for everybody, and a question
//! asked meanwhile begins with the contact's ticket and a customer waiting.
//!
//! Nothing is kept of a call, neither that there was one nor how long. A telephone that forgets to hang up is forgotten
//! itself after [`LONGEST`]: the status ends on the server, also if this app is gone by then.

use std::{
    fs,
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::post,
};
use deskside_client::{Client, Trouble};
use deskside_domain::org::TicketPattern;
use deskside_protocol::{
    Entity, EntityRef, Millis,
    command::SetStatus,
    values::{Status, Ticket},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{secret, ticket};

/// A call that nobody ends is over after this long.
pub const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);
/// Longest contact, in letters.
const LONGEST_CONTACT: usize = 500;
/// Longest label of a chip.
const LONGEST_LABEL: usize = 40;
/// Longest message.
const MOST_BYTES: usize = 4 << 10;
/// Where the address and the secret stand, in the profile.
const FILE: &str = "telephony.json";

/// What the telephone says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// A call began, or goes on; or it is over.
    pub on_call: bool,
    /// Who or what it is about: a ticket's address, or what stands on its chip, e.g. `ZD 4711`.
    #[serde(default)]
    pub contact: Option<String>,
}

/// The file that whoever connects a telephone reads.
#[derive(Serialize, Deserialize)]
struct Door {
    address: String,
    secret: String,
}

struct OnCall {
    contact: Option<String>,
    until: Instant,
    /// What the person had said of themselves, and until when.
    before: (Status, Option<Millis>),
}

impl OnCall {
    fn goes_on(&self) -> bool {
        self.until > Instant::now()
    }
}

/// The telephone of this profile.
pub struct Telephone {
    client: Client,
    secret: String,
    file: PathBuf,
    call: Mutex<Option<OnCall>>,
}

impl Telephone {
    /// The telephone of the profile in `folder`; its secret is the one of before.
    pub(crate) fn open(client: Client, folder: &Path) -> anyhow::Result<Arc<Self>> {
        let file = folder.join(FILE);
        let known = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Door>(&bytes).ok());
        let secret = match known {
            Some(door) if door.secret.len() >= 32 => door.secret,
            _ => secret::fresh()?,
        };
        Ok(Arc::new(Self { client, secret, file, call: Mutex::default() }))
    }

    /// The port of before, so that what was connected stays so.
    pub(crate) fn port(&self) -> Option<u16> {
        let door: Door = serde_json::from_slice(&fs::read(&self.file).ok()?).ok()?;
        let address = door.address.strip_prefix("http://")?.split('/').next()?;
        Some(address.parse::<SocketAddr>().ok()?.port())
    }

    /// Writes down where it is reached; only this user can read it.
    pub(crate) fn is_at(&self, address: SocketAddr) -> anyhow::Result<()> {
        let door = Door { address: format!("http://{address}/telephony"), secret: self.secret.clone() };
        let fresh = self.file.with_extension("new");
        let _ = fs::remove_file(&fresh);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&fresh).context("keeping the telephone's address")?;
        file.write_all(&serde_json::to_vec_pretty(&door)?)?;
        drop(file);
        fs::rename(&fresh, &self.file).context("keeping the telephone's address")
    }

    /// Whether a call is going on.
    pub fn is_on_call(&self) -> bool {
        self.lock().as_ref().is_some_and(OnCall::goes_on)
    }

    /// The ticket that the call is about: by its address, or only what stands on its chip.
    pub fn ticket(&self, patterns: &[TicketPattern]) -> Option<Ticket> {
        let call = self.lock();
        let contact = call.as_ref().filter(|call| call.goes_on())?.contact.as_deref()?;
        ticket::of_address(contact, patterns).or_else(|| {
            let label: String = contact.chars().take(LONGEST_LABEL).collect();
            (!contact.contains("://")).then_some(Ticket { label, url: String::new() })
        })
    }

    async fn hear(&self, said: Said) -> Result<(), Trouble> {
        let contact = said.contact.map(|contact| contact.trim().to_owned());
        let contact = contact.filter(|contact| !contact.is_empty() && contact.len() <= LONGEST_CONTACT);
        let (status, until) = if said.on_call {
            let now = self.status().await?;
            let mut call = self.lock();
            let before = match call.take() {
                // The same call once more, with a contact or without: what was before it stays.
                Some(known) => known.before,
                None => now,
            };
            *call = Some(OnCall { contact, until: Instant::now() + LONGEST, before });
            let longest = i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX);
            (Status::OnCall, Some(Millis(self.client.server_now().0.saturating_add(longest))))
        } else {
            let Some(call) = self.lock().take() else { return Ok(()) };
            let now = self.client.server_now();
            match call.before {
                // What was to end meanwhile has ended.
                (_, Some(until)) if until.0 <= now.0 => (Status::Available, None),
                (Status::OnCall, _) => (Status::Available, None),
                before => before,
            }
        };
        self.client.keep(Uuid::now_v7(), SetStatus { status, until }.into()).await?;
        Ok(())
    }

    /// What the person says of themselves now.
    async fn status(&self) -> Result<(Status, Option<Millis>), Trouble> {
        let me = self.client.replica().await?.map(|snapshot| snapshot.me);
        let Some(me) = me else { return Ok((Status::Available, None)) };
        Ok(match self.client.entity(EntityRef::Person(me)).await? {
            Some(Entity::Person(person)) => (person.status, person.status_until),
            _ => (Status::Available, None),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<OnCall>> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /telephony` at `address`. No page may call it, whatever it knows: a request that names an origin is refused,
/// and so is one to another host's name.
pub(crate) fn routes(telephone: Arc<Telephone>, address: SocketAddr) -> Router {
    let doorman = Doorman { telephone: telephone.clone(), host: address.to_string() };
    Router::new()
        .route("/telephony", post(said))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(Arc::new(doorman), guard))
        .with_state(telephone)
}

async fn guard(State(doorman): State<Arc<Doorman>>, request: Request, next: Next) -> Response {
    match doorman.refuses(request.headers()) {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    }
}

struct Doorman {
    telephone: Arc<Telephone>,
    host: String,
}

impl Doorman {
    fn refuses(&self, headers: &HeaderMap) -> Option<StatusCode> {
        let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if said(header::HOST) != Some(&self.host) || headers.contains_key(header::ORIGIN) {
            return Some(StatusCode::FORBIDDEN);
        }
        let given = said(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let is_known = given.is_some_and(|given| secret::same(given, &self.telephone.secret));
        (!is_known).then_some(StatusCode::UNAUTHORIZED)
    }
}

async fn said(State(telephone): State<Arc<Telephone>>, Json(said): Json<Said>) -> Response {
    match telephone.hear(said).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(trouble) => {
            let problem = trouble.problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, Json(problem)).into_response()
        }
    }
}
