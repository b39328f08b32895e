//! Where a call is joined. The domain builds the address and says what a token claims; the signature is made
//! here, because the key must not leave the server.

use axum::{
    extract::State,
    http::{HeaderMap, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_domain::{
    Key, Read, Refusal, Row,
    call::{
        CallState,
        link::{Claims, Occasion, join_link},
    },
    id::{CallId, DeskId},
};
use deskside_protocol::account::CallLink;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    answer::{Answer, Json, Named, Oops, id},
    caller::Caller,
    parts::{Server, Shared},
};

/// `GET /api/v1/calls/ID/link`
pub(crate) async fn link(
    State(server): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Named(call): Named,
) -> Answer<Json<CallLink>> {
    let call = CallId(id(&call)?);
    let state = server.parts.store.load(&[Read::Row(Key::Call(call)), Read::Row(Key::Org)]).await?.state;
    let call = state.call(call)?;
    let me = &caller.person;
    let other = if call.caller == me.id {
        call.callee
    } else if call.callee == me.id {
        call.caller
    } else {
        return Err(Oops::unknown());
    };
    if !matches!(call.state, CallState::Accepted | CallState::Joined) {
        return Err(Refusal::WrongState("call").into());
    }
    let other = crate::caller::person(&server, other).await?;
    let request = call.request.and_then(|request| state.request(request).ok());
    let desk = request.and_then(|request| state.desk(request.desk).ok());
    let provider = desk.and_then(|desk| desk.provider.clone()).or(state.org()?.provider.clone());
    let provider = provider.ok_or(Refusal::NoProvider)?;
    let token = match Claims::of(&provider, call, me, server.now()) {
        Some(claims) => sign(&server, &claims, desk.map(|desk| desk.id)).await?,
        None => String::new(),
    };
    let locale =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let occasion = Occasion {
        asker: request.map(|request| request.asker),
        subject: request.map_or("", |request| &request.text),
        locale: locale.split([',', ';']).next().unwrap_or_default().trim(),
        token: &token,
    };
    let link = join_link(&provider, call, me, &other, &occasion)?;
    Ok(Json(CallLink { web: link.web, app: link.app }))
}

async fn sign(server: &Server, claims: &Claims, desk: Option<DeskId>) -> Answer<String> {
    let name = claims.secret();
    let names = desk.map(|desk| format!("{name}:{desk}")).into_iter().chain([name.to_owned()]);
    for name in names {
        let key = Key::Secret(name);
        if let Some(Row::Secret(secret)) = server.parts.store.row(&key).await?.get(&key) {
            return Ok(jwt(&claims.payload(), secret.value.as_bytes())?);
        }
    }
    Err(Refusal::ProviderIncomplete("secret").into())
}

/// A JWT signed with HS256 (RFC 7515).
fn jwt(payload: &str, secret: &[u8]) -> anyhow::Result<String> {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)?;
    mac.update(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The HS256 parts as any verifier checks them: here against OpenSSL's HMAC, computed once by
    /// `printf '%s' HEADER.PAYLOAD | openssl dgst -sha256 -hmac top-secret -binary | basenc --base64url`.
    #[test]
    fn a_token_is_signed_as_openssl_signs_it() {
        let token = jwt(r#"{"room":"abc"}"#, b"top-secret").expect("signs");
        assert_eq!(token, OPENSSL);
    }

    const OPENSSL: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb29tIjoiYWJjIn0.FAy1AR2u8puNZmhVtK7JKUKAtx921GtNk492R8qqt4s";
}
