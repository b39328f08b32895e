//! What a telephone may say on this machine: "on a call, and this is the contact". A CTI client, or a line of a script,
//! posts it to the loopback address (docs/telephony.md); the person is then on a call for everybody, and a question
//! asked meanwhile begins with the contact's ticket and a customer waiting.
//!
//! Nothing is kept of a call, neither that there was one nor how long. A telephone that forgets to hang up is forgotten
//! itself after [`LONGEST`]: the status ends on the server, also if this app is gone by then. What the person says of
//! themselves during a call is theirs: hanging up changes it no more.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::post,
};
use deskside_client::{Client, Trouble, WaitingState};
use deskside_domain::org::TicketPattern;
use deskside_protocol::{
    Code, Command, Entity, EntityRef, Millis,
    command::SetStatus,
    id::PersonId,
    values::{Status, Ticket},
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex as AsyncMutex;
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
pub struct Word {
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

/// What somebody says of themselves, and until when.
type Said = (Status, Option<Millis>);

struct OnCall {
    contact: Option<String>,
    until: Instant,
    /// Who was signed in.
    person: PersonId,
    /// What they had said of themselves.
    before: Said,
}

impl OnCall {
    fn goes_on(&self) -> bool {
        self.until > Instant::now()
    }
}

/// The telephone of this profile.
pub struct Telephone {
    client: Client,
    file: PathBuf,
    /// Where it was reached before.
    known: Option<(u16, String)>,
    /// Set once it is known where it is reached.
    secret: OnceLock<String>,
    call: Mutex<Option<OnCall>>,
    /// Had while a word is heard: the next one begins with what came of it.
    turn: AsyncMutex<()>,
}

impl Telephone {
    /// The telephone of the profile in `folder`.
    pub(crate) fn open(client: Client, folder: &Path) -> Arc<Self> {
        let file = folder.join(FILE);
        let known = known(&file).filter(|(_, secret)| secret.len() >= 32);
        let (secret, call, turn) = (OnceLock::new(), Mutex::default(), AsyncMutex::default());
        Arc::new(Self { client, file, known, secret, call, turn })
    }

    /// The port of before, so that what was connected stays so.
    pub(crate) fn port(&self) -> Option<u16> {
        self.known.as_ref().map(|(port, _)| *port)
    }

    /// Writes down where it is reached; only this user can read it. The secret is the one of before at the port of before.
    /// Whoever has that port now instead may have been told the old secret.
    pub(crate) fn is_at(&self, address: SocketAddr) -> anyhow::Result<()> {
        let secret = match &self.known {
            Some((port, secret)) if *port == address.port() => secret.clone(),
            _ => secret::fresh()?,
        };
        let door = Door { address: format!("http://{address}/telephony"), secret };
        secret::write_private(&self.file, &serde_json::to_vec_pretty(&door)?)?;
        let _ = self.secret.set(door.secret);
        Ok(())
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

    async fn hear(&self, word: Word) -> Result<(), Trouble> {
        let contact = word.contact.map(|contact| contact.trim().to_owned());
        let contact = contact.filter(|contact| !contact.is_empty());
        if contact.as_ref().is_some_and(|contact| contact.chars().count() > LONGEST_CONTACT) {
            return Err(Trouble::refused(Code::Invalid, "the contact is longer than 500 letters"));
        }
        let person = self.client.person();
        let person = person.ok_or_else(|| Trouble::refused(Code::SignInNeeded, "nobody is signed in"))?;
        let _turn = self.turn.lock().await;
        let now = self.status(person).await?;
        let known = self.lock().take().filter(|call| call.goes_on() && call.person == person);
        let (status, until) = if word.on_call {
            let before = match (now.0, known) {
                // The same call once more, with a contact or without: what was before it stays.
                (Status::OnCall, Some(known)) => known.before,
                (Status::OnCall, None) => (Status::Available, None),
                _ => now,
            };
            *self.lock() = Some(OnCall { contact, until: Instant::now() + LONGEST, person, before });
            let longest = i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX);
            (Status::OnCall, Some(Millis(self.client.server_now().0.saturating_add(longest))))
        } else {
            match (now, known) {
                ((Status::OnCall, _), Some(call)) => self.if_not_over(call.before),
                // The app was started again during the call: only what a telephone says has an end.
                ((Status::OnCall, Some(_)), None) => (Status::Available, None),
                // The person has said something else meanwhile, or is on a call by their own word.
                _ => return Ok(()),
            }
        };
        self.client.keep(Uuid::now_v7(), SetStatus { status, until }.into()).await?;
        Ok(())
    }

    /// What the person says of themselves now, also if the server has not heard it yet.
    async fn status(&self, person: PersonId) -> Result<Said, Trouble> {
        let waiting = self.client.waiting().await?;
        let said = waiting.iter().rev().find_map(|line| match &line.command {
            Command::SetStatus(said) if line.state != WaitingState::Refused => {
                Some((said.status, said.until))
            }
            _ => None,
        });
        let said = match (said, self.client.entity(EntityRef::Person(person)).await?) {
            (Some(said), _) => said,
            (None, Some(Entity::Person(row))) => (row.status, row.status_until),
            (None, _) => (Status::Available, None),
        };
        Ok(self.if_not_over(said))
    }

    /// What was to end by now has ended.
    fn if_not_over(&self, said: Said) -> Said {
        let is_over = said.1.is_some_and(|until| until.0 <= self.client.server_now().0);
        if is_over { (Status::Available, None) } else { said }
    }

    fn is_secret(&self, given: &str) -> bool {
        self.secret.get().is_some_and(|secret| secret::same(given, secret))
    }

    fn lock(&self) -> MutexGuard<'_, Option<OnCall>> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Port and secret of before.
fn known(file: &Path) -> Option<(u16, String)> {
    let door: Door = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    let address = door.address.strip_prefix("http://")?.split('/').next()?;
    Some((address.parse::<SocketAddr>().ok()?.port(), door.secret))
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
        let is_known = given.is_some_and(|given| self.telephone.is_secret(given));
        (!is_known).then_some(StatusCode::UNAUTHORIZED)
    }
}

async fn said(State(telephone): State<Arc<Telephone>>, Json(word): Json<Word>) -> Response {
    match telephone.hear(word).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(trouble) => {
            let problem = trouble.problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, Json(problem)).into_response()
        }
    }
}
