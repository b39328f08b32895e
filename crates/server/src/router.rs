//! Every route, listed as it is made. Commands and entities come from protocol's tables: one that is added there is
//! served here. A test compares the list with the OpenAPI document.

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    handler::Handler,
    http::HeaderMap,
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::{MethodFilter, any, on, post},
};
use deskside_protocol::{Command, EntityKind};

use crate::{
    accounts,
    answer::{Answer, Asked, Json, Named},
    caller::Caller,
    calls, commands,
    decisions::{POSTER, SPRITE},
    downloads, entities, feed, guard, kept, media, pages,
    parts::Shared,
    places, search, snapshots, uploads,
};

/// Largest body of a command or a batch.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// A method and its name, which the filter does not tell.
#[derive(Clone, Copy)]
struct Method(&'static str, MethodFilter);

const GET: Method = Method("GET", MethodFilter::GET);
const POST: Method = Method("POST", MethodFilter::POST);
const PUT: Method = Method("PUT", MethodFilter::PUT);
const PATCH: Method = Method("PATCH", MethodFilter::PATCH);
const DELETE: Method = Method("DELETE", MethodFilter::DELETE);
const HEAD: Method = Method("HEAD", MethodFilter::HEAD);
const OPTIONS: Method = Method("OPTIONS", MethodFilter::OPTIONS);

/// Routes, and the list of them.
#[derive(Default)]
struct Routes {
    router: Router<Shared>,
    list: Vec<(&'static str, String)>,
}

impl Routes {
    fn on<H, T>(self, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.limited(method, path, DefaultBodyLimit::max(MAX_BODY), handler)
    }

    fn limited<H, T>(mut self, method: Method, path: &str, limit: DefaultBodyLimit, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.list.push((method.0, path.to_owned()));
        Self { router: self.router.route(path, on(method.1, handler).layer(limit)), ..self }
    }
}

fn routes() -> Routes {
    let poster = DefaultBodyLimit::max(uploads::MAX_POSTER);
    // The bytes are streamed; their limit is the upload's.
    let streamed = DefaultBodyLimit::disable();
    let beside = |suffix: &'static str| {
        async move |State(server): State<Shared>, caller: Caller, Named(clip): Named, headers: HeaderMap| {
            media::picture(server, caller, &clip, suffix, &headers).await
        }
    };
    let mut routes = Routes::default()
        .on(GET, "/api/v1/hello", accounts::hello)
        .on(POST, "/api/v1/setup", accounts::set_up)
        .on(POST, "/api/v1/join", accounts::join)
        .on(GET, "/api/v1/join/{secret}", accounts::invite_offer)
        .on(POST, "/api/v1/session", accounts::sign_in)
        .on(DELETE, "/api/v1/session", accounts::sign_out)
        .on(POST, "/api/v1/session/link", accounts::sign_in_by_link)
        .on(GET, "/api/v1/sessions", accounts::sessions)
        .on(DELETE, "/api/v1/sessions/{id}", accounts::end_session)
        .on(POST, "/api/v1/people/{id}/password-link", accounts::password_link)
        .on(GET, "/api/v1/calls/{id}/link", calls::link)
        .on(GET, "/api/v1/requests/{id}/place", places::of_request)
        .on(GET, "/api/v1/desks/{id}/place", places::of_question)
        .on(GET, "/api/v1/desks/{id}/live-share", places::live_share)
        .on(POST, "/api/v1/desks/{id}/affected", places::affected)
        .limited(PUT, "/api/v1/clips/{id}/poster", poster, uploads::put_poster)
        .limited(PUT, "/api/v1/clips/{id}/sprite", poster, uploads::put_sprite)
        .on(GET, "/api/v1/kept", kept::answer)
        .on(GET, "/api/v1/search", search::search)
        .on(GET, "/api/v1/snapshot", snapshots::snapshot)
        .on(GET, "/api/v1/feed", feed::open)
        .on(POST, "/api/v1/commands", commands::batch)
        .limited(POST, "/api/v1/uploads", streamed, uploads::create)
        .on(OPTIONS, "/api/v1/uploads", uploads::options)
        .on(HEAD, "/api/v1/uploads/{id}", uploads::head)
        .limited(PATCH, "/api/v1/uploads/{id}", streamed, uploads::patch)
        .on(DELETE, "/api/v1/uploads/{id}", uploads::terminate)
        .on(OPTIONS, "/api/v1/uploads/{id}", uploads::options)
        .on(GET, "/media/clip/{id}", media::clip)
        .on(GET, "/media/clip/{id}/poster", beside(POSTER))
        .on(GET, "/media/clip/{id}/sprite", beside(SPRITE))
        .on(GET, "/media/attachment/{id}", media::attachment)
        .on(GET, "/api/openapi.json", pages::openapi)
        .on(GET, "/livez", pages::livez)
        .on(GET, "/readyz", pages::readyz)
        .on(GET, "/metrics", pages::metrics)
        .on(GET, "/download", downloads::page)
        .on(GET, "/download/{name}", downloads::file);

    for &kind in Command::KINDS {
        let single = async move |State(server): State<Shared>, caller: Caller, request: Request| -> Answer {
            let headers = request.headers().clone();
            let args = Json::from_request(request, &server).await?;
            Ok(commands::single(State(server), caller, kind, headers, args).await?.into_response())
        };
        routes = routes.on(POST, &format!("/api/v1/commands/{kind}"), single);
    }
    for &kind in EntityKind::ALL {
        let plural = kind.plural();
        let list =
            async move |State(server): State<Shared>, caller: Caller, pages: Asked<entities::Pages>| {
                entities::list(server, caller, kind, pages).await
            };
        routes = routes.on(GET, &format!("/api/v1/{plural}"), list);
        if kind != EntityKind::Org {
            let one = async move |State(server): State<Shared>, caller: Caller, Named(id): Named| {
                entities::one(server, caller, kind, id).await
            };
            routes = routes.on(GET, &format!("/api/v1/{plural}/{{id}}"), one);
        }
    }
    routes
}

pub(crate) fn router(server: Shared) -> Router {
    routes()
        .router
        .route("/api/v1/commands/{kind}", post(commands::no_such))
        .route("/api/{*rest}", any(no_such))
        .route("/media/{*rest}", any(no_such))
        .method_not_allowed_fallback(pages::not_allowed)
        .fallback(pages::ui)
        .layer(from_fn_with_state(server.clone(), guard::guard))
        .with_state(server)
}

async fn no_such() -> crate::answer::Oops {
    crate::answer::Oops::unknown()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_openapi_document_names_every_route_and_no_other() {
        let served: BTreeSet<_> =
            routes().list.into_iter().map(|(method, path)| (path, method.to_lowercase())).collect();
        let files = deskside_protocol::generate::files();
        let (_, text) = files.iter().find(|(path, _)| path.ends_with("openapi.json")).expect("is generated");
        let document: serde_json::Value = serde_json::from_str(text).expect("is JSON");
        let written: BTreeSet<_> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().expect("methods").keys();
                methods.map(|method| (path.clone(), method.clone())).collect::<Vec<_>>()
            })
            .collect();
        let missing: Vec<_> = served.difference(&written).collect();
        assert!(missing.is_empty(), "served, but not in the document: {missing:?}");
        let invented: Vec<_> = written.difference(&served).collect();
        assert!(invented.is_empty(), "in the document, but not served: {invented:?}");
    }
}
