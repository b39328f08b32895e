//! Signing in and out, joining, and what is read on request. The token goes from the server's answer into the
//! keychain and from there into headers; no host ever holds it.

use std::sync::{Arc, atomic::Ordering};

use deskside_protocol::{
    Code, Command, Entity, EntityKind,
    account::{
        CallLink, Hello, InviteOffer, Join, Kept, OneTimeLink, Session as DeviceSession, SetUp, SignIn,
        SignInByLink, SignedIn,
    },
    feed::Snapshot,
    id::{CallId, DeskId, PersonId, RequestId},
    place::{Affected, LiveShare, Place},
    search::Found,
    values::Urgency,
};
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;

use crate::{
    Client, Media, ServerLink, SessionState, Trouble,
    db::{meta, set_meta},
    inner::{Inner, Session, lock},
    link::{hash, hex},
    replica,
    server::Server,
};

/// Takes up where the profile was left.
pub(crate) async fn resume(inner: &Arc<Inner>) -> Result<(), Trouble> {
    let (base, pin, person) =
        inner.db.call(|db| Ok((meta(db, "server")?, meta(db, "pin")?, meta(db, "person")?))).await?;
    let kept = inner.token.load().await?;
    let Some(base) = base else {
        inner.say_session(SessionState::Out { hello: None, because: None }).await;
        return Ok(());
    };
    let mut link = ServerLink::parse(&base)?;
    link.pin = pin.as_deref().and_then(hash);
    let server = Server::new(link, None, &inner.options.version)?;
    *lock(&inner.server) = Some(server.clone());
    match (kept.token, person.and_then(|text| text.parse().ok())) {
        (Some(token), Some(person)) => {
            inner.keychain_holds.store(kept.in_keychain, Ordering::Relaxed);
            inner
                .set_session(Some((server.with_token(Some(token)), person)), SessionState::In { me: person })
                .await;
        }
        _ => inner.say_session(SessionState::Out { hello: None, because: None }).await,
    }
    Ok(())
}

impl Inner {
    /// The server said that this session is over.
    pub(crate) async fn session_ended(&self, session: &Session, code: Code) {
        if self.signed_in().is_none_or(|now| now.number != session.number) {
            return;
        }
        let wipe = code == Code::Deactivated;
        if let Err(trouble) = self.forget_session(wipe).await {
            tracing::error!(%trouble, "the ended session could not be forgotten");
        }
        self.set_session(None, SessionState::Out { hello: None, because: Some(code) }).await;
    }

    async fn forget_session(&self, wipe: bool) -> Result<(), Trouble> {
        self.token.forget().await?;
        self.db
            .call(move |db| {
                set_meta(db, "person", None)?;
                if wipe { replica::wipe(db) } else { Ok(()) }
            })
            .await?;
        Ok(())
    }

    async fn begin(&self, server: Server, signed_in: SignedIn) -> Result<(), Trouble> {
        let person = signed_in.person;
        let token = signed_in
            .token
            .ok_or_else(|| Trouble::Unreachable("the server signed in and gave no token".to_owned()))?;
        // Until the new session stands nobody is signed in: no task writes while the replica changes hands.
        self.set_session(None, SessionState::Starting).await;
        self.keychain_holds.store(self.token.keep(&token).await?, Ordering::Relaxed);
        let link = server.link.clone();
        self.db
            .call(move |db| {
                if replica::me(db)? != Some(person)
                    || meta(db, "server")?.as_deref() != Some(link.base.as_str())
                {
                    replica::wipe(db)?;
                }
                set_meta(db, "server", Some(link.base.as_str()))?;
                set_meta(db, "pin", link.pin.as_ref().map(hex).as_deref())?;
                Ok(set_meta(db, "person", Some(&person.to_string()))?)
            })
            .await?;
        *lock(&self.server) = Some(server.with_token(None));
        self.set_session(Some((server.with_token(Some(token)), person)), SessionState::In { me: person })
            .await;
        // What lies here of this person is shown before the server was asked.
        self.publish_replica().await
    }

    fn any_server(&self) -> Result<Server, Trouble> {
        if let Some(session) = self.signed_in() {
            return Ok(session.server);
        }
        lock(&self.server)
            .clone()
            .ok_or_else(|| Trouble::refused(Code::Invalid, "this profile belongs to no server yet"))
    }

    pub(crate) fn session_server(&self) -> Result<Server, Trouble> {
        let session = self.signed_in();
        Ok(session.ok_or_else(|| Trouble::refused(Code::SignInNeeded, "nobody is signed in"))?.server)
    }
}

impl Client {
    /// The server that `text` (an address or a whole link) names, else this profile's; and the secret in it. A bare
    /// secret is a text without any of the marks of an address.
    fn server_of(&self, text: &str) -> Result<(Server, String), Trouble> {
        if text.contains([':', '/', '.']) {
            let link = ServerLink::parse(text)?;
            let secret = link.secret.clone().unwrap_or_default();
            return Ok((Server::new(link, None, &self.inner.options.version)?, secret));
        }
        Ok((self.inner.any_server()?.with_token(None), text.to_owned()))
    }

    fn server_at(&self, address: Option<&str>) -> Result<Server, Trouble> {
        match address.filter(|address| !address.trim().is_empty()) {
            Some(address) => Ok(Server::new(ServerLink::parse(address)?, None, &self.inner.options.version)?),
            None => Ok(self.inner.any_server()?.with_token(None)),
        }
    }

    /// What the server says of itself. An address (or a whole link) makes that server this profile's, if it is one.
    pub async fn hello(&self, address: Option<&str>) -> Result<Hello, Trouble> {
        let server = self.server_at(address)?;
        let hello: Hello = server.get("/api/v1/hello").await?;
        if hello.product != "deskside" {
            return Err(Trouble::refused(Code::Invalid, "something else answers at this address"));
        }
        if self.inner.signed_in().is_none() {
            *lock(&self.inner.server) = Some(server);
            self.inner.say_session(SessionState::Out { hello: Some(hello.clone()), because: None }).await;
        }
        Ok(hello)
    }

    /// Signs in by password.
    pub async fn sign_in(&self, address: Option<&str>, email: &str, password: &str) -> Result<(), Trouble> {
        let server = self.server_at(address)?;
        let body =
            SignIn { email: email.to_owned(), password: password.to_owned(), device: device(), token: true };
        let signed_in = server.post("/api/v1/session", &body).await?;
        self.inner.begin(server, signed_in).await
    }

    /// Signs in by a one-time link, or its bare secret.
    pub async fn sign_in_by_link(&self, link: &str, new_password: Option<String>) -> Result<(), Trouble> {
        let (server, secret) = self.server_of(link)?;
        let body = SignInByLink { secret, new_password, device: device(), token: true };
        let signed_in = server.post("/api/v1/session/link", &body).await?;
        self.inner.begin(server, signed_in).await
    }

    /// What an invitation (link or secret) offers. Its server becomes this profile's, if nobody is signed in.
    pub async fn offer(&self, link: &str) -> Result<InviteOffer, Trouble> {
        let (server, secret) = self.server_of(link)?;
        let offer = server.get(&format!("/api/v1/join/{}", plain(&secret)?)).await?;
        if self.inner.signed_in().is_none() {
            *lock(&self.inner.server) = Some(server);
        }
        Ok(offer)
    }

    /// Joins by an invitation and signs in. `join.secret` may be the whole link.
    pub async fn join(&self, mut join: Join) -> Result<(), Trouble> {
        let (server, secret) = self.server_of(&join.secret)?;
        join.secret = secret;
        let body = SignIn {
            email: join.email.clone(),
            password: join.password.clone(),
            device: device(),
            token: true,
        };
        // The answer to joining sets a cookie for browsers; an app signs in for its token.
        server.post::<serde::de::IgnoredAny>("/api/v1/join", &join).await?;
        let signed_in = server.post("/api/v1/session", &body).await?;
        self.inner.begin(server, signed_in).await
    }

    /// Creates the organisation by the one-time set-up link and signs in as its founder.
    pub async fn set_up(&self, mut set_up: SetUp) -> Result<(), Trouble> {
        let (server, secret) = self.server_of(&set_up.secret)?;
        set_up.secret = secret;
        let body = SignIn {
            email: set_up.email.clone(),
            password: set_up.password.clone(),
            device: device(),
            token: true,
        };
        server.post::<serde::de::IgnoredAny>("/api/v1/setup", &set_up).await?;
        let signed_in = server.post("/api/v1/session", &body).await?;
        self.inner.begin(server, signed_in).await
    }

    /// Ends the session here and, if it can be reached, at the server. Drafts and unsent lines stay for this person.
    pub async fn sign_out(&self) -> Result<(), Trouble> {
        let Some(session) = self.inner.signed_in() else { return Ok(()) };
        if let Err(trouble) = session.server.delete("/api/v1/session").await {
            tracing::warn!(%trouble, "signed out here only");
        }
        self.inner.set_session(None, SessionState::Starting).await;
        self.inner.forget_session(true).await?;
        self.inner.say_session(SessionState::Out { hello: None, because: None }).await;
        Ok(())
    }

    /// One's own sessions.
    pub async fn sessions(&self) -> Result<Vec<DeviceSession>, Trouble> {
        self.inner.session_server()?.get("/api/v1/sessions").await
    }

    /// Ends one of one's own sessions.
    pub async fn end_session(&self, id: &str) -> Result<(), Trouble> {
        self.inner.session_server()?.delete(&format!("/api/v1/sessions/{}", plain(id)?)).await
    }

    /// An admin makes a one-time password link.
    pub async fn password_link(&self, person: PersonId) -> Result<OneTimeLink, Trouble> {
        self.inner.session_server()?.post(&format!("/api/v1/people/{person}/password-link"), &()).await
    }

    /// "What Deskside keeps".
    pub async fn kept(&self) -> Result<Vec<Kept>, Trouble> {
        self.inner.session_server()?.get("/api/v1/kept").await
    }

    /// Searches what this person may see.
    pub async fn search(&self, query: &str) -> Result<Found, Trouble> {
        self.inner.session_server()?.get_with("/api/v1/search", &[("q", query)]).await
    }

    /// A request with its thread, also when it is archived and not in the replica.
    pub async fn read(&self, request: RequestId) -> Result<Vec<Entity>, Trouble> {
        let server = self.inner.session_server()?;
        let mut entities: Vec<Entity> = vec![server.get(&format!("/api/v1/requests/{request}")).await?];
        let id = request.to_string();
        for kind in [EntityKind::Message, EntityKind::Attachment, EntityKind::Clip, EntityKind::Call] {
            // All that belongs to a request comes in one page.
            let page: Page =
                server.get_with(&format!("/api/v1/{}", kind.plural()), &[("request", &id)]).await?;
            entities.extend(page.items);
        }
        Ok(entities)
    }

    /// Where a request stands in its desk's queue, and how long it may still take.
    pub async fn place(&self, request: RequestId) -> Result<Place, Trouble> {
        self.inner.session_server()?.get(&format!("/api/v1/requests/{request}/place")).await
    }

    /// Where a question would stand at a desk that has not been asked yet.
    pub async fn question_place(&self, desk: DeskId, urgency: Urgency) -> Result<Place, Trouble> {
        let urgency = serde_json::to_value(urgency).map_err(|error| Trouble::Fault(error.into()))?;
        let asked = [("urgency", urgency.as_str().unwrap_or_default())];
        self.inner.session_server()?.get_with(&format!("/api/v1/desks/{desk}/place"), &asked).await
    }

    /// How much of what was asked at a desk lately was a waiting customer.
    pub async fn live_share(&self, desk: DeskId) -> Result<LiveShare, Trouble> {
        self.inner.session_server()?.get(&format!("/api/v1/desks/{desk}/live-share")).await
    }

    /// Whom a change of a desk would affect; nothing is changed.
    pub async fn affected(&self, desk: DeskId, change: &Command) -> Result<Affected, Trouble> {
        self.inner.session_server()?.post(&format!("/api/v1/desks/{desk}/affected"), change).await
    }

    /// Everything asked about a ticket that the caller may see, at any desk, archived too.
    pub async fn asked_about(&self, ticket: &str) -> Result<Vec<Entity>, Trouble> {
        let page: Page =
            self.inner.session_server()?.get_with("/api/v1/requests", &[("ticket", ticket)]).await?;
        Ok(page.items)
    }

    /// Where to join a call.
    pub async fn call_link(&self, call: CallId) -> Result<CallLink, Trouble> {
        self.inner.session_server()?.get(&format!("/api/v1/calls/{call}/link")).await
    }

    /// The snapshot as the server gives it now; for tests and checks, nothing is replaced.
    pub async fn fresh_snapshot(&self) -> Result<Snapshot, Trouble> {
        self.inner.session_server()?.get("/api/v1/snapshot").await
    }

    /// A stored file, or the part of it that `wanted` (range and validators) asks for.
    pub async fn media(&self, path: &str, wanted: &[(HeaderName, HeaderValue)]) -> Result<Media, Trouble> {
        self.inner.session_server()?.media(path, wanted).await
    }

    /// Where links of this server point, e.g. `https://desk.example.com/`.
    pub fn address(&self) -> Option<String> {
        self.inner.any_server().ok().map(|server| server.link.base.to_string())
    }

    /// Whether the system's keychain holds the token (else a file that only this user can read).
    pub fn keychain_holds(&self) -> bool {
        self.inner.keychain_holds.load(Ordering::Relaxed)
    }
}

/// A page of entities.
#[derive(Deserialize)]
struct Page {
    items: Vec<Entity>,
}

fn device() -> String {
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    };
    format!("Deskside on {system}")
}

/// A text that can stand in a path as it is.
fn plain(text: &str) -> Result<&str, Trouble> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) {
        Ok(text)
    } else {
        Err(Trouble::refused(Code::Invalid, "this link is cut off or damaged"))
    }
}
