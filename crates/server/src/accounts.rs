//! Set-up, joining, signing in and out, sessions, one-time links. Here because they deal in secrets or happen
//! before there is a person; what they change in the organisation is still decided by the domain.
//!
//! A password is stored before the row it belongs to: a crash in between leaves a hash without a person,
//! never a founder without a way in.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use deskside_domain::{
    Key, Row,
    command::System,
    id::{DeskId, InviteId, PersonId},
    invite::Invite,
    person::Role,
    time::DAY,
};
use deskside_ports::{
    accounts::{LinkPurpose, LinkRow},
    bus::Hint,
};
use deskside_protocol::{
    Code, Millis, Mirror, VERSION,
    account::{Hello, InviteOffer, Join, OneTimeLink, Session, SetUp, SignIn, SignInByLink, SignedIn},
};
use uuid::Uuid;

use crate::{
    answer::{Answer, Json, Named, Oops, id},
    caller::{Caller, Peer, cookie_name},
    feed::Closing,
    parts::{Server, Shared},
    password,
    secret::{Token, hash_of, hex},
    throttle::Tries,
};

/// A one-time password link lives this long.
const LINK_FOR: i64 = DAY;
/// Browsers keep the cookie as long as they may (RFC 6265bis: 400 days); ending a session is the server's act.
const COOKIE_AGE: u32 = 400 * 86_400;

/// `GET /api/v1/hello`
pub(crate) async fn hello(State(server): State<Shared>) -> Answer<Json<Hello>> {
    let org = server.parts.store.row(&Key::Org).await?;
    let org = org.org().ok();
    Ok(Json(Hello {
        product: "deskside".into(),
        version: VERSION.into(),
        server_version: env!("CARGO_PKG_VERSION").into(),
        set_up: org.is_some(),
        org: org.map(|org| org.name.clone()).unwrap_or_default(),
        public_url: server.parts.settings.public_url.clone(),
        pin: server.parts.settings.pin.clone(),
    }))
}

/// `POST /api/v1/setup`
pub(crate) async fn set_up(
    State(server): State<Shared>,
    peer: Peer,
    Json(asked): Json<SetUp>,
) -> Answer<Response> {
    let accounts = &*server.parts.accounts;
    let now = server.now();
    let tries = Tries::from(accounts, peer.0);
    tries.check(now).await?;
    if server.parts.store.row(&Key::Org).await?.org().is_ok() {
        return Err(Oops::new(Code::AlreadySetUp, "the organisation exists already"));
    }
    let secret_hash = hash_of(&asked.secret);
    let link = accounts.link(secret_hash, now).await?;
    if !link.is_some_and(|link| link.purpose == LinkPurpose::SetUp) {
        tries.failed(now).await?;
        return Err(Oops::new(Code::InviteSpent, "this set-up link can't be used any more"));
    }
    password::check(&asked.password)?;
    let founder = PersonId(Uuid::now_v7());
    accounts.set_password(founder, &password::hash(&server, asked.password).await?).await?;
    let found = System::Found {
        org_name: asked.org,
        zone: asked.zone,
        founder,
        name: asked.name,
        email: asked.email,
        desk: DeskId(Uuid::now_v7()),
        desk_name: asked.desk,
    };
    server.decisions.system(found).await?;
    accounts.use_link(secret_hash, now).await?;
    begin_session(&server, founder, "Browser", false).await
}

/// `GET /api/v1/join/SECRET`
pub(crate) async fn invite_offer(
    State(server): State<Shared>,
    peer: Peer,
    Named(secret): Named,
) -> Answer<Json<InviteOffer>> {
    let invite = usable_invite(&server, peer, &secret).await?;
    let org = server.parts.store.row(&Key::Org).await?;
    Ok(Json(InviteOffer {
        org: org.org()?.name.clone(),
        role: Mirror::from_domain(invite.role),
        label: invite.label,
    }))
}

/// `POST /api/v1/join`
pub(crate) async fn join(
    State(server): State<Shared>,
    peer: Peer,
    Json(asked): Json<Join>,
) -> Answer<Response> {
    let invite = usable_invite(&server, peer, &asked.secret).await?;
    password::check(&asked.password)?;
    let person = PersonId(Uuid::now_v7());
    let hash = password::hash(&server, asked.password).await?;
    server.parts.accounts.set_password(person, &hash).await?;
    let join = System::Join { invite: invite.id, person, name: asked.name, email: asked.email };
    server.decisions.system(join).await?;
    begin_session(&server, person, "Browser", false).await
}

/// `POST /api/v1/session`
pub(crate) async fn sign_in(
    State(server): State<Shared>,
    peer: Peer,
    Json(asked): Json<SignIn>,
) -> Answer<Response> {
    let accounts = &*server.parts.accounts;
    let email = asked.email.trim().to_lowercase();
    let now = server.now();
    let tries = Tries::of(accounts, &email, peer.0);
    tries.check(now).await?;
    let known = accounts.password(&email).await?;
    let (person, hash) = known.map_or((None, None), |(person, hash)| (Some(person), Some(hash)));
    let fits = password::verify(&server, asked.password, hash).await?;
    let Some(person) = person.filter(|_| fits) else {
        tries.failed(now).await?;
        return Err(Oops::new(Code::WrongPassword, "e-mail or password is wrong"));
    };
    tries.succeeded().await?;
    begin_session(&server, person, &asked.device, asked.token).await
}

/// `POST /api/v1/session/link`
pub(crate) async fn sign_in_by_link(
    State(server): State<Shared>,
    peer: Peer,
    Json(asked): Json<SignInByLink>,
) -> Answer<Response> {
    let accounts = &*server.parts.accounts;
    let now = server.now();
    let tries = Tries::from(accounts, peer.0);
    tries.check(now).await?;
    let secret_hash = hash_of(&asked.secret);
    let spent = || Oops::new(Code::InviteSpent, "this link can't be used any more");
    let Some(link) = accounts.link(secret_hash, now).await? else {
        tries.failed(now).await?;
        return Err(spent());
    };
    let person = match link.purpose {
        LinkPurpose::SetUp => return Err(Oops::new(Code::WrongState, "this link sets up the organisation")),
        LinkPurpose::SignIn(person) => {
            accounts.use_link(secret_hash, now).await?.ok_or_else(spent)?;
            person
        }
        LinkPurpose::NewPassword(person) => {
            // Without a password the link is only looked at, so that a page can ask for one.
            let password =
                asked.new_password.ok_or_else(|| Oops::new(Code::Empty, "new_password must not be empty"))?;
            password::check(&password)?;
            let hash = password::hash(&server, password).await?;
            accounts.use_link(secret_hash, now).await?.ok_or_else(spent)?;
            accounts.set_password(person, &hash).await?;
            // Whoever knew the old password is out.
            accounts.end_sessions_of(person).await?;
            server.parts.bus.say(Hint::Ended(person));
            person
        }
    };
    begin_session(&server, person, &asked.device, asked.token).await
}

/// `DELETE /api/v1/session`: signs out here.
pub(crate) async fn sign_out(State(server): State<Shared>, caller: Caller) -> Answer<Response> {
    server.parts.accounts.end_session(caller.id(), &caller.session).await?;
    server.feed.close(caller.id(), Some(&caller.session), Closing::SignedOut);
    let cookie = cookie(&server, "", 0)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// `GET /api/v1/sessions`
pub(crate) async fn sessions(State(server): State<Shared>, caller: Caller) -> Answer<Json<Vec<Session>>> {
    let sessions = server.parts.accounts.sessions_of(caller.id()).await?;
    let session = |row: deskside_ports::accounts::SessionRow| Session {
        current: row.id == caller.session,
        id: row.id,
        device: row.device,
        since: Millis(row.since.0),
    };
    Ok(Json(sessions.into_iter().map(session).collect()))
}

/// `DELETE /api/v1/sessions/ID`
pub(crate) async fn end_session(
    State(server): State<Shared>,
    caller: Caller,
    Named(session): Named,
) -> Answer<StatusCode> {
    if !server.parts.accounts.end_session(caller.id(), &session).await? {
        return Err(Oops::unknown());
    }
    server.feed.close(caller.id(), Some(&session), Closing::SignedOut);
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/people/ID/password-link`
pub(crate) async fn password_link(
    State(server): State<Shared>,
    caller: Caller,
    Named(person): Named,
) -> Answer<Json<OneTimeLink>> {
    if caller.person.role != Role::Admin {
        return Err(Oops::new(Code::NotAllowed, "this needs an admin"));
    }
    let person = PersonId(id(&person)?);
    let state = server.parts.store.row(&Key::Person(person)).await?;
    if !state.person(person)?.active {
        return Err(Oops::new(Code::Deactivated, "this account is deactivated"));
    }
    let token = Token::fresh(&*server.parts.chance);
    let expires_at = server.now().plus(LINK_FOR);
    let purpose = LinkPurpose::NewPassword(person);
    server.parts.accounts.keep_link(LinkRow { secret_hash: token.hash(), purpose, expires_at }).await?;
    tracing::info!(by = %caller.id(), for_person = %person, "a one-time password link was made");
    let link = server.parts.settings.link("sign-in", &token.text());
    Ok(Json(OneTimeLink { link, expires_at: Millis(expires_at.0) }))
}

async fn begin_session(server: &Server, person: PersonId, device: &str, token: bool) -> Answer<Response> {
    let state = server.parts.store.row(&Key::Person(person)).await?;
    if !state.person(person)?.active {
        return Err(Oops::new(Code::Deactivated, "this account is deactivated"));
    }
    let device: String = device.chars().filter(|char| !char.is_control()).take(100).collect();
    let secret = Token::fresh(&*server.parts.chance);
    server.parts.accounts.begin_session(secret.hash(), person, &device, server.now()).await?;
    let person = Mirror::from_domain(person);
    if token {
        return Ok(Json(SignedIn { person, token: Some(secret.text()) }).into_response());
    }
    let cookie = cookie(server, &secret.text(), COOKIE_AGE)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(SignedIn { person, token: None })).into_response())
}

fn cookie(server: &Server, value: &str, age: u32) -> Answer<HeaderValue> {
    let settings = &server.parts.settings;
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", cookie_name(settings));
    Ok(HeaderValue::try_from(cookie).map_err(anyhow::Error::from)?)
}

/// The invitation that this secret opens.
async fn usable_invite(server: &Server, peer: Peer, secret: &str) -> Answer<Invite> {
    let tries = Tries::from(&*server.parts.accounts, peer.0);
    let now = server.now();
    tries.check(now).await?;
    let hash = hex(&hash_of(secret));
    let kind = Key::Invite(InviteId(Uuid::nil()));
    let mut after = None;
    loop {
        let (rows, _) = server.parts.store.page(&kind, after.as_ref(), 200).await?;
        for row in &rows {
            if let Row::Invite(invite) = row
                && invite.secret_hash == hash
            {
                if invite.revoked || invite.uses_left == 0 || invite.expires_at <= now {
                    return Err(Oops::new(Code::InviteSpent, "this invitation can't be used any more"));
                }
                return Ok(invite.clone());
            }
        }
        after = rows.last().map(Row::key);
        if rows.len() < 200 {
            break;
        }
    }
    tries.failed(now).await?;
    Err(Oops::new(Code::InviteSpent, "this invitation can't be used any more"))
}
